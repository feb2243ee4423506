/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of one track -> segments, written to a store as they come. Segment
 * numbers are cells of the grid, whatever names or sequence numbers say.
 * Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/object-store.h>
#include <gst/cmaf/timeline.h>

G_BEGIN_DECLS

/* A complete segment. */
typedef struct
{
  CmafTimelineSegment segment;
  gchar *name; /* object name */
  gsize size;
  guint64 gap;           /* missing ticks just before it */
  guint64 longest_chunk; /* ticks */
} CmafAssembledSegment;

typedef struct
{
  CmafSegmentGrid grid;
  const gchar *media_template; /* borrowed */
  guint number_offset;
  gboolean low_latency;   /* objects are visible while they grow */
  CmafObjectStore *store; /* borrowed; NULL: segments are only counted */
} CmafSegmentAssemblerConfig;

typedef struct _CmafSegmentAssembler CmafSegmentAssembler;

CMAF_API CmafSegmentAssembler *cmaf_segment_assembler_new (
    const CmafSegmentAssemblerConfig *config, const gchar *name);
/* Drops the segment that is being written. */
CMAF_API void cmaf_segment_assembler_free (CmafSegmentAssembler *assembler);
CMAF_API void cmaf_assembled_segment_free (CmafAssembledSegment *segment);

/* What the next chunks are; flush before. */
CMAF_API void cmaf_segment_assembler_set_track (
    CmafSegmentAssembler *assembler, CmafTrack *track);
/* Segments that became complete go to @done. A chunk that cannot be used is
 * dropped and counted; @warning is set for the first of a row of them. */
CMAF_API gboolean cmaf_segment_assembler_push (CmafSegmentAssembler *assembler,
    CmafChunk *chunk, GQueue *done, GError **warning, GError **error);
/* Completes the segment that is being written. */
CMAF_API gboolean cmaf_segment_assembler_flush (
    CmafSegmentAssembler *assembler, GQueue *done, GError **error);
CMAF_API guint64 cmaf_segment_assembler_get_dropped (
    const CmafSegmentAssembler *assembler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    CmafSegmentAssembler, cmaf_segment_assembler_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    CmafAssembledSegment, cmaf_assembled_segment_free)

G_END_DECLS
