/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two live encoders with one store, both asked for another generation at the
 * same moment, or the second one when it has heard of it: they begin one, with
 * the same segment, and their tracks are the same bytes. */
#include "mux-run.h"

#include <string.h>

#define SPEED 16 /* times real time */
#define FRAMES 600
#define AT_SEGMENT 3
#define SEGMENT_TICKS 172800
#define LIVE                                                                   \
  "videotestsrc name=source is-live=true pattern=smpte100 num-buffers=%u ! "   \
  "video/x-raw,width=64,height=48,framerate=25/1 ! x264enc "                   \
  "speed-preset=ultrafast threads=1 bframes=0 tune=zerolatency pass=quant ! "  \
  "h264parse ! "                                                               \
  "cmafsyncmux name=mux track-name=v timing-sources=fixed sync-store=%s"

/* The numbers that are asked for; 0: soon. */
typedef struct
{
  guint64 first[2];
  guint behind; /* segments by which the second one is asked later */
} Case;

static const Case cases[] = {
  { { 0, 0 }, 0 },
  { { 9, 10 }, 0 },
  { { 0, 0 }, 3 },
};

typedef struct
{
  GMutex lock;
  GCond changed;
  guint n_started, n_there; /* lock: lock; encoders that have come so far */
} Meeting;

typedef struct
{
  Meeting *meeting;
  const gchar *store;
  guint64 first;
  guint at; /* segment behind which it is asked */
  guint n_segments;
  GstElement *mux; /* borrowed */
  GstClock *clock; /* borrowed */
  MuxRun run;
} Encoder;

static void
meet (Meeting *meeting, guint *n)
{
  g_mutex_lock (&meeting->lock);
  (*n)++;
  g_cond_broadcast (&meeting->changed);
  while (*n < 2)
    g_cond_wait (&meeting->changed, &meeting->lock);
  g_mutex_unlock (&meeting->lock);
}

static void
set_speed (GstClock *clock, GstClockTime n, GstClockTime d)
{
  GstClockTime time = gst_clock_get_time (clock);

  gst_clock_set_calibration (
      clock, gst_clock_get_internal_time (clock), time, n, d);
}

/* Time stands nearly still until both have their first frame. */
static GstPadProbeReturn
on_first_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Encoder *encoder = data;

  meet (encoder->meeting, &encoder->meeting->n_started);
  set_speed (encoder->clock, SPEED, 1);
  return GST_PAD_PROBE_REMOVE;
}

static GstPadProbeReturn
on_segment (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Encoder *encoder = data;

  encoder->n_segments++;
  if (encoder->n_segments == AT_SEGMENT)
    meet (encoder->meeting, &encoder->meeting->n_there);
  if (encoder->n_segments == encoder->at)
    g_signal_emit_by_name (encoder->mux, "begin-generation", encoder->first);
  return GST_PAD_PROBE_OK;
}

static void
prepare (GstElement *pipeline, gpointer data)
{
  Encoder *encoder = data;
  g_autoptr (GstClock) clock = g_object_new (
      GST_TYPE_SYSTEM_CLOCK, "clock-type", GST_CLOCK_TYPE_MONOTONIC, NULL);
  g_autoptr (GstElement) mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (mux, "src");
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_autoptr (GstPad) first = gst_element_get_static_pad (source, "src");

  gst_object_ref_sink (clock);
  set_speed (clock, 1, 1000);
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  encoder->mux = mux;
  encoder->clock = clock;
  gst_pad_add_probe (
      first, GST_PAD_PROBE_TYPE_BUFFER, on_first_frame, encoder, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER_LIST, on_segment, encoder, NULL);
}

static gpointer
run_encoder (gpointer data)
{
  Encoder *encoder = data;
  g_autofree gchar *text = g_strdup_printf (LIVE, FRAMES, encoder->store);

  mux_run (&encoder->run, text, prepare, encoder);
  return NULL;
}

static guint64
begins_at (const MuxRun *run)
{
  const GstStructure *s = mux_run_message (run, "cmaf-sync-generation", 0);
  guint64 first = 0;

  fail_unless (s && gst_structure_get_uint64 (s, "K", &first));
  fail_unless (mux_run_message (run, "cmaf-sync-generation", 1) == NULL);
  return first;
}

/* Where segment @number begins in the track. */
static gsize
find_segment (const MuxRun *run, guint64 number)
{
  for (guint i = 0; i < run->chunks->len; i++) {
    const CmafChunk *chunk = run->chunks->pdata[i];
    const guint8 *found;
    gsize size;
    gconstpointer data;

    if (chunk->decode_time != number * SEGMENT_TICKS)
      continue;
    data = g_bytes_get_data (chunk->bytes->pdata[0], &size);
    found = memmem (run->bytes->data, run->bytes->len, data, size);
    fail_unless (found != NULL);
    return (gsize)(found - run->bytes->data);
  }
  fail ("no segment %" G_GUINT64_FORMAT, number);
  return 0;
}

static guint64
segment_of (const MuxRun *run, guint i)
{
  return ((const CmafChunk *)run->chunks->pdata[i])->decode_time
         / SEGMENT_TICKS;
}

/* All segments that both have as a whole, and the headers in between, that of
 * the generation from @begins on too. */
static void
assert_same_bytes (const MuxRun *a, const MuxRun *b, guint64 begins)
{
  const guint64 from = MAX (segment_of (a, 0), segment_of (b, 0)) + 1;
  const guint64 end = MIN (
      segment_of (a, a->chunks->len - 1), segment_of (b, b->chunks->len - 1));
  const gsize at_a = find_segment (a, from), at_b = find_segment (b, from);
  const gsize n = find_segment (a, end) - at_a;

  fail_unless (from < begins && begins < end);
  assert_equals_uint64 (find_segment (b, end) - at_b, n);
  fail_unless (memcmp (a->bytes->data + at_a, b->bytes->data + at_b, n) == 0);
}

GST_START_TEST (test_encoders_that_are_asked_at_once_begin_one_generation)
{
  const Case *c = &cases[__i__];
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  Meeting meeting = { 0 };
  Encoder encoders[2] = { 0 };
  GThread *threads[2];
  MuxRun *a = &encoders[0].run, *b = &encoders[1].run;
  guint64 begins;

  for (guint i = 0; i < 2; i++) {
    encoders[i].meeting = &meeting;
    encoders[i].store = store;
    encoders[i].first = c->first[i];
    encoders[i].at = AT_SEGMENT + i * c->behind;
    threads[i] = g_thread_new ("encoder", run_encoder, &encoders[i]);
  }
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < 2; i++)
    assert_equals_int (
        encoders[i].run.errors->len + encoders[i].run.warnings->len, 0);
  begins = begins_at (a);
  assert_equals_uint64 (begins, begins_at (b));
  assert_equals_int (a->track->generation, 1);
  assert_equals_int (b->track->generation, 1);
  assert_same_bytes (a, b, begins);
  mux_run_clear (a);
  mux_run_clear (b);
}
GST_END_TEST;

static Suite *
cmafsyncmux_together_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-together");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase,
      test_encoders_that_are_asked_at_once_begin_one_generation, 0,
      G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_together);
