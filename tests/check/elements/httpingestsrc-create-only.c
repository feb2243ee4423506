/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What is sent with If-None-Match: * to a receiver that keeps objects: the
 * first that is whole wins, the others are 412. So it can be the store that
 * encoders share. Each test runs with a directory and with memory. */
#include "http-peer.h"
#include "ingest-receiver.h"

#define ONLY "If-None-Match: *\r\n"

typedef struct
{
  Receiver *receiver;
  gchar *folder;
  GSocketConnection *peers[2];
} Fixture;

static void
open_fixture (Fixture *f, gboolean is_memory)
{
  memset (f, 0, sizeof *f);
  f->receiver = receiver_new ();
  f->folder = g_dir_make_tmp ("objects-XXXXXX", NULL);
  g_object_set (f->receiver->src, "objects-location",
      is_memory ? "memory:" : f->folder, NULL);
  play (f->receiver);
  for (guint i = 0; i < 2; i++)
    f->peers[i] = peer_connect (f->receiver->port);
}

static void
close_fixture (Fixture *f)
{
  g_autofree gchar *command = g_strdup_printf ("rm -r %s", f->folder);

  for (guint i = 0; i < 2; i++)
    g_object_unref (f->peers[i]);
  receiver_free (f->receiver);
  fail_unless (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (f->folder);
}

static guint
request (Fixture *f, const gchar *method, const gchar *path,
    const gchar *fields, const gchar *text, gchar **body)
{
  g_autofree gchar *message =
      g_strdup_printf ("%s /ingest/%s HTTP/1.1\r\nHost: x\r\n%s"
                       "Content-Length: %u\r\n\r\n%s",
          method, path, fields, (guint)strlen (text), text);

  fail_unless (peer_send (f->peers[0], message));
  return peer_read_response (f->peers[0], NULL, body);
}

static void
assert_object (Fixture *f, const gchar *path, const gchar *text)
{
  g_autofree gchar *body = NULL;
  guint status = request (f, "GET", path, "", "", &body);

  assert_equals_int (status, text ? 200 : 404);
  if (text)
    assert_equals_string (body, text);
}

/* What encoders and packagers share is among them. */
static const gchar *const paths[] = { "cfg.json", "service/gen/1.json",
  "sync/fp/v/0000000017", "offset/a/b.json", "v/1.m4s", "stream.m3u8" };

GST_START_TEST (test_what_is_there_is_not_replaced)
{
  const gchar *path = paths[__i__ / 2];
  g_autofree gchar *why = NULL;
  Fixture f;

  open_fixture (&f, __i__ % 2);
  assert_equals_int (request (&f, "PUT", path, ONLY, "one", NULL), 200);
  assert_equals_int (request (&f, "PUT", path, ONLY, "two", &why), 412);
  fail_unless (strstr (why, "If-None-Match") != NULL, "%s", why);
  assert_object (&f, path, "one");
  /* the connection is as it was, and without the condition it is replaced */
  assert_equals_int (request (&f, "PUT", path, "", "three", NULL), 200);
  assert_object (&f, path, "three");
  assert_equals_int (request (&f, "DELETE", path, "", "", NULL), 200);
  assert_equals_int (request (&f, "PUT", path, ONLY, "four", NULL), 200);
  assert_object (&f, path, "four");
  close_fixture (&f);
}
GST_END_TEST;

static void
send_part (Fixture *f, guint peer, const gchar *part)
{
  fail_unless (peer_send (f->peers[peer], part));
}

static void
wait_for_requests (Fixture *f, guint64 wanted)
{
  guint64 n = 0;

  while (n < wanted) {
    g_autoptr (GstStructure) stats = NULL;

    g_object_get (f->receiver->src, "stats", &stats, NULL);
    fail_unless (gst_structure_get_uint64 (stats, "requests", &n));
    g_usleep (1000);
  }
}

/* Both begin while there is none; who began last is whole first. */
GST_START_TEST (test_of_two_at_once_one_wins)
{
  static const gchar head[] = "PUT /ingest/gen/1.json HTTP/1.1\r\nHost: x\r\n"
                              "Transfer-Encoding: chunked\r\n" ONLY "\r\n"
                              "3\r\none\r\n";
  Fixture f;

  open_fixture (&f, __i__);
  send_part (&f, 0, head);
  wait_for_requests (&f, 1);
  send_part (&f, 1, head);
  send_part (&f, 1, "3\r\ntwo\r\n0\r\n\r\n");
  assert_equals_int (peer_read_response (f.peers[1], NULL, NULL), 200);
  send_part (&f, 0, "5\r\nthree\r\n0\r\n\r\n");
  assert_equals_int (peer_read_response (f.peers[0], NULL, NULL), 412);
  assert_object (&f, "gen/1.json", "onetwo");
  close_fixture (&f);
}
GST_END_TEST;

/* Media that come in chunks grow for their readers, but not before it is clear
 * whose they are. */
GST_START_TEST (test_nobody_sees_a_part)
{
  Fixture f;

  open_fixture (&f, __i__);
  send_part (&f, 1,
      "PUT /ingest/v/1.ts HTTP/1.1\r\nHost: x\r\n"
      "Transfer-Encoding: chunked\r\n" ONLY "\r\n3\r\none\r\n");
  assert_object (&f, "v/1.ts", NULL);
  send_part (&f, 1, "0\r\n\r\n");
  assert_equals_int (peer_read_response (f.peers[1], NULL, NULL), 200);
  assert_object (&f, "v/1.ts", "one");
  close_fixture (&f);
}
GST_END_TEST;

static Suite *
create_only_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-create-only");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (
      tc, test_what_is_there_is_not_replaced, 0, 2 * G_N_ELEMENTS (paths));
  tcase_add_loop_test (tc, test_of_two_at_once_one_wins, 0, 2);
  tcase_add_loop_test (tc, test_nobody_sees_a_part, 0, 2);
  return suite;
}

GST_CHECK_MAIN (create_only);
