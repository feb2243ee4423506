/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How long a receiver waits, and how long it makes others wait: senders that
 * open the next request long before its body never reconnect when they are cut
 * off. */
#include "ingest-server-fixtures.h"

#define SHORT_MS 50
#define LONG_US (10 * SHORT_MS * G_TIME_SPAN_MILLISECOND)

/* The server looks at its requests meanwhile. */
static void
let_time_pass (void)
{
  gint64 until = g_get_monotonic_time () + LONG_US;

  while (g_get_monotonic_time () < until)
    stat ("requests");
}

/* DEC-09, at least */
GST_START_TEST (test_nobody_is_cut_off_early)
{
  fail_unless (config.listener.header_timeout_ms >= 15000);
  fail_unless (config.listener.idle_timeout_ms >= 60000);
  fail_unless (config.body_timeout >= 30 * GST_SECOND);
  assert_equals_uint64 (config.idle_timeout, 0); /* three segments */
}
GST_END_TEST;

/* The time of a head ends with it. */
GST_START_TEST (test_a_body_may_come_long_after_its_head)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GBytes) segment = make_segment (video, 0, FALSE);
  g_autoptr (CmafIngestOutput) output = NULL;

  config.listener.header_timeout_ms = SHORT_MS;
  reopen ();
  peer = peer_connect (port);
  begin_long (peer, VIDEO, "");
  let_time_pass ();
  fail_unless (send_http_bytes (peer, header));
  let_time_pass ();
  fail_unless (send_http_bytes (peer, segment));
  fail_unless (peer_send (peer, "0\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
}
GST_END_TEST;

/* And that of a body is no time between two requests. */
GST_START_TEST (test_a_connection_may_be_idle_between_requests)
{
  g_autoptr (GSocketConnection) peer = NULL;

  config.listener.header_timeout_ms = SHORT_MS;
  config.body_timeout = SHORT_MS * GST_MSECOND;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  let_time_pass ();
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  let_time_pass ();
  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 200);
}
GST_END_TEST;

/* The quickest of several counts: the machine has other things to do. */
GST_START_TEST (test_an_expectation_is_answered_in_50_ms)
{
  static const struct
  {
    const gchar *path;
    guint status;
  } rows[] = { { VIDEO, 100 }, { "/nowhere", 404 }, { POINT "/../x", 403 },
    { POINT "/Streams(", 400 } };
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 20 && best >= 50 * G_TIME_SPAN_MILLISECOND; i++) {
    g_autoptr (GSocketConnection) peer = peer_connect (port);
    gint64 before = g_get_monotonic_time ();

    send_head (peer, "POST", rows[__i__].path,
        "Expect: 100-continue\r\nContent-Length: 100000\r\n");
    assert_equals_int (
        peer_read_response (peer, NULL, NULL), rows[__i__].status);
    best = MIN (best, g_get_monotonic_time () - before);
  }
  fail_unless (best < 50 * G_TIME_SPAN_MILLISECOND);
}
GST_END_TEST;

static Suite *
ingest_server_patience_suite (void)
{
  Suite *suite = suite_create ("ingest-server-patience");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, test_nobody_is_cut_off_early);
  tcase_add_test (tc, test_a_body_may_come_long_after_its_head);
  tcase_add_test (tc, test_a_connection_may_be_idle_between_requests);
  tcase_add_loop_test (tc, test_an_expectation_is_answered_in_50_ms, 0, 4);
  return suite;
}

GST_CHECK_MAIN (ingest_server_patience);
