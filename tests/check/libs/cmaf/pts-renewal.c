/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/pts-renewal.h>
#include <gst/cmaf/timescale.h>

/* Each picture from some before the boundary to some behind it, by the one pair
 * or the other: numbers so far below @before are as they were, those from
 * @from on have @shift more, and no number is given twice. */
static const struct
{
  guint32 timescale;
  guint64 frame, duration_n, duration_d;
  gint64 shift;
  guint64 pts; /* of the picture */
  guint64 jitter;
} cases[] = {
  { 90000, 3600, 48, 25, 13, 1000, 0 },
  { 90000, 3600, 48, 25, -13, 1000, 0 },
  { 90000, 3600, 48, 25, 1, 1000, 0 },
  { 90000, 3600, 48, 25, -1, 1000, 0 },
  { 90000, 3600, 48, 25, 60, 1000, 0 }, /* more than a segment */
  { 90000, 3600, 48, 25, -60, 1000, 0 },
  { 90000, 3600, 48, 25, 0, 1000, 0 }, /* after a jump of the clock */
  { 90000, 3600, 48, 25, 13, CMAF_PTS_MASK - 100000, 0 }, /* over the wrap */
  { 90000, 3600, 48, 25, -13, CMAF_PTS_MASK - 100000, 0 },
  { 90000, 3600, 48, 25, 13, 1000, 45 }, /* rounded to milliseconds */
  { 24000, 1001, 1001, 500, 12, 77, 1 },
  { 24000, 1001, 1001, 500, -12, 77, 1 },
  { 30000, 1001, 1001, 500, 15, 77, 0 },
  { 30000, 1001, 2, 1, 15, 77, 0 }, /* segments of 59 and 60 frames */
  { 120000, 1001, 1001, 500, -60, 77, 1 },
};

#define NOW (G_GUINT64_CONSTANT (1735689600) * GST_SECOND)

static guint64
number_of (const CmafUnitGrid *frames, const CmafPtsPair *pair, guint64 pts)
{
  guint64 ticks = 0;

  fail_unless (cmaf_ticks_from_pts (pair, pts, NOW, &ticks));
  return cmaf_unit_from_pts_ticks (frames, ticks);
}

GST_START_TEST (test_frames_change_their_number_at_a_boundary)
{
  const CmafUnitGrid frames = { cases[__i__].timescale, cases[__i__].frame };
  const gint64 shift = cases[__i__].shift;
  const CmafPtsPair pair = { cases[__i__].pts,
    cmaf_ticks_from_ns (NOW, CMAF_PTS_TIMESCALE) + 1200 };
  CmafPtsRenewal renewal = { &frames, NULL, cases[__i__].pts };
  CmafSegmentGrid grid;
  CmafPtsPair renewed;
  guint64 boundary, last = 0;
  guint n_old = 0;

  fail_unless (cmaf_segment_grid_init (
      &grid, cases[__i__].duration_n, cases[__i__].duration_d, NULL));
  renewal.grid = &grid;
  renewal.shift = shift;
  renewal.unit = number_of (&frames, &pair, pair.pts);
  renewal.first = cmaf_segment_grid_number (
                      &grid, renewal.unit * frames.unit_ticks, frames.timescale)
                  + 8;
  boundary = cmaf_segment_grid_first_unit (&grid, &frames, renewal.first);
  fail_unless (cmaf_pts_renewal_make (&renewal, &renewed));
  for (guint i = 0; i < 3000; i++) {
    const guint64 time = cmaf_muldiv (i * frames.unit_ticks, CMAF_PTS_TIMESCALE,
        frames.timescale / 2, frames.timescale);
    const guint64 jitter = i % 3 == 0   ? cases[__i__].jitter
                           : i % 3 == 1 ? -cases[__i__].jitter
                                        : 0;
    const guint64 pts = (pair.pts + time + jitter) & CMAF_PTS_MASK;
    const gboolean is_new = cmaf_pts_renewal_is_reached (&renewed, pts, NOW);
    const guint64 n = number_of (&frames, is_new ? &renewed : &pair, pts);

    n_old += !is_new;
    assert_equals_uint64 (n, renewal.unit + i + (is_new ? shift : 0));
    /* of what goes ahead nothing is in front of the boundary any more, and of
     * what goes back nothing is behind it yet */
    assert_equals_int (is_new, n >= boundary || renewal.unit + i >= boundary);
    if (is_new && shift > 0 && last < boundary)
      assert_equals_uint64 (n, boundary);
    last = n;
  }
  fail_unless (n_old > 0 && n_old < 3000);
}
GST_END_TEST;

GST_START_TEST (test_what_is_too_late_is_refused)
{
  const CmafUnitGrid frames = { 90000, 3600 };
  CmafPtsRenewal renewal = { &frames, NULL, 0, 4800, 0, 100 };
  CmafSegmentGrid grid;
  CmafPtsPair renewed;

  fail_unless (cmaf_segment_grid_init (&grid, 48, 25, NULL));
  renewal.grid = &grid;
  fail_if (cmaf_pts_renewal_make (&renewal, &renewed));
  renewal.unit = 4799;
  fail_unless (cmaf_pts_renewal_make (&renewal, &renewed));
  assert_equals_uint64 (renewed.pts, 3600);
  assert_equals_uint64 (renewed.ticks, 4800 * 3600);
  renewal.shift = 1;
  fail_if (cmaf_pts_renewal_make (&renewal, &renewed));
  renewal.shift = 5000;
  fail_if (cmaf_pts_renewal_make (&renewal, &renewed));
  renewal.shift = -5000;
  fail_if (cmaf_pts_renewal_make (&renewal, &renewed));
}
GST_END_TEST;

GST_START_TEST (test_time_in_frames)
{
  static const struct
  {
    gint64 ms, frames;
  } times[] = { { 0, 0 }, { 19, 0 }, { 20, 1 }, { 59, 1 }, { 500, 13 },
    { -19, 0 }, { -20, -1 }, { -3600000, -90000 } };
  const CmafUnitGrid frames = { 90000, 3600 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    assert_equals_int64 (
        cmaf_pts_renewal_shift (&frames, times[i].ms * (gint64)GST_MSECOND),
        times[i].frames);
}
GST_END_TEST;

static Suite *
pts_renewal_suite (void)
{
  Suite *suite = suite_create ("pts-renewal");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_frames_change_their_number_at_a_boundary, 0,
      G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_what_is_too_late_is_refused);
  tcase_add_test (tcase, test_time_in_frames);
  return suite;
}

GST_CHECK_MAIN (pts_renewal);
