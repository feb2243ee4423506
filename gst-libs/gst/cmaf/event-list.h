/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* All events of a presentation, of its event tracks and in front of its media,
 * each once however often and by however many tracks it was told. What is
 * listed is a function of what tracks tell up to a media time: two packagers
 * that got the same chunks, in any order of tracks, list the same.
 * Times are media time in ns. Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-reader.h>
#include <gst/cmaf/splice-info.h>

G_BEGIN_DECLS

typedef struct _CmafEventList CmafEventList;

/* One event. Borrowed from the list. */
typedef struct _CmafListedEvent CmafListedEvent;
struct _CmafListedEvent
{
  const CmafEvent *event; /* as it was told last */
  guint32 timescale;      /* of its times */
  guint64 start;
  guint64 end;          /* @start when it lasts nothing or it is not known */
  gboolean is_in_track; /* an event track tells it, and not media alone */
  CmafSpliceSide side;
  /* The return from the break that this one begins; NULL: not known */
  const CmafListedEvent *back;
  gboolean is_back; /* another one has it as @back */
};

CMAF_API CmafEventList *cmaf_event_list_new (void);
CMAF_API void cmaf_event_list_free (CmafEventList *list);
/* Takes what @chunk of track @name tells; ascending within a track. @warning is
 * set for the first thing that is wrong and was not told before. */
CMAF_API void cmaf_event_list_add_chunk (CmafEventList *list, const gchar *name,
    const CmafTrack *track, const CmafChunk *chunk, GError **warning);
/* The events that are told before @limit, and are not over at @from; in order.
 * (transfer full), of CmafListedEvent. */
CMAF_API GPtrArray *cmaf_event_list_resolve (
    const CmafEventList *list, guint64 from, guint64 limit);
/* The schemes, and values, of the events that chunks of the media track @name
 * in [@from, @limit) tell, in order, added to @events (of CmafEvent, borrowed),
 * each once. */
CMAF_API void cmaf_event_list_get_in_band (const CmafEventList *list,
    const gchar *name, guint64 from, guint64 limit, GPtrArray *events);
/* Some track tells of events, or did once: what manifests say may change at any
 * time. */
CMAF_API gboolean cmaf_event_list_is_used (const CmafEventList *list);
/* Forgets what is over before @from. */
CMAF_API void cmaf_event_list_trim (CmafEventList *list, guint64 from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventList, cmaf_event_list_free)

G_END_DECLS
