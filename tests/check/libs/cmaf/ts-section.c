/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"
#include "ts.h"

#define SECTION                                                                \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E9"

GST_START_TEST (test_a_section_with_its_crc_gives_zero)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (SECTION);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  assert_equals_int (cmaf_section_crc (data, 36), 0);
  assert_equals_uint64 (cmaf_section_crc (data, 32), 0xC3BB51E9);
  fail_unless (cmaf_section_crc (data, 35) != 0);
}
GST_END_TEST;

/* ---- assembly ---- */

/* A section of @size bytes, of which each but the head is @fill. */
static void
append_section (GByteArray *bytes, gsize size, guint8 fill)
{
  guint8 head[3] = { 0xFC, 0x30 | (size - 3) >> 8, (size - 3) & 0xFF };

  g_byte_array_append (bytes, head, 3);
  for (gsize i = 3; i < size; i++)
    g_byte_array_append (bytes, &fill, 1);
}

static void
assert_section (CmafTsSections *sections, gsize wanted, guint8 fill)
{
  gsize size = 0;
  const guint8 *data = cmaf_ts_sections_next (sections, &size);

  fail_unless (data != NULL);
  assert_equals_uint64 (size, wanted);
  assert_equals_int (data[size - 1], fill);
}

static void
assert_none (CmafTsSections *sections)
{
  gsize size;

  fail_unless (cmaf_ts_sections_next (sections, &size) == NULL);
}

/* Three sections in a row: a small one, one that ends in the third packet,
 * and behind it, in the same packet, another one. */
GST_START_TEST (test_sections_share_and_cross_packets)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CmafTsSections sections;
  guint8 first[184], last[184];

  append_section (bytes, 20, 1);
  append_section (bytes, 400, 2);
  append_section (bytes, 30, 3);
  cmaf_ts_sections_init (&sections);
  /* pointer_field, then 183 bytes */
  first[0] = 0;
  memcpy (first + 1, bytes->data, 183);
  cmaf_ts_sections_push (&sections, TRUE, 14, first, 184);
  assert_section (&sections, 20, 1);
  assert_none (&sections);
  cmaf_ts_sections_push (&sections, FALSE, 15, bytes->data + 183, 184);
  assert_none (&sections);
  /* sent twice */
  cmaf_ts_sections_push (&sections, FALSE, 15, bytes->data + 183, 184);
  memset (last, 0xFF, sizeof last);
  last[0] = 420 - 367;
  memcpy (last + 1, bytes->data + 367, 450 - 367);
  cmaf_ts_sections_push (&sections, TRUE, 0, last, 184);
  assert_section (&sections, 400, 2);
  assert_section (&sections, 30, 3);
  assert_none (&sections);
  cmaf_ts_sections_clear (&sections);
}
GST_END_TEST;

GST_START_TEST (test_a_lost_packet_costs_its_section_only)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CmafTsSections sections;
  guint8 first[184] = { 0 };

  append_section (bytes, 400, 2);
  cmaf_ts_sections_init (&sections);
  /* the middle of a section that began earlier */
  cmaf_ts_sections_push (&sections, FALSE, 2, bytes->data + 10, 184);
  assert_none (&sections);
  memcpy (first + 1, bytes->data, 183);
  cmaf_ts_sections_push (&sections, TRUE, 3, first, 184);
  cmaf_ts_sections_push (&sections, FALSE, 5, bytes->data + 367, 33);
  assert_none (&sections);
  /* a start ends what has no end: its length lies */
  cmaf_ts_sections_push (&sections, TRUE, 6, first, 184);
  append_section (bytes, 20, 7);
  memcpy (first + 1, bytes->data + 400, 20);
  cmaf_ts_sections_push (&sections, TRUE, 7, first, 21);
  assert_section (&sections, 183, 2);
  assert_section (&sections, 20, 7);
  assert_none (&sections);
  /* a pointer behind the end */
  first[0] = 184;
  cmaf_ts_sections_push (&sections, TRUE, 8, first, 184);
  assert_none (&sections);
  cmaf_ts_sections_push (&sections, TRUE, 9, first, 0);
  assert_none (&sections);
  cmaf_ts_sections_clear (&sections);
}
GST_END_TEST;

/* Lengths that lie are told once each, and cost nothing else. */
GST_START_TEST (test_lengths_that_lie)
{
  static const gsize lengths[] = { 0, 1, 8 };
  const gsize wanted = 3 + lengths[__i__];
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CmafTsSections sections;
  guint8 first[184] = { 0 };
  gsize size;

  append_section (bytes, 20, 5);
  cmaf_ts_sections_init (&sections);
  memcpy (first + 1, bytes->data, 20);
  first[2] = 0x30;
  first[3] = lengths[__i__];
  cmaf_ts_sections_push (&sections, TRUE, 1, first, 184);
  fail_unless (cmaf_ts_sections_next (&sections, &size) != NULL);
  assert_equals_uint64 (size, wanted);
  assert_none (&sections);
  cmaf_ts_sections_push (&sections, FALSE, 2, first, 184);
  assert_none (&sections);
  /* and too long, with the stuffing that is behind it */
  memset (first, 0xFF, sizeof first);
  first[0] = 0;
  memcpy (first + 1, bytes->data, 20);
  first[2] = 0x3F;
  cmaf_ts_sections_push (&sections, TRUE, 3, first, 184);
  assert_none (&sections);
  first[2] = 0x30;
  cmaf_ts_sections_push (&sections, TRUE, 4, first, 184);
  fail_unless (cmaf_ts_sections_next (&sections, &size) != NULL);
  assert_equals_uint64 (size, 183);
  assert_section (&sections, 20, 5);
  assert_none (&sections);
  /* stuffing is no section */
  cmaf_ts_sections_push (&sections, TRUE, 5, first, 184);
  assert_section (&sections, 20, 5);
  assert_none (&sections);
  cmaf_ts_sections_clear (&sections);
}
GST_END_TEST;

/* ---- tables ---- */

static GByteArray *
with_crc (const guint8 *data, gsize size)
{
  GByteArray *all = g_byte_array_new ();
  guint8 crc[4];

  g_byte_array_append (all, data, size);
  GST_WRITE_UINT32_BE (crc, cmaf_section_crc (data, size));
  g_byte_array_append (all, crc, 4);
  return all;
}

GST_START_TEST (test_tables_lead_to_streams)
{
  static const guint8 pat_data[] = { 0x00, 0xB0, 17, 0, 1, 0xC1, 0, 0, 0, 0,
    0xE0, 0x10, 0, 9, 0xE1, 0x00 };
  static const guint8 pmt_data[] = { 0x02, 0xB0, 28, 0, 9, 0xC1, 0, 0, 0xE1,
    0x01, 0xF0, 2, 0x0A, 0, 0x1B, 0xE1, 0x01, 0xF0, 0, 0x06, 0xE1, 0x02, 0xF0,
    3, 1, 2, 3 };
  g_autoptr (GByteArray) pat_bytes = with_crc (pat_data, sizeof pat_data);
  g_autoptr (GByteArray) pmt_bytes = with_crc (pmt_data, sizeof pmt_data);
  CmafTsPat pat;
  CmafTsPmt pmt;

  fail_unless (cmaf_ts_pat_parse (pat_bytes->data, pat_bytes->len, &pat));
  assert_equals_int (pat.n_programs, 1);
  assert_equals_int (pat.numbers[0], 9);
  assert_equals_int (pat.pids[0], 0x100);
  fail_unless (cmaf_ts_pmt_parse (pmt_bytes->data, pmt_bytes->len, &pmt));
  assert_equals_int (pmt.number, 9);
  assert_equals_int (pmt.pcr_pid, 0x101);
  assert_equals_int (pmt.n_streams, 2);
  assert_equals_int (pmt.streams[0].kind, CMAF_TS_STREAM_VIDEO);
  assert_equals_int (pmt.streams[1].pid, 0x102);
  assert_equals_int (pmt.streams[1].kind, CMAF_TS_STREAM_OTHER);
  /* each the other's, and every prefix */
  fail_if (cmaf_ts_pat_parse (pmt_bytes->data, pmt_bytes->len, &pat));
  fail_if (cmaf_ts_pmt_parse (pat_bytes->data, pat_bytes->len, &pmt));
  for (gsize n = 0; n < pmt_bytes->len; n++)
    fail_if (cmaf_ts_pmt_parse (pmt_bytes->data, n, &pmt));
  for (gsize n = 0; n < pat_bytes->len; n++)
    fail_if (cmaf_ts_pat_parse (pat_bytes->data, n, &pat));
  /* a wrong bit anywhere */
  for (gsize n = 0; n < pmt_bytes->len; n++) {
    pmt_bytes->data[n] ^= 0x04;
    fail_if (cmaf_ts_pmt_parse (pmt_bytes->data, pmt_bytes->len, &pmt));
    pmt_bytes->data[n] ^= 0x04;
  }
}
GST_END_TEST;

static Suite *
ts_section_suite (void)
{
  Suite *suite = suite_create ("ts-section");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_section_with_its_crc_gives_zero);
  tcase_add_test (tcase, test_sections_share_and_cross_packets);
  tcase_add_test (tcase, test_a_lost_packet_costs_its_section_only);
  tcase_add_loop_test (tcase, test_lengths_that_lie, 0, 3);
  tcase_add_test (tcase, test_tables_lead_to_streams);
  return suite;
}

GST_CHECK_MAIN (ts_section);
