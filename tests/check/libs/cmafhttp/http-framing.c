/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/http-framing.h>
#include <string.h>

#include "hex.h"

/* ---- heads ---- */

static const struct
{
  const gchar *head;
  guint status;
  gboolean is_broken;
  CmafHttpBody body;
  guint64 length;
  const gchar *path;
} heads[] = {
  { "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", 0, FALSE, CMAF_HTTP_BODY_NONE, 0,
      "/a" },
  { "GET /a?b HTTP/1.0\n\n", 0, FALSE, CMAF_HTTP_BODY_NONE, 0, "/a?b" },
  { "GET http://h:1/a HTTP/1.1\r\nHost: x\r\n\r\n", 0, FALSE,
      CMAF_HTTP_BODY_NONE, 0, "/a" },
  { "GET HTTPS://h HTTP/1.1\r\nHost: x\r\n\r\n", 0, FALSE, CMAF_HTTP_BODY_NONE,
      0, "" },
  { "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 0, FALSE, CMAF_HTTP_BODY_NONE, 0,
      "*" },
  { "CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n", 0, FALSE, CMAF_HTTP_BODY_NONE, 0,
      "h:1" },
  { "PUT /a HTTP/1.1\r\nHost: x\r\ncontent-length:  12 \r\n\r\n", 0, FALSE,
      CMAF_HTTP_BODY_LENGTH, 12, "/a" },
  { "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 0, FALSE,
      CMAF_HTTP_BODY_NONE, 0, "/a" },
  { "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tChunked\r\n\r\n", 0,
      FALSE, CMAF_HTTP_BODY_CHUNKED, 0, "/a" },
  /* refused, but one knows where it ends */
  { "POST /a/../b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n", 403, FALSE,
      CMAF_HTTP_BODY_LENGTH, 3, "/a/../b" },
  { "GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400, FALSE, CMAF_HTTP_BODY_NONE, 0,
      "a" },
  { "GET ftp://h/a HTTP/1.1\r\nHost: x\r\n\r\n", 400, FALSE,
      CMAF_HTTP_BODY_NONE, 0, "ftp://h/a" },
  /* nobody can know */
  { "GET\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET /a\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET  /a HTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET /a b HTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET /a HTTP/1.1 \r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET /a XTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "G(T /a HTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "GET /a\x7f HTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "" },
  { "PRI * HTTP/2.0\r\n\r\n", 505, TRUE, 0, 0, "" },
  { "GET /a HTTP/1.2\r\n\r\n", 505, TRUE, 0, 0, "" },
  { "GET /a HTTP/1.1\r\nHost\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.1\r\nA : b\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.1\r\nA: b\rc\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.1\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET http://h/a HTTP/1.1\r\nA: b\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "GET /a HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nContent-Length:\r\n\r\n", 400, TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nContent-Length: 1111111111111111111\r\n\r\n", 400, TRUE,
      0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400,
      TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nContent-Length: 1\r\n"
    "Transfer-Encoding: chunked\r\n\r\n",
      400, TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    "Content-Length: 1\r\n\r\n",
      400, TRUE, 0, 0, "/a" },
  { "PUT /a HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, TRUE, 0,
      0, "/a" },
  { "PUT /a HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n", 501, TRUE, 0, 0,
      "/a" },
};

/* Also without what follows, and from every piece of it. */
GST_START_TEST (test_a_head)
{
  const gchar *text = heads[__i__].head;
  g_autofree gchar *padded = g_strconcat ("\r\n\n", text, "GET /", NULL);
  gsize size = strlen (text), skip;
  CmafHttpHead head;

  assert_equals_uint64 (
      cmaf_http_head_find (padded, strlen (padded), &skip), size);
  assert_equals_uint64 (skip, 3);
  for (gsize n = 0; n < size; n++)
    assert_equals_uint64 (cmaf_http_head_find (text, n, &skip), 0);

  cmaf_http_head_parse (&head, text, size);
  assert_equals_int (head.status, heads[__i__].status);
  assert_equals_int (head.why != NULL, head.status != 0);
  assert_equals_int (head.is_broken, heads[__i__].is_broken);
  fail_unless (head.target_end - head.path == strlen (heads[__i__].path)
               && memcmp (text + head.path, heads[__i__].path,
                      strlen (heads[__i__].path))
                      == 0);
  if (head.is_broken)
    return;
  assert_equals_int (head.body, heads[__i__].body);
  assert_equals_uint64 (head.length, heads[__i__].length);
}
GST_END_TEST;

GST_START_TEST (test_a_nul_in_a_head_is_refused)
{
  static const gchar head_a[] = "GET /a\0b HTTP/1.1\r\n\r\n";
  static const gchar head_b[] = "GET /a HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
  CmafHttpHead head;

  cmaf_http_head_parse (&head, head_a, sizeof head_a - 1);
  assert_equals_int (head.status, 400);
  cmaf_http_head_parse (&head, head_b, sizeof head_b - 1);
  assert_equals_int (head.status, 400);
}
GST_END_TEST;

GST_START_TEST (test_a_head_has_so_many_fields)
{
  GString *text = g_string_new ("GET /a HTTP/1.1\r\nHost: x\r\n");
  CmafHttpHead head;

  for (guint i = 1; i < CMAF_HTTP_MAX_FIELDS; i++)
    g_string_append (text, "A: b\r\n");
  cmaf_http_head_parse (&head, text->str, text->len);
  assert_equals_int (head.status, 0);
  g_string_append (text, "A: b\r\n\r\n");
  cmaf_http_head_parse (&head, text->str, text->len);
  assert_equals_int (head.status, 431);
  g_string_free (text, TRUE);
}
GST_END_TEST;

GST_START_TEST (test_an_expectation_is_seen)
{
  static const gchar text[] =
      "PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n\r\n";
  CmafHttpHead head;

  cmaf_http_head_parse (&head, text, sizeof text - 1);
  fail_unless (head.expects);
}
GST_END_TEST;

/* ---- paths ---- */

static const struct
{
  const gchar *path;
  guint reader, writer;
} paths[] = {
  { "/", 0, 0 },
  { "", 0, 0 },
  { "/a/b.c/..d/...", 0, 0 },
  { "/a?../../%00%2f", 0, 0 },
  { "/a%20%25b/%252e%252e", 0, 0 },
  { "/..", 400, 403 },
  { "/a/../b", 400, 403 },
  { "/a/%2e./b", 400, 403 },
  { "/a/.%2E?x", 400, 403 },
  { "/a/..%2fb", 400, 403 },
  { "/a/..\\b", 400, 403 },
  { "/a%5c..", 400, 403 },
  { "/a%2fb", 400, 400 },
  { "/a\\b", 400, 400 },
  { "/a%00", 400, 400 },
  { "/a%", 400, 400 },
  { "/a%2", 400, 400 },
  { "/a%g0", 400, 400 },
  { "/a%0g", 400, 400 },
};

GST_START_TEST (test_a_path)
{
  const gchar *path = paths[__i__].path;

  assert_equals_int (cmaf_http_path_check (path, strlen (path), TRUE, NULL),
      paths[__i__].reader);
  assert_equals_int (cmaf_http_path_check (path, strlen (path), FALSE, NULL),
      paths[__i__].writer);
}
GST_END_TEST;

GST_START_TEST (test_a_path_is_so_long)
{
  g_autofree gchar *path = g_strnfill (CMAF_HTTP_MAX_PATH, 'a');
  g_autofree gchar *query = g_strnfill (CMAF_HTTP_MAX_QUERY, 'a');
  g_autofree gchar *both = g_strconcat (path, "?", query, NULL);
  g_autofree gchar *longer = g_strconcat ("a", path, "?", NULL);
  g_autofree gchar *longer_query = g_strconcat ("?a", query, NULL);

  assert_equals_int (cmaf_http_path_check (both, strlen (both), TRUE, NULL), 0);
  assert_equals_int (
      cmaf_http_path_check (longer, strlen (longer), TRUE, NULL), 400);
  assert_equals_int (
      cmaf_http_path_check (longer_query, strlen (longer_query), TRUE, NULL),
      400);
}
GST_END_TEST;

/* ---- chunks ---- */

static const struct
{
  const gchar *body;
  gssize used; /* of "body" and "GET", -1: none */
} bodies[] = {
  { "0\r\n\r\n", 5 },
  { "0\n\n", 3 },
  { "3\r\nabc\r\n0\r\n\r\n", 13 },
  { "A;x=\"y\"\r\n0123456789\r\n000\r\nA: b\r\nC: d\r\n\r\n", 40 },
  { "a \r\n0123456789\r\n0\r\n\r\n", 21 },
  { "3\r\n0\r\n\r\n", 8 }, /* not done */
  { "\r\n0\r\n\r\n", -1 },
  { "x\r\n", -1 },
  { "-1\r\n", -1 },
  { "0x1\r\n", -1 },
  { ";\r\n", -1 },
  { "3\r\nabcd\r\n", -1 },
  { "1000000000000000\r\n", -1 },
};

GST_START_TEST (test_chunks)
{
  const gchar *body = bodies[__i__].body;
  g_autofree gchar *text = g_strconcat (body, "GET", NULL);
  gsize size = strlen (text), used = 0;
  CmafHttpChunks whole = { 0 }, pieces = { 0 };
  gboolean is_open = __i__ == 5, ok = TRUE;

  if (is_open)
    size = strlen (body);
  assert_equals_int64 (
      cmaf_http_chunks_follow (&whole, text, size), bodies[__i__].used);
  if (bodies[__i__].used > 0)
    fail_unless (whole.is_done == !is_open);

  for (gsize i = 0; i < size && ok && !pieces.is_done; i++) {
    ok = cmaf_http_chunks_follow (&pieces, text + i, 1) == 1;
    used++;
  }
  assert_equals_int (ok, bodies[__i__].used > 0);
  if (ok)
    assert_equals_int64 (used, bodies[__i__].used);
  assert_equals_int64 (
      cmaf_http_chunks_follow (&whole, text, whole.is_done ? size : 0), 0);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_a_request)
{
  static const gchar head[] = "POST /a%20b HTTP/1.1\r\nHost: x\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n";
  static const gchar body[] = "a;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n";

  for (gsize n = 0; n < strlen (head); n++) {
    g_autofree gchar *prefix = (gchar *)copy_exactly (head, n);
    CmafHttpHead parsed;
    gsize skip;

    assert_equals_int (cmaf_http_head_find (prefix, n, &skip), 0);
    cmaf_http_head_parse (&parsed, prefix, n);
    fail_unless (parsed.target_end <= n);
    cmaf_http_path_check (prefix, n, FALSE, NULL);
  }
  for (gsize n = 0; n < strlen (body); n++) {
    g_autofree gchar *prefix = (gchar *)copy_exactly (body, n);
    CmafHttpChunks chunks = { 0 };

    assert_equals_int (cmaf_http_chunks_follow (&chunks, prefix, n), n);
    fail_if (chunks.is_done);
  }
}
GST_END_TEST;

static Suite *
http_framing_suite (void)
{
  Suite *suite = suite_create ("http-framing");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_a_head, 0, G_N_ELEMENTS (heads));
  tcase_add_test (tc, test_a_nul_in_a_head_is_refused);
  tcase_add_test (tc, test_a_head_has_so_many_fields);
  tcase_add_test (tc, test_an_expectation_is_seen);
  tcase_add_loop_test (tc, test_a_path, 0, G_N_ELEMENTS (paths));
  tcase_add_test (tc, test_a_path_is_so_long);
  tcase_add_loop_test (tc, test_chunks, 0, G_N_ELEMENTS (bodies));
  tcase_add_test (tc, test_no_prefix_is_a_request);
  return suite;
}

GST_CHECK_MAIN (http_framing);
