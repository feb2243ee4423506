/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What only access units tell of their track. */
#include "access-unit.h"

#include "ac3-config.h"
#include "av1-config.h"
#include "mhas-config.h"
#include "vp9-config.h"

#define OPUS_MAX_SAMPLES 5760 /* 120 ms, RFC 6716 3.2.5 */

guint32
cmaf_opus_packet_samples (gconstpointer data, gsize size)
{
  static const guint16 silk[] = { 480, 960, 1920, 2880 };
  static const guint16 hybrid[] = { 480, 960 };
  static const guint16 celt[] = { 120, 240, 480, 960 };
  const guint8 *bytes = data;
  guint config, samples, n_frames;

  if (size == 0)
    return 0;
  config = bytes[0] >> 3;
  samples = config < 12   ? silk[config % 4]
            : config < 16 ? hybrid[config % 2]
                          : celt[config % 4];
  switch (bytes[0] & 3) {
    case 0:
      n_frames = 1;
      break;
    case 3:
      n_frames = size > 1 ? bytes[1] & 0x3f : 0;
      break;
    default:
      n_frames = 2;
      break;
  }
  samples *= n_frames;
  return samples <= OPUS_MAX_SAMPLES ? samples : 0;
}

/* Opus tells the length of its packets nowhere but in the packets. */
static gboolean
fill_opus (CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  guint32 samples = cmaf_opus_packet_samples (data, size);

  if (samples > 0)
    track->sample_duration = samples;
  return TRUE;
}

static const struct
{
  guint32 codec;
  gboolean (*fill) (
      CmafTrack *track, gconstpointer data, gsize size, GError **error);
} rows[] = {
  { CMAF_CODEC_AV01, cmaf_av1_fill_track },
  { CMAF_CODEC_VP09, cmaf_vp9_fill_track },
  { CMAF_CODEC_AC3, cmaf_ac3_fill_track },
  { CMAF_CODEC_EC3, cmaf_ac3_fill_track },
  { CMAF_CODEC_MHM1, cmaf_mhas_fill_track },
  { CMAF_CODEC_OPUS, fill_opus },
};

CmafTrackState
cmaf_access_unit_complete_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].codec != track->codec)
      continue;
    if (rows[i].fill (track, data, size, &reason))
      return CMAF_TRACK_COMPLETE;
    if (!reason)
      return CMAF_TRACK_INCOMPLETE;
    g_propagate_error (error, g_steal_pointer (&reason));
    return CMAF_TRACK_REFUSED;
  }
  return CMAF_TRACK_COMPLETE;
}

gsize
cmaf_access_unit_prefix (const CmafTrack *track, gconstpointer head, gsize size)
{
  return track->codec == CMAF_CODEC_AV01 ? cmaf_av1_delimiter_size (head, size)
                                         : 0;
}

gboolean
cmaf_access_unit_may_continue (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_EC3
         || ((track->codec == CMAF_CODEC_AVC1
                 || track->codec == CMAF_CODEC_AVC3)
             && track->is_interlaced);
}

gboolean
cmaf_access_unit_continues (
    const CmafTrack *track, gconstpointer head, gsize size)
{
  return track->codec == CMAF_CODEC_EC3
         && !cmaf_ac3_starts_unit (TRUE, head, size);
}

gboolean
cmaf_access_unit_has_header_packets (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_FLAC || track->codec == CMAF_CODEC_OPUS;
}
