/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/pts-anchor.h>

/* S9: 1735689600.52 s */
#define S9 (G_GUINT64_CONSTANT (1735689600520) * GST_MSECOND)
#define S9_TICKS G_GUINT64_CONSTANT (156212064046800)

static const struct
{
  CmafPtsAnchorMode mode;
  gboolean is_told, before, behind, takes;
} cases[] = {
  { CMAF_PTS_ANCHOR_AUTO, FALSE, FALSE, TRUE, TRUE },
  { CMAF_PTS_ANCHOR_AUTO, TRUE, TRUE, TRUE, TRUE },
  { CMAF_PTS_ANCHOR_CONFIGURED, FALSE, TRUE, TRUE, FALSE },
  { CMAF_PTS_ANCHOR_CONFIGURED, TRUE, TRUE, TRUE, FALSE },
  { CMAF_PTS_ANCHOR_IN_BAND, TRUE, FALSE, TRUE, TRUE },
};

GST_START_TEST (test_where_the_pair_comes_from)
{
  CmafPtsAnchor anchor = { cases[__i__].mode, cases[__i__].is_told, { 77, 88 },
    20 * GST_MSECOND };
  CmafPtsPair pair;

  assert_equals_int (
      cmaf_pts_anchor_get_pair (&anchor, &pair), cases[__i__].before);
  if (cases[__i__].before)
    assert_equals_uint64 (pair.ticks, 88);
  assert_equals_int (
      cmaf_pts_anchor_take_time (&anchor, 3600, S9), cases[__i__].takes);
  assert_equals_int (
      cmaf_pts_anchor_get_pair (&anchor, &pair), cases[__i__].behind);
  assert_equals_uint64 (pair.pts, cases[__i__].takes ? 3600 : 77);
  assert_equals_uint64 (pair.ticks, cases[__i__].takes ? S9_TICKS : 88);
  cmaf_pts_anchor_forget (&anchor);
  assert_equals_int (
      cmaf_pts_anchor_get_pair (&anchor, &pair), cases[__i__].before);
}
GST_END_TEST;

/* A second later, over the wrap; what agrees changes nothing. */
static const struct
{
  gint64 error; /* ns */
  gboolean is_new;
} later[] = { { 0, FALSE }, { 19 * GST_MSECOND, FALSE },
  { -19 * (gint64)GST_MSECOND, FALSE }, { 21 * GST_MSECOND, TRUE },
  { -21 * (gint64)GST_MSECOND, TRUE }, { 3600 * GST_SECOND, TRUE } };

GST_START_TEST (test_only_a_large_error_makes_a_new_pair)
{
  CmafPtsAnchor anchor = { CMAF_PTS_ANCHOR_AUTO, FALSE, { 0, 0 },
    20 * GST_MSECOND };

  fail_unless (cmaf_pts_anchor_take_time (&anchor, CMAF_PTS_MASK, S9));
  assert_equals_int (cmaf_pts_anchor_take_time (
                         &anchor, 89999, S9 + GST_SECOND + later[__i__].error),
      later[__i__].is_new);
}
GST_END_TEST;

static const struct
{
  CmafPtsAnchorMode mode;
  gboolean is_told, wants, uses; /* what is stored */
} stored[] = {
  { CMAF_PTS_ANCHOR_AUTO, FALSE, TRUE, TRUE },
  { CMAF_PTS_ANCHOR_AUTO, TRUE, FALSE, FALSE },
  { CMAF_PTS_ANCHOR_CONFIGURED, FALSE, FALSE, FALSE },
  { CMAF_PTS_ANCHOR_IN_BAND, FALSE, FALSE, FALSE },
  { CMAF_PTS_ANCHOR_STORE, FALSE, TRUE, TRUE },
  { CMAF_PTS_ANCHOR_STORE, TRUE, TRUE, TRUE },
};

GST_START_TEST (test_a_stored_pair)
{
  const CmafPtsPair pair = { 5, 6 };
  CmafPtsAnchor anchor = { stored[__i__].mode, stored[__i__].is_told,
    { 77, 88 }, 20 * GST_MSECOND };
  CmafPtsPair found = { 0 };
  const gboolean is_deaf = stored[__i__].mode == CMAF_PTS_ANCHOR_CONFIGURED
                           || stored[__i__].mode == CMAF_PTS_ANCHOR_STORE;

  assert_equals_int (
      cmaf_pts_anchor_wants_stored (&anchor), stored[__i__].wants);
  if (stored[__i__].mode == CMAF_PTS_ANCHOR_STORE)
    fail_if (cmaf_pts_anchor_get_pair (&anchor, &found));
  cmaf_pts_anchor_set_stored (&anchor, &pair);
  fail_if (cmaf_pts_anchor_wants_stored (&anchor));
  cmaf_pts_anchor_get_pair (&anchor, &found);
  assert_equals_int (found.ticks == 6, stored[__i__].uses);
  /* times in the stream go before it, where they are listened to */
  assert_equals_int (cmaf_pts_anchor_take_time (&anchor, 3600, S9), !is_deaf);
  /* of before the jump; nor is it read again */
  cmaf_pts_anchor_forget (&anchor);
  fail_if (cmaf_pts_anchor_get_pair (&anchor, &found) && found.ticks == 6);
  fail_if (cmaf_pts_anchor_wants_stored (&anchor));
}
GST_END_TEST;

/* Two renewals, the second before the first is reached; then a jump. */
GST_START_TEST (test_pairs_are_renewed)
{
  static const struct
  {
    guint64 pts, ticks;
    guint n_renewed;
  } pictures[] = { { 0, 0, 0 }, { 89000, 89000, 0 }, { 90000, 135000, 1 },
    { 89000, 89000, 0 }, { 179000, 224000, 1 }, { 180000, 180000, 2 },
    { 900000, 900000, 2 } };
  const CmafPtsPair first = { 90000, 135000 }, second = { 180000, 180000 };
  CmafPtsAnchor anchor = { CMAF_PTS_ANCHOR_CONFIGURED };
  CmafPtsPair pair;
  guint n;

  cmaf_pts_anchor_renew (&anchor, &first);
  cmaf_pts_anchor_renew (&anchor, &second);
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++) {
    guint64 ticks;

    fail_unless (
        cmaf_pts_anchor_get_pair_at (&anchor, pictures[i].pts, 0, &pair, &n));
    assert_equals_int (n, pictures[i].n_renewed);
    fail_unless (cmaf_ticks_from_pts (&pair, pictures[i].pts, 0, &ticks));
    assert_equals_uint64 (ticks, pictures[i].ticks);
  }
  for (guint i = 3; i < 50; i++) {
    const CmafPtsPair next = { i * 90000, i * 90001 };

    cmaf_pts_anchor_renew (&anchor, &next);
    assert_equals_int (cmaf_pts_anchor_count_renewals (&anchor), i);
    fail_unless (
        cmaf_pts_anchor_get_pair_at (&anchor, next.pts - 1000, 0, &pair, &n));
    assert_equals_int (n, i - 1);
    fail_unless (cmaf_pts_anchor_get_pair_at (&anchor, next.pts, 0, &pair, &n));
    assert_equals_int (n, i);
    assert_equals_uint64 (pair.ticks, next.ticks);
  }
  cmaf_pts_anchor_forget (&anchor);
  assert_equals_int (cmaf_pts_anchor_count_renewals (&anchor), 0);
  fail_if (cmaf_pts_anchor_get_pair_at (&anchor, 0, 0, &pair, &n));
  fail_unless (cmaf_pts_anchor_may_renew (&anchor));
}
GST_END_TEST;

/* Boundary points once a second, for frames of 40 ms; the stream is 30 ppm
 * slow, and the times have a jitter. An encoder that starts later has the same
 * numbers behind the next boundary. */
GST_START_TEST (test_frames_are_corrected_at_boundaries)
{
  const CmafUnitGrid frames = { 90000, 3600 };
  CmafPtsAnchor anchors[2] = { { CMAF_PTS_ANCHOR_AUTO, FALSE, { 0, 0 },
                                   20 * GST_MSECOND },
    { CMAF_PTS_ANCHOR_IN_BAND, FALSE, { 0, 0 }, 20 * GST_MSECOND } };
  guint64 last = 0;
  guint n_corrected = 0;
  CmafSegmentGrid grid;

  fail_unless (cmaf_segment_grid_init (&grid, 48, 25, NULL));
  for (guint i = 0; i < 25 * 8000; i++) {
    const guint64 pts = i * G_GUINT64_CONSTANT (3600);
    const guint64 time = S9 + i * (40 * GST_MSECOND + 1200) + i * 7 % 11 * 1000;
    guint64 numbers[2] = { 0 }, ticks;
    CmafPtsPair pair;
    guint n;

    for (guint k = 0; k < 2 && i >= k * 25 * 2500; k++) {
      if (i % 25 == 0 && anchors[k].is_found)
        n_corrected +=
            cmaf_pts_anchor_correct (&anchors[k], &frames, &grid, pts, time)
            && k == 0;
      else if (i % 25 == 0)
        cmaf_pts_anchor_take_time (&anchors[k], pts, time);
      if (!cmaf_pts_anchor_get_pair_at (
              &anchors[k], pts, (gint64)time, &pair, &n)
          || !cmaf_ticks_from_pts (&pair, pts, (gint64)time, &ticks))
        fail ("no time for frame %u", i);
      numbers[k] = cmaf_unit_from_pts_ticks (&frames, ticks);
    }
    if (i > 25 * 2510 && numbers[0] != numbers[1])
      fail ("frame %u is %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, i,
          numbers[0], numbers[1]);
    if (last > 0 && numbers[0] != last + 1)
      assert_equals_uint64 (numbers[0] % 48, 0);
    last = numbers[0];
  }
  assert_equals_int (n_corrected, 6); /* 240 ms */
}
GST_END_TEST;

static Suite *
pts_anchor_suite (void)
{
  Suite *suite = suite_create ("pts-anchor");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_pairs_are_renewed);
  tcase_add_test (tcase, test_frames_are_corrected_at_boundaries);
  tcase_add_loop_test (tcase, test_a_stored_pair, 0, G_N_ELEMENTS (stored));
  tcase_add_loop_test (
      tcase, test_where_the_pair_comes_from, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tcase, test_only_a_large_error_makes_a_new_pair, 0, G_N_ELEMENTS (later));
  return suite;
}

GST_CHECK_MAIN (pts_anchor);
