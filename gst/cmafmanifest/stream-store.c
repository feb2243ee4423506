/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Writers either wrap a stream of the application or a writer of the other
 * store. What went into a stream cannot be read back: get, contains and list
 * answer for the other store. */
#include "stream-store.h"

typedef struct
{
  CmafObjectStore parent;
  CmafObjectStore *fallback;
  StreamStoreCallbacks callbacks;
  gpointer user_data;
} StreamStore;

typedef struct
{
  CmafObjectWriter parent;
  gchar *name;
  GOutputStream *stream; /* or */
  CmafObjectWriter *fallback;
} StreamWriter;

static void
free_writer (StreamWriter *writer)
{
  g_clear_object (&writer->stream);
  g_free (writer->name);
  g_free (writer);
}

static CmafObjectWriter *
stream_begin (CmafObjectStore *base, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  StreamStore *store = (StreamStore *)base;
  StreamWriter *writer = g_new0 (StreamWriter, 1);

  writer->name = g_strdup (name);
  writer->stream = store->callbacks.open (name, store->user_data);
  if (writer->stream != NULL)
    return &writer->parent;
  if (store->fallback != NULL)
    writer->fallback = cmaf_object_store_begin (
        store->fallback, name, content_type, flags, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s: no stream was given for it, and no location is set", name);
  if (writer->fallback != NULL)
    return &writer->parent;
  free_writer (writer);
  return NULL;
}

static gboolean
write_stream (
    StreamWriter *writer, GBytes *const *pieces, guint n_pieces, GError **error)
{
  g_autofree GOutputVector *vectors = g_new (GOutputVector, n_pieces);
  guint i;

  for (i = 0; i < n_pieces; i++)
    vectors[i].buffer = g_bytes_get_data (pieces[i], &vectors[i].size);
  if (g_output_stream_writev_all (
          writer->stream, vectors, n_pieces, NULL, NULL, error))
    return TRUE;
  g_prefix_error (error, "%s: cannot write: ", writer->name);
  return FALSE;
}

static gboolean
stream_append (CmafObjectWriter *base, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  StreamWriter *writer = (StreamWriter *)base;

  if (writer->fallback != NULL)
    return cmaf_object_writer_append (
        writer->fallback, pieces, n_pieces, error);
  return write_stream (writer, pieces, n_pieces, error);
}

static gboolean
stream_show (CmafObjectWriter *base, GError **error)
{
  StreamWriter *writer = (StreamWriter *)base;

  return writer->fallback == NULL
         || cmaf_object_writer_show (writer->fallback, error);
}

static gboolean
stream_commit (CmafObjectWriter *base, GError **error)
{
  StreamWriter *writer = (StreamWriter *)base;
  gboolean done;

  if (writer->fallback != NULL) {
    done = cmaf_object_writer_commit (writer->fallback, error);
  } else {
    done = g_output_stream_close (writer->stream, NULL, error);
    if (!done)
      g_prefix_error (error, "%s: cannot close: ", writer->name);
  }
  free_writer (writer);
  return done;
}

static void
stream_abort (CmafObjectWriter *base)
{
  StreamWriter *writer = (StreamWriter *)base;

  if (writer->fallback != NULL) {
    cmaf_object_writer_abort (writer->fallback);
  } else {
    /* a cancelled close tells streams that replace something not to */
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();

    g_cancellable_cancel (cancelled);
    g_output_stream_close (writer->stream, cancelled, NULL);
  }
  free_writer (writer);
}

static gboolean
set_not_found (const gchar *name, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "no object %s", name);
  return FALSE;
}

static GBytes *
stream_get (CmafObjectStore *base, const gchar *name, GError **error)
{
  StreamStore *store = (StreamStore *)base;

  if (store->fallback != NULL)
    return cmaf_object_store_get (store->fallback, name, error);
  set_not_found (name, error);
  return NULL;
}

static gboolean
stream_contains (CmafObjectStore *base, const gchar *name)
{
  StreamStore *store = (StreamStore *)base;

  return store->fallback != NULL
         && cmaf_object_store_contains (store->fallback, name);
}

static GPtrArray *
stream_list (CmafObjectStore *base, const gchar *prefix, GError **error)
{
  StreamStore *store = (StreamStore *)base;

  if (store->fallback != NULL)
    return cmaf_object_store_list (store->fallback, prefix, error);
  return g_ptr_array_new_with_free_func (g_free);
}

static gboolean
stream_remove (CmafObjectStore *base, const gchar *name, GError **error)
{
  StreamStore *store = (StreamStore *)base;

  if (store->callbacks.remove (name, store->user_data))
    return TRUE;
  if (store->fallback != NULL)
    return cmaf_object_store_remove (store->fallback, name, error);
  return set_not_found (name, error);
}

static void
stream_free (CmafObjectStore *base)
{
  StreamStore *store = (StreamStore *)base;

  g_clear_pointer (&store->fallback, cmaf_object_store_unref);
  g_free (store);
}

static CmafObjectState
stream_look (CmafObjectStore *base, const gchar *name)
{
  return cmaf_object_store_look (((StreamStore *)base)->fallback, name);
}

#define COMMON                                                                 \
  .begin = stream_begin, .append = stream_append, .show = stream_show,         \
  .commit = stream_commit, .abort = stream_abort, .get = stream_get,           \
  .contains = stream_contains, .list = stream_list, .remove = stream_remove,   \
  .free = stream_free

static const CmafObjectStoreClass stream_class = { COMMON };
static const CmafObjectStoreClass deferred_class = { COMMON,
  .look = stream_look };

CmafObjectStore *
stream_store_new (CmafObjectStore *fallback,
    const StreamStoreCallbacks *callbacks, gpointer user_data)
{
  StreamStore *store = g_new0 (StreamStore, 1);

  store->parent.klass =
      fallback != NULL && cmaf_object_store_is_deferred (fallback)
          ? &deferred_class
          : &stream_class;
  g_atomic_ref_count_init (&store->parent.ref_count);
  if (fallback != NULL)
    store->fallback = cmaf_object_store_ref (fallback);
  store->callbacks = *callbacks;
  store->user_data = user_data;
  return &store->parent;
}
