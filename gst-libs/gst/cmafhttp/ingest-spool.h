/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments of one track that wait to be uploaded, bounded in bytes and time.
 * No lock of its own. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* One segment, perhaps still growing. Shared with the upload that runs. */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  GBytes *header; /* the CMAF header that it needs */
  CmafTrack *track;
  guint64 decode_time; /* ticks */
  guint64 duration;
  GPtrArray *pieces; /* of GBytes, in order; grows until is_complete */
  gsize size;
  gboolean is_complete;
  gboolean is_dropped; /* no longer in the spool: stop sending it */
} CmafSpoolSegment;

CMAF_API CmafSpoolSegment *cmaf_spool_segment_ref (CmafSpoolSegment *segment);
CMAF_API void cmaf_spool_segment_unref (CmafSpoolSegment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSpoolSegment, cmaf_spool_segment_unref)

typedef struct
{
  guint64 max_bytes;
  GstClockTime max_time;

  /*< private >*/
  GQueue segments; /* of CmafSpoolSegment, oldest first */
  guint64 bytes;
  GBytes *header;
  CmafTrack *track;
} CmafIngestSpool;

CMAF_API void cmaf_ingest_spool_init (
    CmafIngestSpool *spool, guint64 max_bytes, GstClockTime max_time);
CMAF_API void cmaf_ingest_spool_clear (CmafIngestSpool *spool);
/* For the segments that begin from now on; ends the one that grows. */
CMAF_API void cmaf_ingest_spool_set_header (
    CmafIngestSpool *spool, CmafTrack *track, GBytes *header);
/* Adds a chunk to the segment that grows, or begins a segment. A segment is
 * complete when its end lies in the next cell of the grid that the header
 * tells, when the next one begins, or by _end(). */
CMAF_API void cmaf_ingest_spool_push (
    CmafIngestSpool *spool, const CmafChunk *chunk);
CMAF_API void cmaf_ingest_spool_end (CmafIngestSpool *spool);
/* The oldest one, or NULL. (transfer none) */
CMAF_API CmafSpoolSegment *cmaf_ingest_spool_peek (
    const CmafIngestSpool *spool);
/* Takes @segment out when it is still the oldest: it was delivered or given
 * up. */
CMAF_API void cmaf_ingest_spool_remove (
    CmafIngestSpool *spool, CmafSpoolSegment *segment);
/* TRUE when a limit is passed and more than one segment waits. */
CMAF_API gboolean cmaf_ingest_spool_is_full (const CmafIngestSpool *spool);
/* Drops the oldest; returns it. (transfer full) */
CMAF_API CmafSpoolSegment *cmaf_ingest_spool_drop_oldest (
    CmafIngestSpool *spool);
CMAF_API GstClockTime cmaf_ingest_spool_get_time (const CmafIngestSpool *spool);

G_END_DECLS
