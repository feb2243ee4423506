/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Pads share threads: one without data has none, one that is blocked stops no
 * other, and none is pushed to by two. */
#include "httpingestsrc-fixtures.h"

#define N_TRACKS 48

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  fail_unless (dir != NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* GLib keeps some for half a second, and eight for longer. */
static void
wait_for_few_threads (void)
{
  gint64 deadline = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;

  while (count_threads () > N_TRACKS / 2) {
    fail_unless (
        g_get_monotonic_time () < deadline, "%u threads", count_threads ());
    g_usleep (10000);
  }
}

/* A connection for each of the tracks, which have begun. */
static void
begin_tracks (Receiver *receiver, GSocketConnection **peers, guint n)
{
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%u.cmfv", i);

    peers[i] = peer_connect (receiver->port);
    assert_equals_int (post (peers[i], name, header), 200);
  }
  wait_track (receiver, n - 1);
}

/* Segment @number of each of them, at once. */
static void
send_segments (GSocketConnection **peers, guint n, guint number)
{
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) segment = make_segment (video, number, FALSE);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *request =
        g_strdup_printf ("POST /ingest/Streams(%u.cmfv)", i);

    fail_unless (peer_send_bytes (peers[i], request, "", segment));
  }
}

static void
expect_answers (GSocketConnection **peers, guint n)
{
  for (guint i = 0; i < n; i++)
    assert_equals_int (peer_read_response (peers[i], NULL, NULL), 200);
}

static void
close_peers (GSocketConnection **peers, guint n)
{
  for (guint i = 0; i < n; i++)
    g_object_unref (peers[i]);
}

/* ---- how many ---- */

GST_START_TEST (test_tracks_without_data_have_no_threads)
{
  Receiver *receiver = receiver_new ();
  GSocketConnection *peers[N_TRACKS];

  g_object_set (receiver->src, "idle-timeout", GST_CLOCK_TIME_NONE, NULL);
  play (receiver);
  begin_tracks (receiver, peers, N_TRACKS);
  for (guint i = 0; i < 2; i++) {
    send_segments (peers, N_TRACKS, i);
    expect_answers (peers, N_TRACKS);
    wait_for_few_threads ();
  }
  assert_equals_int (get_n_tracks (receiver), N_TRACKS);
  close_peers (peers, N_TRACKS);
  receiver_free (receiver);
}
GST_END_TEST;

GST_START_TEST (test_pads_that_wait_for_their_turn_have_no_threads)
{
  Receiver *receiver = receiver_new ();
  GAsyncQueue *turns = g_async_queue_new ();

  g_object_set (receiver->src, "idle-timeout", GST_CLOCK_TIME_NONE, NULL);
  g_signal_connect (
      receiver->src, "pad-added", G_CALLBACK (wait_for_others), turns);
  play (receiver);
  g_object_unref (send_headers (receiver, N_TRACKS));
  while (get_n_tracks (receiver) < N_TRACKS)
    g_thread_yield ();
  wait_for_few_threads ();
  for (guint i = 0; i < N_TRACKS; i++)
    g_async_queue_push (turns, g_strdup ("go"));
  wait_track (receiver, N_TRACKS - 1);
  receiver_free (receiver);
  g_async_queue_unref (turns);
}
GST_END_TEST;

/* ---- one that is blocked ---- */

#define N_BLOCKED 20

static GstPadProbeReturn
block (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_atomic_int_inc ((gint *)data);
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_blocked_pads_stop_no_other)
{
  Receiver *receiver = receiver_new ();
  GSocketConnection *peers[N_BLOCKED + 1];
  gint n_blocked = 0;
  gint64 before;

  play (receiver);
  begin_tracks (receiver, peers, N_BLOCKED + 1);
  for (guint i = 0; i < N_BLOCKED; i++) {
    g_autofree gchar *name = g_strdup_printf ("src_%u", i);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (receiver->src, name);

    gst_pad_add_probe (pad,
        GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER_LIST, block,
        &n_blocked, NULL);
  }
  send_segments (peers, N_BLOCKED, 0);
  while (g_atomic_int_get (&n_blocked) < N_BLOCKED)
    g_thread_yield ();
  for (guint i = 0; i < 5; i++) {
    g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
    g_autoptr (GBytes) segment = make_segment (video, i, FALSE);
    g_autofree gchar *name = g_strdup_printf ("%u.cmfv", N_BLOCKED);

    assert_equals_int (post (peers[N_BLOCKED], name, segment), 200);
  }
  wait_lists (wait_track (receiver, N_BLOCKED), 5 * TEST_CHUNKS);
  before = g_get_monotonic_time ();
  gst_element_set_state (receiver->src, GST_STATE_READY);
  fail_unless (g_get_monotonic_time () - before < 5 * G_TIME_SPAN_SECOND);
  close_peers (peers, N_BLOCKED + 1);
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- one at a time ---- */

typedef struct
{
  gint n_inside; /* atomic */
  GstClockTime last;
} Inside;

static GstPadProbeReturn
come_in (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Inside *inside = data;
  GstBuffer *buffer =
      gst_buffer_list_get (gst_pad_probe_info_get_buffer_list (info), 0);

  assert_equals_int (g_atomic_int_add (&inside->n_inside, 1), 0);
  fail_unless (!GST_CLOCK_TIME_IS_VALID (inside->last)
               || GST_BUFFER_DTS (buffer) > inside->last);
  inside->last = GST_BUFFER_DTS (buffer);
  g_thread_yield ();
  g_atomic_int_add (&inside->n_inside, -1);
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (GstElement *src, GstPad *pad, gpointer data)
{
  Inside *inside = g_new0 (Inside, 1);

  inside->last = GST_CLOCK_TIME_NONE;
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER_LIST, come_in, inside, g_free);
}

GST_START_TEST (test_a_pad_has_one_thread_at_a_time)
{
  const guint n = 4, n_segments = 40;
  Receiver *receiver = receiver_new ();
  GSocketConnection *peers[4];

  g_signal_connect (receiver->src, "pad-added", G_CALLBACK (watch_pad), NULL);
  play (receiver);
  begin_tracks (receiver, peers, n);
  for (guint i = 0; i < n_segments; i++) {
    send_segments (peers, n, i);
    if (i % 4 == 0) /* else they come while others are pushed on */
      expect_answers (peers, n);
  }
  for (guint i = 0; i < n; i++)
    wait_lists (wait_track (receiver, i), n_segments * TEST_CHUNKS);
  close_peers (peers, n);
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- an application that must not do that ---- */

static void
stop_it (GstElement *src, GstPad *pad, gpointer data)
{
  ASSERT_WARNING (gst_element_set_state (src, GST_STATE_READY));
  g_async_queue_push (data, g_strdup ("stopped"));
}

static void
on_disposed (gpointer data, GObject *object)
{
  g_async_queue_push (data, g_strdup ("disposed"));
}

static void
expect_text (GAsyncQueue *queue, const gchar *wanted)
{
  g_autofree gchar *text =
      g_async_queue_timeout_pop (queue, RECEIVER_WAIT / GST_USECOND);

  assert_equals_string (text, wanted);
}

/* Its thread holds it until it is back from the handler. */
GST_START_TEST (test_stopped_by_its_own_thread)
{
  Receiver *receiver = receiver_new ();
  GAsyncQueue *told = g_async_queue_new ();

  g_object_weak_ref (G_OBJECT (receiver->src), on_disposed, told);
  g_signal_connect (receiver->src, "pad-added", G_CALLBACK (stop_it), told);
  play (receiver);
  g_object_unref (send_headers (receiver, 1));
  expect_text (told, "stopped");
  receiver_free (receiver);
  expect_text (told, "disposed");
  g_async_queue_unref (told);
}
GST_END_TEST;

static Suite *
httpingestsrc_threads_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-threads");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_tracks_without_data_have_no_threads);
  tcase_add_test (tc, test_pads_that_wait_for_their_turn_have_no_threads);
  tcase_add_test (tc, test_blocked_pads_stop_no_other);
  tcase_add_test (tc, test_a_pad_has_one_thread_at_a_time);
  tcase_add_test (tc, test_stopped_by_its_own_thread);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_threads);
