/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/access-unit.h>

#include "tracks.h"

static const struct
{
  guint8 bytes[2];
  gsize size;
  guint32 samples;
} packets[] = {
  { { 0xfc }, 1, 960 },        /* CELT 20 ms, one frame */
  { { 0xe4 | 0 }, 1, 120 },    /* CELT 2.5 ms */
  { { 0x08 }, 1, 960 },        /* SILK 20 ms */
  { { 0x18 }, 1, 2880 },       /* SILK 60 ms */
  { { 0x69 }, 1, 1920 },       /* hybrid 20 ms, two equal frames */
  { { 0xff, 0x03 }, 2, 2880 }, /* three frames of 20 ms */
  { { 0x1b, 0x02 }, 2, 5760 }, /* two frames of 60 ms: the most */
  { { 0x1b, 0x03 }, 2, 0 },    /* more than 120 ms */
  { { 0xff }, 1, 0 },          /* no frame count */
  { { 0 }, 0, 0 },             /* no packet */
};

GST_START_TEST (test_opus_packets_tell_their_duration)
{
  fail_unless_equals_int (
      cmaf_opus_packet_samples (packets[__i__].bytes, packets[__i__].size),
      packets[__i__].samples);
}
GST_END_TEST;

/* Rows of test_codecs, first units of each, and what they tell. */
static const struct
{
  guint codec;
  const gchar *unit;
  CmafTrackState state;
  const gchar *config; /* NULL: as it was */
  guint sample_duration;
} units[] = {
  { 0, "00000001", CMAF_TRACK_COMPLETE, NULL, 3600 },
  { 4, "FF", CMAF_TRACK_COMPLETE, NULL, 1024 },
  { 5, "FF03", CMAF_TRACK_COMPLETE, NULL, 2880 },
  { 5, "FF", CMAF_TRACK_COMPLETE, NULL, 960 },
  { 6, "1200 0A0B000000043CFFBCDAF90040", CMAF_TRACK_COMPLETE,
      "81000C00 0A0B000000043CFFBCDAF90040", 3600 },
  { 6, "1200 3200", CMAF_TRACK_INCOMPLETE, NULL, 3600 },
  { 6, "127F", CMAF_TRACK_REFUSED, NULL, 3600 },
  { 7, "824983420013F00EF6", CMAF_TRACK_COMPLETE,
      "01000000 00 14 82 02 02 02 0000", 3600 },
  { 7, "86004983", CMAF_TRACK_INCOMPLETE, NULL, 3600 },
  { 8, "0B77C2EA544043E106F575F0C0C21818", CMAF_TRACK_COMPLETE, "501140",
      1536 },
  { 8, "0B78", CMAF_TRACK_REFUSED, NULL, 1024 },
  { 9, "0B77000B3487C0002084210838008C060606018181870000", CMAF_TRACK_COMPLETE,
      "0030200400", 1536 },
  { 12, "2805 0D190180AB", CMAF_TRACK_COMPLETE, TEST_MHAC, 1024 },
  { 12, "4803 010203", CMAF_TRACK_INCOMPLETE, NULL, 1024 },
};

GST_START_TEST (test_the_first_unit_completes_the_track)
{
  const TestCodec *codec = &test_codecs[units[__i__].codec];
  g_autoptr (CmafTrack) track = make_track (codec);
  g_autoptr (GBytes) unit = bytes_from_hex (units[__i__].unit);
  g_autoptr (GError) error = NULL;

  track->width = 320;
  track->height = 240;
  assert_equals_int (
      cmaf_access_unit_complete_track (track, g_bytes_get_data (unit, NULL),
          g_bytes_get_size (unit), &error),
      units[__i__].state);
  assert_equals_int (error != NULL, units[__i__].state == CMAF_TRACK_REFUSED);
  assert_bytes_are (track->codec_config,
      units[__i__].config ? units[__i__].config : codec->config);
  assert_equals_int (track->sample_duration, units[__i__].sample_duration);
}
GST_END_TEST;

static const struct
{
  guint codec;
  const gchar *head;
  gsize prefix;
  gboolean may_continue, continues, has_headers;
} heads[] = {
  { 0, "12000A0B", 0, FALSE, FALSE, FALSE },
  { 5, "FF03", 0, FALSE, FALSE, TRUE },
  { 6, "12000A0B", 2, FALSE, FALSE, FALSE },
  { 6, "0A0B", 0, FALSE, FALSE, FALSE },
  { 8, "0B7740FF", 0, FALSE, FALSE, FALSE },
  { 9, "0B7740FF", 0, TRUE, TRUE, FALSE },
  { 9, "0B7700FF", 0, TRUE, FALSE, FALSE },
  { 10, "FFF8", 0, FALSE, FALSE, TRUE },
};

GST_START_TEST (test_which_bytes_belong_to_a_unit)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[heads[__i__].codec]);
  g_autoptr (GBytes) head = bytes_from_hex (heads[__i__].head);
  gsize size;
  gconstpointer data = g_bytes_get_data (head, &size);

  assert_equals_int (
      cmaf_access_unit_prefix (track, data, size), heads[__i__].prefix);
  assert_equals_int (
      cmaf_access_unit_may_continue (track), heads[__i__].may_continue);
  assert_equals_int (
      cmaf_access_unit_continues (track, data, size), heads[__i__].continues);
  if (track->codec == CMAF_CODEC_AVC1) {
    track->is_interlaced = TRUE; /* its fields come one by one */
    fail_unless (cmaf_access_unit_may_continue (track));
  }
  assert_equals_int (
      cmaf_access_unit_has_header_packets (track), heads[__i__].has_headers);
}
GST_END_TEST;

static Suite *
access_unit_suite (void)
{
  Suite *s = suite_create ("access-unit");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_opus_packets_tell_their_duration, 0, G_N_ELEMENTS (packets));
  tcase_add_loop_test (
      tc, test_the_first_unit_completes_the_track, 0, G_N_ELEMENTS (units));
  tcase_add_loop_test (
      tc, test_which_bytes_belong_to_a_unit, 0, G_N_ELEMENTS (heads));
  return s;
}

GST_CHECK_MAIN (access_unit);
