/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One track of every codec, with a real codec configuration. */
#pragma once

#include <gst/cmaf/track.h>

#include "hex.h"

/* High@3.0, 640x360 */
#define TEST_AVCC                                                              \
  "0164001EFFE1001A6764001EACD940A02FF97011000003000100000300320F162D9601000"  \
  "668EBE3CB22C0FDF8F800"
/* Main@L3, 640x360 */
#define TEST_HVCC                                                              \
  "0101600000009000000000003FF000FCFDF8F800000F03"                             \
  "A00001001840010C01FFFF01600000030090000003000003003F959809"                 \
  "A10001002A42010101600000030090000003000003003FA00502016965959A4932BC05A020" \
  "00000300200000030321"                                                       \
  "A2000100074401C172B46240"
/* AAC-LC, 48 kHz, stereo */
#define TEST_ASC "1190"
/* stereo, pre-skip 312, 48 kHz */
#define TEST_DOPS "0002013800 00BB80 000000"
/* Main, level 3.0, HDR10 */
#define TEST_AV1C "81044C00 0A0E000000043CFFBCDAF95091009040"
/* profile 2, level 3.1, 10 bit, HDR10 */
#define TEST_VPCC "01000000 02 1F A2 09 10 09 0000"
/* stereo, 192 kbit/s */
#define TEST_DAC3 "101140"
#define TEST_DEC3 "0600200400"
#define TEST_DFLA                                                              \
  "00000000 80000022 12001200 000000 000000 0BB802F000000000"                  \
  "00000000000000000000000000000000"
#define TEST_MHAC "01 0D 06 0005 0D190180AB"
#define TEST_VTTC "574542565454" /* WEBVTT */
/* http://www.w3.org/ns/ttml, and the MIME type with im1t */
#define TEST_STPP                                                              \
  "687474703A2F2F7777772E77332E6F72672F6E732F74746D6C00 00 00"                 \
  "0000002D 6D696D65 00000000"                                                 \
  "6170706C69636174696F6E2F74746D6C2B786D6C3B636F646563733D696D317400"

typedef struct
{
  guint32 codec;
  CmafMedia media;
  const gchar *config;
  const gchar *codec_string;
} TestCodec;

static const TestCodec test_codecs[] = {
  { CMAF_CODEC_AVC1, CMAF_MEDIA_VIDEO, TEST_AVCC, "avc1.64001E" },
  { CMAF_CODEC_AVC3, CMAF_MEDIA_VIDEO, TEST_AVCC, "avc3.64001E" },
  { CMAF_CODEC_HVC1, CMAF_MEDIA_VIDEO, TEST_HVCC, "hvc1.1.6.L63.90" },
  { CMAF_CODEC_HEV1, CMAF_MEDIA_VIDEO, TEST_HVCC, "hev1.1.6.L63.90" },
  { CMAF_CODEC_MP4A, CMAF_MEDIA_AUDIO, TEST_ASC, "mp4a.40.2" },
  { CMAF_CODEC_OPUS, CMAF_MEDIA_AUDIO, TEST_DOPS, "opus" },
  { CMAF_CODEC_AV01, CMAF_MEDIA_VIDEO, TEST_AV1C, "av01.0.04M.10" },
  { CMAF_CODEC_VP09, CMAF_MEDIA_VIDEO, TEST_VPCC,
      "vp09.02.31.10.01.09.16.09.00" },
  { CMAF_CODEC_AC3, CMAF_MEDIA_AUDIO, TEST_DAC3, "ac-3" },
  { CMAF_CODEC_EC3, CMAF_MEDIA_AUDIO, TEST_DEC3, "ec-3" },
  { CMAF_CODEC_FLAC, CMAF_MEDIA_AUDIO, TEST_DFLA, "fLaC" },
  { CMAF_CODEC_MHA1, CMAF_MEDIA_AUDIO, TEST_MHAC, "mha1.0x0D" },
  { CMAF_CODEC_MHM1, CMAF_MEDIA_AUDIO, TEST_MHAC, "mhm1.0x0D" },
  { CMAF_CODEC_WVTT, CMAF_MEDIA_TEXT, TEST_VTTC, "wvtt" },
  { CMAF_CODEC_STPP, CMAF_MEDIA_TEXT, TEST_STPP, "stpp.ttml.im1t" },
};

/* (transfer full) */
static inline CmafTrack *
make_track (const TestCodec *codec)
{
  CmafTrack *track = cmaf_track_new (codec->media, codec->codec);

  track->codec_config = bytes_from_hex (codec->config);
  if (codec->media == CMAF_MEDIA_VIDEO) {
    track->timescale = 90000;
    track->sample_duration = 3600;
    track->width = 640;
    track->height = 360;
    track->fps_n = 25;
    track->fps_d = 1;
  } else if (codec->media == CMAF_MEDIA_TEXT) {
    track->timescale = 1000;
  } else {
    track->timescale = 48000;
    track->sample_duration = codec->codec == CMAF_CODEC_OPUS ? 960 : 1024;
    track->sample_rate = 48000;
    track->channels = 2;
  }
  return track;
}

/* Everything a header can say. (transfer full) */
static inline CmafTrack *
make_full_track (const TestCodec *codec)
{
  CmafTrack *track = make_track (codec);

  track->id = 7;
  track->language = g_strdup ("en-US");
  track->role = g_strdup ("main");
  track->switching_set = g_strdup ("set-1");
  track->max_bitrate = 3000000;
  track->avg_bitrate = 2500000;
  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  if (codec->media == CMAF_MEDIA_VIDEO) {
    track->par_n = 16;
    track->par_d = 15;
    track->has_colour = TRUE;
    track->colour_primaries = 9;
    track->transfer_characteristics = 16;
    track->matrix_coefficients = 9;
    track->full_range = TRUE;
    track->mastering_display = bytes_from_hex (
        "34210AAA1D4C9C40 3A98 3D131AB8 1DB0 00989680 00000032");
    track->content_light = bytes_from_hex ("03E80190");
  }
  return track;
}

static inline void
assert_same_bytes (GBytes *a, GBytes *b)
{
  fail_unless ((a == NULL) == (b == NULL));
  fail_unless (!a || g_bytes_equal (a, b));
}

static inline void
assert_same_track (const CmafTrack *a, const CmafTrack *b)
{
  assert_equals_int (a->media, b->media);
  assert_equals_int_hex (a->codec, b->codec);
  assert_equals_int (a->id, b->id);
  assert_equals_int (a->timescale, b->timescale);
  assert_equals_int (a->sample_duration, b->sample_duration);
  assert_equals_int_hex (a->default_sample_flags, b->default_sample_flags);
  assert_equals_int (a->default_sample_size, b->default_sample_size);
  assert_equals_int64 (a->edit_media_time, b->edit_media_time);
  assert_same_bytes (a->codec_config, b->codec_config);
  assert_equals_string (a->language, b->language);
  assert_equals_string (a->role, b->role);
  assert_equals_string (a->switching_set, b->switching_set);
  assert_equals_int (a->max_bitrate, b->max_bitrate);
  assert_equals_int (a->avg_bitrate, b->avg_bitrate);
  assert_equals_uint64 (a->segment_duration_n, b->segment_duration_n);
  assert_equals_uint64 (a->segment_duration_d, b->segment_duration_d);
  assert_equals_int (a->width, b->width);
  assert_equals_int (a->height, b->height);
  assert_equals_int (a->par_n, b->par_n);
  assert_equals_int (a->par_d, b->par_d);
  assert_equals_int (a->fps_n, b->fps_n);
  assert_equals_int (a->fps_d, b->fps_d);
  assert_equals_int (a->has_colour, b->has_colour);
  assert_equals_int (a->colour_primaries, b->colour_primaries);
  assert_equals_int (a->transfer_characteristics, b->transfer_characteristics);
  assert_equals_int (a->matrix_coefficients, b->matrix_coefficients);
  assert_equals_int (a->full_range, b->full_range);
  assert_same_bytes (a->mastering_display, b->mastering_display);
  assert_same_bytes (a->content_light, b->content_light);
  assert_equals_int (a->sample_rate, b->sample_rate);
  assert_equals_int (a->channels, b->channels);
}
