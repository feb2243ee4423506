/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/sample-entry.h>
#include <gst/pbutils/pbutils.h>

#include "tracks.h"

static GBytes *
write_entry (const CmafTrack *track)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_sample_entry_write (&w, track);
  return cmaf_box_writer_finish (&w, NULL);
}

static gboolean
read_entry (gconstpointer data, gsize size, CmafTrack *track, GError **error)
{
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (&r, data, size);
  if (!cmaf_box_reader_next (&r, &box)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "no box");
    return FALSE;
  }
  return cmaf_sample_entry_read (&box, track, error);
}

GST_START_TEST (test_every_codec_has_its_rfc6381_string)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[__i__]);
  g_autofree gchar *text = cmaf_sample_entry_codec_string (track);

  assert_equals_string (text, test_codecs[__i__].codec_string);
}
GST_END_TEST;

static const struct
{
  guint32 codec;
  const gchar *config;
  const gchar *text;
} strings[] = {
  { CMAF_CODEC_AVC1, "0142C01FFFE100", "avc1.42C01F" },
  { CMAF_CODEC_HVC1,
      "0121 60000000 B00000000000 5D F000FCFDF8F800000F 00 00 00",
      "hvc1.1.6.H93.B0" },
  { CMAF_CODEC_HEV1,
      "0142 20000000 000000000001 99 F000FCFDF8F800000F 00 00 00",
      "hev1.A2.4.L153.0.0.0.0.0.1" },
  { CMAF_CODEC_HVC1,
      "01C4 08000000 000000000000 7B F000FCFDF8F800000F 00 00 00",
      "hvc1.C4.10.L123" },
  { CMAF_CODEC_MP4A, "2B098800", "mp4a.40.5" },
  { CMAF_CODEC_MP4A, "EB098800", "mp4a.40.29" },
  { CMAF_CODEC_MP4A, "F946", "mp4a.40.42" }, /* xHE-AAC: escape */
  { CMAF_CODEC_MP4A, "11", "mp4a" },         /* too short to tell */
  { CMAF_CODEC_AV01, "814D8C00", "av01.2.13H.08" },
  { CMAF_CODEC_AV01, "81046C00", "av01.0.04M.12" },
  { CMAF_CODEC_MHM1, "", "mhm1" },
  { CMAF_CODEC_STPP, "6100 00 00", "stpp" },
  { CMAF_CODEC_STPP, "6100 00 00 00000010 6D696D65 00000000 61626300", "stpp" },
};

GST_START_TEST (test_codec_strings_follow_the_configuration)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_VIDEO, strings[__i__].codec);
  g_autofree gchar *text = NULL;

  track->codec_config = bytes_from_hex (strings[__i__].config);
  text = cmaf_sample_entry_codec_string (track);
  assert_equals_string (text, strings[__i__].text);
}
GST_END_TEST;

/* The same configuration as caps, through GStreamer's own function. */
static const struct
{
  guint codec;
  const gchar *caps;
} caps[] = {
  { 0, "video/x-h264,stream-format=avc" },
  { 2, "video/x-h265,stream-format=hvc1" },
  { 4, "audio/mpeg,mpegversion=4,stream-format=raw" },
};

GST_START_TEST (test_pbutils_agrees_on_the_codec_string)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[caps[__i__].codec]);
  g_autofree gchar *ours = cmaf_sample_entry_codec_string (track);
  g_autofree gchar *theirs = NULL;
  g_autoptr (GstCaps) c = gst_caps_from_string (caps[__i__].caps);
  g_autoptr (GstBuffer) codec_data =
      gst_buffer_new_wrapped_bytes (track->codec_config);

  gst_caps_set_simple (c, "codec_data", GST_TYPE_BUFFER, codec_data, NULL);
  theirs = gst_codec_utils_caps_get_mime_codec (c);
  assert_equals_string (ours, theirs);
}
GST_END_TEST;

GST_START_TEST (test_round_trip_of_every_codec)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[__i__]);
  g_autoptr (GBytes) bytes = write_entry (track);
  g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_EVENT, 0);
  g_autoptr (GError) error = NULL;

  fail_unless (read_entry (g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes), read, &error),
      "%s", error ? error->message : "");
  /* what a sample entry does not tell */
  read->id = track->id;
  read->timescale = track->timescale;
  read->sample_duration = track->sample_duration;
  read->default_sample_flags = track->default_sample_flags;
  read->language = g_strdup (track->language);
  read->role = g_strdup (track->role);
  read->switching_set = g_strdup (track->switching_set);
  read->segment_duration_n = track->segment_duration_n;
  read->segment_duration_d = track->segment_duration_d;
  read->fps_n = track->fps_n;
  read->fps_d = track->fps_d;
  assert_same_track (track, read);
}
GST_END_TEST;

/* Which codecs one decoder plays, and how many units it needs before. */
static const struct
{
  const gchar *family;
  gint roll;
} families[G_N_ELEMENTS (test_codecs)] = { { "avc", 0 }, { "avc", 0 },
  { "hevc", 0 }, { "hevc", 0 }, { "aac", -1 }, { "opus", -4 }, { "av1", 0 },
  { "vp9", 0 }, { "ac3", 0 }, { "eac3", 0 }, { "flac", 0 }, { "mpegh", 0 },
  { "mpegh", 0 }, { "wvtt", 0 }, { "stpp", 0 } };

GST_START_TEST (test_every_codec_has_a_family_and_a_roll_distance)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[__i__]);

  assert_equals_string (
      cmaf_codec_family (track->codec), families[__i__].family);
  assert_equals_int (cmaf_track_roll_distance (track), families[__i__].roll);
}
GST_END_TEST;

GST_START_TEST (test_spectral_band_replication_needs_one_unit_more)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);

  g_bytes_unref (track->codec_config);
  track->codec_config = bytes_from_hex ("2B118800");
  assert_equals_int (cmaf_track_roll_distance (track), -2);
  assert_equals_string (cmaf_codec_family (0x12345678), "other");
}
GST_END_TEST;

GST_START_TEST (test_the_configuration_knows_channels_and_bits)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[10]);
  g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
  g_autoptr (GBytes) bytes = NULL;

  /* 24 bits, 3 channels, 96 kHz */
  g_bytes_unref (track->codec_config);
  track->codec_config =
      bytes_from_hex ("00000000 80000022 10001000 000000 000000 17700570"
                      "00000000 00000000000000000000000000000000");
  track->sample_rate = 96000;
  bytes = write_entry (track);
  assert_equals_int (
      GST_READ_UINT16_BE ((guint8 *)g_bytes_get_data (bytes, NULL) + 26), 24);
  fail_unless (read_entry (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), read, NULL));
  assert_equals_int (read->channels, 3);
  assert_equals_int (read->sample_rate, 96000);
}
GST_END_TEST;

GST_START_TEST (test_btrt_is_the_vector_of_the_specification)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[0]);
  g_autoptr (GBytes) bytes = write_entry (track);
  g_autoptr (GBytes) tail =
      g_bytes_new_from_bytes (bytes, g_bytes_get_size (bytes) - 20, 20);

  assert_bytes_are (tail, "00000014 62747274 00000000 002DC6C0 002625A0");
}
GST_END_TEST;

GST_START_TEST (test_aac_entry_byte_for_byte)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (GBytes) bytes = write_entry (track);

  assert_bytes_are (bytes,
      "0000004B 6D703461 000000000000 0001 0000000000000000 0002 0010 0000 0000"
      "BB800000"
      "00000027 65736473 00000000"
      "03 19 0000 00"
      "04 11 40 15 000000 00000000 00000000"
      "05 02 1190"
      "06 01 02");
}
GST_END_TEST;

GST_START_TEST (test_a_long_configuration_gets_a_longer_descriptor_length)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
  g_autoptr (GBytes) bytes = NULL;
  guint8 asc[200] = { 0x11, 0x90 };

  g_bytes_unref (track->codec_config);
  track->codec_config = g_bytes_new (asc, sizeof asc);
  bytes = write_entry (track);
  fail_unless (read_entry (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), read, NULL));
  assert_same_bytes (track->codec_config, read->codec_config);
}
GST_END_TEST;

static const struct
{
  const gchar *hex;
  gint code;
  const gchar *message;
} bad[] = {
  { "00000018 61632D34 000000000000 0001 0000000000000000",
      CMAF_ERROR_UNSUPPORTED, "'ac-4'" },
  { "00000015 73747070 000000000000 0001 6100 6100 61", CMAF_ERROR_MALFORMED,
      "stpp: box without its three strings" },
  { "00000010 77767474 000000000000 0001", CMAF_ERROR_MALFORMED,
      "wvtt/vttC: codec configuration has 0 bytes, needs 6" },
  { "00000010 656E6376 000000000000 0001", CMAF_ERROR_UNSUPPORTED, "'encv'" },
  { "00000018 6D703461 000000000000 0001 0000000000000000",
      CMAF_ERROR_MALFORMED, "stsd/mp4a: box has 24 bytes, needs 36" },
  { "00000024 4F707573 000000000000 0001 0000000000000000 0002 0010 0000 0000"
    "BB800000",
      CMAF_ERROR_MALFORMED,
      "Opus/dOps: codec configuration has 0 bytes, needs 11" },
  /* MP3 in MP4 */
  { "0000004B 6D703461 000000000000 0001 0000000000000000 0002 0010 0000 0000"
    "BB800000 00000027 65736473 00000000 03 19 0000 00"
    "04 11 6B 15 000000 00000000 00000000 05 02 1190 06 01 02",
      CMAF_ERROR_UNSUPPORTED, "object type is 0x6b, needs 0x40" },
  /* a descriptor that says it is longer than the box */
  { "0000004B 6D703461 000000000000 0001 0000000000000000 0002 0010 0000 0000"
    "BB800000 00000027 65736473 00000000 03 FFFFFF7F 00 00"
    "04 11 40 15 000000 00000000 0000 05 02 1190 06 01 02",
      CMAF_ERROR_MALFORMED, "esds: box without ES descriptor" },
  /* a child that says it is longer than the entry */
  { "00000034 4F707573 000000000000 0001 0000000000000000 0002 0010 0000 0000"
    "BB800000 0000FF13 644F7073 0002013800 00BB80",
      CMAF_ERROR_MALFORMED, "oversized child" },
};

GST_START_TEST (test_a_bad_entry_is_refused_with_its_reason)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (bad[__i__].hex);
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
  g_autoptr (GError) error = NULL;

  fail_if (read_entry (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), track, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, bad[__i__].code), "%s",
      error->message);
  fail_unless (strstr (error->message, bad[__i__].message) != NULL, "%s",
      error->message);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[__i__]);
  g_autoptr (GBytes) bytes = write_entry (track);

  for (gsize n = 0; n < g_bytes_get_size (bytes); n++) {
    g_autofree guint8 *prefix =
        copy_exactly (g_bytes_get_data (bytes, NULL), n);
    g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
    g_autoptr (GError) error = NULL;

    fail_if (read_entry (prefix, n, read, &error));
    fail_unless (error != NULL);
    /* and with a size that was shortened as well */
    g_clear_error (&error);
    if (n >= 8) {
      GST_WRITE_UINT32_BE (prefix, n);
      read_entry (prefix, n, read, &error);
    }
  }
}
GST_END_TEST;

GST_START_TEST (test_the_configuration_corrects_an_aac_template)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
  g_autoptr (GBytes) bytes = NULL;

  track->channels = 1;        /* wrong */
  track->sample_rate = 96000; /* does not fit 16 bits: written as 0 */
  bytes = write_entry (track);
  fail_unless (read_entry (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), read, NULL));
  assert_equals_int (read->channels, 2);
  assert_equals_int (read->sample_rate, 48000);
}
GST_END_TEST;

GST_START_TEST (test_the_peak_is_never_below_the_average)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (CmafTrack) read = cmaf_track_new (CMAF_MEDIA_AUDIO, 0);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;

  track->avg_bitrate = 128000;
  bytes = write_entry (track);
  fail_unless (read_entry (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), read, NULL));
  assert_equals_int (read->max_bitrate, 128000);
  again = write_entry (read); /* esds and btrt agree */
  fail_unless (g_bytes_equal (bytes, again));
}
GST_END_TEST;

static Suite *
sample_entry_suite (void)
{
  Suite *s = suite_create ("sample-entry");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_codec_has_its_rfc6381_string, 0,
      G_N_ELEMENTS (test_codecs));
  tcase_add_loop_test (tc, test_codec_strings_follow_the_configuration, 0,
      G_N_ELEMENTS (strings));
  tcase_add_loop_test (
      tc, test_pbutils_agrees_on_the_codec_string, 0, G_N_ELEMENTS (caps));
  tcase_add_loop_test (
      tc, test_round_trip_of_every_codec, 0, G_N_ELEMENTS (test_codecs));
  tcase_add_loop_test (tc, test_every_codec_has_a_family_and_a_roll_distance, 0,
      G_N_ELEMENTS (test_codecs));
  tcase_add_test (tc, test_spectral_band_replication_needs_one_unit_more);
  tcase_add_test (tc, test_the_configuration_knows_channels_and_bits);
  tcase_add_test (tc, test_btrt_is_the_vector_of_the_specification);
  tcase_add_test (tc, test_aac_entry_byte_for_byte);
  tcase_add_test (
      tc, test_a_long_configuration_gets_a_longer_descriptor_length);
  tcase_add_loop_test (
      tc, test_a_bad_entry_is_refused_with_its_reason, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (test_codecs));
  tcase_add_test (tc, test_the_peak_is_never_below_the_average);
  tcase_add_test (tc, test_the_configuration_corrects_an_aac_template);
  return s;
}

GST_CHECK_MAIN (sample_entry);
