/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "httpingestsrc-fixtures.h"

/* ---- stopping at the worst moment ---- */

static GstPadProbeReturn
block (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

static void
block_pad (GstElement *src, GstPad *pad, gpointer data)
{
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER_LIST, block, NULL,
      NULL);
}

typedef enum
{
  IN_HEAD,
  IN_BODY,  /* with a length */
  IN_CHUNK, /* of HTTP, and in a box */
  IN_TRACK, /* a body of which something was taken */
  IN_PUSH,  /* downstream takes nothing, and the sender is made to wait */
  IN_END,   /* EOS was asked for */
  N_MOMENTS,
} Moment;

static void
get_to (Moment moment, Receiver *receiver, GSocketConnection *peer)
{
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  gsize size = g_bytes_get_size (header);
  g_autofree gchar *line = g_strdup_printf ("%zx\r\n", size);

  if (moment == IN_HEAD) {
    peer_send (peer, "POST /ingest/video.cmfv HTTP/1.1\r\nHost:");
    return;
  }
  peer_send (peer, "POST /ingest/video.cmfv HTTP/1.1\r\nHost: x\r\n");
  peer_send (peer, moment == IN_BODY ? "Content-Length: 99999\r\n\r\n"
                                     : "Transfer-Encoding: chunked\r\n\r\n");
  if (moment != IN_BODY)
    peer_send (peer, line);
  peer_write (peer, g_bytes_get_data (header, NULL),
      moment == IN_CHUNK ? size / 2 : size);
  if (moment == IN_TRACK || moment == IN_PUSH || moment == IN_END) {
    peer_send (peer, "\r\n");
    wait_track (receiver, 0);
  }
  if (moment == IN_PUSH) {
    g_socket_set_blocking (g_socket_connection_get_socket (peer), FALSE);
    for (guint n = 0; n < 100; n++) {
      g_autoptr (GBytes) segment = make_segment (video, n, FALSE);
      g_autofree gchar *more =
          g_strdup_printf ("%zx\r\n", g_bytes_get_size (segment));

      if (!peer_send (peer, more)
          || !peer_write (peer, g_bytes_get_data (segment, NULL),
              g_bytes_get_size (segment))
          || !peer_send (peer, "\r\n"))
        break;
    }
    g_socket_set_blocking (g_socket_connection_get_socket (peer), TRUE);
  } else if (moment == IN_END) {
    gst_element_send_event (receiver->src, gst_event_new_eos ());
  }
}

GST_START_TEST (test_stopping_in_the_middle_is_quick)
{
  Moment moment = __i__;
  Receiver *receiver = receiver_new ();

  if (moment == IN_PUSH) {
    g_object_set (receiver->src, "max-queue-bytes", (guint64)20000, NULL);
    g_signal_connect (receiver->src, "pad-added", G_CALLBACK (block_pad), NULL);
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSocketConnection) peer = NULL;
    gint64 before;

    play (receiver);
    peer = peer_connect (receiver->port);
    get_to (moment, receiver, peer);
    get_stat (receiver, "requests");
    before = g_get_monotonic_time ();
    gst_element_set_state (receiver->src, GST_STATE_NULL);
    fail_unless (g_get_monotonic_time () - before < 5 * G_TIME_SPAN_SECOND);
    fail_unless (peer_sees_close (peer));
    g_ptr_array_set_size (receiver->tracks, 0);
  }
  receiver_free (receiver);
}
GST_END_TEST;

static gint is_leaving, is_stopping, has_left; /* atomic */

static void
leave_slowly (GstElement *src, GstPad *pad, gpointer data)
{
  g_atomic_int_set (&is_leaving, TRUE);
  while (!g_atomic_int_get (&is_stopping))
    g_thread_yield ();
  g_usleep (50000); /* the state change is to be there meanwhile */
  g_atomic_int_set (&has_left, TRUE);
}

/* A pad that leaves by itself, after EOS, has left when the element stops. */
GST_START_TEST (test_stopping_waits_for_a_pad_that_leaves)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, TRUE);
  g_autoptr (GSocketConnection) peer = NULL;

  is_leaving = is_stopping = has_left = FALSE;
  g_signal_connect (
      receiver->src, "pad-removed", G_CALLBACK (leave_slowly), NULL);
  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "video.cmfv", header), 200);
  assert_equals_int (post (peer, "video.cmfv", segment), 200);
  wait_eos (wait_track (receiver, 0));
  while (!g_atomic_int_get (&is_leaving))
    g_thread_yield ();
  g_atomic_int_set (&is_stopping, TRUE);
  gst_element_set_state (receiver->src, GST_STATE_READY);
  fail_unless (g_atomic_int_get (&has_left));
  receiver_free (receiver);
}
GST_END_TEST;

static gboolean
send_a_segment (GSocketConnection *peer, gpointer user_data)
{
  const gchar *name = user_data;
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  g_autofree gchar *head = g_strdup_printf (
      "POST /ingest/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
      name, g_bytes_get_size (header) + g_bytes_get_size (segment));

  return peer_send (peer, head)
         && peer_write (
             peer, g_bytes_get_data (header, NULL), g_bytes_get_size (header))
         && peer_write (
             peer, g_bytes_get_data (segment, NULL), g_bytes_get_size (segment))
         && peer_read_response (peer, NULL, NULL) == 200;
}

/* Senders neither stop it nor start it; some moment is always the worst. */
GST_START_TEST (test_stopping_under_fire)
{
  GstState state = __i__ == 0 ? GST_STATE_NULL : GST_STATE_READY;
  Receiver *receiver = receiver_new ();
  RestlessPeer peers[2];

  play (receiver);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    peers[i] = (RestlessPeer){ .port = receiver->port,
      .visit = send_a_segment,
      .user_data = (gpointer)(i == 0 ? "a.cmfv" : "b.cmfv") };
    restless_peer_start (&peers[i]);
  }
  for (guint round = 0; round < 5; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
      restless_peer_wait (&peers[i], 2);
    gst_element_set_state (receiver->src, state);
    g_ptr_array_set_size (receiver->tracks, 0);
    g_object_set (receiver->src, "port", (guint)peers[0].port, NULL);
    play (receiver);
    assert_equals_int (receiver->port, peers[0].port);
  }
  gst_element_set_state (receiver->src, GST_STATE_NULL);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    restless_peer_stop (&peers[i]);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_stopping_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-stopping");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_stopping_in_the_middle_is_quick, 0, N_MOMENTS);
  tcase_add_test (tc, test_stopping_waits_for_a_pad_that_leaves);
  tcase_add_loop_test (tc, test_stopping_under_fire, 0, 2);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_stopping);
