/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which H.264 access units are the second field of a frame. The field names are
 * those of ISO/IEC 14496-10 7.3.2.1 and 7.3.3. */
#include "avc-fields.h"

#include "bit-reader.h"
#include "nal-units.h"

#define NAL_SLICE 1
#define NAL_IDR 5
#define NAL_SPS 7
#define MAX_SPS 256  /* bytes of it up to frame_mbs_only_flag */
#define MAX_SLICE 32 /* bytes of a slice header up to bottom_field_flag */
#define MAX_POC_CYCLE 255

/* The payload of a NAL unit without its emulation prevention bytes (7.4.1.1);
 * returns its size. */
static gsize
unescape (const guint8 *nal, gsize size, guint8 *to, gsize max)
{
  guint zeros = 0;
  gsize n = 0;

  for (gsize i = 1; i < size && n < max; i++) {
    if (zeros >= 2 && nal[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal[i] == 0 ? zeros + 1 : 0;
    to[n++] = nal[i];
  }
  return n;
}

/* --- the sequence parameter set --- */

/* 7.3.2.1.1.1 */
static void
skip_scaling_list (CmafBitReader *r, guint size)
{
  gint32 last = 8, next = 8;

  for (guint i = 0; i < size && next != 0 && !r->failed; i++) {
    next = (gint32)(((guint32)last + (guint32)cmaf_bit_reader_se (r)) & 0xff);
    last = next == 0 ? last : next;
  }
}

static gboolean
has_chroma_format (guint profile)
{
  static const guint8 profiles[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128,
    138, 139, 134, 135 };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
    if (profiles[i] == profile)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_chroma_format (CmafBitReader *r)
{
  guint32 format = cmaf_bit_reader_ue (r);
  gboolean separate = format == 3 && cmaf_bit_reader_flag (r);

  cmaf_bit_reader_ue (r); /* bit depths */
  cmaf_bit_reader_ue (r);
  cmaf_bit_reader_skip (r, 1);
  if (cmaf_bit_reader_flag (r)) { /* seq_scaling_matrix_present_flag */
    for (guint i = 0; i < (format == 3 ? 12 : 8); i++) {
      if (cmaf_bit_reader_flag (r))
        skip_scaling_list (r, i < 6 ? 16 : 64);
    }
  }
  return separate;
}

static void
skip_picture_order (CmafBitReader *r)
{
  guint32 type = cmaf_bit_reader_ue (r), n;

  if (type == 0)
    cmaf_bit_reader_ue (r);
  if (type != 1)
    return;
  cmaf_bit_reader_skip (r, 1);
  cmaf_bit_reader_se (r);
  cmaf_bit_reader_se (r);
  n = cmaf_bit_reader_ue (r);
  if (n > MAX_POC_CYCLE)
    r->failed = TRUE;
  for (guint32 i = 0; i < n && !r->failed; i++)
    cmaf_bit_reader_se (r);
}

static void
take_sps (CmafAvcFields *f, const guint8 *nal, gsize size)
{
  guint8 bytes[MAX_SPS];
  CmafBitReader r;
  gboolean separate = FALSE, frame_mbs_only;
  guint32 profile, frame_num_bits;

  cmaf_bit_reader_init (&r, bytes, unescape (nal, size, bytes, sizeof bytes));
  profile = cmaf_bit_reader_get (&r, 8);
  cmaf_bit_reader_skip (&r, 16); /* constraints, level */
  cmaf_bit_reader_ue (&r);
  if (has_chroma_format (profile))
    separate = read_chroma_format (&r);
  frame_num_bits = cmaf_bit_reader_ue (&r);
  skip_picture_order (&r);
  cmaf_bit_reader_ue (&r); /* max_num_ref_frames */
  cmaf_bit_reader_skip (&r, 1);
  cmaf_bit_reader_ue (&r); /* width, height */
  cmaf_bit_reader_ue (&r);
  frame_mbs_only = cmaf_bit_reader_flag (&r);
  if (r.failed || frame_num_bits > 12)
    return;
  f->has_sps = TRUE;
  f->separate_colour_plane = separate;
  f->frame_num_bits = frame_num_bits + 4;
  f->frame_mbs_only = frame_mbs_only;
}

void
cmaf_avc_fields_init (CmafAvcFields *f, gconstpointer avcc, gsize size)
{
  CmafBoxReader r;
  guint n;

  memset (f, 0, sizeof *f);
  f->nal_length_size = cmaf_nal_length_size (CMAF_CODEC_AVC1, avcc, size);
  cmaf_box_reader_init (&r, avcc, size);
  cmaf_box_reader_skip (&r, 5);
  n = cmaf_box_reader_u8 (&r) & 0x1f;
  for (guint i = 0; i < n; i++) {
    gsize length = cmaf_box_reader_u16 (&r);
    const guint8 *nal = cmaf_box_reader_data (&r, length);

    if (nal && length > 0)
      take_sps (f, nal, length);
  }
}

/* --- slices --- */

/* What the first slice of an access unit says. */
typedef struct
{
  gboolean is_idr, is_reference;
  guint frame_num;
  gboolean is_field, is_bottom;
} Slice;

static gboolean
read_slice (const CmafAvcFields *f, const guint8 *nal, gsize size, Slice *slice)
{
  guint8 bytes[MAX_SLICE];
  CmafBitReader r;

  memset (slice, 0, sizeof *slice);
  cmaf_bit_reader_init (&r, bytes, unescape (nal, size, bytes, sizeof bytes));
  slice->is_reference = (nal[0] & 0x60) != 0;
  slice->is_idr = (nal[0] & 0x1f) == NAL_IDR;
  cmaf_bit_reader_ue (&r); /* first_mb_in_slice */
  cmaf_bit_reader_ue (&r); /* slice_type */
  cmaf_bit_reader_ue (&r); /* pic_parameter_set_id */
  if (f->separate_colour_plane)
    cmaf_bit_reader_skip (&r, 2);
  slice->frame_num = cmaf_bit_reader_get (&r, f->frame_num_bits);
  if (!f->frame_mbs_only)
    slice->is_field = cmaf_bit_reader_flag (&r);
  if (slice->is_field)
    slice->is_bottom = cmaf_bit_reader_flag (&r);
  return !r.failed;
}

/* Its first slice; parameter sets in front of it are taken. */
static gboolean
find_slice (CmafAvcFields *f, gconstpointer unit, gsize size, Slice *slice)
{
  CmafBoxReader r;
  CmafNalUnit nal;

  cmaf_box_reader_init (&r, unit, size);
  while (cmaf_nal_unit_next (&r, f->nal_length_size, &nal)) {
    guint type = nal.data[0] & 0x1f;

    if (type == NAL_SPS)
      take_sps (f, nal.data, nal.size);
    if (type == NAL_SLICE || type == NAL_IDR)
      return f->has_sps && read_slice (f, nal.data, nal.size, slice);
  }
  return FALSE;
}

gboolean
cmaf_avc_fields_take (CmafAvcFields *f, gconstpointer unit, gsize size)
{
  gboolean was_first = f->has_first;
  Slice s;

  f->has_first = FALSE;
  if (!find_slice (f, unit, size, &s) || !s.is_field)
    return FALSE;
  if (was_first && !s.is_idr && s.frame_num == f->first_frame_num
      && s.is_bottom != f->first_is_bottom
      && s.is_reference == f->first_is_reference)
    return TRUE;
  f->has_first = TRUE;
  f->first_frame_num = s.frame_num;
  f->first_is_bottom = s.is_bottom;
  f->first_is_reference = s.is_reference;
  return FALSE;
}
