/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The queue. It is full from max_bytes on, but takes what is pushed all the
 * same: whoever pushes stops reading from the network. */
#include "ingest-output.h"

struct _CmafIngestOutput
{
  gatomicrefcount ref_count;
  gchar *name;
  gsize max_bytes;
  void (*drained) (gpointer user_data);
  gpointer user_data;

  GMutex lock;
  GQueue items;         /* lock: lock; of CmafIngestItem */
  gsize n_bytes;        /* lock: lock */
  gboolean is_flushing; /* lock: lock */
  gboolean was_full;    /* lock: lock; somebody waits for drained */
  gboolean is_awaited;  /* lock: lock; until all is taken */
  gboolean is_idle;     /* lock: lock; what was pulled is done */
  gboolean (*ready) (gpointer user_data); /* lock: lock */
  gpointer ready_data;                    /* lock: lock */
  gboolean is_told; /* lock: lock; somebody pulls, or will */
  gint is_unwanted; /* atomic */
};

void
cmaf_ingest_item_free (CmafIngestItem *item)
{
  g_clear_pointer (&item->track, cmaf_track_unref);
  g_clear_pointer (&item->header, g_bytes_unref);
  g_clear_pointer (&item->merged.chunk, cmaf_chunk_unref);
  g_clear_pointer (&item->front, g_bytes_unref);
  g_free (item->language);
  g_free (item->role);
  g_free (item->source);
  g_free (item);
}

static gsize
item_size (const CmafIngestItem *item)
{
  return item->merged.chunk ? item->merged.chunk->size : 0;
}

CmafIngestOutput *
cmaf_ingest_output_new (const gchar *name, gsize max_bytes,
    void (*drained) (gpointer user_data), gpointer user_data)
{
  CmafIngestOutput *self = g_new0 (CmafIngestOutput, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->max_bytes = max_bytes;
  self->drained = drained;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->items);
  return self;
}

CmafIngestOutput *
cmaf_ingest_output_ref (CmafIngestOutput *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
cmaf_ingest_output_unref (CmafIngestOutput *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->items, (GDestroyNotify)cmaf_ingest_item_free);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}

const gchar *
cmaf_ingest_output_get_name (CmafIngestOutput *self)
{
  return self->name;
}

static void
tell_ready_locked (CmafIngestOutput *self)
{
  if (self->ready == NULL || self->is_told || g_queue_is_empty (&self->items))
    return;
  self->is_told = self->ready (self->ready_data);
}

void
cmaf_ingest_output_set_ready (CmafIngestOutput *self,
    gboolean (*ready) (gpointer user_data), gpointer user_data)
{
  g_mutex_lock (&self->lock);
  self->ready = ready;
  self->ready_data = user_data;
  tell_ready_locked (self);
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_output_push (CmafIngestOutput *self, CmafIngestItem *item)
{
  gboolean is_flushing;

  g_mutex_lock (&self->lock);
  is_flushing = self->is_flushing;
  if (!is_flushing) {
    g_queue_push_tail (&self->items, item);
    self->n_bytes += item_size (item);
    tell_ready_locked (self);
  }
  g_mutex_unlock (&self->lock);
  if (is_flushing)
    cmaf_ingest_item_free (item);
}

gboolean
cmaf_ingest_output_is_flushing (CmafIngestOutput *self)
{
  gboolean is_flushing;

  g_mutex_lock (&self->lock);
  is_flushing = self->is_flushing;
  g_mutex_unlock (&self->lock);
  return is_flushing;
}

gboolean
cmaf_ingest_output_is_full (CmafIngestOutput *self)
{
  gboolean is_full;

  g_mutex_lock (&self->lock);
  is_full = self->n_bytes >= self->max_bytes && !self->is_flushing;
  self->was_full = self->was_full || is_full;
  g_mutex_unlock (&self->lock);
  return is_full;
}

CmafIngestFate
cmaf_ingest_output_get_fate (CmafIngestOutput *self)
{
  CmafIngestFate fate = CMAF_INGEST_WAITS;

  g_mutex_lock (&self->lock);
  if (self->is_idle && g_queue_is_empty (&self->items))
    fate = CMAF_INGEST_TAKEN;
  else if (self->is_flushing)
    fate = CMAF_INGEST_LOST;
  self->is_awaited = self->is_awaited || fate == CMAF_INGEST_WAITS;
  g_mutex_unlock (&self->lock);
  return fate;
}

/* What was pulled before is done. */
static void
tell_taken (CmafIngestOutput *self)
{
  gboolean is_awaited;

  g_mutex_lock (&self->lock);
  self->is_idle = TRUE;
  is_awaited = self->is_awaited && g_queue_is_empty (&self->items);
  if (is_awaited)
    self->is_awaited = FALSE;
  g_mutex_unlock (&self->lock);
  if (is_awaited)
    self->drained (self->user_data);
}

CmafIngestItem *
cmaf_ingest_output_pull (CmafIngestOutput *self)
{
  CmafIngestItem *item = NULL;
  gboolean has_drained = FALSE;

  tell_taken (self);
  g_mutex_lock (&self->lock);
  self->is_told = !self->is_flushing && !g_queue_is_empty (&self->items);
  if (self->is_told) {
    item = g_queue_pop_head (&self->items);
    self->is_idle = FALSE;
    self->n_bytes -= item_size (item);
    has_drained = self->was_full && self->n_bytes <= self->max_bytes / 2;
    if (has_drained)
      self->was_full = FALSE;
  }
  g_mutex_unlock (&self->lock);

  if (has_drained)
    self->drained (self->user_data);
  if (item != NULL && item->type == CMAF_INGEST_ITEM_END)
    tell_taken (self); /* nothing is asked for any more */
  return item;
}

void
cmaf_ingest_output_flush (CmafIngestOutput *self)
{
  g_mutex_lock (&self->lock);
  self->is_flushing = TRUE;
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_output_set_unwanted (CmafIngestOutput *self, gboolean is_unwanted)
{
  g_atomic_int_set (&self->is_unwanted, is_unwanted);
}

gboolean
cmaf_ingest_output_is_unwanted (CmafIngestOutput *self)
{
  return g_atomic_int_get (&self->is_unwanted);
}
