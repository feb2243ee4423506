/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The error matrix of httpingestsink (docs/elements/httpingestsink.md), row by
 * row, against a server that follows a script. Where nothing else is said three
 * segments are sent, of which the third is the last. */
#include "ingest-sender.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define VIDEO (&test_codecs[0])
#define AGAIN(fields) 0, 0, fields

typedef struct
{
  ScriptStep script[8];
  const gchar *log;         /* see script-server.h */
  const gchar *connections; /* of each request, from a on */
  const gchar *segments;    /* what has arrived */
  guint n_dropped;
  GstMessageType end;
} Row;

#define OK GST_MESSAGE_EOS
#define BAD GST_MESSAGE_ERROR

static const Row rows[] = {
  /* success, whatever it is called */
  { { { 200 }, { 201 }, { 202 }, { 204 } }, "hsss", "aaaa", "0,1,2l", 0, OK },
  /* credentials, for which nobody asked: two tries in all */
  { { { 401 }, { 401 } }, "HH", "aa", "", 0, BAD },
  { { { 401 } }, "Hhsss", "aaaaa", "0,1,2l", 0, OK },
  { { { 403 }, { 403 } }, "HH", "ab", "", 0, BAD },
  { { { 403 } }, "Hhsss", "abbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 403 } }, "hShsss", "aabbbb", "0,1,2l", 0, OK },
  /* it may be created later */
  { { { 404 }, { 404 } }, "HHhsss", "aaaaaa", "0,1,2l", 0, OK },
  { { { 200 }, { 404 } }, "hShsss", "aaaaaa", "0,1,2l", 0, OK },
  { { { 405 } }, "H", "a", "", 0, BAD },
  { { { 501 } }, "H", "a", "", 0, BAD },
  { { { 200 }, { 408 } }, "hShsss", "aabbbb", "0,1,2l", 0, OK },
  /* the header is missing there */
  { { { 200 }, { 412 } }, "hShsss", "aaaaaa", "0,1,2l", 0, OK },
  { { { 200 }, { 412 }, { 200 }, { 412 } }, "hShShsss", "aaaaaaaa", "0,1,2l", 0,
      OK },
  { { { 200 }, { 412 }, { 200 }, { 412 }, { 200 }, { 412 } }, "hShShShss",
      "aaaaaaaaa", "1,2l", 1, BAD },
  { { { 200 }, { 413 } }, "hShss", "aabbb", "1,2l", 1, BAD },
  { { { 200 }, { 415 } }, "hShss", "aaaaa", "1,2l", 1, BAD },
  { { { 200 }, { 415 }, { 200 }, { 415 }, { 200 }, { 415 } }, "hShShS",
      "aaaaaa", "", 2, BAD },
  /* slower */
  { { { 200 }, { 429, AGAIN ("Retry-After: 0\r\n") } }, "hShsss", "aaaaaa",
      "0,1,2l", 0, OK },
  /* cut or malformed: once more on a new connection */
  { { { 200 }, { 400 } }, "hShsss", "aabbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 400 }, { 200 }, { 400 } }, "hShShss", "aabbccc", "1,2l", 1,
      BAD },
  { { { 200 }, { 422 }, { 200 }, { 422 } }, "hShShss", "aabbccc", "1,2l", 1,
      BAD },
  /* its own fault */
  { { { 200 }, { 500 } }, "hShsss", "aabbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 502 }, { 503 } }, "hSHhsss", "aabcccc", "0,1,2l", 0, OK },
  { { { 503, AGAIN ("Retry-After: 0\r\n") }, { 504 } }, "HHhsss", "abcccc",
      "0,1,2l", 0, OK },
  /* redirects that lead nowhere */
  { { { 307 }, { 308 } }, "HH", "ab", "", 0, BAD },
  { { { 307, AGAIN ("Location: ftp://127.0.0.1/\r\n") }, { 304 } }, "HH", "ab",
      "", 0, BAD },
  /* resets and ends, before, in and behind the body */
  { { { 0, SCRIPT_RESET, 0 } }, "!hsss", "abbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 0, SCRIPT_RESET, 0 } }, "h!hsss", "aabbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 0, SCRIPT_RESET, 4000 } }, "h!hsss", "aabbbb", "0,1,2l", 0,
      OK },
  { { { 200 }, { 0, SCRIPT_RESET, SCRIPT_ALL } }, "hShsss", "aabbbb", "0,1,2l",
      0, OK },
  { { { 200 }, { 0, SCRIPT_CLOSE, 0 } }, "h!hsss", "aabbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 0, SCRIPT_CLOSE, 4000 } }, "h!hsss", "aabbbb", "0,1,2l", 0,
      OK },
  { { { 200 }, { 0, SCRIPT_CLOSE, SCRIPT_ALL } }, "hShsss", "aabbbb", "0,1,2l",
      0, OK },
  /* no answer within the time */
  { { { 200 }, { 0, SCRIPT_STALL, 0 } }, "h!hsss", "aabbbb", "0,1,2l", 0, OK },
  { { { 200 }, { 0, SCRIPT_STALL, SCRIPT_ALL } }, "hShsss", "aabbbb", "0,1,2l",
      0, OK },
  { { { 0, SCRIPT_STALL, SCRIPT_ALL } }, "Hhsss", "abbbb", "0,1,2l", 0, OK },
  /* answers that come early */
  { { { 200 }, { 412, SCRIPT_EARLY, 100 } }, "h!hsss", "aabbbb", "0,1,2l", 0,
      OK },
  { { { 200 }, { 503, SCRIPT_EARLY, 0 } }, "h!hsss", "aabbbb", "0,1,2l", 0,
      OK },
  { { { 200 }, { 413, SCRIPT_EARLY, 4000 } }, "h!hss", "aabbb", "1,2l", 1,
      BAD },
  /* closed between two requests, said before or not */
  { { { 200 }, { 200, SCRIPT_CLOSE_AFTER } }, "hshss", "aabbb", "0,1,2l", 0,
      OK },
  { { { 200 }, { 200, AGAIN ("Connection: close\r\n") } }, "hshss", "aabbb",
      "0,1,2l", 0, OK },
};

static gchar *
list_connections (ScriptServer *server)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < server->requests->len; i++)
    g_string_append_c (
        text, 'a' + script_server_get (server, i)->connection - 1);
  return g_string_free (text, FALSE);
}

GST_START_TEST (test_row)
{
  const Row *row = &rows[__i__];
  ScriptServer *server =
      script_server_new (row->script, G_N_ELEMENTS (row->script));
  g_autofree gchar *got = NULL, *connections = NULL;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "timeout", 700 * GST_MSECOND, "auth-retries", 1, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), row->end);
  assert_equals_uint64 (
      sender_get_stat (&s, "video", "dropped"), row->n_dropped);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ELEMENT,
                         "httpingestsink-segment-dropped"),
      row->n_dropped);
  assert_equals_int (
      sender_count_messages (&s, GST_MESSAGE_ERROR, NULL), row->end == BAD);
  sender_clear (&s);
  script_server_stop (server);
  got = received_segments (server, "video");
  connections = list_connections (server);
  assert_equals_string (server->log->str, row->log);
  assert_equals_string (connections, row->connections);
  assert_equals_string (got, row->segments);
  script_server_free (server);
}
GST_END_TEST;

/* What is said, and how often. */
GST_START_TEST (test_changes_of_health_are_told_once)
{
  static const ScriptStep script[] = { { 200 }, { 503 }, { 503 }, { 503 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *location =
      g_strdup_printf ("http://127.0.0.1:%u/ingest", server->port);
  const GstStructure *lost, *restored;
  guint status;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  lost = sender_wait_message (&s, "connection-lost");
  restored = sender_wait_message (&s, "connection-restored");
  assert_equals_string (gst_structure_get_string (lost, "location"), location);
  assert_equals_string (gst_structure_get_string (lost, "track-name"), "video");
  fail_unless (gst_structure_get_uint (lost, "status", &status));
  assert_equals_int (status, 503);
  fail_unless (gst_structure_get_string (lost, "reason") != NULL);
  assert_equals_string (
      gst_structure_get_string (restored, "track-name"), "video");
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ELEMENT, NULL), 2);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 1);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

/* A connection that was closed while nobody used it is nothing to speak of; a
 * receiver that is silent, or never comes to an end, is. */
GST_START_TEST (test_silence_is_told)
{
  static const ScriptStep steps[] = { { 0, SCRIPT_CLOSE }, { 0, SCRIPT_STALL },
    { 0, SCRIPT_DRIP, .body = "H" },
    { 0, SCRIPT_DRIP, .body = "HTTP/1.1 102 Processing\r\n\r\n" } };
  gboolean is_silent = __i__ > 0;
  const ScriptStep script[] = { { 200 }, steps[__i__] };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "timeout", 700 * GST_MSECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (
      sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), is_silent);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "h!hs");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_retry_after_is_waited_for)
{
  static const ScriptStep scripts[][2] = {
    { { 200 }, { 429, AGAIN ("Retry-After: 1\r\n") } },
    { { 200 }, { 503, AGAIN ("Retry-After: 1\r\n") } },
  };
  ScriptServer *server = script_server_new (scripts[__i__], 2);
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL),
      __i__); /* to be told to wait is no trouble */
  sender_clear (&s);
  assert_equals_string (server->log->str, "hShs");
  fail_unless (
      script_server_get (server, 2)->time - script_server_get (server, 1)->time
      >= G_TIME_SPAN_SECOND);
  script_server_free (server);
}
GST_END_TEST;

/* The text of the only error or warning; waits for it. (transfer full) */
static gchar *
only_text (Sender *s)
{
  GstMessage *message =
      sender_wait (s, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  assert_equals_int (
      sender_count_messages (s, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL),
      1);
  return g_strdup (error->message);
}

/* Who has to wait until the end is told what for. */
GST_START_TEST (test_too_fast_for_ever)
{
  static const ScriptStep always = { 429 };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *text = NULL;
  Sender s;

  server->rest = &always;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "drain-timeout", 500 * GST_MSECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  text = only_text (&s);
  fail_unless (strstr (text, "1 segments not delivered, 0 given up: ")
                   && g_str_has_suffix (text, ": answer 429"),
      "%s", text);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

typedef struct
{
  guint status;
  const gchar *remedy;
} Refusal;

static const Refusal refusals[] = {
  { 307, "location" },
  { 400, "cmaf-dump" },
  { 401, "user-id and user-pw" },
  { 403, "user-id and user-pw" },
  { 405, "method=PUT" },
  { 409, "restarted" },
  { 413, "limit" },
  { 415, "codec" },
  { 417, "expect-continue=false" },
  { 501, "method=PUT" },
};

/* Said once, when it is certain, with what is to be done. */
GST_START_TEST (test_refusal_for_good_is_told_once)
{
  const Refusal *r = &refusals[__i__];
  const ScriptStep always = { r->status };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *text = NULL, *start = NULL;
  Sender s;

  server->rest = &always;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  start = g_strdup_printf ("http://127.0.0.1:%u/ingest: the header of track "
                           "video: answer %u: ",
      server->port, r->status);
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  text = only_text (&s);
  fail_unless (
      g_str_has_prefix (text, start) && strstr (text, r->remedy), "%s", text);
  sender_clear (&s);
  script_server_free (server);
}
GST_END_TEST;

/* The stream was closed there: on to the live edge. */
GST_START_TEST (test_conflict_goes_on_with_the_newest)
{
  static const ScriptStep script[] = { { 200 }, { 409 } };
  static const ScriptStep always = { 409 };
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  guint16 port = server->port;
  gboolean is_for_good = __i__ == 1;
  guint k = 5;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 4);
  script_server_free (server);
  server = script_server_prepare (script, 1 + !is_for_good);
  server->rest = is_for_good ? &always : NULL;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  if (is_for_good) {
    while (sender_push_segment (&s, 0, k++, FALSE) == GST_FLOW_OK
           && sender_count_messages (&s, GST_MESSAGE_ERROR, NULL) == 0)
      g_usleep (10000);
    sender_wait_message (&s, "refused");
  } else {
    script_server_wait (server, 4); /* header, refused, header, newest */
    sender_push_segment (&s, 0, 5, TRUE);
    assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
    assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 4);
  }
  sender_clear (&s);
  script_server_stop (server);
  got = received_segments (server, "video");
  assert_equals_string (got, is_for_good ? "" : "4,5l");
  script_server_free (server);
}
GST_END_TEST;

/* A receiver that wants to know the length gets it from then on. */
GST_START_TEST (test_length_required)
{
  static const ScriptStep script[] = { { 200 }, { 411 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_chunks (&s, 0, 0, 1, FALSE);
  script_server_wait_chunks (server, 1, 1);
  sender_push_chunks (&s, 0, 1, 4, FALSE);
  script_server_wait (server, 4);
  for (guint k = 5; k < 10; k++)
    sender_push_chunks (&s, 0, k, 1, k == 9);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hShss");
  got = received_segments (server, "video");
  assert_equals_string (got, "0,0,0,0,0,1,1,1,1,1l");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_expectation_failed)
{
  static const ScriptStep script[] = { { 200 }, { 417, SCRIPT_EARLY, 0 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "expect-continue", TRUE, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 1);
  sender_push_segment (&s, 0, 2, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "h!hsss");
  for (guint i = 0; i < 6; i++) {
    g_autofree gchar *expect =
        script_field (script_server_get (server, i)->head, "Expect");

    assert_equals_string (expect, i == 1 ? "100-continue" : NULL);
  }
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_the_other_method_is_tried_when_allowed)
{
  static const ScriptStep scripts[][2] = { { { 405 } }, { { 405 }, { 405 } } };
  ScriptServer *server = script_server_new (scripts[__i__], 1 + __i__);
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "method", "auto", NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (
      sender_end (&s), __i__ == 0 ? GST_MESSAGE_EOS : GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, __i__ == 0 ? "Hhs" : "HH");
  fail_unless (g_str_has_prefix (script_server_get (server, 0)->head, "POST "));
  fail_unless (g_str_has_prefix (script_server_get (server, 1)->head, "PUT "));
  script_server_free (server);
}
GST_END_TEST;

/* ---- redirects ---- */

typedef struct
{
  guint status;
  const gchar *location; /* %u: the port of the other server */
  const gchar *log, *other_log;
  const gchar *path; /* of what goes there */
} Redirect;

static const Redirect redirects[] = {
  { 307, "/there/Streams(video.cmfv)", "Hhsss", "",
      "/there/Streams(video.cmfv)" },
  { 308, "there", "Hhsss", "", "/ingest/there" },
  { 301, "http://127.0.0.1:%u/x/Streams(video.cmfv)?k=v", "H", "hsss",
      "/x/Streams(video.cmfv)?k=v" },
  { 302, "//127.0.0.1:%u/", "H", "hsss", "/" },
};

/* Same method, same body, and remembered. */
GST_START_TEST (test_redirects_are_followed)
{
  const Redirect *c = &redirects[__i__];
  ScriptServer *other = script_server_new (NULL, 0);
  g_autofree gchar *to = g_strdup_printf (c->location, other->port);
  g_autofree gchar *fields = g_strdup_printf ("Location: %s\r\n", to);
  ScriptStep script[] = { { c->status, AGAIN (fields) } };
  ScriptServer *server = script_server_new (script, 1);
  ScriptServer *last = *c->other_log ? other : server;
  g_autoptr (GstStructure) headers =
      gst_structure_new ("h", "X-Api-Key", G_TYPE_STRING, "h34d", NULL);
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "user-id", "ada", "user-pw", "lovelace",
      "authentication", 1, "headers", headers, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 0);
  sender_clear (&s);
  assert_equals_string (server->log->str, c->log);
  assert_equals_string (other->log->str, c->other_log);
  for (guint i = last == server; i < last->requests->len; i++) {
    const ScriptRequest *request = script_server_get (last, i);
    g_autofree gchar *line = script_request_line (request);
    g_autofree gchar *expected = g_strdup_printf ("POST %s", c->path);
    g_autofree gchar *authorization =
        script_field (request->head, "Authorization");
    g_autofree gchar *key = script_field (request->head, "X-Api-Key");

    assert_equals_string (line, expected);
    /* who we are is nobody else's business */
    assert_equals_int (authorization != NULL, last == server);
    assert_equals_int (key != NULL, last == server);
  }
  script_server_free (server);
  script_server_free (other);
}
GST_END_TEST;

/* When something fails there, the way is asked for again. */
GST_START_TEST (test_a_redirect_is_forgotten_when_it_fails)
{
  static const ScriptStep there[] = { { 200 }, { 200 }, { 503 } };
  ScriptServer *other = script_server_new (there, G_N_ELEMENTS (there));
  g_autofree gchar *fields = g_strdup_printf (
      "Location: http://127.0.0.1:%u/x/Streams(video.cmfv)\r\n", other->port);
  ScriptStep script[] = { { 307, AGAIN (fields) } };
  ScriptServer *server = script_server_new (script, 1);
  Sender s;

  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (other->log->str, "hsS");
  assert_equals_string (server->log->str, "Hhss");
  script_server_free (server);
  script_server_free (other);
}
GST_END_TEST;

static guint
redirect_for_ever (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  *fields = g_strdup_printf ("Location: /%u\r\n", server->requests->len);
  return 307;
}

GST_START_TEST (test_redirects_have_an_end)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  server->decide = redirect_for_ever;
  sender_init (&s, server);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_int (server->requests->len, 12); /* twice one and five */
  script_server_free (server);
}
GST_END_TEST;

/* ---- receivers that are slow ---- */

/* What it has not taken in the time that may wait is given up at once, and the
 * newest goes on. */
GST_START_TEST (test_a_slow_receiver_is_left_behind)
{
  static const ScriptStep script[] = { { 200 }, { 0, SCRIPT_STALL, 100 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *got = NULL;
  guint at = 0;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "max-spool-time", 3 * GST_SECOND, "timeout",
      30 * GST_SECOND, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  sender_add (&s, "video", VIDEO);
  sender_push_chunks (&s, 0, 0, 5, FALSE);
  script_server_wait_requests (server, 2);
  sender_push_segments (&s, 0, 1, 4);
  sender_push_segment (&s, 0, 5, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  for (guint k = 0; k < 3; k++) {
    const GstStructure *d = gst_message_get_structure (sender_wait (
        &s, GST_MESSAGE_ELEMENT, "httpingestsink-segment-dropped", &at));
    guint64 time;

    fail_unless (gst_structure_get_uint64 (d, "decode-time", &time));
    assert_equals_uint64 (time, k * 90000);
  }
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 3);
  sender_clear (&s);
  script_server_stop (server);
  got = received_segments (server, "video");
  assert_equals_string (got, "3,4,5l");
  script_server_free (server);
}
GST_END_TEST;

/* All of a segment has been written long before the receiver has it. */
GST_START_TEST (test_a_narrow_link_is_no_silence)
{
  ScriptServer *server = script_server_prepare (NULL, 0);
  Sender s;

  server->pause = 50000; /* 1.5 s for a segment */
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "timeout", 700 * GST_MSECOND, NULL);
  gst_util_set_object_arg (
      G_OBJECT (s.sink), "request-mode", __i__ == 0 ? "segment" : "auto");
  sender_add (&s, "video", VIDEO);
  sender_push_chunks (&s, 0, 0, 5, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "retries"), 0);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "hs");
  script_server_free (server);
}
GST_END_TEST;

/* A socket whose queue of connections is full: the system answers no more. */
static gint
make_deaf_socket (guint16 *port, gint *fillers, guint n)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  gint fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  fail_unless (bind (fd, (struct sockaddr *)&address, size) == 0);
  fail_unless (listen (fd, 0) == 0);
  fail_unless (getsockname (fd, (struct sockaddr *)&address, &size) == 0);
  for (guint i = 0; i < n; i++) {
    fillers[i] =
        socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect (fillers[i], (struct sockaddr *)&address, size);
  }
  *port = ntohs (address.sin_port);
  return fd;
}

GST_START_TEST (test_connecting_takes_no_longer_than_the_time)
{
  gint fillers[4], fd;
  guint16 port;
  gint64 before = g_get_monotonic_time ();
  g_autofree gchar *location = NULL;
  Sender s;

  fd = make_deaf_socket (&port, fillers, G_N_ELEMENTS (fillers));
  location = g_strdup_printf ("http://127.0.0.1:%u/ingest", port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "timeout", GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, FALSE);
  sender_wait_message (&s, "connection-lost");
  fail_unless (g_get_monotonic_time () - before < 5 * G_TIME_SPAN_SECOND);
  /* and stopping does not wait for the next one */
  before = g_get_monotonic_time ();
  sender_clear (&s);
  fail_unless (g_get_monotonic_time () - before < G_TIME_SPAN_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (fd);
}
GST_END_TEST;

/* ---- names ---- */

typedef struct
{
  GResolver parent;
  guint n_lookups; /* atomic */
  gboolean fails;
} TestResolver;
typedef GResolverClass TestResolverClass;

static GType test_resolver_get_type (void);
G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

/* First where nobody listens. */
static GList *
lookup (TestResolver *self, GError **error)
{
  GSocketFamily family = g_atomic_int_add (&self->n_lookups, 1) == 0
                             ? G_SOCKET_FAMILY_IPV6
                             : G_SOCKET_FAMILY_IPV4;

  if (self->fails) {
    g_set_error_literal (
        error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
    return NULL;
  }
  return g_list_append (NULL, g_inet_address_new_loopback (family));
}

static GList *
lookup_by_name (GResolver *resolver, const gchar *name,
    GCancellable *cancellable, GError **error)
{
  assert_equals_string (name, "ingest.example");
  return lookup ((TestResolver *)resolver, error);
}

static GList *
lookup_by_name_with_flags (GResolver *resolver, const gchar *name,
    GResolverNameLookupFlags flags, GCancellable *cancellable, GError **error)
{
  return lookup ((TestResolver *)resolver, error);
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  klass->lookup_by_name = lookup_by_name;
  klass->lookup_by_name_with_flags = lookup_by_name_with_flags;
}

GST_START_TEST (test_a_name_is_looked_up_for_each_connection)
{
  static const ScriptStep script[] = { { 200 },
    { 200, AGAIN ("Connection: close\r\n") }, { 200 }, { 503 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  TestResolver *resolver = g_object_new (test_resolver_get_type (), NULL);
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autofree gchar *location =
      g_strdup_printf ("http://ingest.example:%u/ingest", server->port);
  g_autofree gchar *expected =
      g_strdup_printf ("ingest.example:%u", server->port);
  g_autofree gchar *host = NULL;
  Sender s;

  g_resolver_set_default (G_RESOLVER (resolver));
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 1);
  sender_push_segment (&s, 0, 2, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  g_resolver_set_default (before);
  assert_equals_string (server->log->str, "hshShss");
  assert_equals_int (server->n_connections, 3);
  assert_equals_int (resolver->n_lookups, 4); /* the first led nowhere */
  host = script_field (script_server_get (server, 0)->head, "Host");
  assert_equals_string (host, expected);
  g_object_unref (resolver);
  script_server_free (server);
}
GST_END_TEST;

/* Nobody listens there; nobody is called so. */
GST_START_TEST (test_who_cannot_be_reached_is_told_what_to_do)
{
  static const gchar *const hosts[] = { "127.0.0.1", "ingest.example" };
  static const gchar *const remedies[] = { "refused, needs a receiver that "
                                           "runs there: check host and port",
    "no such name, needs a host name" };
  ScriptServer *server = script_server_new (NULL, 0);
  TestResolver *resolver = g_object_new (test_resolver_get_type (), NULL);
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autofree gchar *location =
      g_strdup_printf ("http://%s:%u/ingest", hosts[__i__], server->port);
  const gchar *reason;
  Sender s;

  script_server_stop (server);
  resolver->fails = TRUE;
  g_resolver_set_default (G_RESOLVER (resolver));
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  sender_add (&s, "video", VIDEO);
  reason = gst_structure_get_string (
      sender_wait_message (&s, "connection-lost"), "reason");
  fail_unless (strstr (reason, remedies[__i__]) != NULL, "%s", reason);
  sender_clear (&s);
  g_resolver_set_default (before);
  g_object_unref (resolver);
  script_server_free (server);
}
GST_END_TEST;

static Suite *
httpingestsink_errors_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-errors");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_row, 0, G_N_ELEMENTS (rows));
  tcase_add_test (tcase, test_changes_of_health_are_told_once);
  tcase_add_test (tcase, test_too_fast_for_ever);
  tcase_add_loop_test (
      tcase, test_refusal_for_good_is_told_once, 0, G_N_ELEMENTS (refusals));
  tcase_add_loop_test (tcase, test_silence_is_told, 0, 4);
  tcase_add_loop_test (tcase, test_retry_after_is_waited_for, 0, 2);
  tcase_add_loop_test (tcase, test_conflict_goes_on_with_the_newest, 0, 2);
  tcase_add_test (tcase, test_length_required);
  tcase_add_test (tcase, test_expectation_failed);
  tcase_add_loop_test (
      tcase, test_the_other_method_is_tried_when_allowed, 0, 2);
  tcase_add_loop_test (
      tcase, test_redirects_are_followed, 0, G_N_ELEMENTS (redirects));
  tcase_add_test (tcase, test_a_redirect_is_forgotten_when_it_fails);
  tcase_add_test (tcase, test_redirects_have_an_end);
  tcase_add_test (tcase, test_a_slow_receiver_is_left_behind);
  tcase_add_loop_test (tcase, test_a_narrow_link_is_no_silence, 0, 2);
  tcase_add_test (tcase, test_connecting_takes_no_longer_than_the_time);
  tcase_add_test (tcase, test_a_name_is_looked_up_for_each_connection);
  tcase_add_loop_test (
      tcase, test_who_cannot_be_reached_is_told_what_to_do, 0, 2);
  return suite;
}

GST_CHECK_MAIN (httpingestsink_errors);
