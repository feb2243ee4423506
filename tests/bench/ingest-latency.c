/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsink -> httpingestsrc adds on the loopback: the time from a
 * chunk's arrival at the sink to its departure from the source, with chunks of
 * 200 ms. Exit status 0 when the 99th percentile is at most 20 ms.
 *
 *   ingest-latency [SECONDS]
 */
#include <gst/gst.h>
#include <stdlib.h>

#define ALLOWED (20 * GST_MSECOND)

typedef struct
{
  GMutex lock;
  GArray *in; /* of GstClockTime, one a chunk */
  GArray *out;
} Meter;

static void
note (Meter *meter, GArray *times)
{
  GstClockTime now = gst_util_get_timestamp ();

  g_mutex_lock (&meter->lock);
  g_array_append_val (times, now);
  g_mutex_unlock (&meter->lock);
}

/* Each chunk is one buffer list. */
static GstPadProbeReturn
on_in (GstPad *pad, GstPadProbeInfo *info, gpointer meter)
{
  note (meter, ((Meter *)meter)->in);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_out (GstPad *pad, GstPadProbeInfo *info, gpointer meter)
{
  note (meter, ((Meter *)meter)->out);
  return GST_PAD_PROBE_OK;
}

static void
on_track (GstElement *source, GstPad *pad, GstElement *pipeline)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER_LIST, on_out,
      g_object_get_data (G_OBJECT (pipeline), "meter"), NULL);
  gst_pad_link (pad, sink_pad);
}

static GstElement *
start_receiver (Meter *meter, guint *port)
{
  GstElement *pipeline = gst_pipeline_new ("receiver");
  GstElement *source = gst_element_factory_make ("httpingestsrc", NULL);

  g_object_set_data (G_OBJECT (pipeline), "meter", meter);
  gst_bin_add (GST_BIN (pipeline), source);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_track), pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_element_get_state (pipeline, NULL, NULL, 5 * GST_SECOND);
  g_object_get (source, "port", port, NULL);
  return pipeline;
}

static GstElement *
start_sender (Meter *meter, guint port, guint seconds)
{
  g_autofree gchar *description = g_strdup_printf (
      "videotestsrc is-live=true num-buffers=%u ! "
      "video/x-raw,width=640,height=360,framerate=25/1 ! "
      "x264enc tune=zerolatency speed-preset=ultrafast bitrate=2000 ! "
      "h264parse ! cmafsyncmux track-name=video chunk-duration=200000000 ! "
      "httpingestsink name=sink location=http://127.0.0.1:%u/ingest",
      seconds * 25, port);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = sink->sinkpads->data;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER_LIST, on_in, meter, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

/* TRUE when @pipeline ended well. */
static gboolean
wait_for_end (GstElement *pipeline, guint seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      bus, seconds * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
  }
  return message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *)a, y = *(const GstClockTime *)b;

  return x < y ? -1 : x > y;
}

static gboolean
report (Meter *meter)
{
  g_autoptr (GArray) added = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  GstClockTime p50, p99;

  if (meter->in->len != meter->out->len || meter->in->len < 10) {
    g_print ("%u chunks in, %u out\n", meter->in->len, meter->out->len);
    return FALSE;
  }
  for (guint i = 0; i < meter->in->len; i++) {
    GstClockTime time = g_array_index (meter->out, GstClockTime, i)
                        - g_array_index (meter->in, GstClockTime, i);
    g_array_append_val (added, time);
  }
  g_array_sort (added, compare);
  p50 = g_array_index (added, GstClockTime, added->len / 2);
  p99 = g_array_index (added, GstClockTime, (added->len * 99 - 1) / 100);
  g_print ("%u chunks of 200 ms: added latency p50 %.2f ms, p99 %.2f ms, max "
           "%.2f ms\nRATIO p99 / 20 ms: %.2f, at most 1\n",
      added->len, p50 / 1e6, p99 / 1e6,
      g_array_index (added, GstClockTime, added->len - 1) / 1e6,
      p99 / (double)ALLOWED);
  return p99 <= ALLOWED;
}

int
main (int argc, char **argv)
{
  Meter meter = { .in = g_array_new (FALSE, FALSE, sizeof (GstClockTime)),
    .out = g_array_new (FALSE, FALSE, sizeof (GstClockTime)) };
  GstElement *receiver, *sender;
  guint seconds, port;
  gboolean good;

  gst_init (&argc, &argv);
  seconds = argc > 1 ? atoi (argv[1]) : 40;
  g_mutex_init (&meter.lock);
  receiver = start_receiver (&meter, &port);
  sender = start_sender (&meter, port, seconds);
  good = wait_for_end (sender, seconds + 20) && wait_for_end (receiver, 20);
  good = report (&meter) && good;
  gst_element_set_state (sender, GST_STATE_NULL);
  gst_element_set_state (receiver, GST_STATE_NULL);
  gst_object_unref (sender);
  gst_object_unref (receiver);
  g_array_unref (meter.in);
  g_array_unref (meter.out);
  return good ? 0 : 1;
}
