/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two starts off the grid in a row are no moved boundary: the grid goes on
 * behind a splice. */
#include "source-watch.h"

#include "segment-grid.h"

gboolean
cmaf_source_watch_is_on_grid (const CmafTrack *track, const CmafChunk *chunk)
{
  CmafSegmentGrid grid;
  guint64 time = chunk->earliest_presentation_time;
  guint64 unit = chunk->n_samples > 0 ? chunk->samples[0].duration : 0;

  if (track->media != CMAF_MEDIA_VIDEO && track->media != CMAF_MEDIA_AUDIO)
    return TRUE;
  if (time < unit
      || !cmaf_segment_grid_init (
          &grid, track->segment_duration_n, track->segment_duration_d, NULL))
    return TRUE;
  /* rounding may put it one tick before the edge */
  return cmaf_segment_grid_number (&grid, time + 1, track->timescale)
         != cmaf_segment_grid_number (&grid, time - unit, track->timescale);
}

static CmafWatchVerdict
violate (CmafSourceWatch *self, gboolean is_repeated)
{
  self->n_aligned = 0;
  if (is_repeated)
    return CMAF_WATCH_REFUSE;
  self->n_violations++;
  if (self->is_quarantined || self->n_violations < CMAF_WATCH_LIMIT)
    return CMAF_WATCH_REFUSE;
  self->is_quarantined = TRUE;
  return CMAF_WATCH_QUARANTINE;
}

static CmafWatchVerdict
align (CmafSourceWatch *self, gboolean is_repeated, gboolean is_alone)
{
  self->n_violations = 0;
  if (!self->is_quarantined)
    return CMAF_WATCH_USE;
  if (!is_repeated)
    self->n_aligned++;
  if (!is_alone && self->n_aligned < CMAF_WATCH_LIMIT)
    return CMAF_WATCH_IGNORE;
  self->is_quarantined = FALSE;
  return CMAF_WATCH_USE;
}

static CmafWatchVerdict
judge_rest (const CmafSourceWatch *self, gboolean is_apart)
{
  if (is_apart || (self->has_last && !self->was_accepted))
    return CMAF_WATCH_REFUSE;
  return self->is_quarantined ? CMAF_WATCH_IGNORE : CMAF_WATCH_USE;
}

CmafWatchVerdict
cmaf_source_watch_judge (CmafSourceWatch *self, gboolean starts,
    gboolean is_on_grid, gboolean is_apart, gboolean is_alone, guint64 start,
    guint64 end)
{
  gboolean is_repeated = self->has_last && start == self->last_start;
  gboolean follows = self->has_last && start == self->last_end;

  if (!starts) {
    self->last_end = end;
    return judge_rest (self, is_apart);
  }
  /* what is sent again is judged as it was */
  if (!is_repeated) {
    self->was_accepted = is_on_grid || (follows && self->was_on_grid);
    self->was_on_grid = is_on_grid;
  }
  self->has_last = TRUE;
  self->last_start = start;
  self->last_end = end;
  if (is_apart || !self->was_accepted)
    return violate (self, is_repeated);
  return align (self, is_repeated, is_alone);
}
