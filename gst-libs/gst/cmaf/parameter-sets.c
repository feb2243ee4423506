/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The parameter sets of avc1 and hvc1 tracks: in the header, in no sample. */
#include "parameter-sets.h"

#include "nal-units.h"

static const gchar *const names[] = {
  [CMAF_NAL_OTHER] = NULL,
  [CMAF_NAL_DELIMITER] = NULL,
  [CMAF_NAL_VPS] = "VPS",
  [CMAF_NAL_SPS] = "SPS",
  [CMAF_NAL_SPS_EXTENSION] = "SPS extension",
  [CMAF_NAL_PPS] = "PPS",
};

/* One of the next @n NAL units of a configuration is @wanted. */
static gboolean
has_nal_unit (CmafBoxReader *r, guint n, const CmafNalUnit *wanted)
{
  gboolean found = FALSE;

  for (guint i = 0; i < n && !r->failed && !found; i++) {
    gsize size = cmaf_box_reader_u16 (r);
    const guint8 *data = cmaf_box_reader_data (r, size);

    found =
        data && size == wanted->size && memcmp (data, wanted->data, size) == 0;
  }
  return found;
}

/* avcC, ISO/IEC 14496-15 5.3.3.1 */
static gboolean
is_in_avcc (CmafBoxReader *r, const CmafNalUnit *nal)
{
  cmaf_box_reader_skip (r, 5);
  if (has_nal_unit (r, cmaf_box_reader_u8 (r) & 0x1f, nal)
      || has_nal_unit (r, cmaf_box_reader_u8 (r), nal))
    return TRUE;
  cmaf_box_reader_skip (r, 3); /* chroma format, bit depths */
  return has_nal_unit (r, cmaf_box_reader_u8 (r), nal);
}

/* hvcC, ISO/IEC 14496-15 8.3.3.1 */
static gboolean
is_in_hvcc (CmafBoxReader *r, const CmafNalUnit *nal)
{
  guint n_arrays;

  cmaf_box_reader_skip (r, 22);
  n_arrays = cmaf_box_reader_u8 (r);
  for (guint i = 0; i < n_arrays && !r->failed; i++) {
    cmaf_box_reader_skip (r, 1);
    if (has_nal_unit (r, cmaf_box_reader_u16 (r), nal))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_in_header (const CmafTrack *track, const CmafNalUnit *nal)
{
  gsize size;
  gconstpointer config = g_bytes_get_data (track->codec_config, &size);
  CmafBoxReader r;

  cmaf_box_reader_init (&r, config, size);
  return track->codec == CMAF_CODEC_AVC1 ? is_in_avcc (&r, nal)
                                         : is_in_hvcc (&r, nal);
}

static void
keep (GArray *parts, gsize offset, gsize end)
{
  CmafUnitPart part = { offset, end - offset };

  if (part.size > 0)
    g_array_append_val (parts, part);
}

GArray *
cmaf_parameter_sets_cut (const CmafTrack *track, gconstpointer unit, gsize size,
    const gchar **stranger)
{
  g_autoptr (GArray) parts = NULL;
  gsize kept_from = 0, at = 0;
  guint length_size;
  CmafBoxReader r;
  CmafNalUnit nal;

  *stranger = NULL;
  if (track->codec != CMAF_CODEC_AVC1 && track->codec != CMAF_CODEC_HVC1)
    return NULL;
  length_size = cmaf_nal_length_size_of_track (track);
  if (length_size == 0)
    return NULL;
  cmaf_box_reader_init (&r, unit, size);
  for (; cmaf_nal_unit_next (&r, length_size, &nal); at = r.pos) {
    const gchar *name = names[cmaf_nal_unit_kind (track->codec, &nal)];

    if (!name)
      continue;
    if (!is_in_header (track, &nal)) {
      *stranger = name;
      continue;
    }
    if (!parts)
      parts = g_array_new (FALSE, FALSE, sizeof (CmafUnitPart));
    keep (parts, kept_from, at);
    kept_from = r.pos;
  }
  if (parts)
    keep (parts, kept_from, size);
  return g_steal_pointer (&parts);
}
