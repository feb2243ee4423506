/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-server-fixtures.h"

/* ---- the end ---- */

GST_START_TEST (test_lmsg_ends_and_it_may_begin_again)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) first = NULL;
  g_autoptr (CmafIngestOutput) second = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, TRUE), 200);
  first = wait_output ();
  expect_header (first, header);
  expect_chunks (first, video, 0, TEST_CHUNKS, TRUE);
  expect_end (first);

  /* a late copy is none */
  assert_equals_int (post_segment (peer, VIDEO, video, 0, TRUE), 200);
  fail_unless (g_async_queue_try_pop (outputs) == NULL);
  assert_equals_int (post (peer, VIDEO, header), 200);
  fail_unless (g_async_queue_try_pop (outputs) == NULL);
  assert_equals_int (post_segment (peer, VIDEO, video, 50, FALSE), 200);
  second = wait_output ();
  expect_header (second, header);
  expect_segment (second, video, 50);
  assert_equals_uint64 (stat ("gaps"), 0);
}
GST_END_TEST;

/* When one sender says the end the other one goes on, and nobody downstream
 * hears of lmsg. */
GST_START_TEST (test_one_ends_the_other_goes_on)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autoptr (GBytes) last = make_chunks (video, 5, 5, TRUE, 0);

  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post (b, VIDEO, header), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post_segment (b, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (a, VIDEO, last), 200);
  assert_equals_int (post_segment (b, VIDEO, video, 1, FALSE), 200);
  assert_equals_int (post_segment (b, VIDEO, video, 2, TRUE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_segment (output, video, 1);
  expect_chunks (output, video, 10, 5, TRUE);
  expect_end (output);
}
GST_END_TEST;

GST_START_TEST (test_lmsg_that_is_not_the_last_word)
{
  g_autoptr (GSocketConnection) a = NULL;
  g_autoptr (GSocketConnection) b = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autoptr (CmafIngestItem) item = NULL;

  config.merge.gap_hold = 50 * GST_MSECOND;
  reopen ();
  a = peer_connect (port);
  b = peer_connect (port);
  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post (b, VIDEO, header), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 0, TRUE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_chunks (output, video, 0, TEST_CHUNKS - 1, FALSE);
  item = pull (output);
  fail_unless (item->front != NULL);
  fail_unless (item->merged.chunk->flags & CMAF_CHUNK_LAST);
  fail_unless (memmem (g_bytes_get_data (item->front, NULL),
                   g_bytes_get_size (item->front), "lmsg", 4)
               == NULL);
  assert_equals_int (post_segment (b, VIDEO, video, 1, FALSE), 200);
  expect_segment (output, video, 1);
}
GST_END_TEST;

GST_START_TEST (test_mfra_ends)
{
  static const guint8 mfra[] = { 0, 0, 0, 8, 'm', 'f', 'r', 'a' };
  static const guint8 filled[] = { 0, 0, 0, 24, 'm', 'f', 'r', 'a', 0, 0, 0, 16,
    'm', 'f', 'r', 'o', 0, 0, 0, 0, 0, 0, 0, 24 };
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autoptr (GBytes) end = __i__ == 0
                               ? g_bytes_new_static (mfra, sizeof mfra)
                               : g_bytes_new_static (filled, sizeof filled);

  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (peer, VIDEO, end), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_end (output);
}
GST_END_TEST;

/* A header and the last segment; the status of one of them. */
static guint
post_whole (GSocketConnection *peer, const gchar *path)
{
  guint status = post (peer, path, header);

  return status == 200 ? post_segment (peer, path, video, 0, TRUE) : status;
}

/* A name that comes only once keeps no place for ever. */
GST_START_TEST (test_what_has_ended_makes_room)
{
  g_autoptr (GSocketConnection) running = NULL, one = NULL, two = NULL;
  g_autoptr (GSocketConnection) late = NULL;
  g_autoptr (GstStructure) stats = NULL;

  config.max_tracks = 3;
  config.idle_timeout = 20 * GST_MSECOND;
  reopen ();
  running = peer_connect (port);
  one = peer_connect (port);
  two = peer_connect (port);
  late = peer_connect (port);
  begin_long (running, POINT "/Streams(0.cmfv)", "");
  fail_unless (send_http_bytes (running, header));
  assert_equals_int (post_whole (one, POINT "/Streams(1.cmfv)"), 200);
  assert_equals_int (post_whole (two, POINT "/Streams(2.cmfv)"), 200);
  assert_equals_int (post_whole (late, POINT "/Streams(3.cmfv)"), 403);
  g_clear_object (&one);
  g_clear_object (&two);
  gst_structure_free (wait_message ("source-lost"));
  gst_structure_free (wait_message ("source-lost"));
  g_clear_object (&late);
  late = peer_connect (port);
  assert_equals_int (post_whole (late, POINT "/Streams(3.cmfv)"), 200);
  assert_equals_int (post_whole (late, POINT "/Streams(4.cmfv)"), 200);
  assert_equals_int (post_whole (late, POINT "/Streams(5.cmfv)"), 403);
  send_chunks (running, 0, TEST_CHUNKS, 0);
  wait_stat ("segments", 5);
  stats = cmaf_ingest_server_get_stats (server);
  assert_equals_int (
      gst_value_list_get_size (gst_structure_get_value (stats, "tracks")), 3);
}
GST_END_TEST;

/* Nor is a connection that just ends: who comes next goes on. */
GST_START_TEST (test_a_long_request_that_ends_is_no_end)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (a, VIDEO, "");
  fail_unless (send_http_bytes (a, header));
  send_chunks (a, 0, TEST_CHUNKS, 0);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  if (__i__ == 0) {
    fail_unless (peer_send (a, "0\r\n\r\n"));
    assert_equals_int (peer_read_response (a, NULL, NULL), 200);
  }
  g_clear_object (&a);
  if (__i__ == 1)
    wait_stat ("cut", 1);
  assert_equals_int (post_segment (b, VIDEO, video, 1, TRUE), 200);
  expect_chunks (output, video, TEST_CHUNKS, TEST_CHUNKS, TRUE);
  expect_end (output);
  assert_equals_uint64 (stat ("gaps"), 0);
}
GST_END_TEST;

GST_START_TEST (test_a_silent_track_ends)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;

  config.idle_timeout = 100 * GST_MSECOND;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_end (output);
}
GST_END_TEST;

GST_START_TEST (test_finish_ends_every_track_and_refuses)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GSocketConnection) busy = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (busy, VIDEO, "");
  fail_unless (send_http_bytes (busy, header));
  send_chunks (busy, 0, 1, 0);
  output = wait_output ();
  expect_header (output, header);
  expect_chunks (output, video, 0, 1, FALSE);
  cmaf_ingest_server_finish (server);
  expect_end (output);
  assert_equals_int (peer_read_response (busy, NULL, NULL), 503);
  assert_equals_int (post (peer, VIDEO, header), 503);
}
GST_END_TEST;

/* What runs comes to the end of its segment: by itself, or when another one
 * begins. */
GST_START_TEST (test_finish_lets_segments_end)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GSocketConnection) busy = NULL;
  g_autoptr (GSocketConnection) early = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;

  config.drain_timeout = 20 * GST_SECOND;
  reopen ();
  peer = peer_connect (port);
  busy = peer_connect (port);
  early = peer_connect (port);
  begin_long (early, VIDEO, "");
  begin_long (busy, VIDEO, "");
  fail_unless (send_http_bytes (busy, header));
  send_chunks (busy, 0, 1, 0);
  output = wait_output ();
  expect_header (output, header);
  expect_chunks (output, video, 0, 1, FALSE);
  wait_stat ("requests", 2);
  cmaf_ingest_server_finish (server);
  assert_equals_int (peer_read_response (early, NULL, NULL), 503);
  assert_equals_int (post (peer, VIDEO, header), 503);
  send_chunks (busy, 1, __i__ ? 5 : 4, 0);
  if (!__i__)
    fail_unless (peer_send (busy, "0\r\n\r\n"));
  expect_chunks (output, video, 1, 4, FALSE);
  assert_equals_int (peer_read_response (busy, NULL, NULL), __i__ ? 503 : 200);
  expect_end (output);
}
GST_END_TEST;

/* Nor does it wait for ever. */
GST_START_TEST (test_finish_has_its_time)
{
  g_autoptr (GSocketConnection) busy = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;

  config.drain_timeout = GST_MSECOND;
  reopen ();
  busy = peer_connect (port);
  begin_long (busy, VIDEO, "");
  fail_unless (send_http_bytes (busy, header));
  send_chunks (busy, 0, 1, 0);
  output = wait_output ();
  expect_header (output, header);
  expect_chunks (output, video, 0, 1, FALSE);
  cmaf_ingest_server_finish (server);
  assert_equals_int (peer_read_response (busy, NULL, NULL), 503);
  expect_end (output);
}
GST_END_TEST;

/* ---- limits of time and room ---- */

GST_START_TEST (test_a_silent_request_is_cut)
{
  g_autoptr (GSocketConnection) peer = NULL;

  config.body_timeout = 100 * GST_MSECOND;
  reopen ();
  peer = peer_connect (port);
  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 408);
  fail_unless (peer_sees_close (peer));
}
GST_END_TEST;

/* 2000 chunks */
static gpointer
send_many (gpointer data)
{
  GSocketConnection *peer = data;
  g_autoptr (GBytes) chunk = NULL;

  for (guint n = 0; n < 2000; n += 100) {
    g_clear_pointer (&chunk, g_bytes_unref);
    chunk = make_chunks (video, n, 100, FALSE, 0);
    if (!send_http_bytes (peer, chunk))
      break;
  }
  return NULL;
}

/* Nobody takes what comes: the sender is made to wait, then told. */
GST_START_TEST (test_a_full_queue_stops_the_sender)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  GThread *thread;

  config.max_queue_bytes = 100000;
  config.body_timeout = 500 * GST_MSECOND;
  reopen ();
  peer = peer_connect (port);
  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  output = wait_output ();
  thread = g_thread_new (NULL, send_many, peer);
  wait_stat ("refused", 1);
  g_thread_join (thread);
  fail_unless (stat ("bytes") < 130000);
}
GST_END_TEST;

/* When it is taken after all, the sender goes on. It is patient: the kernel
 * lets it write again only when a third of its own buffer is empty. */
GST_START_TEST (test_a_queue_that_drains_takes_more)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  GThread *thread;

  config.max_queue_bytes = 50000;
  reopen ();
  peer = peer_connect (port);
  g_socket_set_timeout (g_socket_connection_get_socket (peer), 0);
  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  output = wait_output ();
  thread = g_thread_new (NULL, send_many, peer);
  expect_header (output, header);
  for (guint n = 0; n < 2000; n += 50)
    expect_chunks (output, video, n, 50, FALSE);
  g_thread_join (thread);
  assert_equals_uint64 (stat ("gaps"), 0);
  assert_equals_uint64 (stat ("refused"), 0);
}
GST_END_TEST;

/* A sender that was made to wait for longer than a track may be silent has not
 * been silent. */
GST_START_TEST (test_a_queue_that_was_full_for_long_is_no_silence)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  GThread *thread;
  gint64 until;

  config.max_queue_bytes = 50000;
  config.idle_timeout = GST_SECOND;
  reopen ();
  peer = peer_connect (port);
  g_socket_set_timeout (g_socket_connection_get_socket (peer), 0);
  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  output = wait_output ();
  thread = g_thread_new (NULL, send_many, peer);
  while (!cmaf_ingest_output_is_full (output))
    g_thread_yield ();
  until = g_get_monotonic_time () + 1200 * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time () < until)
    stat ("bytes");
  /* little by little, so that the server looks while there is some room */
  expect_header (output, header);
  for (guint n = 0; n < 2000; n++) {
    expect_chunks (output, video, n, 1, FALSE);
    if (n < 10)
      until += 50 * G_TIME_SPAN_MILLISECOND;
    while (g_get_monotonic_time () < until)
      stat ("bytes");
  }
  g_thread_join (thread);
}
GST_END_TEST;

GST_START_TEST (test_data_that_nobody_pulls_is_not_acknowledged)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  output = wait_output ();
  cmaf_ingest_output_flush (output);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 503);
}
GST_END_TEST;

/* ---- elsewhere ---- */

GST_START_TEST (test_two_points_share_a_port)
{
  const CmafIngestServerCallbacks callbacks = { on_output, on_message };
  CmafIngestServerConfig other = config;
  CmafIngestServer *second;
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GError) error = NULL;

  other.listener.port = port;
  fail_unless (
      cmaf_ingest_server_new (&other, &callbacks, NULL, &error) == NULL);
  fail_unless (strstr (error->message, "/ingest") != NULL);
  other.path = "/second/";
  second = cmaf_ingest_server_new (&other, &callbacks, NULL, NULL);
  fail_unless (second != NULL);
  assert_equals_int (post (peer, "/second/Streams(v)", header), 200);
  assert_equals_uint64 (stat ("requests"), 0);
  cmaf_ingest_server_stop (second);
  assert_equals_int (post (peer, "/second/Streams(v)", header), 404);
  cmaf_ingest_server_unref (second);
}
GST_END_TEST;

static const GstStructure *
first_of (const GstStructure *structure, const gchar *list)
{
  const GValue *value = gst_structure_get_value (structure, list);

  assert_equals_int (gst_value_list_get_size (value), 1);
  return gst_value_get_structure (gst_value_list_get_value (value, 0));
}

GST_START_TEST (test_stats_tell_of_each_sender)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *track, *source;

  assert_equals_int (
      post_with (peer, VIDEO, header, "User-Agent: cam 1\r\n", NULL), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  assert_equals_uint64 (stat ("chunks"), 5);
  stats = cmaf_ingest_server_get_stats (server);
  track = first_of (stats, "tracks");
  assert_equals_string (
      gst_structure_get_string (track, "track-name"), "video");
  source = first_of (track, "sources");
  assert_equals_string (gst_structure_get_string (source, "source"), "cam 1");
  fail_unless (
      gst_structure_has_field_typed (source, "connected", G_TYPE_BOOLEAN));
}
GST_END_TEST;

/* Whatever a sender says of itself, what is told of it is text. gst-check fails
 * at the first warning. */
GST_START_TEST (test_a_sender_may_say_any_bytes)
{
  static const gchar *const agents[][2] = {
    { "\xff\xfe\xff", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "caf\xe9\x1b[1m", "caf\xef\xbf\xbd\xef\xbf\xbd[1m" },
  };
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *fields =
      g_strdup_printf ("User-Agent: %s\r\nX: \xff\r\n", agents[__i__][0]);
  g_autoptr (GstStructure) message = NULL, stats = NULL;
  g_autofree gchar *text = NULL;

  assert_equals_int (post_with (peer, VIDEO, header, fields, NULL), 200);
  message = wait_message ("source-added");
  assert_equals_string (
      gst_structure_get_string (message, "source"), agents[__i__][1]);
  stats = cmaf_ingest_server_get_stats (server);
  text = gst_structure_to_string (stats);
  fail_unless (g_utf8_validate (text, -1, NULL));

  assert_equals_int (post (peer, POINT "/Streams(\xff.cmfv)", header), 400);
  assert_equals_int (post (peer, POINT "/Streams(%ff.cmfv)", header), 400);
  assert_equals_int (post (peer, POINT "/Streams(%C3%A9.cmfv)", header), 200);
}
GST_END_TEST;

/* The same answer for each way to write it, over and over. */
GST_START_TEST (test_a_path_that_climbs_is_forbidden)
{
  static const gchar *const climbing[] = { POINT "/../ingest/video.cmfv",
    POINT "/%2e%2e/video.cmfv", POINT "/..", "/..", "/x/.%2E" POINT,
    POINT "/a%2f..%2fvideo.cmfv" };
  g_autoptr (GSocketConnection) peer = peer_connect (port);

  for (guint i = 0; i < 50 * G_N_ELEMENTS (climbing); i++)
    assert_equals_int (
        post (peer, climbing[i % G_N_ELEMENTS (climbing)], header), 403);
  assert_equals_int (post (peer, POINT "/video%00.cmfv", header), 400);
  assert_equals_int (post (peer, VIDEO, header), 200);
}
GST_END_TEST;

static Suite *
ingest_server_end_suite (void)
{
  Suite *suite = suite_create ("ingest-server-end");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_loop_test (tc, test_a_sender_may_say_any_bytes, 0, 2);
  tcase_add_test (tc, test_a_path_that_climbs_is_forbidden);
  tcase_add_test (tc, test_lmsg_ends_and_it_may_begin_again);
  tcase_add_test (tc, test_one_ends_the_other_goes_on);
  tcase_add_test (tc, test_lmsg_that_is_not_the_last_word);
  tcase_add_test (tc, test_what_has_ended_makes_room);
  tcase_add_loop_test (tc, test_mfra_ends, 0, 2);
  tcase_add_loop_test (tc, test_a_long_request_that_ends_is_no_end, 0, 2);
  tcase_add_test (tc, test_a_silent_track_ends);
  tcase_add_test (tc, test_finish_ends_every_track_and_refuses);
  tcase_add_loop_test (tc, test_finish_lets_segments_end, 0, 2);
  tcase_add_test (tc, test_finish_has_its_time);
  tcase_add_test (tc, test_a_silent_request_is_cut);
  tcase_add_test (tc, test_a_full_queue_stops_the_sender);
  tcase_add_test (tc, test_a_queue_that_drains_takes_more);
  tcase_add_test (tc, test_a_queue_that_was_full_for_long_is_no_silence);
  tcase_add_test (tc, test_data_that_nobody_pulls_is_not_acknowledged);
  tcase_add_test (tc, test_two_points_share_a_port);
  tcase_add_test (tc, test_stats_tell_of_each_sender);
  return suite;
}

GST_CHECK_MAIN (ingest_server_end);
