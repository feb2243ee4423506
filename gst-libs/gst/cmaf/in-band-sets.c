/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Parameter sets for samples that came without. */
#include "in-band-sets.h"

#include "nal-units.h"

/* Of an encoder that changes its PPS all the time nothing is kept. */
#define MAX_SIZE 16384

typedef enum
{
  OTHER,
  DELIMITER,
  SPS,
  SET, /* another one */
} Kind;

/* nal_unit_type: ISO/IEC 14496-10 table 7-1, 23008-2 table 7-1 */
static const struct
{
  guint32 codec;
  guint8 nal_unit_type;
  Kind kind;
} kinds[] = {
  { CMAF_CODEC_AVC3, 9, DELIMITER },
  { CMAF_CODEC_AVC3, 7, SPS },
  { CMAF_CODEC_AVC3, 8, SET },
  { CMAF_CODEC_AVC3, 13, SET },
  { CMAF_CODEC_HEV1, 35, DELIMITER },
  { CMAF_CODEC_HEV1, 32, SET },
  { CMAF_CODEC_HEV1, 33, SPS },
  { CMAF_CODEC_HEV1, 34, SET },
};

static Kind
find_kind (guint32 codec, const CmafNalUnit *nal)
{
  guint8 type =
      codec == CMAF_CODEC_AVC3 ? nal->data[0] & 0x1f : nal->data[0] >> 1 & 0x3f;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].codec == codec && kinds[i].nal_unit_type == type)
      return kinds[i].kind;
  }
  return OTHER;
}

/* lengthSizeMinusOne of avcC and hvcC; 0 when the track is another */
static guint
find_length_size (const CmafTrack *track)
{
  const gsize at = track->codec == CMAF_CODEC_AVC3 ? 4 : 21;
  const guint8 *config;
  gsize size;

  if ((track->codec != CMAF_CODEC_AVC3 && track->codec != CMAF_CODEC_HEV1)
      || !track->codec_config)
    return 0;
  config = g_bytes_get_data (track->codec_config, &size);
  return size > at ? (config[at] & 3) + 1 : 0;
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

/* An SPS comes with all others; what comes without one adds to them. */
static void
learn (CmafInBandSets *sets, GByteArray *found, gboolean has_sps)
{
  if (has_sps)
    cmaf_in_band_sets_clear (sets);
  if (!sets->latest && has_sps)
    sets->latest = g_byte_array_ref (found);
  else if (sets->latest)
    g_byte_array_append (sets->latest, found->data, found->len);
  if (sets->latest && sets->latest->len > MAX_SIZE)
    cmaf_in_band_sets_clear (sets);
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
    const Kind kind = find_kind (track->codec, &nal);

    if (kind == SPS || kind == SET)
      g_byte_array_append (
          found, nal.data - length_size, (guint)(nal.size + length_size));
    if (kind == DELIMITER && *offset == 0)
      *offset = r.pos;
    has_sps |= kind == SPS;
  }
  if (is_key && !has_sps && sets->latest && !r.failed)
    missing = g_bytes_new (sets->latest->data, sets->latest->len);
  if (found->len > 0)
    learn (sets, found, has_sps);
  return missing;
}
