/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "timing-lock-fixtures.h"

/* ---- capture stamps ---- */

static CmafUnitTimes
stamped (guint i, CmafReference reference, gint64 error)
{
  CmafUnitTimes times = good (&fps25, START + i, START);

  times.has_label = FALSE;
  times.has_stamp = TRUE;
  times.reference = reference;
  times.stamp = (guint64)(times.utc + error);
  if (reference == CMAF_REFERENCE_PTP)
    times.stamp += 37 * GST_SECOND;
  return times;
}

static const struct
{
  CmafReference reference;
  gint64 jitter; /* ms, up and down */
  const gchar *events;
} stamps[] = {
  { CMAF_REFERENCE_UNIX, 0, "LOCKED " },
  { CMAF_REFERENCE_UNIX, 13, "LOCKED " },
  { CMAF_REFERENCE_UNIX, 16, "LOCKED JITTER LOCKED " },
  { CMAF_REFERENCE_UNIX, 19, "LOCKED JITTER LOCKED " },
  { CMAF_REFERENCE_PTP, 0, "LOCKED " },
  { CMAF_REFERENCE_PTP, 19, "LOCKED " },
};

GST_START_TEST (test_stamps_may_be_a_third_of_a_frame_off)
{
  CmafTimingSource source;
  gint64 offset;
  Sim sim;

  sim_init (&sim, &fps25, "reference-timestamp");
  for (guint i = 0; i < 500; i++) {
    gint64 error = (i % 3 == 0      ? 1
                       : i % 3 == 1 ? -1
                                    : 0)
                   * stamps[__i__].jitter * MS;
    CmafUnitTimes times = stamped (i, stamps[__i__].reference, error);

    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, stamps[__i__].events);
  assert_numbers (&sim, 0, 500, START);
  cmaf_timing_lock_get_mapping (sim.lock, &source, &offset);
  fail_unless_equals_string (cmaf_timing_class (source),
      strstr (stamps[__i__].events, "JITTER") ? "G" : "F");
  sim_clear (&sim);
}
GST_END_TEST;

/* A camera 30 ppm slow for three hours: stamps stay true, time stamps drift */
GST_START_TEST (test_frames_follow_the_stamps_and_not_the_time_stamps)
{
  Sim sim;

  sim_init (&sim, &fps25, "reference-timestamp");
  for (guint i = 0; i < 3 * HOUR * 25; i++) {
    CmafUnitTimes times = stamped (i, CMAF_REFERENCE_PTP, 0);

    times.running_time += (gint64)i * 1200;
    feed (&sim, &times);
    if (sim.numbers->len > 1000) {
      assert_numbers (&sim, 0, 1000, START + i + 1 - sim.numbers->len);
      g_array_remove_range (sim.numbers, 0, 1000);
      g_array_set_size (sim.media_times, 0);
    }
  }
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  sim_clear (&sim);
}
GST_END_TEST;

/* ---- the clock ---- */

GST_START_TEST (test_counted_frames_are_not_measured_again)
{
  GRand *rand = g_rand_new_with_seed (7);
  Sim sim;

  sim_init (&sim, &fps25, "clock");
  for (guint i = 0; i < 10000; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    times.running_time += g_rand_int_range (rand, -15, 15) * MS * (i > 0);
    times.utc += g_rand_int_range (rand, -30, 30) * MS * (i > 0);
    feed (&sim, &times);
  }
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_numbers (&sim, 0, 10000, START);
  assert_equals_int (cmaf_timing_lock_correction (sim.lock), 0);
  g_rand_free (rand);
  sim_clear (&sim);
}
GST_END_TEST;

/* The camera is 200 ppm fast or slow: frames are counted on, then one number is
 * left out, or given twice, exactly where it was told to. */
static const gint drifts[] = { 8000, -8000 };

GST_START_TEST (test_a_correction_shifts_numbers_at_its_place)
{
  const gint sign = drifts[__i__] > 0 ? 1 : -1;
  CmafTimingStep step = { 1, 0, sign * 40 * MS };
  guint asked = 0;
  Sim sim;

  sim_init (&sim, &fps25, "clock");
  for (guint i = 0; i < 20000; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    times.utc += (gint64)i * drifts[__i__];
    feed (&sim, &times);
    if (asked == 0 && cmaf_timing_lock_correction (sim.lock) != 0) {
      assert_equals_int (cmaf_timing_lock_correction (sim.lock), sign);
      asked = i + 100;
      step.at = (gint64)asked * 40 * MS - 10 * MS;
      cmaf_timing_lock_step (sim.lock, &step);
    }
    if (asked != 0 && i == asked)
      break;
    assert_equals_int (
        asked != 0 && cmaf_timing_lock_correction (sim.lock) != 0, FALSE);
  }
  fail_unless (asked > 10000);
  assert_numbers (&sim, 0, asked, START);
  assert_numbers (&sim, asked, 1, START + asked + (guint64)sign);
  /* and back: the running time of a number that is given after the step */
  assert_equals_int64 (
      cmaf_timing_lock_running_time (sim.lock,
          (gint64)cmaf_media_time_of_unit (&fps25, START + asked + 5)),
      (gint64)(asked + 5) * 40 * MS - step.delta);
  assert_equals_int64 (
      cmaf_timing_lock_running_time (sim.lock,
          (gint64)cmaf_media_time_of_unit (&fps25, START + asked - 5)),
      (gint64)(asked - 5) * 40 * MS);
  sim_clear (&sim);
}
GST_END_TEST;

static const struct
{
  gint64 running_time, utc; /* s: what is added from frame 100 on */
  guint64 jump;
  guint n_runs;
  const gchar *events;
} clock_troubles[] = {
  /* the clock is stepped by an hour: frames are counted on */
  { 0, HOUR, 0, 0, "LOCKED CLOCK-ERROR " },
  { 0, -HOUR, 0, 0, "LOCKED CLOCK-ERROR " },
  { 0, 2, 0, 0, "LOCKED CLOCK-ERROR " },
  /* ten seconds of input are missing */
  { 10, 10, 250, 1, "LOCKED LOST LOCKED " },
  /* a source that begins anew goes on where it was */
  { -4, -4, 0, 0, "LOCKED LOST LOCKED " },
};

GST_START_TEST (test_counted_frames_survive_trouble)
{
  Sim sim;

  sim_init (&sim, &fps25, "clock");
  for (guint i = 0; i < 1000; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    if (i >= 100) {
      times.running_time += clock_troubles[__i__].running_time * S;
      times.utc += clock_troubles[__i__].utc * S;
    }
    feed (&sim, &times);
  }
  fail_unless_equals_string (sim.events->str, clock_troubles[__i__].events);
  assert_numbers (&sim, 0, 100, START);
  assert_numbers (&sim, 100, 900, START + 100 + clock_troubles[__i__].jump);
  assert_equals_int (sim.n_runs, clock_troubles[__i__].n_runs);
  assert_equals_int (cmaf_timing_lock_correction (sim.lock), 0);
  sim_clear (&sim);
}
GST_END_TEST;

/* A clock that is smeared around a leap second, by half a second at most, is
 * not followed for a day. */
GST_START_TEST (test_the_clock_is_held_near_a_leap_second)
{
  g_autoptr (CmafLeapTable) leaps = cmaf_leap_table_parse (
      "3692217600 37 # 1 Jan 2017\n3944678400 38 # 1 Jan 2025\n", NULL);
  gint correction = 0;
  Sim sim;

  sim_init (&sim, &fps25, "clock");
  sim.config.epoch.leaps = leaps;
  sim.config.holds_near_leap = __i__ == 0;
  cmaf_timing_lock_free (sim.lock);
  sim.lock = cmaf_timing_lock_new (&sim.config);
  for (guint i = 0; i < 2000; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    times.utc += i < 1000 ? 0 : 500 * MS;
    feed (&sim, &times);
    correction |= cmaf_timing_lock_correction (sim.lock);
  }
  assert_equals_int (correction != 0, __i__ != 0);
  sim_clear (&sim);
}
GST_END_TEST;

/* Time stamps jump back by two seconds, to a frame that is presented behind the
 * next two: raw frames that have entered the encoder tell which number it has.
 * A hint that is old, or far away, changes nothing. */
static const struct
{
  gint hint; /* frames from what is right */
  guint64 first;
} hints[] = { { 0, START + 102 }, { -50, START + 100 }, { 30, START + 100 } };

GST_START_TEST (test_a_jump_back_in_decode_order)
{
  Sim sim;

  sim_init (&sim, &fps25, "clock");
  for (guint i = 0; i < 110; i++) {
    const guint at = i < 100 ? i : i == 100 ? 102 : i - 1;
    CmafUnitTimes times = good (&fps25, START + at, START);

    if (i >= 100) {
      const gint64 jump = (50 + hints[__i__].hint) * 40 * MS;

      times.running_time -= 2 * S;
      cmaf_timing_lock_hint (
          sim.lock, (gint64)cmaf_media_time_of_unit (&fps25, START) + jump);
    }
    feed (&sim, &times);
  }
  fail_unless_equals_string (sim.events->str, "LOCKED LOST LOCKED ");
  assert_equals_uint64 (
      g_array_index (sim.numbers, guint64, 100), hints[__i__].first);
  sim_clear (&sim);
}
GST_END_TEST;

static Suite *
timing_lock_clock_suite (void)
{
  Suite *suite = suite_create ("timing-lock-clock");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_stamps_may_be_a_third_of_a_frame_off, 0,
      G_N_ELEMENTS (stamps));
  tcase_add_test (tcase, test_frames_follow_the_stamps_and_not_the_time_stamps);
  tcase_add_test (tcase, test_counted_frames_are_not_measured_again);
  tcase_add_loop_test (tcase, test_a_correction_shifts_numbers_at_its_place, 0,
      G_N_ELEMENTS (drifts));
  tcase_add_loop_test (tcase, test_counted_frames_survive_trouble, 0,
      G_N_ELEMENTS (clock_troubles));
  tcase_add_loop_test (tcase, test_the_clock_is_held_near_a_leap_second, 0, 2);
  tcase_add_loop_test (
      tcase, test_a_jump_back_in_decode_order, 0, G_N_ELEMENTS (hints));
  return suite;
}

GST_CHECK_MAIN (timing_lock_clock);
