/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Field names are those of ISO/IEC 14496-10. */
#include "avc-sps.h"

#include "bit-reader.h"

#include <string.h>

#define MAX_SPS 512 /* bytes of it that are looked at */
#define MAX_POC_CYCLE 255
#define EXTENDED_SAR 255

gsize
cmaf_nal_unescape (
    const guint8 *nal, gsize size, gsize head, guint8 *to, gsize max)
{
  guint zeros = 0;
  gsize n = 0;

  for (gsize i = head; i < size && n < max; i++) {
    if (zeros >= 2 && nal[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal[i] == 0 ? zeros + 1 : 0;
    to[n++] = nal[i];
  }
  return n;
}

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

/* E.1.2 */
static void
read_hrd (CmafBitReader *r, CmafAvcSps *sps)
{
  guint32 n = cmaf_bit_reader_ue (r); /* cpb_cnt_minus1 */

  if (n > 31)
    r->failed = TRUE;
  cmaf_bit_reader_skip (r, 8);
  for (guint32 i = 0; i <= n && !r->failed; i++) {
    cmaf_bit_reader_ue (r);
    cmaf_bit_reader_ue (r);
    cmaf_bit_reader_skip (r, 1);
  }
  cmaf_bit_reader_skip (r, 5); /* initial_cpb_removal_delay_length_minus1 */
  sps->removal_delay_bits = cmaf_bit_reader_get (r, 5) + 1;
  sps->output_delay_bits = cmaf_bit_reader_get (r, 5) + 1;
  sps->time_offset_bits = cmaf_bit_reader_get (r, 5);
  sps->has_delays = TRUE;
}

static void
skip_colour (CmafBitReader *r)
{
  if (cmaf_bit_reader_flag (r)
      && cmaf_bit_reader_get (r, 8) == EXTENDED_SAR) /* aspect_ratio_idc */
    cmaf_bit_reader_skip (r, 32);
  if (cmaf_bit_reader_flag (r)) /* overscan_info_present_flag */
    cmaf_bit_reader_skip (r, 1);
  if (cmaf_bit_reader_flag (r)) { /* video_signal_type_present_flag */
    cmaf_bit_reader_skip (r, 4);
    if (cmaf_bit_reader_flag (r))
      cmaf_bit_reader_skip (r, 24);
  }
  if (cmaf_bit_reader_flag (r)) { /* chroma_loc_info_present_flag */
    cmaf_bit_reader_ue (r);
    cmaf_bit_reader_ue (r);
  }
}

/* E.1.1 */
static void
read_vui (CmafBitReader *r, CmafAvcSps *sps)
{
  gboolean has_hrd = FALSE;

  skip_colour (r);
  if (cmaf_bit_reader_flag (r)) /* timing_info_present_flag */
    cmaf_bit_reader_skip (r, 65);
  for (guint i = 0; i < 2; i++) /* NAL, VCL */
    if (cmaf_bit_reader_flag (r)) {
      read_hrd (r, sps);
      has_hrd = TRUE;
    }
  if (has_hrd)
    cmaf_bit_reader_skip (r, 1); /* low_delay_hrd_flag */
  sps->has_pic_struct = cmaf_bit_reader_flag (r) && !r->failed;
}

static void
read_rest (CmafBitReader *r, CmafAvcSps *sps)
{
  if (!sps->frame_mbs_only)
    cmaf_bit_reader_skip (r, 1);
  cmaf_bit_reader_skip (r, 1);
  if (cmaf_bit_reader_flag (r)) /* frame_cropping_flag */
    for (guint i = 0; i < 4; i++)
      cmaf_bit_reader_ue (r);
  if (cmaf_bit_reader_flag (r))
    read_vui (r, sps);
}

gboolean
cmaf_avc_sps_read (const guint8 *nal, gsize size, CmafAvcSps *sps)
{
  guint8 bytes[MAX_SPS];
  CmafBitReader r;
  guint32 profile, frame_num_bits;

  memset (sps, 0, sizeof *sps);
  cmaf_bit_reader_init (
      &r, bytes, cmaf_nal_unescape (nal, size, 1, bytes, sizeof bytes));
  profile = cmaf_bit_reader_get (&r, 8);
  cmaf_bit_reader_skip (&r, 16); /* constraints, level */
  cmaf_bit_reader_ue (&r);
  if (has_chroma_format (profile))
    sps->separate_colour_plane = read_chroma_format (&r);
  frame_num_bits = cmaf_bit_reader_ue (&r);
  skip_picture_order (&r);
  cmaf_bit_reader_ue (&r); /* max_num_ref_frames */
  cmaf_bit_reader_skip (&r, 1);
  cmaf_bit_reader_ue (&r); /* width, height */
  cmaf_bit_reader_ue (&r);
  sps->frame_mbs_only = cmaf_bit_reader_flag (&r);
  if (r.failed || frame_num_bits > 12)
    return FALSE;
  sps->frame_num_bits = frame_num_bits + 4;
  read_rest (&r, sps);
  return TRUE;
}
