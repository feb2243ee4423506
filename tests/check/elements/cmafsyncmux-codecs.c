/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux behind the real encoder of each codec: the codec string, and
 * segments as the grid says. An encoder that is not installed is skipped. */
#include <gst/check/gstharness.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/segment-grid.h>
#include <gst/video/video.h>

#include "mux-run.h"

#define NUMBER G_GUINT64_CONSTANT (904005000) /* V2: 48/25 s */
#define MUX                                                                    \
  " ! cmafsyncmux name=mux timing-sources=fixed segment-duration=48/25 "       \
  "fixed-origin=1735689600000000000 "
#define PICTURES                                                               \
  "videotestsrc num-buffers=120 ! "                                            \
  "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! "
#define SOUND(buffers, channels)                                               \
  "audiotestsrc num-buffers=" #buffers " samplesperbuffer=1024 ! "             \
  "audio/x-raw,rate=48000,channels=" #channels " ! "

static const CmafSegmentGrid grid = { 48, 25 };

typedef struct
{
  const gchar *pipeline;
  const gchar *needs[3]; /* elements that may not be there */
  guint32 codec;
  const gchar *codec_string;
  guint32 timescale, unit_ticks;
  guint n_chunks;
} Case;

static const Case cases[] = {
  { PICTURES "x264enc speed-preset=ultrafast key-int-max=1000 rc-lookahead=0 "
             "sync-lookahead=0 ! h264parse ! video/x-h264,stream-format=avc",
      { "x264enc", "h264parse" }, CMAF_CODEC_AVC1, "avc1.", 90000, 3600, 3 },
  { PICTURES "x265enc speed-preset=ultrafast key-int-max=1000 "
             "option-string=rc-lookahead=5:bframes=2 ! h265parse ! "
             "video/x-h265,stream-format=hev1",
      { "x265enc", "h265parse" }, CMAF_CODEC_HEV1, "hev1.1.6.L", 90000, 3600,
      3 },
  /* ignores requests for key frames, but takes a distance */
  { PICTURES "av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=48 ! "
             "av1parse",
      { "av1enc", "av1parse" }, CMAF_CODEC_AV01, "av01.0.00M.08", 90000, 3600,
      3 },
  { PICTURES "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=1000 "
             "lag-in-frames=0 ! vp9parse",
      { "vp9enc", "vp9parse" }, CMAF_CODEC_VP09, "vp09.00.10.08.", 90000, 3600,
      3 },
  { SOUND (225, 6) "avenc_ac3 ! ac3parse", { "avenc_ac3", "ac3parse" },
      CMAF_CODEC_AC3, "ac-3", 48000, 1536, 3 },
  { SOUND (225, 6) "avenc_eac3 ! ac3parse", { "avenc_eac3", "ac3parse" },
      CMAF_CODEC_EC3, "ec-3", 48000, 1536, 3 },
  { SOUND (225, 2) "avenc_eac3 ! ac3parse ! audio/x-eac3,alignment=frame",
      { "avenc_eac3", "ac3parse" }, CMAF_CODEC_EC3, "ec-3", 48000, 1536, 3 },
  { SOUND (225, 2) "flacenc ! flacparse", { "flacenc", "flacparse" },
      CMAF_CODEC_FLAC, "fLaC", 48000, 4608, 3 },
  { SOUND (225, 2) "avenc_aac ! aacparse", { "avenc_aac", "aacparse" },
      CMAF_CODEC_MP4A, "mp4a.40.2", 48000, 1024, 3 },
  { SOUND (225, 2) "voaacenc ! aacparse", { "voaacenc", "aacparse" },
      CMAF_CODEC_MP4A, "mp4a.40.2", 48000, 1024, 3 },
};

static gboolean
is_there (const gchar *const *names, guint n)
{
  for (guint i = 0; i < n && names[i]; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (!factory) {
      g_print ("SKIP: %s is not installed\n", names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
assert_no_errors (const MuxRun *run)
{
  fail_unless (run->errors->len == 0, "%s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
}

GST_START_TEST (test_every_codec_is_cut_on_the_grid)
{
  const Case *c = &cases[__i__];
  const CmafUnitGrid units = { c->timescale, c->unit_ticks, 0 };
  g_autofree gchar *text = g_strconcat (c->pipeline, MUX, NULL);
  g_autofree gchar *codec_string = NULL;
  MuxRun run = { 0 };

  if (!is_there (c->needs, G_N_ELEMENTS (c->needs)))
    return;
  mux_run (&run, text, NULL, NULL);
  assert_no_errors (&run);
  assert_equals_int_hex (run.track->codec, c->codec);
  codec_string = cmaf_sample_entry_codec_string (run.track);
  fail_unless (
      g_str_has_prefix (codec_string, c->codec_string), "%s", codec_string);
  assert_equals_int (run.chunks->len, c->n_chunks);
  for (guint i = 0; i + 1 < run.chunks->len; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];

    assert_equals_uint64 (chunk->decode_time,
        cmaf_segment_grid_decode_time (&grid, &units, NUMBER + i));
    assert_equals_int (chunk->n_samples,
        cmaf_segment_grid_n_units (&grid, &units, NUMBER + i));
    fail_if (chunk->samples[0].flags & CMAF_SAMPLE_IS_NON_SYNC);
  }
  fail_unless (mux_run_message (&run, "cmaf-sync-misaligned", 0) == NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

/* Whatever the encoder does with requests: either every segment begins at its
 * boundary, or it is said that one did not. */
GST_START_TEST (test_missing_key_frames_of_av1_are_told)
{
  static const gchar *const needs[] = { "av1enc", "av1parse" };
  MuxRun run = { 0 };
  gboolean is_aligned, is_told;

  if (!is_there (needs, G_N_ELEMENTS (needs)))
    return;
  mux_run (&run,
      PICTURES "av1enc cpu-used=8 usage-profile=realtime "
               "keyframe-max-dist=1000 ! av1parse" MUX,
      NULL, NULL);
  assert_no_errors (&run);
  is_aligned = run.chunks->len == 3;
  is_told = mux_run_message (&run, "cmaf-sync-misaligned", 0) != NULL;
  fail_unless (is_aligned != is_told, "%u segments, %s", run.chunks->len,
      is_told ? "told" : "not told");
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- E-AC-3 whose substreams come one by one ---- */

/* 5.1 and a dependent substream with the back channels */
static const guint8 independent[] = { 0x0B, 0x77, 0x00, 0x0F, 0x3F, 0x87, 0xC0,
  0x00, 0x20, 0xF8, 0x20, 0x00, 0x20, 0x04, 0x00, 0x04 };
static const guint8 dependent[] = { 0x0B, 0x77, 0x40, 0x07, 0x34, 0x87, 0xD0,
  0x20 };

static GstBuffer *
make_frame (const guint8 *head, gsize n_head, gsize size, guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0, size);
  gst_buffer_fill (buffer, 0, head, n_head);
  GST_BUFFER_PTS (buffer) = n * 32 * GST_MSECOND;
  return buffer;
}

GST_START_TEST (test_substreams_that_come_alone_are_joined)
{
  GstHarness *h = gst_harness_new_parse (
      "cmafsyncmux timing-sources=fixed segment-duration=2/1");
  GstBuffer *buffer;
  guint n_samples = 0;

  gst_harness_set_src_caps_str (
      h, "audio/x-eac3,alignment=frame,framed=true,rate=48000,channels=8");
  for (guint i = 0; i < 10; i++) {
    gst_harness_push (h, make_frame (independent, sizeof independent, 32, i));
    gst_harness_push (h, make_frame (dependent, sizeof dependent, 16, i));
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  gst_buffer_unref (gst_harness_pull (h)); /* CMAF header */
  gst_buffer_unref (gst_harness_pull (h)); /* of the segment */
  while ((buffer = gst_harness_try_pull (h))) {
    assert_equals_int (gst_buffer_get_size (buffer), 48);
    assert_equals_uint64 (
        GST_BUFFER_PTS (buffer), n_samples * 32 * GST_MSECOND);
    gst_buffer_unref (buffer);
    n_samples++;
  }
  assert_equals_int (n_samples, 10);
  gst_harness_teardown (h);
}
GST_END_TEST;

GST_START_TEST (test_fewer_than_six_blocks_are_refused)
{
  GstHarness *h = gst_harness_new_parse ("cmafsyncmux timing-sources=fixed");
  GstBus *bus = gst_bus_new ();
  GstBuffer *buffer = make_frame (independent, sizeof independent, 32, 0);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (
      h, "audio/x-eac3,alignment=iec61937,framed=true,rate=48000,channels=6");
  gst_buffer_memset (buffer, 4, 0x0F, 1); /* one block */
  gst_harness_push (h, buffer);
  gst_harness_push_event (h, gst_event_new_eos ()); /* now it is whole */
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "has 1 blocks, needs 6") != NULL, "%s",
      error->message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* ---- what is no sample ---- */

#define AV1_CAPS                                                               \
  "video/x-av1,stream-format=obu-stream,alignment=tu,width=320,height=240,"    \
  "framerate=25/1"

static void
push_bytes (GstHarness *h, gconstpointer data, gsize size, guint n, guint flags)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);

  GST_BUFFER_PTS (buffer) = n * 40 * GST_MSECOND;
  GST_BUFFER_FLAG_SET (buffer, flags);
  gst_harness_push (h, buffer);
}

GST_START_TEST (test_temporal_delimiters_are_left_out)
{
  static const guint8 key[] = { 0x12, 0x00, 0x0A, 0x0B, 0x00, 0x00, 0x00, 0x04,
    0x3C, 0xFF, 0xBC, 0xDA, 0xF9, 0x00, 0x40, 0x32, 0x01, 0x10 };
  static const guint8 inter[] = { 0x12, 0x00, 0x32, 0x02, 0x30, 0x55 };
  GstHarness *h = gst_harness_new_parse ("cmafsyncmux timing-sources=fixed");
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (h, AV1_CAPS);
  /* joined in the middle: dropped until there is a sequence header */
  push_bytes (h, inter, sizeof inter, 0, GST_BUFFER_FLAG_DELTA_UNIT);
  push_bytes (h, key, sizeof key, 1, 0);
  push_bytes (h, inter, sizeof inter, 2, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_harness_push_event (h, gst_event_new_eos ());
  gst_buffer_unref (gst_harness_pull (h));
  gst_buffer_unref (gst_harness_pull (h));
  buffer = gst_harness_pull (h);
  assert_equals_int (gst_buffer_get_size (buffer), sizeof key - 2);
  fail_unless (gst_buffer_memcmp (buffer, 0, key + 2, sizeof key - 2) == 0);
  gst_buffer_unref (buffer);
  buffer = gst_harness_pull (h);
  fail_unless (gst_buffer_memcmp (buffer, 0, inter + 2, sizeof inter - 2) == 0);
  gst_buffer_unref (buffer);
  fail_unless (gst_harness_try_pull (h) == NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* ---- interlaced ---- */

#define FIELD_CAPS                                                             \
  "video/x-h264,stream-format=avc,alignment=au,width=64,height=64,"            \
  "framerate=25/1,coded-picture-structure=field,codec_data=(buffer)"           \
  "014d001effe10012674d001edb1114200000030020000006508001000468ce3880"

/* Two coded fields are two buffers with a time each, and one sample. */
GST_START_TEST (test_two_fields_are_one_sample)
{
  static const guint8 idr[] = { 0, 0, 0, 12, 0x65, 0x88, 0x85, 0x24, 0xE4, 0xE4,
    0xE4, 0xE4, 0xE4, 0xE4, 0xE4, 0xF0 };
  guint8 field[] = { 0, 0, 0, 12, 0x61, 0x88, 0x86, 0x93, 0x93, 0x93, 0x93,
    0x93, 0x93, 0x93, 0x93, 0xC0 };
  GstHarness *h = gst_harness_new_parse ("cmafsyncmux timing-sources=fixed");
  GstBuffer *buffer;
  guint n = 0;

  gst_harness_set_src_caps_str (h, FIELD_CAPS);
  for (guint i = 0; i < 10; i++) {
    gboolean is_key = i == 0;

    /* third byte: 1, frame_num, 1: field, parity, rest */
    field[6] = 0x84 | (i / 2 & 7) << 3 | (i & 1) << 1;
    buffer = is_key ? gst_buffer_new_memdup (idr, sizeof idr)
                    : gst_buffer_new_memdup (field, sizeof field);
    GST_BUFFER_PTS (buffer) = i * 20 * GST_MSECOND;
    if (!is_key)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    gst_harness_push (h, buffer);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  gst_buffer_unref (gst_harness_pull (h)); /* CMAF header */
  gst_buffer_unref (gst_harness_pull (h)); /* of the segment */
  while ((buffer = gst_harness_try_pull (h))) {
    assert_equals_int (gst_buffer_get_size (buffer), 32);
    assert_equals_uint64 (GST_BUFFER_PTS (buffer), n * 40 * GST_MSECOND);
    gst_buffer_unref (buffer);
    n++;
  }
  assert_equals_int (n, 5);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* ---- closed captions ---- */

static GstPadProbeReturn
add_caption (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  static const guint8 cc[] = { 0xFC, 0x94, 0x2C }; /* field 1: erase */
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_add_video_caption_meta (
      buffer, GST_VIDEO_CAPTION_TYPE_CEA708_RAW, cc, sizeof cc);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
add_captions (GstElement *pipeline, gpointer data)
{
  GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  GstPad *pad = gst_element_get_static_pad (encoder, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, add_caption, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (encoder);
}

/* user_data_registered_itu_t_t35 of ATSC in a SEI */
static guint
count_captions (const GByteArray *bytes)
{
  static const guint8 mark[] = { 0xB5, 0x00, 0x31, 'G', 'A', '9', '4', 0x03 };
  guint n = 0;

  for (guint i = 0; i + sizeof mark <= bytes->len; i++)
    n += memcmp (bytes->data + i, mark, sizeof mark) == 0;
  return n;
}

GST_START_TEST (test_captions_stay_in_their_frames)
{
  static const gchar *const needs[] = { "x264enc", "h264parse" };
  MuxRun run = { 0 };

  if (!is_there (needs, G_N_ELEMENTS (needs)))
    return;
  mux_run (&run,
      PICTURES "x264enc name=encoder speed-preset=ultrafast ! h264parse ! "
               "video/x-h264,stream-format=avc" MUX,
      add_captions, NULL);
  assert_no_errors (&run);
  assert_equals_int (count_captions (run.bytes), 120);
  mux_run_clear (&run);
}
GST_END_TEST;

static Suite *
cmafsyncmux_codecs_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-codecs");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_every_codec_is_cut_on_the_grid, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_missing_key_frames_of_av1_are_told);
  tcase_add_test (tcase, test_substreams_that_come_alone_are_joined);
  tcase_add_test (tcase, test_fewer_than_six_blocks_are_refused);
  tcase_add_test (tcase, test_temporal_delimiters_are_left_out);
  tcase_add_test (tcase, test_two_fields_are_one_sample);
  tcase_add_test (tcase, test_captions_stay_in_their_frames);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_codecs);
