/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux and text: what comes out is written as the segments, each
 * "start[duration:cues duration:cues]" in milliseconds, where cues have commas
 * between and no cue is vtte. Beside video of 25 frames a second, and alone, a
 * segment lasts 1920 ms. */
#include "mux-harness.h"
#include "mux-run.h"

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/sample-entry.h>
#include <glib/gstdio.h>

#define VIDEO                                                                  \
  "videotestsrc num-buffers=%u ! video/x-raw,width=64,height=48,"              \
  "framerate=25/1 ! x264enc speed-preset=ultrafast threads=1 ! h264parse ! "   \
  "cmafsyncmux name=video timing-sources=fixed ! queue ! fakesink sync=false "
#define VTT "application/x-subtitle-vtt"
#define TTML "application/ttml+xml"
#define PLAIN "text/x-raw,format=utf8"
#define CUE(ms) ((ms)*GST_MSECOND)

#define TWO_CUES                                                               \
  "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\none\n\n"                        \
  "00:00:03.000 --> 00:00:03.500 line:0\ntwo\n\n"
#define DOCUMENT                                                               \
  "<tt xmlns=\"http://www.w3.org/ns/ttml\" xml:lang=\"fr\"><body><div>"        \
  "<p begin=\"1s\" end=\"2.5s\">un</p></div></body></tt>"

/* ---- reading ---- */

static void
describe_cues (GString *text, const guint8 *data, gsize size)
{
  CmafBoxReader r;
  CmafBox box, inner;
  gboolean any = FALSE;

  cmaf_box_reader_init (&r, data, size);
  while (cmaf_box_reader_next (&r, &box)) {
    if (box.type != CMAF_BOX_VTTC)
      continue;
    while (cmaf_box_reader_next (&box.body, &inner)) {
      if (inner.type != CMAF_BOX_PAYL)
        continue;
      g_string_append_printf (text, "%s%.*s", any ? "," : "",
          (gint)inner.body.size, (const gchar *)inner.body.data);
      any = TRUE;
    }
  }
}

static GBytes *
chunk_bytes (const CmafChunk *chunk)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    g_byte_array_append (all, data, (guint)size);
  }
  return g_byte_array_free_to_bytes (all);
}

static gchar *
describe (const GPtrArray *chunks)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < chunks->len; i++) {
    const CmafChunk *chunk = chunks->pdata[i];
    g_autoptr (GBytes) bytes = chunk_bytes (chunk);
    const guint8 *at =
        (const guint8 *)g_bytes_get_data (bytes, NULL) + chunk->payload;

    g_string_append_printf (
        text, "%s%" G_GUINT64_FORMAT "[", i > 0 ? " " : "", chunk->decode_time);
    for (guint k = 0; k < chunk->n_samples; k++) {
      g_string_append_printf (
          text, "%s%u:", k > 0 ? " " : "", chunk->samples[k].duration);
      describe_cues (text, at, chunk->samples[k].size);
      at += chunk->samples[k].size;
    }
    g_string_append_c (text, ']');
  }
  return g_string_free (text, FALSE);
}

static void
assert_chunks (const GPtrArray *chunks, const gchar *expected)
{
  g_autofree gchar *text = describe (chunks);

  assert_equals_string (text, expected);
}

static void
assert_no_errors (const MuxRun *run)
{
  fail_unless (run->errors->len == 0, "%s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
}

/* What text does as a file of @caps, beside @others of the pipeline. */
static void
run_file_prepared (MuxRun *run, const gchar *others, const gchar *caps,
    const gchar *settings, const gchar *content, MuxRunPrepare prepare,
    gpointer data)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *launch = NULL;
  gint fd = g_file_open_tmp ("cmaf-text-XXXXXX", &path, NULL);

  fail_unless (fd >= 0 && g_close (fd, NULL));
  fail_unless (g_file_set_contents (path, content, -1, NULL));
  launch = g_strdup_printf ("%s filesrc blocksize=16 location=%s ! %s ! "
                            "cmafsyncmux name=mux timing-sources=fixed %s",
      others, path, caps, settings);
  mux_run (run, launch, prepare, data);
  fail_unless (g_remove (path) == 0);
}

static void
run_file (MuxRun *run, const gchar *others, const gchar *caps,
    const gchar *settings, const gchar *content)
{
  run_file_prepared (run, others, caps, settings, content, NULL, NULL);
}

/* ---- files ---- */

/* cues [1000, 2500) and [3000, 3500): segments [0, 1920), [1920, 3500) */
GST_START_TEST (test_a_file_alone_ends_with_its_last_cue)
{
  MuxRun run;
  g_autofree gchar *codec = NULL;

  run_file (&run, "", VTT, "language=en-GB role=caption", TWO_CUES);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[1000: 920:one] 1920[580:one 500: 500:two]");
  fail_unless (((CmafChunk *)run.chunks->pdata[1])->flags & CMAF_CHUNK_LAST);
  codec = cmaf_sample_entry_codec_string (run.track);
  assert_equals_string (codec, "wvtt");
  assert_equals_int (run.track->timescale, 1000);
  assert_equals_string (run.track->language, "en-GB");
  assert_equals_string (run.track->role, "caption");
  mux_run_clear (&run);
}
GST_END_TEST;

/* Video ends at 5200 ms: segments for all of it, the last of 1360 ms */
GST_START_TEST (test_beside_video_there_is_a_segment_for_every_number)
{
  g_autofree gchar *video = g_strdup_printf (VIDEO, 130);
  MuxRun run;

  run_file (&run, video, VTT, "", TWO_CUES);
  assert_no_errors (&run);
  assert_chunks (run.chunks,
      "0[1000: 920:one] 1920[580:one 500: 500:two 340:] 3840[1360:]");
  mux_run_clear (&run);
}
GST_END_TEST;

static GstPadProbeReturn
count_segment (GstPad *pad, GstPadProbeInfo *info, gpointer sent)
{
  g_async_queue_push (sent, pad);
  return GST_PAD_PROBE_OK;
}

/* The picture at 5800 ms waits for the segments of text before it. */
static GstPadProbeReturn
wait_for_segments (GstPad *pad, GstPadProbeInfo *info, gpointer sent)
{
  static guint n;

  if (n++ < 146)
    return GST_PAD_PROBE_OK;
  n = 0;
  for (guint i = 0; i < 3; i++)
    fail_unless (g_async_queue_timeout_pop (sent, 20 * G_USEC_PER_SEC) != NULL,
        "%u segments of text", i);
  return GST_PAD_PROBE_REMOVE;
}

static void
probe (GstElement *pipeline, const gchar *name, const gchar *pad_name,
    GstPadProbeType type, GstPadProbeCallback callback, gpointer data)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, callback, data, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

static void
prepare_probes (GstElement *pipeline, gpointer sent)
{
  probe (pipeline, "mux", "src", GST_PAD_PROBE_TYPE_BUFFER_LIST, count_segment,
      sent);
  probe (pipeline, "video", "sink", GST_PAD_PROBE_TYPE_BUFFER,
      wait_for_segments, sent);
}

/* Its segments come as the video goes on, not at the end of it. */
GST_START_TEST (test_text_that_has_ended_keeps_up_with_the_video)
{
  g_autofree gchar *video = g_strdup_printf (VIDEO, 150);
  GAsyncQueue *sent = g_async_queue_new ();
  MuxRun run;

  run_file_prepared (&run, video, VTT, "", TWO_CUES, prepare_probes, sent);
  assert_no_errors (&run);
  assert_equals_int (run.chunks->len, 4);
  mux_run_clear (&run);
  g_async_queue_unref (sent);
}
GST_END_TEST;

/* Video ends at 2400 ms, inside the first cue */
GST_START_TEST (test_text_ends_with_the_video)
{
  g_autofree gchar *video = g_strdup_printf (VIDEO, 60);
  MuxRun run;

  run_file (&run, video, VTT, "", TWO_CUES);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[1000: 920:one] 1920[480:one]");
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_a_file_without_cues)
{
  g_autofree gchar *video = g_strdup_printf (VIDEO, 60);
  MuxRun run;

  run_file (&run, video, VTT, "", "WEBVTT\n");
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[1920:] 1920[480:]");
  mux_run_clear (&run);
  run_file (&run, "", VTT, "", "");
  assert_no_errors (&run);
  assert_chunks (run.chunks, "");
  mux_run_clear (&run);
}
GST_END_TEST;

static void
assert_document (const GPtrArray *chunks, guint i, const gchar *expected)
{
  const CmafChunk *chunk = chunks->pdata[i];
  g_autoptr (GBytes) bytes = chunk_bytes (chunk);
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);
  const gssize n = (gssize)(size - chunk->payload);
  g_autofree gchar *document = g_strndup (text + chunk->payload, (gsize)n);

  assert_equals_int (chunk->n_samples, 1);
  if (expected)
    fail_unless (strstr (document, expected) != NULL, "%s", document);
  else
    fail_unless (strstr (document, "<p") == NULL, "%s", document);
}

GST_START_TEST (test_ttml_becomes_a_document_a_segment)
{
  g_autofree gchar *video = g_strdup_printf (VIDEO, 130);
  g_autofree gchar *codec = NULL;
  MuxRun run;

  run_file (&run, video, TTML, "", DOCUMENT);
  assert_no_errors (&run);
  codec = cmaf_sample_entry_codec_string (run.track);
  assert_equals_string (codec, "stpp.ttml.im1t");
  assert_equals_int (run.chunks->len, 3);
  assert_document (
      run.chunks, 0, "begin=\"00:00:01.000\" end=\"00:00:01.920\">un<");
  assert_document (
      run.chunks, 1, "begin=\"00:00:01.920\" end=\"00:00:02.500\">un<");
  assert_document (run.chunks, 2, NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_ttml_can_be_made_of_webvtt)
{
  g_autofree gchar *codec = NULL;
  MuxRun run;

  run_file (&run, "", VTT, "text-format=stpp language=de", TWO_CUES);
  assert_no_errors (&run);
  codec = cmaf_sample_entry_codec_string (run.track);
  assert_equals_string (codec, "stpp.ttml.im1t");
  assert_document (run.chunks, 0, ">one</p>");
  assert_document (run.chunks, 1, ">two</p>");
  assert_document (run.chunks, 0, "xml:lang=\"de\"");
  mux_run_clear (&run);
}
GST_END_TEST;

typedef struct
{
  const gchar *caps, *settings, *content;
  const gchar *error;   /* that it begins with, or NULL */
  const gchar *warning; /* likewise */
} BadCase;

static const BadCase bad_cases[] = {
  { TTML, "text-format=wvtt", DOCUMENT, "caps: found TTML", NULL },
  { PLAIN, "", "text", "segment: has format bytes, needs time", NULL },
  { VTT, "", "WEBVTT\n\n\xff\xff", NULL, "WebVTT: " },
  { TTML, "", "<html/>", NULL, "TTML: " },
};

GST_START_TEST (test_what_is_wrong_is_said_once)
{
  const BadCase *c = &bad_cases[__i__];
  MuxRun run;

  run_file (&run, "", c->caps, c->settings, c->content);
  if (c->error) {
    fail_unless (run.errors->len > 0);
    fail_unless (g_str_has_prefix (run.errors->pdata[0], c->error), "%s",
        (gchar *)run.errors->pdata[0]);
  } else {
    assert_no_errors (&run);
    assert_equals_int (run.warnings->len, 1);
    fail_unless (g_str_has_prefix (run.warnings->pdata[0], c->warning), "%s",
        (gchar *)run.warnings->pdata[0]);
  }
  mux_run_clear (&run);
}
GST_END_TEST;

/* Out of a demuxer, which cuts cues where samples are cut, comes the same. */
GST_START_TEST (test_through_a_demuxer)
{
  MuxRun run;

  run_file (&run, "", VTT,
      "language=de ! qtdemux ! cmafsyncmux timing-sources=fixed sync-group=b",
      TWO_CUES);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[1000: 920:one] 1920[580:one 500: 500:two]");
  assert_equals_string (run.track->language, "de");
  mux_run_clear (&run);
  run_file (&run, "", TTML,
      "! qtdemux ! cmafsyncmux timing-sources=fixed sync-group=b", DOCUMENT);
  assert_no_errors (&run);
  assert_document (
      run.chunks, 0, "begin=\"00:00:01.000\" end=\"00:00:01.920\">un<");
  assert_document (
      run.chunks, 1, "begin=\"00:00:01.920\" end=\"00:00:02.500\">un<");
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- silence ---- */

static GstBuffer *
make_cue (GstClockTime start, GstClockTime end, const gchar *text)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = start;
  if (end != GST_CLOCK_TIME_NONE)
    GST_BUFFER_DURATION (buffer) = end - start;
  return buffer;
}

static void
give_one_cue (GstElement *source, guint size, gpointer data)
{
  static const gchar *const given = "given";
  GstBuffer *buffer;
  GstFlowReturn result;

  if (g_object_get_data (G_OBJECT (source), given))
    return;
  g_object_set_data (G_OBJECT (source), given, source);
  buffer = make_cue (CUE (500), CUE (1000), "one");
  g_signal_emit_by_name (source, "push-buffer", buffer, &result);
  gst_buffer_unref (buffer);
}

static void
prepare_source (GstElement *pipeline, gpointer data)
{
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "in");

  g_signal_connect (source, "need-data", G_CALLBACK (give_one_cue), NULL);
  gst_object_unref (source);
}

/* An input that neither goes on nor ends is not waited for. */
GST_START_TEST (test_a_silent_input_holds_nothing_back)
{
  g_autofree gchar *launch =
      g_strdup_printf (VIDEO "appsrc name=in format=time caps=" PLAIN
                             " ! cmafsyncmux name=mux timing-sources=fixed",
          60);
  MuxRun run;

  mux_run (&run, launch, prepare_source, NULL);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[500: 500:one 920:] 1920[480:]");
  mux_run_clear (&run);
}
GST_END_TEST;

/* The first cue comes when the video is through; caps were there before. */
static GstPadProbeReturn
note_end (GstPad *pad, GstPadProbeInfo *info, gpointer ended)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    g_async_queue_push (ended, GINT_TO_POINTER (TRUE));
  return GST_PAD_PROBE_OK;
}

static void
give_cue_at_the_end (GstElement *source, guint size, gpointer ended)
{
  GstFlowReturn result;

  if (g_object_get_data (G_OBJECT (source), "given"))
    return;
  g_async_queue_pop (ended);
  give_one_cue (source, size, NULL);
  g_signal_emit_by_name (source, "end-of-stream", &result);
}

static void
prepare_late_source (GstElement *pipeline, gpointer ended)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GstElement) video =
      gst_bin_get_by_name (GST_BIN (pipeline), "video");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (video, "src");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_end, ended, NULL);
  g_signal_connect (
      source, "need-data", G_CALLBACK (give_cue_at_the_end), ended);
}

GST_START_TEST (test_an_input_that_has_not_begun_is_waited_for)
{
  g_autoptr (GAsyncQueue) ended = g_async_queue_new ();
  g_autofree gchar *launch =
      g_strdup_printf (VIDEO "appsrc name=in format=time caps=" PLAIN
                             " ! cmafsyncmux name=mux timing-sources=fixed",
          60);
  MuxRun run;

  mux_run (&run, launch, prepare_late_source, ended);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[500: 500:one 920:] 1920[480:]");
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- a muxer alone ---- */

/* Its input is no live source. */
static void
init (MuxHarness *m, const gchar *settings, const gchar *caps)
{
  mux_harness_init (m, settings, NULL);
  gst_harness_set_live (m->h, FALSE);
  if (caps)
    gst_harness_set_src_caps_str (m->h, caps);
}

static void
push_cue (
    MuxHarness *m, GstClockTime start, GstClockTime end, const gchar *text)
{
  assert_equals_int (
      gst_harness_push (m->h, make_cue (start, end, text)), GST_FLOW_OK);
}

static void
push_end (MuxHarness *m)
{
  GstEvent *event;

  fail_unless (gst_harness_push_event (m->h, gst_event_new_eos ()));
  while ((event = gst_harness_pull_event (m->h))) {
    gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;

    gst_event_unref (event);
    if (is_eos)
      break;
  }
}

/* What came out when it has all come out. */
static void
assert_all (MuxHarness *m, const gchar *expected)
{
  push_end (m);
  mux_harness_pull (m);
  assert_chunks (m->chunks, expected);
}

static void
push_gap (MuxHarness *m, GstClockTime start, GstClockTime end)
{
  fail_unless (
      gst_harness_push_event (m->h, gst_event_new_gap (start, end - start)));
}

/* A cue over three segments is in each; what a gap passes is closed, with no
 * cue behind it. */
GST_START_TEST (test_gaps_close_segments)
{
  MuxHarness m;

  init (&m, "", PLAIN);
  push_cue (&m, CUE (1000), CUE (4000), "long");
  push_gap (&m, CUE (1000), CUE (7680));
  mux_harness_wait (&m, 4);
  assert_chunks (m.chunks, "0[1000: 920:long] 1920[1920:long] "
                           "3840[160:long 1760:] 5760[1920:]");
  assert_equals_uint64 (GST_BUFFER_PTS (m.buffers->pdata[1]), 0);
  assert_equals_uint64 (GST_BUFFER_PTS (m.buffers->pdata[4]), CUE (1920));
  assert_equals_uint64 (mux_harness_stat (&m, "segments"), 4);
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_a_cue_without_duration_lasts_until_the_next)
{
  MuxHarness m;

  init (&m, "", PLAIN);
  push_cue (&m, CUE (500), GST_CLOCK_TIME_NONE, "a <b>");
  push_cue (&m, CUE (2000), CUE (3000), "c");
  assert_all (&m, "0[500: 1420:a &lt;b&gt;] 1920[80:a &lt;b&gt; 1000:c]");
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_markup_is_kept_where_webvtt_has_it)
{
  MuxHarness m;

  init (&m, "", "text/x-raw,format=pango-markup");
  push_cue (&m, 0, CUE (1000), "<span color='red'><i>a</i></span> &amp; b");
  assert_all (&m, "0[1000:<i>a</i> &amp; b]");
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Times of WebVTT, and of TTML, are positions of the segment; a cue without an
 * arrow, and a document without times, have those of their buffer. */
GST_START_TEST (test_what_demuxers_give)
{
  static const gchar *const parts[] = {
    "WEBVTT\n\n00:00:11.000 --> 00:00:11.500\none\n", "two\n"
  };
  GstSegment segment;
  MuxHarness m;

  init (&m, "", NULL);
  gst_harness_set_src_caps_str (m.h, VTT);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 10 * GST_SECOND;
  fail_unless (gst_harness_push_event (m.h, gst_event_new_segment (&segment)));
  push_cue (&m, CUE (11000), CUE (11500), parts[0]);
  push_cue (&m, CUE (11600), CUE (11700), parts[1]);
  assert_all (&m, "0[1000: 500:one 100: 100:two]");
  mux_harness_clear (&m);
}
GST_END_TEST;

static const struct
{
  const gchar *caps, *next, *chunks;
} empty_cases[] = {
  { PLAIN, "x", "0[1000: 920:x] 1920[80:x]" },
  { "text/x-raw,format=pango-markup", "x", "0[1000: 920:x] 1920[80:x]" },
  { VTT, "x", "0[1000: 920:x] 1920[80:x]" },
  { TTML, DOCUMENT, "0[1920:] 1920[580:]" },
};

/* A buffer of no memory, and one of memory of no size: what comes behind them
 * is as if they had not been. */
GST_START_TEST (test_an_empty_buffer_is_no_harm)
{
  MuxHarness m;

  init (&m, "", empty_cases[__i__].caps);
  for (guint i = 0; i < 2; i++) {
    GstBuffer *buffer =
        i == 0 ? gst_buffer_new () : gst_buffer_new_allocate (NULL, 0, NULL);

    GST_BUFFER_PTS (buffer) = CUE (i * 500);
    GST_BUFFER_DURATION (buffer) = CUE (500);
    assert_equals_int (gst_harness_push (m.h, buffer), GST_FLOW_OK);
  }
  push_cue (&m, CUE (1000), CUE (2000), empty_cases[__i__].next);
  assert_all (&m, empty_cases[__i__].chunks);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Two encoders, the second begins ten segments later: from there on all is
 * equal, to the byte. */
static void
run_from (MuxHarness *m, guint origin)
{
  g_autofree gchar *settings = g_strdup_printf (
      "fixed-origin=%u000000 language=en segment-duration=2/1", origin);

  init (m, settings, PLAIN);
  for (guint at = 500; at < 60000; at += 1700) {
    if (at < origin)
      continue;
    push_cue (m, CUE (at - origin), CUE (at - origin + 1300), "text");
  }
  push_gap (m, 0, CUE (60000 - origin));
  push_end (m);
  mux_harness_pull (m);
}

GST_START_TEST (test_two_encoders_give_equal_segments)
{
  MuxHarness a, b;

  run_from (&a, 0);
  run_from (&b, 19900);
  assert_equals_int (a.chunks->len, 30);
  assert_equals_int (b.chunks->len, 20);
  for (guint i = 1; i < 20; i++) { /* 0: a cue began before the second did */
    g_autoptr (GBytes) one = chunk_bytes (a.chunks->pdata[10 + i]);
    g_autoptr (GBytes) other = chunk_bytes (b.chunks->pdata[i]);

    fail_unless (g_bytes_equal (one, other), "segment %u", 10 + i);
  }
  fail_unless (g_bytes_equal (cmaf_fragment_reader_get_header (a.reader),
      cmaf_fragment_reader_get_header (b.reader)));
  mux_harness_clear (&a);
  mux_harness_clear (&b);
}
GST_END_TEST;

/* Live, the clock closes what has come: 100 ms late, says the source. */
GST_START_TEST (test_live_text_goes_by_the_clock)
{
  GstTestClock *clock;
  MuxHarness m;

  mux_harness_init (&m, "fixed-origin=0", NULL);
  gst_harness_set_upstream_latency (m.h, CUE (100));
  gst_harness_set_src_caps_str (m.h, PLAIN);
  clock = gst_harness_get_testclock (m.h);
  push_cue (&m, CUE (1000), CUE (2000), "one");
  for (guint i = 1; i <= 3; i++) {
    GstClockID id;

    gst_test_clock_wait_for_next_pending_id (clock, &id);
    assert_equals_uint64 (gst_clock_id_get_time (id), CUE (i * 1920 + 100));
    gst_clock_id_unref (id);
    assert_equals_int (mux_harness_pull (&m), i - 1);
    gst_test_clock_crank (clock);
    mux_harness_wait (&m, i);
  }
  assert_chunks (m.chunks, "0[1000: 920:one] 1920[80:one 1840:] 3840[1920:]");
  gst_object_unref (clock);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* A cue whose segments are closed is lost, and counted. */
GST_START_TEST (test_a_late_cue_is_counted)
{
  MuxHarness m;

  init (&m, "", PLAIN);
  push_gap (&m, 0, CUE (3840));
  mux_harness_wait (&m, 2);
  push_cue (&m, CUE (1000), CUE (2000), "late");
  push_cue (&m, CUE (3000), CUE (4000), "partly");
  assert_all (&m, "0[1920:] 1920[1920:] 3840[160:partly]");
  assert_equals_uint64 (mux_harness_stat (&m, "dropped"), 1);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* What is behind a flush begins anew, and so does what is behind a restart. */
GST_START_TEST (test_flush_and_restart)
{
  MuxHarness m;
  GstSegment segment;

  init (&m, "", PLAIN);
  push_cue (&m, CUE (1000), CUE (5000), "lost");
  push_gap (&m, CUE (1000), CUE (1920));
  mux_harness_wait (&m, 1);
  fail_unless (gst_harness_push_event (m.h, gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (m.h, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (m.h, gst_event_new_segment (&segment)));
  push_cue (&m, CUE (100), CUE (300), "new");
  push_gap (&m, CUE (300), CUE (1920));
  mux_harness_wait (&m, 2);
  assert_chunks (m.chunks, "0[1000: 920:lost] 0[100: 200:new 1620:]");
  assert_equals_int (m.n_headers, 2);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Text of another kind in the middle is refused; the same again is not. */
GST_START_TEST (test_the_kind_stays)
{
  g_autofree gchar *error = NULL;
  g_autoptr (GstCaps) ttml = gst_caps_from_string (TTML);
  MuxHarness m;

  init (&m, "", PLAIN);
  gst_harness_set_src_caps_str (m.h, "text/x-raw,format=pango-markup");
  assert_equals_int (mux_harness_errors (&m, &error), 0);
  gst_harness_push_event (m.h, gst_event_new_caps (ttml));
  assert_equals_int (mux_harness_errors (&m, &error), 1);
  fail_unless (g_str_has_prefix (error, "caps: found application/ttml+xml"),
      "%s", error);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* What comes as TTML goes as it is, also behind and before plain text. */
GST_START_TEST (test_ttml_among_plain_text)
{
  MuxHarness m;

  init (&m, "text-format=stpp", PLAIN);
  push_cue (&m, 0, CUE (1000), "a & b");
  gst_harness_set_src_caps_str (m.h, TTML);
  push_cue (&m, CUE (2000), CUE (3000),
      "<tt xmlns=\"http://www.w3.org/ns/ttml\"><body><div>"
      "<p begin=\"2s\" end=\"3s\">two<br/>lines</p></div></body></tt>");
  gst_harness_set_src_caps_str (m.h, PLAIN);
  push_cue (&m, CUE (4000), CUE (5000), "c & d");
  push_end (&m);
  assert_equals_int (mux_harness_pull (&m), 3);
  assert_document (m.chunks, 0, ">a &amp; b</p>");
  assert_document (m.chunks, 1, ">two<br/>lines</p>");
  assert_document (m.chunks, 2, ">c &amp; d</p>");
  mux_harness_clear (&m);
}
GST_END_TEST;

/* What the task finds wrong behind the end is one error, and the end goes on:
 * there is no timecode to begin by. */
GST_START_TEST (test_an_error_of_the_task_is_one)
{
  g_autofree gchar *error = NULL;
  MuxHarness m;

  init (&m, "", NULL);
  gst_element_set_state (m.h->element, GST_STATE_READY);
  g_object_set (m.mux, "timing-sources", "timecode", NULL);
  gst_element_set_state (m.h->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (m.h, PLAIN);
  push_end (&m);
  assert_equals_int (mux_harness_errors (&m, &error), 1);
  fail_unless (strstr (error, "timecode") != NULL, "%s", error);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* A pipeline is stopped while text waits: for its input, for video that never
 * comes, and for the clock. */
static const gchar *const waiting[] = {
  "appsrc name=in format=time caps=" PLAIN " ! cmafsyncmux ! fakesink",
  "appsrc name=in format=time caps=" PLAIN " ! cmafsyncmux ! fakesink "
  "appsrc name=other format=time ! cmafsyncmux ! fakesink",
  "appsrc name=in format=time is-live=true caps=" PLAIN
  " ! cmafsyncmux ! fakesink async=false",
};

GST_START_TEST (test_stopped_while_it_waits)
{
  GstElement *pipeline = gst_parse_launch (waiting[__i__], NULL);
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  GstPad *pad = gst_element_get_static_pad (source, "src");
  GstEvent *caps = NULL;

  g_signal_connect (source, "need-data", G_CALLBACK (give_one_cue), NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!caps) {
    caps = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
    g_thread_yield ();
  }
  gst_event_unref (caps);
  assert_equals_int (gst_element_set_state (pipeline, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pad);
  gst_object_unref (source);
  gst_object_unref (pipeline);
}
GST_END_TEST;

static Suite *
cmafsyncmux_text_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-text");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_a_file_alone_ends_with_its_last_cue);
  tcase_add_test (tcase, test_beside_video_there_is_a_segment_for_every_number);
  tcase_add_test (tcase, test_text_ends_with_the_video);
  tcase_add_test (tcase, test_a_file_without_cues);
  tcase_add_test (tcase, test_ttml_becomes_a_document_a_segment);
  tcase_add_test (tcase, test_ttml_can_be_made_of_webvtt);
  tcase_add_loop_test (
      tcase, test_what_is_wrong_is_said_once, 0, G_N_ELEMENTS (bad_cases));
  tcase_add_test (tcase, test_text_that_has_ended_keeps_up_with_the_video);
  tcase_add_test (tcase, test_through_a_demuxer);
  tcase_add_test (tcase, test_a_silent_input_holds_nothing_back);
  tcase_add_test (tcase, test_an_input_that_has_not_begun_is_waited_for);
  tcase_add_test (tcase, test_gaps_close_segments);
  tcase_add_test (tcase, test_a_cue_without_duration_lasts_until_the_next);
  tcase_add_test (tcase, test_markup_is_kept_where_webvtt_has_it);
  tcase_add_test (tcase, test_what_demuxers_give);
  tcase_add_loop_test (
      tcase, test_an_empty_buffer_is_no_harm, 0, G_N_ELEMENTS (empty_cases));
  tcase_add_test (tcase, test_two_encoders_give_equal_segments);
  tcase_add_test (tcase, test_live_text_goes_by_the_clock);
  tcase_add_test (tcase, test_a_late_cue_is_counted);
  tcase_add_test (tcase, test_flush_and_restart);
  tcase_add_test (tcase, test_the_kind_stays);
  tcase_add_test (tcase, test_ttml_among_plain_text);
  tcase_add_test (tcase, test_an_error_of_the_task_is_one);
  tcase_add_loop_test (
      tcase, test_stopped_while_it_waits, 0, G_N_ELEMENTS (waiting));
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_text);
