/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One HTTP/1.1 connection for uploads: bodies are gathered from shared bytes
 * without a copy, one call is one HTTP chunk, and an answer that comes before
 * the body is complete is noticed (docs/decisions/ tells why libsoup's client
 * is not used here). Calls block; a GCancellable ends them. One thread at a
 * time. Since: 0.1 */
#pragma once

#include <gio/gio.h>
#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  GTlsDatabase *ca;             /* NULL: the system's */
  GTlsCertificate *certificate; /* of the client, NULL */
  gboolean accept_any;          /* no check of the server's certificate */
  guint connect_timeout_ms;
  guint io_timeout_ms; /* without any progress */
} CmafUploadSettings;

typedef struct
{
  guint status;
  GstClockTime retry_after; /* NONE when the answer has none */
  gchar *location;          /* NULL; free it */
} CmafUploadAnswer;

typedef struct _CmafUploadConnection CmafUploadConnection;

/* Resolves the name anew each time (ING-013). */
CMAF_API CmafUploadConnection *cmaf_upload_connection_open (GUri *uri,
    const CmafUploadSettings *settings, GCancellable *cancellable,
    GError **error);
CMAF_API void cmaf_upload_connection_free (CmafUploadConnection *connection);
/* @length -1: chunked. @fields: further header lines, each with CRLF. */
CMAF_API gboolean cmaf_upload_connection_begin (
    CmafUploadConnection *connection, const gchar *method, GUri *uri,
    const gchar *fields, gint64 length, GCancellable *cancellable,
    GError **error);
/* All pieces, as one HTTP chunk when chunked. FALSE without @error: the answer
 * is there already; read it. */
CMAF_API gboolean cmaf_upload_connection_write (
    CmafUploadConnection *connection, GBytes *const *pieces, guint n_pieces,
    GCancellable *cancellable, GError **error);
/* The end of the body, then the whole answer. */
CMAF_API gboolean cmaf_upload_connection_finish (
    CmafUploadConnection *connection, CmafUploadAnswer *answer,
    GCancellable *cancellable, GError **error);
/* FALSE after an error, an early answer or 'Connection: close'. */
CMAF_API gboolean cmaf_upload_connection_is_reusable (
    const CmafUploadConnection *connection);
/* TRUE when the peer closed a kept-alive connection before it answered. */
CMAF_API gboolean cmaf_upload_connection_is_stale (
    const CmafUploadConnection *connection);

G_END_DECLS
