/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What memory adds: snapshots, tags, a limit and a callback. */
#include "object-text.h"

#include <gst/cmaf/memory-store.h>

static void
put (CmafObjectStore *store, const gchar *name, const gchar *text)
{
  fail_unless (
      put_object (store, name, "text/plain", CMAF_OBJECT_ATOMIC, text, NULL));
}

GST_START_TEST (test_complete_object_has_type_and_tag)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (0);
  g_auto (CmafMemoryObject) object = { NULL };
  g_auto (CmafMemoryObject) absent = { NULL };

  put (store, "a", "abc");
  fail_unless (cmaf_memory_store_lookup (store, "a", &object));
  assert_equals_string (object.content_type, "text/plain");
  assert_equals_string (object.etag, "ba7816bf8f01cfea"); /* SHA-256 of abc */
  assert_equals_int (object.size, 3);
  assert_equals_int (object.pieces->len, 1);
  fail_unless (object.is_complete);
  fail_if (cmaf_memory_store_lookup (store, "b", &absent));
}
GST_END_TEST;

GST_START_TEST (test_snapshot_of_a_growing_object_keeps_still)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (0);
  g_auto (CmafMemoryObject) early = { NULL };
  g_auto (CmafMemoryObject) late = { NULL };
  CmafObjectWriter *writer =
      cmaf_object_store_begin (store, "a", NULL, CMAF_OBJECT_GROWING, NULL);

  append (writer, "one");
  fail_unless (cmaf_memory_store_lookup (store, "a", &early));
  append (writer, "two");
  assert_equals_int (early.pieces->len, 1);
  assert_equals_int (early.size, 3);
  fail_if (early.is_complete);
  assert_equals_string (early.etag, "");
  fail_if (cmaf_object_store_contains (store, "a"));
  fail_unless (cmaf_memory_store_lookup (store, "a", &late));
  assert_equals_int (late.pieces->len, 2);
  fail_unless (g_ptr_array_index (late.pieces, 0)
               == g_ptr_array_index (early.pieces, 0)); /* not copied */
  cmaf_object_writer_commit (writer, NULL);
  fail_unless (cmaf_object_store_contains (store, "a"));
}
GST_END_TEST;

GST_START_TEST (test_limit_drops_the_oldest_but_no_manifest_or_header)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (20);

  put (store, "stream.mpd", "12345");
  put (store, "v/media.m3u8", "12345");
  put (store, "v/init-00000000.mp4", "12345");
  put (store, "v/1", "12345");
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 20);
  put (store, "v/2", "12345");
  fail_if (cmaf_object_store_contains (store, "v/1"));
  fail_unless (cmaf_object_store_contains (store, "v/2"));
  fail_unless (cmaf_object_store_contains (store, "stream.mpd"));
  fail_unless (cmaf_object_store_contains (store, "v/media.m3u8"));
  fail_unless (cmaf_object_store_contains (store, "v/init-00000000.mp4"));
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 20);
  assert_equals_uint64 (cmaf_memory_store_get_dropped (store), 1);
}
GST_END_TEST;

GST_START_TEST (test_replaced_and_removed_objects_count_no_more)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (10);
  CmafObjectWriter *writer;

  put (store, "v/1", "1234567890");
  put (store, "v/1", "123");
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 3);
  writer =
      cmaf_object_store_begin (store, "v/1", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "12345");
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 5);
  put (store, "v/1", "1"); /* takes the name away from the growing one */
  append (writer, "12345");
  cmaf_object_writer_commit (writer, NULL);
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 1);
  fail_unless (cmaf_object_store_remove (store, "v/1", NULL));
  assert_equals_uint64 (cmaf_memory_store_get_bytes (store), 0);
  assert_equals_uint64 (cmaf_memory_store_get_dropped (store), 0);
}
GST_END_TEST;

static void
record (CmafObjectStore *store, const gchar *name, gpointer user_data)
{
  g_auto (CmafMemoryObject) object = { NULL };
  gboolean found = cmaf_memory_store_lookup (store, name, &object);

  g_string_append_printf (user_data, "%s:%s%" G_GSIZE_FORMAT " ", name,
      !found               ? "gone"
      : object.is_complete ? "complete"
                           : "growing",
      object.size);
}

GST_START_TEST (test_changes_are_told_without_a_lock)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (5);
  g_autoptr (GString) told = g_string_new (NULL);
  CmafObjectWriter *writer;

  cmaf_memory_store_set_changed (store, record, told);
  writer =
      cmaf_object_store_begin (store, "a", NULL, CMAF_OBJECT_GROWING, NULL);
  append (writer, "12");
  cmaf_object_writer_commit (writer, NULL);
  put (store, "b", "1234");
  cmaf_object_store_remove (store, "b", NULL);
  writer =
      cmaf_object_store_begin (store, "c", NULL, CMAF_OBJECT_GROWING, NULL);
  cmaf_object_writer_abort (writer);
  cmaf_memory_store_set_changed (store, NULL, NULL);
  put (store, "d", "1234");
  assert_equals_string (told->str,
      "a:growing0 a:growing2 a:complete2 b:complete4 a:gone0 b:gone0 "
      "c:growing0 c:gone0 ");
}
GST_END_TEST;

static gpointer
write_many (gpointer store)
{
  guint i;

  for (i = 0; i < 2000; i++)
    put (store, i % 2 == 0 ? "x" : "y", "1234567");
  return NULL;
}

static void
count (CmafObjectStore *store, const gchar *name, gpointer user_data)
{
  fail_if (g_atomic_int_get ((gint *)user_data) < 0);
  g_atomic_int_inc ((gint *)user_data);
}

GST_START_TEST (test_no_call_after_the_callback_was_taken_away)
{
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (10);
  GThread *threads[2];
  gint n = 0;
  guint i;

  for (i = 0; i < 2; i++)
    threads[i] = g_thread_new ("writer", write_many, store);
  for (i = 0; i < 50; i++) {
    cmaf_memory_store_set_changed (store, count, &n);
    cmaf_memory_store_set_changed (store, NULL, NULL);
    g_atomic_int_set (&n, -1000000);
    g_atomic_int_set (&n, 0);
  }
  for (i = 0; i < 2; i++)
    g_thread_join (threads[i]);
}
GST_END_TEST;

static Suite *
memory_store_suite (void)
{
  Suite *s = suite_create ("memory-store");
  TCase *tc = tcase_create ("memory");

  tcase_add_test (tc, test_complete_object_has_type_and_tag);
  tcase_add_test (tc, test_snapshot_of_a_growing_object_keeps_still);
  tcase_add_test (tc, test_limit_drops_the_oldest_but_no_manifest_or_header);
  tcase_add_test (tc, test_replaced_and_removed_objects_count_no_more);
  tcase_add_test (tc, test_changes_are_told_without_a_lock);
  tcase_add_test (tc, test_no_call_after_the_callback_was_taken_away);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (memory_store);
