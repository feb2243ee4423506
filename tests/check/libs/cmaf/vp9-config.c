/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/vp9-config.h>
#include <gst/pbutils/pbutils.h>

#include "hex.h"

static CmafTrack *
make_vp9 (void)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_VP09);

  track->width = 320;
  track->height = 240;
  track->fps_n = 25;
  track->fps_d = 1;
  return track;
}

/* Key frames of libvpx, and the vpcC that FFmpeg writes for them */
static const struct
{
  const gchar *frame, *vpcc, *codec_string;
} frames[] = {
  { "824983420013F00EF6", "01000000 00 14 82 02 02 02 0000",
      "vp09.00.20.08.01.02.02.02.00" },
  { "A249834200027E01DE", "01000000 01 14 86 02 02 02 0000",
      "vp09.01.20.08.03.02.02.02.00" }, /* 4:4:4 */
  { "A2498342E013F00EF6", "01000000 01 14 87 02 02 00 0000",
      "vp09.01.20.08.03.02.02.00.01" }, /* RGB */
  { "92498342 0009F8077B", "01000000 02 14 A2 02 02 02 0000",
      "vp09.02.20.10.01.02.02.02.00" }, /* 10 bit */
  { "B124C1A142009F8077B031", "01000000 03 14 C4 02 02 02 0000",
      "vp09.03.20.12.02.02.02.02.00" }, /* 12 bit, 4:2:2 */
  { "824983424013F00EF6", "01000000 00 14 82 02 02 01 0000",
      "vp09.00.20.08.01.02.02.01.00" }, /* BT.709 */
};

GST_START_TEST (test_a_key_frame_becomes_vpcc)
{
  g_autoptr (CmafTrack) track = make_vp9 ();
  g_autoptr (GBytes) frame = bytes_from_hex (frames[__i__].frame);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  fail_unless (cmaf_vp9_fill_track (track, g_bytes_get_data (frame, NULL),
                   g_bytes_get_size (frame), &error),
      "%s", error ? error->message : "");
  assert_bytes_are (track->codec_config, frames[__i__].vpcc);
  text = cmaf_sample_entry_codec_string (track);
  assert_equals_string (text, frames[__i__].codec_string);
}
GST_END_TEST;

/* The same as caps, through GStreamer's own function: but for the level, which
 * caps do not have, and the chroma site, which the bitstream does not have. */
GST_START_TEST (test_pbutils_agrees_on_the_codec_string)
{
  g_autoptr (CmafTrack) track = make_vp9 ();
  g_autoptr (GBytes) frame = bytes_from_hex (frames[3].frame);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "video/x-vp9, profile=(string)2, bit-depth-luma=(uint)10, "
      "bit-depth-chroma=(uint)10, chroma-format=(string)4:2:0, "
      "chroma-site=(string)mpeg2, colorimetry=bt2100-pq");
  g_autofree gchar *ours = NULL;
  g_autofree gchar *theirs = gst_codec_utils_caps_get_mime_codec (caps);

  track->has_colour = TRUE;
  track->colour_primaries = track->matrix_coefficients = 9;
  track->transfer_characteristics = 16;
  fail_unless (cmaf_vp9_fill_track (
      track, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), NULL));
  ours = cmaf_sample_entry_codec_string (track);
  assert_equals_string (ours, "vp09.02.20.10.01.09.16.09.00");
  fail_unless (theirs && g_str_has_prefix (theirs, "vp09.02."), "%s", theirs);
  fail_unless (g_str_has_suffix (theirs, ".09.16.09.00"), "%s", theirs);
}
GST_END_TEST;

static const struct
{
  const gchar *frame;
  gint code; /* -1: no error, it is only no key frame */
} bad[] = {
  { "86004983", -1 },                       /* inter frame */
  { "88", -1 },                             /* shows an older one */
  { "024983420013", CMAF_ERROR_MALFORMED }, /* no marker */
  { "824983430013", CMAF_ERROR_MALFORMED }, /* no sync code */
  { "82498342", CMAF_ERROR_MALFORMED },     /* ends there */
  { "", CMAF_ERROR_MALFORMED },
  { "A24983420400", CMAF_ERROR_UNSUPPORTED }, /* 4:4:0 */
};

GST_START_TEST (test_what_is_no_key_frame)
{
  g_autoptr (CmafTrack) track = make_vp9 ();
  g_autoptr (GBytes) frame = bytes_from_hex (bad[__i__].frame);
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_vp9_fill_track (
      track, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), &error));
  if (bad[__i__].code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, CMAF_ERROR, bad[__i__].code);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) frame = bytes_from_hex (frames[__i__].frame);

  for (gsize n = 0; n < g_bytes_get_size (frame); n++) {
    g_autoptr (CmafTrack) track = make_vp9 ();
    g_autofree guint8 *prefix =
        copy_exactly (g_bytes_get_data (frame, NULL), n);

    cmaf_vp9_fill_track (track, prefix, n, NULL);
  }
}
GST_END_TEST;

static const struct
{
  guint width, height, fps_n, fps_d, level;
} levels[] = {
  { 256, 144, 15, 1, 10 },
  { 256, 144, 30, 1, 11 },
  { 640, 360, 30, 1, 21 },
  { 1280, 720, 30, 1, 31 },
  { 1920, 1080, 30, 1, 40 },
  { 1920, 1080, 60000, 1001, 41 },
  { 3840, 2160, 30, 1, 50 },
  { 3840, 2160, 60, 1, 51 },
  { 3840, 2160, 0, 0, 50 },
  { 7680, 4320, 120, 1, 62 },
  { 16384, 16384, 120, 1, 62 },
};

GST_START_TEST (test_the_level_follows_size_and_rate)
{
  assert_equals_int (cmaf_vp9_level (levels[__i__].width, levels[__i__].height,
                         levels[__i__].fps_n, levels[__i__].fps_d),
      levels[__i__].level);
}
GST_END_TEST;

static Suite *
vp9_config_suite (void)
{
  Suite *s = suite_create ("vp9-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_a_key_frame_becomes_vpcc, 0, G_N_ELEMENTS (frames));
  tcase_add_test (tc, test_pbutils_agrees_on_the_codec_string);
  tcase_add_loop_test (tc, test_what_is_no_key_frame, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (frames));
  tcase_add_loop_test (
      tc, test_the_level_follows_size_and_rate, 0, G_N_ELEMENTS (levels));
  return s;
}

GST_CHECK_MAIN (vp9_config);
