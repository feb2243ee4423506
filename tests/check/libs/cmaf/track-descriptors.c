/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/track-descriptors.h>

#include "tracks.h"

#define COUNT "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
#define DOLBY "tag:dolby.com,2014:dash:audio_channel_configuration:2011"
#define CICP "urn:mpeg:mpegB:cicp:"
#define SUPPLEMENTAL "SupplementalProperty"

static const struct
{
  guint codec; /* row of test_codecs */
  const gchar *config;
  guint channels;
  const gchar *scheme, *value; /* NULL: nothing is said */
  const gchar *hls;
} sounds[] = {
  { 4, "1190", 2, COUNT, "2", "2" },
  { 5, TEST_DOPS, 0, NULL, NULL, "" },
  { 8, "103DE0", 6, DOLBY, "F801", "6" },
  { 9, "1200200F0202", 8, DOLBY, "FA01", "8" },
  { 10, TEST_DFLA, 2, COUNT, "2", "2" },
  { 12, TEST_MHAC, 0, CICP "ChannelConfiguration", "6", "" },
  { 12, "010D00000A", 12, COUNT, "12", "12" },
};

static CmafTrack *
make (guint codec, const gchar *config)
{
  CmafTrack *track = make_track (&test_codecs[codec]);

  g_bytes_unref (track->codec_config);
  track->codec_config = bytes_from_hex (config);
  return track;
}

GST_START_TEST (test_channels_are_told_as_the_codec_does)
{
  g_autoptr (CmafTrack) track =
      make (sounds[__i__].codec, sounds[__i__].config);
  CmafDescriptor found[CMAF_MAX_DESCRIPTORS];
  gchar hls[16];

  track->channels = sounds[__i__].channels;
  assert_equals_int (
      cmaf_track_descriptors (track, found), sounds[__i__].scheme ? 1 : 0);
  if (sounds[__i__].scheme) {
    assert_equals_string (found[0].element, "AudioChannelConfiguration");
    assert_equals_string (found[0].scheme, sounds[__i__].scheme);
    assert_equals_string (found[0].value, sounds[__i__].value);
  }
  cmaf_track_hls_channels (track, hls);
  assert_equals_string (hls, sounds[__i__].hls);
}
GST_END_TEST;

GST_START_TEST (test_objects_are_told)
{
  g_autoptr (CmafTrack) track = make (9, "0E00200F000110");
  CmafDescriptor found[CMAF_MAX_DESCRIPTORS];
  gchar hls[16];

  assert_equals_int (cmaf_track_descriptors (track, found), 3);
  assert_equals_string (found[0].value, "F801");
  assert_equals_string (found[1].element, SUPPLEMENTAL);
  assert_equals_string (
      found[1].scheme, "tag:dolby.com,2018:dash:EC3_ExtensionType:2018");
  assert_equals_string (found[1].value, "JOC");
  assert_equals_string (found[2].value, "16");
  cmaf_track_hls_channels (track, hls);
  assert_equals_string (hls, "16/JOC");
}
GST_END_TEST;

static const struct
{
  gboolean has_colour;
  guint primaries, transfer, matrix;
  const gchar *range; /* NULL: unknown */
  guint n_descriptors;
} pictures[] = {
  { FALSE, 0, 0, 0, NULL, 0 },
  { TRUE, 1, 1, 1, "SDR", 0 },
  { TRUE, 9, 14, 9, "SDR", 0 },
  { TRUE, 9, 16, 9, "PQ", 3 },
  { TRUE, 9, 18, 9, "HLG", 3 },
};

GST_START_TEST (test_dynamic_range_is_told)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[6]);
  CmafDescriptor found[CMAF_MAX_DESCRIPTORS];

  track->has_colour = pictures[__i__].has_colour;
  track->colour_primaries = pictures[__i__].primaries;
  track->transfer_characteristics = pictures[__i__].transfer;
  track->matrix_coefficients = pictures[__i__].matrix;
  assert_equals_string (
      cmaf_track_hls_video_range (track), pictures[__i__].range);
  assert_equals_int (
      cmaf_track_descriptors (track, found), pictures[__i__].n_descriptors);
  if (pictures[__i__].n_descriptors > 0) {
    assert_equals_string (found[0].scheme, CICP "ColourPrimaries");
    assert_equals_string (found[0].value, "9");
    assert_equals_string (found[1].scheme, CICP "TransferCharacteristics");
    assert_equals_string (
        found[1].value, pictures[__i__].transfer == 16 ? "16" : "18");
    assert_equals_string (found[2].scheme, CICP "MatrixCoefficients");
  }
}
GST_END_TEST;

GST_START_TEST (test_text_has_no_descriptors)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[13]);
  CmafDescriptor found[CMAF_MAX_DESCRIPTORS];

  assert_equals_int (cmaf_track_descriptors (track, found), 0);
}
GST_END_TEST;

GST_START_TEST (test_roles_have_characteristics)
{
  assert_equals_string (
      cmaf_role_hls_characteristics ("easyreader"), "public.easy-to-read");
  assert_equals_string (cmaf_role_hls_characteristics ("description"),
      "public.accessibility.describes-video");
  fail_unless (cmaf_role_hls_characteristics ("main") == NULL);
  fail_unless (cmaf_role_hls_characteristics (NULL) == NULL);
}
GST_END_TEST;

static Suite *
track_descriptors_suite (void)
{
  Suite *s = suite_create ("track-descriptors");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_channels_are_told_as_the_codec_does, 0, G_N_ELEMENTS (sounds));
  tcase_add_test (tc, test_objects_are_told);
  tcase_add_loop_test (
      tc, test_dynamic_range_is_told, 0, G_N_ELEMENTS (pictures));
  tcase_add_test (tc, test_text_has_no_descriptors);
  tcase_add_test (tc, test_roles_have_characteristics);
  return s;
}

GST_CHECK_MAIN (track_descriptors);
