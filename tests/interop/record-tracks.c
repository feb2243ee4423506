/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Writes what comes out of httpingestsrc to DIRECTORY/TRACK.cmf; a track that
 * begins again goes to TRACK.2.cmf and so on. Without --directory nothing is
 * written. Tells on stdout:
 *
 *   ingest http://127.0.0.1:PORT/ingest
 *   track NAME FILE
 *   gap TRACK START DURATION                  nanoseconds
 *   source-added|source-lost|misaligned TRACK SOURCE
 *   ended                                     all of --tracks
 *   stats STRUCTURE
 *   end eos | end error TEXT
 *
 * Goes on until SIGINT: a sender that has not got the last answer comes once
 * more. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

static gchar *directory;
static gint n_expected = 1;
static gchar **settings;

static GOptionEntry entries[] = {
  { "directory", 0, 0, G_OPTION_ARG_FILENAME, &directory,
      "where files go (nowhere)", "DIR" },
  { "tracks", 0, 0, G_OPTION_ARG_INT, &n_expected,
      "tells when so many have ended (1)", "N" },
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings,
      "a property of httpingestsrc", "NAME=VALUE" },
  { NULL },
};

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *src;
  GHashTable *runs; /* lock: lock; name -> number of files */
  GMutex lock;
  gint n_ended; /* atomic */
  gint status;
} Recorder;

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (((Recorder *)data)->loop);
  return G_SOURCE_REMOVE;
}

/* What has been written is in the file by then: the sink is behind this pad. */
static GstPadProbeReturn
on_eos (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Recorder *self = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS
      && g_atomic_int_add (&self->n_ended, 1) + 1 == n_expected) {
    printf ("ended\n");
    fflush (stdout);
  }
  return GST_PAD_PROBE_OK;
}

static gchar *
make_path (Recorder *self, const gchar *name)
{
  g_autofree gchar *file = NULL;
  guint run;

  g_mutex_lock (&self->lock);
  run = GPOINTER_TO_UINT (g_hash_table_lookup (self->runs, name)) + 1;
  g_hash_table_insert (self->runs, g_strdup (name), GUINT_TO_POINTER (run));
  g_mutex_unlock (&self->lock);
  file = run == 1 ? g_strdup_printf ("%s.cmf", name)
                  : g_strdup_printf ("%s.%u.cmf", name, run);
  return g_build_filename (directory ? directory : "-", file, NULL);
}

static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Recorder *self = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstElement *file;
  g_autofree gchar *path = NULL;
  g_autoptr (GstPad) sink_pad = NULL;
  GstCaps *caps;
  const gchar *name;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  name =
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "track-name");
  path = make_path (self, name);
  file = gst_element_factory_make (directory ? "filesink" : "fakesink", NULL);
  g_object_set (
      file, "async", FALSE, "sync", FALSE, "enable-last-sample", FALSE, NULL);
  if (directory)
    g_object_set (file, "location", path, "buffer-mode", 2, NULL);
  gst_bin_add (GST_BIN (self->pipeline), file);
  sink_pad = gst_element_get_static_pad (file, "sink");
  gst_pad_link (pad, sink_pad);
  gst_element_sync_state_with_parent (file);
  printf ("track %s %s\n", name, path);
  fflush (stdout);
  return GST_PAD_PROBE_REMOVE;
}

/* The first track to arrive says where the segment of all begins. A filesink
 * would cut off what another one has before that. */
static GstPadProbeReturn
on_segment (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstSegment segment;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_copy_segment (event, &segment);
  segment.start = segment.time = 0;
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&segment);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *src, GstPad *pad, gpointer data)
{
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_segment, NULL, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, data, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_eos, data, NULL);
}

static void
tell (const GstStructure *s)
{
  const gchar *name = gst_structure_get_name (s);
  const gchar *track = gst_structure_get_string (s, "track-name");
  const gchar *source = gst_structure_get_string (s, "source");
  GstClockTime start = 0, duration = 0;

  if (!g_str_has_prefix (name, "httpingestsrc-") || !track)
    return;
  name += strlen ("httpingestsrc-");
  gst_structure_get_clock_time (s, "start", &start);
  gst_structure_get_clock_time (s, "duration", &duration);
  if (strcmp (name, "gap") == 0)
    printf ("gap %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", track,
        start, duration);
  else if (source)
    printf ("%s %s %s\n", name, track, source);
  fflush (stdout);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Recorder *self = data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    tell (gst_message_get_structure (message));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    printf ("end error %s\n", error->message);
    self->status = 1;
    g_main_loop_quit (self->loop);
  }
  return G_SOURCE_CONTINUE;
}

static void
start (Recorder *self)
{
  guint port;

  self->src = gst_element_factory_make ("httpingestsrc", NULL);
  if (!self->src)
    g_error ("no element httpingestsrc");
  for (guint i = 0; settings && settings[i]; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);

    gst_util_set_object_arg (
        G_OBJECT (self->src), pair[0], pair[1] ? pair[1] : "");
  }
  g_signal_connect (self->src, "pad-added", G_CALLBACK (on_pad_added), self);
  gst_bin_add (GST_BIN (self->pipeline), self->src);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    g_error ("httpingestsrc does not start");
  g_object_get (self->src, "port", &port, NULL);
  printf ("ingest http://127.0.0.1:%u/ingest\n", port);
  fflush (stdout);
}

/* What was told before the end is heard, whatever quits the loop. */
static void
hear_the_rest (Recorder *self, GstBus *bus)
{
  GstMessage *message;

  while ((message = gst_bus_pop (bus))) {
    on_message (bus, message, self);
    gst_message_unref (message);
  }
}

static void
finish (Recorder *self)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autofree gchar *text = NULL;

  g_object_get (self->src, "stats", &stats, NULL);
  text = gst_structure_to_string (stats);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  printf ("stats %s\n", text);
  if (self->status == 0)
    printf ("end eos\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  Recorder self = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  g_mutex_init (&self.lock);
  self.runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.pipeline = gst_pipeline_new (NULL);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, on_message, &self);
  g_unix_signal_add (SIGINT, quit, &self);
  g_unix_signal_add (SIGTERM, quit, &self);
  start (&self);
  g_main_loop_run (self.loop);
  hear_the_rest (&self, bus);
  finish (&self);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  g_hash_table_unref (self.runs);
  return self.status;
}
