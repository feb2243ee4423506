/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AV1 sequence header -> av1C. The field names are those of the AV1 bitstream
 * specification 5.5. */
#include "av1-config.h"

#include "bit-reader.h"
#include "box-reader.h"
#include "box-writer.h"

#define OBU_SEQUENCE_HEADER 1
#define OBU_TEMPORAL_DELIMITER 2
#define MAX_OBU_SIZE_BYTES 8 /* leb128 */
#define SELECT_SCREEN_CONTENT_TOOLS 2
#define CP_BT_709 1
#define CP_UNSPECIFIED 2
#define TC_UNSPECIFIED 2
#define TC_SRGB 13
#define MC_IDENTITY 0
#define MC_UNSPECIFIED 2

typedef struct
{
  guint profile, level, tier;
  guint width, height;
  gboolean high_bitdepth, twelve_bit, mono_chrome;
  gboolean subsampling_x, subsampling_y;
  guint chroma_sample_position;
  guint colour_primaries, transfer_characteristics, matrix_coefficients;
  gboolean color_range;
} Sequence;

/* --- OBUs --- */

typedef struct
{
  guint type;
  gboolean has_size;
  const guint8 *data; /* with its header */
  gsize size;
  const guint8 *payload;
  gsize payload_size;
} Obu;

static guint64
read_leb128 (CmafBoxReader *r)
{
  guint64 value = 0;

  for (guint i = 0; i < MAX_OBU_SIZE_BYTES; i++) {
    guint8 byte = cmaf_box_reader_u8 (r);

    value |= (guint64)(byte & 0x7f) << (7 * i);
    if (!(byte & 0x80))
      return value;
  }
  r->failed = TRUE;
  return 0;
}

static gboolean
next_obu (CmafBoxReader *r, Obu *obu)
{
  gsize start = r->pos;
  guint8 header;
  guint64 size;

  if (cmaf_box_reader_remaining (r) == 0)
    return FALSE;
  header = cmaf_box_reader_u8 (r);
  if (header & 0x04) /* obu_extension_flag */
    cmaf_box_reader_skip (r, 1);
  obu->type = header >> 3 & 0xf;
  obu->has_size = (header & 0x02) != 0;
  size = obu->has_size ? read_leb128 (r) : cmaf_box_reader_remaining (r);
  if (header & 0x80 || size > cmaf_box_reader_remaining (r))
    r->failed = TRUE;
  if (r->failed)
    return FALSE;
  obu->payload_size = (gsize)size;
  obu->payload = cmaf_box_reader_data (r, obu->payload_size);
  obu->data = r->data + start;
  obu->size = r->pos - start;
  return TRUE;
}

gsize
cmaf_av1_delimiter_size (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  /* its payload is empty */
  if (size < 2 || (bytes[0] >> 3 & 0xf) != OBU_TEMPORAL_DELIMITER)
    return 0;
  if (bytes[0] & 0x04)
    return size >= 3 && bytes[0] & 0x02 && bytes[2] == 0 ? 3 : 0;
  return bytes[0] & 0x02 && bytes[1] == 0 ? 2 : 0;
}

/* --- the sequence header, 5.5.1 --- */

static guint32
read_uvlc (CmafBitReader *r)
{
  return cmaf_bit_reader_ue (r); /* the same code */
}

/* 5.5.3, 5.5.4; returns buffer_delay_length_minus_1 */
static guint
skip_timing_info (CmafBitReader *r, gboolean *has_decoder_model)
{
  guint length;

  cmaf_bit_reader_skip (r, 64); /* num_units_in_display_tick, time_scale */
  if (cmaf_bit_reader_flag (r)) /* equal_picture_interval */
    read_uvlc (r);
  *has_decoder_model = cmaf_bit_reader_flag (r);
  if (!*has_decoder_model)
    return 0;
  length = cmaf_bit_reader_get (r, 5);
  cmaf_bit_reader_skip (r, 32 + 5 + 5);
  return length;
}

static void
read_operating_points (CmafBitReader *r, Sequence *s)
{
  gboolean has_decoder_model = FALSE, has_display_delay;
  guint delay_length = 0, n;

  if (cmaf_bit_reader_flag (r)) /* timing_info_present_flag */
    delay_length = skip_timing_info (r, &has_decoder_model);
  has_display_delay = cmaf_bit_reader_flag (r);
  n = cmaf_bit_reader_get (r, 5) + 1;
  for (guint i = 0; i < n && !r->failed; i++) {
    guint level, tier = 0;

    cmaf_bit_reader_skip (r, 12); /* operating_point_idc */
    level = cmaf_bit_reader_get (r, 5);
    if (level > 7)
      tier = cmaf_bit_reader_get (r, 1);
    if (i == 0) {
      s->level = level;
      s->tier = tier;
    }
    if (has_decoder_model && cmaf_bit_reader_flag (r))
      cmaf_bit_reader_skip (r, 2 * (delay_length + 1) + 1);
    if (has_display_delay && cmaf_bit_reader_flag (r))
      cmaf_bit_reader_skip (r, 4);
  }
}

static void
read_frame_size (CmafBitReader *r, Sequence *s, gboolean reduced)
{
  guint n_width = cmaf_bit_reader_get (r, 4) + 1;
  guint n_height = cmaf_bit_reader_get (r, 4) + 1;

  s->width = cmaf_bit_reader_get (r, n_width) + 1;
  s->height = cmaf_bit_reader_get (r, n_height) + 1;
  if (!reduced && cmaf_bit_reader_flag (r)) /* frame_id_numbers_present_flag */
    cmaf_bit_reader_skip (r, 4 + 3);
}

static void
skip_tools (CmafBitReader *r, gboolean reduced)
{
  gboolean enable_order_hint;
  guint screen_content_tools = SELECT_SCREEN_CONTENT_TOOLS;

  cmaf_bit_reader_skip (r, 3); /* superblock size, filter intra, edge filter */
  if (!reduced) {
    cmaf_bit_reader_skip (r, 4); /* interintra to dual filter */
    enable_order_hint = cmaf_bit_reader_flag (r);
    if (enable_order_hint)
      cmaf_bit_reader_skip (r, 2); /* jnt_comp, ref_frame_mvs */
    if (!cmaf_bit_reader_flag (r)) /* seq_choose_screen_content_tools */
      screen_content_tools = cmaf_bit_reader_get (r, 1);
    if (screen_content_tools > 0 && !cmaf_bit_reader_flag (r))
      cmaf_bit_reader_skip (r, 1); /* seq_force_integer_mv */
    if (enable_order_hint)
      cmaf_bit_reader_skip (r, 3); /* order_hint_bits_minus_1 */
  }
  cmaf_bit_reader_skip (r, 3); /* superres, cdef, restoration */
}

static void
read_subsampling (CmafBitReader *r, Sequence *s)
{
  s->subsampling_x = s->profile != 1;
  s->subsampling_y = s->profile == 0;
  if (s->profile == 2 && s->twelve_bit) {
    s->subsampling_x = cmaf_bit_reader_flag (r);
    s->subsampling_y = s->subsampling_x && cmaf_bit_reader_flag (r);
  }
  if (s->subsampling_x && s->subsampling_y)
    s->chroma_sample_position = cmaf_bit_reader_get (r, 2);
}

/* 5.5.2 */
static void
read_color_config (CmafBitReader *r, Sequence *s)
{
  s->high_bitdepth = cmaf_bit_reader_flag (r);
  if (s->profile == 2 && s->high_bitdepth)
    s->twelve_bit = cmaf_bit_reader_flag (r);
  if (s->profile != 1)
    s->mono_chrome = cmaf_bit_reader_flag (r);
  s->colour_primaries = CP_UNSPECIFIED;
  s->transfer_characteristics = TC_UNSPECIFIED;
  s->matrix_coefficients = MC_UNSPECIFIED;
  if (cmaf_bit_reader_flag (r)) { /* color_description_present_flag */
    s->colour_primaries = cmaf_bit_reader_get (r, 8);
    s->transfer_characteristics = cmaf_bit_reader_get (r, 8);
    s->matrix_coefficients = cmaf_bit_reader_get (r, 8);
  }
  if (s->mono_chrome) {
    s->color_range = cmaf_bit_reader_flag (r);
    s->subsampling_x = s->subsampling_y = TRUE;
  } else if (s->colour_primaries == CP_BT_709
             && s->transfer_characteristics == TC_SRGB
             && s->matrix_coefficients == MC_IDENTITY) {
    s->color_range = TRUE; /* 4:4:4 */
  } else {
    s->color_range = cmaf_bit_reader_flag (r);
    read_subsampling (r, s);
  }
}

static gboolean
read_sequence (const Obu *obu, Sequence *s)
{
  CmafBitReader r;
  gboolean reduced;

  memset (s, 0, sizeof *s);
  cmaf_bit_reader_init (&r, obu->payload, obu->payload_size);
  s->profile = cmaf_bit_reader_get (&r, 3);
  cmaf_bit_reader_skip (&r, 1); /* still_picture */
  reduced = cmaf_bit_reader_flag (&r);
  if (reduced)
    s->level = cmaf_bit_reader_get (&r, 5);
  else
    read_operating_points (&r, s);
  read_frame_size (&r, s, reduced);
  skip_tools (&r, reduced);
  read_color_config (&r, s);
  return !r.failed && s->profile <= 2;
}

/* --- av1C --- */

static void
write_obu (CmafBoxWriter *w, const Obu *obu)
{
  guint8 header = obu->data[0];
  gsize n = obu->payload_size;

  if (obu->has_size) {
    cmaf_box_writer_data (w, obu->data, obu->size);
    return;
  }
  cmaf_box_writer_u8 (w, header | 0x02);
  if (header & 0x04)
    cmaf_box_writer_u8 (w, obu->data[1]);
  for (; n > 0x7f; n >>= 7)
    cmaf_box_writer_u8 (w, 0x80 | (n & 0x7f));
  cmaf_box_writer_u8 (w, (guint8)n);
  cmaf_box_writer_data (w, obu->payload, obu->payload_size);
}

static GBytes *
make_av1c (const Sequence *s, const Obu *obu, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u8 (&w, 0x81); /* marker, version */
  cmaf_box_writer_u8 (&w, s->profile << 5 | s->level);
  cmaf_box_writer_u8 (&w, s->tier << 7 | s->high_bitdepth << 6
                              | s->twelve_bit << 5 | s->mono_chrome << 4
                              | s->subsampling_x << 3 | s->subsampling_y << 2
                              | s->chroma_sample_position);
  cmaf_box_writer_u8 (&w, 0); /* no initial_presentation_delay */
  write_obu (&w, obu);
  return cmaf_box_writer_finish (&w, error);
}

/* What the bitstream says must be in colr (2.3.4); what it leaves open is left
 * to the caps. */
static void
fill_colour (CmafTrack *track, const Sequence *s)
{
  if (s->colour_primaries != CP_UNSPECIFIED)
    track->colour_primaries = s->colour_primaries;
  if (s->transfer_characteristics != TC_UNSPECIFIED)
    track->transfer_characteristics = s->transfer_characteristics;
  if (s->matrix_coefficients != MC_UNSPECIFIED)
    track->matrix_coefficients = s->matrix_coefficients;
  track->full_range = s->color_range;
}

static void
take_colour (CmafTrack *track, const Sequence *s)
{
  if (!track->has_colour) {
    track->colour_primaries = CP_UNSPECIFIED;
    track->transfer_characteristics = TC_UNSPECIFIED;
    track->matrix_coefficients = MC_UNSPECIFIED;
  }
  fill_colour (track, s);
  track->has_colour = track->has_colour
                      || track->colour_primaries != CP_UNSPECIFIED
                      || track->transfer_characteristics != TC_UNSPECIFIED
                      || track->matrix_coefficients != MC_UNSPECIFIED;
}

static gboolean
fill_track (CmafTrack *track, const Obu *obu, GError **error)
{
  Sequence s;

  if (!read_sequence (obu, &s)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "AV1 sequence header: has %" G_GSIZE_FORMAT
        " bytes, needs more, or a profile of at most 2",
        obu->payload_size);
    return FALSE;
  }
  if (s.width != track->width || s.height != track->height) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "AV1 sequence header: is of %ux%u pixels, needs %ux%u as in the caps",
        s.width, s.height, track->width, track->height);
    return FALSE;
  }
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = make_av1c (&s, obu, error);
  take_colour (track, &s);
  return track->codec_config != NULL;
}

gboolean
cmaf_av1_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  CmafBoxReader r;
  Obu obu;

  cmaf_box_reader_init (&r, data, size);
  while (next_obu (&r, &obu)) {
    if (obu.type == OBU_SEQUENCE_HEADER)
      return fill_track (track, &obu, error);
  }
  if (r.failed)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "AV1 temporal unit: an OBU does not fit into its %" G_GSIZE_FORMAT
        " bytes (stream-format must be obu-stream)",
        size);
  return FALSE;
}
