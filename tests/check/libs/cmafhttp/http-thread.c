/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/cmafhttp/http-thread.h>
#include <gst/check/gstcheck.h>

#define N_POSTS 1000

static CmafHttpThread *thread;

static void
get_thread (void)
{
  thread = cmaf_http_thread_get ();
}

static void
unref_thread (void)
{
  cmaf_http_thread_unref (thread);
}

static gboolean
append (gpointer data)
{
  g_array_append_vals (data, &(guint){ ((GArray *)data)->len }, 1);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  GArray *out;
  guint n;
} Item;

static gboolean
append_item (gpointer data)
{
  Item *item = data;

  g_array_append_val (item->out, item->n);
  return G_SOURCE_CONTINUE; /* to no effect: it runs once */
}

GST_START_TEST (test_posts_run_once_in_order)
{
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (guint));
  guint i;

  for (i = 0; i < N_POSTS; i++) {
    Item *item = g_new (Item, 1);

    item->out = out;
    item->n = i;
    cmaf_http_thread_post (thread, append_item, item, g_free);
  }
  cmaf_http_thread_call (thread, append, out);

  assert_equals_int (out->len, N_POSTS + 1);
  for (i = 0; i < N_POSTS; i++)
    assert_equals_int (g_array_index (out, guint, i), i);
}
GST_END_TEST;

static gboolean
look_around (gpointer data)
{
  gboolean *is_right = data;

  *is_right = cmaf_http_thread_is_current (thread)
              && g_main_context_get_thread_default ()
                     == cmaf_http_thread_get_context (thread);
  return G_SOURCE_REMOVE;
}

GST_START_TEST (test_runs_in_the_thread_with_its_context)
{
  gboolean is_right = FALSE;

  cmaf_http_thread_call (thread, look_around, &is_right);
  fail_unless (is_right);
  fail_if (cmaf_http_thread_is_current (thread));
}
GST_END_TEST;

GST_START_TEST (test_is_shared_and_starts_again)
{
  CmafHttpThread *other = cmaf_http_thread_get ();
  gboolean is_right = FALSE;

  fail_unless (other == thread);
  cmaf_http_thread_unref (other);
  cmaf_http_thread_call (thread, look_around, &is_right);
  fail_unless (is_right);

  cmaf_http_thread_unref (thread);
  thread = cmaf_http_thread_get ();
  is_right = FALSE;
  cmaf_http_thread_call (thread, look_around, &is_right);
  fail_unless (is_right);
}
GST_END_TEST;

static gboolean
count (gpointer data)
{
  g_atomic_int_inc ((gint *)data);
  return G_SOURCE_REMOVE;
}

static gboolean
post_again (gpointer data)
{
  cmaf_http_thread_post (thread, count, data, NULL);
  return G_SOURCE_REMOVE;
}

static void
destroyed (gpointer data)
{
  g_atomic_int_inc ((gint *)data);
}

GST_START_TEST (test_what_is_posted_runs_before_the_end)
{
  gint n = 0;
  guint i;

  for (i = 0; i < 10; i++)
    cmaf_http_thread_post (thread, count, &n, destroyed);
  cmaf_http_thread_post (thread, post_again, &n, NULL);
  cmaf_http_thread_unref (thread);
  assert_equals_int (g_atomic_int_get (&n), 21);
  thread = cmaf_http_thread_get ();
}
GST_END_TEST;

static gpointer
post_from_thread (gpointer data)
{
  CmafHttpThread *mine = cmaf_http_thread_get ();
  guint i;

  for (i = 0; i < N_POSTS; i++)
    cmaf_http_thread_post (mine, count, data, NULL);
  cmaf_http_thread_unref (mine);
  return NULL;
}

GST_START_TEST (test_many_threads_post)
{
  GThread *threads[4];
  gint n = 0, unused = 0;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, post_from_thread, &n);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  cmaf_http_thread_call (thread, count, &unused);
  assert_equals_int (g_atomic_int_get (&n), N_POSTS * 4);
}
GST_END_TEST;

static Suite *
http_thread_suite (void)
{
  Suite *suite = suite_create ("http-thread");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, get_thread, unref_thread);
  tcase_add_test (tc, test_posts_run_once_in_order);
  tcase_add_test (tc, test_runs_in_the_thread_with_its_context);
  tcase_add_test (tc, test_is_shared_and_starts_again);
  tcase_add_test (tc, test_what_is_posted_runs_before_the_end);
  tcase_add_test (tc, test_many_threads_post);
  return suite;
}

GST_CHECK_MAIN (http_thread);
