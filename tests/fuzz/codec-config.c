/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* First units and headers of elementary streams; the first byte says of which
 * codec. What they complete can be written. */
#include <gst/cmaf/aac-config.h>
#include <gst/cmaf/access-unit.h>
#include <gst/cmaf/avc-fields.h>
#include <gst/cmaf/broken-link.h>
#include <gst/cmaf/flac-config.h>
#include <gst/cmaf/in-band-sets.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/mhas-config.h>
#include <gst/cmaf/parameter-sets.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/sei-timecode.h>

#include "fuzz.h"

static const guint32 codecs[] = { CMAF_CODEC_AV01, CMAF_CODEC_VP09,
  CMAF_CODEC_AC3, CMAF_CODEC_EC3, CMAF_CODEC_MHM1, CMAF_CODEC_OPUS,
  CMAF_CODEC_FLAC, CMAF_CODEC_MHA1, CMAF_CODEC_MP4A, CMAF_CODEC_AVC1 };

static gboolean
fill (CmafTrack *track, const guint8 *data, gsize size, GError **error)
{
  if (track->codec == CMAF_CODEC_FLAC)
    return cmaf_flac_fill_track (track, data, size, error);
  if (track->codec == CMAF_CODEC_MHA1)
    return cmaf_mhac_fill_track (track, data, size, error);
  return cmaf_access_unit_complete_track (track, data, size, error)
         == CMAF_TRACK_COMPLETE;
}

static void
check_aac (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) asc = g_bytes_new (data, size);
  g_autoptr (GBytes) once = cmaf_aac_config_make_explicit (asc);
  g_autoptr (GBytes) twice = cmaf_aac_config_make_explicit (once);

  PROMISE (g_bytes_equal (once, twice));
}

/* What is left of a unit lies in it. */
static void
check_parameter_sets (guint32 codec, const guint8 *config, gsize n,
    const guint8 *unit, gsize size)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_VIDEO, codec);
  g_autoptr (GArray) parts = NULL;
  const gchar *stranger;
  gsize end = 0;

  track->codec_config = g_bytes_new (config, n);
  parts = cmaf_parameter_sets_cut (track, unit, size, &stranger);
  for (guint i = 0; parts && i < parts->len; i++) {
    const CmafUnitPart *part = &g_array_index (parts, CmafUnitPart, i);

    PROMISE (part->size > 0 && part->offset >= end);
    end = part->offset + part->size;
    PROMISE (end <= size);
  }
}

/* Nothing but types of slices is changed, and that once. */
static void
check_broken_link (
    const guint8 *config, gsize n, const guint8 *unit, gsize size)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_HEV1);
  g_autofree guint8 *copy = g_memdup2 (unit, size);
  gboolean is_due;

  track->codec_config = g_bytes_new (config, n);
  is_due = cmaf_broken_link_is_due (track, unit, size);
  cmaf_broken_link_set (track, copy, size);
  PROMISE (size == 0 || is_due == (memcmp (copy, unit, size) != 0));
  PROMISE (!cmaf_broken_link_is_due (track, copy, size));
}

/* What is missing has been there before, and goes into the unit. */
static void
check_in_band_sets (guint32 codec, const guint8 *config, gsize n,
    const guint8 *unit, gsize size)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_VIDEO, codec);
  CmafInBandSets sets = { NULL };

  track->codec_config = g_bytes_new (config, n);
  for (guint i = 0; i < 3; i++) {
    const gsize from = size * i / 3;
    g_autoptr (GBytes) missing = NULL;
    gsize offset;

    missing = cmaf_in_band_sets_take (
        &sets, track, unit + from, size - from, TRUE, &offset);
    PROMISE (i > 0 || !missing);
    PROMISE (offset <= size - from);
    PROMISE (!missing || g_bytes_get_size (missing) <= 2 * size);
  }
  cmaf_in_band_sets_clear (&sets);
}

/* The track's configuration is the first part, the picture the last. */
static void
check_timecode (guint32 codec, const guint8 *data, gsize size)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_VIDEO, codec);
  gsize n = size / 2;
  CmafTimecode label;

  track->codec_config = g_bytes_new (data, n);
  if (cmaf_sei_timecode_read (track, data + n, size - n, &label))
    PROMISE (label.hours < 32 && label.minutes < 64 && label.seconds < 64
             && label.frames < 512);
}

/* avcC and, behind its size, access units twice */
static void
check_avc (const guint8 *data, gsize size)
{
  gsize n = size > 0 ? MIN (data[0], size - 1) : 0;
  CmafAvcFields fields;

  cmaf_avc_fields_init (&fields, data + (size > 0), n);
  cmaf_avc_fields_take (&fields, data + size - n, n);
  cmaf_avc_fields_take (&fields, data, size);
  check_parameter_sets (
      CMAF_CODEC_AVC1, data + (size > 0), n, data + size - n, n);
  check_parameter_sets (
      CMAF_CODEC_HVC1, data + (size > 0), n, data + size - n, n);
  check_in_band_sets (
      CMAF_CODEC_AVC3, data + (size > 0), n, data + size - n, n);
  check_in_band_sets (
      CMAF_CODEC_HEV1, data + (size > 0), n, data + size - n, n);
  check_broken_link (data + (size > 0), n, data + size - n, n);
  check_timecode (CMAF_CODEC_AVC1, data, size);
  check_timecode (CMAF_CODEC_HEV1, data, size);
}

static void
check_header (CmafTrack *track)
{
  g_autofree gchar *text = cmaf_sample_entry_codec_string (track);
  g_autoptr (GBytes) header = NULL;

  PROMISE (g_utf8_validate (text, -1, NULL));
  if (!track->codec_config || track->timescale == 0)
    return;
  header = cmaf_init_segment_write (track, NULL);
  PROMISE (header != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (CmafTrack) track = NULL;
  g_autoptr (GError) error = NULL;
  guint32 codec;

  if (size == 0)
    return 0;
  codec = codecs[data[0] % G_N_ELEMENTS (codecs)];
  data++;
  size--;
  if (codec == CMAF_CODEC_MP4A) {
    check_aac (data, size);
    return 0;
  }
  if (codec == CMAF_CODEC_AVC1) {
    check_avc (data, size);
    return 0;
  }
  track = cmaf_track_new (codec == CMAF_CODEC_AV01 || codec == CMAF_CODEC_VP09
                              ? CMAF_MEDIA_VIDEO
                              : CMAF_MEDIA_AUDIO,
      codec);
  track->width = 320;
  track->height = 240;
  cmaf_access_unit_prefix (track, data, size);
  cmaf_access_unit_continues (track, data, size);
  if (fill (track, data, size, &error)) {
    PROMISE (error == NULL);
    check_header (track);
  }
  return 0;
}
