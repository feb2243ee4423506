/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/flac-config.h>

#include "hex.h"

/* of flacenc, 48 kHz stereo 16 bit */
#define INFO "00000022 12001200 000000 000000 0BB802F000000000"
#define MD5 "00112233445566778899AABBCCDDEEFF"
#define DFLA                                                                   \
  "00000000 80000022 12001200 000000 000000 0BB802F000000000"                  \
  "00000000000000000000000000000000"

static const struct
{
  const gchar *header, *dfla;
  guint rate, channels, bits, samples;
} headers[] = {
  { "7F464C4143 01000002 664C6143" INFO MD5, DFLA, 48000, 2, 16, 4608 },
  { "664C6143" INFO MD5, DFLA, 48000, 2, 16, 4608 },
  { INFO MD5, DFLA, 48000, 2, 16, 4608 },
  /* last block; frame sizes and length known: left out */
  { "80000022 10001000 000123 000456 17700570 00012345" MD5,
      "00000000 80000022 10001000 000000 000000 17700570 00000000"
      "00000000000000000000000000000000",
      96000, 3, 24, 4096 },
};

GST_START_TEST (test_streaminfo_becomes_dfla)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_FLAC);
  g_autoptr (GBytes) header = bytes_from_hex (headers[__i__].header);
  g_autoptr (GError) error = NULL;
  const guint8 *dfla;

  fail_unless (cmaf_flac_fill_track (track, g_bytes_get_data (header, NULL),
                   g_bytes_get_size (header), &error),
      "%s", error ? error->message : "");
  assert_bytes_are (track->codec_config, headers[__i__].dfla);
  assert_equals_int (g_bytes_get_size (track->codec_config), CMAF_DFLA_SIZE);
  assert_equals_int (track->sample_rate, headers[__i__].rate);
  assert_equals_int (track->timescale, headers[__i__].rate);
  assert_equals_int (track->channels, headers[__i__].channels);
  assert_equals_int (track->sample_duration, headers[__i__].samples);
  dfla = g_bytes_get_data (track->codec_config, NULL);
  assert_equals_int (cmaf_flac_bits_per_sample (dfla), headers[__i__].bits);
}
GST_END_TEST;

static const struct
{
  const gchar *header;
  gint code;
} bad[] = {
  { "", CMAF_ERROR_MALFORMED },
  { "664C6143", CMAF_ERROR_MALFORMED },
  { "84000046" MD5 MD5 MD5, CMAF_ERROR_MALFORMED }, /* comments */
  { INFO "00", CMAF_ERROR_MALFORMED },
  { "00000022 10001200 000000 000000 0BB802F000000000" MD5,
      CMAF_ERROR_UNSUPPORTED }, /* blocks of several sizes */
  { "00000022 00000000 000000 000000 0BB802F000000000" MD5,
      CMAF_ERROR_UNSUPPORTED },
};

GST_START_TEST (test_a_bad_header_is_refused)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_FLAC);
  g_autoptr (GBytes) header = bytes_from_hex (bad[__i__].header);
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_flac_fill_track (track, g_bytes_get_data (header, NULL),
      g_bytes_get_size (header), &error));
  g_assert_error (error, CMAF_ERROR, bad[__i__].code);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) header = bytes_from_hex (headers[__i__].header);

  for (gsize n = 0; n < g_bytes_get_size (header); n++) {
    g_autoptr (CmafTrack) track =
        cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_FLAC);
    g_autofree guint8 *prefix =
        copy_exactly (g_bytes_get_data (header, NULL), n);

    fail_if (cmaf_flac_fill_track (track, prefix, n, NULL));
  }
}
GST_END_TEST;

static Suite *
flac_config_suite (void)
{
  Suite *s = suite_create ("flac-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_streaminfo_becomes_dfla, 0, G_N_ELEMENTS (headers));
  tcase_add_loop_test (tc, test_a_bad_header_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (headers));
  return s;
}

GST_CHECK_MAIN (flac_config);
