/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The store that the elements of a pipeline share. */
#include <fcntl.h>
#include <gst/check/gstcheck.h>
#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafsyncstore.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gchar *
make_path (void)
{
  return g_dir_make_tmp ("cmaf-XXXXXX", NULL);
}

static GstCmafSyncStore *
open_store (const gchar *location)
{
  GstCmafSyncStore *store = gst_cmaf_sync_store_new ();
  g_autoptr (GError) error = NULL;

  fail_unless (gst_cmaf_sync_store_open (store, location, &error), "%s",
      error ? error->message : "");
  return store;
}

static void
close_store (GstCmafSyncStore *store)
{
  gst_cmaf_sync_store_close (store);
  gst_cmaf_sync_store_unref (store);
}

/* (transfer full) (nullable): the text that @name has. */
static gchar *
ask (GstCmafSyncStore *store, const gchar *name, const gchar *offer,
    GstCmafSyncState expected)
{
  g_autoptr (GBytes) offered =
      offer ? g_bytes_new (offer, strlen (offer)) : NULL;
  g_autoptr (GstCmafSyncRequest) request =
      gst_cmaf_sync_store_offer (store, name, offered);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  assert_equals_int (
      gst_cmaf_sync_request_wait (request,
          g_get_monotonic_time () + 20 * G_USEC_PER_SEC, NULL, &bytes, &error),
      expected);
  assert_equals_int (error != NULL, expected == GST_CMAF_SYNC_FAILED);
  if (!bytes)
    return NULL;
  return g_strndup (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
}

static void
assert_asks (GstCmafSyncStore *store, const gchar *name, const gchar *offer,
    GstCmafSyncState expected, const gchar *text)
{
  g_autofree gchar *found = ask (store, name, offer, expected);

  assert_equals_string (found, text);
}

GST_START_TEST (test_the_first_writer_wins)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *uri = g_filename_to_uri (path, NULL, NULL);
  GstCmafSyncStore *a = open_store (path), *b = open_store (uri);

  assert_asks (a, "cfg.json", NULL, GST_CMAF_SYNC_ABSENT, NULL);
  assert_asks (a, "cfg.json", "1", GST_CMAF_SYNC_WRITTEN, "1");
  assert_asks (b, "cfg.json", "2", GST_CMAF_SYNC_READ, "1");
  assert_asks (b, "fp/v/1", "3", GST_CMAF_SYNC_WRITTEN, "3");
  assert_asks (a, "fp/v/1", NULL, GST_CMAF_SYNC_READ, "3");
  close_store (a);
  close_store (b);
}
GST_END_TEST;

GST_START_TEST (test_what_was_removed_is_free_again)
{
  g_autofree gchar *path = make_path ();
  GstCmafSyncStore *store = open_store (path);

  assert_asks (store, "fp/v/1", "1", GST_CMAF_SYNC_WRITTEN, "1");
  for (guint i = 0; i < 2; i++) { /* as well when it is not there */
    g_autoptr (GstCmafSyncRequest) request =
        gst_cmaf_sync_store_remove (store, "fp/v/1");

    assert_equals_int (
        gst_cmaf_sync_request_wait (request, G_MAXINT64, NULL, NULL, NULL),
        GST_CMAF_SYNC_ABSENT);
    assert_asks (store, "fp/v/1", NULL, GST_CMAF_SYNC_ABSENT, NULL);
  }
  assert_asks (store, "fp/v/1", "2", GST_CMAF_SYNC_WRITTEN, "2");
  close_store (store);
}
GST_END_TEST;

/* Many keys, two writers at once: each has one winner, and both know it. */
GST_START_TEST (test_writers_that_race_agree)
{
  g_autofree gchar *path = make_path ();
  GstCmafSyncStore *stores[2] = { open_store (path), open_store (path) };
  GstCmafSyncRequest *requests[2][50];
  const gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  for (guint i = 0; i < 50; i++) {
    for (guint s = 0; s < 2; s++) {
      g_autofree gchar *name = g_strdup_printf ("gen/%u.json", i);
      g_autoptr (GBytes) bytes = g_bytes_new (s ? "b" : "a", 1);

      requests[s][i] = gst_cmaf_sync_store_offer (stores[s], name, bytes);
    }
  }
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GBytes) a = NULL;
    g_autoptr (GBytes) b = NULL;
    GstCmafSyncState sa =
        gst_cmaf_sync_request_wait (requests[0][i], until, NULL, &a, NULL);
    GstCmafSyncState sb =
        gst_cmaf_sync_request_wait (requests[1][i], until, NULL, &b, NULL);

    assert_equals_int (
        (sa == GST_CMAF_SYNC_WRITTEN) + (sb == GST_CMAF_SYNC_WRITTEN), 1);
    fail_unless (g_bytes_equal (a, b));
    gst_cmaf_sync_request_free (requests[0][i]);
    gst_cmaf_sync_request_free (requests[1][i]);
  }
  close_store (stores[0]);
  close_store (stores[1]);
}
GST_END_TEST;

GST_START_TEST (test_users_share_one_location)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *other = make_path ();
  GstCmafSyncStore *store = open_store (path);
  g_autoptr (GError) error = NULL;

  fail_unless (gst_cmaf_sync_store_open (store, path, NULL));
  fail_if (gst_cmaf_sync_store_open (store, other, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless (strstr (error->message, other) && strstr (error->message, path));
  gst_cmaf_sync_store_close (store);
  fail_unless (gst_cmaf_sync_store_is_open (store));
  gst_cmaf_sync_store_close (store);
  fail_if (gst_cmaf_sync_store_is_open (store));
  assert_asks (store, "a.json", "1", GST_CMAF_SYNC_FAILED, NULL);
  fail_unless (gst_cmaf_sync_store_open (store, other, NULL));
  assert_asks (store, "a.json", "1", GST_CMAF_SYNC_WRITTEN, "1");
  close_store (store);
}
GST_END_TEST;

GST_START_TEST (test_a_scheme_that_nobody_opens_is_refused)
{
  g_autoptr (GstCmafSyncStore) store = gst_cmaf_sync_store_new ();
  g_autoptr (GError) error = NULL;

  fail_if (gst_cmaf_sync_store_open (store, "gopher://a/b", &error));
  fail_unless (strstr (error->message, "gopher") != NULL);
}
GST_END_TEST;

static void
assert_change (GstCmafSyncStore *store, const gchar *reason)
{
  g_autofree gchar *found = NULL;

  fail_unless (
      gst_cmaf_sync_store_take_change (store, g_get_monotonic_time (), &found));
  if (reason)
    fail_unless (found && strstr (found, reason), "found %s", found);
  else
    fail_unless (found == NULL, "found %s", found);
}

static void
assert_no_change (GstCmafSyncStore *store)
{
  g_autofree gchar *found = NULL;

  fail_if (
      gst_cmaf_sync_store_take_change (store, g_get_monotonic_time (), &found));
  fail_unless (found == NULL);
}

/* Moved away and put back: each is told once. */
GST_START_TEST (test_a_store_that_is_gone_is_frozen)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *away = g_strconcat (path, ".away", NULL);
  g_autofree gchar *file = g_build_filename (path, "cfg.json", NULL);
  GstCmafSyncStore *store = open_store (path);

  assert_asks (store, "cfg.json", "1", GST_CMAF_SYNC_WRITTEN, "1");
  assert_no_change (store);
  g_remove (file);
  assert_asks (store, "gen/1.json", NULL, GST_CMAF_SYNC_FAILED, NULL);
  assert_change (store, "cfg.json is gone");
  assert_asks (store, "gen/1.json", NULL, GST_CMAF_SYNC_FAILED, NULL);
  assert_no_change (store);
  g_rename (path, away);
  assert_asks (store, "gen/1.json", "2", GST_CMAF_SYNC_FAILED, NULL);
  fail_if (g_file_test (path, G_FILE_TEST_EXISTS));
  g_rename (away, path);
  g_file_set_contents (file, "1", 1, NULL);
  assert_asks (store, "gen/1.json", NULL, GST_CMAF_SYNC_ABSENT, NULL);
  assert_change (store, NULL);
  assert_no_change (store);
  close_store (store);
}
GST_END_TEST;

/* Nothing can be written, all the rest works. */
GST_START_TEST (test_a_store_that_takes_nothing_is_frozen)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *file = g_build_filename (path, "fp", NULL);
  GstCmafSyncStore *store = open_store (path);

  g_file_set_contents (file, "no folder", -1, NULL);
  assert_asks (store, "cfg.json", "1", GST_CMAF_SYNC_WRITTEN, "1");
  assert_asks (store, "fp/v/1", "2", GST_CMAF_SYNC_FAILED, NULL);
  assert_change (store, "fp/v/1");
  assert_asks (store, "cfg.json", NULL, GST_CMAF_SYNC_READ, "1");
  assert_no_change (store);
  g_remove (file);
  assert_asks (store, "fp/v/1", "2", GST_CMAF_SYNC_WRITTEN, "2");
  assert_change (store, NULL);
  close_store (store);
}
GST_END_TEST;

/* A file that does not answer holds up its thread, and nobody else. */
GST_START_TEST (test_a_slow_store_makes_nobody_wait)
{
  g_autofree gchar *path = make_path ();
  g_autofree gchar *fifo = g_build_filename (path, "slow.json", NULL);
  GstCmafSyncStore *store = open_store (path);
  GstCmafSyncRequest *slow, *next;
  g_autofree gchar *reason = NULL;
  const gint woken = TRUE;
  gint fd;

  fail_unless (mkfifo (fifo, 0600) == 0);
  slow = gst_cmaf_sync_store_get (store, "slow.json");
  next = gst_cmaf_sync_store_get (store, "next.json");
  assert_equals_int (gst_cmaf_sync_request_wait (slow,
                         g_get_monotonic_time () + 1000, NULL, NULL, NULL),
      GST_CMAF_SYNC_PENDING);
  assert_equals_int (
      gst_cmaf_sync_request_wait (next, G_MAXINT64, &woken, NULL, NULL),
      GST_CMAF_SYNC_PENDING);
  for (guint i = 0; i < GST_CMAF_SYNC_STORE_DEPTH; i++)
    gst_cmaf_sync_request_free (gst_cmaf_sync_store_get (store, "more.json"));
  assert_asks (store, "one-too-many.json", NULL, GST_CMAF_SYNC_FAILED, NULL);
  /* as soon as its thread has begun */
  while (!gst_cmaf_sync_store_take_change (
      store, g_get_monotonic_time () + GST_CMAF_SYNC_STORE_SLOW, &reason))
    g_usleep (1000);
  fail_unless (strstr (reason, "no answer for") != NULL, "%s", reason);
  gst_cmaf_sync_store_close (store); /* leaves the thread behind */
  assert_equals_int (
      gst_cmaf_sync_request_look (next, NULL, NULL), GST_CMAF_SYNC_FAILED);
  gst_cmaf_sync_store_unref (store);
  fd = g_open (fifo, O_WRONLY | O_CLOEXEC, 0);
  close (fd);
  gst_cmaf_sync_request_wait (
      slow, g_get_monotonic_time () + 20 * G_USEC_PER_SEC, NULL, NULL, NULL);
  gst_cmaf_sync_request_free (slow);
  gst_cmaf_sync_request_free (next);
}
GST_END_TEST;

static Suite *
cmaf_sync_store_suite (void)
{
  Suite *suite = suite_create ("cmafsyncstore");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_the_first_writer_wins);
  tcase_add_test (tcase, test_what_was_removed_is_free_again);
  tcase_add_test (tcase, test_writers_that_race_agree);
  tcase_add_test (tcase, test_users_share_one_location);
  tcase_add_test (tcase, test_a_scheme_that_nobody_opens_is_refused);
  tcase_add_test (tcase, test_a_store_that_is_gone_is_frozen);
  tcase_add_test (tcase, test_a_store_that_takes_nothing_is_frozen);
  tcase_add_test (tcase, test_a_slow_store_makes_nobody_wait);
  return suite;
}

GST_CHECK_MAIN (cmaf_sync_store);
