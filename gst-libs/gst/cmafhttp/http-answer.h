/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The answer to an upload, read from the bytes that a receiver sent (RFC 9112).
 * Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef struct
{
  guint status;
  GstClockTime retry_after; /* NONE when the answer has none */
  gchar *location;          /* NULL: none */
  gchar **challenges;       /* WWW-Authenticate, a string a field; NULL: none */
  gboolean closes; /* nothing can be sent on this connection any more */
  GBytes *body;    /* CMAF_HTTP_BODY_KEPT, else NULL */
  gchar *text;     /* why not 2xx, as cmaf_peer_text(): the first line of a body
                      that is text/plain; NULL: none */
} CmafHttpAnswer;

typedef enum
{
  CMAF_HTTP_BODY_SKIPPED,
  CMAF_HTTP_BODY_KEPT,
  CMAF_HTTP_BODY_NONE, /* whatever its length is said to be: of HEAD */
} CmafHttpBody;

typedef enum
{
  CMAF_HTTP_ANSWER_MORE,     /* not complete */
  CMAF_HTTP_ANSWER_CONTINUE, /* 100 Continue is there, or another 1xx */
  CMAF_HTTP_ANSWER_DONE,     /* head and body are there */
  CMAF_HTTP_ANSWER_ERROR,    /* is not HTTP/1.x: CMAF_ERROR_MALFORMED */
} CmafHttpAnswerResult;

/* @has_eof: nothing follows. @n_used gets the size of what was read, when it is
 * complete. @answer is filled in by DONE only; clear it. */
CMAF_API CmafHttpAnswerResult cmaf_http_answer_parse (const gchar *data,
    gsize size, gboolean has_eof, CmafHttpBody body, CmafHttpAnswer *answer,
    gsize *n_used, GError **error);
/* '412', or '412 ("its text")' (transfer full). */
CMAF_API gchar *cmaf_http_answer_describe (const CmafHttpAnswer *answer);
CMAF_API void cmaf_http_answer_clear (CmafHttpAnswer *answer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafHttpAnswer, cmaf_http_answer_clear)

G_END_DECLS
