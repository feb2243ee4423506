/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/track.h>

#include "hex.h"

GST_START_TEST (test_a_copy_is_independent)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC1);
  g_autoptr (CmafTrack) copy = NULL;

  track->language = g_strdup ("en");
  track->role = g_strdup ("main");
  track->switching_set = g_strdup ("v");
  track->codec_config = g_bytes_new ("x", 1);
  track->mastering_display = g_bytes_new ("y", 1);
  track->content_light = g_bytes_new ("z", 1);
  track->width = 1280;
  cmaf_track_ref (track);
  copy = cmaf_track_copy (track);
  cmaf_track_unref (track);

  g_free (track->language);
  track->language = g_strdup ("de");
  assert_equals_string (copy->language, "en");
  assert_equals_string (copy->role, "main");
  assert_equals_string (copy->switching_set, "v");
  assert_equals_int (copy->width, 1280);
  assert_equals_int (copy->id, 1);
  fail_unless (g_bytes_equal (copy->codec_config, track->codec_config));
}
GST_END_TEST;

static const struct
{
  CmafMedia media;
  const gchar *content_type, *mime_type, *extension;
} names[] = {
  { CMAF_MEDIA_VIDEO, "video", "video/mp4", "cmfv" },
  { CMAF_MEDIA_AUDIO, "audio", "audio/mp4", "cmfa" },
  { CMAF_MEDIA_TEXT, "text", "application/mp4", "cmft" },
  { CMAF_MEDIA_EVENT, "application", "application/mp4", "cmfm" },
};

GST_START_TEST (test_names_follow_the_media)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (names[__i__].media, 0);

  assert_equals_string (
      cmaf_track_content_type (track), names[__i__].content_type);
  assert_equals_string (cmaf_track_mime_type (track), names[__i__].mime_type);
  assert_equals_string (cmaf_track_extension (track), names[__i__].extension);
}
GST_END_TEST;

static const struct
{
  CmafTrack track;
  guint32 bandwidth;
} rates[] = {
  { { .max_bitrate = 3000000, .avg_bitrate = 2500000 }, 3000000 },
  { { .avg_bitrate = 2500000 }, 2500000 },
  { { .width = 1280, .height = 720, .fps_n = 25, .fps_d = 1 }, 2304000 },
  { { .width = 1280,
        .height = 720,
        .timescale = 90000,
        .sample_duration = 3600 },
      2304000 },
  { { .width = 1280, .height = 720 }, 2764800 },
  { { .width = 16, .height = 16 }, 100000 },
  { { .width = G_MAXUINT16, .height = G_MAXUINT16, .fps_n = 1000, .fps_d = 1 },
      G_MAXUINT32 },
  { { .media = CMAF_MEDIA_AUDIO, .channels = 2 }, 128000 },
  { { .media = CMAF_MEDIA_AUDIO }, 64000 },
  { { .media = CMAF_MEDIA_TEXT }, 8000 },
};

GST_START_TEST (test_bandwidth_comes_from_the_header_alone)
{
  assert_equals_uint64 (
      cmaf_track_bandwidth (&rates[__i__].track), rates[__i__].bandwidth);
}
GST_END_TEST;

static const struct
{
  const gchar *text;
  gboolean is_language, is_role;
} values[] = {
  { "en", TRUE, TRUE },
  { "pt-BR", TRUE, FALSE },
  { "zh-Hant-TW", TRUE, FALSE },
  { "de-1996", TRUE, TRUE },
  { "x-klingon", TRUE, TRUE },
  { "forced-subtitle", TRUE, TRUE },
  { "enhanced-audio-intelligibility", FALSE, TRUE },
  { "", FALSE, FALSE },
  { "en_GB", FALSE, FALSE },
  { "en-", FALSE, TRUE },
  { "1en", FALSE, TRUE },
  { "e\"n", FALSE, FALSE },
  { "en\n", FALSE, FALSE },
  { "abcdefghi", FALSE, TRUE },
  { "aa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee", FALSE, TRUE },
  { "Main", TRUE, FALSE },
};

GST_START_TEST (test_values_have_a_form)
{
  assert_equals_int (
      cmaf_language_is_valid (values[__i__].text), values[__i__].is_language);
  assert_equals_int (
      cmaf_role_is_valid (values[__i__].text), values[__i__].is_role);
}
GST_END_TEST;

static Suite *
track_suite (void)
{
  Suite *s = suite_create ("track");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_a_copy_is_independent);
  tcase_add_loop_test (
      tc, test_names_follow_the_media, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (tc, test_values_have_a_form, 0, G_N_ELEMENTS (values));
  tcase_add_loop_test (
      tc, test_bandwidth_comes_from_the_header_alone, 0, G_N_ELEMENTS (rates));
  return s;
}

GST_CHECK_MAIN (track);
