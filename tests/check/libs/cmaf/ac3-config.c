/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/ac3-config.h>

#include "hex.h"

static CmafTrack *
make_track (gboolean is_enhanced)
{
  return cmaf_track_new (
      CMAF_MEDIA_AUDIO, is_enhanced ? CMAF_CODEC_EC3 : CMAF_CODEC_AC3);
}

/* Heads of real frames; the rest of a frame is not looked at. An E-AC-3 unit
 * is heads with zeros behind each up to the size in it. */
static const struct
{
  gboolean is_enhanced;
  const gchar *heads[3];
  const gchar *config;
  guint rate, channels;
} units[] = {
  /* of FFmpeg: 5.1 at 448 kbit/s, stereo at 192 kbit/s and 44.1 kHz */
  { FALSE, { "0B77B50B1E40EBF8403EFF99FF0841FC" }, "103DE0", 48000, 6 },
  { FALSE, { "0B77C2EA544043E106F575F0C0C21818" }, "501140", 44100, 2 },
  /* the same at a quarter of the rate: bsid 10 */
  { FALSE, { "0B77C2EA545043E106F575F0C0C21818" }, "541140", 11025, 2 },
  /* of FFmpeg: 5.1 at 448 kbit/s, stereo at 192 kbit/s */
  { TRUE, { "0B77037F3F87C00020F820000200400004001FCC7E0107E1" }, "0E00200F00",
      48000, 6 },
  { TRUE, { "0B77017F3487C0002084210838008C06060601818187BD77" }, "0600200400",
      48000, 2 },
  /* 7.1: a dependent substream with the back channels (chanmap 0x0200) */
  { TRUE,
      { "0B77037F3F87C00020F820000200400004001FCC7E0107E1",
          "0B7740FF3487D0200000000000000000" },
      "1200200F0202", 48000, 8 },
  /* two independent substreams, which is one unit: half of the second's rate */
  { TRUE, { "0B7701FF3487C000208421083800", "0B77097F3487C000208421083800" },
      "0E01200400200400", 48000, 2 },
  /* fscod 3, fscod2 0: 24 kHz */
  { TRUE, { "0B77017FC487C0002084210838008C06060601818187BD77" }, "0300E00400",
      24000, 2 },
};

static GBytes *
make_unit (gboolean is_enhanced, const gchar *const heads[3])
{
  GByteArray *unit = g_byte_array_new ();

  for (guint i = 0; i < 3 && heads[i]; i++) {
    g_autoptr (GBytes) head = bytes_from_hex (heads[i]);
    const guint8 *bytes = g_bytes_get_data (head, NULL);
    guint at = unit->len, n = (guint)g_bytes_get_size (head);

    if (is_enhanced)
      n = 2 * ((((guint)bytes[2] & 7) << 8 | bytes[3]) + 1);
    g_byte_array_set_size (unit, at + n);
    memset (unit->data + at, 0, n);
    memcpy (unit->data + at, bytes, g_bytes_get_size (head));
  }
  return g_byte_array_free_to_bytes (unit);
}

GST_START_TEST (test_frames_become_dac3_and_dec3)
{
  g_autoptr (CmafTrack) track = make_track (units[__i__].is_enhanced);
  g_autoptr (GBytes) unit =
      make_unit (units[__i__].is_enhanced, units[__i__].heads);
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_ac3_fill_track (track, g_bytes_get_data (unit, NULL),
                   g_bytes_get_size (unit), &error),
      "%s", error ? error->message : "");
  assert_bytes_are (track->codec_config, units[__i__].config);
  assert_equals_int (track->sample_rate, units[__i__].rate);
  assert_equals_int (track->timescale, units[__i__].rate);
  assert_equals_int (track->sample_duration, 1536);
  assert_equals_int (track->channels, units[__i__].channels);
}
GST_END_TEST;

/* Every optional field there is, and objects announced behind them. */
GST_START_TEST (test_objects_are_found_behind_all_optional_fields)
{
  static const gchar *const bits =
      "0000101101110111 00 000 00000011111 00 11 111 1 10000"
      "11111 1 00000000"
      "1 01 000000 000000 1 00000"  /* mixing: downmix, LFE */
      "1 000000 1 000000 11 00001"  /* programme scale, mixdef 3 */
      "000000000000000000000000"    /* of 3 bytes */
      "1 0 1 00000 0 0 0 0"         /* blocks */
      "1 101 0 1 10 1 00000 00 0 0" /* information: bsmod 5 */
      "1 000001 00000001 00010000"; /* addbsi: objects, 16 */
  guint8 frame[64] = { 0 };
  g_autoptr (CmafTrack) track = make_track (TRUE);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (const gchar *c = bits; *c; c++) {
    if (*c == ' ')
      continue;
    frame[n / 8] |= (*c - '0') << (7 - n % 8);
    n++;
  }
  fail_unless (cmaf_ac3_fill_track (track, frame, sizeof frame, &error), "%s",
      error ? error->message : "");
  assert_bytes_are (track->codec_config, "0080 20 5F 00 01 10");
  assert_equals_int (
      cmaf_ec3_joc_complexity (g_bytes_get_data (track->codec_config, NULL), 7),
      16);
  assert_equals_int (track->channels, 6);
}
GST_END_TEST;

static const struct
{
  gboolean is_enhanced;
  const gchar *hex;
  gint code;
  const gchar *message;
} bad[] = {
  { FALSE, "0B78B50B1E40EBF8", CMAF_ERROR_MALFORMED, "sync word" },
  { FALSE, "0B77B50B1E", CMAF_ERROR_MALFORMED, "no AC-3 header" },
  { FALSE, "0B77B50BDE40EBF8", CMAF_ERROR_UNSUPPORTED, "sample rate" },
  { FALSE, "0B77017F3487C000", CMAF_ERROR_MALFORMED, "no AC-3 header" },
  { TRUE, "", CMAF_ERROR_MALFORMED, "sync word" },
  { TRUE, "0B77B50B1E40EBF8", CMAF_ERROR_MALFORMED, "no E-AC-3 header" },
  { TRUE, "0B77017F3487C000", CMAF_ERROR_MALFORMED, "does not fit" },
  { TRUE, "0B7700052487C000 00000000", CMAF_ERROR_UNSUPPORTED, "has 3 blocks" },
  { TRUE, "0B7700 05F487C000 00000000", CMAF_ERROR_UNSUPPORTED, "sample rate" },
  { TRUE, "0B7740053487C000 00000000", CMAF_ERROR_MALFORMED,
      "dependent substream without" },
  /* something behind the frame that is none */
  { TRUE, "0B7700053487C000 00000000 00", CMAF_ERROR_MALFORMED, "sync word" },
};

GST_START_TEST (test_a_bad_frame_is_refused)
{
  g_autoptr (CmafTrack) track = make_track (bad[__i__].is_enhanced);
  g_autoptr (GBytes) bytes = bytes_from_hex (bad[__i__].hex);
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_ac3_fill_track (
      track, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, bad[__i__].code)
                   && strstr (error->message, bad[__i__].message),
      "%s", error->message);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  gboolean is_enhanced = units[__i__].is_enhanced;
  g_autoptr (GBytes) unit = make_unit (is_enhanced, units[__i__].heads);

  for (gsize n = 0; n < MIN (g_bytes_get_size (unit), 40); n++) {
    g_autoptr (CmafTrack) track = make_track (is_enhanced);
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (unit, NULL), n);

    cmaf_ac3_starts_unit (is_enhanced, prefix, n);
    cmaf_ac3_channels (is_enhanced, prefix, n);
    cmaf_ec3_joc_complexity (prefix, n);
    if (cmaf_ac3_fill_track (track, prefix, n, NULL))
      fail_if (is_enhanced);
    if (is_enhanced && n >= 4) { /* a frame of that size */
      prefix[2] &= 0xf8;
      prefix[3] = (guint8)(n / 2 - 1);
      cmaf_ac3_fill_track (track, prefix, n / 2 * 2, NULL);
    }
  }
}
GST_END_TEST;

static const struct
{
  gboolean is_enhanced;
  const gchar *head;
  gboolean starts;
} frames[] = {
  { FALSE, "0B7740", TRUE }, /* AC-3 has one frame a unit */
  { TRUE, "0B7701", TRUE }, { TRUE, "0B7740", FALSE }, /* dependent */
  { TRUE, "0B7709", FALSE }, /* independent, number 1 */
  { TRUE, "0B7749", FALSE }, { TRUE, "0B7780", TRUE }, /* converted AC-3 */
};

GST_START_TEST (test_which_frames_start_a_unit)
{
  g_autoptr (GBytes) head = bytes_from_hex (frames[__i__].head);

  assert_equals_int (cmaf_ac3_starts_unit (frames[__i__].is_enhanced,
                         g_bytes_get_data (head, NULL), 3),
      frames[__i__].starts);
}
GST_END_TEST;

/* dac3 and dec3 bodies, and what they say of the loudspeakers */
static const struct
{
  gboolean is_enhanced;
  const gchar *config;
  guint map, channels, complexity;
} layouts[] = {
  { FALSE, "103DE0", 0xF801, 6, 0 },
  { FALSE, "101140", 0xA000, 2, 0 },
  { FALSE, "1008A0", 0x4000, 1, 0 },
  { FALSE, "1021E0", 0xA100, 3, 0 }, /* 2/1 */
  { TRUE, "0E00200F00", 0xF801, 6, 0 },
  { TRUE, "1200200F0202", 0xFA01, 8, 0 }, /* 7.1 with Lrs/Rrs */
  { TRUE, "1200200F0301", 0xFC03, 9, 0 }, /* Lc/Rc and a second LFE */
  { TRUE, "0E00200F000110", 0xF801, 6, 16 },
  { TRUE, "1200200F02020110", 0xFA01, 8, 16 },
  { TRUE, "0E01200400200400010C", 0xA000, 2, 12 },
  { TRUE, "0E00200F00000C", 0xF801, 6, 0 },
  { TRUE, "0E00200F", 0, 0, 0 },
};

GST_START_TEST (test_configurations_tell_where_loudspeakers_are)
{
  gboolean is_enhanced = layouts[__i__].is_enhanced;
  g_autoptr (GBytes) bytes = bytes_from_hex (layouts[__i__].config);
  gsize size;
  const guint8 *config = g_bytes_get_data (bytes, &size);

  assert_equals_int_hex (
      cmaf_ac3_channel_map (is_enhanced, config, size), layouts[__i__].map);
  assert_equals_int (
      cmaf_ac3_channels (is_enhanced, config, size), layouts[__i__].channels);
  if (is_enhanced)
    assert_equals_int (
        cmaf_ec3_joc_complexity (config, size), layouts[__i__].complexity);
}
GST_END_TEST;

static Suite *
ac3_config_suite (void)
{
  Suite *s = suite_create ("ac3-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_frames_become_dac3_and_dec3, 0, G_N_ELEMENTS (units));
  tcase_add_loop_test (tc, test_configurations_tell_where_loudspeakers_are, 0,
      G_N_ELEMENTS (layouts));
  tcase_add_test (tc, test_objects_are_found_behind_all_optional_fields);
  tcase_add_loop_test (tc, test_a_bad_frame_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (units));
  tcase_add_loop_test (
      tc, test_which_frames_start_a_unit, 0, G_N_ELEMENTS (frames));
  return s;
}

GST_CHECK_MAIN (ac3_config);
