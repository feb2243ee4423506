/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an MPD tells a receiver of ingest (DASH-IF live media ingest 6.2(16)):
 * its Representations, with languages, roles and the names of their segments.
 * Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_MPD_MAX_SIZE (1024 * 1024)
#define CMAF_MPD_MAX_TRACKS 256

/* A Representation. */
typedef struct
{
  gchar *id;
  gchar *language;       /* NULL: not said, or no language */
  gchar *role;           /* NULL: not said, or no role */
  gchar *initialization; /* template below the MPD; NULL: not said */
  gchar *media;          /* the same */
  guint64 bandwidth;
} CmafMpdTrack;

/* Immutable. */
typedef struct
{
  GPtrArray *tracks; /* of CmafMpdTrack */
} CmafMpd;

/* CMAF_ERROR_LIMIT: too large, too many. CMAF_ERROR_UNSUPPORTED: no MPD.
 * CMAF_ERROR_MALFORMED: no XML, or an MPD that is wrong. */
CMAF_API CmafMpd *cmaf_mpd_read (const gchar *data, gsize size, GError **error);
CMAF_API void cmaf_mpd_free (CmafMpd *mpd);

/* Of which track is @path, which is below the MPD, the header or a segment?
 * NULL: of none. */
CMAF_API const CmafMpdTrack *cmaf_mpd_find (
    const CmafMpd *mpd, const gchar *path);
/* Where the header of @track is, below the MPD; NULL: not said. */
CMAF_API gchar *cmaf_mpd_header_path (const CmafMpdTrack *track);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafMpd, cmaf_mpd_free)

G_END_DECLS
