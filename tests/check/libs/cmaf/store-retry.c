/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A script: each second it is asked if it is due; seconds at which it was. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/store-retry.h>

static const struct
{
  gint answers_at; /* second; before, it fails */
  const gchar *asked;
} cases[] = {
  { 0, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25" },
  { 2, "0 1 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25" },
  { 8, "0 1 3 7 15 16 17 18 19 20 21 22 23 24 25" },
  { 99, "0 1 3 7 15 23" },
};

GST_START_TEST (test_the_interval_grows_until_it_answers)
{
  GString *asked = g_string_new (NULL);
  CmafStoreRetry retry = { 0 };

  for (gint second = 0; second < 26; second++) {
    const gint64 now = 7 + second * (gint64)G_USEC_PER_SEC;

    if (!cmaf_store_retry_is_due (&retry, now))
      continue;
    g_string_append_printf (asked, "%s%d", asked->len ? " " : "", second);
    cmaf_store_retry_note (&retry, second >= cases[__i__].answers_at, now);
  }
  assert_equals_string (asked->str, cases[__i__].asked);
  g_string_free (asked, TRUE);
}
GST_END_TEST;

static Suite *
store_retry_suite (void)
{
  Suite *suite = suite_create ("store-retry");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_the_interval_grows_until_it_answers, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (store_retry);
