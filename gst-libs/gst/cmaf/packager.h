/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of any number of tracks -> segments, MPD and playlists in an object
 * store. What a manifest says is a function of headers, published segments and
 * configuration: no wall clock, no arrival order, no measured rate.
 *
 * Thread safe: one lock of its own, held while it writes to the store, never
 * while a callback runs. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/object-store.h>
#include <gst/cmaf/presentation.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *media_template; /* of a segment; NULL: a default that goes with
                                  @addressing */
  const gchar *mpd_name;       /* NULL: no MPD */
  const gchar *master_name;    /* multivariant playlist; NULL: no HLS */
  const gchar *playlist_name;  /* "media.m3u8", in the folder of the track */
  CmafAddressing addressing;
  CmafManifestType type;
  guint64 segment_duration_n; /* D in seconds; 0/0: from the headers, else from
                                 the first video segment */
  guint64 segment_duration_d;
  guint number_offset;        /* 0 or 1, added to every number */
  GstClockTime window_length; /* what manifests list; 0: everything */
  guint window_quantum;       /* segments by which the window moves */
  gboolean low_latency;       /* segments are visible while they grow */
  gboolean write_segments; /* FALSE: another packager writes the same names */
} CmafPackagerConfig;

/* One complete segment. */
typedef struct
{
  const gchar *track_name;
  const gchar *name;   /* object name of the segment */
  guint64 number;      /* with number_offset */
  guint64 decode_time; /* ticks */
  guint64 duration;    /* ticks */
  guint32 timescale;
  gsize size;
  guint64 gap; /* missing ticks just before it */
} CmafPublishedSegment;

/* Called with no lock held, from the thread that pushed. Any may be NULL. */
typedef struct
{
  void (*segment) (const CmafPublishedSegment *segment, gpointer user_data);
  void (*manifest) (const gchar *name, gpointer user_data);
  /* one clear sentence about input that is unusable or was mended */
  void (*warning) (const GError *error, gpointer user_data);
} CmafPackagerCallbacks;

typedef struct _CmafPackager CmafPackager;

CMAF_API void cmaf_packager_config_init (CmafPackagerConfig *config);
/* CMAF_ERROR_CONFIG names the field. Keeps a reference to @store. */
CMAF_API CmafPackager *cmaf_packager_new (const CmafPackagerConfig *config,
    CmafObjectStore *store, const CmafPackagerCallbacks *callbacks,
    gpointer user_data, GError **error);
CMAF_API void cmaf_packager_free (CmafPackager *packager);
/* Adds a track, or gives a known one a (new) header. @name follows
 * cmaf_track_name_is_valid(); identical headers are ignored. */
CMAF_API gboolean cmaf_packager_set_header (CmafPackager *packager,
    const gchar *name, CmafTrack *track, GBytes *header, GError **error);
CMAF_API gboolean cmaf_packager_push (CmafPackager *packager, const gchar *name,
    CmafChunk *chunk, GError **error);
/* The track ends or goes away: its last segment is published, and it no longer
 * holds the others back. */
CMAF_API gboolean cmaf_packager_end_track (
    CmafPackager *packager, const gchar *name, GError **error);
/* End of the presentation: manifests become static. */
CMAF_API gboolean cmaf_packager_finish (CmafPackager *packager, GError **error);
/* counters and per-track state, for the property stats (transfer full) */
CMAF_API GstStructure *cmaf_packager_get_stats (CmafPackager *packager);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafPackager, cmaf_packager_free)

G_END_DECLS
