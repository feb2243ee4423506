/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events -> emsg boxes in front of the segments of a media track: in each one
 * that begins between the announcement of an event and its start, and in the
 * next one behind the announcement, if it was later than that. The same events
 * make the same bytes, whenever they were added before that segment. Times are
 * ticks of one timescale. Pure; one thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-board.h>

G_BEGIN_DECLS

typedef struct _CmafInBandEvents CmafInBandEvents;

CMAF_API CmafInBandEvents *cmaf_in_band_events_new (guint32 timescale);
CMAF_API void cmaf_in_band_events_free (CmafInBandEvents *self);
/* Takes what @told has. From when it is announced an event has the place of all
 * instances of it that were added before. */
CMAF_API void cmaf_in_band_events_take (
    CmafInBandEvents *self, CmafToldEvent *told);
/* The boxes of the segment that begins at @edge, behind one that began at
 * @before; ascending. (transfer full), of GBytes; NULL with @error */
CMAF_API GPtrArray *cmaf_in_band_events_write (
    CmafInBandEvents *self, guint64 before, guint64 edge, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafInBandEvents, cmaf_in_band_events_free)

G_END_DECLS
