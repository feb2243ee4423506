/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties that every element has which sends objects over HTTP: who it
 * is, whom it trusts, how long it waits. The lock of the element guards them.
 * Since: 0.1 */
#pragma once

#include <gst/cmafhttp/upload-target.h>

G_BEGIN_DECLS

typedef struct
{
  gchar *method, *user_agent;
  gchar *user_id, *user_pw, *bearer_token;
  gchar *tls_ca_file, *tls_certificate_file, *tls_fingerprints;
  GstStructure *headers;
  gboolean ssl_strict;
  gint authentication; /* CmafAuthMode */
  guint auth_retries;
  guint64 timeout;
} CmafUploadProperties;

/* How many there are. */
#define CMAF_UPLOAD_N_PROPERTIES 13

typedef struct
{
  const gchar *method, *method_blurb;
  const gchar *user_agent;
} CmafUploadDefaults;

/* Rows of GstCmafDependentSetting, for elements with location and locations. */
#define CMAF_UPLOAD_HTTPS "location=https:*|locations=*https:*"
#define CMAF_UPLOAD_NEEDS_HTTPS "an https URL in location or locations"
#define CMAF_UPLOAD_DEPENDENT_SETTINGS                                         \
  { "user-pw", "user-id", NULL },                                              \
      { "user-id", "!bearer-token", "bearer-token to be unset" },              \
      { "ssl-strict", CMAF_UPLOAD_HTTPS, CMAF_UPLOAD_NEEDS_HTTPS },            \
      { "ssl-strict", "!tls-fingerprints", "tls-fingerprints to be unset" },   \
      { "tls-ca-file", CMAF_UPLOAD_HTTPS, CMAF_UPLOAD_NEEDS_HTTPS },           \
      { "tls-ca-file", "!tls-fingerprints", "tls-fingerprints to be unset" },  \
      { "tls-certificate-file", CMAF_UPLOAD_HTTPS, CMAF_UPLOAD_NEEDS_HTTPS },  \
  {                                                                            \
    "tls-fingerprints", CMAF_UPLOAD_HTTPS, CMAF_UPLOAD_NEEDS_HTTPS             \
  }

/* With the NULL at the end. */
#define CMAF_UPLOAD_N_SECRETS 4

#define CMAF_TYPE_AUTH_MODE (cmaf_auth_mode_get_type ())
CMAF_API GType cmaf_auth_mode_get_type (void);

/* With ids from @first_id on; all have their defaults after construction. */
CMAF_API void cmaf_upload_properties_install (
    GObjectClass *klass, guint first_id, const CmafUploadDefaults *defaults);
/* @index: the id less the first one. FALSE: it is none of them. */
CMAF_API gboolean cmaf_upload_properties_set (
    CmafUploadProperties *properties, guint index, const GValue *value);
CMAF_API gboolean cmaf_upload_properties_get (
    const CmafUploadProperties *properties, guint index, GValue *value);
/* Those that may change while the element runs. */
CMAF_API gboolean cmaf_upload_properties_is_credential (guint index);
/* The names of what is set and cannot be read back, then NULL. */
CMAF_API void cmaf_upload_properties_list_secrets (
    const CmafUploadProperties *properties,
    const gchar *names[CMAF_UPLOAD_N_SECRETS]);
CMAF_API void cmaf_upload_properties_clear (CmafUploadProperties *properties);
/* All of @config but the location; strings are borrowed. Reads the files. What
 * is wrong names the property. */
CMAF_API gboolean cmaf_upload_properties_fill (
    const CmafUploadProperties *properties, CmafUploadTargetConfig *config,
    GError **error);
/* Frees what _fill() has made, also when that failed. */
CMAF_API void cmaf_upload_target_config_clear (CmafUploadTargetConfig *config);
/* @location, and what stands in @locations with white space in between, in
 * order; either may be NULL. (transfer full) */
CMAF_API gchar **cmaf_upload_split_locations (
    const gchar *location, const gchar *locations);
/* @locations without what may be secret: user, password, query. (transfer full)
 * (nullable) */
CMAF_API gchar *cmaf_upload_show_locations (const gchar *locations);

G_END_DECLS
