/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the store asks a server, and what it makes of its answers. With
 * CMAF_HTTP_STORE_URL also against the server there, as tests/interop/webdav.py
 * does. */
#include "object-text.h"
#include "script-server.h"

#include <gst/cmafhttp/http-store.h>

static const gchar secret[] = "s3cret";

typedef struct
{
  CmafHttpStoreConfig config;
  ScriptServer *server;
  gchar *location;
  CmafObjectStore *store;
} Fixture;

static void
prepare (Fixture *f, const ScriptStep *steps, guint n_steps)
{
  memset (f, 0, sizeof *f);
  cmaf_http_store_config_init (&f->config);
  f->server = script_server_new (steps, n_steps);
  f->location =
      g_strdup_printf ("http://127.0.0.1:%u/live/a/", f->server->port);
  f->config.target.location = f->location;
}

static void
open_store (Fixture *f)
{
  f->store = cmaf_http_store_new (&f->config, NULL);
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
  cmaf_object_store_unref (f->store);
  script_server_free (f->server);
  g_free (f->location);
}

static gboolean
put (Fixture *f, const gchar *name, CmafObjectFlags flags, const gchar *text,
    GError **error)
{
  return put_object (f->store, name, "audio/mp4", flags, text, error);
}

static void
expect_line (Fixture *f, guint i, const gchar *expected)
{
  g_autofree gchar *line =
      script_request_line (script_server_get (f->server, i));

  assert_equals_string (line, expected);
}

static void
expect_field (Fixture *f, guint i, const gchar *name, const gchar *expected)
{
  g_autofree gchar *value =
      script_field (script_server_get (f->server, i)->head, name);

  assert_equals_string (value, expected);
}

static void
expect_body (Fixture *f, guint i, const gchar *expected)
{
  const ScriptRequest *request = script_server_get (f->server, i);

  assert_equals_uint64 (request->body->len, strlen (expected));
  fail_unless (memcmp (request->body->data, expected, strlen (expected)) == 0);
}

/* ---- requests ---- */

GST_START_TEST (test_an_object_is_put_with_its_length_and_type)
{
  Fixture f;

  begin (&f, NULL, 0);
  fail_unless (put (&f, "v 1/50%.m4s", CMAF_OBJECT_ATOMIC, "hello", NULL));
  fail_unless (put (&f, "empty.mpd", CMAF_OBJECT_ATOMIC, "", NULL));
  expect_line (&f, 0, "PUT /live/a/v%201/50%25.m4s");
  expect_field (&f, 0, "Content-Length", "5");
  expect_field (&f, 0, "Transfer-Encoding", NULL);
  expect_field (&f, 0, "Content-Type", "video/iso.segment");
  expect_field (&f, 0, "User-Agent", "gst-cmaf");
  expect_field (&f, 0, "If-None-Match", NULL);
  expect_field (&f, 0, "Expect", NULL);
  expect_body (&f, 0, "hello");
  expect_field (&f, 1, "Content-Length", "0");
  /* one connection is enough */
  assert_equals_int (script_server_get (f.server, 1)->connection, 1);
  end (&f);
}
GST_END_TEST;

static const struct
{
  const gchar *name, *given, *expected;
} types[] = {
  { "a.mpd", NULL, "application/dash+xml" },
  { "a.m3u8", "x/y", "application/vnd.apple.mpegurl" },
  { "a.cmfv", NULL, "video/mp4" },
  { "a.cmfa", NULL, "audio/mp4" },
  { "a.cmft", NULL, "application/mp4" },
  { "a.cmfm", NULL, "application/mp4" },
  { "a.mp4", "video/mp4", "video/mp4" },
  { "a.mp4", "audio/mp4", "application/mp4" },
  { "a.m4v", NULL, "video/mp4" },
  { "a.m4a", NULL, "audio/mp4" },
  { "a.m4s", "audio/mp4", "video/iso.segment" },
  { "a.init", "audio/mp4", "video/mp4" },
  { "a.header", NULL, "video/mp4" },
  { "a.key", NULL, "application/octet-stream" },
  { "a.ts", NULL, "video/mp2t" },
  { "a.json", "application/json", "application/json" },
  { "a", NULL, "application/octet-stream" },
};

GST_START_TEST (test_the_type_follows_the_extension)
{
  assert_equals_string (
      cmaf_http_store_content_type (types[__i__].name, types[__i__].given),
      types[__i__].expected);
}
GST_END_TEST;

GST_START_TEST (test_what_grows_is_sent_as_it_comes)
{
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, NULL, 0);
  writer = cmaf_object_store_begin (
      f.store, "1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "abc");
  script_server_wait_chunks (f.server, 0, 1);
  append (writer, "defgh");
  script_server_wait_chunks (f.server, 0, 2);
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  expect_field (&f, 0, "Transfer-Encoding", "chunked");
  expect_field (&f, 0, "Content-Length", NULL);
  expect_body (&f, 0, "abcdefgh");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_is_aborted_is_not_complete)
{
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, NULL, 0);
  writer = cmaf_object_store_begin (
      f.store, "1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "abc");
  script_server_wait_chunks (f.server, 0, 1);
  cmaf_object_writer_abort (writer);
  script_server_wait (f.server, 1);
  fail_if (script_server_get (f.server, 0)->is_complete);
  writer = cmaf_object_store_begin (
      f.store, "2.m4s", NULL, CMAF_OBJECT_ATOMIC, NULL);
  append (writer, "abc");
  cmaf_object_writer_abort (writer);
  assert_equals_int (f.server->requests->len, 1);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_object_is_read_looked_for_and_removed)
{
  static const ScriptStep steps[] = { { .body = "some bytes" },
    { .status = 404 }, { 0 }, { .status = 404 }, { .status = 204 },
    { .status = 404 }, { .status = 410 } };
  g_autoptr (GError) error = NULL;
  GBytes *bytes;
  Fixture f;

  begin (&f, steps, G_N_ELEMENTS (steps));
  bytes = cmaf_object_store_get (f.store, "x.json", NULL);
  assert_equals_uint64 (g_bytes_get_size (bytes), 10);
  g_bytes_unref (bytes);
  fail_unless (cmaf_object_store_get (f.store, "x.json", &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND));
  g_clear_error (&error);
  fail_unless (cmaf_object_store_contains (f.store, "x.json"));
  fail_if (cmaf_object_store_contains (f.store, "x.json"));
  fail_unless (cmaf_object_store_remove (f.store, "x.json", NULL));
  for (guint i = 0; i < 2; i++) {
    fail_if (cmaf_object_store_remove (f.store, "x.json", &error));
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND));
    g_clear_error (&error);
  }
  expect_line (&f, 0, "GET /live/a/x.json");
  expect_line (&f, 2, "HEAD /live/a/x.json");
  expect_line (&f, 4, "DELETE /live/a/x.json");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    expect_field (&f, i, "Content-Length", NULL);
    expect_field (&f, i, "Transfer-Encoding", NULL);
    expect_field (&f, i, "Content-Type", NULL);
  }
  fail_unless (cmaf_object_store_list (f.store, "", &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED));
  end (&f);
}
GST_END_TEST;

/* ---- create-only ---- */

GST_START_TEST (test_create_only_is_refused_when_it_exists)
{
  static const ScriptStep steps[] = { { .status = 201 }, { .status = 412 },
    { .status = 409 }, { .status = 201 } };
  g_autoptr (GError) error = NULL;
  Fixture f;

  prepare (&f, steps, G_N_ELEMENTS (steps));
  f.config.retry_time = 20 * GST_SECOND;
  open_store (&f);
  fail_unless (put (&f, "k", CMAF_OBJECT_CREATE_ONLY, "mine", NULL));
  expect_field (&f, 0, "If-None-Match", "*");
  fail_if (put (&f, "k", CMAF_OBJECT_CREATE_ONLY, "mine", &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_EXISTS));
  /* a race that nobody has won yet */
  fail_unless (put (&f, "k2", CMAF_OBJECT_CREATE_ONLY, "mine", NULL));
  assert_equals_int (f.server->requests->len, 4);
  end (&f);
}
GST_END_TEST;

/* Whose object is it, when the answer was lost? */
GST_START_TEST (test_create_only_after_a_lost_answer)
{
  const gchar *theirs = __i__ == 0 ? "mine" : "theirs";
  const ScriptStep steps[] = { { .fault = SCRIPT_CLOSE, .at = SCRIPT_ALL },
    { .status = 412 }, { .body = theirs } };
  g_autoptr (GError) error = NULL;
  Fixture f;

  prepare (&f, steps, G_N_ELEMENTS (steps));
  f.config.retry_time = 20 * GST_SECOND;
  open_store (&f);
  assert_equals_int (
      put (&f, "k", CMAF_OBJECT_CREATE_ONLY, "mine", &error), __i__ == 0);
  if (__i__ == 1)
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_EXISTS));
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_server_may_not_know_create_only)
{
  static const ScriptStep knows[] = { { .status = 201 }, { .status = 412 } };
  g_autoptr (GError) error = NULL;
  Fixture f;

  begin (&f, knows, __i__ == 0 ? 2 : 0);
  assert_equals_int (
      cmaf_object_store_knows_create_only (f.store, "probe", &error),
      __i__ == 0);
  fail_unless (error == NULL);
  expect_line (&f, 2, "DELETE /live/a/probe");
  end (&f);
}
GST_END_TEST;

/* ---- troubles ---- */

static const struct
{
  guint status;
  gint code; /* of G_IO_ERROR */
} refusals[] = {
  { 401, G_IO_ERROR_PERMISSION_DENIED },
  { 403, G_IO_ERROR_PERMISSION_DENIED },
  { 404, G_IO_ERROR_FAILED },
  { 413, G_IO_ERROR_FAILED },
  { 503, G_IO_ERROR_FAILED },
};

GST_START_TEST (test_a_refusal_is_an_error_that_tells_no_secret)
{
  ScriptStep rest = { .status = refusals[__i__].status };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *location = NULL;
  g_autofree gchar *status = g_strdup_printf ("answers %u", rest.status);
  Fixture f;

  prepare (&f, NULL, 0);
  f.server->rest = &rest;
  location = g_strdup_printf ("http://me:%s@127.0.0.1:%u/live/?token=%s",
      secret, f.server->port, secret);
  f.config.target.location = location;
  open_store (&f);
  fail_if (put (&f, "1.m4s", CMAF_OBJECT_ATOMIC, "x", &error));
  fail_unless (g_error_matches (error, G_IO_ERROR, refusals[__i__].code), "%s",
      error->message);
  fail_unless (strstr (error->message, status) != NULL, "%s", error->message);
  fail_if (strstr (error->message, secret) != NULL, "%s", error->message);
  end (&f);
}
GST_END_TEST;

static const struct
{
  ScriptStep step;
  gboolean has_time; /* to try again */
} passing[] = {
  { { .status = 503, .fields = "Retry-After: 0\r\n" }, TRUE },
  { { .status = 500 }, TRUE },
  { { .status = 404 }, TRUE },
  { { .status = 429, .fields = "Retry-After: 0\r\n" }, TRUE },
  { { .fault = SCRIPT_RESET, .at = 2 }, TRUE },
  { { .fault = SCRIPT_CLOSE, .at = SCRIPT_ALL }, TRUE },
  { { .fault = SCRIPT_STALL, .at = SCRIPT_ALL }, TRUE },
  { { .status = 503, .fault = SCRIPT_EARLY, .at = 1 }, TRUE },
  { { .status = 307, .fields = "Location: /other/1.m4s\r\n" }, FALSE },
  { { .status = 308, .fields = "Location: /other/1.m4s\r\n" }, FALSE },
  { { .status = 400 }, FALSE },
};

GST_START_TEST (test_what_passes_is_tried_again)
{
  ScriptStep steps[] = { passing[__i__].step };
  Fixture f;

  prepare (&f, steps, 1);
  if (passing[__i__].has_time)
    f.config.retry_time = 30 * GST_SECOND;
  f.config.target.upload.io_timeout_ms = 300;
  open_store (&f);
  fail_unless (put (&f, "1.m4s", CMAF_OBJECT_ATOMIC, "hello", NULL));
  expect_body (&f, 1, "hello");
  if (steps[0].status / 10 == 30)
    expect_line (&f, 1, "PUT /other/1.m4s");
  end (&f);
}
GST_END_TEST;

/* A connection that the server has closed meanwhile is nobody's fault. */
GST_START_TEST (test_a_stale_connection_is_renewed_without_a_word)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_CLOSE_AFTER } };
  Fixture f;

  begin (&f, steps, 1);
  fail_unless (put (&f, "1.m4s", CMAF_OBJECT_ATOMIC, "a", NULL));
  fail_unless (put (&f, "2.m4s", CMAF_OBJECT_ATOMIC, "b", NULL));
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_grows_is_sent_again_from_its_first_byte)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_RESET, .at = 3 } };
  CmafObjectWriter *writer;
  Fixture f;

  prepare (&f, steps, 1);
  f.config.retry_time = 30 * GST_SECOND;
  open_store (&f);
  writer = cmaf_object_store_begin (
      f.store, "1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "abc");
  script_server_wait_chunks (f.server, 1, 1);
  append (writer, "def");
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  expect_body (&f, 1, "abcdef");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_server_may_want_to_know_the_length)
{
  static const ScriptStep steps[] = { { .status = 411,
      .fault = SCRIPT_EARLY } };
  CmafObjectWriter *writer;
  Fixture f;

  begin (&f, steps, 1);
  for (guint i = 0; i < 2; i++) {
    writer = cmaf_object_store_begin (
        f.store, "1.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
    append (writer, "abc");
    append (writer, "def");
    fail_unless (cmaf_object_writer_commit (writer, NULL));
    expect_field (&f, i + 1, "Content-Length", "6");
  }
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_method_may_be_found_out)
{
  static const ScriptStep steps[] = { { .status = 405 } };
  Fixture f;

  prepare (&f, steps, 1);
  f.config.method = "auto";
  open_store (&f);
  fail_unless (put (&f, "1.m4s", CMAF_OBJECT_ATOMIC, "a", NULL));
  fail_unless (put (&f, "2.m4s", CMAF_OBJECT_ATOMIC, "b", NULL));
  expect_line (&f, 0, "PUT /live/a/1.m4s");
  expect_line (&f, 1, "POST /live/a/1.m4s");
  expect_line (&f, 2, "POST /live/a/2.m4s");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_challenge_is_answered)
{
  static const ScriptStep steps[] = { { .status = 401,
      .fields = "WWW-Authenticate: Basic realm=\"x\"\r\n" } };
  g_autofree gchar *location = NULL;
  Fixture f;

  prepare (&f, steps, 1);
  location =
      g_strdup_printf ("http://me:%s@127.0.0.1:%u/", secret, f.server->port);
  f.config.target.location = location;
  open_store (&f);
  fail_unless (put (&f, "1.m4s", CMAF_OBJECT_ATOMIC, "a", NULL));
  fail_unless (put (&f, "2.m4s", CMAF_OBJECT_ATOMIC, "b", NULL));
  expect_field (&f, 1, "Authorization", "Basic bWU6czNjcmV0");
  expect_field (&f, 2, "Authorization", "Basic bWU6czNjcmV0");
  end (&f);
}
GST_END_TEST;

/* ---- threads ---- */

static gpointer
cancel_when_stalled (gpointer data)
{
  Fixture *f = data;

  script_server_wait_requests (f->server, 1);
  g_cancellable_cancel (f->config.cancellable);
  return NULL;
}

GST_START_TEST (test_all_calls_can_be_ended)
{
  static const ScriptStep steps[] = { { .fault = SCRIPT_STALL, .at = 0 } };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  CmafObjectWriter *writer;
  GThread *thread;
  Fixture f;

  prepare (&f, steps, 1);
  f.config.retry_time = GST_CLOCK_TIME_NONE / 4;
  f.config.cancellable = cancellable;
  open_store (&f);
  writer = cmaf_object_store_begin (f.store, "1.m4s", NULL,
      __i__ == 0 ? CMAF_OBJECT_ATOMIC : CMAF_OBJECT_GROWING, NULL);
  append (writer, "abc");
  thread = g_thread_new ("cancel", cancel_when_stalled, &f);
  fail_if (cmaf_object_writer_commit (writer, &error));
  fail_unless (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_thread_join (thread);
  fail_unless (
      cmaf_object_store_begin (f.store, "2.m4s", NULL, CMAF_OBJECT_ATOMIC, NULL)
      == NULL);
  end (&f);
}
GST_END_TEST;

#define N_THREADS 6
#define N_PUTS 20

static gpointer
put_many (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < N_PUTS; i++) {
    g_autofree gchar *name = g_strdup_printf ("%p/%u.m4s", &name, i);

    fail_unless (put (
        f, name, i % 2 ? CMAF_OBJECT_GROWING : CMAF_OBJECT_ATOMIC, "x", NULL));
  }
  return NULL;
}

GST_START_TEST (test_threads_do_not_wait_for_each_other)
{
  GThread *threads[N_THREADS];
  Fixture f;

  begin (&f, NULL, 0);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("put", put_many, &f);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  assert_equals_int (f.server->requests->len, N_THREADS * N_PUTS);
  fail_unless (f.server->n_connections <= N_THREADS);
  end (&f);
}
GST_END_TEST;

/* ---- settings ---- */

static const struct
{
  const gchar *location, *method, *token, *field;
} bad[] = {
  { NULL, "PUT", NULL, "location: " },
  { "/tmp/x", "PUT", NULL, "location: " },
  { "ftp://host/", "PUT", NULL, "location: " },
  { "http://host/a b", "PUT", NULL, "location: " },
  { "http://host/", "DELETE", NULL, "method: " },
  { "http://host/", NULL, NULL, "method: " },
  { "http://host/", "PUT", "a\r\nb", "bearer-token: " },
};

GST_START_TEST (test_bad_settings_are_named)
{
  g_autoptr (GError) error = NULL;
  CmafHttpStoreConfig config;

  cmaf_http_store_config_init (&config);
  config.target.location = bad[__i__].location;
  config.target.token = bad[__i__].token;
  config.method = bad[__i__].method;
  fail_unless (cmaf_http_store_new (&config, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless (g_str_has_prefix (error->message, bad[__i__].field), "%s",
      error->message);
}
GST_END_TEST;

/* ---- a real server ---- */

static void
check_object (CmafObjectStore *store, const gchar *name, const gchar *expected)
{
  GBytes *bytes = cmaf_object_store_get (store, name, NULL);

  fail_unless (bytes != NULL, "%s", name);
  assert_equals_uint64 (g_bytes_get_size (bytes), strlen (expected));
  fail_unless (
      memcmp (g_bytes_get_data (bytes, NULL), expected, strlen (expected))
      == 0);
  g_bytes_unref (bytes);
}

GST_START_TEST (test_a_real_server_keeps_objects)
{
  CmafHttpStoreConfig config;
  CmafObjectWriter *writer;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  CmafObjectStore *store;

  cmaf_http_store_config_init (&config);
  config.target.location = g_getenv ("CMAF_HTTP_STORE_URL");
  store = cmaf_http_store_new (&config, NULL);
  fail_unless (cmaf_object_store_put (
                   store, "v/1.m4s", NULL, CMAF_OBJECT_ATOMIC, bytes, &error),
      "%s", error ? error->message : "");
  check_object (store, "v/1.m4s", "hello");
  writer = cmaf_object_store_begin (
      store, "v/a b%.m4s", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "one");
  append (writer, "two");
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  check_object (store, "v/a b%.m4s", "onetwo");
  fail_unless (cmaf_object_store_contains (store, "v/1.m4s"));
  fail_unless (cmaf_object_store_remove (store, "v/1.m4s", NULL));
  fail_if (cmaf_object_store_contains (store, "v/1.m4s"));
  fail_if (cmaf_object_store_remove (store, "v/1.m4s", &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND));
  g_clear_error (&error);
  fail_if (cmaf_object_store_knows_create_only (store, "v/probe", &error));
  fail_unless (error == NULL);
  cmaf_object_store_unref (store);
}
GST_END_TEST;

static Suite *
http_store_suite (void)
{
  Suite *suite = suite_create ("http-store");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_an_object_is_put_with_its_length_and_type);
  tcase_add_loop_test (
      tcase, test_the_type_follows_the_extension, 0, G_N_ELEMENTS (types));
  tcase_add_test (tcase, test_what_grows_is_sent_as_it_comes);
  tcase_add_test (tcase, test_what_is_aborted_is_not_complete);
  tcase_add_test (tcase, test_an_object_is_read_looked_for_and_removed);
  tcase_add_test (tcase, test_create_only_is_refused_when_it_exists);
  tcase_add_loop_test (tcase, test_create_only_after_a_lost_answer, 0, 2);
  tcase_add_loop_test (tcase, test_a_server_may_not_know_create_only, 0, 2);
  tcase_add_loop_test (tcase, test_a_refusal_is_an_error_that_tells_no_secret,
      0, G_N_ELEMENTS (refusals));
  tcase_add_loop_test (
      tcase, test_what_passes_is_tried_again, 0, G_N_ELEMENTS (passing));
  tcase_add_test (tcase, test_a_stale_connection_is_renewed_without_a_word);
  tcase_add_test (tcase, test_what_grows_is_sent_again_from_its_first_byte);
  tcase_add_test (tcase, test_a_server_may_want_to_know_the_length);
  tcase_add_test (tcase, test_the_method_may_be_found_out);
  tcase_add_test (tcase, test_a_challenge_is_answered);
  tcase_add_loop_test (tcase, test_all_calls_can_be_ended, 0, 2);
  tcase_add_test (tcase, test_threads_do_not_wait_for_each_other);
  tcase_add_loop_test (
      tcase, test_bad_settings_are_named, 0, G_N_ELEMENTS (bad));
  if (g_getenv ("CMAF_HTTP_STORE_URL") != NULL) {
    TCase *server = tcase_create ("server");

    suite_add_tcase (suite, server);
    tcase_add_test (server, test_a_real_server_keeps_objects);
  }
  return suite;
}

GST_CHECK_MAIN (http_store);
