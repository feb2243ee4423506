/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/arrival-clock.h>

#define MS ((gint64)GST_MSECOND)
#define FRAME (40 * MS)
#define PER_SEGMENT 48

typedef struct
{
  CmafArrivalClock clock;
  gint64 now;
  gint64 error;
  gint n_up, n_down;
} Run;

/* @seconds of frames at 25/s whose error grows by @drift ns a second; what is
 * asked for is done at each boundary. */
static void
run_for (Run *run, guint seconds, gint64 drift, gint64 jitter)
{
  for (guint i = 0; i < seconds * 25; i++) {
    gint64 noise = i % 3 == 0 ? jitter : i % 3 == 1 ? -jitter : 0;

    run->now += FRAME;
    run->error += drift / 25;
    cmaf_arrival_clock_measure (&run->clock, run->now, run->error + noise);
    if (i % PER_SEGMENT == 0) {
      gint step = cmaf_arrival_clock_correction (&run->clock);

      run->n_up += step > 0;
      run->n_down += step < 0;
      run->error -= step * FRAME;
      cmaf_arrival_clock_corrected (&run->clock, step);
    }
  }
}

GST_START_TEST (test_no_drift_no_correction)
{
  Run run = { .now = 1000 };

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run_for (&run, 3600, 0, 100 * MS);
  assert_equals_int (run.n_up + run.n_down, 0);
}
GST_END_TEST;

/* 30 ppm for ten hours are 1.08 s */
static const gint64 drifts[] = { 30000, -30000 };

GST_START_TEST (test_slow_drift_is_corrected_frame_by_frame)
{
  Run run = { .now = 0 };
  gint steps;

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run_for (&run, 36000, drifts[__i__], 10 * MS);
  steps = run.n_up - run.n_down;
  assert_equals_int (run.n_up * run.n_down, 0);
  fail_unless (drifts[__i__] > 0 ? steps >= 24 && steps <= 27
                                 : steps <= -24 && steps >= -27,
      "%d steps", steps);
  fail_unless (ABS (run.error) <= 2 * FRAME + 10 * MS);
}
GST_END_TEST;

/* 200 ms off at once: one frame for each boundary, down to one frame */
GST_START_TEST (test_a_step_is_worked_off)
{
  Run run = { .now = 0 };

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run_for (&run, 60, 0, 0);
  run.error = 200 * MS;
  run_for (&run, 120, 0, 0);
  assert_equals_int (run.n_up, 4);
  assert_equals_int (run.n_down, 0);
  assert_equals_int64 (run.error, 40 * MS);
}
GST_END_TEST;

/* Less than two frames, or not for long: nothing */
GST_START_TEST (test_small_and_short_errors_are_left)
{
  Run run = { .now = 0 };

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run.error = 79 * MS;
  run_for (&run, 600, 0, 0);
  run.error = 400 * MS;
  run_for (&run, 2, 0, 0);
  run.error = 0;
  run_for (&run, 600, 0, 0);
  assert_equals_int (run.n_up + run.n_down, 0);
}
GST_END_TEST;

/* Where it was at first is where it is to stay. */
GST_START_TEST (test_what_it_is_at_first_is_the_origin)
{
  Run run = { .now = 0, .error = 500 * MS };

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run_for (&run, 600, 0, 10 * MS);
  assert_equals_int (run.n_up + run.n_down, 0);
}
GST_END_TEST;

GST_START_TEST (test_a_clock_that_is_stepped_is_not_followed)
{
  static const gint64 steps[] = { 3600 * 1000 * MS, -3600 * 1000 * MS,
    1001 * MS, G_MAXINT64 / 4, -G_MAXINT64 / 4 };
  Run run = { .now = 0 };

  cmaf_arrival_clock_init (&run.clock, FRAME);
  run_for (&run, 10, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    fail_if (cmaf_arrival_clock_measure (&run.clock, run.now + 1, steps[i]));
    run.error = steps[i];
    run_for (&run, 60, 0, 0);
  }
  assert_equals_int (run.n_up + run.n_down, 0);
}
GST_END_TEST;

static Suite *
arrival_clock_suite (void)
{
  Suite *suite = suite_create ("arrival-clock");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_no_drift_no_correction);
  tcase_add_loop_test (tcase, test_slow_drift_is_corrected_frame_by_frame, 0,
      G_N_ELEMENTS (drifts));
  tcase_add_test (tcase, test_a_step_is_worked_off);
  tcase_add_test (tcase, test_small_and_short_errors_are_left);
  tcase_add_test (tcase, test_what_it_is_at_first_is_the_origin);
  tcase_add_test (tcase, test_a_clock_that_is_stepped_is_not_followed);
  return suite;
}

GST_CHECK_MAIN (arrival_clock);
