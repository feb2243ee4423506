/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a packager makes of the records that it finds; it has measured 10.0 s,
 * and waits until second 3. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/offset-claim.h>
#include <stdlib.h>

/* tSECONDS: record of somebody else; x: one that cannot be read; o: there was
 * none, it is ours; f: a failure; @SECONDS: that time. */
static const struct
{
  const gchar *script;
  CmafOffsetState state;
  guint number;
  gint64 offset; /* ms */
} cases[] = {
  { "", CMAF_OFFSET_ASKS, 1, 10000 },
  { "o", CMAF_OFFSET_SHARED, 1, 10000 },
  { "t10.4", CMAF_OFFSET_SHARED, 1, 10400 },
  { "t12", CMAF_OFFSET_SHARED, 1, 12000 },
  { "t8", CMAF_OFFSET_SHARED, 1, 8000 },
  /* sessions before, and one that somebody noticed and nobody else */
  { "t7.999", CMAF_OFFSET_ASKS, 2, 10000 },
  { "t1 t2 t9.5", CMAF_OFFSET_SHARED, 3, 9500 },
  { "t1 t12.001 o", CMAF_OFFSET_SHARED, 3, 10000 },
  { "t-500 t10", CMAF_OFFSET_SHARED, 2, 10000 },
  { "x o", CMAF_OFFSET_SHARED, 2, 10000 },
  /* what was settled stays */
  { "t10.4 t10.5 o @9", CMAF_OFFSET_SHARED, 1, 10400 },
  { "o t10.5", CMAF_OFFSET_SHARED, 1, 10000 },
  { "@3 t10.5 o", CMAF_OFFSET_OWN, 1, 10000 },
  /* failures are waited for, not for ever */
  { "f @1 t10.4", CMAF_OFFSET_SHARED, 1, 10400 },
  { "f @1 f @2.9", CMAF_OFFSET_ASKS, 1, 10000 },
  { "t1 f @3", CMAF_OFFSET_OWN, 2, 10000 },
};

static void
run_word (CmafOffsetClaim *claim, const gchar *word, gint64 *now)
{
  const gint64 value =
      word[0] ? (gint64)(strtod (word + 1, NULL) * G_USEC_PER_SEC) : 0;

  switch (word[0]) {
    case 't':
      cmaf_offset_claim_take_theirs (claim, &value);
      break;
    case 'x':
      cmaf_offset_claim_take_theirs (claim, NULL);
      break;
    case 'o':
      cmaf_offset_claim_take_ours (claim);
      break;
    case 'f':
      cmaf_offset_claim_take_failure (claim, *now);
      break;
    case '@':
      *now = value;
      cmaf_offset_claim_wait (claim, *now);
      break;
  }
}

GST_START_TEST (test_claims)
{
  g_auto (GStrv) words = g_strsplit (cases[__i__].script, " ", -1);
  CmafOffsetClaim claim;
  gint64 now = 0;

  cmaf_offset_claim_begin (&claim, 1, 10 * G_USEC_PER_SEC, 3 * G_USEC_PER_SEC);
  for (guint i = 0; words[i]; i++)
    run_word (&claim, words[i], &now);
  assert_equals_int (claim.state, cases[__i__].state);
  assert_equals_int (claim.number, cases[__i__].number);
  assert_equals_int64 (claim.offset, cases[__i__].offset * 1000);
}
GST_END_TEST;

GST_START_TEST (test_a_store_that_fails_is_asked_again)
{
  CmafOffsetClaim claim;

  cmaf_offset_claim_begin (&claim, 1, 0, 3 * G_USEC_PER_SEC);
  fail_unless (cmaf_offset_claim_is_due (&claim, 0));
  cmaf_offset_claim_take_failure (&claim, 0);
  fail_if (cmaf_offset_claim_is_due (&claim, G_USEC_PER_SEC - 1));
  fail_unless (cmaf_offset_claim_is_due (&claim, G_USEC_PER_SEC));
  cmaf_offset_claim_take_ours (&claim);
  fail_if (cmaf_offset_claim_is_due (&claim, G_USEC_PER_SEC));
}
GST_END_TEST;

static Suite *
offset_claim_suite (void)
{
  Suite *suite = suite_create ("offset-claim");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_claims, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_a_store_that_fails_is_asked_again);
  return suite;
}

GST_CHECK_MAIN (offset_claim);
