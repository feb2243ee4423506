/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/mhas-config.h>
#include <gst/cmaf/sample-entry.h>

#include "hex.h"

/* mpegh3daConfig() of low complexity level 3: 48 kHz, 1024 samples, layout 6
 * (5.1); what follows is not looked at */
#define CONFIG "0D190180AB"
#define SYNC "C001 A5"
#define FRAME "4803 010203"
#define MHAC "01 0D 06 0005 " CONFIG

static const struct
{
  const gchar *unit, *mhac;
  guint rate, samples;
} units[] = {
  { SYNC "2805" CONFIG FRAME, MHAC, 48000, 1024 },
  { "2805" CONFIG, MHAC, 48000, 1024 },
  /* escaped: type 7 + 10 (truncation), label 3 + 5, length 1 */
  { "E1582801 FF 2805" CONFIG, MHAC, 48000, 1024 },
  /* rate by value: 48000; 2048 samples; another layout type */
  { "2808 0CF8 05DC02 500000", "01 0C 00 0008 0CF805DC02500000", 48000, 2048 },
};

GST_START_TEST (test_the_configuration_packet_becomes_mhac)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1);
  g_autoptr (CmafTrack) same =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHA1);
  g_autoptr (GBytes) unit = bytes_from_hex (units[__i__].unit);
  g_autoptr (GError) error = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (unit, &size);

  fail_unless (cmaf_mhas_is_sync (data, size));
  fail_unless (cmaf_mhas_fill_track (track, data, size, &error), "%s",
      error ? error->message : "no configuration");
  assert_bytes_are (track->codec_config, units[__i__].mhac);
  assert_equals_int (track->sample_rate, units[__i__].rate);
  assert_equals_int (track->timescale, units[__i__].rate);
  assert_equals_int (track->sample_duration, units[__i__].samples);

  data = g_bytes_get_data (track->codec_config, &size);
  fail_unless (cmaf_mhac_fill_track (same, data, size, &error));
  assert_equals_int (same->sample_duration, track->sample_duration);
  fail_unless (g_bytes_equal (same->codec_config, track->codec_config));
}
GST_END_TEST;

GST_START_TEST (test_the_level_stands_in_the_codec_string)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1);
  g_autofree gchar *with = NULL;
  g_autofree gchar *without = NULL;

  without = cmaf_sample_entry_codec_string (track);
  assert_equals_string (without, "mhm1");
  track->codec_config = bytes_from_hex (MHAC);
  with = cmaf_sample_entry_codec_string (track);
  assert_equals_string (with, "mhm1.0x0D");
}
GST_END_TEST;

GST_START_TEST (test_a_unit_without_configuration_is_no_sync_frame)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1);
  g_autoptr (GBytes) unit = bytes_from_hex (FRAME);
  g_autoptr (GError) error = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (unit, &size);

  fail_if (cmaf_mhas_is_sync (data, size));
  fail_if (cmaf_mhas_fill_track (track, data, size, &error));
  g_assert_no_error (error);
}
GST_END_TEST;

static const gchar *const bad[] = {
  "48FF 010203", /* longer than the unit */
  FRAME "48",    /* half a head */
  "FFFFFFFF",    /* escapes without end */
  "2801 0D",     /* a configuration that ends too early */
  "2802 0D1F",   /* frame length 7 */
  "2802 0DE9",   /* sampling frequency 29 */
};

GST_START_TEST (test_a_bad_unit_is_refused)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1);
  g_autoptr (GBytes) unit = bytes_from_hex (bad[__i__]);
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_mhas_fill_track (
      track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) unit = bytes_from_hex (units[__i__].unit);
  g_autoptr (GBytes) mhac = bytes_from_hex (units[__i__].mhac);
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1);

  for (gsize n = 0; n < g_bytes_get_size (unit); n++) {
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (unit, NULL), n);

    cmaf_mhas_fill_track (track, prefix, n, NULL);
  }
  for (gsize n = 0; n < g_bytes_get_size (mhac); n++) {
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (mhac, NULL), n);

    fail_if (cmaf_mhac_fill_track (track, prefix, n, NULL));
  }
}
GST_END_TEST;

static Suite *
mhas_config_suite (void)
{
  Suite *s = suite_create ("mhas-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_the_configuration_packet_becomes_mhac, 0, G_N_ELEMENTS (units));
  tcase_add_test (tc, test_the_level_stands_in_the_codec_string);
  tcase_add_test (tc, test_a_unit_without_configuration_is_no_sync_frame);
  tcase_add_loop_test (tc, test_a_bad_unit_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (units));
  return s;
}

GST_CHECK_MAIN (mhas_config);
