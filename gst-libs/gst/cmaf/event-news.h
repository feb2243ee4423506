/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of one track -> each event once, when it is told first, when what is
 * told of it changes, and when it is cancelled. Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-board.h>
#include <gst/cmaf/event-reader.h>

G_BEGIN_DECLS

typedef struct _CmafEventNews CmafEventNews;

CMAF_API CmafEventNews *cmaf_event_news_new (void);
CMAF_API void cmaf_event_news_free (CmafEventNews *news);
/* What is new in @chunk, which comes behind those before. (transfer full), of
 * CmafToldEvent with times in ticks of @track; NULL: nothing. What cannot be
 * read is passed over. */
CMAF_API GPtrArray *cmaf_event_news_take (
    CmafEventNews *news, const CmafTrack *track, const CmafChunk *chunk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventNews, cmaf_event_news_free)

G_END_DECLS
