/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events of redundant sources by their ids: what one of them missed comes out
 * with the next chunk, from whichever source that is. For event tracks and for
 * emsg boxes of any track. Pure; not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

typedef struct _CmafEventUnion CmafEventUnion;

CMAF_API CmafEventUnion *cmaf_event_union_new (void);
CMAF_API void cmaf_event_union_free (CmafEventUnion *events);
/* A chunk of some source has come, of which the segment is presented from
 * @segment_time on. */
CMAF_API void cmaf_event_union_arrived (CmafEventUnion *events,
    const CmafTrack *track, const CmafChunk *chunk, guint64 segment_time);
/* @chunk comes out: with the events that have come with chunks as old as it and
 * have not been out. (transfer full): itself when there are none. */
CMAF_API CmafChunk *cmaf_event_union_complete (CmafEventUnion *events,
    CmafTrack *track, GBytes *header, CmafChunk *chunk, guint64 segment_time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventUnion, cmaf_event_union_free)

G_END_DECLS
