/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* VP9 frame header -> vpcC. */
#include "vp9-config.h"

#include "bit-reader.h"
#include "box-writer.h"

#define FRAME_MARKER 2
#define SYNC_CODE 0x498342
#define COLOR_SPACE_RGB 7
#define UNSPECIFIED 2
/* chromaSubsampling of vpcC */
#define CHROMA_420_COLOCATED 1
#define CHROMA_422 2
#define CHROMA_444 3

typedef struct
{
  guint profile, bit_depth;
  guint color_space;
  gboolean full_range;
  gboolean subsampling_x, subsampling_y;
} Header;

/* matrix_coefficients (ISO/IEC 23091-2) of color_space */
static const guint8 matrices[] = { 2, 6, 1, 6, 7, 9, 2, 0 };

static const struct
{
  guint level;
  guint64 samples_per_second;
  guint64 picture_size;
} levels[] = {
  { 10, 829440, 36864 },
  { 11, 2764800, 73728 },
  { 20, 4608000, 122880 },
  { 21, 9216000, 245760 },
  { 30, 20736000, 552960 },
  { 31, 36864000, 983040 },
  { 40, 83558400, 2228224 },
  { 41, 160432128, 2228224 },
  { 50, 311951360, 8912896 },
  { 51, 588251136, 8912896 },
  { 52, 1176502272, 8912896 },
  { 60, 1176502272, 35651584 },
  { 61, 2353004544, 35651584 },
  { 62, 4706009088, 35651584 },
};

guint
cmaf_vp9_level (guint width, guint height, guint fps_n, guint fps_d)
{
  guint64 size = (guint64)width * height, rate = 0;
  guint i;

  if (fps_n > 0 && fps_d > 0)
    rate = gst_util_uint64_scale_int_ceil (size, (gint)fps_n, (gint)fps_d);
  for (i = 0; i + 1 < G_N_ELEMENTS (levels); i++) {
    if (size <= levels[i].picture_size && rate <= levels[i].samples_per_second)
      break;
  }
  return levels[i].level;
}

static void
read_color_config (CmafBitReader *r, Header *h)
{
  h->bit_depth = 8;
  if (h->profile >= 2)
    h->bit_depth = cmaf_bit_reader_flag (r) ? 12 : 10;
  h->color_space = cmaf_bit_reader_get (r, 3);
  if (h->color_space == COLOR_SPACE_RGB) {
    h->full_range = TRUE;
    return;
  }
  h->full_range = cmaf_bit_reader_flag (r);
  h->subsampling_x = h->subsampling_y = TRUE;
  if (h->profile & 1) {
    h->subsampling_x = cmaf_bit_reader_flag (r);
    h->subsampling_y = cmaf_bit_reader_flag (r);
  }
}

static gboolean
not_a_frame (gsize size, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "VP9 frame: has no frame header in %" G_GSIZE_FORMAT " bytes, needs one",
      size);
  return FALSE;
}

/* uncompressed_header() of a key frame */
static gboolean
read_header (gconstpointer data, gsize size, Header *h, GError **error)
{
  CmafBitReader r;
  gboolean is_key;

  memset (h, 0, sizeof *h);
  cmaf_bit_reader_init (&r, data, size);
  if (cmaf_bit_reader_get (&r, 2) != FRAME_MARKER)
    return not_a_frame (size, error);
  h->profile = cmaf_bit_reader_get (&r, 1);
  h->profile |= cmaf_bit_reader_get (&r, 1) << 1;
  if (h->profile == 3)
    cmaf_bit_reader_skip (&r, 1);
  if (cmaf_bit_reader_flag (&r)) /* show_existing_frame */
    return FALSE;
  is_key = !cmaf_bit_reader_flag (&r);
  cmaf_bit_reader_skip (&r, 2); /* show_frame, error_resilient_mode */
  if (!r.failed && !is_key)
    return FALSE;
  if (cmaf_bit_reader_get (&r, 24) != SYNC_CODE)
    return not_a_frame (size, error);
  read_color_config (&r, h);
  return r.failed ? not_a_frame (size, error) : TRUE;
}

/* 4:4:0 has no value. */
static gboolean
chroma_subsampling (const Header *h, guint *value, GError **error)
{
  if (!h->subsampling_x && h->subsampling_y) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "VP9 frame: is 4:4:0, needs 4:2:0, 4:2:2 or 4:4:4");
    return FALSE;
  }
  *value = !h->subsampling_x  ? CHROMA_444
           : h->subsampling_y ? CHROMA_420_COLOCATED
                              : CHROMA_422;
  return TRUE;
}

gboolean
cmaf_vp9_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  Header h;
  guint chroma;
  CmafBoxWriter w;

  if (!read_header (data, size, &h, error)
      || !chroma_subsampling (&h, &chroma, error))
    return FALSE;
  cmaf_box_writer_init (&w);
  cmaf_box_writer_u32 (&w, 0x01000000); /* version, flags */
  cmaf_box_writer_u8 (&w, (guint8)h.profile);
  cmaf_box_writer_u8 (&w, (guint8)cmaf_vp9_level (track->width, track->height,
                              track->fps_n, track->fps_d));
  cmaf_box_writer_u8 (
      &w, (guint8)(h.bit_depth << 4 | chroma << 1 | h.full_range));
  cmaf_box_writer_u8 (
      &w, track->has_colour ? (guint8)track->colour_primaries : UNSPECIFIED);
  cmaf_box_writer_u8 (&w, track->has_colour
                              ? (guint8)track->transfer_characteristics
                              : UNSPECIFIED);
  cmaf_box_writer_u8 (&w, track->has_colour ? (guint8)track->matrix_coefficients
                                            : matrices[h.color_space]);
  cmaf_box_writer_u16 (&w, 0); /* codecInitializationDataSize */
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = cmaf_box_writer_finish (&w, error);
  return track->codec_config != NULL;
}
