/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What one track really published: its segments by number, with the holes
 * between them. Kept as runs, so that a day of regular segments takes no more
 * memory than one. Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 number;   /* K, without any offset */
  guint64 time;     /* decode time, ticks */
  guint64 duration; /* ticks */
} CmafTimelineSegment;

typedef struct _CmafTimeline CmafTimeline;

/* @units: how the access units of the track lie on the timeline; unit_ticks 0
 * when that is not known. */
CMAF_API CmafTimeline *cmaf_timeline_new (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units);
CMAF_API void cmaf_timeline_free (CmafTimeline *timeline);
/* @segment comes after all others, by number and by time. */
CMAF_API void cmaf_timeline_append (
    CmafTimeline *timeline, const CmafTimelineSegment *segment);
/* @segment comes between others. FALSE when there is one already. */
CMAF_API gboolean cmaf_timeline_insert (
    CmafTimeline *timeline, const CmafTimelineSegment *segment);
/* Forgets the segments before @number. */
CMAF_API void cmaf_timeline_trim (CmafTimeline *timeline, guint64 number);
/* The segment with @number; FALSE when there is none. */
CMAF_API gboolean cmaf_timeline_lookup (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment);
/* The first segment that is not before @number; FALSE when there is none. */
CMAF_API gboolean cmaf_timeline_next (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment);
/* FALSE when it is empty. */
CMAF_API gboolean cmaf_timeline_last (
    const CmafTimeline *timeline, CmafTimelineSegment *segment);
/* What segment @number lasts, or would last, by the grid. */
CMAF_API void cmaf_timeline_expect (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment);
/* The longest segment that the grid allows: D rounded up to whole access
 * units; ticks. */
CMAF_API guint64 cmaf_timeline_longest_by_grid (const CmafTimeline *timeline);
/* runs held, for tests of the promise above */
CMAF_API guint cmaf_timeline_get_n_runs (const CmafTimeline *timeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTimeline, cmaf_timeline_free)

G_END_DECLS
