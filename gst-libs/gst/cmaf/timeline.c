/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Runs of segments. A run either follows the grid, whose arithmetic knows each
 * of its times although audio segments differ in length, or it holds segments
 * of one length that follow each other. */
#include "timeline.h"
#include "timescale.h"

typedef struct
{
  guint64 number; /* of the first */
  guint64 count;
  guint64 time;     /* of the first; not on the grid */
  guint64 duration; /* of each; 0: on the grid */
} Run;

struct _CmafTimeline
{
  CmafSegmentGrid grid;
  CmafUnitGrid units;
  GArray *runs; /* of Run, ascending */
};

CmafTimeline *
cmaf_timeline_new (const CmafSegmentGrid *grid, const CmafUnitGrid *units)
{
  CmafTimeline *timeline = g_new0 (CmafTimeline, 1);

  timeline->grid = *grid;
  timeline->units = *units;
  timeline->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  return timeline;
}

void
cmaf_timeline_free (CmafTimeline *timeline)
{
  g_array_unref (timeline->runs);
  g_free (timeline);
}

void
cmaf_timeline_expect (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment)
{
  const CmafSegmentGrid *grid = &timeline->grid;
  const CmafUnitGrid units = { timeline->units.timescale,
    MAX (timeline->units.unit_ticks, 1), timeline->units.phase };

  segment->number = number;
  segment->time = cmaf_segment_grid_decode_time (grid, &units, number);
  segment->duration =
      cmaf_segment_grid_decode_time (grid, &units, number + 1) - segment->time;
}

static gboolean
is_on_grid (const CmafTimeline *timeline, const CmafTimelineSegment *segment)
{
  CmafTimelineSegment expected;

  if (timeline->units.unit_ticks == 0)
    return FALSE;
  cmaf_timeline_expect (timeline, segment->number, &expected);
  return expected.time == segment->time
         && expected.duration == segment->duration;
}

void
cmaf_timeline_append (
    CmafTimeline *timeline, const CmafTimelineSegment *segment)
{
  Run *last = timeline->runs->len > 0 ? &g_array_index (
                  timeline->runs, Run, timeline->runs->len - 1)
                                      : NULL;
  gboolean on_grid = is_on_grid (timeline, segment);
  Run run = { segment->number, 1, segment->time,
    on_grid ? 0 : segment->duration };

  g_return_if_fail (
      last == NULL || segment->number >= last->number + last->count);
  g_return_if_fail (segment->duration > 0);

  if (last != NULL && segment->number == last->number + last->count
      && run.duration == last->duration
      && (on_grid
          || segment->time == last->time + last->count * last->duration))
    last->count++;
  else
    g_array_append_val (timeline->runs, run);
}

gboolean
cmaf_timeline_insert (
    CmafTimeline *timeline, const CmafTimelineSegment *segment)
{
  const Run run = { segment->number, 1, segment->time,
    is_on_grid (timeline, segment) ? 0 : segment->duration };
  guint at = timeline->runs->len;

  while (
      at > 0
      && g_array_index (timeline->runs, Run, at - 1).number > segment->number)
    at--;
  if (at > 0) {
    const Run *before = &g_array_index (timeline->runs, Run, at - 1);

    if (segment->number < before->number + before->count)
      return FALSE;
  }
  g_array_insert_val (timeline->runs, at, run);
  return TRUE;
}

void
cmaf_timeline_trim (CmafTimeline *timeline, guint64 number)
{
  guint n_gone = 0;

  while (n_gone < timeline->runs->len) {
    Run *run = &g_array_index (timeline->runs, Run, n_gone);

    if (run->number + run->count > number) {
      if (run->number < number) {
        run->time += (number - run->number) * run->duration;
        run->count -= number - run->number;
        run->number = number;
      }
      break;
    }
    n_gone++;
  }
  if (n_gone > 0)
    g_array_remove_range (timeline->runs, 0, n_gone);
}

/* The first run that ends after @number, NULL when none does. */
static const Run *
find_run (const CmafTimeline *timeline, guint64 number)
{
  guint low = 0, high = timeline->runs->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    const Run *run = &g_array_index (timeline->runs, Run, middle);

    if (run->number + run->count <= number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < timeline->runs->len ? &g_array_index (timeline->runs, Run, low)
                                   : NULL;
}

static void
get_segment (const CmafTimeline *timeline, const Run *run, guint64 number,
    CmafTimelineSegment *segment)
{
  if (run->duration == 0) {
    cmaf_timeline_expect (timeline, number, segment);
  } else {
    segment->number = number;
    segment->time = run->time + (number - run->number) * run->duration;
    segment->duration = run->duration;
  }
}

gboolean
cmaf_timeline_next (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment)
{
  const Run *run = find_run (timeline, number);

  if (run == NULL)
    return FALSE;
  get_segment (timeline, run, MAX (number, run->number), segment);
  return TRUE;
}

gboolean
cmaf_timeline_lookup (
    const CmafTimeline *timeline, guint64 number, CmafTimelineSegment *segment)
{
  const Run *run = find_run (timeline, number);

  if (run == NULL || run->number > number)
    return FALSE;
  get_segment (timeline, run, number, segment);
  return TRUE;
}

gboolean
cmaf_timeline_last (const CmafTimeline *timeline, CmafTimelineSegment *segment)
{
  const Run *run;

  if (timeline->runs->len == 0)
    return FALSE;
  run = &g_array_index (timeline->runs, Run, timeline->runs->len - 1);
  get_segment (timeline, run, run->number + run->count - 1, segment);
  return TRUE;
}

guint64
cmaf_timeline_longest_by_grid (const CmafTimeline *timeline)
{
  const CmafSegmentGrid *grid = &timeline->grid;
  guint64 unit = MAX (timeline->units.unit_ticks, 1);

  return cmaf_muldiv (grid->duration_n * timeline->units.timescale, 1,
             grid->duration_d * unit - 1, grid->duration_d * unit)
         * unit;
}

guint
cmaf_timeline_get_n_runs (const CmafTimeline *timeline)
{
  return timeline->runs->len;
}
