/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* By the grid a chunk belongs to the cell in which it begins, and is the last
 * one when it ends in a later cell. */
#include "segment-marks.h"

#include "timescale.h"

static guint64
cell_of (const CmafSegmentGrid *grid, guint64 ticks, guint32 timescale)
{
  const CmafSegmentGrid plain = { grid->duration_n, grid->duration_d, NULL };

  return cmaf_segment_grid_number (&plain, ticks, timescale);
}

CmafSegmentMarks
cmaf_segment_marks_of_cut (
    const CmafSegmentGrid *grid, guint32 timescale, const CmafCutFragment *cut)
{
  const guint64 cell = cell_of (grid, cut->decode_time, timescale);
  const gboolean leaves_cell =
      cell_of (grid, cut->decode_time + cut->duration, timescale) > cell;
  CmafSegmentMarks marks = 0;

  if (cut->number > cell)
    marks |= CMAF_MARK_NEXT_CELL;
  else if (cut->number < cell)
    marks |= CMAF_MARK_PREVIOUS_CELL;
  if (cut->ends_segment && !leaves_cell)
    marks |= CMAF_MARK_ENDS;
  else if (!cut->ends_segment && leaves_cell)
    marks |= CMAF_MARK_GOES_ON;
  return marks;
}

guint64
cmaf_segment_marks_number (CmafSegmentMarks marks, const CmafSegmentGrid *grid,
    guint64 time, guint32 timescale)
{
  const guint64 cell = cell_of (grid, time, timescale);
  const guint64 half =
      cmaf_muldiv (grid->duration_n, timescale, 0, 2 * grid->duration_d);
  const gboolean is_first_half = cell_of (grid, time + half, timescale) == cell;

  if (marks & CMAF_MARK_NEXT_CELL)
    return is_first_half ? cell : cell + 1;
  if (marks & CMAF_MARK_PREVIOUS_CELL)
    return is_first_half && cell > 0 ? cell - 1 : cell;
  return cell;
}

gboolean
cmaf_segment_marks_end (const CmafTrack *track, const CmafChunk *chunk)
{
  const guint64 end = chunk->decode_time + chunk->duration;
  CmafSegmentGrid grid;

  if (chunk->flags & CMAF_CHUNK_LAST)
    return TRUE;
  if (!cmaf_segment_grid_init (
          &grid, track->segment_duration_n, track->segment_duration_d, NULL))
    return FALSE;
  if (chunk->marks & (CMAF_MARK_ENDS | CMAF_MARK_GOES_ON))
    return (chunk->marks & CMAF_MARK_ENDS) != 0;
  return cell_of (&grid, end, track->timescale)
         > cell_of (&grid, chunk->decode_time, track->timescale);
}
