/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The MPD of an ingest, letter by letter. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-mpd.h>

#include "tracks.h"

static const CmafIngestNaming naming = { CMAF_NAMING_TEMPLATE,
  "$RepresentationID$_init.mp4", "$RepresentationID$_$Number$.mp4" };

static const gchar expected[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"dynamic\""
    " profiles=\"urn:mpeg:dash:profile:isoff-live:2011\""
    " availabilityStartTime=\"1970-01-01T00:00:00Z\""
    " publishTime=\"1970-01-01T00:00:03Z\" minimumUpdatePeriod=\"PT24H\""
    " minBufferTime=\"PT1.920S\">\n"
    "  <Period id=\"P0\" start=\"PT0S\">\n"
    "    <AdaptationSet id=\"1\" contentType=\"video\" mimeType=\"video/mp4\""
    " segmentAlignment=\"true\" startWithSAP=\"1\">\n"
    "      <SegmentTemplate timescale=\"25\" duration=\"48\" startNumber=\"0\""
    " initialization=\"$RepresentationID$_init.mp4\""
    " media=\"$RepresentationID$_$Number$.mp4\"/>\n"
    "      <Representation id=\"hi\" codecs=\"avc1.64001E\""
    " bandwidth=\"2500000\" width=\"1280\" height=\"720\""
    " frameRate=\"25/1\"/>\n"
    "      <Representation id=\"lo\" codecs=\"avc1.64001E\""
    " bandwidth=\"800000\" width=\"640\" height=\"360\""
    " frameRate=\"25/1\"/>\n"
    "    </AdaptationSet>\n"
    "    <AdaptationSet id=\"2\" contentType=\"audio\" mimeType=\"audio/mp4\""
    " segmentAlignment=\"true\" startWithSAP=\"1\" lang=\"en\">\n"
    "      <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"main\"/>\n"
    "      <SegmentTemplate timescale=\"25\" duration=\"48\" startNumber=\"0\""
    " initialization=\"$RepresentationID$_init.mp4\""
    " media=\"$RepresentationID$_$Number$.mp4\"/>\n"
    "      <Representation id=\"en\" codecs=\"mp4a.40.2\""
    " bandwidth=\"128000\" audioSamplingRate=\"48000\"/>\n"
    "    </AdaptationSet>\n"
    "  </Period>\n"
    "</MPD>\n";

static CmafTrack *
make_on_grid (const TestCodec *codec, guint32 bandwidth)
{
  CmafTrack *track = make_track (codec);

  track->max_bitrate = bandwidth;
  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  return track;
}

GST_START_TEST (test_tracks_and_sets)
{
  g_autoptr (CmafTrack) lo = make_on_grid (&test_codecs[0], 800000);
  g_autoptr (CmafTrack) hi = make_on_grid (&test_codecs[0], 2500000);
  g_autoptr (CmafTrack) en = make_on_grid (&test_codecs[4], 128000);
  g_autoptr (CmafTrack) gridless = make_track (&test_codecs[4]);
  const CmafIngestMpdTrack tracks[] = { { "en", en }, { "lo", lo },
    { "hi", hi }, { "no", gridless } };
  g_autoptr (GBytes) mpd = NULL;

  hi->width = 1280;
  hi->height = 720;
  en->language = g_strdup ("en");
  en->role = g_strdup ("main");
  mpd = cmaf_ingest_mpd_write (tracks, G_N_ELEMENTS (tracks), &naming, 3);
  assert_equals_int (g_bytes_get_size (mpd), strlen (expected));
  fail_unless (
      memcmp (g_bytes_get_data (mpd, NULL), expected, strlen (expected)) == 0,
      "%.*s", (int)g_bytes_get_size (mpd),
      (const gchar *)g_bytes_get_data (mpd, NULL));
}
GST_END_TEST;

/* What a header says may not break the XML. */
GST_START_TEST (test_odd_words_are_left_out)
{
  g_autoptr (CmafTrack) track = make_on_grid (&test_codecs[4], 1);
  const CmafIngestMpdTrack tracks[] = { { "a", track } };
  g_autoptr (GBytes) mpd = NULL;
  g_autofree gchar *text = NULL;

  track->language = g_strdup ("e\"n");
  track->role = g_strdup ("<main>");
  mpd = cmaf_ingest_mpd_write (tracks, 1, &naming, 1);
  text = g_strndup (g_bytes_get_data (mpd, NULL), g_bytes_get_size (mpd));
  fail_if (strstr (text, "lang") != NULL);
  fail_if (strstr (text, "Role") != NULL);
}
GST_END_TEST;

GST_START_TEST (test_no_grid_no_mpd)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  const CmafIngestMpdTrack tracks[] = { { "a", track } };

  fail_unless (cmaf_ingest_mpd_write (tracks, 1, &naming, 1) == NULL);
  fail_unless (cmaf_ingest_mpd_write (NULL, 0, &naming, 1) == NULL);
}
GST_END_TEST;

static Suite *
ingest_mpd_suite (void)
{
  Suite *suite = suite_create ("ingest-mpd");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_tracks_and_sets);
  tcase_add_test (tcase, test_odd_words_are_left_out);
  tcase_add_test (tcase, test_no_grid_no_mpd);
  return suite;
}

GST_CHECK_MAIN (ingest_mpd);
