/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The everyday path of httpingestsink, against a server that follows a script:
 * header first, a request for each segment, connections that stay, and what
 * happens when the server goes, refuses or is slow. */
#include "ingest-sender.h"

#define VIDEO (&test_codecs[0])
#define AUDIO (&test_codecs[4])

/* ---- what is on the wire ---- */

GST_START_TEST (test_header_first_then_a_request_for_each_segment)
{
  static const gchar *const names[] = { "video.cmfv", "audio.cmfa" };
  static const gchar *const types[] = { "video/mp4", "audio/mp4" };
  ScriptServer *server = script_server_new (NULL, 0);
  guint n[3] = { 0 };
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_add (&s, "audio", AUDIO);
  for (guint k = 0; k < 4; k++) {
    sender_push_segment (&s, 0, k, k == 3);
    sender_push_segment (&s, 1, k, k == 3);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);

  assert_equals_int (server->n_connections, 2);
  assert_equals_int (server->requests->len, 10);
  for (guint i = 0; i < 10; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *line = script_request_line (request);
    guint track = strstr (line, "audio") != NULL;
    g_autofree gchar *expected =
        g_strdup_printf ("POST /ingest/Streams(%s)", names[track]);
    g_autofree gchar *agent = script_field (request->head, "User-Agent");
    g_autofree gchar *host = script_field (request->head, "Host");
    g_autofree gchar *type = script_field (request->head, "Content-Type");
    g_autofree gchar *version = script_field (request->head, "DASH-IF-Ingest");
    g_autofree gchar *at = g_strdup_printf ("127.0.0.1:%u", server->port);

    assert_equals_string (line, expected);
    assert_equals_int (script_kind (request), n[track]++ == 0 ? 'h' : 's');
    fail_unless (
        g_regex_match_simple ("^gst-cmaf/[0-9.]+ \\(A\\)$", agent, 0, 0), "%s",
        agent);
    assert_equals_string (host, at);
    assert_equals_string (type, types[track]);
    assert_equals_string (version, "1.1");
    assert_equals_int (request->chunks->len, 0);
  }
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *got = received_segments (server, names[i]);

    assert_equals_string (got, "0,1,2,3l");
  }
  script_server_free (server);
}
GST_END_TEST;

/* Each chunk is one HTTP chunk, and there before the next one exists. */
GST_START_TEST (test_chunks_leave_as_they_come)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  for (guint segment = 0; segment < 3; segment++) {
    for (guint k = 0; k < 5; k++) {
      sender_push_chunks (&s, 0, segment * 5 + k, 1, segment == 2 && k == 4);
      script_server_wait_chunks (server, 1 + segment, k + 1);
    }
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_stop (&s);
  assert_equals_string (server->log->str, "hsss");
  assert_equals_int (server->n_connections, 1);
  for (guint i = 1; i < 4; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    guint sum = 0;

    assert_equals_int (request->chunks->len, 5);
    for (guint k = 0; k < 5; k++) {
      g_autoptr (GBytes) chunk =
          make_chunks (s.tracks[0], (i - 1) * 5 + k, 1, i == 3 && k == 4, 0);

      assert_equals_int (
          g_array_index (request->chunks, guint, k), g_bytes_get_size (chunk));
      sum += g_bytes_get_size (chunk);
    }
    assert_equals_int (request->body->len, sum);
  }
  got = received_segments (server, "video");
  assert_equals_string (got, "0+,0+,0+,0+,0+,1+,1+,1+,1+,1+,2+,2+,2+,2+,2l+");
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_a_new_header_goes_before_its_segments)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 1);
  sender_push_header (&s, 0); /* the same */
  sender_push_segments (&s, 0, 2, 2);
  s.tracks[0]->width = 320;
  sender_push_header (&s, 0);
  sender_push_segment (&s, 0, 3, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hssshs");
  assert_equals_int (server->n_connections, 1);
  script_server_free (server);
}
GST_END_TEST;

/* The last segment says that it is the last; one that has gone already is
 * sent once more. */
GST_START_TEST (test_the_end_is_said)
{
  ScriptServer *server = script_server_new (NULL, 0);
  gboolean is_pending = __i__ == 0;
  g_autofree gchar *got = NULL;
  Sender s;

  if (is_pending)
    script_server_stop (server);
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  if (is_pending) {
    guint16 port = server->port;

    script_server_free (server);
    server = script_server_prepare (NULL, 0);
    fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  } else {
    script_server_wait (server, 4);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  got = received_segments (server, "video");
  if (is_pending)
    fail_unless (g_str_has_suffix (got, "2l"), "%s", got);
  else
    assert_equals_string (got, "0,1,2,2l");
  script_server_free (server);
}
GST_END_TEST;

/* ---- faults ---- */

typedef struct
{
  ScriptStep script[6];
  const gchar *log;
  const gchar *segments;
  GstMessageType end;
} Case;

static const Case cases[] = {
  { { { 0 } }, "hsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 201 }, { 202 }, { 204 } }, "hsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 200 }, { 412 } }, "hShsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 200 }, { 503 } }, "hShsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 503 }, { 503 } }, "HHhsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 404 } }, "Hhsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 200 }, { 200 }, { 0, SCRIPT_RESET, 0 } }, "hs!hss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 200 }, { 0, SCRIPT_RESET, 500 } }, "hs!hss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 200 }, { 0, SCRIPT_CLOSE, 500 } }, "hs!hss", "0,1,2l",
      GST_MESSAGE_EOS },
  /* taken, but the answer is lost: sent twice */
  { { { 200 }, { 0, SCRIPT_CLOSE, SCRIPT_ALL } }, "hShsss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 0, SCRIPT_STALL, 0 } }, "h!hsss", "0,1,2l", GST_MESSAGE_EOS },
  { { { 200 }, { 0, SCRIPT_STALL, SCRIPT_ALL } }, "hShsss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 0, SCRIPT_RESET, 0 } }, "!hsss", "0,1,2l", GST_MESSAGE_EOS },
  /* kept alive, then closed between two requests */
  { { { 200 }, { 200, SCRIPT_CLOSE_AFTER } }, "hshss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 200, 0, 0, "Connection: close\r\n" } }, "hshss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 403, SCRIPT_EARLY, 0 } }, "h!hsss", "0,1,2l",
      GST_MESSAGE_EOS },
  { { { 200 }, { 400 }, { 200 }, { 400 } }, "hShShss", "1,2l",
      GST_MESSAGE_ERROR },
  { { { 200 }, { 413 } }, "hShss", "1,2l", GST_MESSAGE_ERROR },
  { { { 405 } }, "H", "", GST_MESSAGE_ERROR },
};

GST_START_TEST (test_faults_heal_or_are_said_aloud)
{
  const Case *c = &cases[__i__];
  ScriptServer *server =
      script_server_new (c->script, G_N_ELEMENTS (c->script));
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "timeout", GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), c->end);
  sender_clear (&s);
  script_server_stop (server);
  got = received_segments (server, "video");
  assert_equals_string (server->log->str, c->log);
  assert_equals_string (got, c->segments);
  script_server_free (server);
}
GST_END_TEST;

/* A reset in the middle of a segment that still grows: all of it again. */
GST_START_TEST (test_a_growing_segment_is_sent_again)
{
  static const ScriptStep script[] = { { 200 }, { 0, SCRIPT_RESET, 3000 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++) {
    sender_push_chunks (&s, 0, k, 1, FALSE);
    if (k == 0)
      script_server_wait_chunks (server, 1, 1);
  }
  script_server_wait_chunks (server, 3, 3);
  sender_push_chunks (&s, 0, 3, 2, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "h!hs");
  got = received_segments (server, "video");
  assert_equals_string (got, "0+,0+,0+,0+,0l+");
  script_server_free (server);
}
GST_END_TEST;

/* A receiver that takes headers and nothing else is not hammered. */
GST_START_TEST (test_repeated_failures_back_off)
{
  static const ScriptStep script[] = { { 200 }, { 503 }, { 200 },
    { 0, SCRIPT_RESET, 10 }, { 200 }, { 503 }, { 200 },
    { 0, SCRIPT_RESET, 10 } };
  static const guint waits[] = { 250, 0, 500, 1000 };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 1);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hSh!hSh!hs");
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    gint64 from = script_server_get (server, 2 * i + 1)->time;
    gint64 to = script_server_get (server, 2 * i + 2)->time;

    fail_unless (to - from >= waits[i] * G_TIME_SPAN_MILLISECOND,
        "%u: %" G_GINT64_FORMAT " us", i, to - from);
  }
  script_server_free (server);
}
GST_END_TEST;

/* Away from the start: nothing is lost. */
GST_START_TEST (test_a_receiver_that_comes_late_gets_everything)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  guint16 port = server->port;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  sender_wait_message (&s, "connection-lost");
  script_server_free (server);
  server = script_server_prepare (NULL, 0);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  sender_wait_message (&s, "connection-restored");
  sender_push_segment (&s, 0, 3, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  got = received_segments (server, "video");
  assert_equals_string (got, "0,1,2,3l");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_no_receiver_is_an_error_at_the_end)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "drain-timeout", 300 * GST_MSECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_stopping_while_the_receiver_is_away_is_quick)
{
  ScriptServer *server = script_server_new (NULL, 0);
  gint64 before;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  before = g_get_monotonic_time ();
  sender_clear (&s);
  fail_unless (g_get_monotonic_time () - before < 2 * G_TIME_SPAN_SECOND);
  script_server_free (server);
}
GST_END_TEST;

/* Until so many requests have begun. */
static void
wait_requests (ScriptServer *server, guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&server->lock);
  while (server->requests->len < n)
    fail_unless (g_cond_wait_until (&server->changed, &server->lock, until));
  g_mutex_unlock (&server->lock);
}

/* The receiver has taken half of a body, or all of it, and says nothing. */
GST_START_TEST (test_stopping_during_an_upload_is_quick)
{
  static const ScriptStep scripts[][2] = {
    { { 200 }, { 0, SCRIPT_STALL, 500 } },
    { { 200 }, { 0, SCRIPT_STALL, SCRIPT_ALL } },
    { { 0, SCRIPT_STALL, 0 }, { 200 } },
  };
  ScriptServer *server = script_server_new (scripts[__i__ % 3], 2);
  gboolean is_flushed = __i__ >= 3;
  gint64 before;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 2);
  wait_requests (server, __i__ % 3 == 2 ? 1 : 2);
  before = g_get_monotonic_time ();
  if (is_flushed)
    gst_pad_push_event (s.pads[0], gst_event_new_flush_start ());
  sender_stop (&s);
  fail_unless (g_get_monotonic_time () - before < 2 * G_TIME_SPAN_SECOND);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

/* ---- the spool ---- */

/* What was dropped is named, and is all that is missing. */
GST_START_TEST (test_a_full_spool_drops_whole_segments_and_says_so)
{
  ScriptServer *server = script_server_new (NULL, 0);
  gboolean is_by_time = __i__ == 1;
  gboolean has_arrived[20] = { FALSE };
  g_autofree gchar *got = NULL;
  g_auto (GStrv) numbers = NULL;
  guint16 port = server->port;
  guint n_dropped, at = 0;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  if (is_by_time)
    g_object_set (s.sink, "max-spool-time", 3 * GST_SECOND, NULL);
  else
    g_object_set (s.sink, "max-spool-bytes", (guint64)30000, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 19);
  fail_unless (sender_get_stat (&s, "video", "dropped") >= 14);
  fail_unless (sender_get_stat (&s, "video", "spool-bytes") <= 40000);
  script_server_free (server);
  server = script_server_prepare (NULL, 0);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR); /* some were lost */
  n_dropped = sender_count_messages (
      &s, GST_MESSAGE_ELEMENT, "httpingestsink-segment-dropped");
  for (guint i = 0; i < n_dropped; i++) {
    const GstStructure *d = gst_message_get_structure (sender_wait (
        &s, GST_MESSAGE_ELEMENT, "httpingestsink-segment-dropped", &at));
    guint64 time, duration;

    fail_unless (gst_structure_get_uint64 (d, "decode-time", &time));
    fail_unless (gst_structure_get_uint64 (d, "duration", &duration));
    assert_equals_uint64 (duration, 90000);
    has_arrived[time / 90000] = TRUE;
  }
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), n_dropped);
  sender_clear (&s);
  got = received_segments (server, "video");
  numbers = g_strsplit (got, ",", -1);
  for (guint i = 0; numbers[i] != NULL; i++)
    has_arrived[atoi (numbers[i])] = TRUE;
  for (guint i = 0; i < 20; i++)
    fail_unless (has_arrived[i], "%u is missing: %s", i, got);
  script_server_free (server);
}
GST_END_TEST;

static gpointer
push_twenty (gpointer data)
{
  Sender *s = data;

  for (guint k = 0; k < 20; k++)
    if (sender_push_segment (s, 0, k, k == 19) != GST_FLOW_OK)
      return GINT_TO_POINTER (FALSE);
  return GINT_TO_POINTER (TRUE);
}

/* A source that is not live waits while the receiver is away. */
GST_START_TEST (test_back_pressure_loses_nothing)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  guint16 port = server->port;
  GThread *thread;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "max-spool-bytes", (guint64)30000, NULL);
  sender_add (&s, "video", VIDEO);
  thread = g_thread_new ("push", push_twenty, &s);
  sender_wait_message (&s, "connection-lost");
  fail_unless (sender_get_stat (&s, "video", "spool-bytes") <= 50000);
  script_server_free (server);
  server = script_server_prepare (NULL, 0);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  fail_unless (GPOINTER_TO_INT (g_thread_join (thread)));
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  sender_clear (&s);
  got = received_segments (server, "video");
  assert_equals_string (
      got, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19l");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_waiting_ends_with_a_flush_and_with_the_state)
{
  ScriptServer *server = script_server_new (NULL, 0);
  GThread *thread;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "max-spool-bytes", (guint64)30000, NULL);
  sender_add (&s, "video", VIDEO);
  thread = g_thread_new ("push", push_twenty, &s);
  sender_wait_message (&s, "connection-lost");
  if (__i__ == 0)
    gst_pad_push_event (s.pads[0], gst_event_new_flush_start ());
  else
    sender_stop (&s);
  fail_if (GPOINTER_TO_INT (g_thread_join (thread)));
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

/* ---- properties ---- */

GST_START_TEST (test_method_headers_and_query)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *location =
      g_strdup_printf ("http://127.0.0.1:%u/a/b/?k=v", server->port);
  g_autoptr (GstStructure) headers = gst_structure_new (
      "headers", "X-One", G_TYPE_STRING, "1", "X-Two", G_TYPE_INT, 2, NULL);
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "location", location, "method", "PUT", "headers",
      headers, "user-agent", "encoder/7", "encoder-name", NULL, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  for (guint i = 0; i < 2; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *line = script_request_line (request);
    g_autofree gchar *one = script_field (request->head, "X-One");
    g_autofree gchar *two = script_field (request->head, "X-Two");
    g_autofree gchar *agent = script_field (request->head, "User-Agent");

    assert_equals_string (line, "PUT /a/b/Streams(video.cmfv)?k=v");
    assert_equals_string (one, "1");
    assert_equals_string (two, "2");
    assert_equals_string (agent, "encoder/7");
  }
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_stats_count)
{
  static const ScriptStep script[] = { { 200 }, { 503 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "headers"), 2);
  assert_equals_uint64 (sender_get_stat (&s, "video", "segments"), 3);
  assert_equals_uint64 (sender_get_stat (&s, "video", "retries"), 1);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  assert_equals_uint64 (sender_get_stat (&s, "video", "spool-bytes"), 0);
  fail_unless (sender_get_stat (&s, "video", "bytes") > 3 * 7500);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

static const gchar *const bad_settings[][2] = {
  { "location", NULL },
  { "location", "" },
  { "location", "127.0.0.1:80" },
  { "location", "ftp://127.0.0.1/" },
  { "location", "http:///path" },
  { "locations", "http://127.0.0.1/ ftp://127.0.0.1/" },
  { "method", "GET" },
  { "mpd-name", "\x01\xff\xfe/" },
  { "mpd-name", "s HTTP/1.1\r\nHost: x" },
  { "mpd-name", "../s" },
  { "spool-directory", "s3://bucket/spool" },
  { "tls-ca-file", "/nowhere/ca.pem" },
  { "tls-certificate-file", "/nowhere/client.pem" },
};

GST_START_TEST (test_bad_settings_fail_the_start)
{
  const gchar *const *c = bad_settings[__i__];
  g_autoptr (GError) error = NULL;
  Sender s;

  sender_init (&s, NULL);
  g_object_set (s.sink, "location", "https://127.0.0.1/", c[0], c[1], NULL);
  fail_unless_equals_int (gst_element_set_state (s.sink, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  gst_message_parse_error (
      sender_wait (&s, GST_MESSAGE_ERROR, NULL, NULL), &error, NULL);
  fail_unless (strstr (error->message, c[0]) != NULL, "%s", error->message);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ERROR, NULL), 1);
  sender_clear (&s);
}
GST_END_TEST;

static Suite *
httpingestsink_suite (void)
{
  Suite *suite = suite_create ("httpingestsink");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_header_first_then_a_request_for_each_segment);
  tcase_add_test (tcase, test_chunks_leave_as_they_come);
  tcase_add_test (tcase, test_a_new_header_goes_before_its_segments);
  tcase_add_loop_test (tcase, test_the_end_is_said, 0, 2);
  tcase_add_loop_test (
      tcase, test_faults_heal_or_are_said_aloud, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_a_growing_segment_is_sent_again);
  tcase_add_test (tcase, test_repeated_failures_back_off);
  tcase_add_test (tcase, test_a_receiver_that_comes_late_gets_everything);
  tcase_add_test (tcase, test_no_receiver_is_an_error_at_the_end);
  tcase_add_test (tcase, test_stopping_while_the_receiver_is_away_is_quick);
  tcase_add_loop_test (tcase, test_stopping_during_an_upload_is_quick, 0, 6);
  tcase_add_loop_test (
      tcase, test_a_full_spool_drops_whole_segments_and_says_so, 0, 2);
  tcase_add_test (tcase, test_back_pressure_loses_nothing);
  tcase_add_loop_test (
      tcase, test_waiting_ends_with_a_flush_and_with_the_state, 0, 2);
  tcase_add_test (tcase, test_method_headers_and_query);
  tcase_add_test (tcase, test_stats_count);
  tcase_add_loop_test (
      tcase, test_bad_settings_fail_the_start, 0, G_N_ELEMENTS (bad_settings));
  return suite;
}

GST_CHECK_MAIN (httpingestsink);
