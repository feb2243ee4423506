/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Expected values: vectors S7 and S8 of the synchronisation profile. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/splice-plan.h>

#define S7_TIME (G_GINT64_CONSTANT (1735689607520) * GST_MSECOND)
#define S7_FRAME G_GUINT64_CONSTANT (43392240188)
#define K7 G_GUINT64_CONSTANT (904005004)
#define FRAME (40 * (gint64)GST_MSECOND)

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };
static const CmafUnitGrid aac48 = { 48000, 1024, 0 };
static const CmafUnitGrid text = { 1000, 1, 0 };
static const CmafSpliceCue s7 = { 7, FALSE, FALSE, S7_TIME,
  S7_TIME - 5 * (gint64)GST_SECOND };

/* ---- S7 and S8 ---- */

GST_START_TEST (test_a_moved_boundary_moves_on_all_tracks)
{
  g_autoptr (CmafGridMoves) moves = cmaf_grid_moves_new ();
  CmafSegmentGrid grid = { 48, 25, NULL };
  CmafGridMove list[1];

  assert_equals_int (
      cmaf_splice_plan (&grid, &fps25, CMAF_SPLICE_PREROLL, &s7, 1, list), 1);
  assert_equals_uint64 (list[0].number, K7);
  assert_equals_uint64 (list[0].frame, S7_FRAME);
  cmaf_grid_moves_set (moves, list, 1);
  grid.moves = moves;

  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (&grid, &fps25, K7 - 1), 156212064518400);
  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (&grid, &fps25, K7), 156212064676800);
  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (&grid, &fps25, K7 + 1), 156212064864000);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &fps25, K7 - 1), 44);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &fps25, K7), 52);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &fps25, K7 + 1), 48);

  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac48, K7 - 1), 81360450270);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac48, K7), 81360450353);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac48, K7 + 1), 81360450450);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &aac48, K7 - 1), 83);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &aac48, K7), 97);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &aac48, K7 + 1), 90);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &text, K7), 1735689607520);
  assert_equals_uint64 (cmaf_segment_grid_edge (&grid, K7), S7_TIME);
}
GST_END_TEST;

/* S8: in mode idr nothing moves, and the splice is frame 44 of its segment. */
GST_START_TEST (test_a_splice_inside_a_segment)
{
  const CmafSegmentGrid grid = { 48, 25, NULL };

  assert_equals_uint64 (cmaf_splice_frame (&fps25, &s7), S7_FRAME);
  assert_equals_uint64 (
      cmaf_segment_grid_number (&grid, S7_FRAME * 3600, 90000), K7 - 1);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &fps25, K7 - 1) + 44, S7_FRAME);
  for (guint i = 0; i < 4; i++) {
    assert_equals_uint64 (
        cmaf_segment_grid_n_units (&grid, &fps25, K7 - 2 + i), 48);
    assert_equals_uint64 (
        cmaf_segment_grid_n_units (&grid, &aac48, K7 - 2 + i), 90);
  }
}
GST_END_TEST;

/* Every unit lies in the segment of which it is one, whichever way the boundary
 * went. */
GST_START_TEST (test_numbers_and_first_units_agree)
{
  static const CmafUnitGrid *const tracks[] = { &fps25, &aac48, &text };
  g_autoptr (CmafGridMoves) moves = cmaf_grid_moves_new ();
  CmafGridMove move = { K7, S7_FRAME + 4 - 24 + __i__, 90000, 3600 };
  const CmafSegmentGrid grid = { 48, 25, moves };
  guint t;

  cmaf_grid_moves_set (moves, &move, 1);
  for (t = 0; t < G_N_ELEMENTS (tracks); t++) {
    const CmafUnitGrid *units = tracks[t];

    for (guint64 number = K7 - 2; number < K7 + 3; number++) {
      guint64 start = cmaf_segment_grid_first_unit (&grid, units, number);

      assert_equals_uint64 (cmaf_segment_grid_number (&grid,
                                start * units->unit_ticks, units->timescale),
          number);
      assert_equals_uint64 (
          cmaf_segment_grid_number (
              &grid, (start - 1) * units->unit_ticks, units->timescale),
          number - 1);
    }
  }
}
GST_END_TEST;

/* ---- the rules ---- */

#define AT(seconds) (S7_TIME + (gint64)((seconds)*1000) * GST_MSECOND)

static const struct
{
  CmafSpliceCue cues[3];
  guint n;
  guint n_moves;
  guint64 frames[3]; /* from that of S7 */
} rules[] = {
  /* boundary 904005004 is 160 ms behind the splice: 4 s before the splice */
  { { { 7, 0, 0, S7_TIME, AT (-4) } }, 1, 1, { 0 } },
  { { { 7, 0, 0, S7_TIME, AT (-3.999) } }, 1, 0, { 0 } },
  /* a splice behind its boundary: 4 s before the boundary */
  { { { 7, 0, 0, AT (0.2), AT (-3.84) } }, 1, 1, { 5 } },
  { { { 7, 0, 0, AT (0.2), AT (-3.839) } }, 1, 0, { 0 } },
  /* between two frames: the nearest one */
  { { { 7, 0, 0, S7_TIME + 19 * (gint64)GST_MSECOND, AT (-9) } }, 1, 1, { 0 } },
  { { { 7, 0, 0, S7_TIME + 20 * (gint64)GST_MSECOND, AT (-9) } }, 1, 1, { 1 } },
  /* two for one boundary: the earlier splice, whichever was heard first */
  { { { 7, 0, 0, AT (0.4), AT (-9) }, { 8, 0, 0, S7_TIME, AT (-5) } }, 2, 1,
      { 0 } },
  /* but not when it was heard too late */
  { { { 7, 0, 0, AT (0.4), AT (-9) }, { 8, 0, 0, S7_TIME, AT (-3) } }, 2, 1,
      { 10 } },
  /* neighbours: 904005004 moved to its end, the next one to its beginning */
  { { { 7, 0, 0, AT (0.96), AT (-9) }, { 8, 0, 0, AT (1.28), AT (-9) } }, 2, 1,
      { 24 } },
  { { { 7, 0, 0, AT (0.96), AT (-9) }, { 8, 0, 0, AT (1.6), AT (-9) } }, 2, 2,
      { 24, 40 } },
  /* 904005004 moved ahead, the next one back: one and a half segments */
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 8, 0, 0, AT (2.88), AT (-9) } }, 2, 2,
      { 0, 72 } },
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 8, 0, 0, AT (2.92), AT (-9) } }, 2, 1,
      { 0 } },
  /* out and back */
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 8, 0, 0, AT (30), AT (-9) } }, 2, 2,
      { 0, 750 } },
  /* cancelled in time, too late, and another event */
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 7, 1, 0, 0, AT (-5) } }, 2, 0, { 0 } },
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 7, 1, 0, 0, AT (-3) } }, 2, 1, { 0 } },
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 8, 1, 0, 0, AT (-5) } }, 2, 1, { 0 } },
  /* cancelled, and announced anew */
  { { { 7, 0, 0, S7_TIME, AT (-9) }, { 7, 1, 0, 0, AT (-8) },
        { 7, 0, 0, AT (0.04), AT (-7) } },
      3, 1, { 1 } },
  { { { 7, 0, 1, S7_TIME, AT (-9) } }, 1, 0, { 0 } },
};

GST_START_TEST (test_rules)
{
  const CmafSegmentGrid grid = { 48, 25, NULL };
  CmafGridMove moves[3];
  guint n = cmaf_splice_plan (&grid, &fps25, CMAF_SPLICE_PREROLL,
      rules[__i__].cues, rules[__i__].n, moves);

  assert_equals_int (n, rules[__i__].n_moves);
  for (guint i = 0; i < n; i++)
    assert_equals_uint64 (moves[i].frame - S7_FRAME, rules[__i__].frames[i]);
}
GST_END_TEST;

/* The order in which cues are told does not matter. */
GST_START_TEST (test_the_order_does_not_matter)
{
  const CmafSegmentGrid grid = { 48, 25, NULL };
  CmafSpliceCue turned[3];
  CmafGridMove moves[3], other[3];
  const guint n = rules[__i__].n;
  guint n_moves;

  for (guint i = 0; i < n; i++)
    turned[i] = rules[__i__].cues[n - 1 - i];
  n_moves = cmaf_splice_plan (
      &grid, &fps25, CMAF_SPLICE_PREROLL, rules[__i__].cues, n, moves);
  assert_equals_int (
      cmaf_splice_plan (&grid, &fps25, CMAF_SPLICE_PREROLL, turned, n, other),
      n_moves);
  for (guint i = 0; i < n_moves; i++)
    assert_equals_uint64 (moves[i].frame, other[i].frame);
}
GST_END_TEST;

/* ---- the segmenter ---- */

/* Frames with a key frame at every natural boundary and at the splice: it cuts
 * at the splice, and not at the boundary that is gone. */
GST_START_TEST (test_the_segmenter_cuts_at_the_splice)
{
  g_autoptr (CmafGridMoves) moves = cmaf_grid_moves_new ();
  const CmafGridMove move = { K7, S7_FRAME, 90000, 3600 };
  CmafSegmenterConfig config = { .units = fps25, .needs_key_frames = TRUE };
  g_autoptr (CmafSegmenter) segmenter = NULL;
  static const guint counts[] = { 48, 44, 52, 48 };
  guint n = 0;

  config.grid.duration_n = 48;
  config.grid.duration_d = 25;
  config.grid.moves = moves;
  segmenter = cmaf_segmenter_new (&config);
  cmaf_grid_moves_set (moves, &move, 1);
  for (guint64 i = S7_FRAME - 92; i <= S7_FRAME + 100; i++) {
    CmafUnit unit = { i, 100, i % 48 == 0 || i == S7_FRAME };
    CmafVerdict verdict;
    CmafCutFragment cut;

    cmaf_segmenter_push (segmenter, &unit, &verdict, &cut);
    fail_if (verdict.missed_key_frame);
    if (verdict.cut == CMAF_CUT_NONE)
      continue;
    fail_unless (n < G_N_ELEMENTS (counts));
    assert_equals_uint64 (cut.number, K7 - 2 + n);
    assert_equals_int (cut.n_samples, counts[n]);
    fail_unless (cut.is_aligned);
    n++;
  }
  assert_equals_int (n, 4);
}
GST_END_TEST;

static Suite *
splice_plan_suite (void)
{
  Suite *suite = suite_create ("splice-plan");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_moved_boundary_moves_on_all_tracks);
  tcase_add_test (tcase, test_a_splice_inside_a_segment);
  tcase_add_loop_test (tcase, test_numbers_and_first_units_agree, 0, 49);
  tcase_add_loop_test (tcase, test_rules, 0, G_N_ELEMENTS (rules));
  tcase_add_loop_test (
      tcase, test_the_order_does_not_matter, 0, G_N_ELEMENTS (rules));
  tcase_add_test (tcase, test_the_segmenter_cuts_at_the_splice);
  return suite;
}

GST_CHECK_MAIN (splice_plan);
