/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* GstCaps of an elementary stream -> CMAF track. A new codec is one row of the
 * table, one function and one test. */
#include <gst/cmaf/aac-config.h>
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/flac-config.h>
#include <gst/cmaf/mhas-config.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/track-caps.h>
#include <gst/cmaf/ttml.h>
#include <gst/cmaf/webvtt.h>
#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>

#define OPUS_RATE 48000
#define OPUS_20_MS 960
#define AVCC_FIXED 6  /* up to numOfSequenceParameterSets */
#define HVCC_FIXED 23 /* up to numOfArrays */
#define HVCC_ARRAY_IS_COMPLETE 0x80

#define H264 "video/x-h264, alignment=(string)au, stream-format=(string)"
#define H265 "video/x-h265, alignment=(string)au, stream-format=(string)"
#define NO_PARAMETER_SETS                                                      \
  "video/x-av1, alignment=(string)tu, stream-format=(string)obu-stream; "      \
  "video/x-vp9, alignment=(string)super-frame; "                               \
  "audio/mpeg, mpegversion=(int)4, stream-format=(string)raw; "                \
  "audio/x-opus; "                                                             \
  "audio/x-ac3, alignment=(string)frame; "                                     \
  "audio/x-ac3, alignment=(string)iec61937; "                                  \
  "audio/x-eac3, alignment=(string)iec61937; "                                 \
  "audio/x-eac3, alignment=(string)frame; "                                    \
  "audio/x-flac, framed=(boolean)true; "                                       \
  "audio/x-mpeg-h, framed=(boolean)true, stream-format=(string)mhas; "         \
  "audio/x-mpeg-h, framed=(boolean)true, stream-format=(string)raw; "          \
  "text/x-raw, format=(string){ utf8, pango-markup }; "                        \
  "application/x-subtitle-vtt; text/vtt; application/ttml+xml"

const gchar cmaf_track_caps_accepted[] =
    H264 "{ avc, avc3 }; " H265 "{ hvc1, hev1 }; " NO_PARAMETER_SETS;
const gchar cmaf_track_caps_accepted_in_band[] =
    H264 "avc3; " H265 "hev1; " NO_PARAMETER_SETS;

typedef struct _Codec Codec;
typedef gboolean (*FillFunc) (const Codec *codec, const GstStructure *s,
    gboolean in_band, CmafTrack *track, GError **error);

struct _Codec
{
  const gchar *caps_name;
  const gchar *stream_format; /* NULL: has none */
  CmafMedia media;
  guint32 codec;
  FillFunc fill;
  const gchar *const *header_fields; /* those that reach the header */
};

static gboolean
missing (const GstStructure *s, const gchar *field, const gchar *needed,
    GError **error)
{
  const GValue *value = gst_structure_get_value (s, field);
  g_autofree gchar *found = value ? gst_value_serialize (value) : NULL;

  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "caps %s: field %s is %s, needs %s", gst_structure_get_name (s), field,
      found ? found : "missing", needed);
  return FALSE;
}

static GBytes *
buffer_bytes (const GstStructure *s, const gchar *field)
{
  const GValue *value = gst_structure_get_value (s, field);
  GstBuffer *buffer;
  gpointer data;
  gsize size;

  if (value == NULL || !GST_VALUE_HOLDS_BUFFER (value))
    return NULL;
  buffer = gst_value_get_buffer (value);
  if (buffer == NULL)
    return NULL;
  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

static gboolean
fill_codec_data (
    const GstStructure *s, gsize min_size, CmafTrack *track, GError **error)
{
  track->codec_config = buffer_bytes (s, "codec_data");
  if (track->codec_config == NULL)
    return missing (s, "codec_data", "the decoder configuration", error);
  if (g_bytes_get_size (track->codec_config) >= min_size)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "caps %s: field codec_data has %" G_GSIZE_FORMAT
      " bytes, needs at least %" G_GSIZE_FORMAT,
      gst_structure_get_name (s), g_bytes_get_size (track->codec_config),
      min_size);
  return FALSE;
}

static void
fill_colour (const GstStructure *s, CmafTrack *track)
{
  const gchar *text = gst_structure_get_string (s, "colorimetry");
  GstVideoColorimetry c;

  if (text == NULL || !gst_video_colorimetry_from_string (&c, text))
    return;
  track->has_colour = TRUE;
  track->colour_primaries = gst_video_color_primaries_to_iso (c.primaries);
  track->transfer_characteristics =
      gst_video_transfer_function_to_iso (c.transfer);
  track->matrix_coefficients = gst_video_color_matrix_to_iso (c.matrix);
  track->full_range = c.range == GST_VIDEO_COLOR_RANGE_0_255;
}

/* ISO/IEC 14496-12 12.1.7: green, blue, red */
static GBytes *
mastering_display_body (const GstVideoMasteringDisplayInfo *info)
{
  static const guint order[] = { 1, 2, 0 };
  CmafBoxWriter w;
  guint i;

  cmaf_box_writer_init (&w);
  for (i = 0; i < G_N_ELEMENTS (order); i++) {
    cmaf_box_writer_u16 (&w, info->display_primaries[order[i]].x);
    cmaf_box_writer_u16 (&w, info->display_primaries[order[i]].y);
  }
  cmaf_box_writer_u16 (&w, info->white_point.x);
  cmaf_box_writer_u16 (&w, info->white_point.y);
  cmaf_box_writer_u32 (&w, info->max_display_mastering_luminance);
  cmaf_box_writer_u32 (&w, info->min_display_mastering_luminance);
  return cmaf_box_writer_finish (&w, NULL);
}

static void
fill_hdr (const GstStructure *s, CmafTrack *track)
{
  const gchar *mastering =
      gst_structure_get_string (s, "mastering-display-info");
  const gchar *light = gst_structure_get_string (s, "content-light-level");
  GstVideoMasteringDisplayInfo info;
  GstVideoContentLightLevel level;
  CmafBoxWriter w;

  if (mastering != NULL
      && gst_video_mastering_display_info_from_string (&info, mastering))
    track->mastering_display = mastering_display_body (&info);

  if (light != NULL
      && gst_video_content_light_level_from_string (&level, light)) {
    cmaf_box_writer_init (&w);
    cmaf_box_writer_u16 (&w, level.max_content_light_level);
    cmaf_box_writer_u16 (&w, level.max_frame_average_light_level);
    track->content_light = cmaf_box_writer_finish (&w, NULL);
  }
}

static gboolean
is_interlaced (const GstStructure *s)
{
  const gchar *mode = gst_structure_get_string (s, "interlace-mode");

  return (mode != NULL && !g_str_equal (mode, "progressive"))
         || g_strcmp0 (gst_structure_get_string (s, "coded-picture-structure"),
                "field")
                == 0;
}

static gboolean
fill_picture (const GstStructure *s, CmafTrack *track, GError **error)
{
  gint width = 0, height = 0, fps_n = 0, fps_d = 1, par_n, par_d;

  gst_structure_get_int (s, "width", &width);
  gst_structure_get_int (s, "height", &height);
  gst_structure_get_fraction (s, "framerate", &fps_n, &fps_d);
  if (width < 1 || width > G_MAXUINT16)
    return missing (s, "width", "1 to 65535 pixels", error);
  if (height < 1 || height > G_MAXUINT16)
    return missing (s, "height", "1 to 65535 pixels", error);
  if (fps_n < 1 || fps_d < 1)
    return missing (s, "framerate", "a constant, positive rate", error);
  if (!cmaf_video_timescale (
          fps_n, fps_d, &track->timescale, &track->sample_duration))
    return missing (
        s, "framerate", "a rate with at most 1000000 ticks a second", error);

  track->width = width;
  track->height = height;
  track->fps_n = fps_n;
  track->fps_d = fps_d;
  if (gst_structure_get_fraction (s, "pixel-aspect-ratio", &par_n, &par_d)
      && par_n > 0 && par_d > 0) {
    track->par_n = par_n;
    track->par_d = par_d;
  }
  fill_colour (s, track);
  fill_hdr (s, track);
  track->is_interlaced = is_interlaced (s);
  return TRUE;
}

static gboolean
refuse_in_band (const Codec *codec, const gchar *needed, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "caps %s: field stream-format is %s, parameter sets in-band need %s",
      codec->caps_name, codec->stream_format, needed);
  return FALSE;
}

static gboolean
fill_avc (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  if (in_band && codec->codec == CMAF_CODEC_AVC1)
    return refuse_in_band (codec, "avc3", error);
  return fill_codec_data (s, AVCC_FIXED + 1, track, error)
         && fill_picture (s, track, error);
}

/* hvcC without its arrays (ISO/IEC 14496-15 8.3.3.1.2), so that the header
 * does not change with the parameter sets. */
static void
drop_hevc_arrays (CmafTrack *track)
{
  guint8 body[HVCC_FIXED];

  memcpy (body, g_bytes_get_data (track->codec_config, NULL), HVCC_FIXED);
  body[HVCC_FIXED - 1] = 0;
  g_bytes_unref (track->codec_config);
  track->codec_config = g_bytes_new (body, HVCC_FIXED);
}

/* Of hvc1 the sets in the header are all there are: array_completeness is 1
 * (ISO/IEC 14496-15 8.3.3.1.3), whatever a parser that left them in the samples
 * says. What follows arrays that lie is left alone. */
static void
complete_hevc_arrays (CmafTrack *track)
{
  gsize size;
  guint8 *body = g_bytes_unref_to_data (track->codec_config, &size);
  CmafBoxReader r;
  guint n_arrays;

  cmaf_box_reader_init (&r, body, size);
  cmaf_box_reader_skip (&r, HVCC_FIXED - 1);
  n_arrays = cmaf_box_reader_u8 (&r);
  for (guint i = 0;
       i < n_arrays && !r.failed && cmaf_box_reader_remaining (&r) > 0; i++) {
    guint n_units;

    body[r.pos] |= HVCC_ARRAY_IS_COMPLETE;
    cmaf_box_reader_skip (&r, 1);
    n_units = cmaf_box_reader_u16 (&r);
    for (guint j = 0; j < n_units && !r.failed; j++)
      cmaf_box_reader_skip (&r, cmaf_box_reader_u16 (&r));
  }
  track->codec_config = g_bytes_new_take (body, size);
}

static gboolean
fill_hevc (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  if (in_band && codec->codec == CMAF_CODEC_HVC1)
    return refuse_in_band (codec, "hev1", error);
  if (!fill_codec_data (s, HVCC_FIXED, track, error)
      || !fill_picture (s, track, error))
    return FALSE;
  if (in_band)
    drop_hevc_arrays (track);
  else if (codec->codec == CMAF_CODEC_HVC1)
    complete_hevc_arrays (track);
  return TRUE;
}

static gboolean
fill_sound (const GstStructure *s, CmafTrack *track, GError **error)
{
  gint rate = 0, channels = 0;

  gst_structure_get_int (s, "rate", &rate);
  gst_structure_get_int (s, "channels", &channels);
  if (rate < 1 || rate > CMAF_MAX_TIMESCALE)
    return missing (s, "rate", "1 to 1000000 Hz", error);
  if (channels < 1 || channels > 255)
    return missing (s, "channels", "1 to 255", error);
  track->sample_rate = rate;
  track->timescale = rate;
  track->channels = channels;
  return TRUE;
}

static gboolean
fill_aac_unit (CmafTrack *track, GError **error)
{
  g_autoptr (GBytes) asc = g_steal_pointer (&track->codec_config);
  gsize size;
  gconstpointer data = g_bytes_get_data (asc, &size);
  CmafAacConfig config;

  track->codec_config = cmaf_aac_config_make_explicit (asc);
  if (!cmaf_aac_config_read (&config, data, size, error)) {
    g_prefix_error (error, "caps audio/mpeg: field codec_data: ");
    return FALSE;
  }
  /* Main, LC, SSR and LTP: what else there is has other access units */
  if (config.core_object_type < 1 || config.core_object_type > 4) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "caps audio/mpeg: field codec_data says audio object type %u, needs "
        "AAC (2) or HE-AAC (5, 29)",
        config.core_object_type);
    return FALSE;
  }
  if (config.is_960) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "caps audio/mpeg: field codec_data says 960 samples an access unit, "
        "needs 1024");
    return FALSE;
  }
  track->sample_duration = config.samples;
  track->timescale = track->sample_rate = config.rate;
  return TRUE;
}

static gboolean
fill_aac (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  return fill_codec_data (s, 2, track, error) && fill_sound (s, track, error)
         && fill_aac_unit (track, error);
}

/* dOps (Encapsulation of Opus in ISO Base Media File Format 4.3.2). PreSkip is
 * 0: it applies to the start of a stream only, and here every segment may be
 * the first one; units are placed by their time stamps instead. */
static gboolean
fill_opus (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_new_full (gst_structure_copy (s), NULL);
  guint8 channels, family, streams, coupled, mapping[256];
  guint32 rate;
  CmafBoxWriter w;

  if (!gst_structure_has_field_typed (s, "channel-mapping-family", G_TYPE_INT))
    return missing (s, "channel-mapping-family", "0 to 255", error);
  if (!gst_codec_utils_opus_parse_caps (
          caps, &rate, &channels, &family, &streams, &coupled, mapping))
    return missing (s, "channels", "a valid Opus channel layout", error);

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u8 (&w, 0); /* Version */
  cmaf_box_writer_u8 (&w, channels);
  cmaf_box_writer_u16 (&w, 0); /* PreSkip */
  cmaf_box_writer_u32 (&w, rate ? rate : OPUS_RATE);
  cmaf_box_writer_u16 (&w, 0); /* OutputGain */
  cmaf_box_writer_u8 (&w, family);
  if (family != 0) {
    cmaf_box_writer_u8 (&w, streams);
    cmaf_box_writer_u8 (&w, coupled);
    cmaf_box_writer_data (&w, mapping, channels);
  }
  track->codec_config = cmaf_box_writer_finish (&w, error);
  track->channels = channels;
  track->sample_rate = track->timescale = OPUS_RATE;
  track->sample_duration = OPUS_20_MS;
  return track->codec_config != NULL;
}

/* The configuration comes with the first unit. */
static gboolean
fill_picture_only (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  return fill_picture (s, track, error);
}

static gboolean
fill_sound_only (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  return fill_sound (s, track, error);
}

/* The first buffer of streamheader */
static GBytes *
first_header (const GstStructure *s)
{
  const GValue *array = gst_structure_get_value (s, "streamheader");
  const GValue *value;
  gpointer data;
  gsize size;

  if (array == NULL || !GST_VALUE_HOLDS_ARRAY (array)
      || gst_value_array_get_size (array) == 0)
    return NULL;
  value = gst_value_array_get_value (array, 0);
  if (!GST_VALUE_HOLDS_BUFFER (value) || gst_value_get_buffer (value) == NULL)
    return NULL;
  gst_buffer_extract_dup (
      gst_value_get_buffer (value), 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

static gboolean
fill_flac (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  g_autoptr (GBytes) header = first_header (s);
  gsize size;
  gconstpointer data;

  if (header == NULL)
    return missing (s, "streamheader", "the STREAMINFO of FLAC", error);
  data = g_bytes_get_data (header, &size);
  if (!cmaf_flac_fill_track (track, data, size, error)) {
    g_prefix_error (error, "caps audio/x-flac: field streamheader: ");
    return FALSE;
  }
  if (track->sample_rate < 1 || track->sample_rate > CMAF_MAX_TIMESCALE)
    return missing (s, "rate", "1 to 1000000 Hz", error);
  return TRUE;
}

/* Channels may be unknown: objects have none. */
static gboolean
fill_mhas (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  gint channels = 0;

  gst_structure_get_int (s, "channels", &channels);
  track->channels = CLAMP (channels, 0, 255);
  return TRUE;
}

static gboolean
fill_mha1 (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  g_autoptr (GBytes) mhac = NULL;
  gsize size;
  gconstpointer data;

  if (!fill_mhas (codec, s, in_band, track, error)
      || !fill_codec_data (s, CMAF_MHAC_FIXED, track, error))
    return FALSE;
  mhac = g_steal_pointer (&track->codec_config);
  data = g_bytes_get_data (mhac, &size);
  return cmaf_mhac_fill_track (track, data, size, error);
}

/* The timescale follows from the grid. */
static gboolean
fill_text (const Codec *codec, const GstStructure *s, gboolean in_band,
    CmafTrack *track, GError **error)
{
  track->codec_config = codec->codec == CMAF_CODEC_STPP ? cmaf_ttml_config ()
                                                        : cmaf_webvtt_config ();
  return TRUE;
}

static const gchar *const video_fields[] = { "codec_data", "stream-format",
  "width", "height", "framerate", "pixel-aspect-ratio", "colorimetry",
  "mastering-display-info", "content-light-level", NULL };
static const gchar *const aac_fields[] = { "codec_data", "rate", "channels",
  NULL };
static const gchar *const opus_fields[] = { "rate", "channels",
  "channel-mapping-family", "stream-count", "coupled-count", "channel-mapping",
  NULL };

static const gchar *const ac3_fields[] = { "rate", "channels", NULL };
static const gchar *const flac_fields[] = { "streamheader", NULL };
static const gchar *const mpegh_fields[] = { "codec_data", "profile", "level",
  "rate", "channels", NULL };
static const gchar *const text_fields[] = { NULL };

static const Codec codecs[] = {
  { "video/x-h264", "avc", CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC1, fill_avc,
      video_fields },
  { "video/x-h264", "avc3", CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC3, fill_avc,
      video_fields },
  { "video/x-h265", "hvc1", CMAF_MEDIA_VIDEO, CMAF_CODEC_HVC1, fill_hevc,
      video_fields },
  { "video/x-h265", "hev1", CMAF_MEDIA_VIDEO, CMAF_CODEC_HEV1, fill_hevc,
      video_fields },
  { "audio/mpeg", "raw", CMAF_MEDIA_AUDIO, CMAF_CODEC_MP4A, fill_aac,
      aac_fields },
  { "audio/x-opus", NULL, CMAF_MEDIA_AUDIO, CMAF_CODEC_OPUS, fill_opus,
      opus_fields },
  { "video/x-av1", "obu-stream", CMAF_MEDIA_VIDEO, CMAF_CODEC_AV01,
      fill_picture_only, video_fields },
  { "video/x-vp9", NULL, CMAF_MEDIA_VIDEO, CMAF_CODEC_VP09, fill_picture_only,
      video_fields },
  { "audio/x-ac3", NULL, CMAF_MEDIA_AUDIO, CMAF_CODEC_AC3, fill_sound_only,
      ac3_fields },
  { "audio/x-eac3", NULL, CMAF_MEDIA_AUDIO, CMAF_CODEC_EC3, fill_sound_only,
      ac3_fields },
  { "audio/x-flac", NULL, CMAF_MEDIA_AUDIO, CMAF_CODEC_FLAC, fill_flac,
      flac_fields },
  { "audio/x-mpeg-h", "mhas", CMAF_MEDIA_AUDIO, CMAF_CODEC_MHM1, fill_mhas,
      mpegh_fields },
  { "audio/x-mpeg-h", "raw", CMAF_MEDIA_AUDIO, CMAF_CODEC_MHA1, fill_mha1,
      mpegh_fields },
  { "text/x-raw", NULL, CMAF_MEDIA_TEXT, CMAF_CODEC_WVTT, fill_text,
      text_fields },
  { "application/x-subtitle-vtt", NULL, CMAF_MEDIA_TEXT, CMAF_CODEC_WVTT,
      fill_text, text_fields },
  { "text/vtt", NULL, CMAF_MEDIA_TEXT, CMAF_CODEC_WVTT, fill_text,
      text_fields },
  { "application/ttml+xml", NULL, CMAF_MEDIA_TEXT, CMAF_CODEC_STPP, fill_text,
      text_fields },
};

static const Codec *
find_codec (const GstStructure *s, GError **error)
{
  const gchar *format = gst_structure_get_string (s, "stream-format");
  gboolean has_name = FALSE;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (!gst_structure_has_name (s, codecs[i].caps_name))
      continue;
    has_name = TRUE;
    if (codecs[i].stream_format == NULL
        || g_strcmp0 (codecs[i].stream_format, format) == 0)
      return &codecs[i];
  }

  if (has_name)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "caps %s: field stream-format is %s, needs one of: %s",
        gst_structure_get_name (s), format ? format : "missing",
        cmaf_track_caps_accepted);
  else
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "caps: unknown codec %s, needs one of: %s", gst_structure_get_name (s),
        cmaf_track_caps_accepted);
  return NULL;
}

CmafTrack *
cmaf_track_from_caps (const GstCaps *caps, gboolean in_band, GError **error)
{
  g_autoptr (CmafTrack) track = NULL;
  const GstStructure *s;
  const Codec *codec;

  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found %s, needs one of: %s",
        gst_caps_is_any (caps) ? "ANY" : "none", cmaf_track_caps_accepted);
    return NULL;
  }
  s = gst_caps_get_structure (caps, 0);
  codec = find_codec (s, error);
  if (codec == NULL)
    return NULL;

  track = cmaf_track_new (codec->media, codec->codec);
  if (!codec->fill (codec, s, in_band, track, error))
    return NULL;
  return g_steal_pointer (&track);
}

static gboolean
is_unknown (const GValue *value)
{
  return value == NULL
         || (GST_VALUE_HOLDS_FRACTION (value)
             && gst_value_get_fraction_numerator (value) == 0);
}

gboolean
cmaf_track_caps_differ (const GstCaps *a, const GstCaps *b)
{
  const GstStructure *sa = gst_caps_get_structure (a, 0);
  const GstStructure *sb = gst_caps_get_structure (b, 0);
  const Codec *codec = find_codec (sa, NULL);
  guint i;

  if (codec == NULL || codec != find_codec (sb, NULL))
    return TRUE;
  for (i = 0; codec->header_fields[i] != NULL; i++) {
    const gchar *field = codec->header_fields[i];
    const GValue *va = gst_structure_get_value (sa, field);
    const GValue *vb = gst_structure_get_value (sb, field);

    if (is_unknown (vb))
      continue;
    if (va == NULL || gst_value_compare (va, vb) != GST_VALUE_EQUAL)
      return TRUE;
  }
  return FALSE;
}
