/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-fixtures.h"
#include <gst/check/gstcheck.h>
#include <gst/cmaf/m3u8-writer.h>

#define K0 G_GUINT64_CONSTANT (866977820)

typedef struct
{
  CmafPresentationConfig config;
  CmafTrack *video, *audio;
  CmafTimeline *picture, *sound;
  CmafPresentation *presentation;
} Fixture;

static void
add_tracks (Fixture *f, const gchar *header)
{
  cmaf_presentation_add_track (
      f->presentation, "a", f->audio, "a/init-0000000a.mp4", f->sound);
  cmaf_presentation_add_track (
      f->presentation, "v", f->video, header, f->picture);
}

/* Segments [K0, last] of both tracks; the vectors V4 and A3. */
static void
fixture_init (Fixture *f, guint64 last)
{
  memset (f, 0, sizeof *f);
  f->config.grid = (CmafSegmentGrid){ 1001, 500 };
  f->config.media_template = "$RepresentationID$/$Number%010d$.cmfv";
  f->config.playlist_name = "media.m3u8";
  f->config.window_length = 60 * GST_SECOND;
  f->video = fixture_video (30000, 1001, 30000, 1001, 720, 3000000);
  f->audio = fixture_audio ("en");
  f->picture = fixture_timeline (&f->config.grid, f->video, K0, last);
  f->sound = fixture_timeline (&f->config.grid, f->audio, K0, last);
}

static void
fixture_build (Fixture *f)
{
  f->presentation = cmaf_presentation_new (&f->config);
  cmaf_presentation_add_period (f->presentation, K0, 0)->is_start = TRUE;
  add_tracks (f, "v/init-00000001.mp4");
}

static void
fixture_clear (Fixture *f)
{
  g_clear_pointer (&f->presentation, cmaf_presentation_unref);
  cmaf_timeline_free (f->picture);
  cmaf_timeline_free (f->sound);
  cmaf_track_unref (f->video);
  cmaf_track_unref (f->audio);
}

static gchar *
to_text (GBytes *bytes)
{
  gchar *text =
      g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_bytes_unref (bytes);
  return text;
}

static gchar *
media (Fixture *f, const gchar *name, guint64 first, guint64 last,
    gboolean is_ended)
{
  const CmafPresentationState state = { first, last, is_ended };

  return to_text (
      cmaf_m3u8_write_media (f->presentation, &state, name, FALSE, NULL));
}

static void
assert_has (const gchar *text, const gchar *part)
{
  fail_unless (strstr (text, part) != NULL, "no \"%s\" in\n%s", part, text);
}

static void
assert_lacks (const gchar *text, const gchar *part)
{
  fail_unless (strstr (text, part) == NULL, "\"%s\" in\n%s", part, text);
}

/* Vector S12: names, durations and dates. */
GST_START_TEST (test_media_playlist_is_this_text)
{
  g_autofree gchar *text = NULL, *audio = NULL;
  Fixture f;

  fixture_init (&f, K0 + 5);
  fixture_build (&f);
  text = media (&f, "v", K0, K0 + 2, FALSE);
  assert_equals_string (text, "#EXTM3U\n"
                              "#EXT-X-VERSION:7\n"
                              "#EXT-X-TARGETDURATION:2\n"
                              "#EXT-X-MEDIA-SEQUENCE:866977820\n"
                              "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
                              "#EXT-X-INDEPENDENT-SEGMENTS\n"
                              "#EXT-X-MAP:URI=\"init-00000001.mp4\"\n"
                              "#EXT-X-PROGRAM-DATE-TIME:"
                              "2024-12-31T23:59:55.640Z\n"
                              "#EXTINF:2.002000,\n"
                              "0866977820.cmfv\n"
                              "#EXTINF:2.002000,\n"
                              "0866977821.cmfv\n"
                              "#EXTINF:2.002000,\n"
                              "0866977822.cmfv\n");
  g_free (text);
  text = media (&f, "v", K0 + 2, K0 + 2, FALSE);
  assert_has (text, "#EXT-X-PROGRAM-DATE-TIME:2024-12-31T23:59:59.644Z\n"
                    "#EXTINF:2.002000,\n0866977822.cmfv\n");
  audio = media (&f, "a", K0 + 2, K0 + 2, FALSE);
  assert_has (audio, "#EXT-X-PROGRAM-DATE-TIME:2024-12-31T23:59:59.659Z\n"
                     "#EXTINF:2.005333,\n0866977822.cmfv\n");
  assert_has (audio, "#EXT-X-MEDIA-SEQUENCE:866977822\n");
  assert_lacks (audio, "#EXT-X-ENDLIST");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_end_and_types)
{
  static const struct
  {
    CmafManifestType type;
    GstClockTime window;
    gboolean ended;
    const gchar *has, *lacks;
  } cases[] = {
    { CMAF_MANIFEST_DYNAMIC, 10, FALSE, "#EXTM3U", "PLAYLIST-TYPE" },
    { CMAF_MANIFEST_DYNAMIC, 10, TRUE, "#EXT-X-ENDLIST\n", "PLAYLIST-TYPE" },
    { CMAF_MANIFEST_DYNAMIC, 0, FALSE, "#EXT-X-PLAYLIST-TYPE:EVENT\n",
        "ENDLIST" },
    { CMAF_MANIFEST_STATIC, 0, TRUE, "#EXT-X-PLAYLIST-TYPE:VOD\n", "EVENT" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = NULL;
    Fixture f;

    fixture_init (&f, K0 + 2);
    f.config.type = cases[i].type;
    f.config.window_length = cases[i].window * GST_SECOND;
    f.config.number_offset = 1;
    fixture_build (&f);
    text = media (&f, "v", K0, K0 + 2, cases[i].ended);
    assert_has (text, cases[i].has);
    assert_lacks (text, cases[i].lacks);
    assert_has (text, "#EXT-X-MEDIA-SEQUENCE:866977821\n");
    assert_has (text, "\n0866977821.cmfv\n");
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_track_that_left_is_ended)
{
  const CmafPresentationState state = { K0, K0 + 2, FALSE };
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 2);
  fixture_build (&f);
  text =
      to_text (cmaf_m3u8_write_media (f.presentation, &state, "v", TRUE, NULL));
  assert_has (text, "#EXT-X-ENDLIST\n");
  fail_unless (
      cmaf_m3u8_write_media (f.presentation, &state, "x", TRUE, NULL) == NULL);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_missing_segments_are_gap_entries)
{
  g_autofree gchar *text = NULL;
  CmafTimelineSegment segment;
  Fixture f;

  fixture_init (&f, K0);
  fixture_build (&f);
  cmaf_timeline_expect (f.picture, K0 + 3, &segment);
  cmaf_timeline_append (f.picture, &segment);
  text = media (&f, "v", K0, K0 + 3, FALSE);
  assert_has (text, "\n0866977820.cmfv\n"
                    "#EXT-X-GAP\n#EXTINF:2.002000,\n0866977821.cmfv\n"
                    "#EXT-X-GAP\n#EXTINF:2.002000,\n0866977822.cmfv\n"
                    "#EXT-X-PROGRAM-DATE-TIME:2025-01-01T00:00:01.646Z\n"
                    "#EXTINF:2.002000,\n0866977823.cmfv\n");
  fixture_clear (&f);
}
GST_END_TEST;

/* Key frames that are not on the grid: a number is skipped, but no time. A
 * playlist that changes keeps its place, so that a media sequence number is
 * that of the segment wherever the window begins; one that is written once has
 * no entry for what never was. */
GST_START_TEST (test_skipped_number_without_missing_time_lasts_a_moment)
{
  static const struct
  {
    CmafManifestType type;
    guint64 duration; /* of the segment after it */
    const gchar *entries;
  } cases[] = {
    { CMAF_MANIFEST_DYNAMIC, 90000,
        "#EXT-X-GAP\n#EXTINF:0.001000,\n0866977821.cmfv\n"
        "#EXTINF:2.999000,\n0866977822.cmfv\n" },
    { CMAF_MANIFEST_DYNAMIC, 30,
        "#EXT-X-GAP\n#EXTINF:0.000500,\n0866977821.cmfv\n"
        "#EXTINF:0.000500,\n0866977822.cmfv\n" },
    { CMAF_MANIFEST_STATIC, 90000,
        "#EXTINF:3.000000,\n0866977822.cmfv\n#EXT-X-ENDLIST\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CmafTimelineSegment segment = { K0 + 2, 0, cases[i].duration };
    g_autofree gchar *text = NULL;
    g_autofree gchar *expected =
        g_strconcat ("\n0866977820.cmfv\n", cases[i].entries, NULL);
    CmafTimelineSegment last;
    Fixture f;

    fixture_init (&f, K0);
    f.config.type = cases[i].type;
    fixture_build (&f);
    cmaf_timeline_last (f.picture, &last);
    segment.time = last.time + last.duration;
    cmaf_timeline_append (f.picture, &segment);
    text = media (&f, "v", K0, K0 + 2, FALSE);
    assert_has (text, expected);
    assert_has (text, "#EXT-X-MEDIA-SEQUENCE:866977820\n");
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_new_header_is_a_discontinuity_with_a_map)
{
  g_autofree gchar *text = NULL, *late = NULL, *audio = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  fixture_build (&f);
  cmaf_presentation_add_period (f.presentation, K0 + 2, 1);
  add_tracks (&f, "v/init-00000009.mp4");
  text = media (&f, "v", K0, K0 + 3, FALSE);
  assert_has (text, "#EXT-X-DISCONTINUITY-SEQUENCE:0\n");
  assert_has (text, "#EXT-X-DISCONTINUITY\n"
                    "#EXT-X-MAP:URI=\"init-00000009.mp4\"\n"
                    "#EXT-X-PROGRAM-DATE-TIME:2024-12-31T23:59:59.644Z\n"
                    "#EXTINF:2.002000,\n0866977822.cmfv\n");
  late = media (&f, "v", K0 + 3, K0 + 3, FALSE);
  assert_has (late, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n");
  assert_has (late, "#EXT-X-MAP:URI=\"init-00000009.mp4\"\n");
  assert_lacks (late, "#EXT-X-DISCONTINUITY\n");
  audio = media (&f, "a", K0, K0 + 3, FALSE); /* all renditions alike */
  assert_has (audio, "#EXT-X-DISCONTINUITY\n#EXT-X-MAP");
  fixture_clear (&f);
}
GST_END_TEST;

/* Periods that come from tracks joining or leaving mean nothing to HLS. */
GST_START_TEST (test_period_of_the_same_generation_is_invisible)
{
  g_autofree gchar *one = NULL, *two = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  fixture_build (&f);
  one = media (&f, "v", K0, K0 + 4, FALSE);
  cmaf_presentation_add_period (f.presentation, K0 + 2, 0);
  add_tracks (&f, "v/init-00000001.mp4");
  two = media (&f, "v", K0, K0 + 4, FALSE);
  assert_equals_string (one, two);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_uris_are_relative_to_the_playlist)
{
  static const struct
  {
    const gchar *template_, *playlist, *map, *entry;
  } cases[] = {
    { "$RepresentationID$/s/$Number$.m4s", "media.m3u8", "init-00000001.mp4",
        "\ns/866977820.m4s\n" },
    { "$RepresentationID$-$Number$.m4s", "media.m3u8", "init-00000001.mp4",
        "\n../v-866977820.m4s\n" },
    { "$RepresentationID$/$Number$.m4s", "x/media.m3u8", "../init-00000001.mp4",
        "\n../866977820.m4s\n" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = NULL, *map = NULL;
    Fixture f;

    fixture_init (&f, K0);
    f.config.media_template = cases[i].template_;
    f.config.playlist_name = cases[i].playlist;
    fixture_build (&f);
    text = media (&f, "v", K0, K0, FALSE);
    map = g_strdup_printf ("#EXT-X-MAP:URI=\"%s\"\n", cases[i].map);
    assert_has (text, map);
    assert_has (text, cases[i].entry);
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_delivery_url_makes_uris_absolute)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *all = NULL;
  Fixture f;

  fixture_init (&f, K0);
  f.config.delivery_url = "https://cdn.example/live/";
  fixture_build (&f);
  text = media (&f, "v", K0, K0, FALSE);
  assert_has (text,
      "#EXT-X-MAP:URI=\"https://cdn.example/live/v/init-00000001.mp4\"\n");
  assert_has (text, "\nhttps://cdn.example/live/v/0866977820.cmfv\n");
  all = to_text (cmaf_m3u8_write_master (f.presentation));
  assert_has (all, "\nhttps://cdn.example/live/v/media.m3u8\n");
  assert_has (all, "URI=\"https://cdn.example/live/a/media.m3u8\"\n");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_cache_changes_nothing)
{
  g_autoptr (CmafM3u8Cache) cache = cmaf_m3u8_cache_new ();
  CmafTimelineSegment segment;
  guint64 last;
  Fixture f;

  fixture_init (&f, K0 + 40);
  fixture_build (&f);
  for (last = K0 + 44; last < K0 + 100; last++) { /* with a hole before */
    cmaf_timeline_expect (f.sound, last, &segment);
    cmaf_timeline_append (f.sound, &segment);
  }
  for (last = K0; last < K0 + 100; last++) {
    guint64 window = (last - K0) % 50 < 25 ? 0 : last - K0 - 20;
    const CmafPresentationState state = { K0 + window, last, FALSE };
    g_autoptr (GBytes) with =
        cmaf_m3u8_write_media (f.presentation, &state, "a", FALSE, cache);
    g_autoptr (GBytes) without =
        cmaf_m3u8_write_media (f.presentation, &state, "a", FALSE, NULL);

    fail_unless (g_bytes_equal (with, without));
    if (last == K0 + 70) {
      cmaf_presentation_add_period (f.presentation, K0 + 71, 1);
      add_tracks (&f, "v/init-00000009.mp4");
    }
  }
  fixture_clear (&f);
}
GST_END_TEST;

/* ---- multivariant ---- */

typedef struct
{
  const gchar *name;
  const gchar *language; /* NULL: video */
  guint bitrate;
} Rendition;

static gchar *
master (const Rendition *renditions, guint n)
{
  const CmafPresentationConfig config = { .grid = { 48, 25 },
    .playlist_name = "media.m3u8" };
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  guint i;

  cmaf_presentation_add_period (presentation, 0, 0);
  for (i = 0; i < n; i++) {
    const Rendition *r = &renditions[i];
    g_autoptr (CmafTrack) track =
        r->language == NULL
            ? fixture_video (30000, 1001, 30000, 1001, 720, r->bitrate)
            : fixture_audio (*r->language != '\0' ? r->language : NULL);

    if (r->language != NULL)
      track->max_bitrate = r->bitrate;
    cmaf_presentation_add_track (presentation, r->name, track, "h", NULL);
  }
  return to_text (cmaf_m3u8_write_master (presentation));
}

GST_START_TEST (test_master_with_two_videos_and_two_languages)
{
  static const Rendition renditions[] = { { "a-fr", "fr", 128000 },
    { "v-lo", NULL, 1000000 }, { "a-en", "en", 128000 },
    { "v-hi", NULL, 3000000 } };
  g_autofree gchar *text = master (renditions, G_N_ELEMENTS (renditions));

  assert_equals_string (text,
      "#EXTM3U\n"
      "#EXT-X-VERSION:7\n"
      "#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac-0\",NAME=\"en\",LANGUAGE=\"en\","
      "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-en/media.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac-0\",NAME=\"fr\",LANGUAGE=\"fr\","
      "DEFAULT=NO,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-fr/media.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=3128000,AVERAGE-BANDWIDTH=1628000,"
      "CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1280x720,"
      "FRAME-RATE=29.970,AUDIO=\"aac-0\"\n"
      "v-hi/media.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1128000,AVERAGE-BANDWIDTH=628000,"
      "CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1280x720,"
      "FRAME-RATE=29.970,AUDIO=\"aac-0\"\n"
      "v-lo/media.m3u8\n");
}
GST_END_TEST;

GST_START_TEST (test_master_pairs_audio_bitrates_in_groups)
{
  static const Rendition renditions[] = { { "v", NULL, 1000000 },
    { "a-hi", "", 192000 }, { "a-lo", "", 64000 } };
  g_autofree gchar *text = master (renditions, G_N_ELEMENTS (renditions));

  assert_has (text, "GROUP-ID=\"aac-0\",NAME=\"a-hi\",DEFAULT=YES,"
                    "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-hi/media.m3u8\"");
  assert_has (text, "GROUP-ID=\"aac-1\",NAME=\"a-hi\",DEFAULT=YES,"
                    "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a-lo/media.m3u8\"");
  assert_has (text, "BANDWIDTH=1192000,");
  assert_has (text, "BANDWIDTH=1064000,");
}
GST_END_TEST;

GST_START_TEST (test_master_of_one_medium)
{
  static const Rendition audio[] = { { "a-hi", "en", 192000 },
    { "a-lo", "en", 64000 } };
  static const Rendition languages[] = { { "a-en", "en", 192000 },
    { "a-fr", "fr", 64000 } };
  static const Rendition video[] = { { "v", NULL, 1000000 } };
  g_autofree gchar *one = master (audio, 2);
  g_autofree gchar *two = master (languages, 2);
  g_autofree gchar *three = master (video, 1);

  assert_lacks (one, "#EXT-X-MEDIA:");
  assert_has (one, "#EXT-X-STREAM-INF:BANDWIDTH=192000,AVERAGE-BANDWIDTH="
                   "192000,CODECS=\"mp4a.40.2\"\na-hi/media.m3u8\n");
  assert_has (one, "a-lo/media.m3u8\n");
  assert_has (two, "NAME=\"fr\",LANGUAGE=\"fr\",DEFAULT=NO");
  assert_has (two, "BANDWIDTH=192000,AVERAGE-BANDWIDTH=192000,"
                   "CODECS=\"mp4a.40.2\",AUDIO=\"aac-0\"\na-en/media.m3u8\n");
  assert_lacks (three, "AUDIO");
  assert_has (three, "CODECS=\"avc1.640028\",RESOLUTION");
}
GST_END_TEST;

/* Text of one codec is a group, and what that needs is said of its variants. */
GST_START_TEST (test_master_has_text)
{
  const CmafPresentationConfig config = { .grid = { 48, 25 },
    .playlist_name = "media.m3u8" };
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  CmafTrack *tracks[] = { fixture_text (CMAF_CODEC_WVTT, "en", "caption"),
    fixture_text (CMAF_CODEC_STPP, "de", "forced-subtitle"),
    fixture_text (CMAF_CODEC_WVTT, NULL, NULL),
    fixture_text (CMAF_CODEC_WVTT, NULL, NULL),
    fixture_video (30000, 1001, 30000, 1001, 720, 3000000),
    fixture_audio ("en") };
  static const gchar *const names[] = { "t-en", "t-de", "t1", "t2", "v", "a" };
  g_autofree gchar *text = NULL;

  cmaf_presentation_add_period (presentation, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++) {
    cmaf_presentation_add_track (presentation, names[i], tracks[i], "h", NULL);
    cmaf_track_unref (tracks[i]);
  }
  text = to_text (cmaf_m3u8_write_master (presentation));
  assert_has (text,
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"stpp\",NAME=\"de\","
      "LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,"
      "URI=\"t-de/media.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"wvtt\",NAME=\"t1\","
      "DEFAULT=NO,AUTOSELECT=YES,URI=\"t1/media.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"wvtt\",NAME=\"t2\","
      "DEFAULT=NO,AUTOSELECT=YES,URI=\"t2/media.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"wvtt\",NAME=\"en\","
      "LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="
      "\"public.accessibility.transcribes-spoken-dialog,"
      "public.accessibility.describes-music-and-sound\","
      "URI=\"t-en/media.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=3136000,AVERAGE-BANDWIDTH=1636000,"
      "CODECS=\"avc1.640028,mp4a.40.2,stpp.ttml.im1t\","
      "RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"aac-0\","
      "SUBTITLES=\"stpp\"\nv/media.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=3136000,AVERAGE-BANDWIDTH=1636000,"
      "CODECS=\"avc1.640028,mp4a.40.2,wvtt\","
      "RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"aac-0\","
      "SUBTITLES=\"wvtt\"\nv/media.m3u8\n");
}
GST_END_TEST;

GST_START_TEST (test_master_tells_the_video_range)
{
  static const struct
  {
    guint transfer;
    const gchar *range;
  } cases[] = { { 1, ",VIDEO-RANGE=SDR" }, { 16, ",VIDEO-RANGE=PQ" },
    { 18, ",VIDEO-RANGE=HLG" } };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text = NULL;
    Fixture f;

    fixture_init (&f, K0);
    f.video->has_colour = TRUE;
    f.video->transfer_characteristics = cases[i].transfer;
    fixture_build (&f);
    text = to_text (cmaf_m3u8_write_master (f.presentation));
    assert_has (text, cases[i].range);
    fixture_clear (&f);
  }
}
GST_END_TEST;

static Suite *
m3u8_writer_suite (void)
{
  Suite *s = suite_create ("m3u8-writer");
  TCase *tc = tcase_create ("text");

  tcase_add_test (tc, test_media_playlist_is_this_text);
  tcase_add_test (tc, test_end_and_types);
  tcase_add_test (tc, test_track_that_left_is_ended);
  tcase_add_test (tc, test_missing_segments_are_gap_entries);
  tcase_add_test (tc, test_skipped_number_without_missing_time_lasts_a_moment);
  tcase_add_test (tc, test_new_header_is_a_discontinuity_with_a_map);
  tcase_add_test (tc, test_period_of_the_same_generation_is_invisible);
  tcase_add_test (tc, test_uris_are_relative_to_the_playlist);
  tcase_add_test (tc, test_delivery_url_makes_uris_absolute);
  tcase_add_test (tc, test_cache_changes_nothing);
  tcase_add_test (tc, test_master_with_two_videos_and_two_languages);
  tcase_add_test (tc, test_master_pairs_audio_bitrates_in_groups);
  tcase_add_test (tc, test_master_of_one_medium);
  tcase_add_test (tc, test_master_has_text);
  tcase_add_test (tc, test_master_tells_the_video_range);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (m3u8_writer);
