/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What manifests say of a track beside codec, size and rate. */
#include "track-descriptors.h"

#include "ac3-config.h"

#define SUPPLEMENTAL "SupplementalProperty"
#define CHANNELS "AudioChannelConfiguration"
/* transfer_characteristics (ISO/IEC 23091-2) */
#define TRANSFER_PQ 16
#define TRANSFER_HLG 18

static const guint8 *
config_of (const CmafTrack *track, gsize *size)
{
  *size = 0;
  return track->codec_config ? g_bytes_get_data (track->codec_config, size)
                             : NULL;
}

static gboolean
is_dolby (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_AC3 || track->codec == CMAF_CODEC_EC3;
}

/* Objects an E-AC-3 track has, 0: none. */
static guint
joc_complexity (const CmafTrack *track)
{
  gsize size;
  const guint8 *config = config_of (track, &size);

  return track->codec == CMAF_CODEC_EC3 ? cmaf_ec3_joc_complexity (config, size)
                                        : 0;
}

static void G_GNUC_PRINTF (4, 5) add (CmafDescriptor **next,
    const gchar *element, const gchar *scheme, const gchar *format, ...)
{
  va_list args;

  (*next)->element = element;
  (*next)->scheme = scheme;
  va_start (args, format);
  g_vsnprintf ((*next)->value, sizeof (*next)->value, format, args);
  va_end (args);
  (*next)++;
}

/* Where the loudspeakers are when the codec says it, else how many there are.
 */
static void
add_channels (const CmafTrack *track, CmafDescriptor **next)
{
  gsize size;
  const guint8 *config = config_of (track, &size);

  if (is_dolby (track))
    add (next, CHANNELS,
        "tag:dolby.com,2014:dash:audio_channel_configuration:2011", "%04X",
        cmaf_ac3_channel_map (track->codec == CMAF_CODEC_EC3, config, size));
  else if ((track->codec == CMAF_CODEC_MHA1 || track->codec == CMAF_CODEC_MHM1)
           && size > 2 && config[2] > 0)
    add (next, CHANNELS, "urn:mpeg:mpegB:cicp:ChannelConfiguration", "%u",
        config[2]);
  else if (track->channels > 0)
    add (next, CHANNELS,
        "urn:mpeg:dash:23003:3:audio_channel_configuration:2011", "%u",
        track->channels);
}

static void
add_audio (const CmafTrack *track, CmafDescriptor **next)
{
  guint complexity = joc_complexity (track);

  add_channels (track, next);
  if (complexity == 0)
    return;
  add (next, SUPPLEMENTAL, "tag:dolby.com,2018:dash:EC3_ExtensionType:2018",
      "JOC");
  add (next, SUPPLEMENTAL,
      "tag:dolby.com,2018:dash:EC3_ExtensionComplexityIndex:2018", "%u",
      complexity);
}

static gboolean
is_hdr (const CmafTrack *track)
{
  return track->has_colour
         && (track->transfer_characteristics == TRANSFER_PQ
             || track->transfer_characteristics == TRANSFER_HLG);
}

/* PQ and HLG need a display, or a conversion, that can (ISO/IEC 23091-2).
 * Supplemental: players that do not know the scheme would leave out what is
 * essential, also those that can play it. */
static void
add_colour (const CmafTrack *track, CmafDescriptor **next)
{
  if (!is_hdr (track))
    return;
  add (next, SUPPLEMENTAL, "urn:mpeg:mpegB:cicp:ColourPrimaries", "%u",
      track->colour_primaries);
  add (next, SUPPLEMENTAL, "urn:mpeg:mpegB:cicp:TransferCharacteristics", "%u",
      track->transfer_characteristics);
  add (next, SUPPLEMENTAL, "urn:mpeg:mpegB:cicp:MatrixCoefficients", "%u",
      track->matrix_coefficients);
}

guint
cmaf_track_descriptors (
    const CmafTrack *track, CmafDescriptor descriptors[CMAF_MAX_DESCRIPTORS])
{
  CmafDescriptor *next = descriptors;

  if (track->media == CMAF_MEDIA_AUDIO)
    add_audio (track, &next);
  else if (track->media == CMAF_MEDIA_VIDEO)
    add_colour (track, &next);
  return (guint)(next - descriptors);
}

void
cmaf_track_hls_channels (const CmafTrack *track, gchar text[16])
{
  guint complexity = joc_complexity (track);

  text[0] = '\0';
  if (complexity > 0)
    g_snprintf (text, 16, "%u/JOC", complexity);
  else if (track->channels > 0)
    g_snprintf (text, 16, "%u", track->channels);
}

const gchar *
cmaf_track_hls_video_range (const CmafTrack *track)
{
  if (!track->has_colour)
    return NULL;
  return track->transfer_characteristics == TRANSFER_PQ    ? "PQ"
         : track->transfer_characteristics == TRANSFER_HLG ? "HLG"
                                                           : "SDR";
}

const gchar *
cmaf_role_hls_characteristics (const gchar *role)
{
  static const struct
  {
    const gchar *role, *characteristics;
  } rows[] = {
    { "subtitle", "public.accessibility.transcribes-spoken-dialog" },
    { "caption", "public.accessibility.transcribes-spoken-dialog,"
                 "public.accessibility.describes-music-and-sound" },
    { "easyreader", "public.easy-to-read" },
    { "description", "public.accessibility.describes-video" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_strcmp0 (role, rows[i].role) == 0)
      return rows[i].characteristics;
  return NULL;
}
