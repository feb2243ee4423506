/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Answers of receivers, whole, in every prefix, and bad ones. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/http-answer.h>
#include <string.h>

#define NONE GST_CLOCK_TIME_NONE

typedef struct
{
  const gchar *text;
  guint status;
  GstClockTime retry_after;
  const gchar *location;
  const gchar *challenges; /* joined with | */
  gboolean closes;
  guint rest; /* bytes of the text behind the answer */
} Good;

static const Good good[] = {
  { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, NONE },
  { "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, NONE },
  { "HTTP/1.1 204 No Content\r\n\r\n", 204, NONE },
  { "HTTP/1.1 200 OK\nContent-Length: 2\n\nokHT", 200, NONE, NULL, NULL, FALSE,
      2 },
  { "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, NONE, NULL, NULL,
      TRUE },
  { "HTTP/1.1 200 OK\r\nconnection: keep-alive, Close\r\n"
    "content-length:  3  \r\n\r\nabc",
      200, NONE, NULL, NULL, TRUE },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;ext=1\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nX: y\r\n\r\n",
      200, NONE },
  { "HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 503,
      7 * GST_SECOND },
  { "HTTP/1.1 503 x\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n", 503,
      3600 * GST_SECOND },
  { "HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"
    "Content-Length: 0\r\n\r\n",
      503, NONE },
  { "HTTP/1.1 307 x\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n", 307,
      NONE, "/there" },
  { "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\n"
    "www-authenticate: Digest nonce=1\r\nContent-Length: 0\r\n\r\n",
      401, NONE, NULL, "Basic realm=\"a, b\"|Digest nonce=1" },
};

GST_START_TEST (test_good_answers)
{
  const Good *c = &good[__i__];
  gsize size = strlen (c->text), n_used;
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autofree gchar *challenges = NULL;

  for (gsize n = 0; n < size - c->rest; n++)
    assert_equals_int (cmaf_http_answer_parse (c->text, n, FALSE,
                           CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, NULL),
        CMAF_HTTP_ANSWER_MORE);
  assert_equals_int (cmaf_http_answer_parse (c->text, size, FALSE,
                         CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_DONE);
  assert_equals_uint64 (n_used, size - c->rest);
  assert_equals_int (answer.status, c->status);
  assert_equals_uint64 (answer.retry_after, c->retry_after);
  assert_equals_string (answer.location, c->location);
  assert_equals_int (answer.closes, c->closes);
  challenges = answer.challenges ? g_strjoinv ("|", answer.challenges) : NULL;
  assert_equals_string (challenges, c->challenges);
}
GST_END_TEST;

GST_START_TEST (test_an_answer_may_end_with_its_connection)
{
  static const gchar text[] = "HTTP/1.1 403 no\r\n\r\nyou may not";
  g_auto (CmafHttpAnswer) answer = { 0 };
  gsize n_used;

  assert_equals_int (cmaf_http_answer_parse (text, strlen (text), FALSE,
                         CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_MORE);
  assert_equals_int (cmaf_http_answer_parse (text, strlen (text), TRUE,
                         CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_DONE);
  assert_equals_int (answer.status, 403);
  fail_unless (answer.closes);
}
GST_END_TEST;

GST_START_TEST (test_interim_answers_are_told)
{
  static const gchar text[] =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
  g_auto (CmafHttpAnswer) answer = { 0 };
  gsize n_used;

  assert_equals_int (cmaf_http_answer_parse (text, strlen (text), FALSE,
                         CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_CONTINUE);
  assert_equals_uint64 (n_used, 25);
}
GST_END_TEST;

typedef struct
{
  const gchar *text;
  const gchar *body;
} Kept;

static const Kept kept[] = {
  { "HTTP/1.1 200 x\r\nContent-Length: 3\r\n\r\nabcd", "abc" },
  { "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n", "" },
  { "HTTP/1.1 204 x\r\n\r\n", "" },
  { "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
      "abc" },
  { "HTTP/1.1 200 x\r\n\r\nto the end", "to the end" },
};

GST_START_TEST (test_bodies_are_kept_when_they_are_wanted)
{
  const Kept *c = &kept[__i__];
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GBytes) expected = NULL;
  gsize n_used;

  assert_equals_int (cmaf_http_answer_parse (c->text, strlen (c->text), TRUE,
                         CMAF_HTTP_BODY_KEPT, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_DONE);
  expected = g_bytes_new_static (c->body, strlen (c->body));
  fail_unless (g_bytes_equal (answer.body, expected));
}
GST_END_TEST;

GST_START_TEST (test_head_has_a_length_and_no_body)
{
  static const gchar text[] = "HTTP/1.1 200 x\r\nContent-Length: 3\r\n\r\n";
  g_auto (CmafHttpAnswer) answer = { 0 };
  gsize n_used;

  assert_equals_int (cmaf_http_answer_parse (text, strlen (text), FALSE,
                         CMAF_HTTP_BODY_NONE, &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_DONE);
  fail_if (answer.closes);
  fail_unless (answer.body == NULL);
}
GST_END_TEST;

#define REFUSAL "HTTP/1.1 412 x\r\nContent-Length: 8\r\nContent-Type: "

typedef struct
{
  const gchar *answer;
  const gchar *text;
} Reason;

static const Reason reasons[] = {
  { REFUSAL "text/plain\r\n\r\nwidth: 4", "width: 4" },
  { REFUSAL "Text/Plain;charset=utf-8\r\n\r\n\r\n w\t\r\nh", "w" },
  { REFUSAL "text/plain\r\n\r\na\0bcdefg", "a" },
  { REFUSAL "text/plain\r\n\r\n\r\n\r\n    ", NULL },
  { REFUSAL "text/plainer\r\n\r\nwidth: 4", NULL },
  { REFUSAL "text/html\r\n\r\nwidth: 4", NULL },
  { "HTTP/1.1 403 x\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
      NULL },
  { "HTTP/1.1 403 x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked"
    "\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
      "abc" },
  { "HTTP/1.1 403 x\r\nContent-Type: text/plain\r\n\r\nto the end",
      "to the end" },
  { "HTTP/1.1 200 x\r\nContent-Type: text/plain\r\n\r\nfine", NULL },
};

/* With the body kept or not. */
GST_START_TEST (test_the_first_line_says_why)
{
  const Reason *r = &reasons[__i__ / 2];
  gsize size, n_used;
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autofree gchar *said = NULL, *expected = NULL;

  if (g_str_has_prefix (r->answer, "HTTP/1.1 412"))
    size = strstr (r->answer, "\r\n\r\n") + 12 - r->answer;
  else
    size = strlen (r->answer);
  assert_equals_int (
      cmaf_http_answer_parse (r->answer, size, TRUE,
          __i__ % 2 == 0 ? CMAF_HTTP_BODY_SKIPPED : CMAF_HTTP_BODY_KEPT,
          &answer, &n_used, NULL),
      CMAF_HTTP_ANSWER_DONE);
  assert_equals_string (answer.text, r->text);
  said = cmaf_http_answer_describe (&answer);
  expected = r->text != NULL
                 ? g_strdup_printf ("%u (\"%s\")", answer.status, r->text)
                 : g_strdup_printf ("%u", answer.status);
  assert_equals_string (said, expected);
}
GST_END_TEST;

static const gchar *const bad[] = {
  "HTTP/2 200\r\n\r\n",
  "SSH-2.0-x\r\n",
  "HTTP/1.1 20 OK\r\n\r\n",
  "HTTP/1.1 2000 OK\r\n\r\n",
  "HTTP/1.1 099 OK\r\n\r\n",
  "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
};

GST_START_TEST (test_bad_answers)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  gsize n_used;

  assert_equals_int (
      cmaf_http_answer_parse (bad[__i__], strlen (bad[__i__]), FALSE,
          CMAF_HTTP_BODY_SKIPPED, &answer, &n_used, &error),
      CMAF_HTTP_ANSWER_ERROR);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
}
GST_END_TEST;

static Suite *
http_answer_suite (void)
{
  Suite *suite = suite_create ("http-answer");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_good_answers, 0, G_N_ELEMENTS (good));
  tcase_add_test (tcase, test_an_answer_may_end_with_its_connection);
  tcase_add_test (tcase, test_interim_answers_are_told);
  tcase_add_loop_test (
      tcase, test_bodies_are_kept_when_they_are_wanted, 0, G_N_ELEMENTS (kept));
  tcase_add_test (tcase, test_head_has_a_length_and_no_body);
  tcase_add_loop_test (
      tcase, test_the_first_line_says_why, 0, 2 * G_N_ELEMENTS (reasons));
  tcase_add_loop_test (tcase, test_bad_answers, 0, G_N_ELEMENTS (bad));
  return suite;
}

GST_CHECK_MAIN (http_answer);
