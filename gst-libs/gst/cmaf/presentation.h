/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a manifest describes: presentation -> period -> switching set -> track.
 * Filled in where it is made, in any order of tracks, and immutable from then
 * on; the writers turn it and a state into text. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-list.h>
#include <gst/cmaf/presentation-config.h>
#include <gst/cmaf/timeline.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* A track in one period. */
typedef struct
{
  gchar *name;
  CmafTrack *track;
  gchar *header_name;    /* object name of the CMAF header */
  const gchar *language; /* of @track when it is BCP 47 by its looks, or NULL */
  const gchar *role;     /* of @track when it is a plain word, or NULL */
  gchar *codecs;         /* RFC 6381 */
  guint32 bandwidth;     /* bit/s */
  const CmafTimeline *timeline; /* borrowed; keeps still while it is read */
  guint64 longest;              /* listed segment, ticks; 0: as the grid says */
  guint64 longest_chunk;        /* ticks, 0 unknown */
} CmafPresentationTrack;

/* Tracks that a player may switch between (ISO/IEC 23000-19 7.3.4). */
typedef struct
{
  CmafMedia media;
  gchar *key;        /* what its tracks have in common */
  GPtrArray *tracks; /* of CmafPresentationTrack, best first */
} CmafSwitchingSet;

/* Where a period starts that does not at an edge. */
typedef struct
{
  guint64 ticks;
  guint32 timescale; /* 0: at the edge */
} CmafPeriodStart;

typedef struct
{
  guint64 first;     /* number of its first segment */
  guint64 end;       /* that of the next period; G_MAXUINT64: it is the last */
  guint generation;  /* periods of one generation have the same headers */
  gboolean is_start; /* the one that the presentation began with */
  CmafPeriodStart start; /* media time */
  GPtrArray *sets;       /* of CmafSwitchingSet, in order */
} CmafPeriod;

typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  CmafPresentationConfig config;
  GPtrArray *periods;          /* of CmafPeriod */
  const CmafEventList *events; /* borrowed, as timelines; NULL: none */
} CmafPresentation;

/* What is published. */
typedef struct
{
  guint64 first;     /* number of the first listed segment */
  guint64 last;      /* Ke: of the last */
  gboolean is_ended; /* nothing follows */
} CmafPresentationState;

CMAF_API CmafPresentation *cmaf_presentation_new (
    const CmafPresentationConfig *config);
CMAF_API CmafPresentation *cmaf_presentation_ref (
    CmafPresentation *presentation);
CMAF_API void cmaf_presentation_unref (CmafPresentation *presentation);
/* Periods are added in order, and tracks to the last one. */
CMAF_API CmafPeriod *cmaf_presentation_add_period (
    CmafPresentation *presentation, guint64 first, guint generation);
CMAF_API CmafPresentationTrack *cmaf_presentation_add_track (
    CmafPresentation *presentation, const gchar *name, CmafTrack *track,
    const gchar *header_name, const CmafTimeline *timeline);
/* NULL when it is not there. */
CMAF_API const CmafPresentationTrack *cmaf_period_find_track (
    const CmafPeriod *period, const gchar *name);
/* The segments of @period that are listed, [*first, *last]; FALSE when there
 * are none. */
CMAF_API gboolean cmaf_period_clip (const CmafPeriod *period,
    const CmafPresentationState *state, guint64 *first, guint64 *last);
/* Where segment @number begins on the grid: media time, ns. */
CMAF_API guint64 cmaf_presentation_edge (
    const CmafPresentation *presentation, guint64 number);
/* The events that what is published tells, and that are not over where it
 * begins. (transfer full), of CmafListedEvent. */
CMAF_API GPtrArray *cmaf_presentation_resolve_events (
    const CmafPresentation *presentation, const CmafPresentationState *state);
/* The longest segment there was or may be on the grid, and where splices move
 * boundaries, as a fraction of a second. */
CMAF_API void cmaf_presentation_longest (
    const CmafPresentation *presentation, guint64 *ticks, guint32 *timescale);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafPresentation, cmaf_presentation_unref)

G_END_DECLS
