/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* (presentation, state) -> HLS playlists (RFC 8216bis). Equal arguments give
 * equal bytes. Since: 0.1 */
#pragma once

#include <gst/cmaf/presentation.h>

G_BEGIN_DECLS

/* Remembers the entries of one media playlist, so that a growing playlist costs
 * what was added to it. Never changes what is written. One thread at a time. */
typedef struct _CmafM3u8Cache CmafM3u8Cache;

CMAF_API CmafM3u8Cache *cmaf_m3u8_cache_new (void);
CMAF_API void cmaf_m3u8_cache_free (CmafM3u8Cache *cache);

/* The media playlist of track @name; NULL when it has no segment to list.
 * @has_left: the track ended before the presentation does. @cache may be
 * NULL. */
CMAF_API GBytes *cmaf_m3u8_write_media (const CmafPresentation *presentation,
    const CmafPresentationState *state, const gchar *name, gboolean has_left,
    CmafM3u8Cache *cache);
/* The multivariant playlist over the tracks of the last period; NULL when there
 * is no video and no audio. */
CMAF_API GBytes *cmaf_m3u8_write_master (const CmafPresentation *presentation);
/* "audio/media.m3u8": the object name of a media playlist. (transfer full) */
CMAF_API gchar *cmaf_m3u8_media_name (
    const CmafPresentation *presentation, const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafM3u8Cache, cmaf_m3u8_cache_free)

G_END_DECLS
