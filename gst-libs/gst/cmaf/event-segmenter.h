/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events + grid -> the segments of an event message track: one for every
 * number, a sample wherever what is announced or running changes, each event in
 * each sample from when it was announced until it is over (ISO/IEC 23001-18).
 * The same events make the same bytes, whenever the segmenter was started.
 * Pure; one thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-message.h>
#include <gst/cmaf/text-segmenter.h>

G_BEGIN_DECLS

typedef struct _CmafEventSegmenter CmafEventSegmenter;

/* The timescale of events, in which frames of all usual rates are whole ticks:
 * 120000, or what the segment duration needs. */
CMAF_API guint32 cmaf_event_timescale (const CmafSegmentGrid *grid);

CMAF_API CmafEventSegmenter *cmaf_event_segmenter_new (
    const CmafSegmentGrid *grid, guint32 timescale);
CMAF_API void cmaf_event_segmenter_free (CmafEventSegmenter *segmenter);
/* As cmaf_text_segmenter_start(). */
CMAF_API void cmaf_event_segmenter_start (
    CmafEventSegmenter *segmenter, guint64 time, gboolean partial);
/* @event (transfer full) is announced at @time, in ticks. From then on it has
 * the place of all instances of the same event that were added before, whatever
 * their times; one that says what the last one says is not taken. FALSE when
 * all of it is in segments that are closed. */
CMAF_API gboolean cmaf_event_segmenter_add (
    CmafEventSegmenter *segmenter, CmafEvent *event, guint64 time);
/* From @time on there is no event of this scheme, value and id, of those that
 * were added before. */
CMAF_API void cmaf_event_segmenter_cancel (CmafEventSegmenter *segmenter,
    const gchar *scheme, const gchar *value, guint32 id, guint64 time);
/* As cmaf_text_segmenter_next_end(), _close() and _finish(). */
CMAF_API guint64 cmaf_event_segmenter_next_end (
    const CmafEventSegmenter *segmenter);
CMAF_API gboolean cmaf_event_segmenter_close (CmafEventSegmenter *segmenter,
    guint64 time, CmafTextSegment *segment, GError **error);
CMAF_API gboolean cmaf_event_segmenter_finish (CmafEventSegmenter *segmenter,
    guint64 time, CmafTextSegment *segment, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventSegmenter, cmaf_event_segmenter_free)

G_END_DECLS
