/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The queue of segments between a streaming thread and an upload. */
#include "ingest-spool.h"

#include <gst/cmaf/segment-marks.h>
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
  g_clear_pointer (&segment->header, g_bytes_unref);
  g_clear_pointer (&segment->track, cmaf_track_unref);
  g_ptr_array_unref (segment->chunks);
  g_free (segment);
}

static CmafSpoolSegment *
new_empty_segment (const CmafIngestPlace *place, guint32 timescale)
{
  CmafSpoolSegment *segment = g_new0 (CmafSpoolSegment, 1);

  g_atomic_ref_count_init (&segment->ref_count);
  segment->place = *place;
  segment->timescale = timescale;
  segment->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  return segment;
}

static CmafSpoolSegment *
new_segment (CmafTrack *track, GBytes *header, const CmafIngestPlace *place)
{
  CmafSpoolSegment *segment = new_empty_segment (place, track->timescale);

  segment->header = g_bytes_ref (header);
  segment->track = cmaf_track_ref (track);
  return segment;
}

static gboolean
is_loaded (const CmafSpoolSegment *segment)
{
  return segment->chunks->len > 0;
}

void
cmaf_ingest_spool_init (
    CmafIngestSpool *spool, guint64 max_bytes, GstClockTime max_time)
{
  CmafIngestSpool fresh = { .max_bytes = max_bytes, .max_time = max_time };

  *spool = fresh;
  g_queue_init (&spool->segments);
  g_queue_init (&spool->arrived);
}

void
cmaf_ingest_spool_clear (CmafIngestSpool *spool)
{
  while (spool->segments.head)
    cmaf_ingest_spool_remove (spool, spool->segments.head->data);
  cmaf_ingest_spool_forget (spool);
  g_clear_pointer (&spool->last, cmaf_spool_segment_unref);
  g_clear_pointer (&spool->header, g_bytes_unref);
  g_clear_pointer (&spool->track, cmaf_track_unref);
  g_clear_pointer (&spool->removed, g_array_unref);
}

/* ---- in ---- */

void
cmaf_ingest_spool_complete (CmafIngestSpool *spool)
{
  CmafSpoolSegment *newest = g_queue_peek_tail (&spool->segments);

  if (newest)
    newest->is_complete = TRUE;
}

void
cmaf_ingest_spool_set_header (
    CmafIngestSpool *spool, CmafTrack *track, GBytes *header)
{
  cmaf_ingest_spool_complete (spool);
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

static guint64
end_of (const CmafSpoolSegment *segment)
{
  return segment->place.decode_time + segment->duration;
}

static void
add_segment (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  cmaf_ingest_spool_complete (spool);
  g_queue_push_tail (&spool->segments, segment);
  g_clear_pointer (&spool->last, cmaf_spool_segment_unref);
  spool->last = cmaf_spool_segment_ref (segment);
}

static void
add_chunk (CmafIngestSpool *spool, CmafSpoolSegment *segment, CmafChunk *chunk)
{
  g_ptr_array_add (segment->chunks, cmaf_chunk_ref (chunk));
  segment->size += chunk->size;
  segment->duration += chunk->duration;
  spool->bytes += chunk->size;
}

void
cmaf_ingest_spool_push (CmafIngestSpool *spool, CmafChunk *chunk)
{
  CmafSpoolSegment *segment = g_queue_peek_tail (&spool->segments);

  g_return_if_fail (spool->header != NULL);

  if (!segment || segment->is_complete || starts_segment (chunk)) {
    CmafIngestPlace place = { chunk->decode_time, chunk->sequence_number,
      chunk->marks };

    segment = new_segment (spool->track, spool->header, &place);
    add_segment (spool, segment);
  }
  add_chunk (spool, segment, chunk);
  segment->is_complete = cmaf_segment_marks_end (segment->track, chunk);
}

/* ---- the end ---- */

static CmafChunk *
newest_chunk (const CmafSpoolSegment *segment)
{
  return g_ptr_array_index (segment->chunks, segment->chunks->len - 1);
}

/* The newest chunk is still in our hands. */
static void
change_newest_chunk (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  CmafChunk *old = newest_chunk (segment);
  CmafChunk *last = cmaf_chunk_copy_as_last (old);

  segment->size += last->size - old->size;
  spool->bytes += last->size - old->size;
  segment->chunks->pdata[segment->chunks->len - 1] = last;
  cmaf_chunk_unref (old);
}

static void
repeat_newest_chunk (CmafIngestSpool *spool, const CmafSpoolSegment *segment)
{
  g_autoptr (CmafChunk) last = cmaf_chunk_copy_as_last (newest_chunk (segment));
  CmafSpoolSegment *again =
      new_segment (segment->track, segment->header, &segment->place);

  add_segment (spool, again);
  for (guint i = 0; spool->repeats_whole && i + 1 < segment->chunks->len; i++)
    add_chunk (spool, again, segment->chunks->pdata[i]);
  add_chunk (spool, again, last);
}

void
cmaf_ingest_spool_finish (CmafIngestSpool *spool)
{
  g_autoptr (CmafSpoolSegment) last = g_steal_pointer (&spool->last);

  if (last && !(newest_chunk (last)->flags & CMAF_CHUNK_LAST)) {
    if (g_queue_peek_tail (&spool->segments) == last && !last->has_length
        && last->stored.number == 0 && last->n_taken < last->chunks->len)
      change_newest_chunk (spool, last);
    else
      repeat_newest_chunk (spool, last);
  }
  g_clear_pointer (&spool->last, cmaf_spool_segment_unref);
  cmaf_ingest_spool_complete (spool);
}

/* ---- out ---- */

static CmafSpoolSegment *
first_unsent (const GQueue *segments)
{
  const GList *l = segments->head;

  while (l && ((CmafSpoolSegment *)l->data)->is_sent)
    l = l->next;
  return l ? l->data : NULL;
}

CmafSpoolSegment *
cmaf_ingest_spool_peek (const CmafIngestSpool *spool)
{
  CmafSpoolSegment *segment = first_unsent (&spool->arrived);

  return segment ? segment : first_unsent (&spool->segments);
}

static void
remove_file (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  if (segment->stored.number == 0)
    return;
  spool->stored -= segment->stored.size;
  spool->freed += segment->stored.size;
  if (!spool->removed)
    spool->removed = g_array_new (FALSE, FALSE, sizeof (CmafStoredSegment));
  g_array_append_val (spool->removed, segment->stored);
  segment->stored.number = 0;
}

static void
mark_dropped (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  segment->is_dropped = TRUE;
  /* all that may be repeated */
  if (segment == spool->last && !spool->repeats_whole
      && segment->chunks->len > 1)
    g_ptr_array_remove_range (segment->chunks, 0, segment->chunks->len - 1);
}

static void
take_out (CmafIngestSpool *spool, GList *link)
{
  CmafSpoolSegment *segment = link->data;

  g_queue_delete_link (&spool->segments, link);
  if (!segment->is_sent && is_loaded (segment))
    spool->bytes -= segment->size;
  remove_file (spool, segment);
  mark_dropped (spool, segment);
}

static void
forget_one (CmafIngestSpool *spool, GList *link)
{
  CmafSpoolSegment *segment = link->data;

  g_queue_delete_link (&spool->arrived, link);
  spool->arrived_bytes -= segment->size;
  mark_dropped (spool, segment);
  cmaf_spool_segment_unref (segment);
}

void
cmaf_ingest_spool_remove (CmafIngestSpool *spool, CmafSpoolSegment *segment)
{
  GList *link = g_queue_find (&spool->segments, segment);

  if (link) {
    take_out (spool, link);
    cmaf_spool_segment_unref (segment);
  } else if ((link = g_queue_find (&spool->arrived, segment))) {
    forget_one (spool, link);
  }
}

CmafSpoolSegment *
cmaf_ingest_spool_drop_oldest (
    CmafIngestSpool *spool, const CmafSpoolSegment *except)
{
  GList *l = spool->segments.head;
  CmafSpoolSegment *segment;

  if (l && l->data == except)
    l = l->next;
  if (!l || !l->next)
    return NULL;
  segment = l->data;
  take_out (spool, l);
  return segment;
}

void
cmaf_ingest_spool_mark_sent (
    CmafIngestSpool *spool, CmafSpoolSegment *segment, GstClockTime now)
{
  if (segment->is_dropped || segment->is_sent)
    return;
  segment->is_sent = TRUE;
  segment->sent_at = now;
  if (!segment->is_arrived)
    spool->bytes -= segment->size;
}

/* ---- what counts as arrived ---- */

/* More of it than may wait is not kept. */
static gboolean
keeps_too_much (const CmafIngestSpool *spool)
{
  const CmafSpoolSegment *oldest =
      g_queue_peek_head ((GQueue *)&spool->arrived);
  const CmafSpoolSegment *newest =
      g_queue_peek_tail ((GQueue *)&spool->arrived);
  guint64 start = oldest->place.decode_time, end = end_of (newest);

  return spool->arrived_bytes > spool->max_bytes
         || (end > start
             && cmaf_ns_from_ticks (end - start, newest->timescale)
                    > spool->max_time);
}

static void
move_to_arrived (CmafIngestSpool *spool)
{
  CmafSpoolSegment *segment = g_queue_pop_head (&spool->segments);

  remove_file (spool, segment);
  segment->is_arrived = TRUE;
  g_queue_push_tail (&spool->arrived, segment);
  spool->arrived_bytes += segment->size;
  while (spool->arrived.head && keeps_too_much (spool))
    forget_one (spool, spool->arrived.head);
}

static void
forget_before (CmafIngestSpool *spool, GstClockTime since)
{
  GList *head;

  while ((head = spool->arrived.head)) {
    const CmafSpoolSegment *oldest = head->data;

    if (!oldest->is_sent || oldest->sent_at >= since)
      return;
    forget_one (spool, head);
  }
}

void
cmaf_ingest_spool_forget (CmafIngestSpool *spool)
{
  while (spool->arrived.head)
    forget_one (spool, spool->arrived.head);
}

guint
cmaf_ingest_spool_drop_repeated (
    CmafIngestSpool *spool, const CmafSpoolSegment *except, GQueue *dropped)
{
  GList *next;
  guint n = 0;

  for (GList *l = spool->arrived.head; l; l = next) {
    CmafSpoolSegment *segment = l->data;

    next = l->next;
    if (segment->is_sent || segment == except)
      continue;
    g_queue_push_tail (dropped, cmaf_spool_segment_ref (segment));
    forget_one (spool, l);
    n++;
  }
  return n;
}

/* @ticks, @bytes: that were sent, from the oldest on */
static gboolean
is_in_doubt (const CmafSpoolSegment *oldest, const CmafSpoolDoubt *doubt,
    guint64 ticks, guint64 bytes)
{
  guint64 least = oldest->size + doubt->in_flight;

  if (oldest->sent_at >= doubt->since)
    least += doubt->bytes;
  return ticks < doubt->ticks + oldest->duration || bytes < least;
}

guint
cmaf_ingest_spool_confirm (
    CmafIngestSpool *spool, const CmafSpoolDoubt *doubt, guint64 *n_bytes)
{
  const CmafSpoolSegment *oldest;
  guint64 ticks = 0, bytes = 0;
  guint n = 0;

  for (GList *l = spool->segments.head; l; l = l->next) {
    const CmafSpoolSegment *segment = l->data;

    ticks += segment->is_sent ? segment->duration : 0;
    bytes += segment->is_sent ? segment->size : 0;
  }
  while ((oldest = g_queue_peek_head (&spool->segments)) && oldest->is_sent
         && !is_in_doubt (oldest, doubt, ticks, bytes)) {
    ticks -= oldest->duration;
    bytes -= oldest->size;
    *n_bytes += oldest->size;
    n++;
    move_to_arrived (spool);
  }
  forget_before (spool, doubt->since);
  return n;
}

void
cmaf_ingest_spool_rewind (CmafIngestSpool *spool)
{
  for (GList *l = spool->arrived.head; l; l = l->next)
    ((CmafSpoolSegment *)l->data)->is_sent = FALSE;
  for (GList *l = spool->segments.head; l; l = l->next) {
    CmafSpoolSegment *segment = l->data;

    if (segment->is_sent)
      spool->bytes += segment->size;
    segment->is_sent = FALSE;
    segment->n_taken = 0;
  }
}

/* ---- how much there is ---- */

GstClockTime
cmaf_ingest_spool_get_time (const CmafIngestSpool *spool)
{
  const CmafSpoolSegment *oldest = first_unsent (&spool->segments);
  const CmafSpoolSegment *newest =
      g_queue_peek_tail ((GQueue *)&spool->segments);
  guint64 end;

  if (!oldest)
    return 0;
  end = end_of (newest);
  if (end <= oldest->place.decode_time)
    return 0;
  return cmaf_ns_from_ticks (
      end - oldest->place.decode_time, newest->timescale);
}

/* Time that lies in memory, of what is not sent. */
static GstClockTime
loaded_time (const CmafIngestSpool *spool)
{
  GstClockTime time = 0;

  for (const GList *l = spool->segments.head; l; l = l->next) {
    const CmafSpoolSegment *segment = l->data;

    if (is_loaded (segment) && !segment->is_sent)
      time += cmaf_ns_from_ticks (segment->duration, segment->timescale);
  }
  return time;
}

/* More than files that have gone made room for on the disk. */
static gboolean
memory_is_full (const CmafIngestSpool *spool)
{
  return spool->bytes > spool->max_bytes + spool->freed
         || (spool->freed == 0 && loaded_time (spool) > spool->max_time);
}

gboolean
cmaf_ingest_spool_is_full (const CmafIngestSpool *spool)
{
  const CmafSpoolSegment *oldest = first_unsent (&spool->segments);

  if (!oldest || oldest == g_queue_peek_tail ((GQueue *)&spool->segments))
    return FALSE;
  if (spool->max_stored > 0)
    return spool->stored > spool->max_stored
           || (spool->disk_failed && memory_is_full (spool));
  return spool->bytes > spool->max_bytes
         || cmaf_ingest_spool_get_time (spool) > spool->max_time;
}

/* ---- files ---- */

void
cmaf_ingest_spool_add_stored (
    CmafIngestSpool *spool, const CmafStoredSegment *stored)
{
  CmafSpoolSegment *segment =
      new_empty_segment (&stored->place, stored->timescale);

  segment->duration = stored->duration;
  segment->size = stored->size;
  segment->is_complete = TRUE;
  segment->stored = *stored;
  spool->stored += stored->size;
  g_queue_push_tail (&spool->segments, segment);
}

CmafSpoolSegment *
cmaf_ingest_spool_find_unstored (const CmafIngestSpool *spool, gboolean any)
{
  for (const GList *l = spool->segments.head; l; l = l->next) {
    CmafSpoolSegment *segment = l->data;

    if (segment->is_complete && segment->stored.number == 0
        && is_loaded (segment) && (any || l->prev || l->next))
      return segment;
  }
  return NULL;
}

void
cmaf_ingest_spool_mark_stored (CmafIngestSpool *spool,
    CmafSpoolSegment *segment, const CmafStoredSegment *stored)
{
  segment->stored = *stored;
  spool->stored += stored->size;
  spool->disk_failed = FALSE;
}

void
cmaf_ingest_spool_mark_failed (CmafIngestSpool *spool)
{
  spool->disk_failed = TRUE;
  spool->freed = 0;
}

GArray *
cmaf_ingest_spool_take_removed (CmafIngestSpool *spool)
{
  return g_steal_pointer (&spool->removed);
}

void
cmaf_ingest_spool_unload (
    CmafIngestSpool *spool, const CmafSpoolSegment *except)
{
  GstClockTime time = loaded_time (spool);

  for (GList *l = spool->segments.tail; l && l->prev; l = l->prev) {
    CmafSpoolSegment *segment = l->data;

    if (spool->bytes <= spool->max_bytes && time <= spool->max_time)
      return;
    if (segment == except || segment == spool->last
        || segment->stored.number == 0 || !is_loaded (segment)
        || segment->is_sent)
      continue;
    time -= cmaf_ns_from_ticks (segment->duration, segment->timescale);
    spool->bytes -= segment->size;
    g_ptr_array_set_size (segment->chunks, 0);
  }
}

void
cmaf_ingest_spool_mark_loaded (CmafIngestSpool *spool,
    CmafSpoolSegment *segment, GBytes *header, CmafTrack *track,
    GPtrArray *chunks)
{
  if (segment->is_dropped || is_loaded (segment))
    return;
  if (!segment->header) {
    segment->header = g_bytes_ref (header);
    segment->track = cmaf_track_ref (track);
  }
  for (guint i = 0; i < chunks->len; i++)
    g_ptr_array_add (segment->chunks, cmaf_chunk_ref (chunks->pdata[i]));
  spool->bytes += segment->size;
}
