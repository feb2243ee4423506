/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What caps, tags and settings put into the CMAF header. */
#include "mux-harness.h"
#include "mux-run.h"

#include <glib/gstdio.h>

#define HDR                                                                    \
  ",colorimetry=(string)bt2100-pq,pixel-aspect-ratio=16/15,"                   \
  "mastering-display-info=(string)\"13250:34500:7500:3000:34000:16000:"        \
  "15635:16450:10000000:50\",content-light-level=(string)1000:400"

/* ---- boxes ---- */

static gboolean
has_box (const MuxHarness *m, const gchar *type)
{
  gsize size;
  const guint8 *data =
      g_bytes_get_data (cmaf_fragment_reader_get_header (m->reader), &size);

  for (gsize i = 0; i + 4 <= size; i++) {
    if (memcmp (data + i, type, 4) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
push_tags (MuxHarness *m)
{
  GstTagList *tags = gst_tag_list_new (GST_TAG_LANGUAGE_CODE, "de",
      GST_TAG_NOMINAL_BITRATE, 2500000, GST_TAG_BITRATE, 1234567, NULL);

  gst_harness_push_event (m->h, gst_event_new_tag (tags));
}

typedef struct
{
  const gchar *caps; /* behind those of H.264 */
  gboolean has_tags;
  const gchar *present[6], *absent[6];
} Boxes;

static const Boxes boxes[] = {
  { "", FALSE, { "avc1", "avcC" },
      { "btrt", "colr", "pasp", "mdcv", "clli", "elst" } },
  { "", TRUE, { "btrt" }, { "colr" } },
  { ",colorimetry=(string)bt709", FALSE, { "colr" }, { "mdcv", "pasp" } },
  { ",pixel-aspect-ratio=16/15", FALSE, { "pasp" }, { "colr" } },
  { HDR, TRUE, { "btrt", "colr", "pasp", "mdcv", "clli" }, { "elst" } },
};

GST_START_TEST (test_boxes)
{
  const Boxes *b = &boxes[__i__];
  g_autofree gchar *caps = g_strconcat (MUX_H264 MUX_CODEC_DATA, b->caps, NULL);
  MuxHarness m;

  mux_harness_init (&m, "", caps);
  if (b->has_tags)
    push_tags (&m);
  mux_harness_push (&m, 0, 49);
  assert_equals_int (mux_harness_pull (&m), 1);
  for (guint i = 0; i < 6 && b->present[i]; i++)
    fail_unless (has_box (&m, b->present[i]), "no %s", b->present[i]);
  for (guint i = 0; i < 6 && b->absent[i]; i++)
    fail_if (has_box (&m, b->absent[i]), "%s", b->absent[i]);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Values, as the reader of the library reads them. */
/* Who receives the tracks knows of this one before its first boundary. */
GST_START_TEST (test_it_goes_ahead_of_the_first_segment)
{
  static const gchar *caps[] = { MUX_H264 MUX_CODEC_DATA, MUX_AAC };
  g_autoptr (GstCaps) early = NULL, late = NULL;
  MuxHarness m;

  mux_harness_init (&m, "", caps[__i__]);
  mux_harness_push (&m, 1, 40);
  assert_equals_uint64 (mux_harness_pull (&m), 0);
  early = gst_pad_get_current_caps (m.h->sinkpad);
  fail_unless (early != NULL);
  fail_unless (gst_structure_has_field (
      gst_caps_get_structure (early, 0), "streamheader"));
  mux_harness_push (&m, 40, 150);
  fail_unless (mux_harness_pull (&m) > 0);
  late = gst_pad_get_current_caps (m.h->sinkpad);
  fail_unless (late == early);
  assert_equals_int (m.n_headers, 1);
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_values)
{
  const guint8 *light, *display;
  const CmafTrack *track;
  MuxHarness m;

  mux_harness_init (&m, "segment-duration=48/25", MUX_H264 MUX_CODEC_DATA HDR);
  push_tags (&m);
  mux_harness_push (&m, 0, 49);
  mux_harness_pull (&m);
  track = cmaf_fragment_reader_get_track (m.reader);
  assert_equals_int (track->max_bitrate, 2500000); /* not what was measured */
  fail_unless_equals_string (track->language, "de");
  assert_equals_int (track->colour_primaries, 9);
  assert_equals_int (track->transfer_characteristics, 16);
  assert_equals_int (track->matrix_coefficients, 9);
  fail_if (track->full_range);
  assert_equals_int (track->par_n, 16);
  assert_equals_int (track->par_d, 15);
  assert_equals_uint64 (track->segment_duration_n, 48);
  assert_equals_uint64 (track->segment_duration_d, 25);
  assert_equals_int (track->timescale, 90000);
  assert_equals_int (track->sample_duration, 3600);
  display = g_bytes_get_data (track->mastering_display, NULL);
  assert_equals_int (GST_READ_UINT16_BE (display), 7500); /* green first */
  assert_equals_int (GST_READ_UINT32_BE (display + 16), 10000000);
  light = g_bytes_get_data (track->content_light, NULL);
  assert_equals_int (GST_READ_UINT16_BE (light), 1000);
  assert_equals_int (GST_READ_UINT16_BE (light + 2), 400);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- where parameter sets are ---- */

#define PICTURES                                                               \
  "videotestsrc num-buffers=60 ! "                                             \
  "video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! "
#define X264 PICTURES "x264enc speed-preset=ultrafast ! h264parse ! "
#define X265 PICTURES "x265enc speed-preset=ultrafast ! h265parse ! "
#define MUX "cmafsyncmux name=mux timing-sources=fixed "

typedef struct
{
  const gchar *pipeline;
  guint32 codec;
  guint sps_type; /* of the NAL units; the first byte, masked */
  guint8 mask;
  gboolean in_header;
  gboolean in_samples; /* must be; else they may be */
} Sets;

static const Sets sets[] = {
  { X264 MUX, CMAF_CODEC_AVC1, 7, 0x1f, TRUE, FALSE },
  { X264 "video/x-h264,stream-format=avc3 ! " MUX, CMAF_CODEC_AVC3, 7, 0x1f,
      FALSE, TRUE },
  { X264 MUX "parameter-sets=in-band", CMAF_CODEC_AVC3, 7, 0x1f, FALSE, TRUE },
  { X265 MUX, CMAF_CODEC_HVC1, 33 << 1, 0x7e, TRUE, FALSE },
  { X265 "video/x-h265,stream-format=hev1 ! " MUX, CMAF_CODEC_HEV1, 33 << 1,
      0x7e, TRUE, TRUE },
  { X265 MUX "parameter-sets=in-band", CMAF_CODEC_HEV1, 33 << 1, 0x7e, FALSE,
      TRUE },
};

/* Whether the first access unit of @chunk has a NAL unit of that type. */
static gboolean
has_nal (const CmafChunk *chunk, guint type, guint8 mask)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint i, at, end;

  for (i = 0; i < chunk->bytes->len; i++)
    g_byte_array_append (all, g_bytes_get_data (chunk->bytes->pdata[i], NULL),
        g_bytes_get_size (chunk->bytes->pdata[i]));
  at = chunk->payload;
  end = at + chunk->samples[0].size;
  while (at + 5 <= end) {
    if ((all->data[at + 4] & mask) == type)
      return TRUE;
    at += 4 + GST_READ_UINT32_BE (all->data + at);
  }
  return FALSE;
}

static gboolean
header_has_sets (const CmafTrack *track)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (track->codec_config, &size);

  if (track->codec == CMAF_CODEC_AVC1 || track->codec == CMAF_CODEC_AVC3)
    return (data[5] & 0x1f) > 0;
  return data[22] > 0;
}

GST_START_TEST (test_parameter_sets)
{
  const Sets *s = &sets[__i__];
  MuxRun run;

  mux_run (&run, s->pipeline, NULL, NULL);
  assert_equals_int (run.errors->len, 0);
  assert_equals_int_hex (run.track->codec, s->codec);
  fail_unless (header_has_sets (run.track) == s->in_header);
  assert_equals_int (run.chunks->len, 2);
  for (guint i = 0; i < 2; i++)
    fail_unless (
        !s->in_samples || has_nal (run.chunks->pdata[i], s->sps_type, s->mask),
        "segment %u", i);
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- settings ---- */

typedef struct
{
  const gchar *settings;
  gboolean has_prft;
  guint flags;
} Prft;

/* ISO/IEC 14496-12 8.16.5: 24 is the time of capture, 2 that of the moof */
static const Prft prfts[] = {
  { "", TRUE, 24 },
  { "prft-mode=timeline", TRUE, 24 },
  { "prft-mode=wallclock", TRUE, 2 },
  { "prft-mode=none", FALSE, 0 },
};

GST_START_TEST (test_producer_reference_time)
{
  const guint64 epoch = G_GUINT64_CONSTANT (2208988800); /* 1900 to 1970 */
  const Prft *p = &prfts[__i__];
  const CmafChunk *chunk;
  gint64 error;
  MuxHarness m;

  mux_harness_init (&m, p->settings, MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 49);
  mux_harness_pull (&m);
  chunk = mux_harness_chunk (&m, 0);
  fail_unless (((chunk->flags & CMAF_CHUNK_HAS_PRFT) != 0) == p->has_prft);
  assert_equals_int (chunk->prft_flags, p->flags);
  if (p->flags == 24)
    assert_equals_uint64 (chunk->prft_ntp >> 32, epoch);
  if (p->flags == 2) {
    error = (gint64)((chunk->prft_ntp >> 32) - epoch)
            - g_get_real_time () / G_USEC_PER_SEC;
    fail_unless (ABS (error) < 60);
  }
  mux_harness_clear (&m);
}
GST_END_TEST;

/* 30000/1001 frames a second and segments of two seconds: 60 frames each, and
 * one less now and then; refused without the setting (cmafsyncmux-input.c). */
GST_START_TEST (test_nominal_grid)
{
  MuxHarness m;

  mux_harness_init (&m, "segment-duration=2/1 grid-mode=nominal",
      "video/x-h264,stream-format=avc,alignment=au,width=64,height=48,"
      "framerate=30000/1001" MUX_CODEC_DATA);
  for (guint i = 0; i < 130; i++)
    gst_harness_push (m.h,
        mux_harness_frame (gst_util_uint64_scale (i, 1001 * GST_SECOND, 30000),
            i % 60 == 0, (guint8)i));
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_int (mux_harness_chunk (&m, 0)->n_samples, 60);
  assert_equals_uint64 (mux_harness_chunk (&m, 1)->decode_time, 60 * 1001);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Packagers have to know before the first splice how long a segment may be. */
GST_START_TEST (test_moving_boundaries_are_told)
{
  static const gchar *const modes[] = { "idr", "move" };
  static const gchar *const inputs[] = {
    "audiotestsrc num-buffers=100 samplesperbuffer=960 ! "
    "audio/x-raw,rate=48000,channels=2 ! opusenc",
    "filesrc location=%s ! application/x-subtitle-vtt",
  };
  g_autofree gchar *path = NULL;
  gint file = g_file_open_tmp ("XXXXXX.vtt", &path, NULL);

  close (file);
  fail_unless (g_file_set_contents (
      path, "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (inputs) * G_N_ELEMENTS (modes); i++) {
    g_autofree gchar *input = g_strdup_printf (inputs[i / 2], path);
    g_autofree gchar *text = g_strdup_printf (
        "%s ! cmafsyncmux name=mux timing-sources=fixed segment-duration=48/25 "
        "splice-mode=%s",
        input, modes[i % 2]);
    MuxRun run;

    mux_run (&run, text, NULL, NULL);
    assert_equals_int (run.track->has_moves, i % 2);
    mux_run_clear (&run);
  }
  g_unlink (path);
}
GST_END_TEST;

/* ---- audio ---- */

GST_START_TEST (test_opus)
{
  MuxRun run;

  mux_run (&run,
      "audiotestsrc num-buffers=250 samplesperbuffer=960 ! "
      "audio/x-raw,rate=48000,channels=2 ! opusenc ! "
      "cmafsyncmux name=mux timing-sources=fixed segment-duration=48/25",
      NULL, NULL);
  assert_equals_int (run.errors->len, 0);
  assert_equals_int_hex (run.track->codec, CMAF_CODEC_OPUS);
  assert_equals_int (run.track->timescale, 48000);
  assert_equals_int (run.track->sample_duration, 960);
  assert_equals_int (run.track->channels, 2);
  fail_unless (run.chunks->len >= 2);
  for (guint i = 0; i < 2; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];

    assert_equals_uint64 (chunk->decode_time, i * 96 * 960);
    assert_equals_int (chunk->n_samples, 96);
  }
  mux_run_clear (&run);
}
GST_END_TEST;

static const struct
{
  const gchar *settings, *language, *role;
} told[] = {
  { "", "fr", NULL },
  { "language=en-GB role=description", "en-GB", "description" },
  { "language=\"\" role=\"\"", "fr", NULL },
};

/* Properties go before the tag of the input. */
GST_START_TEST (test_language_and_role)
{
  g_autofree gchar *launch =
      g_strdup_printf ("audiotestsrc num-buffers=250 samplesperbuffer=960 ! "
                       "audio/x-raw,rate=48000,channels=2 ! "
                       "taginject tags=language-code=fr ! opusenc ! "
                       "cmafsyncmux name=mux timing-sources=fixed %s",
          told[__i__].settings);
  MuxRun run;

  mux_run (&run, launch, NULL, NULL);
  assert_equals_int (run.errors->len, 0);
  assert_equals_string (run.track->language, told[__i__].language);
  assert_equals_string (run.track->role, told[__i__].role);
  mux_run_clear (&run);
}
GST_END_TEST;

/* One error names the property. */
GST_START_TEST (test_language_and_role_are_checked)
{
  static const gchar *const settings[] = { "language=en_GB", "role=\"a b\"" };
  static const gchar *const names[] = { "language: \"en_GB\"",
    "role: \"a b\"" };
  g_autofree gchar *launch =
      g_strdup_printf ("audiotestsrc num-buffers=50 samplesperbuffer=960 ! "
                       "audio/x-raw,rate=48000,channels=2 ! opusenc ! "
                       "cmafsyncmux name=mux timing-sources=fixed %s",
          settings[__i__]);
  MuxRun run;

  mux_run (&run, launch, NULL, NULL);
  fail_unless (run.errors->len > 0);
  fail_unless (g_str_has_prefix (run.errors->pdata[0], names[__i__]), "%s",
      (gchar *)run.errors->pdata[0]);
  mux_run_clear (&run);
}
GST_END_TEST;

static Suite *
cmafsyncmux_header_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-header");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_boxes, 0, G_N_ELEMENTS (boxes));
  tcase_add_loop_test (tcase, test_it_goes_ahead_of_the_first_segment, 0, 2);
  tcase_add_test (tcase, test_values);
  tcase_add_loop_test (tcase, test_parameter_sets, 0, G_N_ELEMENTS (sets));
  tcase_add_loop_test (
      tcase, test_producer_reference_time, 0, G_N_ELEMENTS (prfts));
  tcase_add_test (tcase, test_nominal_grid);
  tcase_add_test (tcase, test_moving_boundaries_are_told);
  tcase_add_test (tcase, test_opus);
  tcase_add_loop_test (tcase, test_language_and_role, 0, G_N_ELEMENTS (told));
  tcase_add_loop_test (tcase, test_language_and_role_are_checked, 0, 2);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_header);
