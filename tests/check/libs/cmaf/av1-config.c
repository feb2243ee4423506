/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/av1-config.h>
#include <gst/cmaf/sample-entry.h>

#include "hex.h"

static CmafTrack *
make_av1 (guint width, guint height)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AV01);

  track->width = width;
  track->height = height;
  return track;
}

/* Sequence headers of libaom and SVT-AV1, and what FFmpeg makes of them. */
static const struct
{
  const gchar *unit;
  const gchar *av1c;
  const gchar *codec_string;
  gboolean has_colour;
  guint primaries, transfer, matrix;
} units[] = {
  /* libaom: behind a temporal delimiter, in front of a frame */
  { "1200 0A0B000000043CFFBCDAF90040 3205 1000840002",
      "81000C00 0A0B000000043CFFBCDAF90040", "av01.0.00M.08", FALSE, 0, 0, 0 },
  /* SVT-AV1 */
  { "0A0B000000043CFFBC02F80040", "81000C00 0A0B000000043CFFBC02F80040",
      "av01.0.00M.08", FALSE, 0, 0, 0 },
  /* RGB */
  { "0A0D200000043CFFBCDAF92021A004", "81200000 0A0D200000043CFFBCDAF92021A004",
      "av01.1.00M.08.0.000.01.13.00.1", TRUE, 1, 13, 0 },
  { "0A0A200000043CFFBCDAF902", "81200000 0A0A200000043CFFBCDAF902",
      "av01.1.00M.08.0.000.01.01.01.0", FALSE, 0, 0, 0 }, /* 4:4:4 */
  { "0A0A000000043CFFBCDAF92A", "81001C00 0A0A000000043CFFBCDAF92A",
      "av01.0.00M.08.1.110.01.01.01.0", FALSE, 0, 0, 0 }, /* grey */
  { "0A0B400000043CFFBCDAF96220", "81406800 0A0B400000043CFFBCDAF96220",
      "av01.2.00M.12.0.100.01.01.01.0", FALSE, 0, 0, 0 }, /* 4:2:2, 12 bit */
  /* HDR10 */
  { "0A0E000000043CFFBCDAF95091009040",
      "81004C00 0A0E000000043CFFBCDAF95091009040",
      "av01.0.00M.10.0.110.09.16.09.0", TRUE, 9, 16, 9 },
  /* without a size, as the last OBU may be */
  { "08000000043CFFBC02F80040", "81000C00 0A0B000000043CFFBC02F80040",
      "av01.0.00M.08", FALSE, 0, 0, 0 },
};

GST_START_TEST (test_the_sequence_header_becomes_av1c)
{
  g_autoptr (CmafTrack) track = make_av1 (320, 240);
  g_autoptr (GBytes) unit = bytes_from_hex (units[__i__].unit);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  fail_unless (cmaf_av1_fill_track (track, g_bytes_get_data (unit, NULL),
                   g_bytes_get_size (unit), &error),
      "%s", error ? error->message : "no sequence header");
  assert_bytes_are (track->codec_config, units[__i__].av1c);
  assert_equals_int (track->has_colour, units[__i__].has_colour);
  if (track->has_colour) {
    assert_equals_int (track->colour_primaries, units[__i__].primaries);
    assert_equals_int (track->transfer_characteristics, units[__i__].transfer);
    assert_equals_int (track->matrix_coefficients, units[__i__].matrix);
  }
  text = cmaf_sample_entry_codec_string (track);
  assert_equals_string (text, units[__i__].codec_string);
}
GST_END_TEST;

/* Colour of the caps stays where the bitstream says nothing. */
GST_START_TEST (test_the_bitstream_wins_over_the_caps)
{
  static const guint indices[] = { 0, 6 };
  static const guint transfers[] = { 18, 16 };

  for (guint i = 0; i < G_N_ELEMENTS (indices); i++) {
    g_autoptr (CmafTrack) track = make_av1 (320, 240);
    g_autoptr (GBytes) unit = bytes_from_hex (units[indices[i]].unit);

    track->has_colour = track->full_range = TRUE;
    track->colour_primaries = track->matrix_coefficients = 9;
    track->transfer_characteristics = 18;
    fail_unless (cmaf_av1_fill_track (
        track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), NULL));
    assert_equals_int (track->colour_primaries, 9);
    assert_equals_int (track->transfer_characteristics, transfers[i]);
    fail_if (track->full_range);
  }
}
GST_END_TEST;

/* With timing, a decoder model and two operating points: level 8 (4.0) in the
 * high tier. Bits by hand from the syntax tables. */
GST_START_TEST (test_operating_points_with_a_decoder_model)
{
  static const gchar *const bits =
      "000 0 0"
      /* timing_info: equal intervals of one tick; decoder model, 10 bit delay
       */
      "1 00000000000000000000000000000001 00000000000000000000000000011001 1 1"
      "1 01001 00000000000000000000000000000001 00100 00101"
      /* display delay is given; two points */
      "1 00001"
      "000000000000 01000 1 1 0000000001 0000000010 1 1 0010"
      "000000000001 00101 0 0"
      /* 320x240 in nine and eight bits, no frame ids */
      "1000 0111 100111111 11101111 0"
      "0 1 1  0000 0 1 1  0 1 0"
      "0 0 0 0 01"
      "0 1";
  g_autoptr (CmafTrack) track = make_av1 (320, 240);
  g_autoptr (GError) error = NULL;
  guint8 obu[64] = { 0x0A };
  guint n = 0;

  for (const gchar *c = bits; *c; c++) {
    if (*c == ' ')
      continue;
    obu[2 + n / 8] |= (*c - '0') << (7 - n % 8);
    n++;
  }
  obu[1] = (n + 7) / 8;
  fail_unless (cmaf_av1_fill_track (track, obu, 2 + obu[1], &error), "%s",
      error ? error->message : "");
  fail_unless (memcmp (g_bytes_get_data (track->codec_config, NULL),
                   "\x81\x08\x8D\x00", 4)
               == 0);
}
GST_END_TEST;

GST_START_TEST (test_a_unit_without_a_sequence_header_is_no_error)
{
  g_autoptr (CmafTrack) track = make_av1 (320, 240);
  g_autoptr (GBytes) unit = bytes_from_hex ("1200 3205 1000840002");
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_av1_fill_track (
      track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), &error));
  g_assert_no_error (error);
  fail_if (cmaf_av1_fill_track (track, NULL, 0, &error));
  g_assert_no_error (error);
}
GST_END_TEST;

static const struct
{
  const gchar *unit;
  guint width;
  gint code;
} bad[] = {
  { "0A0B000000043CFFBCDAF90040", 640, CMAF_ERROR_UNSUPPORTED },
  { "0A03000000", 320, CMAF_ERROR_MALFORMED }, /* ends too early */
  { "0A0BE00000043CFFBCDAF90040", 320, CMAF_ERROR_MALFORMED }, /* profile 7 */
  { "0A7F000000", 320, CMAF_ERROR_MALFORMED }, /* longer than the unit */
  { "8A03000000", 320, CMAF_ERROR_MALFORMED }, /* forbidden bit */
  { "0E", 320, CMAF_ERROR_MALFORMED },         /* no extension */
  { "0AFFFFFFFFFFFFFFFFFF01", 320, CMAF_ERROR_MALFORMED }, /* endless leb128 */
};

GST_START_TEST (test_a_bad_unit_is_refused)
{
  g_autoptr (CmafTrack) track = make_av1 (bad[__i__].width, 240);
  g_autoptr (GBytes) unit = bytes_from_hex (bad[__i__].unit);
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_av1_fill_track (
      track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), &error));
  g_assert_error (error, CMAF_ERROR, bad[__i__].code);
  fail_unless (track->codec_config == NULL);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) unit = bytes_from_hex (units[__i__].unit);

  for (gsize n = 0; n < g_bytes_get_size (unit); n++) {
    g_autoptr (CmafTrack) track = make_av1 (320, 240);
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (unit, NULL), n);

    cmaf_av1_fill_track (track, prefix, n, NULL);
    cmaf_av1_delimiter_size (prefix, n);
  }
}
GST_END_TEST;

static const struct
{
  const gchar *head;
  gsize n;
} delimiters[] = {
  { "120032", 2 },
  { "1200", 2 },
  { "160000", 3 }, /* with an extension */
  { "120132", 0 }, /* not empty */
  { "1000", 0 },   /* without a size: the whole unit */
  { "0A0B00", 0 },
  { "12", 0 },
  { "", 0 },
};

GST_START_TEST (test_a_temporal_delimiter_is_no_part_of_a_sample)
{
  g_autoptr (GBytes) head = bytes_from_hex (delimiters[__i__].head);

  assert_equals_int (cmaf_av1_delimiter_size (g_bytes_get_data (head, NULL),
                         g_bytes_get_size (head)),
      delimiters[__i__].n);
}
GST_END_TEST;

static Suite *
av1_config_suite (void)
{
  Suite *s = suite_create ("av1-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_the_sequence_header_becomes_av1c, 0, G_N_ELEMENTS (units));
  tcase_add_test (tc, test_the_bitstream_wins_over_the_caps);
  tcase_add_test (tc, test_operating_points_with_a_decoder_model);
  tcase_add_test (tc, test_a_unit_without_a_sequence_header_is_no_error);
  tcase_add_loop_test (tc, test_a_bad_unit_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (units));
  tcase_add_loop_test (tc, test_a_temporal_delimiter_is_no_part_of_a_sample, 0,
      G_N_ELEMENTS (delimiters));
  return s;
}

GST_CHECK_MAIN (av1_config);
