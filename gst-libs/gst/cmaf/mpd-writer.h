/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* (presentation, state) -> DASH MPD (ISO/IEC 23009-1). Equal arguments give
 * equal bytes. Since: 0.1 */
#pragma once

#include <gst/cmaf/presentation.h>

G_BEGIN_DECLS

/* Remembers what was written of each SegmentTimeline, so that a growing MPD
 * costs what was added to it. Never changes what is written. For one
 * presentation, one thread at a time. Making one also makes libxml2 ready,
 * which it does not do safely when two threads use it for the first time. */
typedef struct _CmafMpdCache CmafMpdCache;

CMAF_API CmafMpdCache *cmaf_mpd_cache_new (void);
CMAF_API void cmaf_mpd_cache_free (CmafMpdCache *cache);

/* @cache may be NULL. */
CMAF_API GBytes *cmaf_mpd_write (const CmafPresentation *presentation,
    const CmafPresentationState *state, CmafMpdCache *cache);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafMpdCache, cmaf_mpd_cache_free)

G_END_DECLS
