/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Publication -> manifests in a store: media playlists, then the MPD, then the
 * multivariant playlist, each only when it changed. Not thread safe.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>
#include <gst/cmaf/publication.h>

G_BEGIN_DECLS

typedef struct _CmafManifestPublisher CmafManifestPublisher;

/* @mpd_name, @master_name: NULL: no DASH, no HLS. @vod_mpd_name: as in
 * CmafPackagerConfig. Borrows all. */
CMAF_API CmafManifestPublisher *cmaf_manifest_publisher_new (
    CmafObjectStore *store, const gchar *mpd_name, const gchar *vod_mpd_name,
    const gchar *master_name);
CMAF_API void cmaf_manifest_publisher_free (CmafManifestPublisher *publisher);
/* What was said may be said differently from now on. */
CMAF_API void cmaf_manifest_publisher_forget (CmafManifestPublisher *publisher);
/* The names that were written, in order, are added to @names. */
CMAF_API gboolean cmaf_manifest_publisher_publish (
    CmafManifestPublisher *publisher, const CmafPublication *publication,
    GPtrArray *names, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    CmafManifestPublisher, cmaf_manifest_publisher_free)

G_END_DECLS
