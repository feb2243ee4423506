/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* In which order objects go out, what becomes of them when the server does not
 * take them, and that nobody waits for it. */
#include "object-text.h"
#include "script-server.h"

#include <gst/cmafhttp/upload-queue.h>

typedef struct
{
  CmafUploadQueueConfig config;
  ScriptServer *server;
  gchar *location;
  CmafObjectStore *store;

  GMutex lock;
  GCond cond;
  GString *events; /* lock: lock; a letter each: t r l R */
  gchar *lost;     /* lock: lock; what was said of the last l */
  guint n_changed; /* lock: lock */
} Fixture;

static void
on_event (const CmafUploadEvent *event, gpointer user_data)
{
  Fixture *f = user_data;

  g_mutex_lock (&f->lock);
  g_string_append_c (f->events, "trlR"[event->kind]);
  if (event->kind == CMAF_UPLOAD_LOST) {
    g_free (f->lost);
    f->lost = g_strdup (event->message);
  }
  g_cond_broadcast (&f->cond);
  g_mutex_unlock (&f->lock);
  fail_unless (event->object != NULL && event->message != NULL);
  fail_unless (g_str_has_prefix (event->location, "http://127.0.0.1:"));
}

static void
on_changed (gpointer user_data)
{
  Fixture *f = user_data;

  g_mutex_lock (&f->lock);
  f->n_changed++;
  g_cond_broadcast (&f->cond);
  g_mutex_unlock (&f->lock);
}

static void
wait_for_event (Fixture *f, gchar event)
{
  g_mutex_lock (&f->lock);
  while (strchr (f->events->str, event) == NULL)
    g_cond_wait (&f->cond, &f->lock);
  g_mutex_unlock (&f->lock);
}

static void
expect_events (Fixture *f, const gchar *expected)
{
  g_mutex_lock (&f->lock);
  assert_equals_string (f->events->str, expected);
  g_mutex_unlock (&f->lock);
}

static void
prepare (Fixture *f, const ScriptStep *steps, guint n_steps)
{
  memset (f, 0, sizeof *f);
  g_mutex_init (&f->lock);
  g_cond_init (&f->cond);
  f->events = g_string_new (NULL);
  cmaf_upload_queue_config_init (&f->config);
  f->server = script_server_new (steps, n_steps);
  f->location = g_strdup_printf ("http://127.0.0.1:%u/live", f->server->port);
  f->config.target.location = f->location;
}

static void
open_store (Fixture *f)
{
  static const CmafUploadQueueCallbacks callbacks = { on_event, on_changed };

  f->store = cmaf_upload_queue_new (&f->config, &callbacks, f, NULL);
  fail_unless (f->store != NULL);
}

static void
begin (Fixture *f, const ScriptStep *steps, guint n_steps)
{
  prepare (f, steps, n_steps);
  open_store (f);
}

static void
end (Fixture *f)
{
  cmaf_upload_queue_stop (f->store);
  cmaf_object_store_unref (f->store);
  script_server_free (f->server);
  g_free (f->location);
  g_string_free (f->events, TRUE);
  g_free (f->lost);
  g_mutex_clear (&f->lock);
  g_cond_clear (&f->cond);
}

static void
put_text (Fixture *f, const gchar *name, const gchar *text)
{
  fail_unless (
      put_object (f->store, name, "video/mp4", CMAF_OBJECT_ATOMIC, text, NULL));
}

static void
put (Fixture *f, const gchar *name)
{
  put_text (f, name, "x");
}

static void
drain (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_upload_queue_drain (f->store, cmaf_upload_queue_get_time (),
                   20 * GST_SECOND, &error),
      "%s", error ? error->message : "unlocked");
}

/* What came, as "METHOD name" joined with commas, in order. */
static gchar *
requests (Fixture *f)
{
  GString *all = g_string_new (NULL);

  g_mutex_lock (&f->server->lock);
  for (guint i = 0; i < f->server->requests->len; i++) {
    g_autofree gchar *line =
        script_request_line (f->server->requests->pdata[i]);
    const gchar *path = strstr (line, " /live/");

    fail_unless (path != NULL, "%s", line);
    g_string_append_printf (
        all, "%s%c%s", i > 0 ? "," : "", line[0] == 'D' ? '-' : '+', path + 7);
  }
  g_mutex_unlock (&f->server->lock);
  return g_string_free (all, FALSE);
}

static void
expect_requests (Fixture *f, const gchar *expected)
{
  g_autofree gchar *all = requests (f);

  assert_equals_string (all, expected);
}

/* ---- order ---- */

GST_START_TEST (test_a_folder_is_sent_in_order)
{
  Fixture f;

  begin (&f, NULL, 0);
  put (&f, "v/init-1.init");
  put (&f, "v/1.m4s");
  put (&f, "v/2.m4s");
  drain (&f);
  expect_requests (&f, "+v/init-1.init,+v/1.m4s,+v/2.m4s");
  assert_equals_int (f.server->n_connections, 1);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/2.m4s"), CMAF_OBJECT_STORED);
  expect_events (&f, "");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_folders_do_not_wait_for_each_other)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  Fixture f;

  begin (&f, steps, 1);
  put (&f, "v/1.m4s");
  script_server_wait_requests (f.server, 1);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_PENDING);
  put (&f, "a/1.m4s");
  script_server_wait (f.server, 2);
  end (&f);
}
GST_END_TEST;

/* While the first is sent, two more versions come. */
GST_START_TEST (test_only_the_newest_manifest_is_sent_and_first)
{
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, NULL, 0);
  writer = cmaf_object_store_begin (
      f.store, "v/1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "x");
  script_server_wait_chunks (f.server, 0, 1);
  put (&f, "v/2.m4s");
  put_text (&f, "v/media.m3u8", "old");
  put_text (&f, "v/media.m3u8", "new");
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  drain (&f);
  expect_requests (&f, "+v/1.m4s,+v/media.m3u8,+v/2.m4s");
  fail_unless (
      memcmp (script_server_get (f.server, 1)->body->data, "new", 3) == 0);
  end (&f);
}
GST_END_TEST;

/* ING-235: segment, playlist that names it, next segment. */
GST_START_TEST (test_a_segment_waits_for_the_playlist_of_the_one_before)
{
  Fixture f;

  prepare (&f, NULL, 0);
  f.config.is_serial = TRUE;
  open_store (&f);
  cmaf_upload_queue_set_segment_duration (f.store, 100 * GST_SECOND);
  put_text (&f, "v/media.m3u8", "nothing");
  put (&f, "v/1.m4s");
  put (&f, "v/2.m4s");
  script_server_wait (f.server, 2);
  put_text (&f, "v/media.m3u8", "still nothing");
  script_server_wait (f.server, 3);
  put_text (&f, "v/media.m3u8", "#EXTINF:1,\n1.m4s\n");
  drain (&f);
  expect_requests (
      &f, "+v/media.m3u8,+v/1.m4s,+v/media.m3u8,+v/media.m3u8,+v/2.m4s");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_or_for_one_segment_duration)
{
  Fixture f;

  prepare (&f, NULL, 0);
  f.config.is_serial = TRUE;
  open_store (&f);
  cmaf_upload_queue_set_segment_duration (f.store, 200 * GST_MSECOND);
  put_text (&f, "v/media.m3u8", "nothing");
  put (&f, "v/1.m4s");
  put (&f, "v/2.m4s");
  drain (&f);
  expect_requests (&f, "+v/media.m3u8,+v/1.m4s,+v/2.m4s");
  fail_unless (script_server_get (f.server, 2)->time
                   - script_server_get (f.server, 1)->time
               > 100 * G_TIME_SPAN_MILLISECOND);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_names_are_deleted_behind_the_manifest)
{
  static const ScriptStep steps[] = { { 0 },
    { .status = 503, .fields = "Retry-After: 0\r\n" } };
  Fixture f;

  prepare (&f, steps, G_N_ELEMENTS (steps));
  f.config.delete_delay = __i__ == 0 ? 0 : 300 * GST_MSECOND;
  open_store (&f);
  put (&f, "v/1.m4s");
  drain (&f);
  put (&f, "x.mpd");
  fail_unless (cmaf_object_store_remove (f.store, "v/1.m4s", NULL));
  script_server_wait (f.server, 4);
  expect_requests (&f, "+v/1.m4s,+x.mpd,+x.mpd,-v/1.m4s");
  if (__i__ == 1)
    fail_unless (script_server_get (f.server, 3)->time
                     - script_server_get (f.server, 1)->time
                 > 250 * G_TIME_SPAN_MILLISECOND);
  for (const gchar *const *field = (const gchar *[]){ "Content-Length",
           "Transfer-Encoding", "Content-Type", NULL };
       *field != NULL; field++)
    fail_unless (
        script_field (script_server_get (f.server, 3)->head, *field) == NULL);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_is_removed_while_it_is_sent_does_not_stay)
{
  static const struct
  {
    ScriptStep step;
    const gchar *requests;
  } cases[] = {
    { { 0 }, "+v/1.m4s,-v/1.m4s" },
    { { .status = 503, .fields = "Retry-After: 0\r\n" }, "+v/1.m4s,+v/2.m4s" },
  };
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, &cases[__i__].step, 1);
  writer = cmaf_object_store_begin (
      f.store, "v/1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "x");
  script_server_wait_chunks (f.server, 0, 1);
  fail_unless (cmaf_object_store_remove (f.store, "v/1.m4s", NULL));
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  if (__i__ == 1)
    put (&f, "v/2.m4s");
  script_server_wait (f.server, 2);
  expect_requests (&f, cases[__i__].requests);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_mpd_is_sent_again_once_in_a_while)
{
  Fixture f;

  prepare (&f, NULL, 0);
  f.config.refresh = 100 * GST_MSECOND;
  open_store (&f);
  put_text (&f, "x.mpd", "one");
  put_text (&f, "x.m3u8", "playlist");
  script_server_wait (f.server, 4);
  fail_unless (
      memcmp (script_server_get (f.server, 3)->body->data, "one", 3) == 0);
  end (&f);
}
GST_END_TEST;

/* ---- troubles ---- */

/* However many there are, and once more when one was taken in between. */
GST_START_TEST (test_a_refused_manifest_is_told_once)
{
  static const ScriptStep steps[] = { { .status = 413 }, { .status = 413 },
    { 0 }, { .status = 413 } };
  Fixture f;

  begin (&f, steps, G_N_ELEMENTS (steps));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    put (&f, "x.mpd");
    drain (&f);
  }
  expect_requests (&f, "+x.mpd,+x.mpd,+x.mpd,+x.mpd");
  cmaf_upload_queue_stop (f.store);
  expect_events (&f, "trt");
  end (&f);
}
GST_END_TEST;

static gboolean
is_segment (const ScriptRequest *request, const gchar *name)
{
  return strstr (request->head, name) != NULL;
}

static guint
refuse_one (ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  return is_segment (request, "/1.m4s") ? GPOINTER_TO_UINT (server->user_data)
                                        : 0;
}

/* ING-213: one segment duration, then the next. */
GST_START_TEST (test_a_segment_is_lost_after_one_segment_duration)
{
  g_autofree gchar *all = NULL;
  Fixture f;

  begin (&f, NULL, 0);
  f.server->decide = refuse_one;
  f.server->user_data = GUINT_TO_POINTER (503);
  cmaf_upload_queue_set_segment_duration (f.store, 300 * GST_MSECOND);
  put (&f, "v/1.m4s");
  put (&f, "v/2.m4s");
  drain (&f);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_LOST);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/2.m4s"), CMAF_OBJECT_STORED);
  wait_for_event (&f, 'r');
  expect_events (&f, "tlr");
  /* nobody wants it any more: it is not there to be deleted */
  fail_unless (cmaf_object_store_remove (f.store, "v/1.m4s", NULL));
  put (&f, "v/3.m4s");
  drain (&f);
  all = requests (&f);
  fail_if (strchr (all, '-') != NULL, "%s", all);
  end (&f);
}
GST_END_TEST;

static guint
refuse_at_first (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  gint *is_open = server->user_data;

  return is_segment (request, "/1.m4s") && !g_atomic_int_get (is_open) ? 503
                                                                       : 0;
}

/* ING-214 */
/* Not every server that takes nothing is slow. */
GST_START_TEST (test_why_a_segment_is_lost_is_told)
{
  static const ScriptStep refusal = { .status = 503 };
  static const ScriptStep stall = { .fault = SCRIPT_STALL };
  gboolean is_slow = __i__ == 1;
  Fixture f;

  prepare (&f, NULL, 0);
  f.server->rest = is_slow ? &stall : &refusal;
  open_store (&f);
  put (&f, "v/1.m4s");
  if (!is_slow)
    wait_for_event (&f, 't');
  for (guint i = 2; i < 6; i++) {
    g_autofree gchar *name = g_strdup_printf ("v/%u.m4s", i);

    put (&f, name);
  }
  wait_for_event (&f, 'l');
  g_mutex_lock (&f.lock);
  fail_unless (g_str_has_suffix (f.lost,
                   is_slow ? ": the connection is too slow, it is given up"
                           : ": the server has not taken what is before it, "
                             "it is given up"),
      "%s", f.lost);
  g_mutex_unlock (&f.lock);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_is_lost_may_arrive_later)
{
  gint is_open = FALSE;
  Fixture f;

  prepare (&f, NULL, 0);
  f.config.keeps_lost = TRUE;
  f.server->decide = refuse_at_first;
  f.server->user_data = &is_open;
  open_store (&f);
  cmaf_upload_queue_set_segment_duration (f.store, 200 * GST_MSECOND);
  put (&f, "v/1.m4s");
  wait_for_event (&f, 'l');
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_LOST);
  g_atomic_int_set (&is_open, TRUE);
  g_mutex_lock (&f.lock);
  while (f.n_changed < 2)
    g_cond_wait (&f.cond, &f.lock);
  g_mutex_unlock (&f.lock);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_STORED);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_one_object_may_be_refused)
{
  Fixture f;

  begin (&f, NULL, 0);
  f.server->decide = refuse_one;
  f.server->user_data = GUINT_TO_POINTER (413);
  put (&f, "v/1.m4s");
  put (&f, "v/2.m4s");
  drain (&f);
  wait_for_event (&f, 'l');
  expect_events (&f, "l");
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_LOST);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_headers_and_manifests_are_tried_until_they_arrive)
{
  static const gchar now[] = "Retry-After: 0\r\n";
  static const ScriptStep steps[] = { { .status = 503, .fields = now },
    { .fault = SCRIPT_RESET, .at = 0 }, { .status = 500, .fields = now } };
  Fixture f;

  begin (&f, steps, G_N_ELEMENTS (steps));
  cmaf_upload_queue_set_segment_duration (f.store, 100 * GST_MSECOND);
  put (&f, __i__ == 0 ? "v/init-1.init" : "v/x.mpd");
  put (&f, "v/1.m4s");
  drain (&f);
  assert_equals_int (f.server->requests->len, 5);
  wait_for_event (&f, 'r');
  expect_events (&f, "tr");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_server_may_refuse_for_good)
{
  static const ScriptStep rest = { .status = 403 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  Fixture f;

  prepare (&f, NULL, 0);
  f.server->rest = &rest;
  f.config.auth_tries = 2;
  open_store (&f);
  put (&f, "v/1.m4s");
  fail_if (cmaf_upload_queue_drain (
      f.store, cmaf_upload_queue_get_time (), 20 * GST_SECOND, &error));
  fail_unless (strstr (error->message, "403") != NULL, "%s", error->message);
  wait_for_event (&f, 'R');
  fail_if (cmaf_object_store_put (
      f.store, "v/2.m4s", NULL, CMAF_OBJECT_ATOMIC, bytes, NULL));
  end (&f);
}
GST_END_TEST;

/* ---- a server that does not keep up ---- */

GST_START_TEST (test_what_does_not_keep_up_goes_on_with_the_newest)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  Fixture f;

  begin (&f, steps, 1);
  cmaf_upload_queue_set_segment_duration (f.store, 100 * GST_SECOND);
  put (&f, "v/0.m4s");
  script_server_wait_requests (f.server, 1);
  for (guint i = 1; i < 10; i++) {
    g_autofree gchar *name = g_strdup_printf ("v/%u.m4s", i);

    put (&f, name);
  }
  expect_events (&f, "llllll");
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/6.m4s"), CMAF_OBJECT_LOST);
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/7.m4s"), CMAF_OBJECT_PENDING);
  end (&f);
}
GST_END_TEST;

static gpointer
unlock (gpointer data)
{
  Fixture *f = data;

  cmaf_upload_queue_unlock (f->store, TRUE);
  return NULL;
}

GST_START_TEST (test_files_wait_for_room)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  GThread *thread;
  Fixture f;

  prepare (&f, steps, 1);
  f.config.max_bytes = 5;
  open_store (&f);
  cmaf_upload_queue_set_patient (f.store, TRUE);
  put (&f, "v/0.m4s");
  script_server_wait_requests (f.server, 1);
  fail_unless (cmaf_upload_queue_wait_for_room (f.store, NULL));
  put_text (&f, "v/1.m4s", "123456");
  thread = g_thread_new ("unlock", unlock, &f);
  fail_if (cmaf_upload_queue_wait_for_room (f.store, NULL));
  g_thread_join (thread);
  fail_if (cmaf_upload_queue_drain (
      f.store, cmaf_upload_queue_get_time (), GST_SECOND, NULL));
  expect_events (&f, "");
  end (&f);
}
GST_END_TEST;

/* There are others: what does not fit is given up, the oldest first. */
GST_START_TEST (test_nobody_waits_for_one_that_is_alone)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  Fixture f;

  prepare (&f, steps, 1);
  f.config.max_bytes = 20;
  f.config.target.upload.io_timeout_ms = 100;
  open_store (&f);
  cmaf_upload_queue_set_patient (f.store, TRUE);
  fail_if (cmaf_upload_queue_is_lost (f.store));
  put (&f, "v/0.m4s");
  wait_for_event (&f, 't');
  fail_unless (cmaf_upload_queue_is_lost (f.store));
  cmaf_upload_queue_set_alone (f.store, TRUE);
  for (guint i = 1; i < 10; i++) {
    g_autofree gchar *name = g_strdup_printf ("v/%u.m4s", i);

    put_text (&f, name, "12345");
    fail_unless (cmaf_upload_queue_wait_for_room (f.store, NULL));
  }
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/1.m4s"), CMAF_OBJECT_LOST);
  fail_if (cmaf_object_store_look (f.store, "v/9.m4s") == CMAF_OBJECT_LOST);
  wait_for_event (&f, 'r');
  drain (&f);
  fail_if (cmaf_upload_queue_is_lost (f.store));
  assert_equals_int (
      cmaf_object_store_look (f.store, "v/9.m4s"), CMAF_OBJECT_STORED);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_end_does_not_wait_for_ever)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  g_autoptr (GError) error = NULL;
  GstStructure *stats;
  guint waiting;
  Fixture f;

  begin (&f, steps, 1);
  cmaf_upload_queue_set_segment_duration (f.store, 100 * GST_SECOND);
  put (&f, "v/0.m4s");
  put (&f, "v/1.m4s");
  fail_if (cmaf_upload_queue_drain (
      f.store, cmaf_upload_queue_get_time (), 200 * GST_MSECOND, &error));
  fail_unless (
      strstr (error->message, "2 objects") != NULL, "%s", error->message);
  stats = cmaf_upload_queue_get_stats (f.store);
  fail_unless (gst_structure_get_uint (stats, "waiting-objects", &waiting));
  assert_equals_int (waiting, 2);
  gst_structure_free (stats);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_is_aborted_goes_nowhere)
{
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, NULL, 0);
  writer = cmaf_object_store_begin (
      f.store, "v/1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "x");
  script_server_wait_chunks (f.server, 0, 1);
  cmaf_object_writer_abort (writer);
  writer = cmaf_object_store_begin (
      f.store, "v/2.m4s", NULL, CMAF_OBJECT_ATOMIC, NULL);
  append (writer, "x");
  cmaf_object_writer_abort (writer);
  put (&f, "v/3.m4s");
  drain (&f);
  expect_requests (&f, "+v/1.m4s,+v/3.m4s");
  expect_events (&f, "");
  end (&f);
}
GST_END_TEST;

static Suite *
upload_queue_suite (void)
{
  Suite *suite = suite_create ("upload-queue");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_folder_is_sent_in_order);
  tcase_add_test (tcase, test_folders_do_not_wait_for_each_other);
  tcase_add_test (tcase, test_only_the_newest_manifest_is_sent_and_first);
  tcase_add_test (
      tcase, test_a_segment_waits_for_the_playlist_of_the_one_before);
  tcase_add_test (tcase, test_or_for_one_segment_duration);
  tcase_add_loop_test (tcase, test_names_are_deleted_behind_the_manifest, 0, 2);
  tcase_add_loop_test (
      tcase, test_what_is_removed_while_it_is_sent_does_not_stay, 0, 2);
  tcase_add_test (tcase, test_an_mpd_is_sent_again_once_in_a_while);
  tcase_add_test (tcase, test_a_refused_manifest_is_told_once);
  tcase_add_test (tcase, test_a_segment_is_lost_after_one_segment_duration);
  tcase_add_loop_test (tcase, test_why_a_segment_is_lost_is_told, 0, 2);
  tcase_add_test (tcase, test_what_is_lost_may_arrive_later);
  tcase_add_test (tcase, test_one_object_may_be_refused);
  tcase_add_loop_test (
      tcase, test_headers_and_manifests_are_tried_until_they_arrive, 0, 2);
  tcase_add_test (tcase, test_a_server_may_refuse_for_good);
  tcase_add_test (tcase, test_what_does_not_keep_up_goes_on_with_the_newest);
  tcase_add_test (tcase, test_files_wait_for_room);
  tcase_add_test (tcase, test_nobody_waits_for_one_that_is_alone);
  tcase_add_test (tcase, test_the_end_does_not_wait_for_ever);
  tcase_add_test (tcase, test_what_is_aborted_goes_nowhere);
  return suite;
}

GST_CHECK_MAIN (upload_queue);
