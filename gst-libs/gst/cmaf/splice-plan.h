/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice cues -> where key frames have to be, and which boundaries move there.
 * A function of the cues and of where in the stream they were, and of nothing
 * else: encoders that hear the same stream decide alike. Pure, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* ns: a cue that comes later than this before its splice moves nothing */
#define CMAF_SPLICE_PREROLL (4 * GST_SECOND)

typedef struct
{
  guint32 event_id;
  gboolean is_cancel;    /* of the event of this id */
  gboolean is_immediate; /* @time is that of the picture behind the section */
  gint64 time;           /* of the splice, media time, ns */
  gint64 heard;          /* of the picture before its section, media time, ns */
} CmafSpliceCue;

/* The frame of a splice: the nearest one. */
CMAF_API guint64 cmaf_splice_frame (
    const CmafUnitGrid *frames, const CmafSpliceCue *cue);
/* The boundaries that the cues move, by number, into @moves, which holds @n.
 * The grid's own moves do not matter. Returns how many. */
CMAF_API guint cmaf_splice_plan (const CmafSegmentGrid *grid,
    const CmafUnitGrid *frames, guint64 preroll, const CmafSpliceCue *cues,
    guint n, CmafGridMove *moves);

G_END_DECLS
