/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One picture a second, of a source with a clock of its own. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/anchor-watch.h>

#define MS ((gint64)GST_MSECOND)
#define SECOND ((gint64)GST_SECOND)
#define HOUR (3600 * SECOND)
#define MAX_ERROR (500 * MS)

typedef struct
{
  gint64 origin; /* clock less media time, at first */
  gint64 ppm;    /* of the clock */
  gint64 step;   /* of the clock, after an hour */
  gint64 late;   /* every seventh picture, and from then on all for 15 s */
  guint seconds;
  guint off, drifted; /* how often that is told */
  gint64 least, most; /* seconds after which it has drifted */
} Case;

static const Case cases[] = {
  { 0, 0, 0, 0, 20000, 0, 0, 0, 0 },
  { 0, 30, 0, 0, 16000, 0, 0, 0, 0 },
  { 0, 30, 0, 0, 40000, 0, 1, 16667, 16800 },
  { 0, -30, 0, 0, 40000, 0, 1, 16667, 16800 },
  { 100 * MS, 30, 0, 0, 20000, 0, 1, 13333, 13500 },
  { -100 * MS, 30, 0, 0, 19900, 0, 0, 0, 0 },
  { -100 * MS, 30, 0, 0, 21000, 0, 1, 20000, 20200 },
  /* pictures that come late say nothing of the clock */
  { 0, 30, 0, 900 * MS, 40000, 0, 1, 16667, 16800 },
  /* nor does one that is stepped: only what drifts counts */
  { 0, 0, HOUR, 0, 20000, 0, 0, 0, 0 },
  { 0, 0, -HOUR, 0, 20000, 0, 0, 0, 0 },
  { 0, 0, 600 * MS, 0, 20000, 0, 0, 0, 0 },
  { 0, 30, HOUR, 0, 40000, 0, 1, 16600, 16900 },
  /* the way is long, or the pair is wrong: that alone is no drift */
  { 2 * SECOND, 0, 0, 0, 20000, 1, 0, 0, 0 },
  { -HOUR, 30, 0, 0, 40000, 1, 1, 16600, 16900 },
};

static gint64
find_clock (const Case *c, gint64 media_time, guint second)
{
  gint64 clock = media_time + c->origin + second * c->ppm * 1000;

  if (second >= 3600)
    clock += c->step;
  if (second % 7 == 3 || (second >= 3600 && second < 3615))
    clock += c->late;
  return clock;
}

GST_START_TEST (test_drift_is_told_once)
{
  const Case *c = &cases[__i__];
  guint n[3] = { 0 };
  gint64 at = 0;
  CmafAnchorWatch watch;

  cmaf_anchor_watch_init (&watch, MAX_ERROR);
  for (guint second = 0; second < c->seconds; second++) {
    const gint64 media_time = 1735689600 * SECOND + second * SECOND;
    CmafAnchorState state = cmaf_anchor_watch_measure (
        &watch, media_time, find_clock (c, media_time, second));

    n[state]++;
    if (state == CMAF_ANCHOR_DRIFTED) {
      at = second;
      fail_unless (ABS (cmaf_anchor_watch_drift (&watch)) > MAX_ERROR);
    }
  }
  assert_equals_int (n[CMAF_ANCHOR_OFF], c->off);
  assert_equals_int (n[CMAF_ANCHOR_DRIFTED], c->drifted);
  fail_unless (at >= c->least && at <= c->most, "after %" G_GINT64_FORMAT, at);
}
GST_END_TEST;

/* When it has come back by half, the next time is another episode. */
GST_START_TEST (test_the_next_episode_is_told)
{
  CmafAnchorWatch watch;
  guint n = 0;

  cmaf_anchor_watch_init (&watch, MAX_ERROR);
  for (gint64 second = 0; second < 40000; second++) {
    const gint64 turn = second % 20000;
    const gint64 drift = MIN (turn, 20000 - turn) * 60000;

    n += cmaf_anchor_watch_measure (
             &watch, second * SECOND, second * SECOND + drift)
         == CMAF_ANCHOR_DRIFTED;
  }
  assert_equals_int (n, 2);
}
GST_END_TEST;

static Suite *
anchor_watch_suite (void)
{
  Suite *suite = suite_create ("anchor-watch");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_drift_is_told_once, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_the_next_episode_is_told);
  return suite;
}

GST_CHECK_MAIN (anchor_watch);
