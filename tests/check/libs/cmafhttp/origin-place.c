/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/origin-place.h>

#define TIMESCALE 1000
#define SEGMENT_US (2 * G_USEC_PER_SEC)

/* Numbers 10, 11 and 13 of two seconds; 13 begins at 26 s. */
static const struct
{
  CmafOriginKind kind;
  guint64 value;
  gint64 now_us;
  CmafOriginPlace place;
} cases[] = {
  { CMAF_ORIGIN_SEGMENT, 9, 27000000, CMAF_ORIGIN_GONE },
  { CMAF_ORIGIN_SEGMENT, 10, 27000000, CMAF_ORIGIN_THERE },
  { CMAF_ORIGIN_SEGMENT, 12, 27000000, CMAF_ORIGIN_MISSING },
  { CMAF_ORIGIN_SEGMENT, 13, 27000000, CMAF_ORIGIN_THERE },
  { CMAF_ORIGIN_SEGMENT, 14, 27000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT, 15, 27000000, CMAF_ORIGIN_EARLY },
  /* a sender that is late */
  { CMAF_ORIGIN_SEGMENT, 15, 27999999, CMAF_ORIGIN_EARLY },
  { CMAF_ORIGIN_SEGMENT, 15, 28000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT, 16, 29999999, CMAF_ORIGIN_EARLY },
  { CMAF_ORIGIN_SEGMENT, 16, 30000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT, 16, 34000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT, 17, 34000000, CMAF_ORIGIN_EARLY },
  /* one that has stopped, or goes by another clock */
  { CMAF_ORIGIN_SEGMENT, 15, 34000001, CMAF_ORIGIN_EARLY },
  { CMAF_ORIGIN_SEGMENT, 14, 99000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT, 15, 0, CMAF_ORIGIN_EARLY },
  { CMAF_ORIGIN_SEGMENT, G_MAXUINT64, 30000000, CMAF_ORIGIN_EARLY },

  { CMAF_ORIGIN_SEGMENT_AT, 19999, 27000000, CMAF_ORIGIN_GONE },
  { CMAF_ORIGIN_SEGMENT_AT, 22000, 27000000, CMAF_ORIGIN_THERE },
  { CMAF_ORIGIN_SEGMENT_AT, 24000, 27000000, CMAF_ORIGIN_MISSING },
  { CMAF_ORIGIN_SEGMENT_AT, 29000, 27000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT_AT, 29001, 27000000, CMAF_ORIGIN_EARLY },
  { CMAF_ORIGIN_SEGMENT_AT, 30000, 28000000, CMAF_ORIGIN_DUE },
  { CMAF_ORIGIN_SEGMENT_AT, G_MAXUINT64, 30000000, CMAF_ORIGIN_EARLY },
};

static GArray *
new_segments (void)
{
  static const CmafOriginSegment some[] = {
    { 10, 20000, TRUE, TRUE },
    { 11, 22000, TRUE, TRUE },
    { 13, 26000, TRUE, FALSE },
  };
  GArray *segments = g_array_new (FALSE, FALSE, sizeof *some);

  return g_array_append_vals (segments, some, G_N_ELEMENTS (some));
}

GST_START_TEST (test_place)
{
  g_autoptr (GArray) segments = new_segments ();
  const CmafOriginPath path = { .kind = cases[__i__].kind,
    .value = cases[__i__].value };

  assert_equals_int (cmaf_origin_place_of (segments, TIMESCALE, SEGMENT_US,
                         &path, cases[__i__].now_us),
      cases[__i__].place);
}
GST_END_TEST;

static void
assert_place (const GArray *segments, gint64 segment_us, CmafOriginKind kind,
    guint64 value, gint64 now_us, CmafOriginPlace place)
{
  const CmafOriginPath path = { .kind = kind, .value = value };

  assert_equals_int (
      cmaf_origin_place_of (segments, TIMESCALE, segment_us, &path, now_us),
      place);
}

/* It has a number before it has a time. */
GST_START_TEST (test_one_that_begins)
{
  g_autoptr (GArray) segments = new_segments ();
  const CmafOriginSegment begins = { 14, 0, FALSE, FALSE };

  g_array_append_val (segments, begins);
  assert_place (
      segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT, 14, 28100000, CMAF_ORIGIN_DUE);
  assert_place (segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT, 16, 29999999,
      CMAF_ORIGIN_EARLY);
  assert_place (
      segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT, 16, 30000000, CMAF_ORIGIN_DUE);
  assert_place (segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT_AT, 28000, 28100000,
      CMAF_ORIGIN_DUE);
  assert_place (segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT_AT, 0, 28100000,
      CMAF_ORIGIN_GONE);
  g_array_set_size (segments, 0);
  assert_place (segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT, 14, 28100000,
      CMAF_ORIGIN_EARLY);
}
GST_END_TEST;

/* One of them, or the least that is assumed, was longer: the clock goes by what
 * the others last. */
GST_START_TEST (test_length)
{
  g_autoptr (GArray) segments = new_segments ();

  assert_place (segments, 2 * SEGMENT_US, CMAF_ORIGIN_SEGMENT, 16, 30000000,
      CMAF_ORIGIN_DUE);
  assert_place (segments, 2 * SEGMENT_US, CMAF_ORIGIN_SEGMENT, 15, 27999999,
      CMAF_ORIGIN_EARLY);
}
GST_END_TEST;

GST_START_TEST (test_far_times)
{
  const CmafOriginSegment far = { 10, G_MAXUINT64 - 1, TRUE, TRUE };
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof far);

  g_array_append_val (segments, far);
  assert_place (segments, SEGMENT_US, CMAF_ORIGIN_SEGMENT, 12, 27000000,
      CMAF_ORIGIN_EARLY);
}
GST_END_TEST;

static Suite *
origin_place_suite (void)
{
  Suite *suite = suite_create ("origin-place");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_place, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_one_that_begins);
  tcase_add_test (tcase, test_length);
  tcase_add_test (tcase, test_far_times);
  return suite;
}

GST_CHECK_MAIN (origin_place);
