/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a directory adds: files, and the faults of file systems. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/directory-store.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

static gchar *folder;

static void
setup (void)
{
  folder = g_dir_make_tmp ("cmaf-directory-XXXXXX", NULL);
  fail_unless (folder != NULL);
}

static void
teardown (void)
{
  g_autofree gchar *file = g_build_filename (folder, "a", "b", "1.m4s", NULL);
  g_autofree gchar *inner = g_path_get_dirname (file);
  g_autofree gchar *outer = g_path_get_dirname (inner);

  g_unlink (file);
  g_rmdir (inner);
  g_rmdir (outer);
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static gboolean
put (CmafObjectStore *store, const gchar *name, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  return cmaf_object_store_put (
      store, name, "video/mp4", CMAF_OBJECT_ATOMIC, bytes, error);
}

GST_START_TEST (test_makes_parents_and_folders)
{
  g_autofree gchar *path = g_build_filename (folder, "a", NULL);
  g_autofree gchar *file = g_build_filename (path, "b", "1.m4s", NULL);
  g_autoptr (CmafObjectStore) store = cmaf_directory_store_new (path, NULL);
  GStatBuf status;

  fail_unless (put (store, "b/1.m4s", 10, NULL));
  fail_unless (g_stat (file, &status) == 0);
  assert_equals_int (status.st_size, 10);
}
GST_END_TEST;

/* A web server runs as another user: it must be able to read. */
GST_START_TEST (test_files_obey_the_umask)
{
  g_autofree gchar *file = g_build_filename (folder, "a", "b", "1.m4s", NULL);
  g_autoptr (CmafObjectStore) store = cmaf_directory_store_new (folder, NULL);
  mode_t before = umask (0027);
  GStatBuf status;

  fail_unless (put (store, "a/b/1.m4s", 10, NULL));
  umask (before);
  fail_unless (g_stat (file, &status) == 0);
  assert_equals_int (status.st_mode & 0777, 0640);
}
GST_END_TEST;

static const struct
{
  const gchar *path; /* NULL: a file in place of the directory */
} unwritable[] = { { NULL }, { "/proc" }, { "/proc/nowhere" }, { "" } };

GST_START_TEST (test_unwritable_directory_is_one_clear_error)
{
  g_autofree gchar *file = g_build_filename (folder, "a", NULL);
  const gchar *path = unwritable[__i__].path;
  g_autoptr (GError) error = NULL;

  fail_unless (g_file_set_contents (file, "x", 1, NULL));
  if (path == NULL)
    path = file;
  fail_if (cmaf_directory_store_new (path, &error) != NULL);
  fail_unless (error != NULL);
  fail_unless (strstr (error->message, path) != NULL, "%s", error->message);
  if (*path != '\0')
    fail_unless (error->domain == G_IO_ERROR, "%s", error->message);
  g_unlink (file);
}
GST_END_TEST;

/* Mounts a tiny file system where only this process sees it. */
static gboolean
mount_tiny (const gchar *path)
{
  return unshare (CLONE_NEWNS) == 0
         && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("none", path, "tmpfs", 0, "size=64k") == 0;
}

GST_START_TEST (test_full_disk_is_named_and_leaves_earlier_objects)
{
  g_autoptr (CmafObjectStore) store = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) error = NULL;

  if (!mount_tiny (folder)) {
    g_print ("SKIP: cannot mount a tiny tmpfs (needs root)\n");
    return;
  }
  store = cmaf_directory_store_new (folder, NULL);
  fail_unless (put (store, "1.m4s", 20000, NULL));
  fail_if (put (store, "2.m4s", 200000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  fail_unless (strstr (error->message, "2.m4s: cannot write: ") != NULL, "%s",
      error->message);
  names = cmaf_object_store_list (store, "", NULL);
  assert_equals_int (names->len, 1);
  /* nor does the failed one take space any more */
  fail_unless (put (store, "3.m4s", 20000, NULL));
  g_clear_pointer (&store, cmaf_object_store_unref);
  umount (folder);
}
GST_END_TEST;

static gpointer
read_for_ever (gpointer data)
{
  g_autofree gchar *file = g_build_filename (folder, "a", NULL);
  gint *stop = data;
  guint torn = 0;

  while (!g_atomic_int_get (stop)) {
    g_autofree gchar *text = NULL;
    gsize size = 0;

    if (!g_file_get_contents (file, &text, &size, NULL) || size != 50000
        || text[0] != text[size - 1])
      torn++;
  }
  return GUINT_TO_POINTER (torn);
}

GST_START_TEST (test_reader_never_sees_a_torn_object)
{
  g_autoptr (CmafObjectStore) store = cmaf_directory_store_new (folder, NULL);
  g_autofree gchar *file = g_build_filename (folder, "a", NULL);
  gint stop = 0;
  GThread *reader;
  guint i;

  for (i = 0; i < 500; i++) {
    guint8 *data = g_malloc (50000);
    g_autoptr (GBytes) bytes = g_bytes_new_take (data, 50000);

    memset (data, 'a' + i % 26, 50000);
    fail_unless (cmaf_object_store_put (
        store, "a", NULL, CMAF_OBJECT_ATOMIC, bytes, NULL));
    if (i == 0)
      reader = g_thread_new ("reader", read_for_ever, &stop);
  }
  g_atomic_int_set (&stop, 1);
  assert_equals_int (GPOINTER_TO_UINT (g_thread_join (reader)), 0);
  g_unlink (file);
}
GST_END_TEST;

static Suite *
directory_store_suite (void)
{
  Suite *s = suite_create ("directory-store");
  TCase *tc = tcase_create ("files");

  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_makes_parents_and_folders);
  tcase_add_test (tc, test_files_obey_the_umask);
  tcase_add_loop_test (tc, test_unwritable_directory_is_one_clear_error, 0,
      G_N_ELEMENTS (unwritable));
  tcase_add_test (tc, test_full_disk_is_named_and_leaves_earlier_objects);
  tcase_add_test (tc, test_reader_never_sees_a_torn_object);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (directory_store);
