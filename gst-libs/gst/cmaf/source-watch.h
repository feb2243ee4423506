/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Does a source of a redundant track keep to the grid of the track? One that
 * does not, segment after segment, is put into quarantine until it does. Pure.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* Segments in a row: that lead into quarantine, and out of it. */
#define CMAF_WATCH_LIMIT 3

typedef enum
{
  CMAF_WATCH_USE,
  CMAF_WATCH_IGNORE,     /* in order, but the source is in quarantine */
  CMAF_WATCH_REFUSE,     /* it violates the grid */
  CMAF_WATCH_QUARANTINE, /* the same, and the quarantine begins */
} CmafWatchVerdict;

typedef struct
{
  guint n_violations; /* in a row */
  guint n_aligned;    /* in a row, in quarantine */
  gboolean is_quarantined;
  /*< private >*/
  gboolean has_last;
  gboolean was_on_grid, was_accepted;
  guint64 last_start, last_end; /* ticks */
  CmafWatchVerdict running;     /* of the running segment */
} CmafSourceWatch;

/* TRUE when a segment of @track may begin with @chunk: its first access unit is
 * the first one at or after an edge of the grid that the header tells. Also
 * when the header tells none, or the track is sparse. */
CMAF_API gboolean cmaf_source_watch_is_on_grid (
    const CmafTrack *track, const CmafChunk *chunk);
/* A segment from @start on, or (@starts FALSE) more of it, until @end.
 * @is_apart: on another timeline than the others. A boundary that was moved to
 * a splice is known by what it follows. @is_alone: nobody reliable sends too,
 * so that anything is better than nothing. */
CMAF_API CmafWatchVerdict cmaf_source_watch_judge (CmafSourceWatch *watch,
    gboolean starts, gboolean is_on_grid, gboolean is_apart, gboolean is_alone,
    guint64 start, guint64 end);
/* It keeps to the grid, as far as is known. */
CMAF_API gboolean cmaf_source_watch_is_reliable (const CmafSourceWatch *watch);

G_END_DECLS
