/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What cmafdashsink does, and what it shares with cmafhlssink. */
#include "sink-fixtures.h"

#include <libxml/parser.h>
#include <string.h>

static void
add_both (SinkFixture *f)
{
  sink_fixture_add (f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_add (f, "a", fixture_audio ("en"));
}

/* Expected, in this order:
 *   segment 100 of v, segment 100 of a, MPD, segment 101 of v, ... of a, MPD
 *   and with EOS: the static MPD, EOS. */
GST_START_TEST (test_segments_then_mpd_are_told)
{
  g_autofree gchar *told = NULL, *mpd = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  sink_fixture_end (&f);
  told = sink_fixture_messages (
      &f, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  assert_equals_string (told, "dashsink-new-segment v/0000000100.m4s\n"
                              "dashsink-new-segment a/0000000100.m4s\n"
                              "dashsink-mpd-update stream.mpd\n"
                              "dashsink-new-segment v/0000000101.m4s\n"
                              "dashsink-new-segment a/0000000101.m4s\n"
                              "dashsink-mpd-update stream.mpd\n"
                              "dashsink-mpd-update vod.mpd\n"
                              "dashsink-mpd-update stream.mpd\n"
                              "eos\n");
  mpd = sink_fixture_read (&f, "stream.mpd");
  assert_has (mpd, "type=\"static\"");
  assert_has (mpd, "<Representation id=\"v\"");
  fail_if (sink_fixture_has (&f, "master.m3u8"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_segment_message_has_these_fields)
{
  const GstStructure *s = NULL;
  GstClockTime duration, time, running_time;
  GstMessage *message = NULL;
  guint64 size, number;
  guint id;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  add_both (&f);
  sink_fixture_push_all (&f, 100, 100);
  do {
    gst_clear_message (&message);
    message = gst_bus_pop (f.bus);
    fail_unless (message != NULL);
    s = gst_message_get_structure (message);
  } while (!gst_message_has_name (message, "dashsink-new-segment"));
  fail_unless (gst_structure_get_uint (s, "segment-id", &id));
  assert_equals_int (id, 100);
  assert_equals_string (gst_structure_get_string (s, "representation-id"), "v");
  fail_unless (gst_structure_get_clock_time (s, "duration", &duration));
  assert_equals_uint64 (duration, 1920 * GST_MSECOND);
  fail_unless (gst_structure_get_clock_time (s, "media-time", &time));
  assert_equals_uint64 (time, 192 * GST_SECOND);
  fail_unless (gst_structure_get_clock_time (s, "running-time", &running_time));
  assert_equals_uint64 (running_time, 0);
  fail_unless (gst_structure_get_uint64 (s, "size", &size) && size > 48 * 16);
  fail_unless (gst_structure_get_uint64 (s, "number", &number));
  assert_equals_uint64 (number, 100);
  gst_message_unref (message);
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_properties_reach_the_mpd)
{
  static const struct
  {
    const gchar *property, *value, *has, *file;
  } cases[] = {
    { "mpd-name", "x.mpd", "<MPD", "x.mpd" },
    { "addressing", "timeline-time", "$RepresentationID$/t$Time$.m4s",
        "v/t17280000.m4s" },
    { "addressing", "number", "duration=\"48\"", "v/0000000101.m4s" },
    { "media-template", "$RepresentationID$-$Number$.m4s",
        "media=\"$RepresentationID$-$Number$.m4s\"", "v-100.m4s" },
    { "number-offset", "1", "startNumber=\"101\"", "v/0000000104.m4s" },
    { "presentation-id", "show-1", "id=\"show-1\"", "stream.mpd" },
    { "window-length", "4000000000", "timeShiftBufferDepth=\"PT4.000S\"",
        "stream.mpd" },
    { "segment-duration", "96/25", "d=\"345600\"", "v/0000000050.m4s" },
    { "availability-start-time", "1000000000000",
        "availabilityStartTime=\"1970-01-01T00:16:40Z\"", "stream.mpd" },
    { "leap-offset", "1", "availabilityStartLeapOffset=\"1\"", "stream.mpd" },
    { "next-leap-time", "1893456000000000000",
        "nextAvailabilityStartLeapOffset=\"0\" "
        "nextLeapChangeTime=\"2030-01-01T00:00:00Z\"",
        "stream.mpd" },
    { "presentation-start", "192500000000",
        "<Period id=\"1\" "
        "start=\"PT192.000S\">",
        "stream.mpd" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *mpd = NULL;
    SinkFixture f;

    sink_fixture_init (&f, "cmafdashsink");
    gst_util_set_object_arg (
        G_OBJECT (f.sink), cases[i].property, cases[i].value);
    add_both (&f);
    sink_fixture_push_all (&f, 100, 103);
    fail_unless (sink_fixture_has (&f, cases[i].file), "%s=%s: no %s",
        cases[i].property, cases[i].value, cases[i].file);
    mpd = sink_fixture_read (&f, i == 0 ? "x.mpd" : "stream.mpd");
    assert_has (mpd, cases[i].has);
    assert_has (mpd, "type=\"dynamic\"");
    sink_fixture_clear (&f);
  }
}
GST_END_TEST;

/* Of what has ended there are two views; while it lasts, one. */
GST_START_TEST (test_a_recording_begins_at_zero)
{
  gboolean wanted = __i__ == 0;
  g_autofree gchar *left = NULL, *mpd = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  if (!wanted)
    g_object_set (f.sink, "vod-mpd-name", "", NULL);
  left = g_build_filename (f.folder, "vod.mpd", NULL);
  fail_unless (g_file_set_contents (left, "of yesterday", -1, NULL));
  add_both (&f);
  sink_fixture_push_all (&f, 100, 103);
  assert_equals_int (sink_fixture_has (&f, "vod.mpd"), !wanted);
  sink_fixture_end (&f);
  if (wanted) {
    mpd = sink_fixture_read (&f, "vod.mpd");
    assert_has (mpd, "type=\"static\"");
    assert_has (mpd, "<Period id=\"1\" start=\"PT0.000S\">");
    assert_has (mpd, "mediaPresentationDuration=\"PT7.680S\"");
  }
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_static_mpd_comes_at_the_end)
{
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  gst_util_set_object_arg (G_OBJECT (f.sink), "manifest-type", "static");
  add_both (&f);
  sink_fixture_push_all (&f, 0, 3);
  fail_if (sink_fixture_has (&f, "stream.mpd"));
  sink_fixture_end (&f);
  fail_unless (sink_fixture_has (&f, "stream.mpd"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_low_latency_segment_is_visible_before_it_is_complete)
{
  g_autoptr (CmafChunk) chunk = NULL;
  g_autofree gchar *mpd = NULL;
  SinkFixture f;
  guint part;

  sink_fixture_init (&f, "cmafdashsink");
  gst_util_set_object_arg (G_OBJECT (f.sink), "low-latency", "true");
  gst_util_set_object_arg (G_OBJECT (f.sink), "addressing", "number");
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  for (part = 0; part < 4; part++) {
    g_clear_pointer (&chunk, cmaf_chunk_unref);
    chunk = fixture_grid_chunk (f.track[0], &fixture_grid, 7, part, 4);
    assert_equals_int (sink_fixture_push_chunk (&f, 0, chunk), GST_FLOW_OK);
    fail_unless (sink_fixture_has (&f, "v/0000000007.m4s"));
  }
  fail_if (sink_fixture_has (&f, "stream.mpd"));
  assert_equals_int (sink_fixture_push (&f, 0, 8), GST_FLOW_OK);
  mpd = sink_fixture_read (&f, "stream.mpd");
  assert_has (mpd, "availabilityTimeOffset=\"1.440000\"");
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_stats_count)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstStructure) after = NULL;
  const GValue *track;
  guint64 n;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  add_both (&f);
  sink_fixture_push_all (&f, 100, 102);
  assert_equals_int (sink_fixture_push (&f, 0, 101), GST_FLOW_OK);
  g_object_get (f.sink, "stats", &stats, NULL);
  assert_equals_string (
      gst_structure_get_name (stats), "application/x-cmafdashsink-stats");
  fail_unless (gst_structure_get_uint64 (stats, "segments", &n));
  assert_equals_uint64 (n, 6);
  fail_unless (gst_structure_get_uint64 (stats, "dropped-chunks", &n));
  assert_equals_uint64 (n, 1);
  track = gst_structure_get_value (stats, "track-v");
  fail_unless (track != NULL);
  fail_unless (gst_structure_get_uint64 (
      gst_value_get_structure (track), "segments", &n));
  assert_equals_uint64 (n, 3);
  gst_element_set_state (f.sink, GST_STATE_READY);
  g_object_get (f.sink, "stats", &after, NULL);
  fail_unless (gst_structure_get_uint64 (after, "segments", &n));
  assert_equals_uint64 (n, 6);
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_second_run_is_like_the_first)
{
  g_autofree gchar *one = NULL, *two = NULL;
  SinkFixture f;
  guint run, i;

  sink_fixture_init (&f, "cmafdashsink");
  add_both (&f);
  for (run = 0; run < 2; run++) {
    sink_fixture_push_all (&f, 100, 103);
    sink_fixture_end (&f);
    *(run == 0 ? &one : &two) = sink_fixture_read (&f, "stream.mpd");
    gst_element_set_state (f.sink, GST_STATE_READY);
    gst_element_set_state (f.sink, GST_STATE_PLAYING);
    for (i = 0; run == 0 && i < f.n_pads; i++) {
      g_autoptr (GstCaps) caps = fixture_caps (f.track[i], i == 0 ? "v" : "a");

      gst_harness_push_event (
          f.harness[i], gst_event_new_stream_start ("again"));
      gst_harness_push_event (f.harness[i], gst_event_new_caps (caps));
    }
  }
  assert_equals_string (one, two);
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* ---- pads that come and go ---- */

GST_START_TEST (test_pad_may_come_and_go)
{
  g_autofree gchar *joined = NULL, *gone = NULL, *told = NULL;
  const gchar *last;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  sink_fixture_add (&f, "low", fixture_video (25, 1, 90000, 3600, 360, 500000));
  sink_fixture_push_all (&f, 102, 103);
  joined = sink_fixture_read (&f, "stream.mpd");
  assert_has (joined, "<Period id=\"k102\"");
  assert_has (joined, "<Representation id=\"low\"");
  gst_harness_teardown (f.harness[2]); /* releases the pad */
  cmaf_track_unref (f.track[2]);
  f.n_pads = 2;
  sink_fixture_push_all (&f, 104, 107);
  gone = sink_fixture_read (&f, "stream.mpd");
  assert_has (gone, "<Period id=\"k106\"");
  last = strstr (gone, "<Period id=\"k106\"");
  assert_lacks (last, "\"low\"");
  sink_fixture_end (&f);
  told = sink_fixture_messages (
      &f, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  assert_equals_string (told, "eos\n");
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* ---- faults ---- */

static gchar *
start_and_fail (SinkFixture *f)
{
  assert_equals_int (gst_element_set_state (f->sink, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  return sink_fixture_messages (f, GST_MESSAGE_ERROR);
}

static const struct
{
  const gchar *property, *value;
  const gchar *has;
} bad_settings[] = {
  { "location", "", "location: is not set" },
  { "location", "/proc", "location: /proc: cannot write into the directory: " },
  { "location", "/dev/null", "location: /dev/null: cannot " },
  { "location", "/dev/null/x",
      "location: /dev/null/x: cannot create the directory: " },
  { "media-template", "../$RepresentationID$/$Number$.m4s",
      "segment template \"../$RepresentationID$/$Number$.m4s\" does not" },
  { "media-template", "$Number$.m4s", "needs $RepresentationID$" },
  { "media-template", "$RepresentationID$/$Time$",
      "needs $Number$ for the addressing" },
  { "delivery-url", "https://cdn.example/a b", "with %20 and the like" },
  { "next-leap-time", "1798761600",
      "next-leap-time: found 1798761600, needs a whole second, in "
      "nanoseconds since 1970" },
  { "mpd-name", "../x.mpd", "\"../x.mpd\" is not a plain file name" },
  { "mpd-name", "", "\"\" is not a plain file name" },
  { "mpd-name", "vod.mpd", "mpd-name and vod-mpd-name are both \"vod.mpd\"" },
};

/* One message that names what is wrong, and the state change fails. */
GST_START_TEST (test_bad_setting_is_one_error)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  gst_util_set_object_arg (G_OBJECT (f.sink), bad_settings[__i__].property,
      bad_settings[__i__].value);
  told = start_and_fail (&f);
  assert_has (told, bad_settings[__i__].has);
  fail_unless (strchr (told, '\n') == told + strlen (told) - 1, "%s", told);
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_location_may_contain_dots)
{
  g_autofree gchar *inner = NULL, *location = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  inner = g_build_filename (f.folder, "inner", NULL);
  g_mkdir (inner, 0777);
  location = g_build_filename (inner, "..", "other", NULL);
  g_object_set (f.sink, "location", location, NULL);
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  fail_unless (sink_fixture_has (&f, "other/stream.mpd"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* A name from outside cannot leave the directory. */
GST_START_TEST (test_track_name_stays_in_the_directory)
{
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  sink_fixture_add (
      &f, "../../x", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f, 100, 101);
  fail_unless (sink_fixture_has (&f, "t..-..-x/0000000100.m4s")
               || sink_fixture_has (&f, "stream.mpd"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* Every name in the MPD is there: segments first to last of each track. */
static void
assert_complete (SinkFixture *f, const gchar *mpd)
{
  const gchar *at = strstr (mpd, "startNumber=\"");
  guint64 first, count = 1, i;

  fail_unless (at != NULL);
  first = g_ascii_strtoull (at + strlen ("startNumber=\""), NULL, 10);
  at = strstr (at, "<S t=");
  if (strstr (at, " r=\"") != NULL && strstr (at, " r=\"") < strchr (at, '>'))
    count += g_ascii_strtoull (strstr (at, " r=\"") + 4, NULL, 10);
  for (i = first; i < first + count; i++) {
    g_autofree gchar *name =
        g_strdup_printf ("v/%010" G_GUINT64_FORMAT ".m4s", i);

    fail_unless (sink_fixture_has (f, name), "the MPD names %s", name);
  }
}

/* ---- streams of the application ---- */

typedef struct
{
  GString *calls;
  GPtrArray *streams;
} Application;

static GOutputStream *
give_stream (GstElement *sink, const gchar *location, Application *app)
{
  GOutputStream *stream = g_memory_output_stream_new_resizable ();

  g_string_append_printf (app->calls, "%s ", location);
  g_ptr_array_add (app->streams, g_object_ref (stream));
  return stream;
}

static GOutputStream *
give_nothing (GstElement *sink, const gchar *location, gpointer user_data)
{
  return NULL;
}

static gboolean
note_deletion (GstElement *sink, const gchar *location, Application *app)
{
  g_string_append_printf (app->calls, "-%s ", location);
  return TRUE;
}

GST_START_TEST (test_application_gives_streams)
{
  Application app = { g_string_new (NULL),
    g_ptr_array_new_with_free_func (g_object_unref) };
  SinkFixture f;
  guint i;

  sink_fixture_init (&f, "cmafdashsink");
  g_object_set (
      f.sink, "location", NULL, "window-length", (guint64)2 * GST_SECOND, NULL);
  g_signal_connect (f.sink, "get-init-stream", G_CALLBACK (give_nothing), NULL);
  g_signal_connect (f.sink, "get-init-stream", G_CALLBACK (give_stream), &app);
  g_signal_connect (
      f.sink, "get-fragment-stream", G_CALLBACK (give_stream), &app);
  g_signal_connect (
      f.sink, "get-fragment-stream", G_CALLBACK (give_nothing), NULL);
  g_signal_connect (
      f.sink, "get-playlist-stream", G_CALLBACK (give_stream), &app);
  g_signal_connect (
      f.sink, "delete-fragment", G_CALLBACK (note_deletion), &app);
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f, 100, 110);
  fail_unless (g_str_has_prefix (app.calls->str, "v/init-"));
  assert_has (app.calls->str, " v/0000000100.m4s stream.mpd v/0000000101.m4s ");
  assert_has (app.calls->str, " -v/0000000100.m4s ");
  for (i = 0; i < app.streams->len; i++) {
    GOutputStream *stream = g_ptr_array_index (app.streams, i);

    fail_unless (g_output_stream_is_closed (stream));
    fail_unless (
        g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream))
        > 0);
  }
  sink_fixture_clear (&f);
  g_string_free (app.calls, TRUE);
  g_ptr_array_unref (app.streams);
}
GST_END_TEST;

/* They stand in for location, set or not, and for nothing else. */
GST_START_TEST (test_streams_are_one_of_several_destinations)
{
  Application app = { g_string_new (NULL),
    g_ptr_array_new_with_free_func (g_object_unref) };
  g_autofree gchar *other = g_dir_make_tmp ("cmaf-sink-XXXXXX", NULL);
  g_autofree gchar *mpd = g_build_filename (other, "stream.mpd", NULL);
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  g_object_set (f.sink, "locations", other, NULL);
  if (__i__ == 1)
    g_object_set (f.sink, "location", NULL, NULL);
  g_signal_connect (
      f.sink, "get-playlist-stream", G_CALLBACK (give_stream), &app);
  if (__i__ == 1) {
    g_signal_connect (
        f.sink, "get-init-stream", G_CALLBACK (give_stream), &app);
    g_signal_connect (
        f.sink, "get-fragment-stream", G_CALLBACK (give_stream), &app);
  }
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f, 100, 101);
  assert_has (app.calls->str, "stream.mpd");
  fail_unless (g_file_test (mpd, G_FILE_TEST_IS_REGULAR));
  fail_if (sink_fixture_has (&f, "stream.mpd"));
  assert_equals_int (sink_fixture_has (&f, "v/0000000100.m4s"), __i__ == 0);
  sink_fixture_clear (&f);
  remove_tree (other);
  g_string_free (app.calls, TRUE);
  g_ptr_array_unref (app.streams);
}
GST_END_TEST;

GST_START_TEST (test_no_stream_falls_back_to_the_directory)
{
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  g_signal_connect (
      f.sink, "get-fragment-stream", G_CALLBACK (give_nothing), NULL);
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  fail_unless (sink_fixture_has (&f, "v/0000000100.m4s"));
  fail_unless (sink_fixture_has (&f, "stream.mpd"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_no_stream_and_no_location_is_one_error)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafdashsink");
  g_object_set (f.sink, "location", NULL, NULL);
  g_signal_connect (
      f.sink, "get-fragment-stream", G_CALLBACK (give_nothing), NULL);
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  assert_equals_int (sink_fixture_push (&f, 0, 100), GST_FLOW_ERROR);
  told = sink_fixture_messages (&f, GST_MESSAGE_ERROR);
  assert_has (told, "no stream was given for it, and no location is set");
  fail_unless (strchr (told, '\n') == told + strlen (told) - 1, "%s", told);
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* ---- while it runs ---- */

typedef struct
{
  SinkFixture *f;
  gint stop;
  guint n_versions;
} Watcher;

/* Reads the MPD over and over: each version parses, and what it names is
 * there. */
static gpointer
watch (gpointer data)
{
  Watcher *watcher = data;
  g_autofree gchar *last = NULL;

  while (!g_atomic_int_get (&watcher->stop)) {
    gchar *mpd = sink_fixture_read (watcher->f, "stream.mpd");
    xmlDoc *document;

    if (mpd == NULL || g_strcmp0 (mpd, last) == 0) {
      g_free (mpd);
      g_thread_yield ();
      continue;
    }
    document = xmlReadMemory (mpd, strlen (mpd), NULL, NULL, 0);
    fail_unless (document != NULL, "%s", mpd);
    xmlFreeDoc (document);
    assert_complete (watcher->f, mpd);
    watcher->n_versions++;
    g_free (last);
    last = mpd;
  }
  return NULL;
}

typedef struct
{
  SinkFixture *f;
  guint pad;
} Feeder;

static gpointer
feed (gpointer data)
{
  Feeder *feeder = data;
  guint i;

  for (i = 100; i < 400; i++)
    assert_equals_int (
        sink_fixture_push (feeder->f, feeder->pad, i), GST_FLOW_OK);
  gst_harness_push_event (
      feeder->f->harness[feeder->pad], gst_event_new_eos ());
  return NULL;
}

GST_START_TEST (test_every_version_names_only_what_is_there)
{
  g_autofree gchar *told = NULL;
  GThread *watcher, *feeders[2];
  SinkFixture f;
  Watcher state = { &f };
  Feeder feeds[2] = { { &f, 0 }, { &f, 1 } };
  guint i;

  sink_fixture_init (&f, "cmafdashsink");
  g_object_set (f.sink, "max-lag", 0, NULL); /* threads run as they like */
  add_both (&f);
  watcher = g_thread_new ("watcher", watch, &state);
  for (i = 0; i < 2; i++)
    feeders[i] = g_thread_new ("feeder", feed, &feeds[i]);
  for (i = 0; i < 2; i++)
    g_thread_join (feeders[i]);
  g_atomic_int_set (&state.stop, 1);
  g_thread_join (watcher);
  fail_unless (state.n_versions > 0);
  told = sink_fixture_messages (
      &f, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  assert_equals_string (told, "eos\n");
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* "/tmp/x/../x" */
static gchar *
another_path (const gchar *folder)
{
  g_autofree gchar *base = g_path_get_basename (folder);

  return g_build_filename (folder, "..", base, NULL);
}

/* Two sinks and one directory. */
GST_START_TEST (test_two_that_write_one_track_are_warned_of)
{
  static const struct
  {
    const gchar *element, *path, *name;
    gboolean write_segments, warned;
  } cases[] = {
    { "cmafdashsink", "", "v", TRUE, TRUE },
    { "cmafhlssink", "..", "v", TRUE, TRUE }, /* it has many paths */
    { "cmafhlssink", "", "v", FALSE, FALSE },
    { "cmafdashsink", "", "w", TRUE, FALSE },
    { "cmafdashsink", NULL, "v", TRUE, FALSE }, /* another directory */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *before = NULL, *told = NULL, *expected = NULL;
    g_autofree gchar *location = NULL;
    SinkFixture f, other;

    sink_fixture_init (&f, "cmafdashsink");
    sink_fixture_init (&other, cases[i].element);
    location = cases[i].path == NULL   ? g_strdup (other.folder)
               : cases[i].path[0] == 0 ? g_strdup (f.folder)
                                       : another_path (f.folder);
    g_object_set (other.sink, "location", location, "write-segments",
        cases[i].write_segments, NULL);
    sink_fixture_add (
        &f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
    sink_fixture_push_all (&f, 100, 101);
    sink_fixture_add (&other, cases[i].name,
        fixture_video (25, 1, 90000, 3600, 720, 3000000));
    sink_fixture_push_all (&other, 100, 101);
    before = sink_fixture_messages (&f, GST_MESSAGE_WARNING);
    assert_equals_string (before, "");
    told = sink_fixture_messages (&other, GST_MESSAGE_WARNING);
    expected = g_strdup_printf (
        "warning location: another element writes track v into %s too, they "
        "replace each other's files; needs a directory or track name of its "
        "own, or write-segments=false when the files are the same\n",
        location);
    assert_equals_string (told, cases[i].warned ? expected : "");
    sink_fixture_clear (&other);
    sink_fixture_clear (&f);
  }
}
GST_END_TEST;

/* One after the other is no conflict. */
GST_START_TEST (test_what_has_stopped_is_not_warned_of)
{
  g_autofree gchar *told = NULL;
  SinkFixture f, other;

  sink_fixture_init (&f, "cmafdashsink");
  sink_fixture_init (&other, "cmafdashsink");
  g_object_set (other.sink, "location", f.folder, NULL);
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  gst_element_set_state (f.sink, GST_STATE_NULL);
  add_both (&other);
  sink_fixture_push_all (&other, 100, 101);
  told = sink_fixture_messages (&other, GST_MESSAGE_WARNING);
  assert_equals_string (told, "");
  sink_fixture_clear (&other);
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* ---- a whole pipeline ---- */

GST_START_TEST (test_encoder_muxer_and_sink)
{
  g_autofree gchar *description = NULL, *mpd = NULL;
  SinkFixture f;

  if (!have_elements ("x264enc h264parse avenc_aac aacparse cmafsyncmux"))
    return;
  sink_fixture_init (&f, "cmafdashsink");
  description = g_strdup_printf (
      "videotestsrc num-buffers=240 ! video/x-raw,width=64,height=64,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=v timing-sources=fixed ! queue ! s.sink_0 "
      "audiotestsrc num-buffers=450 samplesperbuffer=1024 ! "
      "audio/x-raw,rate=48000 ! avenc_aac ! aacparse ! "
      "cmafsyncmux track-name=a timing-sources=fixed ! queue ! s.sink_1 "
      "cmafdashsink name=s location=%s",
      f.folder);
  run_pipeline (description);
  mpd = sink_fixture_read (&f, "stream.mpd");
  assert_has (mpd, "<S t=\"0\" d=\"172800\" r=\"4\"/>");
  assert_has (mpd, "<S t=\"0\" d=\"92160\" r=\"4\"/>");
  assert_has (mpd, "mediaPresentationDuration=\"PT9.6");
  assert_complete (&f, mpd);
  sink_fixture_clear (&f);
}
GST_END_TEST;

static Suite *
cmafdashsink_suite (void)
{
  Suite *s = suite_create ("cmafdashsink");
  TCase *tc = tcase_create ("element");

  tcase_add_test (tc, test_segments_then_mpd_are_told);
  tcase_add_test (tc, test_segment_message_has_these_fields);
  tcase_add_test (tc, test_properties_reach_the_mpd);
  tcase_add_loop_test (tc, test_a_recording_begins_at_zero, 0, 2);
  tcase_add_test (tc, test_static_mpd_comes_at_the_end);
  tcase_add_test (
      tc, test_low_latency_segment_is_visible_before_it_is_complete);
  tcase_add_test (tc, test_stats_count);
  tcase_add_test (tc, test_second_run_is_like_the_first);
  tcase_add_test (tc, test_pad_may_come_and_go);
  tcase_add_loop_test (
      tc, test_bad_setting_is_one_error, 0, G_N_ELEMENTS (bad_settings));
  tcase_add_test (tc, test_location_may_contain_dots);
  tcase_add_test (tc, test_track_name_stays_in_the_directory);
  tcase_add_test (tc, test_application_gives_streams);
  tcase_add_loop_test (tc, test_streams_are_one_of_several_destinations, 0, 2);
  tcase_add_test (tc, test_no_stream_falls_back_to_the_directory);
  tcase_add_test (tc, test_no_stream_and_no_location_is_one_error);
  tcase_add_test (tc, test_every_version_names_only_what_is_there);
  tcase_add_test (tc, test_two_that_write_one_track_are_warned_of);
  tcase_add_test (tc, test_what_has_stopped_is_not_warned_of);
  tcase_add_test (tc, test_encoder_muxer_and_sink);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (cmafdashsink);
