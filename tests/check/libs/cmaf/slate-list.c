/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/slate-list.h>

#define S GST_SECOND

static const struct
{
  GstClockTime from, to;
  gboolean is_slate;
} spans[] = {
  { 0, 10 * S, FALSE },
  { 9 * S, 10 * S + 10, FALSE }, /* rounding */
  { 9 * S, 10 * S + GST_MSECOND, TRUE },
  { 11 * S, 12 * S, TRUE },
  { 12 * S - 1, 13 * S, FALSE },
  { 5 * S, 50 * S, TRUE },
  { 20 * S, 20 * S + 1, FALSE },
  { 20 * S, 20 * S + GST_MSECOND, TRUE },
  { 25 * S, 26 * S, FALSE },
};

/* 10 to 12 s in two pieces, and 20 to 21 s. */
GST_START_TEST (test_what_overlaps_is_slate)
{
  g_autoptr (CmafSlateList) list = cmaf_slate_list_new ();

  fail_if (cmaf_slate_list_has (list, 0, G_MAXUINT64 / 2));
  cmaf_slate_list_note (list, 10 * S, 11 * S);
  cmaf_slate_list_note (list, 11 * S, 12 * S);
  cmaf_slate_list_note (list, 20 * S, 21 * S);
  fail_unless (cmaf_slate_list_has (list, spans[__i__].from, spans[__i__].to)
               == spans[__i__].is_slate);
}
GST_END_TEST;

/* Those that follow each other are one; of the others the newest stay. */
GST_START_TEST (test_the_oldest_are_forgotten)
{
  g_autoptr (CmafSlateList) list = cmaf_slate_list_new ();

  for (guint i = 0; i < 10 * CMAF_SLATE_MAX_RANGES; i++)
    cmaf_slate_list_note (list, i * S, (i + 1) * S);
  fail_unless (cmaf_slate_list_has (list, 0, S));
  for (guint i = 0; i < CMAF_SLATE_MAX_RANGES; i++)
    cmaf_slate_list_note (list, (1000 + 2 * i) * S, (1001 + 2 * i) * S);
  fail_if (cmaf_slate_list_has (list, 0, S));
  fail_unless (cmaf_slate_list_has (list, 1000 * S, 1001 * S));
}
GST_END_TEST;

static Suite *
slate_list_suite (void)
{
  Suite *suite = suite_create ("slate-list");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_what_overlaps_is_slate, 0, G_N_ELEMENTS (spans));
  tcase_add_test (tcase, test_the_oldest_are_forgotten);
  return suite;
}

GST_CHECK_MAIN (slate_list);
