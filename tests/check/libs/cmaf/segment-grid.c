/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timescale.h>

/* The vectors of the segmentation rule: at media time time_n / time_d seconds
 * segment K begins with unit a at tick tfdt and holds N units. */
static const struct
{
  const gchar *id;
  CmafUnitGrid units;
  CmafSegmentGrid grid;
  guint64 time_n, time_d;
  guint64 number, first_unit, decode_time, n_units;
} vectors[] = {
  { "V1", { 90000, 3600 }, { 2, 1 }, 1735689600, 1, 867844800, 43392240000,
      156212064000000, 50 },
  { "V2", { 90000, 3600 }, { 48, 25 }, 3471379203, 2, 904005000, 43392240000,
      156212064000000, 48 },
  { "V3", { 200, 4 }, { 96, 25 }, 1553462400, 1, 404547500, 77673120000,
      310692480000, 192 },
  { "V4", { 30000, 1001 }, { 1001, 500 }, 1735689600, 1, 866977822, 52018669320,
      52070687989320, 60 },
  { "V5", { 60000, 1001 }, { 1001, 500 }, 1735689600, 1, 866977822,
      104037338640, 104141375978640, 120 },
  { "V6", { 24000, 1001 }, { 1001, 500 }, 1735689600, 1, 866977822, 41614935456,
      41656550391456, 48 },
  { "V7", { 30000, 1001 }, { 2, 1 }, 1735689600, 1, 867844800, 52018669331,
      52070688000331, 60 },
  { "V8", { 90000, 3750 }, { 2, 1 }, 1735689600, 1, 867844800, 41656550400,
      156212064000000, 48 },
  { "V9", { 90000, 3000 }, { 8, 5 }, 1735689600, 1, 1084806000, 52070688000,
      156212064000000, 48 },
  { "A1", { 48000, 1024 }, { 48, 25 }, 3471379203, 2, 904005000, 81360450000,
      83313100800000, 90 },
  { "A2", { 48000, 1024 }, { 96, 25 }, 1553462400, 1, 404547500, 72818550000,
      74566195200000, 180 },
  { "A3", { 48000, 1024 }, { 1001, 500 }, 1735689600, 1, 866977822, 81360449984,
      83313100783616, 94 },
  { "A4", { 48000, 1024 }, { 1001, 500 }, 1735689602, 1, 866977823, 81360450078,
      83313100879872, 93 },
  { "A5", { 48000, 1024 }, { 1001, 500 }, 1735689604, 1, 866977824, 81360450171,
      83313100975104, 94 },
  { "A6", { 48000, 1024 }, { 2, 1 }, 1735689606, 1, 867844803, 81360450282,
      83313101088768, 93 },
  { "A7", { 44100, 1024 }, { 2, 1 }, 1735689600, 1, 867844800, 74749913438,
      76543911360512, 86 },
  { "A8", { 48000, 1536 }, { 2, 1 }, 1735689600, 1, 867844800, 54240300000,
      83313100800000, 63 },
  { "A9", { 48000, 1536 }, { 2, 1 }, 1735689602, 1, 867844801, 54240300063,
      83313100896768, 62 },
  { "A10", { 48000, 960 }, { 1001, 500 }, 1735689600, 1, 866977822, 86784479983,
      83313100783680, 100 },
  { "A11", { 48000, 2048 }, { 1001, 500 }, 1735689600, 1, 866977822,
      40680224992, 83313100783616, 47 },
  { "X1", { 1000, 1 }, { 1001, 500 }, 1735689600, 1, 866977822, 1735689599644,
      1735689599644, 2002 },
};

GST_START_TEST (test_segments_follow_the_vectors)
{
  const CmafSegmentGrid *grid = &vectors[__i__].grid;
  const CmafUnitGrid *units = &vectors[__i__].units;
  const guint64 number = vectors[__i__].number;
  const guint64 tfdt = vectors[__i__].decode_time;
  const guint64 next = tfdt + vectors[__i__].n_units * units->unit_ticks;
  guint64 ticks =
      vectors[__i__].time_n * units->timescale / vectors[__i__].time_d;

  GST_INFO ("vector %s", vectors[__i__].id);
  assert_equals_uint64 (
      cmaf_segment_grid_number (grid, ticks, units->timescale), number);
  assert_equals_uint64 (cmaf_segment_grid_first_unit (grid, units, number),
      vectors[__i__].first_unit);
  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (grid, units, number), tfdt);
  assert_equals_uint64 (
      cmaf_segment_grid_n_units (grid, units, number), vectors[__i__].n_units);

  /* every unit of it, and none beside it, is in the segment */
  assert_equals_uint64 (
      cmaf_segment_grid_number (grid, tfdt, units->timescale), number);
  assert_equals_uint64 (cmaf_segment_grid_number (
                            grid, tfdt - units->unit_ticks, units->timescale),
      number - 1);
  assert_equals_uint64 (cmaf_segment_grid_number (
                            grid, next - units->unit_ticks, units->timescale),
      number);
  assert_equals_uint64 (
      cmaf_segment_grid_number (grid, next, units->timescale), number + 1);
}
GST_END_TEST;

GST_START_TEST (test_no_unit_is_lost_or_repeated)
{
  const CmafSegmentGrid *grid = &vectors[__i__].grid;
  const CmafUnitGrid *units = &vectors[__i__].units;
  const guint64 start = vectors[__i__].number;
  guint64 unit = vectors[__i__].first_unit;
  guint64 i;

  for (i = start; i < start + 2000; i++) {
    assert_equals_uint64 (cmaf_segment_grid_first_unit (grid, units, i), unit);
    unit += cmaf_segment_grid_n_units (grid, units, i);
  }
}
GST_END_TEST;

GST_START_TEST (test_phase_moves_every_unit_alike)
{
  const CmafSegmentGrid grid = { 2, 1 };
  const CmafUnitGrid units = { 48000, 1024, 1023 };
  const guint64 tfdt = cmaf_segment_grid_decode_time (&grid, &units, 867844801);

  fail_unless_equals_int (tfdt % 1024, 1023);
  fail_unless (tfdt >= G_GUINT64_CONSTANT (867844801) * 96000);
  fail_unless (tfdt < G_GUINT64_CONSTANT (867844801) * 96000 + 1024);
  assert_equals_uint64 (cmaf_segment_grid_first_unit (&grid, &units, 0), 0);
  for (guint64 number = 867844801; number < 867844901; number++) {
    const guint64 unit = cmaf_segment_grid_first_unit (&grid, &units, number);

    assert_equals_uint64 (
        cmaf_segment_grid_number_of_unit (&grid, &units, unit), number);
    assert_equals_uint64 (
        cmaf_segment_grid_number_of_unit (&grid, &units, unit - 1), number - 1);
  }
}
GST_END_TEST;

GST_START_TEST (test_audio_counts_repeat)
{
  const CmafUnitGrid aac = { 48000, 1024, 0 };
  const CmafSegmentGrid two = { 2, 1 }, film = { 1001, 500 };
  static const guint64 four[] = { 94, 94, 94, 93 };
  guint i, n_long = 0;

  for (i = 0; i < 400; i++)
    assert_equals_uint64 (
        cmaf_segment_grid_n_units (&two, &aac, i), four[i % 4]);
  for (i = 0; i < 32; i++)
    n_long += cmaf_segment_grid_n_units (&film, &aac, 1000 + i) == 94;
  fail_unless_equals_int (n_long, 27);
}
GST_END_TEST;

/* S7 and S8: a cue at 1735689607.52 s, 25 frames/s, D = 48/25. With the
 * boundary moved, segments hold 44, 52 and 48 frames, and what the same
 * instants give of AAC; without, it is frame 44 of its segment. */
GST_START_TEST (test_splices_follow_the_vectors)
{
  const CmafSegmentGrid grid = { 48, 25 };
  const CmafUnitGrid fps25 = { 90000, 3600, 0 }, aac = { 48000, 1024, 0 };
  const guint64 frame = 43392240188, k = 904005004;
  guint64 a;

  assert_equals_uint64 (cmaf_segment_grid_spliced (&grid, &fps25, frame), k);
  a = cmaf_segment_grid_unit_at_frame (&fps25, frame, &fps25);
  assert_equals_uint64 (a, frame);
  assert_equals_uint64 (a * 3600, 156212064676800);
  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (&grid, &fps25, k - 1), 156212064518400);
  assert_equals_uint64 (
      a - cmaf_segment_grid_first_unit (&grid, &fps25, k - 1), 44);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &fps25, k + 1) - a, 52);
  assert_equals_uint64 (
      cmaf_segment_grid_decode_time (&grid, &fps25, k + 1), 156212064864000);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &fps25, k + 1), 48);

  a = cmaf_segment_grid_unit_at_frame (&fps25, frame, &aac);
  assert_equals_uint64 (a, 81360450353);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac, k - 1), 81360450270);
  assert_equals_uint64 (
      a - cmaf_segment_grid_first_unit (&grid, &aac, k - 1), 83);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac, k + 1), 81360450450);
  assert_equals_uint64 (
      cmaf_segment_grid_first_unit (&grid, &aac, k + 1) - a, 97);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &aac, k + 1), 90);

  assert_equals_uint64 (
      cmaf_segment_grid_number (&grid, frame * 3600, 90000), k - 1);
  assert_equals_uint64 (cmaf_segment_grid_n_units (&grid, &fps25, k - 1), 48);
}
GST_END_TEST;

/* the nearest boundary, halves up: 24 of 48 frames */
GST_START_TEST (test_the_nearest_boundary_is_moved)
{
  const CmafSegmentGrid grid = { 48, 25 };
  const CmafUnitGrid fps25 = { 90000, 3600, 0 }, shifted = { 48000, 1024, 1 };

  assert_equals_uint64 (cmaf_segment_grid_spliced (&grid, &fps25, 0), 0);
  assert_equals_uint64 (cmaf_segment_grid_spliced (&grid, &fps25, 23), 0);
  assert_equals_uint64 (cmaf_segment_grid_spliced (&grid, &fps25, 24), 1);
  assert_equals_uint64 (cmaf_segment_grid_spliced (&grid, &fps25, 71), 1);
  /* 8 frames are 15360 samples, 15 units exactly */
  assert_equals_uint64 (
      cmaf_segment_grid_unit_at_frame (&fps25, 8, &shifted), 15);
  assert_equals_uint64 (
      cmaf_segment_grid_unit_at_frame (&fps25, 9, &shifted), 17);
  assert_equals_uint64 (
      cmaf_segment_grid_unit_at_frame (&fps25, 0, &shifted), 0);
}
GST_END_TEST;

GST_START_TEST (test_edge_is_the_first_nanosecond_of_its_segment)
{
  const CmafSegmentGrid *grid = &vectors[__i__].grid;
  const guint64 number = vectors[__i__].number;
  const GstClockTime edge = cmaf_segment_grid_edge (grid, number);

  assert_equals_uint64 (
      cmaf_muldiv (edge, grid->duration_d, 0, grid->duration_n * GST_SECOND),
      number);
  assert_equals_uint64 (cmaf_muldiv (edge - 1, grid->duration_d, 0,
                            grid->duration_n * GST_SECOND),
      number - 1);
}
GST_END_TEST;

static const struct
{
  guint fps_n, fps_d;
  CmafSegmentGrid grid;
} default_cases[] = {
  { 25, 1, { 48, 25 } }, { 50, 1, { 48, 25 } }, { 100, 2, { 48, 25 } },
  { 30, 1, { 8, 5 } }, { 60, 1, { 8, 5 } }, { 24, 1, { 2, 1 } },
  { 15, 1, { 2, 1 } }, { 24000, 1001, { 1001, 500 } },
  { 30000, 1001, { 1001, 500 } }, { 60000, 1001, { 1001, 500 } },
  { 2997, 100, { 2000, 999 } }, /* the nearest exact one */
  { 1, 5, { 5, 1 } },           /* at least one frame */
};

GST_START_TEST (test_default_duration_is_exact_at_every_rate)
{
  const guint fps_n = default_cases[__i__].fps_n;
  const guint fps_d = default_cases[__i__].fps_d;
  CmafSegmentGrid grid;

  cmaf_segment_grid_init_default (&grid, fps_n, fps_d);
  assert_equals_uint64 (grid.duration_n, default_cases[__i__].grid.duration_n);
  assert_equals_uint64 (grid.duration_d, default_cases[__i__].grid.duration_d);
  fail_unless (cmaf_segment_grid_is_exact (&grid, fps_n, fps_d));
}
GST_END_TEST;

GST_START_TEST (test_default_duration_without_a_rate_is_two_seconds)
{
  CmafSegmentGrid grid;

  cmaf_segment_grid_init_default (&grid, 0, 1);
  assert_equals_uint64 (grid.duration_n, 2);
  assert_equals_uint64 (grid.duration_d, 1);
}
GST_END_TEST;

GST_START_TEST (test_exactness_and_what_fits)
{
  CmafSegmentGrid grid = { 2, 1 };

  fail_if (cmaf_segment_grid_is_exact (&grid, 30000, 1001));
  fail_if (cmaf_segment_grid_is_exact (&grid, 0, 1));
  fail_unless (cmaf_segment_grid_init_fitting (&grid, 2, 1, 30000, 1001));
  assert_equals_uint64 (grid.duration_n, 1001);
  assert_equals_uint64 (grid.duration_d, 500);
  fail_unless (cmaf_segment_grid_init_fitting (&grid, 1, 1000, 25, 1));
  assert_equals_uint64 (grid.duration_n, 1); /* one frame at least */
  assert_equals_uint64 (grid.duration_d, 25);
  fail_if (cmaf_segment_grid_init_fitting (&grid, 0, 1, 25, 1));
}
GST_END_TEST;

GST_START_TEST (test_impossible_durations_are_refused)
{
  static const guint64 bad[][2] = { { 0, 1 }, { 1, 0 },
    { G_GUINT64_CONSTANT (1) << 32, 1 }, { 1, G_GUINT64_CONSTANT (1) << 33 } };
  CmafSegmentGrid grid;
  GError *error = NULL;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    fail_if (cmaf_segment_grid_init (&grid, bad[i][0], bad[i][1], &error));
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
    fail_unless (g_str_has_prefix (error->message, "segment duration: "));
    g_clear_error (&error);
  }
  fail_unless (cmaf_segment_grid_init (&grid, 96000, 48000, &error));
  assert_equals_uint64 (grid.duration_n, 2);
  assert_equals_uint64 (grid.duration_d, 1);
}
GST_END_TEST;

static const struct
{
  CmafUnitGrid units;
  GstClockTime time;
  guint64 unit;
} not_before[] = {
  { { 90000, 3600, 0 }, 0, 0 },
  { { 90000, 3600, 0 }, 1, 0 },
  { { 90000, 3600, 0 }, 40 * GST_MSECOND, 1 },
  { { 90000, 3600, 0 }, 40 * GST_MSECOND + 2, 2 },
  { { 90000, 3600, 0 }, 5 * GST_SECOND, 125 },
  /* the edge of segment 1 is at 2002/1000 s, and of unit 1 at 33.36 ms */
  { { 30000, 1001, 0 }, 2002 * GST_MSECOND, 60 },
  { { 30000, 1001, 0 }, 33366667, 1 },
  { { 30000, 1001, 0 }, 33366669, 2 },
  { { 48000, 1024, 7 }, 100, 0 },
  { { 48000, 1024, 7 }, 21333334, 1 },
};

GST_START_TEST (test_the_first_unit_that_is_not_before_a_time)
{
  assert_equals_uint64 (
      cmaf_unit_not_before (&not_before[__i__].units, not_before[__i__].time),
      not_before[__i__].unit);
}
GST_END_TEST;

static Suite *
segment_grid_suite (void)
{
  Suite *s = suite_create ("segment-grid");
  TCase *tc = tcase_create ("segment-grid");
  const gint n = G_N_ELEMENTS (vectors);

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_the_first_unit_that_is_not_before_a_time, 0,
      G_N_ELEMENTS (not_before));
  tcase_add_loop_test (tc, test_segments_follow_the_vectors, 0, n);
  tcase_add_loop_test (tc, test_no_unit_is_lost_or_repeated, 0, n);
  tcase_add_loop_test (
      tc, test_edge_is_the_first_nanosecond_of_its_segment, 0, n);
  tcase_add_test (tc, test_splices_follow_the_vectors);
  tcase_add_test (tc, test_the_nearest_boundary_is_moved);
  tcase_add_test (tc, test_phase_moves_every_unit_alike);
  tcase_add_test (tc, test_audio_counts_repeat);
  tcase_add_loop_test (tc, test_default_duration_is_exact_at_every_rate, 0,
      G_N_ELEMENTS (default_cases));
  tcase_add_test (tc, test_default_duration_without_a_rate_is_two_seconds);
  tcase_add_test (tc, test_exactness_and_what_fits);
  tcase_add_test (tc, test_impossible_durations_are_refused);
  return s;
}

GST_CHECK_MAIN (segment_grid);
