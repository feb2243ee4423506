/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/rfc3339.h>

#define S (gint64) GST_SECOND

static const struct
{
  const gchar *text;
  gint64 utc;
} good[] = {
  { "1970-01-01T00:00:00Z", 0 },
  { "2025-01-01T00:00:00Z", 1735689600 * S },
  { "2025-01-01t00:00:00z", 1735689600 * S },
  { "2025-01-01 00:00:00.52Z", 1735689600 * S + 520000000 },
  { "2025-01-01T00:00:00.000000001Z", 1735689600 * S + 1 },
  { "2025-01-01T00:00:00.0000000019Z", 1735689600 * S + 1 },
  { "2025-01-01T02:30:00+02:30", 1735689600 * S },
  { "2024-12-31T19:00:00-05:00", 1735689600 * S },
  { "2016-12-31T23:59:60Z", 1483228800 * S },
  { "2016-12-31T23:59:60.5Z", 1483228800 * S + S / 2 },
  { "2024-02-29T00:00:00Z", 1709164800 * S },
  { "2036-02-07T06:28:26Z", 2085978506 * S },
  { "2038-01-19T03:14:08Z", 2147483648 * S },
  { "1969-12-31T23:59:59.25Z", -S + S / 4 },
};

static const gchar *const bad[] = { "", "2025", "2025-01-01",
  "2025-01-01T00:00:00", "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00+0200",
  "2025-01-01T00:00:00+24:00", "2025-01-01T00:00:00+00:60",
  "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-01-01T24:00:00Z",
  "2025-01-01T00:60:00Z", "2025-01-01T00:00:61Z", "2025-01-01T00:00:00ZZ",
  "2025-1-1T00:00:00Z", "9999-01-01T00:00:00Z", "\xff\xfe" };

GST_START_TEST (test_dates_are_read)
{
  gint64 utc = 0;

  fail_unless (cmaf_utc_from_rfc3339 (good[__i__].text, &utc, NULL));
  assert_equals_int64 (utc, good[__i__].utc);
}
GST_END_TEST;

GST_START_TEST (test_what_is_no_date_is_refused)
{
  g_autoptr (GError) error = NULL;
  gint64 utc;

  fail_if (cmaf_utc_from_rfc3339 (bad[__i__], &utc, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  fail_unless (g_str_has_prefix (error->message, "date: found '"));
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_a_date)
{
  static const gchar text[] = "2025-01-01T00:00:00.520000000+02:00";
  gint64 utc;

  for (gsize n = 0; n + 1 < sizeof text; n++) {
    g_autofree gchar *prefix = g_strndup (text, n);

    fail_if (cmaf_utc_from_rfc3339 (prefix, &utc, NULL), "%s", prefix);
  }
}
GST_END_TEST;

static Suite *
rfc3339_suite (void)
{
  Suite *suite = suite_create ("rfc3339");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_dates_are_read, 0, G_N_ELEMENTS (good));
  tcase_add_loop_test (
      tcase, test_what_is_no_date_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_test (tcase, test_no_prefix_is_a_date);
  return suite;
}

GST_CHECK_MAIN (rfc3339);
