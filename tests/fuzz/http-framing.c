/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A connection full of requests: what is found at once must be found byte by
 * byte, and what may be served has a path that does not climb. */
#include "fuzz.h"

#include <gst/cmafhttp/http-framing.h>
#include <string.h>

static void
check_path (const gchar *path, gsize size)
{
  g_autofree gchar *text = g_strndup (path, strcspn (path, "? "));
  g_autofree gchar *decoded = g_uri_unescape_string (text, NULL);
  g_auto (GStrv) parts = NULL;

  PROMISE (size == 0 || *path == '/');
  PROMISE (decoded != NULL);
  parts = g_strsplit_set (decoded, "/\\", -1);
  PROMISE (!g_strv_contains ((const gchar *const *)parts, ".."));
}

/* How many bytes of @data the body takes; @size when it does not end. */
static gsize
follow_body (const CmafHttpHead *head, const gchar *data, gsize size)
{
  CmafHttpChunks whole = { 0 }, pieces = { 0 };
  gssize n, i;

  if (head->body == CMAF_HTTP_BODY_NONE)
    return 0;
  if (head->body == CMAF_HTTP_BODY_LENGTH)
    return MIN (head->length, size);
  n = cmaf_http_chunks_follow (&whole, data, size);
  for (i = 0; i < n; i++)
    PROMISE (cmaf_http_chunks_follow (&pieces, data + i, 1) == 1);
  PROMISE (n <= (gssize)size);
  if (n >= 0)
    PROMISE (memcmp (&whole, &pieces, sizeof whole) == 0);
  return n < 0 ? size : (gsize)n;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  const gchar *data = (const gchar *)bytes;
  CmafHttpHead head;
  gsize skip, n;

  while ((n = cmaf_http_head_find (data, size, &skip)) > 0) {
    data += skip;
    size -= skip;
    PROMISE (n <= size);
    cmaf_http_head_parse (&head, data, n);
    PROMISE (head.target <= head.path && head.path <= head.target_end);
    PROMISE (head.target_end <= n);
    PROMISE (!head.is_broken || head.status != 0);
    if (head.is_broken)
      return 0;
    /* what is a request was never given up while it came */
    for (gsize i = 0; i <= head.method_size && head.method_size <= 32; i++)
      PROMISE (cmaf_http_head_may_begin (data, i));
    if (head.status == 0 && data[head.path] != '*'
        && memcmp (data, "CONNECT ", 8) != 0)
      check_path (data + head.path, head.target_end - head.path);
    data += n;
    size -= n;
    n = follow_body (&head, data, size);
    data += n;
    size -= n;
  }
  if (size > skip)
    cmaf_http_head_may_begin (data + skip, size - skip);
  return 0;
}
