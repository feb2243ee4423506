/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/feed-request.h>

static const struct
{
  const gchar *text;
  gboolean is_valid;
  CmafFeedRequestType type;
} cases[] = {
  { "{\"t\":\"hello\"}", TRUE, CMAF_FEED_HELLO },
  { "{\"t\":\"channels\",\"watch\":true}", TRUE, CMAF_FEED_CHANNELS },
  { "{\"t\":\"sub\"}", TRUE, CMAF_FEED_SUB },
  { "{\"t\":\"unsub\"}", TRUE, CMAF_FEED_UNSUB },
  { "{\"t\":\"switch\"}", TRUE, CMAF_FEED_SWITCH },
  { "{\"t\":\"pause\"}", TRUE, CMAF_FEED_PAUSE },
  { "{\"t\":\"resume\"}", TRUE, CMAF_FEED_RESUME },
  { "{\"t\":\"ping\"}", TRUE, CMAF_FEED_PING },
  { "{\"t\":\"stats\"}", TRUE, CMAF_FEED_STATS },
  { "{\"t\":\"want\"}", TRUE, CMAF_FEED_WANT },
  { "{\"t\":\"bye\"}", TRUE, CMAF_FEED_BYE },
  { "{\"t\":\"later\"}", TRUE, CMAF_FEED_UNKNOWN },
  { "{\"t\":7}", TRUE, CMAF_FEED_UNKNOWN },
  { "{\"t\":null}", TRUE, CMAF_FEED_UNKNOWN },
  { "{\"t\":{\"t\":\"bye\"}}", TRUE, CMAF_FEED_UNKNOWN },
  { "{}", TRUE, CMAF_FEED_UNKNOWN },
  { "", FALSE, 0 },
  { "[]", FALSE, 0 },
  { "\"hello\"", FALSE, 0 },
  { "null", FALSE, 0 },
  { "{\"t\":\"hello\"", FALSE, 0 },
  { "{\"t\":\"hello\"}x", FALSE, 0 },
  { "{\"a\":[[[[[[[1]]]]]]],\"b\":[{}]}", TRUE, CMAF_FEED_UNKNOWN },
  { "{\"a\":[[[[[[[[1]]]]]]]]}", FALSE, 0 },
  { "{\"t\":\"bye\",\"a\":\"[[[[[[[[[[[\\\"[[[[[[\"}", TRUE, CMAF_FEED_BYE },
};

GST_START_TEST (test_message)
{
  g_auto (CmafFeedRequest) request = { 0 };
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_feed_request_parse (&request, cases[__i__].text, &error)
                   == cases[__i__].is_valid,
      "%s", cases[__i__].text);
  fail_unless (request.type == cases[__i__].type);
  if (!cases[__i__].is_valid)
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
}
GST_END_TEST;

GST_START_TEST (test_a_value_of_the_wrong_type_is_absent)
{
  g_auto (CmafFeedRequest) r = { 0 };

  fail_unless (cmaf_feed_request_parse (&r,
      "{\"t\":\"sub\",\"id\":7,\"ch\":\"a\",\"n\":\"5\",\"s\":5,\"b\":1,"
      "\"yes\":true,\"codecs\":[\"avc1.64001f\",1,null,\"opus\"],\"view\":{}}",
      NULL));
  fail_unless (r.has_id && r.id == 7);
  fail_unless_equals_string (cmaf_feed_request_get_string (&r, "ch"), "a");
  fail_unless (cmaf_feed_request_get_string (&r, "s") == NULL);
  fail_unless (cmaf_feed_request_get_string (&r, "view") == NULL);
  fail_unless (cmaf_feed_request_get_string (&r, "none") == NULL);
  fail_unless_equals_int64 (cmaf_feed_request_get_int (&r, "s", -1), 5);
  fail_unless_equals_int64 (cmaf_feed_request_get_int (&r, "n", -1), -1);
  fail_unless (cmaf_feed_request_get_boolean (&r, "yes"));
  fail_if (cmaf_feed_request_get_boolean (&r, "b"));
  fail_unless (cmaf_feed_request_accepts (&r, "codecs", "avc1"));
  fail_unless (cmaf_feed_request_accepts (&r, "codecs", "opus"));
  fail_if (cmaf_feed_request_accepts (&r, "codecs", "hvc1"));
  fail_unless (cmaf_feed_request_accepts (&r, "none", "hvc1"));
  fail_unless (cmaf_feed_request_accepts (&r, "view", "hvc1"));
}
GST_END_TEST;

/* Half a surrogate pair is JSON, but no text. */
GST_START_TEST (test_a_string_that_is_no_text_is_absent)
{
  g_auto (CmafFeedRequest) r = { 0 };

  fail_unless (cmaf_feed_request_parse (&r,
      "{\"t\":\"hello\",\"sid\":\"\\ud83dYude00\",\"ch\":\"\\ud83d\\ude00\"}",
      NULL));
  fail_unless (r.type == CMAF_FEED_HELLO);
  fail_unless (cmaf_feed_request_get_string (&r, "sid") == NULL);
  fail_unless_equals_string (
      cmaf_feed_request_get_string (&r, "ch"), "\xf0\x9f\x98\x80");
}
GST_END_TEST;

/* Each prefix of a valid message, and each with one byte changed. */
GST_START_TEST (test_damaged_messages_do_no_harm)
{
  static const gchar whole[] =
      "{\"t\":\"sub\",\"id\":-1,\"ch\":\"\\u00e4\",\"codecs\":[\"avc1\"],"
      "\"view\":{\"w\":1.5e3}}";

  for (gsize i = 0; i < strlen (whole); i++) {
    g_autofree gchar *prefix = g_strndup (whole, i);
    g_autofree gchar *damaged = g_strdup (whole);
    g_auto (CmafFeedRequest) request = { 0 };
    g_auto (CmafFeedRequest) other = { 0 };

    fail_if (cmaf_feed_request_parse (&request, prefix, NULL));
    damaged[i] = '{';
    cmaf_feed_request_parse (&other, damaged, NULL);
  }
}
GST_END_TEST;

static Suite *
feed_request_suite (void)
{
  Suite *s = suite_create ("feed-request");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_message, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_a_value_of_the_wrong_type_is_absent);
  tcase_add_test (tc, test_a_string_that_is_no_text_is_absent);
  tcase_add_test (tc, test_damaged_messages_do_no_harm);
  return s;
}

GST_CHECK_MAIN (feed_request);
