/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafeventsrc: what comes out is written as the segments, each
 * "start[duration:id+delta,... duration:]" in milliseconds; no event is emeb.
 * Beside video of 25 frames a second a segment lasts 1920 ms. */
#include "cmafeventsrc-fixtures.h"

/* ---- the application ---- */

typedef struct
{
  guint id;
  gint64 time, duration; /* ms; -1 as it is */
} Told;

static void
add (GstElement *src, guint id, gint64 time, gint64 duration)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("message", 7);
  gboolean is_taken = FALSE;

  g_signal_emit_by_name (src, "add-event", SCHEME, "v", id,
      time < 0 ? time : time * GST_MSECOND,
      duration < 0 ? duration : duration * GST_MSECOND, data, &is_taken);
  fail_unless (is_taken);
}

/* @data: of Told, up to an id of 0 */
static void
add_told (GstElement *pipeline, gpointer data)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "mux");

  for (const Told *told = data; told->id > 0; told++)
    add (src, told->id, told->time, told->duration);
  gst_object_unref (src);
}

GST_START_TEST (test_without_events_there_is_a_segment_for_each_number)
{
  g_autofree gchar *codec = NULL;
  MuxRun run;

  mux_run (&run, VIDEO (100) MUX FAKESINK SRC, NULL, NULL);
  assert_no_errors (&run);
  assert_chunks (run.chunks, "0[1920:] 1920[1920:] 3840[160:]");
  fail_unless (((CmafChunk *)run.chunks->pdata[2])->flags & CMAF_CHUNK_LAST);
  codec = cmaf_sample_entry_codec_string (run.track);
  assert_equals_string (codec, "evte");
  assert_equals_int (run.track->timescale, 120000);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Announced 500 ms before, and over the boundary at 1920 ms. */
GST_START_TEST (test_an_event_over_a_boundary_is_repeated)
{
  static const Told told[] = { { 5, 1500, 1000 }, { 0 } };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const CmafChunk *chunk;
  const CmafEvent *event;
  MuxRun run;

  mux_run (&run, VIDEO (100) MUX FAKESINK SRC "announce-ahead=500000000",
      add_told, (gpointer)told);
  assert_no_errors (&run);
  assert_chunks (
      run.chunks, "0[1000: 920:5+500] 1920[580:5-420 1340:] 3840[160:]");
  chunk = run.chunks->pdata[1];
  fail_unless (chunk->event_messages == NULL); /* they are in the samples */
  bytes = chunk_bytes (chunk);
  events = read_events (
      (const guint8 *)g_bytes_get_data (bytes, NULL) + chunk->payload,
      chunk->samples[0].size, chunk->decode_time);
  event = events->pdata[0];
  assert_equals_string (event->scheme, SCHEME);
  assert_equals_string (event->value, "v");
  assert_equals_int (event->duration, 1000 * TICKS_PER_MS);
  assert_equals_int (g_bytes_get_size (event->data), 7);
  mux_run_clear (&run);
}
GST_END_TEST;

/* The segment that tells of it first has ended four seconds before it. */
GST_START_TEST (test_receivers_hear_of_a_splice_in_time)
{
  static const Told told[] = { { 5, 8000, 1000 }, { 0 } };
  MuxRun run;

  mux_run (&run, VIDEO (150) MUX FAKESINK SRC, add_told, (gpointer)told);
  assert_no_errors (&run);
  assert_chunks (run.chunks,
      "0[1920:] 1920[80: 1840:5+6000] 3840[1920:5+4160] 5760[240:5+2240]");
  mux_run_clear (&run);
}
GST_END_TEST;

static void
assert_same_chunk (const CmafChunk *a, const CmafChunk *b)
{
  g_autoptr (GBytes) one = chunk_bytes (a);
  g_autoptr (GBytes) other = chunk_bytes (b);

  fail_unless (
      g_bytes_equal (one, other), "at %" G_GUINT64_FORMAT, a->decode_time);
}

/* The second one starts 2.4 s later, with the same running time. */
GST_START_TEST (test_another_one_that_starts_later_makes_the_same)
{
  static const Told told[] = { { 5, 1500, 3000 }, { 6, 5000, -1 },
    { 7, 5000, 0 }, { 0 } };
  MuxRun a, b;

  mux_run (&a, VIDEO (250) MUX FAKESINK SRC, add_told, (gpointer)told);
  mux_run (&b,
      VIDEO (190) MUX "fixed-origin=2400000000" FAKESINK SRC
                      "fixed-origin=2400000000",
      add_told, (gpointer)told);
  assert_no_errors (&a);
  assert_no_errors (&b);
  assert_equals_int (a.chunks->len, 6);
  assert_equals_int (b.chunks->len, 4);
  for (guint i = 0; i < b.chunks->len; i++)
    assert_same_chunk (a.chunks->pdata[i + 2], b.chunks->pdata[i]);
  mux_run_clear (&a);
  mux_run_clear (&b);
}
GST_END_TEST;

/* ---- splices ---- */

#define ORIGIN G_GUINT64_CONSTANT (1735689600000) /* ms: of the first frame */

static void
run_spliced (MuxRun *run, const gchar *path, const gchar *tap)
{
  const gint64 offset = G_GINT64_CONSTANT (1735689700) * GST_SECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *launch = g_strdup_printf (
      "filesrc location=%s ! %s ! tsdemux ! h264parse ! "
      "cmafsyncmux timing-sources=pts segment-duration=48/25 "
      "clock-offset=%" G_GINT64_FORMAT FAKESINK "cmafeventsrc name=mux",
      path, tap, offset);

  mux_run (run, launch, NULL, NULL);
  assert_no_errors (run);
}

static gchar *
expect_segments (const MuxRun *run, guint first, const gchar *const *samples)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < run->chunks->len; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT "[%s]",
        i > 0 ? " " : "", ORIGIN + (first + i) * 1920, samples[first + i]);
  return g_string_free (text, FALSE);
}

static void
assert_section (const CmafChunk *chunk)
{
  g_autoptr (GBytes) bytes = chunk_bytes (chunk);
  g_autoptr (GPtrArray) events = read_events (
      (const guint8 *)g_bytes_get_data (bytes, NULL) + chunk->payload,
      chunk->samples[0].size, chunk->decode_time);
  const CmafEvent *event = events->pdata[0];
  guint8 section[64];
  gsize size = spliced_file_make_cue (188, section);
  const guint8 *data;
  gsize data_size;

  assert_equals_string (event->scheme, "urn:scte:scte35:2013:bin");
  assert_equals_string (event->value, "");
  fail_unless (event->duration == CMAF_EVENT_OPEN);
  data = g_bytes_get_data (event->data, &data_size);
  fail_unless (data_size == size + 4 && memcmp (data, section, size) == 0);
}

#define TAP "tsepochtap anchor-pts=8589930000 anchor-ticks=156212064000000"

/* Heard 5 s before, of frame 188, which is 1760 ms into the fourth segment;
 * the second encoder begins with frame 48. */
GST_START_TEST (test_splices_of_a_stream_on_two_encoders)
{
  static const gchar *const samples[] = { "1920:", "400: 1520:7+5200",
    "1920:7+3680", "1760:7+1760 159:", "1920:", "1920:", "480:" };
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 48, 0, 12);
  g_autofree gchar *later = NULL, *expected = NULL;
  MuxRun a, b;

  if (!path)
    return;
  spliced_file_insert_cue (path, 60, 188);
  later = spliced_file_cut (path, 48);
  run_spliced (&a, path, TAP);
  run_spliced (&b, later, TAP);
  expected = expect_segments (&a, 0, samples);
  assert_chunks (a.chunks, expected);
  assert_section (a.chunks->pdata[2]);
  assert_equals_int (b.chunks->len, a.chunks->len - 1);
  for (guint i = 0; i < b.chunks->len; i++)
    assert_same_chunk (a.chunks->pdata[i + 1], b.chunks->pdata[i]);
  mux_run_clear (&a);
  mux_run_clear (&b);
  g_unlink (path);
  g_unlink (later);
}
GST_END_TEST;

/* A section, its CRC behind it, as tsdemux sends it with pictures. */
typedef struct
{
  const gchar *hex; /* of the section without its CRC */
  const gchar *expected;
} Sent;

static const Sent sent[] = {
  /* splice_insert, at once, for 30 s */
  { "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000",
      "0[360: 1560:7+40] 1920[1920:7-1520] 3840[160:7-3440]" },
  /* time_signal, for PTS 180000, with a segmentation_descriptor of 1 s */
  { "FC302C00000000000000FFF00506FE0002BF20"
    "0016021443554549000000097FFF0000015F900000300000",
      "0[360: 1560:9+1640] 1920[1080:9+80 840:] 3840[160:]" },
  /* and another one of 2 s in it */
  { "FC304200000000000000FFF00506FE0002BF20"
    "002C021443554549000000097FFF0000015F900000300000"
    "021443554549000000087FFF000002BF200000310000",
      "0[360: 1560:8+1640,9+1640] 1920[1080:8+80,9+80 840:8-1000] "
      "3840[160:8-1840]" },
};

static GBytes *
make_section (const gchar *hex)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint32 crc = GUINT32_TO_BE (cmaf_section_crc (data, size));
  GByteArray *section = g_byte_array_new ();

  g_byte_array_append (section, data, (guint)size);
  g_byte_array_append (section, (const guint8 *)&crc, 4);
  return g_byte_array_free_to_bytes (section);
}

/* In front of the picture at 400 ms. */
static GstPadProbeReturn
send_section (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_autoptr (GBytes) section = make_section (((const Sent *)data)->hex);

  if (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) % (1000 * GST_SECOND)
      != 400 * GST_MSECOND)
    return GST_PAD_PROBE_OK;
  for (guint i = 0; i < 2; i++)
    gst_pad_send_event (pad,
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            gst_structure_new ("scte-sit", "section", G_TYPE_BYTES, section,
                "mpeg-pts-offset", G_TYPE_UINT64, (guint64)0, NULL)));
  return GST_PAD_PROBE_REMOVE;
}

static void
prepare_section (GstElement *pipeline, gpointer data)
{
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "video");
  GstPad *pad = gst_element_get_static_pad (mux, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, send_section, data, NULL);
  gst_object_unref (pad);
  gst_object_unref (mux);
}

GST_START_TEST (test_splices_that_come_with_pictures)
{
  MuxRun run;

  mux_run (&run, VIDEO (100) MUX "name=video" FAKESINK SRC, prepare_section,
      (gpointer)&sent[__i__]);
  assert_no_errors (&run);
  assert_chunks (run.chunks, sent[__i__].expected);
  mux_run_clear (&run);
}
GST_END_TEST;

static GstPadProbeReturn
note_end (GstPad *pad, GstPadProbeInfo *info, gpointer ended)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    g_async_queue_push (ended, pad);
  return GST_PAD_PROBE_OK;
}

/* The picture behind the section waits for the end of the sound. */
static GstPadProbeReturn
wait_for_sound (GstPad *pad, GstPadProbeInfo *info, gpointer ended)
{
  static guint n;

  if (n++ < 9)
    return GST_PAD_PROBE_OK;
  n = 0;
  fail_unless (g_async_queue_timeout_pop (ended, 20 * G_USEC_PER_SEC) != NULL);
  return GST_PAD_PROBE_REMOVE;
}

static void
prepare_sound (GstElement *pipeline, gpointer ended)
{
  GstElement *sound = gst_bin_get_by_name (GST_BIN (pipeline), "sound");
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "video");
  GstPad *src = gst_element_get_static_pad (sound, "src");
  GstPad *sink = gst_element_get_static_pad (mux, "sink");
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");

  g_object_set (
      out, "async", FALSE, NULL); /* sound goes before all have some */
  gst_object_unref (out);
  gst_pad_add_probe (
      src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_end, ended, NULL);
  gst_pad_add_probe (
      sink, GST_PAD_PROBE_TYPE_BUFFER, wait_for_sound, ended, NULL);
  prepare_section (pipeline, (gpointer)&sent[1]);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_object_unref (sound);
  gst_object_unref (mux);
}

/* Sound is at 3840 ms when the section of 360 ms comes. */
GST_START_TEST (test_sound_that_is_far_ahead_closes_nothing)
{
  GAsyncQueue *ended;
  GstElementFactory *encoder = gst_element_factory_find ("avenc_aac");
  MuxRun run;

  if (!encoder) {
    g_printerr ("SKIP: no avenc_aac\n");
    return;
  }
  gst_object_unref (encoder);
  ended = g_async_queue_new ();
  mux_run (&run,
      "audiotestsrc num-buffers=180 ! audio/x-raw,rate=48000,channels=2 ! "
      "avenc_aac ! aacparse ! cmafsyncmux name=sound "
      "timing-sources=fixed" FAKESINK VIDEO (100) MUX "name=video" FAKESINK SRC,
      prepare_sound, ended);
  assert_no_errors (&run);
  assert_chunks (run.chunks, sent[1].expected);
  mux_run_clear (&run);
  g_async_queue_unref (ended);
}
GST_END_TEST;

/* The same stream as with tsepochtap. */
GST_START_TEST (test_splices_that_the_demuxer_sends)
{
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 48, 0, 12);
  g_autofree gchar *launch = NULL;
  MuxRun run;

  if (!path)
    return;
  spliced_file_insert_cue (path, 60, 188);
  launch = g_strdup_printf (
      "filesrc location=%s ! tsdemux send-scte35-events=true ! h264parse ! " MUX
      "segment-duration=48/25" FAKESINK SRC,
      path);
  mux_run (&run, launch, NULL, NULL);
  assert_no_errors (&run);
  assert_chunks (run.chunks,
      "0[1920:] 1920[360: 1560:7+5240] 3840[1920:7+3680] "
      "5760[1760:7+1760 159:] 7680[1920:] 9600[1920:] "
      "11520[480:]");
  assert_section (run.chunks->pdata[2]);
  mux_run_clear (&run);
  g_unlink (path);
}
GST_END_TEST;

/* ---- alone, by the clock ---- */

static GstHarness *
open_live (void)
{
  GstHarness *h = gst_harness_new_parse (
      "cmafeventsrc timing-sources=fixed is-live=true announce-ahead=0 "
      "segment-duration=2/1");

  gst_harness_use_testclock (h);
  gst_harness_play (h);
  return h;
}

static GstEvent *
make_event (GstEventType type, guint id, gint64 time)
{
  return gst_event_new_custom (
      type, gst_structure_new ("cmaf-event", "scheme-id-uri", G_TYPE_STRING,
                SCHEME, "value", G_TYPE_STRING, "v", "id", G_TYPE_UINT, id,
                "time", G_TYPE_INT64, time, "duration", G_TYPE_UINT64,
                500 * GST_MSECOND, NULL));
}

GST_START_TEST (test_alone_the_clock_closes_segments)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GstHarness *h = open_live ();
  GstElement *src = gst_harness_find_element (h, "cmafeventsrc");
  gboolean is_taken = FALSE;

  assert_segment (h, reader, 2 * GST_SECOND, "0[2000:]");
  add (src, 1, -1, 500);
  fail_unless (gst_element_send_event (
      src, make_event (GST_EVENT_CUSTOM_DOWNSTREAM, 2, 3 * GST_SECOND)));
  fail_unless (gst_harness_push_upstream_event (
      h, make_event (GST_EVENT_CUSTOM_UPSTREAM, 3, 3500 * GST_MSECOND)));
  assert_segment (
      h, reader, 4 * GST_SECOND, "2000[500:1+0 500: 500:2+0 500:3+0]");
  add (src, 4, 4500, 5000);
  assert_segment (h, reader, 6 * GST_SECOND, "4000[500: 1500:4+0]");
  g_signal_emit_by_name (src, "cancel-event", SCHEME, "v", 4, &is_taken);
  fail_unless (is_taken);
  add (src, 6, 7000, 500); /* cancelled before it is announced */
  g_signal_emit_by_name (src, "cancel-event", SCHEME, "v", 6, &is_taken);
  add (src, 5, 1000, 500); /* too late */
  assert_segment (h, reader, 8 * GST_SECOND, "6000[2000:]");
  assert_equals_uint64 (get_stat (src, "events"), 5);
  assert_equals_uint64 (get_stat (src, "dropped"), 1);
  gst_object_unref (src);
  gst_harness_teardown (h);
}
GST_END_TEST;

GST_START_TEST (test_the_end_comes_when_it_is_asked_for)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GstHarness *h = open_live ();
  GstElement *src = gst_harness_find_element (h, "cmafeventsrc");
  GstEvent *event;
  gboolean is_eos = FALSE;

  assert_segment (h, reader, 2 * GST_SECOND, "0[2000:]");
  gst_element_send_event (src, gst_event_new_eos ());
  while (!is_eos) {
    event = gst_harness_pull_event (h);
    fail_unless (event != NULL);
    is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
  }
  gst_object_unref (src);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Waits for the next error, warning or EOS. (transfer full) */
static GstMessage *
next_word (GstBus *bus)
{
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 40 * GST_SECOND,
      GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);

  fail_unless (message != NULL, "nothing was said");
  return message;
}

/* Nothing to go by: not without a word, and only once. */
GST_START_TEST (test_alone_and_not_live_says_what_it_needs)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch ("cmafeventsrc sync-group=lonely" FAKESINK, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GstMessage) end = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  warning = next_word (bus);
  assert_equals_int (GST_MESSAGE_TYPE (warning), GST_MESSAGE_WARNING);
  gst_message_parse_warning (warning, &error, NULL);
  assert_equals_string (error->message,
      "sync-group=lonely: found no other track, needs one, or is-live=true");
  gst_element_send_event (pipeline, gst_event_new_eos ());
  end = next_word (bus);
  assert_equals_int (GST_MESSAGE_TYPE (end), GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
GST_END_TEST;

static Suite *
cmafeventsrc_suite (void)
{
  Suite *suite = suite_create ("cmafeventsrc");
  TCase *tcase = tcase_create ("general");
  TCase *video = tcase_create ("beside video");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_alone_the_clock_closes_segments);
  tcase_add_test (tcase, test_the_end_comes_when_it_is_asked_for);
  suite_add_tcase (suite, video);
  tcase_set_timeout (video, 60);
  tcase_add_test (
      video, test_without_events_there_is_a_segment_for_each_number);
  tcase_add_test (video, test_an_event_over_a_boundary_is_repeated);
  tcase_add_test (video, test_receivers_hear_of_a_splice_in_time);
  tcase_add_test (video, test_another_one_that_starts_later_makes_the_same);
  tcase_add_test (video, test_splices_of_a_stream_on_two_encoders);
  tcase_add_loop_test (
      video, test_splices_that_come_with_pictures, 0, G_N_ELEMENTS (sent));
  tcase_add_test (video, test_alone_and_not_live_says_what_it_needs);
  tcase_add_test (video, test_sound_that_is_far_ahead_closes_nothing);
  tcase_add_test (video, test_splices_that_the_demuxer_sends);
  return suite;
}

GST_CHECK_MAIN (cmafeventsrc);
