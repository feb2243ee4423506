/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/box-types.h>
#include <gst/cmaf/fragment-writer.h>

#include "hex.h"

#define SYNC CMAF_SAMPLE_FLAGS_SYNC
#define DELTA CMAF_SAMPLE_FLAGS_NON_SYNC

static const CmafSample alike[] = {
  { 3600, 100, SYNC, 0 },
  { 3600, 100, SYNC, 0 },
};
static const CmafSample first_is_key[] = {
  { 3600, 100, SYNC, 0 },
  { 3600, 50, DELTA, 7200 },
  { 3600, 60, DELTA, -3600 },
};
static const CmafSample all_differ[] = {
  { 3600, 100, DELTA, 0 },
  { 3601, 50, SYNC, 0 },
  { 3600, 60, DELTA, 0 },
};
static const CmafSample huge[] = {
  { 1, 0xF0000000, SYNC, 0 },
  { 1, 0x10000000, SYNC, 0 },
};

/* moof sizes count from moof; data_offset ends in front of the payload */
static const struct
{
  const CmafSample *samples;
  guint n_samples;
  const gchar *hex;
} cases[] = {
  /* everything that samples share stands in tfhd */
  { alike, 2,
      "00000018 73747970 636D6673 00000000 636D6673 636D6666"
      "00000068 6D6F6F66 00000010 6D666864 00000000 00000005"
      "00000050 74726166"
      "00000020 74666864 0002003A 00000001 00000001 00000E10 00000064 02000000"
      "00000014 74666474 01000000 00008E12 F4959800"
      "00000014 7472756E 01000001 00000002 00000070"
      "000000D0 6D646174" },
  /* a first sample that differs needs one word, not a column */
  { first_is_key, 3,
      "00000018 73747970 636D6673 00000000 636D6673 636D6666"
      "00000080 6D6F6F66 00000010 6D666864 00000000 00000005"
      "00000068 74726166"
      "0000001C 74666864 0002002A 00000001 00000001 00000E10 01010000"
      "00000014 74666474 01000000 00008E12 F4959800"
      "00000030 7472756E 01000A05 00000003 00000088 02000000"
      "00000064 00000000 00000032 00001C20 0000003C FFFFF1F0"
      "000000DA 6D646174" },
  { all_differ, 3,
      "00000018 73747970 636D6673 00000000 636D6673 636D6666"
      "00000080 6D6F6F66 00000010 6D666864 00000000 00000005"
      "00000068 74726166"
      "00000014 74666864 00020002 00000001 00000001"
      "00000014 74666474 01000000 00008E12 F4959800"
      "00000038 7472756E 01000701 00000003 00000088"
      "00000E10 00000064 01010000 00000E11 00000032 02000000"
      "00000E10 0000003C 01010000"
      "000000DA 6D646174" },
  /* mdat beyond 4 GiB: largesize, and data_offset knows of it */
  { huge, 2,
      "00000018 73747970 636D6673 00000000 636D6673 636D6666"
      "0000006C 6D6F6F66 00000010 6D666864 00000000 00000005"
      "00000054 74726166"
      "0000001C 74666864 0002002A 00000001 00000001 00000001 02000000"
      "00000014 74666474 01000000 00008E12 F4959800"
      "0000001C 7472756E 01000201 00000002 0000007C F0000000 10000000"
      "00000001 6D646174 00000001 00000010" },
};

static CmafFragment
make_fragment (const CmafSample *samples, guint n_samples)
{
  return (CmafFragment){
    .sequence_number = 5,
    .track_id = 1,
    .decode_time = G_GUINT64_CONSTANT (156212064000000),
    .samples = samples,
    .n_samples = n_samples,
    .starts_segment = TRUE,
  };
}

GST_START_TEST (test_sample_tables_are_compact_and_exact)
{
  CmafFragment fragment =
      make_fragment (cases[__i__].samples, cases[__i__].n_samples);
  g_autoptr (GBytes) bytes = cmaf_fragment_write (&fragment, NULL);

  assert_bytes_are (bytes, cases[__i__].hex);
}
GST_END_TEST;

static const struct
{
  gboolean starts_segment, is_last, is_slate;
  const gchar *styp;
} brands[] = {
  { TRUE, FALSE, FALSE,
      "00000018 73747970 636D6673 00000000 636D6673 636D6666" },
  { TRUE, TRUE, FALSE,
      "0000001C 73747970 636D6673 00000000 636D6673 636D6666 6C6D7367" },
  { TRUE, FALSE, TRUE,
      "0000001C 73747970 636D6673 00000000 636D6673 636D6666 736C6174" },
  { FALSE, FALSE, FALSE, "00000014 73747970 636D666C 00000000 636D666C" },
  { FALSE, TRUE, TRUE,
      "0000001C 73747970 636D666C 00000000 636D666C 6C6D7367 736C6174" },
};

GST_START_TEST (test_styp_says_what_the_chunk_is)
{
  CmafFragment fragment = make_fragment (alike, G_N_ELEMENTS (alike));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) styp = NULL;

  fragment.starts_segment = brands[__i__].starts_segment;
  fragment.is_last = brands[__i__].is_last;
  fragment.is_slate = brands[__i__].is_slate;
  bytes = cmaf_fragment_write (&fragment, NULL);
  styp = g_bytes_new_from_bytes (
      bytes, 0, GST_READ_UINT32_BE (g_bytes_get_data (bytes, NULL)));
  assert_bytes_are (styp, brands[__i__].styp);
}
GST_END_TEST;

GST_START_TEST (test_prft_and_emsg_stand_in_front_of_moof)
{
  CmafFragment fragment = make_fragment (alike, G_N_ELEMENTS (alike));
  g_autoptr (GBytes) emsg = bytes_from_hex ("0000000C 656D7367 02000000");
  const GBytes *const messages[] = { emsg, emsg };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) head = NULL;

  fragment.has_prft = TRUE;
  fragment.prft_flags = CMAF_PRFT_CAPTURE;
  fragment.prft_ntp = G_GUINT64_CONSTANT (0xEA463CE999999999);
  fragment.prft_media_time = G_GUINT64_CONSTANT (154933457184000);
  fragment.event_messages = messages;
  fragment.n_event_messages = G_N_ELEMENTS (messages);
  bytes = cmaf_fragment_write (&fragment, NULL);
  head = g_bytes_new_from_bytes (bytes, 24, 32 + 24 + 8);
  assert_bytes_are (head,
      "00000020 70726674 01000018 00000001 EA463CE9 99999999 00008CE941ADE500"
      "0000000C 656D7367 02000000 0000000C 656D7367 02000000"
      "00000068 6D6F6F66");
}
GST_END_TEST;

GST_START_TEST (test_a_roll_distance_is_a_sample_group)
{
  CmafFragment fragment = make_fragment (alike, G_N_ELEMENTS (alike));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) groups = NULL;

  fragment.roll_distance = -1;
  bytes = cmaf_fragment_write (&fragment, NULL);
  groups = g_bytes_new_from_bytes (bytes, g_bytes_get_size (bytes) - 82, 82);
  assert_bytes_are (groups,
      "00000014 7472756E 01000001 00000002 000000A6" /* data_offset */
      "0000001A 73677064 01000000 726F6C6C 00000002 00000001 FFFF"
      "0000001C 73626770 00000000 726F6C6C 00000001 00000002 00010001"
      "000000D0 6D646174");
}
GST_END_TEST;

GST_START_TEST (test_marks_are_a_box_behind_the_samples)
{
  CmafFragment fragment = make_fragment (alike, G_N_ELEMENTS (alike));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) end = NULL;

  fragment.marks = CMAF_MARK_NEXT_CELL | CMAF_MARK_ENDS;
  bytes = cmaf_fragment_write (&fragment, NULL);
  end = g_bytes_new_from_bytes (bytes, g_bytes_get_size (bytes) - 56, 56);
  assert_bytes_are (end,
      "00000014 7472756E 01000001 00000002 0000008C" /* data_offset */
      "0000001C 75756964 488EF658 9CF84447 9E482D7D 07D8BED5 00000005"
      "000000D0 6D646174");
}
GST_END_TEST;

GST_START_TEST (test_what_cannot_be_said_is_refused)
{
  CmafFragment fragment = make_fragment (alike, 0);
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_fragment_write (&fragment, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  g_clear_error (&error);

  fragment = make_fragment (alike, 2);
  fragment.decode_time = G_MAXUINT64 - 7199;
  fail_unless (cmaf_fragment_write (&fragment, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_TIMELINE));
  g_clear_error (&error);

  fragment.decode_time = 0;
  fragment.track_id = 0;
  fail_unless (cmaf_fragment_write (&fragment, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  g_clear_error (&error);

  fragment = make_fragment (alike, G_MAXUINT);
  fail_unless (cmaf_fragment_write (&fragment, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_LIMIT));
}
GST_END_TEST;

static Suite *
fragment_writer_suite (void)
{
  Suite *s = suite_create ("fragment-writer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_sample_tables_are_compact_and_exact, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tc, test_styp_says_what_the_chunk_is, 0, G_N_ELEMENTS (brands));
  tcase_add_test (tc, test_prft_and_emsg_stand_in_front_of_moof);
  tcase_add_test (tc, test_a_roll_distance_is_a_sample_group);
  tcase_add_test (tc, test_marks_are_a_box_behind_the_samples);
  tcase_add_test (tc, test_what_cannot_be_said_is_refused);
  return s;
}

GST_CHECK_MAIN (fragment_writer);
