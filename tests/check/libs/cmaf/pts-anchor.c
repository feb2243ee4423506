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
  cmaf_pts_anchor_forget (&anchor);
  cmaf_pts_anchor_get_pair (&anchor, &found);
  if (stored[__i__].uses)
    assert_equals_uint64 (found.ticks, 6);
}
GST_END_TEST;

static Suite *
pts_anchor_suite (void)
{
  Suite *suite = suite_create ("pts-anchor");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_a_stored_pair, 0, G_N_ELEMENTS (stored));
  tcase_add_loop_test (
      tcase, test_where_the_pair_comes_from, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tcase, test_only_a_large_error_makes_a_new_pair, 0, G_N_ELEMENTS (later));
  return suite;
}

GST_CHECK_MAIN (pts_anchor);
