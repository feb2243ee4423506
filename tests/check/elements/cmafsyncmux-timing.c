/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where cmafsyncmux takes media time from, behind real encoders. Expected
 * numbers are those of the test vectors of the synchronisation profile. */
#include "mux-harness.h"
#include "mux-run.h"

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/video/video.h>

#define JUNE_15 G_GINT64_CONSTANT (1749945600) /* 2025-06-15 */
#define STAMPED                                                                \
  "videotestsrc num-buffers=%u is-live=%s ! "                                  \
  "video/x-raw,width=64,height=48,framerate=%u/%u ! "                          \
  "timecodestamper name=stamper drop-frame=%s source=%s ! "                    \
  "x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 sync-lookahead=0 "  \
  "b-adapt=false bframes=2 key-int-max=1000 ! h264parse ! "                    \
  "cmafsyncmux name=mux timing-sources=timecode %s"

typedef struct
{
  guint fps_n, fps_d;
  GstVideoTimeCode first;
  gint64 clock; /* what the muxer believes, ms since 1970 */
  const gchar *settings;
  guint64 n;        /* of the first frame */
  guint64 n_second; /* first of the first whole segment */
} Labelled;

#define LABEL(h, m, s, f)                                                      \
  {                                                                            \
    { 0, 1, 0, NULL }, h, m, s, f, 0                                           \
  }

static const Labelled labelled[] = {
  /* S3, and what the clock says within two minutes; D = 48/25 */
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296) * 1000, "", 43749772407,
      43749772416 },
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296) * 1000 - 100, "",
      43749772407, 43749772416 },
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296 + 100) * 1000, "",
      43749772407, 43749772416 },
  { 25, 1, LABEL (14, 34, 56, 7), (JUNE_15 + 45296) * 1000,
      "timecode-utc-offset=7200", 43749772407, 43749772416 },
  /* S4: 60 frames in a segment of 1001/500 s */
  { 30000, 1001, LABEL (10, 0, 0, 0), G_GINT64_CONSTANT (1735725600000), "",
      52019748251, 52019748300 },
};

static void
set_label_and_clock (GstElement *pipeline, gpointer data)
{
  const Labelled *l = data;
  GstElement *stamper = gst_bin_get_by_name (GST_BIN (pipeline), "stamper");
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");

  g_object_set (stamper, "set-internal-timecode", &l->first, NULL);
  g_object_set (mux, "clock-offset",
      l->clock * (gint64)GST_MSECOND - g_get_real_time () * (gint64)GST_USECOND,
      NULL);
  gst_object_unref (stamper);
  gst_object_unref (mux);
}

static void
run_labelled (MuxRun *run, const Labelled *l, guint n)
{
  g_autofree gchar *text = g_strdup_printf (STAMPED, n, "false", l->fps_n,
      l->fps_d, l->fps_d == 1 ? "false" : "true", "internal", l->settings);

  mux_run (run, text, set_label_and_clock, (gpointer)l);
}

static guint64
locked_at (const MuxRun *run, const gchar *source)
{
  const GstStructure *s = mux_run_message (run, "cmaf-sync-locked", 0);
  guint64 n = 0;

  fail_unless (s != NULL, "no lock: %s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
  fail_unless_equals_string (gst_structure_get_string (s, "source"), source);
  fail_unless_equals_string (gst_structure_get_string (s, "class"), "F");
  gst_structure_get_uint64 (s, "n", &n);
  return n;
}

GST_START_TEST (test_time_code_tells_the_frame)
{
  const Labelled *l = &labelled[__i__];
  const CmafChunk *chunk;
  MuxRun run;

  run_labelled (&run, l, 130);
  assert_equals_uint64 (locked_at (&run, "timecode"), l->n);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  fail_unless (run.chunks->len >= 2);
  chunk = run.chunks->pdata[0];
  assert_equals_uint64 (chunk->decode_time,
      l->n_second * (l->fps_d == 1 ? 90000 / l->fps_n : l->fps_d));
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_time_code_far_from_the_clock_is_refused)
{
  Labelled l = labelled[0];
  MuxRun run;

  l.clock += 3600 * 1000;
  run_labelled (&run, &l, 60);
  assert_equals_int (run.chunks->len, 0);
  fail_unless (run.errors->len > 0);
  fail_unless (strstr (run.errors->pdata[0], "needs timecode; timecode: found")
                   && strstr (run.errors->pdata[0], "s from the clock, needs"),
      "%s", (gchar *)run.errors->pdata[0]);
  mux_run_clear (&run);
}
GST_END_TEST;

/* What an engineer without a time code generator does. */
GST_START_TEST (test_time_code_of_the_real_time_clock)
{
  g_autofree gchar *text = NULL;
  gint64 n, now;
  MuxRun run;

  g_setenv ("TZ", "UTC", TRUE);
  text = g_strdup_printf (STAMPED, 25, "true", 25, 1, "false", "rtc", "");
  now = g_get_real_time () / 40000;
  mux_run (&run, text, NULL, NULL);
  n = locked_at (&run, "timecode");
  fail_unless (n >= now - 1 && n <= now + 120 * 25,
      "frame %" G_GINT64_FORMAT " at %" G_GINT64_FORMAT, n, now);
  assert_equals_int (run.errors->len, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- trouble in the input ---- */

/* Raw frames of 25 a second, with what is done to each before the encoder; the
 * clock of the pipeline stands still at its start, and so does UTC unless it is
 * set. */
#define NOON ((JUNE_15 + 43200) * (gint64)GST_SECOND)
#define RAW                                                                    \
  "videotestsrc num-buffers=%u ! "                                             \
  "video/x-raw,width=64,height=48,framerate=25/1 ! identity name=tap ! "       \
  "x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 sync-lookahead=0 "  \
  "b-adapt=false bframes=2 key-int-max=1000 ! h264parse ! "                    \
  "cmafsyncmux name=mux %s"
#define FIRST G_GUINT64_CONSTANT (43749720000) /* frame at noon */

typedef struct Touch Touch;
typedef void (*TouchFrame) (guint i, GstBuffer *buffer, const Touch *touch);

struct Touch
{
  TouchFrame touch;
  GstTestClock *utc, *running;
  guint n;
  GstElement *mux; /* borrowed */
};

static GstPadProbeReturn
touch_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (info->data);
  Touch *touch = data;

  touch->touch (touch->n++, buffer, touch);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

static void
use_clocks_and_touch (GstElement *pipeline, gpointer data)
{
  GstElement *tap = gst_bin_get_by_name (GST_BIN (pipeline), "tap");
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  GstPad *pad = gst_element_get_static_pad (tap, "src");
  Touch *touch = data;

  touch->utc = GST_TEST_CLOCK (gst_test_clock_new_with_start_time (NOON));
  touch->running = GST_TEST_CLOCK (gst_test_clock_new ());
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), GST_CLOCK (touch->running));
  g_object_set (mux, "utc-clock", touch->utc, NULL);
  touch->mux = mux;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, touch_frame, touch, NULL);
  gst_object_unref (pad);
  gst_object_unref (mux);
  gst_object_unref (tap);
}

static void
run_touched (MuxRun *run, const gchar *settings, guint n, TouchFrame touch)
{
  Touch data = { touch, NULL, NULL, 0 };
  g_autofree gchar *text = g_strdup_printf (RAW, n, settings);

  mux_run (run, text, use_clocks_and_touch, &data);
  gst_object_unref (data.running);
  gst_object_unref (data.utc);
}

static void
put_label (GstBuffer *buffer, guint n)
{
  gst_buffer_add_video_time_code_meta_full (buffer, 25, 1, NULL, 0,
      12 + n / 90000, n / 1500 % 60, n / 25 % 60, n % 25, 0);
}

static void
put_stamp (GstBuffer *buffer, gint64 utc)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("timestamp/x-unix");

  gst_buffer_add_reference_timestamp_meta (
      buffer, caps, (GstClockTime)utc, GST_CLOCK_TIME_NONE);
}

static void
good_labels (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i);
}

static void
some_labels (guint i, GstBuffer *buffer, const Touch *touch)
{
  if (i % 4 == 0)
    put_label (buffer, i);
}

static void
labels_jump (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i < 100 ? i : i + 500);
}

static void
labels_stand_still (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i < 100 || i > 200 ? i : 100);
}

static void
labels_repeat (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i < 100 || i > 200 ? i : i / 10 * 10);
}

static void
labels_of_another_hour (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i < 100 ? i : i + 90000);
}

/* It has enough frames to do so: the sink has had its first segment. */
static void
wait_until_it_runs (GstElement *mux)
{
  while (GST_STATE (mux) != GST_STATE_PLAYING)
    g_thread_yield ();
}

static void
clock_steps (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i);
  if (i == 100)
    wait_until_it_runs (touch->mux);
  if (i == 200)
    gst_test_clock_advance_time (touch->utc, 3600 * GST_SECOND);
}

static void
time_stamps_jump (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_label (buffer, i);
  if (i >= 100)
    GST_BUFFER_PTS (buffer) += 5 * GST_SECOND;
}

static void
time_stamps_jump_back (guint i, GstBuffer *buffer, const Touch *touch)
{
  if (i >= 100)
    GST_BUFFER_PTS (buffer) -= 2 * GST_SECOND;
}

static void
no_labels (guint i, GstBuffer *buffer, const Touch *touch)
{
}

static void
noisy_stamps (guint i, GstBuffer *buffer, const Touch *touch)
{
  put_stamp (buffer, NOON + i * 40 * (gint64)GST_MSECOND
                         + (i % 2 ? 17 : -17) * (gint64)GST_MSECOND);
}

static void
stamps_on_some (guint i, GstBuffer *buffer, const Touch *touch)
{
  if (i % 3 == 1)
    put_stamp (buffer, NOON + i * 40 * (gint64)GST_MSECOND);
}

static const struct
{
  const gchar *settings;
  TouchFrame touch;
  const gchar *messages; /* in order, without cmaf-sync- */
  const gchar *reason;   /* of the second one */
  guint64 last;          /* number after the last frame, less FIRST */
  guint n_chunks;        /* whole and aligned, but for the last */
} troubles[] = {
  { "timing-sources=timecode", good_labels, "locked", NULL, 300, 6 },
  { "timing-sources=timecode", some_labels, "locked", NULL, 300, 6 },
  { "timing-sources=timecode", labels_jump, "locked lost locked clock-error",
      "the time of the input jumps by 20000 ms", 800, 5 },
  { "timing-sources=timecode", labels_stand_still, "locked lost locked",
      "the time of the input stands still or jumps about", 300, 6 },
  { "timing-sources=timecode", labels_repeat, "locked jitter", NULL, 300, 6 },
  { "timing-sources=timecode", labels_of_another_hour, "locked lost",
      "timecode: found 13:00:0", 300, 6 },
  { "timing-sources=timecode", clock_steps, "locked clock-error",
      "the clock is 3600000 ms ahead of the time of the input", 300, 6 },
  { "timing-sources=timecode", time_stamps_jump,
      "locked lost locked clock-error", "time stamps jump by 5000 ms", 300, 6 },
  { "timing-sources=clock", clock_steps, "locked clock-error",
      "the clock is 3600000 ms ahead of the time of the input", 300, 6 },
  { "timing-sources=clock", time_stamps_jump_back, "locked lost locked",
      "time stamps jump by -", 300, 5 },
  { "", no_labels, "locked", NULL, 300, 6 },
  { "", stamps_on_some, "locked", NULL, 300, 6 },
  { "timing-sources=reference-timestamp", noisy_stamps, "locked jitter locked",
      "time stamps are more than 0.35 frames away from frames", 300, 6 },
};

static void
assert_messages (const MuxRun *run, const gchar *messages, const gchar *reason)
{
  g_autoptr (GString) found = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < run->messages->len; i++) {
    const GstStructure *s = run->messages->pdata[i];
    const gchar *name = gst_structure_get_name (s);

    if (!g_str_has_prefix (name, "cmaf-sync-")
        || g_str_equal (name, "cmaf-sync-leap-seconds")
        || g_str_equal (name, "cmaf-sync-misaligned"))
      continue;
    g_string_append_printf (
        found, "%s%s", n > 0 ? " " : "", name + strlen ("cmaf-sync-"));
    if (n++ == 1 && reason)
      fail_unless (
          g_str_has_prefix (gst_structure_get_string (s, "reason"), reason),
          "%s", gst_structure_get_string (s, "reason"));
  }
  fail_unless_equals_string (found->str, messages);
}

static guint64
end_of (const CmafChunk *chunk)
{
  return (chunk->decode_time + chunk->duration) / 3600;
}

GST_START_TEST (test_one_message_for_each_trouble)
{
  const CmafChunk *chunk;
  guint n_whole = 0;
  MuxRun run;

  run_touched (&run, troubles[__i__].settings, 300, troubles[__i__].touch);
  assert_equals_int (run.errors->len, 0);
  assert_equals_int (run.warnings->len, 0);
  fail_if (mux_run_message (&run, "cmaf-sync-misaligned", 0));
  assert_messages (&run, troubles[__i__].messages, troubles[__i__].reason);
  for (guint i = 0; i < run.chunks->len; i++) {
    chunk = run.chunks->pdata[i];
    if (i > 0)
      fail_unless (chunk->decode_time
                   >= ((CmafChunk *)run.chunks->pdata[i - 1])->decode_time);
    n_whole += chunk->n_samples == 48 && chunk->decode_time / 3600 % 48 == 0;
  }
  chunk = run.chunks->pdata[run.chunks->len - 1];
  assert_equals_uint64 (end_of (chunk) - FIRST, troubles[__i__].last);
  fail_unless (n_whole >= troubles[__i__].n_chunks, "%u segments", n_whole);
  mux_run_clear (&run);
}
GST_END_TEST;

/* What was in the encoder when time jumped, five frames in front of a boundary,
 * has no key frame there: that is told of the one behind it. */
GST_START_TEST (test_a_jump_is_no_fault_of_the_encoder)
{
  guint64 told = 0;
  GstMessage *message;
  MuxHarness m;

  mux_harness_init (
      &m, "timing-sources=reference-timestamp", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 160; i++) {
    const guint number = i < 90 ? i : i + 5;
    GstBuffer *frame =
        mux_harness_frame (i * MUX_FRAME, i < 90 && i % 48 == 0, 0);

    put_stamp (frame, NOON + number * (gint64)MUX_FRAME);
    gst_harness_push (m.h, frame);
  }
  while ((message = gst_bus_pop (m.bus))) {
    if (gst_message_has_name (message, "cmaf-sync-misaligned")) {
      assert_equals_uint64 (told, 0);
      gst_structure_get_uint64 (
          gst_message_get_structure (message), "K", &told);
    }
    gst_message_unref (message);
  }
  assert_equals_uint64 (told, FIRST / 48 + 3);
  assert_equals_uint64 (mux_harness_stat (&m, "missed-key-frames"), 2);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Nothing is made again: until time has come to where it was, nothing is sent,
 * and that is no fault of the encoder either. */
GST_START_TEST (test_a_jump_back_is_silence)
{
  guint n = 0;
  GstMessage *message;
  MuxHarness m;

  mux_harness_init (
      &m, "timing-sources=reference-timestamp", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 576; i++) {
    const guint number = i < 288 ? i : i - 192;
    GstBuffer *frame = mux_harness_frame (i * MUX_FRAME, number % 48 == 0, 0);

    put_stamp (frame, NOON + number * (gint64)MUX_FRAME);
    gst_harness_push (m.h, frame);
  }
  while ((message = gst_bus_pop_filtered (m.bus, GST_MESSAGE_WARNING))) {
    g_autoptr (GError) warning = NULL;

    gst_message_parse_warning (message, &warning, NULL);
    fail_unless (
        g_str_has_prefix (warning->message, "time of the input: has jumped"),
        "%s", warning->message);
    gst_message_unref (message);
    n++;
  }
  assert_equals_int (n, 1);
  assert_equals_int (mux_harness_pull (&m), 7);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* The camera is 1 % fast, or slow. Each correction leaves out a number, or a
 * frame, directly before a boundary: no segment is longer or shorter, and
 * where a number is missing, the sample before it lasts for two. */
static void
clock_is_faster (guint i, GstBuffer *buffer, const Touch *touch)
{
  gst_test_clock_advance_time (touch->utc, 400 * GST_USECOND);
}

static void
clock_is_slower (guint i, GstBuffer *buffer, const Touch *touch)
{
  gst_test_clock_advance_time (touch->running, 400 * GST_USECOND);
}

GST_START_TEST (test_counted_frames_are_corrected_at_boundaries)
{
  const gboolean is_faster = __i__ == 0;
  guint n_short = 0;
  guint64 next = FIRST * 3600;
  MuxRun run;

  run_touched (&run, "timing-sources=clock", 3000,
      is_faster ? clock_is_faster : clock_is_slower);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  assert_messages (&run, "locked", NULL);
  fail_unless (mux_run_message (&run, "cmaf-sync-misaligned", 0) == NULL);
  for (guint i = 0; i + 1 < run.chunks->len; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];

    assert_equals_uint64 (chunk->decode_time, next);
    assert_equals_uint64 (chunk->duration, 48 * 3600);
    next += 48 * 3600;
    n_short += chunk->n_samples == 47;
    fail_unless (chunk->n_samples == 47 || chunk->n_samples == 48);
  }
  if (is_faster) {
    fail_unless (n_short >= 2, "%u corrections", n_short);
    next = end_of (run.chunks->pdata[run.chunks->len - 1]) - FIRST;
    assert_equals_uint64 (next, 3000 + n_short);
  } else {
    assert_equals_int (n_short, 0);
    next = end_of (run.chunks->pdata[run.chunks->len - 1]) - FIRST;
    fail_unless (next >= 2995 && next <= 2998, "%u frames", (guint)next);
  }
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- several tracks ---- */

/* Sound comes first, and would have a clock; it waits for the picture, which
 * comes out of its encoder late, and has its time. */
GST_START_TEST (test_sound_goes_by_the_time_of_the_picture)
{
  Touch data = { good_labels, NULL, NULL, 0 };
  gint64 offsets[2];
  guint64 k[2];
  MuxRun run;

  mux_run (&run,
      "audiotestsrc num-buffers=300 samplesperbuffer=1024 ! "
      "audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse ! "
      "cmafsyncmux name=sound ! fakesink sync=false async=false "
      "videotestsrc num-buffers=160 ! "
      "video/x-raw,width=64,height=48,framerate=25/1 ! identity name=tap ! "
      "x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux name=mux timing-sources=timecode",
      use_clocks_and_touch, &data);
  gst_object_unref (data.running);
  gst_object_unref (data.utc);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  assert_messages (&run, "locked locked", NULL);
  for (guint i = 0; i < 2; i++) {
    const GstStructure *s = mux_run_message (&run, "cmaf-sync-locked", i);

    fail_unless_equals_string (
        gst_structure_get_string (s, "source"), "timecode");
    fail_unless_equals_string (gst_structure_get_string (s, "class"), "F");
    gst_structure_get_int64 (s, "offset", &offsets[i]);
    gst_structure_get_uint64 (s, "K", &k[i]);
  }
  assert_equals_int64 (offsets[0], offsets[1]);
  fail_unless (k[0] <= k[1] + 1 && k[1] <= k[0] + 1);
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- settings and caps ---- */

GST_START_TEST (test_one_message_about_leap_seconds)
{
  static const gchar *const settings[] = {
    "timing-sources=clock leap-seconds-file=/nowhere",
    "timing-sources=fixed leap-seconds-file=/nowhere",
  };
  const GstStructure *s;
  MuxRun run;

  run_touched (&run, settings[__i__], 10, no_labels);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  s = mux_run_message (&run, "cmaf-sync-leap-seconds", 0);
  fail_unless ((s != NULL) == (__i__ == 0));
  if (s)
    fail_unless (g_str_has_prefix (
        gst_structure_get_string (s, "reason"), "leap-seconds-file: Failed"));
  fail_unless (mux_run_message (&run, "cmaf-sync-leap-seconds", 1) == NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

/* One table of all that share the time is said once; another table is another
 * trouble. */
static const struct
{
  const gchar *file; /* of the sound */
  guint n_told;
} tables[] = { { "/nowhere", 1 }, { "/elsewhere", 2 } };

GST_START_TEST (test_one_of_a_group_tells_of_leap_seconds)
{
  g_autofree gchar *text =
      g_strdup_printf ("audiotestsrc num-buffers=30 ! avenc_aac ! aacparse ! "
                       "cmafsyncmux leap-seconds-file=%s timing-sources=clock "
                       "! fakesink async=false videotestsrc num-buffers=10 ! "
                       "video/x-raw,width=64,height=48 ! x264enc ! h264parse ! "
                       "cmafsyncmux leap-seconds-file=/nowhere "
                       "timing-sources=clock",
          tables[__i__].file);
  guint n = 0;
  MuxRun run;

  mux_run (&run, text, NULL, NULL);
  while (mux_run_message (&run, "cmaf-sync-leap-seconds", n))
    n++;
  assert_equals_int (n, tables[__i__].n_told);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Of 1024 samples at 48 kHz; the second one is 240 samples off its grid. */
GST_START_TEST (test_audio_off_the_grid_is_moved_or_refused)
{
  static const struct
  {
    const gchar *settings;
    GstClockTime offset;
    const gchar *error; /* NULL: none */
  } rows[] = {
    { "audio-align=exact", 0, NULL },
    { "audio-align=exact", 5 * GST_MSECOND,
        "audio-align=exact: access units lie 240 samples behind multiples of "
        "1024" },
    { "audio-align=snap", 5 * GST_MSECOND, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *settings =
        g_strdup_printf ("segment-duration=48/25 %s", rows[i].settings);
    GstFlowReturn result = GST_FLOW_OK;
    g_autoptr (GError) error = NULL;
    GstMessage *message;
    MuxHarness m;

    mux_harness_init (&m, settings, MUX_AAC);
    for (guint k = 0; k < 200 && result == GST_FLOW_OK; k++)
      result = gst_harness_push (
          m.h, mux_harness_frame (
                   rows[i].offset
                       + gst_util_uint64_scale (k * 1024, GST_SECOND, 48000),
                   TRUE, (guint8)k));
    message = gst_bus_pop_filtered (m.bus, GST_MESSAGE_ERROR);
    fail_unless_equals_int (
        result, rows[i].error ? GST_FLOW_ERROR : GST_FLOW_OK);
    fail_unless ((message != NULL) == (rows[i].error != NULL));
    if (message) {
      gst_message_parse_error (message, &error, NULL);
      fail_unless (g_str_has_prefix (error->message, rows[i].error), "%s",
          error->message);
      gst_message_unref (message);
    } else {
      assert_equals_int (mux_harness_pull (&m), 2);
    }
    mux_harness_clear (&m);
  }
}
GST_END_TEST;

static const gchar *const distant[] = {
  "fixed-origin=4611686018427387903",
  "fixed-origin=-4611686018427387903",
  "timing-sources=clock clock-offset=4611686018427387903",
  "timing-sources=clock clock-offset=-4611686018427387903",
};

/* Far from any sense, and nothing breaks. */
GST_START_TEST (test_times_have_a_range)
{
  MuxHarness m;

  mux_harness_init (&m, distant[__i__], MUX_H264 MUX_CODEC_DATA);
  fail_unless_equals_int (mux_harness_push (&m, 0, 100), GST_FLOW_OK);
  fail_unless (gst_harness_push_event (m.h, gst_event_new_eos ()));
  fail_unless (gst_bus_pop_filtered (m.bus, GST_MESSAGE_ERROR) == NULL);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Sound that leaves its grid later: what was there before goes out. */
GST_START_TEST (test_audio_that_leaves_the_grid_ends_its_track)
{
  g_autofree gchar *error = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  const CmafChunk *last;
  MuxHarness m;

  mux_harness_init (&m, "audio-align=exact segment-duration=48/25", MUX_AAC);
  for (guint k = 0; k < 200 && result == GST_FLOW_OK; k++)
    result = gst_harness_push (m.h,
        mux_harness_frame (gst_util_uint64_scale (k * 1024, GST_SECOND, 48000)
                               + (k < 120 ? 0 : 3005 * GST_MSECOND),
            TRUE, (guint8)k));
  fail_unless_equals_int (result, GST_FLOW_ERROR);
  assert_equals_int (mux_harness_errors (&m, &error), 1);
  fail_unless (
      strstr (error, "cmafaudioalign in front of the encoder"), "%s", error);
  assert_equals_int (mux_harness_pull (&m), 2);
  last = mux_harness_chunk (&m, 1);
  assert_equals_int (last->n_samples, 30);
  fail_unless (last->flags & CMAF_CHUNK_LAST);
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_unknown_frame_rate_is_one_error)
{
  GstHarness *h = gst_harness_new_parse ("cmafsyncmux");
  GstBus *bus = gst_bus_new ();
  g_autoptr (GError) error = NULL;
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h,
      "video/x-h264,stream-format=avc,alignment=au,width=64,height=48,"
      "codec_data=(buffer)0164001effe1001a6764001eacd940a02ff97011000003000100"
      "000300320f162d9601000668ebe3cb22c0");
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (
      strstr (error->message, "framerate") != NULL, "%s", error->message);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* A pipeline hands its clock to elements before their base time: what is read
 * in between is no time of day. */
GST_START_TEST (test_clock_without_base_time_is_not_read)
{
  g_autoptr (GstClock) clock =
      gst_test_clock_new_with_start_time (5 * 3600 * GST_SECOND);
  GstStructure *stats = NULL;
  gint64 offset = 0, error;
  MuxHarness m;

  mux_harness_init (&m, "timing-sources=clock", MUX_H264 MUX_CODEC_DATA);
  fail_unless_equals_int (
      gst_element_set_state (m.h->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless (gst_element_set_clock (m.h->element, clock));
  fail_unless_equals_int (mux_harness_push (&m, 0, 2), GST_FLOW_OK);
  g_object_get (m.mux, "stats", &stats, NULL);
  fail_unless (gst_structure_get_int64 (stats, "offset", &offset));
  error = offset - g_get_real_time () * (gint64)GST_USECOND;
  fail_unless (ABS (error) < 60 * (gint64)GST_SECOND,
      "%" G_GINT64_FORMAT " ns away", error);
  gst_structure_free (stats);
  mux_harness_clear (&m);
}
GST_END_TEST;

static Suite *
cmafsyncmux_timing_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-timing");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_time_code_tells_the_frame, 0, G_N_ELEMENTS (labelled));
  tcase_add_test (tcase, test_time_code_far_from_the_clock_is_refused);
  tcase_add_test (tcase, test_time_code_of_the_real_time_clock);
  tcase_add_loop_test (
      tcase, test_one_message_for_each_trouble, 0, G_N_ELEMENTS (troubles));
  tcase_add_test (tcase, test_a_jump_is_no_fault_of_the_encoder);
  tcase_add_test (tcase, test_a_jump_back_is_silence);
  tcase_add_loop_test (
      tcase, test_counted_frames_are_corrected_at_boundaries, 0, 2);
  tcase_add_test (tcase, test_sound_goes_by_the_time_of_the_picture);
  tcase_add_loop_test (tcase, test_one_message_about_leap_seconds, 0, 2);
  tcase_add_loop_test (tcase, test_one_of_a_group_tells_of_leap_seconds, 0,
      G_N_ELEMENTS (tables));
  tcase_add_test (tcase, test_audio_off_the_grid_is_moved_or_refused);
  tcase_add_loop_test (
      tcase, test_times_have_a_range, 0, G_N_ELEMENTS (distant));
  tcase_add_test (tcase, test_audio_that_leaves_the_grid_ends_its_track);
  tcase_add_test (tcase, test_unknown_frame_rate_is_one_error);
  tcase_add_test (tcase, test_clock_without_base_time_is_not_read);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_timing);
