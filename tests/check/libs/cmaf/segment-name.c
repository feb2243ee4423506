/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/segment-name.h>

static const struct
{
  const gchar *template_;
  const gchar *id;
  guint64 number, time;
  const gchar *name;
} names[] = {
  /* S12 of the sync vectors: ten digits, zero padded */
  { "$RepresentationID$/$Number%010d$.cmfv", "v", 866977822, 0,
      "v/0866977822.cmfv" },
  { "$RepresentationID$/t$Time$.m4s", "a-1", 7, 83313100783616,
      "a-1/t83313100783616.m4s" },
  { "seg-$RepresentationID$-$Number$", "x-1-2", 0, 0, "seg-x-1-2-0" },
  { "$$$RepresentationID$/$$-$Number%03d$", "v", 12345, 0, "$v/$-12345" },
  { "$RepresentationID$/$RepresentationID$.$Time%020d$", "v.0", 0, G_MAXUINT64,
      "v.0/v.0.18446744073709551615" },
};

GST_START_TEST (test_name_is_written_and_read_back)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *name = cmaf_segment_name_expand (names[__i__].template_,
      names[__i__].id, names[__i__].number, names[__i__].time);
  g_autofree gchar *id = NULL;
  guint64 value;

  fail_unless (cmaf_segment_name_check (names[__i__].template_, &error));
  g_assert_no_error (error);
  assert_equals_string (name, names[__i__].name);
  fail_unless (
      cmaf_segment_name_parse (names[__i__].template_, name, &id, &value));
  assert_equals_string (id, names[__i__].id);
  assert_equals_uint64 (value, strstr (names[__i__].template_, "Time") != NULL
                                   ? names[__i__].time
                                   : names[__i__].number);
}
GST_END_TEST;

static const struct
{
  const gchar *template_, *name;
} strangers[] = {
  { "$RepresentationID$/$Number%04d$.m4s", "v/1.m4s" },     /* too short */
  { "$RepresentationID$/$Number%04d$.m4s", "v/00001.m4s" }, /* too long */
  { "$RepresentationID$/$Number$.m4s", "v/01.m4s" },
  { "$RepresentationID$/$Number$.m4s", "v/.m4s" },
  { "$RepresentationID$/$Number$.m4s", "v/-1.m4s" },
  { "$RepresentationID$/$Number$.m4s", "v/1.m4sx" },
  { "$RepresentationID$/$Number$.m4s", "v/1.m4" },
  { "$RepresentationID$/$Number$.m4s", ".v/1.m4s" },
  { "$RepresentationID$/$Number$.m4s", "v/w/1.m4s" },
  { "$RepresentationID$/$Number$.m4s", "v/18446744073709551616.m4s" },
  { "$RepresentationID$/$Number$.m4s", "" },
  { "$RepresentationID$/$RepresentationID$$Number$", "v/w1" },
};

GST_START_TEST (test_other_names_do_not_match)
{
  guint64 value;

  fail_if (cmaf_segment_name_parse (
      strangers[__i__].template_, strangers[__i__].name, NULL, &value));
}
GST_END_TEST;

static const gchar *const bad_templates[] = { "", "$RepresentationID$/x",
  "$Number$.m4s", "$RepresentationID$/$Number$-$Time$",
  "$RepresentationID$/$Bandwidth$/$Number$", "$RepresentationID$/$Number",
  "$RepresentationID%02d$/$Number$", "$RepresentationID$/$Number%4d$",
  "$RepresentationID$/$Number%00d$", "$RepresentationID$/$Number%099999999d$",
  "$RepresentationID$/$Number%05x$", "../$RepresentationID$/$Number$",
  "$RepresentationID$/../$Number$", "/$RepresentationID$/$Number$",
  "$RepresentationID$//$Number$", "$RepresentationID$/a b$Number$",
  "$RepresentationID$/%41$Number$", "$RepresentationID$?n=$Number$",
  "$RepresentationID$/\"$Number$", "$RepresentationID$:$Number$",
  "$RepresentationID$/.$Number$" };

GST_START_TEST (test_bad_template_is_refused_by_name)
{
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_segment_name_check (bad_templates[__i__], &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG);
  fail_unless (strstr (error->message, bad_templates[__i__]) != NULL);
}
GST_END_TEST;

/* The longest name of a track and the largest number must fit too: else it
 * would fail with the first segment, or after a year. */
GST_START_TEST (test_template_that_may_get_too_long_is_refused)
{
  g_autofree gchar *fits = g_strnfill (255 - 64 - 20, 'x');
  g_autofree gchar *good =
      g_strconcat ("$RepresentationID$$Number$", fits, NULL);
  g_autofree gchar *bad = g_strconcat (good, "x", NULL);
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_segment_name_check (good, NULL));
  fail_if (cmaf_segment_name_check (bad, &error));
  fail_unless (strstr (error->message, "too long") != NULL);
}
GST_END_TEST;

GST_START_TEST (test_track_names)
{
  g_autofree gchar *longest = g_strnfill (64, 'a');
  g_autofree gchar *too_long = g_strnfill (65, 'a');
  const gchar *good[] = { "v", "Video-1_2.3~x", "0", longest };
  const gchar *bad[] = { NULL, "", ".", "..", "-v", "a/b", "a b", "a%20",
    "\xc3\xa9", "a\n", too_long };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (good); i++)
    fail_unless (cmaf_track_name_is_valid (good[i]), "%s", good[i]);
  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    fail_if (cmaf_track_name_is_valid (bad[i]), "%s", bad[i]);
}
GST_END_TEST;

GST_START_TEST (test_any_wish_becomes_a_track_name)
{
  static const gchar *const rows[][2] = { { "v-1_.~", "v-1_.~" },
    { "-v", "t-v" }, { "a/b c", "a-b-c" }, { "\xc3\xa9", "t--" },
    { "../x", "t..-x" } };
  g_autofree gchar *too_long = g_strnfill (100, 'x');
  g_autofree gchar *cut = cmaf_track_name_make (too_long);
  g_autofree gchar *numbered = cmaf_track_name_number (cut, G_MAXUINT);
  g_autofree gchar *second = cmaf_track_name_number ("v", 2);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *name = cmaf_track_name_make (rows[i][0]);

    assert_equals_string (name, rows[i][1]);
  }
  assert_equals_int (strlen (cut), 64);
  fail_unless (cmaf_track_name_is_valid (numbered));
  fail_unless (g_str_has_suffix (numbered, "x-4294967295"));
  assert_equals_string (second, "v-2");
}
GST_END_TEST;

/* Neither of a name nor of a template. */
GST_START_TEST (test_no_prefix_is_a_name)
{
  static const gchar template_[] = "$RepresentationID$/$Number%010d$.m4s";
  static const gchar name[] = "video/0904005000.m4s";

  for (gsize n = 0; n < strlen (name); n++) {
    g_autofree gchar *prefix = g_strndup (name, n);
    guint64 value;

    fail_if (cmaf_segment_name_parse (template_, prefix, NULL, &value));
  }
  for (gsize n = 0; n < strlen ("$RepresentationID$/$Number%010d$"); n++) {
    g_autofree gchar *prefix = g_strndup (template_, n);
    guint64 value;

    g_free (cmaf_segment_name_expand (prefix, "video", 1, 1));
    fail_if (cmaf_segment_name_check (prefix, NULL), "%s", prefix);
    cmaf_segment_name_parse (prefix, name, NULL, &value);
  }
}
GST_END_TEST;

static Suite *
segment_name_suite (void)
{
  Suite *s = suite_create ("segment-name");
  TCase *tc = tcase_create ("names");

  tcase_add_loop_test (
      tc, test_name_is_written_and_read_back, 0, G_N_ELEMENTS (names));
  tcase_add_loop_test (
      tc, test_other_names_do_not_match, 0, G_N_ELEMENTS (strangers));
  tcase_add_loop_test (tc, test_bad_template_is_refused_by_name, 0,
      G_N_ELEMENTS (bad_templates));
  tcase_add_test (tc, test_template_that_may_get_too_long_is_refused);
  tcase_add_test (tc, test_no_prefix_is_a_name);
  tcase_add_test (tc, test_track_names);
  tcase_add_test (tc, test_any_wish_becomes_a_track_name);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (segment_name);
