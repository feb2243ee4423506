/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Generations of a service: all tracks and all encoders begin one with the same
 * segment, and players are told by a new period. */
#include "mux-run.h"

#include <gst/cmaf/sync-record.h>
#include <string.h>

#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! video/x-raw,width=64,height=48,"              \
  "framerate=25/1 ! x264enc speed-preset=ultrafast threads=1 bframes=0 ! "     \
  "h264parse ! cmafsyncmux name=mux track-name=v timing-sources=fixed %s"

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
run_video (
    MuxRun *run, guint n_frames, MuxRunPrepare prepare, const gchar *settings)
{
  g_autofree gchar *text = g_strdup_printf (VIDEO, n_frames, settings);

  mux_run (run, text, prepare, NULL);
}

/* As another encoder would have done. */
static void
write_generation (const gchar *store, guint generation, guint64 first)
{
  const CmafConfigRecord config = { 48, 25, 37, 0, 1, (gchar *)"idr", NULL };
  g_autofree gchar *folder = g_build_filename (store, "gen", NULL);
  g_autofree gchar *name = cmaf_generation_record_name (generation);
  g_autofree gchar *path = g_build_filename (store, name, NULL);
  CmafGenerationRecord record = { .first = first };
  g_autoptr (GBytes) bytes = NULL;

  record.digest = cmaf_config_record_digest (&config);
  bytes = cmaf_generation_record_write (&record);
  cmaf_generation_record_clear (&record);
  g_mkdir_with_parents (folder, 0755);
  fail_unless (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
      (gssize)g_bytes_get_size (bytes), NULL));
}

GST_START_TEST (test_a_header_tells_its_generation)
{
  MuxRun run;

  run_video (&run, 60, NULL, "generation=7");
  assert_equals_int (run.track->generation, 7);
  mux_run_clear (&run);
  run_video (&run, 60, NULL, "");
  assert_equals_int (run.track->generation, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Of a pipeline that is on its way. (transfer full) */
static GstElement *
find_mux (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  return gst_bin_get_by_name (GST_BIN (pipeline), "mux");
}

static void
send_generation (GstElement *pipeline, GstStructure *s)
{
  GstElement *mux = find_mux (pipeline);

  gst_element_send_event (
      mux, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, s));
  gst_object_unref (mux);
}

static void
begin_at_3 (GstElement *pipeline, gpointer data)
{
  GstElement *mux = find_mux (pipeline);

  g_signal_emit_by_name (mux, "begin-generation", (guint64)3);
  gst_object_unref (mux);
}

/* Without a store the application tells all encoders the number. */
GST_START_TEST (test_the_application_begins_a_generation)
{
  const GstStructure *s;
  guint64 begins = 0;
  MuxRun run;

  run_video (&run, 250, begin_at_3, "");
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  s = mux_run_message (&run, "cmaf-sync-generation", 0);
  fail_unless (s && gst_structure_get_uint64 (s, "K", &begins));
  assert_equals_uint64 (begins, 3);
  assert_equals_int (run.track->generation, 1);
  for (guint i = 0; i < run.chunks->len; i++)
    assert_equals_uint64 (
        ((CmafChunk *)run.chunks->pdata[i])->decode_time, i * 172800);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Segments have numbers from 10 on. */
GST_START_TEST (test_a_generation_in_the_past_is_told)
{
  MuxRun run;

  run_video (&run, 250, begin_at_3, "fixed-origin=19200000000");
  assert_equals_int (run.warnings->len, 1);
  fail_unless (strstr (run.warnings->pdata[0], "found 3, needs one behind"),
      "%s", (gchar *)run.warnings->pdata[0]);
  assert_equals_int (run.track->generation, 1);
  mux_run_clear (&run);
}
GST_END_TEST;

static void
begin_nowhere (GstElement *pipeline, gpointer data)
{
  send_generation (pipeline, gst_structure_new ("cmaf-sync-generation",
                                 "number", G_TYPE_INT, 3, NULL));
}

GST_START_TEST (test_a_generation_without_its_number_is_told)
{
  MuxRun run;

  run_video (&run, 250, begin_nowhere, "");
  assert_equals_int (run.warnings->len, 1);
  fail_unless (
      strstr (run.warnings->pdata[0],
          "cmaf-sync-generation: found no field number of type guint64"),
      "%s", (gchar *)run.warnings->pdata[0]);
  assert_equals_int (run.track->generation, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

static void
begin_soon (GstElement *pipeline, gpointer data)
{
  send_generation (pipeline, gst_structure_new ("cmaf-sync-generation",
                                 "number", G_TYPE_UINT64, (guint64)0, NULL));
}

/* One tells the store where it begins; an encoder that starts later, or again,
 * is of that generation from there on. */
GST_START_TEST (test_encoders_begin_a_generation_together)
{
  g_autofree gchar *store = make_path ();
  g_autofree gchar *settings = g_strdup_printf ("sync-store=%s", store);
  g_autofree gchar *told = NULL;
  const GstStructure *s;
  CmafGenerationRecord record;
  g_autoptr (GBytes) bytes = NULL;
  guint64 begins = 0;
  MuxRun run;

  run_video (&run, 500, begin_soon, settings);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  mux_run_clear (&run);
  told = read_file (store, "gen/1.json");
  fail_unless (told != NULL);
  bytes = g_bytes_new (told, strlen (told));
  fail_unless (cmaf_generation_record_read (&record, bytes, NULL));
  fail_unless (record.first >= 6, "%s", told);
  run_video (&run, 500, NULL, settings);
  s = mux_run_message (&run, "cmaf-sync-generation", 0);
  fail_unless (s && gst_structure_get_uint64 (s, "K", &begins));
  assert_equals_uint64 (begins, record.first);
  assert_equals_int (run.track->generation, 1);
  mux_run_clear (&run);
  cmaf_generation_record_clear (&record);
}
GST_END_TEST;

GST_START_TEST (test_a_generation_of_another_configuration_does_not_start)
{
  g_autofree gchar *store = make_path ();
  g_autofree gchar *settings =
      g_strdup_printf ("sync-store=%s number-offset=1", store);
  MuxRun run;

  write_generation (store, 1, 2);
  run_video (&run, 60, NULL, settings);
  fail_unless (run.errors->len > 0);
  fail_unless (strstr (run.errors->pdata[0], "generation 1: found digest ")
                   && strstr (run.errors->pdata[0], "number-offset")
                   && strstr (run.errors->pdata[0], "needs another sync-store"),
      "%s", (gchar *)run.errors->pdata[0]);
  assert_equals_int (run.chunks->len, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

static guint
count (const gchar *text, const gchar *part)
{
  guint n = 0;

  for (const gchar *at = text; (at = strstr (at, part)); at++)
    n++;
  return n;
}

static void
publish (const gchar *sink, const gchar *store, const gchar *location)
{
  g_autofree gchar *settings = g_strdup_printf (
      "generation=2 sync-store=%s ! %s location=%s", store, sink, location);
  g_autofree gchar *text = g_strdup_printf (VIDEO, 250, settings);
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);
  assert_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Generation 3 begins with segment 2; the packager has not seen how 2 began. */
GST_START_TEST (test_players_are_told_of_a_generation)
{
  g_autofree gchar *store = make_path ();
  g_autofree gchar *hls = make_path ();
  g_autofree gchar *dash = make_path ();
  g_autofree gchar *playlist = NULL;
  g_autofree gchar *mpd = NULL;
  const gchar *cut;

  write_generation (store, 3, 2);
  publish ("cmafhlssink", store, hls);
  playlist = read_file (hls, "v/media.m3u8");
  fail_unless (
      playlist && strstr (playlist, "\n#EXT-X-DISCONTINUITY-SEQUENCE:2\n"),
      "%s", playlist);
  assert_equals_int (count (playlist, "#EXT-X-MAP:"), 2);
  assert_equals_int (count (playlist, "\n#EXT-X-DISCONTINUITY\n"), 1);
  cut = strstr (playlist, "\n#EXT-X-DISCONTINUITY\n");
  assert_equals_int (count (cut, "#EXTINF"), count (playlist, "#EXTINF") - 2);
  publish ("cmafdashsink", store, dash);
  mpd = read_file (dash, "stream.mpd");
  fail_unless (mpd != NULL);
  assert_equals_int (count (mpd, "<Period "), 2);
}
GST_END_TEST;

static Suite *
cmafsyncmux_generation_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-generation");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_header_tells_its_generation);
  tcase_add_test (tcase, test_the_application_begins_a_generation);
  tcase_add_test (tcase, test_a_generation_in_the_past_is_told);
  tcase_add_test (tcase, test_a_generation_without_its_number_is_told);
  tcase_add_test (tcase, test_encoders_begin_a_generation_together);
  tcase_add_test (
      tcase, test_a_generation_of_another_configuration_does_not_start);
  tcase_add_test (tcase, test_players_are_told_of_a_generation);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_generation);
