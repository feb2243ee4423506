/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/box-reader.h>

#include "hex.h"

/* kind, styp with a 64-bit size, and a free box that goes to the end */
static const gchar boxes[] =
    "00000029 6B696E64 00000000"
    "75726E3A6D7065673A646173683A726F6C653A3230313100 6D61696E00"
    "00000001 73747970 0000000000000018 636D6673 00000000"
    "00000000 66726565 AABBCC";

GST_START_TEST (test_children_are_found_with_every_kind_of_size)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (boxes);
  CmafBoxReader r;
  CmafBox box;
  guint32 flags = 1;

  cmaf_box_reader_init (
      &r, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  fail_unless (cmaf_box_reader_next (&r, &box));
  assert_equals_int_hex (box.type, CMAF_BOX_KIND);
  assert_equals_uint64 (box.size, 41);
  assert_equals_int (box.offset, 0);
  assert_equals_int (cmaf_box_reader_full (&box.body, &flags), 0);
  assert_equals_int (flags, 0);
  assert_equals_string (
      cmaf_box_reader_string (&box.body), "urn:mpeg:dash:role:2011");
  assert_equals_string (cmaf_box_reader_string (&box.body), "main");
  assert_equals_int (cmaf_box_reader_remaining (&box.body), 0);

  fail_unless (cmaf_box_reader_next (&r, &box));
  assert_equals_int_hex (box.type, CMAF_BOX_STYP);
  assert_equals_uint64 (box.size, 24);
  assert_equals_int (box.offset, 41);
  assert_equals_int_hex (cmaf_box_reader_u32 (&box.body), CMAF_BRAND_CMFS);

  fail_unless (cmaf_box_reader_next (&r, &box));
  assert_equals_int_hex (box.type, CMAF_BOX_FREE);
  assert_equals_uint64 (box.size, 11);
  assert_equals_int (cmaf_box_reader_remaining (&box.body), 3);

  fail_if (cmaf_box_reader_next (&r, &box));
  fail_if (r.failed);
}
GST_END_TEST;

GST_START_TEST (test_every_field_is_big_endian)
{
  g_autoptr (GBytes) bytes =
      bytes_from_hex ("01 0203 040506 0708090A 0B0C0D0E0F101112 1314 FF");
  CmafBoxReader r;
  const guint8 *data;

  cmaf_box_reader_init (
      &r, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  assert_equals_int_hex (cmaf_box_reader_u8 (&r), 0x01);
  assert_equals_int_hex (cmaf_box_reader_u16 (&r), 0x0203);
  assert_equals_int_hex (cmaf_box_reader_u24 (&r), 0x040506);
  assert_equals_int_hex (cmaf_box_reader_u32 (&r), 0x0708090A);
  assert_equals_uint64 (
      cmaf_box_reader_u64 (&r), G_GUINT64_CONSTANT (0x0B0C0D0E0F101112));
  data = cmaf_box_reader_data (&r, 2);
  assert_equals_int (data[1], 0x14);
  cmaf_box_reader_skip (&r, 1);
  fail_if (r.failed);
  assert_equals_int (cmaf_box_reader_u8 (&r), 0);
  fail_unless (r.failed);
  assert_equals_int (cmaf_box_reader_remaining (&r), 0);
}
GST_END_TEST;

/* sizes that are a lie */
static const gchar *const lies[] = {
  "00000007 66726565",                  /* smaller than its own header */
  "00000009 66726565",                  /* one byte more than there is */
  "00000001 66726565",                  /* no room for the 64-bit size */
  "00000001 66726565 000000000000000F", /* smaller than its own header */
  "00000001 66726565 FFFFFFFFFFFFFFFF", "00000001 66726565 8000000000000010",
  "000000", "00000000 667265", /* a header of seven bytes */
};

GST_START_TEST (test_a_lie_about_the_size_is_a_failure)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (lies[__i__]);
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (
      &r, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  fail_if (cmaf_box_reader_next (&r, &box));
  fail_unless (r.failed);
  fail_if (cmaf_box_reader_next (&r, &box));
}
GST_END_TEST;

GST_START_TEST (test_find_does_not_move_the_cursor)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (boxes);
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (
      &r, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  fail_unless (cmaf_box_reader_find (&r, CMAF_BOX_STYP, &box));
  fail_unless (cmaf_box_reader_find (&r, CMAF_BOX_KIND, &box));
  fail_if (cmaf_box_reader_find (&r, CMAF_BOX_MOOV, &box));
  assert_equals_int (r.pos, 0);
  fail_if (r.failed);
}
GST_END_TEST;

GST_START_TEST (test_a_string_needs_its_nul)
{
  static const gchar text[] = { 'a', 'b' };
  CmafBoxReader r;

  cmaf_box_reader_init (&r, text, sizeof text);
  fail_unless (cmaf_box_reader_string (&r) == NULL);
  fail_unless (r.failed);

  cmaf_box_reader_init (&r, NULL, 0);
  fail_unless (cmaf_box_reader_string (&r) == NULL);
  fail_unless (r.failed);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (boxes);
  gsize size = g_bytes_get_size (bytes);

  for (gsize n = 0; n <= size; n++) {
    g_autofree guint8 *prefix =
        copy_exactly (g_bytes_get_data (bytes, NULL), n);
    CmafBoxReader r;
    CmafBox box;
    guint n_boxes = 0;

    cmaf_box_reader_init (&r, prefix, n);
    while (cmaf_box_reader_next (&r, &box)) {
      cmaf_box_reader_string (&box.body);
      cmaf_box_reader_u64 (&box.body);
      n_boxes++;
    }
    /* whole boxes and the one that goes to the end of whatever there is */
    assert_equals_int (n_boxes, n >= 73 ? 3 : n >= 65 ? 2 : n >= 41 ? 1 : 0);
    fail_unless (r.failed == !(n == 0 || n == 41 || n == 65 || n >= 73));
  }
}
GST_END_TEST;

GST_START_TEST (test_a_four_character_code_is_always_printable)
{
  gchar text[5];

  assert_equals_string (cmaf_fourcc_to_string (CMAF_BOX_URL, text), "url ");
  assert_equals_string (cmaf_fourcc_to_string (0x00A96E80, text), "..n.");
}
GST_END_TEST;

static Suite *
box_reader_suite (void)
{
  Suite *s = suite_create ("box-reader");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_children_are_found_with_every_kind_of_size);
  tcase_add_test (tc, test_every_field_is_big_endian);
  tcase_add_loop_test (
      tc, test_a_lie_about_the_size_is_a_failure, 0, G_N_ELEMENTS (lies));
  tcase_add_test (tc, test_find_does_not_move_the_cursor);
  tcase_add_test (tc, test_a_string_needs_its_nul);
  tcase_add_test (tc, test_no_prefix_is_read_beyond_its_end);
  tcase_add_test (tc, test_a_four_character_code_is_always_printable);
  return s;
}

GST_CHECK_MAIN (box_reader);
