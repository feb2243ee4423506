/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One source of a merged track: the chunks of it that wait, and where each of
 * them lies in its segment. Not installed. */
#pragma once

#include <gst/cmaf/merge-policy.h>
#include <gst/cmaf/track-merger.h>

G_BEGIN_DECLS

#define CMAF_MERGE_NO_TICKS G_MAXUINT64
#define CMAF_MERGE_NO_INDEX G_MAXUINT

/* Where a chunk lies. */
typedef struct
{
  guint64 segment;        /* decode time of the segment; NO_TICKS: unknown */
  guint index;            /* in it; NO_INDEX: unknown */
  guint64 chunk_duration; /* of the first chunk of it */
  gboolean is_filler;     /* the segment is */
} CmafMergePlace;

typedef struct
{
  CmafChunk *chunk;
  GstClockTime arrival;
  gboolean starts_segment;
  CmafMergePlace place;
} CmafMergeItem;

typedef struct
{
  guint id;
  guint rank;
  gboolean is_gone;
  gboolean has_ended;
  gboolean is_closed;   /* the segment of the last chunk is complete */
  GQueue items;         /* of CmafMergeItem */
  guint64 position;     /* end of the last chunk received */
  CmafMergePlace place; /* of it */
  GstClockTime last_push;
  /* of the segment that waits first, when it had so many chunks */
  guint n_hashed; /* 0: not made */
  guint8 digest[CMAF_MERGE_DIGEST_SIZE];
  guint copy_used; /* chunks of the running copy of a segment */
  guint copy_dropped;
  CmafMergeStats stats;
} CmafMergeSource;

CmafMergeSource *cmaf_merge_source_new (guint id);
void cmaf_merge_source_free (CmafMergeSource *source);
void cmaf_merge_item_free (CmafMergeItem *item);

/* Something may come of it. */
gboolean cmaf_merge_source_may_send (const CmafMergeSource *source);
CmafMergeItem *cmaf_merge_source_peek (const CmafMergeSource *source);
CmafMergeItem *cmaf_merge_source_pop (CmafMergeSource *source);
/* Where @chunk lies, which comes next; it is the last one then. */
void cmaf_merge_source_place (
    CmafMergeSource *source, const CmafChunk *chunk, gboolean starts_segment);
/* In order of time: what is sent again may be older than what waits. FALSE when
 * it waits already. */
gboolean cmaf_merge_source_insert (CmafMergeSource *source, CmafChunk *chunk,
    gboolean starts_segment, GstClockTime now);
/* Nothing can be added to the segment that waits first. */
gboolean cmaf_merge_source_is_complete (const CmafMergeSource *source);
/* The segment that waits first broke off. */
gboolean cmaf_merge_source_is_cut (const CmafMergeSource *source);
/* SHA-256 of the bytes of the segment that waits first. */
const guint8 *cmaf_merge_source_hash (CmafMergeSource *source);

/* May a chunk at @next continue what stands at @last? Of two sources: only when
 * both cut their segments into the same chunks (docs/sync.md). */
gboolean cmaf_merge_place_continues (const CmafMergePlace *last,
    const CmafMergePlace *next, guint64 next_duration);

G_END_DECLS
