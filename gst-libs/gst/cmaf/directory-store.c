/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects as files. Everything happens relative to one directory descriptor,
 * so that the directory may be renamed while it is written to, and the names of
 * temporary files begin with a dot, which no object name does. No state but
 * the descriptor: any thread. */
#include "directory-store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_VECTORS 256 /* pieces in one write */

typedef struct
{
  CmafObjectStore parent;
  gchar *path;
  int fd;
} DirectoryStore;

typedef struct
{
  CmafObjectWriter parent;
  CmafObjectFlags flags;
  gchar *name;
  gchar *temporary; /* NULL once it has its final name */
  int fd;
} DirectoryWriter;

/* "/srv/live/v/1.m4s: cannot write: No space left on device" */
static void
set_errno (GError **error, int code, DirectoryStore *store, const gchar *name,
    const gchar *verb)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
      "%s%s%s: cannot %s: %s", store->path, name != NULL ? "/" : "",
      name != NULL ? name : "", verb, g_strerror (code));
}

/* ---- directories ---- */

static gboolean
make_parents (DirectoryStore *store, const gchar *name)
{
  g_autofree gchar *path = g_strdup (name);
  gchar *slash;

  for (slash = strchr (path, '/'); slash != NULL;
       slash = strchr (slash + 1, '/')) {
    *slash = '\0';
    if (mkdirat (store->fd, path, 0777) < 0 && errno != EEXIST)
      return FALSE;
    *slash = '/';
  }
  return TRUE;
}

/* A new file beside @name; makes the folders when they are not there. */
static int
open_temporary (DirectoryStore *store, const gchar *name, gchar **temporary)
{
  static gint counter;
  const gchar *base = strrchr (name, '/');
  gsize folder = base != NULL ? (gsize)(base + 1 - name) : 0;
  gint tries, fd;

  for (tries = 0; tries < 100; tries++) {
    g_autofree gchar *path = g_strdup_printf ("%.*s.%ld-%d.tmp", (gint)folder,
        name, (glong)getpid (), g_atomic_int_add (&counter, 1));

    fd =
        openat (store->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
      *temporary = g_steal_pointer (&path);
      return fd;
    }
    if (errno == ENOENT && tries == 0 && folder > 0) {
      if (!make_parents (store, name))
        return -1;
    } else if (errno != EEXIST) {
      return -1;
    }
  }
  return -1;
}

/* ---- writing ---- */

static void
free_writer (DirectoryWriter *writer)
{
  if (writer->fd >= 0)
    close (writer->fd);
  g_free (writer->name);
  g_free (writer->temporary);
  g_free (writer);
}

/* Gives the temporary file its name. link() makes the create-only promise:
 * unlike rename() it fails when the name is taken. */
static gboolean
publish (DirectoryStore *store, DirectoryWriter *writer, GError **error)
{
  gboolean create_only = (writer->flags & CMAF_OBJECT_CREATE_ONLY) != 0;
  int result, code;

  if (create_only)
    result = linkat (store->fd, writer->temporary, store->fd, writer->name, 0);
  else
    result = renameat (store->fd, writer->temporary, store->fd, writer->name);
  code = errno;
  if (result < 0 || create_only)
    unlinkat (store->fd, writer->temporary, 0);
  g_clear_pointer (&writer->temporary, g_free);
  if (result == 0)
    return TRUE;
  if (create_only && code == EEXIST)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS, "%s/%s exists already",
        store->path, writer->name);
  else
    set_errno (error, code, store, writer->name, "create");
  return FALSE;
}

static CmafObjectWriter *
directory_begin (CmafObjectStore *base, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  DirectoryStore *store = (DirectoryStore *)base;
  DirectoryWriter *writer = g_new0 (DirectoryWriter, 1);

  writer->flags = flags;
  writer->name = g_strdup (name);
  writer->fd = open_temporary (store, name, &writer->temporary);
  if (writer->fd < 0) {
    set_errno (error, errno, store, name, "create");
    free_writer (writer);
    return NULL;
  }
  /* A growing object is a new file from its first byte on: who still reads an
   * older one of that name is left alone. */
  if ((flags & CMAF_OBJECT_GROWING) != 0 && !publish (store, writer, error)) {
    free_writer (writer);
    return NULL;
  }
  return &writer->parent;
}

/* TRUE when all of @vectors is written. */
static gboolean
write_all (int fd, struct iovec *vectors, guint n)
{
  while (n > 0) {
    gssize written = writev (fd, vectors, n);

    if (written < 0) {
      if (errno == EINTR)
        continue;
      return FALSE;
    }
    while (n > 0 && (gsize)written >= vectors->iov_len) {
      written -= vectors->iov_len;
      vectors++;
      n--;
    }
    if (n > 0) {
      vectors->iov_base = (guint8 *)vectors->iov_base + written;
      vectors->iov_len -= written;
    }
  }
  return TRUE;
}

static gboolean
directory_append (CmafObjectWriter *base, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  DirectoryWriter *writer = (DirectoryWriter *)base;
  struct iovec vectors[MAX_VECTORS];
  guint i, n = 0;

  for (i = 0; i < n_pieces; i++) {
    gsize size;

    vectors[n].iov_base = (gpointer)g_bytes_get_data (pieces[i], &size);
    vectors[n].iov_len = size;
    if (size > 0)
      n++;
    if (n == MAX_VECTORS || i + 1 == n_pieces) {
      if (!write_all (writer->fd, vectors, n)) {
        set_errno (
            error, errno, (DirectoryStore *)base->store, writer->name, "write");
        return FALSE;
      }
      n = 0;
    }
  }
  return TRUE;
}

static gboolean
directory_show (CmafObjectWriter *base, GError **error)
{
  DirectoryWriter *writer = (DirectoryWriter *)base;

  return writer->temporary == NULL
         || publish ((DirectoryStore *)base->store, writer, error);
}

static void
directory_abort (CmafObjectWriter *base)
{
  DirectoryWriter *writer = (DirectoryWriter *)base;
  DirectoryStore *store = (DirectoryStore *)base->store;

  unlinkat (store->fd,
      writer->temporary != NULL ? writer->temporary : writer->name, 0);
  free_writer (writer);
}

static gboolean
directory_commit (CmafObjectWriter *base, GError **error)
{
  DirectoryWriter *writer = (DirectoryWriter *)base;
  DirectoryStore *store = (DirectoryStore *)base->store;
  int fd = writer->fd;
  gboolean done;

  writer->fd = -1;
  if (close (fd) < 0 && errno != EINTR) { /* a quota may speak up only here */
    set_errno (error, errno, store, writer->name, "write");
    directory_abort (base);
    return FALSE;
  }
  done = writer->temporary == NULL || publish (store, writer, error);
  free_writer (writer);
  return done;
}

/* ---- reading ---- */

static GBytes *
read_all (int fd, gsize size)
{
  guint8 *data = g_malloc (size + 1);
  gsize length = 0;
  gssize n;

  while ((n = read (fd, data + length, size - length)) != 0) {
    if (n > 0) {
      length += n;
    } else if (errno != EINTR) {
      g_free (data);
      return NULL;
    }
  }
  return g_bytes_new_take (data, length);
}

static GBytes *
directory_get (CmafObjectStore *base, const gchar *name, GError **error)
{
  DirectoryStore *store = (DirectoryStore *)base;
  GBytes *bytes = NULL;
  struct stat status;
  int fd = openat (store->fd, name, O_RDONLY | O_CLOEXEC);

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "no file %s/%s",
        store->path, name);
    return NULL;
  }
  if (fd >= 0 && fstat (fd, &status) == 0)
    bytes = read_all (fd, status.st_size);
  if (bytes == NULL)
    set_errno (error, errno, store, name, "read");
  if (fd >= 0)
    close (fd);
  return bytes;
}

static gboolean
directory_contains (CmafObjectStore *base, const gchar *name)
{
  struct stat status;

  return fstatat (((DirectoryStore *)base)->fd, name, &status, 0) == 0
         && S_ISREG (status.st_mode);
}

static void
list_folder (
    const gchar *path, const gchar *name, const gchar *prefix, GPtrArray *names)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const gchar *entry;

  while (folder != NULL && (entry = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);
    g_autofree gchar *object =
        *name != '\0' ? g_strconcat (name, "/", entry, NULL) : g_strdup (entry);

    if (entry[0] == '.')
      continue;
    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      list_folder (full, object, prefix, names);
    else if (g_str_has_prefix (object, prefix))
      g_ptr_array_add (names, g_steal_pointer (&object));
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static GPtrArray *
directory_list (CmafObjectStore *base, const gchar *prefix, GError **error)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  list_folder (((DirectoryStore *)base)->path, "", prefix, names);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
directory_remove (CmafObjectStore *base, const gchar *name, GError **error)
{
  DirectoryStore *store = (DirectoryStore *)base;

  if (unlinkat (store->fd, name, 0) == 0)
    return TRUE;
  if (errno == ENOENT || errno == ENOTDIR)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "no file %s/%s",
        store->path, name);
  else
    set_errno (error, errno, store, name, "remove");
  return FALSE;
}

/* The directory itself stays, and a folder that has anything in it. */
static void
directory_tidy (CmafObjectStore *base, const gchar *name)
{
  const gchar *slash = strrchr (name, '/');
  g_autofree gchar *folder =
      slash != NULL ? g_strndup (name, slash - name) : NULL;

  if (folder != NULL)
    unlinkat (((DirectoryStore *)base)->fd, folder, AT_REMOVEDIR);
}

/* ---- the store ---- */

static void
directory_free (CmafObjectStore *base)
{
  DirectoryStore *store = (DirectoryStore *)base;

  if (store->fd >= 0)
    close (store->fd);
  g_free (store->path);
  g_free (store);
}

static const CmafObjectStoreClass directory_class = {
  .begin = directory_begin,
  .append = directory_append,
  .show = directory_show,
  .commit = directory_commit,
  .abort = directory_abort,
  .get = directory_get,
  .contains = directory_contains,
  .list = directory_list,
  .remove = directory_remove,
  .tidy = directory_tidy,
  .free = directory_free,
};

/* The only honest answer to "may I write here?" is to try. */
static gboolean
check_writable (DirectoryStore *store)
{
  g_autofree gchar *probe = NULL;
  int fd = open_temporary (store, "probe", &probe);

  if (fd < 0)
    return FALSE;
  close (fd);
  unlinkat (store->fd, probe, 0);
  return TRUE;
}

CmafObjectStore *
cmaf_directory_store_new (const gchar *path, GError **error)
{
  g_autofree gchar *scheme =
      path != NULL && strstr (path, "://") ? g_uri_parse_scheme (path) : NULL;
  DirectoryStore *store;
  const gchar *verb = "create the directory";

  if (path == NULL || *path == '\0') {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "is empty, needs the path of a directory");
    return NULL;
  }
  if (scheme != NULL) { /* a folder "s3:" is hardly meant */
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "has scheme %s, which is not known here, needs the path of a directory",
        scheme);
    return NULL;
  }
  store = g_new0 (DirectoryStore, 1);
  store->parent.klass = &directory_class;
  g_atomic_ref_count_init (&store->parent.ref_count);
  store->path = g_strdup (path);
  store->fd = -1;
  if (g_mkdir_with_parents (path, 0777) == 0) {
    verb = "open the directory";
    store->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->fd >= 0) {
      verb = "write into the directory";
      if (check_writable (store))
        return &store->parent;
    }
  }
  set_errno (error, errno, store, NULL, verb);
  directory_free (&store->parent);
  return NULL;
}
