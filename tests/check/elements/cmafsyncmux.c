/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux behind real encoders. Two runs, other B-frames, other starting
 * points: the same segments. Expected numbers and times are those of the test
 * vectors of the synchronisation profile. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/segment-grid.h>

#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! "                                             \
  "video/x-raw,width=64,height=48,framerate=%u/%u ! "                          \
  "x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 sync-lookahead=0 "  \
  "b-adapt=false bframes=%u key-int-max=1000 ! h264parse ! "                   \
  "cmafsyncmux name=mux timing-sources=fixed fixed-origin=%" G_GUINT64_FORMAT  \
  " %s"
#define AUDIO                                                                  \
  "audiotestsrc num-buffers=%u samplesperbuffer=1024 ! "                       \
  "audio/x-raw,rate=%u,channels=2 ! avenc_aac ! aacparse ! "                   \
  "cmafsyncmux name=mux timing-sources=fixed fixed-origin=%" G_GUINT64_FORMAT  \
  " %s"

/* ---- running a pipeline ---- */

typedef struct
{
  GPtrArray *lists;  /* of GstBufferList */
  GPtrArray *chunks; /* of CmafChunk */
  GByteArray *bytes;
  GBytes *header;
  GstCaps *caps;
  GString *errors; /* a line each */
  guint n_misaligned;
  gint64 offset; /* of the last cmaf-sync-locked */
  guint n_locked;
} Run;

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->lists, g_ptr_array_unref);
  g_clear_pointer (&run->chunks, g_ptr_array_unref);
  g_clear_pointer (&run->bytes, g_byte_array_unref);
  g_clear_pointer (&run->header, g_bytes_unref);
  gst_clear_caps (&run->caps);
  if (run->errors)
    g_string_free (run->errors, TRUE);
  memset (run, 0, sizeof *run);
}

static void
take_bus_message (Run *run, GstMessage *message)
{
  const GstStructure *s = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_string_append_printf (run->errors, "%s\n", error->message);
  } else if (s && gst_structure_has_name (s, "cmaf-sync-misaligned")) {
    run->n_misaligned++;
  } else if (s && gst_structure_has_name (s, "cmaf-sync-locked")) {
    gst_structure_get_int64 (s, "offset", &run->offset);
    run->n_locked++;
  }
}

static void
take_sample (Run *run, GstSample *sample)
{
  GstBufferList *list = gst_sample_get_buffer_list (sample);

  fail_unless (list != NULL, "a buffer came outside of a list");
  g_ptr_array_add (run->lists, gst_buffer_list_ref (list));
  gst_caps_replace (&run->caps, gst_sample_get_caps (sample));
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    gsize at = run->bytes->len, size = gst_buffer_get_size (buffer);

    g_byte_array_set_size (run->bytes, at + size);
    gst_buffer_extract (buffer, 0, run->bytes->data + at, size);
  }
}

static void
read_chunks (Run *run)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (run->bytes->data, run->bytes->len);
  g_autoptr (GError) error = NULL;
  CmafReadResult result;

  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, &error)) != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR, "%s", error ? error->message : "");
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (run->chunks, cmaf_fragment_reader_take_chunk (reader));
  }
  if (run->bytes->len > 0)
    run->header = g_bytes_ref (cmaf_fragment_reader_get_header (reader));
}

typedef void (*Prepare) (GstElement *pipeline);

static void
run_pipeline (Run *run, const gchar *description, Prepare prepare)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s ! appsink name=out sync=false buffer-list=true", description);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (text, &error);
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstSample *sample;
  GstMessage *message;

  fail_if (error != NULL, "%s", error ? error->message : "");
  run->lists =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_list_unref);
  run->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  run->bytes = g_byte_array_new ();
  run->errors = g_string_new (NULL);
  if (prepare)
    prepare (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (TRUE) {
    g_signal_emit_by_name (out, "try-pull-sample", 100 * GST_MSECOND, &sample);
    while ((message = gst_bus_pop (bus))) {
      take_bus_message (run, message);
      gst_message_unref (message);
    }
    if (sample) {
      take_sample (run, sample);
      gst_sample_unref (sample);
      continue;
    }
    gboolean is_eos;

    g_object_get (out, "eos", &is_eos, NULL);
    if (is_eos || run->errors->len > 0)
      break;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  while ((message = gst_bus_pop (bus))) {
    take_bus_message (run, message);
    gst_message_unref (message);
  }
  read_chunks (run);
  gst_object_unref (bus);
  gst_object_unref (out);
  gst_object_unref (pipeline);
}

static void
run_video (Run *run, guint n, guint fps_n, guint fps_d, guint bframes,
    guint64 origin, const gchar *more)
{
  g_autofree gchar *text =
      g_strdup_printf (VIDEO, n, fps_n, fps_d, bframes, origin, more);

  run_pipeline (run, text, NULL);
  fail_unless_equals_string (run->errors->str, "");
}

static const CmafChunk *
nth (const Run *run, guint i)
{
  fail_unless (i < run->chunks->len, "only %u chunks", run->chunks->len);
  return run->chunks->pdata[i];
}

/* ---- the grid ---- */

typedef struct
{
  guint fps_n, fps_d;
  const gchar *duration;
  CmafUnitGrid units;
  guint64 first_unit, decode_time; /* of the vector */
  guint64 number;
  guint n;
} Vector;

static const Vector vectors[] = {
  { 25, 1, "2/1", { 90000, 3600, 0 }, 43392240000, 156212064000000, 867844800,
      50 }, /* V1 */
  { 25, 1, "48/25", { 90000, 3600, 0 }, 43392240000, 156212064000000, 904005000,
      48 }, /* V2 */
  { 50, 1, "96/25", { 90000, 1800, 0 }, 77673120000, 139811616000000, 404547500,
      192 }, /* V3 */
  { 30000, 1001, "1001/500", { 30000, 1001, 0 }, 52018669320, 52070687989320,
      866977822, 60 }, /* V4 */
  { 60000, 1001, "1001/500", { 60000, 1001, 0 }, 104037338640, 104141375978640,
      866977822, 120 }, /* V5 */
  { 24000, 1001, "1001/500", { 24000, 1001, 0 }, 41614935456, 41656550391456,
      866977822, 48 }, /* V6 */
  { 24, 1, "2/1", { 90000, 3750, 0 }, 41656550400, 156212064000000, 867844800,
      48 }, /* V8 */
  { 30, 1, "8/5", { 90000, 3000, 0 }, 52070688000, 156212064000000, 1084806000,
      48 }, /* V9 */
  { 60, 1, "8/5", { 90000, 1500, 0 }, 104141376000, 156212064000000, 1084806000,
      96 },
};

GST_START_TEST (test_video_follows_the_vectors)
{
  const Vector *v = &vectors[__i__];
  guint64 origin = cmaf_media_time_of_unit (&v->units, v->first_unit);
  g_autofree gchar *more = g_strdup_printf ("segment-duration=%s", v->duration);
  const CmafChunk *first;
  Run run = { 0 };

  run_video (&run, 2 * v->n + 5, v->fps_n, v->fps_d, 0, origin, more);
  assert_equals_int (run.chunks->len, 3);
  for (guint i = 0; i < 2; i++) {
    const CmafChunk *chunk = nth (&run, i);
    GstBuffer *head = gst_buffer_list_get (run.lists->pdata[i], i == 0 ? 1 : 0);

    assert_equals_uint64 (chunk->decode_time,
        v->decode_time + (guint64)i * v->n * v->units.unit_ticks);
    assert_equals_uint64 (
        chunk->earliest_presentation_time, chunk->decode_time);
    assert_equals_int (chunk->n_samples, v->n);
    assert_equals_uint64 (chunk->duration, (guint64)v->n * v->units.unit_ticks);
    assert_equals_int (chunk->sequence_number, (guint32)(v->number + i));
    assert_equals_uint64 (GST_BUFFER_OFFSET (head), v->number + i);
    fail_if (chunk->flags & CMAF_CHUNK_LAST);
  }
  fail_unless (nth (&run, 2)->flags & CMAF_CHUNK_LAST);
  first = nth (&run, 0);
  fail_unless (first->flags & CMAF_CHUNK_HAS_PRFT);
  run_clear (&run);
}
GST_END_TEST;

/* Audio from a boundary on: counts and times by the grid. */
static const guint rates[] = { 48000, 44100 };

GST_START_TEST (test_audio_follows_the_grid)
{
  CmafUnitGrid units = { rates[__i__], 1024, 0 };
  CmafSegmentGrid grid = { 2, 1 };
  guint64 number = 867844800;
  g_autofree gchar *text = g_strdup_printf (AUDIO, 420, rates[__i__],
      number * 2 * GST_SECOND, "segment-duration=2/1");
  Run run = { 0 };

  run_pipeline (&run, text, NULL);
  fail_unless_equals_string (run.errors->str, "");
  for (guint i = 0; i < 3; i++) {
    assert_equals_uint64 (nth (&run, i)->decode_time,
        cmaf_segment_grid_decode_time (&grid, &units, number + i));
    assert_equals_int (nth (&run, i)->n_samples,
        cmaf_segment_grid_n_units (&grid, &units, number + i));
  }
  run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_two_runs_are_the_same_bytes)
{
  Run a = { 0 }, b = { 0 };

  run_video (&a, 120, 25, 1, 2, 1735689600 * GST_SECOND, "");
  run_video (&b, 120, 25, 1, 2, 1735689600 * GST_SECOND, "");
  fail_unless (a.bytes->len > 1000 && a.bytes->len == b.bytes->len);
  fail_unless (memcmp (a.bytes->data, b.bytes->data, a.bytes->len) == 0);
  run_clear (&a);
  run_clear (&b);
}
GST_END_TEST;

static void
assert_same_structure (const CmafChunk *a, const CmafChunk *b)
{
  assert_equals_uint64 (a->decode_time, b->decode_time);
  assert_equals_uint64 (a->duration, b->duration);
  assert_equals_int (a->n_samples, b->n_samples);
  assert_equals_int (a->sequence_number, b->sequence_number);
}

GST_START_TEST (test_b_frames_change_no_decode_time)
{
  Run none = { 0 }, three = { 0 };

  run_video (&none, 150, 25, 1, 0, 1735689600 * GST_SECOND, "");
  run_video (&three, 150, 25, 1, 3, 1735689600 * GST_SECOND, "");
  assert_equals_int (none.chunks->len, three.chunks->len);
  for (guint i = 0; i < none.chunks->len; i++) {
    assert_same_structure (nth (&none, i), nth (&three, i));
    assert_equals_uint64 (nth (&three, i)->earliest_presentation_time,
        nth (&three, i)->decode_time);
  }
  run_clear (&none);
  run_clear (&three);
}
GST_END_TEST;

/* 17 frames later, so the first segment of the second run is the next one, also
 * in the very first cell of the timeline */
GST_START_TEST (test_another_start_gives_the_same_segments)
{
  guint64 origin = __i__ == 0 ? 1735689600 * GST_SECOND : 0;
  Run early = { 0 }, late = { 0 };

  run_video (&early, 240, 25, 1, 0, origin, "");
  run_video (&late, 223, 25, 1, 0, origin + 17 * 40 * GST_MSECOND, "");
  assert_equals_int (early.chunks->len, late.chunks->len + 1);
  for (guint i = 0; i < late.chunks->len; i++)
    assert_same_structure (nth (&late, i), nth (&early, i + 1));
  run_clear (&early);
  run_clear (&late);
}
GST_END_TEST;

GST_START_TEST (test_chunks_are_of_constant_size)
{
  Run run = { 0 };

  run_video (
      &run, 60, 25, 1, 0, 1735689600 * GST_SECOND, "chunk-duration=200000000");
  for (guint i = 0; i < 12; i++) {
    guint expected = i % 10 == 9 ? 3 : 5;

    assert_equals_int (nth (&run, i)->n_samples, expected);
    assert_equals_int (
        (nth (&run, i)->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0, i % 10 == 0);
    fail_if (nth (&run, i)->flags & CMAF_CHUNK_LAST);
  }
  /* the first chunk of the last segment had gone before the end was known */
  fail_unless (nth (&run, 12)->flags & CMAF_CHUNK_LAST);
  run_clear (&run);
}
GST_END_TEST;

/* As other muxers take it: GST_CLOCK_TIME_NONE asks for no chunks. */
GST_START_TEST (test_no_chunk_duration_gives_whole_segments)
{
  Run run = { 0 };

  run_video (&run, 60, 25, 1, 0, 1735689600 * GST_SECOND, "chunk-duration=-1");
  assert_equals_int (nth (&run, 0)->n_samples, 48);
  run_clear (&run);
}
GST_END_TEST;

/* ---- key frames ---- */

static GstPadProbeReturn
drop_requests (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (gst_event_has_name (event, "GstForceKeyUnit"))
    return GST_PAD_PROBE_DROP;
  return GST_PAD_PROBE_OK;
}

static void
ignore_requests (GstElement *pipeline)
{
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  GstPad *pad = gst_element_get_static_pad (mux, "sink");
  GstPad *peer = gst_pad_get_peer (pad);

  gst_pad_add_probe (
      peer, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, drop_requests, NULL, NULL);
  gst_object_unref (peer);
  gst_object_unref (pad);
  gst_object_unref (mux);
}

typedef struct
{
  const gchar *policy;
  guint n_chunks;
  guint n_first; /* samples of the first one */
  gboolean fails;
} Policy;

/* 150 frames, key frame at the first only */
static const Policy policies[] = {
  { "stretch", 1, 150, FALSE },
  { "cut", 4, 48, FALSE },
  { "drop", 1, 48, FALSE },
  { "fail", 1, 48, TRUE },
};

GST_START_TEST (test_encoder_that_ignores_requests)
{
  const Policy *p = &policies[__i__];
  g_autofree gchar *more = g_strdup_printf ("missed-key-frame=%s", p->policy);
  g_autofree gchar *text =
      g_strdup_printf (VIDEO, 150, 25, 1, 0, 1735689600 * GST_SECOND, more);
  Run run = { 0 };

  run_pipeline (&run, text, ignore_requests);
  assert_equals_int (run.chunks->len, p->n_chunks);
  assert_equals_int (nth (&run, 0)->n_samples, p->n_first);
  fail_unless (run.n_misaligned > 0);
  assert_equals_int (run.errors->len > 0, p->fails);
  run_clear (&run);
}
GST_END_TEST;

static Suite *
cmafsyncmux_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_video_follows_the_vectors, 0, G_N_ELEMENTS (vectors));
  tcase_add_loop_test (
      tcase, test_audio_follows_the_grid, 0, G_N_ELEMENTS (rates));
  tcase_add_test (tcase, test_two_runs_are_the_same_bytes);
  tcase_add_test (tcase, test_b_frames_change_no_decode_time);
  tcase_add_loop_test (tcase, test_another_start_gives_the_same_segments, 0, 2);
  tcase_add_test (tcase, test_chunks_are_of_constant_size);
  tcase_add_test (tcase, test_no_chunk_duration_gives_whole_segments);
  tcase_add_loop_test (
      tcase, test_encoder_that_ignores_requests, 0, G_N_ELEMENTS (policies));
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux);
