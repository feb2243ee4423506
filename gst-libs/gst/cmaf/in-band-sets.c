/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Parameter sets for samples that came without. */
#include "in-band-sets.h"

#include "bit-reader.h"
#include "nal-units.h"

/* Of an encoder whose PPS are ever new ones nothing is kept. */
#define MAX_SIZE 16384

/* 0: its samples need none */
static guint
find_length_size (const CmafTrack *track)
{
  if (track->codec != CMAF_CODEC_AVC3 && track->codec != CMAF_CODEC_HEV1)
    return 0;
  return cmaf_nal_length_size_of_track (track);
}

gboolean
cmaf_in_band_sets_are_needed (const CmafTrack *track)
{
  return find_length_size (track) > 0;
}

void
cmaf_in_band_sets_clear (CmafInBandSets *sets)
{
  g_clear_pointer (&sets->latest, g_byte_array_unref);
}

static gboolean
is_set (CmafNalKind kind)
{
  return kind >= CMAF_NAL_VPS;
}

/* What a PPS, a VPS or an SPS extension begins with: its identifier, in front
 * of which nothing is escaped (ISO/IEC 14496-10 7.3.2, 23008-2 7.3.2). */
static guint32
read_id (guint32 codec, CmafNalKind kind, const CmafNalUnit *nal)
{
  CmafBitReader r;

  cmaf_bit_reader_init (&r, nal->data, nal->size);
  cmaf_bit_reader_skip (&r, codec == CMAF_CODEC_AVC3 ? 8 : 16);
  return kind == CMAF_NAL_VPS ? cmaf_bit_reader_get (&r, 4)
                              : cmaf_bit_reader_ue (&r);
}

/* Whether a decoder has only the later one of the two. */
static gboolean
is_replaced (guint32 codec, const CmafNalUnit *old, const CmafNalUnit *new)
{
  const CmafNalKind kind = cmaf_nal_unit_kind (codec, old);

  if (kind != cmaf_nal_unit_kind (codec, new))
    return FALSE;
  if (kind == CMAF_NAL_SPS)
    return old->size == new->size &&memcmp (old->data, new->data, old->size)
           == 0;
  return read_id (codec, kind, old) == read_id (codec, kind, new);
}

static void
append (GByteArray *to, guint length_size, const CmafNalUnit *nal)
{
  g_byte_array_append (
      to, nal->data - length_size, (guint)(nal->size + length_size));
}

/* @nal takes the place of the one it replaces, or is the last. */
static void
put (CmafInBandSets *sets, const CmafTrack *track, guint length_size,
    const CmafNalUnit *nal)
{
  g_autoptr (GByteArray) old = g_steal_pointer (&sets->latest);
  gboolean is_put = FALSE;
  CmafBoxReader r;
  CmafNalUnit one;

  sets->latest =
      g_byte_array_sized_new (old->len + (guint)(length_size + nal->size));
  cmaf_box_reader_init (&r, old->data, old->len);
  while (cmaf_nal_unit_next (&r, length_size, &one)) {
    if (!is_replaced (track->codec, &one, nal)) {
      append (sets->latest, length_size, &one);
    } else if (!is_put) {
      append (sets->latest, length_size, nal);
      is_put = TRUE;
    }
  }
  if (!is_put)
    append (sets->latest, length_size, nal);
}

/* An SPS comes with all others; what comes without one adds to them. */
static void
learn (CmafInBandSets *sets, const CmafTrack *track, guint length_size,
    GByteArray *found, gboolean has_sps)
{
  CmafBoxReader r;
  CmafNalUnit nal;

  if (has_sps) {
    cmaf_in_band_sets_clear (sets);
    sets->latest = g_byte_array_new ();
  }
  cmaf_box_reader_init (&r, found->data, found->len);
  while (sets->latest && cmaf_nal_unit_next (&r, length_size, &nal)) {
    put (sets, track, length_size, &nal);
    if (sets->latest->len > MAX_SIZE)
      cmaf_in_band_sets_clear (sets);
  }
}

GBytes *
cmaf_in_band_sets_take (CmafInBandSets *sets, const CmafTrack *track,
    gconstpointer unit, gsize size, gboolean is_key, gsize *offset)
{
  const guint length_size = find_length_size (track);
  g_autoptr (GByteArray) found = g_byte_array_new ();
  gboolean has_sps = FALSE;
  GBytes *missing = NULL;
  CmafBoxReader r;
  CmafNalUnit nal;

  *offset = 0;
  if (length_size == 0)
    return NULL;
  cmaf_box_reader_init (&r, unit, size);
  while (cmaf_nal_unit_next (&r, length_size, &nal)) {
    const CmafNalKind kind = cmaf_nal_unit_kind (track->codec, &nal);

    if (is_set (kind))
      append (found, length_size, &nal);
    if (kind == CMAF_NAL_DELIMITER && *offset == 0)
      *offset = r.pos;
    has_sps |= kind == CMAF_NAL_SPS;
  }
  if (is_key && !has_sps && sets->latest && !r.failed)
    missing = g_bytes_new (sets->latest->data, sets->latest->len);
  if (found->len > 0)
    learn (sets, track, length_size, found, has_sps);
  return missing;
}
