/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* decisions: the CPU time that grid, mapping and splices take for each sample,
 * by the process' clock, so that other load does not count. At most 1 us.
 * An hour of video at 50 frames a second says its time in each of the ways
 * there are; every segment has a splice in it, and a plan of all cues that are
 * remembered is made again for each. */
#include <stdio.h>
#include <time.h>

#include <gst/cmaf/cue-list.h>
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/splice-plan.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/timing-lock.h>

#define RATE 50
#define SAMPLES (3600 * RATE)
#define SEGMENT 96 /* frames */
#define NEW_YEAR G_GUINT64_CONSTANT (1735689600)
#define FIRST (NEW_YEAR * RATE)
#define AT_MOST 1000.0 /* ns */

static const CmafUnitGrid frames = { 90000, 1800, 0 };

typedef struct
{
  CmafTimingLock *lock;
  CmafSegmenter *segmenter;
  CmafSegmentGrid grid;
  CmafSpliceCue cues[CMAF_CUE_LIST_SIZE];
  guint64 n_segments, n_placed;
} Track;

static gdouble
cpu_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (gdouble)t.tv_sec * 1e9 + (gdouble)t.tv_nsec;
}

/* ---- what samples say ---- */

static CmafUnitTimes
times_of (CmafTimingSource source, guint64 i)
{
  const guint64 n = FIRST + i, in_day = i % (86400 * RATE);
  const gint64 time = (gint64)cmaf_media_time_of_unit (&frames, n);
  CmafUnitTimes times = { .running_time =
                              (gint64)cmaf_media_time_of_unit (&frames, i),
    .utc = time + 3 * (gint64)GST_MSECOND,
    .has_clock = TRUE };

  times.has_stamp = source == CMAF_TIMING_REFERENCE_TIMESTAMP;
  times.reference = CMAF_REFERENCE_UNIX;
  times.stamp = (guint64)time;
  times.has_label = source == CMAF_TIMING_TIMECODE;
  times.label = (CmafTimecode){ .hours = (guint)(in_day / RATE / 3600),
    .minutes = (guint)(in_day / RATE / 60 % 60),
    .seconds = (guint)(in_day / RATE % 60),
    .frames = (guint)(in_day % RATE) };
  times.has_pts = source == CMAF_TIMING_PTS;
  times.pts = n * frames.unit_ticks % (G_GUINT64_CONSTANT (1) << 33);
  times.has_fingerprint = source == CMAF_TIMING_FINGERPRINT;
  times.fingerprint = (guint64)time;
  return times;
}

/* ---- decisions ---- */

static void
plan_splices (Track *t, guint64 number)
{
  CmafGridMove moves[CMAF_CUE_LIST_SIZE];
  guint n;

  for (guint i = 0; i < CMAF_CUE_LIST_SIZE; i++) {
    const gint64 edge =
        (gint64)cmaf_segment_grid_edge (&t->grid, number + 3 + i);

    t->cues[i].time = edge + 200 * (gint64)GST_MSECOND;
    t->cues[i].heard = edge - 5 * (gint64)GST_SECOND;
  }
  n = cmaf_splice_plan (&t->grid, &frames, CMAF_SPLICE_PREROLL, t->cues,
      CMAF_CUE_LIST_SIZE, moves);
  cmaf_grid_moves_set (t->grid.moves, moves, n);
}

static void
take_placement (Track *t, const CmafPlacement *placement)
{
  const guint64 unit = cmaf_unit_from_media_time (
      &frames, (guint64)MAX (placement->media_time, 0));
  const guint64 number = cmaf_segment_grid_number (
      &t->grid, unit * frames.unit_ticks, frames.timescale);
  const CmafUnit sample = { unit, 1000,
    unit == cmaf_segment_grid_first_unit (&t->grid, &frames, number) };
  CmafCutFragment fragment;
  CmafVerdict verdict;

  cmaf_segmenter_push (t->segmenter, &sample, &verdict, &fragment);
  t->n_placed++;
  if (verdict.cut != CMAF_CUT_SEGMENT)
    return;
  t->n_segments++;
  plan_splices (t, number);
}

static void
track_init (Track *t, CmafTimingSource source)
{
  const CmafTimingLockConfig lock = { .sources = { source },
    .n_sources = 1,
    .is_video = TRUE,
    .units = frames,
    .timecode = { .frames = frames,
        .daily_jam = -1,
        .max_error = 120 * GST_SECOND },
    .wait = CMAF_TIMING_WAIT,
    .clock_alarm = CMAF_CLOCK_ALARM,
    .fixed_origin = (gint64)(NEW_YEAR * GST_SECOND) };
  CmafSegmenterConfig config = {
    .units = frames, .needs_key_frames = TRUE, .chunk_units = 10
  };

  memset (t, 0, sizeof *t);
  cmaf_segment_grid_init (&t->grid, 48, 25, NULL);
  t->grid.moves = cmaf_grid_moves_new ();
  config.grid = t->grid;
  t->lock = cmaf_timing_lock_new (&lock);
  t->segmenter = cmaf_segmenter_new (&config);
}

static void
track_clear (Track *t)
{
  cmaf_timing_lock_free (t->lock);
  cmaf_segmenter_free (t->segmenter);
  cmaf_grid_moves_unref (t->grid.moves);
}

/* ns for each sample; more than allowed when the decisions are not what they
 * should be. */
static gdouble
measure (CmafTimingSource source)
{
  CmafLockEvent event;
  CmafPlacement placement;
  gdouble start, result;
  Track t;

  track_init (&t, source);
  start = cpu_ns ();
  for (guint64 i = 0; i < SAMPLES; i++) {
    const CmafUnitTimes times = times_of (source, i);

    cmaf_timing_lock_push (t.lock, &times, NULL);
    while (cmaf_timing_lock_pop (t.lock, &placement))
      take_placement (&t, &placement);
    while (cmaf_timing_lock_next_event (t.lock, &event))
      ;
  }
  result = (cpu_ns () - start) / SAMPLES;
  if (t.n_placed < SAMPLES - RATE || t.n_segments + 2 < SAMPLES / SEGMENT) {
    fprintf (stderr,
        "%" G_GUINT64_FORMAT " samples and %" G_GUINT64_FORMAT
        " segments came out\n",
        t.n_placed, t.n_segments);
    result = 2 * AT_MOST;
  }
  track_clear (&t);
  return result;
}

int
main (void)
{
  gboolean ok = TRUE;

  for (CmafTimingSource source = 0; source < CMAF_N_TIMING_SOURCES; source++) {
    const gdouble ns = measure (source);

    printf ("RATIO %s: %.0f ns a sample, / %.0f: %.2f, at most 1\n",
        cmaf_timing_source_name (source), ns, AT_MOST, ns / AT_MOST);
    ok = ok && ns <= AT_MOST;
  }
  return ok ? 0 : 1;
}
