/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What every backend promises, run on each of them. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/memory-store.h>
#include <glib/gstdio.h>

static gchar *folder;

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      remove_tree (full);
    else
      g_unlink (full);
  }
  g_rmdir (path);
}

static void
setup (void)
{
  folder = g_dir_make_tmp ("cmaf-store-XXXXXX", NULL);
  fail_unless (folder != NULL);
}

static void
teardown (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
}

enum
{
  DIRECTORY,
  MEMORY,
  N_BACKENDS
};

static CmafObjectStore *
store_new (int backend)
{
  g_autoptr (GError) error = NULL;
  CmafObjectStore *store = backend == DIRECTORY
                               ? cmaf_directory_store_new (folder, &error)
                               : cmaf_memory_store_new (0);

  g_assert_no_error (error);
  return store;
}

static void
assert_content (
    CmafObjectStore *store, const gchar *name, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cmaf_object_store_get (store, name, &error);
  gsize size;
  const gchar *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpmem (data, size, expected, strlen (expected));
}

static gboolean
put (CmafObjectStore *store, const gchar *name, CmafObjectFlags flags,
    const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return cmaf_object_store_put (store, name, "text/plain", flags, bytes, error);
}

static void
append (CmafObjectWriter *writer, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_object_writer_append (writer, &bytes, 1, &error));
  g_assert_no_error (error);
}

GST_START_TEST (test_atomic_object_appears_whole)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  CmafObjectWriter *writer = cmaf_object_store_begin (
      store, "v/1.m4s", "video/mp4", CMAF_OBJECT_ATOMIC, NULL);

  append (writer, "one ");
  append (writer, "two");
  fail_if (cmaf_object_store_contains (store, "v/1.m4s"));
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  fail_unless (cmaf_object_store_contains (store, "v/1.m4s"));
  assert_content (store, "v/1.m4s", "one two");
}
GST_END_TEST;

GST_START_TEST (test_atomic_object_replaces_and_old_is_read_until_then)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  CmafObjectWriter *writer;

  fail_unless (put (store, "a.mpd", CMAF_OBJECT_ATOMIC, "old", NULL));
  writer =
      cmaf_object_store_begin (store, "a.mpd", NULL, CMAF_OBJECT_ATOMIC, NULL);
  append (writer, "new");
  assert_content (store, "a.mpd", "old");
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  assert_content (store, "a.mpd", "new");
}
GST_END_TEST;

GST_START_TEST (test_aborted_object_leaves_nothing)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  CmafObjectFlags flags[] = { CMAF_OBJECT_ATOMIC, CMAF_OBJECT_GROWING };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (flags); i++) {
    g_autoptr (GPtrArray) names = NULL;
    CmafObjectWriter *writer =
        cmaf_object_store_begin (store, "x", NULL, flags[i], NULL);

    append (writer, "some");
    cmaf_object_writer_abort (writer);
    fail_if (cmaf_object_store_contains (store, "x"));
    names = cmaf_object_store_list (store, "", NULL);
    assert_equals_int (names->len, 0);
  }
}
GST_END_TEST;

/* A file is there from then on; what is in memory goes with it anyhow. */
GST_START_TEST (test_shown_object_is_readable_and_grows)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  gboolean lasts = __i__ == DIRECTORY;
  CmafObjectWriter *writer = cmaf_object_store_begin (
      store, "v/2.m4s", NULL, CMAF_OBJECT_ATOMIC, NULL);

  append (writer, "some");
  fail_if (cmaf_object_store_contains (store, "v/2.m4s"));
  fail_unless (cmaf_object_writer_show (writer, NULL));
  assert_equals_int (cmaf_object_store_contains (store, "v/2.m4s"), lasts);
  if (lasts)
    assert_content (store, "v/2.m4s", "some");
  append (writer, " more");
  fail_unless (cmaf_object_writer_show (writer, NULL));
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  assert_content (store, "v/2.m4s", "some more");
}
GST_END_TEST;

GST_START_TEST (test_growing_object_is_readable_as_a_prefix)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  CmafObjectWriter *writer = cmaf_object_store_begin (
      store, "v/2.m4s", NULL, CMAF_OBJECT_GROWING, NULL);

  append (writer, "one ");
  assert_content (store, "v/2.m4s", "one ");
  append (writer, "two");
  assert_content (store, "v/2.m4s", "one two");
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  assert_content (store, "v/2.m4s", "one two");
}
GST_END_TEST;

GST_START_TEST (test_create_only_has_one_winner)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  CmafObjectWriter *writer[2];
  g_autoptr (GError) error = NULL;
  guint i;

  for (i = 0; i < 2; i++) {
    writer[i] = cmaf_object_store_begin (
        store, "end.json", NULL, CMAF_OBJECT_CREATE_ONLY, NULL);
    append (writer[i], i == 0 ? "first" : "second");
  }
  fail_unless (cmaf_object_writer_commit (writer[1], NULL));
  fail_if (cmaf_object_writer_commit (writer[0], &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS);
  assert_content (store, "end.json", "second");
  g_clear_error (&error);
  fail_if (put (store, "end.json", CMAF_OBJECT_CREATE_ONLY, "no", &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS);
  g_clear_error (&error);
  fail_if (put (store, "end.json",
      CMAF_OBJECT_CREATE_ONLY | CMAF_OBJECT_GROWING, "no", &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS);
  assert_content (store, "end.json", "second");
}
GST_END_TEST;

GST_START_TEST (test_list_is_sorted_and_filtered_by_prefix)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  static const gchar *const all[] = { "a.mpd", "audio/1.m4s", "v/1.m4s",
    "v/10.m4s", "v/2.m4s" };
  g_autoptr (GPtrArray) names = NULL;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (all); i++)
    fail_unless (put (store, all[(i * 2) % G_N_ELEMENTS (all)],
        CMAF_OBJECT_ATOMIC, "x", NULL));
  names = cmaf_object_store_list (store, "", NULL);
  assert_equals_int (names->len, G_N_ELEMENTS (all));
  for (i = 0; i < names->len; i++)
    assert_equals_string (g_ptr_array_index (names, i), all[i]);
  g_ptr_array_unref (names);
  names = cmaf_object_store_list (store, "v/1", NULL);
  assert_equals_int (names->len, 2);
  assert_equals_string (g_ptr_array_index (names, 1), "v/10.m4s");
}
GST_END_TEST;

GST_START_TEST (test_removed_object_is_not_found)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  g_autoptr (GError) error = NULL;

  fail_unless (put (store, "v/1", CMAF_OBJECT_ATOMIC, "x", NULL));
  fail_unless (cmaf_object_store_remove (store, "v/1", NULL));
  fail_if (cmaf_object_store_contains (store, "v/1"));
  fail_if (cmaf_object_store_remove (store, "v/1", &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  fail_if (cmaf_object_store_get (store, "v/1", &error) != NULL);
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND);
}
GST_END_TEST;

static const gchar *const bad_names[] = { "", "/", "/etc/passwd", "..", "../x",
  "v/../x", "v//x", "v/", ".hidden", "v/.hidden", "v/./x", "a\\b", "a\nb",
  "\xff" };

GST_START_TEST (test_bad_name_is_refused_by_every_call)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad_names); i++) {
    GError *errors[3] = { NULL };
    guint k;

    fail_if (cmaf_object_name_is_valid (bad_names[i]), "%s", bad_names[i]);
    fail_if (put (store, bad_names[i], CMAF_OBJECT_ATOMIC, "x", &errors[0]));
    fail_if (cmaf_object_store_get (store, bad_names[i], &errors[1]) != NULL);
    fail_if (cmaf_object_store_remove (store, bad_names[i], &errors[2]));
    fail_if (cmaf_object_store_contains (store, bad_names[i]));
    for (k = 0; k < 3; k++)
      g_assert_error (errors[k], CMAF_ERROR, CMAF_ERROR_CONFIG);
    for (k = 0; k < 3; k++)
      g_clear_error (&errors[k]);
  }
  fail_unless (cmaf_object_name_is_valid ("video-1/0000000001.m4s"));
  fail_unless (cmaf_object_name_is_valid ("a..b"));
}
GST_END_TEST;

GST_START_TEST (test_many_pieces_arrive_in_order)
{
  g_autoptr (CmafObjectStore) store = store_new (__i__);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GPtrArray) pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  CmafObjectWriter *writer =
      cmaf_object_store_begin (store, "big", NULL, CMAF_OBJECT_ATOMIC, NULL);
  guint i;

  for (i = 0; i < 1000; i++) {
    g_autofree gchar *text =
        i % 7 == 0 ? g_strdup ("") : g_strdup_printf ("%u,", i);

    g_string_append (expected, text);
    g_ptr_array_add (pieces, g_bytes_new (text, strlen (text)));
  }
  fail_unless (cmaf_object_writer_append (
      writer, (GBytes *const *)pieces->pdata, pieces->len, NULL));
  fail_unless (cmaf_object_writer_commit (writer, NULL));
  assert_content (store, "big", expected->str);
}
GST_END_TEST;

static Suite *
object_store_suite (void)
{
  Suite *s = suite_create ("object-store");
  TCase *tc = tcase_create ("backends");

  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, test_atomic_object_appears_whole, 0, N_BACKENDS);
  tcase_add_loop_test (tc,
      test_atomic_object_replaces_and_old_is_read_until_then, 0, N_BACKENDS);
  tcase_add_loop_test (tc, test_aborted_object_leaves_nothing, 0, N_BACKENDS);
  tcase_add_loop_test (
      tc, test_shown_object_is_readable_and_grows, 0, N_BACKENDS);
  tcase_add_loop_test (
      tc, test_growing_object_is_readable_as_a_prefix, 0, N_BACKENDS);
  tcase_add_loop_test (tc, test_create_only_has_one_winner, 0, N_BACKENDS);
  tcase_add_loop_test (
      tc, test_list_is_sorted_and_filtered_by_prefix, 0, N_BACKENDS);
  tcase_add_loop_test (tc, test_removed_object_is_not_found, 0, N_BACKENDS);
  tcase_add_loop_test (
      tc, test_bad_name_is_refused_by_every_call, 0, N_BACKENDS);
  tcase_add_loop_test (tc, test_many_pieces_arrive_in_order, 0, N_BACKENDS);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (object_store);
