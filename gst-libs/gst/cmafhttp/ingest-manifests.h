/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The MPDs that a receiver was sent: which track a path below them belongs to.
 * Part of ingest-server; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmaf/mpd-reader.h>
#include <gst/cmafhttp/ingest-path.h>

G_BEGIN_DECLS

typedef struct _CmafIngestManifests CmafIngestManifests;

CmafIngestManifests *cmaf_ingest_manifests_new (void);
void cmaf_ingest_manifests_free (CmafIngestManifests *manifests);

/* @path: of the MPD, which replaces one of the same path and, when there are
 * too many, the one that came first. */
gboolean cmaf_ingest_manifests_take (CmafIngestManifests *manifests,
    const gchar *path, GBytes *bytes, GError **error);
/* NULL: no MPD names @path. @parsed becomes that of its track, however else it
 * was understood; *@header gets the path of its header, or NULL. A path that
 * names its track by itself is not changed, and found by the id. */
const CmafMpdTrack *cmaf_ingest_manifests_find (CmafIngestManifests *manifests,
    const gchar *path, CmafIngestPath *parsed, gchar **header);

/* All tracks. @path: of the header, NULL: not said. */
typedef void (*CmafIngestManifestsVisit) (
    const CmafMpdTrack *track, const gchar *path, gpointer user_data);
void cmaf_ingest_manifests_visit (CmafIngestManifests *manifests,
    CmafIngestManifestsVisit visit, gpointer user_data);

G_END_DECLS
