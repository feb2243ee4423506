/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/merge-group.h>

/* Segments that came out: of which encoder, and ? when the one in use does not
 * send that track. What is in use behind each. */
typedef struct
{
  const gchar *used;
  const gchar *in_use;
} Case;

static const Case cases[] = {
  { "A A A", "AAA" },
  { "A B B A", "ABBA" }, /* A failed, and then B */
  { "A B? A", "AAA" },   /* a track that A does not send */
  { "A? B", "AB" },
};

GST_START_TEST (test_sticky_until_it_fails)
{
  Case c = cases[__i__];
  g_auto (GStrv) words = g_strsplit (c.used, " ", -1);
  CmafMergeGroup group = { NULL };

  for (guint i = 0; words[i] != NULL; i++) {
    gchar encoder[2] = { words[i][0], '\0' };

    cmaf_merge_group_used (&group, encoder, words[i][1] != '?');
    fail_unless_equals_int (group.encoder[0], c.in_use[i]);
  }
  cmaf_merge_group_clear (&group);
  fail_unless (group.encoder == NULL);
}
GST_END_TEST;

static Suite *
merge_group_suite (void)
{
  Suite *suite = suite_create ("merge-group");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_sticky_until_it_fails, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (merge_group);
