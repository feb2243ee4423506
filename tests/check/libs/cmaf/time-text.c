/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/time-text.h>

typedef void (*Function) (GString *text, guint64 ticks, guint64 timescale);

static const struct
{
  Function function;
  guint64 ticks, timescale;
  const gchar *text;
} cases[] = {
  { cmaf_time_text_utc_ms, 0, 1, "1970-01-01T00:00:00.000Z" },
  { cmaf_time_text_utc_ms, 52070687989320, 30000, "2024-12-31T23:59:59.644Z" },
  { cmaf_time_text_utc_ms, 83313100783616, 48000, "2024-12-31T23:59:59.659Z" },
  { cmaf_time_text_utc_ms, 19995, 10000, "1970-01-01T00:00:02.000Z" },
  { cmaf_time_text_utc_us, 1735689600, 1, "2025-01-01T00:00:00Z" },
  { cmaf_time_text_utc_us, 866977823ull * 1001, 500,
      "2025-01-01T00:00:01.646Z" },
  { cmaf_time_text_utc_us, 1, 3, "1970-01-01T00:00:00.333333Z" },
  { cmaf_time_text_utc_us, G_MAXUINT64 / 2, 1, "9999-12-31T23:59:59.999999Z" },
  { cmaf_time_text_duration, 48, 25, "PT1.920S" },
  { cmaf_time_text_duration, 96, 5, "PT19.200S" },
  { cmaf_time_text_duration, 0, 1, "PT0.000S" },
  { cmaf_time_text_duration, 96256, 48000, "PT2.005334S" }, /* up */
  { cmaf_time_text_duration, 1735689600, 1, "PT1735689600.000S" },
  { cmaf_time_text_seconds, 60060, 30000, "2.002000" },
  { cmaf_time_text_seconds, 96256, 48000, "2.005333" },
  { cmaf_time_text_seconds, 5, 10000000, "0.000001" }, /* half up */
  { cmaf_time_text_seconds, 0, 1, "0.000000" },
};

GST_START_TEST (test_time_is_written_exactly)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cases[__i__].function (text, cases[__i__].ticks, cases[__i__].timescale);
  assert_equals_string (text->str, cases[__i__].text);
}
GST_END_TEST;

static Suite *
time_text_suite (void)
{
  Suite *s = suite_create ("time-text");
  TCase *tc = tcase_create ("text");

  tcase_add_loop_test (
      tc, test_time_is_written_exactly, 0, G_N_ELEMENTS (cases));
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (time_text);
