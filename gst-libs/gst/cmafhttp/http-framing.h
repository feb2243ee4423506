/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where the requests on a connection begin and end (RFC 9112), and whether one
 * may be served: strict, so that no two readers of the same bytes can disagree.
 * Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* LIV-23, LIV-127 */
#define CMAF_HTTP_MAX_HEAD 8192
#define CMAF_HTTP_MAX_FIELDS 64
#define CMAF_HTTP_MAX_PATH 1024
#define CMAF_HTTP_MAX_QUERY 2048

/* why a head that is larger than that, or none, is not served */
#define CMAF_HTTP_HEAD_TOO_LARGE "head: needs at most 8192 bytes and 64 fields"
#define CMAF_HTTP_NO_REQUEST_LINE                                              \
  "request: needs a line \"METHOD /path HTTP/1.1\""

typedef enum
{
  CMAF_HTTP_BODY_NONE,
  CMAF_HTTP_BODY_LENGTH,
  CMAF_HTTP_BODY_CHUNKED,
} CmafHttpBody;

/* What a head says. Offsets are into the bytes that were parsed. */
typedef struct
{
  guint status;       /* 0: may be served; else the answer */
  const gchar *why;   /* of another @status; static */
  gboolean is_broken; /* nobody can know where this request ends */
  gboolean expects;   /* the body waits for "100 Continue" */
  CmafHttpBody body;
  guint64 length;     /* CMAF_HTTP_BODY_LENGTH: bytes */
  gsize method_size;  /* from offset 0 */
  gsize target, path; /* @path: behind scheme and authority, if there are any */
  gsize target_end;
} CmafHttpHead;

/* Bytes of @data up to and with the empty line that ends a head, 0 when it is
 * not there. Empty lines before a head are no part of it: *@skip bytes. */
CMAF_API gsize cmaf_http_head_find (const gchar *data, gsize size, gsize *skip);
/* Can @data, the first bytes of a connection or behind a request, become a
 * request? Neither TLS nor any binary protocol can. */
CMAF_API gboolean cmaf_http_head_may_begin (const gchar *data, gsize size);
/* @data: from the first byte of the request line to the empty line. */
CMAF_API void cmaf_http_head_parse (
    CmafHttpHead *head, const gchar *data, gsize size);
/* 400 for what is no path of ours, or for a reader that climbs by "..", 403
 * for a writer that does (LIV-23, ING-044); 0 for all others. @path is as it
 * was sent, with query. *@why, which may be NULL, says what is wrong (static).
 */
CMAF_API guint cmaf_http_path_check (
    const gchar *path, gsize size, gboolean is_reader, const gchar **why);

/* An answer that ends its connection: "400 Bad Request", further fields with
 * their line ends or "", and a line of text. */
CMAF_API gchar *cmaf_http_error_answer (
    const gchar *status, const gchar *fields, const gchar *why);
/* Of a status that libsoup has no name for, NULL of others. */
CMAF_API const gchar *cmaf_http_reason_phrase (guint status);

typedef struct
{
  guint state;
  guint64 left; /* in the chunk */
  guint n_digits;
  gboolean is_done;
} CmafHttpChunks;

/* Follows a chunked body, which @data continues. How many bytes belong to it;
 * fewer than @size when it is done; -1 when they are no chunks. Begin with a
 * zeroed one. */
CMAF_API gssize cmaf_http_chunks_follow (
    CmafHttpChunks *chunks, const gchar *data, gsize size);

G_END_DECLS
