/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/timecode.h>

#define NEW_YEAR G_GINT64_CONSTANT (1735689600) /* 2025-01-01 */
#define JUNE_15 G_GINT64_CONSTANT (1749945600)  /* 2025-06-15 */
#define HOUR 3600

#define FPS_25                                                                 \
  {                                                                            \
    90000, 3600, 0                                                             \
  }
#define FPS_50                                                                 \
  {                                                                            \
    90000, 1800, 0                                                             \
  }
#define FPS_23                                                                 \
  {                                                                            \
    24000, 1001, 0                                                             \
  }
#define FPS_29                                                                 \
  {                                                                            \
    30000, 1001, 0                                                             \
  }
#define FPS_59                                                                 \
  {                                                                            \
    60000, 1001, 0                                                             \
  }
#define MAX_ERROR CMAF_TIMECODE_MAX_ERROR
#define NO_JAM CMAF_TIMECODE_NO_JAM

typedef struct
{
  CmafTimecode label;
  CmafTimecodeRules rules;
  gint64 clock; /* seconds */
  guint64 frame;
} Case;

static const Case cases[] = {
  /* S3, with clocks that differ by less than the limit */
  { { 12, 34, 56, 7 }, { FPS_25, 0, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56, 43749772407 },
  { { 12, 34, 56, 7 }, { FPS_25, 0, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56 + 119, 43749772407 },
  { { 12, 34, 56, 7 }, { FPS_25, 0, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56 - 119, 43749772407 },
  /* the same moment by a plant that lives two hours ahead, and one behind */
  { { 14, 34, 56, 7 }, { FPS_25, 2 * HOUR, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56, 43749772407 },
  { { 5, 34, 56, 7 }, { FPS_25, -7 * HOUR, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56, 43749772407 },
  /* S4 */
  { { 0, 0, 0, 0, TRUE }, { FPS_29, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      52018669331 },
  { { 0, 1, 0, 2, TRUE }, { FPS_29, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 60,
      52018671131 },
  { { 0, 10, 0, 0, TRUE }, { FPS_29, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 600,
      52018687313 },
  { { 10, 0, 0, 0, TRUE }, { FPS_29, 0, NO_JAM, MAX_ERROR },
      NEW_YEAR + 10 * HOUR, 52019748251 },
  /* the clock is on the other side of midnight */
  { { 0, 0, 0, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR - 2,
      43392240000 },
  { { 23, 59, 59, 24 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 2,
      43392239999 },
  /* pairs, and the same frames counted one by one */
  { { 12, 34, 56, 7, FALSE, TRUE, TRUE, FALSE },
      { FPS_50, 0, NO_JAM, MAX_ERROR }, JUNE_15 + 12 * HOUR + 34 * 60 + 56,
      2 * 43749772407 },
  { { 12, 34, 56, 7, FALSE, TRUE, TRUE, TRUE },
      { FPS_50, 0, NO_JAM, MAX_ERROR }, JUNE_15 + 12 * HOUR + 34 * 60 + 56,
      2 * 43749772407 + 1 },
  { { 12, 34, 56, 15 }, { FPS_50, 0, NO_JAM, MAX_ERROR },
      JUNE_15 + 12 * HOUR + 34 * 60 + 56, 2 * 43749772407 + 1 },
  /* 59.94: rnd (1735689600 * 60000 / 1001), then 3600 - 4 labels a minute */
  { { 0, 0, 0, 0, TRUE }, { FPS_59, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      104037338661 },
  { { 0, 1, 0, 4, TRUE }, { FPS_59, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 60,
      104037338661 + 3600 },
  { { 0, 1, 0, 2, TRUE, TRUE, TRUE, FALSE }, { FPS_59, 0, NO_JAM, MAX_ERROR },
      NEW_YEAR + 60, 104037338661 + 3600 },
  { { 0, 1, 0, 2, TRUE, TRUE, TRUE, TRUE }, { FPS_59, 0, NO_JAM, MAX_ERROR },
      NEW_YEAR + 60, 104037338661 + 3601 },
  /* jam at 04:00: what is before it belongs to the jam of the day before */
  { { 4, 0, 0, 0, TRUE }, { FPS_29, 0, 4 * HOUR, MAX_ERROR },
      NEW_YEAR + 4 * HOUR, 52019100899 },
  { { 0, 0, 0, 0, TRUE }, { FPS_29, 0, 4 * HOUR, MAX_ERROR }, NEW_YEAR,
      52018669329 },
  { { 3, 59, 59, 29, TRUE }, { FPS_29, 0, 4 * HOUR, MAX_ERROR },
      NEW_YEAR + 4 * HOUR, 52019100896 },
  /* non-drop runs late between jams, by 3.6 s an hour */
  { { 4, 0, 0, 0 }, { FPS_29, 0, 4 * HOUR, MAX_ERROR }, NEW_YEAR + 4 * HOUR,
      52019100899 },
  { { 5, 0, 0, 0 }, { FPS_29, 0, 4 * HOUR, MAX_ERROR }, NEW_YEAR + 5 * HOUR + 4,
      52019100899 + 108000 },
  { { 0, 0, 1, 0 }, { FPS_23, 0, 0, MAX_ERROR }, NEW_YEAR + 1,
      41614935465 + 24 },
  /* beyond 2038 and 2036 */
  { { 3, 14, 8, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR },
      G_GINT64_CONSTANT (2147483648), 53687091200 },
};

GST_START_TEST (test_labels_become_frames)
{
  const Case *c = &cases[__i__];
  CmafTimecodeRules rules = c->rules;
  g_autoptr (GError) error = NULL;
  guint64 frame = 0;

  rules.epoch.tai_offset = CMAF_TAI_OFFSET;
  fail_unless (cmaf_timecode_frame (&c->label, &rules,
                   c->clock * (gint64)GST_SECOND, &frame, &error),
      "%s", error ? error->message : "");
  assert_equals_uint64 (frame, c->frame);
}
GST_END_TEST;

/* A second was inserted before this day: labels are UTC, media time is not. */
GST_START_TEST (test_labels_after_a_leap_second)
{
  g_autoptr (CmafLeapTable) leaps = cmaf_leap_table_parse (
      "3692217600 37 # 1 Jan 2017\n3944678400 38 # 1 Jan 2025\n", NULL);
  const CmafTimecodeRules rules = { FPS_25, 0, NO_JAM, MAX_ERROR,
    { CMAF_TAI_OFFSET, leaps } };
  const CmafTimecode before = { 23, 59, 59, 24 }, after = { 0, 0, 0, 0 };
  guint64 frame;

  fail_unless (cmaf_timecode_frame (
      &before, &rules, NEW_YEAR * (gint64)GST_SECOND, &frame, NULL));
  assert_equals_uint64 (frame, 43392239999);
  fail_unless (cmaf_timecode_frame (
      &after, &rules, NEW_YEAR * (gint64)GST_SECOND, &frame, NULL));
  assert_equals_uint64 (frame, 43392240025);
}
GST_END_TEST;

/* Every label of a day once, in order: the frames follow each other. */
static const struct
{
  CmafUnitGrid frames;
  gboolean is_drop;
  guint rate, n_labels;
} days[] = {
  { FPS_25, FALSE, 25, 2160000 },
  { FPS_29, TRUE, 30, 2589408 },
  { FPS_59, TRUE, 60, 5178816 },
};

/* The first and the last frame of second @s by its labels */
static void
frames_of_second (guint day, guint s, guint64 *first, guint64 *last)
{
  const CmafTimecodeRules rules = { days[day].frames, 0, NO_JAM, MAX_ERROR,
    { CMAF_TAI_OFFSET, NULL } };
  const guint rate = days[day].rate;
  const gboolean has_fewer =
      days[day].is_drop && s % 60 == 0 && s / 60 % 10 != 0;
  CmafTimecode label = { s / 3600, s / 60 % 60, s % 60, 0, days[day].is_drop };
  const gint64 clock = (NEW_YEAR + s) * (gint64)GST_SECOND;

  label.frames = has_fewer ? rate / 15 : 0;
  fail_unless (cmaf_timecode_frame (&label, &rules, clock, first, NULL));
  label.frames = rate - 1;
  fail_unless (cmaf_timecode_frame (&label, &rules, clock, last, NULL));
}

GST_START_TEST (test_a_day_of_labels_counts_up_by_one)
{
  guint64 first, last, next = 0, n = 0;

  for (guint s = 0; s < 86400; s++) {
    frames_of_second (__i__, s, &first, &last);
    if (s > 0 && first != next)
      fail ("second %u", s);
    next = last + 1;
    n += next - first;
  }
  assert_equals_uint64 (n, days[__i__].n_labels);
}
GST_END_TEST;

static const struct
{
  CmafTimecode label;
  CmafTimecodeRules rules;
  gint64 clock;
  gint code;
  const gchar *message;
} refused[] = {
  { { 0, 0, 0, 0 }, { FPS_29, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_CONFIG,
      "timecode: found non-drop labels at 30000/1001, needs drop frame or the "
      "time of the daily jam (timecode-daily-jam)" },
  { { 0, 0, 0, 0, TRUE }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_CONFIG,
      "timecode: found drop frame at 90000/3600, needs 30000/1001 or "
      "60000/1001" },
  { { 0, 0, 0, 0, TRUE }, { FPS_23, 0, 0, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_CONFIG,
      "timecode: found drop frame at 24000/1001, needs 30000/1001 or "
      "60000/1001" },
  { { 0, 0, 0, 0 }, { { 12500, 1000 }, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_CONFIG,
      "timecode: found frame rate 12500/1000, needs an integer or one over "
      "1001" },
  { { 24, 0, 0, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_MALFORMED,
      "timecode: found 24:00:00:00, needs a label that exists at 25 labels in "
      "a second" },
  { { 0, 60, 0, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_MALFORMED, "timecode: found 00:60:00:00, " },
  { { 0, 0, 60, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_MALFORMED, "timecode: found 00:00:60:00, " },
  { { 0, 0, 0, 25 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_MALFORMED, "timecode: found 00:00:00:25, " },
  { { 0, 0, 0, 25, FALSE, TRUE }, { FPS_50, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_MALFORMED, "timecode: found 00:00:00:25, " },
  { { 0, 1, 0, 1, TRUE }, { FPS_29, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 60,
      CMAF_ERROR_MALFORMED, "timecode: found 00:01:00;01, " },
  { { 0, 1, 0, 3, TRUE }, { FPS_59, 0, NO_JAM, MAX_ERROR }, NEW_YEAR + 60,
      CMAF_ERROR_MALFORMED, "timecode: found 00:01:00;03, " },
  { { G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT },
      { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR, CMAF_ERROR_MALFORMED,
      "timecode: found " },
  { { 1, 0, 0, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_TIMELINE,
      "timecode: found 01:00:00:00, 3600 s from the clock, needs at most 120 s "
      "(timecode-max-error; or timecode-utc-offset is wrong)" },
  { { 0, 2, 0, 1 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, NEW_YEAR,
      CMAF_ERROR_TIMELINE, "timecode: found 00:02:00:01, 120 s from" },
  { { 12, 0, 0, 0 }, { FPS_25, 0, NO_JAM, MAX_ERROR }, 0, CMAF_ERROR_TIMELINE,
      "timecode: found 12:00:00:00, 43200 s from" },
};

GST_START_TEST (test_what_cannot_be_is_refused)
{
  CmafTimecodeRules rules = refused[__i__].rules;
  g_autoptr (GError) error = NULL;
  guint64 frame;

  rules.epoch.tai_offset = CMAF_TAI_OFFSET;
  fail_if (cmaf_timecode_frame (&refused[__i__].label, &rules,
      refused[__i__].clock * (gint64)GST_SECOND, &frame, &error));
  fail_unless (
      g_error_matches (error, CMAF_ERROR, refused[__i__].code), "wrong code");
  fail_unless (g_str_has_prefix (error->message, refused[__i__].message), "%s",
      error->message);
}
GST_END_TEST;

static Suite *
timecode_suite (void)
{
  Suite *suite = suite_create ("timecode");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_labels_become_frames, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_labels_after_a_leap_second);
  tcase_add_loop_test (
      tcase, test_a_day_of_labels_counts_up_by_one, 0, G_N_ELEMENTS (days));
  tcase_add_loop_test (
      tcase, test_what_cannot_be_is_refused, 0, G_N_ELEMENTS (refused));
  return suite;
}

GST_CHECK_MAIN (timecode);
