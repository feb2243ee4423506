/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafdashsink and cmafhlssink with a URL: what a server is asked, in which
 * order, and what becomes of objects that it does not take. How one request
 * goes is in libs/cmafhttp/http-store.c, what waits for what in upload-queue.c
 * there. */
#include "object-server.h"
#include "sink-fixtures.h"

static const gchar secret[] = "s3cret";

typedef struct
{
  SinkFixture sink;
  ScriptServer *server;
} Fixture;

static void
begin (Fixture *f, const gchar *element, const ScriptStep *steps, guint n_steps)
{
  g_autofree gchar *location = NULL;

  sink_fixture_init (&f->sink, element);
  f->server = script_server_new (steps, n_steps);
  location = g_strdup_printf ("http://127.0.0.1:%u/live/", f->server->port);
  g_object_set (f->sink.sink, "location", location, NULL);
}

static void
add_both (Fixture *f)
{
  sink_fixture_add (
      &f->sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_add (&f->sink, "a", fixture_audio ("en"));
}

static void
end (Fixture *f)
{
  sink_fixture_clear (&f->sink);
  script_server_free (f->server);
}

/* The next element message of the sink about its server, or an error: name, and
 * a field of it. (transfer full) */
static gchar *
next_message (Fixture *f, const gchar *field)
{
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        f->sink.bus, 20 * GST_SECOND, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    const GstStructure *s;

    fail_unless (message != NULL);
    s = gst_message_get_structure (message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      return g_strdup_printf ("error %s", error->message);
    }
    if (gst_structure_has_field (s, "reason"))
      return g_strdup_printf ("%s %s", gst_structure_get_name (s),
          gst_structure_get_string (s, field));
  }
}

static void
expect_message (Fixture *f, const gchar *expected)
{
  g_autofree gchar *message = next_message (f, "object");

  assert_equals_string (message, expected);
}

/* ---- order ---- */

/* Header, segment, MPD. */
GST_START_TEST (test_dash_is_sent_in_order)
{
  guint header, first, mpd;
  g_autofree gchar *type = NULL;
  g_autofree gchar *coding = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", NULL, 0);
  add_both (&f);
  sink_fixture_push_all (&f.sink, 100, 101);
  mpd = object_server_wait (f.server, "PUT /live/stream.mpd ", 0);
  header = object_server_wait (f.server, "PUT /live/v/init-", 0);
  first = object_server_wait (f.server, "PUT /live/v/0000000100.m4s ", 0);
  fail_unless (header < first && first < mpd);
  fail_unless (object_server_wait (f.server, "PUT /live/a/init-", 0) < mpd);
  fail_unless (
      object_server_wait (f.server, "PUT /live/a/0000000100.m4s ", 0) < mpd);
  fail_unless (strstr (script_server_get (f.server, header)->head, ".init HTTP")
               != NULL);
  type = script_field (script_server_get (f.server, mpd)->head, "Content-Type");
  assert_equals_string (type, "application/dash+xml");
  coding = script_field (
      script_server_get (f.server, first)->head, "Transfer-Encoding");
  fail_unless (coding == NULL);
  sink_fixture_end (&f.sink);
  {
    g_autofree gchar *text =
        object_server_last (f.server, "PUT /live/stream.mpd ");

    assert_has (text, "type=\"static\"");
    assert_has (text, ".init\"");
  }
  end (&f);
}
GST_END_TEST;

/* Every playlist names only what has been acknowledged; and a segment comes
 * behind the playlist that names the one before. */
GST_START_TEST (test_hls_is_sent_one_after_the_other)
{
  guint last = 0;
  Fixture f;

  begin (&f, "cmafhlssink", NULL, 0);
  f.sink.is_file = TRUE;
  add_both (&f);
  sink_fixture_push_all (&f.sink, 100, 104);
  sink_fixture_end (&f.sink);
  for (guint i = 0; i < object_server_count (f.server); i++) {
    const ScriptRequest *request = script_server_get (f.server, i);
    g_auto (GStrv) lines = NULL;
    g_autofree gchar *text = NULL;

    if (!g_str_has_prefix (request->head, "PUT /live/v/media.m3u8 "))
      continue;
    text = object_server_body (f.server, i);
    lines = g_strsplit (text, "\n", -1);
    for (guint k = 0; lines[k]; k++) {
      g_autofree gchar *line = g_strdup_printf ("PUT /live/v/%s ", lines[k]);

      if (lines[k][0] == '#' || lines[k][0] == '\0')
        continue;
      fail_unless (
          object_server_wait (f.server, line, 0) < i, "%s in %u", line, i);
    }
    last = i;
  }
  fail_unless (
      object_server_wait (f.server, "PUT /live/v/0000000104.m4s ", 0) < last);
  for (guint n = 101; n <= 104; n++) {
    g_autofree gchar *before =
        g_strdup_printf ("PUT /live/v/%010u.m4s ", n - 1);
    g_autofree gchar *after = g_strdup_printf ("PUT /live/v/%010u.m4s ", n);
    guint at = object_server_wait (f.server, before, 0);

    /* but for the first, before which there is no playlist */
    if (n > 101)
      fail_unless (object_server_wait (f.server, "PUT /live/v/media.m3u8 ", at)
                   < object_server_wait (f.server, after, 0));
  }
  {
    g_autofree gchar *text =
        object_server_last (f.server, "PUT /live/v/media.m3u8 ");

    assert_has (text, "#EXT-X-ENDLIST");
    assert_lacks (text, "#EXT-X-DISCONTINUITY\n");
  }
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_grows_is_sent_chunk_by_chunk)
{
  Fixture f;

  begin (&f, "cmafdashsink", NULL, 0);
  g_object_set (f.sink.sink, "low-latency", TRUE, NULL);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  for (guint part = 0; part < 3; part++) {
    g_autoptr (CmafChunk) chunk =
        fixture_grid_chunk (f.sink.track[0], &fixture_grid, 100, part, 3);

    assert_equals_int (
        sink_fixture_push_chunk (&f.sink, 0, chunk), GST_FLOW_OK);
    script_server_wait_chunks (f.server, 1, part + 1);
  }
  sink_fixture_end (&f.sink);
  assert_equals_int (script_server_get (f.server, 1)->chunks->len, 3);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_left_the_window_is_deleted)
{
  guint at;
  g_autofree gchar *length = NULL;
  g_autofree gchar *coding = NULL;
  Fixture f;

  begin (&f, __i__ == 0 ? "cmafdashsink" : "cmafhlssink", NULL, 0);
  g_object_set (
      f.sink.sink, "window-length", 4 * GST_SECOND, "window-quantum", 1, NULL);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  for (guint n = 100; n < 110; n++) {
    g_autofree gchar *line = g_strdup_printf ("PUT /live/v/%010u.m4s ", n);

    sink_fixture_push (&f.sink, 0, n);
    object_server_wait (f.server, line, 0);
  }
  at = object_server_wait (f.server, "DELETE /live/v/0000000100.m4s ", 0);
  length =
      script_field (script_server_get (f.server, at)->head, "Content-Length");
  coding = script_field (
      script_server_get (f.server, at)->head, "Transfer-Encoding");
  fail_unless (length == NULL && coding == NULL);
  end (&f);
}
GST_END_TEST;

/* A restart gives everything the same name. */
GST_START_TEST (test_names_are_those_of_the_time)
{
  Fixture f;

  begin (&f, "cmafhlssink", NULL, 0);
  g_object_set (f.sink.sink, "init-extension", "cmfv", NULL);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  for (guint run = 0; run < 2; run++) {
    guint from = object_server_count (f.server);

    sink_fixture_push (&f.sink, 0, 500 + run);
    object_server_wait (f.server,
        run == 0 ? "PUT /live/v/0000000500.m4s "
                 : "PUT /live/v/0000000501.m4s ",
        from);
    object_server_wait (f.server, "PUT /live/v/media.m3u8 ", from);
    if (run == 0) {
      gst_element_set_state (f.sink.sink, GST_STATE_READY);
      gst_element_set_state (f.sink.sink, GST_STATE_PLAYING);
      gst_harness_set_src_caps (
          f.sink.harness[0], fixture_caps (f.sink.track[0], "v"));
    }
  }
  fail_unless (
      strstr (script_server_get (f.server, 0)->head, ".cmfv HTTP") != NULL);
  end (&f);
}
GST_END_TEST;

/* ---- failures ---- */

static guint
refuse_second (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  gint *is_open = server->user_data;

  return strstr (request->head, "/v/0000000101.m4s ") != NULL
                 && !g_atomic_int_get (is_open)
             ? 503
             : 0;
}

GST_START_TEST (test_what_the_server_says_is_told)
{
  static const ScriptStep step = { .status = 503,
    .fields = "Content-Type: text/plain\r\n",
    .body = "disk: is full\n" };
  g_autofree gchar *message = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", &step, 1);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f.sink, 100, 101);
  message = next_message (&f, "answer-text");
  assert_equals_string (message, "cmafdashsink-connection-lost disk: is full");
  sink_fixture_end (&f.sink);
  end (&f);
}
GST_END_TEST;

/* ING-236: who missed a segment begins anew behind it. */
GST_START_TEST (test_hls_is_discontinuous_after_a_lost_segment)
{
  gint is_open = FALSE;
  g_autofree gchar *video = NULL;
  g_autofree gchar *audio = NULL;
  Fixture f;

  begin (&f, "cmafhlssink", NULL, 0);
  f.server->decide = refuse_second;
  f.server->user_data = &is_open;
  add_both (&f);
  sink_fixture_push_all (&f.sink, 100, 101);
  expect_message (&f, "cmafhlssink-connection-lost v/0000000101.m4s");
  expect_message (&f, "cmafhlssink-object-lost v/0000000101.m4s");
  sink_fixture_push_all (&f.sink, 102, 102);
  expect_message (&f, "cmafhlssink-connection-restored v/0000000102.m4s");
  sink_fixture_end (&f.sink);
  video = object_server_last (f.server, "PUT /live/v/media.m3u8 ");
  audio = object_server_last (f.server, "PUT /live/a/media.m3u8 ");
  assert_has (video, "#EXT-X-GAP\n");
  assert_has (video, "#EXT-X-DISCONTINUITY\n");
  assert_has (strstr (video, "#EXT-X-DISCONTINUITY\n"), "0000000102.m4s");
  assert_lacks (strstr (video, "#EXT-X-DISCONTINUITY\n"), "0000000101.m4s");
  /* all renditions have the same discontinuities */
  assert_lacks (audio, "#EXT-X-GAP\n");
  assert_has (strstr (audio, "#EXT-X-DISCONTINUITY\n"), "0000000102.m4s");
  end (&f);
}
GST_END_TEST;

static guint
count_in_mpd (const gchar *mpd)
{
  guint n = 0;

  for (const gchar *at = mpd; (at = strstr (at, "<S ")) != NULL; at++) {
    const gchar *close = strchr (at, '>');
    const gchar *repeat = g_strstr_len (at, close - at, " r=\"");

    n += 1 + (repeat != NULL ? (guint)atoi (repeat + 4) : 0);
  }
  return n;
}

/* ING-214: the MPD names it when it has arrived after all. */
GST_START_TEST (test_dash_heals)
{
  gint is_open = FALSE;
  guint from, n;
  g_autofree gchar *before = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", NULL, 0);
  f.server->decide = refuse_second;
  f.server->user_data = &is_open;
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f.sink, 100, 101);
  expect_message (&f, "cmafdashsink-connection-lost v/0000000101.m4s");
  expect_message (&f, "cmafdashsink-object-lost v/0000000101.m4s");
  sink_fixture_push_all (&f.sink, 102, 102);
  object_server_wait (f.server, "PUT /live/stream.mpd ",
      object_server_wait (f.server, "PUT /live/v/0000000102.m4s ", 0));
  before = object_server_last (f.server, "PUT /live/stream.mpd ");
  assert_equals_int (count_in_mpd (before), 2);
  from = object_server_count (f.server);
  g_atomic_int_set (&is_open, TRUE);
  n = object_server_wait (f.server, "PUT /live/stream.mpd ", from);
  {
    g_autofree gchar *after = object_server_body (f.server, n);

    assert_equals_int (count_in_mpd (after), 3);
  }
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_server_that_comes_back_gets_everything)
{
  static const ScriptStep steps[] = { { .status = 503 },
    { .fault = SCRIPT_RESET, .at = 0 },
    { .status = 307, .fields = "Location: /live/moved\r\n" } };
  Fixture f;

  begin (&f, "cmafdashsink", steps, G_N_ELEMENTS (steps));
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f.sink, 100, 102);
  sink_fixture_end (&f.sink);
  {
    g_autofree gchar *mpd =
        object_server_last (f.server, "PUT /live/stream.mpd ");

    assert_equals_int (count_in_mpd (mpd), 3);
  }
  end (&f);
}
GST_END_TEST;

/* Nobody waits for a server that never answers. */
GST_START_TEST (test_a_dead_server_does_not_stop_the_pipeline)
{
  static const ScriptStep rest = { .fault = SCRIPT_STALL };
  GstStructure *stats, *upload = NULL;
  guint64 waiting;
  Fixture f;

  begin (&f, __i__ == 0 ? "cmafdashsink" : "cmafhlssink", NULL, 0);
  f.server->rest = &rest;
  add_both (&f);
  sink_fixture_push_all (&f.sink, 100, 140);
  g_object_get (f.sink.sink, "stats", &stats, NULL);
  gst_structure_get (stats, "upload", GST_TYPE_STRUCTURE, &upload, NULL);
  fail_unless (gst_structure_get_uint64 (upload, "waiting-bytes", &waiting));
  fail_unless (waiting > 0 && waiting < 20000, "%u", (guint)waiting);
  gst_structure_free (upload);
  gst_structure_free (stats);
  end (&f);
}
GST_END_TEST;

/* While headers, segments and manifests are on their way. */
GST_START_TEST (test_it_can_be_stopped_at_any_moment)
{
  for (guint i = 0; i < 20; i++) {
    Fixture f;

    begin (&f, i % 2 == 0 ? "cmafdashsink" : "cmafhlssink", NULL, 0);
    g_object_set (f.sink.sink, "window-length", 4 * GST_SECOND,
        "window-quantum", 1, NULL);
    f.sink.is_file = i % 4 < 2;
    add_both (&f);
    sink_fixture_push_all (&f.sink, 100, 100 + i);
    end (&f);
  }
}
GST_END_TEST;

/* A file waits, and loses nothing. */
GST_START_TEST (test_a_file_waits_for_a_slow_server)
{
  static const ScriptStep steps[] = { { 0 }, { .status = 503 }, { 0 },
    { .status = 503 }, { .status = 503 } };
  g_autofree gchar *mpd = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", steps, G_N_ELEMENTS (steps));
  g_object_set (
      f.sink.sink, "max-spool-bytes", G_GUINT64_CONSTANT (2000), NULL);
  f.sink.is_file = TRUE;
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f.sink, 100, 130);
  sink_fixture_end (&f.sink);
  mpd = object_server_last (f.server, "PUT /live/stream.mpd ");
  assert_equals_int (count_in_mpd (mpd), 31);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_refusal_is_an_error_without_secrets)
{
  static const ScriptStep rest = { .status = 403 };
  g_autofree gchar *location = NULL;
  g_autofree gchar *shown = NULL;
  g_autofree gchar *message = NULL;
  GstStructure *stats;
  Fixture f;

  begin (&f, "cmafhlssink", NULL, 0);
  f.server->rest = &rest;
  location = g_strdup_printf ("http://me:%s@127.0.0.1:%u/live?token=%s", secret,
      f.server->port, secret);
  g_object_set (f.sink.sink, "location", location, "auth-retries", 1, NULL);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  g_object_get (f.sink.sink, "location", &shown, NULL);
  assert_lacks (shown, secret);
  sink_fixture_push (&f.sink, 0, 100);
  message = next_message (&f, "reason");
  assert_has (message, "cmafhlssink-refused");
  assert_has (message, "403");
  assert_lacks (message, secret);
  assert_equals_int (sink_fixture_push (&f.sink, 0, 101), GST_FLOW_ERROR);
  g_free (message);
  message = next_message (&f, "reason");
  assert_has (message, "error ");
  assert_has (message, "403");
  assert_lacks (message, secret);
  g_object_get (f.sink.sink, "stats", &stats, NULL);
  g_free (message);
  message = gst_structure_to_string (stats);
  assert_lacks (message, secret);
  gst_structure_free (stats);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_end_tells_what_was_not_delivered)
{
  static const ScriptStep rest = { .fault = SCRIPT_STALL };
  g_autofree gchar *message = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", NULL, 0);
  f.server->rest = &rest;
  g_object_set (f.sink.sink, "drain-timeout", 300 * GST_MSECOND, NULL);
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push (&f.sink, 0, 100);
  sink_fixture_end (&f.sink);
  message = next_message (&f, "reason");
  assert_has (message, "were not delivered");
  end (&f);
}
GST_END_TEST;

/* Where, how many, why, and what can be done: all in one. */
GST_START_TEST (test_a_server_that_is_gone_at_the_end_is_told_once)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *where = NULL;
  g_auto (GStrv) lines = NULL;
  const gchar *last;
  Fixture f;

  begin (&f, __i__ == 0 ? "cmafdashsink" : "cmafhlssink", NULL, 0);
  script_server_stop (f.server);
  g_object_set (f.sink.sink, "drain-timeout", 500 * GST_MSECOND, NULL);
  f.sink.is_file = TRUE;
  sink_fixture_add (
      &f.sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f.sink, 100, 110);
  g_free (next_message (&f, "reason")); /* connection-lost */
  sink_fixture_end (&f.sink);
  text =
      sink_fixture_messages (&f.sink, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  lines = g_strsplit (text, "\n", -1);
  /* the warning of the beginning, perhaps that of the manifests, the error */
  fail_unless (g_strv_length (lines) <= 4, "%s", text);
  where = g_strdup_printf ("http://127.0.0.1:%u/live", f.server->port);
  last = lines[g_strv_length (lines) - 2];
  assert_has (last, "error ");
  assert_has (last, where);
  assert_has (last, "objects were not delivered in 500 ms; ");
  assert_has (last, "check host and port");
  end (&f);
}
GST_END_TEST;

static const struct
{
  const gchar *name, *value, *expected;
} bad[] = {
  { "write-segments", "false", "write-segments: " },
  { "method", "DELETE", "method: " },
  { "location", "http://", "location: " },
  { "tls-ca-file", "/nowhere/ca.pem", "tls-ca-file: " },
  { "init-extension", "a/b", "init-extension " },
  { "delivery-url", "/live/", "delivery-url: " },
  { "delivery-url", "https://me:pw@cdn/live", "delivery-url: " },
  { "delivery-url", "https://cdn/live?key=1", "delivery-url: " },
  { "delivery-url", "https://cdn/li\"ve", "delivery-url: " },
};

GST_START_TEST (test_bad_settings_are_named)
{
  g_autofree gchar *message = NULL;
  Fixture f;

  begin (&f, "cmafdashsink", NULL, 0);
  gst_util_set_object_arg (
      G_OBJECT (f.sink.sink), bad[__i__].name, bad[__i__].value);
  assert_equals_int (gst_element_set_state (f.sink.sink, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  message = next_message (&f, "reason");
  assert_has (message, bad[__i__].expected);
  end (&f);
}
GST_END_TEST;

static Suite *
cmafmanifestsink_http_suite (void)
{
  Suite *suite = suite_create ("cmafmanifestsink-http");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_dash_is_sent_in_order);
  tcase_add_test (tcase, test_hls_is_sent_one_after_the_other);
  tcase_add_test (tcase, test_what_grows_is_sent_chunk_by_chunk);
  tcase_add_loop_test (tcase, test_what_left_the_window_is_deleted, 0, 2);
  tcase_add_test (tcase, test_names_are_those_of_the_time);
  tcase_add_test (tcase, test_what_the_server_says_is_told);
  tcase_add_test (tcase, test_hls_is_discontinuous_after_a_lost_segment);
  tcase_add_test (tcase, test_dash_heals);
  tcase_add_test (tcase, test_a_server_that_comes_back_gets_everything);
  tcase_add_loop_test (
      tcase, test_a_dead_server_does_not_stop_the_pipeline, 0, 2);
  tcase_add_test (tcase, test_it_can_be_stopped_at_any_moment);
  tcase_add_test (tcase, test_a_file_waits_for_a_slow_server);
  tcase_add_test (tcase, test_a_refusal_is_an_error_without_secrets);
  tcase_add_test (tcase, test_the_end_tells_what_was_not_delivered);
  tcase_add_loop_test (
      tcase, test_a_server_that_is_gone_at_the_end_is_told_once, 0, 2);
  tcase_add_loop_test (
      tcase, test_bad_settings_are_named, 0, G_N_ELEMENTS (bad));
  return suite;
}

GST_CHECK_MAIN (cmafmanifestsink_http);
