/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which H.264 access units are the second field of a frame. The field names are
 * those of ISO/IEC 14496-10 7.3.3. */
#include "avc-fields.h"

#include "avc-sps.h"
#include "bit-reader.h"
#include "nal-units.h"

#define NAL_SLICE 1
#define NAL_IDR 5
#define NAL_SPS 7
#define MAX_SLICE 32 /* bytes of a slice header up to bottom_field_flag */

/* --- the sequence parameter set --- */

static void
take_sps (CmafAvcFields *f, const guint8 *nal, gsize size)
{
  CmafAvcSps sps;

  if (!cmaf_avc_sps_read (nal, size, &sps))
    return;
  f->has_sps = TRUE;
  f->separate_colour_plane = sps.separate_colour_plane;
  f->frame_num_bits = sps.frame_num_bits;
  f->frame_mbs_only = sps.frame_mbs_only;
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
  cmaf_bit_reader_init (
      &r, bytes, cmaf_nal_unescape (nal, size, 1, bytes, sizeof bytes));
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
