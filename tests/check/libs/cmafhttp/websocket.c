/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A connection over a socket pair; the client is this test. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/websocket.h>
#include <sys/socket.h>

static const guint8 mask[4] = { 1, 2, 3, 4 };

typedef struct
{
  GMainContext *context;
  GSocket *client;
  CmafWsReader *reader;
  CmafWebsocket *ws;
  gint64 start;
  GPtrArray *media; /* of CmafWsMessage */
  guint next;
  GString *texts; /* from the client, each ended by ';' */
  guint closed;   /* code */
  GString *got;   /* by the client */
} Fixture;

static void
on_text (CmafWebsocket *ws, const gchar *text, gpointer user_data)
{
  Fixture *f = user_data;

  g_string_append_printf (f->texts, "%s;", text);
  if (g_str_equal (text, "echo"))
    cmaf_websocket_send_text (ws, "echo");
}

static CmafWsMessage *
on_next (CmafWebsocket *ws, gpointer user_data)
{
  Fixture *f = user_data;

  return f->next < f->media->len ? g_ptr_array_index (f->media, f->next++)
                                 : NULL;
}

static void
on_give_back (CmafWebsocket *ws, guint n, gpointer user_data)
{
  Fixture *f = user_data;

  fail_unless (n <= f->next);
  f->next -= n;
}

static void
on_closed (
    CmafWebsocket *ws, guint code, const gchar *reason, gpointer user_data)
{
  Fixture *f = user_data;

  fail_unless (f->closed == 0);
  f->closed = code;
  g_clear_pointer (&f->ws, cmaf_websocket_free);
}

static const CmafWebsocketCallbacks callbacks = { on_text, on_next,
  on_give_back, on_closed };

static void
fixture_init (Fixture *f)
{
  static const CmafWsReaderConfig config = { 8 << 20, FALSE, TRUE };
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) server = NULL;
  gint fds[2];

  memset (f, 0, sizeof *f);
  fail_unless (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  server = g_socket_new_from_fd (fds[0], NULL);
  f->client = g_socket_new_from_fd (fds[1], NULL);
  g_socket_set_blocking (server, FALSE);
  g_socket_set_blocking (f->client, FALSE);
  stream = g_socket_connection_factory_create_connection (server);
  f->media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_ws_message_unref);
  f->texts = g_string_new (NULL);
  f->got = g_string_new (NULL);
  f->reader = cmaf_ws_reader_new (&config);
  f->start = g_get_monotonic_time ();
  f->ws = cmaf_websocket_new (
      G_IO_STREAM (stream), server, FALSE, &callbacks, f, f->start);
}

static void
fixture_clear (Fixture *f)
{
  g_clear_pointer (&f->ws, cmaf_websocket_free);
  cmaf_ws_reader_free (f->reader);
  g_object_unref (f->client);
  g_ptr_array_unref (f->media);
  g_string_free (f->texts, TRUE);
  g_string_free (f->got, TRUE);
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
}

static void
run (Fixture *f)
{
  while (g_main_context_iteration (f->context, FALSE))
    ;
}

static void
client_sends (Fixture *f, CmafWsOpcode opcode, const gchar *text)
{
  g_autoptr (GBytes) frame =
      cmaf_ws_frame_new (opcode, text, strlen (text), mask);
  gsize size;
  const gchar *data = g_bytes_get_data (frame, &size);

  fail_unless (
      g_socket_send (f->client, data, size, NULL, NULL) == (gssize)size);
  run (f);
}

/* Reads at most @max bytes; describes messages as "<opcode>:<payload>;", long
 * payloads as their size. */
static void
client_reads (Fixture *f, gsize max)
{
  CmafWsIncoming m;
  gchar buffer[16384];
  gssize n;

  while (max > 0
         && (n = g_socket_receive (
                 f->client, buffer, MIN (max, sizeof buffer), NULL, NULL))
                > 0) {
    max -= n;
    cmaf_ws_reader_feed (f->reader, buffer, n);
    while (cmaf_ws_reader_read (f->reader, &m) == CMAF_WS_READ_MESSAGE) {
      g_string_append_printf (f->got, "%x:", m.opcode);
      if (m.opcode == CMAF_WS_CLOSE)
        g_string_append_printf (f->got, "%u ", m.close_code);
      if (m.size < 100)
        g_string_append_len (f->got, (const gchar *)m.data, m.size);
      else
        g_string_append_printf (f->got, "%" G_GSIZE_FORMAT, m.size);
      g_string_append_c (f->got, ';');
    }
    fail_unless_equals_int (cmaf_ws_reader_get_error (f->reader, NULL), 0);
    run (f);
  }
}

static void
assert_client_got (Fixture *f, const gchar *expected)
{
  client_reads (f, G_MAXSIZE);
  fail_unless_equals_string (f->got->str, expected);
  g_string_truncate (f->got, 0);
}

static void
add_media (Fixture *f, const gchar *head, gsize size, guint n_pieces)
{
  g_autoptr (GPtrArray) payload =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < n_pieces; i++)
    g_ptr_array_add (payload,
        g_bytes_new_take (g_malloc0 (size / n_pieces), size / n_pieces));
  g_ptr_array_add (f->media,
      cmaf_ws_message_new (CMAF_WS_BINARY, head, strlen (head), payload));
}

GST_START_TEST (test_texts_pings_and_a_close_by_the_client)
{
  Fixture f;

  fixture_init (&f);
  client_sends (&f, CMAF_WS_TEXT, "one");
  client_sends (&f, CMAF_WS_TEXT, "echo");
  client_sends (&f, CMAF_WS_PING, "x");
  client_sends (&f, CMAF_WS_PONG, "");
  fail_unless_equals_string (f.texts->str, "one;echo;");
  assert_client_got (&f, "1:echo;a:x;");
  client_sends (&f, CMAF_WS_CLOSE,
      "\x03\xe8"
      "bye");
  fail_unless_equals_int (f.closed, 1000);
  assert_client_got (&f, "8:1000 bye;");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_close_by_the_server_waits_for_the_answer)
{
  Fixture f;

  fixture_init (&f);
  cmaf_websocket_close (f.ws, 4004, "no-channel: x");
  cmaf_websocket_send_text (f.ws, "too late");
  add_media (&f, "m", 0, 0);
  cmaf_websocket_wake (f.ws);
  client_sends (&f, CMAF_WS_TEXT, "late");
  assert_client_got (&f, "8:4004 no-channel: x;");
  fail_unless_equals_string (f.texts->str, "");
  fail_unless_equals_int (f.closed, 0);
  client_sends (&f, CMAF_WS_CLOSE, "\x0f\xa4");
  fail_unless_equals_int (f.closed, 4004);
  fixture_clear (&f);

  /* and not for ever */
  fixture_init (&f);
  cmaf_websocket_close (f.ws, 1001, "going away");
  run (&f);
  cmaf_websocket_tick (f.ws, g_get_monotonic_time () + 1 * G_USEC_PER_SEC);
  run (&f);
  fail_unless_equals_int (f.closed, 0);
  cmaf_websocket_tick (f.ws, g_get_monotonic_time () + 3 * G_USEC_PER_SEC);
  run (&f);
  fail_unless_equals_int (f.closed, 1001);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_violation_closes_with_its_code)
{
  Fixture f;

  fixture_init (&f);
  client_sends (&f, CMAF_WS_BINARY, "x");
  assert_client_got (&f, "8:1003 binary message;");
  /* what the client does now, EOF, ends it */
  g_socket_close (f.client, NULL);
  run (&f);
  fail_unless_equals_int (f.closed, 1003);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_eof_and_reset_are_noticed)
{
  Fixture f;

  fixture_init (&f);
  client_sends (&f, CMAF_WS_TEXT, "x");
  g_socket_close (f.client, NULL);
  run (&f);
  fail_unless_equals_int (f.closed, 1006);
  fixture_clear (&f);

  /* while writing */
  fixture_init (&f);
  g_socket_shutdown (f.client, TRUE, FALSE, NULL);
  cmaf_websocket_send_text (f.ws, "x");
  run (&f);
  fail_unless_equals_int (f.closed, 1006);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_media_comes_whole_and_in_order_through_a_small_socket)
{
  Fixture f;
  g_autoptr (GString) expected = g_string_new (NULL);

  fixture_init (&f);
  for (guint i = 0; i < 300; i++) {
    g_autofree gchar *head = g_strdup_printf ("%03u", i);

    /* some of more pieces than one system call is given */
    add_media (&f, head, i * 1000, i % 7 == 0 ? 100 : 1 + i % 5);
    if (i == 0)
      g_string_append (expected, "2:000;");
    else
      g_string_append_printf (expected, "2:%u;",
          3
              + i * 1000 / (i % 7 == 0 ? 100 : 1 + i % 5)
                    * (i % 7 == 0 ? 100 : 1 + i % 5));
  }
  cmaf_websocket_wake (f.ws);
  run (&f);
  fail_unless (f.next < 100); /* it is not queued in the connection */
  client_reads (&f, 12345);
  assert_client_got (&f, expected->str);
  fail_unless_equals_uint64 (
      cmaf_websocket_get_counters (f.ws)->messages_sent, 300);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_control_overtakes_media_but_never_inside_a_message)
{
  Fixture f;

  fixture_init (&f);
  add_media (&f, "a", 1 << 20, 1);
  add_media (&f, "b", 200, 1);
  add_media (&f, "c", 200, 1);
  cmaf_websocket_wake (f.ws);
  run (&f);
  /* only the first is begun, the others were given back */
  fail_unless_equals_int (f.next, 1);
  fail_unless_equals_int (cmaf_websocket_get_partial (f.ws), 1);
  cmaf_websocket_send_text (f.ws, "pong");
  /* "b" is dropped meanwhile: that is what giving back is for */
  f.next = 2;
  assert_client_got (&f, "2:1048577;1:pong;2:201;");
  fail_unless_equals_int (cmaf_websocket_get_partial (f.ws), 0);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_close_follows_the_message_that_is_half_on_the_wire)
{
  Fixture f;

  fixture_init (&f);
  add_media (&f, "a", 1 << 20, 1);
  add_media (&f, "b", 200, 1);
  cmaf_websocket_wake (f.ws);
  run (&f);
  cmaf_websocket_close (f.ws, 1001, NULL);
  assert_client_got (&f, "2:1048577;8:1001 ;");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_silence_is_pinged_then_closed)
{
  Fixture f;

  fixture_init (&f);
  cmaf_websocket_tick (f.ws, f.start + 9 * G_USEC_PER_SEC);
  assert_client_got (&f, "");
  cmaf_websocket_tick (f.ws, f.start + 11 * G_USEC_PER_SEC);
  cmaf_websocket_tick (f.ws, f.start + 12 * G_USEC_PER_SEC);
  assert_client_got (&f, "9:;");
  cmaf_websocket_tick (f.ws, f.start + 26 * G_USEC_PER_SEC);
  assert_client_got (&f, "8:4008 silent: no byte received for 25 s;");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_who_takes_nothing_for_ten_seconds_is_let_go)
{
  Fixture f;

  fixture_init (&f);
  add_media (&f, "a", 1 << 20, 1);
  cmaf_websocket_wake (f.ws);
  run (&f);
  cmaf_websocket_tick (f.ws, g_get_monotonic_time () + 9 * G_USEC_PER_SEC);
  run (&f);
  fail_unless_equals_int (f.closed, 0);
  cmaf_websocket_tick (f.ws, g_get_monotonic_time () + 11 * G_USEC_PER_SEC);
  run (&f);
  fail_unless_equals_int (f.closed, 4009);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_unread_answers_are_limited)
{
  Fixture f;

  fixture_init (&f);
  add_media (&f, "a", 1 << 20, 1);
  cmaf_websocket_wake (f.ws);
  run (&f);
  for (guint i = 0; i < 2000; i++)
    cmaf_websocket_send_text (f.ws, "answer");
  run (&f);
  fail_unless_equals_int (f.closed, 4009);
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
websocket_suite (void)
{
  Suite *s = suite_create ("websocket");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_texts_pings_and_a_close_by_the_client);
  tcase_add_test (tc, test_a_close_by_the_server_waits_for_the_answer);
  tcase_add_test (tc, test_a_violation_closes_with_its_code);
  tcase_add_test (tc, test_eof_and_reset_are_noticed);
  tcase_add_test (
      tc, test_media_comes_whole_and_in_order_through_a_small_socket);
  tcase_add_test (tc, test_control_overtakes_media_but_never_inside_a_message);
  tcase_add_test (
      tc, test_a_close_follows_the_message_that_is_half_on_the_wire);
  tcase_add_test (tc, test_silence_is_pinged_then_closed);
  tcase_add_test (tc, test_who_takes_nothing_for_ten_seconds_is_let_go);
  tcase_add_test (tc, test_unread_answers_are_limited);
  return s;
}

GST_CHECK_MAIN (websocket);
