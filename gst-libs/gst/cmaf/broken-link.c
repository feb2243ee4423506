/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* CRA pictures become BLA. */
#include "broken-link.h"

#include "nal-units.h"

/* nal_unit_type: ISO/IEC 23008-2 table 7-1 */
#define BLA_N_LP 18
#define CRA_NUT 21
/* lengthSizeMinusOne in hvcC: ISO/IEC 14496-15 8.3.3.1.2 */
#define HVCC_LENGTH_SIZE 21

static guint
read_length_size (const CmafTrack *track)
{
  gsize size;
  const guint8 *config = g_bytes_get_data (track->codec_config, &size);

  return size > HVCC_LENGTH_SIZE ? (config[HVCC_LENGTH_SIZE] & 3) + 1 : 4;
}

static gboolean
has_cra (const CmafTrack *track)
{
  return (track->codec == CMAF_CODEC_HVC1 || track->codec == CMAF_CODEC_HEV1)
         && track->codec_config;
}

/* The offset of the next slice of a CRA picture */
static gboolean
next_slice (CmafBoxReader *r, guint length_size, gsize *offset)
{
  CmafNalUnit nal;

  while (cmaf_nal_unit_next (r, length_size, &nal)) {
    *offset = r->pos - nal.size;
    if ((nal.data[0] >> 1 & 0x3f) == CRA_NUT)
      return TRUE;
  }
  return FALSE;
}

gboolean
cmaf_broken_link_is_due (const CmafTrack *track, gconstpointer unit, gsize size)
{
  CmafBoxReader r;
  gsize offset;

  if (!has_cra (track))
    return FALSE;
  cmaf_box_reader_init (&r, unit, size);
  return next_slice (&r, read_length_size (track), &offset);
}

void
cmaf_broken_link_set (const CmafTrack *track, gpointer unit, gsize size)
{
  guint8 *bytes = unit;
  CmafBoxReader r;
  gsize offset;

  if (!has_cra (track))
    return;
  cmaf_box_reader_init (&r, unit, size);
  while (next_slice (&r, read_length_size (track), &offset))
    bytes[offset] = (guint8)((bytes[offset] & 0x81) | BLA_N_LP << 1);
}
