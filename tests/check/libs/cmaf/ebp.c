/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"

#include <gst/check/gstcheck.h>
#include <gst/cmaf/ebp.h>
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/mpegts-time.h>

#define EBP0 "45425030"
#define S9 "EB1F0400851EB852"

typedef enum
{
  NONE,
  FOUND,
  BROKEN
} Result;

static const struct
{
  const gchar *hex;
  Result result;
  CmafEbp ebp;
} cases[] = {
  /* S9: segment, time */
  { "DF 0D" EBP0 "48" S9, FOUND,
      { FALSE, TRUE, FALSE, 0, TRUE, G_GUINT64_CONSTANT (0xEB1F0400851EB852),
          FALSE } },
  /* everything: extension byte, SAP, three grouping ids, time, partitions */
  { "DF 13" EBP0 "FD 80 20 81 82 03" S9 "07", FOUND,
      { TRUE, TRUE, TRUE, 1, TRUE, G_GUINT64_CONSTANT (0xEB1F0400851EB852),
          TRUE } },
  /* behind other fields, one of them of the same tag */
  { "02 03 010203 DF 04 46464630 DF 05" EBP0 "80", FOUND,
      { TRUE, FALSE, FALSE, 0, FALSE, 0, FALSE } },
  { "02 03 010203", NONE, { 0 } },
  { "DF 02 4542", NONE, { 0 } },
  { "", NONE, { 0 } },
  { "DF", NONE, { 0 } },
  /* lengths that lie */
  { "02 04 010203", BROKEN, { 0 } },
  { "DF 0E" EBP0 "48" S9, BROKEN, { 0 } },
  { "DF 0C" EBP0 "48 EB1F0400851EB8", BROKEN, { 0 } },
  { "DF 04" EBP0, BROKEN, { 0 } },
  { "DF 08" EBP0 "10 81 81 81", BROKEN, { 0 } },
};

GST_START_TEST (test_boundary_points_are_read)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (cases[__i__].hex);
  const CmafEbp *wanted = &cases[__i__].ebp;
  g_autoptr (GError) error = NULL;
  CmafEbp ebp;
  gboolean found = cmaf_ebp_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &ebp, &error);

  assert_equals_int (found, cases[__i__].result == FOUND);
  assert_equals_int (error != NULL, cases[__i__].result == BROKEN);
  if (error)
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  if (!found)
    return;
  assert_equals_int (ebp.is_fragment, wanted->is_fragment);
  assert_equals_int (ebp.is_segment, wanted->is_segment);
  assert_equals_int (ebp.has_sap_type, wanted->has_sap_type);
  assert_equals_int (ebp.sap_type, wanted->sap_type);
  assert_equals_int (ebp.has_time, wanted->has_time);
  assert_equals_uint64 (ebp.ntp, wanted->ntp);
  assert_equals_int (ebp.is_concealed, wanted->is_concealed);
}
GST_END_TEST;

/* S9 to its end: from the acquisition time to a pair that places PTS. */
GST_START_TEST (test_acquisition_time_places_the_frame)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (cases[0].hex);
  const CmafMediaEpoch epoch = { CMAF_TAI_OFFSET, NULL };
  const CmafUnitGrid fps25 = { 90000, 3600, 0 };
  const gint64 clock = G_GINT64_CONSTANT (1735689600) * (gint64)GST_SECOND;
  CmafPtsPair pair = { 12345, 0 };
  CmafEbp ebp;
  guint64 media_time, unit, ticks;

  fail_unless (cmaf_ebp_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &ebp, NULL));
  fail_unless (cmaf_media_time_from_ntp (&epoch, ebp.ntp, clock, &media_time));
  unit = cmaf_unit_from_media_time (&fps25, media_time);
  assert_equals_uint64 (unit, 43392240013);
  pair.ticks = unit * fps25.unit_ticks;
  assert_equals_uint64 (pair.ticks, 156212064046800);
  fail_unless (cmaf_ticks_from_pts (&pair, 12345 + 3600, clock, &ticks));
  assert_equals_uint64 (cmaf_unit_from_pts_ticks (&fps25, ticks), unit + 1);
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_is_harmless)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = bytes_from_hex (cases[i].hex);
    gsize size = g_bytes_get_size (bytes);

    for (gsize n = 0; n < size; n++) {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), n);
      CmafEbp ebp;

      fail_if (cases[i].result == FOUND && n < size
               && cmaf_ebp_parse (copy, n, &ebp, NULL));
    }
  }
}
GST_END_TEST;

static Suite *
ebp_suite (void)
{
  Suite *suite = suite_create ("ebp");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_boundary_points_are_read, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_acquisition_time_places_the_frame);
  tcase_add_test (tcase, test_every_prefix_is_harmless);
  return suite;
}

GST_CHECK_MAIN (ebp);
