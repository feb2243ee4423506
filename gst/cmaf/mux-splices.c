/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The cues of the sync group. */
#include "mux-splices.h"

#include <gst/cmaf/splice-plan.h>

/* The cues that are remembered, as media time. */
static guint
read_cues (const MuxTiming *timing, const MuxLock *lock, guint count,
    CmafSpliceCue *cues)
{
  guint n = 0;

  for (guint i = count > CMAF_CUE_LIST_SIZE ? count - CMAF_CUE_LIST_SIZE : 0;
       i < count; i++) {
    gint64 splice_time, heard_time;
    CmafHeardCue cue;

    if (!cmaf_cue_list_get (timing->cues, i, &cue, &splice_time, &heard_time))
      continue;
    cues[n].event_id = cue.event_id;
    cues[n].is_cancel = cue.is_cancel;
    cues[n].is_immediate = cue.is_immediate;
    cues[n].time = mux_lock_media_time (lock, splice_time);
    cues[n].heard = mux_lock_media_time (lock, heard_time);
    n++;
  }
  return n;
}

void
mux_splices_plan (MuxSplices *self, const MuxTiming *timing,
    const MuxSettings *settings, const MuxLock *lock)
{
  const guint count = cmaf_cue_list_get_count (timing->cues);
  CmafSpliceCue cues[CMAF_CUE_LIST_SIZE];
  CmafGridMove moves[CMAF_CUE_LIST_SIZE];
  CmafUnitGrid frames;
  gint64 offset;
  guint n;

  if (settings->splice_mode != SPLICE_MOVE || count == 0
      || !mux_lock_has_mapping (lock)
      || !cmaf_sync_group_get_frames (timing->group, &frames))
    return;
  offset = mux_lock_media_time (lock, 0);
  if (count == self->n_planned && offset == self->offset)
    return;
  self->n_planned = count;
  self->offset = offset;
  n = read_cues (timing, lock, count, cues);
  n = cmaf_splice_plan (
      &lock->grid, &frames, settings->splice_preroll, cues, n, moves);
  cmaf_grid_moves_set (timing->moves, moves, n);
}

gboolean
mux_splices_next (
    MuxSplices *self, const MuxTiming *timing, GstClockTime *running_time)
{
  const guint count = cmaf_cue_list_get_count (timing->cues);

  while (self->n_seen < count) {
    gint64 splice_time, heard_time;
    CmafHeardCue cue;

    if (!cmaf_cue_list_get (
            timing->cues, self->n_seen++, &cue, &splice_time, &heard_time)
        || cue.is_cancel || splice_time < 0)
      continue;
    *running_time = splice_time;
    return TRUE;
  }
  return FALSE;
}
