/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects in memory. One lock over the table; an entry is only touched under
 * it. The changed callback runs after the lock is released. */
#include "memory-store.h"

#include <string.h>

typedef struct
{
  gatomicrefcount ref_count;
  gchar *name;
  gchar *content_type;
  GPtrArray *pieces; /* of GBytes */
  gsize size;
  gchar etag[17];
  gboolean is_complete;
  gboolean may_drop;
  GList link; /* in MemoryStore.oldest, once complete and droppable */
} Entry;

typedef struct
{
  CmafObjectStore parent;
  guint64 max_bytes;

  GMutex lock;
  GHashTable *entries; /* lock: name -> Entry, holds a reference */
  GQueue oldest;       /* lock: of Entry, oldest first */
  guint64 bytes;       /* lock: in entries */
  guint64 n_dropped;   /* lock */

  CmafMemoryStoreChanged changed; /* lock */
  gpointer user_data;             /* lock */
  guint n_running;                /* lock: calls of changed */
  GCond idle;                     /* n_running became 0 */
} MemoryStore;

typedef struct
{
  CmafObjectWriter parent;
  CmafObjectFlags flags;
  Entry *entry;
  GChecksum *checksum;
} MemoryWriter;

/* ---- entries ---- */

static Entry *
entry_new (const gchar *name, const gchar *content_type)
{
  const gchar *base = strrchr (name, '/');
  Entry *entry = g_new0 (Entry, 1);

  base = base != NULL ? base + 1 : name;
  g_atomic_ref_count_init (&entry->ref_count);
  entry->name = g_strdup (name);
  entry->content_type = g_strdup (content_type);
  entry->pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  entry->may_drop = !g_str_has_suffix (base, ".mpd")
                    && !g_str_has_suffix (base, ".m3u8")
                    && !g_str_has_prefix (base, "init-");
  entry->link.data = entry;
  return entry;
}

static void
entry_unref (Entry *entry)
{
  if (!g_atomic_ref_count_dec (&entry->ref_count))
    return;
  g_ptr_array_unref (entry->pieces);
  g_free (entry->content_type);
  g_free (entry->name);
  g_free (entry);
}

static Entry *
entry_ref (Entry *entry)
{
  g_atomic_ref_count_inc (&entry->ref_count);
  return entry;
}

static gboolean
is_listed_locked (MemoryStore *store, Entry *entry)
{
  return g_hash_table_lookup (store->entries, entry->name) == entry;
}

static void
forget_locked (MemoryStore *store, Entry *entry)
{
  if (entry->is_complete && entry->may_drop)
    g_queue_unlink (&store->oldest, &entry->link);
  store->bytes -= entry->size;
  g_hash_table_remove (store->entries, entry->name);
}

static void
insert_locked (MemoryStore *store, Entry *entry)
{
  Entry *old = g_hash_table_lookup (store->entries, entry->name);

  if (old != NULL)
    forget_locked (store, old);
  g_hash_table_insert (store->entries, entry->name, entry_ref (entry));
  store->bytes += entry->size;
}

/* Makes room; returns the names that went, or NULL. */
static GPtrArray *
drop_oldest_locked (MemoryStore *store)
{
  GPtrArray *names = NULL;

  while (store->max_bytes > 0 && store->bytes > store->max_bytes
         && store->oldest.head != NULL) {
    Entry *entry = store->oldest.head->data;

    if (names == NULL)
      names = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (names, g_strdup (entry->name));
    store->n_dropped++;
    forget_locked (store, entry);
  }
  return names;
}

/* ---- telling the owner ---- */

static void
notify (MemoryStore *store, const gchar *name, GPtrArray *dropped)
{
  CmafMemoryStoreChanged changed;
  gpointer user_data;
  guint i;

  g_mutex_lock (&store->lock);
  changed = store->changed;
  user_data = store->user_data;
  if (changed != NULL)
    store->n_running++;
  g_mutex_unlock (&store->lock);
  if (changed != NULL) {
    changed (&store->parent, name, user_data);
    for (i = 0; dropped != NULL && i < dropped->len; i++)
      changed (&store->parent, g_ptr_array_index (dropped, i), user_data);
    g_mutex_lock (&store->lock);
    if (--store->n_running == 0)
      g_cond_broadcast (&store->idle);
    g_mutex_unlock (&store->lock);
  }
  g_clear_pointer (&dropped, g_ptr_array_unref);
}

/* ---- writing ---- */

static void
set_exists (GError **error, const gchar *name)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS, "%s exists already", name);
}

static void
free_writer (MemoryWriter *writer)
{
  g_checksum_free (writer->checksum);
  entry_unref (writer->entry);
  g_free (writer);
}

static CmafObjectWriter *
memory_begin (CmafObjectStore *base, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  MemoryStore *store = (MemoryStore *)base;
  gboolean growing = (flags & CMAF_OBJECT_GROWING) != 0;
  MemoryWriter *writer;
  gboolean exists;

  writer = g_new0 (MemoryWriter, 1);
  writer->flags = flags;
  writer->entry = entry_new (name, content_type);
  writer->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_mutex_lock (&store->lock);
  exists = (flags & CMAF_OBJECT_CREATE_ONLY) != 0
           && g_hash_table_contains (store->entries, name);
  if (!exists && growing)
    insert_locked (store, writer->entry);
  g_mutex_unlock (&store->lock);
  if (exists) {
    set_exists (error, name);
    free_writer (writer);
    return NULL;
  }
  if (growing)
    notify (store, name, NULL);
  return &writer->parent;
}

static gboolean
memory_append (CmafObjectWriter *base, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  MemoryWriter *writer = (MemoryWriter *)base;
  MemoryStore *store = (MemoryStore *)base->store;
  Entry *entry = writer->entry;
  GPtrArray *dropped;
  gsize size, added = 0;
  guint i;

  for (i = 0; i < n_pieces; i++) {
    const guint8 *data = g_bytes_get_data (pieces[i], &size);

    g_checksum_update (writer->checksum, data, size);
    added += size;
  }
  g_mutex_lock (&store->lock);
  for (i = 0; i < n_pieces; i++)
    g_ptr_array_add (entry->pieces, g_bytes_ref (pieces[i]));
  entry->size += added;
  if (is_listed_locked (store, entry))
    store->bytes += added;
  dropped = drop_oldest_locked (store);
  g_mutex_unlock (&store->lock);
  if ((writer->flags & CMAF_OBJECT_GROWING) != 0 || dropped != NULL)
    notify (store, entry->name, dropped);
  return TRUE;
}

static gboolean
memory_commit (CmafObjectWriter *base, GError **error)
{
  MemoryWriter *writer = (MemoryWriter *)base;
  MemoryStore *store = (MemoryStore *)base->store;
  Entry *entry = writer->entry;
  gboolean growing = (writer->flags & CMAF_OBJECT_GROWING) != 0;
  GPtrArray *dropped = NULL;
  gboolean exists;

  g_mutex_lock (&store->lock);
  exists = !growing && (writer->flags & CMAF_OBJECT_CREATE_ONLY) != 0
           && g_hash_table_contains (store->entries, entry->name);
  if (!exists) {
    g_strlcpy (entry->etag, g_checksum_get_string (writer->checksum),
        sizeof entry->etag);
    if (!growing)
      insert_locked (store, entry);
    entry->is_complete = TRUE;
    if (entry->may_drop && is_listed_locked (store, entry))
      g_queue_push_tail_link (&store->oldest, &entry->link);
    dropped = drop_oldest_locked (store);
  }
  g_mutex_unlock (&store->lock);
  if (exists)
    set_exists (error, entry->name);
  else
    notify (store, entry->name, dropped);
  free_writer (writer);
  return !exists;
}

static void
memory_abort (CmafObjectWriter *base)
{
  MemoryWriter *writer = (MemoryWriter *)base;
  MemoryStore *store = (MemoryStore *)base->store;
  gboolean listed;

  g_mutex_lock (&store->lock);
  listed = is_listed_locked (store, writer->entry);
  if (listed)
    forget_locked (store, writer->entry);
  g_mutex_unlock (&store->lock);
  if (listed)
    notify (store, writer->entry->name, NULL);
  free_writer (writer);
}

/* ---- reading ---- */

gboolean
cmaf_memory_store_lookup (
    CmafObjectStore *base, const gchar *name, CmafMemoryObject *object)
{
  MemoryStore *store = (MemoryStore *)base;
  Entry *entry;
  guint i;

  memset (object, 0, sizeof *object);
  g_mutex_lock (&store->lock);
  entry = g_hash_table_lookup (store->entries, name);
  if (entry != NULL) {
    object->pieces = g_ptr_array_new_full (
        entry->pieces->len, (GDestroyNotify)g_bytes_unref);
    for (i = 0; i < entry->pieces->len; i++)
      g_ptr_array_add (
          object->pieces, g_bytes_ref (g_ptr_array_index (entry->pieces, i)));
    object->size = entry->size;
    object->content_type = g_strdup (entry->content_type);
    memcpy (object->etag, entry->etag, sizeof object->etag);
    object->is_complete = entry->is_complete;
  }
  g_mutex_unlock (&store->lock);
  return entry != NULL;
}

void
cmaf_memory_object_clear (CmafMemoryObject *object)
{
  g_clear_pointer (&object->pieces, g_ptr_array_unref);
  g_clear_pointer (&object->content_type, g_free);
}

static GBytes *
memory_get (CmafObjectStore *base, const gchar *name, GError **error)
{
  g_auto (CmafMemoryObject) object = { NULL };
  GByteArray *joined;
  guint i;

  if (!cmaf_memory_store_lookup (base, name, &object)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "no object %s", name);
    return NULL;
  }
  if (object.pieces->len == 1)
    return g_bytes_ref (g_ptr_array_index (object.pieces, 0));
  joined = g_byte_array_sized_new (object.size);
  for (i = 0; i < object.pieces->len; i++) {
    gsize size;
    const guint8 *data =
        g_bytes_get_data (g_ptr_array_index (object.pieces, i), &size);

    g_byte_array_append (joined, data, size);
  }
  return g_byte_array_free_to_bytes (joined);
}

static gboolean
memory_contains (CmafObjectStore *base, const gchar *name)
{
  MemoryStore *store = (MemoryStore *)base;
  Entry *entry;
  gboolean complete;

  g_mutex_lock (&store->lock);
  entry = g_hash_table_lookup (store->entries, name);
  complete = entry != NULL && entry->is_complete;
  g_mutex_unlock (&store->lock);
  return complete;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static GPtrArray *
memory_list (CmafObjectStore *base, const gchar *prefix, GError **error)
{
  MemoryStore *store = (MemoryStore *)base;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  g_mutex_lock (&store->lock);
  g_hash_table_iter_init (&iter, store->entries);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, prefix))
      g_ptr_array_add (names, g_strdup (name));
  g_mutex_unlock (&store->lock);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
memory_remove (CmafObjectStore *base, const gchar *name, GError **error)
{
  MemoryStore *store = (MemoryStore *)base;
  Entry *entry;

  g_mutex_lock (&store->lock);
  entry = g_hash_table_lookup (store->entries, name);
  if (entry != NULL)
    forget_locked (store, entry);
  g_mutex_unlock (&store->lock);
  if (entry == NULL) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "no object %s", name);
    return FALSE;
  }
  notify (store, name, NULL);
  return TRUE;
}

/* ---- the store ---- */

static void
memory_free (CmafObjectStore *base)
{
  MemoryStore *store = (MemoryStore *)base;

  g_hash_table_unref (store->entries);
  g_mutex_clear (&store->lock);
  g_cond_clear (&store->idle);
  g_free (store);
}

static const CmafObjectStoreClass memory_class = {
  .begin = memory_begin,
  .append = memory_append,
  .commit = memory_commit,
  .abort = memory_abort,
  .get = memory_get,
  .contains = memory_contains,
  .list = memory_list,
  .remove = memory_remove,
  .free = memory_free,
};

CmafObjectStore *
cmaf_memory_store_new (guint64 max_bytes)
{
  MemoryStore *store = g_new0 (MemoryStore, 1);

  store->parent.klass = &memory_class;
  g_atomic_ref_count_init (&store->parent.ref_count);
  store->max_bytes = max_bytes;
  g_mutex_init (&store->lock);
  g_cond_init (&store->idle);
  g_queue_init (&store->oldest);
  store->entries = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify)entry_unref);
  return &store->parent;
}

void
cmaf_memory_store_set_changed (
    CmafObjectStore *base, CmafMemoryStoreChanged changed, gpointer user_data)
{
  MemoryStore *store = (MemoryStore *)base;

  g_mutex_lock (&store->lock);
  store->changed = changed;
  store->user_data = user_data;
  while (changed == NULL && store->n_running > 0)
    g_cond_wait (&store->idle, &store->lock);
  g_mutex_unlock (&store->lock);
}

guint64
cmaf_memory_store_get_bytes (CmafObjectStore *base)
{
  MemoryStore *store = (MemoryStore *)base;
  guint64 bytes;

  g_mutex_lock (&store->lock);
  bytes = store->bytes;
  g_mutex_unlock (&store->lock);
  return bytes;
}

guint64
cmaf_memory_store_get_dropped (CmafObjectStore *base)
{
  MemoryStore *store = (MemoryStore *)base;
  guint64 n;

  g_mutex_lock (&store->lock);
  n = store->n_dropped;
  g_mutex_unlock (&store->lock);
  return n;
}
