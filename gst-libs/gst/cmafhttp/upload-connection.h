/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One HTTP/1.1 connection for uploads: bodies are gathered from shared bytes
 * without a copy, one call is one HTTP chunk, and an answer that comes before
 * the body is complete is noticed (docs/decisions/ tells why libsoup's client
 * is not used here). Calls block; a GCancellable ends them. One thread at a
 * time. Since: 0.1 */
#pragma once

#include <gio/gio.h>
#include <gst/cmafhttp/http-answer.h>

G_BEGIN_DECLS

typedef struct
{
  GTlsDatabase *ca;             /* NULL: the system's */
  GTlsCertificate *certificate; /* of the client, NULL */
  gchar **pins; /* SHA-256 of certificates, lower case hex; NULL: none. One of
                   them must be in the chain of the server, which then needs no
                   authority */
  gboolean accept_any; /* no check of the server's certificate */
  guint connect_timeout_ms;
  guint io_timeout_ms; /* without any progress */
} CmafUploadSettings;

/* Of DELETE, GET and HEAD: no field tells of a body. */
#define CMAF_UPLOAD_NO_BODY (-2)

/* What stands in front of a body. */
typedef struct
{
  const gchar *method;
  GUri *uri;
  const gchar *fields; /* further header lines, each with CRLF */
  gint64 length;       /* -1: chunked; CMAF_UPLOAD_NO_BODY */
  gboolean expects;    /* waits for 100 Continue, for a second at most */
  CmafHttpBody body;   /* what becomes of that of the answer */
  guint io_timeout_ms; /* 0: as the settings say */
} CmafUploadHead;

typedef struct _CmafUploadConnection CmafUploadConnection;

/* Resolves the name anew each time (ING-013). TLS 1.2 is the least. */
CMAF_API CmafUploadConnection *cmaf_upload_connection_open (GUri *uri,
    const CmafUploadSettings *settings, GCancellable *cancellable,
    GError **error);
CMAF_API void cmaf_upload_connection_free (CmafUploadConnection *connection);
/* FALSE without @error, as with all below: the answer is there already; call
 * _finish(). */
CMAF_API gboolean cmaf_upload_connection_begin (
    CmafUploadConnection *connection, const CmafUploadHead *head,
    GCancellable *cancellable, GError **error);
/* All pieces, as one HTTP chunk when chunked. */
CMAF_API gboolean cmaf_upload_connection_write (
    CmafUploadConnection *connection, GBytes *const *pieces, guint n_pieces,
    GCancellable *cancellable, GError **error);
/* Looks for an answer while there is nothing to write; never blocks. */
CMAF_API gboolean cmaf_upload_connection_check (
    CmafUploadConnection *connection, GError **error);
/* The end of the body, then the whole answer; without its body, and the last
 * one of this connection, when that is skipped and long or slow. */
CMAF_API gboolean cmaf_upload_connection_finish (
    CmafUploadConnection *connection, CmafHttpAnswer *answer,
    GCancellable *cancellable, GError **error);
/* FALSE after an error, an early answer or 'Connection: close'. */
CMAF_API gboolean cmaf_upload_connection_is_reusable (
    const CmafUploadConnection *connection);
/* TRUE when the peer closed a kept-alive connection before it answered. */
CMAF_API gboolean cmaf_upload_connection_is_stale (
    const CmafUploadConnection *connection);
/* To be polled for input while there is nothing to write. */
CMAF_API gint cmaf_upload_connection_get_fd (
    const CmafUploadConnection *connection);
/* Bytes that were written and that the peer's system has not confirmed. */
CMAF_API gsize cmaf_upload_connection_get_unconfirmed (
    const CmafUploadConnection *connection);

G_END_DECLS
