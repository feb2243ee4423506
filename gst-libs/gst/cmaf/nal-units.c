/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* NAL units of H.264 and H.265. */
#include "nal-units.h"

/* lengthSizeMinusOne: ISO/IEC 14496-15 5.3.3.1.2, 8.3.3.1.2 */
#define AVCC_LENGTH_SIZE 4
#define HVCC_LENGTH_SIZE 21

/* nal_unit_type: ISO/IEC 14496-10 table 7-1, 23008-2 table 7-1 */
static const struct
{
  gboolean is_avc;
  guint8 type;
  CmafNalKind kind;
} kinds[] = {
  { TRUE, 7, CMAF_NAL_SPS },
  { TRUE, 8, CMAF_NAL_PPS },
  { TRUE, 9, CMAF_NAL_DELIMITER },
  { TRUE, 13, CMAF_NAL_SPS_EXTENSION },
  { FALSE, 32, CMAF_NAL_VPS },
  { FALSE, 33, CMAF_NAL_SPS },
  { FALSE, 34, CMAF_NAL_PPS },
  { FALSE, 35, CMAF_NAL_DELIMITER },
};

static gboolean
is_avc (guint32 codec)
{
  return codec == CMAF_CODEC_AVC1 || codec == CMAF_CODEC_AVC3;
}

static gboolean
is_hevc (guint32 codec)
{
  return codec == CMAF_CODEC_HVC1 || codec == CMAF_CODEC_HEV1;
}

guint
cmaf_nal_length_size (guint32 codec, gconstpointer config, gsize size)
{
  const gsize at = is_avc (codec) ? AVCC_LENGTH_SIZE : HVCC_LENGTH_SIZE;

  if ((!is_avc (codec) && !is_hevc (codec)) || size <= at)
    return 0;
  return (((const guint8 *)config)[at] & 3) + 1;
}

guint
cmaf_nal_length_size_of_track (const CmafTrack *track)
{
  gconstpointer config;
  gsize size;

  if (!track->codec_config)
    return 0;
  config = g_bytes_get_data (track->codec_config, &size);
  return cmaf_nal_length_size (track->codec, config, size);
}

gboolean
cmaf_nal_unit_next (CmafBoxReader *r, guint length_size, CmafNalUnit *nal)
{
  gsize size = 0;

  if (cmaf_box_reader_remaining (r) == 0)
    return FALSE;
  for (guint i = 0; i < length_size; i++)
    size = size << 8 | cmaf_box_reader_u8 (r);
  nal->data = cmaf_box_reader_data (r, size);
  nal->size = size;
  if (size == 0)
    r->failed = TRUE;
  return !r->failed;
}

guint
cmaf_nal_unit_type (guint32 codec, const CmafNalUnit *nal)
{
  return is_avc (codec) ? nal->data[0] & 0x1f : nal->data[0] >> 1 & 0x3f;
}

CmafNalKind
cmaf_nal_unit_kind (guint32 codec, const CmafNalUnit *nal)
{
  const guint type = cmaf_nal_unit_type (codec, nal);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].is_avc == is_avc (codec) && kinds[i].type == type)
      return kinds[i].kind;
  }
  return CMAF_NAL_OTHER;
}
