/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The interface: checks names, dispatches to the backend and keeps references
 * straight, so that a backend does neither. */
#include "object-store.h"

#include <string.h>

#define MAX_NAME 1024

static gboolean
element_is_valid (const gchar *element, gsize len)
{
  return len > 0 && len < 256 && element[0] != '.';
}

gboolean
cmaf_object_name_is_valid (const gchar *name)
{
  const gchar *element = name, *at;

  if (name == NULL || strlen (name) > MAX_NAME
      || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (at = name;; at++) {
    if (*at == '/' || *at == '\0') {
      if (!element_is_valid (element, at - element))
        return FALSE;
      element = at + 1;
    }
    if (*at == '\0')
      return TRUE;
    if ((guchar)*at < 0x20 || *at == 0x7f || *at == '\\')
      return FALSE;
  }
}

static gboolean
check_name (const gchar *name, GError **error)
{
  g_autofree gchar *shown = NULL;

  if (cmaf_object_name_is_valid (name))
    return TRUE;
  shown = name != NULL ? g_strescape (name, NULL) : g_strdup ("(null)");
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "object name \"%s\" is not a relative path without empty or hidden "
      "elements",
      shown);
  return FALSE;
}

CmafObjectStore *
cmaf_object_store_ref (CmafObjectStore *store)
{
  g_atomic_ref_count_inc (&store->ref_count);
  return store;
}

void
cmaf_object_store_unref (CmafObjectStore *store)
{
  if (g_atomic_ref_count_dec (&store->ref_count))
    store->klass->free (store);
}

CmafObjectWriter *
cmaf_object_store_begin (CmafObjectStore *store, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  CmafObjectWriter *writer;

  if (!check_name (name, error))
    return NULL;
  writer = store->klass->begin (store, name, content_type, flags, error);
  if (writer != NULL)
    writer->store = cmaf_object_store_ref (store);
  return writer;
}

gboolean
cmaf_object_writer_append (CmafObjectWriter *writer, GBytes *const *pieces,
    guint n_pieces, GError **error)
{
  return writer->store->klass->append (writer, pieces, n_pieces, error);
}

gboolean
cmaf_object_writer_show (CmafObjectWriter *writer, GError **error)
{
  const CmafObjectStoreClass *klass = writer->store->klass;

  return klass->show == NULL || klass->show (writer, error);
}

gboolean
cmaf_object_writer_commit (CmafObjectWriter *writer, GError **error)
{
  g_autoptr (CmafObjectStore) store = writer->store;

  return store->klass->commit (writer, error);
}

void
cmaf_object_writer_abort (CmafObjectWriter *writer)
{
  g_autoptr (CmafObjectStore) store = writer->store;

  store->klass->abort (writer);
}

gboolean
cmaf_object_store_put (CmafObjectStore *store, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GBytes *bytes,
    GError **error)
{
  CmafObjectWriter *writer =
      cmaf_object_store_begin (store, name, content_type, flags, error);

  if (writer == NULL)
    return FALSE;
  if (!cmaf_object_writer_append (writer, &bytes, 1, error)) {
    cmaf_object_writer_abort (writer);
    return FALSE;
  }
  return cmaf_object_writer_commit (writer, error);
}

static gboolean
put_text (CmafObjectStore *store, const gchar *name, const gchar *text,
    GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return cmaf_object_store_put (
      store, name, NULL, CMAF_OBJECT_CREATE_ONLY, bytes, error);
}

/* With other bytes the second time: an answer that was lost is not mistaken for
 * one that allows it. */
gboolean
cmaf_object_store_knows_create_only (
    CmafObjectStore *store, const gchar *name, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!put_text (store, name, "first", error))
    return FALSE;
  put_text (store, name, "second", &failure);
  cmaf_object_store_remove (store, name, NULL);
  if (g_error_matches (failure, CMAF_ERROR, CMAF_ERROR_EXISTS))
    return TRUE;
  if (failure)
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

GBytes *
cmaf_object_store_get (
    CmafObjectStore *store, const gchar *name, GError **error)
{
  return check_name (name, error) ? store->klass->get (store, name, error)
                                  : NULL;
}

gboolean
cmaf_object_store_contains (CmafObjectStore *store, const gchar *name)
{
  return cmaf_object_name_is_valid (name)
         && store->klass->contains (store, name);
}

GPtrArray *
cmaf_object_store_list (
    CmafObjectStore *store, const gchar *prefix, GError **error)
{
  return store->klass->list (store, prefix != NULL ? prefix : "", error);
}

gboolean
cmaf_object_store_remove (
    CmafObjectStore *store, const gchar *name, GError **error)
{
  return check_name (name, error) && store->klass->remove (store, name, error);
}

void
cmaf_object_store_tidy (CmafObjectStore *store, const gchar *name)
{
  if (store->klass->tidy != NULL && cmaf_object_name_is_valid (name))
    store->klass->tidy (store, name);
}

gboolean
cmaf_object_store_is_deferred (const CmafObjectStore *store)
{
  return store->klass->look != NULL;
}

CmafObjectState
cmaf_object_store_look (CmafObjectStore *store, const gchar *name)
{
  return store->klass->look != NULL ? store->klass->look (store, name)
                                    : CMAF_OBJECT_STORED;
}
