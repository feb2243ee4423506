/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/scatter.h>

#define FRAME (40 * (gint64)GST_MSECOND)

static const struct
{
  guint percent[5]; /* of a frame, one unit after the other */
  gboolean is_jitter;
} cases[] = {
  { { 0, 0, 0, 0, 0 }, FALSE },
  { { 34, 34, 34, 34, 34 }, FALSE },
  { { 36, 36, 36, 36, 36 }, TRUE },
  { { 0, 50, 10, 0, 0 }, TRUE },
};

/* Units until it says so; 0: never in a minute. @every: of how many units one
 * is as in the case, the others are in place. */
static guint
run (const guint *percent, guint every)
{
  CmafScatter scatter;

  cmaf_scatter_init (&scatter, FRAME);
  for (guint i = 0; i < 1500; i++) {
    gint64 error = (gint64)percent[i % 5] * FRAME / 100;

    if (cmaf_scatter_add (&scatter, (gint64)i * FRAME,
            i % every != 0 ? 0
            : i % 2        ? error
                           : -error))
      return i + 1;
  }
  return 0;
}

GST_START_TEST (test_jitter_shows_after_a_second)
{
  guint n = run (cases[__i__].percent, 1);

  if (cases[__i__].is_jitter)
    fail_unless (n >= 25 && n <= 31, "%u units", n);
  else
    assert_equals_int (n, 0);
}
GST_END_TEST;

GST_START_TEST (test_single_stamps_are_no_jitter)
{
  static const guint bad[] = { 50, 50, 50, 50, 50 };

  assert_equals_int (run (bad, 11), 0);
}
GST_END_TEST;

static Suite *
scatter_suite (void)
{
  Suite *suite = suite_create ("scatter");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_jitter_shows_after_a_second, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_single_stamps_are_no_jitter);
  return suite;
}

GST_CHECK_MAIN (scatter);
