/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sends objects below a base URL over one connection that stays: opens it,
 * follows redirects, answers challenges. What an answer means is for the
 * caller to say. Calls block; one thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/http-auth.h>
#include <gst/cmafhttp/upload-connection.h>

G_BEGIN_DECLS

/* Copied by _new(). */
typedef struct
{
  GUri *base;          /* http or https; user and password are not looked at */
  const gchar *fields; /* of every request, each line with CRLF */
  const gchar *own_fields;     /* of those to the origin of the base alone */
  CmafUploadSettings settings; /* borrowed: must outlive the client */
  /* The credentials of now (transfer full); free them with the function below.
   * May be called from the thread of the client at any time. */
  void (*get_credentials) (
      CmafHttpCredentials *credentials, gpointer user_data);
  gpointer user_data;
  gboolean never_basic; /* a password is sent hashed or not at all */
  gboolean basic_first; /* without having been asked for */
} CmafUploadClientConfig;

typedef struct
{
  const gchar *method;
  const gchar *path;   /* below the base; "" is the base itself */
  const gchar *fields; /* of this object alone */
  gint64 length;       /* -1: chunked; CMAF_UPLOAD_NO_BODY */
  gboolean expects;    /* asks before it sends the body */
  CmafHttpBody body;   /* what becomes of that of the answer */
  guint io_timeout_ms; /* 0: as the settings say */
  /* Writes the body, as often as it is asked to. FALSE as from
   * cmaf_upload_connection_write(). NULL: there is no body. */
  gboolean (*write) (CmafUploadConnection *connection, gpointer user_data,
      GCancellable *cancellable, GError **error);
  gpointer user_data;
} CmafUploadObject;

typedef struct _CmafUploadClient CmafUploadClient;

CMAF_API CmafUploadClient *cmaf_upload_client_new (
    const CmafUploadClientConfig *config);
CMAF_API void cmaf_upload_client_free (CmafUploadClient *client);
CMAF_API void cmaf_upload_client_disconnect (CmafUploadClient *client);
/* NULL: not connected */
CMAF_API CmafUploadConnection *cmaf_upload_client_get_connection (
    CmafUploadClient *client);
/* FALSE and @error when there is no answer; then nothing is connected. Any
 * answer but the followed redirects and the answered challenges goes to
 * @answer, which the caller clears. A connection that cannot be used again is
 * closed. @is_stale: it was an old connection that the peer had closed. */
CMAF_API gboolean cmaf_upload_client_send (CmafUploadClient *client,
    const CmafUploadObject *object, CmafHttpAnswer *answer, gboolean *is_stale,
    GCancellable *cancellable, GError **error);
/* Forgets redirects: the next request goes to the base again. */
CMAF_API void cmaf_upload_client_go_home (CmafUploadClient *client);
/* TRUE when requests carry a Digest. */
CMAF_API gboolean cmaf_upload_client_has_digest (
    const CmafUploadClient *client);
CMAF_API void cmaf_upload_credentials_clear (CmafHttpCredentials *credentials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafUploadClient, cmaf_upload_client_free)

G_END_DECLS
