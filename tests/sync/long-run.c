/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Hours of 29.97 frames a second and AAC at 48 kHz through two muxers, as fast
 * as they go: every access unit carries its number, and has to be at the tick
 * of that number, in the segment of that tick, to the last one. What an encoder
 * gives is made up; its time stamps are rounded to nanoseconds, and each frame
 * has a PTP stamp. Memory must not grow.
 *
 *   long-run [--hours 24] */
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/timescale.h>
#include <gst/gst.h>

#include <stdio.h>
#include <string.h>

#include "sanitizer.h"

#define NEW_YEAR G_GUINT64_CONSTANT (1735689600) /* s */
#define TAI_OFFSET 37                            /* s */
#define PTP_SHIFT 1109 /* frames in that: n of TAI less n of media time */
#define N0 G_GUINT64_CONSTANT (52018669331) /* first frame of the year */
#define AU0 G_GUINT64_CONSTANT (81360450001)
#define MAX_GROWTH (1 << 20)

typedef struct
{
  const gchar *name, *caps;
  guint32 timescale, unit_ticks;
  guint64 first; /* number of the first unit pushed */
  gboolean is_video;
} Kind;

static const Kind kinds[] = {
  { "video",
      "video/x-h264,stream-format=avc,alignment=au,width=64,height=48,"
      "framerate=30000/1001,codec_data=(buffer)0164001effe1001a6764001eacd940"
      "a02ff97011000003000100000300320f162d9601000668ebe3cb22c0",
      30000, 1001, N0, TRUE },
  { "audio",
      "audio/mpeg,mpegversion=4,stream-format=raw,framed=true,rate=48000,"
      "channels=2,codec_data=(buffer)1190",
      48000, 1024, AU0, FALSE },
};

typedef struct
{
  const Kind *kind;
  GstElement *mux;
  GstPad *in, *out;
  CmafFragmentReader *reader;
  guint64 pushed; /* units */
  guint64 seen;
  gboolean has_seen;
  guint64 next; /* number of the unit that comes next */
  guint64 end;  /* ticks of the last chunk */
  guint64 segments;
  guint64 worst; /* ticks from where a unit belongs */
  guint problems;
} Track;

static void
complain (Track *t, const gchar *what, guint64 number, guint64 tick)
{
  if (t->problems++ < 10)
    g_printerr ("%s: %s, unit %" G_GUINT64_FORMAT " at tick %" G_GUINT64_FORMAT
                "\n",
        t->kind->name, what, number, tick);
}

/* ---- out of the muxer ---- */

/* D = 1001/500: K = floor (tick * 500 / (1001 * timescale)) */
static guint64
segment_of (const Track *t, guint64 tick)
{
  return cmaf_muldiv (tick, 500, 0, 1001 * (guint64)t->kind->timescale);
}

static void
check_unit (Track *t, const guint8 *unit, guint64 tick, guint64 segment)
{
  const guint64 number = GST_READ_UINT64_BE (unit + 5);
  const guint64 wanted = number * t->kind->unit_ticks;

  if (t->has_seen && number != t->next)
    complain (t, "not the next", number, tick);
  if (segment_of (t, tick) != segment)
    complain (t, "in another segment", number, tick);
  if (tick != wanted)
    complain (t, "at another tick", number, tick);
  t->worst = MAX (t->worst, tick > wanted ? tick - wanted : wanted - tick);
  t->has_seen = TRUE;
  t->next = number + 1;
  t->seen++;
}

static void
check_chunk (Track *t, const CmafChunk *chunk)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint64 segment = segment_of (t, chunk->decode_time);
  guint64 tick = chunk->decode_time;
  gsize at = chunk->payload;

  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize size;
    gconstpointer data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    g_byte_array_append (bytes, data, (guint)size);
  }
  for (guint i = 0; i < chunk->n_samples; i++) {
    check_unit (t, bytes->data + at, tick, segment);
    tick += chunk->samples[i].duration;
    at += chunk->samples[i].size;
  }
  t->end = tick;
  t->segments++;
}

static GstFlowReturn
take_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  Track *t = gst_pad_get_element_private (pad);
  CmafReadResult result;

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (
        gst_buffer_list_get (list, i), 0, G_MAXSIZE, &data, &size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (t->reader, bytes);
  }
  gst_buffer_list_unref (list);
  while ((result = cmaf_fragment_reader_read (t->reader, NULL))
         != CMAF_READ_MORE) {
    if (result == CMAF_READ_ERROR) {
      complain (t, "cannot be read", t->next, t->end);
      return GST_FLOW_ERROR;
    }
    if (result == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (t->reader);

      check_chunk (t, chunk);
    }
  }
  return GST_FLOW_OK;
}

/* ---- into the muxer ---- */

static guint64
time_of (const Track *t, guint64 number)
{
  return cmaf_ns_from_ticks (number * t->kind->unit_ticks, t->kind->timescale);
}

/* One NAL unit, or raw AAC, that holds its number. */
static GstBuffer *
new_unit (guint64 number, gboolean is_sync)
{
  static const guint8 slice[13] = { 0, 0, 0, 9, 0x41 };
  static const guint8 idr[13] = { 0, 0, 0, 9, 0x65 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, sizeof slice, NULL);
  guint8 bytes[8];

  gst_buffer_fill (buffer, 0, is_sync ? idr : slice, sizeof slice);
  GST_WRITE_UINT64_BE (bytes, number);
  gst_buffer_fill (buffer, 5, bytes, sizeof bytes);
  if (!is_sync)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
add_stamp (GstBuffer *buffer, guint64 number)
{
  static GstCaps *ptp;

  if (!ptp) {
    ptp = gst_caps_new_empty_simple ("timestamp/x-ptp");
    GST_MINI_OBJECT_FLAG_SET (ptp, GST_MINI_OBJECT_FLAG_MAY_BE_LEAKED);
  }
  gst_buffer_add_reference_timestamp_meta (buffer, ptp,
      cmaf_ns_from_ticks ((number + PTP_SHIFT) * 1001, 30000),
      GST_CLOCK_TIME_NONE);
}

/* The first of the year has running time zero, to where it lies on its grid. */
static gboolean
push_unit (Track *t)
{
  const guint64 number = t->kind->first + t->pushed;
  const guint64 origin = cmaf_ns_from_ticks (N0 * 1001, 30000);
  const gboolean is_sync = !t->kind->is_video || number % 60 == 0;
  GstBuffer *buffer = new_unit (number, is_sync);

  GST_BUFFER_PTS (buffer) = time_of (t, number) - origin;
  if (t->kind->is_video)
    add_stamp (buffer, number);
  t->pushed++;
  return gst_pad_push (t->in, buffer) == GST_FLOW_OK;
}

static gboolean
take_upstream (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

static void
open_track (Track *t, const Kind *kind, GstBin *bin)
{
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  memset (t, 0, sizeof *t);
  t->kind = kind;
  t->reader = cmaf_fragment_reader_new (NULL);
  t->mux = gst_element_factory_make ("cmafsyncmux", NULL);
  g_object_set (t->mux, "timing-sources", "reference-timestamp", NULL);
  gst_bin_add (bin, t->mux);
  sink = gst_element_get_static_pad (t->mux, "sink");
  src = gst_element_get_static_pad (t->mux, "src");
  t->in = gst_pad_new (NULL, GST_PAD_SRC);
  t->out = gst_pad_new (NULL, GST_PAD_SINK);
  gst_pad_set_event_function (t->in, take_upstream);
  gst_pad_set_element_private (t->out, t);
  gst_pad_set_chain_list_function (t->out, take_list);
  gst_pad_set_active (t->in, TRUE);
  gst_pad_set_active (t->out, TRUE);
  gst_pad_link (t->in, sink);
  gst_pad_link (src, t->out);
}

static void
begin_track (Track *t)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (t->kind->caps);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (t->in, gst_event_new_stream_start (t->kind->name));
  gst_pad_push_event (t->in, gst_event_new_caps (caps));
  gst_pad_push_event (t->in, gst_event_new_segment (&segment));
}

static void
close_track (Track *t)
{
  gst_pad_set_active (t->in, FALSE);
  gst_pad_set_active (t->out, FALSE);
  gst_clear_object (&t->in);
  gst_clear_object (&t->out);
  cmaf_fragment_reader_free (t->reader);
}

/* ---- the run ---- */

/* Bytes of this process that are in memory, and its own. */
static gint64
read_memory (void)
{
  g_autofree gchar *text = NULL;
  guint64 total, resident, shared;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || sscanf (text,
             "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
             &total, &resident, &shared)
             != 3)
    return 0;
  return (gint64)(resident - shared) * 4096;
}

/* The earlier of the two first, until @end (media time). */
static gboolean
run_until (Track *tracks, guint64 end)
{
  gboolean ok = TRUE;

  while (ok) {
    const guint64 video = time_of (&tracks[0], N0 + tracks[0].pushed);
    const guint64 audio = time_of (&tracks[1], AU0 + tracks[1].pushed);

    if (MIN (video, audio) >= end)
      return TRUE;
    ok = push_unit (&tracks[video <= audio ? 0 : 1]);
  }
  return FALSE;
}

static gboolean
report (const Track *t, guint64 seconds)
{
  const guint64 expected = seconds * t->kind->timescale / t->kind->unit_ticks;

  g_print ("%s: %" G_GUINT64_FORMAT " units in %" G_GUINT64_FORMAT
           " segments, drift %" G_GUINT64_FORMAT " ticks\n",
      t->kind->name, t->seen, t->segments, t->worst);
  /* those before the first boundary are not sent */
  return t->problems == 0 && t->worst == 0 && t->seen <= expected + 1
         && t->seen + 3 * t->kind->timescale / t->kind->unit_ticks > expected;
}

static gboolean
run (guint64 seconds)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new (NULL));
  const guint64 begin = NEW_YEAR * GST_SECOND, tenth = seconds / 10;
  gint64 before = 0, growth, started = g_get_monotonic_time ();
  Track tracks[G_N_ELEMENTS (kinds)];
  gboolean ok = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    open_track (&tracks[i], &kinds[i], GST_BIN (pipeline));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    begin_track (&tracks[i]);
  for (guint i = 1; i <= 10 && ok; i++) {
    ok = run_until (tracks, begin + i * tenth * GST_SECOND);
    if (i == 2)
      before = read_memory ();
  }
  growth = read_memory () - before;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gst_pad_push_event (tracks[i].in, gst_event_new_eos ());
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_print ("%.2f h in %.1f s, memory grew by %" G_GINT64_FORMAT
           " KiB in the last four fifths\n",
      (gdouble)seconds / 3600,
      (gdouble)(g_get_monotonic_time () - started) / G_USEC_PER_SEC,
      growth / 1024);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    ok = report (&tracks[i], seconds) && ok;
    close_track (&tracks[i]);
  }
  return ok && (TEST_IS_SANITIZED || growth <= MAX_GROWTH);
}

int
main (int argc, char **argv)
{
  gint hours = 0;
  const GOptionEntry entries[] = {
    { "hours", 0, 0, G_OPTION_ARG_INT, &hours,
        "Hours of media (else one, or some minutes for a sanitizer)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || hours < 0) {
    g_printerr ("long-run: %s\n", error ? error->message : "--hours");
    return 2;
  }
  if (hours == 0)
    return run (TEST_IS_SANITIZED ? 180 : 3600) ? 0 : 1;
  return run ((guint64)hours * 3600) ? 0 : 1;
}
