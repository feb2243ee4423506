/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A queue in order of decode times. */
#include "merge-source.h"

CmafMergeSource *
cmaf_merge_source_new (guint id)
{
  CmafMergeSource *self = g_new0 (CmafMergeSource, 1);

  self->id = id;
  self->position = CMAF_MERGE_NO_TICKS;
  self->place.segment = CMAF_MERGE_NO_TICKS;
  self->place.index = CMAF_MERGE_NO_INDEX;
  g_queue_init (&self->items);
  return self;
}

void
cmaf_merge_item_free (CmafMergeItem *item)
{
  cmaf_chunk_unref (item->chunk);
  g_free (item);
}

void
cmaf_merge_source_free (CmafMergeSource *self)
{
  g_queue_clear_full (&self->items, (GDestroyNotify)cmaf_merge_item_free);
  g_free (self);
}

gboolean
cmaf_merge_source_may_send (const CmafMergeSource *self)
{
  return !self->is_gone && !self->has_ended;
}

CmafMergeItem *
cmaf_merge_source_peek (const CmafMergeSource *self)
{
  return self->items.head ? self->items.head->data : NULL;
}

void
cmaf_merge_source_place (
    CmafMergeSource *self, const CmafChunk *chunk, gboolean starts)
{
  CmafMergePlace *place = &self->place;

  if (starts) {
    place->segment = chunk->decode_time;
    place->index = 0;
    place->chunk_duration = chunk->duration;
    place->is_filler = (chunk->flags & CMAF_CHUNK_SLATE) != 0;
  } else if (chunk->decode_time != self->position
             || place->index == CMAF_MERGE_NO_INDEX) {
    place->segment = CMAF_MERGE_NO_TICKS;
    place->index = CMAF_MERGE_NO_INDEX;
    place->is_filler = (chunk->flags & CMAF_CHUNK_SLATE) != 0;
  } else {
    place->index++;
  }
}

CmafMergeItem *
cmaf_merge_source_pop (CmafMergeSource *self)
{
  self->n_hashed = 0;
  return g_queue_pop_head (&self->items);
}

gboolean
cmaf_merge_source_insert (
    CmafMergeSource *self, CmafChunk *chunk, gboolean starts, GstClockTime now)
{
  GList *after = self->items.tail;
  CmafMergeItem *item;

  while (after != NULL
         && ((CmafMergeItem *)after->data)->chunk->decode_time
                > chunk->decode_time)
    after = after->prev;
  if (after != NULL && chunk->duration > 0
      && ((CmafMergeItem *)after->data)->chunk->decode_time
             == chunk->decode_time)
    return FALSE;
  item = g_new0 (CmafMergeItem, 1);
  item->chunk = cmaf_chunk_ref (chunk);
  item->arrival = now;
  item->starts_segment = starts;
  item->place = self->place;
  if (after != self->items.tail || after == NULL)
    self->n_hashed = 0;
  if (after != NULL)
    g_queue_insert_after (&self->items, after, item);
  else
    g_queue_push_head (&self->items, item);
  return TRUE;
}

/* ---- the segment that waits first ---- */

/* The first chunk behind it, NULL when nothing is. */
static const GList *
find_end (const CmafMergeSource *self)
{
  const GList *l = self->items.head;

  for (l = l ? l->next : NULL; l != NULL; l = l->next)
    if (((const CmafMergeItem *)l->data)->starts_segment)
      return l;
  return NULL;
}

gboolean
cmaf_merge_source_is_complete (const CmafMergeSource *self)
{
  return self->is_closed || self->has_ended || find_end (self) != NULL;
}

gboolean
cmaf_merge_source_is_cut (const CmafMergeSource *self)
{
  return self->is_gone && !cmaf_merge_source_is_complete (self);
}

static void
hash_chunk (GChecksum *sum, const CmafChunk *chunk)
{
  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize n;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &n);

    g_checksum_update (sum, data, n);
  }
}

static guint
count_chunks (const CmafMergeSource *self)
{
  const GList *end = find_end (self);
  guint n = 0;

  for (const GList *l = self->items.head; l != end; l = l->next)
    n++;
  return n;
}

const guint8 *
cmaf_merge_source_hash (CmafMergeSource *self)
{
  guint n = count_chunks (self);
  g_autoptr (GChecksum) sum = NULL;
  gsize size = CMAF_MERGE_DIGEST_SIZE;
  const GList *l = self->items.head;

  if (self->n_hashed == n)
    return self->digest;
  sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (guint i = 0; i < n; i++, l = l->next)
    hash_chunk (sum, ((const CmafMergeItem *)l->data)->chunk);
  g_checksum_get_digest (sum, self->digest, &size);
  self->n_hashed = n;
  return self->digest;
}

gboolean
cmaf_merge_place_continues (const CmafMergePlace *last,
    const CmafMergePlace *next, guint64 next_duration)
{
  if (last->segment == CMAF_MERGE_NO_TICKS || next->is_filler != last->is_filler
      || next_duration > last->chunk_duration)
    return FALSE;
  /* whoever came into the middle of a segment may cut it alike */
  return next->segment == CMAF_MERGE_NO_TICKS
         || (next->segment == last->segment && next->index == last->index + 1
             && next->chunk_duration == last->chunk_duration);
}
