/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* CRA pictures become BLA. */
#include "broken-link.h"

#include "nal-units.h"

/* nal_unit_type: ISO/IEC 23008-2 table 7-1 */
#define BLA_N_LP 18
#define CRA_NUT 21

/* 0: it has no CRA pictures */
static guint
find_length_size (const CmafTrack *track)
{
  if (track->codec != CMAF_CODEC_HVC1 && track->codec != CMAF_CODEC_HEV1)
    return 0;
  return cmaf_nal_length_size_of_track (track);
}

/* The offset of the next slice of a CRA picture */
static gboolean
next_slice (
    const CmafTrack *track, CmafBoxReader *r, guint length_size, gsize *offset)
{
  CmafNalUnit nal;

  while (cmaf_nal_unit_next (r, length_size, &nal)) {
    *offset = r->pos - nal.size;
    if (cmaf_nal_unit_type (track->codec, &nal) == CRA_NUT)
      return TRUE;
  }
  return FALSE;
}

gboolean
cmaf_broken_link_is_due (const CmafTrack *track, gconstpointer unit, gsize size)
{
  const guint length_size = find_length_size (track);
  CmafBoxReader r;
  gsize offset;

  cmaf_box_reader_init (&r, unit, size);
  return length_size > 0 && next_slice (track, &r, length_size, &offset);
}

void
cmaf_broken_link_set (const CmafTrack *track, gpointer unit, gsize size)
{
  const guint length_size = find_length_size (track);
  guint8 *bytes = unit;
  CmafBoxReader r;
  gsize offset;

  cmaf_box_reader_init (&r, unit, size);
  while (length_size > 0 && next_slice (track, &r, length_size, &offset))
    bytes[offset] = (guint8)((bytes[offset] & 0x81) | BLA_N_LP << 1);
}
