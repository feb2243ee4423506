/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Every style of naming, and that the receiver reads most of them back. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-naming.h>
#include <gst/cmafhttp/ingest-path.h>

#include "tracks.h"

/* Segment 812345678 on a grid of 48/25 s. */
static const CmafIngestPlace place = { 812345678ull * 48 * 3600, 17 };

typedef struct
{
  CmafIngestNaming naming;
  const gchar *header, *segment;
  const gchar *track; /* that the receiver takes both for; NULL: it does not */
} Case;

static const Case cases[] = {
  { { CMAF_NAMING_STREAMS }, "Streams(v-1.cmfv)", "Streams(v-1.cmfv)", "v-1" },
  { { CMAF_NAMING_SWITCHING }, "Switching(video-en-US)/Streams(v-1.cmfv)",
      "Switching(video-en-US)/Streams(v-1.cmfv)", "v-1" },
  { { CMAF_NAMING_SEGMENTS }, "Streams(v-1.cmfv)/InitializationSegment",
      "Streams(v-1.cmfv)/Segment(17)", "v-1" },
  { { CMAF_NAMING_DIRECTORY }, "v-1/init.cmfv", "v-1/812345678.cmfv", "v-1" },
  { { CMAF_NAMING_TEMPLATE, "$RepresentationID$/init.mp4",
        "$RepresentationID$/$Number$.mp4" },
      "v-1/init.mp4", "v-1/812345678.mp4", "v-1" },
  { { CMAF_NAMING_TEMPLATE, "i_$RepresentationID$.mp4",
        "$RepresentationID$_$Time$.m4s" },
      "i_v-1.mp4", "v-1_140373333158400.m4s", NULL },
  { { CMAF_NAMING_TEMPLATE, "$RepresentationID$_init.mp4",
        "$RepresentationID$/$Number%012d$.m4s" },
      "v-1_init.mp4", "v-1/000812345678.m4s", NULL },
};

static CmafTrack *
make_named_track (void)
{
  CmafTrack *track = make_track (&test_codecs[0]);

  track->language = g_strdup ("en-US");
  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  return track;
}

static void
check_read_back (const gchar *path, const gchar *name)
{
  g_auto (CmafIngestPath) parsed = { 0 };

  fail_unless (cmaf_ingest_path_parse (path, &parsed, NULL));
  assert_equals_string (parsed.name, name);
}

GST_START_TEST (test_styles)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafTrack) track = make_named_track ();
  g_autofree gchar *header = NULL, *segment = NULL;

  fail_unless (cmaf_ingest_naming_check (&c->naming, NULL));
  header = cmaf_ingest_naming_make (&c->naming, "v-1", track, NULL);
  segment = cmaf_ingest_naming_make (&c->naming, "v-1", track, &place);
  assert_equals_string (header, c->header);
  assert_equals_string (segment, c->segment);
  assert_equals_int (cmaf_ingest_naming_is_per_segment (&c->naming),
      g_strcmp0 (header, segment) != 0);
  if (c->track) {
    check_read_back (header, c->track);
    check_read_back (segment, c->track);
  }
}
GST_END_TEST;

/* The cell before is where it begins. */
GST_START_TEST (test_early_segment_has_the_number_of_its_edge)
{
  const CmafIngestNaming naming = { CMAF_NAMING_DIRECTORY };
  const CmafIngestPlace early = { place.decode_time - 3600, 17,
    CMAF_MARK_NEXT_CELL };
  g_autoptr (CmafTrack) track = make_named_track ();
  g_autofree gchar *segment =
      cmaf_ingest_naming_make (&naming, "v", track, &early);

  assert_equals_string (segment, "v/812345678.cmfv");
}
GST_END_TEST;

GST_START_TEST (test_without_a_grid_the_sequence_number_counts)
{
  const CmafIngestNaming naming = { CMAF_NAMING_DIRECTORY };
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autofree gchar *segment =
      cmaf_ingest_naming_make (&naming, "a", track, &place);

  assert_equals_string (segment, "a/17.cmfa");
}
GST_END_TEST;

GST_START_TEST (test_switching_sets_have_plain_names)
{
  static const gchar *const sets[][3] = {
    /* of the header, language, what comes out */
    { NULL, NULL, "audio" },
    { NULL, "de", "audio-de" },
    { "main set/1", "de", "main-set-1" },
  };
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autofree gchar *set = NULL;

  track->switching_set = g_strdup (sets[__i__][0]);
  track->language = g_strdup (sets[__i__][1]);
  set = cmaf_ingest_naming_set (track);
  assert_equals_string (set, sets[__i__][2]);
}
GST_END_TEST;

static const gchar *const bad[][2] = {
  { NULL, "$RepresentationID$/$Number$.mp4" },
  { "$RepresentationID$.mp4", NULL },
  { "init.mp4", "$RepresentationID$/$Number$.mp4" },
  { "$RepresentationID$$Number$.mp4", "$RepresentationID$/$Number$.mp4" },
  { "$RepresentationID$.mp4", "$RepresentationID$.mp4" },
  { "$RepresentationID$.mp4", "$Number$.mp4" },
  { "$RepresentationID$.mp4", "$RepresentationID$$RepresentationID$$Number$" },
  { "$RepresentationID$.mp4", "$RepresentationID$$Number$$Time$" },
  { "$RepresentationID$.mp4", "/$RepresentationID$/../$Number$" },
  { "$RepresentationID$ .mp4", "$RepresentationID$/$Number$.mp4" },
};

GST_START_TEST (test_bad_templates_are_named)
{
  const CmafIngestNaming naming = { CMAF_NAMING_TEMPLATE, bad[__i__][0],
    bad[__i__][1] };
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_ingest_naming_check (&naming, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless (strstr (error->message, "-template") != NULL);
}
GST_END_TEST;

static Suite *
ingest_naming_suite (void)
{
  Suite *suite = suite_create ("ingest-naming");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_styles, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_early_segment_has_the_number_of_its_edge);
  tcase_add_test (tcase, test_without_a_grid_the_sequence_number_counts);
  tcase_add_loop_test (tcase, test_switching_sets_have_plain_names, 0, 3);
  tcase_add_loop_test (
      tcase, test_bad_templates_are_named, 0, G_N_ELEMENTS (bad));
  return suite;
}

GST_CHECK_MAIN (ingest_naming);
