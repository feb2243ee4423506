/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/source-watch.h>
#include <stdlib.h>

/* ---- on the grid ---- */

typedef struct
{
  CmafMedia media;
  guint timescale, unit;
  guint duration_n, duration_d;
  guint64 time;
  gboolean is_on_grid;
} GridCase;

/* The vectors V1, V4, V7, A3, A4, A7 of the specification, and one unit off. */
static const GridCase grid_cases[] = {
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 156212064000000, TRUE },
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 156212064000000 + 3600, FALSE },
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 156212064000000 - 3600, FALSE },
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 156212064000000 + 17,
      TRUE }, /* phase */
  { CMAF_MEDIA_VIDEO, 30000, 1001, 1001, 500, 52070687989320, TRUE },
  { CMAF_MEDIA_VIDEO, 30000, 1001, 1001, 500, 52070687989320 + 1001, FALSE },
  { CMAF_MEDIA_VIDEO, 30000, 1001, 2, 1, 52070688000331, TRUE },
  { CMAF_MEDIA_AUDIO, 48000, 1024, 1001, 500, 83313100783616, TRUE },
  { CMAF_MEDIA_AUDIO, 48000, 1024, 1001, 500, 83313100879872, TRUE },
  { CMAF_MEDIA_AUDIO, 48000, 1024, 1001, 500, 83313100879872 - 1024, FALSE },
  { CMAF_MEDIA_AUDIO, 44100, 1024, 2, 1, 76543911360512, TRUE },
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 0, TRUE },
  { CMAF_MEDIA_VIDEO, 90000, 3600, 2, 1, 90000, FALSE },
  /* nothing to be measured by */
  { CMAF_MEDIA_VIDEO, 90000, 3600, 0, 0, 90000, TRUE },
  { CMAF_MEDIA_TEXT, 1000, 2000, 2, 1, 1000, TRUE },
};

GST_START_TEST (test_grid)
{
  const GridCase *c = &grid_cases[__i__];
  g_autoptr (CmafTrack) track = cmaf_track_new (c->media, CMAF_CODEC_AVC1);
  CmafSample sample = { .duration = c->unit };
  CmafChunk chunk = {
    .earliest_presentation_time = c->time, .n_samples = 1, .samples = &sample
  };

  track->timescale = c->timescale;
  track->segment_duration_n = c->duration_n;
  track->segment_duration_d = c->duration_d;
  fail_unless_equals_int (
      cmaf_source_watch_is_on_grid (track, &chunk), c->is_on_grid);
}
GST_END_TEST;

/* ---- verdicts ---- */

/* Segments of 100 ticks, which are on the grid at multiples of that: words of
 * start or start-end; + is more of the last one, ! on another timeline, :
 * alone. Verdicts: u use, i ignore, r refuse, Q quarantine. */
typedef struct
{
  const gchar *script;
  const gchar *verdicts;
} Case;

static const Case cases[] = {
  { "0 100 200", "uuu" },
  { "30 130", "rr" },
  { "0-30 +100 100", "uuu" },
  { "30-60 +130 200", "rru" },
  /* a boundary that was moved to a splice, once */
  { "0-130 130-200 200", "uuu" },
  { "0-130 130-230 230-330 330", "uurr" },
  { "100-170 170-200 170-200 200", "uuuu" }, /* sent again */
  { "30", "r" },                             /* it follows nothing */
  /* three in a row; what is sent again is one of them */
  { "30 130 230 330", "rrQr" },
  { "30 30 30 130 230", "rrrrQ" },
  { "30 130 200 330 430 530", "rrurrQ" },
  /* and three in a row lead out of it */
  { "30 130 230 300 400 500 630", "rrQiiur" },
  { "30 130 230 300 400 530 600 700 800", "rrQiiriiu" },
  { "30 130 230 300-350 +400 400", "rrQiii" },
  { "30 130 230 300:", "rrQu" }, /* nobody reliable sends */
  { "30: 130: 230:-260 +330 330", "uuuur" },
  { "30 130 230 330: 400 430", "rrQuur" },
  /* told once an episode */
  { "30 130 230 300 400 500 630 730 830", "rrQiiurrQ" },
  /* another timeline */
  { "0! 100! 200! 300", "rrQi" },
  { "0-50! +100!", "rr" },
};

static CmafWatchVerdict
judge_word (CmafSourceWatch *watch, const gchar *word)
{
  gboolean starts = word[0] != '+';
  gchar *rest;
  static guint64 last_end;
  guint64 time = strtoul (word + !starts, &rest, 10);
  guint64 start = starts ? time : last_end;
  guint64 end = starts ? time + 100 : time;

  if (*rest == '-')
    end = strtoul (rest + 1, &rest, 10);
  last_end = end;
  return cmaf_source_watch_judge (
      watch, starts, start % 100 == 0, *rest == '!', *rest == ':', start, end);
}

GST_START_TEST (test_verdicts)
{
  const Case *c = &cases[__i__];
  g_auto (GStrv) words = g_strsplit (c->script, " ", -1);
  g_autoptr (GString) out = g_string_new (NULL);
  CmafSourceWatch watch = { 0 };

  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_c (out, "uirQ"[judge_word (&watch, words[i])]);
  fail_unless (g_str_equal (out->str, c->verdicts), "%s gives %s, not %s",
      c->script, out->str, c->verdicts);
}
GST_END_TEST;

static Suite *
source_watch_suite (void)
{
  Suite *suite = suite_create ("source-watch");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_grid, 0, G_N_ELEMENTS (grid_cases));
  tcase_add_loop_test (tc, test_verdicts, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (source_watch);
