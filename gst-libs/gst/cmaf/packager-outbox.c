/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "packager-outbox.h"

#define MAX_OUTBOX 1000 /* items the other packager may be behind */

const gchar *
packager_item_get_object (const PackagerItem *item)
{
  return item->type == ITEM_SEGMENT ? item->segment->name : item->name;
}

static CmafObjectState
look (CmafObjectStore *store, const PackagerItem *item)
{
  const gchar *name = packager_item_get_object (item);

  if (item->type == ITEM_END)
    return CMAF_OBJECT_STORED;
  if (cmaf_object_store_is_deferred (store))
    return cmaf_object_store_look (store, name);
  return cmaf_object_store_contains (store, name) ? CMAF_OBJECT_STORED
                                                  : CMAF_OBJECT_PENDING;
}

/* The other packager writes in order: a segment that is not there when a later
 * one is, never comes. */
static gboolean
is_skipped (
    PackagerTrack *track, CmafObjectStore *store, const PackagerItem *item)
{
  const PackagerItem *next = g_queue_peek_nth (&track->outbox, 1);

  return !cmaf_object_store_is_deferred (store) && item->type == ITEM_SEGMENT
         && next != NULL && next->type == ITEM_SEGMENT
         && (look (store, next) == CMAF_OBJECT_STORED
             || g_queue_get_length (&track->outbox) > MAX_OUTBOX);
}

PackagerItem *
packager_outbox_pop (
    PackagerTrack *track, CmafObjectStore *store, gboolean *is_lost)
{
  const PackagerItem *item = g_queue_peek_head (&track->outbox);
  CmafObjectState state;

  if (item == NULL)
    return NULL;
  state = look (store, item);
  *is_lost =
      state == CMAF_OBJECT_LOST
      || (state == CMAF_OBJECT_PENDING && is_skipped (track, store, item));
  if (state == CMAF_OBJECT_PENDING && !*is_lost)
    return NULL;
  return g_queue_pop_head (&track->outbox);
}

PackagerItem *
packager_outbox_pop_found (
    PackagerTrack *track, CmafObjectStore *store, guint64 obsolete)
{
  GList *link = track->missed.head;

  while (link != NULL) {
    PackagerItem *item = link->data;
    GList *next = link->next;

    if (look (store, item) == CMAF_OBJECT_STORED) {
      g_queue_delete_link (&track->missed, link);
      return item;
    }
    if (item->segment->segment.number < obsolete) {
      cmaf_object_store_remove (store, item->segment->name, NULL);
      packager_free_item (item);
      g_queue_delete_link (&track->missed, link);
    }
    link = next;
  }
  return NULL;
}

guint
packager_outbox_count (const GPtrArray *tracks)
{
  guint n = 0;

  for (guint i = 0; i < tracks->len; i++) {
    const PackagerTrack *track = g_ptr_array_index (tracks, i);

    for (const GList *l = track->outbox.head; l != NULL; l = l->next)
      n += ((const PackagerItem *)l->data)->type != ITEM_END;
  }
  return n;
}

guint
packager_outbox_give_up (GPtrArray *tracks, gchar **first)
{
  guint n = packager_outbox_count (tracks);

  *first = NULL;
  for (guint i = 0; i < tracks->len; i++) {
    PackagerTrack *track = g_ptr_array_index (tracks, i);
    PackagerItem *item;

    while ((item = g_queue_pop_head (&track->outbox)) != NULL) {
      if (*first == NULL && item->type != ITEM_END)
        *first = g_strdup (packager_item_get_object (item));
      packager_free_item (item);
    }
  }
  return n;
}
