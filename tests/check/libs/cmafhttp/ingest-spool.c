/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What waits for upload: where segments end, what is repeated at the end, what
 * is given up, what a long request may have lost. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-spool.h>

#include "chunk-fixtures.h"
#include "segments.h"

typedef struct
{
  CmafTrack *track;
  GBytes *header;
  CmafIngestSpool spool;
  gsize size; /* of a segment */
} Fixture;

/* Segments of a second, five chunks each. */
static void
setup (Fixture *f)
{
  f->track = make_track (&test_codecs[0]);
  f->track->segment_duration_n = f->track->segment_duration_d = 1;
  f->header = make_header (f->track);
  cmaf_ingest_spool_init (&f->spool, 1 << 20, 10 * GST_SECOND);
  cmaf_ingest_spool_set_header (&f->spool, f->track, f->header);
}

static void
teardown (Fixture *f)
{
  cmaf_ingest_spool_clear (&f->spool);
  g_bytes_unref (f->header);
  cmaf_track_unref (f->track);
}

static void
push (Fixture *f, guint64 first, guint n, gboolean is_last)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) bytes =
        make_chunks (f->track, first + i, 1, is_last && i + 1 == n, 0);
    g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
    g_autoptr (CmafChunk) chunk = NULL;

    cmaf_fragment_reader_set_header (reader, f->track, f->header);
    cmaf_fragment_reader_feed (reader, bytes);
    assert_equals_int (
        cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
    chunk = cmaf_fragment_reader_take_chunk (reader);
    cmaf_ingest_spool_push (&f->spool, chunk);
  }
}

/* "0:5 1:2+": segments with their chunks; + grows, s sent, l ends with lmsg */
static void
assert_spool (Fixture *f, const gchar *expected)
{
  GString *text = g_string_new (NULL);

  for (GList *l = f->spool.segments.head; l; l = l->next) {
    CmafSpoolSegment *segment = l->data;
    CmafChunk *last = segment->chunks->pdata[segment->chunks->len - 1];

    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT ":%u%s%s%s",
        l->prev ? " " : "", segment->place.decode_time / 90000,
        segment->chunks->len, segment->is_complete ? "" : "+",
        segment->is_sent ? "s" : "", last->flags & CMAF_CHUNK_LAST ? "l" : "");
  }
  assert_equals_string (text->str, expected);
  g_string_free (text, TRUE);
}

GST_START_TEST (test_segments_end_where_the_grid_says)
{
  Fixture f;

  setup (&f);
  push (&f, 0, 4, FALSE);
  assert_spool (&f, "0:4+");
  push (&f, 4, 1, FALSE);
  assert_spool (&f, "0:5");
  push (&f, 5, 2, FALSE);
  assert_spool (&f, "0:5 1:2+");
  push (&f, 7, 1, TRUE);
  assert_spool (&f, "0:5 1:3l");
  teardown (&f);
}
GST_END_TEST;

typedef struct
{
  guint starts[6]; /* frames; the last one ends it */
  guint chunk;     /* frames in each, at the most */
  guint sent[5];   /* the numbers by the sender */
  const gchar *numbers;
} Moved;

/* Edge 2 is frame 50. */
static const Moved moved[] = {
  { { 0, 25, 50, 75, 100 }, 25, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 38, 75, 100 }, 37, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 38, 75, 100 }, 5, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 49, 75, 100 }, 26, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 62, 75, 100 }, 37, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 62, 75, 100 }, 5, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 60, 75, 100 }, 25, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 25, 60, 75, 100 }, 10, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 38, 75, 100 }, 10, { 2, 3 }, "2 3" },                  /* the first one */
  { { 0, 25, 65, 75, 100 }, 40, { 0, 1, 2, 3 }, "0 1 2 3" }, /* no key frame */
  { { 0, 25, 65, 75, 100 }, 5, { 0, 1, 2, 3 }, "0 1 2 3" },
  { { 0, 38, 75, 100 }, 50, { 0, 1, 3 }, "0 1 3" }, /* at two edges */
  /* no splice moves that far */
  { { 0, 25, 30, 50, 75 }, 25, { 0, 1, 2, 2 }, "0 1 1 2" },
};

static void
push_part (Fixture *f, const Moved *c, guint segment, guint at)
{
  const guint end = MIN (at + c->chunk, c->starts[segment + 1]);
  FixtureChunk part = { .decode_time = at * 3600,
    .n_samples = end - at,
    .not_sync = at > c->starts[segment],
    .no_start = at > c->starts[segment] };
  const gboolean is_end = end == c->starts[segment + 1];
  g_autoptr (CmafChunk) chunk = NULL;
  const CmafSpoolSegment *newest;

  part.marks = fixture_marks (f->track, &part, c->sent[segment], is_end);
  chunk = fixture_chunk (f->track, &part);
  cmaf_ingest_spool_push (&f->spool, chunk);
  newest = f->spool.segments.tail->data;
  assert_equals_int (newest->is_complete, is_end);
}

/* And end at once. */
GST_START_TEST (test_moved_segments_have_numbers_of_their_own)
{
  const Moved *c = &moved[__i__];
  GString *numbers = g_string_new (NULL);
  Fixture f;

  setup (&f);
  for (guint i = 0; c->starts[i + 1]; i++)
    for (guint at = c->starts[i]; at < c->starts[i + 1]; at += c->chunk)
      push_part (&f, c, i, at);
  for (GList *l = f.spool.segments.head; l; l = l->next) {
    const CmafSpoolSegment *segment = l->data;

    g_string_append_printf (numbers, "%s%" G_GUINT64_FORMAT, l->prev ? " " : "",
        cmaf_ingest_naming_number (f.track, &segment->place));
  }
  assert_equals_string (numbers->str, c->numbers);
  g_string_free (numbers, TRUE);
  teardown (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_header_ends_the_segment_before)
{
  g_autoptr (GBytes) other = NULL;
  Fixture f;

  setup (&f);
  push (&f, 0, 2, FALSE);
  f.track->width = 320;
  other = make_header (f.track);
  cmaf_ingest_spool_set_header (&f.spool, f.track, other);
  assert_spool (&f, "0:2");
  push (&f, 5, 1, FALSE);
  fail_unless (
      ((CmafSpoolSegment *)f.spool.segments.head->data)->header == f.header);
  fail_unless (
      ((CmafSpoolSegment *)f.spool.segments.tail->data)->header == other);
  teardown (&f);
}
GST_END_TEST;

typedef struct
{
  guint n_taken;
  gboolean has_length, is_gone, repeats_whole;
  const gchar *spool;
} End;

static const End ends[] = {
  { 0, FALSE, FALSE, FALSE, "0:5l" },
  { 4, FALSE, FALSE, FALSE, "0:5l" },
  { 5, FALSE, FALSE, FALSE, "0:5 0:1l" },
  { 0, TRUE, FALSE, FALSE, "0:5 0:1l" },
  { 5, FALSE, FALSE, TRUE, "0:5 0:5l" },
  { 5, FALSE, TRUE, FALSE, "0:1l" },
  { 5, FALSE, TRUE, TRUE, "0:5l" },
};

GST_START_TEST (test_the_end_is_said_once)
{
  const End *c = &ends[__i__];
  CmafSpoolSegment *segment;
  guint64 bytes = 0;
  Fixture f;

  setup (&f);
  f.spool.repeats_whole = c->repeats_whole;
  push (&f, 0, 5, FALSE);
  segment = cmaf_ingest_spool_peek (&f.spool);
  segment->n_taken = c->n_taken;
  segment->has_length = c->has_length;
  if (c->is_gone)
    cmaf_ingest_spool_remove (&f.spool, segment);
  cmaf_ingest_spool_finish (&f.spool);
  assert_spool (&f, c->spool);
  for (GList *l = f.spool.segments.head; l; l = l->next)
    bytes += ((CmafSpoolSegment *)l->data)->size;
  assert_equals_uint64 (f.spool.bytes, bytes);
  cmaf_ingest_spool_finish (&f.spool);
  assert_spool (&f, c->spool);
  teardown (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_track_that_said_its_end_is_left_alone)
{
  Fixture f;

  setup (&f);
  cmaf_ingest_spool_finish (&f.spool);
  assert_spool (&f, "");
  push (&f, 0, 5, TRUE);
  cmaf_ingest_spool_finish (&f.spool);
  assert_spool (&f, "0:5l");
  teardown (&f);
}
GST_END_TEST;

GST_START_TEST (test_limits)
{
  CmafSpoolSegment *first, *dropped;
  Fixture f;

  setup (&f);
  f.spool.max_time = 2 * GST_SECOND;
  push (&f, 0, 10, FALSE);
  fail_if (cmaf_ingest_spool_is_full (&f.spool));
  push (&f, 10, 1, FALSE);
  fail_unless (cmaf_ingest_spool_is_full (&f.spool));
  f.spool.max_time = 60 * GST_SECOND;
  fail_if (cmaf_ingest_spool_is_full (&f.spool));
  f.spool.max_bytes = f.spool.bytes - 1;
  fail_unless (cmaf_ingest_spool_is_full (&f.spool));

  /* not the one that is under way */
  first = cmaf_ingest_spool_peek (&f.spool);
  dropped = cmaf_ingest_spool_drop_oldest (&f.spool, first);
  assert_equals_uint64 (dropped->place.decode_time, 90000);
  fail_unless (dropped->is_dropped);
  cmaf_spool_segment_unref (dropped);
  assert_spool (&f, "0:5 2:1+");
  fail_unless (cmaf_ingest_spool_drop_oldest (&f.spool, first) == NULL);
  dropped = cmaf_ingest_spool_drop_oldest (&f.spool, NULL);
  cmaf_spool_segment_unref (dropped);
  /* nor the newest, which cannot be full alone */
  fail_unless (cmaf_ingest_spool_drop_oldest (&f.spool, NULL) == NULL);
  f.spool.max_bytes = 1;
  fail_if (cmaf_ingest_spool_is_full (&f.spool));
  assert_spool (&f, "2:1+");
  teardown (&f);
}
GST_END_TEST;

/* All at second @at. */
static void
send_all (Fixture *f, guint at)
{
  CmafSpoolSegment *segment;

  while ((segment = cmaf_ingest_spool_peek (&f->spool)))
    cmaf_ingest_spool_mark_sent (&f->spool, segment, at * GST_SECOND);
}

/* But the last @n_segments, @in_flight bytes and, of what was sent since second
 * @since, @bytes. */
static guint
confirm (
    Fixture *f, guint n_segments, gsize in_flight, gsize bytes, guint since)
{
  CmafSpoolDoubt doubt = { n_segments * 90000, in_flight, bytes,
    since * GST_SECOND };
  guint64 n_bytes = 0;
  guint n = cmaf_ingest_spool_confirm (&f->spool, &doubt, &n_bytes);

  assert_equals_uint64 (n_bytes, n * f->size);
  return n;
}

static void
setup_sent (Fixture *f, guint n_segments)
{
  setup (f);
  push (f, 0, n_segments * 5, FALSE);
  f->size = ((CmafSpoolSegment *)f->spool.segments.head->data)->size;
  send_all (f, 100);
  assert_equals_uint64 (f->spool.bytes, 0);
}

GST_START_TEST (test_what_was_sent_is_kept_until_it_is_confirmed)
{
  Fixture f;

  setup_sent (&f, 5);
  assert_spool (&f, "0:5s 1:5s 2:5s 3:5s 4:5s");
  assert_equals_int (confirm (&f, 3, 0, 0, 101), 2);
  assert_spool (&f, "2:5s 3:5s 4:5s");
  /* more is on its way than that */
  assert_equals_int (confirm (&f, 1, 2 * f.size + 1, 0, 101), 0);
  assert_equals_int (confirm (&f, 1, f.size + 1, f.size, 100), 0);
  /* it is too long ago that anybody would keep it back */
  assert_equals_int (confirm (&f, 1, f.size + 1, f.size, 101), 1);
  cmaf_ingest_spool_rewind (&f.spool);
  assert_spool (&f, "3:5 4:5");
  assert_equals_uint64 (f.spool.bytes, 2 * f.size);
  send_all (&f, 102);
  assert_equals_int (confirm (&f, 0, 0, 0, 103), 2);
  assert_spool (&f, "");
  teardown (&f);
}
GST_END_TEST;

/* What counts as arrived, and was sent lately, comes again after a break, in
 * front of the rest; neither is it counted twice nor does it fill the spool. */
GST_START_TEST (test_what_was_sent_lately_is_sent_again)
{
  CmafSpoolSegment *segment;
  Fixture f;

  setup_sent (&f, 2);
  push (&f, 10, 15, FALSE);
  send_all (&f, 108);
  assert_equals_int (confirm (&f, 1, 0, 0, 100), 4);
  assert_spool (&f, "4:5s");
  cmaf_ingest_spool_rewind (&f.spool);
  assert_spool (&f, "4:5");
  assert_equals_uint64 (f.spool.bytes, f.size);
  assert_equals_uint64 (cmaf_ingest_spool_get_time (&f.spool), GST_SECOND);
  f.spool.max_time = 0;
  fail_if (cmaf_ingest_spool_is_full (&f.spool));
  f.spool.max_time = 30 * GST_SECOND;
  for (guint n = 0; n < 5; n++) {
    segment = cmaf_ingest_spool_peek (&f.spool);
    assert_equals_uint64 (segment->place.decode_time, n * 90000);
    cmaf_ingest_spool_mark_sent (&f.spool, segment, 110 * GST_SECOND);
    assert_equals_int (confirm (&f, 1, 0, 0, 102), 0);
  }
  assert_equals_uint64 (f.spool.bytes, 0);
  /* too long ago */
  assert_equals_int (confirm (&f, 1, 0, 0, 111), 0);
  cmaf_ingest_spool_rewind (&f.spool);
  segment = cmaf_ingest_spool_peek (&f.spool);
  assert_equals_uint64 (segment->place.decode_time, 4 * 90000);
  teardown (&f);
}
GST_END_TEST;

typedef struct
{
  guint n_segments; /* that max_bytes allows */
  guint max_seconds;
  guint first; /* that is sent again */
} Limits;

static const Limits limits[] = { { 100, 100, 0 }, { 3, 100, 5 }, { 100, 2, 6 },
  { 0, 100, 8 } };

/* As much is kept as may wait. */
GST_START_TEST (test_what_is_kept_is_bounded)
{
  const Limits *c = &limits[__i__];
  GQueue dropped = G_QUEUE_INIT;
  CmafSpoolSegment *segment;
  guint n_repeated;
  Fixture f;

  setup_sent (&f, 10);
  f.spool.max_bytes = c->n_segments * f.size;
  f.spool.max_time = c->max_seconds * GST_SECOND;
  assert_equals_int (confirm (&f, 2, 0, 0, 100), 8);
  cmaf_ingest_spool_rewind (&f.spool);
  segment = cmaf_ingest_spool_peek (&f.spool);
  assert_equals_uint64 (segment->place.decode_time, c->first * 90000);
  /* and what has never been sent goes before it, which is told */
  n_repeated = 8 - c->first;
  assert_equals_int (
      cmaf_ingest_spool_drop_repeated (&f.spool, segment, &dropped),
      MAX (n_repeated, 1) - 1);
  fail_unless (cmaf_ingest_spool_peek (&f.spool) == segment);
  cmaf_ingest_spool_drop_repeated (&f.spool, NULL, &dropped);
  assert_equals_int (dropped.length, n_repeated);
  g_queue_clear_full (&dropped, (GDestroyNotify)cmaf_spool_segment_unref);
  segment = cmaf_ingest_spool_peek (&f.spool);
  assert_equals_uint64 (segment->place.decode_time, 8 * 90000);
  teardown (&f);
}
GST_END_TEST;

/* When the disk is full, only as much is given up as makes room to go on there,
 * however long that is which lies on it. */
GST_START_TEST (test_a_disk_that_fails_keeps_what_it_has)
{
  CmafSpoolSegment *newest;
  Fixture f;
  guint n = 0;

  setup (&f);
  f.spool.max_stored = 1 << 30;
  f.spool.max_bytes = 30000;
  for (guint64 i = 0; i < 1800; i++) {
    CmafStoredSegment stored = { .number = i + 1,
      .place = { .decode_time = i * 90000 },
      .duration = 90000,
      .timescale = 90000,
      .size = 20000 };

    cmaf_ingest_spool_add_stored (&f.spool, &stored);
  }
  push (&f, 1800 * 5, 5, FALSE);
  cmaf_ingest_spool_mark_failed (&f.spool);
  fail_unless (!cmaf_ingest_spool_is_full (&f.spool));
  for (guint64 k = 1801; f.spool.bytes <= 30000; k++)
    push (&f, k * 5, 5, FALSE);
  fail_unless (f.spool.bytes <= 50000);
  /* each time it is tried in vain there is more to be freed */
  for (guint tries = 1; tries <= 2; tries++) {
    fail_unless (cmaf_ingest_spool_is_full (&f.spool));
    while (cmaf_ingest_spool_is_full (&f.spool)) {
      CmafSpoolSegment *oldest = cmaf_ingest_spool_drop_oldest (&f.spool, NULL);

      cmaf_spool_segment_unref (oldest);
      n++;
    }
    assert_equals_int (n, tries);
    cmaf_ingest_spool_mark_failed (&f.spool);
  }
  newest = g_queue_peek_tail (&f.spool.segments);
  cmaf_ingest_spool_mark_stored (
      &f.spool, newest, &(CmafStoredSegment){ .number = 1801, .size = 7500 });
  fail_unless (!cmaf_ingest_spool_is_full (&f.spool));
  teardown (&f);
}
GST_END_TEST;

static Suite *
ingest_spool_suite (void)
{
  Suite *suite = suite_create ("ingest-spool");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_segments_end_where_the_grid_says);
  tcase_add_loop_test (tcase, test_moved_segments_have_numbers_of_their_own, 0,
      G_N_ELEMENTS (moved));
  tcase_add_test (tcase, test_a_header_ends_the_segment_before);
  tcase_add_loop_test (
      tcase, test_the_end_is_said_once, 0, G_N_ELEMENTS (ends));
  tcase_add_test (tcase, test_a_track_that_said_its_end_is_left_alone);
  tcase_add_test (tcase, test_limits);
  tcase_add_test (tcase, test_what_was_sent_is_kept_until_it_is_confirmed);
  tcase_add_test (tcase, test_what_was_sent_lately_is_sent_again);
  tcase_add_loop_test (
      tcase, test_what_is_kept_is_bounded, 0, G_N_ELEMENTS (limits));
  tcase_add_test (tcase, test_a_disk_that_fails_keeps_what_it_has);
  return suite;
}

GST_CHECK_MAIN (ingest_spool);
