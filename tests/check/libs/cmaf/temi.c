/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"

#include <gst/check/gstcheck.h>
#include <gst/cmaf/temi.h>

/* 2025-01-01T00:00:00.52Z, of NTP and of PTP (37 s ahead) */
#define NTP "EB1F0400851EB852"
#define PTP "0000677485A5 1EFE9200"
#define MEDIA_TIME G_GUINT64_CONSTANT (1735689600520000000)
#define CLOCK (G_GINT64_CONSTANT (1735689600) * (gint64)GST_SECOND)

typedef enum
{
  NONE,
  NTP_FOUND,
  PTP_FOUND,
  BROKEN
} Result;

static const struct
{
  const gchar *hex;
  guint timeline;
  Result result;
} cases[] = {
  { "04 0B 2000 07" NTP, 7, NTP_FOUND },
  { "04 0D 1000 07" PTP, 7, PTP_FOUND },
  { "04 15 3000 00" NTP PTP, 0, PTP_FOUND },
  /* behind a media time stamp of 32 and of 64 bits */
  { "04 13 6000 01 00015F90 00000001" NTP, 1, NTP_FOUND },
  { "04 17 A000 01 00015F90 0000000000000001" NTP, 1, NTP_FOUND },
  /* in front of a time code */
  { "04 12 2480 02" NTP "001E 0000 010203", 2, NTP_FOUND },
  /* behind others: a location, a timeline of its own, one that pauses */
  { "05 02 0102 04 0B 4000 01 00015F90 00000001 04 0B 2100 02" NTP
    "04 0B 2000 03" NTP,
      3, NTP_FOUND },
  { "", 0, NONE },
  { "04", 0, NONE },
  { "05 0B 2000 07" NTP, 0, NONE },
  { "04 0B 4000 01 00015F90 00000001", 0, NONE },
  { "04 0B 2100 02" NTP, 0, NONE },
  { "04 0B 2000 02 0000000000000000", 0, NONE },
  /* more nanoseconds than a second has, more seconds than fit */
  { "04 0D 1000 07 0000677485A5 3B9ACA00", 0, NONE },
  { "04 0D 1000 07 FFFFFFFFFFFF 00000000", 0, NONE },
  /* lengths that lie */
  { "04 0C 2000 07" NTP, 0, BROKEN },
  { "04 0A 2000 07 EB1F0400851EB8", 0, BROKEN },
  { "04 02 2000", 0, BROKEN },
  { "05 0B 00", 0, BROKEN },
};

static gboolean
parse (guint i, gsize size, CmafTemi *temi, GError **error)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (cases[i].hex);
  /* so that a sanitizer sees what is read behind the end */
  g_autofree guint8 *copy = g_memdup2 (
      g_bytes_get_data (bytes, NULL), MIN (size, g_bytes_get_size (bytes)));

  return cmaf_temi_parse (
      copy, MIN (size, g_bytes_get_size (bytes)), temi, error);
}

GST_START_TEST (test_absolute_times_are_read)
{
  const Result wanted = cases[__i__].result;
  const CmafMediaEpoch epoch = { CMAF_TAI_OFFSET, NULL };
  g_autoptr (GError) error = NULL;
  guint64 media_time;
  CmafTemi temi;

  assert_equals_int (parse ((guint)__i__, G_MAXSIZE, &temi, &error),
      wanted == NTP_FOUND || wanted == PTP_FOUND);
  assert_equals_int (error != NULL, wanted == BROKEN);
  if (error)
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  if (wanted != NTP_FOUND && wanted != PTP_FOUND)
    return;
  assert_equals_int (temi.timeline_id, cases[__i__].timeline);
  assert_equals_int (temi.has_ptp, wanted == PTP_FOUND);
  fail_unless (cmaf_temi_get_media_time (&temi, &epoch, CLOCK, &media_time));
  /* NTP counts in 2^-32 s */
  fail_unless (
      media_time - (MEDIA_TIME - 1) <= 2, "%" G_GUINT64_FORMAT, media_time);
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_is_harmless)
{
  CmafTemi temi;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = bytes_from_hex (cases[i].hex);

    for (gsize n = 0; n < g_bytes_get_size (bytes); n++)
      fail_if (parse (i, n, &temi, NULL) && cases[i].result != NTP_FOUND
               && cases[i].result != PTP_FOUND);
  }
}
GST_END_TEST;

static Suite *
temi_suite (void)
{
  Suite *suite = suite_create ("temi");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_absolute_times_are_read, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_every_prefix_is_harmless);
  return suite;
}

GST_CHECK_MAIN (temi);
