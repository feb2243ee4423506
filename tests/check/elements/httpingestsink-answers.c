/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a receiver writes beside the status of a refusal is told by
 * httpingestsink, as far as it can be read, and never holds it up. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "ingest-sender.h"

#define VIDEO (&test_codecs[0])
#define SECRET "t0psecret"
#define TEXT "Content-Type: text/plain; charset=utf-8\r\n"
#define ENDLESS TEXT "Transfer-Encoding: chunked\r\n"

typedef struct
{
  const gchar *fields;
  const gchar *body;
  guint padding;     /* letters behind @body */
  const gchar *text; /* what is told, NULL: the status alone */
} Answer;

static const Answer answers[] = {
  { TEXT, "method: needs PUT\nmore\n", 0, "method: needs PUT" },
  { "Content-Type: text/html\r\n", "<html>no</html>", 0, NULL },
  { "", "method: needs PUT", 0, NULL },
  { TEXT, "", 0, NULL },
  { TEXT, "a\x1b[2Jb\xff", 0, "a\xef\xbf\xbd[2Jb\xef\xbf\xbd" },
  { TEXT, "you are " SECRET, 0, NULL },
  { TEXT, "too long", 10000000, NULL },
  { ENDLESS, "ffffffff\r\nnever complete", 0, NULL },
};

/* Of the error that ends it. */
static gchar *
wait_error (Sender *s)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (
      sender_wait (s, GST_MESSAGE_ERROR, NULL, NULL), &error, NULL);
  return g_strdup (error->message);
}

GST_START_TEST (test_the_text_of_a_refusal_is_told)
{
  const Answer *a = &answers[__i__];
  g_autofree gchar *padding = g_strnfill (a->padding, 'x');
  g_autofree gchar *body = g_strconcat (a->body, padding, NULL);
  const ScriptStep always = {
    .status = 405, .fields = a->fields, .body = body
  };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *expected = NULL, *message = NULL;
  const GstStructure *refused;
  Sender s;

  server->rest = &always;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "bearer-token", SECRET, NULL);
  sender_add (&s, "video", VIDEO);
  refused = sender_wait_message (&s, "refused");
  assert_equals_string (
      gst_structure_get_string (refused, "answer-text"), a->text);
  expected = a->text ? g_strdup_printf ("answer 405 (\"%s\"): needs ", a->text)
                     : g_strdup ("answer 405: needs ");
  message = wait_error (&s);
  fail_unless (strstr (message, expected) != NULL, "%s", message);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 0);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "H");
  script_server_free (server);
}
GST_END_TEST;

/* Nor is another reason made up at the end, when all was well again. */
GST_START_TEST (test_the_end_tells_no_other_reason)
{
  static const ScriptStep script[] = { { 200 }, { 413 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *message = NULL;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, FALSE);
  sender_push_segment (&s, 0, 1, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  message = wait_error (&s);
  fail_unless (g_str_has_suffix (
                   message, "1 given up: the warnings before this say why"),
      "%s", message);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

/* 2xx is 2xx, however much is said of it; nor does that hold anything up. */
GST_START_TEST (test_a_long_body_of_success_is_skipped)
{
  g_autofree gchar *body = g_strnfill (1000000, 'x');
  const ScriptStep always = { .fields = TEXT, .body = body };
  ScriptServer *server = script_server_prepare (NULL, 0);
  Sender s;

  server->rest = &always;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 0);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "hs");
  script_server_free (server);
}
GST_END_TEST;

static void
post (GSocketConnection *peer, GBytes *bytes)
{
  assert_equals_int (
      peer_upload (peer, "POST /ingest/Streams(video.cmfv)", bytes), 200);
}

/* What another sender of the track would have sent. */
static void
post_track (GSocketConnection *peer, const CmafTrack *track)
{
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (GBytes) segment = make_segment (track, 0, FALSE);

  post (peer, header);
  post (peer, segment);
}

/* The other encoder of the track has another picture. */
GST_START_TEST (test_httpingestsrc_names_the_field)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *location = NULL;
  const GstStructure *lost;
  const gchar *text;
  Sender s;

  play (receiver);
  location = g_strdup_printf ("http://127.0.0.1:%u/ingest", receiver->port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  sender_prepare (&s, "video", VIDEO);
  peer = peer_connect (receiver->port);
  post_track (peer, s.tracks[0]);
  s.tracks[0]->width *= 2;
  sender_begin (&s, 0);
  sender_push_segment (&s, 0, 0, TRUE);
  lost = sender_wait_message (&s, "connection-lost");
  text = gst_structure_get_string (lost, "answer-text");
  fail_unless (text != NULL && strstr (text, "width: 1280, needs 640") != NULL,
      "%s", text);
  fail_unless (
      strstr (gst_structure_get_string (lost, "reason"), text) != NULL);
  sender_clear (&s);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsink_answers_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-answers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (
      tc, test_the_text_of_a_refusal_is_told, 0, G_N_ELEMENTS (answers));
  tcase_add_test (tc, test_the_end_tells_no_other_reason);
  tcase_add_test (tc, test_a_long_body_of_success_is_skipped);
  tcase_add_test (tc, test_httpingestsrc_names_the_field);
  return suite;
}

GST_CHECK_MAIN (httpingestsink_answers);
