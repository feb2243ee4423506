/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Table: what a track is -> the brand of its CMAF media profile. */
#include "media-profile.h"

#include "aac-config.h"

#include <string.h>

#define AVC_HIGH 100
#define AVC_MAIN 77
#define AVC_BASELINE 66
#define AVC_CONSTRAINT_SET1 0x40 /* Baseline that Main decodes */
#define HEVC_MAIN 1
#define HEVC_MAIN10 2

/* Colour a profile allows; BT.709 when nothing is said (9.3.2). */
typedef enum
{
  COLOUR_709,
  COLOUR_SD,     /* or BT.601 */
  COLOUR_709_20, /* or BT.2020 */
  COLOUR_PQ,
  COLOUR_HLG,
} Colour;

static const struct
{
  gboolean is_avc;
  guint profile_idc;
  guint max_level_idc;
  guint max_width, max_height;
  guint max_fps;
  Colour colour;
  guint32 brand;
} profiles[] = {
  { TRUE, AVC_HIGH, 31, 864, 576, 60, COLOUR_SD,
      CMAF_FOURCC ('c', 'f', 's', 'd') },
  { TRUE, AVC_HIGH, 40, 1920, 1080, 60, COLOUR_709,
      CMAF_FOURCC ('c', 'f', 'h', 'd') },
  { TRUE, AVC_HIGH, 42, 1920, 1080, 60, COLOUR_709,
      CMAF_FOURCC ('c', 'h', 'd', 'f') },
  { FALSE, HEVC_MAIN, 123, 1920, 1080, 60, COLOUR_709,
      CMAF_FOURCC ('c', 'h', 'h', 'd') },
  { FALSE, HEVC_MAIN, 150, 3840, 2160, 60, COLOUR_709,
      CMAF_FOURCC ('c', 'u', 'd', '8') },
  { FALSE, HEVC_MAIN10, 123, 1920, 1080, 60, COLOUR_709,
      CMAF_FOURCC ('c', 'h', 'h', '1') },
  { FALSE, HEVC_MAIN10, 153, 3840, 2160, 60, COLOUR_709_20,
      CMAF_FOURCC ('c', 'u', 'd', '1') },
  { FALSE, HEVC_MAIN10, 153, 3840, 2160, 60, COLOUR_PQ,
      CMAF_FOURCC ('c', 'h', 'd', '1') },
  { FALSE, HEVC_MAIN10, 153, 3840, 2160, 60, COLOUR_HLG,
      CMAF_FOURCC ('c', 'l', 'g', '1') },
};

static gboolean
has_colour (const CmafTrack *t, guint primaries, guint transfer, guint matrix)
{
  return t->colour_primaries == primaries
         && t->transfer_characteristics == transfer
         && t->matrix_coefficients == matrix;
}

static gboolean
is_bt601 (const CmafTrack *t)
{
  return t->transfer_characteristics == 6
         && (t->colour_primaries == 5 || t->colour_primaries == 6)
         && (t->matrix_coefficients == 5 || t->matrix_coefficients == 6);
}

static gboolean
is_bt2020 (const CmafTrack *t)
{
  return t->colour_primaries == 9
         && (t->transfer_characteristics == 14
             || t->transfer_characteristics == 15)
         && (t->matrix_coefficients == 9 || t->matrix_coefficients == 10);
}

static gboolean
is_colour_within (const CmafTrack *track, Colour colour)
{
  gboolean is_709 = !track->has_colour || has_colour (track, 1, 1, 1);

  if (track->has_colour && track->full_range)
    return FALSE;
  switch (colour) {
    case COLOUR_709:
      return is_709;
    case COLOUR_SD:
      return is_709 || is_bt601 (track);
    case COLOUR_709_20:
      return is_709 || is_bt2020 (track);
    case COLOUR_PQ:
      return track->has_colour
             && (has_colour (track, 9, 16, 9) || has_colour (track, 9, 16, 10));
    case COLOUR_HLG:
      return track->has_colour && has_colour (track, 9, 18, 9);
  }
  return FALSE;
}

/* What decoders of a profile decode counts as that profile. */
static guint
avc_profile (const guint8 *avcc)
{
  if (avcc[1] == AVC_MAIN
      || (avcc[1] == AVC_BASELINE && avcc[2] & AVC_CONSTRAINT_SET1))
    return AVC_HIGH;
  return avcc[1];
}

static guint32
nalu_brand (const CmafTrack *track, gboolean is_avc)
{
  const guint8 *config = g_bytes_get_data (track->codec_config, NULL);
  guint profile =
      is_avc ? avc_profile (config) : config[1] & 0x3f; /* Main tier only */
  guint level = is_avc ? config[3] : config[12];

  if (track->fps_n == 0 || track->fps_d == 0 || track->is_interlaced)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
    if (profiles[i].is_avc == is_avc && profile == profiles[i].profile_idc
        && level <= profiles[i].max_level_idc
        && track->width <= profiles[i].max_width
        && track->height <= profiles[i].max_height
        && track->fps_n <= (guint64)profiles[i].max_fps * track->fps_d
        && is_colour_within (track, profiles[i].colour))
      return profiles[i].brand;
  }
  return 0;
}

/* AAC core (10.4): AAC-LC, HE-AAC and HE-AAC v2 of level 2 */
static guint32
aac_brand (const CmafTrack *track)
{
  gsize size;
  gconstpointer asc = g_bytes_get_data (track->codec_config, &size);
  guint type = cmaf_aac_object_type (asc, size);

  if ((type == CMAF_AAC_LC || type == CMAF_AAC_SBR || type == CMAF_AAC_PS)
      && track->channels <= 2 && track->sample_rate <= 48000)
    return CMAF_FOURCC ('c', 'a', 'a', 'c');
  return 0;
}

static guint32
ttml_brand (const CmafTrack *track)
{
  gsize size;
  const gchar *config = g_bytes_get_data (track->codec_config, &size);
  static const gchar profile[] = "codecs=im1t";

  for (gsize i = 0; i + sizeof profile - 1 <= size; i++) {
    if (memcmp (config + i, profile, sizeof profile - 1) == 0)
      return CMAF_FOURCC ('i', 'm', '1', 't');
  }
  return 0;
}

guint32
cmaf_media_profile_brand (const CmafTrack *track)
{
  switch (track->codec) {
    case CMAF_CODEC_AVC1:
    case CMAF_CODEC_AVC3:
      return nalu_brand (track, TRUE);
    case CMAF_CODEC_HVC1:
    case CMAF_CODEC_HEV1:
      return nalu_brand (track, FALSE);
    case CMAF_CODEC_AV01:
      return CMAF_CODEC_AV01; /* the binding, 2.1 and 3 */
    case CMAF_CODEC_MP4A:
      return aac_brand (track);
    case CMAF_CODEC_WVTT:
      return CMAF_FOURCC ('c', 'w', 'v', 't');
    case CMAF_CODEC_STPP:
      return ttml_brand (track);
    default:
      return 0;
  }
}
