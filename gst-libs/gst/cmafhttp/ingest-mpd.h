/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The MPD that goes in front of an ingest (DASH-IF live media ingest 6.2(16)):
 * it names tracks and switching sets and lists no segment. Equal arguments give
 * equal bytes. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/track.h>
#include <gst/cmafhttp/ingest-naming.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *name;
  CmafTrack *track;
} CmafIngestMpdTrack;

/* Tracks whose header does not tell the segment duration are left out. NULL
 * when none is left. @revision: grows with each MPD of a presentation, in place
 * of a time of day. (transfer full) */
CMAF_API GBytes *cmaf_ingest_mpd_write (const CmafIngestMpdTrack *tracks,
    guint n_tracks, const CmafIngestNaming *naming, guint revision);

G_END_DECLS
