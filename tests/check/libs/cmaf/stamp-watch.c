/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/stamp-watch.h>

#define FRAME (40 * GST_MSECOND)
#define NO_PTS (-1)

/* Fates: 'f'its, 'w'aits, 's'tray, 'F'irst stray, 'h'opeless */
static const gchar letters[] = "fwsFh";

/* DTS of units in frames of 40 ms -> the fate of each, and of those that waited
 * when it came: 'w' there were none, or they still do */
static const struct
{
  const gchar *fates, *waiting;
  gint dts[12];
} cases[] = {
  { "ffFfff", "wwwwww", { 0, 1, NO_PTS, 3, 4, 5 } },
  { "Fsfff", "wwwww", { NO_PTS, NO_PTS, 2, 3, 4 } },
  { "fffFff", "wwwwww", { 0, 1, 2, 1, 3, 4 } },
  { "fff", "www", { 5, 5, 6 } },
  /* an episode is told once */
  { "fffFfsfs", "wwwwwwww", { 0, 1, 2, 1, 3, 2, 4, NO_PTS } },
  /* up to a second is no leap */
  { "fff", "www", { 0, 26, 52 } },
  { "ffw", "www", { 0, 1, 28 } },
  /* others go on as before: it was a stray */
  { "ffwfff", "wwwFww", { 0, 1, 90000, 2, 3, 4 } },
  { "ffwwwwf", "wwwwwwF", { 0, 1, 200, 201, 202, 203, 2 } },
  /* strays do not agree with each other */
  { "ffwwwf", "wwwFss", { 0, 1, 200, 9000, 700, 2 } },
  /* five do: the stream has jumped */
  { "ffwwwwff", "wwwwwwfw",
      { 0, 1, 90000, 90001, 90002, 90003, 90004, 90005 } },
  { "ffwwwwfw", "wwwwwwfw", { 0, 1, 200, 201, 202, 203, 204, 2 } },
  { "ffFf", "wwww", { 100, 126, 101, 127 } },
  { "fwwwwff", "wwwwwfw", { 9000, 10, 11, 12, 13, 14, 15 } },
  { "ffwFwwwf", "wwwwwwwf", { 0, 1, 200, NO_PTS, 201, 202, 203, 204 } },
  { "ffwwwwwwf", "wwwwFwwwf",
      { 0, 1, 200, 201, 9000, 9001, 9002, 9003, 9004 } },
  /* there are few: what is between them is no leap any more */
  { "fwwwwfff", "wwwwwfww", { 0, 50, 100, 150, 200, 250, 300, 350 } },
};

static gchar
judge_stamps (CmafStampWatch *watch, const CmafStamps *stamps, gchar *waiting)
{
  CmafStampFate fate;
  const gchar letter = letters[cmaf_stamp_watch_judge (watch, stamps, &fate)];

  *waiting = letters[fate];
  return letter;
}

static GstClockTime
time_of (gint frame)
{
  return frame == NO_PTS ? GST_CLOCK_TIME_NONE : (GstClockTime)frame * FRAME;
}

static gchar
judge (CmafStampWatch *watch, gint dts, GstClockTime duration)
{
  const CmafStamps stamps = { time_of (dts), time_of (dts), duration, FALSE };
  gchar waiting;

  return judge_stamps (watch, &stamps, &waiting);
}

GST_START_TEST (test_a_stray_does_not_stop_what_fits)
{
  const gchar *fates = cases[__i__].fates;
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  for (guint i = 0; fates[i]; i++) {
    const GstClockTime time = time_of (cases[__i__].dts[i]);
    const CmafStamps stamps = { time, time, FRAME, FALSE };
    gchar waiting, fate = judge_stamps (&watch, &stamps, &waiting);

    fail_unless (fate == fates[i], "%u: %c", i, fate);
    fail_unless (waiting == cases[__i__].waiting[i], "%u: %c", i, waiting);
  }
  fail_if (cmaf_stamp_watch_had_strays_only (&watch));
}
GST_END_TEST;

/* PTS and DTS are not the same; NO_PTS: no DTS */
static const struct
{
  const gchar *fates;
  gint stamps[9][2];
} reordered[] = {
  { "fffffff", { { 2, 0 }, { 5, 1 }, { 3, 2 }, { 4, 3 }, { 8, 4 }, { 6, 5 },
                   { 7, 6 } } },
  { "fffffff", { { 0, NO_PTS }, { 3, NO_PTS }, { 1, NO_PTS }, { 2, NO_PTS },
                   { 6, NO_PTS }, { 4, NO_PTS }, { 5, NO_PTS } } },
  /* one of the two is enough */
  { "ffwff", { { 2, 0 }, { 5, 1 }, { 9000, 2 }, { 4, 3 }, { 8, 4 } } },
  { "ffwff",
      { { 102, 100 }, { 105, 101 }, { 3, 102 }, { 104, 103 }, { 108, 104 } } },
  { "ffwff", { { 2, 0 }, { 5, 1 }, { 3, 9000 }, { 4, 3 }, { 8, 4 } } },
  /* without DTS a stream may jump back */
  { "fwwwwff", { { 9000, NO_PTS }, { 0, NO_PTS }, { 3, NO_PTS }, { 1, NO_PTS },
                   { 2, NO_PTS }, { 6, NO_PTS }, { 4, NO_PTS } } },
  { "fwf", { { 9000, NO_PTS }, { 0, NO_PTS }, { 9001, NO_PTS } } },
};

GST_START_TEST (test_frames_are_reordered)
{
  const gchar *fates = reordered[__i__].fates;
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  for (guint i = 0; fates[i]; i++) {
    const gint *at = reordered[__i__].stamps[i];
    const CmafStamps stamps = { time_of (at[0]), time_of (at[1]), FRAME,
      FALSE };
    gchar waiting, fate = judge_stamps (&watch, &stamps, &waiting);

    fail_unless (fate == fates[i], "%u: %c", i, fate);
  }
}
GST_END_TEST;

/* Many units have the stamp of one packet: they wait for a second. */
GST_START_TEST (test_sound_waits_for_more)
{
  const guint duration = 20; /* ms */
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  for (guint i = 0; i < 200; i++) {
    const GstClockTime time =
        (i * duration + (i < 100 ? 0 : 3600000)) * GST_MSECOND;
    const CmafStamps stamps = { time, time, duration * GST_MSECOND, TRUE };
    gchar waiting, fate = judge_stamps (&watch, &stamps, &waiting);

    fail_unless (fate == (i >= 100 && i < 149 ? 'w' : 'f'), "%u: %c", i, fate);
    fail_unless (waiting == (i == 149 ? 'f' : 'w'), "%u: %c", i, waiting);
  }
}
GST_END_TEST;

/* What others do not come for is a stray. */
GST_START_TEST (test_the_end_of_what_waits)
{
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  judge (&watch, 0, FRAME);
  fail_unless (cmaf_stamp_watch_finish (&watch) == CMAF_STAMP_WAITS);
  for (gint i = 0; i < CMAF_STAMP_AGREE - 1; i++)
    fail_unless (judge (&watch, 9000 + i, FRAME) == 'w');
  fail_unless (cmaf_stamp_watch_finish (&watch) == CMAF_STAMP_FIRST_STRAY);
  fail_unless (judge (&watch, 1, FRAME) == 'f');
  fail_unless (cmaf_stamp_watch_finish (&watch) == CMAF_STAMP_WAITS);
}
GST_END_TEST;

/* Behind a gap of seconds nothing leaps; one of hours may be damage itself. */
GST_START_TEST (test_gaps)
{
  CmafStampWatch watch;

  cmaf_stamp_watch_init (&watch);
  fail_unless (cmaf_stamp_watch_note_gap (&watch, 9000 * FRAME));
  fail_unless (judge (&watch, 9000, FRAME) == 'f');
  fail_unless (cmaf_stamp_watch_note_gap (&watch, 9250 * FRAME));
  fail_unless (judge (&watch, 9250, FRAME) == 'f');
  fail_if (cmaf_stamp_watch_note_gap (&watch, 90000 * FRAME));
  fail_unless (judge (&watch, 90000, FRAME) == 'w');
  fail_unless (judge (&watch, 9251, FRAME) == 'f');
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
      tc, test_frames_are_reordered, 0, G_N_ELEMENTS (reordered));
  tcase_add_test (tc, test_sound_waits_for_more);
  tcase_add_test (tc, test_the_end_of_what_waits);
  tcase_add_test (tc, test_gaps);
  tcase_add_loop_test (
      tc, test_nothing_but_strays_is_hopeless, 0, G_N_ELEMENTS (runs));
  tcase_add_test (tc, test_damage_goes_on);
  return suite;
}

GST_CHECK_MAIN (stamp_watch);
