/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/mpegts-time.h>

#define S5_CLOCK (G_GINT64_CONSTANT (1735739450) * (gint64)GST_SECOND)
#define S6_CLOCK (G_GINT64_CONSTANT (1735689600) * (gint64)GST_SECOND)
#define HOUR (3600 * (gint64)GST_SECOND)
#define S6_PAIR                                                                \
  {                                                                            \
    8589930000, 156212064000000                                                \
  }

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };

static const struct
{
  CmafPtsPair pair;
  gint64 clock;
  guint64 pts, unit;
} cases[] = {
  /* S5: across the wrap, and what the clock says changes nothing */
  { { 0, 0 }, S5_CLOCK, 8589930080, 43393486246 },
  { { 0, 0 }, S5_CLOCK, 8589933680, 43393486247 },
  { { 0, 0 }, S5_CLOCK, 2688, 43393486248 },
  /* S6 */
  { S6_PAIR, S6_CLOCK, 8589933600, 43392240001 },
  { S6_PAIR, S6_CLOCK, 2608, 43392240002 },
  { S6_PAIR, S6_CLOCK, 85408, 43392240025 },
  /* bits above the 33 are none of ours */
  { S6_PAIR, S6_CLOCK, 85408 + (G_GUINT64_CONSTANT (1) << 33), 43392240025 },
};

GST_START_TEST (test_pts_become_frames)
{
  static const gint64 errors[] = { 0, -100 * (gint64)GST_MSECOND,
    100 * (gint64)GST_MSECOND, HOUR, -13 * HOUR, 13 * HOUR };
  guint64 ticks;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    fail_unless (cmaf_ticks_from_pts (&cases[__i__].pair, cases[__i__].pts,
        cases[__i__].clock + errors[i], &ticks));
    assert_equals_uint64 (
        cmaf_unit_from_pts_ticks (&fps25, ticks), cases[__i__].unit);
    assert_equals_uint64 (cmaf_pts_from_ticks (&cases[__i__].pair, ticks),
        cases[__i__].pts & CMAF_PTS_MASK);
  }
}
GST_END_TEST;

GST_START_TEST (test_the_segment_of_a_pts)
{
  const CmafSegmentGrid grid = { 2, 1 };
  const CmafPtsPair pair = { 0, 0 };
  guint64 ticks;

  fail_unless (cmaf_ticks_from_pts (&pair, 2688, S5_CLOCK, &ticks));
  assert_equals_uint64 (
      cmaf_segment_grid_number (&grid, ticks, CMAF_PTS_TIMESCALE), 867869724);
}
GST_END_TEST;

GST_START_TEST (test_before_1970)
{
  const CmafPtsPair pair = { 1000, 0 };
  guint64 ticks;

  fail_if (cmaf_ticks_from_pts (&pair, 999, 0, &ticks));
  fail_unless (cmaf_ticks_from_pts (&pair, 1000, 0, &ticks));
  assert_equals_uint64 (ticks, 0);
}
GST_END_TEST;

static Suite *
mpegts_time_suite (void)
{
  Suite *suite = suite_create ("mpegts-time");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_pts_become_frames, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_the_segment_of_a_pts);
  tcase_add_test (tcase, test_before_1970);
  return suite;
}

GST_CHECK_MAIN (mpegts_time);
