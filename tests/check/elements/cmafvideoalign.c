/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafvideoalign behind a harness: whatever comes in, each number of the frame
 * grid goes out once, in order, with the time stamp of its number. The luma of
 * each picture is the number that it came with. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/video/video.h>

#define NEW_YEAR G_GUINT64_CONSTANT (1735689600) /* s */
#define N0 (NEW_YEAR * 25)
#define FIXED "timing-sources=fixed fixed-origin=1735689600000000000"
#define WIDTH 16
#define HEIGHT 8
#define CAPS                                                                   \
  "video/x-raw,format=I420,width=16,height=8,framerate=25/1,"                  \
  "interlace-mode=progressive,colorimetry=bt601"
#define FRAME (40 * GST_MSECOND)
#define BLACK 16

static GstBus *bus;

/* @utc: the time of day, NULL: that of the system */
static GstHarness *
open_harness_at (const gchar *properties, GstClock *utc)
{
  g_autofree gchar *launch = g_strdup_printf ("cmafvideoalign %s", properties);
  GstHarness *h = gst_harness_new_parse (launch);
  GstElement *align = gst_harness_find_element (h, "cmafvideoalign");

  bus = gst_bus_new ();
  gst_element_set_bus (h->element, bus);
  if (utc) {
    gst_element_set_state (align, GST_STATE_READY);
    g_object_set (align, "utc-clock", utc, NULL);
    gst_element_set_state (align, GST_STATE_PLAYING);
  }
  gst_object_unref (align);
  gst_harness_set_src_caps_str (h, CAPS);
  return h;
}

static GstHarness *
open_harness (const gchar *properties)
{
  return open_harness_at (properties, NULL);
}

static void
close_harness (GstHarness *h)
{
  gst_element_set_bus (h->element, NULL);
  gst_clear_object (&bus);
  gst_harness_teardown (h);
}

static GstBuffer *
new_frame (guint8 luma, GstClockTime pts)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 3 / 2, NULL);

  gst_buffer_memset (buffer, 0, luma, WIDTH * HEIGHT);
  gst_buffer_memset (buffer, WIDTH * HEIGHT, 100, WIDTH * HEIGHT / 2);
  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

static void
push_frame (GstHarness *h, guint8 luma, GstClockTime pts)
{
  assert_equals_int (gst_harness_push (h, new_frame (luma, pts)), GST_FLOW_OK);
}

static guint8
luma_of (GstBuffer *buffer)
{
  guint8 value = 0;

  gst_buffer_extract (buffer, 0, &value, 1);
  return value;
}

/* "luma@frame " of all that is there, the frame counted in running time; "!" of
 * one that is discontinuous. */
static gchar *
pull_all (GstHarness *h)
{
  GString *text = g_string_new (NULL);
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h))) {
    const GstClockTime pts = GST_BUFFER_PTS (buffer);

    assert_equals_uint64 (pts % FRAME, 0);
    assert_equals_uint64 (GST_BUFFER_DURATION (buffer), FRAME);
    g_string_append_printf (text, "%s%u@%u ",
        GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT) ? "!" : "",
        luma_of (buffer), (guint)(pts / FRAME));
    gst_buffer_unref (buffer);
  }
  return g_string_free (text, FALSE);
}

static void
assert_output (GstHarness *h, const gchar *expected)
{
  g_autofree gchar *output = pull_all (h);

  assert_equals_string (output, expected);
}

static guint64
get_stat (GstHarness *h, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  gst_harness_get (h, "cmafvideoalign", "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no %s", name);
  return value;
}

/* The next one; kind "": there is none. */
static void
assert_discontinuity (const gchar *kind, guint64 n_frames)
{
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *s;
  guint64 value = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    if (gst_message_has_name (message, "cmaf-video-discontinuity"))
      break;
    gst_clear_message (&message);
  }
  fail_unless ((message != NULL) == (kind[0] != '\0'));
  if (!message)
    return;
  s = gst_message_get_structure (message);
  assert_equals_string (gst_structure_get_string (s, "kind"), kind);
  gst_structure_get_uint64 (s, "frames", &value);
  assert_equals_uint64 (value, n_frames);
}

/* ---- numbers ---- */

/* Frames 2 and 3 are missing, 5 comes twice, 6 to 8 are off by 15 ms. */
GST_START_TEST (test_each_number_goes_out_once)
{
  GstHarness *h = open_harness (FIXED);
  const GstClockTime off = 15 * GST_MSECOND;

  push_frame (h, 100, 0);
  push_frame (h, 101, FRAME);
  push_frame (h, 104, 4 * FRAME);
  push_frame (h, 105, 5 * FRAME);
  push_frame (h, 95, 5 * FRAME + 5 * GST_MSECOND);
  push_frame (h, 106, 6 * FRAME + off);
  push_frame (h, 107, 7 * FRAME - off);
  push_frame (h, 108, 8 * FRAME + off);
  assert_output (h, "!100@0 101@1 101@2 101@3 104@4 105@5 106@6 107@7 108@8 ");
  assert_equals_uint64 (get_stat (h, "frames-in"), 8);
  assert_equals_uint64 (get_stat (h, "frames-out"), 9);
  assert_equals_uint64 (get_stat (h, "repeated"), 2);
  assert_equals_uint64 (get_stat (h, "dropped"), 1);
  assert_equals_uint64 (get_stat (h, "slate"), 0);
  assert_equals_uint64 (get_stat (h, "n"), N0 + 9);
  assert_discontinuity ("", 0);
  close_harness (h);
}
GST_END_TEST;

/* The first frame keeps its time stamp, and the grid goes through it. */
GST_START_TEST (test_the_grid_begins_with_the_first_frame)
{
  GstHarness *h = open_harness (FIXED);
  GstBuffer *buffer;

  push_frame (h, 1, 7 * GST_MSECOND);
  push_frame (h, 2, 9 * GST_MSECOND + FRAME);
  buffer = gst_harness_pull (h);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), 7 * GST_MSECOND);
  gst_buffer_unref (buffer);
  buffer = gst_harness_pull (h);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), 7 * GST_MSECOND + FRAME);
  gst_buffer_unref (buffer);
  close_harness (h);
}
GST_END_TEST;

static const struct
{
  const gchar *properties;
  guint8 luma; /* of what fills a gap of 13 frames; 0: nothing does */
} gaps[] = {
  { FIXED, BLACK },
  { FIXED " slate=last-frame", 100 },
  { FIXED " slate-after=-1", 100 },
  { FIXED " max-slate=400000000", 0 },
  { FIXED " on-input-loss=silent", 0 },
};

/* Half a second is missing: slate, unless that is too much. */
GST_START_TEST (test_long_gaps_are_slate)
{
  GstHarness *h = open_harness (gaps[__i__].properties);
  const guint8 luma = gaps[__i__].luma;
  g_autoptr (GString) expected = g_string_new ("!100@0 ");

  push_frame (h, 100, 0);
  push_frame (h, 114, 14 * FRAME);
  for (guint i = 1; luma > 0 && i < 14; i++)
    g_string_append_printf (expected, "%u@%u ", luma, i);
  g_string_append (expected, luma > 0 ? "114@14 " : "!114@14 ");
  assert_output (h, expected->str);
  if (__i__ != 2)
    assert_discontinuity (luma > 0 ? "gap" : "jump", 13);
  close_harness (h);
}
GST_END_TEST;

/* ---- time code ---- */

static GstBuffer *
new_coded_frame (guint8 luma, GstClockTime pts, guint second, guint frames)
{
  GstBuffer *buffer = new_frame (luma, pts);

  gst_buffer_add_video_time_code_meta_full (
      buffer, 25, 1, NULL, 0, 0, 0, second, frames, 0);
  return buffer;
}

static GstHarness *
open_coded_harness (void)
{
  g_autoptr (GstClock) utc =
      gst_test_clock_new_with_start_time (NEW_YEAR * GST_SECOND);

  return open_harness_at ("timing-sources=timecode", utc);
}

/* By time code a frame goes where it says, whatever its time stamp; real frames
 * keep what they carry, and what stands in for one has nothing. */
GST_START_TEST (test_metas_stay_with_their_frames)
{
  static const guint8 caption[] = { 0xfc, 0x94, 0x2c };
  GstHarness *h = open_coded_harness ();
  GstBuffer *buffer;

  for (guint i = 0; i < 8; i++) {
    if (i == 5)
      continue;
    buffer = new_coded_frame ((guint8)i, i * FRAME + i % 3 * GST_MSECOND, 1, i);
    gst_buffer_add_video_caption_meta (
        buffer, GST_VIDEO_CAPTION_TYPE_CEA708_RAW, caption, sizeof caption);
    gst_harness_push (h, buffer);
  }
  for (guint i = 0; i < 8; i++) {
    const guint8 shown = (guint8)(i == 5 ? 4 : i);
    GstVideoTimeCodeMeta *code;

    buffer = gst_harness_pull (h);
    assert_equals_int (luma_of (buffer), shown);
    assert_equals_uint64 (GST_BUFFER_PTS (buffer), i * FRAME);
    code = gst_buffer_get_video_time_code_meta (buffer);
    fail_unless ((code != NULL) == (i != 5));
    fail_if (code && code->tc.frames != i);
    fail_unless (
        (gst_buffer_get_video_caption_meta (buffer) != NULL) == (i != 5));
    gst_buffer_unref (buffer);
  }
  assert_equals_uint64 (get_stat (h, "n"), N0 + 25 + 8);
  close_harness (h);
}
GST_END_TEST;

/* Media time jumps by a minute, further than is filled: running time goes on,
 * and the muxer is told by how much. */
GST_START_TEST (test_a_jump_does_not_move_running_time)
{
  GstHarness *h = open_coded_harness ();
  gint64 delta = 0, at = 0;
  GstEvent *event;
  guint n_grids = 0;

  for (guint i = 0; i < 16; i++)
    gst_harness_push (
        h, new_coded_frame ((guint8)i, i * FRAME, i < 8 ? 1 : 50, i));
  assert_output (h, "!0@0 1@1 2@2 3@3 4@4 5@5 6@6 7@7 !8@8 9@9 10@10 11@11 "
                    "12@12 13@13 14@14 15@15 ");
  while ((event = gst_harness_try_pull_event (h))) {
    const GstStructure *s = gst_event_get_structure (event);

    if (gst_event_has_name (event, "cmaf-video-grid")) {
      n_grids++;
      gst_structure_get (s, "step-delta", G_TYPE_INT64, &delta, "step-at",
          G_TYPE_INT64, &at, NULL);
    }
    gst_event_unref (event);
  }
  assert_equals_int (n_grids, 2);
  assert_equals_int64 (delta, 49 * GST_SECOND);
  fail_unless (at > 7 * (gint64)FRAME && at <= 8 * (gint64)FRAME);
  assert_equals_uint64 (get_stat (h, "n"), N0 + 50 * 25 + 16);
  close_harness (h);
}
GST_END_TEST;

/* ---- loss ---- */

/* Its clock. (transfer full) */
static GstTestClock *
make_live (GstHarness *h)
{
  gst_harness_use_testclock (h);
  gst_harness_play (h);
  return gst_harness_get_testclock (h);
}

/* An earlier deadline, of a frame before, may pass without effect. */
static void
wait_until (GstHarness *h, GstTestClock *clock, GstClockTime time)
{
  do
    fail_unless (gst_harness_crank_single_clock_wait (h));
  while (gst_clock_get_time (GST_CLOCK (clock)) < time);
  assert_equals_uint64 (gst_clock_get_time (GST_CLOCK (clock)), time);
}

/* 500 ms behind the last frame there is slate, one for each frame from then on;
 * frames whose number is gone by then are left out, and as long as they come
 * there is no more of it. */
GST_START_TEST (test_a_live_input_that_is_lost_is_slate)
{
  GstHarness *h = open_harness (FIXED);
  GstTestClock *clock = make_live (h);

  push_frame (h, 100, 0);
  push_frame (h, 101, FRAME);
  assert_output (h, "!100@0 101@1 ");
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer;

    wait_until (h, clock, 2 * FRAME + 500 * GST_MSECOND + i * FRAME);
    buffer = gst_harness_pull (h);
    assert_equals_int (luma_of (buffer), BLACK);
    assert_equals_uint64 (GST_BUFFER_PTS (buffer), (2 + i) * FRAME);
    gst_buffer_unref (buffer);
  }
  assert_discontinuity ("loss", 1);
  push_frame (h, 102, 2 * FRAME);
  push_frame (h, 104, 4 * FRAME);
  push_frame (h, 105, 5 * FRAME);
  assert_output (h, "105@5 ");
  assert_equals_uint64 (get_stat (h, "slate"), 3);
  assert_equals_uint64 (get_stat (h, "dropped"), 2);
  push_frame (h, 107, 7 * FRAME);
  assert_output (h, "105@6 107@7 ");
  gst_object_unref (clock);
  close_harness (h);
}
GST_END_TEST;

GST_START_TEST (test_a_live_input_that_is_lost_can_be_silent)
{
  GstHarness *h = open_harness (FIXED " on-input-loss=silent");
  GstTestClock *clock = make_live (h);

  push_frame (h, 100, 0);
  gst_test_clock_set_time (clock, GST_SECOND);
  assert_equals_int (gst_test_clock_peek_id_count (clock), 0);
  push_frame (h, 125, 25 * FRAME);
  assert_output (h, "!100@0 !125@25 ");
  gst_object_unref (clock);
  close_harness (h);
}
GST_END_TEST;

/* ---- slow correction ---- */

static const struct
{
  gint permille; /* by which the clock is faster than the frames */
  const gchar *more, *never;
} drifts[] = {
  { 5, "repeated", "dropped" },
  { -5, "dropped", "repeated" },
};

/* Two minutes of a camera that is half a percent slow, or fast: frames are
 * repeated, or dropped, and no number is missing. */
GST_START_TEST (test_a_drifting_camera_is_corrected_by_frames)
{
  g_autoptr (GstClock) utc =
      gst_test_clock_new_with_start_time (NEW_YEAR * GST_SECOND);
  GstHarness *h = open_harness_at ("timing-sources=clock", utc);
  GstTestClock *clock = make_live (h);
  const guint n = 120 * 25;
  guint n_out = 0;
  GstBuffer *buffer;

  for (guint i = 0; i < n; i++) {
    const GstClockTime time = i * FRAME;

    gst_test_clock_set_time (clock, time);
    gst_test_clock_set_time (GST_TEST_CLOCK (utc),
        NEW_YEAR * GST_SECOND + time / 1000 * (1000 + drifts[__i__].permille));
    push_frame (h, 50, time);
    while ((buffer = gst_harness_try_pull (h))) {
      assert_equals_uint64 (GST_BUFFER_PTS (buffer), n_out * FRAME);
      gst_buffer_unref (buffer);
      n_out++;
    }
  }
  fail_unless (get_stat (h, drifts[__i__].more) >= 2);
  assert_equals_uint64 (get_stat (h, drifts[__i__].never), 0);
  assert_equals_uint64 (
      n_out, n + get_stat (h, "repeated") - get_stat (h, "dropped"));
  gst_object_unref (clock);
  close_harness (h);
}
GST_END_TEST;

/* ---- pictures ---- */

static const struct
{
  const gchar *caps;
  guint size;
  guint offset; /* of two bytes of chroma, or of the whole pixel */
  guint16 values[2];
} formats[] = {
  { "format=NV12", 192, 128, { 0x80, 0x80 } },
  { "format=UYVY,interlace-mode=interleaved", 256, 0, { 0x80, 0x10 } },
  { "format=RGB", 384, 0, { 0, 0 } },
  { "format=I420_10LE", 384, 0, { 0x40, 0x00 } },
  { "format=P010_10LE,colorimetry=bt2100-pq", 384, 256, { 0x00, 0x80 } },
};

/* Black is black in all of them, and has the fields of the frames. */
GST_START_TEST (test_black_in_any_format)
{
  g_autofree gchar *caps = g_strdup_printf (
      "video/x-raw,width=16,height=8,framerate=25/1,%s", formats[__i__].caps);
  GstHarness *h = open_harness (FIXED);
  GstBuffer *buffer;
  guint8 bytes[2];

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < 40; i += 20) {
    buffer = gst_buffer_new_allocate (NULL, formats[__i__].size, NULL);
    gst_buffer_memset (buffer, 0, 200, formats[__i__].size);
    GST_BUFFER_PTS (buffer) = i * FRAME;
    GST_BUFFER_FLAG_SET (buffer, GST_VIDEO_BUFFER_FLAG_TFF);
    gst_harness_push (h, buffer);
  }
  gst_buffer_unref (gst_harness_pull (h));
  buffer = gst_harness_pull (h);
  assert_equals_uint64 (gst_buffer_get_size (buffer), formats[__i__].size);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_VIDEO_BUFFER_FLAG_TFF));
  gst_buffer_extract (buffer, formats[__i__].offset, bytes, 2);
  assert_equals_int (bytes[0], formats[__i__].values[0]);
  assert_equals_int (bytes[1], formats[__i__].values[1]);
  gst_buffer_unref (buffer);
  close_harness (h);
}
GST_END_TEST;

/* ---- what it refuses ---- */

static const struct
{
  const gchar *caps, *message;
} refused[] = {
  { "video/x-raw,format=I420,width=16,height=8,framerate=0/1",
      "caps: found no frame rate, needs one (is there a videorate?)" },
};

GST_START_TEST (test_what_cannot_be_aligned_is_refused)
{
  GstHarness *h = gst_harness_new ("cmafvideoalign");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  bus = gst_bus_new ();
  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, refused[__i__].caps);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, refused[__i__].message) != NULL, "%s",
      error->message);
  close_harness (h);
}
GST_END_TEST;

GST_START_TEST (test_a_flush_begins_anew)
{
  GstHarness *h = open_harness (FIXED);
  GstSegment segment;

  push_frame (h, 100, 0);
  push_frame (h, 101, FRAME);
  assert_output (h, "!100@0 101@1 ");
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_frame (h, 100, 0);
  push_frame (h, 101, FRAME);
  assert_output (h, "!100@0 101@1 ");
  close_harness (h);
}
GST_END_TEST;

static Suite *
cmafvideoalign_suite (void)
{
  Suite *suite = suite_create ("cmafvideoalign");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_each_number_goes_out_once);
  tcase_add_test (tcase, test_the_grid_begins_with_the_first_frame);
  tcase_add_loop_test (tcase, test_long_gaps_are_slate, 0, G_N_ELEMENTS (gaps));
  tcase_add_test (tcase, test_metas_stay_with_their_frames);
  tcase_add_test (tcase, test_a_jump_does_not_move_running_time);
  tcase_add_test (tcase, test_a_live_input_that_is_lost_is_slate);
  tcase_add_test (tcase, test_a_live_input_that_is_lost_can_be_silent);
  tcase_add_loop_test (tcase, test_a_drifting_camera_is_corrected_by_frames, 0,
      G_N_ELEMENTS (drifts));
  tcase_add_loop_test (
      tcase, test_black_in_any_format, 0, G_N_ELEMENTS (formats));
  tcase_add_loop_test (
      tcase, test_what_cannot_be_aligned_is_refused, 0, G_N_ELEMENTS (refused));
  tcase_add_test (tcase, test_a_flush_begins_anew);
  return suite;
}

GST_CHECK_MAIN (cmafvideoalign);
