/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/peer-text.h>
#include <string.h>

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static const struct
{
  const gchar *text, *fit;
} cases[] = {
  { "Lavf/59.27.100", "Lavf/59.27.100" },
  { "caf\xc3\xa9 \xf0\x9f\x8e\xa5", "caf\xc3\xa9 \xf0\x9f\x8e\xa5" },
  { "\xff\xff", BAD BAD },
  { "a\xc3", "a" BAD },                    /* cut */
  { "a\xc3(b", "a" BAD "(b" },             /* what follows is kept */
  { "\xc0\xaf", BAD BAD },                 /* too long for what it says */
  { "\xed\xa0\x80", BAD BAD BAD },         /* half a pair */
  { "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* beyond Unicode */
  { "a\x1b[2J\x7f\xc2\x85", "a" BAD "[2J" BAD BAD },
  { NULL, "nobody" },
  { "", "nobody" },
};

GST_START_TEST (test_it_is_valid)
{
  g_autofree gchar *fit = cmaf_peer_text (cases[__i__].text, "nobody");

  assert_equals_string (fit, cases[__i__].fit);
  fail_unless (g_utf8_validate (fit, -1, NULL));
}
GST_END_TEST;

/* Never in the middle of a character. */
GST_START_TEST (test_it_has_an_end)
{
  static const gchar *const letters[] = { "a", "\xc3\xa9", "\xe2\x82\xac",
    "\xf0\x9f\x8e\xa5", "\xff" };
  static const gsize sizes[] = { 200, 200, 198, 200, 198 };
  GString *text = g_string_new (NULL);
  g_autofree gchar *fit = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, letters[__i__]);
  fit = cmaf_peer_text (text->str, NULL);
  assert_equals_uint64 (strlen (fit), sizes[__i__]);
  fail_unless (g_utf8_validate (fit, -1, NULL));
  g_string_free (text, TRUE);
}
GST_END_TEST;

static Suite *
peer_text_suite (void)
{
  Suite *suite = suite_create ("peer-text");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_it_is_valid, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, test_it_has_an_end, 0, 5);
  return suite;
}

GST_CHECK_MAIN (peer_text);
