/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* SegmentTimeline of the MPD (ISO/IEC 23009-1 5.3.9.6), kept in the cache from
 * one MPD to the next. Internal, a part of the MPD writer. */
#pragma once

#include "mpd-writer.h"

#include <libxml/xmlwriter.h>

G_BEGIN_DECLS

typedef struct _MpdTimeline MpdTimeline;

/* That of @track in @period for the segments [first, last]; NULL when it has
 * none of them. The cache owns it. */
const MpdTimeline *mpd_timeline_get (CmafMpdCache *cache,
    const CmafPeriod *period, const CmafPresentationTrack *track, guint64 first,
    guint64 last);
/* Drops what was not asked for since the last call: Periods leave the window
 * for ever. */
void mpd_timeline_forget_unused (CmafMpdCache *cache);
gboolean mpd_timeline_is_equal (const MpdTimeline *a, const MpdTimeline *b);
/* Number of its first segment. */
guint64 mpd_timeline_first_number (const MpdTimeline *timeline);
/* @indent: of the element, in spaces. */
void mpd_timeline_write (
    const MpdTimeline *timeline, xmlTextWriter *xml, guint indent);

G_END_DECLS
