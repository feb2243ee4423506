/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux and what comes between the frames: gaps, flushes, ends, changes.
 * Expected output is in the comment of each test. */
#include "mux-harness.h"

#include <gst/video/video.h>

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

/* ---- flush ---- */

static void
flush (MuxHarness *m)
{
  fail_unless (gst_harness_push_event (m->h, gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (m->h, gst_event_new_flush_stop (TRUE)));
}

static void
push_segment (MuxHarness *m, GstClockTime start, GstClockTime base)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = start;
  segment.base = base;
  fail_unless (gst_harness_push_event (m->h, gst_event_new_segment (&segment)));
}

static void
assert_payload (const MuxHarness *m, guint i, guint8 fill)
{
  const CmafChunk *chunk = mux_harness_chunk (m, i);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint n;

  for (n = 0; n < chunk->bytes->len; n++)
    g_byte_array_append (all, g_bytes_get_data (chunk->bytes->pdata[n], NULL),
        g_bytes_get_size (chunk->bytes->pdata[n]));
  for (n = 0; n < chunk->n_samples; n++)
    assert_equals_int (
        all->data[chunk->payload + n * MUX_FRAME_SIZE], (guint8)(fill + n));
}

/* frames 0..59, flush, frames 144..192: [0, 48), then nothing of 48..59, then a
 * header and [144, 192) */
GST_START_TEST (test_flush_forgets_what_was_not_sent)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  assert_equals_int (mux_harness_pull (&m), 1);
  assert_equals_int (m.n_headers, 1);
  flush (&m);
  push_segment (&m, 0, 0);
  mux_harness_push (&m, 144, 193);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 48, 48, TRUE);
  assert_chunk (&m, 1, 144, 192, 48, TRUE);
  assert_payload (&m, 0, 0);
  assert_payload (&m, 1, 144);
  assert_equals_int (m.n_headers, 2);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Running time begins anew: the same segment again. */
GST_START_TEST (test_flush_and_back_to_the_start)
{
  MuxHarness m;

  mux_harness_init (&m, CHUNKS, MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 30);
  assert_equals_int (mux_harness_pull (&m), 2);
  flush (&m);
  push_segment (&m, 0, 0);
  mux_harness_push (&m, 0, 13);
  assert_equals_int (mux_harness_pull (&m), 3);
  assert_chunk (&m, 2, 0, 12, 12, TRUE);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* After an error a flush makes the muxer usable again. */
GST_START_TEST (test_flush_after_an_error)
{
  g_autofree gchar *message = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 1000 && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m.h, mux_harness_frame (GST_CLOCK_TIME_NONE, TRUE, 0));
  fail_unless_equals_int (result, GST_FLOW_ERROR);
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  flush (&m);
  push_segment (&m, 0, 0);
  fail_unless_equals_int (mux_harness_push (&m, 0, 49), GST_FLOW_OK);
  assert_equals_int (mux_harness_pull (&m), 1);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- the end ---- */

typedef struct
{
  const gchar *state;
  gboolean has_caps;
  guint first, end; /* frames before the end */
  guint n_chunks;
  guint n_samples; /* of the last one */
} End;

static const End ends[] = {
  { "before caps", FALSE, 0, 0, 0, 0 },
  { "before the first frame", TRUE, 0, 0, 0, 0 },
  { "before the first key frame", TRUE, 1, 30, 0, 0 },
  { "one frame", TRUE, 0, 1, 1, 1 },
  { "inside a segment", TRUE, 0, 60, 2, 12 },
  { "on a boundary", TRUE, 0, 96, 2, 48 },
};

GST_START_TEST (test_end_of_stream)
{
  const End *e = &ends[__i__];
  g_autofree gchar *message = NULL;
  gboolean has_eos = FALSE;
  GstEvent *event;
  MuxHarness m;

  mux_harness_init (&m, "", e->has_caps ? MUX_H264 MUX_CODEC_DATA : NULL);
  mux_harness_push (&m, e->first, e->end);
  fail_unless (gst_harness_push_event (m.h, gst_event_new_eos ()));
  assert_equals_int (mux_harness_pull (&m), e->n_chunks);
  if (e->n_chunks > 0) {
    const CmafChunk *last = mux_harness_chunk (&m, e->n_chunks - 1);

    assert_equals_int (last->n_samples, e->n_samples);
    assert_equals_uint64 (last->duration, e->n_samples * 3600);
    fail_unless (last->flags & CMAF_CHUNK_LAST);
  }
  while ((event = gst_harness_try_pull_event (m.h))) {
    fail_if (has_eos, "%s: something behind EOS", e->state);
    has_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
  }
  fail_unless (has_eos, "%s: no EOS", e->state);
  assert_equals_int (mux_harness_errors (&m, &message), 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- changes ---- */

static guint
header_width (const MuxHarness *m)
{
  return cmaf_fragment_reader_get_track (m->reader)->width;
}

/* frames 0..59, other caps, frames 60..144: [0, 48), [48, 96) with what there
 * was of it, then a new header and [96, 144) */
GST_START_TEST (test_caps_change)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  assert_equals_int (mux_harness_pull (&m), 1);
  gst_harness_set_src_caps_str (m.h,
      "video/x-h264,stream-format=avc,alignment=au,width=128,height=48,"
      "framerate=25/1" MUX_CODEC_DATA);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_int (m.n_headers, 1);
  assert_equals_int (header_width (&m), 64);
  mux_harness_push (&m, 60, 145);
  assert_equals_int (mux_harness_pull (&m), 3);
  assert_equals_int (m.n_headers, 2);
  assert_equals_int (header_width (&m), 128);
  assert_chunk (&m, 1, 48, 96, 12, TRUE);
  assert_chunk (&m, 2, 96, 144, 48, TRUE);
  assert_payload (&m, 1, 48);
  assert_equals_uint64 (mux_harness_stat (&m, "dropped"), 36);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Fields that no header has change nothing. */
GST_START_TEST (test_caps_that_say_the_same)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  gst_harness_set_src_caps_str (
      m.h, MUX_H264 MUX_CODEC_DATA ",parsed=true,lcevc=false");
  mux_harness_push (&m, 60, 97);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_int (m.n_headers, 1);
  assert_chunk (&m, 1, 48, 96, 48, TRUE);
  mux_harness_clear (&m);
}
GST_END_TEST;

static GstClockTime
segment_start (const MuxHarness *m)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (m->h->sinkpad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  return segment->start;
}

/* A segment that goes on seamlessly in the middle of [48, 96): it is told
 * behind that list, so running times are right on both sides. */
GST_START_TEST (test_segment_change)
{
  const GstClockTime start = 1000 * GST_SECOND, base = 60 * MUX_FRAME;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  push_segment (&m, start, base);
  for (guint i = 60; i < 97; i++)
    gst_harness_push (m.h, mux_harness_frame (start + i * MUX_FRAME - base,
                               i % 48 == 0, (guint8)i));
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_uint64 (segment_start (&m), 0);
  for (guint i = 97; i < 145; i++)
    gst_harness_push (m.h, mux_harness_frame (start + i * MUX_FRAME - base,
                               i % 48 == 0, (guint8)i));
  assert_equals_int (mux_harness_pull (&m), 3);
  assert_equals_uint64 (segment_start (&m), start);
  for (guint i = 0; i < 3; i++)
    assert_chunk (&m, i, i * 48, (i + 1) * 48, 48, TRUE);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- requests of the application ---- */

/* Takes a request for a key frame that went upstream. */
static gboolean
pull_request (MuxHarness *m, GstClockTime *running_time, guint *count)
{
  GstEvent *event;

  while ((event = gst_harness_try_pull_upstream_event (m->h))) {
    gboolean is_request = gst_video_event_is_force_key_unit (event)
                          && gst_video_event_parse_upstream_force_key_unit (
                              event, running_time, NULL, count);

    gst_event_unref (event);
    if (is_request)
      return TRUE;
  }
  return FALSE;
}

/* [0, 10) and [10, 48), and a key frame asked for at frame 10 */
GST_START_TEST (test_split_at_running_time)
{
  gboolean was_asked = FALSE;
  GstClockTime time;
  MuxHarness m;
  guint count;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 2);
  g_signal_emit_by_name (
      m.mux, "split-at-running-time", (guint64)(10 * MUX_FRAME - GST_MSECOND));
  mux_harness_push (&m, 2, 49);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 10, 10, TRUE);
  assert_chunk (&m, 1, 10, 48, 38, FALSE);
  while (pull_request (&m, &time, &count))
    was_asked |= time == 10 * MUX_FRAME - GST_MSECOND;
  fail_unless (was_asked);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* [0, 48) with a header, [48, 96) without, [96, 144) with one, [144, 192) */
GST_START_TEST (test_send_headers)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 97);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_int (m.n_headers, 1);
  g_signal_emit_by_name (m.mux, "send-headers");
  mux_harness_push (&m, 97, 193);
  assert_equals_int (mux_harness_pull (&m), 4);
  assert_equals_int (m.n_headers, 2);
  mux_harness_clear (&m);
}
GST_END_TEST;

static void
split_now (MuxHarness *m, GstStructure *s)
{
  fail_unless (gst_harness_push_event (
      m->h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, s)));
}

/* [0, 5), then [5, 48); no key frame is asked for */
GST_START_TEST (test_split_now_into_chunks)
{
  GstClockTime time;
  MuxHarness m;
  guint count;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 5);
  split_now (&m, gst_structure_new (
                     "FMP4MuxSplitNow", "chunk", G_TYPE_BOOLEAN, TRUE, NULL));
  mux_harness_push (&m, 5, 49);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 5, 5, TRUE);
  assert_chunk (&m, 1, 5, 48, 43, FALSE);
  while (pull_request (&m, &time, &count))
    fail_unless (GST_CLOCK_TIME_IS_VALID (time));
  mux_harness_clear (&m);
}
GST_END_TEST;

/* asked at frame 5, the key frame comes as frame 9: [0, 9), then [9, 48) */
GST_START_TEST (test_split_now_at_a_key_frame)
{
  gboolean was_asked = FALSE;
  GstClockTime time;
  MuxHarness m;
  guint count;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 5);
  split_now (&m, gst_structure_new_empty ("FMP4MuxSplitNow"));
  while (pull_request (&m, &time, &count))
    was_asked |= !GST_CLOCK_TIME_IS_VALID (time);
  fail_unless (was_asked);
  mux_harness_push (&m, 5, 9);
  gst_harness_push (m.h, mux_harness_frame (9 * MUX_FRAME, TRUE, 9));
  mux_harness_push (&m, 10, 49);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_chunk (&m, 0, 0, 9, 9, TRUE);
  assert_chunk (&m, 1, 9, 48, 39, FALSE);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- queries and counters ---- */

typedef struct
{
  const gchar *settings, *caps;
  GstClockTime latency; /* of the muxer alone */
} Latency;

static const Latency latencies[] = {
  { "", MUX_H264 MUX_CODEC_DATA, 1960 * GST_MSECOND },
  { "segment-duration=4/1", MUX_H264 MUX_CODEC_DATA, 4040 * GST_MSECOND },
  { CHUNKS, MUX_H264 MUX_CODEC_DATA, 520 * GST_MSECOND },
  { "chunk-duration=40000000", MUX_H264 MUX_CODEC_DATA, 80 * GST_MSECOND },
  { "chunk-duration=171798691880000000", MUX_H264 MUX_CODEC_DATA,
      1960 * GST_MSECOND },
  { "splice-mode=move", MUX_H264 MUX_CODEC_DATA, 2920 * GST_MSECOND },
  { CHUNKS " splice-mode=move", MUX_H264 MUX_CODEC_DATA, 520 * GST_MSECOND },
  { "segment-duration=48/25", MUX_AAC,
      1920 * GST_MSECOND + GST_SECOND * 1024 / 48000 },
};

GST_START_TEST (test_latency)
{
  const Latency *l = &latencies[__i__];
  GstMessage *message;
  GstQuery *query;
  MuxHarness m;
  gboolean is_live;
  GstClockTime min, max;

  mux_harness_init (&m, l->settings, l->caps);
  gst_harness_set_upstream_latency (m.h, 30 * GST_MSECOND);
  mux_harness_push (&m, 0, 1);
  message = gst_bus_pop_filtered (m.bus, GST_MESSAGE_LATENCY);
  fail_unless (message != NULL, "nobody was told");
  gst_message_unref (message);
  query = gst_query_new_latency ();
  fail_unless (gst_pad_peer_query (m.h->sinkpad, query));
  gst_query_parse_latency (query, &is_live, &min, &max);
  fail_unless (is_live);
  assert_equals_uint64 (min, l->latency + 30 * GST_MSECOND);
  fail_if (GST_CLOCK_TIME_IS_VALID (max));
  gst_query_unref (query);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Three frames too early, one twice; [0, 48) in four chunks, [48, 60) in one.
 */
GST_START_TEST (test_stats)
{
  static const struct
  {
    const gchar *name;
    guint64 value;
  } expected[] = {
    { "segments", 2 },
    { "chunks", 5 },
    { "samples", 60 },
    { "missed-key-frames", 0 },
    { "repeated", 1 },
    { "gaps", 0 },
    { "dropped", 3 },
  };
  g_autoptr (GstStructure) stats = NULL;
  guint64 n_bytes = 0;
  gint64 offset = -1;
  MuxHarness m;

  mux_harness_init (&m, CHUNKS, NULL);
  gst_harness_push_event (m.h, gst_event_new_stream_start ("early"));
  gst_harness_set_src_caps_str (m.h, MUX_H264 MUX_CODEC_DATA);
  push_segment (&m, 3 * MUX_FRAME, 0); /* three frames lie before it */
  for (guint i = 0; i < 63; i++)
    gst_harness_push (
        m.h, mux_harness_frame (i * MUX_FRAME, i < 4 || i == 51, (guint8)i));
  gst_harness_push (m.h, mux_harness_frame (62 * MUX_FRAME, FALSE, 62));
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_pull (&m), 5);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    fail_unless (mux_harness_stat (&m, expected[i].name) == expected[i].value,
        "%s is %" G_GUINT64_FORMAT, expected[i].name,
        mux_harness_stat (&m, expected[i].name));
  for (guint i = 0; i < m.buffers->len; i++)
    n_bytes += gst_buffer_get_size (m.buffers->pdata[i]);
  assert_equals_uint64 (mux_harness_stat (&m, "bytes"), n_bytes);
  g_object_get (m.mux, "stats", &stats, NULL);
  fail_unless_equals_string (
      gst_structure_get_name (stats), "application/x-cmafsyncmux-stats");
  fail_unless_equals_string (
      gst_structure_get_string (stats, "source"), "fixed");
  fail_unless (gst_structure_get_int64 (stats, "offset", &offset));
  assert_equals_int64 (offset, 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_seeks_are_refused)
{
  static const gdouble rates[] = { 1.0, 2.0, -1.0 };
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean is_seekable = TRUE;
  GstFormat format;
  GstEvent *event;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  fail_unless (gst_pad_peer_query (m.h->sinkpad, query));
  gst_query_parse_seeking (query, &format, &is_seekable, NULL, NULL);
  fail_if (is_seekable);
  fail_unless_equals_int (format, GST_FORMAT_TIME);
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    fail_if (gst_harness_push_upstream_event (
        m.h, gst_event_new_seek (rates[i], GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                 GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
  while ((event = gst_harness_try_pull_upstream_event (m.h))) {
    fail_if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK);
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
  tcase_add_test (tcase, test_flush_forgets_what_was_not_sent);
  tcase_add_test (tcase, test_flush_and_back_to_the_start);
  tcase_add_test (tcase, test_flush_after_an_error);
  tcase_add_loop_test (tcase, test_end_of_stream, 0, G_N_ELEMENTS (ends));
  tcase_add_test (tcase, test_caps_change);
  tcase_add_test (tcase, test_caps_that_say_the_same);
  tcase_add_test (tcase, test_segment_change);
  tcase_add_test (tcase, test_split_at_running_time);
  tcase_add_test (tcase, test_send_headers);
  tcase_add_test (tcase, test_split_now_into_chunks);
  tcase_add_test (tcase, test_split_now_at_a_key_frame);
  tcase_add_loop_test (tcase, test_latency, 0, G_N_ELEMENTS (latencies));
  tcase_add_test (tcase, test_stats);
  tcase_add_test (tcase, test_seeks_are_refused);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_events);
