/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/parameter-sets.h>

#include "tracks.h"

/* as in TEST_AVCC and TEST_HVCC */
#define SPS "0000001A 6764001EACD940A02FF97011000003000100000300320F162D96"
#define PPS "00000006 68EBE3CB22C0"
#define VPS "00000018 40010C01FFFF01600000030090000003000003003F959809"
#define HEVC_SPS                                                               \
  "0000002A 42010101600000030090000003000003003FA00502016965959A4932BC05A020"  \
  "00000300200000030321"
#define HEVC_PPS "00000007 4401C172B46240"
/* delimiter, SEI, slice */
#define AUD "000000020910"
#define SEI "00000003060510"
#define IDR "00000004 65888400"
#define HEVC_AUD "00000003460150"
#define HEVC_IDR "00000004 26010000"

static const struct
{
  guint codec; /* row of test_codecs */
  const gchar *unit;
  const gchar *sample; /* NULL: the unit */
  const gchar *stranger;
} cases[] = {
  { 0, AUD IDR, NULL, NULL },
  { 0, AUD SPS PPS SEI IDR, AUD SEI IDR, NULL },
  { 0, SPS AUD PPS IDR SPS, AUD IDR, NULL },
  { 0, SPS PPS, "", NULL },
  /* not those of the header */
  { 0, AUD "00000004 6764001F" PPS IDR, AUD "00000004 6764001F" IDR, "SPS" },
  { 0, "00000002 68EB" IDR, NULL, "PPS" },
  { 0, "00000003 6DEB80" IDR, NULL, "SPS extension" },
  /* in-band is where they belong */
  { 1, AUD SPS PPS IDR, NULL, NULL },
  { 2, HEVC_AUD VPS HEVC_SPS HEVC_PPS HEVC_IDR, HEVC_AUD HEVC_IDR, NULL },
  { 2, "00000003 4001FF" HEVC_IDR, NULL, "VPS" },
  { 3, HEVC_AUD VPS HEVC_SPS HEVC_PPS HEVC_IDR, NULL, NULL },
  /* no NAL units of H.264 */
  { 6, SPS PPS, NULL, NULL },
  /* lengths that lie: the rest is left alone */
  { 0, SPS "00000000" IDR, "00000000" IDR, NULL },
  { 0, PPS "000000FF 65", "000000FF 65", NULL },
  { 0, "000000FF 67", NULL, NULL },
};

static void
assert_sample_is (GBytes *unit, const GArray *parts, const gchar *expected)
{
  g_autoptr (GBytes) sample = NULL;
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < parts->len; i++) {
    const CmafUnitPart *part = &g_array_index (parts, CmafUnitPart, i);
    const guint8 *data = g_bytes_get_data (unit, NULL);

    g_byte_array_append (bytes, data + part->offset, (guint)part->size);
  }
  sample = g_byte_array_free_to_bytes (bytes);
  assert_bytes_are (sample, expected);
}

GST_START_TEST (test_what_the_header_has_is_in_no_sample)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[cases[__i__].codec]);
  g_autoptr (GBytes) unit = bytes_from_hex (cases[__i__].unit);
  g_autoptr (GArray) parts = NULL;
  const gchar *stranger = "?";

  parts = cmaf_parameter_sets_cut (
      track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), &stranger);
  assert_equals_string (stranger, cases[__i__].stranger);
  assert_equals_int (parts != NULL, cases[__i__].sample != NULL);
  if (parts)
    assert_sample_is (unit, parts, cases[__i__].sample);
}
GST_END_TEST;

/* Sets of the second list, and behind a list that is empty. */
GST_START_TEST (test_all_lists_of_avcc_are_searched)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  g_autoptr (GBytes) unit = bytes_from_hex ("0002 6DEB 0002 68EB 0001 65");
  g_autoptr (GArray) parts = NULL;
  const gchar *stranger;

  g_bytes_unref (track->codec_config);
  track->codec_config =
      bytes_from_hex ("0164001EFD E0 02 0001 68 0002 68EB FDF8F8 01 0002 6DEB");
  parts = cmaf_parameter_sets_cut (
      track, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit), &stranger);
  fail_unless (stranger == NULL);
  assert_sample_is (unit, parts, "0001 65");
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[2]);
  g_autoptr (GBytes) config = g_bytes_ref (track->codec_config);
  g_autoptr (GBytes) unit = bytes_from_hex (VPS HEVC_SPS HEVC_PPS HEVC_IDR);
  gsize size = g_bytes_get_size (unit), n = g_bytes_get_size (config);
  const gchar *stranger;

  for (gsize i = 0; i <= size; i++) {
    g_autofree guint8 *part = copy_exactly (g_bytes_get_data (unit, NULL), i);
    g_autoptr (GArray) parts = NULL;

    parts = cmaf_parameter_sets_cut (track, part, i, &stranger);
    fail_if (parts && parts->len > 3);
  }
  for (gsize i = 0; i <= n; i++) {
    g_autofree guint8 *part = copy_exactly (g_bytes_get_data (config, NULL), i);
    g_autoptr (GArray) parts = NULL;

    g_bytes_unref (track->codec_config);
    track->codec_config = g_bytes_new_static (part, i);
    parts = cmaf_parameter_sets_cut (
        track, g_bytes_get_data (unit, NULL), size, &stranger);
  }
}
GST_END_TEST;

static Suite *
parameter_sets_suite (void)
{
  Suite *suite = suite_create ("parameter-sets");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_what_the_header_has_is_in_no_sample, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_all_lists_of_avcc_are_searched);
  tcase_add_test (tcase, test_no_prefix_is_read_beyond_its_end);
  return suite;
}

GST_CHECK_MAIN (parameter_sets);
