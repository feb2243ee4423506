/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"

#include <gst/check/gstcheck.h>
#include <gst/cmaf/splice-info.h>
#include <gst/cmaf/ts-section.h>

#include <string.h>

/* The head up to the command's length; NN is the length of the section. */
#define HEAD(length, adjustment) "FC30" length "00 00" adjustment "00 FFF"

static const struct
{
  const gchar *hex; /* without the CRC */
  CmafSpliceInfo info;
  gboolean has_pts;
  guint64 pts;
} sections[] = {
  /* event 7, out of network, immediate bit not set, no time, 30 s */
  { HEAD ("21", "00000000") "010 05 00000007 7F EF 7F FE002932E0 0001 00 00 "
                            "0000",
      { .command = CMAF_SPLICE_INSERT,
          .event_id = 7,
          .is_out = TRUE,
          .has_duration = TRUE,
          .auto_return = TRUE,
          .duration = 2700000,
          .unique_program_id = 1 },
      FALSE, 0 },
  /* with a time, and an adjustment that wraps it */
  { HEAD ("20", "00000010") "00F 05 80000001 7F CF FF FFFFFFF8 0002 03 04 0000",
      { .command = CMAF_SPLICE_INSERT,
          .event_id = 0x80000001,
          .is_out = TRUE,
          .has_time = TRUE,
          .pts_time = G_GUINT64_CONSTANT (0x1FFFFFFF8),
          .pts_adjustment = 0x10,
          .unique_program_id = 2,
          .avail_num = 3,
          .avails_expected = 4 },
      TRUE, 8 },
  /* immediate return */
  { HEAD ("1B", "00000000") "00A 05 00000007 7F 5F 0001 00 00 0000",
      { .command = CMAF_SPLICE_INSERT,
          .event_id = 7,
          .is_immediate = TRUE,
          .unique_program_id = 1 },
      FALSE, 0 },
  /* cancelled */
  { HEAD ("16", "00000000") "005 05 00000007 FF 0000",
      { .command = CMAF_SPLICE_INSERT, .event_id = 7, .is_cancel = TRUE },
      FALSE, 0 },
  /* two components, of which the second has a time */
  { HEAD ("23", "00000000") "013 05 00000007 7F 8F 02 01 7F 02 FE00000064 0001 "
                            "00 00 0000",
      { .command = CMAF_SPLICE_INSERT,
          .event_id = 7,
          .is_out = TRUE,
          .has_time = TRUE,
          .pts_time = 100,
          .unique_program_id = 1 },
      TRUE, 100 },
  /* time signal, length not told, with a segmentation descriptor: type 0x34,
   * 60 s, UPID of 4 bytes */
  { HEAD ("2F", "00000000") "FFF 06 FE00015F90 0019 02 17 43554549 4800000A 7F "
                            "FF 000052 65C0 09 04 01020304 34 00",
      { .command = CMAF_SPLICE_TIME_SIGNAL,
          .has_time = TRUE,
          .pts_time = 90000,
          .n_segmentations = 1 },
      TRUE, 90000 },
  { HEAD ("11", "00000000") "000 00 0000", { .command = CMAF_SPLICE_NULL },
      FALSE, 0 },
  /* encrypted: the rest is not looked at */
  { "FC3011 00 80 00000000 00 FFF000 05 FFFF",
      { .command = CMAF_SPLICE_INSERT, .is_encrypted = TRUE }, FALSE, 0 },
};

static GByteArray *
make_section (guint i)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (sections[i].hex);
  GByteArray *all = g_byte_array_new ();
  guint8 crc[4];

  g_byte_array_append (
      all, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  /* the length is the one thing not counted by hand */
  all->data[2] = all->len + 4 - 3;
  GST_WRITE_UINT32_BE (crc, cmaf_section_crc (all->data, all->len));
  g_byte_array_append (all, crc, 4);
  return all;
}

GST_START_TEST (test_sections_are_read)
{
  g_autoptr (GByteArray) bytes = make_section (__i__);
  const CmafSpliceInfo *wanted = &sections[__i__].info;
  g_autoptr (GError) error = NULL;
  CmafSpliceInfo info;
  guint64 pts = 0;

  fail_unless (cmaf_splice_info_parse (bytes->data, bytes->len, &info, &error),
      "%s", error ? error->message : "");
  fail_if (info.has_bad_crc);
  assert_equals_int (info.command, wanted->command);
  assert_equals_int (info.is_encrypted, wanted->is_encrypted);
  assert_equals_uint64 (info.pts_adjustment, wanted->pts_adjustment);
  assert_equals_int (info.has_time, wanted->has_time);
  assert_equals_uint64 (info.pts_time, wanted->pts_time);
  assert_equals_uint64 (info.event_id, wanted->event_id);
  assert_equals_int (info.is_cancel, wanted->is_cancel);
  assert_equals_int (info.is_out, wanted->is_out);
  assert_equals_int (info.is_immediate, wanted->is_immediate);
  assert_equals_int (info.has_duration, wanted->has_duration);
  assert_equals_int (info.auto_return, wanted->auto_return);
  assert_equals_uint64 (info.duration, wanted->duration);
  assert_equals_int (info.unique_program_id, wanted->unique_program_id);
  assert_equals_int (info.avail_num, wanted->avail_num);
  assert_equals_int (info.avails_expected, wanted->avails_expected);
  assert_equals_int (info.n_segmentations, wanted->n_segmentations);
  assert_equals_int (
      cmaf_splice_info_get_pts (&info, &pts), sections[__i__].has_pts);
  assert_equals_uint64 (pts, sections[__i__].pts);
}
GST_END_TEST;

GST_START_TEST (test_segmentation_descriptors_are_read)
{
  g_autoptr (GByteArray) bytes = make_section (5);
  CmafSpliceInfo info;

  fail_unless (cmaf_splice_info_parse (bytes->data, bytes->len, &info, NULL));
  assert_equals_uint64 (info.segmentations[0].event_id, 0x4800000A);
  assert_equals_int (info.segmentations[0].type_id, 0x34);
  fail_unless (info.segmentations[0].has_duration);
  assert_equals_uint64 (info.segmentations[0].duration, 5400000);
  fail_if (info.segmentations[0].is_cancel);
}
GST_END_TEST;

/* The vector of the ingest profile, byte for byte. */
GST_START_TEST (test_the_known_section_is_read)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (
      "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000"
      "C3BB51E9");
  CmafSpliceInfo info;

  fail_unless (
      cmaf_splice_info_parse (g_bytes_get_data (bytes, NULL), 36, &info, NULL));
  fail_if (info.has_bad_crc);
  assert_equals_uint64 (info.event_id, 7);
  assert_equals_uint64 (info.duration, 2700000);
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_is_refused)
{
  g_autoptr (GByteArray) bytes = make_section (__i__);
  CmafSpliceInfo info;

  for (gsize n = 0; n < bytes->len; n++) {
    g_autoptr (GError) error = NULL;
    g_autofree guint8 *prefix = g_memdup2 (bytes->data, n);

    fail_if (cmaf_splice_info_parse (prefix, n, &info, &error));
    fail_unless (error != NULL);
    /* and with a length that goes with it */
    if (n < 3)
      continue;
    g_clear_error (&error);
    prefix[2] = n - 3;
    cmaf_splice_info_parse (prefix, n, &info, &error);
  }
}
GST_END_TEST;

GST_START_TEST (test_a_wrong_crc_is_told_and_the_rest_read)
{
  g_autoptr (GByteArray) bytes = make_section (1);
  CmafSpliceInfo info;
  guint64 pts;

  bytes->data[bytes->len - 1] ^= 1;
  fail_unless (cmaf_splice_info_parse (bytes->data, bytes->len, &info, NULL));
  fail_unless (info.has_bad_crc);
  fail_unless (cmaf_splice_info_get_pts (&info, &pts));
  assert_equals_uint64 (pts, 8);
}
GST_END_TEST;

static const struct
{
  const gchar *hex;
  CmafError code;
} refused[] = {
  { "FD3011 00 00 00000000 00 FFF000 00 0000 00000000",
      CMAF_ERROR_UNSUPPORTED },
  { "FC3012 01 00 00000000 00 FFF000 00 0000 00000000 00",
      CMAF_ERROR_UNSUPPORTED },
  { "FC3012 00 00 00000000 00 FFF000 00 0000 00000000", CMAF_ERROR_MALFORMED },
  /* a command longer than the section, shorter than itself, and not told */
  { "FC3011 00 00 00000000 00 FFF0FF 00 0000 00000000", CMAF_ERROR_MALFORMED },
  { "FC3016 00 00 00000000 00 FFF001 06 FE00015F90 0000 00000000",
      CMAF_ERROR_MALFORMED },
  { "FC3011 00 00 00000000 00 FFFFFF FF 0000 00000000", CMAF_ERROR_MALFORMED },
  /* descriptors longer than the section, and than their loop */
  { "FC3011 00 00 00000000 00 FFF000 00 0001 00000000", CMAF_ERROR_MALFORMED },
  { "FC3014 00 00 00000000 00 FFF000 00 0003 02 02 00 00000000",
      CMAF_ERROR_MALFORMED },
};

GST_START_TEST (test_lengths_that_lie_are_refused)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (refused[__i__].hex);
  g_autoptr (GError) error = NULL;
  CmafSpliceInfo info;

  fail_if (cmaf_splice_info_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &info, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, refused[__i__].code), "%s",
      error->message);
}
GST_END_TEST;

static const struct
{
  CmafSpliceInfo info;
  guint32 event_id;
  CmafSpliceSide side;
} sides[] = {
  { { .command = CMAF_SPLICE_INSERT, .is_out = TRUE }, 0,
      CMAF_SPLICE_SIDE_OUT },
  { { .command = CMAF_SPLICE_INSERT }, 0, CMAF_SPLICE_SIDE_IN },
  { { .command = CMAF_SPLICE_INSERT, .is_cancel = TRUE }, 0,
      CMAF_SPLICE_SIDE_COMMAND },
  { { .command = CMAF_SPLICE_INSERT, .is_encrypted = TRUE }, 0,
      CMAF_SPLICE_SIDE_COMMAND },
  { { .command = CMAF_SPLICE_NULL }, 0, CMAF_SPLICE_SIDE_COMMAND },
  { { .command = CMAF_SPLICE_TIME_SIGNAL }, 0, CMAF_SPLICE_SIDE_COMMAND },
#define PROGRAM_END_AND_AD_START                                               \
  {                                                                            \
    .command = CMAF_SPLICE_TIME_SIGNAL, .n_segmentations = 2,                  \
    .segmentations = {                                                         \
      { .event_id = 1, .type_id = 0x11 },                                      \
      { .event_id = 2, .type_id = 0x30 }                                       \
    }                                                                          \
  }
  { PROGRAM_END_AND_AD_START, 1, CMAF_SPLICE_SIDE_COMMAND },
  { PROGRAM_END_AND_AD_START, 2, CMAF_SPLICE_SIDE_OUT },
  { PROGRAM_END_AND_AD_START, 3, CMAF_SPLICE_SIDE_OUT },
  { { .command = CMAF_SPLICE_TIME_SIGNAL,
        .n_segmentations = 1,
        .segmentations = { { .event_id = 1, .type_id = 0x35 } } },
      1, CMAF_SPLICE_SIDE_IN },
};

GST_START_TEST (test_sides_of_a_break)
{
  assert_equals_int (
      cmaf_splice_info_get_side (&sides[__i__].info, sides[__i__].event_id),
      sides[__i__].side);
}
GST_END_TEST;

static Suite *
splice_info_suite (void)
{
  Suite *suite = suite_create ("splice-info");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_sections_are_read, 0, G_N_ELEMENTS (sections));
  tcase_add_test (tcase, test_segmentation_descriptors_are_read);
  tcase_add_test (tcase, test_the_known_section_is_read);
  tcase_add_loop_test (
      tcase, test_every_prefix_is_refused, 0, G_N_ELEMENTS (sections));
  tcase_add_test (tcase, test_a_wrong_crc_is_told_and_the_rest_read);
  tcase_add_loop_test (
      tcase, test_lengths_that_lie_are_refused, 0, G_N_ELEMENTS (refused));
  tcase_add_loop_test (tcase, test_sides_of_a_break, 0, G_N_ELEMENTS (sides));
  return suite;
}

GST_CHECK_MAIN (splice_info);
