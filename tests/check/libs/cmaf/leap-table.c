/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmaf/leap-table.h>

/* The beginning of both files, an insertion that is to come in 2029 and a
 * deletion in 2031; the same in both. */
static const gchar list[] = "#\tcomment\n"
                            "#$\t3960835200\n"
                            "#@\t4200000000\n"
                            "\n"
                            "2272060800\t10\t# 1 Jan 1972\n"
                            "2287785600 11 # 1 Jul 1972\n"
                            "4102444800 12 # 1 Jan 2030\n"
                            "4165516800 11 # 1 Jan 2032\n";
static const gchar tzdata[] = "# comment\n"
                              "Leap\t1972\tJun\t30\t23:59:60\t+\tS\n"
                              "Leap\t2029\tDec\t31\t23:59:60\t+\tS\n"
                              "Leap\t2031\tDec\t31\t23:59:59\t-\tS\n"
                              "#Expires 2033\tFeb\t3\t00:00:00\n"
                              "#expires 1991011200 (2033-02-03 00:00:00 UTC)\n";
static const gchar *const texts[] = { list, tzdata };

static const struct
{
  gint64 posix;
  gint offset;
} offsets[] = {
  { 0, 10 },
  { 63072000, 10 },
  { 78796799, 10 },
  { 78796800, 11 },
  { 1893455999, 11 },
  { 1893456000, 12 },
  { 1956527999, 12 },
  { 1956528000, 11 },
  { G_MAXINT32 + G_GINT64_CONSTANT (1), 11 },
};

GST_START_TEST (test_both_kinds_of_file_say_the_same)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafLeapTable) table =
      cmaf_leap_table_parse (texts[__i__], &error);

  fail_unless (table != NULL, "%s", error ? error->message : "");
  assert_equals_int64 (cmaf_leap_table_expires (table), 1991011200);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    assert_equals_int (
        cmaf_leap_table_offset (table, offsets[i].posix), offsets[i].offset);
}
GST_END_TEST;

/* S11, with TAI - UTC 37 before the insertion at the end of 2029; and a
 * deletion two years later */
static const gchar from_37[] = "3692217600 37 # 1 Jan 2017\n"
                               "4102444800 38 # 1 Jan 2030\n"
                               "4165516800 37 # 1 Jan 2032\n";
static const struct
{
  gint64 tai, posix;
  gboolean is_inserted;
} seconds[] = {
  { 1893456035, 1893455998, FALSE },
  { 1893456036, 1893455999, FALSE },
  { 1893456037, 1893455999, TRUE },
  { 1893456038, 1893456000, FALSE },
  { 1893456039, 1893456001, FALSE },
  { 1956528036, 1956527998, FALSE },
  { 1956528037, 1956528000, FALSE },
  { 1956528038, 1956528001, FALSE },
};

GST_START_TEST (test_seconds_across_insertion_and_deletion)
{
  g_autoptr (CmafLeapTable) table = cmaf_leap_table_parse (from_37, NULL);
  gboolean is_inserted;

  assert_equals_int64 (
      cmaf_leap_table_posix (table, seconds[__i__].tai, &is_inserted),
      seconds[__i__].posix);
  assert_equals_int (is_inserted, seconds[__i__].is_inserted);
}
GST_END_TEST;

GST_START_TEST (test_no_table)
{
  gboolean is_inserted;

  assert_equals_int (cmaf_leap_table_offset (NULL, 1893456000), 37);
  assert_equals_int64 (
      cmaf_leap_table_posix (NULL, 1735689637, &is_inserted), 1735689600);
  fail_if (is_inserted);
  fail_if (cmaf_leap_table_is_near (NULL, 1893456000, 86400));
  assert_equals_int64 (cmaf_leap_table_expires (NULL), G_MAXINT64);
}
GST_END_TEST;

GST_START_TEST (test_near_a_leap_second)
{
  g_autoptr (CmafLeapTable) table = cmaf_leap_table_parse (from_37, NULL);

  fail_unless (cmaf_leap_table_is_near (table, 1893456000 - 86400, 86400));
  fail_unless (cmaf_leap_table_is_near (table, 1893456000 + 86400, 86400));
  fail_if (cmaf_leap_table_is_near (table, 1893456000 - 86401, 86400));
  fail_if (cmaf_leap_table_is_near (table, 1893456000 + 86401, 86400));
  /* where the table begins is none */
  fail_if (cmaf_leap_table_is_near (table, 1483228800, 86400));
}
GST_END_TEST;

static const struct
{
  const gchar *text, *message;
} bad[] = {
  { "", "leap seconds: found none, needs" },
  { "# comment only\n", "leap seconds: found none, needs" },
  { "2272060800\n", "leap seconds, line 1: found '2272060800', needs NTP" },
  { "abc", "leap seconds, line 1: found 'abc', needs NTP" },
  { "2272060800 10\n2287785600 12\n",
      "leap seconds, line 2: found '2287785600 12', needs a later date" },
  { "2287785600 10\n2272060800 11\n", "leap seconds, line 2: found" },
  { "5 10\n", "leap seconds, line 1: found '5 10', needs a date from 1972" },
  { "2272060800 99999\n", "leap seconds, line 1: found" },
  { "Leap 1972 Jun 31 23:59:60 + S\n", "leap seconds, line 1: found" },
  { "Leap 1972 Jux 30 23:59:60 + S\n", "leap seconds, line 1: found" },
  { "Leap 1972 unJ 30 23:59:60 + S\n", "leap seconds, line 1: found" },
  { "Leap 1972 Jun 30 23:59:60 - S\n", "leap seconds, line 1: found" },
  { "Leap 1972 Jun 30 23:59:60 + R\n", "leap seconds, line 1: found" },
  { "\xff\xfe\n", "leap seconds, line 1: found" },
};

GST_START_TEST (test_what_is_no_table_is_refused)
{
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_leap_table_parse (bad[__i__].text, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  fail_unless (g_str_has_prefix (error->message, bad[__i__].message), "%s",
      error->message);
}
GST_END_TEST;

GST_START_TEST (test_files)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *path = NULL;
  g_autoptr (CmafLeapTable) table = NULL;
  gint fd = g_file_open_tmp ("leap-XXXXXX", &path, NULL);

  g_close (fd, NULL);
  fail_unless (g_file_set_contents (path, tzdata, -1, NULL));
  table = cmaf_leap_table_load (path, &error);
  fail_unless (table != NULL);
  assert_equals_int (cmaf_leap_table_offset (table, 1893456000), 12);

  fail_unless (g_file_set_contents (path, "x", -1, NULL));
  fail_if (cmaf_leap_table_load (path, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  fail_unless (g_str_has_prefix (error->message, path));
  g_clear_error (&error);

  g_unlink (path);
  fail_if (cmaf_leap_table_load (path, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND));
}
GST_END_TEST;

static Suite *
leap_table_suite (void)
{
  Suite *suite = suite_create ("leap-table");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_both_kinds_of_file_say_the_same, 0, G_N_ELEMENTS (texts));
  tcase_add_loop_test (tcase, test_seconds_across_insertion_and_deletion, 0,
      G_N_ELEMENTS (seconds));
  tcase_add_test (tcase, test_no_table);
  tcase_add_test (tcase, test_near_a_leap_second);
  tcase_add_loop_test (
      tcase, test_what_is_no_table_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_test (tcase, test_files);
  return suite;
}

GST_CHECK_MAIN (leap_table);
