/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/text-pace.h>

#define S GST_SECOND
#define LIVE(now) .is_live = TRUE, .clock = now
#define OTHERS(time) .has_others = TRUE, .others = time
#define ENDED .others_ended = TRUE
#define INPUT(time) .input = time
#define INPUT_ENDED .input_ended = TRUE
#define SILENT(time) .since_input = time

/* The next segment ends at 10 s. @waits: c the clock, o the others, s for
 * silence. */
typedef struct
{
  CmafTextFacts facts;
  guint64 time;
  gboolean has_ended;
  const gchar *waits;
} Case;

static const Case cases[] = {
  /* alone: the next cue or gap, then the end of the last cue */
  { { INPUT (9 * S) }, 9 * S, FALSE, "" },
  { { INPUT (9 * S), SILENT (60 * S) }, 9 * S, FALSE, "" },
  { { INPUT (9 * S), INPUT_ENDED, .last_end = 11 * S }, 11 * S, TRUE, "" },
  { { INPUT (12 * S), INPUT_ENDED, .last_end = 11 * S }, 12 * S, TRUE, "" },
  /* a file beside other tracks: with the slower one */
  { { INPUT (99 * S), OTHERS (8 * S) }, 8 * S, FALSE, "o" },
  { { INPUT (7 * S), OTHERS (8 * S) }, 7 * S, FALSE, "o" },
  { { INPUT (7 * S), OTHERS (12 * S) }, 7 * S, FALSE, "s" },
  { { INPUT (11 * S), OTHERS (12 * S) }, 11 * S, FALSE, "" },
  { { INPUT (7 * S), OTHERS (12 * S), SILENT (1999 * GST_MSECOND) }, 7 * S,
      FALSE, "s" },
  { { INPUT (7 * S), OTHERS (12 * S), SILENT (2 * S) }, 12 * S, FALSE, "" },
  { { INPUT (7 * S), OTHERS (8 * S), INPUT_ENDED }, 8 * S, FALSE, "o" },
  { { INPUT (7 * S), OTHERS (8 * S), ENDED }, 7 * S, FALSE, "s" },
  { { INPUT (9 * S), OTHERS (8 * S), ENDED }, 8 * S, TRUE, "" },
  { { INPUT (7 * S), OTHERS (8 * S), ENDED, INPUT_ENDED }, 8 * S, TRUE, "" },
  { { INPUT (7 * S), OTHERS (8 * S), ENDED, SILENT (2 * S) }, 8 * S, TRUE, "" },
  /* live: the clock */
  { { LIVE (9 * S) }, 9 * S, FALSE, "c" },
  { { LIVE (9 * S), INPUT (11 * S), OTHERS (12 * S) }, 9 * S, FALSE, "c" },
  { { LIVE (9 * S), INPUT (1 * S), SILENT (60 * S), OTHERS (1 * S) }, 9 * S,
      FALSE, "c" },
  { { LIVE (9 * S), INPUT_ENDED }, 9 * S, TRUE, "c" },
  { { LIVE (9 * S), INPUT_ENDED, OTHERS (8 * S) }, 9 * S, FALSE, "c" },
  { { LIVE (9 * S), INPUT_ENDED, OTHERS (8 * S), SILENT (5 * S) }, 9 * S, TRUE,
      "c" },
  { { LIVE (9 * S), INPUT_ENDED, OTHERS (8 * S), ENDED }, 8 * S, TRUE, "c" },
  { { LIVE (9 * S), OTHERS (8 * S), ENDED }, 9 * S, FALSE, "c" },
};

GST_START_TEST (test_what_closes_a_segment)
{
  const Case *c = &cases[__i__];
  const CmafTextPace pace = cmaf_text_pace (&c->facts, 10 * S);
  g_autofree gchar *waits = g_strconcat (pace.waits_for_clock ? "c" : "",
      pace.waits_for_others ? "o" : "", pace.waits_for_silence ? "s" : "",
      NULL);

  assert_equals_uint64 (pace.time, c->time);
  assert_equals_int (pace.has_ended, c->has_ended);
  assert_equals_string (waits, c->waits);
}
GST_END_TEST;

static Suite *
text_pace_suite (void)
{
  Suite *suite = suite_create ("text-pace");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_what_closes_a_segment, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (text_pace);
