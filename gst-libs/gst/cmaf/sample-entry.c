/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Table: codec -> sample entry box (ISO/IEC 14496-12 8.5.2, 14496-14 6.7,
 * 14496-15 5.4 and 8.4) and RFC 6381 string. */
#include "sample-entry.h"

#include <gst/base/gstbitreader.h>
#include <gst/pbutils/codec-utils.h>

#define COLR_NCLX CMAF_FOURCC ('n', 'c', 'l', 'x')

/* ISO/IEC 14496-1 7.2.2.1 */
#define DESCRIPTOR_ES 0x03
#define DESCRIPTOR_DECODER_CONFIG 0x04
#define DESCRIPTOR_DECODER_SPECIFIC 0x05
#define DESCRIPTOR_SL_CONFIG 0x06
#define OBJECT_TYPE_MPEG4_AUDIO 0x40
#define STREAM_TYPE_AUDIO 0x15 /* with its reserved bit */
#define AOT_PARAMETRIC_STEREO 29

typedef struct
{
  guint32 codec;
  CmafMedia media;
  guint32 config_box;
  gsize min_config; /* bytes of codec_config that must be there */
  gchar *(*codec_string) (guint32 codec, const guint8 *config);
} Row;

/* --- RFC 6381 --- */

static gchar *
avc_string (guint32 codec, const guint8 *avcc)
{
  gchar name[5];

  return g_strdup_printf ("%s.%02X%02X%02X",
      cmaf_fourcc_to_string (codec, name), avcc[1], avcc[2], avcc[3]);
}

static guint32
reverse_bits (guint32 bits)
{
  guint32 reversed = 0;

  for (guint i = 0; i < 32; i++)
    reversed |= ((bits >> i) & 1) << (31 - i);
  return reversed;
}

/* ISO/IEC 14496-15 annex E.3 */
static gchar *
hevc_string (guint32 codec, const guint8 *hvcc)
{
  static const gchar *const spaces[] = { "", "A", "B", "C" };
  gchar name[5];
  GString *text = g_string_new (cmaf_fourcc_to_string (codec, name));
  gint n_constraints = 6;

  g_string_append_printf (text, ".%s%u.%X.%c%u", spaces[hvcc[1] >> 6],
      hvcc[1] & 0x1f, reverse_bits (GST_READ_UINT32_BE (hvcc + 2)),
      hvcc[1] & 0x20 ? 'H' : 'L', hvcc[12]);
  while (n_constraints > 0 && hvcc[6 + n_constraints - 1] == 0)
    n_constraints--;
  for (gint i = 0; i < n_constraints; i++)
    g_string_append_printf (text, ".%X", hvcc[6 + i]);
  return g_string_free (text, FALSE);
}

/* ISO/IEC 14496-3 1.6.2.1; needs two bytes */
static guint
audio_object_type (const guint8 *asc)
{
  guint type = asc[0] >> 3;

  return type == 31 ? 32u + ((asc[0] & 7) << 3 | asc[1] >> 5) : type;
}

static gchar *
aac_string (guint32 codec, const guint8 *asc)
{
  return g_strdup_printf ("mp4a.40.%u", audio_object_type (asc));
}

static gchar *
opus_string (guint32 codec, const guint8 *dops)
{
  return g_strdup ("opus");
}

/* clang-format off */
static const Row rows[] = {
  { CMAF_CODEC_AVC1, CMAF_MEDIA_VIDEO, CMAF_BOX_AVCC, 7, avc_string },
  { CMAF_CODEC_AVC3, CMAF_MEDIA_VIDEO, CMAF_BOX_AVCC, 7, avc_string },
  { CMAF_CODEC_HVC1, CMAF_MEDIA_VIDEO, CMAF_BOX_HVCC, 23, hevc_string },
  { CMAF_CODEC_HEV1, CMAF_MEDIA_VIDEO, CMAF_BOX_HVCC, 23, hevc_string },
  { CMAF_CODEC_MP4A, CMAF_MEDIA_AUDIO, CMAF_BOX_ESDS, 2, aac_string },
  { CMAF_CODEC_OPUS, CMAF_MEDIA_AUDIO, CMAF_BOX_DOPS, 11, opus_string },
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
cmaf_sample_entry_is_supported (guint32 codec)
{
  return find_row (codec) != NULL;
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
  gchar name[5];

  if (!row || !track->codec_config
      || g_bytes_get_size (track->codec_config) < row->min_config)
    return g_strdup (cmaf_fourcc_to_string (track->codec, name));
  return row->codec_string (
      track->codec, g_bytes_get_data (track->codec_config, NULL));
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

static void
write_audio_fields (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_fill (w, 0, 8);
  cmaf_box_writer_u16 (w, track->channels);
  cmaf_box_writer_u16 (w, 16); /* samplesize */
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
  else
    write_audio_fields (w, track);

  if (row->config_box == CMAF_BOX_ESDS)
    write_esds (w, track);
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
    } else if (box.type == row->config_box)
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
  if (channels > 0 && audio_object_type (asc) != AOT_PARAMETRIC_STEREO)
    track->channels = channels;
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
  else
    read_audio_fields (&r, track);
  if (r.failed)
    return malformed (row->codec, "", "box", (gsize)entry->size,
        row->media == CMAF_MEDIA_VIDEO ? 86 : 36, error);

  if (!read_children (&r, row, track, error)
      || !cmaf_sample_entry_check (track, error))
    return FALSE;
  if (row->codec == CMAF_CODEC_MP4A)
    refine_aac (track);
  return TRUE;
}
