/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-refusals.h>

#define A "192.0.2.1"
#define B "192.0.2.2"
#define MINUTE (60 * GST_SECOND)

typedef struct
{
  GstClockTime now;
  const gchar *address;
  guint status;
  const gchar *reason;
  guint64 n; /* told */
} Row;

static const Row rows[] = {
  { 0, A, 400, "body: 17 bytes end within a box", 1 },
  { 1, B, 400, "body: 17 bytes end within a box", 0 },
  { GST_SECOND, A, 400, "body: 2000 bytes end within a box", 0 },
  { GST_SECOND, B, 400, "body: 17 bytes end within a box", 1 },
  { 2 * GST_SECOND, A, 415, "body: 17 bytes end within a box", 1 },
  { 3 * GST_SECOND, A, 400, "something else", 1 },
  { MINUTE - 1, A, 400, "body: 3 bytes end within a box", 0 },
  { MINUTE, A, 400, "body: 4 bytes end within a box", 3 },
  { 3 * MINUTE, A, 400, "body: 4 bytes end within a box", 1 },
};

GST_START_TEST (test_what_is_alike_is_told_once_a_minute)
{
  CmafIngestRefusals refusals = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_equals_uint64 (cmaf_ingest_refusals_add (&refusals, rows[i].address,
                              rows[i].status, rows[i].reason, rows[i].now),
        rows[i].n);
}
GST_END_TEST;

/* Whoever is refused in ever new ways is told of once a second, and what was
 * told last is known longest. */
GST_START_TEST (test_there_are_too_many_kinds)
{
  CmafIngestRefusals refusals = { 0 };
  GstClockTime now = 0;
  guint n_told = 0;

  for (guint i = 0; i < 10000; i++, now += GST_MSECOND) {
    g_autofree gchar *reason = g_strnfill (i % 997 + 1, 'x');

    n_told += cmaf_ingest_refusals_add (&refusals, A, 400, reason, now) != 0;
  }
  assert_equals_int (n_told, 10);
  for (guint i = 0; i <= CMAF_INGEST_REFUSALS_KNOWN; i++, now += GST_SECOND)
    assert_equals_uint64 (
        cmaf_ingest_refusals_add (&refusals, A, 500 + i, "", now), 1);
  assert_equals_uint64 (
      cmaf_ingest_refusals_add (&refusals, A, 501, "", now), 0);
  assert_equals_uint64 (
      cmaf_ingest_refusals_add (&refusals, A, 500, "", now), 1);
}
GST_END_TEST;

static Suite *
ingest_refusals_suite (void)
{
  Suite *suite = suite_create ("ingest-refusals");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_what_is_alike_is_told_once_a_minute);
  tcase_add_test (tc, test_there_are_too_many_kinds);
  return suite;
}

GST_CHECK_MAIN (ingest_refusals);
