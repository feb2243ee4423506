/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/unit-phase.h>

#define FIRST 1000 /* frame, of 40 ms */

/* Milliseconds behind the first frame, and the frame. */
static const struct
{
  gboolean is_fixed;
  struct
  {
    gint64 time;
    guint64 frame;
  } steps[3];
} cases[] = {
  { TRUE, { { 15, 0 }, { 111, 2 }, { 59, 1 } } }, /* 15 ms beside them */
  { TRUE, { { -15, 0 }, { 62, 2 }, { 30, 1 } } },
  { FALSE, { { 15, 0 }, { 111, 3 }, { 50, 1 } } }, /* the nearest */
};

GST_START_TEST (test_the_first_frame_tells_the_phase)
{
  const CmafUnitGrid units = { 25, 1, 0 };
  CmafUnitPhase phase = { 0 };

  for (guint i = 0; i < 3; i++) {
    guint64 unit;

    fail_unless (cmaf_unit_phase_find (&phase, &units, cases[__i__].is_fixed,
        (FIRST * 40 + cases[__i__].steps[i].time) * (gint64)GST_MSECOND,
        &unit));
    fail_unless_equals_uint64 (unit, FIRST + cases[__i__].steps[i].frame);
  }
  fail_unless_equals_int (phase.is_known, cases[__i__].is_fixed);
}
GST_END_TEST;

GST_START_TEST (test_there_is_no_frame_before_1970)
{
  const CmafUnitGrid units = { 25, 1, 0 };
  CmafUnitPhase phase = { 0 };
  guint64 unit;

  fail_if (cmaf_unit_phase_find (
      &phase, &units, TRUE, -1 * (gint64)GST_SECOND, &unit));
  fail_if (phase.is_known);
}
GST_END_TEST;

/* Of the 90 kHz of a transport stream, and nanoseconds of it that were cut off:
 * whichever unit is the first one, the phase is the same. */
GST_START_TEST (test_the_phase_of_sound_is_that_of_any_unit)
{
  const CmafUnitGrid units = { 48000, 1536, 0 };

  for (guint64 k = 0; k < 1000; k++) {
    const guint64 pts = G_GUINT64_CONSTANT (156212064000000) + 721 + k * 2880;
    const guint64 time = pts * 100000 / 9;

    assert_equals_uint64 (cmaf_unit_phase_measure (&units, time), 385);
    assert_equals_uint64 (cmaf_unit_phase_measure (&units, time - 3), 385);
  }
}
GST_END_TEST;

GST_START_TEST (test_rounding_is_no_other_phase)
{
  const CmafUnitGrid units = { 48000, 1024, 1023 };

  fail_unless (cmaf_unit_phase_is_same (&units, 1023));
  fail_unless (cmaf_unit_phase_is_same (&units, 1022));
  fail_unless (cmaf_unit_phase_is_same (&units, 0));
  fail_if (cmaf_unit_phase_is_same (&units, 1));
  fail_if (cmaf_unit_phase_is_same (&units, 1021));
}
GST_END_TEST;

static const struct
{
  CmafUnitGrid units;
  gboolean is_certain;
} certain[] = {
  { { 48000, 1024, 0 }, TRUE },
  { { 48000, 1536, 0 }, TRUE },
  { { 48000, 960, 0 }, TRUE },
  { { 32000, 1024, 0 }, TRUE },
  { { 44100, 1024, 0 }, FALSE },
  { { 44100, 1536, 0 }, FALSE },
};

GST_START_TEST (test_a_phase_is_certain_where_units_are_whole_ticks)
{
  g_autoptr (GError) error = NULL;

  fail_unless_equals_int (
      cmaf_unit_phase_is_certain (&certain[__i__].units, &error),
      certain[__i__].is_certain);
  fail_unless_equals_int (error == NULL, certain[__i__].is_certain);
}
GST_END_TEST;

static Suite *
unit_phase_suite (void)
{
  Suite *suite = suite_create ("unit-phase");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (
      tc, test_the_first_frame_tells_the_phase, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_there_is_no_frame_before_1970);
  tcase_add_test (tc, test_the_phase_of_sound_is_that_of_any_unit);
  tcase_add_test (tc, test_rounding_is_no_other_phase);
  tcase_add_loop_test (tc, test_a_phase_is_certain_where_units_are_whole_ticks,
      0, G_N_ELEMENTS (certain));
  return suite;
}

GST_CHECK_MAIN (unit_phase);
