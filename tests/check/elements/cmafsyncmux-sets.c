/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Parameter sets that come with key frames: samples of avc1 and hvc1 have none,
 * whatever the encoder repeats and when, and encoders agree byte by byte. */
#include <gst/cmaf/sample-entry.h>
#include <gst/video/video.h>

#include "mux-harness.h"
#include "mux-run.h"

/* as in MUX_CODEC_DATA */
#define SPS                                                                    \
  "\0\0\0\x1a"                                                                 \
  "\x67\x64\x00\x1e\xac\xd9\x40\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00"   \
  "\x00\x03\x00\x32\x0f\x16\x2d\x96"
#define PPS "\0\0\0\x06\x68\xeb\xe3\xcb\x22\xc0"
#define AUD "\0\0\0\x02\x09\x10"
#define SLICE "\0\0\0\x04\x65\x88\x84\x00"
#define BYTES(text) text, sizeof (text) - 1

/* ---- made by hand ---- */

static void
push_unit (MuxHarness *m, gconstpointer data, gsize size, guint n)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);

  GST_BUFFER_PTS (buffer) = n * MUX_FRAME;
  GST_BUFFER_DURATION (buffer) = MUX_FRAME;
  if (n > 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA708_RAW,
      (const guint8 *)"\xfc\x94\x2c", 3);
  gst_harness_push (m->h, buffer);
}

static guint
count_warnings (MuxHarness *m, const gchar *beginning)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (m->bus, GST_MESSAGE_WARNING))) {
    g_autoptr (GError) warning = NULL;

    gst_message_parse_warning (message, &warning, NULL);
    fail_unless (
        g_str_has_prefix (warning->message, beginning), "%s", warning->message);
    gst_message_unref (message);
    n++;
  }
  return n;
}

/* header, fragment head, AUD SLICE, SLICE: the buffer of parameter sets alone
 * is no frame */
GST_START_TEST (test_what_the_header_has_is_cut_out)
{
  MuxHarness m;
  GstBuffer *sample;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  push_unit (&m, BYTES (AUD SPS PPS SLICE), 0);
  push_unit (&m, BYTES (SPS PPS), 1);
  push_unit (&m, BYTES (SLICE), 1);
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_pull (&m), 1);
  assert_equals_int (mux_harness_chunk (&m, 0)->n_samples, 2);
  assert_equals_int (m.buffers->len, 4);
  sample = m.buffers->pdata[2];
  assert_equals_int (gst_buffer_get_size (sample), sizeof (AUD SLICE) - 1);
  fail_unless (gst_buffer_memcmp (sample, 0, BYTES (AUD SLICE)) == 0);
  assert_equals_uint64 (GST_BUFFER_PTS (sample), 0);
  assert_equals_uint64 (GST_BUFFER_DURATION (sample), MUX_FRAME);
  fail_unless (gst_buffer_get_video_caption_meta (sample) != NULL);
  assert_equals_int (count_warnings (&m, ""), 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* It stays, for it is needed, and that is said once. */
GST_START_TEST (test_a_set_that_the_header_has_not_is_told)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  push_unit (&m, BYTES ("\0\0\0\x02\x68\xec" SPS SLICE), 0);
  push_unit (&m, BYTES ("\0\0\0\x02\x68\xec" SLICE), 1);
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_pull (&m), 1);
  fail_unless (gst_buffer_memcmp (
                   m.buffers->pdata[2], 0, BYTES ("\0\0\0\x02\x68\xec" SLICE))
               == 0);
  assert_equals_int (
      count_warnings (&m, "access unit: has a PPS that is not in codec_data"),
      1);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- encoders ---- */

typedef struct
{
  const gchar *encoder;
  guint32 codec;
  gboolean has_sets; /* in samples */
} Case;

#define X264 "x264enc name=encoder threads=1 key-int-max=1000 bframes=2 "
#define X265                                                                   \
  "x265enc name=encoder key-int-max=1000 "                                     \
  "option-string=pools=none:frame-threads=1 ! h265parse ! video/x-h265,"       \
  "stream-format="

static const Case cases[] = {
  { X264 "! video/x-h264,stream-format=avc", CMAF_CODEC_AVC1, FALSE },
  { X264 "byte-stream=true ! h264parse config-interval=-1 ! "
         "video/x-h264,stream-format=avc",
      CMAF_CODEC_AVC1, FALSE },
  { X264 "! h264parse ! video/x-h264,stream-format=avc3", CMAF_CODEC_AVC3,
      TRUE },
  { X265 "hvc1", CMAF_CODEC_HVC1, FALSE },
  { X265 "hev1", CMAF_CODEC_HEV1, TRUE },
};

/* In front of frame 10, with headers. */
static GstPadProbeReturn
request_key_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) == 10 * MUX_FRAME)
    gst_pad_send_event (
        GST_PAD (data), gst_video_event_new_upstream_force_key_unit (
                            GST_CLOCK_TIME_NONE, TRUE, 1));
  return GST_PAD_PROBE_OK;
}

static void
add_request (GstElement *pipeline, gpointer data)
{
  GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  GstPad *sink = gst_element_get_static_pad (encoder, "sink");
  GstPad *src = gst_element_get_static_pad (encoder, "src");

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, request_key_frame, src,
      gst_object_unref);
  gst_object_unref (sink);
  gst_object_unref (encoder);
}

static gboolean
is_set (const guint8 *nal, gboolean is_hevc)
{
  guint type = is_hevc ? nal[0] >> 1 & 0x3f : nal[0] & 0x1f;

  return is_hevc ? type >= 32 && type <= 34 : type == 7 || type == 8;
}

static guint
count_sets (const MuxRun *run, gboolean is_hevc)
{
  const guint8 *data = run->bytes->data;
  guint n = 0;

  for (guint at = 0; at < run->bytes->len; at += GST_READ_UINT32_BE (data + at))
    if (memcmp (data + at + 4, "mdat", 4) == 0) {
      guint end = at + GST_READ_UINT32_BE (data + at);

      for (guint i = at + 8; i < end; i += 4 + GST_READ_UINT32_BE (data + i))
        n += is_set (data + i + 4, is_hevc);
    }
  return n;
}

GST_START_TEST (test_encoders_that_repeat_them)
{
  const Case *c = &cases[__i__];
  g_autofree gchar *text = g_strdup_printf (
      "videotestsrc num-buffers=100 ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! %s ! "
      "cmafsyncmux name=mux timing-sources=fixed",
      c->encoder);
  gboolean is_hevc = c->codec == CMAF_CODEC_HVC1 || c->codec == CMAF_CODEC_HEV1;
  guint n_keys = 0;
  MuxRun run;

  mux_run (&run, text, add_request, NULL);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  assert_equals_int_hex (run.track->codec, c->codec);
  for (guint i = 0; i < run.chunks->len; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];

    for (guint j = 0; j < chunk->n_samples; j++)
      n_keys += !(chunk->samples[j].flags & CMAF_SAMPLE_IS_NON_SYNC);
  }
  assert_equals_int (n_keys, 4); /* frames 0, 10, 48, 96 */
  assert_equals_int (count_sets (&run, is_hevc) > 0, c->has_sets);
  mux_run_clear (&run);
}
GST_END_TEST;

typedef struct
{
  gboolean is_hevc;
  guint n_units;
} Loss;

/* As an encoder that gives its sets once: later ones are lost. */
static GstPadProbeReturn
lose_sets (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Loss *loss = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstBuffer *rest;
  GstMapInfo map;
  gsize size;

  if (loss->n_units++ == 0)
    return GST_PAD_PROBE_OK;
  rest = gst_buffer_new ();
  gst_buffer_copy_into (rest, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize at = 0; at < map.size; at += size) {
    size = 4 + GST_READ_UINT32_BE (map.data + at);
    if (!is_set (map.data + at + 4, loss->is_hevc))
      gst_buffer_copy_into (rest, buffer, GST_BUFFER_COPY_MEMORY, at, size);
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  GST_PAD_PROBE_INFO_DATA (info) = rest;
  return GST_PAD_PROBE_OK;
}

static void
add_requests_and_loss (GstElement *pipeline, gpointer data)
{
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  GstPad *sink = gst_element_get_static_pad (mux, "sink");

  add_request (pipeline, NULL);
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, lose_sets, data, NULL);
  gst_object_unref (sink);
  gst_object_unref (mux);
}

GST_START_TEST (test_a_decoder_may_begin_at_each_key_frame)
{
  const Case *c = &cases[__i__];
  g_autofree gchar *text = g_strdup_printf (
      "videotestsrc num-buffers=100 ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! %s ! "
      "cmafsyncmux name=mux timing-sources=fixed",
      c->encoder);
  Loss loss = { c->codec == CMAF_CODEC_HEV1, 0 };
  MuxRun run;

  if (!c->has_sets)
    return;
  mux_run (&run, text, add_requests_and_loss, &loss);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  assert_equals_int (
      count_sets (&run, loss.is_hevc), 4 * (loss.is_hevc ? 3 : 2));
  mux_run_clear (&run);
}
GST_END_TEST;

/* nal_unit_type of pictures at which a decoder can begin */
static gchar *
list_key_types (const MuxRun *run)
{
  const guint8 *data = run->bytes->data;
  GString *types = g_string_new (NULL);

  for (guint at = 0; at < run->bytes->len; at += GST_READ_UINT32_BE (data + at))
    if (memcmp (data + at + 4, "mdat", 4) == 0) {
      guint end = at + GST_READ_UINT32_BE (data + at);

      for (guint i = at + 8; i < end; i += 4 + GST_READ_UINT32_BE (data + i)) {
        const guint type = data[i + 4] >> 1 & 0x3f;

        if (type >= 16 && type <= 23)
          g_string_append_printf (types, "%u ", type);
      }
    }
  return g_string_free (types, FALSE);
}

/* What is in front of them may be of another encoder: BLA_N_LP, 18. Within a
 * segment it is not: CRA, 21. */
GST_START_TEST (test_segments_begin_a_sequence)
{
  g_autofree gchar *types = NULL;
  MuxRun run;

  mux_run (&run,
      "videotestsrc num-buffers=100 ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! " X265
      "hev1 ! cmafsyncmux name=mux timing-sources=fixed",
      add_request, NULL);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  types = list_key_types (&run);
  assert_equals_string (types, "20 21 18 18 ");
  mux_run_clear (&run);
}
GST_END_TEST;

/* One repeats them with every key frame, the other gives them once. */
GST_START_TEST (test_encoders_that_repeat_them_and_do_not_are_equal)
{
  static const gchar *const intervals[] = { "-1", "0" };
  MuxRun runs[2];

  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *text = g_strdup_printf (
        "videotestsrc num-buffers=100 ! "
        "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! " X264
        "byte-stream=true ! h264parse config-interval=%s ! "
        "video/x-h264,stream-format=avc ! cmafsyncmux name=mux "
        "timing-sources=fixed",
        intervals[i]);

    mux_run (&runs[i], text, add_request, NULL);
  }
  assert_equals_int (runs[0].bytes->len, runs[1].bytes->len);
  fail_unless (
      memcmp (runs[0].bytes->data, runs[1].bytes->data, runs[0].bytes->len)
      == 0);
  mux_run_clear (&runs[0]);
  mux_run_clear (&runs[1]);
}
GST_END_TEST;

static Suite *
cmafsyncmux_sets_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-sets");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_what_the_header_has_is_cut_out);
  tcase_add_test (tcase, test_a_set_that_the_header_has_not_is_told);
  tcase_add_loop_test (
      tcase, test_encoders_that_repeat_them, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tcase, test_a_decoder_may_begin_at_each_key_frame, 0,
      G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_segments_begin_a_sequence);
  tcase_add_test (tcase, test_encoders_that_repeat_them_and_do_not_are_equal);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_sets);
