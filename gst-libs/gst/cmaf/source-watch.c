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
align (CmafSourceWatch *self, gboolean is_repeated)
{
  self->n_violations = 0;
  if (!self->is_quarantined)
    return CMAF_WATCH_USE;
  if (!is_repeated)
    self->n_aligned++;
  if (self->n_aligned < CMAF_WATCH_LIMIT)
    return CMAF_WATCH_IGNORE;
  self->is_quarantined = FALSE;
  return CMAF_WATCH_USE;
}

/* Better than nothing, even off the grid. */
static CmafWatchVerdict
take_anyhow (CmafSourceWatch *self)
{
  self->is_quarantined = FALSE;
  self->n_violations = 0;
  return CMAF_WATCH_USE;
}

static void
note_start (CmafSourceWatch *self, gboolean is_on_grid, guint64 start)
{
  gboolean is_repeated = self->has_last && start == self->last_start;
  gboolean follows = self->has_last && start == self->last_end;

  /* what is sent again is judged as it was */
  if (!is_repeated) {
    self->was_accepted = is_on_grid || (follows && self->was_on_grid);
    self->was_on_grid = is_on_grid;
  }
  self->has_last = TRUE;
  self->last_start = start;
}

gboolean
cmaf_source_watch_is_reliable (const CmafSourceWatch *self)
{
  return self->has_last && self->was_accepted && !self->is_quarantined;
}

CmafWatchVerdict
cmaf_source_watch_judge (CmafSourceWatch *self, gboolean starts,
    gboolean is_on_grid, gboolean is_apart, gboolean is_alone, guint64 start,
    guint64 end)
{
  gboolean is_repeated = self->has_last && start == self->last_start;

  if (starts)
    note_start (self, is_on_grid, start);
  self->last_end = end;
  if (!starts)
    return is_apart ? CMAF_WATCH_REFUSE : self->running;
  if (is_apart)
    self->running = violate (self, is_repeated);
  else if (is_alone)
    self->running = take_anyhow (self);
  else if (self->was_accepted)
    self->running = align (self, is_repeated);
  else
    self->running = violate (self, is_repeated);
  if (self->running == CMAF_WATCH_QUARANTINE) {
    self->running = CMAF_WATCH_REFUSE; /* told once */
    return CMAF_WATCH_QUARANTINE;
  }
  return self->running;
}
