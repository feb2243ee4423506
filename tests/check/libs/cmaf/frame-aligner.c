/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/frame-aligner.h>

#define MAX_FILL 10

static const struct
{
  guint64 number;
  CmafFrameEvent event;
  guint64 first, fill;
} frames[] = {
  { 1000, CMAF_FRAME_STARTED, 0, 0 },
  { 1001, CMAF_FRAME_CONTINUED, 1001, 0 },
  { 1001, CMAF_FRAME_REPEATED, 0, 0 },
  { 999, CMAF_FRAME_REPEATED, 0, 0 },
  { 1004, CMAF_FRAME_CONTINUED, 1002, 2 },
  { 1015, CMAF_FRAME_CONTINUED, 1005, MAX_FILL },
  { 1027, CMAF_FRAME_JUMPED, 1016, 0 },
  { 1028, CMAF_FRAME_CONTINUED, 1028, 0 },
  { 17, CMAF_FRAME_REPEATED, 0, 0 },
  { 1029, CMAF_FRAME_CONTINUED, 1029, 0 },
};

GST_START_TEST (test_each_number_once)
{
  CmafFrameAligner aligner;
  CmafFramePlan plan;

  cmaf_frame_aligner_init (&aligner, MAX_FILL);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    cmaf_frame_aligner_push (&aligner, frames[i].number, &plan);
    assert_equals_int (plan.event, frames[i].event);
    assert_equals_uint64 (plan.first, frames[i].first);
    assert_equals_uint64 (plan.fill, frames[i].fill);
  }
}
GST_END_TEST;

/* However far: what is lost was filled as it went. */
GST_START_TEST (test_a_loss_leads_up_to_now)
{
  CmafFrameAligner aligner;
  CmafFramePlan plan;
  guint64 begin;

  cmaf_frame_aligner_init (&aligner, MAX_FILL);
  assert_equals_uint64 (cmaf_frame_aligner_lose (&aligner, 5, &begin), 0);
  cmaf_frame_aligner_push (&aligner, 100, &plan);
  assert_equals_uint64 (cmaf_frame_aligner_lose (&aligner, 101, &begin), 0);
  assert_equals_uint64 (cmaf_frame_aligner_lose (&aligner, 131, &begin), 30);
  assert_equals_uint64 (begin, 101);
  assert_equals_uint64 (cmaf_frame_aligner_lose (&aligner, 132, &begin), 1);
  cmaf_frame_aligner_push (&aligner, 131, &plan);
  assert_equals_int (plan.event, CMAF_FRAME_REPEATED);
  cmaf_frame_aligner_push (&aligner, 132, &plan);
  assert_equals_int (plan.event, CMAF_FRAME_CONTINUED);
  assert_equals_uint64 (plan.fill, 0);
}
GST_END_TEST;

static Suite *
frame_aligner_suite (void)
{
  Suite *suite = suite_create ("frame-aligner");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_each_number_once);
  tcase_add_test (tcase, test_a_loss_leads_up_to_now);
  return suite;
}

GST_CHECK_MAIN (frame_aligner);
