/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The store knows nothing of limits: sizes are counted here, those of files of
 * an earlier run too. */
#include "ingest-objects.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/memory-store.h>
#include <gst/cmafhttp/http-listener.h>
#include <gst/cmafhttp/ingest-follower.h>
#include <gst/cmafhttp/origin-answer.h>
#include <string.h>

#define MEMORY "memory:"
#define MAX_NAME 512
#define MAX_ELEMENT 200
#define MAX_DEPTH 8
/* What comes in drops is gathered: in memory each piece costs more than that.
 */
#define DROP_SIZE 512

struct _CmafIngestObjects
{
  CmafIngestObjectsConfig config;
  gchar *location;
  gboolean is_memory;
  CmafObjectStore *store;
  GHashTable *sizes;   /* name -> guint64 *, of whole ones */
  GHashTable *growing; /* name -> CmafIngestObject, the newest of each */
  guint64 n_bytes;     /* of whole ones, and of those on their way */
  guint64 n_whole_bytes;
  guint n_begun; /* on their way */
  gchar *failure;
};

struct _CmafIngestObject
{
  CmafIngestObjects *objects;
  CmafObjectWriter *writer;
  gchar *name;
  guint64 size;
  gboolean grows;
  GByteArray *drops;
  GList *followers; /* of CmafIngestFollower */
};

/* ---- names ---- */

typedef struct
{
  const gchar *extension;
  const gchar *content_type;
  gboolean is_media; /* may grow; else readers see all of it or nothing */
  gboolean is_iso;   /* may hold a track */
} Type;

static const Type types[] = {
  { "mpd", "application/dash+xml", FALSE, FALSE },
  { "m3u8", "application/vnd.apple.mpegurl", FALSE, FALSE },
  { "key", "application/octet-stream", FALSE, FALSE },
  { "init", "video/mp4", FALSE, TRUE },
  { "header", "video/mp4", FALSE, TRUE },
  { "cmfv", "video/mp4", TRUE, TRUE },
  { "cmfa", "audio/mp4", TRUE, TRUE },
  { "cmft", "application/mp4", TRUE, TRUE },
  { "cmfm", "application/mp4", TRUE, TRUE },
  { "mp4", "video/mp4", TRUE, TRUE },
  { "m4v", "video/mp4", TRUE, TRUE },
  { "m4a", "audio/mp4", TRUE, TRUE },
  { "m4s", "video/iso.segment", TRUE, TRUE },
  { "ts", "video/mp2t", TRUE, FALSE },
  { "aac", "audio/aac", TRUE, FALSE },
  { "vtt", "text/vtt", FALSE, FALSE },
  { "json", "application/json", FALSE, FALSE },
};

/* Fingerprints in a store that encoders share: fp/TRACK/K */
static const Type fingerprints = { "", "application/octet-stream", FALSE,
  FALSE };

static gboolean
is_fingerprints (const gchar *name)
{
  g_auto (GStrv) elements = g_strsplit (name, "/", -1);
  const guint n = g_strv_length (elements);

  return n >= 3 && g_str_equal (elements[n - 3], "fp")
         && elements[n - 1][0] != '\0'
         && elements[n - 1][strspn (elements[n - 1], "0123456789")] == '\0';
}

/* NULL: none */
static const Type *
find_type (const gchar *name)
{
  const gchar *slash = strrchr (name, '/');
  const gchar *dot = strrchr (name, '.');

  if (dot == NULL || (slash != NULL && dot < slash))
    return is_fingerprints (name) ? &fingerprints : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (dot + 1, types[i].extension) == 0)
      return &types[i];
  return NULL;
}

static gboolean
has_size (const gchar *name)
{
  guint n_elements = 1;
  gsize n = 0;

  for (const gchar *c = name; *c != '\0'; c++) {
    n = *c == '/' ? 0 : n + 1;
    n_elements += *c == '/';
    if (n > MAX_ELEMENT)
      return FALSE;
  }
  return n_elements <= MAX_DEPTH && strlen (name) <= MAX_NAME;
}

const gchar *
cmaf_ingest_objects_name (const gchar *path, GError **error)
{
  const gchar *name = path + strspn (path, "/");

  if (find_type (name) == NULL)
    return NULL;
  if (!has_size (name))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
        "path: of an object needs at most %d elements of %d bytes, %d in all",
        MAX_DEPTH, MAX_ELEMENT, MAX_NAME);
  else if (!cmaf_object_name_is_valid (name))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
        "path: has an element that begins with a dot or is none");
  else
    return name;
  return NULL;
}

gboolean
cmaf_ingest_objects_may_be_track (const gchar *name)
{
  return find_type (name)->is_iso;
}

/* ---- counting ---- */

static void
forget_size (CmafIngestObjects *self, const gchar *name)
{
  guint64 *size = g_hash_table_lookup (self->sizes, name);

  if (size == NULL)
    return;
  self->n_bytes -= *size;
  self->n_whole_bytes -= *size;
  g_hash_table_remove (self->sizes, name);
}

/* What it had on its way counts already. */
static void
note_size (CmafIngestObjects *self, const gchar *name, guint64 size)
{
  forget_size (self, name);
  self->n_whole_bytes += size;
  g_hash_table_insert (
      self->sizes, g_strdup (name), g_memdup2 (&size, sizeof size));
}

static gboolean
has_room (CmafIngestObjects *self, gsize more, GError **error)
{
  if (more <= self->config.max_bytes
      && self->n_bytes <= self->config.max_bytes - more)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
      "object: the max-object-bytes=%" G_GUINT64_FORMAT
      " of this receiver are used up, DELETE some there",
      self->config.max_bytes);
  return FALSE;
}

static gboolean
fail_as_it_exists (GError **error)
{
  g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_EXISTS,
      "object: one of that name is here, and If-None-Match: * wants none");
  return FALSE;
}

gboolean
cmaf_ingest_objects_check_new (
    CmafIngestObjects *self, const gchar *name, GError **error)
{
  return !g_hash_table_contains (self->sizes, name)
         || fail_as_it_exists (error);
}

/* Paths of the receiver are not for its peers. */
static void
fail (CmafIngestObjects *self, const GError *cause, GError **error)
{
  if (g_error_matches (cause, CMAF_ERROR, CMAF_ERROR_EXISTS)) {
    fail_as_it_exists (error);
    return;
  }
  g_free (self->failure);
  self->failure = g_strdup (cause->message);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "object: there is no space on the disk of the receiver");
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY)
           || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY)
           || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
        "object: its path is a folder, or one of its folders is an object");
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "object: the receiver cannot store it, see there");
}

/* ---- objects on their way in ---- */

static void
free_object (CmafIngestObject *object, gboolean is_whole)
{
  CmafIngestObjects *self = object->objects;

  if (g_hash_table_lookup (self->growing, object->name) == object)
    g_hash_table_remove (self->growing, object->name);
  while (object->followers != NULL) {
    CmafIngestFollower *follower = object->followers->data;

    object->followers =
        g_list_delete_link (object->followers, object->followers);
    cmaf_ingest_follower_end (follower, is_whole);
  }
  self->n_begun--;
  g_byte_array_unref (object->drops);
  g_free (object->name);
  g_free (object);
}

/* Until it is whole nobody has won. */
static CmafObjectFlags
find_flags (CmafIngestObjects *self, const gchar *name, CmafObjectFlags wanted)
{
  if (wanted & CMAF_OBJECT_CREATE_ONLY)
    return CMAF_OBJECT_CREATE_ONLY;
  if (!find_type (name)->is_media || g_hash_table_contains (self->sizes, name)
      || g_hash_table_contains (self->growing, name))
    return CMAF_OBJECT_ATOMIC;
  return wanted;
}

CmafIngestObject *
cmaf_ingest_object_begin (CmafIngestObjects *self, const gchar *name,
    CmafObjectFlags wanted, GError **error)
{
  const CmafObjectFlags flags = find_flags (self, name, wanted);
  gboolean is_new = !g_hash_table_contains (self->sizes, name);
  g_autoptr (GError) cause = NULL;
  CmafIngestObject *object;
  CmafObjectWriter *writer;

  if ((flags & CMAF_OBJECT_CREATE_ONLY)
      && !cmaf_ingest_objects_check_new (self, name, error))
    return NULL;
  if (is_new
      && g_hash_table_size (self->sizes) + self->n_begun
             >= self->config.max_objects) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "object: max-objects=%u of this receiver allows no further one, DELETE "
        "some there",
        self->config.max_objects);
    return NULL;
  }
  writer = cmaf_object_store_begin (
      self->store, name, find_type (name)->content_type, flags, &cause);
  if (writer == NULL) {
    fail (self, cause, error);
    return NULL;
  }
  object = g_new0 (CmafIngestObject, 1);
  object->objects = self;
  object->writer = writer;
  object->name = g_strdup (name);
  object->grows = (flags & CMAF_OBJECT_GROWING) != 0;
  object->drops = g_byte_array_new ();
  self->n_begun++;
  if (object->grows)
    g_hash_table_insert (self->growing, object->name, object);
  return object;
}

static gboolean
write_drops (CmafIngestObject *object, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (object->drops->len == 0)
    return TRUE;
  bytes = g_byte_array_free_to_bytes (object->drops);
  object->drops = g_byte_array_new ();
  return cmaf_object_writer_append (object->writer, &bytes, 1, error);
}

static gboolean
write_bytes (CmafIngestObject *object, GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (object->objects->is_memory && size < DROP_SIZE) {
    g_byte_array_append (object->drops, data, size);
    return object->drops->len < DROP_SIZE || write_drops (object, error);
  }
  return write_drops (object, error)
         && cmaf_object_writer_append (object->writer, &bytes, 1, error);
}

gboolean
cmaf_ingest_object_append (
    CmafIngestObject *object, GBytes *bytes, GError **error)
{
  CmafIngestObjects *self = object->objects;
  g_autoptr (GError) cause = NULL;
  GList *next;

  if (!has_room (self, g_bytes_get_size (bytes), error))
    return FALSE;
  if (!write_bytes (object, bytes, &cause)) {
    fail (self, cause, error);
    return FALSE;
  }
  object->size += g_bytes_get_size (bytes);
  self->n_bytes += g_bytes_get_size (bytes);
  for (GList *l = object->followers; l != NULL; l = next) {
    next = l->next;
    cmaf_ingest_follower_append (l->data, bytes);
  }
  return TRUE;
}

gboolean
cmaf_ingest_object_commit (CmafIngestObject *object, GError **error)
{
  CmafIngestObjects *self = object->objects;
  g_autoptr (GError) cause = NULL;
  gboolean ok = write_drops (object, &cause);

  if (!ok)
    cmaf_object_writer_abort (object->writer);
  else
    ok = cmaf_object_writer_commit (object->writer, &cause);
  if (ok) {
    note_size (self, object->name, object->size);
  } else {
    self->n_bytes -= object->size;
    fail (self, cause, error);
  }
  free_object (object, ok);
  return ok;
}

void
cmaf_ingest_object_abort (CmafIngestObject *object)
{
  CmafIngestObjects *self = object->objects;

  /* a growing one may have been replaced meanwhile, which is not to go */
  if (object->grows && g_hash_table_contains (self->sizes, object->name))
    cmaf_object_writer_commit (object->writer, NULL);
  else
    cmaf_object_writer_abort (object->writer);
  cmaf_object_store_tidy (self->store, object->name);
  self->n_bytes -= object->size;
  free_object (object, FALSE);
}

/* ---- whole objects ---- */

gboolean
cmaf_ingest_objects_remove (
    CmafIngestObjects *self, const gchar *name, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!g_hash_table_contains (self->sizes, name))
    return TRUE;
  if (!cmaf_object_store_remove (self->store, name, &cause)
      && !g_error_matches (cause, CMAF_ERROR, CMAF_ERROR_NOT_FOUND)) {
    fail (self, cause, error);
    return FALSE;
  }
  forget_size (self, name);
  cmaf_object_store_tidy (self->store, name);
  return TRUE;
}

gboolean
cmaf_ingest_objects_contains (CmafIngestObjects *self, const gchar *name)
{
  return g_hash_table_contains (self->sizes, name);
}

GBytes *
cmaf_ingest_objects_get (CmafIngestObjects *self, const gchar *name)
{
  return cmaf_object_store_get (self->store, name, NULL);
}

/* ---- readers ---- */

static void
on_follower_gone (CmafIngestFollower *follower, gpointer user_data)
{
  CmafIngestObject *object = user_data;

  object->followers = g_list_remove (object->followers, follower);
  cmaf_ingest_follower_free (follower);
}

static void
follow (CmafIngestObject *object, SoupServerMessage *message)
{
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) drops = NULL;
  CmafIngestFollower *follower =
      cmaf_ingest_follower_new (message, on_follower_gone, object);

  object->followers = g_list_prepend (object->followers, follower);
  written = cmaf_object_store_get (object->objects->store, object->name, NULL);
  if (written != NULL)
    cmaf_ingest_follower_append (follower, written);
  drops = g_bytes_new (object->drops->data, object->drops->len);
  if (g_list_find (object->followers, follower) != NULL)
    cmaf_ingest_follower_append (follower, drops);
}

static gboolean
answer_whole (CmafIngestObjects *self, SoupServerMessage *message,
    const gchar *name, const gchar *content_type, const gchar *cache)
{
  g_auto (CmafMemoryObject) object = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (!g_hash_table_contains (self->sizes, name))
    return FALSE;
  if (self->is_memory) {
    if (!cmaf_memory_store_lookup (self->store, name, &object))
      return FALSE;
    cmaf_origin_answer (
        message, object.pieces, content_type, object.etag, cache);
    return TRUE;
  }
  bytes = cmaf_object_store_get (self->store, name, NULL);
  if (bytes != NULL)
    cmaf_origin_answer_bytes (message, bytes, content_type, NULL, cache);
  return bytes != NULL;
}

void
cmaf_ingest_objects_answer (
    CmafIngestObjects *self, SoupServerMessage *message, const gchar *name)
{
  CmafIngestObject *object = g_hash_table_lookup (self->growing, name);
  const Type *type = find_type (name);

  if (object != NULL) {
    cmaf_origin_set_header (message, "Content-Type", type->content_type);
    cmaf_origin_set_header (message, "Cache-Control", CMAF_CACHE_NEVER);
    if (cmaf_origin_is_head (message))
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    else
      follow (object, message);
  } else if (!answer_whole (self, message, name, type->content_type,
                 type->is_media ? CMAF_CACHE_SECOND : CMAF_CACHE_REVALIDATE)) {
    cmaf_http_listener_answer_error (
        message, SOUP_STATUS_NOT_FOUND, "object: none of that name is here");
  }
}

/* ---- all of them ---- */

/* Files of an earlier run are objects too. */
static void
find_objects (CmafIngestObjects *self)
{
  g_autoptr (GPtrArray) names =
      cmaf_object_store_list (self->store, NULL, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    const gchar *name = g_ptr_array_index (names, i);
    g_autofree gchar *path = g_build_filename (self->location, name, NULL);
    GStatBuf status;

    if (cmaf_ingest_objects_name (name, NULL) == NULL
        || g_stat (path, &status) != 0)
      continue;
    self->n_bytes += status.st_size;
    note_size (self, name, status.st_size);
  }
}

CmafIngestObjects *
cmaf_ingest_objects_new (const CmafIngestObjectsConfig *config, GError **error)
{
  CmafIngestObjects *self;

  if (*config->location == '\0' || strstr (config->location, "://") != NULL) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "objects-location: is no directory, needs one, or \"" MEMORY "\"");
    return NULL;
  }
  self = g_new0 (CmafIngestObjects, 1);
  self->config = *config;
  self->location = g_strdup (config->location);
  self->is_memory = g_str_equal (config->location, MEMORY);
  self->sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->growing = g_hash_table_new (g_str_hash, g_str_equal);
  self->store = self->is_memory
                    ? cmaf_memory_store_new (0)
                    : cmaf_directory_store_new (config->location, error);
  if (self->store == NULL) {
    g_prefix_error (error, "objects-location: ");
    cmaf_ingest_objects_free (self);
    return NULL;
  }
  if (!self->is_memory)
    find_objects (self);
  return self;
}

void
cmaf_ingest_objects_free (CmafIngestObjects *self)
{
  g_hash_table_unref (self->sizes);
  g_hash_table_unref (self->growing);
  g_clear_pointer (&self->store, cmaf_object_store_unref);
  g_free (self->failure);
  g_free (self->location);
  g_free (self);
}

gchar *
cmaf_ingest_objects_take_failure (CmafIngestObjects *self)
{
  return g_steal_pointer (&self->failure);
}

guint
cmaf_ingest_objects_get_count (CmafIngestObjects *self)
{
  return g_hash_table_size (self->sizes);
}

guint64
cmaf_ingest_objects_get_bytes (CmafIngestObjects *self)
{
  return self->n_whole_bytes;
}
