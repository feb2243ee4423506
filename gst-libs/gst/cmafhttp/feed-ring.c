/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The ring is an array whose size is a power of two, indexed by the running
 * index of a message; it grows when trimming lets it. */
#include "feed-ring.h"

#define FIRST_CAPACITY 64

struct _CmafFeedRing
{
  CmafFeedMessage **slots;
  guint64 capacity;
  guint64 first; /* index of the oldest */
  guint64 next;  /* index of the next to come */
  guint64 bytes;
  GHashTable *keys; /* stream number -> its newest key chunk */
};

CmafFeedMessage *
cmaf_feed_message_new (const CmafMediaHeader *header, CmafFeedRole role,
    guint32 timescale, GPtrArray *payload, CmafFeedMessage *init,
    gint64 published)
{
  CmafFeedMessage *message = g_new0 (CmafFeedMessage, 1);

  message->ref_count = 1;
  message->header = *header;
  message->role = role;
  message->timescale = timescale;
  message->payload = g_ptr_array_ref (payload);
  for (guint i = 0; i < payload->len; i++)
    message->size += g_bytes_get_size (g_ptr_array_index (payload, i));
  if (init != NULL)
    message->init = cmaf_feed_message_ref (init);
  message->published = published;
  return message;
}

CmafFeedMessage *
cmaf_feed_message_ref (CmafFeedMessage *message)
{
  message->ref_count++;
  return message;
}

void
cmaf_feed_message_unref (CmafFeedMessage *message)
{
  if (--message->ref_count > 0)
    return;
  for (guint i = 0; i < CMAF_FEED_N_VARIANTS; i++)
    g_clear_pointer (&message->frames[i], cmaf_ws_message_unref);
  g_clear_pointer (&message->init, cmaf_feed_message_unref);
  g_ptr_array_unref (message->payload);
  g_free (message);
}

CmafWsMessage *
cmaf_feed_message_get_frame (CmafFeedMessage *message, CmafFeedVariant variant)
{
  CmafMediaHeader header = message->header;
  guint8 bytes[CMAF_MEDIA_HEADER_SIZE];

  if (message->frames[variant] == NULL) {
    if (variant & CMAF_FEED_AS_CACHED)
      header.flags |= CMAF_MEDIA_CACHED;
    if (variant & CMAF_FEED_AS_DISCONTINUITY)
      header.flags |= CMAF_MEDIA_DISCONTINUITY;
    cmaf_media_header_write (&header, bytes);
    message->frames[variant] = cmaf_ws_message_new (
        CMAF_WS_BINARY, bytes, sizeof bytes, message->payload);
  }
  return message->frames[variant];
}

CmafFeedRing *
cmaf_feed_ring_new (void)
{
  CmafFeedRing *ring = g_new0 (CmafFeedRing, 1);

  ring->capacity = FIRST_CAPACITY;
  ring->slots = g_new0 (CmafFeedMessage *, ring->capacity);
  ring->keys = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify)cmaf_feed_message_unref);
  return ring;
}

static CmafFeedMessage **
slot (const CmafFeedRing *ring, guint64 index)
{
  return &ring->slots[index & (ring->capacity - 1)];
}

static void
drop_oldest (CmafFeedRing *ring)
{
  CmafFeedMessage **oldest = slot (ring, ring->first);

  ring->bytes -= (*oldest)->size;
  g_clear_pointer (oldest, cmaf_feed_message_unref);
  ring->first++;
}

void
cmaf_feed_ring_free (CmafFeedRing *ring)
{
  while (ring->first < ring->next)
    drop_oldest (ring);
  g_hash_table_unref (ring->keys);
  g_free (ring->slots);
  g_free (ring);
}

static void
grow (CmafFeedRing *ring)
{
  CmafFeedRing larger = *ring;

  larger.capacity *= 2;
  larger.slots = g_new0 (CmafFeedMessage *, larger.capacity);
  for (guint64 i = ring->first; i < ring->next; i++)
    *slot (&larger, i) = *slot (ring, i);
  g_free (ring->slots);
  *ring = larger;
}

void
cmaf_feed_ring_push (CmafFeedRing *ring, CmafFeedMessage *chunk)
{
  if (ring->next - ring->first == ring->capacity)
    grow (ring);
  chunk->index = ring->next;
  *slot (ring, ring->next++) = cmaf_feed_message_ref (chunk);
  ring->bytes += chunk->size;
  if (chunk->header.flags & CMAF_MEDIA_KEY)
    g_hash_table_insert (ring->keys, GUINT_TO_POINTER (chunk->header.stream),
        cmaf_feed_message_ref (chunk));
}

void
cmaf_feed_ring_trim (CmafFeedRing *ring, gint64 time, guint64 max_bytes)
{
  while (ring->first < ring->next
         && ((*slot (ring, ring->first))->published < time
             || ring->bytes > max_bytes))
    drop_oldest (ring);
}

guint64
cmaf_feed_ring_get_first (const CmafFeedRing *ring)
{
  return ring->first;
}

guint64
cmaf_feed_ring_get_next (const CmafFeedRing *ring)
{
  return ring->next;
}

CmafFeedMessage *
cmaf_feed_ring_get (const CmafFeedRing *ring, guint64 index)
{
  g_return_val_if_fail (index >= ring->first && index < ring->next, NULL);

  return *slot (ring, index);
}

guint64
cmaf_feed_ring_get_bytes (const CmafFeedRing *ring)
{
  return ring->bytes;
}

CmafFeedMessage *
cmaf_feed_ring_get_key (const CmafFeedRing *ring, guint16 number)
{
  CmafFeedMessage *key =
      g_hash_table_lookup (ring->keys, GUINT_TO_POINTER (number));

  return key != NULL && key->index >= ring->first ? key : NULL;
}
