/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sound that is passed on as it was coded keeps its place beside the grid. */
#include "mux-harness.h"

#define SETTINGS "audio-align=keep segment-duration=48/25"
#define UNIT 1024
#define EDGE(number) ((guint64)(number)*48 * 1920)

/* Of 1024 samples at 48 kHz; as a transport stream tells it, and cut off to a
 * nanosecond. */
static GstClockTime
time_of (guint64 unit, guint64 pts)
{
  return (unit * 1920 + pts) * 100000 / 9;
}

static void
push_units (MuxHarness *m, guint64 first, guint64 end, guint64 pts)
{
  for (guint64 k = first; k < end; k++)
    assert_equals_int (
        gst_harness_push (
            m->h, mux_harness_frame (time_of (k, pts), TRUE, (guint8)k)),
        GST_FLOW_OK);
}

static const CmafChunk *
find_segment (const MuxHarness *m, guint64 number)
{
  for (guint i = 0; i < m->chunks->len; i++) {
    const CmafChunk *chunk = mux_harness_chunk (m, i);

    if (chunk->decode_time >= EDGE (number)
        && chunk->decode_time < EDGE (number + 1))
      return chunk;
  }
  return NULL;
}

/* Begins with the first unit behind the edge, which lies @phase behind its
 * number. */
static void
check_segment (const MuxHarness *m, guint64 number, guint phase)
{
  const CmafChunk *chunk = find_segment (m, number);

  fail_unless (chunk != NULL, "no segment %" G_GUINT64_FORMAT, number);
  assert_equals_int (chunk->decode_time % UNIT, phase);
  fail_unless (chunk->decode_time < EDGE (number) + UNIT);
}

/* 450 ticks are 240 samples. */
GST_START_TEST (test_every_start_finds_the_same_phase)
{
  for (guint64 first = 0; first < 10; first++) {
    g_autofree gchar *error = NULL;
    MuxHarness m;

    mux_harness_init (&m, SETTINGS, MUX_AAC);
    push_units (&m, first, 500, 450);
    fail_unless (mux_harness_pull (&m) >= 4);
    for (guint64 number = 1; number < 5; number++)
      check_segment (&m, number, 240);
    assert_equals_int (mux_harness_errors (&m, &error), 0);
    mux_harness_clear (&m);
  }
}
GST_END_TEST;

/* The encoder of the sound begins anew: so do all that are passed it, where the
 * next segment begins, and one that begins then has the same. */
GST_START_TEST (test_another_phase_behind_a_gap)
{
  MuxHarness through, later;
  const CmafChunk *chunk;

  mux_harness_init (&through, SETTINGS, MUX_AAC);
  push_units (&through, 0, 200, 450);
  push_units (&through, 210, 600, 900);
  mux_harness_init (&later, SETTINGS, MUX_AAC);
  push_units (&later, 215, 600, 900);
  fail_unless (mux_harness_pull (&through) >= 5);
  fail_unless (mux_harness_pull (&later) >= 3);

  check_segment (&through, 1, 240);
  /* open where the gap is: it lasts to its end */
  chunk = find_segment (&through, 2);
  fail_unless (chunk != NULL);
  fail_unless (chunk->decode_time + chunk->duration >= EDGE (3));
  for (guint64 number = 3; number < 6; number++) {
    check_segment (&through, number, 480);
    check_segment (&later, number, 480);
    assert_equals_uint64 (find_segment (&through, number)->decode_time,
        find_segment (&later, number)->decode_time);
  }
  mux_harness_clear (&through);
  mux_harness_clear (&later);
}
GST_END_TEST;

/* A gap alone changes nothing, also with the other rounding. */
GST_START_TEST (test_the_same_phase_behind_a_gap)
{
  MuxHarness m;

  mux_harness_init (&m, SETTINGS, MUX_AAC);
  push_units (&m, 0, 200, 450);
  push_units (&m, 210, 500, 451);
  fail_unless (mux_harness_pull (&m) >= 4);
  for (guint64 number = 1; number < 5; number++)
    check_segment (&m, number, 240);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* At 44.1 kHz units are no whole ticks of 90 kHz; a file has no such ticks. */
GST_START_TEST (test_a_phase_that_is_not_sure_is_refused)
{
  static const gchar caps[] = "audio/mpeg,mpegversion=4,stream-format=raw,"
                              "rate=44100,channels=2,codec_data=(buffer)1210";
  g_autofree gchar *error = NULL;
  MuxHarness m;

  mux_harness_init (&m, SETTINGS " timing-sources=clock", caps);
  fail_unless_equals_int (
      gst_harness_push (m.h, mux_harness_frame (0, TRUE, 0)), GST_FLOW_ERROR);
  assert_equals_int (mux_harness_errors (&m, &error), 1);
  fail_unless (
      g_str_has_prefix (error, "audio-align=keep: units of 1024 samples at "
                               "44100 Hz"),
      "%s", error);
  mux_harness_clear (&m);

  mux_harness_init (&m, SETTINGS, caps);
  fail_unless_equals_int (
      gst_harness_push (m.h, mux_harness_frame (0, TRUE, 0)), GST_FLOW_OK);
  mux_harness_clear (&m);
}
GST_END_TEST;

static Suite *
cmafsyncmux_phase_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-phase");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_every_start_finds_the_same_phase);
  tcase_add_test (tcase, test_another_phase_behind_a_gap);
  tcase_add_test (tcase, test_the_same_phase_behind_a_gap);
  tcase_add_test (tcase, test_a_phase_that_is_not_sure_is_refused);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_phase);
