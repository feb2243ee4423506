/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/cue-list.h>

GST_START_TEST (test_times_are_known_with_the_first_picture)
{
  g_autoptr (CmafCueList) list = cmaf_cue_list_new ();
  const CmafHeardCue added = { 7, FALSE, FALSE, 90000, CMAF_PTS_MASK - 89999 };
  CmafHeardCue cue;
  gint64 splice, heard;

  cmaf_cue_list_add (list, &added);
  assert_equals_int (cmaf_cue_list_get_count (list), 0);
  fail_if (cmaf_cue_list_get (list, 0, &cue, &splice, &heard));
  cmaf_cue_list_set_reference (list, 0, 5 * GST_SECOND);
  assert_equals_int (cmaf_cue_list_get_count (list), 1);
  fail_unless (cmaf_cue_list_get (list, 0, &cue, &splice, &heard));
  assert_equals_int64 (splice, 6 * GST_SECOND);
  assert_equals_int64 (heard, 4 * GST_SECOND);
  fail_if (cmaf_cue_list_get (list, 1, &cue, &splice, &heard));
  fail_unless (cmaf_cue_list_running_time (list, 45000, &splice));
  assert_equals_int64 (splice, 5500 * GST_MSECOND);
  cmaf_cue_list_clear (list);
  fail_if (cmaf_cue_list_running_time (list, 45000, &splice));
  assert_equals_int (cmaf_cue_list_get_count (list), 0);
}
GST_END_TEST;

GST_START_TEST (test_repetitions_are_one_cue)
{
  g_autoptr (CmafCueList) list = cmaf_cue_list_new ();
  CmafHeardCue cue = { 7, FALSE, FALSE, 90000, 0 };
  CmafHeardCue cancel = { 7, TRUE, FALSE, 0, 10 };

  cmaf_cue_list_set_reference (list, 0, 0);
  cmaf_cue_list_add (list, &cue);
  cue.heard_pts = 3600; /* heard again */
  cmaf_cue_list_add (list, &cue);
  assert_equals_int (cmaf_cue_list_get_count (list), 1);
  cue.splice_pts++; /* another time */
  cmaf_cue_list_add (list, &cue);
  assert_equals_int (cmaf_cue_list_get_count (list), 2);
  cmaf_cue_list_add (list, &cancel);
  cmaf_cue_list_add (list, &cue); /* announced anew */
  assert_equals_int (cmaf_cue_list_get_count (list), 4);
  cue.event_id++;
  cmaf_cue_list_add (list, &cue);
  assert_equals_int (cmaf_cue_list_get_count (list), 5);
}
GST_END_TEST;

GST_START_TEST (test_old_cues_are_forgotten)
{
  g_autoptr (CmafCueList) list = cmaf_cue_list_new ();
  CmafHeardCue cue = { 0 };
  gint64 splice, heard;

  cmaf_cue_list_set_reference (list, 0, 0);
  for (guint i = 0; i < CMAF_CUE_LIST_SIZE + 3; i++) {
    cue.event_id = i;
    cmaf_cue_list_add (list, &cue);
  }
  assert_equals_int (cmaf_cue_list_get_count (list), CMAF_CUE_LIST_SIZE + 3);
  fail_if (cmaf_cue_list_get (list, 2, &cue, &splice, &heard));
  fail_unless (cmaf_cue_list_get (list, 3, &cue, &splice, &heard));
  assert_equals_int (cue.event_id, 3);
}
GST_END_TEST;

static Suite *
cue_list_suite (void)
{
  Suite *suite = suite_create ("cue-list");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_times_are_known_with_the_first_picture);
  tcase_add_test (tcase, test_repetitions_are_one_cue);
  tcase_add_test (tcase, test_old_cues_are_forgotten);
  return suite;
}

GST_CHECK_MAIN (cue_list);
