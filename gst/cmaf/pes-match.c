/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* PES packets on their way through a demultiplexer, oldest first. */
#include "pes-match.h"

#include <gst/cmaf/ts-reader.h>

/* Of a stream that nobody takes. */
#define MAX_PACKETS 1024

typedef struct
{
  guint16 pid;
  guint64 size, hash, pts;
  CmafPtsPair pair;
} Packet;

struct _PesMatch
{
  gatomicrefcount ref_count;
  GMutex lock;
  GQueue packets; /* lock: lock; of Packet */
};

PesMatch *
pes_match_new (void)
{
  PesMatch *self = g_new0 (PesMatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_queue_init (&self->packets);
  return self;
}

PesMatch *
pes_match_ref (PesMatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pes_match_unref (PesMatch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->packets, g_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
pes_match_clear (PesMatch *self)
{
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->packets, g_free);
  g_mutex_unlock (&self->lock);
}

void
pes_match_add (PesMatch *self, guint16 pid, guint64 size, guint64 hash,
    guint64 pts, const CmafPtsPair *pair)
{
  Packet *packet = g_new (Packet, 1);

  *packet = (Packet){ pid, size, hash, pts, *pair };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->packets, packet);
  if (self->packets.length > MAX_PACKETS)
    g_free (g_queue_pop_head (&self->packets));
  g_mutex_unlock (&self->lock);
}

static guint64
hash_of (GstBuffer *buffer)
{
  guint64 hash = CMAF_TS_HASH_START;

  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return 0;
    hash = cmaf_ts_hash (hash, map.data, map.size);
    gst_memory_unmap (memory, &map);
  }
  return hash;
}

/* So that what cannot be one is not read. */
static gboolean
may_match (PesMatch *self, guint16 pid, guint64 size)
{
  gboolean may = FALSE;

  g_mutex_lock (&self->lock);
  for (GList *l = self->packets.head; l && !may; l = l->next) {
    const Packet *packet = l->data;

    may = packet->pid == pid && packet->size == size;
  }
  g_mutex_unlock (&self->lock);
  return may;
}

static GList *
find_locked (PesMatch *self, guint16 pid, guint64 size, guint64 hash)
{
  for (GList *l = self->packets.head; l; l = l->next) {
    const Packet *packet = l->data;

    if (packet->pid == pid && packet->size == size && packet->hash == hash)
      return l;
  }
  return NULL;
}

static void
forget_until_locked (PesMatch *self, guint16 pid, GList *end)
{
  for (GList *l = self->packets.head, *next; l && l != end; l = next) {
    next = l->next;
    if (((Packet *)l->data)->pid == pid) {
      g_free (l->data);
      g_queue_delete_link (&self->packets, l);
    }
  }
}

gboolean
pes_match_take (PesMatch *self, guint16 pid, GstBuffer *buffer, guint64 *pts,
    CmafPtsPair *pair)
{
  const guint64 size = gst_buffer_get_size (buffer);
  guint64 hash;
  GList *found;

  if (!may_match (self, pid, size))
    return FALSE;
  hash = hash_of (buffer);
  g_mutex_lock (&self->lock);
  found = find_locked (self, pid, size, hash);
  if (found) {
    const Packet *packet = found->data;

    *pts = packet->pts;
    *pair = packet->pair;
    forget_until_locked (self, pid, found->next);
  }
  g_mutex_unlock (&self->lock);
  return found != NULL;
}
