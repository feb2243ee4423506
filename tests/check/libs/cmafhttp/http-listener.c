/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include "http-peer.h"

#include <gst/cmafhttp/http-framing.h>
#include <gst/cmafhttp/http-listener.h>

#define END "Host: x\r\n\r\n"

static gchar route_a[] = "A", route_al[] = "AL";
static CmafHttpListener *listener;
static guint16 port;
static GString *body;      /* what got-chunk saw; HTTP thread */
static gint n_bodies;      /* atomic */
static gint n_interrupted; /* atomic */
static gint n_complaints;  /* atomic; of libsoup */

static void
on_chunk (SoupServerMessage *message, GBytes *bytes, gpointer data)
{
  gsize size;
  gconstpointer bytes_data = g_bytes_get_data (bytes, &size);

  g_string_append_len (body, bytes_data, size);
}

static void
on_body (SoupServerMessage *message, gpointer data)
{
  g_atomic_int_inc (&n_bodies);
  soup_server_message_set_status (message, 200, NULL);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  if (soup_server_message_get_status (message) == 500)
    g_atomic_int_inc (&n_interrupted);
}

/* GET: the name of the route and the path. POST: 200 after the body. */
static void
answer (CmafHttpListener *l, SoupServerMessage *message, const gchar *path,
    GHashTable *query, gpointer user_data)
{
  g_autofree gchar *text = g_strdup_printf ("%s%s%s", (gchar *)user_data, path,
      query ? (gchar *)g_hash_table_lookup (query, "q") : "");

  if (g_str_equal (soup_server_message_get_method (message), "POST")) {
    g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
    g_signal_connect (message, "got-body", G_CALLBACK (on_body), NULL);
    g_signal_connect (message, "finished", G_CALLBACK (on_finished), NULL);
    return;
  }
  soup_server_message_set_response (
      message, "text/plain", SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_set_status (message, 200, NULL);
}

static void
forbid (CmafHttpListener *l, SoupServerMessage *message, const gchar *path,
    GHashTable *query, gpointer user_data)
{
  soup_server_message_set_response (
      message, "text/plain", SOUP_MEMORY_STATIC, "not you", 7);
  soup_server_message_set_status (message, 403, NULL);
}

static CmafHttpListener *
open_with (CmafHttpListenerConfig *config)
{
  g_autoptr (GError) error = NULL;
  CmafHttpListener *l = cmaf_http_listener_new (config, &error);

  fail_unless (l != NULL, "%s", error ? error->message : "");
  fail_unless (cmaf_http_listener_add_route (l, "/a", answer, route_a, NULL));
  fail_unless (
      cmaf_http_listener_add_route (l, "/a/long/", answer, route_al, NULL));
  fail_unless (cmaf_http_listener_add_route (l, "/no", forbid, NULL, NULL));
  return l;
}

static void
on_soup_complaint (const gchar *domain, GLogLevelFlags level,
    const gchar *message, gpointer data)
{
  g_printerr ("%s: %s\n", domain, message);
  g_atomic_int_inc (&n_complaints);
}

static void
open_default (void)
{
  CmafHttpListenerConfig config;

  n_complaints = 0;
  g_log_set_handler ("libsoup", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL,
      on_soup_complaint, NULL);
  cmaf_http_listener_config_init (&config);
  body = g_string_new (NULL);
  n_bodies = n_interrupted = 0;
  listener = open_with (&config);
  port = cmaf_http_listener_get_port (listener);
}

static void
close_default (void)
{
  cmaf_http_listener_unref (listener);
  g_string_free (body, TRUE);
  assert_equals_int (g_atomic_int_get (&n_complaints), 0);
}

static guint64
stat (CmafHttpListener *l, const gchar *name)
{
  g_autoptr (GstStructure) stats = cmaf_http_listener_get_stats (l);
  guint64 value = G_MAXUINT64;

  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

/* The HTTP thread gets there; it says when by its counters. */
static void
wait_for_stat (CmafHttpListener *l, const gchar *name, guint64 wanted)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  while (stat (l, name) != wanted)
    fail_unless (g_get_monotonic_time () < deadline,
        "%s is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, name,
        stat (l, name), wanted);
}

/* ---- routes ---- */

typedef struct
{
  const gchar *request;
  guint status;
  const gchar *body;
} RouteCase;

static const RouteCase route_cases[] = {
  { "GET /a HTTP/1.1\r\n", 200, "A/a" },
  { "GET /a/b HTTP/1.1\r\n", 200, "A/a/b" },
  { "GET /a/long HTTP/1.1\r\n", 200, "AL/a/long" },
  { "GET /a/long/x HTTP/1.1\r\n", 200, "AL/a/long/x" },
  { "GET /a/longer HTTP/1.1\r\n", 200, "A/a/longer" },
  { "GET /a/x?q=7 HTTP/1.1\r\n", 200, "A/a/x7" },
  { "GET //a///b HTTP/1.1\r\n", 200, "A/a/b" },
  { "GET /a/Streams%28v%20%25.cmfv%29 HTTP/1.1\r\n", 200,
      "A/a/Streams(v %.cmfv)" },
  { "PUT /a/b HTTP/1.1\r\nContent-Length: 0\r\n", 200, "A/a/b" },
  { "DELETE /a/b HTTP/1.1\r\n", 200, "A/a/b" },
  { "OPTIONS /a/b HTTP/1.1\r\n", 200, "A/a/b" },
  { "GET /ab HTTP/1.1\r\n", 404, "" },
  { "GET / HTTP/1.1\r\n", 404, "" },
  { "GET /a/../no HTTP/1.1\r\n", 400, "" },
  { "POST /a/../no HTTP/1.1\r\nContent-Length: 0\r\n", 403, "" },
  { "POST /a/%2e%2E/no HTTP/1.1\r\nContent-Length: 0\r\n", 403, "" },
  { "POST /a/.. HTTP/1.1\r\nContent-Length: 0\r\n", 403, "" },
  { "GET /a/b%2fc HTTP/1.1\r\n", 400, "" },
  { "GET /a/b%5Cc HTTP/1.1\r\n", 400, "" },
  { "GET /a/b\\c HTTP/1.1\r\n", 400, "" },
  { "GET /a/b%00c HTTP/1.1\r\n", 400, "" },
  { "GET /a/b%ffc HTTP/1.1\r\n", 400, "" },
  { "GET /a/b%zz HTTP/1.1\r\n", 400, "" },
  { "GET http://y/a/b HTTP/1.1\r\n", 200, "A/a/b" },
  { "GET http://y/a/../b HTTP/1.1\r\n", 400, "" },
  { "OPTIONS * HTTP/1.1\r\n", 204, "" },
};

GST_START_TEST (test_longest_prefix_gets_the_checked_path)
{
  const RouteCase *c = &route_cases[__i__];
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *request = g_strconcat (c->request, END, NULL);
  g_autofree gchar *got = NULL;

  fail_unless (peer_send (peer, request));
  assert_equals_int (peer_read_response (peer, NULL, &got), c->status);
  if (c->status == 200)
    assert_equals_string (got, c->body);
  /* the connection lives on */
  assert_equals_int (peer_request (peer, "GET /a HTTP/1.1\r\n" END), 200);
}
GST_END_TEST;

GST_START_TEST (test_too_long_is_refused)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *fill = g_strnfill (3000, 'x');
  g_autofree gchar *path = g_strdup_printf ("GET /a/%s HTTP/1.1\r\n" END, fill);
  g_autofree gchar *query =
      g_strdup_printf ("GET /a?q=%s HTTP/1.1\r\n" END, fill);
  g_autofree gchar *field = g_strdup_printf (
      "GET /a HTTP/1.1\r\nA: %s\r\nB: %s\r\nC: %s\r\n" END, fill, fill, fill);

  assert_equals_int (peer_request (peer, path), 400);
  assert_equals_int (peer_request (peer, query), 400);
  assert_equals_int (peer_request (peer, field), 431);
  fail_unless (peer_sees_close (peer));
}
GST_END_TEST;

/* A head that has no end is not waited for. */
GST_START_TEST (test_an_endless_head_is_refused)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);

  fail_unless (peer_send (peer, "GET /a HTTP/1.1\r\nA: "));
  while (stat (listener, "rejected") == 0)
    peer_send (peer, "0123456789012345678901234567890123456789");
  assert_equals_int (peer_read_response (peer, NULL, NULL), 431);
  fail_unless (peer_sees_close (peer));
}
GST_END_TEST;

/* What one reader takes for the end of a request, another must not take for
 * its middle. */
GST_START_TEST (test_a_request_without_a_certain_end_is_refused)
{
  static const struct
  {
    const gchar *fields;
    guint status;
  } rows[] = {
    { "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400 },
    { "Content-Length: 3\r\nContent-Length: 4\r\n", 400 },
    { "Content-Length: 0x3\r\n", 400 },
    { "Transfer-Encoding: chunked, chunked\r\n", 501 },
    { "A: b\r\n Content-Length: 3\r\n", 400 },
    { "Content-Length : 3\r\n", 400 },
    { "A\r\n", 400 },
  };
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *request = g_strconcat ("POST /a HTTP/1.1\r\n",
      rows[__i__].fields, END "0\r\n\r\nGET /a HTTP/1.1\r\n" END, NULL);

  assert_equals_int (peer_request (peer, request), rows[__i__].status);
  fail_unless (peer_sees_close (peer)); /* and nothing more is served */
  assert_equals_uint64 (stat (listener, "requests"), 1);
}
GST_END_TEST;

GST_START_TEST (test_a_request_without_host_is_told_so)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *text = NULL;

  assert_equals_int (peer_request (peer, "GET /a HTTP/1.0\r\n\r\n"), 200);
  g_clear_object (&peer);
  peer = peer_connect (port);
  fail_unless (peer_send (peer, "GET /a HTTP/1.1\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, &text), 400);
  assert_equals_string (text, "Host: a request of HTTP/1.1 needs it once\n");
  fail_unless (peer_sees_close (peer));
}
GST_END_TEST;

/* All in one piece: each is answered for itself, and bodies are not taken for
 * heads. */
GST_START_TEST (test_requests_may_follow_each_other_at_once)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  static const guint statuses[] = { 200, 403, 200, 400, 200, 200 };

  fail_unless (peer_send (peer,
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END
      "15\r\nGET /../ HTTP/1.1\r\n\r\n\r\n0\r\nT: u\r\n\r\n"
      "POST /a/../b HTTP/1.1\r\nContent-Length: 3\r\n" END "abc"
      "\r\nPOST /a HTTP/1.1\r\nContent-Length: 5\r\n" END "\r\n\r\nx"
      "GET /a/%2e%2e/b HTTP/1.1\r\n" END "POST /a HTTP/1.1\r\n" END
      "GET /a HTTP/1.1\r\n" END));
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    assert_equals_int (peer_read_response (peer, NULL, NULL), statuses[i]);
  assert_equals_string (body->str, "GET /../ HTTP/1.1\r\n\r\n\r\n\r\nx");
}
GST_END_TEST;

GST_START_TEST (test_a_route_is_taken_once_and_can_go)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GError) error = NULL;

  fail_if (
      cmaf_http_listener_add_route (listener, "/a/", answer, route_a, &error));
  fail_unless (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS));
  cmaf_http_listener_remove_route (listener, "/a");
  assert_equals_int (peer_request (peer, "GET /a HTTP/1.1\r\n" END), 404);
  assert_equals_int (peer_request (peer, "GET /a/long HTTP/1.1\r\n" END), 200);
}
GST_END_TEST;

/* Whoever has a connection to a server that goes is to try again. */
GST_START_TEST (test_a_server_without_any_route_is_shutting_down)
{
  CmafHttpListenerConfig config;
  CmafHttpListener *l;
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *head = NULL;
  g_autofree gchar *again = NULL;

  cmaf_http_listener_config_init (&config);
  l = cmaf_http_listener_new (&config, NULL);
  peer = peer_connect (cmaf_http_listener_get_port (l));
  fail_unless (peer_send (peer, "GET /a HTTP/1.1\r\n" END));
  assert_equals_int (peer_read_response (peer, &head, NULL), 503);
  again = peer_header (head, "Retry-After");
  assert_equals_string (again, "1");
  cmaf_http_listener_unref (l);
}
GST_END_TEST;

GST_START_TEST (test_errors_of_head_have_no_body)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *head = NULL;

  fail_unless (peer_send (peer, "HEAD /nowhere HTTP/1.1\r\n" END));
  head = peer_read_head (peer);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 404 "));
  assert_equals_int (peer_request (peer, "GET /a HTTP/1.1\r\n" END), 200);
}
GST_END_TEST;

/* ---- sockets ---- */

GST_START_TEST (test_same_port_is_shared_and_freed_by_the_last)
{
  CmafHttpListenerConfig config;
  CmafHttpListener *other;
  g_autoptr (GError) error = NULL;

  cmaf_http_listener_config_init (&config);
  config.port = port;
  other = cmaf_http_listener_new (&config, &error);
  fail_unless (other == listener);
  cmaf_http_listener_unref (other);

  config.address = "0.0.0.0"; /* not the same: taken */
  fail_unless (cmaf_http_listener_new (&config, &error) == NULL);
  fail_unless (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE));
  fail_unless (strstr (error->message, "is taken at 0.0.0.0") != NULL);

  cmaf_http_listener_unref (listener);
  listener = open_with (&config);
  assert_equals_int (cmaf_http_listener_get_port (listener), port);
}
GST_END_TEST;

GST_START_TEST (test_port_zero_is_never_shared)
{
  CmafHttpListenerConfig config;
  CmafHttpListener *other;

  cmaf_http_listener_config_init (&config);
  other = open_with (&config);
  fail_unless (cmaf_http_listener_get_port (other) != port);
  cmaf_http_listener_unref (other);
}
GST_END_TEST;

/* The second one is reserved for documents: no machine has it. */
static const gchar *const bad_addresses[] = { "not.an.address", "192.0.2.1" };

GST_START_TEST (test_a_bad_address_is_named)
{
  CmafHttpListenerConfig config;
  g_autoptr (GError) error = NULL;

  cmaf_http_listener_config_init (&config);
  config.address = bad_addresses[__i__];
  fail_unless (cmaf_http_listener_new (&config, &error) == NULL);
  fail_unless (g_str_has_prefix (error->message, "address: "));
  fail_unless (strstr (error->message, bad_addresses[__i__]) != NULL);
}
GST_END_TEST;

/* LIV-08: libsoup 3.2 keeps the socket of a peer that closes between two
 * requests. 0, 1 or 3 requests before the close, or 1 before
 * a reset. */
GST_START_TEST (test_descriptors_stay_constant)
{
  guint before = 0, i, k, n_requests = (guint[]){ 0, 1, 3, 1 }[__i__];

  for (i = 0; i < 300; i++) {
    g_autoptr (GSocketConnection) peer = peer_connect (port);

    if (__i__ == 3)
      peer_reset_on_close (peer);
    if (i == 1) /* what libraries open once is open now */
      before = peer_count_descriptors ();
    for (k = 0; k < n_requests; k++)
      assert_equals_int (peer_request (peer, "GET /a HTTP/1.1\r\n" END), 200);
  }
  wait_for_stat (listener, "accepted", 300);
  wait_for_stat (listener, "connections", 0);
  fail_unless (peer_count_descriptors () <= before);
}
GST_END_TEST;

/* ---- bodies ---- */

GST_START_TEST (test_bodies_stream)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);

  fail_unless (
      peer_send (peer, "POST /a HTTP/1.1\r\nHost: x\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
  fail_unless (peer_send (peer, "2\r\nde\r\n0\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 200);
  assert_equals_string (body->str, "abcde");
}
GST_END_TEST;

GST_START_TEST (test_expectation_is_met_at_once)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);

  fail_unless (peer_send (peer, "POST /a HTTP/1.1\r\nHost: x\r\nExpect: "
                                "100-continue\r\nContent-Length: 2\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 100);
  fail_unless (peer_send (peer, "ab"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 200);

  fail_unless (peer_send (peer, "POST /no HTTP/1.1\r\nHost: x\r\nExpect: "
                                "100-continue\r\nContent-Length: 2\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 403);
}
GST_END_TEST;

/* A sender that never ends gets its error all the same, and is cut off. */
GST_START_TEST (test_an_error_does_not_wait_for_the_body)
{
  static const gchar *paths[] = { "/no", "/nowhere", "/a/../x" };
  static const guint statuses[] = { 403, 404, 403 };
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *request = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\n"
                                               "Transfer-Encoding: chunked\r\n"
                                               "\r\n3\r\nabc\r\n",
      paths[__i__]);
  g_autofree gchar *head = NULL, *text = NULL, *connection = NULL;

  fail_unless (peer_send (peer, request));
  assert_equals_int (peer_read_response (peer, &head, &text), statuses[__i__]);
  connection = peer_header (head, "Connection");
  assert_equals_string (connection, "close");
  if (__i__ == 0)
    assert_equals_string (text, "not you");
  while (peer_send (peer, "3\r\nabc\r\n"))
    ; /* until the other side has closed */
  wait_for_stat (listener, "connections", 0);
}
GST_END_TEST;

/* What cannot be understood is answered, and then the connection ends: nobody
 * has to guess from a close. @text of the answer. */
GST_START_TEST (test_nothing_ends_without_an_answer)
{
  static const struct
  {
    const gchar *bytes;
    const gchar *text;
    gboolean is_end; /* nothing more is sent */
  } rows[] = {
    { "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nxyz\r\n",
        "body: a chunk has no size, needs hexadecimal digits and a line end\n",
        FALSE },
    { "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc",
        "body: ends before its last chunk\n", TRUE },
    { "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n",
        "body: ends before its last chunk\n", TRUE },
    { "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "body: has 3 bytes, its Content-Length needs 9\n", TRUE },
    { "GET /a HTT", "head: ends before its empty line\n", TRUE },
    { "GET /a HTTP/1.1\r\nHost", "head: ends before its empty line\n", TRUE },
    { "\x16\x03\x01\x02", CMAF_HTTP_NO_REQUEST_LINE "\n", FALSE },
    { "{\"id\": 1}", CMAF_HTTP_NO_REQUEST_LINE "\n", FALSE },
    { "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        CMAF_HTTP_NO_REQUEST_LINE "\n", FALSE },
  };
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *head = NULL, *text = NULL, *connection = NULL;

  fail_unless (peer_send (peer, rows[__i__].bytes));
  if (rows[__i__].is_end)
    g_socket_shutdown (
        g_socket_connection_get_socket (peer), FALSE, TRUE, NULL);
  assert_equals_int (peer_read_response (peer, &head, &text), 400);
  assert_equals_string (text, rows[__i__].text);
  connection = peer_header (head, "Connection");
  assert_equals_string (connection, "close");
  /* what still comes does not destroy the answer, and nothing more follows */
  peer_send (peer, "3\r\nabc\r\n0\r\n\r\nGET /a HTTP/1.1\r\n" END);
  fail_unless (peer_sees_close (peer));
  wait_for_stat (listener, "connections", 0);
  assert_equals_int (g_atomic_int_get (&n_bodies), 0);
}
GST_END_TEST;

GST_START_TEST (test_every_status_has_a_name)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *head = NULL;

  fail_unless (peer_send (peer, "GET /a HTTP/1.1\r\n"));
  for (guint i = 0; i < 65; i++)
    fail_unless (peer_send (peer, "A: b\r\n"));
  fail_unless (peer_send (peer, END));
  assert_equals_int (peer_read_response (peer, &head, NULL), 431);
  fail_unless (g_str_has_prefix (
                   head, "HTTP/1.1 431 Request Header Fields Too Large\r\n"),
      "%s", head);
}
GST_END_TEST;

GST_START_TEST (test_an_interrupted_body_is_told)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  guint before;

  wait_for_stat (listener, "connections", 1); /* it has its descriptor too */
  before = peer_count_descriptors ();
  fail_unless (peer_send (peer,
      __i__ == 0 ? "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"
                 : "POST /a HTTP/1.1\r\nHost: x\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"));
  wait_for_stat (listener, "requests", 1);
  g_clear_object (&peer);
  while (g_atomic_int_get (&n_interrupted) == 0)
    fail_unless (g_get_monotonic_time () < deadline);
  assert_equals_int (g_atomic_int_get (&n_bodies), 0);
  wait_for_stat (listener, "connections", 0);
  fail_unless (peer_count_descriptors () < before);
}
GST_END_TEST;

GST_START_TEST (test_closing_with_requests_under_way)
{
  g_autoptr (GSocketConnection) idle = peer_connect (port);
  g_autoptr (GSocketConnection) half = peer_connect (port);
  g_autoptr (GSocketConnection) busy = peer_connect (port);
  g_autoptr (GSocketConnection) refused = peer_connect (port);

  assert_equals_int (peer_request (idle, "GET /a HTTP/1.1\r\n" END), 200);
  fail_unless (peer_send (half, "GET /a"));
  fail_unless (peer_send (
      busy, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"));
  fail_unless (peer_send (refused,
      "POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\nabc"));
  wait_for_stat (listener, "requests", 3);
  cmaf_http_listener_unref (listener);
  fail_unless (peer_sees_close (idle));
  fail_unless (peer_sees_close (half));
  fail_unless (peer_sees_close (busy));
  fail_unless (peer_sees_close (refused));
  listener = open_with (&(CmafHttpListenerConfig){
      .address = "127.0.0.1", .max_connections = 1 });
}
GST_END_TEST;

static Suite *
http_listener_suite (void)
{
  Suite *suite = suite_create ("http-listener");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, open_default, close_default);
  tcase_add_loop_test (tc, test_longest_prefix_gets_the_checked_path, 0,
      G_N_ELEMENTS (route_cases));
  tcase_add_test (tc, test_too_long_is_refused);
  tcase_add_test (tc, test_an_endless_head_is_refused);
  tcase_add_loop_test (
      tc, test_a_request_without_a_certain_end_is_refused, 0, 7);
  tcase_add_test (tc, test_a_request_without_host_is_told_so);
  tcase_add_test (tc, test_requests_may_follow_each_other_at_once);
  tcase_add_test (tc, test_a_route_is_taken_once_and_can_go);
  tcase_add_test (tc, test_a_server_without_any_route_is_shutting_down);
  tcase_add_test (tc, test_errors_of_head_have_no_body);
  tcase_add_test (tc, test_same_port_is_shared_and_freed_by_the_last);
  tcase_add_test (tc, test_port_zero_is_never_shared);
  tcase_add_loop_test (
      tc, test_a_bad_address_is_named, 0, G_N_ELEMENTS (bad_addresses));
  tcase_add_loop_test (tc, test_descriptors_stay_constant, 0, 4);
  tcase_add_test (tc, test_bodies_stream);
  tcase_add_test (tc, test_expectation_is_met_at_once);
  tcase_add_loop_test (tc, test_an_error_does_not_wait_for_the_body, 0, 3);
  tcase_add_loop_test (tc, test_nothing_ends_without_an_answer, 0, 9);
  tcase_add_test (tc, test_every_status_has_a_name);
  tcase_add_loop_test (tc, test_an_interrupted_body_is_told, 0, 2);
  tcase_add_test (tc, test_closing_with_requests_under_way);
  return suite;
}

GST_CHECK_MAIN (http_listener);
