/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an application finds behind cmafsyncmux when it takes CMAF track
 * streams from an appsink: sample by sample, a buffer list each, flags and
 * times of its buffers, and the caps. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmafbase/gstcmafsegmentmeta.h>
#include <gst/video/video.h>

#define ORIGIN G_GUINT64_CONSTANT (1735689600) /* 2025-01-01, K = 904005000 */
#define FIRST_NUMBER G_GUINT64_CONSTANT (904005000)
#define FRAME (40 * GST_MSECOND)
#define HOURS (3600 * GST_SECOND)
#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! "                                             \
  "video/x-raw,width=64,height=48,framerate=25/1 ! "                           \
  "timecodestamper set=always ! %s ! cmafsyncmux name=mux "                    \
  "timing-sources=fixed fixed-origin=1735689600000000000 %s ! "                \
  "appsink name=out sync=false buffer-list=true"

/* ---- an application ---- */

typedef struct
{
  GstElement *pipeline, *out;
  GPtrArray *samples; /* GstSample */
} App;

static void
app_init (App *app, guint n_frames, const gchar *encoder, const gchar *settings)
{
  g_autofree gchar *text = g_strdup_printf (VIDEO, n_frames, encoder, settings);
  GError *error = NULL;

  app->pipeline = gst_parse_launch (text, &error);
  fail_if (error != NULL, "%s", error ? error->message : "");
  app->out = gst_bin_get_by_name (GST_BIN (app->pipeline), "out");
  app->samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref);
}

static void
app_clear (App *app)
{
  gst_element_set_state (app->pipeline, GST_STATE_NULL);
  g_ptr_array_unref (app->samples);
  gst_object_unref (app->out);
  gst_object_unref (app->pipeline);
}

static void
app_run (App *app)
{
  GstSample *sample;

  g_ptr_array_set_size (app->samples, 0);
  gst_element_set_state (app->pipeline, GST_STATE_PLAYING);
  while (TRUE) {
    g_signal_emit_by_name (app->out, "pull-sample", &sample);
    if (!sample)
      break;
    g_ptr_array_add (app->samples, sample);
  }
}

static GstBufferList *
app_list (const App *app, guint i)
{
  GstBufferList *list;

  fail_unless (i < app->samples->len, "only %u samples", app->samples->len);
  list = gst_sample_get_buffer_list (app->samples->pdata[i]);
  fail_unless (list != NULL, "sample %u is no list", i);
  return list;
}

static gboolean
is_header (GstBuffer *buffer)
{
  return GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)
         && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
}

/* The header buffer of list @i; a CMAF header may be in front of it. */
static GstBuffer *
app_head (const App *app, guint i)
{
  GstBufferList *list = app_list (app, i);
  guint first = is_header (gst_buffer_list_get (list, 0));

  return gst_buffer_list_get (list, first);
}

static GstClockTime
app_running_time (const App *app, guint i)
{
  const GstSegment *segment = gst_sample_get_segment (app->samples->pdata[i]);

  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  return gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (app_head (app, i)));
}

/* ---- lists ---- */

#define ENCODER "x264enc speed-preset=ultrafast threads=1 ! h264parse"

static void
check_sample_flags (GstBuffer *buffer, gboolean is_last)
{
  const guint flags = GST_BUFFER_FLAGS (buffer) & ~GST_BUFFER_FLAG_TAG_MEMORY;

  assert_equals_int_hex (flags,
      GST_BUFFER_FLAG_DELTA_UNIT | (is_last ? GST_BUFFER_FLAG_MARKER : 0));
}

/* init (first list only), header, samples */
static void
check_list (const App *app, guint i, guint n_samples, gboolean starts_segment)
{
  GstBufferList *list = app_list (app, i);
  guint n = gst_buffer_list_length (list), n_front = i == 0 ? 2 : 1;
  GstBuffer *head = app_head (app, i);

  assert_equals_int (n, n_front + n_samples);
  fail_unless (is_header (gst_buffer_list_get (list, 0)) == (i == 0));
  fail_unless (GST_BUFFER_FLAG_IS_SET (head, GST_BUFFER_FLAG_HEADER));
  fail_if (GST_BUFFER_FLAG_IS_SET (head, GST_BUFFER_FLAG_DISCONT));
  fail_unless (GST_BUFFER_FLAG_IS_SET (head, GST_BUFFER_FLAG_DELTA_UNIT)
               == !starts_segment);
  for (guint j = n_front; j < n; j++)
    check_sample_flags (gst_buffer_list_get (list, j), j + 1 == n);
}

/* 120 frames: 48, 48 and 24 */
GST_START_TEST (test_one_list_is_one_segment)
{
  GstBuffer *init;
  App app;

  app_init (&app, 120, ENCODER, "segment-duration=48/25");
  app_run (&app);
  assert_equals_int (app.samples->len, 3);
  init = gst_buffer_list_get (app_list (&app, 0), 0);
  fail_if (GST_BUFFER_OFFSET_IS_VALID (init));
  assert_equals_uint64 (
      GST_BUFFER_PTS (init), GST_BUFFER_PTS (app_head (&app, 0)));
  for (guint i = 0; i < 3; i++) {
    GstBuffer *head = app_head (&app, i);

    check_list (&app, i, i < 2 ? 48 : 24, TRUE);
    assert_equals_uint64 (
        GST_BUFFER_DURATION (head), (i < 2 ? 48 : 24) * FRAME);
    assert_equals_uint64 (GST_BUFFER_OFFSET (head), FIRST_NUMBER + i);
    assert_equals_uint64 (app_running_time (&app, i), i * 48 * FRAME);
  }
  app_clear (&app);
}
GST_END_TEST;

/* chunks of 12 frames with reordered ones in them: the time of a list is that
 * of its earliest frame */
GST_START_TEST (test_one_list_is_one_chunk)
{
  App app;

  app_init (&app, 96,
      "x264enc speed-preset=ultrafast threads=1 bframes=3 b-adapt=false ! "
      "h264parse",
      "chunk-duration=480000000");
  app_run (&app);
  assert_equals_int (app.samples->len, 8);
  for (guint i = 0; i < 8; i++) {
    GstBufferList *list = app_list (&app, i);
    GstBuffer *head = app_head (&app, i);
    GstClockTime earliest = GST_CLOCK_TIME_NONE;

    check_list (&app, i, 12, i % 4 == 0);
    assert_equals_uint64 (GST_BUFFER_DURATION (head), 12 * FRAME);
    assert_equals_uint64 (GST_BUFFER_OFFSET (head), FIRST_NUMBER + i / 4);
    for (guint j = i == 0 ? 2 : 1; j < gst_buffer_list_length (list); j++)
      earliest = MIN (earliest, GST_BUFFER_PTS (gst_buffer_list_get (list, j)));
    assert_equals_uint64 (GST_BUFFER_PTS (head), earliest);
  }
  app_clear (&app);
}
GST_END_TEST;

static void
feed (CmafFragmentReader *reader, GstBuffer *buffer)
{
  g_autoptr (GBytes) bytes = NULL;
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  bytes = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (reader, bytes);
}

/* x264enc begins at 1000 hours, with DTS in front of the segment: times go
 * through as they are, media time is what they mean. */
GST_START_TEST (test_encoder_that_begins_at_1000_hours)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafChunk) chunk = NULL;
  GstBufferList *list;
  App app;

  app_init (&app, 50, "x264enc threads=1 ! h264parse", "");
  app_run (&app);
  list = app_list (&app, 0);
  assert_equals_uint64 (
      gst_sample_get_segment (app.samples->pdata[0])->start, 1000 * HOURS);
  assert_equals_uint64 (GST_BUFFER_PTS (app_head (&app, 0)), 1000 * HOURS);
  fail_unless (GST_BUFFER_DTS (app_head (&app, 0)) < 1000 * HOURS);
  assert_equals_uint64 (app_running_time (&app, 0), 0);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    feed (reader, gst_buffer_list_get (list, i));
  fail_unless_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_HEADER);
  fail_unless_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
  chunk = cmaf_fragment_reader_take_chunk (reader);
  assert_equals_uint64 (chunk->decode_time, ORIGIN * 90000);
  assert_equals_uint64 (chunk->earliest_presentation_time, chunk->decode_time);
  app_clear (&app);
}
GST_END_TEST;

/* ---- caps and metas ---- */

GST_START_TEST (test_caps_carry_the_header)
{
  g_autoptr (CmafTrack) track = NULL;
  const GstStructure *s;
  GstMapInfo map, init;
  GstBuffer *header;
  App app;

  app_init (&app, 10, ENCODER, "track-name=one");
  app_run (&app);
  s = gst_caps_get_structure (gst_sample_get_caps (app.samples->pdata[0]), 0);
  fail_unless_equals_string (gst_structure_get_name (s), "video/quicktime");
  fail_unless_equals_string (gst_structure_get_string (s, "variant"), "cmaf");
  fail_unless_equals_string (gst_structure_get_string (s, "track-name"), "one");
  assert_equals_int (
      gst_value_array_get_size (gst_structure_get_value (s, "streamheader")),
      1);
  header = gst_value_get_buffer (gst_value_array_get_value (
      gst_structure_get_value (s, "streamheader"), 0));
  gst_buffer_map (header, &map, GST_MAP_READ);
  gst_buffer_map (
      gst_buffer_list_get (app_list (&app, 0), 0), &init, GST_MAP_READ);
  fail_unless (
      map.size == init.size && memcmp (map.data, init.data, map.size) == 0);
  track = cmaf_init_segment_read (map.data, map.size, NULL);
  fail_unless (track != NULL && track->width == 64);
  gst_buffer_unmap (header, &map);
  gst_buffer_unmap (gst_buffer_list_get (app_list (&app, 0), 0), &init);
  app_clear (&app);
}
GST_END_TEST;

/* Each header buffer tells its place on the grid; chunk 0 begins with a key
 * frame. number-offset changes the number told, not the place. */
GST_START_TEST (test_segment_meta)
{
  App app;

  app_init (&app, 96, ENCODER, "chunk-duration=960000000 number-offset=1");
  app_run (&app);
  assert_equals_int (app.samples->len, 4);
  for (guint i = 0; i < 4; i++) {
    GstBufferList *list = app_list (&app, i);
    GstBuffer *head = app_head (&app, i);
    const GstCmafSegmentMeta *meta = gst_cmaf_segment_meta_get (head);
    g_autoptr (GstBuffer) copy = gst_buffer_copy (head);

    fail_unless (meta != NULL);
    assert_equals_uint64 (meta->number, FIRST_NUMBER + i / 2);
    assert_equals_uint64 (GST_BUFFER_OFFSET (head), FIRST_NUMBER + i / 2 + 1);
    assert_equals_int (meta->chunk, i % 2);
    assert_equals_uint64 (
        meta->grid_time, ORIGIN * GST_SECOND + i / 2 * 48 * FRAME);
    assert_equals_int (meta->sap_type, i % 2 == 0 ? 1 : 0);
    fail_unless (gst_cmaf_segment_meta_get (gst_buffer_list_get (
                     list, gst_buffer_list_length (list) - 1))
                 == NULL);
    assert_equals_uint64 (
        gst_cmaf_segment_meta_get (copy)->number, meta->number);
  }
  app_clear (&app);
}
GST_END_TEST;

/* What the first frame carries, the header buffer has as well. */
GST_START_TEST (test_metas_of_the_first_frame)
{
  App app;

  app_init (&app, 60, ENCODER, "");
  app_run (&app);
  for (guint i = 0; i < 2; i++) {
    GstVideoTimeCodeMeta *meta =
        gst_buffer_get_video_time_code_meta (app_head (&app, i));

    fail_unless (meta != NULL);
    assert_equals_int (meta->tc.seconds * 25 + meta->tc.frames, (int)(i * 48));
  }
  app_clear (&app);
}
GST_END_TEST;

/* ---- again ---- */

static GstPadProbeReturn
add_list (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstMapInfo map;

    gst_buffer_map (gst_buffer_list_get (list, i), &map, GST_MAP_READ);
    g_byte_array_append (data, map.data, map.size);
    gst_buffer_unmap (gst_buffer_list_get (list, i), &map);
  }
  return GST_PAD_PROBE_OK;
}

/* Up to the end of the stream, then to @state. */
static void
run_to_end (GstElement *pipeline, GstState state)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, state);
}

GST_START_TEST (test_second_run_is_like_the_first)
{
  static const GstState between[] = { GST_STATE_READY, GST_STATE_NULL };
  GByteArray *runs[] = { g_byte_array_new (), g_byte_array_new () };
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "videotestsrc pattern=ball num-buffers=100 ! "
      "video/x-raw,width=64,height=48,"
      "framerate=25/1 ! x264enc threads=1 ! h264parse ! cmafsyncmux name=mux "
      "timing-sources=fixed ! fakesink sync=false",
      NULL);
  g_autoptr (GstElement) mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (mux, "src");

  for (guint i = 0; i < 2; i++) {
    gulong probe = gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_BUFFER_LIST, add_list, runs[i], NULL);

    run_to_end (pipeline, between[__i__]);
    gst_pad_remove_probe (pad, probe);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  fail_unless (runs[0]->len > 1000);
  assert_equals_int (runs[0]->len, runs[1]->len);
  fail_unless (memcmp (runs[0]->data, runs[1]->data, runs[0]->len) == 0);
  g_byte_array_unref (runs[0]);
  g_byte_array_unref (runs[1]);
}
GST_END_TEST;

/* ---- properties ---- */

/* Times have their unit in the text, everything is explained, and the page of
 * the element knows every property. */
GST_START_TEST (test_properties_are_explained)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("CMAF_SOURCE_ROOT"),
      "docs", "elements", "cmafsyncmux.md", NULL);
  GstElement *mux = gst_element_factory_make ("cmafsyncmux", NULL);
  g_autofree GParamSpec **specs = NULL;
  g_autofree gchar *page = NULL;
  guint n;

  fail_unless (g_file_get_contents (path, &page, NULL, NULL));
  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (mux), &n);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *quoted = g_strdup_printf ("`%s`", specs[i]->name);
    const gchar *blurb = g_param_spec_get_blurb (specs[i]);

    if (specs[i]->owner_type != G_OBJECT_TYPE (mux))
      continue;
    fail_unless (blurb && strlen (blurb) > 10, "%s", specs[i]->name);
    fail_unless (
        strstr (page, quoted) != NULL, "%s is not in %s", specs[i]->name, path);
    if (G_IS_PARAM_SPEC_UINT64 (specs[i]) || G_IS_PARAM_SPEC_INT64 (specs[i]))
      fail_unless (
          strstr (blurb, "(ns") != NULL, "%s has no unit", specs[i]->name);
  }
  gst_object_unref (mux);
}
GST_END_TEST;

static Suite *
cmafsyncmux_contract_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-contract");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_one_list_is_one_segment);
  tcase_add_test (tcase, test_one_list_is_one_chunk);
  tcase_add_test (tcase, test_encoder_that_begins_at_1000_hours);
  tcase_add_test (tcase, test_caps_carry_the_header);
  tcase_add_test (tcase, test_segment_meta);
  tcase_add_test (tcase, test_metas_of_the_first_frame);
  tcase_add_loop_test (tcase, test_second_run_is_like_the_first, 0, 2);
  tcase_add_test (tcase, test_properties_are_explained);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_contract);
