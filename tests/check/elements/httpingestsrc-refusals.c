/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* httpingestsrc tells whom it refuses, and why: the sender may read no answer.
 */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

#define TARGET "/ingest/Streams(video.cmfv)"

static const guint8 junk[] = { 0, 0, 0, 16, 'j', 'u', 'n', 'k' };

static guint
count_messages (Receiver *receiver, GstMessageType type, const gchar *text)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (
              receiver->bus, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT))) {
    g_autoptr (GError) warning = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
      gst_message_parse_warning (message, &warning, NULL);
    n += GST_MESSAGE_TYPE (message) == type
         && (warning != NULL ? strstr (warning->message, text) != NULL
                             : gst_message_has_name (message, text));
    gst_message_unref (message);
  }
  return n;
}

static void
check_refused (Receiver *receiver, guint status, const gchar *reason)
{
  GstMessage *message = wait_message (receiver, "httpingestsrc-refused");
  const GstStructure *s = gst_message_get_structure (message);
  guint found = 0;

  assert_equals_string (gst_structure_get_string (s, "source"), "lens/2");
  assert_equals_string (gst_structure_get_string (s, "address"), "127.0.0.1");
  assert_equals_string (gst_structure_get_string (s, "path"), TARGET);
  fail_unless (gst_structure_get_uint (s, "status", &found));
  assert_equals_int (found, status);
  fail_unless (strstr (gst_structure_get_string (s, "reason"), reason) != NULL,
      "%s", gst_structure_get_string (s, "reason"));
  gst_message_unref (message);
}

static guint
send_one (Receiver *receiver, const gchar *fields, GBytes *bytes)
{
  g_autoptr (GSocketConnection) peer = peer_connect (receiver->port);
  g_autofree gchar *all = g_strconcat ("User-Agent: lens/2\r\n", fields, NULL);

  fail_unless (
      peer_send_bytes (peer, "POST " TARGET "?token=s3cr3t", all, bytes));
  return peer_read_response (peer, NULL, NULL);
}

GST_START_TEST (test_a_refusal_is_told_once)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (junk, sizeof junk);

  play (receiver);
  assert_equals_int (send_one (receiver, "", bytes), 400);
  check_refused (receiver, 400, "within a box");
  for (guint i = 0; i < 20; i++)
    assert_equals_int (send_one (receiver, "", bytes), 400);
  assert_equals_int (
      count_messages (receiver, GST_MESSAGE_ELEMENT, "httpingestsrc-refused"),
      0);
  assert_equals_uint64 (get_stat (receiver, "refused"), 21);
  receiver_free (receiver);
}
GST_END_TEST;

GST_START_TEST (test_a_refusal_is_a_warning)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (junk, sizeof junk);

  play (receiver);
  assert_equals_int (send_one (receiver, "", bytes), 400);
  assert_equals_int (
      count_messages (receiver, GST_MESSAGE_WARNING,
          TARGET ": lens/2 at 127.0.0.1 sent what was refused: 400, "),
      1);
  receiver_free (receiver);
}
GST_END_TEST;

/* A sender that reads its answers sends the header, or asks with its name. */
GST_START_TEST (test_what_a_sender_mends_is_no_warning)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  gboolean has_user = __i__ == 1;

  if (has_user)
    g_object_set (receiver->src, "user-id", "ada", "user-pw", "s3cr3t", NULL);
  play (receiver);
  assert_equals_int (send_one (receiver, "", segment), has_user ? 401 : 412);
  if (!has_user)
    check_refused (receiver, 412, "header");
  assert_equals_int (
      count_messages (receiver, GST_MESSAGE_ELEMENT, "httpingestsrc-refused"),
      0);
  assert_equals_int (send_one (receiver, "", segment), has_user ? 401 : 412);
  assert_equals_int (count_messages (receiver, GST_MESSAGE_WARNING, ""), 0);
  assert_equals_uint64 (get_stat (receiver, "refused"), 2);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_refusals_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-refusals");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_a_refusal_is_told_once);
  tcase_add_test (tc, test_a_refusal_is_a_warning);
  tcase_add_loop_test (tc, test_what_a_sender_mends_is_no_warning, 0, 2);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_refusals);
