/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux and what comes between the frames: gaps, flushes, ends, changes.
 * Expected output is in the comment of each test. */
#include "mux-harness.h"

#include <gst/cmaf/track-caps.h>

#define CHUNKS "chunk-duration=480000000" /* of 12 frames, four a segment */

static void
assert_chunk (const MuxHarness *m, guint i, guint64 start, guint64 end,
    guint n_samples, gboolean starts)
{
  const CmafChunk *chunk = mux_harness_chunk (m, i);

  assert_equals_uint64 (chunk->decode_time, start * 3600);
  assert_equals_uint64 (chunk->duration, (end - start) * 3600);
  assert_equals_int (chunk->n_samples, n_samples);
  assert_equals_int (
      (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0, starts != 0);
}

/* ---- gaps ---- */

/* frames 0..29, a gap to 48: segment [0, 48) with 30 frames, before frame 48
 * comes; then [48, 96) */
GST_START_TEST (test_gap_ends_the_segment)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 30);
  mux_harness_gap (&m, 30, 47);
  assert_equals_int (mux_harness_pull (&m), 0);
  mux_harness_gap (&m, 47, 48);
  assert_equals_int (mux_harness_pull (&m), 1);
  mux_harness_push (&m, 48, 97);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 48, 30, TRUE);
  assert_chunk (&m, 1, 48, 96, 48, TRUE);
  assert_equals_uint64 (mux_harness_stat (&m, "dropped"), 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* frames 0..4, a gap to 24: chunk [0, 24) with 5 frames; frames 24..47: chunks
 * [24, 36) and [36, 48) */
GST_START_TEST (test_gap_ends_the_chunk)
{
  MuxHarness m;

  mux_harness_init (&m, CHUNKS, MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 5);
  mux_harness_gap (&m, 5, 24);
  assert_equals_int (mux_harness_pull (&m), 1);
  mux_harness_push (&m, 24, 49);
  assert_equals_int (mux_harness_pull (&m), 3);
  assert_chunk (&m, 0, 0, 24, 5, TRUE);
  assert_chunk (&m, 1, 24, 36, 12, FALSE);
  assert_chunk (&m, 2, 36, 48, 12, FALSE);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* frames 0..47 and a gap over two segments, told piece by piece: [0, 48) at the
 * first piece, nothing for the two, then [144, 192) */
GST_START_TEST (test_silent_segments_are_left_out)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 48);
  for (guint i = 48; i < 144; i++) {
    mux_harness_gap (&m, i, i + 1);
    assert_equals_int (mux_harness_pull (&m), 1);
  }
  mux_harness_push (&m, 144, 193);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 48, 48, TRUE);
  assert_chunk (&m, 1, 144, 192, 48, TRUE);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* 10 units of AAC, silence up to 1.92 s (which is unit 90): the segment has all
 * 90 units of time, 10 samples */
GST_START_TEST (test_gap_ends_a_segment_of_audio)
{
  MuxHarness m;
  GstClockTime unit = gst_util_uint64_scale (GST_SECOND, 1024, 48000);

  mux_harness_init (&m, "segment-duration=48/25", MUX_AAC);
  for (guint i = 0; i < 10; i++)
    gst_harness_push (m.h, mux_harness_frame (i * unit, TRUE, 1));
  gst_harness_push_event (
      m.h, gst_event_new_gap (10 * unit, 1920 * GST_MSECOND - 10 * unit));
  assert_equals_int (mux_harness_pull (&m), 1);
  assert_equals_int (mux_harness_chunk (&m, 0)->n_samples, 10);
  assert_equals_uint64 (mux_harness_chunk (&m, 0)->duration, 90 * 1024);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* A gap without end, before caps, before the first frame, and behind the last
 * one: nothing comes of it, and nothing goes downstream. */
GST_START_TEST (test_gap_that_says_nothing)
{
  MuxHarness m;
  GstEvent *event;

  mux_harness_init (&m, "", NULL);
  gst_harness_push_event (m.h, gst_event_new_stream_start ("gaps"));
  mux_harness_gap (&m, 0, 10);
  gst_harness_set_src_caps_str (m.h, MUX_H264 MUX_CODEC_DATA);
  mux_harness_gap (&m, 0, 10);
  mux_harness_push (&m, 0, 48);
  fail_unless (gst_harness_push_event (
      m.h, gst_event_new_gap (48 * MUX_FRAME, GST_CLOCK_TIME_NONE)));
  assert_equals_int (mux_harness_pull (&m), 1);
  mux_harness_push (&m, 48, 97);
  mux_harness_gap (&m, 3, 50);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 48, 48, TRUE);
  assert_chunk (&m, 1, 48, 96, 48, TRUE);
  while ((event = gst_harness_try_pull_event (m.h))) {
    fail_if (GST_EVENT_TYPE (event) == GST_EVENT_GAP);
    gst_event_unref (event);
  }
  mux_harness_clear (&m);
}
GST_END_TEST;

static Suite *
cmafsyncmux_events_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-events");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_gap_ends_the_segment);
  tcase_add_test (tcase, test_gap_ends_the_chunk);
  tcase_add_test (tcase, test_silent_segments_are_left_out);
  tcase_add_test (tcase, test_gap_ends_a_segment_of_audio);
  tcase_add_test (tcase, test_gap_that_says_nothing);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_events);
