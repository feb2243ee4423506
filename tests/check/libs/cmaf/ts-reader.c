/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"
#include "ts.h"

#include <gst/cmaf/ts-reader.h>

/* EBP with S9, behind the flags of an adaptation field: private data only */
#define EBP "02 0F DF 0D 45425030 48 EB1F0400851EB852"
/* The same time in a TEMI timeline: an extension of the adaptation field with a
 * descriptor, also behind all else that may be in one */
#define TEMI "04 0B 2000 07 EB1F0400851EB852"
#define TEMI_ALONE "01 0E 0F" TEMI
#define TEMI_LAST "01 18 EF 8000 000000 2000010001" TEMI
#define TEMI_AND_EBP "03 0F DF 0D45425030 48 EB1F0400851EB852 0E 0F" TEMI
#define CUE                                                                    \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E9"

static void
fill (guint8 *data, gsize size, guint8 seed)
{
  for (gsize i = 0; i < size; i++)
    data[i] = seed + i * 7;
}

/* A line for each event. */
static void
describe (GString *log, CmafTsEvent *event)
{
  static const gchar *const kinds[] = { "pes", "ebp", "temi", "splice",
    "discontinuity", "broken" };

  g_string_append_printf (log, "%s %x", kinds[event->kind], (guint)event->pid);
  if (event->has_pts)
    g_string_append_printf (log, " %" G_GUINT64_FORMAT, event->pts);
  if (event->kind == CMAF_TS_PES)
    g_string_append_printf (log, " size %" G_GUINT64_FORMAT, event->size);
  if (event->kind == CMAF_TS_DISCONTINUITY)
    g_string_append_printf (log, " %" G_GUINT64_FORMAT, event->pcr);
  if (event->section)
    g_string_append_printf (
        log, " size %" G_GSIZE_FORMAT, g_bytes_get_size (event->section));
  g_string_append_c (log, '\n');
  cmaf_ts_event_clear (event);
}

static gchar *
read_all (const GByteArray *bytes, gsize piece)
{
  g_autoptr (CmafTsReader) reader = cmaf_ts_reader_new (0);
  GString *log = g_string_new (NULL);
  CmafTsEvent event;

  for (gsize at = 0; at < bytes->len; at += piece) {
    cmaf_ts_reader_feed (
        reader, bytes->data + at, MIN (piece, bytes->len - at));
    while (cmaf_ts_reader_next (reader, FALSE, &event))
      describe (log, &event);
  }
  while (cmaf_ts_reader_next (reader, TRUE, &event))
    describe (log, &event);
  return g_string_free (log, FALSE);
}

static void
make_stream (Ts *ts)
{
  g_autoptr (GBytes) ebp = bytes_from_hex (EBP);
  g_autoptr (GBytes) cue = bytes_from_hex (CUE);
  static const guint8 jump[] = { 0x90, 0, 0, 0, 1, 0x80, 0x05 };
  guint8 data[1000];

  ts_init (ts, 0, 0);
  fill (data, sizeof data, 3);
  ts_tables (ts);
  ts_pes (ts, TS_VIDEO, 8589930080, NULL, 0, data, 1000, FALSE);
  ts_pes (ts, TS_AUDIO, 8589930000, NULL, 0, data, 300, TRUE);
  ts_section (ts, TS_SPLICE, g_bytes_get_data (cue, NULL), 32);
  ts_pes (ts, TS_VIDEO, 2688, g_bytes_get_data (ebp, NULL),
      g_bytes_get_size (ebp), data, 170, FALSE);
  ts_packet (ts, TS_VIDEO, FALSE, jump, sizeof jump, NULL, 0);
  ts_section (ts, TS_SPLICE, g_bytes_get_data (cue, NULL), 32);
  ts_pes (ts, TS_VIDEO, 6288, NULL, 0, data, 10, FALSE);
}

/* In the order of the bytes; a packet with a length ends with its last byte,
 * one without when the next one begins. */
static const gchar *const expected = "pes 102 8589930000 size 300\n"
                                     "splice 103 8589930080 size 36\n"
                                     "pes 101 8589930080 size 1000\n"
                                     "ebp 101 2688\n"
                                     "discontinuity 101 905\n"
                                     "splice 103 2688 size 36\n"
                                     "pes 101 2688 size 170\n"
                                     "pes 101 6288 size 10\n";

GST_START_TEST (test_times_points_and_sections_in_pieces_of_any_length)
{
  Ts ts;

  make_stream (&ts);
  for (gsize n = 1; n < ts.bytes->len; n += n < 400 ? 13 : 333) {
    g_autofree gchar *log = read_all (ts.bytes, n);

    fail_unless_equals_string (log, expected);
  }
  ts_clear (&ts);
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_gives_no_more_than_the_whole)
{
  Ts ts;

  make_stream (&ts);
  for (gsize n = 0; n < ts.bytes->len; n++) {
    const guint whole = ts.bytes->len;
    g_autofree gchar *log = NULL;
    gchar **lines;

    ts.bytes->len = n;
    log = read_all (ts.bytes, 1316);
    ts.bytes->len = whole;
    lines = g_strsplit (log, "\n", -1);
    fail_unless (g_strv_length (lines) <= 9 + 1);
    g_strfreev (lines);
  }
  ts_clear (&ts);
}
GST_END_TEST;

GST_START_TEST (test_a_packet_is_known_by_its_payload)
{
  g_autoptr (CmafTsReader) reader = cmaf_ts_reader_new (1);
  guint8 data[5000];
  CmafTsEvent event;
  Ts ts;

  ts_init (&ts, 0, 0);
  fill (data, sizeof data, 9);
  ts_tables (&ts);
  ts_pes (&ts, TS_VIDEO, 1, NULL, 0, data, sizeof data, FALSE);
  cmaf_ts_reader_feed (reader, ts.bytes->data, ts.bytes->len);
  fail_if (cmaf_ts_reader_next (reader, FALSE, &event));
  fail_unless (cmaf_ts_reader_next (reader, TRUE, &event));
  assert_equals_uint64 (
      event.hash, cmaf_ts_hash (CMAF_TS_HASH_START, data, sizeof data));
  assert_equals_int (event.stream, CMAF_TS_STREAM_VIDEO);
  cmaf_ts_event_clear (&event);
  ts_clear (&ts);
}
GST_END_TEST;

/* Of two times of a packet one is told. */
GST_START_TEST (test_timelines_are_read)
{
  static const gchar *const fields[] = { TEMI_ALONE, TEMI_LAST, TEMI_AND_EBP,
    "01 0E 1F" TEMI, "01 FF 0F" TEMI };
  guint8 data[10] = { 0 };
  g_autofree gchar *log = NULL;
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GBytes) field = bytes_from_hex (fields[i]);

    ts_pes (&ts, TS_VIDEO, i, g_bytes_get_data (field, NULL),
        g_bytes_get_size (field), data, sizeof data, FALSE);
  }
  log = read_all (ts.bytes, 188);
  fail_unless_equals_string (log, "temi 101 0\n"
                                  "pes 101 0 size 10\n"
                                  "temi 101 1\n"
                                  "pes 101 1 size 10\n"
                                  "ebp 101 2\n"
                                  "pes 101 2 size 10\n"
                                  "pes 101 3 size 10\n"
                                  "pes 101 4 size 10\n");
  ts_clear (&ts);
}
GST_END_TEST;

/* Pictures tell the time of a program, or its sound when it has none. */
GST_START_TEST (test_what_tells_the_time)
{
  g_autoptr (GBytes) temi = bytes_from_hex (TEMI_ALONE);
  guint8 data[10] = { 0 };

  for (guint has_video = 0; has_video < 2; has_video++) {
    g_autoptr (CmafTsReader) reader = cmaf_ts_reader_new (0);
    CmafTsEvent event;
    Ts ts;

    ts_init (&ts, 0, 0);
    if (has_video)
      ts_tables (&ts);
    else
      ts_sound_tables (&ts);
    ts_pes (&ts, TS_AUDIO, 5, g_bytes_get_data (temi, NULL),
        g_bytes_get_size (temi), data, sizeof data, TRUE);
    cmaf_ts_reader_feed (reader, ts.bytes->data, ts.bytes->len);
    fail_unless (cmaf_ts_reader_next (reader, TRUE, &event));
    fail_unless_equals_int (event.kind, CMAF_TS_TEMI);
    fail_if (event.tells_time);
    fail_unless (cmaf_ts_reader_next (reader, TRUE, &event));
    fail_unless_equals_int (event.kind, CMAF_TS_PES);
    fail_unless_equals_int (event.tells_time, !has_video);
    ts_clear (&ts);
  }
}
GST_END_TEST;

GST_START_TEST (test_other_programs_are_passed_over)
{
  g_autoptr (CmafTsReader) reader = cmaf_ts_reader_new (2);
  CmafTsEvent event;
  Ts ts;

  make_stream (&ts);
  cmaf_ts_reader_feed (reader, ts.bytes->data, ts.bytes->len);
  /* what is announced of a clock needs no table */
  fail_unless (cmaf_ts_reader_next (reader, TRUE, &event));
  fail_unless_equals_int (event.kind, CMAF_TS_DISCONTINUITY);
  fail_if (cmaf_ts_reader_next (reader, TRUE, &event));
  ts_clear (&ts);
}
GST_END_TEST;

GST_START_TEST (test_what_is_broken_is_told)
{
  static const guint8 zeros[184] = { 0 };
  static const guint8 liar[] = { 0x02, 0x09, 0xDF, 0xFF };
  static const guint8 timeline[] = { 0x01, 0x04, 0x0F, 0x04, 0x01, 0x20 };
  guint8 data[10] = { 0 };
  g_autofree gchar *log = NULL;
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  ts_packet (&ts, TS_VIDEO, TRUE, NULL, 0, zeros, sizeof zeros);
  ts_pes (&ts, TS_VIDEO, 5, liar, sizeof liar, data, sizeof data, FALSE);
  ts_pes (
      &ts, TS_VIDEO, 6, timeline, sizeof timeline, data, sizeof data, FALSE);
  log = read_all (ts.bytes, 188);
  fail_unless_equals_string (log, "broken 101\n"
                                  "broken 101\n"
                                  "pes 101 5 size 10\n"
                                  "broken 101\n"
                                  "pes 101 6 size 10\n");
  ts_clear (&ts);
}
GST_END_TEST;

static Suite *
ts_reader_suite (void)
{
  Suite *suite = suite_create ("ts-reader");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (
      tcase, test_times_points_and_sections_in_pieces_of_any_length);
  tcase_add_test (tcase, test_every_prefix_gives_no_more_than_the_whole);
  tcase_add_test (tcase, test_a_packet_is_known_by_its_payload);
  tcase_add_test (tcase, test_timelines_are_read);
  tcase_add_test (tcase, test_what_tells_the_time);
  tcase_add_test (tcase, test_other_programs_are_passed_over);
  tcase_add_test (tcase, test_what_is_broken_is_told);
  return suite;
}

GST_CHECK_MAIN (ts_reader);
