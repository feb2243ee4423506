/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A file is called after the digest of its key, and has the key, the bytes and
 * their digest: no key can lead out of the directory, and nothing that a crash
 * or a hand has left is taken for a header. */
#include "header-cache.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/cmaf/directory-store.h>
#include <gst/gst.h>

#define MAX_FILES 1000
#define MAX_SIZE (2 * 1024 * 1024) /* of a file */
#define SUFFIX ".header"
#define TYPE "(says)" /* key, bytes, digest of the bytes */

struct _CmafHeaderCache
{
  gchar *path;
  CmafObjectStore *store;
};

typedef struct
{
  gchar *name;
  gint64 written;
} File;

static gchar *
file_name (const gchar *key)
{
  g_autofree gchar *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  return g_strconcat (digest, SUFFIX, NULL);
}

static void
clear_file (gpointer file)
{
  g_free (((File *)file)->name);
}

static gint
compare_files (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const File *)a)->written, y = ((const File *)b)->written;

  return x < y ? -1 : x > y;
}

/* Oldest first. */
static GArray *
list_files (CmafHeaderCache *self)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (File));
  g_autoptr (GPtrArray) names =
      cmaf_object_store_list (self->store, NULL, NULL);

  g_array_set_clear_func (files, clear_file);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    const gchar *name = g_ptr_array_index (names, i);
    g_autofree gchar *path = g_build_filename (self->path, name, NULL);
    GStatBuf status;
    File file;

    if (!g_str_has_suffix (name, SUFFIX) || g_stat (path, &status) != 0
        || status.st_size > MAX_SIZE)
      continue;
    file.name = g_strdup (name);
    file.written = (gint64)status.st_mtim.tv_sec * G_USEC_PER_SEC
                   + status.st_mtim.tv_nsec / 1000;
    g_array_append_val (files, file);
  }
  g_array_sort (files, compare_files);
  return files;
}

CmafHeaderCache *
cmaf_header_cache_new (const gchar *path, GError **error)
{
  CmafHeaderCache *self;
  CmafObjectStore *store = cmaf_directory_store_new (path, error);
  g_autoptr (GArray) files = NULL;

  if (store == NULL) {
    g_prefix_error (error, "header-cache: ");
    return NULL;
  }
  self = g_new0 (CmafHeaderCache, 1);
  self->path = g_strdup (path);
  self->store = store;
  files = list_files (self);
  for (guint i = 0; i + MAX_FILES < files->len; i++)
    cmaf_object_store_remove (store, g_array_index (files, File, i).name, NULL);
  return self;
}

void
cmaf_header_cache_free (CmafHeaderCache *self)
{
  cmaf_object_store_unref (self->store);
  g_free (self->path);
  g_free (self);
}

void
cmaf_header_cache_put (CmafHeaderCache *self, const gchar *key, GBytes *bytes)
{
  g_autofree gchar *digest =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree gchar *name = file_name (key);
  g_autoptr (GBytes) before = cmaf_header_cache_get (self, key);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) file = NULL;
  g_autoptr (GBytes) content = NULL;

  if (before != NULL && g_bytes_equal (before, bytes))
    return;
  file = g_variant_ref_sink (g_variant_new ("(s@ays)", key,
      g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE),
      digest));
  content = g_variant_get_data_as_bytes (file);
  if (!cmaf_object_store_put (self->store, name, "application/octet-stream",
          CMAF_OBJECT_ATOMIC, content, &error))
    GST_WARNING ("header-cache: %s", error->message);
}

/* NULL when it is not what it should be. @key gets what it is of. */
static GBytes *
read_file (CmafHeaderCache *self, const gchar *name, gchar **key)
{
  g_autoptr (GBytes) content = cmaf_object_store_get (self->store, name, NULL);
  g_autoptr (GVariant) file = NULL;
  g_autoptr (GVariant) array = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree gchar *digest = NULL, *actual = NULL, *expected = NULL;

  if (content == NULL || g_bytes_get_size (content) > MAX_SIZE)
    return NULL;
  file = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (TYPE), content, FALSE));
  if (!g_variant_is_normal_form (file))
    return NULL;
  g_variant_get (file, "(s@ays)", key, &array, &digest);
  bytes = g_variant_get_data_as_bytes (array);
  actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  expected = file_name (*key);
  if (g_str_equal (actual, digest) && g_str_equal (expected, name))
    return g_steal_pointer (&bytes);
  g_clear_pointer (key, g_free);
  return NULL;
}

GBytes *
cmaf_header_cache_get (CmafHeaderCache *self, const gchar *key)
{
  g_autofree gchar *name = file_name (key);
  g_autofree gchar *found = NULL;

  return read_file (self, name, &found);
}

void
cmaf_header_cache_visit (CmafHeaderCache *self, const gchar *prefix,
    CmafHeaderCacheVisit visit, gpointer user_data)
{
  g_autoptr (GArray) files = list_files (self);

  for (guint i = 0; i < files->len; i++) {
    g_autofree gchar *key = NULL;
    g_autoptr (GBytes) bytes =
        read_file (self, g_array_index (files, File, i).name, &key);

    if (bytes != NULL && g_str_has_prefix (key, prefix))
      visit (key, bytes, user_data);
  }
}
