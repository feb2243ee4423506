/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-fixtures.h"
#include <gst/check/gstcheck.h>

static const CmafSegmentGrid two_seconds = { 2, 1 };
static const CmafUnitGrid aac = { 48000, 1024, 0 };
static const CmafUnitGrid unknown = { 90000, 0, 0 };

static void
append (CmafTimeline *timeline, guint64 number, guint64 time, guint64 duration)
{
  const CmafTimelineSegment segment = { number, time, duration };

  cmaf_timeline_append (timeline, &segment);
}

static void
assert_segment (
    CmafTimeline *timeline, guint64 number, guint64 time, guint64 duration)
{
  CmafTimelineSegment segment;

  fail_unless (cmaf_timeline_lookup (timeline, number, &segment));
  assert_equals_uint64 (segment.number, number);
  assert_equals_uint64 (segment.time, time);
  assert_equals_uint64 (segment.duration, duration);
}

/* Audio alternates 94 94 94 93; a day of it is one run all the same. */
GST_START_TEST (test_a_day_on_the_grid_is_one_run)
{
  g_autoptr (CmafTrack) track = fixture_audio (NULL);
  g_autoptr (CmafTimeline) timeline =
      fixture_timeline (&two_seconds, track, 867844800, 867844800 + 43200);

  assert_equals_int (cmaf_timeline_get_n_runs (timeline), 1);
  assert_segment (timeline, 867844803, 83313101088768, 93 * 1024); /* A6 */
  assert_equals_uint64 (cmaf_timeline_longest_by_grid (timeline), 94 * 1024);
}
GST_END_TEST;

GST_START_TEST (test_equal_segments_off_the_grid_are_one_run)
{
  g_autoptr (CmafTimeline) timeline =
      cmaf_timeline_new (&two_seconds, &unknown);
  guint64 i;

  for (i = 0; i < 1000; i++)
    append (timeline, i, 7 + i * 180001, 180001);
  assert_equals_int (cmaf_timeline_get_n_runs (timeline), 1);
  assert_segment (timeline, 999, 7 + 999 * 180001, 180001);
}
GST_END_TEST;

GST_START_TEST (test_every_segment_is_found_as_it_was_appended)
{
  static const CmafTimelineSegment in[] = {
    { 5, 10 * 48000, 94 * 1024 },                      /* off the grid */
    { 6, 10 * 48000 + 94 * 1024, 94 * 1024 },          /* like it */
    { 7, 10 * 48000 + 188 * 1024, 93 * 1024 },         /* shorter */
    { 9, 875520 - 48000, 100 },                        /* a hole of numbers */
    { 10, 961536, 93 * 1024 },                         /* on the grid */
    { 11, 1056768, 94 * 1024 }, { 12, 1153024, 1024 }, /* a last short one */
  };
  g_autoptr (CmafTimeline) timeline = cmaf_timeline_new (&two_seconds, &aac);
  CmafTimelineSegment segment;
  guint64 number = 0;
  guint i;

  fail_if (cmaf_timeline_last (timeline, &segment));
  fail_if (cmaf_timeline_next (timeline, 0, &segment));
  for (i = 0; i < G_N_ELEMENTS (in); i++)
    cmaf_timeline_append (timeline, &in[i]);
  for (i = 0; i < G_N_ELEMENTS (in); i++) {
    fail_unless (cmaf_timeline_next (timeline, number, &segment));
    fail_unless (memcmp (&segment, &in[i], sizeof segment) == 0, "%u", i);
    assert_segment (timeline, in[i].number, in[i].time, in[i].duration);
    number = segment.number + 1;
  }
  fail_if (cmaf_timeline_next (timeline, number, &segment));
  fail_if (cmaf_timeline_lookup (timeline, 8, &segment));
  fail_if (cmaf_timeline_lookup (timeline, 4, &segment));
  fail_unless (cmaf_timeline_last (timeline, &segment));
  assert_equals_uint64 (segment.number, 12);
}
GST_END_TEST;

GST_START_TEST (test_a_hole_can_be_filled_once)
{
  const CmafTimelineSegment missing = { 11, 1800000, 180000 };
  const CmafTimelineSegment first = { 3, 360000, 180000 };
  g_autoptr (CmafTimeline) timeline =
      cmaf_timeline_new (&two_seconds, &unknown);

  append (timeline, 10, 1620000, 180000);
  append (timeline, 12, 1980000, 180000);
  append (timeline, 13, 2160000, 180000);
  fail_unless (cmaf_timeline_insert (timeline, &missing));
  fail_if (cmaf_timeline_insert (timeline, &missing));
  fail_unless (cmaf_timeline_insert (timeline, &first));
  assert_segment (timeline, 3, 360000, 180000);
  for (guint64 i = 10; i <= 13; i++)
    assert_segment (timeline, i, 1620000 + (i - 10) * 180000, 180000);
  append (timeline, 14, 2340000, 180000);
  assert_segment (timeline, 14, 2340000, 180000);
}
GST_END_TEST;

GST_START_TEST (test_trim_forgets_the_front_only)
{
  g_autoptr (CmafTrack) track = fixture_audio (NULL);
  g_autoptr (CmafTimeline) timeline =
      fixture_timeline (&two_seconds, track, 0, 10);
  CmafTimelineSegment segment;

  append (timeline, 20, 20 * 96000 + 5, 7);
  append (timeline, 21, 20 * 96000 + 12, 7);
  append (timeline, 22, 20 * 96000 + 19, 7);
  cmaf_timeline_trim (timeline, 4);
  fail_if (cmaf_timeline_lookup (timeline, 3, &segment));
  assert_segment (timeline, 4, 94 * 4 * 1024 - 1024, 94 * 1024);
  cmaf_timeline_trim (timeline, 15);
  fail_unless (cmaf_timeline_next (timeline, 0, &segment));
  assert_equals_uint64 (segment.number, 20);
  cmaf_timeline_trim (timeline, 22);
  assert_segment (timeline, 22, 20 * 96000 + 19, 7);
  cmaf_timeline_trim (timeline, 23);
  fail_if (cmaf_timeline_last (timeline, &segment));
  append (timeline, 30, 30 * 96000, 7);
  assert_segment (timeline, 30, 30 * 96000, 7);
}
GST_END_TEST;

static Suite *
timeline_suite (void)
{
  Suite *s = suite_create ("timeline");
  TCase *tc = tcase_create ("runs");

  tcase_add_test (tc, test_a_day_on_the_grid_is_one_run);
  tcase_add_test (tc, test_equal_segments_off_the_grid_are_one_run);
  tcase_add_test (tc, test_every_segment_is_found_as_it_was_appended);
  tcase_add_test (tc, test_a_hole_can_be_filled_once);
  tcase_add_test (tc, test_trim_forgets_the_front_only);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (timeline);
