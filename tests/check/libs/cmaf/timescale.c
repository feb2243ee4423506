/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/timescale.h>

static const struct
{
  guint64 a, b, add, c, expected;
} muldiv_cases[] = {
  { 0, 0, 0, 1, 0 },
  { 7, 3, 1, 4, 5 },
  { G_MAXUINT64, 1, 0, 1, G_MAXUINT64 },
  { G_MAXUINT64, G_MAXUINT64, 0, G_MAXUINT64, G_MAXUINT64 },
  { G_MAXUINT64, G_MAXUINT64 - 1, G_MAXUINT64 - 1, G_MAXUINT64,
      G_MAXUINT64 - 1 },
  /* (m - 1)^2 / m = m - 2, the rest is 1 */
  { G_MAXUINT64 - 1, G_MAXUINT64 - 1, 0, G_MAXUINT64, G_MAXUINT64 - 2 },
  /* the addend carries into the high word */
  { G_GUINT64_CONSTANT (1) << 63, 2, G_MAXUINT64, 4,
      (G_GUINT64_CONSTANT (1) << 62) + (G_GUINT64_CONSTANT (1) << 62) - 1 },
  /* does not fit */
  { G_MAXUINT64, 2, 0, 1, G_MAXUINT64 },
  { G_GUINT64_CONSTANT (1) << 32, G_GUINT64_CONSTANT (1) << 32, 0, 1,
      G_MAXUINT64 },
  /* a divisor with the top bit set */
  { G_GUINT64_CONSTANT (1) << 63, 3, 0, (G_GUINT64_CONSTANT (1) << 63) + 1, 2 },
  { 1735689600 * GST_SECOND, 90000, GST_SECOND / 2, GST_SECOND,
      156212064000000 },
};

GST_START_TEST (test_muldiv_is_exact_in_128_bits)
{
  assert_equals_uint64 (
      cmaf_muldiv (muldiv_cases[__i__].a, muldiv_cases[__i__].b,
          muldiv_cases[__i__].add, muldiv_cases[__i__].c),
      muldiv_cases[__i__].expected);
}
GST_END_TEST;

GST_START_TEST (test_muldiv_agrees_with_gstreamer)
{
  guint64 x = 88172645463325252, a, b, c;
  guint i;

  for (i = 0; i < 20000; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17, a = x;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17, b = x >> (x & 63);
    x ^= x << 13, x ^= x >> 7, x ^= x << 17, c = (x >> (x & 31)) | 1;
    assert_equals_uint64 (
        cmaf_muldiv (a, b, 0, c), gst_util_uint64_scale (a, b, c));
  }
}
GST_END_TEST;

static const struct
{
  guint64 ns;
  guint32 timescale;
  guint64 ticks;
} tick_cases[] = {
  { 0, 90000, 0 },
  { 1735689600 * GST_SECOND, 90000, 156212064000000 },
  { 5555, 90000, 0 },
  { 5556, 90000, 1 },
  { 500000, 1000, 1 }, /* halves up */
  { 499999, 1000, 0 },
  { 33366667, 30000, 1001 },
  { 33366666, 30000, 1001 },
};

GST_START_TEST (test_ticks_are_the_nearest)
{
  assert_equals_uint64 (
      cmaf_ticks_from_ns (tick_cases[__i__].ns, tick_cases[__i__].timescale),
      tick_cases[__i__].ticks);
}
GST_END_TEST;

GST_START_TEST (test_nanoseconds_are_the_nearest)
{
  assert_equals_uint64 (cmaf_ns_from_ticks (1, 3), 333333333);
  assert_equals_uint64 (cmaf_ns_from_ticks (2, 3), 666666667);
  assert_equals_uint64 (cmaf_ns_from_ticks (1001, 30000), 33366667);
  assert_equals_uint64 (
      cmaf_ns_from_ticks (156212064000000, 90000), 1735689600 * GST_SECOND);
}
GST_END_TEST;

GST_START_TEST (test_ticks_survive_a_trip_through_nanoseconds)
{
  static const guint32 timescales[] = { 90000, 48000, 44100, 30000, 1000000 };
  guint64 ticks;
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (timescales); i++) {
    for (j = 0; j < 1000; j++) {
      ticks = G_GUINT64_CONSTANT (1735689600) * timescales[i] + j * 1001;
      assert_equals_uint64 (
          cmaf_ticks_from_ns (
              cmaf_ns_from_ticks (ticks, timescales[i]), timescales[i]),
          ticks);
    }
  }
}
GST_END_TEST;

GST_START_TEST (test_rescale_takes_the_nearest_tick)
{
  assert_equals_uint64 (cmaf_rescale (90001, 90000, 48000), 48001);
  assert_equals_uint64 (cmaf_rescale (90000, 90000, 48000), 48000);
  assert_equals_uint64 (cmaf_rescale (89999, 90000, 48000), 47999);
  assert_equals_uint64 (cmaf_rescale (1, 2, 1), 1); /* halves up */
  assert_equals_uint64 (cmaf_rescale (2, 3, 2), 1);
  assert_equals_uint64 (cmaf_rescale (1, 5, 2), 0);
  assert_equals_uint64 (cmaf_rescale (G_MAXUINT64, 1000, 1000000),
      G_MAXUINT64); /* does not fit */
}
GST_END_TEST;

static const struct
{
  guint n, d;
  guint32 timescale, ticks;
} rate_cases[] = {
  { 24, 1, 90000, 3750 },
  { 25, 1, 90000, 3600 },
  { 50, 2, 90000, 3600 },
  { 30, 1, 90000, 3000 },
  { 50, 1, 90000, 1800 },
  { 60, 1, 90000, 1500 },
  { 24000, 1001, 24000, 1001 },
  { 30000, 1001, 30000, 1001 },
  { 60000, 1001, 60000, 1001 },
  { 120000, 1001, 120000, 1001 },
  { 25, 2, 10000, 800 },
  { 2997, 100, 11988, 400 },
  { 7, 1, 10003, 1429 }, /* 7 does not divide 90000 */
  /* refused */
  { 0, 1, 0, 0 },
  { 25, 0, 0, 0 },
  { 1000003, 1, 0, 0 },
  { 10001, G_MAXUINT, 0, 0 },
};

GST_START_TEST (test_video_timescale_follows_the_frame_rate)
{
  guint32 timescale = 0, ticks = 0;
  gboolean found = cmaf_video_timescale (
      rate_cases[__i__].n, rate_cases[__i__].d, &timescale, &ticks);

  fail_unless_equals_int (found, rate_cases[__i__].timescale != 0);
  fail_unless_equals_int (timescale, rate_cases[__i__].timescale);
  fail_unless_equals_int (ticks, rate_cases[__i__].ticks);
}
GST_END_TEST;

static Suite *
timescale_suite (void)
{
  Suite *s = suite_create ("timescale");
  TCase *tc = tcase_create ("timescale");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_muldiv_is_exact_in_128_bits, 0, G_N_ELEMENTS (muldiv_cases));
  tcase_add_test (tc, test_muldiv_agrees_with_gstreamer);
  tcase_add_loop_test (
      tc, test_ticks_are_the_nearest, 0, G_N_ELEMENTS (tick_cases));
  tcase_add_test (tc, test_nanoseconds_are_the_nearest);
  tcase_add_test (tc, test_ticks_survive_a_trip_through_nanoseconds);
  tcase_add_test (tc, test_rescale_takes_the_nearest_tick);
  tcase_add_loop_test (tc, test_video_timescale_follows_the_frame_rate, 0,
      G_N_ELEMENTS (rate_cases));
  return s;
}

GST_CHECK_MAIN (timescale);
