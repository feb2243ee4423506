/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/stamp-watch.h>

#define FRAME (40 * GST_MSECOND)
#define NO_PTS (-1)

/* DTS of units in frames of 40 ms -> 'f'its, 's'tray, 'F'irst stray,
 * 'h'opeless */
static const struct
{
  const gchar *fates;
  gint dts[12];
} cases[] = {
  { "ffFfff", { 0, 1, NO_PTS, 3, 4, 5 } },
  { "Fsfff", { NO_PTS, NO_PTS, 2, 3, 4 } },
  { "fffFff", { 0, 1, 2, 1, 3, 4 } },
  { "fff", { 5, 5, 6 } },
  /* an episode is told once */
  { "fffFfsfs", { 0, 1, 2, 1, 3, 2, 4, NO_PTS } },
  /* the one that was ahead was the stray */
  { "ffffff", { 0, 1, 200, 2, 3, 4 } },
  { "fffFsf", { 0, 1, 200, 150, 160, 201 } }, /* this is no such thing */
  { "ffffff", { 0, 1, 200, 201, 4, 5 } },     /* they were */
  { "fffffF", { 0, 1, 200, 201, 4, 3 } },
};

static gchar
judge (CmafStampWatch *watch, gint dts, GstClockTime duration)
{
  const GstClockTime time =
      dts == NO_PTS ? GST_CLOCK_TIME_NONE : (GstClockTime)dts * FRAME;

  return "fsFh"[cmaf_stamp_watch_judge (watch, time, time, duration)];
}

GST_START_TEST (test_a_stray_does_not_stop_what_fits)
{
  const gchar *fates = cases[__i__].fates;
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  for (guint i = 0; fates[i]; i++) {
    gchar fate = judge (&watch, cases[__i__].dts[i], FRAME);

    fail_unless (fate == fates[i], "%u: %c", i, fate);
  }
  fail_if (cmaf_stamp_watch_had_strays_only (&watch));
}
GST_END_TEST;

/* The unit of a run of strays that is one too many */
static const struct
{
  gint good; /* units in front */
  GstClockTime duration;
  guint last;
} runs[] = {
  { 0, 0, 250 },
  { 0, FRAME, 125 },
  { 3, FRAME, 125 },
  { 3, 6 * GST_SECOND, 1 },
};

GST_START_TEST (test_nothing_but_strays_is_hopeless)
{
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  fail_if (cmaf_stamp_watch_had_strays_only (&watch));
  for (gint i = 0; i < runs[__i__].good; i++)
    judge (&watch, i, FRAME);
  for (guint i = 1; i < runs[__i__].last; i++)
    fail_unless (
        judge (&watch, NO_PTS, runs[__i__].duration) == (i == 1 ? 'F' : 's'));
  fail_unless (judge (&watch, NO_PTS, runs[__i__].duration) == 'h');
  fail_unless_equals_int (
      cmaf_stamp_watch_had_strays_only (&watch), runs[__i__].good == 0);
  fail_unless (
      g_str_has_prefix (cmaf_stamp_watch_fault (&watch), "buffer: has no PTS"));
}
GST_END_TEST;

/* Damage that goes on is no end: others come between. */
GST_START_TEST (test_damage_goes_on)
{
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  for (gint i = 0; i < 1000; i++) {
    fail_unless (judge (&watch, i, FRAME) == 'f');
    fail_unless (judge (&watch, NO_PTS, FRAME) == (i == 0 ? 'F' : 's'));
  }
  for (gint i = 1000; i < 1125; i++) /* five seconds without: told again */
    judge (&watch, i, FRAME);
  fail_unless (judge (&watch, NO_PTS, FRAME) == 'F');
  cmaf_stamp_watch_forget_time (&watch);
  fail_unless (judge (&watch, 0, FRAME) == 'f');
}
GST_END_TEST;

static Suite *
stamp_watch_suite (void)
{
  Suite *suite = suite_create ("stamp-watch");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (
      tc, test_a_stray_does_not_stop_what_fits, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tc, test_nothing_but_strays_is_hopeless, 0, G_N_ELEMENTS (runs));
  tcase_add_test (tc, test_damage_goes_on);
  return suite;
}

GST_CHECK_MAIN (stamp_watch);
