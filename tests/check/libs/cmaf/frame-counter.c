/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/frame-counter.h>
#include <gst/cmaf/media-time.h>

#define MS ((gint64)GST_MSECOND)

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };

static const struct
{
  gint64 time; /* ms */
  CmafFrameCount result;
  guint64 count;
} steps[] = {
  { 1000, CMAF_FRAME_NEXT, 0 },
  { 1040, CMAF_FRAME_NEXT, 1 },
  { 1095, CMAF_FRAME_NEXT, 2 },
  { 1111, CMAF_FRAME_NEXT, 3 },
  { 1120, CMAF_FRAME_REPEATED, 0 },
  { 1121, CMAF_FRAME_REPEATED, 0 },
  { 1160, CMAF_FRAME_NEXT, 4 },
  { 1280, CMAF_FRAME_AFTER_GAP, 7 },
  { 1320, CMAF_FRAME_NEXT, 8 },
  { 9000, CMAF_FRAME_ELSEWHERE, 9 },
  { 9040, CMAF_FRAME_NEXT, 10 },
  { 40, CMAF_FRAME_ELSEWHERE, 11 },
  { 80, CMAF_FRAME_NEXT, 12 },
  { 1040, CMAF_FRAME_AFTER_GAP, 36 },
};

GST_START_TEST (test_counts_by_time_stamps)
{
  CmafFrameCounter counter;
  guint64 count = 0;

  cmaf_frame_counter_init (&counter, &fps25);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    assert_equals_int (
        cmaf_frame_counter_count (&counter, steps[i].time * MS, &count),
        steps[i].result);
    if (steps[i].result != CMAF_FRAME_REPEATED)
      assert_equals_uint64 (count, steps[i].count);
  }
}
GST_END_TEST;

/* An hour of a source that is 100 ppm too fast, with jitter */
GST_START_TEST (test_a_fast_source_is_followed)
{
  const CmafUnitGrid fps29 = { 30000, 1001, 0 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  CmafFrameCounter counter;
  guint64 count;

  cmaf_frame_counter_init (&counter, &fps29);
  for (guint64 n = 0; n < 3600 * 30; n++) {
    const gint64 time = (gint64)cmaf_media_time_of_unit (&fps29, n);

    fail_unless (
        cmaf_frame_counter_count (&counter,
            time - time / 10000 + g_rand_int_range (rand, 0, 14) * MS, &count)
            == CMAF_FRAME_NEXT
        && count == n);
  }
}
GST_END_TEST;

static Suite *
frame_counter_suite (void)
{
  Suite *suite = suite_create ("frame-counter");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_counts_by_time_stamps);
  tcase_add_test (tc, test_a_fast_source_is_followed);
  return suite;
}

GST_CHECK_MAIN (frame_counter);
