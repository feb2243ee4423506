/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoders of a service that share a store: the first to come tells how the
 * service is configured, and the others have to be so. */
#include "mux-run.h"
#include "script-server.h"

#include <glib/gstdio.h>
#include <string.h>

#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! video/x-raw,width=64,height=48,"              \
  "framerate=%s ! x264enc speed-preset=ultrafast threads=1 bframes=0 ! "       \
  "h264parse ! cmafsyncmux name=mux timing-sources=fixed track-name=video "    \
  "sync-store=%s %s"

static gchar *
make_path (void)
{
  return g_dir_make_tmp ("cmaf-XXXXXX", NULL);
}

static gchar *
read_file (const gchar *path, const gchar *name)
{
  g_autofree gchar *file = g_build_filename (path, name, NULL);
  gchar *text = NULL;

  g_file_get_contents (file, &text, NULL, NULL);
  return text;
}

static void
write_file (const gchar *path, const gchar *name, const gchar *text)
{
  g_autofree gchar *file = g_build_filename (path, name, NULL);

  fail_unless (g_file_set_contents (file, text, -1, NULL));
}

/* Beside what the source says of a stream that stopped. */
static void
assert_one_error (const MuxRun *run, const gchar *reason)
{
  guint n = 0;

  for (guint i = 0; i < run->errors->len; i++)
    n += strstr (run->errors->pdata[i], "Internal data stream") == NULL;
  assert_equals_int (n, 1);
  fail_unless (strstr (run->errors->pdata[0], reason) != NULL, "%s",
      (gchar *)run->errors->pdata[0]);
  assert_equals_int (run->chunks->len, 0);
}

static void
run_video (
    MuxRun *run, const gchar *rate, const gchar *store, const gchar *settings)
{
  g_autofree gchar *text = g_strdup_printf (VIDEO, 60, rate, store, settings);

  mux_run (run, text, NULL, NULL);
}

/* The first tells; one that is the same changes nothing. */
GST_START_TEST (test_the_first_tells_the_configuration)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *told = NULL;
  g_autofree gchar *again = NULL;

  for (guint i = 0; i < 2; i++) {
    MuxRun run;

    run_video (&run, "25/1", path, "");
    assert_equals_int (run.errors->len + run.warnings->len, 0);
    fail_unless (run.chunks->len > 0);
    mux_run_clear (&run);
    *(i ? &again : &told) = read_file (path, "cfg.json");
  }
  assert_equals_string (told,
      "{\"D\":\"48/25\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","
      "\"number-offset\":0,\"splice-mode\":\"idr\",\"rate-family\":1,"
      "\"tracks\":[\"video\"]}");
  assert_equals_string (told, again);
}
GST_END_TEST;

static const struct
{
  const gchar *rate, *settings, *reason;
} others[] = {
  { "25/1", "segment-duration=2/1",
      "segment-duration: found 2/1, needs 48/25 " },
  { "25/1", "timeline-tai-offset=36",
      "timeline-tai-offset: found 36, needs 37 " },
  { "25/1", "number-offset=1", "number-offset: found 1, needs 0 " },
  { "25/1", "splice-mode=move", "splice-mode: found move, needs idr " },
  { "30000/1001", "segment-duration=48/25 grid-mode=nominal",
      "frame rate: found 1001, needs 1 " },
};

GST_START_TEST (test_another_configuration_does_not_start)
{
  g_autofree gchar *path = make_path ();
  MuxRun run;

  run_video (&run, "25/1", path, "");
  mux_run_clear (&run);
  run_video (&run, others[__i__].rate, path, others[__i__].settings);
  assert_one_error (&run, others[__i__].reason);
  assert_one_error (&run, "needs another sync-store"); /* how to go on */
  mux_run_clear (&run);
}
GST_END_TEST;

/* Written by somebody, and not by us. */
GST_START_TEST (test_a_record_that_is_wrong_is_refused)
{
  g_autofree gchar *path = make_path ();
  MuxRun run;

  write_file (path, "cfg.json", "{\"D\":\"48/25\",\"O\":\"37\"}");
  run_video (&run, "25/1", path, "");
  assert_one_error (
      &run, "sync-store: cfg.json: O: found String, needs an integer");
  mux_run_clear (&run);
}
GST_END_TEST;

static const gchar *const bad_locations[] = { "gopher://host/a", "http://",
  "http:///a", "https://ho st/a", "file://other.example/a" };

GST_START_TEST (test_a_location_that_nobody_opens_is_refused)
{
  g_autoptr (GstElement) mux = gst_element_factory_make ("cmafsyncmux", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (mux, bus);
  g_object_set (mux, "sync-store", bad_locations[__i__], NULL);
  assert_equals_int (
      gst_element_set_state (mux, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "sync-store: ")
                   && strstr (error->message, "needs "),
      "%s", error->message);
  gst_element_set_bus (mux, NULL);
  gst_element_set_state (mux, GST_STATE_NULL);
}
GST_END_TEST;

/* A path below a file: encoding goes on, and it is told once. */
GST_START_TEST (test_a_store_that_cannot_be_reached_stops_nothing)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *below = g_build_filename (path, "file", "store", NULL);
  const GstStructure *s;
  gboolean frozen = FALSE;
  MuxRun run;

  write_file (path, "file", "no directory");
  run_video (&run, "25/1", below, "");
  assert_equals_int (run.errors->len, 0);
  fail_unless (run.chunks->len > 0);
  assert_equals_int (run.warnings->len, 1);
  fail_unless (strstr (run.warnings->pdata[0], "sync-store: ") != NULL, "%s",
      (gchar *)run.warnings->pdata[0]);
  s = mux_run_message (&run, "cmaf-sync-store", 0);
  fail_unless (s && gst_structure_get_boolean (s, "frozen", &frozen) && frozen);
  fail_unless (mux_run_message (&run, "cmaf-sync-store", 1) == NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

static void
take_away (GstElement *pipeline, gpointer path)
{
  g_autofree gchar *record = g_build_filename (path, "cfg.json", NULL);

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  fail_unless (g_unlink (record) == 0);
  fail_unless (g_rmdir (path) == 0);
}

/* Behind the first segment: it is told once, and all others come. */
GST_START_TEST (test_a_store_that_is_taken_away_stops_nothing)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *text = g_strdup_printf (VIDEO, 500, "25/1", path, "");
  gboolean frozen = FALSE;
  const GstStructure *s;
  MuxRun run;

  mux_run (&run, text, take_away, path);
  assert_equals_int (run.errors->len, 0);
  assert_equals_int (run.chunks->len, 11);
  for (guint i = 0; i < run.chunks->len; i++)
    assert_equals_uint64 (
        ((CmafChunk *)run.chunks->pdata[i])->decode_time, i * 172800);
  s = mux_run_message (&run, "cmaf-sync-store", 0);
  fail_unless (s && gst_structure_get_boolean (s, "frozen", &frozen) && frozen);
  assert_equals_int (run.warnings->len, 1);
  fail_unless (mux_run_message (&run, "cmaf-sync-store", 1) == NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

#define OTHER                                                                  \
  "{\"D\":\"2/1\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","               \
  "\"number-offset\":0,\"splice-mode\":\"idr\",\"tracks\":[]}"

/* then there is no gen/1.json, and cfg.json is still there, as often as it asks
 */
#define NO_NEXT                                                                \
  { .status = 404 },                                                           \
  {                                                                            \
    .body = "{}"                                                               \
  }
/* and knows create-only */
#define KNOWS                                                                  \
  { .status = 201 }, { .status = 412 },                                        \
  {                                                                            \
    .status = 204                                                              \
  }
static const ScriptStep first_steps[] = { { .status = 404 }, KNOWS,
  { .status = 201 }, NO_NEXT, NO_NEXT, NO_NEXT, NO_NEXT, NO_NEXT };
static const ScriptStep lost_steps[] = { { .status = 404 }, KNOWS,
  { .status = 412 }, { .body = OTHER } };

/* Over HTTP: the first writes what nobody wrote; and who comes second in
 * between reads. */
GST_START_TEST (test_a_store_over_http)
{
  const gboolean is_lost = __i__ == 1;
  ScriptServer *server =
      is_lost ? script_server_new (lost_steps, G_N_ELEMENTS (lost_steps))
              : script_server_new (first_steps, G_N_ELEMENTS (first_steps));
  g_autofree gchar *url =
      g_strdup_printf ("http://127.0.0.1:%u/service", server->port);
  g_autofree gchar *read = NULL;
  g_autofree gchar *written = NULL;
  g_autofree gchar *condition = NULL;
  GstElementFactory *factory = gst_element_factory_find ("httpingestsink");
  MuxRun run;

  if (factory) {
    run_video (&run, "25/1", url, "");
    read = script_request_line (script_server_get (server, 0));
    written = script_request_line (script_server_get (server, 4));
    condition =
        script_field (script_server_get (server, 4)->head, "If-None-Match");
    assert_equals_string (read, "GET /service/cfg.json");
    assert_equals_string (written, "PUT /service/cfg.json");
    assert_equals_string (condition, "*");
    if (is_lost) {
      assert_one_error (&run, "segment-duration: found 48/25, needs 2/1 ");
    } else {
      assert_equals_int (run.errors->len + run.warnings->len, 0);
    }
    mux_run_clear (&run);
    gst_object_unref (factory);
  }
  script_server_free (server);
}
GST_END_TEST;

static Suite *
cmafsyncmux_store_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-store");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_the_first_tells_the_configuration);
  tcase_add_loop_test (tcase, test_another_configuration_does_not_start, 0,
      G_N_ELEMENTS (others));
  tcase_add_test (tcase, test_a_record_that_is_wrong_is_refused);
  tcase_add_loop_test (tcase, test_a_location_that_nobody_opens_is_refused, 0,
      G_N_ELEMENTS (bad_locations));
  tcase_add_test (tcase, test_a_store_that_cannot_be_reached_stops_nothing);
  tcase_add_test (tcase, test_a_store_that_is_taken_away_stops_nothing);
  tcase_add_loop_test (tcase, test_a_store_over_http, 0, 2);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_store);
