/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two packagers (sync-mode=packager) that share a store, and one encoder that
 * counts from its start and sends to both: the second hears it from its second
 * segment on, later, and so measures another time. What comes out of both is
 * the same. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "script-server.h"
#include "segments.h"

#define N_SEGMENTS 8

typedef struct
{
  Receiver *receiver;
  GSocketConnection *peer;
} Packager;

static CmafTrack *
new_track (void)
{
  return make_track (&test_codecs[0]);
}

static void
packager_open (Packager *p, const gchar *store)
{
  p->receiver = receiver_new ();
  gst_util_set_object_arg (
      G_OBJECT (p->receiver->src), "sync-mode", "packager");
  gst_util_set_object_arg (
      G_OBJECT (p->receiver->src), "segment-duration", "1/1");
  g_object_set (p->receiver->src, "sync-store", store, "start-hold", (guint64)0,
      "idle-timeout", GST_CLOCK_TIME_NONE, NULL);
  play (p->receiver);
  p->peer = peer_connect (p->receiver->port);
}

static void
packager_close (Packager *p)
{
  g_object_unref (p->peer);
  receiver_free (p->receiver);
}

static void
post (Packager *p, GBytes *bytes)
{
  g_autofree gchar *head =
      g_strdup_printf ("POST /ingest/Streams(v.cmfv) HTTP/1.1\r\nHost: x\r\n"
                       "User-Agent: encoder A\r\nContent-Length: %zu\r\n\r\n",
          g_bytes_get_size (bytes));

  fail_unless (peer_send (p->peer, head));
  fail_unless (peer_write (
      p->peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  assert_equals_int (peer_read_response (p->peer, NULL, NULL), 200);
}

static void
post_header (Packager *p)
{
  g_autoptr (CmafTrack) track = new_track ();
  g_autoptr (GBytes) header = make_header (track);

  post (p, header);
}

static void
post_segments (Packager *p, guint from, guint end)
{
  g_autoptr (CmafTrack) track = new_track ();

  for (guint i = from; i < end; i++) {
    g_autoptr (GBytes) segment = make_segment (track, i, FALSE);

    post (p, segment);
  }
}

/* (transfer full) */
static GBytes *
bytes_of_list (Track *track, guint i)
{
  GByteArray *bytes = g_byte_array_new ();
  GstBufferList *list;

  g_mutex_lock (&track->lock);
  list = track->lists->pdata[i];
  for (guint k = 0; k < gst_buffer_list_length (list); k++) {
    GstMapInfo map;

    fail_unless (
        gst_buffer_map (gst_buffer_list_get (list, k), &map, GST_MAP_READ));
    g_byte_array_append (bytes, map.data, map.size);
    gst_buffer_unmap (gst_buffer_list_get (list, k), &map);
  }
  g_mutex_unlock (&track->lock);
  return g_byte_array_free_to_bytes (bytes);
}

/* A header may be in front. */
static gboolean
ends_with (GBytes *list, GBytes *chunk)
{
  gsize size, n;
  const guint8 *data = g_bytes_get_data (list, &size);
  gconstpointer wanted = g_bytes_get_data (chunk, &n);

  return size >= n && memcmp (data + (size - n), wanted, n) == 0;
}

/* Chunks of @b are those of @a from chunk @skip on. */
static void
assert_same (Track *a, Track *b, guint skip, guint n)
{
  wait_lists (a, skip + n);
  wait_lists (b, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) theirs = bytes_of_list (a, skip + i);
    g_autoptr (GBytes) ours = bytes_of_list (b, i);

    fail_unless (
        i == 0 ? ends_with (ours, theirs) : g_bytes_equal (ours, theirs),
        "chunk %u", i);
  }
}

/* The offset that it goes by. */
static gint64
check_session (GstMessage *message, gboolean is_shared)
{
  const GstStructure *s = gst_message_get_structure (message);
  gboolean shared;
  gint64 offset;

  assert_equals_string (gst_structure_get_string (s, "source"), "encoder A");
  assert_equals_string (gst_structure_get_string (s, "address"), "127.0.0.1");
  fail_unless (gst_structure_get_boolean (s, "shared", &shared));
  fail_unless (gst_structure_get_int64 (s, "offset", &offset));
  assert_equals_int (shared, is_shared);
  return offset;
}

static gint64
wait_session (Packager *p, gboolean is_shared)
{
  g_autoptr (GstMessage) message =
      wait_message (p->receiver, "httpingestsrc-session");

  return check_session (message, is_shared);
}

static void
assert_sessions (Packager *a, Packager *b)
{
  const gint64 one = wait_session (a, TRUE), other = wait_session (b, TRUE);

  assert_equals_int64 (one, other);
}

/* 0: the second one comes when the first is done; 1: at the same moment. */
GST_START_TEST (test_packagers_have_the_same_offset)
{
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  Packager a, b;

  packager_open (&a, store);
  packager_open (&b, store);
  post_header (&a);
  post_header (&b);
  if (__i__ == 0)
    post_segments (&a, 0, N_SEGMENTS);
  else
    post_segments (&a, 0, 1);
  for (guint i = 1; i < N_SEGMENTS; i++) {
    if (__i__ == 1)
      post_segments (&a, i, i + 1);
    post_segments (&b, i, i + 1);
  }
  assert_sessions (&a, &b);
  assert_same (wait_track (a.receiver, 0), wait_track (b.receiver, 0),
      TEST_CHUNKS, (N_SEGMENTS - 2) * TEST_CHUNKS);
  packager_close (&a);
  packager_close (&b);
}
GST_END_TEST;

/* Times are ahead of the clock: the encoder has begun anew. It has a record of
 * its own, also for a packager that was not there before. */
GST_START_TEST (test_each_session_has_a_record)
{
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  Packager a, b;
  gint64 first;

  packager_open (&a, store);
  post_header (&a);
  post_segments (&a, 0, 6);
  first = wait_session (&a, TRUE);
  post_segments (&a, 30, 30 + N_SEGMENTS);
  packager_open (&b, store);
  post_header (&b);
  post_segments (&b, 31, 31 + N_SEGMENTS);
  {
    const gint64 one = wait_session (&a, TRUE), other = wait_session (&b, TRUE);

    assert_equals_int64 (one, other);
    fail_unless (first - one > 20 * (gint64)GST_SECOND);
  }
  packager_close (&a);
  packager_close (&b);
}
GST_END_TEST;

/* That the store is frozen, and what the session goes by, in either order. */
static void
wait_for_own_session (Packager *p)
{
  gboolean is_frozen = FALSE, has_session = FALSE;

  while (!is_frozen || !has_session) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        p->receiver->bus, RECEIVER_WAIT, GST_MESSAGE_ELEMENT);
    const GstStructure *s;

    fail_unless (message != NULL);
    s = gst_message_get_structure (message);
    if (gst_message_has_name (message, "httpingestsrc-sync-store")) {
      fail_unless (
          gst_structure_get_boolean (s, "frozen", &is_frozen) && is_frozen);
      fail_unless (gst_structure_get_string (s, "reason") != NULL);
    } else if (gst_message_has_name (message, "httpingestsrc-session")) {
      check_session (message, FALSE);
      has_session = TRUE;
    }
  }
}

/* The packager waits for three seconds, goes by its own, and says so. */
GST_START_TEST (test_a_store_that_hangs_holds_media_up_for_a_while)
{
  static const ScriptStep hangs = { .fault = SCRIPT_STALL, .at = SCRIPT_ALL };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *url = NULL;
  Packager p;

  server->rest = &hangs;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  url = g_strdup_printf ("http://127.0.0.1:%u/s", server->port);
  packager_open (&p, url);
  post_header (&p);
  post_segments (&p, 0, 6);
  wait_for_own_session (&p);
  wait_lists (wait_track (p.receiver, 0), 5 * TEST_CHUNKS);
  packager_close (&p);
  script_server_free (server);
}
GST_END_TEST;

static const struct
{
  const gchar *store, *reason;
} bad[] = {
  { "http://", "needs http://" },
  { "gopher://host/a", "has scheme gopher" },
};

GST_START_TEST (test_a_store_that_cannot_be_is_an_error)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_util_set_object_arg (G_OBJECT (receiver->src), "sync-mode", "packager");
  g_object_set (receiver->src, "sync-store", bad[__i__].store, NULL);
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "sync-store: ")
                   && strstr (error->message, bad[__i__].reason),
      "%s", error->message);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
shared_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-shared");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_packagers_have_the_same_offset, 0, 2);
  tcase_add_test (tc, test_each_session_has_a_record);
  tcase_add_test (tc, test_a_store_that_hangs_holds_media_up_for_a_while);
  tcase_add_loop_test (
      tc, test_a_store_that_cannot_be_is_an_error, 0, G_N_ELEMENTS (bad));
  return suite;
}

GST_CHECK_MAIN (shared);
