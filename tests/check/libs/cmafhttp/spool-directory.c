/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments in files: written, listed by another process, read, removed; files
 * that are cut or strange. */
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/spool-directory.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segments.h"

static gchar *folder;

static void
setup (void)
{
  folder = g_dir_make_tmp ("cmaf-spool-XXXXXX", NULL);
}

static void
teardown (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    g_chmod (path, 0700);
    g_remove (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

/* Segment @number in chunks. */
static GPtrArray *
make_list (CmafTrack *track, GBytes *header, guint64 number)
{
  g_autoptr (GBytes) bytes = make_segment (track, number, FALSE);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GPtrArray *chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);

  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, bytes);
  while (cmaf_fragment_reader_read (reader, NULL) == CMAF_READ_CHUNK)
    g_ptr_array_add (chunks, cmaf_fragment_reader_take_chunk (reader));
  return chunks;
}

static CmafStoredSegment
write_one (CmafSpoolDirectory *directory, CmafTrack *track, guint64 number)
{
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (GPtrArray) chunks = make_list (track, header, number);
  CmafStoredSegment stored = { .place = { number * 90000, number + 3,
                                   number % 2 > 0 },
    .duration = 90000,
    .timescale = 90000 };
  g_autoptr (GError) error = NULL;

  fail_unless (
      cmaf_spool_directory_write (directory, &stored, header, chunks, &error));
  g_assert_no_error (error);
  return stored;
}

static gchar *
list_numbers (CmafSpoolDirectory *directory)
{
  g_autoptr (GArray) list = cmaf_spool_directory_list (directory, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    const CmafStoredSegment *stored =
        &g_array_index (list, CmafStoredSegment, i);

    assert_equals_uint64 (stored->duration, 90000);
    assert_equals_int (stored->timescale, 90000);
    assert_equals_int (
        stored->place.sequence_number, stored->place.decode_time / 90000 + 3);
    assert_equals_int (
        stored->place.marks, stored->place.decode_time / 90000 % 2);
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i ? " " : "",
        stored->place.decode_time / 90000);
  }
  return g_string_free (text, FALSE);
}

GST_START_TEST (test_another_process_finds_what_was_written)
{
  g_autoptr (CmafSpoolDirectory) first =
      cmaf_spool_directory_new (folder, NULL);
  g_autoptr (CmafSpoolDirectory) second = NULL;
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (GBytes) got_header = NULL;
  g_autoptr (CmafTrack) got_track = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  g_autoptr (GPtrArray) expected = make_list (track, header, 11);
  g_autofree gchar *numbers = NULL, *fewer = NULL;
  CmafStoredSegment stored, later;

  /* more than nine, and not in the order of time */
  for (guint k = 0; k < 12; k++)
    stored = write_one (first, track, k < 11 ? 10 - k : k);
  second = cmaf_spool_directory_new (folder, NULL);
  numbers = list_numbers (second);
  assert_equals_string (numbers, "10 9 8 7 6 5 4 3 2 1 0 11");
  chunks = cmaf_spool_directory_read (
      second, &stored, &got_header, &got_track, NULL);
  fail_unless (g_bytes_equal (header, got_header));
  assert_equals_int (got_track->timescale, 90000);
  assert_equals_int (chunks->len, 5);
  for (guint i = 0; i < 5; i++) {
    const CmafChunk *a = chunks->pdata[i], *b = expected->pdata[i];

    assert_equals_int (a->size, b->size);
    assert_equals_uint64 (a->decode_time, b->decode_time);
    assert_equals_int (a->flags, b->flags);
  }
  cmaf_spool_directory_remove (second, &stored);
  /* numbers go on where they were */
  later = write_one (second, track, 20);
  assert_equals_uint64 (later.number, stored.number + 1);
  fewer = list_numbers (second);
  assert_equals_string (fewer, "10 9 8 7 6 5 4 3 2 1 0 20");
}
GST_END_TEST;

GST_START_TEST (test_a_cut_file_is_an_error)
{
  g_autoptr (CmafSpoolDirectory) directory =
      cmaf_spool_directory_new (folder, NULL);
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  CmafStoredSegment stored = write_one (directory, track, 0);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree gchar *path =
      g_build_filename (folder, g_dir_read_name (dir), NULL);
  struct stat info;

  fail_unless (stat (path, &info) == 0);
  for (goffset size = info.st_size - 1; size >= 0; size -= 97) {
    g_autoptr (GError) error = NULL;

    fail_unless (truncate (path, size) == 0);
    fail_unless (
        cmaf_spool_directory_read (directory, &stored, NULL, NULL, &error)
        == NULL);
    fail_unless (error != NULL);
  }
  g_remove (path);
  fail_unless (
      cmaf_spool_directory_read (directory, &stored, NULL, NULL, NULL) == NULL);
}
GST_END_TEST;

/* The size in the name is told to receivers. */
GST_START_TEST (test_the_size_must_be_that_of_the_name)
{
  g_autoptr (CmafSpoolDirectory) directory =
      cmaf_spool_directory_new (folder, NULL);
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  CmafStoredSegment stored = write_one (directory, track, 0);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree gchar *path =
      g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_autofree gchar *other =
      g_strdup_printf ("%s/%012d-0-90000-90000-3-%" G_GSIZE_FORMAT ".cmf",
          folder, 1, stored.size + 1);
  g_autoptr (GError) error = NULL;

  fail_unless (g_rename (path, other) == 0);
  stored.size++;
  fail_unless (
      cmaf_spool_directory_read (directory, &stored, NULL, NULL, &error)
      == NULL);
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
  fail_unless (strstr (error->message, other) != NULL);
}
GST_END_TEST;

GST_START_TEST (test_other_files_are_left_alone)
{
  static const gchar *const names[] = { "readme.txt", "1-2-3.cmf",
    "1-2-3-0-5-6.cmf", "x-2-3-4-5-6.cmf", "1-2-3-4-5-99999999999999999999.cmf",
    "000000000001-0-90000-90000-0-1.cmf.part" };
  g_autoptr (CmafSpoolDirectory) directory =
      cmaf_spool_directory_new (folder, NULL);
  g_autofree gchar *numbers = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (folder, names[i], NULL);

    fail_unless (g_file_set_contents (path, "x", 1, NULL));
  }
  numbers = list_numbers (directory);
  assert_equals_string (numbers, "");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (folder, names[i], NULL);

    /* but what a process did not finish is of no use */
    assert_equals_int (g_file_test (path, G_FILE_TEST_EXISTS),
        !g_str_has_suffix (names[i], ".part"));
  }
}
GST_END_TEST;

/* Else numbers would start over, and new files come before old ones. */
GST_START_TEST (test_what_cannot_be_listed_is_an_error)
{
  g_autofree gchar *path = g_build_filename (folder, "track", NULL);
  g_autoptr (CmafSpoolDirectory) directory =
      cmaf_spool_directory_new (path, NULL);
  g_autoptr (GError) error = NULL;

  fail_unless (g_rmdir (path) == 0);
  fail_unless (cmaf_spool_directory_list (directory, &error) == NULL);
  fail_unless (strstr (error->message, path) != NULL, "%s", error->message);
}
GST_END_TEST;

GST_START_TEST (test_an_empty_directory_goes)
{
  g_autofree gchar *path = g_build_filename (folder, "track", NULL);
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  CmafSpoolDirectory *directory = cmaf_spool_directory_new (path, NULL);
  CmafStoredSegment stored = write_one (directory, track, 0);

  cmaf_spool_directory_free (directory);
  fail_unless (g_file_test (path, G_FILE_TEST_IS_DIR));
  directory = cmaf_spool_directory_new (path, NULL);
  cmaf_spool_directory_remove (directory, &stored);
  cmaf_spool_directory_free (directory);
  fail_if (g_file_test (path, G_FILE_TEST_EXISTS));
}
GST_END_TEST;

GST_START_TEST (test_where_nothing_can_be_written)
{
  g_autofree gchar *file = g_build_filename (folder, "file", NULL);
  g_autofree gchar *below = g_build_filename (file, "below", NULL);
  g_autoptr (GError) error = NULL;

  fail_unless (g_file_set_contents (file, "x", 1, NULL));
  fail_unless (cmaf_spool_directory_new (below, &error) == NULL);
  fail_unless (strstr (error->message, below) != NULL, "%s", error->message);
}
GST_END_TEST;

static Suite *
spool_directory_suite (void)
{
  Suite *suite = suite_create ("spool-directory");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, test_another_process_finds_what_was_written);
  tcase_add_test (tcase, test_a_cut_file_is_an_error);
  tcase_add_test (tcase, test_the_size_must_be_that_of_the_name);
  tcase_add_test (tcase, test_other_files_are_left_alone);
  tcase_add_test (tcase, test_what_cannot_be_listed_is_an_error);
  tcase_add_test (tcase, test_an_empty_directory_goes);
  tcase_add_test (tcase, test_where_nothing_can_be_written);
  return suite;
}

GST_CHECK_MAIN (spool_directory);
