/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bodies are shared pieces; a range is a slice of them. */
#include "origin-answer.h"

#include <gst/cmafhttp/http-listener.h>
#include <gst/cmafhttp/http-range.h>
#include <string.h>

gboolean
cmaf_origin_is_head (SoupServerMessage *message)
{
  return g_str_equal (soup_server_message_get_method (message), "HEAD");
}

void
cmaf_origin_set_header (
    SoupServerMessage *message, const gchar *name, const gchar *value)
{
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), name, value);
}

/* Bytes @start to @end of @pieces, both included. */
static void
append_slice (
    SoupMessageBody *body, GPtrArray *pieces, guint64 start, guint64 end)
{
  guint64 at = 0;

  for (guint i = 0; i < pieces->len && at <= end; i++) {
    GBytes *piece = g_ptr_array_index (pieces, i);
    guint64 size = g_bytes_get_size (piece);
    guint64 from = MAX (start, at), to = MIN (end + 1, at + size);

    if (from < to) {
      g_autoptr (GBytes) slice =
          g_bytes_new_from_bytes (piece, from - at, to - from);

      soup_message_body_append_bytes (body, slice);
    }
    at += size;
  }
}

static guint64
size_of (GPtrArray *pieces)
{
  guint64 size = 0;

  for (guint i = 0; i < pieces->len; i++)
    size += g_bytes_get_size (g_ptr_array_index (pieces, i));
  return size;
}

static void
answer_range (SoupServerMessage *message, GPtrArray *pieces)
{
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);
  guint64 size = size_of (pieces), start = 0, end = size - 1;
  guint status = SOUP_STATUS_OK;

  switch (cmaf_http_range_parse (
      soup_message_headers_get_one (request, "Range"), size, &start, &end)) {
    case CMAF_RANGE_WHOLE:
      break;
    case CMAF_RANGE_PART:
      status = SOUP_STATUS_PARTIAL_CONTENT;
      soup_message_headers_set_content_range (response, start, end, size);
      size = end - start + 1;
      break;
    case CMAF_RANGE_UNSATISFIABLE: {
      g_autofree gchar *range =
          g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

      cmaf_origin_set_header (message, "Content-Range", range);
      cmaf_http_listener_answer_error (message,
          SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
          "Range: needs to begin within the object");
      return;
    }
  }
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_set_content_length (response, size);
  if (size > 0 && !cmaf_origin_is_head (message))
    append_slice (
        soup_server_message_get_response_body (message), pieces, start, end);
}

void
cmaf_origin_answer (SoupServerMessage *message, GPtrArray *pieces,
    const gchar *content_type, const gchar *etag, const gchar *cache)
{
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);

  cmaf_origin_set_header (message, "Content-Type", content_type);
  cmaf_origin_set_header (message, "Cache-Control", cache);
  cmaf_origin_set_header (message, "Accept-Ranges", "bytes");
  if (etag != NULL && *etag != '\0') {
    g_autofree gchar *quoted = g_strdup_printf ("\"%s\"", etag);

    cmaf_origin_set_header (message, "ETag", quoted);
    if (cmaf_http_etag_matches (
            soup_message_headers_get_list (request, "If-None-Match"), quoted)) {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }
  }
  answer_range (message, pieces);
}

void
cmaf_origin_answer_bytes (SoupServerMessage *message, GBytes *bytes,
    const gchar *content_type, const gchar *etag, const gchar *cache)
{
  g_autoptr (GPtrArray) pieces = g_ptr_array_new ();

  g_ptr_array_add (pieces, bytes);
  cmaf_origin_answer (message, pieces, content_type, etag, cache);
}

void
cmaf_origin_answer_text (SoupServerMessage *message, guint status,
    const gchar *content_type, gchar *text, const gchar *cache)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  cmaf_origin_set_header (message, "Content-Type", content_type);
  cmaf_origin_set_header (message, "Cache-Control", cache);
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_set_content_length (
      soup_server_message_get_response_headers (message),
      g_bytes_get_size (bytes));
  if (!cmaf_origin_is_head (message) && g_bytes_get_size (bytes) > 0)
    soup_message_body_append_bytes (
        soup_server_message_get_response_body (message), bytes);
}

void
cmaf_origin_answer_error (SoupServerMessage *message, guint status,
    const gchar *why, const gchar *cache)
{
  cmaf_origin_answer_text (message, status, "text/plain; charset=utf-8",
      g_strdup_printf ("%s\n", why), cache);
}
