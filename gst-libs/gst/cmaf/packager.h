/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of any number of tracks -> segments, MPD and playlists in an object
 * store. What a manifest says is a function of headers, published segments and
 * configuration: no wall clock, no arrival order, no measured rate.
 *
 * Thread safe: one lock of its own, held while it writes to the store, never
 * while a callback of CmafPackagerCallbacks runs. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/object-store.h>
#include <gst/cmaf/packager-config.h>
#include <gst/cmaf/packager-events.h>

G_BEGIN_DECLS

typedef struct _CmafPackager CmafPackager;

/* CMAF_ERROR_CONFIG names the field. Keeps a reference to @store. */
CMAF_API CmafPackager *cmaf_packager_new (const CmafPackagerConfig *config,
    CmafObjectStore *store, const CmafPackagerCallbacks *callbacks,
    gpointer user_data, GError **error);
CMAF_API void cmaf_packager_free (CmafPackager *packager);
/* How many tracks there will be: nothing is listed, and no segment duration is
 * guessed, until so many have a header. */
CMAF_API void cmaf_packager_set_expected (
    CmafPackager *packager, guint n_tracks);
/* Changes max_lag of the configuration. */
CMAF_API void cmaf_packager_set_max_lag (CmafPackager *packager, guint max_lag);
/* Adds a track, or gives a known one a (new) header. @name follows
 * cmaf_track_name_is_valid(); identical headers are ignored. */
CMAF_API gboolean cmaf_packager_set_header (CmafPackager *packager,
    const gchar *name, CmafTrack *track, GBytes *header, GError **error);
CMAF_API gboolean cmaf_packager_push (CmafPackager *packager, const gchar *name,
    CmafChunk *chunk, GError **error);
/* With a deferred store: objects have arrived there, or were lost. Any
 * thread. */
CMAF_API gboolean cmaf_packager_poll (CmafPackager *packager, GError **error);
/* The track ends or goes away: its last segment is published, and it no longer
 * holds the others back. */
CMAF_API gboolean cmaf_packager_end_track (
    CmafPackager *packager, const gchar *name, GError **error);
/* End of the presentation: manifests become static. Without write_segments it
 * waits for segments that another packager still writes, with a deferred store
 * for those that are on their way: as long as some come within finish_wait. */
CMAF_API gboolean cmaf_packager_finish (CmafPackager *packager, GError **error);
/* Objects that _finish() has not waited for, and that no manifest lists. */
CMAF_API guint cmaf_packager_get_unlisted (CmafPackager *packager);
/* TRUE makes _finish() return without waiting. */
CMAF_API void cmaf_packager_set_flushing (
    CmafPackager *packager, gboolean flushing);
/* Counters and per-track state, for the property stats; never waits for the
 * store. (transfer full) */
CMAF_API GstStructure *cmaf_packager_get_stats (CmafPackager *packager);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafPackager, cmaf_packager_free)

G_END_DECLS
