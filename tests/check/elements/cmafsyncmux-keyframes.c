/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux asks for key frames before a frame enters the encoder, so no
 * boundary is missed, however far the encoder looks ahead. */
#include "mux-run.h"

#include <gst/video/video.h>

#define SOURCE                                                                 \
  "videotestsrc num-buffers=%u is-live=%s ! "                                  \
  "video/x-raw,width=160,height=120,framerate=%s ! "

typedef struct
{
  const gchar *encoder; /* and parser */
  const gchar *fps;
  const gchar *settings;
  gboolean is_live;
  guint n_frames; /* of a segment */
} Ahead;

static const Ahead ahead[] = {
  { "x264enc ! h264parse", "25/1", "timing-sources=fixed", FALSE, 48 },
  { "x264enc ! h264parse", "30000/1001", "timing-sources=fixed", FALSE, 60 },
  { "x265enc ! h265parse", "25/1", "timing-sources=fixed", FALSE, 48 },
  { "x265enc ! h265parse", "30000/1001", "timing-sources=fixed", FALSE, 60 },
  { "x264enc ! h264parse", "25/1",
      "timing-sources=fixed segment-duration=24/25", TRUE, 24 },
  { "x264enc ! h264parse", "30000/1001",
      "timing-sources=fixed segment-duration=1001/1250", TRUE, 24 },
  { "x265enc ! h265parse", "25/1",
      "timing-sources=fixed segment-duration=24/25", TRUE, 24 },
  { "x265enc ! h265parse", "30000/1001",
      "timing-sources=fixed segment-duration=1001/1250", TRUE, 24 },
  /* as on a machine with many processors */
  { "x264enc threads=16 ! h264parse", "25/1", "timing-sources=fixed", FALSE,
      48 },
  { "x264enc rc-lookahead=100 ! h264parse", "25/1", "timing-sources=fixed",
      FALSE, 48 },
  { "x265enc option-string=rc-lookahead=60 ! h265parse", "25/1",
      "timing-sources=fixed", FALSE, 48 },
  /* further than the requests that are sent at once */
  { "x264enc rc-lookahead=150 ! h264parse", "25/1",
      "timing-sources=fixed segment-duration=24/25", FALSE, 24 },
  /* queues, a tee and a caps filter are no obstacle */
  { "x264enc threads=16 ! queue ! h264parse ! tee ! "
    "video/x-h264,alignment=au ! queue",
      "25/1", "timing-sources=fixed", FALSE, 48 },
  /* the time of day is known before the first coded frame, too */
  { "x264enc threads=16 ! h264parse", "25/1", "timing-sources=clock", FALSE,
      48 },
};

/* Whole segments, but for the last one, and the first one of a source that does
 * not start at zero. */
static void
check_segments (const MuxRun *run, guint n_frames, guint at_least)
{
  assert_equals_int (run->errors->len + run->warnings->len, 0);
  fail_unless (mux_run_message (run, "cmaf-sync-misaligned", 0) == NULL);
  fail_unless (
      run->chunks->len >= at_least, "only %u segments", run->chunks->len);
  for (guint i = 0; i < run->chunks->len; i++) {
    const CmafChunk *chunk = run->chunks->pdata[i];

    fail_unless (chunk->flags & CMAF_CHUNK_SYNC);
    fail_unless (chunk->n_samples == n_frames || i + 1 == run->chunks->len
                     || (i == 0 && chunk->decode_time > 0),
        "segment %u has %u frames", i, chunk->n_samples);
  }
}

GST_START_TEST (test_no_boundary_is_missed)
{
  const Ahead *a = &ahead[__i__];
  g_autofree gchar *text = g_strdup_printf (
      SOURCE "%s ! cmafsyncmux name=mux %s", a->is_live ? 75 : 200,
      a->is_live ? "true" : "false", a->fps, a->encoder, a->settings);
  MuxRun run;

  mux_run (&run, text, NULL, NULL);
  check_segments (&run, a->n_frames, 3);
  mux_run_clear (&run);
}
GST_END_TEST;

/* The encoder in one bin, the muxer in another. */
GST_START_TEST (test_encoder_in_a_bin)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *encoder = gst_parse_bin_from_description (
      "x264enc threads=16 ! h264parse", TRUE, NULL);
  GstElement *mux = gst_parse_bin_from_description (
      "queue ! cmafsyncmux timing-sources=fixed", TRUE, NULL);
  GstElement *source = gst_parse_bin_from_description (
      "videotestsrc num-buffers=200 ! "
      "video/x-raw,width=160,height=120,framerate=25/1",
      TRUE, NULL);
  GstElement *out = gst_element_factory_make ("appsink", "out");
  MuxRun run;

  g_object_set (out, "sync", FALSE, "buffer-list", TRUE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, encoder, mux, out, NULL);
  fail_unless (gst_element_link_many (source, encoder, mux, out, NULL));
  mux_run_pipeline (&run, pipeline, NULL, NULL);
  check_segments (&run, 48, 4);
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- what is asked ---- */

typedef struct
{
  GstClockTime time;
  guint n_raw; /* frames that had entered the encoder, or were about to */
} Request;

typedef struct
{
  GArray *requests;
  guint n_raw;
} Asked;

static GstPadProbeReturn
note_request (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Asked *asked = data;
  Request request = { 0, asked->n_raw };

  if (gst_video_event_is_force_key_unit (event)) {
    fail_unless (gst_video_event_parse_upstream_force_key_unit (
        event, &request.time, NULL, NULL));
    g_array_append_val (asked->requests, request);
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
note_raw (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Asked *asked = data;

  asked->n_raw++;
  return GST_PAD_PROBE_OK;
}

static void
watch_encoder (GstElement *pipeline, gpointer data)
{
  GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  GstPad *sink = gst_element_get_static_pad (encoder, "sink");
  GstPad *src = gst_element_get_static_pad (encoder, "src");

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, note_raw, data, NULL);
  gst_pad_add_probe (
      src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, note_request, data, NULL);
  gst_object_unref (sink);
  gst_object_unref (src);
  gst_object_unref (encoder);
}

#define ENCODER                                                                \
  "x264enc name=encoder threads=1 speed-preset=ultrafast rc-lookahead=60 ! "   \
  "h264parse ! cmafsyncmux name=mux timing-sources=fixed "

static void
run_asked (MuxRun *run, Asked *asked, const gchar *settings)
{
  g_autofree gchar *text =
      g_strdup_printf (SOURCE ENCODER "%s", 200, "false", "25/1", settings);

  asked->requests = g_array_new (FALSE, FALSE, sizeof (Request));
  asked->n_raw = 0;
  mux_run (run, text, watch_encoder, asked);
}

/* Frames 48, 96, 144 and 192, when the frame is about to enter, and no other.
 */
GST_START_TEST (test_boundaries_are_asked_for_in_time)
{
  guint n_asked[4] = { 0 };
  Asked asked;
  MuxRun run;

  run_asked (&run, &asked, "");
  check_segments (&run, 48, 5);
  for (guint i = 0; i < asked.requests->len; i++) {
    guint entering = g_array_index (asked.requests, Request, i).n_raw - 1;

    fail_unless (entering > 0 && entering % 48 == 0 && entering < 5 * 48,
        "asked at frame %u", entering);
    n_asked[entering / 48 - 1]++;
  }
  for (guint i = 0; i < 4; i++)
    fail_unless (n_asked[i] > 0, "boundary %u", i + 1);
  g_array_unref (asked.requests);
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_nothing_is_asked_when_told_so)
{
  Asked asked;
  MuxRun run;

  run_asked (&run, &asked, "send-force-key-unit=false");
  assert_equals_int (asked.requests->len, 0);
  g_array_unref (asked.requests);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Before the first coded frame is out, for the next one: encoders then count
 * in times of their own (mux-upstream.c). */
static GstPadProbeReturn
ask_too (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) == 400 * GST_MSECOND)
    gst_pad_send_event (
        GST_PAD (data), gst_video_event_new_upstream_force_key_unit (
                            GST_CLOCK_TIME_NONE, TRUE, 1));
  return GST_PAD_PROBE_OK;
}

static void
add_other (GstElement *pipeline, gpointer data)
{
  GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  GstPad *sink = gst_element_get_static_pad (encoder, "sink");

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, ask_too,
      gst_element_get_static_pad (encoder, "src"), gst_object_unref);
  gst_object_unref (sink);
  gst_object_unref (encoder);
}

GST_START_TEST (test_requests_of_others_do_not_hide_ours)
{
  g_autofree gchar *text =
      g_strdup_printf (SOURCE "x264enc name=encoder threads=1 rc-lookahead=40 "
                              "! cmafsyncmux name=mux timing-sources=fixed",
          200, "false", "25/1");
  MuxRun run;

  mux_run (&run, text, add_other, NULL);
  check_segments (&run, 48, 5);
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- stopping ---- */

typedef struct
{
  GMutex lock;
  GCond reached;
  guint n_left; /* lock: lock; raw frames until it is signalled */
} Countdown;

static GstPadProbeReturn
count_down (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Countdown *c = data;

  g_mutex_lock (&c->lock);
  if (c->n_left > 0 && --c->n_left == 0)
    g_cond_signal (&c->reached);
  g_mutex_unlock (&c->lock);
  return GST_PAD_PROBE_OK;
}

/* Stopped while the encoder works, and the muxer watches it; then a whole run,
 * in which nothing of the first one is left. */
static const guint stops[] = { 1, 47, 48, 49, 100 };

GST_START_TEST (test_stop_while_frames_enter)
{
  g_autofree gchar *text = g_strdup_printf (SOURCE ENCODER
      "! appsink name=out sync=false buffer-list=true",
      200, "false", "25/1");
  GstElement *pipeline = gst_parse_launch (text, NULL);
  GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  GstPad *pad = gst_element_get_static_pad (encoder, "sink");
  Countdown c = { .n_left = stops[__i__] };
  MuxRun run;

  g_mutex_init (&c.lock);
  g_cond_init (&c.reached);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_down, &c, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_mutex_lock (&c.lock);
  while (c.n_left > 0)
    g_cond_wait (&c.reached, &c.lock);
  g_mutex_unlock (&c.lock);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  mux_run_pipeline (&run, pipeline, NULL, NULL);
  check_segments (&run, 48, 5);
  mux_run_clear (&run);
  gst_object_unref (pad);
  gst_object_unref (encoder);
  g_mutex_clear (&c.lock);
  g_cond_clear (&c.reached);
}
GST_END_TEST;

static Suite *
cmafsyncmux_keyframes_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-keyframes");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_no_boundary_is_missed, 0, G_N_ELEMENTS (ahead));
  tcase_add_test (tcase, test_encoder_in_a_bin);
  tcase_add_test (tcase, test_boundaries_are_asked_for_in_time);
  tcase_add_test (tcase, test_nothing_is_asked_when_told_so);
  tcase_add_test (tcase, test_requests_of_others_do_not_hide_ours);
  tcase_add_loop_test (
      tcase, test_stop_while_frames_enter, 0, G_N_ELEMENTS (stops));
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_keyframes);
