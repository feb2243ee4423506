/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bytes of a track -> headers and whole segments: chunks are gathered by the
 * grid when there is one, else by their brands, else by their sync samples. */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 number; /* by the grid, else of mfhd */
  guint64 decode_time;
  guint64 duration; /* ticks */
  guint64 n_samples;
  guint64 size;
  guint sap;         /* stream access point type of its start, 0: none */
  gchar *brands;     /* of its first styp, "-" without one */
  GPtrArray *chunks; /* of CmafChunk */
} GatheredSegment;

void gathered_segment_free (GatheredSegment *segment);

typedef enum
{
  GATHER_MORE,    /* needs more bytes */
  GATHER_HEADER,  /* _get_track, _get_header */
  GATHER_SEGMENT, /* _take_segment */
  GATHER_END,     /* mfra */
  GATHER_ERROR,
} GatherResult;

typedef struct _SegmentGatherer SegmentGatherer;

/* @grid: NULL for what the header tells. */
SegmentGatherer *segment_gatherer_new (const CmafSegmentGrid *grid);
void segment_gatherer_free (SegmentGatherer *gatherer);
void segment_gatherer_feed (SegmentGatherer *gatherer, GBytes *bytes);
/* Call until GATHER_MORE; before that, at the end of the input, _end() makes
 * the open segment come out. After GATHER_ERROR only that, and _free(). */
GatherResult segment_gatherer_next (SegmentGatherer *gatherer, GError **error);
/* FALSE when the input must not end here: inside a box. */
gboolean segment_gatherer_may_end (SegmentGatherer *gatherer, GError **error);
/* The input ends here; FALSE as above. */
gboolean segment_gatherer_end (SegmentGatherer *gatherer, GError **error);
/* After GATHER_SEGMENT, and after _end(). (transfer full) (nullable) */
GatheredSegment *segment_gatherer_take_segment (SegmentGatherer *gatherer);
CmafTrack *segment_gatherer_get_track (SegmentGatherer *gatherer);
GBytes *segment_gatherer_get_header (SegmentGatherer *gatherer);
/* duration_n 0: there is none. */
const CmafSegmentGrid *segment_gatherer_get_grid (
    const SegmentGatherer *gatherer);

/* Stream access point type of a chunk: 1 when nothing is presented before its
 * first sample, 2 when something is, 0 without a sync sample. */
guint chunk_sap_type (const CmafChunk *chunk, const CmafTrack *track);
/* Compatible brands of styp, "-" without one. (transfer full) */
gchar *chunk_brands (const CmafChunk *chunk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SegmentGatherer, segment_gatherer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatheredSegment, gathered_segment_free)

G_END_DECLS
