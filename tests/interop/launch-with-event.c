/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A pipeline, and an event that its cmafeventsrc, named "events", is told of
 * before it starts. Runs to the end; exit status 0 when there was no error.
 *
 *   launch-with-event SCHEME VALUE ID MS MS-LONG HEX PIPELINE...
 */
#include <gst/gst.h>
#include <stdlib.h>

static GBytes *
bytes_from_hex (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] && hex[1]; hex += 2) {
    const guint8 byte = (guint8)(g_ascii_xdigit_value (hex[0]) << 4
                                 | g_ascii_xdigit_value (hex[1]));

    g_byte_array_append (bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
tell (GstElement *pipeline, gchar **arguments)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "events");
  g_autoptr (GBytes) data = bytes_from_hex (arguments[5]);
  const gint64 start = g_ascii_strtoll (arguments[3], NULL, 10);
  const gint64 duration = g_ascii_strtoll (arguments[4], NULL, 10);
  gboolean is_taken = FALSE;

  if (!src)
    return FALSE;
  g_signal_emit_by_name (src, "add-event", arguments[0], arguments[1],
      (guint)g_ascii_strtoull (arguments[2], NULL, 10),
      start * (gint64)GST_MSECOND, duration * (gint64)GST_MSECOND, data,
      &is_taken);
  gst_object_unref (src);
  return is_taken;
}

static int
run (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc < 8) {
    g_printerr (
        "usage: %s SCHEME VALUE ID MS MS-LONG HEX PIPELINE...\n", argv[0]);
    return EXIT_FAILURE;
  }
  pipeline = gst_parse_launchv ((const gchar **)argv + 7, &error);
  if (!pipeline || error || !tell (pipeline, argv + 1)) {
    g_printerr ("%s\n", error ? error->message : "the event is not taken");
    return EXIT_FAILURE;
  }
  return run (pipeline);
}
