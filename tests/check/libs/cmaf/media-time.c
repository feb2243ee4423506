/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/media-time.h>

#define NEW_YEAR (G_GUINT64_CONSTANT (1735689600) * GST_SECOND)

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };

GST_START_TEST (test_capture_jitter_is_snapped_to_frames)
{
  static const struct
  {
    guint64 ns, frame;
  } cases[] = {
    /* vector S1 */
    { NEW_YEAR + 13700000, 43392240000 },
    { NEW_YEAR - 13700000, 43392240000 },
    { NEW_YEAR + 20100000, 43392240001 },
    /* exactly between: up */
    { NEW_YEAR + 20000000, 43392240001 },
    { NEW_YEAR + 19999999, 43392240000 },
    { 0, 0 },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_equals_uint64 (
        cmaf_unit_from_media_time (&fps25, cases[i].ns), cases[i].frame);
}
GST_END_TEST;

#define ERA_1 G_GINT64_CONSTANT (2085978496) /* 2036-02-07T06:28:16Z */
#define NTP(posix) (((posix) + CMAF_NTP_EPOCH) * GST_SECOND)

static const CmafMediaEpoch today = { CMAF_TAI_OFFSET, NULL };

static const struct
{
  CmafReference reference;
  guint64 stamp;
  gint offset;
  gint64 clock;       /* s */
  CmafUnitGrid units; /* 0: none */
  gboolean valid;
  guint64 media_time;
} stamps[] = {
  { CMAF_REFERENCE_UNIX, NEW_YEAR + 7, 37, 0, { 90000, 3600 }, TRUE,
      NEW_YEAR + 7 },
  /* a timeline of another offset */
  { CMAF_REFERENCE_UNIX, NEW_YEAR + 7, 35, 0, { 90000, 3600 }, TRUE,
      NEW_YEAR + 7 + 2 * GST_SECOND },
  { CMAF_REFERENCE_UNIX, G_MAXUINT64, 37, 0, { 0 }, FALSE },
  { CMAF_REFERENCE_NTP, NTP (1735689600) + 7, 37, 1735689000, { 90000, 3600 },
      TRUE, NEW_YEAR + 7 },
  /* the clock is 60 years wrong, and half an era is 68 */
  { CMAF_REFERENCE_NTP, NTP (1735689600) + 7, 37, 1735689600 - 1892160000,
      { 0 }, TRUE, NEW_YEAR + 7 },
  /* 1970 is nearer to era 1 than to the beginning of era 0 */
  { CMAF_REFERENCE_NTP, 5, 37, 0, { 0 }, TRUE, ERA_1 *GST_SECOND + 5 },
  { CMAF_REFERENCE_NTP, 5, 37, -1000000000, { 0 }, FALSE },
  /* S10: seconds 10, as stamps that start anew in 2036 say it, and as stamps
   * of 64 bits do; from both sides of the change */
  { CMAF_REFERENCE_NTP, 10 * GST_SECOND, 37, ERA_1 + 10, { 0 }, TRUE,
      (ERA_1 + 10) * GST_SECOND },
  { CMAF_REFERENCE_NTP, NTP (ERA_1 + 10), 37, ERA_1 + 10, { 0 }, TRUE,
      (ERA_1 + 10) * GST_SECOND },
  { CMAF_REFERENCE_NTP, 10 * GST_SECOND, 37, ERA_1 - 20, { 0 }, TRUE,
      (ERA_1 + 10) * GST_SECOND },
  { CMAF_REFERENCE_NTP, G_MAXUINT32 *GST_SECOND, 37, ERA_1 + 20, { 0 }, TRUE,
      (ERA_1 - 1) * GST_SECOND },
  /* 37 s are 925 frames */
  { CMAF_REFERENCE_PTP, NEW_YEAR + 37 * GST_SECOND, 37, 0, { 90000, 3600 },
      TRUE, NEW_YEAR },
  /* no frames */
  { CMAF_REFERENCE_PTP, NEW_YEAR + 37 * GST_SECOND, 37, 0, { 0 }, TRUE,
      NEW_YEAR },
  { CMAF_REFERENCE_PTP, NEW_YEAR, -1, 0, { 0 }, TRUE, NEW_YEAR + GST_SECOND },
  { CMAF_REFERENCE_PTP, 36 * GST_SECOND, 37, 0, { 0 }, FALSE },
  { CMAF_REFERENCE_PTP, 36 * GST_SECOND, 37, 0, { 90000, 3600 }, FALSE },
};

GST_START_TEST (test_reference_stamps_become_media_time)
{
  const CmafUnitGrid *units =
      stamps[__i__].units.timescale ? &stamps[__i__].units : NULL;
  const CmafMediaEpoch epoch = { stamps[__i__].offset, NULL };
  guint64 media_time = 0;

  fail_unless_equals_int (
      cmaf_media_time_from_reference (stamps[__i__].reference,
          stamps[__i__].stamp, &epoch, stamps[__i__].clock * (gint64)GST_SECOND,
          units, &media_time),
      stamps[__i__].valid);
  if (stamps[__i__].valid)
    assert_equals_uint64 (media_time, stamps[__i__].media_time);
}
GST_END_TEST;

/* S11, for UTC stamps; the timeline goes on while UTC says a second twice. */
GST_START_TEST (test_utc_across_a_leap_second)
{
  g_autoptr (CmafLeapTable) leaps = cmaf_leap_table_parse (
      "3692217600 37 # 1 Jan 2017\n4102444800 38 # 1 Jan 2030\n", NULL);
  const CmafMediaEpoch epoch = { CMAF_TAI_OFFSET, leaps };
  static const struct
  {
    gint64 utc_ms, media_ms;
  } rows[] = {
    { 1893455999000, 1893455999000 },
    { 1893455999999, 1893455999999 },
    { 1893456000000, 1893456001000 },
    { 1893456000040, 1893456001040 },
  };
  guint64 media_time;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    fail_unless (cmaf_media_time_from_utc (
        &epoch, rows[i].utc_ms * (gint64)GST_MSECOND, &media_time));
    assert_equals_uint64 (media_time, rows[i].media_ms * (guint64)GST_MSECOND);
  }
  fail_if (cmaf_media_time_from_utc (&epoch, -28 * GST_SECOND, &media_time));
}
GST_END_TEST;

#define LEAP G_GINT64_CONSTANT (1893456000) /* 2030-01-01, as S11 has it */

/* What clocks show at one moment, and POSIX time then. */
GST_START_TEST (test_clocks_count_from_elsewhere)
{
  g_autoptr (CmafLeapTable) leaps = cmaf_leap_table_parse (
      "3692217600 37 # 1 Jan 2017\n4102444800 38 # 1 Jan 2030\n", NULL);
  static const struct
  {
    CmafReference reference;
    gboolean has_leaps;
    guint64 shown;
    gint64 posix; /* s */
  } clocks[] = {
    { CMAF_REFERENCE_UNIX, TRUE, NEW_YEAR + 7, 1735689600 },
    { CMAF_REFERENCE_NTP, TRUE, NTP (1735689600) + 7, 1735689600 },
    { CMAF_REFERENCE_NTP, FALSE, NTP (ERA_1 + 10) + 7, ERA_1 + 10 },
    { CMAF_REFERENCE_NTP, FALSE, 10 * GST_SECOND + 7, ERA_1 + 10 },
    { CMAF_REFERENCE_PTP, TRUE, NEW_YEAR + 37 * GST_SECOND + 7, 1735689600 },
    { CMAF_REFERENCE_PTP, FALSE, NEW_YEAR + 37 * GST_SECOND + 7, 1735689600 },
    { CMAF_REFERENCE_PTP, TRUE, (LEAP + 36) * GST_SECOND + 7, LEAP - 1 },
    { CMAF_REFERENCE_PTP, TRUE, (LEAP + 37) * GST_SECOND + 7, LEAP - 1 },
    { CMAF_REFERENCE_PTP, TRUE, (LEAP + 38) * GST_SECOND + 7, LEAP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    assert_equals_int64 (
        cmaf_utc_from_clock (clocks[i].reference, clocks[i].shown,
            clocks[i].has_leaps ? leaps : NULL,
            (clocks[i].posix + 1000000) * (gint64)GST_SECOND),
        clocks[i].posix * (gint64)GST_SECOND + 7);
}
GST_END_TEST;

/* Vector S2, and the frames in 37 s of TAI offset. */
GST_START_TEST (test_ptp_frames_are_shifted_by_whole_frames)
{
  static const struct
  {
    CmafUnitGrid units;
    guint frames; /* in 37 s */
  } rates[] = {
    { { 90000, 3600 }, 925 },
    { { 90000, 1800 }, 1850 },
    { { 24000, 1001 }, 887 },
    { { 30000, 1001 }, 1109 },
    { { 60000, 1001 }, 2218 },
    { { 120000, 1001 }, 4436 },
  };
  const guint64 tai = NEW_YEAR + 37 * GST_SECOND;
  guint64 media_time, n_tai;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rates); i++) {
    n_tai = cmaf_unit_from_media_time (&rates[i].units, tai);
    fail_unless (cmaf_media_time_from_reference (
        CMAF_REFERENCE_PTP, tai, &today, 0, &rates[i].units, &media_time));
    assert_equals_uint64 (
        cmaf_unit_from_media_time (&rates[i].units, media_time),
        n_tai - rates[i].frames);
  }
  fail_unless (cmaf_media_time_from_reference (
      CMAF_REFERENCE_PTP, tai, &today, 0, &rates[4].units, &media_time));
  assert_equals_uint64 (
      cmaf_unit_from_media_time (&rates[4].units, tai), 104037340879);
  assert_equals_uint64 (
      cmaf_unit_from_media_time (&rates[4].units, media_time), 104037338661);
}
GST_END_TEST;

GST_START_TEST (test_reference_names)
{
  CmafReference reference;

  fail_unless (cmaf_reference_from_name ("timestamp/x-unix", &reference));
  fail_unless_equals_int (reference, CMAF_REFERENCE_UNIX);
  fail_unless (cmaf_reference_from_name ("timestamp/x-ntp", &reference));
  fail_unless_equals_int (reference, CMAF_REFERENCE_NTP);
  fail_unless (cmaf_reference_from_name ("timestamp/x-ptp", &reference));
  fail_unless_equals_int (reference, CMAF_REFERENCE_PTP);
  fail_if (cmaf_reference_from_name ("timestamp/x-drone", &reference));
}
GST_END_TEST;

GST_START_TEST (test_ntp_stamps)
{
  guint64 t;

  /* vector S9: 1735689600.52 */
  assert_equals_uint64 (
      cmaf_ntp_from_media_ticks (G_GUINT64_CONSTANT (156212064046800), 90000),
      G_GUINT64_CONSTANT (0xEB1F0400851EB852));
  /* and back, to frame 13 of that second */
  fail_unless (cmaf_media_time_from_ntp (&today,
      G_GUINT64_CONSTANT (0xEB1F0400851EB852), 1735689600 * GST_SECOND, &t));
  assert_equals_uint64 (t, 1735689600520000000);
  assert_equals_uint64 (cmaf_unit_from_media_time (&fps25, t), 43392240013);
  fail_unless (cmaf_media_time_from_ntp (
      &today, G_GUINT64_CONSTANT (10) << 32, ERA_1 * GST_SECOND, &t));
  assert_equals_uint64 (t, 2085978506 * GST_SECOND);
  /* S10: seconds 10 of era 1 */
  assert_equals_uint64 (
      cmaf_ntp_from_media_ticks (2085978506, 1), G_GUINT64_CONSTANT (10) << 32);
  /* the fraction rounds up into the next second */
  assert_equals_uint64 (cmaf_ntp_from_media_ticks (0, 1), CMAF_NTP_EPOCH << 32);
}
GST_END_TEST;

GST_START_TEST (test_lists_of_timing_sources)
{
  CmafTimingSource sources[CMAF_N_TIMING_SOURCES];
  GError *error = NULL;
  guint n;

  fail_unless (cmaf_timing_sources_parse (
      "reference-timestamp, clock,fixed,clock", sources, &n, &error));
  fail_unless_equals_int (n, 3);
  fail_unless_equals_int (sources[0], CMAF_TIMING_REFERENCE_TIMESTAMP);
  fail_unless_equals_int (sources[1], CMAF_TIMING_CLOCK);
  fail_unless_equals_int (sources[2], CMAF_TIMING_FIXED);
  fail_unless_equals_string (cmaf_timing_source_name (sources[2]), "fixed");

  fail_if (cmaf_timing_sources_parse ("clock,sundial", sources, &n, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless_equals_string (error->message,
      "timing-sources: found 'sundial', needs a list of: "
      "reference-timestamp, timecode, pts, fingerprint, clock, fixed");
  g_clear_error (&error);
  fail_if (cmaf_timing_sources_parse ("", sources, &n, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  g_clear_error (&error);
}
GST_END_TEST;

static Suite *
media_time_suite (void)
{
  Suite *s = suite_create ("media-time");
  TCase *tc = tcase_create ("media-time");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_capture_jitter_is_snapped_to_frames);
  tcase_add_loop_test (
      tc, test_reference_stamps_become_media_time, 0, G_N_ELEMENTS (stamps));
  tcase_add_test (tc, test_utc_across_a_leap_second);
  tcase_add_test (tc, test_clocks_count_from_elsewhere);
  tcase_add_test (tc, test_ptp_frames_are_shifted_by_whole_frames);
  tcase_add_test (tc, test_reference_names);
  tcase_add_test (tc, test_ntp_stamps);
  tcase_add_test (tc, test_lists_of_timing_sources);
  return s;
}

GST_CHECK_MAIN (media_time);
