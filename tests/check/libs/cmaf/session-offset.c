/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/session-offset.h>
#include <string.h>

#define INTERVAL (2 * GST_SECOND)

static CmafTrack *
new_track (void)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC1);

  track->timescale = 1000;
  return track;
}

static gboolean
add (CmafSessionOffset *offset, guint64 time, guint64 duration, gint64 clock)
{
  g_autoptr (CmafTrack) track = new_track ();
  CmafChunk chunk = { .decode_time = time, .duration = duration };

  return cmaf_session_offset_add (
      offset, track, &chunk, INTERVAL, clock * GST_MSECOND);
}

/* Five arrivals, of which two are late. */
GST_START_TEST (test_median_of_arrivals)
{
  static const gint64 late[] = { 0, 700, 10, 20, 900 };
  CmafSessionOffset offset = { 0 };

  for (guint i = 0; i < 5; i++) {
    guint64 end = (i + 1) * 2000;

    fail_if (offset.is_known);
    fail_unless_equals_int (
        add (&offset, end - 2000, 2000, 1000000 + end + late[i]), i == 4);
  }
  fail_unless_equals_int64 (offset.offset, 1000020 * GST_MSECOND);
  /* and it stays */
  fail_unless (add (&offset, 10000, 2000, 5));
  fail_unless_equals_int64 (offset.offset, 1000020 * GST_MSECOND);
}
GST_END_TEST;

/* Chunks are no segments. */
GST_START_TEST (test_one_sample_an_interval)
{
  CmafSessionOffset offset = { 0 };
  guint n = 0;

  while (!add (&offset, n * 200, 200, 1000000 + (n + 1) * 200))
    n++;
  fail_unless_equals_int (n, 4 * 10);
  fail_unless_equals_int64 (offset.offset, 1000000 * GST_MSECOND);
}
GST_END_TEST;

GST_START_TEST (test_settles_with_what_there_is)
{
  CmafSessionOffset offset = { 0 };

  cmaf_session_offset_settle (&offset);
  fail_if (offset.is_known);
  add (&offset, 0, 1000, 3000);
  cmaf_session_offset_settle (&offset);
  fail_unless (offset.is_known);
  fail_unless_equals_int64 (offset.offset, 2 * GST_SECOND);
}
GST_END_TEST;

/* 2025-01-01T00:00:00.5 as NTP */
GST_START_TEST (test_a_capture_time_is_enough)
{
  g_autoptr (CmafTrack) track = new_track ();
  CmafChunk chunk = { .flags = CMAF_CHUNK_HAS_PRFT,
    .prft_flags = 24,
    .prft_ntp = ((guint64)(1735689600 + 2208988800) << 32) + 0x80000000,
    .prft_media_time = 4000,
    .decode_time = 4000,
    .duration = 1000 };
  CmafSessionOffset offset = { 0 };

  fail_unless (cmaf_session_offset_add (
      &offset, track, &chunk, INTERVAL, 1735689605 * (gint64)GST_SECOND));
  fail_unless_equals_int64 (offset.offset,
      1735689596 * (gint64)GST_SECOND + 500 * (gint64)GST_MSECOND);
  /* when it was written, not captured: no better than the arrival */
  memset (&offset, 0, sizeof offset);
  chunk.prft_flags = 8;
  fail_if (cmaf_session_offset_add (
      &offset, track, &chunk, INTERVAL, 1735689605 * (gint64)GST_SECOND));
}
GST_END_TEST;

/* A picture of H.265 with the time code 12:34:56:07, at 25 frames a second, on
 * the day of vector S3: it is frame 43749772407. */
GST_START_TEST (test_a_time_code_is_enough)
{
  static const guint8 unit[] = { 0, 0, 0, 11, 0x4e, 1, 136, 6, 0x60, 0x40, 0x3f,
    0x11, 0x30, 0x10, 0x80 };
  static const guint8 hvcc[23] = { 1, [21] = 0x0f };
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_HEV1);
  g_autoptr (GPtrArray) bytes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  CmafSample sample = { 3600, sizeof unit, CMAF_SAMPLE_FLAGS_SYNC, 0 };
  CmafChunk chunk = { .bytes = bytes,
    .decode_time = 7200,
    .duration = 3600,
    .n_samples = 1,
    .samples = &sample };
  const gint64 time = G_GINT64_CONSTANT (43749772407) * 40 * GST_MSECOND;
  CmafSessionOffset offset = { 0 };

  track->timescale = 90000;
  track->codec_config = g_bytes_new_static (hvcc, sizeof hvcc);
  g_ptr_array_add (bytes, g_bytes_new_static ("moof", 4));
  g_ptr_array_add (bytes, g_bytes_new_static (unit, sizeof unit));
  chunk.payload = 4;
  fail_unless (cmaf_session_offset_add (
      &offset, track, &chunk, INTERVAL, time + 5 * (gint64)GST_SECOND));
  fail_unless_equals_int64 (offset.offset, time - 80 * (gint64)GST_MSECOND);
  /* of another time zone, or of no time at all: no better than the arrival */
  memset (&offset, 0, sizeof offset);
  fail_if (cmaf_session_offset_add (
      &offset, track, &chunk, INTERVAL, time + 3600 * (gint64)GST_SECOND));
}
GST_END_TEST;

typedef struct
{
  gint64 offset; /* ms */
  guint64 time;  /* ticks of 1/1000 */
  guint32 unit;
  gboolean is_possible;
  gint64 ticks;
} TicksCase;

static const TicksCase ticks_cases[] = {
  { 1000, 0, 40, TRUE, 1000 },
  { 1019, 0, 40, TRUE, 1000 }, /* to the nearest unit */
  { 1020, 0, 40, TRUE, 1040 },
  { 1000, 7, 40, TRUE, 993 }, /* its phase goes */
  { 1019, 7, 0, TRUE, 1019 },
  { -1000, 3000, 40, TRUE, -1000 },
  { -1000, 500, 40, FALSE, 0 },
};

GST_START_TEST (test_ticks)
{
  const TicksCase *c = &ticks_cases[__i__];
  CmafSessionOffset offset = { .offset = c->offset * (gint64)GST_MSECOND,
    .is_known = TRUE };
  gint64 ticks = 0;

  fail_unless_equals_int (
      cmaf_session_offset_ticks (&offset, 1000, c->time, c->unit, &ticks),
      c->is_possible);
  if (c->is_possible)
    fail_unless_equals_int64 (ticks, c->ticks);
}
GST_END_TEST;

static Suite *
session_offset_suite (void)
{
  Suite *suite = suite_create ("session-offset");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_median_of_arrivals);
  tcase_add_test (tc, test_one_sample_an_interval);
  tcase_add_test (tc, test_settles_with_what_there_is);
  tcase_add_test (tc, test_a_capture_time_is_enough);
  tcase_add_test (tc, test_a_time_code_is_enough);
  tcase_add_loop_test (tc, test_ticks, 0, G_N_ELEMENTS (ticks_cases));
  return suite;
}

GST_CHECK_MAIN (session_offset);
