/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The queue of segments between a streaming thread and an upload. */
#include "ingest-spool.h"

#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timescale.h>

CmafSpoolSegment *
cmaf_spool_segment_ref (CmafSpoolSegment *segment)
{
  g_atomic_ref_count_inc (&segment->ref_count);
  return segment;
}

void
cmaf_spool_segment_unref (CmafSpoolSegment *segment)
{
  if (!g_atomic_ref_count_dec (&segment->ref_count))
    return;
  g_bytes_unref (segment->header);
  cmaf_track_unref (segment->track);
  g_ptr_array_unref (segment->pieces);
  g_free (segment);
}

void
cmaf_ingest_spool_init (
    CmafIngestSpool *spool, guint64 max_bytes, GstClockTime max_time)
{
  CmafIngestSpool fresh = { .max_bytes = max_bytes, .max_time = max_time };

  *spool = fresh;
  g_queue_init (&spool->segments);
}

void
cmaf_ingest_spool_clear (CmafIngestSpool *spool)
{
  CmafSpoolSegment *segment;

  while ((segment = cmaf_ingest_spool_drop_oldest (spool)))
    cmaf_spool_segment_unref (segment);
  g_clear_pointer (&spool->header, g_bytes_unref);
  g_clear_pointer (&spool->track, cmaf_track_unref);
}

void
cmaf_ingest_spool_end (CmafIngestSpool *spool)
{
  CmafSpoolSegment *newest = g_queue_peek_tail (&spool->segments);

  if (newest)
    newest->is_complete = TRUE;
}

void
cmaf_ingest_spool_set_header (
    CmafIngestSpool *spool, CmafTrack *track, GBytes *header)
{
  cmaf_ingest_spool_end (spool);
  g_clear_pointer (&spool->header, g_bytes_unref);
  g_clear_pointer (&spool->track, cmaf_track_unref);
  spool->header = g_bytes_ref (header);
  spool->track = cmaf_track_ref (track);
}

static gboolean
starts_segment (const CmafChunk *chunk)
{
  if (chunk->flags & CMAF_CHUNK_HAS_STYP)
    return (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0;
  return (chunk->flags & CMAF_CHUNK_SYNC) != 0;
}

static gboolean
fills_its_cell (const CmafTrack *track, const CmafSpoolSegment *segment)
{
  CmafSegmentGrid grid;
  guint64 end = segment->decode_time + segment->duration;

  if (!cmaf_segment_grid_init (
          &grid, track->segment_duration_n, track->segment_duration_d, NULL))
    return FALSE;
  return cmaf_segment_grid_number (&grid, end, track->timescale)
         > cmaf_segment_grid_number (
             &grid, segment->decode_time, track->timescale);
}

static CmafSpoolSegment *
begin_segment (CmafIngestSpool *spool, const CmafChunk *chunk)
{
  CmafSpoolSegment *segment = g_new0 (CmafSpoolSegment, 1);

  g_atomic_ref_count_init (&segment->ref_count);
  segment->header = g_bytes_ref (spool->header);
  segment->track = cmaf_track_ref (spool->track);
  segment->decode_time = chunk->decode_time;
  segment->pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  cmaf_ingest_spool_end (spool);
  g_queue_push_tail (&spool->segments, segment);
  return segment;
}

void
cmaf_ingest_spool_push (CmafIngestSpool *spool, const CmafChunk *chunk)
{
  CmafSpoolSegment *segment = g_queue_peek_tail (&spool->segments);

  g_return_if_fail (spool->header != NULL);

  if (!segment || segment->is_complete || starts_segment (chunk))
    segment = begin_segment (spool, chunk);
  for (guint i = 0; i < chunk->bytes->len; i++)
    g_ptr_array_add (segment->pieces, g_bytes_ref (chunk->bytes->pdata[i]));
  segment->size += chunk->size;
  segment->duration += chunk->duration;
  spool->bytes += chunk->size;
  segment->is_complete = (chunk->flags & CMAF_CHUNK_LAST)
                         || fills_its_cell (spool->track, segment);
}

CmafSpoolSegment *
cmaf_ingest_spool_peek (const CmafIngestSpool *spool)
{
  return g_queue_peek_head ((GQueue *)&spool->segments);
}

void
cmaf_ingest_spool_remove (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  if (g_queue_peek_head (&spool->segments) == segment)
    cmaf_spool_segment_unref (cmaf_ingest_spool_drop_oldest (spool));
}

GstClockTime
cmaf_ingest_spool_get_time (const CmafIngestSpool *spool)
{
  const CmafSpoolSegment *oldest = cmaf_ingest_spool_peek (spool);
  const CmafSpoolSegment *newest =
      g_queue_peek_tail ((GQueue *)&spool->segments);
  guint64 end;

  if (!oldest)
    return 0;
  end = newest->decode_time + newest->duration;
  if (end <= oldest->decode_time)
    return 0;
  return cmaf_ns_from_ticks (
      end - oldest->decode_time, newest->track->timescale);
}

gboolean
cmaf_ingest_spool_is_full (const CmafIngestSpool *spool)
{
  if (spool->segments.length < 2)
    return FALSE;
  return spool->bytes > spool->max_bytes
         || cmaf_ingest_spool_get_time (spool) > spool->max_time;
}

CmafSpoolSegment *
cmaf_ingest_spool_drop_oldest (CmafIngestSpool *spool)
{
  CmafSpoolSegment *segment = g_queue_pop_head (&spool->segments);

  if (segment) {
    spool->bytes -= segment->size;
    segment->is_dropped = TRUE;
  }
  return segment;
}
