/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The shared store at servers that know `If-None-Match: *`, do not, refuse, or
 * hang. Our own receiver is one that knows. */
#include "ingest-receiver.h"
#include "script-server.h"

#include <gst/cmafbase/gstcmafsyncstore.h>

static GstCmafSyncStore *
open_store (guint port)
{
  g_autofree gchar *location =
      g_strdup_printf ("http://ada:secret@127.0.0.1:%u/ingest/sync", port);
  GstCmafSyncStore *store = gst_cmaf_sync_store_new ();
  g_autoptr (GError) error = NULL;

  fail_unless (gst_cmaf_sync_store_open (store, location, &error), "%s",
      error ? error->message : "");
  return store;
}

static void
close_store (GstCmafSyncStore *store)
{
  gst_cmaf_sync_store_close (store);
  gst_cmaf_sync_store_unref (store);
}

static GstCmafSyncState
wait (GstCmafSyncRequest *request, GBytes **bytes)
{
  const gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  GstCmafSyncState state =
      gst_cmaf_sync_request_wait (request, until, NULL, bytes, NULL);

  gst_cmaf_sync_request_free (request);
  return state;
}

static GstCmafSyncState
offer (GstCmafSyncStore *store, const gchar *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);

  return wait (gst_cmaf_sync_store_offer (store, name, bytes), NULL);
}

static GstCmafSyncState
look (GstCmafSyncStore *store, const gchar *name)
{
  return wait (gst_cmaf_sync_store_get (store, name), NULL);
}

/* ---- our own ---- */

static void
assert_one_winner (GstCmafSyncStore *stores[2], const gchar *name)
{
  GstCmafSyncRequest *requests[2];
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  GstCmafSyncState sa, sb;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (i ? "b" : "a", 1);

    requests[i] = gst_cmaf_sync_store_offer (stores[i], name, bytes);
  }
  sa = wait (requests[0], &a);
  sb = wait (requests[1], &b);
  assert_equals_int (
      (sa == GST_CMAF_SYNC_WRITTEN) + (sb == GST_CMAF_SYNC_WRITTEN), 1);
  fail_unless (a && b && g_bytes_equal (a, b));
}

/* Records as encoders and packagers have them, by two at once. */
GST_START_TEST (test_a_receiver_is_a_store)
{
  g_autoptr (GstStructure) stats = NULL;
  Receiver *receiver = receiver_new ();
  GstCmafSyncStore *stores[2];
  guint n = 0;

  g_object_set (receiver->src, "objects-location", "memory:", NULL);
  play (receiver);
  for (guint i = 0; i < 2; i++)
    stores[i] = open_store (receiver->port);
  assert_one_winner (stores, "cfg.json");
  for (guint i = 0; i < 20; i++) {
    g_autofree gchar *generation = g_strdup_printf ("gen/%u.json", i);
    g_autofree gchar *table = g_strdup_printf ("fp/v/%010u", i);

    assert_one_winner (stores, generation);
    assert_one_winner (stores, table);
  }
  for (guint i = 0; i < 2; i++) {
    fail_unless (gst_cmaf_sync_store_take_complaint (stores[i]) == NULL);
    close_store (stores[i]);
  }
  g_object_get (receiver->src, "stats", &stats, NULL);
  gst_structure_get_uint (stats, "objects", &n);
  assert_equals_int (n, 41); /* nothing is left of the question */
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- others ---- */

typedef struct
{
  guint put, delete; /* statuses */
} Server;

static guint
decide (ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  const Server *self = server->user_data;

  return g_str_has_prefix (request->head, "PUT")      ? self->put
         : g_str_has_prefix (request->head, "DELETE") ? self->delete
                                                      : 404;
}

static guint
count (ScriptServer *server, const gchar *begin)
{
  guint n = 0;

  for (guint i = 0; i < server->requests->len; i++)
    n += g_str_has_prefix (script_server_get (server, i)->head, begin);
  return n;
}

/* Media goes on; who runs it is told, once. */
GST_START_TEST (test_a_server_that_replaces_is_told)
{
  const Server replaces = { 201, 204 };
  ScriptServer *server = script_server_prepare (NULL, 0);
  GstCmafSyncStore *store;
  g_autofree gchar *complaint = NULL;
  g_autofree gchar *place = NULL;

  server->decide = decide;
  server->user_data = (gpointer)&replaces;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  place = g_strdup_printf ("http://127.0.0.1:%u/ingest/sync ", server->port);
  store = open_store (server->port);
  fail_unless (gst_cmaf_sync_store_take_complaint (store) == NULL);
  assert_equals_int (look (store, "cfg.json"), GST_CMAF_SYNC_ABSENT);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (offer (store, "fp/v/1"), GST_CMAF_SYNC_WRITTEN);
  complaint = gst_cmaf_sync_store_take_complaint (store);
  fail_unless (complaint && strstr (complaint, place)
                   && strstr (complaint, "If-None-Match: *")
                   && strstr (complaint, "objects-location"),
      "%s", complaint);
  fail_unless (gst_cmaf_sync_store_take_complaint (store) == NULL);
  close_store (store);
  script_server_stop (server);
  assert_equals_int (count (server, "PUT /ingest/sync/probe-"), 2);
  assert_equals_int (count (server, "DELETE /ingest/sync/probe-"), 1);
  script_server_free (server);
}
GST_END_TEST;

/* Whoever only reads has no use for it, and whoever writes hears of it by what
 * it writes. */
GST_START_TEST (test_a_server_that_refuses_is_frozen_and_no_more)
{
  const Server refuses = { __i__ ? 405 : 403, 405 };
  ScriptServer *server = script_server_prepare (NULL, 0);
  GstCmafSyncStore *store;
  g_autofree gchar *reason = NULL;
  g_autofree gchar *status = g_strdup_printf ("%u", refuses.put);

  server->decide = decide;
  server->user_data = (gpointer)&refuses;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  store = open_store (server->port);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (look (store, "cfg.json"), GST_CMAF_SYNC_ABSENT);
  fail_if (gst_cmaf_sync_store_take_change (
      store, g_get_monotonic_time (), &reason));
  assert_equals_int (offer (store, "cfg.json"), GST_CMAF_SYNC_FAILED);
  fail_unless (gst_cmaf_sync_store_take_change (
      store, g_get_monotonic_time (), &reason));
  fail_unless (strstr (reason, status) != NULL, "%s", reason);
  fail_unless (gst_cmaf_sync_store_take_complaint (store) == NULL);
  close_store (store);
  script_server_stop (server);
  assert_equals_int (count (server, "PUT /ingest/sync/probe-"), 2);
  assert_equals_int (count (server, "PUT /ingest/sync/cfg.json"), 0);
  script_server_free (server);
}
GST_END_TEST;

/* What can be read is read, before the question hangs. */
GST_START_TEST (test_a_server_that_hangs_holds_up_no_answer)
{
  static const ScriptStep steps[] = { { .status = 404 } };
  static const ScriptStep hangs = { .fault = SCRIPT_STALL, .at = SCRIPT_ALL };
  ScriptServer *server = script_server_new (steps, 1);
  GstCmafSyncStore *store;
  g_autofree gchar *reason = NULL;

  server->rest = &hangs;
  store = open_store (server->port);
  assert_equals_int (look (store, "cfg.json"), GST_CMAF_SYNC_ABSENT);
  script_server_wait_requests (server, 2);
  fail_unless (gst_cmaf_sync_store_take_change (
      store, g_get_monotonic_time () + GST_CMAF_SYNC_STORE_SLOW, &reason));
  fail_unless (strstr (reason, "no answer for") && !strstr (reason, "secret"),
      "%s", reason);
  close_store (store);
  script_server_free (server);
}
GST_END_TEST;

static Suite *
cmaf_sync_store_http_suite (void)
{
  Suite *suite = suite_create ("cmafsyncstore-http");
  TCase *tcase = tcase_create ("general");
  g_autoptr (GstPlugin) plugin = gst_plugin_load_by_name ("httpingest");

  suite_add_tcase (suite, tcase);
  if (!plugin)
    return suite;
  tcase_add_test (tcase, test_a_receiver_is_a_store);
  tcase_add_test (tcase, test_a_server_that_replaces_is_told);
  tcase_add_loop_test (
      tcase, test_a_server_that_refuses_is_frozen_and_no_more, 0, 2);
  tcase_add_test (tcase, test_a_server_that_hangs_holds_up_no_answer);
  return suite;
}

GST_CHECK_MAIN (cmaf_sync_store_http);
