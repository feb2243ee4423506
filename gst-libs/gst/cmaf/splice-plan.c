/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice cues -> moved boundaries. */
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/splice-plan.h>
#include <gst/cmaf/timescale.h>

guint64
cmaf_splice_frame (const CmafUnitGrid *frames, const CmafSpliceCue *cue)
{
  return cmaf_unit_from_media_time (frames, (guint64)MAX (cue->time, 0));
}

/* Where boundary @number is when nothing is moved, rounded up to a frame. */
static guint64
natural_frame (
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, guint64 number)
{
  const CmafSegmentGrid plain = { grid->duration_n, grid->duration_d, NULL };

  return cmaf_segment_grid_first_unit (&plain, frames, number);
}

/* @cue was heard early enough before a splice at @time for all encoders to go
 * by it. */
static gboolean
is_early (const CmafSegmentGrid *grid, const CmafUnitGrid *frames,
    guint64 preroll, const CmafSpliceCue *cue, gint64 time)
{
  const guint64 frame =
      cmaf_unit_from_media_time (frames, (guint64)MAX (time, 0));
  const guint64 number = cmaf_segment_grid_spliced (grid, frames, frame);
  const gint64 boundary = (gint64)cmaf_media_time_of_unit (
      frames, natural_frame (grid, frames, number));

  return cue->heard <= MIN (time, boundary) - (gint64)preroll;
}

static gboolean
is_cancelled (const CmafSegmentGrid *grid, const CmafUnitGrid *frames,
    guint64 preroll, const CmafSpliceCue *cues, guint n, guint i)
{
  for (guint j = 0; j < n; j++) {
    if (cues[j].is_cancel && cues[j].event_id == cues[i].event_id
        && cues[j].heard >= cues[i].heard
        && is_early (grid, frames, preroll, &cues[j], cues[i].time))
      return TRUE;
  }
  return FALSE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const CmafGridMove *one = a, *other = b;

  return one->frame < other->frame ? -1 : one->frame > other->frame;
}

/* TRUE when @n frames last at least a quarter of a segment. */
static gboolean
is_long_enough (
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, gint64 n)
{
  return n > 0
         && 4 * (guint64)n * frames->unit_ticks * grid->duration_d
                >= grid->duration_n * frames->timescale;
}

/* TRUE when @n frames last at most one and a half segments, as manifests say.
 */
static gboolean
is_short_enough (
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, gint64 n)
{
  return 2 * (guint64)n * frames->unit_ticks * grid->duration_d
         <= 3 * grid->duration_n * frames->timescale;
}

/* The cue behind @last, if it may move its boundary: the earlier of two for the
 * same one wins, and the later of two that leave a segment too short or too
 * long gives way. */
static gboolean
may_move (const CmafSegmentGrid *grid, const CmafUnitGrid *frames,
    const CmafGridMove *last, const CmafGridMove *move)
{
  guint64 before = natural_frame (grid, frames, move->number - 1);
  const guint64 behind = natural_frame (grid, frames, move->number + 1);

  if (last && last->number == move->number)
    return FALSE;
  if (last && last->number == move->number - 1) {
    before = last->frame;
    if (!is_short_enough (grid, frames, (gint64)(move->frame - before)))
      return FALSE;
  }
  return is_long_enough (grid, frames, (gint64)(move->frame - before))
         && is_long_enough (grid, frames, (gint64)(behind - move->frame));
}

guint
cmaf_splice_plan (const CmafSegmentGrid *grid, const CmafUnitGrid *frames,
    guint64 preroll, const CmafSpliceCue *cues, guint n, CmafGridMove *moves)
{
  guint n_found = 0, n_moves = 0;

  for (guint i = 0; i < n; i++) {
    CmafGridMove *move = &moves[n_found];

    if (cues[i].is_cancel || cues[i].is_immediate
        || !is_early (grid, frames, preroll, &cues[i], cues[i].time)
        || is_cancelled (grid, frames, preroll, cues, n, i))
      continue;
    move->frame = cmaf_splice_frame (frames, &cues[i]);
    move->number = cmaf_segment_grid_spliced (grid, frames, move->frame);
    move->timescale = frames->timescale;
    move->frame_ticks = frames->unit_ticks;
    if (move->number > 0)
      n_found++;
  }
  qsort (moves, n_found, sizeof moves[0], compare);
  for (guint i = 0; i < n_found; i++) {
    if (may_move (
            grid, frames, n_moves > 0 ? &moves[n_moves - 1] : NULL, &moves[i]))
      moves[n_moves++] = moves[i];
  }
  return n_moves;
}
