/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/unit-counter.h>

#define NEW_YEAR (G_GINT64_CONSTANT (1735689600) * GST_SECOND)

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };
static const CmafUnitGrid fps30 = { 90000, 3000, 0 };
static const CmafUnitGrid aac48 = { 48000, 1024, 0 };

static guint64
count_ok (CmafUnitCounter *counter, gint64 media_time)
{
  guint64 unit = G_MAXUINT64;

  fail_unless_equals_int (
      cmaf_unit_counter_count (counter, media_time, &unit), CMAF_COUNT_OK);
  return unit;
}

GST_START_TEST (test_jitter_below_half_a_frame_moves_nothing)
{
  /* first frame 17 ms after its number: 3 ms from flipping without a phase */
  static const gint64 jitter[] = { 0, 19, -19, 5, 19, 0, -19 };
  CmafUnitCounter counter;
  guint i;

  cmaf_unit_counter_init (&counter, &fps25, TRUE);
  for (i = 0; i < G_N_ELEMENTS (jitter); i++)
    assert_equals_uint64 (
        count_ok (&counter, NEW_YEAR + (i * 40 + 17 + jitter[i]) * GST_MSECOND),
        43392240000 + i);
  fail_unless_equals_int64 (
      cmaf_unit_counter_get_phase (&counter), 17 * GST_MSECOND);
}
GST_END_TEST;

/* 30 fps that lie exactly between two numbers: rounded to nanoseconds each
 * start would snap its own way. */
GST_START_TEST (test_frames_between_two_numbers_snap_alike_from_any_start)
{
  gint64 phase;
  guint64 unit;
  guint i;

  for (i = 0; i < 1000; i++) {
    const gint64 pts = gst_util_uint64_scale (i, GST_SECOND, 30);

    fail_unless (
        cmaf_unit_snap (&fps30, NEW_YEAR + 16666667 + pts, &unit, &phase));
    assert_equals_uint64 (unit, G_GUINT64_CONSTANT (52070688001) + i);
    fail_unless (
        cmaf_unit_snap (&fps30, NEW_YEAR + 16666666 + pts, &unit, &phase));
    assert_equals_uint64 (unit, G_GUINT64_CONSTANT (52070688001) + i);
  }
}
GST_END_TEST;

GST_START_TEST (test_audio_between_two_numbers_snaps_alike_from_any_start)
{
  CmafUnitCounter counter;
  guint64 unit;
  guint i;

  for (i = 0; i < 1000; i++) {
    /* 512 samples late, rounded down and up */
    const gint64 pts =
        gst_util_uint64_scale (i * 1024 + 512, GST_SECOND, 48000);

    cmaf_unit_counter_init (&counter, &aac48, FALSE);
    unit = count_ok (&counter, pts - 41000);
    assert_equals_uint64 (unit, i + 1);
    cmaf_unit_counter_init (&counter, &aac48, FALSE);
    unit = count_ok (&counter, pts + 41000);
    assert_equals_uint64 (unit, i + 1);
  }
}
GST_END_TEST;

GST_START_TEST (test_reordered_frames_keep_their_numbers)
{
  static const guint order[] = { 0, 3, 1, 2, 6, 4, 5 };
  CmafUnitCounter counter;
  guint i;

  cmaf_unit_counter_init (&counter, &fps25, TRUE);
  for (i = 0; i < G_N_ELEMENTS (order); i++)
    assert_equals_uint64 (
        count_ok (&counter, order[i] * 40 * GST_MSECOND), order[i]);
}
GST_END_TEST;

GST_START_TEST (test_a_frame_that_falls_on_its_neighbour_moves_on)
{
  CmafUnitCounter counter;
  guint64 unit;

  cmaf_unit_counter_init (&counter, &fps25, TRUE);
  count_ok (&counter, 0);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, 15 * GST_MSECOND, &unit),
      CMAF_COUNT_MOVED);
  assert_equals_uint64 (unit, 1);
  assert_equals_uint64 (count_ok (&counter, 80 * GST_MSECOND), 2);
  /* presented before the one that has the number, and 3 is free */
  assert_equals_uint64 (count_ok (&counter, 160 * GST_MSECOND), 4);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, 145 * GST_MSECOND, &unit),
      CMAF_COUNT_MOVED);
  assert_equals_uint64 (unit, 3);
}
GST_END_TEST;

GST_START_TEST (test_a_frame_without_a_free_number_is_repeated)
{
  CmafUnitCounter counter;
  guint64 unit;

  cmaf_unit_counter_init (&counter, &fps25, TRUE);
  count_ok (&counter, 0);
  count_ok (&counter, 40 * GST_MSECOND);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, 0, &unit), CMAF_COUNT_REPEATED);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, 10 * GST_MSECOND, &unit),
      CMAF_COUNT_REPEATED);
  assert_equals_uint64 (count_ok (&counter, 80 * GST_MSECOND), 2);
}
GST_END_TEST;

GST_START_TEST (test_audio_counts_over_jitter_and_snaps_after_a_gap)
{
  const gint64 au = gst_util_uint64_scale (1024, GST_SECOND, 48000);
  CmafUnitCounter counter;
  guint64 unit;

  cmaf_unit_counter_init (&counter, &aac48, FALSE);
  assert_equals_uint64 (count_ok (&counter, au * 4 / 10), 0);
  assert_equals_uint64 (count_ok (&counter, au * 18 / 10), 1);
  assert_equals_uint64 (count_ok (&counter, au * 20 / 10), 2);
  /* three are missing, and the new phase is another one */
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, au * 58 / 10, &unit), CMAF_COUNT_GAP);
  assert_equals_uint64 (unit, 6);
  fail_unless_equals_int64 (
      cmaf_unit_counter_get_phase (&counter) / 1000, -au * 2 / 10 / 1000);
  assert_equals_uint64 (count_ok (&counter, au * 68 / 10), 7);
}
GST_END_TEST;

/* Sample clocks that run 1000 ppm fast and slow: each number is given at most
 * once, one is left out or one unit refused when half a unit is reached, and
 * nothing oscillates there. */
GST_START_TEST (test_audio_that_drifts_is_corrected_one_unit_at_a_time)
{
  const gint64 au = gst_util_uint64_scale (1024, GST_SECOND, 48000);
  const gint64 drift = __i__ ? au / 1000 : -au / 1000;
  guint n_gaps = 0, n_repeated = 0, i;
  guint64 unit, last = 0;
  CmafUnitCounter counter;

  cmaf_unit_counter_init (&counter, &aac48, FALSE);
  for (i = 1; i < 10000; i++) {
    /* 3 % of jitter */
    const gint64 t = i * (au + drift) + (i % 2 ? au : -au) * 3 / 100;

    switch (cmaf_unit_counter_count (&counter, t, &unit)) {
      case CMAF_COUNT_GAP:
        n_gaps++;
        /* fall through */
      case CMAF_COUNT_OK:
        fail_unless (unit > last);
        last = unit;
        break;
      case CMAF_COUNT_REPEATED:
        n_repeated++;
        break;
      default:
        fail ("unexpected");
    }
  }
  fail_unless_equals_int (n_gaps, __i__ ? 10 : 0);
  fail_unless_equals_int (n_repeated, __i__ ? 0 : 10);
}
GST_END_TEST;

GST_START_TEST (test_time_before_zero_is_early)
{
  CmafUnitCounter counter;
  guint64 unit;

  cmaf_unit_counter_init (&counter, &aac48, FALSE);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, -21333333, &unit), CMAF_COUNT_EARLY);
  fail_unless_equals_int (
      cmaf_unit_counter_count (&counter, 0, &unit), CMAF_COUNT_OK);
  assert_equals_uint64 (unit, 0);
}
GST_END_TEST;

static Suite *
unit_counter_suite (void)
{
  Suite *s = suite_create ("unit-counter");
  TCase *tc = tcase_create ("unit-counter");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_jitter_below_half_a_frame_moves_nothing);
  tcase_add_test (
      tc, test_frames_between_two_numbers_snap_alike_from_any_start);
  tcase_add_test (
      tc, test_audio_between_two_numbers_snaps_alike_from_any_start);
  tcase_add_test (tc, test_reordered_frames_keep_their_numbers);
  tcase_add_test (tc, test_a_frame_that_falls_on_its_neighbour_moves_on);
  tcase_add_test (tc, test_a_frame_without_a_free_number_is_repeated);
  tcase_add_test (tc, test_audio_counts_over_jitter_and_snaps_after_a_gap);
  tcase_add_loop_test (
      tc, test_audio_that_drifts_is_corrected_one_unit_at_a_time, 0, 2);
  tcase_add_test (tc, test_time_before_zero_is_early);
  return s;
}

GST_CHECK_MAIN (unit_counter);
