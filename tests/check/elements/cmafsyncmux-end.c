/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The service ends: each track ends there, with the same segment, which says
 * that it is the last. */
#include "mux-harness.h"
#include "mux-run.h"

#include <glib/gstdio.h>
#include <string.h>

#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! video/x-raw,width=64,height=48,"              \
  "framerate=25/1 ! x264enc speed-preset=ultrafast threads=1 %s ! h264parse "  \
  "! "

static void
assert_ends (
    GPtrArray *chunks, guint64 number, guint32 timescale, guint64 end_time)
{
  const CmafChunk *last;

  fail_unless (chunks->len > 0);
  for (guint i = 0; i < chunks->len; i++) {
    const CmafChunk *chunk = chunks->pdata[i];

    assert_equals_int (
        (chunk->flags & CMAF_CHUNK_LAST) != 0, i + 1 == chunks->len);
  }
  last = chunks->pdata[chunks->len - 1];
  assert_equals_uint64 (last->sequence_number, number);
  assert_equals_uint64 (
      last->decode_time + last->duration, (end_time * timescale + 999) / 1000);
}

static const struct
{
  guint end; /* ms */
  const gchar *encoder;
  guint n_segments, n_last;
} cases[] = {
  { 5000, "bframes=0 rc-lookahead=0", 3, 29 },
  { 5000, "bframes=3 b-adapt=false rc-lookahead=20", 3, 29 },
  { 3840, "bframes=3 b-adapt=false rc-lookahead=20", 2, 48 },
  { 3841, "bframes=0", 3, 1 },
  { 100, "bframes=0", 1, 3 },
};

static void
assert_case (const MuxRun *run, guint i)
{
  const CmafChunk *last;

  assert_equals_int (run->errors->len + run->warnings->len, 0);
  assert_equals_int (run->chunks->len, cases[i].n_segments);
  last = run->chunks->pdata[run->chunks->len - 1];
  assert_equals_int (last->n_samples, cases[i].n_last);
  assert_ends (run->chunks, cases[i].n_segments - 1, run->track->timescale,
      (cases[i].end + 39) / 40 * 40);
}

GST_START_TEST (test_video_is_shortened_at_the_end)
{
  g_autofree gchar *text = g_strdup_printf (VIDEO
      "cmafsyncmux name=mux timing-sources=fixed end-time=%u000000",
      200, cases[__i__].encoder, cases[__i__].end);
  MuxRun run;

  mux_run (&run, text, NULL, NULL);
  assert_case (&run, __i__);
  mux_run_clear (&run);
}
GST_END_TEST;

static void
send_end (GstElement *pipeline, gpointer upstream)
{
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  GstStructure *s = gst_structure_new (
      "cmaf-sync-end", "time", G_TYPE_UINT64, 5 * GST_SECOND, NULL);

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  if (upstream)
    gst_element_send_event (
        pipeline, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, s));
  else
    gst_element_send_event (
        mux, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, s));
  gst_object_unref (mux);
}

/* To the muxer, or to the pipeline: it comes from the sinks then. */
GST_START_TEST (test_an_event_tells_the_end)
{
  g_autofree gchar *text = g_strdup_printf (
      VIDEO "cmafsyncmux name=mux timing-sources=fixed", 400, "bframes=0");
  MuxRun run;

  mux_run (&run, text, send_end, GINT_TO_POINTER (__i__));
  assert_case (&run, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

/* When something has come already, at 2 s and more. */
static void
send_past_end (GstElement *pipeline, gpointer time)
{
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  const guint64 end = GPOINTER_TO_UINT (time) * GST_MSECOND;
  GstStructure *s = gst_structure_new_empty ("cmaf-sync-end");

  if (end > 0)
    gst_structure_set (s, "time", G_TYPE_UINT64, end, NULL);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  gst_element_send_event (
      mux, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, s));
  gst_object_unref (mux);
}

GST_START_TEST (test_an_end_in_the_past_is_told)
{
  g_autofree gchar *text = g_strdup_printf (
      VIDEO "cmafsyncmux name=mux timing-sources=fixed", 400, "bframes=0");
  const CmafChunk *last;
  MuxRun run;

  mux_run (&run, text, send_past_end, GUINT_TO_POINTER (500));
  assert_equals_int (run.errors->len, 0);
  assert_equals_int (run.warnings->len, 1);
  fail_unless (g_str_has_prefix (run.warnings->pdata[0],
                   "end-time, or field time of cmaf-sync-end: found 500000000 "
                   "ns, "),
      "%s", (gchar *)run.warnings->pdata[0]);
  fail_unless (run.chunks->len >= 1 && run.chunks->len < 8);
  last = run.chunks->pdata[run.chunks->len - 1];
  fail_unless (last->flags & CMAF_CHUNK_LAST);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Of a service that was over before. */
GST_START_TEST (test_an_end_before_the_first_unit_is_told)
{
  g_autofree gchar *text = g_strdup_printf (VIDEO
      "cmafsyncmux name=mux timing-sources=fixed fixed-origin=3600000000000 "
      "end-time=500000000",
      50, "bframes=0");
  MuxRun run;

  mux_run (&run, text, NULL, NULL);
  assert_equals_int (run.errors->len, 0);
  assert_equals_int (run.warnings->len, 1);
  fail_unless (strstr (run.warnings->pdata[0], "before the first unit"));
  assert_equals_int (run.chunks->len, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_an_end_without_its_time_is_told)
{
  g_autofree gchar *text = g_strdup_printf (
      VIDEO "cmafsyncmux name=mux timing-sources=fixed", 60, "bframes=0");
  MuxRun run;

  mux_run (&run, text, send_past_end, GUINT_TO_POINTER (0));
  assert_equals_int (run.errors->len, 0);
  assert_equals_int (run.warnings->len, 1);
  fail_unless (strstr (run.warnings->pdata[0], "no field time"));
  fail_unless (run.chunks->len > 1);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Parsers tell tags again and again, and a demultiplexer has other streams. */
GST_START_TEST (test_what_comes_behind_the_end_is_no_error)
{
  GstFlowReturn result = GST_FLOW_OK;
  MuxHarness m;

  mux_harness_init (&m, "end-time=200000000", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 40 && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m.h, mux_harness_frame (i * MUX_FRAME, i == 0, (guint8)i));
  assert_equals_int (result, GST_FLOW_EOS);
  fail_unless (gst_harness_push_event (m.h,
      gst_event_new_tag (gst_tag_list_new (GST_TAG_BITRATE, 64000, NULL))));
  assert_equals_int (
      gst_harness_push (m.h, mux_harness_frame (GST_SECOND, TRUE, 0)),
      GST_FLOW_EOS);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- every track ---- */

static GPtrArray *
pull_all (GstElement *pipeline, const gchar *name, CmafTrack **track)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  MuxRun run = { 0 };
  GstSample *sample;

  run.chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  run.bytes = g_byte_array_new ();
  for (;;) {
    g_signal_emit_by_name (out, "pull-sample", &sample);
    if (!sample)
      break;
    mux_run_take_sample (&run, reader, sample);
  }
  *track =
      cmaf_track_ref ((CmafTrack *)cmaf_fragment_reader_get_track (reader));
  g_byte_array_unref (run.bytes);
  gst_object_unref (out);
  return run.chunks;
}

#define OUT(name)                                                              \
  " ! appsink name=" name " sync=false buffer-list=true async=false "

/* At 5 s, in the middle of segment 2, and at 5.76 s, where it ends. */
GST_START_TEST (test_every_track_ends)
{
  static const guint ends[] = { 5000, 5760 };
  static const gchar *const names[] = { "v", "a", "t", "e" };
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *cues = g_build_filename (path, "cues.srt", NULL);
  g_autofree gchar *text = g_strdup_printf (VIDEO
      "cmafsyncmux timing-sources=fixed end-time=%u000000" OUT (
          "v") "audiotestsrc num-buffers=500 ! audio/x-raw,rate=48000 ! "
               "opusenc ! opusparse ! cmafsyncmux timing-sources=fixed" OUT (
                   "a") "filesrc location=%s ! subparse ! "
                        "cmafsyncmux timing-sources=fixed" OUT (
                            "t") "cmafeventsrc timing-sources=fixed" OUT ("e"),
      300, "bframes=2", ends[__i__], cues);
  g_autoptr (GstElement) pipeline = NULL;

  fail_unless (g_file_set_contents (cues,
      "1\n00:00:01,000 --> 00:00:02,000\none\n\n"
      "2\n00:00:04,500 --> 00:00:09,000\ntwo\n\n",
      -1, NULL));
  pipeline = gst_parse_launch (text, NULL);
  fail_unless (pipeline != NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    CmafTrack *track;
    g_autoptr (GPtrArray) chunks = pull_all (pipeline, names[i], &track);

    GST_INFO ("track %s", names[i]);
    assert_equals_int (chunks->len, 3);
    assert_ends (chunks, 2, track->timescale, ends[__i__]);
    cmaf_track_unref (track);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_unlink (cues);
}
GST_END_TEST;

static Suite *
cmafsyncmux_end_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-end");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_video_is_shortened_at_the_end, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tcase, test_an_event_tells_the_end, 0, 2);
  tcase_add_test (tcase, test_an_end_in_the_past_is_told);
  tcase_add_test (tcase, test_an_end_before_the_first_unit_is_told);
  tcase_add_test (tcase, test_an_end_without_its_time_is_told);
  tcase_add_test (tcase, test_what_comes_behind_the_end_is_no_error);
  tcase_add_loop_test (tcase, test_every_track_ends, 0, 2);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_end);
