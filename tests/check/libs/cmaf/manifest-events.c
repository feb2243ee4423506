/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An event track and video with messages in it -> what manifests say of them,
 * through a packager. */
#include "event-fixtures.h"

#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/packager.h>

#define FIRST 100
#define LAST 116
#define TICKS 230400 /* of a segment of 48/25 s, at 120 kHz */
#define VIDEO_TICKS 172800

static const struct
{
  const gchar *scheme, *value;
  guint32 id;
  guint64 start; /* in halves of a segment */
  guint32 duration;
  const gchar *hex;
  guint told_first, told_last; /* in these segments */
} events[] = {
  { CMAF_SCHEME_SCTE35, "", 7, 209, 3600000, FIXTURE_SECTION, 101, 112 },
  { CMAF_SCHEME_SCTE35, "", 7, 220, CMAF_EVENT_OPEN, FIXTURE_RETURN, 108, 109 },
  { "urn:x-test:<\"&>", "a \"b\"", 1, 212, 240000, "68656C6C6F", 105, 107 },
  { "urn:x-test:cancelled", "", 2, 218, 240000, "00", 103, 104 },
};

/* In front of video. */
static const struct
{
  const gchar *hex;
  guint number;
} messages[] = {
  { "0000002B 656D7367 01000000 000003E8 000000000003147C FFFFFFFF 00000009"
    "75726E3A7900 7600 6D7367",
      103 },
  { "0000002B 656D7367 01000000 000003E8 000000000003147C FFFFFFFF 00000009"
    "75726E3A7900 7600 6D7367",
      104 },
};

typedef struct
{
  CmafTrack *track, *video;
  CmafObjectStore *store;
  CmafPackager *packager;
  GHashTable *versions; /* "name@number" -> GBytes */
  CmafPackagerConfig config;
} Fixture;

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->track = fixture_event_track (120000);
  f->video = fixture_video (25, 1, 90000, 3600, 720, 3000000);
  f->track->segment_duration_n = f->video->segment_duration_n = 48;
  f->track->segment_duration_d = f->video->segment_duration_d = 25;
  f->versions = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  cmaf_packager_config_init (&f->config);
  f->config.availability_start = 1000 * GST_SECOND;
}

static void
fixture_clear (Fixture *f)
{
  cmaf_track_unref (f->track);
  cmaf_track_unref (f->video);
  g_hash_table_unref (f->versions);
}

/* Of one state there is one text. */
static void
on_manifest (const gchar *name, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GstStructure) stats = cmaf_packager_get_stats (f->packager);
  GBytes *bytes = cmaf_object_store_get (f->store, name, NULL);
  GBytes *known;
  guint64 number = 0;
  gchar *key;

  gst_structure_get_uint64 (stats, "last-number", &number);
  key = g_strdup_printf ("%s@%" G_GUINT64_FORMAT "%s", name, number,
      g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
          "type=\"static\"")
              || g_strstr_len (g_bytes_get_data (bytes, NULL),
                  g_bytes_get_size (bytes), "ENDLIST")
          ? " ended"
          : "");
  known = g_hash_table_lookup (f->versions, key);
  fail_unless (!known || g_bytes_equal (known, bytes), "%s:\n%.*s\n%.*s", key,
      (gint)g_bytes_get_size (known), (gchar *)g_bytes_get_data (known, NULL),
      (gint)g_bytes_get_size (bytes), (gchar *)g_bytes_get_data (bytes, NULL));
  g_hash_table_replace (f->versions, key, bytes);
}

static const CmafPackagerCallbacks callbacks = { .manifest = on_manifest };

static void
push_events (Fixture *f, guint number)
{
  const guint64 time = (guint64)number * TICKS;
  g_autoptr (GPtrArray) told =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (CmafChunk) chunk = NULL;
  g_autoptr (GBytes) payload = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (number >= events[i].told_first && number <= events[i].told_last) {
      g_autoptr (GBytes) data = bytes_from_hex (events[i].hex);

      g_ptr_array_add (
          told, cmaf_event_new (events[i].id, events[i].scheme, events[i].value,
                    events[i].start * TICKS / 2, events[i].duration, data));
    }
  payload = cmaf_event_sample_write (
      (const CmafEvent *const *)told->pdata, told->len, time, NULL);
  chunk = fixture_chunk_with (f->track, time, TICKS, payload, NULL);
  fail_unless (cmaf_packager_push (f->packager, "events", chunk, NULL));
}

static void
push_video (Fixture *f, guint number)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("picture", 7);
  g_autoptr (GBytes) emsg = NULL;
  g_autoptr (CmafChunk) chunk = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    if (number == messages[i].number)
      emsg = bytes_from_hex (messages[i].hex);
  chunk = fixture_chunk_with (
      f->video, (guint64)number * VIDEO_TICKS, VIDEO_TICKS, payload, emsg);
  fail_unless (cmaf_packager_push (f->packager, "v", chunk, NULL));
}

static void
open_packager (Fixture *f)
{
  g_autoptr (GBytes) of_events = fixture_header (f->track);
  g_autoptr (GBytes) of_video = fixture_header (f->video);

  f->store = cmaf_memory_store_new (0);
  f->packager = cmaf_packager_new (&f->config, f->store, &callbacks, f, NULL);
  cmaf_packager_set_expected (f->packager, 2);
  cmaf_packager_set_header (f->packager, "events", f->track, of_events, NULL);
  cmaf_packager_set_header (f->packager, "v", f->video, of_video, NULL);
}

static void
close_packager (Fixture *f)
{
  g_clear_pointer (&f->packager, cmaf_packager_free);
  g_clear_pointer (&f->store, cmaf_object_store_unref);
}

/* @random: which track comes first; NULL: in turns, up to @last. */
static void
run (Fixture *f, guint last, GRand *random)
{
  guint events_at = FIRST, video_at = FIRST;

  while (events_at <= last || video_at <= last) {
    const gboolean takes_events =
        random ? g_rand_boolean (random) : events_at <= video_at;

    if (takes_events && events_at <= last)
      push_events (f, events_at++);
    else if (!takes_events && video_at <= last)
      push_video (f, video_at++);
  }
}

static gchar *
read_object (Fixture *f, const gchar *name)
{
  g_autoptr (GBytes) bytes = cmaf_object_store_get (f->store, name, NULL);

  fail_unless (bytes != NULL, "%s", name);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_has (const gchar *text, const gchar *wanted)
{
  fail_unless (
      strstr (text, wanted) != NULL, "%s\nis not in\n%s", wanted, text);
}

/* For the test of the schema. */
static void
keep (const gchar *mpd)
{
  const gchar *file = g_getenv ("CMAF_KEEP_MPD");

  if (file)
    fail_unless (g_file_set_contents (file, mpd, -1, NULL));
}

GST_START_TEST (test_what_manifests_say)
{
  g_autofree gchar *mpd = NULL, *playlist = NULL, *of_events = NULL;
  Fixture f;

  fixture_init (&f);
  open_packager (&f);
  run (&f, LAST, NULL);
  mpd = read_object (&f, "stream.mpd");
  playlist = read_object (&f, "v/media.m3u8");
  of_events = read_object (&f, "events/media.m3u8");
  assert_has (mpd,
      "    <EventStream schemeIdUri=\"urn:scte:scte35:2014:xml+bin\" "
      "timescale=\"120000\">\n"
      "      <Event presentationTime=\"24076800\" duration=\"3600000\" "
      "id=\"7\">\n"
      "        <Signal xmlns=\"http://www.scte.org/schemas/35/2016\">\n"
      "          <Binary>/DAhAAAAAAAAAP/wEAUAAAAHf+9//"
      "gApMuAAAQAAAADDu1Hp</Binary>\n"
      "        </Signal>\n"
      "      </Event>\n"
      "      <Event presentationTime=\"25344000\" id=\"7\">\n");
  assert_has (mpd,
      "    <EventStream schemeIdUri=\"urn:x-test:&lt;&quot;&amp;&gt;\" "
      "value=\"a &quot;b&quot;\" timescale=\"120000\">\n"
      "      <Event presentationTime=\"24422400\" duration=\"240000\" id=\"1\" "
      "contentEncoding=\"base64\">aGVsbG8=</Event>\n"
      "    </EventStream>\n");
  assert_has (mpd, "<InbandEventStream schemeIdUri=\"urn:y\" value=\"v\"/>\n");
  fail_if (strstr (mpd, "cancelled") != NULL, "%s", mpd);
  keep (mpd);
  assert_has (playlist,
      "#EXT-X-DATERANGE:DURATION=10.560000,ID=\"scte35-7-200640\","
      "PLANNED-DURATION=30.000000,"
      "SCTE35-IN=0x" FIXTURE_RETURN ",SCTE35-OUT=0x" FIXTURE_SECTION
      ",START-DATE=\"1970-01-01T00:20:00.640Z\"\n");
  assert_has (playlist,
      "#EXT-X-DATERANGE:CLASS=\"urn:x-test:<%22&>\",DURATION=2.000000,ID=\"");
  assert_has (playlist, "-1-203520\",START-DATE=\"1970-01-01T00:20:03.520Z\","
                        "X-MESSAGE-DATA=0x68656C6C6F,X-VALUE=\"a %22b%22\"\n");
  assert_has (playlist, "#EXT-X-DATERANGE:CLASS=\"urn:y\",ID=\"");
  fail_if (strstr (of_events, "DATERANGE") != NULL, "%s", of_events);
  close_packager (&f);
  fixture_clear (&f);
}
GST_END_TEST;

/* The return is not known yet, and events are listed before they begin. */
GST_START_TEST (test_what_manifests_say_before)
{
  g_autofree gchar *mpd = NULL, *playlist = NULL;
  Fixture f;

  fixture_init (&f);
  open_packager (&f);
  run (&f, 103, NULL);
  mpd = read_object (&f, "stream.mpd");
  playlist = read_object (&f, "v/media.m3u8");
  assert_has (playlist,
      "#EXT-X-DATERANGE:ID=\"scte35-7-200640\",PLANNED-DURATION=30.000000,"
      "SCTE35-OUT=0x" FIXTURE_SECTION
      ",START-DATE=\"1970-01-01T00:20:00.640Z\"\n");
  assert_has (mpd, "cancelled");
  close_packager (&f);
  fixture_clear (&f);
}
GST_END_TEST;

/* The track is there, and what it tells; players need only that. */
GST_START_TEST (test_event_tracks_are_hidden)
{
  g_autofree gchar *listed = NULL, *hidden = NULL;
  Fixture f;

  fixture_init (&f);
  open_packager (&f);
  run (&f, LAST, NULL);
  listed = read_object (&f, "stream.mpd");
  close_packager (&f);
  g_hash_table_remove_all (f.versions);
  f.config.hides_event_tracks = TRUE;
  open_packager (&f);
  run (&f, LAST, NULL);
  hidden = read_object (&f, "stream.mpd");
  assert_has (listed, "codecs=\"evte\"");
  fail_if (strstr (hidden, "evte") != NULL, "%s", hidden);
  assert_has (hidden, "<EventStream ");
  assert_has (hidden, "contentType=\"video\"");
  fail_unless (cmaf_object_store_contains (f.store, "events/0000000100.m4s"));
  close_packager (&f);
  fixture_clear (&f);
}
GST_END_TEST;

/* What is left of an event where a static MPD begins. */
GST_START_TEST (test_a_period_begins_inside_an_event)
{
  g_autofree gchar *mpd = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.type = CMAF_MANIFEST_STATIC;
  open_packager (&f);
  push_video (&f, 100);
  for (guint number = 112; number <= 116; number++) {
    push_events (&f, number);
    push_video (&f, number);
  }
  fail_unless (cmaf_packager_finish (f.packager, NULL));
  mpd = read_object (&f, "stream.mpd");
  /* 7.5 segments are over */
  assert_has (mpd, "timescale=\"120000\" presentationTimeOffset=\"25804800\">\n"
                   "      <Event presentationTime=\"25804800\" "
                   "duration=\"1872000\" id=\"7\">");
  close_packager (&f);
  fixture_clear (&f);
}
GST_END_TEST;

static const CmafAddressing addressings[] = { CMAF_ADDRESSING_TIMELINE_NUMBER,
  CMAF_ADDRESSING_TIMELINE_TIME, CMAF_ADDRESSING_NUMBER };

/* Packagers that got the chunks in another order of tracks say the same. */
GST_START_TEST (test_equal_states_are_equal_bytes)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  Fixture f;

  fixture_init (&f);
  f.config.addressing = addressings[__i__];
  f.config.window_length = 10 * GST_SECOND;
  f.config.max_lag = 0;
  for (guint i = 0; i < 12; i++) {
    open_packager (&f);
    run (&f, LAST, random);
    fail_unless (cmaf_packager_finish (f.packager, NULL));
    close_packager (&f);
  }
  fail_unless (g_hash_table_size (f.versions) > 2 * (LAST - FIRST));
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
manifest_events_suite (void)
{
  Suite *suite = suite_create ("manifest-events");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_what_manifests_say);
  tcase_add_test (tcase, test_what_manifests_say_before);
  tcase_add_test (tcase, test_event_tracks_are_hidden);
  tcase_add_test (tcase, test_a_period_begins_inside_an_event);
  tcase_add_loop_test (
      tcase, test_equal_states_are_equal_bytes, 0, G_N_ELEMENTS (addressings));
  return suite;
}

GST_CHECK_MAIN (manifest_events);
