/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/service-plan.h>

static void
assert_tracks (CmafServicePlan *plan, const gchar *expected)
{
  g_auto (GStrv) all = cmaf_service_plan_get_tracks (plan);
  g_autofree gchar *joined = g_strjoinv (" ", all);

  assert_equals_string (joined, expected);
}

GST_START_TEST (test_names_of_tracks_are_sorted)
{
  static const gchar *const names[] = { "video", NULL, "audio", "text",
    "audio" };
  g_autoptr (CmafServicePlan) plan = cmaf_service_plan_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    cmaf_service_plan_add_track (plan, names[i]);
  assert_tracks (plan, "audio text video");
  cmaf_service_plan_clear (plan);
  assert_tracks (plan, "");
}
GST_END_TEST;

GST_START_TEST (test_the_end_is_known_until_all_is_forgotten)
{
  g_autoptr (CmafServicePlan) plan = cmaf_service_plan_new ();

  assert_equals_uint64 (cmaf_service_plan_get_end (plan), GST_CLOCK_TIME_NONE);
  cmaf_service_plan_set_end (plan, 5);
  cmaf_service_plan_set_end (plan, 7);
  assert_equals_uint64 (cmaf_service_plan_get_end (plan), 7);
  cmaf_service_plan_clear (plan);
  assert_equals_uint64 (cmaf_service_plan_get_end (plan), GST_CLOCK_TIME_NONE);
}
GST_END_TEST;

GST_START_TEST (test_generations_begin_with_a_segment)
{
  g_autoptr (CmafServicePlan) plan = cmaf_service_plan_new ();
  CmafGenerationWish wish;

  assert_equals_int (cmaf_service_plan_get_generation (plan, 100), 0);
  cmaf_service_plan_begin_generation (plan, 3, 50);
  cmaf_service_plan_begin_generation (plan, 3, 40); /* is known already */
  cmaf_service_plan_begin_generation (plan, 4, 60);
  assert_equals_int (cmaf_service_plan_get_latest (plan), 4);
  assert_equals_int (cmaf_service_plan_get_generation (plan, 49), 0);
  assert_equals_int (cmaf_service_plan_get_generation (plan, 50), 3);
  assert_equals_int (cmaf_service_plan_get_generation (plan, 60), 4);
  fail_if (cmaf_service_plan_take_wish (plan, &wish));
  cmaf_service_plan_wish_generation (plan, 70);
  fail_unless (cmaf_service_plan_take_wish (plan, &wish));
  assert_equals_uint64 (wish.first, 70);
  fail_if (cmaf_service_plan_take_wish (plan, &wish));
  cmaf_service_plan_clear (plan);
  assert_equals_int (cmaf_service_plan_get_latest (plan), 0);
}
GST_END_TEST;

/* Generations begin with 50 and 60. */
static const struct
{
  guint64 first, number;
  gboolean is_granted;
} wishes[] = {
  { 0, 40, TRUE },
  { 0, 59, TRUE },
  { 0, 60, FALSE },
  { 50, 40, TRUE },
  { 60, 40, TRUE },
  { 60, 59, TRUE },
  { 55, 40, FALSE },
  { 50, 50, TRUE },
  { 60, 70, TRUE },
  { 70, 61, FALSE },
};

GST_START_TEST (test_what_is_told_already_is_not_told_again)
{
  g_autoptr (CmafServicePlan) plan = cmaf_service_plan_new ();

  fail_if (cmaf_service_plan_is_granted (plan, 0, 0));
  cmaf_service_plan_begin_generation (plan, 3, 50);
  cmaf_service_plan_begin_generation (plan, 4, 60);
  assert_equals_int (cmaf_service_plan_is_granted (
                         plan, wishes[__i__].first, wishes[__i__].number),
      wishes[__i__].is_granted);
}
GST_END_TEST;

GST_START_TEST (test_generations_renew_pairs)
{
  g_autoptr (CmafServicePlan) plan = cmaf_service_plan_new ();
  const CmafPtsPair one = { 1, 2 }, two = { 3, 4 };
  CmafGenerationWish wish;
  CmafPtsPair pair;

  cmaf_service_plan_wish_renewal (plan, 70, &one, "main");
  fail_unless (cmaf_service_plan_take_wish (plan, &wish));
  fail_unless (wish.has_pair && wish.pair.ticks == 2 && wish.first == 70);
  assert_equals_string (wish.source, "main");
  cmaf_service_plan_renew (plan, 2, &one, "main");
  cmaf_service_plan_renew (plan, 2, &two, "main"); /* is known already */
  cmaf_service_plan_renew (plan, 3, &one, "backup");
  cmaf_service_plan_renew (plan, 5, &two, "main");
  assert_equals_int (
      cmaf_service_plan_next_renewal (plan, 0, "main", &pair), 2);
  assert_equals_uint64 (pair.ticks, 2);
  assert_equals_int (
      cmaf_service_plan_next_renewal (plan, 2, "main", &pair), 5);
  assert_equals_uint64 (pair.ticks, 4);
  assert_equals_int (
      cmaf_service_plan_next_renewal (plan, 5, "main", &pair), 0);
  cmaf_service_plan_clear (plan);
  assert_equals_int (
      cmaf_service_plan_next_renewal (plan, 0, "main", &pair), 0);
}
GST_END_TEST;

static Suite *
service_plan_suite (void)
{
  Suite *suite = suite_create ("service-plan");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_the_end_is_known_until_all_is_forgotten);
  tcase_add_test (tcase, test_generations_begin_with_a_segment);
  tcase_add_loop_test (tcase, test_what_is_told_already_is_not_told_again, 0,
      G_N_ELEMENTS (wishes));
  tcase_add_test (tcase, test_generations_renew_pairs);
  tcase_add_test (tcase, test_names_of_tracks_are_sorted);
  return suite;
}

GST_CHECK_MAIN (service_plan);
