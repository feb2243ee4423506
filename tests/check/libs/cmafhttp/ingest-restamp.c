/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoders that count from their start: scripts of what arrives. Segments of
 * two seconds, chunks of one with a sync sample first, at 25 frames a second:
 * vTIME of video, aTIME of sound, at that second of the track. @TIME: it is
 * that many seconds after 1000; chunks come a second after they begin, unless
 * that word stands in front. What comes out: v and seconds, s where a segment
 * starts. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-restamp.h>
#include <stdlib.h>

#include "segments.h"

#define EPOCH 1000

typedef struct
{
  const gchar *script;
  const gchar *out;
} Case;

/* The clock is 100 s ahead of the first session, and so on. */
static const Case cases[] = {
  /* the fifth segment tells the offset: 1000 + 1 - 1 */
  { "@1 v0 @2 v1 @3 v2 @4 v3 @5 v4 @6 v5 @7 v6 @8 v7 @9 v8 @10 v9",
      "v1000s v1001 v1002s v1003 v1004s v1005 v1006s v1007 v1008s v1009" },
  /* it is odd: a segment begins in the middle of those that were sent */
  { "@2 v0 @3 v1 @4 v2 @5 v3 @6 v4 @7 v5 @8 v6 @9 v7 @10 v8",
      "v1001s v1002s v1003 v1004s v1005 v1006s v1007 v1008s v1009" },
  /* one is late: the median does not mind */
  { "@1 v0 @2 v1 @4 v2 @5 v3 @5 v4 @6 v5 @7 v6 @8 v7 @9 v8",
      "v1000s v1001 v1002s v1003 v1004s v1005 v1006s v1007 v1008s" },
  /* sound goes with the pictures, which came first */
  { "@1 v0 a0 @2 v1 @3 v2 @4 v3 @5 v4 @6 v5 @7 v6 @8 v7 @9 v8 @13 a1",
      "v1000s v1001 v1002s v1003 v1004s v1005 v1006s v1007 v1008s a1000s "
      "a1001" },
  /* the end comes early */
  { "@1 v0 @2 v1 end", "v1000s v1001" },
  /* a new session; what is sent again is none */
  { "@1 v0 @2 v1 end @3 v1 @4 v2 @50 v0 @51 v1 end",
      "v1000s v1001 v1001 v1002s v1049s v1050s" },
  { "@1 v0 a0 @2 v1 a1 end @50 v0 a0 end",
      "v1000s v1001 a1000s a1001 v1049s a1049s" },
  /* a track that comes later belongs to the session, or begins another */
  { "@1 v0 @2 v1 end @5 a4 end", "v1000s v1001 a1004s" },
  { "@1 v0 @2 v1 end @50 a0 end", "v1000s v1001 a1049s" },
  /* ahead of the clock */
  { "@1 v0 end @2 v500 end", "v1000s v1001s" },
};

typedef struct
{
  CmafIngestSessions *sessions;
  CmafIngestRestamp *restamps[2];
  CmafTrack *tracks[2];
  gint64 now; /* seconds */
  GString *out;
} Play;

static void
append_chunks (Play *play, guint i, GPtrArray *chunks)
{
  for (guint k = 0; k < chunks->len; k++) {
    const CmafChunk *chunk = chunks->pdata[k];
    guint timescale = play->tracks[i]->timescale;

    fail_unless_equals_uint64 (chunk->decode_time % timescale, 0);
    g_string_append_printf (play->out, "%s%c%" G_GUINT64_FORMAT "%s",
        play->out->len ? " " : "", "va"[i], chunk -> decode_time / timescale,
        chunk -> flags &CMAF_CHUNK_STARTS_SEGMENT ? "s" : "");
  }
}

static CmafChunk *
read_chunk (Play *play, guint i, guint64 second)
{
  const CmafTrack *track = play->tracks[i];
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) header = make_header (track);
  CmafSample samples[TEST_SAMPLES];
  CmafFragment fragment = { .track_id = 1,
    .decode_time = second * track->timescale,
    .samples = samples,
    .n_samples = TEST_SAMPLES,
    .starts_segment = TRUE };
  g_autoptr (GBytes) front = NULL;
  g_autofree guint8 *data = g_malloc0 (TEST_SAMPLES * TEST_SAMPLE_SIZE);
  g_autoptr (GBytes) payload =
      g_bytes_new (data, TEST_SAMPLES * TEST_SAMPLE_SIZE);

  for (guint k = 0; k < TEST_SAMPLES; k++)
    samples[k] = (CmafSample){ track->timescale / TEST_SAMPLES,
      TEST_SAMPLE_SIZE,
      k == 0 || i == 1 ? CMAF_SAMPLE_FLAGS_SYNC : CMAF_SAMPLE_FLAGS_NON_SYNC,
      0 };
  front = cmaf_fragment_write (&fragment, NULL);
  cmaf_fragment_reader_set_header (reader, (CmafTrack *)track, header);
  cmaf_fragment_reader_feed (reader, front);
  cmaf_fragment_reader_feed (reader, payload);
  fail_unless_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
  return cmaf_fragment_reader_take_chunk (reader);
}

static void
settle (Play *play)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) chunks =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);

    fail_unless (cmaf_ingest_restamp_settle (
        play->restamps[i], play->now * GST_SECOND, chunks, NULL));
    append_chunks (play, i, chunks);
  }
}

static void
run_word (Play *play, const gchar *word)
{
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  guint64 number = strtoul (word + 1, NULL, 10);
  g_autoptr (CmafChunk) chunk = NULL;
  guint i = word[0] == 'a';

  if (word[0] == '@') {
    play->now = EPOCH + (gint64)number;
    return;
  }
  if (word[0] == 'e') {
    settle (play);
    return;
  }
  chunk = read_chunk (play, i, number);
  fail_unless (cmaf_ingest_restamp_take_chunk (play->restamps[i], chunk,
      play->now * (gint64)GST_SECOND, play->now * GST_SECOND, chunks, NULL));
  append_chunks (play, i, chunks);
}

/* Track @i belongs to a new connection of @encoder. */
static void
connect_track (Play *play, guint i, const gchar *encoder)
{
  g_autoptr (GBytes) header = make_header (play->tracks[i]);
  CmafTrack *track;
  GBytes *out;

  g_clear_pointer (&play->restamps[i], cmaf_ingest_restamp_free);
  play->restamps[i] = cmaf_ingest_restamp_new (play->sessions, encoder);
  fail_unless (cmaf_ingest_restamp_take_header (
      play->restamps[i], play->tracks[i], header, &track, &out, NULL));
  fail_unless_equals_uint64 (track->segment_duration_n, 2);
}

static void
play_init (Play *play)
{
  const CmafSegmentGrid grid = { 2, 1, NULL };

  memset (play, 0, sizeof *play);
  play->out = g_string_new (NULL);
  play->sessions = cmaf_ingest_sessions_new (&grid, 1000000);
  for (guint i = 0; i < 2; i++) {
    play->tracks[i] = make_track (&test_codecs[i == 0 ? 0 : 4]);
    connect_track (play, i, "A");
  }
}

static void
run_script (Play *play, const gchar *script)
{
  g_auto (GStrv) words = g_strsplit (script, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    run_word (play, words[i]);
}

static void
play_clear (Play *play)
{
  for (guint i = 0; i < 2; i++) {
    cmaf_ingest_restamp_free (play->restamps[i]);
    cmaf_track_unref (play->tracks[i]);
  }
  cmaf_ingest_sessions_free (play->sessions);
  g_string_free (play->out, TRUE);
}

GST_START_TEST (test_sessions)
{
  const Case *c = &cases[__i__];
  Play play;

  play_init (&play);
  run_script (&play, c->script);
  fail_unless (g_str_equal (play.out->str, c->out),
      "%s\n  gives  %s\n  not    %s", c->script, play.out->str, c->out);
  play_clear (&play);
}
GST_END_TEST;

/* What may wait is bounded: then the time is taken that is likely. */
GST_START_TEST (test_waiting_is_bounded)
{
  const CmafSegmentGrid grid = { 2, 1, NULL };
  g_autoptr (CmafIngestSessions) sessions = cmaf_ingest_sessions_new (&grid, 1);
  Play play;

  play_init (&play);
  cmaf_ingest_restamp_free (play.restamps[0]);
  play.restamps[0] = cmaf_ingest_restamp_new (sessions, "A");
  {
    g_autoptr (GBytes) header = make_header (play.tracks[0]);
    CmafTrack *track;
    GBytes *out;

    fail_unless (cmaf_ingest_restamp_take_header (
        play.restamps[0], play.tracks[0], header, &track, &out, NULL));
  }
  run_word (&play, "@1");
  run_word (&play, "v0");
  fail_unless_equals_string (play.out->str, "v1000s");
  cmaf_ingest_restamp_free (play.restamps[0]);
  play.restamps[0] = cmaf_ingest_restamp_new (play.sessions, "A");
  play_clear (&play);
}
GST_END_TEST;

/* Names are the peer's to choose: whoever left is remembered until so many
 * others that sent media have left as well. */
static const struct
{
  guint n_others;
  const gchar *theirs; /* script */
  gboolean keeps_a_track;
  const gchar *out;
} names[] = {
  { 0, "end", FALSE, "v1000s v1004s" }, { 63, "@1 v0", FALSE, "v1000s v1004s" },
  { 64, "@1 v0", FALSE, "v1000s v1007s" },
  { 64, "@1 v0", TRUE, "v1000s v1004s" },
  { 5000, "@1 v0", TRUE, "v1000s v1004s" },
  { 5000, "@1", FALSE, "v1000s v1004s" }, /* they send nothing */
};

GST_START_TEST (test_encoders_that_left_are_bounded)
{
  Play play;

  play_init (&play);
  run_script (&play, "@1 v0 end");
  connect_track (&play, 1, names[__i__].keeps_a_track ? "A" : "B");
  for (guint i = 0; i < names[__i__].n_others; i++) {
    g_autofree gchar *name = g_strdup_printf ("encoder %u", i);

    connect_track (&play, 0, name);
    run_script (&play, names[__i__].theirs);
  }
  connect_track (&play, 0, "C"); /* the last of them leaves */
  connect_track (&play, 0, "A");
  run_script (&play, "@8 v4 end");
  fail_unless_equals_string (play.out->str, names[__i__].out);
  play_clear (&play);
}
GST_END_TEST;

static Suite *
ingest_restamp_suite (void)
{
  Suite *suite = suite_create ("ingest-restamp");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_sessions, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_waiting_is_bounded);
  tcase_add_loop_test (
      tc, test_encoders_that_left_are_bounded, 0, G_N_ELEMENTS (names));
  return suite;
}

GST_CHECK_MAIN (ingest_restamp);
