/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/avc-fields.h>

#include "hex.h"

/* Main, 64x64, fields allowed, frame_num in four bits */
#define SPS "674D001EDB11142000000300200000065080"
#define AVCC "014D001EFFE10012" SPS "0100 04 68CE3880"
#define AVC3 "014D001EFFE000"
#define NAL_SPS "00000012" SPS
#define AUD "000000020910"

/* Slices as FFmpeg decodes them: top IDR, bottom, pairs 1 and 2, a frame. */
#define IDR AUD "0000000C 65888524E4E4E4E4E4E4E4F0"
#define BOTTOM AUD "0000000C 6188869393939393939393C0"
#define TOP_1 AUD "0000000C 61888C9393939393939393C0"
#define BOTTOM_1 AUD "0000000C 61888E9393939393939393C0"
#define TOP_2 AUD "0000000C 6188949393939393939393C0"
#define BOTTOM_2 AUD "0000000C 6188969393939393939393C0"
#define FRAME_4 AUD "00000014 6188A12727272727272727272727272727272780"
/* of frame 1, not used for reference */
#define TOP_1_LOOSE AUD "0000000C 01888C9393939393939393C0"
#define BOTTOM_1_LOOSE AUD "0000000C 01888E9393939393939393C0"

static const struct
{
  const gchar *avcc;
  const gchar *units[6];
  const gchar *second; /* 1: the second field of a frame */
} streams[] = {
  { AVCC, { IDR, BOTTOM, TOP_1, BOTTOM_1, TOP_2, BOTTOM_2 }, "010101" },
  { AVCC, { IDR, BOTTOM, FRAME_4, TOP_1, BOTTOM_1, FRAME_4 }, "010010" },
  /* bottom first */
  { AVCC, { BOTTOM_1, TOP_1, BOTTOM_2, TOP_2 }, "0101" },
  /* a field is missing */
  { AVCC, { IDR, TOP_1, BOTTOM_1, TOP_2, TOP_2, BOTTOM_2 }, "001001" },
  { AVCC, { TOP_1, BOTTOM_2, TOP_2 }, "001" },
  /* not two of a kind */
  { AVCC, { TOP_1, BOTTOM_1_LOOSE, TOP_1_LOOSE }, "001" },
  /* parameter sets in-band, and none */
  { AVC3, { NAL_SPS IDR, BOTTOM, TOP_1, BOTTOM_1 }, "0101" },
  { AVC3, { IDR, BOTTOM, NAL_SPS IDR, BOTTOM }, "0001" },
  /* no slice in it */
  { AVCC, { IDR, AUD, BOTTOM, TOP_1, BOTTOM_1 }, "00001" },
  { AVCC, { IDR, "000000FF 61", BOTTOM }, "000" },
};

GST_START_TEST (test_second_fields_are_found)
{
  g_autoptr (GBytes) avcc = bytes_from_hex (streams[__i__].avcc);
  CmafAvcFields fields;

  cmaf_avc_fields_init (
      &fields, g_bytes_get_data (avcc, NULL), g_bytes_get_size (avcc));
  for (guint i = 0; streams[__i__].second[i]; i++) {
    g_autoptr (GBytes) unit = bytes_from_hex (streams[__i__].units[i]);

    assert_equals_int (
        cmaf_avc_fields_take (
            &fields, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit)),
        streams[__i__].second[i] == '1');
  }
}
GST_END_TEST;

/* High, 4:4:4 with scaling lists, picture order by a cycle: bits by hand. */
GST_START_TEST (test_every_part_of_a_parameter_set_is_passed)
{
  static const gchar *const bits =
      "01100100 00000000 00011110 1"
      /* 4:4:4 with separate planes, 8 bit, scaling lists: one of sixteen
       * equal steps, one that uses the default, ten that are not there */
      "00100 1 1 1 0 1"
      "1 1111111111111111"
      "1 000010001"
      "0 0 0 0 0 0 0 0 0 0"
      "010"                     /* frame_num in five bits */
      "010 1 1 011 011 1 00110" /* order type 1, cycle of two: 0, 3 */
      "1 0 1 1 0 1";            /* references, gaps, one macroblock, fields */
  /* plane 1, frame 1, bottom field */
  static const gchar *const slice = "1 0001000 1 01 00001 1 1";
  guint8 avcc[64] = { 1, 0x64, 0, 0x1E, 0xFF, 0xE1, 0, 0, 0x67 };
  guint8 unit[16] = { 0, 0, 0, 8, 0x61 };
  CmafAvcFields fields;
  guint n = 0, m = 0;

  for (const gchar *c = bits; *c; c++)
    if (*c != ' ') {
      avcc[9 + n / 8] |= (*c - '0') << (7 - n % 8);
      n++;
    }
  avcc[7] = 2 + n / 8;
  for (const gchar *c = slice; *c; c++)
    if (*c != ' ') {
      unit[5 + m / 8] |= (*c - '0') << (7 - m % 8);
      m++;
    }
  cmaf_avc_fields_init (&fields, avcc, sizeof avcc);
  fail_if (cmaf_avc_fields_take (&fields, unit, 12));
  unit[7] ^= 1 << (7 - (m - 1) % 8); /* the other parity */
  fail_unless (cmaf_avc_fields_take (&fields, unit, 12));
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) avcc = bytes_from_hex (AVCC);
  g_autoptr (GBytes) unit = bytes_from_hex (NAL_SPS IDR);
  CmafAvcFields fields;

  for (gsize n = 0; n < g_bytes_get_size (avcc); n++) {
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (avcc, NULL), n);

    cmaf_avc_fields_init (&fields, prefix, n);
    for (gsize m = 0; m < g_bytes_get_size (unit); m++) {
      g_autofree guint8 *part = copy_exactly (g_bytes_get_data (unit, NULL), m);

      cmaf_avc_fields_take (&fields, part, m);
    }
  }
}
GST_END_TEST;

static Suite *
avc_fields_suite (void)
{
  Suite *s = suite_create ("avc-fields");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_second_fields_are_found, 0, G_N_ELEMENTS (streams));
  tcase_add_test (tc, test_every_part_of_a_parameter_set_is_passed);
  tcase_add_test (tc, test_no_prefix_is_read_beyond_its_end);
  return s;
}

GST_CHECK_MAIN (avc_fields);
