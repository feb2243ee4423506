/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/audio-start.h>

static const struct
{
  guint64 sample;
  guint priming, unit, roll;
  gboolean valid;
  CmafAudioStart start;
} cases[] = {
  /* S13 */
  { 83313100800100, 2048, 1024, 1, TRUE, { 83313100801024, 81360449999, 3 } },
  { 83313100801024, 2048, 1024, 1, TRUE, { 83313100801024, 81360449999, 3 } },
  { 83313100801025, 2048, 1024, 1, TRUE, { 83313100802048, 81360450000, 3 } },
  /* Opus: 312 samples, four units of roll */
  { 960000, 312, 960, 4, TRUE, { 960312, 1000, 5 } },
  { 960312, 312, 960, 4, TRUE, { 960312, 1000, 5 } },
  { 960313, 312, 960, 4, TRUE, { 961272, 1001, 5 } },
  /* nothing to prime: PCM */
  { 1921, 0, 1920, 0, TRUE, { 3840, 2, 0 } },
  { 0, 2048, 1024, 1, FALSE },
};

GST_START_TEST (test_units_lie_on_the_grid)
{
  CmafAudioStart start;

  assert_equals_int (
      cmaf_audio_start (cases[__i__].sample, cases[__i__].priming,
          cases[__i__].unit, cases[__i__].roll, &start),
      cases[__i__].valid);
  if (!cases[__i__].valid)
    return;
  assert_equals_uint64 (start.first_sample, cases[__i__].start.first_sample);
  assert_equals_uint64 (start.first_unit, cases[__i__].start.first_unit);
  assert_equals_int (start.n_discarded, cases[__i__].start.n_discarded);
}
GST_END_TEST;

static Suite *
audio_start_suite (void)
{
  Suite *suite = suite_create ("audio-start");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_units_lie_on_the_grid, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (audio_start);
