/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where every track is cut (docs/sync.md). Nothing is accumulated: each value
 * is computed from the segment number, so there is no drift and a process that
 * has just started agrees with one that ran for a year. */
#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timescale.h>

static guint64
gcd64 (guint64 a, guint64 b)
{
  while (b != 0) {
    const guint64 rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

gboolean
cmaf_segment_grid_init (CmafSegmentGrid *grid, guint64 duration_n,
    guint64 duration_d, GError **error)
{
  guint64 gcd;

  if (duration_n == 0 || duration_d == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "segment duration: found %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
        " s, needs a positive fraction",
        duration_n, duration_d);
    return FALSE;
  }

  gcd = gcd64 (duration_n, duration_d);
  duration_n /= gcd;
  duration_d /= gcd;
  /* 32 bits by any timescale, unit duration or 10^9 is less than 64 */
  if (duration_n > G_MAXUINT32 || duration_d > G_MAXUINT32) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "segment duration: found %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
        " s, needs a fraction of 32-bit numbers",
        duration_n, duration_d);
    return FALSE;
  }
  grid->duration_n = duration_n;
  grid->duration_d = duration_d;
  grid->moves = NULL;
  return TRUE;
}

gboolean
cmaf_segment_grid_is_exact (
    const CmafSegmentGrid *grid, guint fps_n, guint fps_d)
{
  guint64 gcd;

  if (fps_n == 0 || fps_d == 0)
    return FALSE;
  /* (Dn * fn) % (Dd * fd) == 0, reduced so that nothing can wrap */
  gcd = gst_util_greatest_common_divisor (fps_n, fps_d);
  return grid->duration_n % (fps_d / gcd) == 0
         && (fps_n / gcd) % grid->duration_d == 0;
}

gboolean
cmaf_segment_grid_init_fitting (CmafSegmentGrid *grid, guint64 duration_n,
    guint64 duration_d, guint fps_n, guint fps_d)
{
  guint64 n_frames;

  if (fps_n == 0 || fps_d == 0)
    return FALSE;
  if (!cmaf_segment_grid_init (grid, duration_n, duration_d, NULL))
    return FALSE;
  n_frames = cmaf_muldiv (2 * grid->duration_n, fps_n, grid->duration_d * fps_d,
      2 * grid->duration_d * fps_d);
  n_frames = MAX (n_frames, 1);
  if (n_frames > G_MAXUINT32)
    return FALSE;
  return cmaf_segment_grid_init (grid, n_frames * fps_d, fps_n, NULL);
}

void
cmaf_segment_grid_init_default (CmafSegmentGrid *grid, guint fps_n, guint fps_d)
{
  static const struct
  {
    guint every, fps_d; /* the rates n * every / fps_d */
    CmafSegmentGrid grid;
  } defaults[] = {
    { 25, 1, { 48, 25 } },
    { 30, 1, { 8, 5 } },
    { 500, 1001, { 1001, 500 } },
  };
  guint gcd = gst_util_greatest_common_divisor (fps_n, fps_d);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (defaults); i++) {
    if (fps_n > 0 && fps_d / gcd == defaults[i].fps_d
        && fps_n / gcd % defaults[i].every == 0) {
      *grid = defaults[i].grid;
      return;
    }
  }

  grid->duration_n = 2;
  grid->duration_d = 1;
  grid->moves = NULL;
  if (fps_n > 0 && fps_d > 0 && !cmaf_segment_grid_is_exact (grid, fps_n, fps_d)
      && !cmaf_segment_grid_init_fitting (grid, 2, 1, fps_n, fps_d)) {
    grid->duration_n = 2;
    grid->duration_d = 1;
  }
}

guint64
cmaf_segment_grid_unit_at_frame (
    const CmafUnitGrid *frames, guint64 frame, const CmafUnitGrid *units)
{
  const guint64 divisor = (guint64)frames->timescale * units->unit_ticks;
  const guint64 phase = (guint64)frames->timescale * units->phase;

  return cmaf_muldiv (frame * frames->unit_ticks, units->timescale,
      divisor - 1 - phase, divisor);
}

static gboolean
is_moved (const CmafSegmentGrid *grid, guint64 number, CmafGridMove *move)
{
  return grid->moves && cmaf_grid_moves_find (grid->moves, number, move);
}

/* ceil (where the frame begins, in ticks) */
static guint64
ticks_of (const CmafGridMove *move, guint64 timescale)
{
  return cmaf_muldiv (move->frame * move->frame_ticks, timescale,
      move->timescale - 1, move->timescale);
}

guint64
cmaf_segment_grid_first_unit (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number)
{
  const guint64 dividend = grid->duration_n * units->timescale;
  const guint64 divisor = grid->duration_d * units->unit_ticks;

  CmafGridMove move;

  g_return_val_if_fail (units->phase < units->unit_ticks, 0);

  if (is_moved (grid, number, &move)) {
    const CmafUnitGrid frames = { move.timescale, move.frame_ticks, 0 };

    return cmaf_segment_grid_unit_at_frame (&frames, move.frame, units);
  }
  return cmaf_muldiv (
      number, dividend, divisor - 1 - grid->duration_d * units->phase, divisor);
}

guint64
cmaf_segment_grid_decode_time (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number)
{
  return cmaf_segment_grid_first_unit (grid, units, number) * units->unit_ticks
         + units->phase;
}

guint64
cmaf_segment_grid_n_units (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number)
{
  return cmaf_segment_grid_first_unit (grid, units, number + 1)
         - cmaf_segment_grid_first_unit (grid, units, number);
}

guint64
cmaf_segment_grid_number (
    const CmafSegmentGrid *grid, guint64 ticks, guint32 timescale)
{
  const guint64 number =
      cmaf_muldiv (ticks, grid->duration_d, 0, grid->duration_n * timescale);
  CmafGridMove move;

  /* by half a segment at most: no further boundary can be meant */
  if (is_moved (grid, number + 1, &move)
      && ticks >= ticks_of (&move, timescale))
    return number + 1;
  if (is_moved (grid, number, &move) && ticks < ticks_of (&move, timescale))
    return number - 1;
  return number;
}

guint64
cmaf_segment_grid_number_of_unit (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 unit)
{
  return cmaf_segment_grid_number (
      grid, unit * units->unit_ticks + units->phase, units->timescale);
}

guint64
cmaf_segment_grid_spliced (
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, guint64 frame)
{
  const guint64 cell = grid->duration_n * frames->timescale;

  return cmaf_muldiv (
      frame * frames->unit_ticks, 2 * grid->duration_d, cell, 2 * cell);
}

GstClockTime
cmaf_segment_grid_edge (const CmafSegmentGrid *grid, guint64 number)
{
  CmafGridMove move;

  if (is_moved (grid, number, &move))
    return ticks_of (&move, GST_SECOND);
  return cmaf_muldiv (number, grid->duration_n * GST_SECOND,
      grid->duration_d - 1, grid->duration_d);
}

guint64
cmaf_unit_not_before (const CmafUnitGrid *units, GstClockTime time)
{
  const guint64 ticks = cmaf_muldiv (
      MAX (time, 1) - 1, units->timescale, GST_SECOND - 1, GST_SECOND);

  return ticks <= units->phase ? 0
                               : (ticks - units->phase + units->unit_ticks - 1)
                                     / units->unit_ticks;
}
