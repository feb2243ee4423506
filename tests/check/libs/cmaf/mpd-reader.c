/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/mpd-reader.h>
#include <string.h>

/* of an ingest source, as DASH-IF writes it */
static const gchar ingest_mpd[] =
    "<?xml version='1.0'?>"
    "<MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='dynamic'>"
    " <Period id='P0' start='PT0S'>"
    "  <AdaptationSet id='1' contentType='video' lang='und'>"
    "   <SegmentTemplate timescale='25' duration='48'"
    "    initialization='$RepresentationID$_init.mp4'"
    "    media='$RepresentationID$_$Number$.mp4'/>"
    "   <Representation id='v' bandwidth='2500000'/>"
    "   <Representation id='v_1' bandwidth='800000'/>"
    "  </AdaptationSet>"
    "  <AdaptationSet id='2' contentType='audio' lang='pt-BR'>"
    "   <Role schemeIdUri='urn:other' value='x'/>"
    "   <Role schemeIdUri='urn:mpeg:dash:role:2011' value='dub'/>"
    "   <SegmentTemplate initialization='$RepresentationID$_init.mp4'"
    "    media='a$$/$RepresentationID$_$Time$.mp4'/>"
    "   <Representation id='a' bandwidth='128000'/>"
    "   <Representation id='b' bandwidth='64000'>"
    "    <SegmentTemplate media='$Bandwidth%08d$-$Number%05d$.m4s'/>"
    "   </Representation>"
    "  </AdaptationSet>"
    "  <AdaptationSet contentType='meta' lang='e\"n'>"
    "   <Role schemeIdUri='urn:mpeg:dash:role:2011' value='A B'/>"
    "   <Representation id='c'/>"
    "  </AdaptationSet>"
    " </Period>"
    "</MPD>";

static CmafMpd *
read_text (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  CmafMpd *mpd = cmaf_mpd_read (text, strlen (text), &error);

  fail_unless (mpd != NULL, "%s", error ? error->message : "");
  return mpd;
}

GST_START_TEST (test_tracks)
{
  static const struct
  {
    const gchar *id, *language, *role, *header;
  } rows[] = {
    { "v", NULL, NULL, "v_init.mp4" },
    { "v_1", NULL, NULL, "v_1_init.mp4" },
    { "a", "pt-BR", "dub", "a_init.mp4" },
    { "b", "pt-BR", "dub", "b_init.mp4" },
    { "c", NULL, NULL, NULL },
  };
  g_autoptr (CmafMpd) mpd = read_text (ingest_mpd);

  assert_equals_int (mpd->tracks->len, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const CmafMpdTrack *track = mpd->tracks->pdata[i];
    g_autofree gchar *header = cmaf_mpd_header_path (track);

    assert_equals_string (track->id, rows[i].id);
    assert_equals_string (track->language, rows[i].language);
    assert_equals_string (track->role, rows[i].role);
    assert_equals_string (header, rows[i].header);
  }
}
GST_END_TEST;

GST_START_TEST (test_names)
{
  static const struct
  {
    const gchar *path, *id;
  } rows[] = {
    { "v_init.mp4", "v" },
    { "v_17.mp4", "v" },
    { "v_1_init.mp4", "v_1" },
    { "v_1_17.mp4", "v_1" },
    { "v_1.mp4", "v" },
    { "v_.mp4", NULL },
    { "v_x.mp4", NULL },
    { "v_17.mp4x", NULL },
    { "xv_17.mp4", NULL },
    { "a$/a_8466346382.mp4", "a" },
    { "a/a_8466346382.mp4", NULL },
    { "00064000-00001.m4s", "b" },
    { "00064000-123456.m4s", "b" },
    { "00064000-1.m4s", NULL },
    { "64000-00001.m4s", NULL },
    { "v_123456789012345678901.mp4", NULL }, /* no number of 64 bits */
    { "", NULL },
  };
  g_autoptr (CmafMpd) mpd = read_text (ingest_mpd);
  const CmafMpdTrack *found = cmaf_mpd_find (mpd, rows[__i__].path);

  assert_equals_string (found ? found->id : NULL, rows[__i__].id);
}
GST_END_TEST;

/* An MPD with one Representation "v", in parts. */
static gchar *
make_mpd (const gchar *base, const gchar *media)
{
  return g_strdup_printf ("<MPD>%s<Period><AdaptationSet><SegmentTemplate "
                          "media='%s'/><Representation id='v'/>"
                          "</AdaptationSet></Period></MPD>",
      base, media);
}

GST_START_TEST (test_bases)
{
  static const struct
  {
    const gchar *base, *media, *path;
    gboolean is_found;
  } rows[] = {
    { "", "$Number$.m4s", "1.m4s", TRUE },
    { "<BaseURL>a/b/</BaseURL>", "$Number$.m4s", "a/b/1.m4s", TRUE },
    { "<BaseURL> ./a/x.mpd </BaseURL>", "$Number$.m4s", "a/1.m4s", TRUE },
    { "<BaseURL>x</BaseURL>", "$Number$.m4s", "1.m4s", TRUE },
    { "<BaseURL>http://cdn/</BaseURL>", "$Number$.m4s", "1.m4s", TRUE },
    { "<BaseURL> HTTPS://cdn/a/ </BaseURL>", "b/$Number$.m4s", "b/1.m4s",
        TRUE },
    { "<BaseURL>ftp://cdn/</BaseURL>", "$Number$.m4s", "1.m4s", FALSE },
    { "<BaseURL>/a/</BaseURL>", "$Number$.m4s", "1.m4s", FALSE },
    { "<BaseURL>a/../</BaseURL>", "$Number$.m4s", "1.m4s", FALSE },
    { "", "http://cdn/$Number$.m4s", "1.m4s", FALSE },
    { "", "/$Number$.m4s", "1.m4s", FALSE },
    { "", "$Number$$Number$$Number$.m4s", "111.m4s", FALSE },
    { "", "$Number$$Number$.m4s", "11.m4s", TRUE },
    { "", "$What$.m4s", "1.m4s", FALSE },
    { "", "$Number.m4s", "1.m4s", FALSE },
    { "", "$Number%0d$.m4s", "1.m4s", FALSE },
    { "", "$Number%99d$.m4s", "1.m4s", FALSE },
    { "", "$Number%3x$.m4s", "001.m4s", FALSE },
  };
  g_autofree gchar *text = make_mpd (rows[__i__].base, rows[__i__].media);
  g_autoptr (CmafMpd) mpd = read_text (text);

  assert_equals_int (
      cmaf_mpd_find (mpd, rows[__i__].path) != NULL, rows[__i__].is_found);
}
GST_END_TEST;

GST_START_TEST (test_what_is_wrong_is_said)
{
  static const struct
  {
    const gchar *text;
    CmafError code;
    const gchar *why;
  } rows[] = {
    { "", CMAF_ERROR_MALFORMED, "MPD: is no XML" },
    { "#EXTM3U", CMAF_ERROR_MALFORMED, "MPD: is no XML" },
    { "<MPD><Period>", CMAF_ERROR_MALFORMED, "MPD: is no XML" },
    { "<html/>", CMAF_ERROR_UNSUPPORTED, "MPD: the root element is another" },
    { "<!DOCTYPE MPD [<!ENTITY a 'b'>]><MPD/>", CMAF_ERROR_MALFORMED,
        "MPD: has a document type, needs none" },
    { "<MPD><Period><AdaptationSet><Representation/></AdaptationSet></Period>"
      "</MPD>",
        CMAF_ERROR_MALFORMED,
        "MPD: a Representation needs an id of at most 256 bytes without "
        "slashes" },
    { "<MPD><Period><AdaptationSet><SegmentTemplate media='../$Number$.m4s'/>"
      "<Representation id='v'/></AdaptationSet></Period></MPD>",
        CMAF_ERROR_MALFORMED,
        "MPD: a SegmentTemplate has \"..\", a backslash or more than 256 "
        "bytes" },
  };
  const gchar *text = rows[__i__].text;
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_mpd_read (text, strlen (text), &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, rows[__i__].code));
  assert_equals_string (error->message, rows[__i__].why);
}
GST_END_TEST;

GST_START_TEST (test_limits)
{
  GString *text = g_string_new ("<MPD><Period><AdaptationSet>");
  g_autofree gchar *spaces = g_strnfill (CMAF_MPD_MAX_SIZE, ' ');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= CMAF_MPD_MAX_TRACKS; i++)
    g_string_append_printf (text, "<Representation id='%u'/>", i);
  g_string_append (text, "</AdaptationSet></Period></MPD>");
  fail_unless (cmaf_mpd_read (text->str, text->len, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_LIMIT));
  g_clear_error (&error);
  g_string_prepend (text, spaces);
  fail_unless (cmaf_mpd_read (text->str, text->len, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_LIMIT));
  g_string_free (text, TRUE);
}
GST_END_TEST;

GST_START_TEST (test_no_beginning_is_an_mpd)
{
  for (gsize n = 0; n < strlen (ingest_mpd); n++) {
    g_autofree gchar *exact = g_memdup2 (ingest_mpd, n);
    g_autoptr (GError) error = NULL;

    fail_unless (cmaf_mpd_read (exact, n, &error) == NULL);
    fail_unless (error != NULL);
  }
}
GST_END_TEST;

static Suite *
mpd_reader_suite (void)
{
  Suite *suite = suite_create ("mpd-reader");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_tracks);
  tcase_add_loop_test (tc, test_names, 0, 17);
  tcase_add_loop_test (tc, test_bases, 0, 16);
  tcase_add_loop_test (tc, test_what_is_wrong_is_said, 0, 7);
  tcase_add_test (tc, test_limits);
  tcase_add_test (tc, test_no_beginning_is_an_mpd);
  return suite;
}

GST_CHECK_MAIN (mpd_reader);
