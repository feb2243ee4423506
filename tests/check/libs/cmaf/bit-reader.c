/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/bit-reader.h>

#include "hex.h"

GST_START_TEST (test_bits_come_highest_first)
{
  static const guint8 bytes[] = { 0xA5, 0x0F, 0xFF, 0x00, 0x12 };
  CmafBitReader r;

  cmaf_bit_reader_init (&r, bytes, sizeof bytes);
  assert_equals_int (cmaf_bit_reader_get (&r, 1), 1);
  assert_equals_int (cmaf_bit_reader_get (&r, 3), 2);
  fail_if (cmaf_bit_reader_flag (&r));
  assert_equals_int_hex (cmaf_bit_reader_get (&r, 11), 0x50F);
  assert_equals_int (cmaf_bit_reader_remaining (&r), 24);
  cmaf_bit_reader_skip (&r, 4);
  assert_equals_int_hex (cmaf_bit_reader_get (&r, 12), 0xF00);
  assert_equals_int (cmaf_bit_reader_get (&r, 0), 0);
  fail_if (r.failed);
}
GST_END_TEST;

GST_START_TEST (test_a_failure_sticks)
{
  g_autofree guint8 *bytes = copy_exactly ("\377\377", 2);
  CmafBitReader r;

  cmaf_bit_reader_init (&r, bytes, 2);
  cmaf_bit_reader_skip (&r, 1);
  assert_equals_int (cmaf_bit_reader_get (&r, 16), 0);
  fail_unless (r.failed);
  assert_equals_int (cmaf_bit_reader_get (&r, 1), 0);
  assert_equals_int (cmaf_bit_reader_remaining (&r), 0);

  cmaf_bit_reader_init (&r, bytes, 2);
  cmaf_bit_reader_skip (&r, G_MAXSIZE);
  fail_unless (r.failed);
  cmaf_bit_reader_init (&r, NULL, 0);
  fail_if (cmaf_bit_reader_flag (&r));
  fail_unless (r.failed);
}
GST_END_TEST;

/* ISO/IEC 14496-10 table 9-2 and 9-3 */
static const struct
{
  const gchar *hex;
  guint32 ue;
  gint32 se;
} codes[] = {
  { "80", 0, 0 },
  { "40", 1, 1 },
  { "60", 2, -1 },
  { "20", 3, 2 },
  { "28", 4, -2 },
  { "3F", 6, -3 },
  { "0100", 127, 64 },
  { "0000 0001 FFFF FFFE", 0xFFFFFFFE, -0x7FFFFFFF },
};

GST_START_TEST (test_exp_golomb_codes)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (codes[__i__].hex);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  CmafBitReader r;

  cmaf_bit_reader_init (&r, data, size);
  assert_equals_int64 (cmaf_bit_reader_ue (&r), codes[__i__].ue);
  fail_if (r.failed);
  cmaf_bit_reader_init (&r, data, size);
  assert_equals_int64 (cmaf_bit_reader_se (&r), codes[__i__].se);
}
GST_END_TEST;

GST_START_TEST (test_a_code_without_end_fails)
{
  static const guint8 zeros[16] = { 0 };
  CmafBitReader r;

  for (gsize n = 0; n <= sizeof zeros; n++) {
    cmaf_bit_reader_init (&r, zeros, n);
    assert_equals_int (cmaf_bit_reader_ue (&r), 0);
    fail_unless (r.failed);
  }
}
GST_END_TEST;

static Suite *
bit_reader_suite (void)
{
  Suite *s = suite_create ("bit-reader");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_bits_come_highest_first);
  tcase_add_test (tc, test_a_failure_sticks);
  tcase_add_loop_test (tc, test_exp_golomb_codes, 0, G_N_ELEMENTS (codes));
  tcase_add_test (tc, test_a_code_without_end_fails);
  return s;
}

GST_CHECK_MAIN (bit_reader);
