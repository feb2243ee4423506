/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The events that a chunk tells of: of the samples of an event track, or of
 * emsg boxes in front of a moof. The bytes of the chunk stay as they are.
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-message.h>
#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* More is a message for somebody, but not one that can stand in a manifest. */
#define CMAF_EVENT_MAX_DATA 16384

/* What is told at one time. */
typedef struct
{
  guint64 time;      /* ticks */
  guint64 end;       /* ticks */
  GPtrArray *events; /* of CmafEvent */
} CmafEventSample;

CMAF_API void cmaf_event_sample_free (CmafEventSample *sample);
/* The samples of an event track, or what is in front of @chunk of another
 * track, of which the segment begins at @segment_time: at most one. @fault is
 * set to the first thing that cannot be read; the rest is read all the same.
 * (transfer full) (nullable): nothing is told */
CMAF_API GPtrArray *cmaf_event_read_chunk (const CmafTrack *track,
    const CmafChunk *chunk, guint64 segment_time, GError **fault);
/* Whether samples of @track have all events that are announced or run, so that
 * one which is not there any more is cancelled. */
CMAF_API gboolean cmaf_event_track_is_complete (const CmafTrack *track);
/* Where the segment of @chunk begins, ticks; @before: the answer for the chunk
 * in front of it, 0: none. Chunks without styp are segments. */
CMAF_API guint64 cmaf_event_segment_time (
    const CmafChunk *chunk, guint64 before);
/* Why an event does not say what it should: texts that are none, a message that
 * is too long, or a splice_info_section that is broken. CMAF_ERROR_MALFORMED:
 * it can be passed on as it is; CMAF_ERROR_LIMIT, CMAF_ERROR_UNSUPPORTED: it
 * fits into no manifest. */
CMAF_API gboolean cmaf_event_check (const CmafEvent *event, GError **fault);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventSample, cmaf_event_sample_free)

G_END_DECLS
