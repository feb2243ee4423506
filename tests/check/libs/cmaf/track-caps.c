/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/track-caps.h>
#include <gst/pbutils/pbutils.h>

#include "hex.h"

#define AVCC "01640015ffe1001967640015acb200"
#define HVCC                                                                   \
  "0104080000009e08000000003ff000fcfff8f800000f03200001001740010c01ffff"
#define PICTURE ", alignment=au, width=1920, height=1080"
#define AVC "video/x-h264, stream-format=avc, codec_data=(buffer)" AVCC PICTURE
#define AVC3                                                                   \
  "video/x-h264, stream-format=avc3, codec_data=(buffer)" AVCC PICTURE
#define HVC1                                                                   \
  "video/x-h265, stream-format=hvc1, codec_data=(buffer)" HVCC PICTURE
#define HEV1                                                                   \
  "video/x-h265, stream-format=hev1, codec_data=(buffer)" HVCC PICTURE
#define AAC                                                                    \
  "audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, channels=2"
#define OPUS "audio/x-opus, rate=48000, channels=2, channel-mapping-family=0"
#define FLAC                                                                   \
  "audio/x-flac, framed=true, streamheader=< (buffer)"                         \
  "7f464c414301000002664c614300000022120012000000000000000bb802f00000000000"   \
  "000000000000000000000000000000 >"
#define MHA1                                                                   \
  "audio/x-mpeg-h, framed=true, stream-format=raw, channels=6, "               \
  "codec_data=(buffer)010d0600050d190180ab"
#define AV1 "video/x-av1, stream-format=obu-stream, alignment=tu" PICTURE

static CmafTrack *
track_from (const gchar *text, gboolean in_band, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  fail_unless (caps != NULL, "bad test caps: %s", text);
  return cmaf_track_from_caps (caps, in_band, error);
}

static const struct
{
  const gchar *caps;
  guint32 codec, timescale, sample_duration;
  guint fps_n, fps_d, rate, channels;
} good[] = {
  { AVC ", framerate=25/1", CMAF_CODEC_AVC1, 90000, 3600, 25, 1 },
  { AVC ", framerate=30000/1001", CMAF_CODEC_AVC1, 30000, 1001, 30000, 1001 },
  { AVC3 ", framerate=50/1", CMAF_CODEC_AVC3, 90000, 1800, 50, 1 },
  { HVC1 ", framerate=24/1", CMAF_CODEC_HVC1, 90000, 3750, 24, 1 },
  { HEV1 ", framerate=60000/1001", CMAF_CODEC_HEV1, 60000, 1001, 60000, 1001 },
  { AAC ", codec_data=(buffer)1190", CMAF_CODEC_MP4A, 48000, 1024, 0, 0, 48000,
      2 },
  { AAC ", codec_data=(buffer)121056e500", CMAF_CODEC_MP4A, 44100, 1024, 0, 0,
      44100, 2 },
  /* HE-AAC, explicit: 24 kHz core, 48 kHz out */
  { AAC ", codec_data=(buffer)2b118800", CMAF_CODEC_MP4A, 48000, 2048, 0, 0,
      48000, 2 },
  /* escaped sampling frequency 0x00bb80 */
  { AAC ", codec_data=(buffer)17805dc010", CMAF_CODEC_MP4A, 48000, 1024, 0, 0,
      48000, 2 },
  { OPUS, CMAF_CODEC_OPUS, 48000, 960, 0, 0, 48000, 2 },
  /* HE-AAC, backward compatible: made explicit */
  { AAC ", codec_data=(buffer)131056e598", CMAF_CODEC_MP4A, 48000, 2048, 0, 0,
      48000, 2 },
  { FLAC, CMAF_CODEC_FLAC, 48000, 4608, 0, 0, 48000, 2 },
  { MHA1, CMAF_CODEC_MHA1, 48000, 1024, 0, 0, 48000, 6 },
};

GST_START_TEST (test_caps_become_a_track)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafTrack) track = track_from (good[__i__].caps, FALSE, &error);

  g_assert_no_error (error);
  fail_unless_equals_int (track->codec, good[__i__].codec);
  fail_unless_equals_int (
      track->media, good[__i__].fps_n ? CMAF_MEDIA_VIDEO : CMAF_MEDIA_AUDIO);
  fail_unless_equals_int (track->timescale, good[__i__].timescale);
  fail_unless_equals_int (track->sample_duration, good[__i__].sample_duration);
  fail_unless_equals_int (track->fps_n, good[__i__].fps_n);
  fail_unless_equals_int (track->fps_d, good[__i__].fps_d);
  fail_unless_equals_int (track->sample_rate, good[__i__].rate);
  fail_unless_equals_int (track->channels, good[__i__].channels);
  fail_unless (track->codec_config != NULL);
  if (track->media == CMAF_MEDIA_VIDEO) {
    fail_unless_equals_int (track->width, 1920);
    fail_unless_equals_int (track->height, 1080);
  }
}
GST_END_TEST;

static const struct
{
  const gchar *caps;
  guint32 codec;
} texts[] = {
  { "text/x-raw, format=utf8", CMAF_CODEC_WVTT },
  { "text/x-raw, format=pango-markup", CMAF_CODEC_WVTT },
  { "application/x-subtitle-vtt", CMAF_CODEC_WVTT },
  { "text/vtt", CMAF_CODEC_WVTT },
  { "application/ttml+xml", CMAF_CODEC_STPP },
};

GST_START_TEST (test_text_has_no_timescale_yet)
{
  g_autoptr (CmafTrack) track = track_from (texts[__i__].caps, FALSE, NULL);

  fail_unless (track != NULL);
  fail_unless_equals_int (track->codec, texts[__i__].codec);
  fail_unless_equals_int (track->media, CMAF_MEDIA_TEXT);
  fail_unless_equals_int (track->timescale, 0);
  fail_unless (track->codec_config != NULL);
}
GST_END_TEST;

static const struct
{
  const gchar *caps;
  gboolean in_band;
  gint code;
  const gchar *message; /* the part that names what is wrong */
} bad[] = {
  { "video/x-vp8", FALSE, CMAF_ERROR_UNSUPPORTED, "unknown codec video/x-vp8" },
  { "video/x-h264, stream-format=byte-stream" PICTURE, FALSE,
      CMAF_ERROR_UNSUPPORTED, "stream-format is byte-stream" },
  { "video/x-h264" PICTURE, FALSE, CMAF_ERROR_UNSUPPORTED,
      "stream-format is missing" },
  { "video/x-h264, stream-format=avc, framerate=25/1" PICTURE, FALSE,
      CMAF_ERROR_CONFIG, "codec_data is missing" },
  { "video/x-h264, stream-format=avc, codec_data=(buffer)0164" PICTURE, FALSE,
      CMAF_ERROR_CONFIG, "codec_data has 2 bytes, needs at least 7" },
  { "video/x-h265, stream-format=hvc1, framerate=25/1" PICTURE, FALSE,
      CMAF_ERROR_CONFIG, "codec_data is missing" },
  { AVC, FALSE, CMAF_ERROR_CONFIG, "framerate is missing" },
  { AVC ", framerate=0/1", FALSE, CMAF_ERROR_CONFIG, "framerate is 0/1" },
  { AVC ", framerate=1000003/1", FALSE, CMAF_ERROR_CONFIG,
      "1000000 ticks a second" },
  { "video/x-h264, stream-format=avc, framerate=25/1, height=2, "
    "codec_data=(buffer)" AVCC,
      FALSE, CMAF_ERROR_CONFIG, "width is missing" },
  { "video/x-h264, stream-format=avc, framerate=25/1, width=2, "
    "codec_data=(buffer)" AVCC,
      FALSE, CMAF_ERROR_CONFIG, "height is missing" },
  { AVC ", framerate=25/1", TRUE, CMAF_ERROR_CONFIG, "in-band need avc3" },
  { HVC1 ", framerate=25/1", TRUE, CMAF_ERROR_CONFIG, "in-band need hev1" },
  { AAC, FALSE, CMAF_ERROR_CONFIG, "codec_data is missing" },
  { AAC ", codec_data=(buffer)1f90", FALSE, CMAF_ERROR_MALFORMED,
      "no sampling frequency" },
  { AAC ", codec_data=(buffer)1194", FALSE, CMAF_ERROR_UNSUPPORTED,
      "960 samples" },
  /* xHE-AAC, and AAC-ELD, of 512 samples */
  { AAC ", codec_data=(buffer)f94640", FALSE, CMAF_ERROR_UNSUPPORTED,
      "codec_data says audio object type 42, needs AAC (2) or HE-AAC (5, 29)" },
  { AAC ", codec_data=(buffer)f8e640", FALSE, CMAF_ERROR_UNSUPPORTED,
      "audio object type 39" },
  { "audio/mpeg, mpegversion=4, stream-format=raw, channels=2, "
    "codec_data=(buffer)1190",
      FALSE, CMAF_ERROR_CONFIG, "rate is missing" },
  { "audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, "
    "codec_data=(buffer)1190",
      FALSE, CMAF_ERROR_CONFIG, "channels is missing" },
  { "audio/mpeg, mpegversion=4, stream-format=adts, rate=48000", FALSE,
      CMAF_ERROR_UNSUPPORTED, "stream-format is adts" },
  { AV1, FALSE, CMAF_ERROR_CONFIG, "framerate is missing" },
  { "video/x-av1, stream-format=annexb, framerate=25/1" PICTURE, FALSE,
      CMAF_ERROR_UNSUPPORTED, "stream-format is annexb" },
  { "audio/x-flac, framed=true, rate=48000, channels=2", FALSE,
      CMAF_ERROR_CONFIG, "streamheader is missing" },
  { "audio/x-flac, framed=true, streamheader=< (buffer)664c6143 >", FALSE,
      CMAF_ERROR_MALFORMED, "streamheader: FLAC header: has no STREAMINFO" },
  { "audio/x-eac3, rate=48000", FALSE, CMAF_ERROR_CONFIG,
      "channels is missing" },
  { "audio/x-mpeg-h, framed=true, stream-format=raw", FALSE, CMAF_ERROR_CONFIG,
      "codec_data is missing" },
  { "audio/x-opus, channels=7, channel-mapping-family=0", FALSE,
      CMAF_ERROR_CONFIG, "channels" },
  { "audio/x-opus, channels=2, rate=48000", FALSE, CMAF_ERROR_CONFIG,
      "channel-mapping-family is missing" },
};

GST_START_TEST (test_bad_caps_get_one_message_that_names_the_field)
{
  g_autoptr (GError) error = NULL;
  CmafTrack *track = track_from (bad[__i__].caps, bad[__i__].in_band, &error);

  fail_unless (track == NULL, "accepted %s", bad[__i__].caps);
  fail_unless (g_error_matches (error, CMAF_ERROR, bad[__i__].code));
  fail_unless (strstr (error->message, bad[__i__].message) != NULL,
      "\"%s\" does not say \"%s\"", error->message, bad[__i__].message);
}
GST_END_TEST;

GST_START_TEST (test_in_band_header_holds_no_parameter_sets)
{
  g_autoptr (CmafTrack) with =
      track_from (HEV1 ", framerate=25/1", FALSE, NULL);
  g_autoptr (CmafTrack) without =
      track_from (HEV1 ", framerate=25/1", TRUE, NULL);
  const guint8 *body = g_bytes_get_data (without->codec_config, NULL);

  fail_unless_equals_int (g_bytes_get_size (with->codec_config), 34);
  fail_unless_equals_int (g_bytes_get_size (without->codec_config), 23);
  fail_unless_equals_int (body[22], 0);
}
GST_END_TEST;

GST_START_TEST (test_colour_and_hdr_reach_the_track)
{
  g_autoptr (CmafTrack) track = track_from (HVC1
      ", framerate=25/1, colorimetry=bt2100-pq, pixel-aspect-ratio=4/3, "
      "mastering-display-info=(string)35400:14600:8500:39850:6550:2300:15635:"
      "16450:10000000:1, content-light-level=(string)1000:400",
      FALSE, NULL);
  static const guint8 mdcv[] = { 0x21, 0x34, 0x9b, 0xaa, /* green */
    0x19, 0x96, 0x08, 0xfc,                              /* blue */
    0x8a, 0x48, 0x39, 0x08,                              /* red */
    0x3d, 0x13, 0x40, 0x42, 0x00, 0x98, 0x96, 0x80, 0, 0, 0, 1 };
  static const guint8 clli[] = { 0x03, 0xe8, 0x01, 0x90 };
  gsize size;
  gconstpointer data;

  fail_unless (track->has_colour);
  fail_unless_equals_int (track->colour_primaries, 9);
  fail_unless_equals_int (track->transfer_characteristics, 16);
  fail_unless_equals_int (track->matrix_coefficients, 9);
  fail_if (track->full_range);
  fail_unless_equals_int (track->par_n, 4);
  fail_unless_equals_int (track->par_d, 3);
  data = g_bytes_get_data (track->mastering_display, &size);
  g_assert_cmpmem (data, size, mdcv, sizeof (mdcv));
  data = g_bytes_get_data (track->content_light, &size);
  g_assert_cmpmem (data, size, clli, sizeof (clli));
}
GST_END_TEST;

static const struct
{
  const gchar *a, *b;
  gboolean differ;
} pairs[] = {
  { AVC ", framerate=25/1", AVC ", framerate=25/1, level=(string)4", FALSE },
  { AVC ", framerate=25/1", AVC ", framerate=0/1", FALSE },
  { AVC ", framerate=25/1", AVC, FALSE },
  { AVC ", framerate=25/1", AVC ", framerate=50/1", TRUE },
  { AVC, AVC ", colorimetry=bt709", TRUE },
  { AVC, AVC3, TRUE },
  { AVC, HVC1, TRUE },
  { AAC ", codec_data=(buffer)1190", AAC ", codec_data=(buffer)1190, level=2",
      FALSE },
  { AAC ", codec_data=(buffer)1190", AAC ", codec_data=(buffer)1188", TRUE },
  { OPUS, OPUS ", streamheader=< (buffer)00 >", FALSE },
  { OPUS, "audio/x-opus, rate=48000, channels=1, channel-mapping-family=0",
      TRUE },
};

GST_START_TEST (test_only_fields_of_the_header_differ)
{
  g_autoptr (GstCaps) a = gst_caps_from_string (pairs[__i__].a);
  g_autoptr (GstCaps) b = gst_caps_from_string (pairs[__i__].b);

  fail_unless_equals_int (cmaf_track_caps_differ (a, b), pairs[__i__].differ);
}
GST_END_TEST;

/* Their configuration comes with the first unit. */
static const struct
{
  const gchar *caps;
  guint32 codec;
} late[] = {
  { AV1 ", framerate=25/1", CMAF_CODEC_AV01 },
  { "video/x-vp9, alignment=super-frame, framerate=25/1" PICTURE,
      CMAF_CODEC_VP09 },
  { "audio/x-ac3, alignment=frame, rate=48000, channels=6", CMAF_CODEC_AC3 },
  { "audio/x-eac3, alignment=frame, rate=48000, channels=6", CMAF_CODEC_EC3 },
  { "audio/x-eac3, alignment=iec61937, rate=48000, channels=6",
      CMAF_CODEC_EC3 },
  { "audio/x-mpeg-h, framed=true, stream-format=mhas, profile=baseline, "
    "level=3, rate=48000",
      CMAF_CODEC_MHM1 },
};

GST_START_TEST (test_some_configurations_come_with_the_first_unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafTrack) track = track_from (late[__i__].caps, TRUE, &error);

  g_assert_no_error (error);
  fail_unless_equals_int (track->codec, late[__i__].codec);
  fail_unless (track->codec_config == NULL);
}
GST_END_TEST;

GST_START_TEST (test_he_aac_is_signalled_explicitly)
{
  g_autoptr (CmafTrack) track =
      track_from (AAC ", codec_data=(buffer)131056e598", FALSE, NULL);
  static const guint8 asc[] = { 0x2b, 0x11, 0x88, 0x00 };
  gsize size;
  gconstpointer data = g_bytes_get_data (track->codec_config, &size);

  g_assert_cmpmem (data, size, asc, sizeof asc);
}
GST_END_TEST;

static const struct
{
  const gchar *mode;
  gboolean is_interlaced;
} modes[] = {
  { "", FALSE },
  { ", interlace-mode=progressive", FALSE },
  { ", interlace-mode=interleaved", TRUE },
  { ", interlace-mode=mixed", TRUE },
  { ", coded-picture-structure=field", TRUE },
  { ", coded-picture-structure=frame", FALSE },
};

GST_START_TEST (test_interlaced_video_is_known)
{
  g_autofree gchar *text =
      g_strconcat (AVC ", framerate=25/1", modes[__i__].mode, NULL);
  g_autoptr (CmafTrack) track = track_from (text, FALSE, NULL);

  fail_unless_equals_int (track->is_interlaced, modes[__i__].is_interlaced);
}
GST_END_TEST;

GST_START_TEST (test_accepted_caps_are_caps)
{
  g_autoptr (GstCaps) all = gst_caps_from_string (cmaf_track_caps_accepted);
  g_autoptr (GstCaps) in_band =
      gst_caps_from_string (cmaf_track_caps_accepted_in_band);

  fail_unless_equals_int (gst_caps_get_size (all), 17);
  fail_unless (gst_caps_is_subset (in_band, all));
  fail_if (gst_caps_is_subset (all, in_band));
}
GST_END_TEST;

/* Parsers say that more sets may come in samples; of hvc1 none does. */
GST_START_TEST (test_parameter_sets_of_hvc1_are_complete)
{
#define FIXED "0104080000009e08000000003ff000fcfff8f800000f"
#define SETS(bits)                                                             \
  "03" #bits "0 0001 0002 4001" #bits "1 0002 0002 4201 0002 4202" #bits       \
  "2 0001 0002 4401"
  static const struct
  {
    const gchar *format, *config;
  } rows[] = {
    { "hvc1", FIXED SETS (a) },
    { "hev1", FIXED SETS (2) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) config = bytes_from_hex (FIXED SETS (2));
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (config);
    g_autoptr (GstCaps) caps =
        gst_caps_from_string ("video/x-h265, framerate=25/1" PICTURE);
    g_autoptr (CmafTrack) track = NULL;

    gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer,
        "stream-format", G_TYPE_STRING, rows[i].format, NULL);
    track = cmaf_track_from_caps (caps, FALSE, NULL);
    assert_bytes_are (track->codec_config, rows[i].config);
  }
#undef FIXED
#undef SETS
}
GST_END_TEST;

static const struct
{
  const gchar *caps, *config;
} configured[] = {
  { "video/x-h264, stream-format=avc" PICTURE ", framerate=25/1", AVCC },
  { "video/x-h264, stream-format=avc3" PICTURE ", framerate=25/1", AVCC },
  { "video/x-h265, stream-format=hvc1" PICTURE ", framerate=25/1", HVCC },
  { "video/x-h265, stream-format=hev1" PICTURE ", framerate=25/1", HVCC },
  { AAC, "2b098800" },
  { "audio/x-mpeg-h, framed=true, stream-format=raw", "010d0600050d190180ab" },
};

/* A track that can be named, or one message. */
GST_START_TEST (test_no_prefix_of_a_configuration_is_read_beyond_its_end)
{
  g_autoptr (GBytes) whole = bytes_from_hex (configured[__i__].config);

  for (gsize n = 0; n <= g_bytes_get_size (whole); n++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (configured[__i__].caps);
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped (
        copy_exactly (g_bytes_get_data (whole, NULL), n), MAX (n, 1));
    g_autoptr (CmafTrack) track = NULL;
    g_autoptr (GError) error = NULL;

    gst_buffer_set_size (buffer, n);
    gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
    track = cmaf_track_from_caps (caps, FALSE, &error);
    fail_unless ((track == NULL) == (error != NULL));
    fail_unless (track != NULL || n < g_bytes_get_size (whole), "%s",
        error ? error->message : "");
    if (track)
      g_free (cmaf_sample_entry_codec_string (track));
  }
}
GST_END_TEST;

static Suite *
track_caps_suite (void)
{
  Suite *s = suite_create ("track-caps");
  TCase *tc = tcase_create ("track-caps");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_caps_become_a_track, 0, G_N_ELEMENTS (good));
  tcase_add_loop_test (
      tc, test_text_has_no_timescale_yet, 0, G_N_ELEMENTS (texts));
  tcase_add_loop_test (tc, test_bad_caps_get_one_message_that_names_the_field,
      0, G_N_ELEMENTS (bad));
  tcase_add_test (tc, test_in_band_header_holds_no_parameter_sets);
  tcase_add_test (tc, test_parameter_sets_of_hvc1_are_complete);
  tcase_add_test (tc, test_colour_and_hdr_reach_the_track);
  tcase_add_loop_test (
      tc, test_only_fields_of_the_header_differ, 0, G_N_ELEMENTS (pairs));
  tcase_add_loop_test (tc, test_some_configurations_come_with_the_first_unit, 0,
      G_N_ELEMENTS (late));
  tcase_add_test (tc, test_he_aac_is_signalled_explicitly);
  tcase_add_loop_test (
      tc, test_interlaced_video_is_known, 0, G_N_ELEMENTS (modes));
  tcase_add_test (tc, test_accepted_caps_are_caps);
  tcase_add_loop_test (tc,
      test_no_prefix_of_a_configuration_is_read_beyond_its_end, 0,
      G_N_ELEMENTS (configured));
  return s;
}

GST_CHECK_MAIN (track_caps);
