/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the segmenter cut is what a receiver of single chunks takes it for,
 * wherever splices moved the boundaries; and what is not to be believed. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/box-types.h>
#include <gst/cmaf/splice-plan.h>

#include "chunk-fixtures.h"
#include "tracks.h"

#define N_RUNS 60
#define N_SEGMENTS 12
#define N_CUES 6

typedef struct
{
  CmafSegmentGrid grid;
  CmafUnitGrid frames;
} Rate;

static const Rate rates[] = {
  { { 48, 25 }, { 90000, 3600, 0 } }, { { 96, 25 }, { 90000, 1800, 0 } },
  { { 8, 5 }, { 90000, 3000, 0 } }, { { 1001, 500 }, { 30000, 1001, 0 } },
  { { 2, 1 }, { 30000, 1001, 0 } }, /* no whole number of frames */
};

static const CmafUnitGrid sounds[] = {
  { 48000, 1024, 0 },
  { 44100, 1024, 0 },
  { 48000, 960, 0 },
};

typedef struct
{
  Rate rate;
  CmafUnitGrid units;
  gboolean is_video;
  guint64 first; /* segment */
  guint chunk_units;
  CmafTrack *track;
  guint n_marked;
  guint64 number, end; /* of the newest chunk */
  guint32 sequence;
} Run;

static guint
draw (GRand *rand, guint from, guint end)
{
  return (guint)g_rand_int_range (rand, (gint32)from, (gint32)end);
}

static void
move_edges (Run *run, GRand *rand)
{
  CmafSpliceCue cues[N_CUES] = { { 0 } };
  CmafGridMove moves[N_CUES];
  const GstClockTime from =
      cmaf_segment_grid_edge (&run->rate.grid, run->first + 1);
  const GstClockTime span =
      cmaf_segment_grid_edge (&run->rate.grid, run->first + N_SEGMENTS - 1)
      - from;
  guint n;

  for (guint i = 0; i < N_CUES; i++)
    cues[i].time = (gint64)(from + g_rand_double (rand) * span);
  n = cmaf_splice_plan (
      &run->rate.grid, &run->rate.frames, 0, cues, N_CUES, moves);
  cmaf_grid_moves_set (run->rate.grid.moves, moves, n);
}

/* As it arrives somewhere else, where nobody knows of splices. */
static void
check_cut (Run *run, const CmafCutFragment *cut, const CmafSegmenter *segmenter)
{
  const guint32 sequence =
      cmaf_segmenter_sequence_number (segmenter, cut->number, cut->chunk);
  const CmafSegmentGrid plain = { run->rate.grid.duration_n,
    run->rate.grid.duration_d, NULL };
  CmafChunk chunk = { .decode_time = cut->decode_time,
    .duration = cut->duration,
    .marks = cmaf_segment_marks_of_cut (
        &run->rate.grid, run->units.timescale, cut) };

  assert_equals_uint64 (cmaf_segment_marks_number (chunk.marks, &plain,
                            chunk.decode_time, run->units.timescale),
      cut->number);
  assert_equals_int (
      cmaf_segment_marks_end (run->track, &chunk), cut->ends_segment);
  if (run->end > 0) { /* nothing is missing */
    assert_equals_uint64 (cut->decode_time, run->end);
    assert_equals_uint64 (cut->number, run->number + cut->starts_segment);
    fail_unless (sequence - run->sequence < G_MAXINT32);
    fail_unless (sequence != run->sequence);
  }
  run->sequence = sequence;
  run->number = cut->number;
  run->end = cut->decode_time + cut->duration;
  run->n_marked += chunk.marks != 0;
}

static void
push_all (Run *run)
{
  const CmafSegmenterConfig config = { .grid = run->rate.grid,
    .units = run->units,
    .needs_key_frames = run->is_video,
    .chunk_units = run->chunk_units };
  g_autoptr (CmafSegmenter) segmenter = cmaf_segmenter_new (&config);
  guint64 number = run->first;
  const guint64 end = cmaf_segment_grid_first_unit (
      &run->rate.grid, &run->units, number + N_SEGMENTS);
  CmafCutFragment cut;

  for (guint64 n =
           cmaf_segment_grid_first_unit (&run->rate.grid, &run->units, number);
       n <= end; n++) {
    CmafUnit unit = { n, 10, !run->is_video };
    CmafVerdict verdict;

    if (n
        == cmaf_segment_grid_first_unit (
            &run->rate.grid, &run->units, number)) {
      unit.is_sync = TRUE;
      number++;
    }
    cmaf_segmenter_push (segmenter, &unit, &verdict, &cut);
    fail_unless_equals_int (verdict.fate, CMAF_UNIT_KEPT);
    if (verdict.cut != CMAF_CUT_NONE)
      check_cut (run, &cut, segmenter);
  }
  assert_equals_uint64 (run->number, run->first + N_SEGMENTS - 1);
}

static void
run_once (GRand *rand, gboolean is_video, gboolean moves)
{
  g_autoptr (CmafGridMoves) list = cmaf_grid_moves_new ();
  g_autoptr (CmafTrack) track = make_track (&test_codecs[is_video ? 0 : 4]);
  Run run = { .rate = rates[draw (rand, 0, G_N_ELEMENTS (rates))],
    .is_video = is_video,
    .first = 900000000 + draw (rand, 0, 1000000),
    .chunk_units = draw (rand, 0, 3) * draw (rand, 1, 13),
    .track = track };

  run.units = is_video ? run.rate.frames
                       : sounds[draw (rand, 0, G_N_ELEMENTS (sounds))];
  track->timescale = run.units.timescale;
  track->segment_duration_n = run.rate.grid.duration_n;
  track->segment_duration_d = run.rate.grid.duration_d;
  if (moves) {
    run.rate.grid.moves = list;
    move_edges (&run, rand);
  }
  push_all (&run);
  fail_unless (moves || run.n_marked == 0);
}

GST_START_TEST (test_each_chunk_tells_its_segment)
{
  const guint32 seed = g_random_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  GST_INFO ("seed %u", seed);
  for (guint i = 0; i < N_RUNS; i++)
    run_once (rand, i % 2, __i__);
}
GST_END_TEST;

/* Segments of a second at 25 frames: what a chunk with these marks is. */
static const struct
{
  CmafSegmentMarks marks;
  guint from, end, number;
  gboolean ends;
} claims[] = {
  { 0, 50, 55, 2, FALSE },
  { 0, 70, 75, 2, TRUE },
  { CMAF_MARK_NEXT_CELL, 62, 65, 2, FALSE }, /* too early */
  { CMAF_MARK_NEXT_CELL, 63, 65, 3, FALSE },
  { CMAF_MARK_NEXT_CELL | CMAF_MARK_GOES_ON, 63, 75, 3, FALSE },
  { CMAF_MARK_PREVIOUS_CELL, 62, 65, 1, FALSE },
  { CMAF_MARK_PREVIOUS_CELL, 63, 65, 2, FALSE }, /* too late */
  { CMAF_MARK_PREVIOUS_CELL, 0, 5, 0, FALSE },
  { CMAF_MARK_ENDS, 62, 63, 2, TRUE },
  { CMAF_MARK_GOES_ON, 70, 75, 2, FALSE },
  { CMAF_MARK_ENDS | CMAF_MARK_GOES_ON, 62, 63, 2, TRUE },
  { ~0u, 50, 75, 2, TRUE },
};

GST_START_TEST (test_marks_go_before_the_grid_within_reason)
{
  static const CmafSegmentGrid grid = { 1, 1, NULL };
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  const guint64 ticks = track->sample_duration;
  CmafChunk chunk = { .marks = claims[__i__].marks,
    .decode_time = claims[__i__].from * ticks,
    .duration = (claims[__i__].end - claims[__i__].from) * ticks };

  track->segment_duration_n = track->segment_duration_d = 1;
  assert_equals_uint64 (cmaf_segment_marks_number (chunk.marks, &grid,
                            chunk.decode_time, track->timescale),
      claims[__i__].number);
  assert_equals_int (
      cmaf_segment_marks_end (track, &chunk), claims[__i__].ends);
  /* where the header tells no grid they say nothing */
  track->segment_duration_n = track->segment_duration_d = 0;
  fail_if (cmaf_segment_marks_end (track, &chunk));
  chunk.flags = CMAF_CHUNK_LAST;
  fail_unless (cmaf_segment_marks_end (track, &chunk));
}
GST_END_TEST;

/* The last five bytes of the box are of its type, its version and its flags. */
static const struct
{
  gsize from_end; /* of the box: where @byte goes */
  guint8 byte;
  CmafSegmentMarks marks;
} mark_boxes[] = {
  { 1, 5, CMAF_MARK_NEXT_CELL | CMAF_MARK_ENDS },
  { 1, 8, CMAF_MARK_GOES_ON },
  { 1, 0, 0 },
  { 4, 1, 0 },
  { 5, 0, 0 },
};

GST_START_TEST (test_marks_are_read)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  const FixtureChunk part = { .n_samples = 1,
    .sample_size = 16,
    .marks = CMAF_MARK_NEXT_CELL | CMAF_MARK_ENDS };
  g_autoptr (CmafChunk) chunk = fixture_chunk (track, &part);
  g_autoptr (CmafChunk) again = NULL;
  g_autoptr (CmafChunk) last = NULL;
  g_autoptr (GBytes) header = fixture_header (track);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GBytes *front = chunk->bytes->pdata[0];
  const gsize size = g_bytes_get_size (front);
  guint8 *data = g_memdup2 (g_bytes_get_data (front, NULL), size);
  g_autoptr (GBytes) changed = g_bytes_new_take (data, size);

  assert_equals_int (chunk->marks, part.marks);
  data[size - 8 - mark_boxes[__i__].from_end] = mark_boxes[__i__].byte;
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, changed);
  cmaf_fragment_reader_feed (reader, chunk->bytes->pdata[1]);
  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
  again = cmaf_fragment_reader_take_chunk (reader);
  assert_equals_int (again->marks, mark_boxes[__i__].marks);
  last = cmaf_chunk_copy_as_last (again);
  assert_equals_int (last->marks, again->marks);
}
GST_END_TEST;

static Suite *
segment_marks_suite (void)
{
  Suite *s = suite_create ("segment-marks");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_each_chunk_tells_its_segment, 0, 2);
  tcase_add_loop_test (tc, test_marks_go_before_the_grid_within_reason, 0,
      G_N_ELEMENTS (claims));
  tcase_add_loop_test (tc, test_marks_are_read, 0, G_N_ELEMENTS (mark_boxes));
  return s;
}

GST_CHECK_MAIN (segment_marks);
