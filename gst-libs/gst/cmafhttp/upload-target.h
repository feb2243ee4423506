/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where uploads go, and what all requests there have in common: URL, header
 * fields, credentials, TLS. Thread safe. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/upload-client.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_AUTH_AUTO,   /* Basic at once with TLS, else what is asked for */
  CMAF_AUTH_BASIC,  /* at once */
  CMAF_AUTH_DIGEST, /* never a password as it is */
} CmafAuthMode;

typedef struct
{
  const gchar *location; /* http or https; may tell user and password */
  const gchar *user_agent;
  const gchar *user; /* NULL: no authentication by password */
  const gchar *password;
  const gchar *token;          /* bearer, NULL */
  const GstStructure *headers; /* further header fields, NULL */
  CmafAuthMode auth;
  CmafUploadSettings upload;
} CmafUploadTargetConfig;

typedef struct
{
  GUri *base;      /* without user, password and fragment */
  gchar *location; /* the same without query: for people to read */

  /*< private >*/
  gchar *fields;     /* header lines of every request */
  gchar *own_fields; /* further ones, which go nowhere else */
  CmafAuthMode auth;
  CmafUploadSettings upload;
  gboolean has_own_user; /* told by the URL */
  GMutex lock;
  gchar *user, *password, *token; /* lock: lock */
} CmafUploadTarget;

/* Six seconds for connecting and without progress; no location yet. */
CMAF_API void cmaf_upload_target_config_init (CmafUploadTargetConfig *config);
/* CMAF_ERROR_CONFIG without the name of the field: the text begins with what is
 * wrong with the URL. Copies everything. */
CMAF_API CmafUploadTarget *cmaf_upload_target_new (
    const CmafUploadTargetConfig *config, GError **error);
/* After its clients. */
CMAF_API void cmaf_upload_target_free (CmafUploadTarget *target);
/* For the requests from now on; user and password only when the URL tells no
 * user. */
CMAF_API void cmaf_upload_target_set_credentials (CmafUploadTarget *target,
    const gchar *user, const gchar *password, const gchar *token);
/* The first request will be answered by a challenge. */
CMAF_API gboolean cmaf_upload_target_is_challenged (CmafUploadTarget *target);
/* A connection there. */
CMAF_API CmafUploadClient *cmaf_upload_target_new_client (
    CmafUploadTarget *target);
/* What can be the name of a header field. */
CMAF_API gboolean cmaf_upload_is_field_name (const gchar *name);
/* What can be in a header field. CMAF_ERROR_CONFIG names bearer-token. */
CMAF_API gboolean cmaf_upload_token_check (const gchar *token, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafUploadTarget, cmaf_upload_target_free)

G_END_DECLS
