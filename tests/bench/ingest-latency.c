/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsink -> httpingestsrc adds on the loopback: the time from a
 * chunk's arrival at the sink to its departure from the source, with chunks of
 * 200 ms. A busy machine adds to that whatever the code is like, so in the same
 * run as many bytes go over a bare TCP connection between two threads, in the
 * middle between two chunks. Exit status 0 when the 99th percentile is at most
 * 20 ms more than that of the bare connection.
 *
 *   ingest-latency [SECONDS]
 */
#include <gio/gio.h>
#include <gst/gst.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#define ALLOWED (20 * GST_MSECOND)
#define CHUNK_US (200 * 1000)
#define BARE_END 1 /* bytes; no chunk is as small */

/* The bare connection: one thread sends, another receives. */
typedef struct
{
  GAsyncQueue *sizes; /* of GSIZE_TO_POINTER; BARE_END ends it */
  GIOStream *near, *far;
  GThread *sender, *receiver;
  GArray *sent; /* of GstClockTime */
  GArray *received;
} Bare;

typedef struct
{
  GMutex lock;
  GArray *in; /* of GstClockTime, one a chunk */
  GArray *out;
  Bare bare;
} Meter;

/* ---- the bare connection ---- */

/* The size goes first, so that the receiver knows what is a chunk. */
static gpointer
send_bare (gpointer user_data)
{
  Bare *bare = user_data;
  GOutputStream *stream = g_io_stream_get_output_stream (bare->near);
  gsize size;

  while (
      (size = GPOINTER_TO_SIZE (g_async_queue_pop (bare->sizes))) != BARE_END) {
    g_autofree gchar *data = g_malloc0 (size + sizeof size);
    GstClockTime now;

    memcpy (data, &size, sizeof size);
    g_usleep (CHUNK_US / 2);
    now = gst_util_get_timestamp ();
    g_array_append_val (bare->sent, now);
    if (!g_output_stream_write_all (
            stream, data, size + sizeof size, NULL, NULL, NULL))
      break;
  }
  g_io_stream_close (bare->near, NULL, NULL);
  return NULL;
}

static gpointer
receive_bare (gpointer user_data)
{
  Bare *bare = user_data;
  GInputStream *stream = g_io_stream_get_input_stream (bare->far);
  gsize size, got;

  while (g_input_stream_read_all (stream, &size, sizeof size, &got, NULL, NULL)
         && got == sizeof size) {
    g_autofree gchar *data = g_malloc (size);
    GstClockTime now;

    if (!g_input_stream_read_all (stream, data, size, NULL, NULL, NULL))
      break;
    now = gst_util_get_timestamp ();
    g_array_append_val (bare->received, now);
  }
  return NULL;
}

static void
start_bare (Bare *bare)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL, &address, NULL);
  bare->near = G_IO_STREAM (g_socket_client_connect (
      client, G_SOCKET_CONNECTABLE (address), NULL, NULL));
  bare->far =
      G_IO_STREAM (g_socket_listener_accept (listener, NULL, NULL, NULL));
  g_socket_set_option (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (bare->near)),
      IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  bare->sizes = g_async_queue_new ();
  bare->sent = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  bare->received = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  bare->sender = g_thread_new ("sender", send_bare, bare);
  bare->receiver = g_thread_new ("receiver", receive_bare, bare);
}

/* Everything has arrived then. */
static void
finish_bare (Bare *bare)
{
  g_async_queue_push (bare->sizes, GSIZE_TO_POINTER (BARE_END));
  g_thread_join (bare->sender);
  g_thread_join (bare->receiver);
}

static void
clear_bare (Bare *bare)
{
  g_object_unref (bare->near);
  g_object_unref (bare->far);
  g_async_queue_unref (bare->sizes);
  g_array_unref (bare->sent);
  g_array_unref (bare->received);
}

/* ---- the pipelines ---- */

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
on_in (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Meter *meter = user_data;
  gsize size =
      gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info));

  note (meter, meter->in);
  g_async_queue_push (meter->bare.sizes, GSIZE_TO_POINTER (size));
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

  g_object_set (source, "start-hold", (guint64)0, NULL);
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

/* ---- the report ---- */

static gint
compare (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *)a, y = *(const GstClockTime *)b;

  return x < y ? -1 : x > y;
}

/* Prints how long it took from @from to @to; the 99th percentile. */
static GstClockTime
print_times (const gchar *name, GArray *from, GArray *to)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  GstClockTime p50, p99;

  for (guint i = 0; i < from->len; i++) {
    GstClockTime time = g_array_index (to, GstClockTime, i)
                        - g_array_index (from, GstClockTime, i);
    g_array_append_val (times, time);
  }
  g_array_sort (times, compare);
  p50 = g_array_index (times, GstClockTime, times->len / 2);
  p99 = g_array_index (times, GstClockTime, (times->len * 99 - 1) / 100);
  g_print ("%s: p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", name, p50 / 1e6,
      p99 / 1e6, g_array_index (times, GstClockTime, times->len - 1) / 1e6);
  return p99;
}

static gboolean
report (Meter *meter)
{
  gint64 ours, bare;

  g_print ("%u chunks of 200 ms in, %u out; %u of %u over the bare "
           "connection\n",
      meter->in->len, meter->out->len, meter->bare.received->len,
      meter->bare.sent->len);
  if (meter->in->len != meter->out->len || meter->in->len < 10
      || meter->bare.received->len != meter->bare.sent->len)
    return FALSE;
  ours = print_times ("httpingestsink -> httpingestsrc", meter->in, meter->out);
  bare = print_times (
      "bare TCP connection", meter->bare.sent, meter->bare.received);
  g_print ("RATIO p99 less that of the bare connection, %.2f ms, / 20 ms: "
           "%.2f, at most 1\n",
      (ours - bare) / 1e6, (ours - bare) / (gdouble)ALLOWED);
  return ours - bare <= (gint64)ALLOWED;
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
  seconds = argc > 1 ? atoi (argv[1]) : 64;
  g_mutex_init (&meter.lock);
  start_bare (&meter.bare);
  receiver = start_receiver (&meter, &port);
  sender = start_sender (&meter, port, seconds);
  good = wait_for_end (sender, seconds + 20) && wait_for_end (receiver, 20);
  finish_bare (&meter.bare);
  good = report (&meter) && good;
  gst_element_set_state (sender, GST_STATE_NULL);
  gst_element_set_state (receiver, GST_STATE_NULL);
  gst_object_unref (sender);
  gst_object_unref (receiver);
  clear_bare (&meter.bare);
  g_array_unref (meter.in);
  g_array_unref (meter.out);
  return good ? 0 : 1;
}
