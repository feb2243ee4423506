/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of an encoder that knows nothing of the grid -> chunks on it: times
 * moved, and cut where a segment begins (docs/sync.md, encoders that are not
 * synchronised). Payload is shared. Pure; not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef struct _CmafRestamper CmafRestamper;

/* NULL and CMAF_ERROR_UNSUPPORTED for a track with times inside its samples. */
CMAF_API CmafRestamper *cmaf_restamper_new (
    const CmafTrack *track, const CmafSegmentGrid *grid, GError **error);
CMAF_API void cmaf_restamper_free (CmafRestamper *restamper);
/* What comes out: it tells the grid, and has no edit list. (transfer none) */
CMAF_API CmafTrack *cmaf_restamper_get_track (CmafRestamper *restamper);
CMAF_API GBytes *cmaf_restamper_get_header (CmafRestamper *restamper);
/* Ticks that are added to every time from now on; a segment begins anew. */
CMAF_API void cmaf_restamper_set_offset (
    CmafRestamper *restamper, gint64 ticks);
/* Appends one or more CmafChunk to @out. Video is cut in front of the first
 * sync sample of each segment of the grid, sound and all else in front of the
 * first unit. */
CMAF_API gboolean cmaf_restamper_push (CmafRestamper *restamper,
    const CmafChunk *chunk, GPtrArray *out, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafRestamper, cmaf_restamper_free)

G_END_DECLS
