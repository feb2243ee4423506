/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-failures.h>

#define A "192.0.2.1"

GST_START_TEST (test_the_first_one_does_not_wait)
{
  g_autoptr (CmafIngestFailures) failures = cmaf_ingest_failures_new ();

  fail_if (cmaf_ingest_failures_add (failures, A, 0));
  fail_unless (cmaf_ingest_failures_add (failures, A, GST_SECOND));
  fail_if (cmaf_ingest_failures_add (failures, "192.0.2.2", GST_SECOND));
  /* ten seconds of peace */
  fail_unless (cmaf_ingest_failures_add (failures, A, 11 * GST_SECOND - 1));
  fail_if (cmaf_ingest_failures_add (failures, A, 21 * GST_SECOND - 1));
}
GST_END_TEST;

GST_START_TEST (test_so_many_wait_at_a_time)
{
  GstClockTime now = GST_SECOND;
  g_autoptr (CmafIngestFailures) failures = cmaf_ingest_failures_new ();

  cmaf_ingest_failures_add (failures, A, now);
  for (guint i = 0; i < CMAF_INGEST_FAILURES_HELD; i++) {
    fail_if (cmaf_ingest_failures_is_full (failures, A, now));
    fail_unless (cmaf_ingest_failures_add (failures, A, now));
    fail_unless (cmaf_ingest_failures_is_full (failures, A, now));
    now += 100 * GST_MSECOND;
  }
  fail_unless (cmaf_ingest_failures_is_full (failures, A, now));
  fail_if (cmaf_ingest_failures_add (failures, A, now));
  fail_if (cmaf_ingest_failures_is_full (failures, "192.0.2.2", now));
  cmaf_ingest_failures_answered (failures, A);
  fail_if (cmaf_ingest_failures_is_full (failures, A, now + 100 * GST_MSECOND));
}
GST_END_TEST;

GST_START_TEST (test_a_network_of_ipv6_is_one)
{
  g_autoptr (CmafIngestFailures) failures = cmaf_ingest_failures_new ();

  fail_if (cmaf_ingest_failures_add (failures, "2001:db8::1", 0));
  fail_unless (cmaf_ingest_failures_add (failures, "2001:db8::2:3", 0));
  fail_if (cmaf_ingest_failures_add (failures, "2001:db8:0:1::1", 0));
}
GST_END_TEST;

/* Those for whom there is no room are one, until the others are forgotten. */
GST_START_TEST (test_there_are_too_many_to_be_told_apart)
{
  g_autoptr (CmafIngestFailures) failures = cmaf_ingest_failures_new ();

  for (guint i = 0; i < 4096; i++) {
    g_autofree gchar *address =
        g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

    fail_if (cmaf_ingest_failures_add (failures, address, 0));
  }
  fail_if (cmaf_ingest_failures_add (failures, "10.1.0.1", 1));
  fail_unless (cmaf_ingest_failures_add (failures, "10.1.0.2", 1));
  cmaf_ingest_failures_answered (failures, "10.1.0.2");
  fail_unless (cmaf_ingest_failures_add (failures, "10.0.0.1", 1));
}
GST_END_TEST;

static Suite *
ingest_failures_suite (void)
{
  Suite *s = suite_create ("ingest-failures");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_the_first_one_does_not_wait);
  tcase_add_test (tc, test_so_many_wait_at_a_time);
  tcase_add_test (tc, test_a_network_of_ipv6_is_one);
  tcase_add_test (tc, test_there_are_too_many_to_be_told_apart);
  return s;
}

GST_CHECK_MAIN (ingest_failures);
