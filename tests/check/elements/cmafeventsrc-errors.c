/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "cmafeventsrc-fixtures.h"

/* ---- what goes wrong ---- */

static GstFlowReturn flow;

static GstFlowReturn
return_flow (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  gst_buffer_list_unref (list);
  return flow;
}

/* Time goes on, and all that is due is rung. */
static void
wait_for_pause (GstHarness *h, GstElement *src)
{
  GstTestClock *clock = gst_harness_get_testclock (h);
  GstPad *pad = gst_element_get_static_pad (src, "src");

  for (guint i = 0;
       i < 20000 && gst_pad_get_task_state (pad) != GST_TASK_PAUSED; i++) {
    GstClockID id;

    gst_test_clock_advance_time (clock, 100 * GST_MSECOND);
    id = gst_test_clock_process_next_clock_id (clock);
    if (id)
      gst_clock_id_unref (id);
    g_usleep (1000);
  }
  assert_equals_int (gst_pad_get_task_state (pad), GST_TASK_PAUSED);
  gst_object_unref (pad);
  gst_object_unref (clock);
}

static void
assert_errors (GstBus *bus, guint expected)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR))) {
    gst_message_unref (message);
    n++;
  }
  assert_equals_int (n, expected);
}

/* Until it stands still; @n_errors are told. */
static void
assert_stops (GstHarness *h, guint n_errors)
{
  GstElement *src = gst_harness_find_element (h, "cmafeventsrc");
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (src, bus);
  gst_harness_use_testclock (h);
  gst_harness_play (h);
  wait_for_pause (h, src);
  assert_errors (bus, n_errors);
  gst_element_set_bus (src, NULL);
  gst_object_unref (bus);
  gst_object_unref (src);
  gst_harness_teardown (h);
}

static const struct
{
  GstFlowReturn flow;
  guint n_errors;
} flows[] = { { GST_FLOW_FLUSHING, 0 }, { GST_FLOW_EOS, 0 },
  { GST_FLOW_NOT_LINKED, 1 }, { GST_FLOW_ERROR, 1 } };

/* A sink that has stopped is no error. */
GST_START_TEST (test_an_error_of_the_sink_is_told_once)
{
  GstHarness *h = gst_harness_new_parse (
      "cmafeventsrc timing-sources=fixed is-live=true segment-duration=2/1");

  flow = flows[__i__].flow;
  gst_pad_set_chain_list_function (h->sinkpad, return_flow);
  assert_stops (h, flows[__i__].n_errors);
}
GST_END_TEST;

/* No picture has a PTS of its own. */
GST_START_TEST (test_an_error_of_its_own_is_told_once)
{
  GstHarness *h = gst_harness_new_parse (
      "cmafeventsrc timing-sources=pts is-live=true segment-duration=2/1");

  assert_stops (h, 1);
}
GST_END_TEST;

static gboolean
refuse_mode (
    GstPad *pad, GstObject *parent, GstPadMode mode, gboolean is_active)
{
  return FALSE;
}

static gboolean
accept_mode (
    GstPad *pad, GstObject *parent, GstPadMode mode, gboolean is_active)
{
  return TRUE;
}

/* (transfer full) */
static GstContext *
make_context (CmafSyncGroup *group)
{
  GstContext *context = gst_context_new ("gst.cmaf.sync-group.default", TRUE);

  gst_structure_set (gst_context_writable_structure (context), "sync-group",
      CMAF_TYPE_SYNC_GROUP, group, NULL);
  return context;
}

static GstBusSyncReply
give_context (GstBus *bus, GstMessage *message, gpointer context)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_NEED_CONTEXT)
    gst_element_set_context (GST_ELEMENT (GST_MESSAGE_SRC (message)), context);
  return GST_BUS_PASS;
}

/* Nothing runs, the group is left, and it may be tried again. */
GST_START_TEST (test_a_start_that_fails_leaves_nothing)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMapping mapping = { 0 };
  GstContext *context = make_context (group);
  GstElement *src = gst_element_factory_make ("cmafeventsrc", NULL);
  GstPad *pad = gst_element_get_static_pad (src, "src");
  GstBus *bus = gst_bus_new ();

  gst_bus_set_sync_handler (bus, give_context, context, NULL);
  gst_element_set_bus (src, bus);
  gst_pad_set_activatemode_function (pad, refuse_mode);
  fail_unless (cmaf_sync_group_publish (group, &mapping, &mapping));
  assert_equals_int (
      gst_element_set_state (src, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  assert_equals_int (gst_pad_get_task_state (pad), GST_TASK_STOPPED);
  /* what the last one that leaves takes along */
  fail_if (cmaf_sync_group_get_mapping (group, &mapping));
  gst_pad_set_activatemode_function (pad, accept_mode);
  assert_equals_int (
      gst_element_set_state (src, GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  assert_equals_int (gst_pad_get_task_state (pad), GST_TASK_STARTED);
  gst_element_set_state (src, GST_STATE_NULL);
  gst_element_set_bus (src, NULL);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (src);
  gst_context_unref (context);
}
GST_END_TEST;

static void
hear_splice (CmafSyncGroup *group, gint64 heard, gint64 time)
{
  g_autoptr (CmafSpliceList) list = cmaf_sync_group_get_splices (group);
  g_autoptr (GBytes) section = g_bytes_new_static ("section", 7);
  const CmafHeardSplice splice = { .section = section,
    .event_id = 7,
    .heard = (guint64)heard * GST_MSECOND,
    .has_splice = TRUE,
    .splice = (guint64)time * GST_MSECOND };

  cmaf_splice_list_add (list, &splice);
}

static void
wait_for_jump (GstHarness *h, GstElement *src)
{
  GstTestClock *clock = gst_harness_get_testclock (h);

  for (guint i = 0; i < 20000 && get_stat (src, "gaps") == 0; i++) {
    GstClockID id = gst_test_clock_process_next_clock_id (clock);

    if (id)
      gst_clock_id_unref (id);
    g_usleep (1000);
  }
  assert_equals_uint64 (get_stat (src, "gaps"), 1);
  gst_object_unref (clock);
}

/* Splices from before a jump have been told of, and are not lost by it. */
GST_START_TEST (test_a_jump_drops_nothing)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  GstContext *context = make_context (group);
  GstHarness *h = gst_harness_new_parse (
      "cmafeventsrc timing-sources=fixed is-live=true segment-duration=2/1");
  GstElement *src = gst_harness_find_element (h, "cmafeventsrc");
  GstBus *bus = gst_bus_new ();

  gst_bus_set_sync_handler (bus, give_context, context, NULL);
  gst_element_set_bus (src, bus);
  gst_harness_use_testclock (h);
  gst_harness_play (h);
  hear_splice (group, 500, 1500);
  assert_segment (h, reader, 2 * GST_SECOND, "0[500: 1000:7+1000 499:]");
  gst_harness_set_time (h, 30000 * GST_SECOND);
  wait_for_jump (h, src);
  assert_segment (h, reader, 30002 * GST_SECOND, "30000000[2000:]");
  assert_equals_uint64 (get_stat (src, "events"), 1);
  assert_equals_uint64 (get_stat (src, "dropped"), 0);
  gst_element_set_bus (src, NULL);
  gst_object_unref (bus);
  gst_object_unref (src);
  gst_harness_teardown (h);
  gst_context_unref (context);
}
GST_END_TEST;

/* A field that is wrong is told, and nothing else happens. */
GST_START_TEST (test_an_event_without_a_scheme_is_left_out)
{
  GstElement *src = gst_element_factory_make ("cmafeventsrc", NULL);
  GstBus *bus = gst_bus_new ();
  gboolean is_taken = TRUE;
  GstMessage *message;

  gst_element_set_bus (src, bus);
  gst_element_send_event (
      src, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
               gst_structure_new ("cmaf-event", "id", G_TYPE_UINT, 1, NULL)));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_unref (message);
  g_signal_emit_by_name (
      src, "add-event", NULL, NULL, 1, (gint64)-1, (gint64)-1, NULL, &is_taken);
  fail_if (is_taken);
  gst_element_set_bus (src, NULL);
  gst_object_unref (bus);
  gst_object_unref (src);
}
GST_END_TEST;

static Suite *
cmafeventsrc_errors_suite (void)
{
  Suite *suite = suite_create ("cmafeventsrc-errors");
  TCase *tcase = tcase_create ("general");
  TCase *video = tcase_create ("beside video");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_an_error_of_the_sink_is_told_once, 0, G_N_ELEMENTS (flows));
  tcase_add_test (tcase, test_an_error_of_its_own_is_told_once);
  tcase_add_test (tcase, test_a_start_that_fails_leaves_nothing);
  tcase_add_test (tcase, test_a_jump_drops_nothing);
  tcase_add_test (tcase, test_an_event_without_a_scheme_is_left_out);
  suite_add_tcase (suite, video);
  tcase_set_timeout (video, 60);
  return suite;
}

GST_CHECK_MAIN (cmafeventsrc_errors);
