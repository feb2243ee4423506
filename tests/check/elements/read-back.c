/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* URLs are read back, and so are in dumps of a pipeline, without user, password
 * and query. */
#include <gst/check/gstcheck.h>

#define SECRET "http://me:pw@host/a?key=1"
#define SHOWN "http://host/a"

static const struct
{
  const gchar *element, *property, *value, *shown;
} cases[] = {
  { "cmafdashsink", "location", SECRET, SHOWN },
  { "cmafdashsink", "location", "ftp://me:pw@host/", "ftp://host/" },
  { "cmafdashsink", "location", "/tmp/a b", "/tmp/a b" },
  { "cmafdashsink", "delivery-url", SECRET, SHOWN },
  { "cmafdashsink", "delivery-url", "http://me:pw@[x", "http://" },
  { "cmafhlssink", "locations", "/tmp/a  " SECRET "\n/b",
      "/tmp/a " SHOWN " /b" },
  { "httpingestsink", "location", SECRET, SHOWN },
  { "httpingestsink", "locations", SECRET "\n" SECRET "\t" SECRET,
      SHOWN " " SHOWN " " SHOWN },
  { "httpingestsrc", "sync-store", SECRET, SHOWN },
  { "httpingestsrc", "objects-location", SECRET, SHOWN },
  { "httpingestsrc", "objects-location", "memory:", "memory:" },
  { "cmafsyncmux", "sync-store", SECRET, SHOWN },
  { "cmafsyncmux", "sync-store", "file:///a", "file:///a" },
  { "cmafframetap", "sync-store", SECRET, SHOWN },
  { "cmafeventsrc", "sync-store", SECRET, SHOWN },
};

GST_START_TEST (test_urls_are_read_back_without_secrets)
{
  g_autoptr (GstElement) element = gst_object_ref_sink (
      gst_element_factory_make (cases[__i__].element, NULL));
  g_autofree gchar *shown = NULL;

  g_object_set (element, cases[__i__].property, cases[__i__].value, NULL);
  g_object_get (element, cases[__i__].property, &shown, NULL);
  assert_equals_string (shown, cases[__i__].shown);
  g_object_set (element, cases[__i__].property, NULL, NULL);
  g_clear_pointer (&shown, g_free);
  g_object_get (element, cases[__i__].property, &shown, NULL);
  fail_unless (shown == NULL || *shown == '\0');
}
GST_END_TEST;

static Suite *
read_back_suite (void)
{
  Suite *suite = suite_create ("read-back");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_urls_are_read_back_without_secrets, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (read_back);
