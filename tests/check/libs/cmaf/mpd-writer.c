/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-fixtures.h"
#include <gst/check/gstcheck.h>
#include <gst/cmaf/mpd-writer.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* Two video renditions at 29.97 and AAC at 48 kHz, as in the vectors V4 and
 * A3 of the segmentation rule: 1735689600 s is in segment 866977822. */
#define K0 G_GUINT64_CONSTANT (866977820)
static const CmafSegmentGrid ntsc = { 1001, 500 };

typedef struct
{
  CmafPresentationConfig config;
  CmafTrack *video, *audio;
  CmafTimeline *high, *low, *sound;
  CmafPresentation *presentation;
  gboolean same_colour; /* the small picture has that of the large one */
} Fixture;

static void
fixture_init (Fixture *f, guint64 last)
{
  memset (f, 0, sizeof *f);
  f->config.grid = ntsc;
  f->config.media_template = "$RepresentationID$/$Number%010d$.m4s";
  f->config.playlist_name = "media.m3u8";
  f->config.window_length = 60 * GST_SECOND;
  f->video = fixture_video (30000, 1001, 30000, 1001, 720, 3000000);
  f->audio = fixture_audio ("en");
  f->high = fixture_timeline (&ntsc, f->video, K0, last);
  f->low = fixture_timeline (&ntsc, f->video, K0, last);
  f->sound = fixture_timeline (&ntsc, f->audio, K0, last);
}

static void
add_tracks (Fixture *f)
{
  g_autoptr (CmafTrack) low =
      fixture_video (30000, 1001, 30000, 1001, 360, 1000000);

  if (f->same_colour) {
    low->has_colour = f->video->has_colour;
    low->colour_primaries = f->video->colour_primaries;
    low->transfer_characteristics = f->video->transfer_characteristics;
    low->matrix_coefficients = f->video->matrix_coefficients;
  }
  cmaf_presentation_add_track (
      f->presentation, "a", f->audio, "a/init-0000000a.mp4", f->sound);
  cmaf_presentation_add_track (
      f->presentation, "v-low", low, "v-low/init-00000002.mp4", f->low);
  cmaf_presentation_add_track (
      f->presentation, "v", f->video, "v/init-00000001.mp4", f->high);
}

static void
fixture_build (Fixture *f)
{
  f->presentation = cmaf_presentation_new (&f->config);
  cmaf_presentation_add_period (f->presentation, K0, 0)->is_start = TRUE;
  add_tracks (f);
}

static void
fixture_clear (Fixture *f)
{
  cmaf_presentation_unref (f->presentation);
  cmaf_timeline_free (f->high);
  cmaf_timeline_free (f->low);
  cmaf_timeline_free (f->sound);
  cmaf_track_unref (f->video);
  cmaf_track_unref (f->audio);
}

static gchar *
write_text (Fixture *f, guint64 first, guint64 last, gboolean is_ended)
{
  const CmafPresentationState state = { first, last, is_ended };
  g_autoptr (GBytes) bytes = cmaf_mpd_write (f->presentation, &state, NULL);
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

/* The string value of @path in @text; the prefix of the MPD's names is d. */
static gchar *
xpath (const gchar *text, const gchar *path)
{
  xmlDoc *document = xmlReadMemory (text, strlen (text), NULL, NULL, 0);
  xmlXPathContext *context;
  xmlXPathObject *object;
  xmlChar *value;
  gchar *result;

  fail_unless (document != NULL, "%s", text);
  context = xmlXPathNewContext (document);
  xmlXPathRegisterNs (context, (const xmlChar *)"d",
      (const xmlChar *)"urn:mpeg:dash:schema:mpd:2011");
  object = xmlXPathEvalExpression ((const xmlChar *)path, context);
  fail_unless (object != NULL, "%s", path);
  value = xmlXPathCastToString (object);
  result = g_strdup ((const gchar *)value);
  xmlFree (value);
  xmlXPathFreeObject (object);
  xmlXPathFreeContext (context);
  xmlFreeDoc (document);
  return result;
}

static void
assert_xpath (const gchar *text, const gchar *path, const gchar *expected)
{
  g_autofree gchar *value = xpath (text, path);

  fail_unless (strcmp (value, expected) == 0, "%s is \"%s\", not \"%s\" in\n%s",
      path, value, expected, text);
}

static const gchar golden[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
    "profiles=\"urn:mpeg:dash:profile:isoff-live:2011,"
    "urn:mpeg:dash:profile:cmaf:2019\" type=\"dynamic\" "
    "availabilityStartTime=\"1970-01-01T00:00:00Z\" "
    "publishTime=\"2025-01-01T00:00:05.65Z\" "
    "minimumUpdatePeriod=\"PT2.002S\" timeShiftBufferDepth=\"PT60.000S\" "
    "suggestedPresentationDelay=\"PT6.006S\" minBufferTime=\"PT2.002S\" "
    "maxSegmentDuration=\"PT2.005334S\">\n"
    "  <Period id=\"1\" start=\"PT0.000S\">\n"
    "    <AdaptationSet id=\"1\" contentType=\"video\" "
    "segmentAlignment=\"true\" mimeType=\"video/mp4\" startWithSAP=\"1\">\n"
    "      <SegmentTemplate "
    "media=\"$RepresentationID$/0$Number%09d$.m4s\" timescale=\"30000\" "
    "startNumber=\"866977820\">\n"
    "        <SegmentTimeline>\n"
    "          <S t=\"52070687869200\" d=\"60060\" r=\"4\"/>\n"
    "        </SegmentTimeline>\n"
    "      </SegmentTemplate>\n"
    "      <Representation id=\"v\" width=\"1280\" height=\"720\" "
    "frameRate=\"30000/1001\" codecs=\"avc1.640028\" bandwidth=\"3000000\">\n"
    "        <SegmentTemplate initialization=\"v/init-00000001.mp4\"/>\n"
    "      </Representation>\n"
    "      <Representation id=\"v-low\" width=\"640\" height=\"360\" "
    "frameRate=\"30000/1001\" codecs=\"avc1.640028\" bandwidth=\"1000000\">\n"
    "        <SegmentTemplate initialization=\"v-low/init-00000002.mp4\"/>\n"
    "      </Representation>\n"
    "    </AdaptationSet>\n"
    "    <AdaptationSet id=\"2\" lang=\"en\" contentType=\"audio\" "
    "segmentAlignment=\"true\" mimeType=\"audio/mp4\" startWithSAP=\"1\">\n"
    "      <SegmentTemplate "
    "media=\"$RepresentationID$/0$Number%09d$.m4s\" timescale=\"48000\" "
    "startNumber=\"866977820\">\n"
    "        <SegmentTimeline>\n"
    "          <S t=\"83313100591104\" d=\"96256\" r=\"2\"/>\n"
    "          <S d=\"95232\"/>\n"
    "          <S d=\"96256\"/>\n"
    "        </SegmentTimeline>\n"
    "      </SegmentTemplate>\n"
    "      <Representation id=\"a\" audioSamplingRate=\"48000\" "
    "codecs=\"mp4a.40.2\" bandwidth=\"128000\">\n"
    "        <AudioChannelConfiguration schemeIdUri=\"urn:mpeg:dash:23003:3:"
    "audio_channel_configuration:2011\" value=\"2\"/>\n"
    "        <SegmentTemplate initialization=\"a/init-0000000a.mp4\"/>\n"
    "      </Representation>\n"
    "    </AdaptationSet>\n"
    "  </Period>\n"
    "</MPD>\n";

GST_START_TEST (test_dynamic_mpd_is_this_text)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 9);
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 4, FALSE); /* later ones are not published */
  assert_equals_string (text, golden);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_static_mpd_starts_at_zero_and_has_a_duration)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.type = CMAF_MANIFEST_STATIC;
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 4, TRUE);
  assert_xpath (text, "/d:MPD/@type", "static");
  assert_xpath (text, "/d:MPD/@mediaPresentationDuration", "PT10.013334S");
  assert_xpath (text, "count(/d:MPD/@availabilityStartTime)", "0");
  assert_xpath (text, "count(/d:MPD/@minimumUpdatePeriod)", "0");
  assert_xpath (text, "count(/d:MPD/@timeShiftBufferDepth)", "0");
  assert_xpath (text, "/d:MPD/d:Period/@start", "PT0.000S");
  assert_xpath (
      text, "//d:AdaptationSet[1]//@presentationTimeOffset", "52070687869200");
  assert_xpath (
      text, "//d:AdaptationSet[2]//@presentationTimeOffset", "83313100590720");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_ended_mpd_keeps_its_identity)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.id = "event-1";
  fixture_build (&f);
  text = write_text (&f, K0 + 2, K0 + 4, TRUE);
  assert_xpath (text, "/d:MPD/@type", "static");
  assert_xpath (text, "/d:MPD/@id", "event-1");
  assert_xpath (text, "/d:MPD/@availabilityStartTime", "1970-01-01T00:00:00Z");
  assert_xpath (text, "/d:MPD/d:Period/@id", "1");
  assert_xpath (text, "//d:AdaptationSet[1]//@startNumber", "866977822");
  fixture_clear (&f);
}
GST_END_TEST;

/* Where an MPD places media time 1735689605 s, video, in presentation time. */
static gdouble
place (const gchar *text)
{
  g_autofree gchar *start = xpath (text, "substring-before(substring-after("
                                         "//d:Period/@start, 'PT'), 'S')");
  g_autofree gchar *offset = xpath (text,
      "number(concat('0', (//d:SegmentTemplate)[1]/@presentationTimeOffset)) "
      "div (//d:SegmentTemplate)[1]/@timescale");

  return g_ascii_strtod (start, NULL) + 1735689605
         - g_ascii_strtod (offset, NULL);
}

/* For players in session: what they have keeps its place. Those that come then
 * start where the segments do. */
GST_START_TEST (test_end_keeps_positions)
{
  static const struct
  {
    CmafAddressing addressing;
    guint64 service; /* first number, 0: not known */
    const gchar *start, *start_at_end, *end;
  } cases[] = {
    { CMAF_ADDRESSING_TIMELINE_NUMBER, 0, "PT0.000S", "PT1735689599.644S",
        "PT1735689605.653334S" },
    { CMAF_ADDRESSING_NUMBER, 0, "PT0.000S", "PT1735689599.644S",
        "PT1735689605.650S" },
    { CMAF_ADDRESSING_TIMELINE_NUMBER, K0, "PT1735689595.640S",
        "PT1735689595.640S", "PT1735689605.653334S" },
    { CMAF_ADDRESSING_NUMBER, K0, "PT1735689595.640S", "PT1735689599.644S",
        "PT1735689605.650S" },
  };
  g_autofree gchar *before = NULL, *after = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.addressing = cases[__i__].addressing;
  f.config.first_number = cases[__i__].service;
  fixture_build (&f);
  before = write_text (&f, K0 + 2, K0 + 4, FALSE);
  after = write_text (&f, K0 + 2, K0 + 4, TRUE);
  assert_xpath (before, "//d:Period/@start", cases[__i__].start);
  assert_xpath (after, "//d:Period/@start", cases[__i__].start_at_end);
  assert_xpath (after, "/d:MPD/@type", "static");
  assert_xpath (after, "//d:Period/@id", "1");
  assert_xpath (after, "/d:MPD/@mediaPresentationDuration", cases[__i__].end);
  fail_unless (ABS (place (before) - 1735689605) < 1e-4, "%s", before);
  fail_unless (ABS (place (after) - 1735689605) < 1e-4, "%s", after);
  fixture_clear (&f);
}
GST_END_TEST;

/* Players that count segments ask for none that a track has not; one that was
 * lost long ago shortens nothing. */
GST_START_TEST (test_numbers_end_where_each_track_has_a_segment)
{
  static const struct
  {
    guint64 sound, pictures; /* the last of each */
    const gchar *end;
  } cases[] = {
    { K0 + 4, K0 + 5, "PT1735689605.650S" },
    { K0 + 5, K0 + 4, "PT1735689605.650S" },
    { K0 + 5, K0 + 5, "PT1735689607.652S" },
    { K0 + 2, K0 + 5, "PT1735689607.652S" },
  };
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, cases[__i__].pictures);
  cmaf_timeline_free (f.sound);
  f.sound = fixture_timeline (&ntsc, f.audio, K0, cases[__i__].sound);
  f.config.addressing = CMAF_ADDRESSING_NUMBER;
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 5, TRUE);
  assert_xpath (text, "/d:MPD/@mediaPresentationDuration", cases[__i__].end);
  fixture_clear (&f);
}
GST_END_TEST;

/* Nothing that only this packager knows: which segment it saw first. */
GST_START_TEST (test_mpd_is_the_same_whenever_the_packager_began)
{
  static const CmafAddressing addressings[] = {
    CMAF_ADDRESSING_TIMELINE_NUMBER,
    CMAF_ADDRESSING_NUMBER,
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (addressings); i++) {
    gchar *texts[2] = { NULL };
    guint late;

    for (late = 0; late < 2; late++) {
      Fixture f;

      fixture_init (&f, K0 + 9);
      f.config.addressing = addressings[i];
      f.presentation = cmaf_presentation_new (&f.config);
      cmaf_presentation_add_period (f.presentation, K0 + 3 * late, 0)
          ->is_start = TRUE;
      add_tracks (&f);
      texts[late] = write_text (&f, K0 + 4, K0 + 9, FALSE);
      fixture_clear (&f);
    }
    assert_equals_string (texts[0], texts[1]);
    g_free (texts[0]);
    g_free (texts[1]);
  }
}
GST_END_TEST;

GST_START_TEST (test_window_moves_the_front_only)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 40);
  f.config.number_offset = 1;
  fixture_build (&f);
  text = write_text (&f, K0 + 8, K0 + 39, FALSE);
  assert_xpath (text, "//d:AdaptationSet[1]//@startNumber", "866977829");
  assert_xpath (text, "//d:AdaptationSet[1]//d:S/@t", "52070688349680");
  assert_xpath (text, "//d:AdaptationSet[1]//d:S/@r", "31");
  assert_xpath (text, "/d:MPD/d:Period/@start", "PT0.000S");
  fixture_clear (&f);
}
GST_END_TEST;

/* Today there is nothing to tell; see S11 for the second one. */
GST_START_TEST (test_leap_seconds_are_told_by_what_goes_on)
{
  static const struct
  {
    CmafLeapInformation leaps;
    gboolean is_ended;
    const gchar *count, *offset, *next, *time;
  } rows[] = {
    { { 0, 0, 0 }, FALSE, "0", "", "", "" },
    { { 0, 1, G_GUINT64_CONSTANT (1893456000) * GST_SECOND }, FALSE, "1", "0",
        "1", "2030-01-01T00:00:00Z" },
    { { -1, 0, 0 }, FALSE, "1", "-1", "", "" },
    { { -1, 0, 0 }, TRUE, "0", "", "", "" },
  };
  const gchar *const element = "/d:MPD/d:LeapSecondInformation";

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *count = g_strdup_printf ("count(%s)", element);
    g_autofree gchar *offset =
        g_strdup_printf ("%s/@availabilityStartLeapOffset", element);
    g_autofree gchar *next =
        g_strdup_printf ("%s/@nextAvailabilityStartLeapOffset", element);
    g_autofree gchar *time =
        g_strdup_printf ("%s/@nextLeapChangeTime", element);
    g_autofree gchar *text = NULL;
    Fixture f;

    fixture_init (&f, K0 + 4);
    f.config.leaps = rows[i].leaps;
    fixture_build (&f);
    text = write_text (&f, K0 + 2, K0 + 4, rows[i].is_ended);
    assert_xpath (text, count, rows[i].count);
    assert_xpath (text, offset, rows[i].offset);
    assert_xpath (text, next, rows[i].next);
    assert_xpath (text, time, rows[i].time);
    fixture_clear (&f);
  }
}
GST_END_TEST;

/* In front of all that it is the base of, and escaped. */
GST_START_TEST (test_delivery_url_is_the_base)
{
  g_autofree gchar *with = NULL;
  g_autofree gchar *without = NULL;
  Fixture f;

  fixture_init (&f, K0 + 2);
  fixture_build (&f);
  without = write_text (&f, K0, K0 + 2, FALSE);
  f.presentation->config.delivery_url = "https://cdn.example/a&b/";
  with = write_text (&f, K0, K0 + 2, FALSE);
  fail_unless (strstr (without, "BaseURL") == NULL);
  fail_unless (
      strstr (with, "<BaseURL>https://cdn.example/a&amp;b/</BaseURL>\n  "
                    "<Period ")
          != NULL,
      "%s", with);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_time_addressing_has_no_numbers)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.addressing = CMAF_ADDRESSING_TIMELINE_TIME;
  f.config.media_template = "$RepresentationID$/t$Time$.m4s";
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (text, "count(//@startNumber)", "0");
  assert_xpath (text, "//@media", "$RepresentationID$/t$Time$.m4s");
  fixture_clear (&f);
}
GST_END_TEST;

/* With numbers and a duration nothing changes while segments come; players that
 * compute when one is there are told one segment later. */
GST_START_TEST (test_number_addressing_is_constant_and_exact)
{
  g_autofree gchar *early = NULL, *late = NULL, *ended = NULL;
  Fixture f;

  fixture_init (&f, K0 + 40);
  f.config.addressing = CMAF_ADDRESSING_NUMBER;
  f.config.first_number = K0;
  fixture_build (&f);
  early = write_text (&f, K0, K0, FALSE);
  late = write_text (&f, K0 + 8, K0 + 39, FALSE);
  assert_equals_string (early, late);
  assert_xpath (early, "count(//d:SegmentTimeline)", "0");
  assert_xpath (early, "//d:SegmentTemplate/@duration", "1001");
  assert_xpath (early, "//d:SegmentTemplate/@timescale", "500");
  assert_xpath (early, "//d:SegmentTemplate/@startNumber", "866977820");
  assert_xpath (
      early, "/d:MPD/@availabilityStartTime", "1970-01-01T00:00:02.002Z");
  /* 866977820 * 1001: the segment starts where its Period starts */
  assert_xpath (
      early, "//d:SegmentTemplate/@presentationTimeOffset", "867844797820");
  assert_xpath (early, "//d:Period/@start", "PT1735689595.640S");
  ended = write_text (&f, K0 + 8, K0 + 39, TRUE);
  assert_xpath (ended, "//d:SegmentTemplate/@startNumber", "866977828");
  assert_xpath (ended, "//d:Period/@start", "PT1735689611.656S");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_low_latency_offset_is_segment_less_chunk)
{
  g_autofree gchar *text = NULL;
  const CmafPeriod *period;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.addressing = CMAF_ADDRESSING_NUMBER;
  f.config.low_latency = TRUE;
  fixture_build (&f);
  period = g_ptr_array_index (f.presentation->periods, 0);
  ((CmafPresentationTrack *)cmaf_period_find_track (period, "v"))
      ->longest_chunk = 6006;
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (
      text, "//d:AdaptationSet[1]//@availabilityTimeOffset", "1.801800");
  assert_xpath (
      text, "//d:AdaptationSet[1]//@availabilityTimeComplete", "false");
  assert_xpath (
      text, "count(//d:AdaptationSet[2]//@availabilityTimeOffset)", "0");
  fixture_clear (&f);
}
GST_END_TEST;

/* One rendition misses a segment: it gets a template of its own. */
GST_START_TEST (test_different_timelines_move_to_the_representation)
{
  g_autofree gchar *text = NULL;
  CmafTimelineSegment segment;
  Fixture f;

  fixture_init (&f, K0 + 2);
  fixture_build (&f);
  cmaf_timeline_expect (f.low, K0 + 4, &segment);
  cmaf_timeline_append (f.low, &segment);
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (text, "count(//d:AdaptationSet[1]/d:SegmentTemplate)", "0");
  assert_xpath (
      text, "count(//d:Representation[@id='v']/d:SegmentTemplate//d:S)", "1");
  assert_xpath (text,
      "string(//d:Representation[@id='v-low']/d:SegmentTemplate"
      "//d:S[2]/@t)",
      "52070688109440");
  assert_xpath (text,
      "//d:Representation[@id='v-low']/d:SegmentTemplate/@initialization",
      "v-low/init-00000002.mp4");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_second_period_has_its_own_offset_and_keeps_the_first)
{
  g_autofree gchar *before = NULL, *after = NULL, *ended = NULL, *vod = NULL;
  gchar *old_period, *end;
  Fixture f;

  fixture_init (&f, K0 + 6);
  fixture_build (&f);
  before = write_text (&f, K0, K0 + 2, FALSE);
  cmaf_presentation_add_period (f.presentation, K0 + 3, 1);
  add_tracks (&f);
  after = write_text (&f, K0, K0 + 6, FALSE);
  assert_xpath (after, "count(//d:Period)", "2");
  assert_xpath (after, "//d:Period[2]/@id", "k866977823");
  assert_xpath (after, "//d:Period[2]/@start", "PT1735689601.646S");
  assert_xpath (
      after, "//d:Period[2]/d:AdaptationSet[1]//@startNumber", "866977823");
  assert_xpath (after,
      "//d:Period[2]/d:AdaptationSet[1]//@presentationTimeOffset",
      "52070688049380");
  /* the old one is not touched by a byte */
  old_period = strstr (before, "  <Period");
  end = strstr (old_period, "</MPD>");
  *end = '\0';
  fail_unless (strstr (after, old_period) != NULL, "%s", after);
  ended = write_text (&f, K0, K0 + 6, TRUE);
  assert_xpath (ended, "//d:Period[1]/@start", "PT1735689595.640S");
  assert_xpath (ended, "//d:Period[2]/@start", "PT1735689601.646S");
  f.presentation->config.type = CMAF_MANIFEST_STATIC;
  vod = write_text (&f, K0, K0 + 6, TRUE);
  assert_xpath (vod, "//d:Period[1]/@start", "PT0.000S");
  assert_xpath (vod, "//d:Period[2]/@start", "PT6.006S");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_zero_based_presentation_needs_no_offset)
{
  CmafPresentationConfig config = { .grid = { 48, 25 },
    .type = CMAF_MANIFEST_STATIC,
    .media_template = "$RepresentationID$/$Number$.m4s" };
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  g_autoptr (CmafTrack) track = fixture_audio (NULL);
  g_autoptr (CmafTimeline) timeline =
      fixture_timeline (&config.grid, track, 0, 4);
  const CmafPresentationState state = { 0, 4, TRUE };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree gchar *text = NULL;

  cmaf_presentation_add_period (presentation, 0, 0)->is_start = TRUE;
  cmaf_presentation_add_track (presentation, "a", track, "a/i", timeline);
  bytes = cmaf_mpd_write (presentation, &state, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  assert_xpath (text, "count(//@presentationTimeOffset)", "0");
  assert_xpath (text, "//d:S/@t", "0");
  assert_xpath (text, "/d:MPD/@mediaPresentationDuration", "PT9.600S");
}
GST_END_TEST;

GST_START_TEST (test_service_start_moves_the_wall_clock_only)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.config.availability_start = 1500 * GST_MSECOND;
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (
      text, "/d:MPD/@availabilityStartTime", "1970-01-01T00:00:01.5Z");
  assert_xpath (text, "/d:MPD/@publishTime", "2025-01-01T00:00:07.15Z");
  assert_xpath (text, "//d:AdaptationSet[1]//d:S/@t", "52070687869200");
  fixture_clear (&f);
}
GST_END_TEST;

/* In the set when all its tracks are alike, else in the track. */
GST_START_TEST (test_wide_gamut_video_says_so)
{
  static const gchar *const parents[] = { "Representation", "AdaptationSet" };
  g_autofree gchar *path =
      g_strdup_printf ("count(//d:%s/d:SupplementalProperty)", parents[__i__]);
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f, K0 + 4);
  f.video->has_colour = TRUE;
  f.video->colour_primaries = 9;
  f.video->transfer_characteristics = 16;
  f.video->matrix_coefficients = 9;
  f.same_colour = __i__ == 1;
  f.video->par_n = 4;
  f.video->par_d = 3;
  fixture_build (&f);
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (text, "//d:Representation[@id='v']/@sar", "4:3");
  assert_xpath (text,
      "//d:SupplementalProperty[contains(@schemeIdUri,'Transfer')]/@value",
      "16");
  assert_xpath (text, "count(//d:SupplementalProperty)", "3");
  assert_xpath (text, path, "3");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_text_is_a_set_with_language_and_role)
{
  g_autoptr (CmafTrack) track = fixture_text (CMAF_CODEC_STPP, "de", "caption");
  g_autofree gchar *text = NULL;
  CmafTimeline *timeline;
  Fixture f;

  fixture_init (&f, K0 + 4);
  timeline = fixture_timeline (&f.config.grid, track, K0, K0 + 4);
  fixture_build (&f);
  cmaf_presentation_add_track (f.presentation, "t", track, "t/h.mp4", timeline);
  text = write_text (&f, K0, K0 + 4, FALSE);
  assert_xpath (text, "//d:AdaptationSet[3]/@contentType", "text");
  assert_xpath (text, "//d:AdaptationSet[3]/@lang", "de");
  assert_xpath (text, "//d:AdaptationSet[3]/@mimeType", "application/mp4");
  assert_xpath (text, "//d:AdaptationSet[3]/d:Role/@value", "caption");
  assert_xpath (text, "//d:Representation[@id='t']/@codecs", "stpp.ttml.im1t");
  fixture_clear (&f);
  cmaf_timeline_free (timeline);
}
GST_END_TEST;

/* A growing MPD written with a cache is the one written without. */
GST_START_TEST (test_cache_changes_nothing)
{
  g_autoptr (CmafMpdCache) cache = cmaf_mpd_cache_new ();
  guint64 last;
  Fixture f;

  fixture_init (&f, K0 + 100);
  fixture_build (&f);
  for (last = K0; last <= K0 + 100; last++) {
    guint64 window = (last - K0) % 50 < 25 ? 0 : last - K0 - 20;
    const CmafPresentationState state = { K0 + window, last, FALSE };
    g_autoptr (GBytes) with = cmaf_mpd_write (f.presentation, &state, cache);
    g_autoptr (GBytes) without = cmaf_mpd_write (f.presentation, &state, NULL);

    fail_unless (g_bytes_equal (with, without));
    if (last == K0 + 50) {
      cmaf_presentation_add_period (f.presentation, K0 + 51, 0);
      add_tracks (&f);
    }
  }
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
mpd_writer_suite (void)
{
  Suite *s = suite_create ("mpd-writer");
  TCase *tc = tcase_create ("text");

  tcase_add_test (tc, test_dynamic_mpd_is_this_text);
  tcase_add_test (tc, test_static_mpd_starts_at_zero_and_has_a_duration);
  tcase_add_test (tc, test_ended_mpd_keeps_its_identity);
  tcase_add_loop_test (tc, test_end_keeps_positions, 0, 4);
  tcase_add_loop_test (
      tc, test_numbers_end_where_each_track_has_a_segment, 0, 4);
  tcase_add_test (tc, test_mpd_is_the_same_whenever_the_packager_began);
  tcase_add_test (tc, test_window_moves_the_front_only);
  tcase_add_test (tc, test_leap_seconds_are_told_by_what_goes_on);
  tcase_add_test (tc, test_delivery_url_is_the_base);
  tcase_add_test (tc, test_time_addressing_has_no_numbers);
  tcase_add_test (tc, test_number_addressing_is_constant_and_exact);
  tcase_add_test (tc, test_low_latency_offset_is_segment_less_chunk);
  tcase_add_test (tc, test_different_timelines_move_to_the_representation);
  tcase_add_test (
      tc, test_second_period_has_its_own_offset_and_keeps_the_first);
  tcase_add_test (tc, test_zero_based_presentation_needs_no_offset);
  tcase_add_test (tc, test_service_start_moves_the_wall_clock_only);
  tcase_add_loop_test (tc, test_wide_gamut_video_says_so, 0, 2);
  tcase_add_test (tc, test_text_is_a_set_with_language_and_role);
  tcase_add_test (tc, test_cache_changes_nothing);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (mpd_writer);
