/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What manifests say of a track beside codec, size and rate: its channels, its
 * dynamic range. Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* A descriptor of the MPD (ISO/IEC 23009-1 5.8.2). */
typedef struct
{
  const gchar *element;
  const gchar *scheme;
  gchar value[16];
} CmafDescriptor;

#define CMAF_MAX_DESCRIPTORS 4

/* Those of @track in the order of the schema; returns how many. */
CMAF_API guint cmaf_track_descriptors (
    const CmafTrack *track, CmafDescriptor descriptors[CMAF_MAX_DESCRIPTORS]);
/* CHANNELS of EXT-X-MEDIA: "6", "16/JOC"; empty when it is not known. */
CMAF_API void cmaf_track_hls_channels (const CmafTrack *track, gchar text[16]);
/* VIDEO-RANGE of EXT-X-STREAM-INF: "SDR", "HLG", "PQ"; NULL when it is not
 * known. */
CMAF_API const gchar *cmaf_track_hls_video_range (const CmafTrack *track);
/* CHARACTERISTICS of EXT-X-MEDIA for a role; NULL: none. */
CMAF_API const gchar *cmaf_role_hls_characteristics (const gchar *role);

G_END_DECLS
