/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Plays a URL with playbin or playbin3 and prints one line of JSON: which
 * demuxer did it, how many frames came out, and how far the beeps are from the
 * flashes. Exit status 0 when it played without an error.
 *
 *   play-uri playbin|playbin3 URI SECONDS
 */
#include <gst/gst.h>
#include <stdlib.h>

typedef struct
{
  GMutex lock; /* protects all that follows */
  guint64 n_frames;
  guint64 n_samples;
  gboolean dark;
  guint64 quiet;   /* samples of silence so far */
  GArray *flashes; /* of GstClockTime, running time */
  GArray *beeps;
  gchar *demuxer;
} Seen;

#define SAMPLE_RATE 48000

static GstClockTime
running_time (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (event == NULL)
    return GST_CLOCK_TIME_NONE;
  gst_event_parse_segment (event, &segment);
  return gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static void
on_frame (GstElement *sink, GstBuffer *buffer, GstPad *pad, Seen *seen)
{
  GstClockTime at = running_time (pad, buffer);
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_mutex_lock (&seen->lock);
  seen->n_frames++;
  if (map.data[map.size / 2] > 128 && seen->dark)
    g_array_append_val (seen->flashes, at);
  seen->dark = map.data[map.size / 2] <= 128;
  g_mutex_unlock (&seen->lock);
  gst_buffer_unmap (buffer, &map);
}

static void
on_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, Seen *seen)
{
  GstClockTime at = running_time (pad, buffer);
  const gfloat *samples;
  GstMapInfo map;
  gsize i, n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  samples = (const gfloat *)(gpointer)map.data;
  n = map.size / sizeof *samples;
  g_mutex_lock (&seen->lock);
  seen->n_samples += n;
  for (i = 0; i < n; i++) {
    if (ABS (samples[i]) < 0.05f) {
      seen->quiet++;
      continue;
    }
    if (seen->quiet > SAMPLE_RATE / 2) {
      GstClockTime onset =
          at + gst_util_uint64_scale (i, GST_SECOND, SAMPLE_RATE);
      g_array_append_val (seen->beeps, onset);
    }
    seen->quiet = 0;
  }
  g_mutex_unlock (&seen->lock);
  gst_buffer_unmap (buffer, &map);
}

static void
on_element (GstBin *bin, GstBin *parent, GstElement *element, Seen *seen)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const gchar *name = factory ? GST_OBJECT_NAME (factory) : "";

  g_mutex_lock (&seen->lock);
  if (g_str_has_prefix (name, "hlsdemux")
      || g_str_has_prefix (name, "dashdemux")) {
    g_free (seen->demuxer);
    seen->demuxer = g_strdup (name);
  }
  g_mutex_unlock (&seen->lock);
}

static GstElement *
make_sink (const gchar *description, GCallback handoff, Seen *seen)
{
  GstElement *bin = gst_parse_bin_from_description (description, TRUE, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bin), "sink");

  g_signal_connect (sink, "handoff", handoff, seen);
  return bin;
}

static GstElement *
make_player (const gchar *factory, const gchar *uri, Seen *seen)
{
  GstElement *player = gst_element_factory_make (factory, NULL);

  if (player == NULL)
    return NULL;
  g_signal_connect (
      player, "deep-element-added", G_CALLBACK (on_element), seen);
  g_object_set (player, "uri", uri, "video-sink",
      make_sink ("videoconvert ! videoscale ! "
                 "video/x-raw,format=GRAY8,width=32,height=32 ! "
                 "fakesink name=sink signal-handoffs=true sync=true",
          G_CALLBACK (on_frame), seen),
      "audio-sink",
      make_sink ("audioconvert ! audioresample ! "
                 "audio/x-raw,format=F32LE,channels=1,rate=48000,"
                 "layout=interleaved ! "
                 "fakesink name=sink signal-handoffs=true sync=true",
          G_CALLBACK (on_samples), seen),
      NULL);
  return player;
}

/* Until an error, the end, or @seconds of playback. TRUE without an error. */
static gboolean
run (GstElement *player, guint seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (player);
  GstMessage *message;
  gboolean good = TRUE;

  if (gst_element_set_state (player, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    return FALSE;
  message = gst_bus_timed_pop_filtered (
      bus, seconds * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_printerr ("%s (%s)\n", error->message, debug);
    good = FALSE;
  }
  g_clear_pointer (&message, gst_message_unref);
  gst_element_set_state (player, GST_STATE_NULL);
  return good;
}

/* The distance of each flash from the beep next to it, in ms. */
static GString *
offsets_to_json (const Seen *seen)
{
  GString *text = g_string_new ("[");
  guint i, k;

  for (i = 0; i < seen->flashes->len; i++) {
    GstClockTime flash = g_array_index (seen->flashes, GstClockTime, i);
    GstClockTimeDiff best = G_MAXINT64;

    for (k = 0; k < seen->beeps->len; k++) {
      GstClockTime beep = g_array_index (seen->beeps, GstClockTime, k);
      GstClockTimeDiff late = GST_CLOCK_DIFF (flash, beep);

      best = ABS (late) < ABS (best) ? late : best;
    }
    if (ABS (best) < 500 * (GstClockTimeDiff)GST_MSECOND)
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT,
          text->len > 1 ? ", " : "", best / (GstClockTimeDiff)GST_MSECOND);
  }
  return g_string_append_c (text, ']');
}

int
main (int argc, char **argv)
{
  Seen seen = { .flashes = g_array_new (FALSE, FALSE, sizeof (GstClockTime)),
    .beeps = g_array_new (FALSE, FALSE, sizeof (GstClockTime)) };
  GstElement *player;
  GString *offsets;
  gboolean good;

  gst_init (&argc, &argv);
  if (argc != 4) {
    g_printerr ("usage: play-uri playbin|playbin3 URI SECONDS\n");
    return 2;
  }
  g_mutex_init (&seen.lock);
  player = make_player (argv[1], argv[2], &seen);
  if (player == NULL) {
    g_printerr ("play-uri: no %s\n", argv[1]);
    return 2;
  }
  good = run (player, atoi (argv[3]));
  gst_object_unref (player);
  offsets = offsets_to_json (&seen);
  g_print ("{\"demuxer\": \"%s\", \"frames\": %" G_GUINT64_FORMAT
           ", \"samples\": %" G_GUINT64_FORMAT ", \"offsets\": %s}\n",
      seen.demuxer ? seen.demuxer : "", seen.n_frames, seen.n_samples,
      offsets->str);
  g_string_free (offsets, TRUE);
  g_array_unref (seen.flashes);
  g_array_unref (seen.beeps);
  g_free (seen.demuxer);
  g_mutex_clear (&seen.lock);
  return good ? 0 : 1;
}
