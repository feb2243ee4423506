/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Scripts of what arrives, and what comes out. The timescale is 1000, a chunk
 * lasts 200 ticks unless it says otherwise. Words of a script:
 *
 *   A400     chunk of source A at decode time 400; then any of
 *            s starts a segment, l is the last (lmsg), f is filler (slat),
 *            /100 lasts 100, =7 other bytes than =6, and than none of that
 *   A+ A- A. the source comes, goes, says that it has ended (come at first use)
 *   A: A^2   its segment is complete; its rank is 2
 *   *A       the encoder in use
 *   @700     it is 700 ms now
 *   end      nothing more comes
 *
 * Words of the output: A400 a chunk, s where a segment starts, ! in front of it
 * a discontinuity, (200) 200 ticks are missing, l the last of the track, and
 * <700> what was asked to be called again at, at the end of the script. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/track-merger.h>
#include <stdlib.h>

#define DURATION 200
#define SIZE 100

typedef struct
{
  const gchar *script;
  const gchar *output;
} Case;

static CmafChunk *
make_chunk (guint64 time, guint64 duration, CmafChunkFlags flags, guint content)
{
  CmafChunk *chunk = g_new0 (CmafChunk, 1);

  g_atomic_ref_count_init (&chunk->ref_count);
  chunk->bytes = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  chunk->size = SIZE;
  g_ptr_array_add (chunk->bytes, g_bytes_new (&content, sizeof content));
  chunk->flags = flags;
  chunk->decode_time = time;
  chunk->duration = duration;
  chunk->n_samples = 1;
  chunk->samples = g_new0 (CmafSample, 1);
  chunk->samples[0].duration = 40;
  return chunk;
}

static void
append_words (CmafTrackMerger *merger, GstClockTime now, GString *out)
{
  CmafMergedChunk merged = { 0 };

  while (cmaf_track_merger_pop (merger, now, &merged)) {
    g_string_append_printf (out, "%s%s%c%" G_GUINT64_FORMAT "%s%s",
        out->len ? " " : "", merged.is_discont ? "!" : "", merged.source,
        merged.chunk->decode_time, merged.starts_segment ? "s" : "",
        merged.is_last ? "l" : "");
    if (merged.gap > 0) {
      g_string_append_printf (out, "(%" G_GUINT64_FORMAT ")", merged.gap);
      assert_equals_uint64 (
          merged.gap_from + merged.gap, merged.chunk->decode_time);
    }
    cmaf_chunk_unref (merged.chunk);
  }
}

static void
push_word (
    CmafTrackMerger *merger, guint source, const gchar *word, GstClockTime now)
{
  gchar *rest;
  guint64 time = g_ascii_strtoull (word, &rest, 10), duration = DURATION;
  CmafChunkFlags flags = CMAF_CHUNK_HAS_STYP;
  guint content = 0;
  g_autoptr (CmafChunk) chunk = NULL;

  for (; *rest != '\0'; rest++) {
    if (*rest == 's')
      flags |= CMAF_CHUNK_STARTS_SEGMENT | CMAF_CHUNK_SYNC;
    else if (*rest == 'l')
      flags |= CMAF_CHUNK_LAST;
    else if (*rest == 'f')
      flags |= CMAF_CHUNK_SLATE;
    else if (*rest == '/')
      duration = strtoul (rest + 1, NULL, 10);
    else if (*rest == '=')
      content = strtoul (rest + 1, NULL, 10);
  }
  chunk = make_chunk (time, duration, flags, content);
  cmaf_track_merger_push (merger, source, chunk, now);
}

static void
run_word (CmafTrackMerger *merger, const gchar *word, GstClockTime *now)
{
  guint source = word[0];

  if (word[0] == '@') {
    *now = strtoul (word + 1, NULL, 10) * GST_MSECOND;
  } else if (word[0] == '*') {
    cmaf_track_merger_prefer (merger, word[1]);
  } else if (g_str_equal (word, "end")) {
    cmaf_track_merger_finish (merger);
  } else if (word[1] == '-') {
    cmaf_track_merger_remove_source (merger, source);
  } else if (word[1] == '.') {
    cmaf_track_merger_end_source (merger, source);
  } else if (word[1] == ':') {
    cmaf_track_merger_close_segment (merger, source);
  } else if (word[1] == '^') {
    cmaf_track_merger_add_source (merger, source);
    cmaf_track_merger_rank_source (
        merger, source, strtoul (word + 2, NULL, 10));
  } else {
    cmaf_track_merger_add_source (merger, source);
    if (word[1] != '+')
      push_word (merger, source, word + 1, *now);
  }
}

static CmafTrackMerger *
new_merger_with (CmafMergePolicy policy, guint start_hold)
{
  CmafTrackMergerConfig config;

  cmaf_track_merger_config_init (&config, 1000);
  config.max_pending = 20 * SIZE;
  config.policy = policy;
  config.start_hold = start_hold * GST_MSECOND;
  return cmaf_track_merger_new (&config);
}

static CmafTrackMerger *
new_merger (void)
{
  return new_merger_with (CMAF_MERGE_FIRST, 0);
}

static gchar *
run_script (CmafTrackMerger *merger, const gchar *script)
{
  g_auto (GStrv) words = g_strsplit (script, " ", -1);
  GString *out = g_string_new (NULL);
  GstClockTime now = 0, deadline;

  for (guint i = 0; words[i] != NULL; i++) {
    run_word (merger, words[i], &now);
    append_words (merger, now, out);
  }
  deadline = cmaf_track_merger_get_deadline (merger);
  if (GST_CLOCK_TIME_IS_VALID (deadline))
    g_string_append_printf (
        out, " <%" G_GUINT64_FORMAT ">", deadline / GST_MSECOND);
  return g_string_free (out, FALSE);
}

static const Case cases[] = {
  /* one source */
  { "A0s A200 A400 A600s", "!A0s A200 A400 A600s" },
  { "A200 A400 A600s A800", "!A600s A800" }, /* joins at a segment */
  { "A0s A0s A200 A200 A0s", "!A0s A200" },  /* sent again */
  { "A0s A200 A- A+ A0s A200 A400", "!A0s A200 A400" },
  { "A0s A220 A401", "!A0s A220 A401" }, /* rounding is no gap */
  { "A0s A230s", "!A0s <2000>" },        /* more than half a sample is one */
  /* holes */
  { "A0s A600s", "!A0s <2000>" },
  { "A0s A600s @1999 A800", "!A0s <2000>" },
  { "A0s A600s @2000", "!A0s !A600s(400)" },
  { "A0s @100 A600s @200 A200 A400", "!A0s A200 A400 A600s" },
  { "A0s A400 @5000 A600 A800s", "!A0s !A800s(600)" },
  { "A0s A400 A600 end", "!A0s" }, /* a middle without start is of no use */
  { "A0s A600s end", "!A0s !A600s(400)" },
  /* two sources: the first one wins, both are of use */
  { "A0s B0s B200 A200 A400s B400s", "!A0s A200 A400s" },
  { "A0s B0s A200 B200 B400s A400s", "!A0s A200 B400s" },
  { "A0s B0s B200", "!A0s <500>" }, /* B's middle does not fit A's start */
  { "A0s B0s B200 @499 A200", "!A0s A200" },
  { "A0s B0s B200 @500 A200 B400", "!A0s B200 B400" },
  { "A0s B0s B200 A-", "!A0s B200" }, /* dies: at once */
  { "A0s B0s B200 A200 A- B400 B600s", "!A0s A200 B400 B600s" },
  { "A0s B0s B200 B400 B600s A-", "!A0s B200 B400 B600s" },
  { "A0s/600 B0s B200 A- B400 B600s", "!A0s B600s" },
  { "B0s A0s/600 B200 B- A600s/600 @5000",
      "!B0s B200 !A600s(200)" }, /* a whole segment does not fit a half one */
  { "A1000s B0s B200 B400 B600 B800 B1000s B1200s", "!A1000s B1200s" },
  /* a late second source mends the hole of the first */
  { "A0s A400s B0s B200s B400s", "!A0s B200s A400s" },
  { "A0s B0s A400s B400s @2000 B600s", "!A0s !A400s(200) B600s" },
  /* it is silent, but its connection lives: 500 ms from the last output */
  { "A0s B0s @400 A200 B200 B400 @899", "!A0s A200 <900>" },
  { "A0s B0s @400 A200 B200 B400 @900", "!A0s A200 B400" },
  /* it continues what cuts its segments alike, and nothing else */
  { "A0s B0s/100 B100/100 B200/100 B300/100 B400s A- @5000",
      "!A0s !B400s(200)" },
  { "A0s A200 B0s B200 A400 A- B400 B600s", "!A0s A200 A400 B600s" },
  { "A0s B200 A- B400s", "!A0s B200 B400s" }, /* came in the middle */
  { "A0s B200/300 A- B500s @5000", "!A0s !B500s(300)" },
  { "A0s B0sf B200 A- B400s @5000", "!A0s !B400s(200)" }, /* a filler's rest */
  /* a moved boundary at 600, of A alone: its own next segment follows */
  { "A0s/600 B0s/400 B400s/600 A600s/400 B1000s/500 A1000s/500",
      "!A0s A600s B1000s" },
  { "B0s/400 A0s/600 A600s/400 B400s/600 A1000s", "!B0s B400s A1000s" },
  /* the end */
  { "A0s A200l", "!A0s A200l" },
  { "A0s A200 A200l", "!A0s A200" },                    /* repeated with lmsg */
  { "A0s B0s A200l/90 B200 B400l", "!A0s B200 B400l" }, /* B goes on */
  { "A0s B0s A200l/90 B200l/150", "!A0s B200l" },       /* the longer one */
  { "A0s B0s A200l", "!A0s <2000>" },
  { "A0s B0s A200l B-", "!A0s A200l" },
  { "A0s B0s A200l @2000", "!A0s A200" }, /* B may come yet: not the last */
  { "A0s B0s A200l @2000 B200l", "!A0s A200" },
  { "A0s A200l A400s", "!A0s A200l A400s" },         /* and begins again */
  { "A0s A200 end A200 A800s", "!A0s A200 !A800s" }, /* no gap */
  /* filler gives way */
  { "A0sf B0s", "!A0s" },
  { "A+ B+ A0sf B0s", "!B0s" },
  { "A+ B+ A0sf @500 B0s", "!A0s" },
  /* other timelines */
  { "A20000s A20200 A0s A200", "!A20000s A20200 !A0s A200" },
  { "A20000s A- B0s B200", "!A20000s !B0s B200" },
  { "A20000s B0s A20200s", "!A20000s A20200s" },
  { "A0s A200s B100000s @100 A400s @2200 A600s", "!A0s A200s A400s A600s" },
  { "A20000s B8000s A- B8200s B20200s", "!A20000s B20200s" }, /* merely late */
  /* behind a hole all are far from what is expected */
  { "A0s A200s B40000s A90000s @2000", "!A0s A200s !B40000s(39600) <4000>" },
  { "A0s A200s B60000s B60200 B60400 @2000",
      "!A0s A200s !B60000s(59600) B60200 B60400" },
  /* much is sent again, over a new connection */
  { "A0s A200s A30000s @2000 A- A+ A200s A30000s A30200s",
      "!A0s A200s !A30000s(29600) A30200s" },
  { "A0s A200s A30000s @2000 A- A200s=1 A400s",
      "!A0s A200s !A30000s(29600) !A200s A400s" }, /* it is something else */
  /* all of it: soon, or when it begins anew */
  { "A0s A30000s @2000 A- A0s A30000s A30200s",
      "!A0s !A30000s(29800) A30200s" },
  { "A0s A30000s @2000 A- @39900 A0s A30000s A30200s",
      "!A0s !A30000s(29800) A30200s" },
  { "A0s A30000s @2000 A- @40000 A0s A200s",
      "!A0s !A30000s(29800) !A0s A200s" },
  { "A0s @30000 A30000s @59900 A59900s @62000 A- A0s A30000s A59900s A60100s",
      "!A0s !A30000s(29800) !A59900s(29700) A60100s" },
  { "A0s @30000 A30000s @60000 A60000s @62000 A- A0s A200s",
      "!A0s !A30000s(29800) !A60000s(29800) !A0s A200s" },
  /* also behind the end */
  { "A0s A200s A30000sl @2000 end A200s A30000sl",
      "!A0s A200s !A30000sl(29600)" },
  /* no room to wait: 21 chunks of which none is due */
  { "A0s A400s A600 A800 A1000 A1200 A1400 A1600 A1800 A2000 A2200 A2400 A2600 "
    "A2800 A3000 A3200 A3400 A3600 A3800 A4000 A4200 A4400",
      "!A0s !A400s(200) A600 A800 A1000 A1200 A1400 A1600 A1800 A2000 A2200 "
      "A2400 A2600 A2800 A3000 A3200 A3400 A3600 A3800 A4000 A4200 A4400" },
};

GST_START_TEST (test_script)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafTrackMerger) merger = new_merger ();
  g_autofree gchar *out = run_script (merger, c->script);

  fail_unless (g_str_equal (out, c->output), "%s\n  gives  %s\n  not    %s",
      c->script, out, c->output);
}
GST_END_TEST;

/* ---- policies ---- */

typedef struct
{
  CmafMergePolicy policy;
  guint start_hold; /* ms */
  const gchar *script;
  const gchar *output;
} PolicyCase;

static const PolicyCase policy_cases[] = {
  /* priority: B is better than A */
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 A0s A200 B0s B200 A400s",
      "!B0s B200 <500>" },
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 A0s A200 @500 B0s B200 @900 B400s A400s",
      "!A0s A200 B400s" }, /* too late for one segment */
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 B0s B- A0s A200s", "!B0s A200s" },
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 B0s A0s A200s @100 B- A400s",
      "!B0s A200s A400s" },
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 A0s B0sf",
      "!A0s" }, /* its filler is not */
  /* a silent better one is not waited for for ever */
  { CMAF_MERGE_PRIORITY, 0, "A^1 B^0 B0s @9000 A200s @9500 @10000 A400s",
      "!B0s A200s A400s" },
  { CMAF_MERGE_PRIORITY, 0,
      "B+ A^1 B^0 @1 A0s @501 @9000 A200s @9499 @11000 "
      "A400s",
      "!A0s A200s A400s" }, /* nor one that sends nothing */
  /* hash: any order gives the same */
  { CMAF_MERGE_HASH, 0, "A+ B+ A0s=1 A: B0s=2 B:", "!B0s" },
  { CMAF_MERGE_HASH, 0, "A+ B+ B0s=2 B: A0s=1 A:", "!B0s" },
  { CMAF_MERGE_HASH, 0, "A+ B+ A0s=1 A: @499", "<500>" },
  { CMAF_MERGE_HASH, 0, "A+ B+ B0s=2 B: @500 A0s=1 A:", "!B0s" },
  { CMAF_MERGE_HASH, 0, "A0s=2 A200", "<2000>" }, /* not complete yet */
  { CMAF_MERGE_HASH, 0, "A0s=2 A200 A400s", "!A0s A200 <2000>" },
  { CMAF_MERGE_HASH, 0, "A0s=2 A200 @2000", "!A0s A200" }, /* it got stuck */
  /* one that broke off gives way */
  { CMAF_MERGE_HASH, 0, "B+ A0s=1 A- B0s=2 B200 B:", "!B0s B200" },
  { CMAF_MERGE_FIRST, 300, "B+ A0s A- B0s B200 B:", "<300>" },
  { CMAF_MERGE_FIRST, 300, "B+ A0s A- B0s B200 B: @300", "!B0s B200" },
  /* group: the encoder in use first, when it is not late */
  { CMAF_MERGE_FIRST, 0, "*B A+ B+ A0s A200s B0s B200s", "!B0s B200s" },
  { CMAF_MERGE_FIRST, 0, "*B A+ B+ A0s", "<500>" },
  { CMAF_MERGE_FIRST, 0, "*B A+ B+ A0s @500 B200s", "!A0s B200s" },
  { CMAF_MERGE_FIRST, 0, "*B A+ B+ A0s B-", "!A0s" },
  /* at the start the earliest of those that come soon */
  { CMAF_MERGE_FIRST, 500, "A600s @100 B0s B200s B400s B600s @499", "<500>" },
  { CMAF_MERGE_FIRST, 500, "A600s @100 B0s B200s B400s B600s @500",
      "!B0s B200s B400s A600s" },
  { CMAF_MERGE_FIRST, 500, "A600s @500 B0s", "!A600s" },
  { CMAF_MERGE_FIRST, 500, "A0s A.", "!A0s" }, /* nobody else is there */
  { CMAF_MERGE_FIRST, 500, "B90000s @100 A0s @500 B90200s A200s",
      "!B90000s B90200s" }, /* another timeline */
};

GST_START_TEST (test_policy)
{
  const PolicyCase *c = &policy_cases[__i__];
  g_autoptr (CmafTrackMerger) merger =
      new_merger_with (c->policy, c->start_hold);
  g_autofree gchar *out = run_script (merger, c->script);

  fail_unless (g_str_equal (g_strchug (out), c->output),
      "%s\n  gives  %s\n  not    %s", c->script, out, c->output);
}
GST_END_TEST;

/* What a receiver gets of two encoders, the faster one of which is another for
 * each segment and each receiver. */
static gchar *
make_race (GRand *rand)
{
  GString *script = g_string_new ("A+ B+");

  for (guint n = 0; n < 20; n++) {
    gchar first = g_rand_boolean (rand) ? 'A' : 'B';
    gchar second = first == 'A' ? 'B' : 'A';

    g_string_append_printf (script,
        " @%u %c%us=%u %c: @%u %c%us=%u %c:", n * 1000, first, n * DURATION,
        2 * n + (first == 'B'), first,
        n * 1000 + g_rand_int_range (rand, 0, 500), second, n * DURATION,
        2 * n + (second == 'B'), second);
  }
  return g_string_free (script, FALSE);
}

GST_START_TEST (test_hash_needs_no_talk)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (__i__);
  gchar *outputs[2];

  for (guint i = 0; i < 2; i++) {
    g_autoptr (CmafTrackMerger) merger = new_merger_with (CMAF_MERGE_HASH, 0);
    g_autofree gchar *script = make_race (rand);

    outputs[i] = run_script (merger, script);
  }
  assert_equals_string (outputs[0], outputs[1]);
  fail_unless (strchr (outputs[0], 'A') && strchr (outputs[0], 'B'));
  g_free (outputs[0]);
  g_free (outputs[1]);
}
GST_END_TEST;

/* ---- the end ---- */

typedef struct
{
  const gchar *script;
  gboolean is_ended;
} EndCase;

static const EndCase end_cases[] = {
  { "A0s", FALSE }, { "A0s A-", FALSE }, /* it may come back */
  { "A0s A.", TRUE }, { "A0s A200l", TRUE }, { "A0s B0s A200l", FALSE },
  { "A0s B0s A200l B-", TRUE }, { "A0s B0s A200l B200l", TRUE },
  { "A0s A200 A200l", TRUE }, /* sent again with lmsg */
  { "A0s B0s B200 A200l B200l", TRUE }, { "A0s B+ A200l", FALSE },
  { "A0s A200l A400", FALSE }, { "A0s A400s A.", FALSE }, /* something waits */
};

GST_START_TEST (test_ends_when_nobody_goes_on)
{
  const EndCase *c = &end_cases[__i__];
  g_autoptr (CmafTrackMerger) merger = new_merger ();
  g_autofree gchar *out G_GNUC_UNUSED = run_script (merger, c->script);

  fail_unless (cmaf_track_merger_is_ended (merger) == c->is_ended,
      "%s: %d, not %d", c->script, !c->is_ended, c->is_ended);
}
GST_END_TEST;

/* ---- accounts ---- */

typedef struct
{
  const gchar *script;
  guint segments, chunks, duplicates, dropped, gaps, missing, switches;
} StatsCase;

static const StatsCase stats_cases[] = {
  { "A0s A200 A400s end", 2, 3, 0, 0, 0, 0, 0 },
  { "A0s A200 B0s B200 A400s B400s A600 B600 end", 2, 4, 2, 4, 0, 0, 0 },
  /* of B's first copy something was needed: no duplicate, one switch */
  { "A0s B0s B200 A- B400s end", 2, 3, 0, 1, 0, 0, 1 },
  { "A0s B0s A200 B200 A- B-", 1, 2, 1, 2, 0, 0, 0 },
  { "A0s A600s @2000 A1200s end", 3, 3, 0, 0, 2, 800, 0 },
  { "A200 A400s end", 1, 1, 0, 1, 0, 0, 0 },
};

GST_START_TEST (test_accounts_are_exact)
{
  const StatsCase *c = &stats_cases[__i__];
  g_autoptr (CmafTrackMerger) merger = new_merger ();
  g_autofree gchar *out G_GNUC_UNUSED = run_script (merger, c->script);
  const CmafMergeStats *stats = cmaf_track_merger_get_stats (merger);

  assert_equals_uint64 (stats->n_segments, c->segments);
  assert_equals_uint64 (stats->n_chunks, c->chunks);
  assert_equals_uint64 (stats->n_bytes, c->chunks * SIZE);
  assert_equals_uint64 (stats->n_duplicates, c->duplicates);
  assert_equals_uint64 (stats->n_dropped, c->dropped);
  assert_equals_uint64 (stats->n_gaps, c->gaps);
  assert_equals_uint64 (stats->gap_ticks, c->missing);
  assert_equals_uint64 (stats->n_switches, c->switches);
}
GST_END_TEST;

GST_START_TEST (test_each_source_has_its_account)
{
  g_autoptr (CmafTrackMerger) merger = new_merger ();
  g_autofree gchar *out G_GNUC_UNUSED =
      run_script (merger, "A0s A200 B0s B200 B400s A400s A600 B600 end");
  const CmafMergeStats *a = cmaf_track_merger_get_source_stats (merger, 'A');
  const CmafMergeStats *b = cmaf_track_merger_get_source_stats (merger, 'B');

  assert_equals_uint64 (a->n_segments, 1);
  assert_equals_uint64 (a->n_chunks, 2);
  assert_equals_uint64 (a->n_duplicates, 1);
  assert_equals_uint64 (b->n_segments, 1);
  assert_equals_uint64 (b->n_duplicates, 1);
  fail_unless (cmaf_track_merger_get_source_stats (merger, 'C') == NULL);
}
GST_END_TEST;

/* ---- verdicts ---- */

GST_START_TEST (test_verdicts)
{
  g_autoptr (CmafTrackMerger) merger = new_merger ();
  g_autofree gchar *out G_GNUC_UNUSED = run_script (merger, "A+ B+");
  g_autoptr (CmafChunk) middle =
      make_chunk (100000, 200, CMAF_CHUNK_HAS_STYP, 0);
  g_autoptr (CmafChunk) start =
      make_chunk (100200, 200, CMAF_CHUNK_STARTS_SEGMENT, 0);
  g_autoptr (CmafChunk) elsewhere =
      make_chunk (0, 200, CMAF_CHUNK_STARTS_SEGMENT, 0);
  CmafMergedChunk merged;

  assert_equals_int (
      cmaf_track_merger_push (merger, 'A', middle, 0), CMAF_MERGE_UNUSABLE);
  assert_equals_int (
      cmaf_track_merger_push (merger, 'A', start, 0), CMAF_MERGE_TAKEN);
  fail_unless (cmaf_track_merger_pop (merger, 0, &merged));
  cmaf_chunk_unref (merged.chunk);
  assert_equals_int (
      cmaf_track_merger_push (merger, 'B', start, 0), CMAF_MERGE_DUPLICATE);
  assert_equals_int (cmaf_track_merger_push (merger, 'B', elsewhere, 0),
      CMAF_MERGE_MISALIGNED);
}
GST_END_TEST;

/* ---- property: whatever happens to two sources, what one of them delivered
 * within the hold comes out once and in order ---- */

static const CmafMergePolicy policies[] = { CMAF_MERGE_FIRST,
  CMAF_MERGE_PRIORITY, CMAF_MERGE_HASH };

#define N_CHUNKS 100
#define CHUNKS_PER_SEGMENT 5

typedef struct
{
  guint next;       /* chunk it sends next */
  guint dead_until; /* step */
  guint lag;        /* steps behind the first possible */
  gboolean is_gone;
} Sender;

static void
send_next (CmafTrackMerger *merger, guint source, Sender *sender,
    guint chunks_per_message, GstClockTime now, gboolean *delivered)
{
  guint n = sender->next;
  gboolean starts = n % CHUNKS_PER_SEGMENT == 0;
  g_autoptr (CmafChunk) chunk = NULL;

  chunk = make_chunk ((guint64)n * DURATION, DURATION * chunks_per_message,
      CMAF_CHUNK_HAS_STYP
          | (starts ? CMAF_CHUNK_STARTS_SEGMENT | CMAF_CHUNK_SYNC : 0),
      0);
  cmaf_track_merger_push (merger, source, chunk, now);
  for (guint i = 0; i < chunks_per_message; i++)
    delivered[n + i] = TRUE;
  sender->next += chunks_per_message;
  if (sender->next % CHUNKS_PER_SEGMENT == 0)
    cmaf_track_merger_close_segment (merger, source);
}

/* It dies for a while, and comes back at the live edge, at a segment. */
static void
step_sender (CmafTrackMerger *merger, GRand *rand, guint source, Sender *sender,
    guint other_dead_until, guint step, guint chunks_per_message,
    GstClockTime now, gboolean *delivered)
{
  if (step < sender->dead_until)
    return;
  if (sender->is_gone) {
    guint edge = step - MIN (step, sender->lag);

    sender->next =
        (edge + CHUNKS_PER_SEGMENT) / CHUNKS_PER_SEGMENT * CHUNKS_PER_SEGMENT;
    cmaf_track_merger_add_source (merger, source);
    sender->is_gone = FALSE;
  }
  /* one of them lives at any time, long enough to have caught up */
  if (other_dead_until + 4 * CHUNKS_PER_SEGMENT < step
      && g_rand_int_range (rand, 0, 15) == 0) {
    sender->dead_until = step + g_rand_int_range (rand, 1, 12);
    sender->is_gone = TRUE;
    cmaf_track_merger_remove_source (merger, source);
    return;
  }
  while (sender->next + chunks_per_message + sender->lag <= step
         && sender->next + chunks_per_message <= N_CHUNKS)
    send_next (merger, source, sender, chunks_per_message, now, delivered);
}

static void
take_all (CmafTrackMerger *merger, GstClockTime now, GArray *times)
{
  CmafMergedChunk merged;

  while (cmaf_track_merger_pop (merger, now, &merged)) {
    guint n = merged.chunk->duration / DURATION;

    for (guint i = 0; i < n; i++) {
      guint64 time = merged.chunk->decode_time / DURATION + i;

      g_array_append_val (times, time);
    }
    cmaf_chunk_unref (merged.chunk);
  }
}

GST_START_TEST (test_any_death_leaves_no_hole_and_no_copy)
{
  guint chunks_per_message = __i__ % 2 ? CHUNKS_PER_SEGMENT : 1;
  g_autoptr (CmafTrackMerger) merger =
      new_merger_with (policies[__i__ % G_N_ELEMENTS (policies)], 0);
  g_autoptr (GRand) rand = g_rand_new_with_seed (__i__);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean delivered[N_CHUNKS + CHUNKS_PER_SEGMENT] = { FALSE };
  Sender a = { 0 }, b = { 0 };
  guint64 begin;

  b.lag = g_rand_int_range (rand, 0, 9);
  cmaf_track_merger_add_source (merger, 'A');
  cmaf_track_merger_add_source (merger, 'B');
  cmaf_track_merger_rank_source (merger, __i__ % 5 ? 'A' : 'B', 1);
  for (guint step = 0; step < N_CHUNKS + 60; step++) {
    GstClockTime now = step * DURATION * GST_MSECOND;

    step_sender (merger, rand, 'A', &a, b.dead_until, step, chunks_per_message,
        now, delivered);
    take_all (merger, now, times);
    step_sender (merger, rand, 'B', &b, a.dead_until, step, chunks_per_message,
        now, delivered);
    take_all (merger, now, times);
  }
  cmaf_track_merger_finish (merger);
  take_all (merger, G_MAXINT64, times);

  fail_unless (times->len > 0);
  begin = g_array_index (times, guint64, 0);
  for (guint i = 0; i < times->len; i++)
    assert_equals_uint64 (g_array_index (times, guint64, i), begin + i);
  for (guint64 n = begin + times->len; n < N_CHUNKS; n++)
    fail_if (delivered[n], "chunk %" G_GUINT64_FORMAT " was lost", n);
  assert_equals_uint64 (cmaf_track_merger_get_stats (merger)->n_gaps, 0);
}
GST_END_TEST;

/* Whatever arrives: what comes out never goes back. */
GST_START_TEST (test_output_never_goes_back)
{
  g_autoptr (CmafTrackMerger) merger = new_merger_with (
      policies[__i__ % G_N_ELEMENTS (policies)], __i__ % 2 * 300);
  g_autoptr (GRand) rand = g_rand_new_with_seed (__i__);
  guint64 end = 0, n_pushed = 0;
  const CmafMergeStats *stats = cmaf_track_merger_get_stats (merger);
  GstClockTime now = 0;

  for (guint i = 0; i < 2000; i++) {
    guint source = 'A' + g_rand_int_range (rand, 0, 3);
    gint base = i * 10 + g_rand_int_range (rand, -2000, 2000);
    guint64 time = MAX (base, 0) / 50 * 50;
    g_autoptr (CmafChunk) chunk = make_chunk (time,
        g_rand_int_range (rand, 1, 5) * 50, g_rand_int_range (rand, 0, 64), 0);
    CmafMergedChunk merged;

    cmaf_track_merger_add_source (merger, source);
    cmaf_track_merger_rank_source (merger, source, source);
    if (g_rand_int_range (rand, 0, 9) == 0)
      cmaf_track_merger_prefer (merger, 'A' + g_rand_int_range (rand, 0, 4));
    if (g_rand_int_range (rand, 0, 9) == 0)
      cmaf_track_merger_close_segment (merger, source);
    if (g_rand_int_range (rand, 0, 50) == 0)
      cmaf_track_merger_remove_source (merger, source);
    cmaf_track_merger_push (merger, source, chunk, now);
    n_pushed++;
    now += g_rand_int_range (rand, 0, 50) * GST_MSECOND;
    if (i == 1999)
      cmaf_track_merger_finish (merger);
    while (cmaf_track_merger_pop (merger, now, &merged)) {
      fail_unless (merged.chunk->decode_time + 20 >= end);
      assert_equals_uint64 (merged.gap > 0, merged.gap_from > 0);
      end = merged.chunk->decode_time + merged.chunk->duration;
      cmaf_chunk_unref (merged.chunk);
    }
  }
  assert_equals_uint64 (stats->n_chunks + stats->n_dropped, n_pushed);
}
GST_END_TEST;

static Suite *
track_merger_suite (void)
{
  Suite *suite = suite_create ("track-merger");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_script, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, test_policy, 0, G_N_ELEMENTS (policy_cases));
  tcase_add_loop_test (tc, test_hash_needs_no_talk, 0, 10);
  tcase_add_loop_test (
      tc, test_ends_when_nobody_goes_on, 0, G_N_ELEMENTS (end_cases));
  tcase_add_loop_test (
      tc, test_accounts_are_exact, 0, G_N_ELEMENTS (stats_cases));
  tcase_add_test (tc, test_each_source_has_its_account);
  tcase_add_test (tc, test_verdicts);
  tcase_add_loop_test (tc, test_any_death_leaves_no_hole_and_no_copy, 0, 200);
  tcase_add_loop_test (tc, test_output_never_goes_back, 0, 30);
  return suite;
}

GST_CHECK_MAIN (track_merger);
