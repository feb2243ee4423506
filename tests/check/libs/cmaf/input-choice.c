/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/input-choice.h>

#define PATIENCE 200
#define NOW 10000

/* Of each input: i has items, r has just given something, l did so too long
 * ago, w is waited for (not live), e has ended, x is full and has ended, "-"
 * has not begun. */
static const struct
{
  const gchar *inputs;
  gint active, chosen;
} choices[] = {
  { "--", CMAF_NO_INPUT, CMAF_NO_INPUT }, { "-i", CMAF_NO_INPUT, 1 },
  { "ii", CMAF_NO_INPUT, 0 }, { "ii", 1, 1 }, /* it stays */
  { "ri", 0, 0 },                             /* late is not lost */
  { "li", 0, 1 }, { "lr", 0, 1 }, /* which has nothing that is due yet */
  { "ll", 0, 0 }, { "lle", 1, 1 }, { "llr", 1, 2 }, { "wi", 0, 0 },
  { "ei", 0, 1 }, { "xi", 0, 0 }, /* to its last item */
  { "e-", 0, 0 }, { "rl", 1, 0 }, /* back to the first */
};

static CmafInputFacts
facts_of (gchar c)
{
  CmafInputFacts facts = { 0 };

  facts.has_items = c == 'i' || c == 'x';
  facts.has_ended = c == 'e' || c == 'x';
  facts.is_live = c != 'w';
  facts.has_begun = c != '-';
  facts.arrived = c == 'l' || c == 'w' ? NOW - PATIENCE : NOW - PATIENCE + 1;
  return facts;
}

GST_START_TEST (test_one_stays_until_it_is_lost)
{
  const gchar *inputs = choices[__i__].inputs;
  CmafInputFacts facts[4];

  for (guint i = 0; inputs[i]; i++)
    facts[i] = facts_of (inputs[i]);
  assert_equals_int (cmaf_input_choose (facts, (guint)strlen (inputs),
                         choices[__i__].active, PATIENCE, NOW),
      choices[__i__].chosen);
}
GST_END_TEST;

GST_START_TEST (test_the_answer_may_change_with_time)
{
  CmafInputFacts facts = facts_of ('r');
  gint64 at = 0;

  fail_unless (cmaf_input_choice_expires (&facts, PATIENCE, &at));
  assert_equals_int64 (at, NOW + 1);
  fail_if (cmaf_input_choice_expires (&facts, GST_CLOCK_TIME_NONE, &at));
  for (const gchar *c = "iwe-"; *c; c++) {
    facts = facts_of (*c);
    fail_if (cmaf_input_choice_expires (&facts, PATIENCE, &at));
  }
}
GST_END_TEST;

static Suite *
input_choice_suite (void)
{
  Suite *suite = suite_create ("input-choice");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_one_stays_until_it_is_lost, 0, G_N_ELEMENTS (choices));
  tcase_add_test (tcase, test_the_answer_may_change_with_time);
  return suite;
}

GST_CHECK_MAIN (input_choice);
