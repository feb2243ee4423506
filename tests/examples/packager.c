/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A packager: receives CMAF tracks from any number of encoders, merges those
 * that send the same, and gives every track to three sinks.
 *
 *                        +-> queue -> cmaforiginsink   a page, DASH, HLS
 *   httpingestsrc -> tee +-> queue -> cmafdashsink     media files and an MPD
 *                        +-> queue -> cmafhlssink      playlists for the same
 *
 * Ends when all encoders have ended their tracks, or on SIGINT and SIGTERM, and
 * then prints what was done. Exit status 0 unless a sink or the source failed.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <stdio.h>

static gint ingest_port;
static gint origin_port;
static gchar *address;
static gchar *directory;
static gint window_seconds = 60;
static gint64 service_start = -1;
static gint linger_seconds;
static gchar *title;

static GOptionEntry entries[] = {
  { "ingest-port", 0, 0, G_OPTION_ARG_INT, &ingest_port,
      "where encoders push to; 0: any free port", "PORT" },
  { "port", 0, 0, G_OPTION_ARG_INT, &origin_port,
      "where viewers come to; 0: any free port", "PORT" },
  { "address", 0, 0, G_OPTION_ARG_STRING, &address,
      "address of both servers (127.0.0.1)", "ADDRESS" },
  { "directory", 0, 0, G_OPTION_ARG_FILENAME, &directory,
      "where DASH and HLS are written; none: nowhere", "DIR" },
  { "window", 0, 0, G_OPTION_ARG_INT, &window_seconds,
      "seconds that manifests list and files are kept; 0: all (60)", "N" },
  { "service-start", 0, 0, G_OPTION_ARG_INT64, &service_start,
      "a time (seconds since 1970) in the first segment of the service", "T" },
  { "title", 0, 0, G_OPTION_ARG_STRING, &title, "what the page calls it",
      "TEXT" },
  { "linger", 0, 0, G_OPTION_ARG_INT, &linger_seconds,
      "seconds for which viewers are still served after the end (0)", "N" },
  { NULL },
};

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *ingest;
  gboolean ending; /* asked to */
  gboolean ended;  /* every track has */
  gint status;
  gint n_tracks; /* atomic */
} Packager;

/* ---- pipeline ---- */

static GstElement *
add (Packager *self, const gchar *factory, const gchar *name)
{
  GstElement *element = gst_element_factory_make (factory, name);

  if (element == NULL)
    g_error ("no element %s", factory);
  gst_bin_add (GST_BIN (self->pipeline), element);
  return element;
}

static gboolean
has_sink (Packager *self, const gchar *name)
{
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  return sink != NULL;
}

/* tee ! queue ! sink */
static void
add_branch (Packager *self, GstElement *tee, const gchar *sink_name)
{
  GstElement *queue = add (self, "queue", NULL);

  g_object_set (queue, "max-size-buffers", 0, "max-size-bytes", 0,
      "max-size-time", 10 * GST_SECOND, NULL);
  gst_element_link (tee, queue);
  {
    g_autoptr (GstElement) sink =
        gst_bin_get_by_name (GST_BIN (self->pipeline), sink_name);
    gst_element_link (queue, sink);
  }
  gst_element_sync_state_with_parent (queue);
}

/* In a streaming thread: a track begins. */
static void
on_track (GstElement *ingest, GstPad *pad, Packager *self)
{
  static const gchar *const sinks[] = { "origin", "dash", "hls" };
  GstElement *tee = add (self, "tee", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (tee, "sink");

  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++)
    if (has_sink (self, sinks[i]))
      add_branch (self, tee, sinks[i]);
  gst_element_sync_state_with_parent (tee);
  gst_pad_link (pad, sink_pad);
  g_atomic_int_inc (&self->n_tracks);
  g_print ("track %s\n", GST_PAD_NAME (pad));
}

static guint64
start_time (void)
{
  return service_start < 0 ? GST_CLOCK_TIME_NONE
                           : (guint64)service_start * GST_SECOND;
}

static void
add_directory_sinks (Packager *self)
{
  guint64 window = window_seconds * GST_SECOND;

  g_object_set (add (self, "cmafdashsink", "dash"), "location", directory,
      "window-length", window, "presentation-start", start_time (), NULL);
  g_object_set (add (self, "cmafhlssink", "hls"), "location", directory,
      "window-length", window, "write-segments", FALSE, NULL);
}

static void
build (Packager *self)
{
  self->pipeline = gst_pipeline_new ("packager");
  self->ingest = add (self, "httpingestsrc", "ingest");
  g_object_set (self->ingest, "address", address, "port", ingest_port, NULL);
  g_object_set (add (self, "cmaforiginsink", "origin"), "address", address,
      "port", origin_port, "presentation-start", start_time (), "title", title,
      NULL);
  if (directory)
    add_directory_sinks (self);
  g_signal_connect (self->ingest, "pad-added", G_CALLBACK (on_track), self);
}

/* ---- messages ---- */

static void
end (Packager *self, gint status)
{
  self->status = MAX (self->status, status);
  g_main_loop_quit (self->loop);
}

static void
print_problem (Packager *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  gboolean is_error = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;

  if (is_error)
    gst_message_parse_error (message, &error, &debug);
  else
    gst_message_parse_warning (message, &error, &debug);
  g_print ("%s: %s: %s\n", is_error ? "error" : "warning",
      GST_MESSAGE_SRC_NAME (message), error->message);
  if (is_error)
    end (self, 1);
}

static gboolean
on_served (gpointer data)
{
  end (data, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Packager *self = data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
      print_problem (self, message);
      break;
    case GST_MESSAGE_EOS:
      self->ended = TRUE;
      g_print ("ended\n");
      g_timeout_add (linger_seconds * 1000, on_served, self);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_late (gpointer data)
{
  Packager *self = data;

  if (!self->ended) {
    g_print ("error: no end of stream within 10 s\n");
    end (self, 1);
  }
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer data)
{
  Packager *self = data;

  if (self->ended || g_atomic_int_get (&self->n_tracks) == 0) {
    end (self, 0); /* nobody has to say the end, or nobody is there to */
    return G_SOURCE_CONTINUE;
  }
  if (self->ending)
    return G_SOURCE_CONTINUE;
  self->ending = TRUE;
  gst_element_send_event (self->pipeline, gst_event_new_eos ());
  g_timeout_add_seconds (10, on_late, self);
  return G_SOURCE_CONTINUE;
}

/* ---- what was done ---- */

static GstStructure *
get_stats (Packager *self, const gchar *name)
{
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (self->pipeline), name);
  GstStructure *stats = NULL;

  if (element)
    g_object_get (element, "stats", &stats, NULL);
  return stats;
}

static guint64
get_counter (const GstStructure *stats, const gchar *name)
{
  guint64 count = 0;

  gst_structure_get_uint64 (stats, name, &count);
  return count;
}

/* Prints the counters of an element and returns those of its segments that
 * have a hole before them. */
static guint64
print_sink (Packager *self, const gchar *name)
{
  g_autoptr (GstStructure) stats = get_stats (self, name);
  g_autoptr (GstStructure) inner = NULL;
  const GstStructure *counters = stats;

  if (stats == NULL)
    return 0;
  if (gst_structure_get (stats, "packager", GST_TYPE_STRUCTURE, &inner, NULL))
    counters = inner;
  g_print ("%s: %" G_GUINT64_FORMAT " segments, %" G_GUINT64_FORMAT
           " bytes, %" G_GUINT64_FORMAT " gaps\n",
      name, get_counter (counters, "segments"), get_counter (counters, "bytes"),
      get_counter (counters, "gaps"));
  return get_counter (counters, "gaps");
}

/* ---- what each encoder did ---- */

typedef struct
{
  guint64 n_used;
  guint64 n_duplicates;
} SourceCounts;

/* Calls @call for each structure in the list @name of @structure. */
static void
for_each (const GstStructure *structure, const gchar *name,
    void (*call) (const GstStructure *, GTree *), GTree *sources)
{
  const GValue *list =
      structure ? gst_structure_get_value (structure, name) : NULL;

  for (guint i = 0; list && i < gst_value_list_get_size (list); i++)
    call (
        gst_value_get_structure (gst_value_list_get_value (list, i)), sources);
}

static void
add_source (const GstStructure *stats, GTree *sources)
{
  const gchar *name = gst_structure_get_string (stats, "source");
  SourceCounts *counts = g_tree_lookup (sources, name ? name : "?");

  if (counts == NULL) {
    counts = g_new0 (SourceCounts, 1);
    g_tree_insert (sources, g_strdup (name ? name : "?"), counts);
  }
  counts->n_used += get_counter (stats, "segments");
  counts->n_duplicates += get_counter (stats, "duplicates");
}

static void
add_track_sources (const GstStructure *track, GTree *sources)
{
  for_each (track, "sources", add_source, sources);
}

static gboolean
print_source (gpointer name, gpointer value, gpointer data)
{
  const SourceCounts *counts = value;

  g_print ("source %s: %" G_GUINT64_FORMAT " segments used, %" G_GUINT64_FORMAT
           " duplicates\n",
      (const gchar *)name, counts->n_used, counts->n_duplicates);
  return FALSE;
}

static gint
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_strcmp0 (a, b);
}

/* A line for each encoder: its User-Agent, and what it was good for. */
static void
print_sources (const GstStructure *stats)
{
  GTree *sources = g_tree_new_full (compare_names, NULL, g_free, g_free);

  for_each (stats, "tracks", add_track_sources, sources);
  g_tree_foreach (sources, print_source, NULL);
  g_tree_unref (sources);
}

static void
print_summary (Packager *self)
{
  static const gchar *const sinks[] = { "origin", "dash", "hls" };
  g_autoptr (GstStructure) stats = get_stats (self, "ingest");
  guint64 gaps = get_counter (stats, "gaps");

  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++) {
    guint64 of_sink = print_sink (self, sinks[i]);
    gaps = MAX (gaps, of_sink);
  }
  print_sources (stats);
  g_print ("summary %" G_GUINT64_FORMAT " segments merged, %" G_GUINT64_FORMAT
           " gaps, %" G_GUINT64_FORMAT " duplicates\n",
      get_counter (stats, "segments"), gaps, get_counter (stats, "duplicates"));
}

static void
print_addresses (Packager *self)
{
  g_autoptr (GstElement) origin =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "origin");

  g_object_get (self->ingest, "port", &ingest_port, NULL);
  g_object_get (origin, "port", &origin_port, NULL);
  g_print ("ingest http://%s:%d/ingest\n", address, ingest_port);
  g_print ("page http://%s:%d/\n", address, origin_port);
}

static gint
run (Packager *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_add_watch (bus, on_message, self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING)
      != GST_STATE_CHANGE_FAILURE)
    print_addresses (self);
  g_main_loop_run (self->loop);
  print_summary (self);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  return self->status;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Packager self = { 0 };
  gint status;

  setlinebuf (stdout);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  if (address == NULL)
    address = g_strdup ("127.0.0.1");
  self.loop = g_main_loop_new (NULL, FALSE);
  build (&self);
  status = run (&self);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return status;
}
