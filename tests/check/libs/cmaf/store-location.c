/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/store-location.h>
#include <string.h>

static void
assert_works (const gchar *location)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (CmafObjectStore) store =
      cmaf_store_location_open (location, &error);

  fail_unless (store != NULL, "%s", error ? error->message : "");
  fail_unless (cmaf_object_store_put (
      store, "a/b", "text/plain", CMAF_OBJECT_CREATE_ONLY, bytes, NULL));
  fail_unless (cmaf_object_store_contains (store, "a/b"));
  fail_unless (cmaf_object_store_remove (store, "a/b", NULL));
}

GST_START_TEST (test_a_directory_is_a_path_or_a_file_uri)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *spaced = g_build_filename (path, "a b", NULL);
  g_autofree gchar *uri = g_filename_to_uri (spaced, NULL, NULL);

  assert_works (spaced);
  fail_unless (strstr (uri, "a%20b") != NULL);
  assert_works (uri);
}
GST_END_TEST;

static const struct
{
  const gchar *location, *reason;
} bad[] = {
  { "", "is empty" },
  { "file://other.example/a", "is no file of this machine" },
  { "gopher://host/a", "has scheme gopher, needs" },
};

GST_START_TEST (test_what_nobody_opens_is_refused)
{
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_store_location_open (bad[__i__].location, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless (
      strstr (error->message, bad[__i__].reason) != NULL, "%s", error->message);
}
GST_END_TEST;

GST_START_TEST (test_what_can_never_be_opened_is_known_before)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *new = g_build_filename (path, "new", NULL);
  g_autofree gchar *uri = g_filename_to_uri (new, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (bad); i++) {
    fail_if (cmaf_store_location_check (bad[i].location, &error));
    fail_unless (strstr (error->message, bad[i].reason) != NULL);
    g_clear_error (&error);
  }
  fail_unless (cmaf_store_location_check (new, NULL));
  fail_unless (cmaf_store_location_check (uri, NULL));
  fail_if (g_file_test (new, G_FILE_TEST_EXISTS));
}
GST_END_TEST;

static const struct
{
  const gchar *location, *shown;
} shown[] = {
  { "/a b", "/a b" },
  { "file:///a", "file:///a" },
  { "http://ada:secret@host:8080/a/b?token=x#y", "http://host:8080/a/b" },
  { "http://ada:secret@[host/a", "http://" },
};

GST_START_TEST (test_secrets_are_not_shown)
{
  g_autofree gchar *text = cmaf_store_location_show (shown[__i__].location);

  assert_equals_string (text, shown[__i__].shown);
}
GST_END_TEST;

static CmafObjectStore *
open_memory (const gchar *location, GError **error)
{
  return cmaf_memory_store_new (0);
}

GST_START_TEST (test_others_tell_what_they_open)
{
  g_autofree gchar *none = cmaf_store_location_scheme ("/a:b/c");
  g_autofree gchar *scheme = cmaf_store_location_scheme ("MEM://x/y");

  fail_unless (none == NULL);
  fail_if (cmaf_store_location_is_registered (scheme));
  cmaf_store_location_register ("mem", open_memory, NULL);
  fail_unless (cmaf_store_location_is_registered (scheme));
  assert_works ("mem://x/y");
}
GST_END_TEST;

static Suite *
store_location_suite (void)
{
  Suite *suite = suite_create ("store-location");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_directory_is_a_path_or_a_file_uri);
  tcase_add_loop_test (
      tcase, test_what_nobody_opens_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_test (tcase, test_what_can_never_be_opened_is_known_before);
  tcase_add_loop_test (
      tcase, test_secrets_are_not_shown, 0, G_N_ELEMENTS (shown));
  tcase_add_test (tcase, test_others_tell_what_they_open);
  return suite;
}

GST_CHECK_MAIN (store_location);
