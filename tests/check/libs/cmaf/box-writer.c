/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/box-writer.h>

#include "hex.h"

GST_START_TEST (test_sizes_fill_themselves_in)
{
  CmafBoxWriter w;
  g_autoptr (GBytes) bytes = NULL;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_begin (&w, CMAF_BOX_UDTA);
  cmaf_box_writer_begin_full (&w, CMAF_BOX_KIND, 0, 0);
  cmaf_box_writer_string (&w, "urn:mpeg:dash:role:2011");
  cmaf_box_writer_string (&w, "main");
  cmaf_box_writer_end (&w);
  cmaf_box_writer_begin (&w, CMAF_BOX_FREE);
  cmaf_box_writer_end (&w);
  cmaf_box_writer_end (&w);
  bytes = cmaf_box_writer_finish (&w, NULL);

  assert_bytes_are (bytes, "00000039 75647461 00000029 6B696E64 00000000"
                           "75726E3A6D7065673A646173683A726F6C653A3230313100"
                           "6D61696E00 00000008 66726565");
}
GST_END_TEST;

GST_START_TEST (test_every_field_is_big_endian)
{
  CmafBoxWriter w;
  g_autoptr (GBytes) bytes = NULL;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u8 (&w, 0x01);
  cmaf_box_writer_u16 (&w, 0x0203);
  cmaf_box_writer_u24 (&w, 0x040506);
  cmaf_box_writer_u32 (&w, 0x0708090A);
  cmaf_box_writer_u64 (&w, G_GUINT64_CONSTANT (0x0B0C0D0E0F101112));
  cmaf_box_writer_data (&w, "\x13\x14", 2);
  cmaf_box_writer_data (&w, NULL, 0);
  cmaf_box_writer_fill (&w, 0xEE, 3);
  cmaf_box_writer_string (&w, NULL);
  assert_equals_int (cmaf_box_writer_position (&w), 24);
  bytes = cmaf_box_writer_finish (&w, NULL);

  assert_bytes_are (
      bytes, "01 0203 040506 0708090A 0B0C0D0E0F101112 1314 EEEEEE 00");
}
GST_END_TEST;

GST_START_TEST (test_a_patch_overwrites_four_bytes)
{
  CmafBoxWriter w;
  g_autoptr (GBytes) bytes = NULL;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u64 (&w, 0);
  cmaf_box_writer_patch_u32 (&w, 4, 0xDEADBEEF);
  bytes = cmaf_box_writer_finish (&w, NULL);
  assert_bytes_are (bytes, "00000000DEADBEEF");
}
GST_END_TEST;

static void
patch_outside (CmafBoxWriter *w)
{
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_patch_u32 (w, 1, 0);
}

static void
patch_nothing (CmafBoxWriter *w)
{
  cmaf_box_writer_patch_u32 (w, 0, 0);
}

static void
leave_open (CmafBoxWriter *w)
{
  cmaf_box_writer_begin (w, CMAF_BOX_MOOV);
}

static void
close_twice (CmafBoxWriter *w)
{
  cmaf_box_writer_begin (w, CMAF_BOX_MOOV);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
}

static void
nest_too_deep (CmafBoxWriter *w)
{
  for (guint i = 0; i <= CMAF_BOX_WRITER_MAX_DEPTH; i++)
    cmaf_box_writer_begin (w, CMAF_BOX_FREE);
  for (guint i = 0; i <= CMAF_BOX_WRITER_MAX_DEPTH; i++)
    cmaf_box_writer_end (w);
}

static void (*const mistakes[]) (CmafBoxWriter *w) = { patch_outside,
  patch_nothing, leave_open, close_twice, nest_too_deep };

GST_START_TEST (test_a_mistake_sticks_until_finish)
{
  CmafBoxWriter w;
  g_autoptr (GError) error = NULL;

  cmaf_box_writer_init (&w);
  mistakes[__i__](&w);
  cmaf_box_writer_u8 (&w, 0);
  fail_unless (cmaf_box_writer_finish (&w, &error) == NULL);
  fail_unless (error != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
}
GST_END_TEST;

GST_START_TEST (test_a_writer_can_be_used_again_after_finish)
{
  CmafBoxWriter w;
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (GBytes) full = NULL;

  cmaf_box_writer_init (&w);
  leave_open (&w);
  fail_unless (cmaf_box_writer_finish (&w, NULL) == NULL);
  empty = cmaf_box_writer_finish (&w, NULL);
  assert_equals_int (g_bytes_get_size (empty), 0);
  cmaf_box_writer_u8 (&w, 7);
  full = cmaf_box_writer_finish (&w, NULL);
  assert_bytes_are (full, "07");
}
GST_END_TEST;

static Suite *
box_writer_suite (void)
{
  Suite *s = suite_create ("box-writer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_sizes_fill_themselves_in);
  tcase_add_test (tc, test_every_field_is_big_endian);
  tcase_add_test (tc, test_a_patch_overwrites_four_bytes);
  tcase_add_loop_test (
      tc, test_a_mistake_sticks_until_finish, 0, G_N_ELEMENTS (mistakes));
  tcase_add_test (tc, test_a_writer_can_be_used_again_after_finish);
  return s;
}

GST_CHECK_MAIN (box_writer);
