/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Pushes files of CMAF into one httpingestsink, chunk by chunk, a thread for
 * each, as fast as their media time says, or --speed times that, or as fast as
 * it takes them. With --begin it is one of several that send the same: it goes
 * in at the segment that is due. Tells on stdout what the element says:
 *
 *   dropped LOCATION TRACK DECODE-TIME DURATION TIMESCALE STATUS
 *   lost|restored|refused|manifest-refused LOCATION TRACK STATUS REASON
 *   stats STRUCTURE
 *   end eos | end error TEXT
 *
 * Exit status 0 when everything was delivered. */
#include <gst/cmaf/fragment-reader.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

static gdouble speed = 1.0;
static gint64 begin_time = -1;
static gboolean is_one_of_several; /* --begin */
static gchar **settings;
static gchar **files;

static GOptionEntry entries[] = {
  { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed,
      "times real time; 0: as fast as it goes (1)", "N" },
  { "begin", 0, 0, G_OPTION_ARG_INT64, &begin_time,
      "when the media begin, in microseconds of the monotonic clock (now)",
      "TIME" },
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings,
      "a property of httpingestsink", "NAME=VALUE" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &files, NULL,
      "TRACK=FILE..." },
  { NULL },
};

typedef struct
{
  gchar *name;
  GstPad *pad;
  GPtrArray *pieces; /* of GBytes: header, then chunks */
  GArray *times;     /* of GstClockTime: when each is due, from 0 */
  GArray *starts;    /* of guint: pieces that start a segment */
  GThread *thread;
} Track;

/* ---- files ---- */

static GBytes *
join (const CmafChunk *chunk)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++)
    g_byte_array_append (all, g_bytes_get_data (chunk->bytes->pdata[i], NULL),
        g_bytes_get_size (chunk->bytes->pdata[i]));
  return g_byte_array_free_to_bytes (all);
}

static void
add_piece (Track *track, GBytes *bytes, GstClockTime time)
{
  g_ptr_array_add (track->pieces, bytes);
  g_array_append_val (track->times, time);
}

/* A chunk is due when its media end: no encoder has it earlier. */
static void
load (Track *track, const gchar *path)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 first = G_MAXUINT64;
  CmafReadResult result;
  gchar *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, &error)) != CMAF_READ_MORE) {
    if (result == CMAF_READ_HEADER) {
      add_piece (
          track, g_bytes_ref (cmaf_fragment_reader_get_header (reader)), 0);
    } else if (result == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);
      guint32 timescale = cmaf_fragment_reader_get_track (reader)->timescale;

      if (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT)
        g_array_append_val (track->starts, track->pieces->len);
      first = MIN (first, chunk->decode_time);
      add_piece (track, join (chunk),
          gst_util_uint64_scale (chunk->decode_time + chunk->duration - first,
              GST_SECOND, timescale));
    } else {
      g_error ("%s: %s", path, error ? error->message : "ends early");
    }
  }
}

/* ---- pushing ---- */

static void
begin_stream (Track *track)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING, track->name, NULL);
  GstSegment segment;

  gst_pad_push_event (track->pad, gst_event_new_stream_start (track->name));
  gst_pad_push_event (track->pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (track->pad, gst_event_new_segment (&segment));
}

/* Monotonic. */
static gint64
due_time (const Track *track, guint i)
{
  GstClockTime due = g_array_index (track->times, GstClockTime, i);

  return begin_time + (speed > 0 ? (gint64)(due / speed / GST_USECOND) : 0);
}

/* The first piece of the first segment that is not due yet. */
static guint
find_entry (const Track *track)
{
  for (guint i = 0; i < track->starts->len; i++) {
    guint start = g_array_index (track->starts, guint, i);

    if (due_time (track, start) >= g_get_monotonic_time ())
      return start;
  }
  return track->pieces->len;
}

static GstFlowReturn
push_piece (const Track *track, guint i)
{
  gint64 wait = due_time (track, i) - g_get_monotonic_time ();

  if (wait > 0)
    g_usleep (wait);
  return gst_pad_push (
      track->pad, gst_buffer_new_wrapped_bytes (track->pieces->pdata[i]));
}

static gpointer
push (gpointer data)
{
  Track *track = data;
  guint entry = is_one_of_several ? find_entry (track) : 1;
  GstFlowReturn result = push_piece (track, 0); /* the header */

  for (guint i = entry; i < track->pieces->len && result == GST_FLOW_OK; i++)
    result = push_piece (track, i);
  gst_pad_push_event (track->pad, gst_event_new_eos ());
  return NULL;
}

static Track *
add_track (GstElement *sink, const gchar *text)
{
  const gchar *equals = strchr (text, '=');
  g_autoptr (GstPad) sink_pad = NULL;
  Track *track = g_new0 (Track, 1);

  if (!equals)
    g_error ("%s: needs TRACK=FILE", text);
  track->name = g_strndup (text, equals - text);
  track->pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  track->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  track->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  load (track, equals + 1);
  sink_pad = gst_element_request_pad_simple (sink, "sink_%u");
  track->pad = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_active (track->pad, TRUE);
  gst_pad_link (track->pad, sink_pad);
  return track;
}

/* ---- what the element says ---- */

static const gchar *
string_of (const GstStructure *s, const gchar *name)
{
  const gchar *text = gst_structure_get_string (s, name);

  return text ? text : "-";
}

static void
tell (const GstStructure *s)
{
  const gchar *name = gst_structure_get_name (s);
  guint64 time = 0, duration = 0;
  guint timescale = 1, status = 0;

  if (!g_str_has_prefix (name, "httpingestsink-"))
    return;
  gst_structure_get_uint (s, "status", &status);
  if (g_str_has_suffix (name, "segment-dropped")) {
    gst_structure_get_uint64 (s, "decode-time", &time);
    gst_structure_get_uint64 (s, "duration", &duration);
    gst_structure_get_uint (s, "timescale", &timescale);
    printf ("dropped %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u %u\n",
        string_of (s, "location"), string_of (s, "track-name"), time, duration,
        timescale, status);
    return;
  }
  name += strlen ("httpingestsink-");
  if (g_str_has_prefix (name, "connection-"))
    name += strlen ("connection-");
  printf ("%s %s %s %u %s\n", name, string_of (s, "location"),
      string_of (s, "track-name"), status, string_of (s, "reason"));
}

/* TRUE when it ended well. */
static gboolean
watch (GstBus *bus)
{
  for (;;) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop (bus, GST_CLOCK_TIME_NONE);
    g_autoptr (GError) error = NULL;

    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_ELEMENT:
        tell (gst_message_get_structure (message));
        break;
      case GST_MESSAGE_ERROR:
        gst_message_parse_error (message, &error, NULL);
        printf ("end error %s\n", error->message);
        return FALSE;
      case GST_MESSAGE_EOS:
        printf ("end eos\n");
        return TRUE;
      default:
        break;
    }
    fflush (stdout);
  }
}

static void
tell_stats (GstElement *sink)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autofree gchar *text = NULL;

  g_object_get (sink, "stats", &stats, NULL);
  text = gst_structure_to_string (stats);
  printf ("stats %s\n", text);
}

static void
set_properties (GstElement *sink)
{
  for (guint i = 0; settings && settings[i]; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);

    gst_util_set_object_arg (G_OBJECT (sink), pair[0], pair[1] ? pair[1] : "");
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GError) error = NULL;
  GstElement *sink;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || !files)
    g_error ("%s", error ? error->message : "no files");
  sink = gst_element_factory_make ("httpingestsink", NULL);
  if (!sink)
    g_error ("no element httpingestsink");
  gst_object_ref_sink (sink);
  set_properties (sink);
  gst_element_set_bus (sink, bus);
  for (guint i = 0; files[i]; i++)
    g_ptr_array_add (tracks, add_track (sink, files[i]));
  gst_element_set_state (sink, GST_STATE_PLAYING);
  for (guint i = 0; i < tracks->len; i++)
    begin_stream (tracks->pdata[i]);
  is_one_of_several = begin_time >= 0;
  if (!is_one_of_several)
    begin_time = g_get_monotonic_time ();
  for (guint i = 0; i < tracks->len; i++)
    ((Track *)tracks->pdata[i])->thread =
        g_thread_new ("push", push, tracks->pdata[i]);
  ok = watch (bus);
  tell_stats (sink);
  fflush (stdout);
  gst_element_set_state (sink, GST_STATE_NULL);
  for (guint i = 0; i < tracks->len; i++)
    g_thread_join (((Track *)tracks->pdata[i])->thread);
  return ok ? 0 : 1;
}
