/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/media-profile.h>

#include "tracks.h"

typedef struct
{
  guint primaries, transfer, matrix;
  gboolean full_range;
} Colour;

static const Colour bt709 = { 1, 1, 1, FALSE };
static const Colour pal = { 5, 6, 5, FALSE };
static const Colour full = { 1, 1, 1, TRUE };
static const Colour bt2020 = { 9, 14, 9, FALSE };
static const Colour pq = { 9, 16, 9, FALSE };
static const Colour hlg = { 9, 18, 9, FALSE };

#define AVC(profile, level) "01" profile level "FFE100"
#define HEVC(profile, level)                                                   \
  "01" profile "60000000 900000000000" level "F000FCFDF8F800000F 00 00 00"

/* ISO/IEC 23000-19 tables A.1 and B.1 */
static const struct
{
  guint codec; /* row of test_codecs */
  const gchar *config;
  guint width, height, fps_n, fps_d;
  const Colour *colour;
  const gchar *brand; /* NULL: none */
} videos[] = {
  { 0, TEST_AVCC, 640, 360, 25, 1, NULL, "cfsd" },
  { 0, TEST_AVCC, 864, 576, 25, 1, &pal, "cfsd" },
  { 0, AVC ("6400", "1F"), 1280, 720, 30000, 1001, NULL, "cfhd" },
  { 0, AVC ("6400", "1F"), 1280, 720, 25, 1, &pal, NULL },
  { 0, AVC ("4D40", "1F"), 1280, 720, 25, 1, &bt709, "cfhd" }, /* Main */
  { 1, AVC ("6400", "28"), 1920, 1080, 25, 1, &bt709, "cfhd" },
  { 1, AVC ("6400", "28"), 1920, 1080, 25, 1, &full, NULL },
  { 0, AVC ("6400", "2A"), 1920, 1080, 60, 1, NULL, "chdf" },
  { 0, AVC ("6400", "2A"), 1920, 1080, 61, 1, NULL, NULL },
  { 0, AVC ("6400", "33"), 1920, 1080, 25, 1, NULL, NULL },
  { 0, AVC ("6400", "28"), 3840, 2160, 25, 1, NULL, NULL },
  { 0, AVC ("42C0", "1E"), 640, 360, 25, 1, NULL, "cfsd" }, /* constrained */
  { 0, AVC ("4200", "1E"), 640, 360, 25, 1, NULL, NULL },   /* Baseline */
  { 0, TEST_AVCC, 640, 360, 0, 0, NULL, NULL },             /* rate unknown */
  { 2, TEST_HVCC, 640, 360, 25, 1, NULL, "chhd" },
  { 2, HEVC ("01", "7B"), 1920, 1080, 60, 1, &bt709, "chhd" },
  { 2, HEVC ("21", "7B"), 1920, 1080, 60, 1, &bt709, NULL }, /* High tier */
  { 3, HEVC ("01", "96"), 3840, 2160, 60, 1, &bt709, "cud8" },
  { 3, HEVC ("01", "99"), 3840, 2160, 60, 1, &bt709, NULL },
  { 3, HEVC ("01", "96"), 3840, 2160, 60, 1, &bt2020, NULL },
  { 2, HEVC ("02", "7B"), 1920, 1080, 50, 1, &bt709, "chh1" },
  { 2, HEVC ("02", "99"), 3840, 2160, 50, 1, &bt709, "cud1" },
  { 2, HEVC ("02", "99"), 3840, 2160, 50, 1, &bt2020, "cud1" },
  { 2, HEVC ("02", "7B"), 1920, 1080, 50, 1, &pq, "chd1" },
  { 2, HEVC ("02", "99"), 3840, 2160, 50, 1, &hlg, "clg1" },
  { 2, HEVC ("04", "99"), 3840, 2160, 50, 1, &hlg, NULL },
  { 6, TEST_AV1C, 7680, 4320, 120, 1, &pq, "av01" },
  { 7, TEST_VPCC, 640, 360, 25, 1, NULL, NULL },
};

static void
assert_brand (const CmafTrack *track, const gchar *brand)
{
  guint32 wanted = brand ? GST_READ_UINT32_BE (brand) : 0;

  assert_equals_int_hex (cmaf_media_profile_brand (track), wanted);
}

GST_START_TEST (test_a_video_brand_is_given_only_when_it_is_true)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[videos[__i__].codec]);
  const Colour *colour = videos[__i__].colour;

  g_bytes_unref (track->codec_config);
  track->codec_config = bytes_from_hex (videos[__i__].config);
  track->width = videos[__i__].width;
  track->height = videos[__i__].height;
  track->fps_n = videos[__i__].fps_n;
  track->fps_d = videos[__i__].fps_d;
  if (colour) {
    track->has_colour = TRUE;
    track->colour_primaries = colour->primaries;
    track->transfer_characteristics = colour->transfer;
    track->matrix_coefficients = colour->matrix;
    track->full_range = colour->full_range;
  }
  assert_brand (track, videos[__i__].brand);
}
GST_END_TEST;

GST_START_TEST (test_interlaced_video_has_no_brand)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);

  track->is_interlaced = TRUE;
  assert_brand (track, NULL);
}
GST_END_TEST;

static const struct
{
  guint codec;
  const gchar *config;
  guint channels, rate;
  const gchar *brand;
} others[] = {
  { 4, "1190", 2, 48000, "caac" },
  { 4, "2B118800", 2, 48000, "caac" }, /* HE-AAC */
  { 4, "EB098800", 2, 48000, "caac" }, /* and v2 */
  { 4, "1198", 3, 48000, NULL },
  { 4, "1010", 2, 96000, NULL },
  { 4, "F946", 2, 24000, NULL }, /* xHE-AAC */
  { 5, TEST_DOPS, 2, 48000, NULL },
  { 13, TEST_VTTC, 0, 0, "cwvt" },
  { 14, TEST_STPP, 0, 0, "im1t" },
  { 14, "6100 00 00", 0, 0, NULL },
};

GST_START_TEST (test_brands_of_sound_and_text)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[others[__i__].codec]);

  g_bytes_unref (track->codec_config);
  track->codec_config = bytes_from_hex (others[__i__].config);
  track->channels = others[__i__].channels;
  track->sample_rate = others[__i__].rate;
  assert_brand (track, others[__i__].brand);
}
GST_END_TEST;

static Suite *
media_profile_suite (void)
{
  Suite *s = suite_create ("media-profile");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_video_brand_is_given_only_when_it_is_true, 0,
      G_N_ELEMENTS (videos));
  tcase_add_test (tc, test_interlaced_video_has_no_brand);
  tcase_add_loop_test (
      tc, test_brands_of_sound_and_text, 0, G_N_ELEMENTS (others));
  return s;
}

GST_CHECK_MAIN (media_profile);
