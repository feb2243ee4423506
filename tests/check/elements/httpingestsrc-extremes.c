/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Senders at the edge of what can be: other addresses, times without end. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "ingest-sender.h"

#define VIDEO (&test_codecs[0])

/* From end to end, where the machine has it. */
GST_START_TEST (test_ipv6)
{
  Receiver *receiver = receiver_new ();
  g_autofree gchar *location = NULL;
  Track *track;
  Sender s;

  g_object_set (receiver->src, "address", "::1", NULL);
  if (gst_element_set_state (receiver->src, GST_STATE_PAUSED)
      == GST_STATE_CHANGE_FAILURE) {
    receiver_free (receiver);
    return;
  }
  play (receiver);
  location = g_strdup_printf ("http://[::1]:%u/ingest", receiver->port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  track = wait_track (receiver, 0);
  wait_lists (track, 3);
  sender_clear (&s);
  receiver_free (receiver);
}
GST_END_TEST;

static guint
post_to (
    GSocketConnection *peer, const gchar *name, GBytes *bytes, gchar **text)
{
  gsize size = g_bytes_get_size (bytes);
  g_autofree gchar *head =
      g_strdup_printf ("POST /ingest/Streams(%s) HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: %zu\r\n\r\n",
          name, size);

  fail_unless (peer_send (peer, head)
               && peer_write (peer, g_bytes_get_data (bytes, NULL), size));
  return peer_read_response (peer, NULL, text);
}

/* A decode time that no clock can tell is refused; one that is far away is
 * passed on. */
static const struct
{
  guint64 number; /* of a segment of a second */
  guint status;
} times[] = {
  { 1, 200 },
  { G_GUINT64_CONSTANT (9000000000), 200 },      /* the year 2255 */
  { G_GUINT64_CONSTANT (102481911520607), 400 }, /* just below 2^63 ticks */
  { G_GUINT64_CONSTANT (102481911520609), 400 },
};

GST_START_TEST (test_times_without_end)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (VIDEO);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) far = make_segment (video, times[__i__].number, FALSE);
  g_autoptr (GBytes) next = make_segment (video, 7, TRUE);
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GSocketConnection) other = NULL;
  g_autofree gchar *text = NULL;
  Track *track;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post_to (peer, "far", header, NULL), 200);
  track = wait_track (receiver, 0);
  assert_equals_int (post_to (peer, "far", far, &text), times[__i__].status);
  if (times[__i__].status == 400)
    fail_unless (strstr (text, "tfdt") != NULL, "%s", text);
  else
    wait_lists (track, TEST_CHUNKS);
  /* others do not notice */
  other = peer_connect (receiver->port);
  assert_equals_int (post_to (other, "near", header, NULL), 200);
  assert_equals_int (post_to (other, "near", next, NULL), 200);
  wait_lists (wait_track (receiver, 1), TEST_CHUNKS);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_extremes_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-extremes");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_ipv6);
  tcase_add_loop_test (tc, test_times_without_end, 0, G_N_ELEMENTS (times));
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_extremes);
