/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the packager holds of one track: its state, and the items that wait in
 * its queues. Internal; guarded by the packager's lock. */
#pragma once

#include "grid-guess.h"
#include "presentation-config.h"
#include "retention.h"
#include "segment-assembler.h"

G_BEGIN_DECLS

typedef enum
{
  ITEM_HEADER,
  ITEM_CHUNK,
  ITEM_SEGMENT,
  ITEM_END,
} PackagerItemType;

typedef struct
{
  PackagerItemType type;
  CmafTrack *track;              /* header */
  GBytes *header;                /* header */
  gchar *name;                   /* header: object name */
  CmafChunk *chunk;              /* chunk */
  CmafAssembledSegment *segment; /* segment */
} PackagerItem;

typedef struct
{
  gchar *name;
  CmafTrack *media; /* of the newest header */
  GBytes *header;
  gchar *header_name;
  gchar *old_header_name; /* until the first segment under the new one */
  CmafSegmentAssembler *assembler; /* NULL before the grid is known */
  GQueue inbox;                    /* of PackagerItem */
  GQueue outbox;                   /* of PackagerItem */
  GQueue missed; /* of PackagerItem: segments that were not stored */
  CmafRetention kept;
  gboolean is_live;
  guint64 n_segments;
  guint64 n_late; /* segments complete after their number was published */
  guint64 n_gaps;
  guint64 n_lost; /* segments that were not stored */
  guint64 bytes;
} PackagerTrack;

void packager_free_item (PackagerItem *item);
void packager_free_track (PackagerTrack *track);
/* NULL: there is none. */
PackagerTrack *packager_find_track (const GPtrArray *tracks, const gchar *name);
/* In the order of names: what is done with all tracks does not depend on which
 * came first. */
PackagerTrack *packager_add_track (GPtrArray *tracks, const gchar *name);
/* How much media its inbox has (ns). */
GstClockTime packager_measure_inbox (const PackagerTrack *track);
/* What their inboxes say of the segment duration: the headers tell it; else the
 * first complete video segment does, when @is_complete: all tracks that will
 * come are there. @force: now or never. */
gboolean packager_find_grid (const GPtrArray *tracks, gboolean is_complete,
    gboolean force, CmafSegmentGrid *grid);
/* Segments that are counted and not listed are as long as each other. */
gboolean packager_check_addressing (const PackagerTrack *track,
    const CmafTrack *media, const CmafSegmentGrid *grid,
    CmafAddressing addressing, GError **error);
/* What is odd about the segments of @track on @grid, or NULL. @is_wish: the
 * user has asked for the grid. (transfer full) */
GError *packager_find_odd_grid (
    const PackagerTrack *track, const CmafSegmentGrid *grid, gboolean is_wish);

G_END_DECLS
