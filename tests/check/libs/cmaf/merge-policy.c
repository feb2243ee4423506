/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Copies of a segment as words, one a source, in order of rank:
 *
 *   100    came at 100 ms, complete; any of ~ is weak, / is not complete yet,
 *          =7 with that digest, * of the encoder in use
 *   -      lives and has not sent it; -* is the encoder in use
 */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/merge-policy.h>
#include <stdlib.h>

#define HOLD (500 * GST_MSECOND)

typedef struct
{
  CmafMergePolicy policy;
  const gchar *copies;
  guint now;     /* ms */
  gint chosen;   /* -1: it waits */
  gint deadline; /* ms; -1: NONE */
} Case;

static void
parse_copy (const gchar *word, guint rank, CmafMergeCopy *copy)
{
  gchar *rest;

  memset (copy, 0, sizeof *copy);
  copy->rank = rank;
  copy->hold = HOLD;
  copy->has_come = copy->is_complete = word[0] != '-';
  copy->arrival = strtoul (word, &rest, 10) * GST_MSECOND;
  for (; *rest != '\0'; rest++) {
    if (*rest == '~')
      copy->is_weak = TRUE;
    else if (*rest == '/')
      copy->is_complete = FALSE;
    else if (*rest == '*')
      copy->is_preferred = TRUE;
    else if (*rest == '=')
      copy->digest[0] = strtoul (rest + 1, NULL, 10);
  }
}

static const Case cases[] = {
  /* first: nobody is waited for */
  { CMAF_MERGE_FIRST, "100", 100, 0, -1 },
  { CMAF_MERGE_FIRST, "200 100", 200, 1, -1 },
  { CMAF_MERGE_FIRST, "- 100/", 100, 1, -1 },
  { CMAF_MERGE_FIRST, "-", 100, -1, -1 },
  /* filler gives way for a time */
  { CMAF_MERGE_FIRST, "100~ -", 599, -1, 600 },
  { CMAF_MERGE_FIRST, "100~ -", 600, 0, -1 },
  { CMAF_MERGE_FIRST, "100~ 300", 300, 1, -1 },
  { CMAF_MERGE_FIRST, "100~", 100, 0, -1 }, /* nobody else lives */
  /* the encoder in use goes on, when it can */
  { CMAF_MERGE_FIRST, "100 -*", 599, -1, 600 },
  { CMAF_MERGE_FIRST, "100 -*", 600, 0, -1 },
  { CMAF_MERGE_FIRST, "100 300*", 300, 1, -1 },
  { CMAF_MERGE_FIRST, "100 300*~", 300, 0, -1 },
  { CMAF_MERGE_PRIORITY, "- 300*", 300, 1, -1 },
  { CMAF_MERGE_HASH, "- 300*/=9 100=1", 300, 1, -1 },
  /* priority: a better one is waited for */
  { CMAF_MERGE_PRIORITY, "100 -", 100, 0, -1 },
  { CMAF_MERGE_PRIORITY, "- 100", 100, -1, 600 },
  { CMAF_MERGE_PRIORITY, "- 100", 600, 1, -1 },
  { CMAF_MERGE_PRIORITY, "400 100", 400, 0, -1 },
  { CMAF_MERGE_PRIORITY, "- 400 100", 450, -1, 600 }, /* the first one's hold */
  { CMAF_MERGE_PRIORITY, "- 400 100", 600, 1, -1 },
  { CMAF_MERGE_PRIORITY, "100~ 100", 100, 1, -1 }, /* filler of the best */
  { CMAF_MERGE_PRIORITY, "- 100~", 600, 1, -1 },
  /* hash: all who may still come */
  { CMAF_MERGE_HASH, "100=5", 100, 0, -1 },
  { CMAF_MERGE_HASH, "100=5 -", 100, -1, 600 },
  { CMAF_MERGE_HASH, "100=5 -", 600, 0, -1 },
  { CMAF_MERGE_HASH, "100=5 200=3", 200, 1, -1 },
  { CMAF_MERGE_HASH, "100=3 200=5", 200, 0, -1 },
  { CMAF_MERGE_HASH, "100=5 200=3/", 200, -1, 600 }, /* it grows yet */
  { CMAF_MERGE_HASH, "100=5 200=3/", 600, 0, -1 },
  { CMAF_MERGE_HASH, "100/=5 -", 9000, -1, -1 },
  { CMAF_MERGE_HASH, "100=5~ 200=9", 200, 1, -1 },
  { CMAF_MERGE_HASH, "100=5 100=5", 100, 0, -1 },
};

GST_START_TEST (test_choice)
{
  const Case *c = &cases[__i__];
  g_auto (GStrv) words = g_strsplit (c->copies, " ", -1);
  CmafMergeCopy copies[8];
  guint n = g_strv_length (words);
  GstClockTime deadline;

  for (guint i = 0; i < n; i++)
    parse_copy (words[i], i, &copies[i]);
  fail_unless_equals_int (cmaf_merge_policy_choose (c->policy, copies, n,
                              c->now * GST_MSECOND, &deadline),
      c->chosen);
  if (c->deadline < 0)
    fail_if (GST_CLOCK_TIME_IS_VALID (deadline));
  else
    fail_unless_equals_uint64 (deadline, c->deadline * GST_MSECOND);
}
GST_END_TEST;

static Suite *
merge_policy_suite (void)
{
  Suite *suite = suite_create ("merge-policy");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_choice, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (merge_policy);
