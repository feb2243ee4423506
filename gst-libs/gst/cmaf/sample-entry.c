/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Table: codec -> sample entry box (ISO/IEC 14496-12 8.5.2, 14496-14 6.7,
 * 14496-15 5.4 and 8.4, 14496-30 6 and 7, 23008-3 20, ETSI TS 102 366 F, and
 * the bindings of AV1, VP9, Opus and FLAC) and RFC 6381 string. */
#include "sample-entry.h"

#include "aac-config.h"
#include "ac3-config.h"
#include "codec-string.h"
#include "flac-config.h"

#include <gst/pbutils/codec-utils.h>

#define COLR_NCLX CMAF_FOURCC ('n', 'c', 'l', 'x')

/* ISO/IEC 14496-1 7.2.2.1 */
#define DESCRIPTOR_ES 0x03
#define DESCRIPTOR_DECODER_CONFIG 0x04
#define DESCRIPTOR_DECODER_SPECIFIC 0x05
#define DESCRIPTOR_SL_CONFIG 0x06
#define OBJECT_TYPE_MPEG4_AUDIO 0x40
#define STREAM_TYPE_AUDIO 0x15 /* with its reserved bit */

typedef struct
{
  guint32 codec;
  CmafMedia media;
  guint32 config_box; /* 0: the configuration follows the fields of the entry */
  gsize min_config;   /* bytes of codec_config that must be there */
  const gchar *family; /* codecs that one decoder plays */
  gint16 roll;         /* units to decode before one is right */
  CmafCodecStringFunc codec_string;
  void (*refine) (CmafTrack *track); /* what the configuration knows better */
} Row;

/* Where the two disagree, the configuration is right and the sample entry a
 * template, except for parametric stereo, which the configuration of the core
 * calls mono. */
static void
refine_aac (CmafTrack *track)
{
  gsize size;
  const guint8 *asc = g_bytes_get_data (track->codec_config, &size);
  guint channels = gst_codec_utils_aac_get_channels (asc, (guint)size);

  if (track->sample_rate == 0)
    track->sample_rate = gst_codec_utils_aac_get_sample_rate (asc, (guint)size);
  if (channels > 0 && cmaf_aac_object_type (asc, size) != CMAF_AAC_PS)
    track->channels = channels;
}

static void
refine_ac3 (CmafTrack *track)
{
  gsize size;
  const guint8 *config = g_bytes_get_data (track->codec_config, &size);
  guint channels =
      cmaf_ac3_channels (track->codec == CMAF_CODEC_EC3, config, size);

  if (channels > 0)
    track->channels = channels;
}

static void
refine_flac (CmafTrack *track)
{
  const guint8 *dfla = g_bytes_get_data (track->codec_config, NULL);

  track->channels = cmaf_flac_channels (dfla);
  track->sample_rate = cmaf_flac_rate (dfla);
}

/* clang-format off */
static const Row rows[] = {
  { CMAF_CODEC_AVC1, CMAF_MEDIA_VIDEO, CMAF_BOX_AVCC, 7, "avc", 0,
      cmaf_codec_string_avc, NULL },
  { CMAF_CODEC_AVC3, CMAF_MEDIA_VIDEO, CMAF_BOX_AVCC, 7, "avc", 0,
      cmaf_codec_string_avc, NULL },
  { CMAF_CODEC_HVC1, CMAF_MEDIA_VIDEO, CMAF_BOX_HVCC, 23, "hevc", 0,
      cmaf_codec_string_hevc, NULL },
  { CMAF_CODEC_HEV1, CMAF_MEDIA_VIDEO, CMAF_BOX_HVCC, 23, "hevc", 0,
      cmaf_codec_string_hevc, NULL },
  { CMAF_CODEC_AV01, CMAF_MEDIA_VIDEO, CMAF_BOX_AV1C, 4, "av1", 0,
      cmaf_codec_string_av1, NULL },
  { CMAF_CODEC_VP09, CMAF_MEDIA_VIDEO, CMAF_BOX_VPCC, 12, "vp9", 0,
      cmaf_codec_string_vp9, NULL },
  { CMAF_CODEC_MP4A, CMAF_MEDIA_AUDIO, CMAF_BOX_ESDS, 2, "aac", -1,
      cmaf_codec_string_aac, refine_aac },
  { CMAF_CODEC_OPUS, CMAF_MEDIA_AUDIO, CMAF_BOX_DOPS, 11, "opus", -4,
      cmaf_codec_string_opus, NULL },
  { CMAF_CODEC_AC3, CMAF_MEDIA_AUDIO, CMAF_BOX_DAC3, 3, "ac3", 0,
      cmaf_codec_string_name, refine_ac3 },
  { CMAF_CODEC_EC3, CMAF_MEDIA_AUDIO, CMAF_BOX_DEC3, 5, "eac3", 0,
      cmaf_codec_string_name, refine_ac3 },
  { CMAF_CODEC_FLAC, CMAF_MEDIA_AUDIO, CMAF_BOX_DFLA, CMAF_DFLA_SIZE, "flac", 0,
      cmaf_codec_string_name, refine_flac },
  { CMAF_CODEC_MHA1, CMAF_MEDIA_AUDIO, CMAF_BOX_MHAC, 5, "mpegh", 0,
      cmaf_codec_string_mpegh, NULL },
  { CMAF_CODEC_MHM1, CMAF_MEDIA_AUDIO, CMAF_BOX_MHAC, 0, "mpegh", 0,
      cmaf_codec_string_mpegh, NULL },
  { CMAF_CODEC_WVTT, CMAF_MEDIA_TEXT, CMAF_BOX_VTTC_CONFIG, 6, "wvtt", 0,
      cmaf_codec_string_name, NULL },
  { CMAF_CODEC_STPP, CMAF_MEDIA_TEXT, 0, 3, "stpp", 0,
      cmaf_codec_string_stpp, NULL },
  { CMAF_CODEC_EVTE, CMAF_MEDIA_EVENT, CMAF_BOX_SILB, 0, "event", 0,
      cmaf_codec_string_name, NULL },
  { CMAF_CODEC_URIM, CMAF_MEDIA_EVENT, CMAF_BOX_URI, 5, "event", 0,
      cmaf_codec_string_name, NULL },
};
/* clang-format on */

static const Row *
find_row (guint32 codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].codec == codec)
      return &rows[i];
  }
  return NULL;
}

gboolean
cmaf_sample_entry_check (const CmafTrack *track, GError **error)
{
  const Row *row = find_row (track->codec);
  gsize size = track->codec_config ? g_bytes_get_size (track->codec_config) : 0;
  gchar name[5], box[5];

  cmaf_fourcc_to_string (track->codec, name);
  if (!row) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "moov/trak/mdia/minf/stbl/stsd: sample entry '%s' is not supported",
        name);
    return FALSE;
  }
  if (size < row->min_config) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "moov/trak/mdia/minf/stbl/stsd/%s/%s: codec configuration has "
        "%" G_GSIZE_FORMAT " bytes, needs %" G_GSIZE_FORMAT,
        name, cmaf_fourcc_to_string (row->config_box, box), size,
        row->min_config);
    return FALSE;
  }
  return TRUE;
}

gchar *
cmaf_sample_entry_codec_string (const CmafTrack *track)
{
  const Row *row = find_row (track->codec);
  const guint8 *config;
  gsize size;
  gchar name[5];

  if (!row || !track->codec_config
      || g_bytes_get_size (track->codec_config) < row->min_config)
    return g_strdup (cmaf_fourcc_to_string (track->codec, name));
  config = g_bytes_get_data (track->codec_config, &size);
  return row->codec_string (track, config, size);
}

const gchar *
cmaf_codec_family (guint32 codec)
{
  const Row *row = find_row (codec);

  return row ? row->family : "other";
}

gint16
cmaf_track_roll_distance (const CmafTrack *track)
{
  const Row *row = find_row (track->codec);
  CmafAacConfig aac;
  gsize size;
  gconstpointer config;

  if (!row)
    return 0;
  if (row->codec == CMAF_CODEC_MP4A && track->codec_config) {
    config = g_bytes_get_data (track->codec_config, &size);
    if (cmaf_aac_config_read (&aac, config, size, NULL) && aac.is_sbr)
      return row->roll - 1; /* the band above the core needs one more */
  }
  return row->roll;
}

/* --- writing --- */

static void
write_bytes (CmafBoxWriter *w, GBytes *bytes)
{
  if (bytes)
    cmaf_box_writer_data (
        w, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
write_box (CmafBoxWriter *w, guint32 type, GBytes *body)
{
  if (!body)
    return;
  cmaf_box_writer_begin (w, type);
  write_bytes (w, body);
  cmaf_box_writer_end (w);
}

/* Bytes of a descriptor with @n bytes of contents. */
static gsize
descriptor_size (gsize n)
{
  gsize size = 2 + n;

  for (gsize rest = n >> 7; rest > 0; rest >>= 7)
    size++;
  return size;
}

/* ISO/IEC 14496-1 8.3.3: seven bits a byte */
static void
begin_descriptor (CmafBoxWriter *w, guint8 tag, gsize n)
{
  gint n_more = (gint)(descriptor_size (n) - n) - 2;

  cmaf_box_writer_u8 (w, tag);
  for (gint i = n_more; i > 0; i--)
    cmaf_box_writer_u8 (w, 0x80 | ((n >> (7 * i)) & 0x7f));
  cmaf_box_writer_u8 (w, n & 0x7f);
}

/* A peak below the average is unknown or wrong. */
static guint32
peak_bitrate (const CmafTrack *track)
{
  return MAX (track->max_bitrate, track->avg_bitrate);
}

static void
write_esds (CmafBoxWriter *w, const CmafTrack *track)
{
  gsize n_asc =
      track->codec_config ? g_bytes_get_size (track->codec_config) : 0;
  gsize n_config = 13 + descriptor_size (n_asc);
  gsize n_es = 3 + descriptor_size (n_config) + descriptor_size (1);

  cmaf_box_writer_begin_full (w, CMAF_BOX_ESDS, 0, 0);
  begin_descriptor (w, DESCRIPTOR_ES, n_es);
  cmaf_box_writer_u16 (w, 0); /* ES_ID */
  cmaf_box_writer_u8 (w, 0);
  begin_descriptor (w, DESCRIPTOR_DECODER_CONFIG, n_config);
  cmaf_box_writer_u8 (w, OBJECT_TYPE_MPEG4_AUDIO);
  cmaf_box_writer_u8 (w, STREAM_TYPE_AUDIO);
  cmaf_box_writer_u24 (w, 0); /* bufferSizeDB */
  cmaf_box_writer_u32 (w, peak_bitrate (track));
  cmaf_box_writer_u32 (w, track->avg_bitrate);
  begin_descriptor (w, DESCRIPTOR_DECODER_SPECIFIC, n_asc);
  write_bytes (w, track->codec_config);
  begin_descriptor (w, DESCRIPTOR_SL_CONFIG, 1);
  cmaf_box_writer_u8 (w, 2); /* predefined: MP4 file */
  cmaf_box_writer_end (w);
}

static void
write_btrt (CmafBoxWriter *w, const CmafTrack *track)
{
  if (track->max_bitrate == 0 && track->avg_bitrate == 0)
    return;
  cmaf_box_writer_begin (w, CMAF_BOX_BTRT);
  cmaf_box_writer_u32 (w, 0); /* bufferSizeDB */
  cmaf_box_writer_u32 (w, peak_bitrate (track));
  cmaf_box_writer_u32 (w, track->avg_bitrate);
  cmaf_box_writer_end (w);
}

static void
write_visual_extras (CmafBoxWriter *w, const CmafTrack *track)
{
  if (track->has_colour) {
    cmaf_box_writer_begin (w, CMAF_BOX_COLR);
    cmaf_box_writer_u32 (w, COLR_NCLX);
    cmaf_box_writer_u16 (w, track->colour_primaries);
    cmaf_box_writer_u16 (w, track->transfer_characteristics);
    cmaf_box_writer_u16 (w, track->matrix_coefficients);
    cmaf_box_writer_u8 (w, track->full_range ? 0x80 : 0);
    cmaf_box_writer_end (w);
  }
  if (track->par_n > 0 && track->par_d > 0) {
    cmaf_box_writer_begin (w, CMAF_BOX_PASP);
    cmaf_box_writer_u32 (w, track->par_n);
    cmaf_box_writer_u32 (w, track->par_d);
    cmaf_box_writer_end (w);
  }
  write_box (w, CMAF_BOX_MDCV, track->mastering_display);
  write_box (w, CMAF_BOX_CLLI, track->content_light);
}

static void
write_visual_fields (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_fill (w, 0, 16); /* pre_defined, reserved */
  cmaf_box_writer_u16 (w, track->width);
  cmaf_box_writer_u16 (w, track->height);
  cmaf_box_writer_u32 (w, 0x00480000); /* 72 dpi */
  cmaf_box_writer_u32 (w, 0x00480000);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u16 (w, 1);      /* frame_count */
  cmaf_box_writer_fill (w, 0, 32); /* compressorname */
  cmaf_box_writer_u16 (w, 0x0018); /* depth */
  cmaf_box_writer_u16 (w, 0xFFFF); /* pre_defined */
}

static guint16
bits_per_sample (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_FLAC ? (guint16)cmaf_flac_bits_per_sample (
             g_bytes_get_data (track->codec_config, NULL))
                                         : 16;
}

static void
write_audio_fields (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_fill (w, 0, 8);
  cmaf_box_writer_u16 (w, track->channels);
  cmaf_box_writer_u16 (w, bits_per_sample (track));
  cmaf_box_writer_u32 (w, 0);
  /* 16.16; a rate that does not fit stands in the codec configuration */
  cmaf_box_writer_u32 (
      w, track->sample_rate <= G_MAXUINT16 ? track->sample_rate << 16 : 0);
}

void
cmaf_sample_entry_write (CmafBoxWriter *w, const CmafTrack *track)
{
  const Row *row = find_row (track->codec);

  g_return_if_fail (row != NULL);

  cmaf_box_writer_begin (w, track->codec);
  cmaf_box_writer_fill (w, 0, 6);
  cmaf_box_writer_u16 (w, 1); /* data_reference_index */
  if (row->media == CMAF_MEDIA_VIDEO)
    write_visual_fields (w, track);
  else if (row->media == CMAF_MEDIA_AUDIO)
    write_audio_fields (w, track);

  if (row->config_box == CMAF_BOX_ESDS)
    write_esds (w, track);
  else if (row->config_box == 0)
    write_bytes (w, track->codec_config);
  else
    write_box (w, row->config_box, track->codec_config);
  if (row->media == CMAF_MEDIA_VIDEO)
    write_visual_extras (w, track);
  write_btrt (w, track);
  cmaf_box_writer_end (w);
}

/* --- reading --- */

static gboolean
malformed (guint32 codec, const gchar *box, const gchar *what, gsize size,
    gsize needed, GError **error)
{
  gchar name[5];

  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "moov/trak/mdia/minf/stbl/stsd/%s%s: %s has %" G_GSIZE_FORMAT
      " bytes, needs %" G_GSIZE_FORMAT,
      cmaf_fourcc_to_string (codec, name), box, what, size, needed);
  return FALSE;
}

static GBytes *
take_rest (CmafBoxReader *r)
{
  gsize n = cmaf_box_reader_remaining (r);

  return g_bytes_new (cmaf_box_reader_data (r, n), n);
}

/* The contents of the next descriptor; FALSE when it does not fit. */
static gboolean
next_descriptor (CmafBoxReader *r, guint8 *tag, CmafBoxReader *body)
{
  gsize n = 0;
  guint8 byte;
  const guint8 *data;

  *tag = cmaf_box_reader_u8 (r);
  for (guint i = 0; i < 4; i++) {
    byte = cmaf_box_reader_u8 (r);
    n = n << 7 | (byte & 0x7f);
    if (!(byte & 0x80))
      break;
  }
  data = cmaf_box_reader_data (r, n);
  cmaf_box_reader_init (body, data, n);
  return !r->failed;
}

static gboolean
find_descriptor (CmafBoxReader *r, guint8 wanted, CmafBoxReader *body)
{
  guint8 tag;

  while (cmaf_box_reader_remaining (r) > 0 && next_descriptor (r, &tag, body)) {
    if (tag == wanted)
      return TRUE;
  }
  return FALSE;
}

static void
skip_es_fields (CmafBoxReader *es)
{
  guint8 flags;

  cmaf_box_reader_skip (es, 2);
  flags = cmaf_box_reader_u8 (es);
  if (flags & 0x80)
    cmaf_box_reader_skip (es, 2); /* dependsOn_ES_ID */
  if (flags & 0x40)
    cmaf_box_reader_skip (es, cmaf_box_reader_u8 (es)); /* URL */
  if (flags & 0x20)
    cmaf_box_reader_skip (es, 2); /* OCR_ES_Id */
}

static gboolean
read_esds (CmafBoxReader body, CmafTrack *track, GError **error)
{
  gsize size = body.size;
  CmafBoxReader es, config, asc;
  guint object_type;

  cmaf_box_reader_full (&body, NULL);
  if (!find_descriptor (&body, DESCRIPTOR_ES, &es))
    return malformed (
        track->codec, "/esds", "box without ES descriptor", size, 29, error);
  skip_es_fields (&es);
  if (!find_descriptor (&es, DESCRIPTOR_DECODER_CONFIG, &config))
    return malformed (track->codec, "/esds",
        "box without decoder configuration", size, 29, error);

  object_type = cmaf_box_reader_u8 (&config);
  if (!config.failed && object_type != OBJECT_TYPE_MPEG4_AUDIO) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "moov/trak/mdia/minf/stbl/stsd/mp4a/esds: object type is 0x%02x, needs "
        "0x40 (MPEG-4 audio)",
        object_type);
    return FALSE;
  }
  cmaf_box_reader_skip (&config, 4); /* streamType, bufferSizeDB */
  track->max_bitrate = cmaf_box_reader_u32 (&config);
  track->avg_bitrate = cmaf_box_reader_u32 (&config);
  if (!find_descriptor (&config, DESCRIPTOR_DECODER_SPECIFIC, &asc))
    return malformed (track->codec, "/esds",
        "box without decoder specific information", size, 29, error);
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = take_rest (&asc);
  return TRUE;
}

static void
read_colr (CmafBoxReader body, CmafTrack *track)
{
  guint16 primaries, transfer, matrix;
  guint8 range;

  if (cmaf_box_reader_u32 (&body) != COLR_NCLX)
    return;
  primaries = cmaf_box_reader_u16 (&body);
  transfer = cmaf_box_reader_u16 (&body);
  matrix = cmaf_box_reader_u16 (&body);
  range = cmaf_box_reader_u8 (&body);
  if (body.failed)
    return;
  track->has_colour = TRUE;
  track->colour_primaries = primaries;
  track->transfer_characteristics = transfer;
  track->matrix_coefficients = matrix;
  track->full_range = range >> 7;
}

static void
read_pasp (CmafBoxReader body, CmafTrack *track)
{
  guint32 n = cmaf_box_reader_u32 (&body);
  guint32 d = cmaf_box_reader_u32 (&body);

  if (body.failed || n == 0 || d == 0)
    return;
  track->par_n = n;
  track->par_d = d;
}

static void
read_btrt (CmafBoxReader body, CmafTrack *track)
{
  guint32 max, avg;

  cmaf_box_reader_skip (&body, 4);
  max = cmaf_box_reader_u32 (&body);
  avg = cmaf_box_reader_u32 (&body);
  if (body.failed)
    return;
  track->max_bitrate = max;
  track->avg_bitrate = avg;
}

/* Bodies that are kept as they are. */
static void
keep (GBytes **kept, CmafBoxReader body)
{
  g_clear_pointer (kept, g_bytes_unref);
  *kept = take_rest (&body);
}

static gboolean
read_children (
    CmafBoxReader *r, const Row *row, CmafTrack *track, GError **error)
{
  gsize size = r->size;
  gsize end; /* of the last whole child */
  CmafBox box;

  for (end = r->pos; cmaf_box_reader_next (r, &box); end = r->pos) {
    if (box.type == row->config_box && box.type == CMAF_BOX_ESDS) {
      if (!read_esds (box.body, track, error))
        return FALSE;
    } else if (row->config_box != 0 && box.type == row->config_box)
      keep (&track->codec_config, box.body);
    else if (box.type == CMAF_BOX_COLR)
      read_colr (box.body, track);
    else if (box.type == CMAF_BOX_PASP)
      read_pasp (box.body, track);
    else if (box.type == CMAF_BOX_MDCV)
      keep (&track->mastering_display, box.body);
    else if (box.type == CMAF_BOX_CLLI)
      keep (&track->content_light, box.body);
    else if (box.type == CMAF_BOX_BTRT)
      read_btrt (box.body, track);
  }
  /* up to seven bytes of terminator are seen in QuickTime-like files */
  if (r->failed && size - end >= 8)
    return malformed (
        row->codec, "", "box with an oversized child", size, size + 1, error);
  return TRUE;
}

/* XMLSubtitleSampleEntry (ISO/IEC 14496-12 12.6.3): three strings, and the MIME
 * type with the profile. */
static gboolean
read_strings (CmafBoxReader *r, CmafTrack *track, GError **error)
{
  gsize start = r->pos, end;
  CmafBox mime;

  for (guint i = 0; i < 3; i++)
    cmaf_box_reader_string (r);
  end = r->pos;
  if (r->failed)
    return malformed (
        track->codec, "", "box without its three strings", r->size, 19, error);
  if (cmaf_box_reader_find (r, CMAF_BOX_MIME, &mime)
      && mime.offset == end) /* else it is not where we keep it */
    end += (gsize)mime.size;
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = g_bytes_new (r->data + start, end - start);
  return TRUE;
}

static void
read_visual_fields (CmafBoxReader *r, CmafTrack *track)
{
  cmaf_box_reader_skip (r, 16);
  track->width = cmaf_box_reader_u16 (r);
  track->height = cmaf_box_reader_u16 (r);
  cmaf_box_reader_skip (r, 50);
}

static void
read_audio_fields (CmafBoxReader *r, CmafTrack *track)
{
  cmaf_box_reader_skip (r, 8);
  track->channels = cmaf_box_reader_u16 (r);
  cmaf_box_reader_skip (r, 6);
  track->sample_rate = cmaf_box_reader_u32 (r) >> 16;
}

gboolean
cmaf_sample_entry_read (const CmafBox *entry, CmafTrack *track, GError **error)
{
  const Row *row = find_row (entry->type);
  CmafBoxReader r = entry->body;

  track->codec = entry->type;
  if (!row)
    return cmaf_sample_entry_check (track, error);
  track->media = row->media;

  cmaf_box_reader_skip (&r, 8);
  if (row->media == CMAF_MEDIA_VIDEO)
    read_visual_fields (&r, track);
  else if (row->media == CMAF_MEDIA_AUDIO)
    read_audio_fields (&r, track);
  if (r.failed)
    return malformed (row->codec, "", "box", (gsize)entry->size,
        row->media == CMAF_MEDIA_VIDEO   ? 86
        : row->media == CMAF_MEDIA_AUDIO ? 36
                                         : 16,
        error);
  if (row->config_box == 0 && !read_strings (&r, track, error))
    return FALSE;

  if (!read_children (&r, row, track, error)
      || !cmaf_sample_entry_check (track, error))
    return FALSE;
  if (row->refine)
    row->refine (track);
  return TRUE;
}
