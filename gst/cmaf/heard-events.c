/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections -> events. */
#include "heard-events.h"

#include <gst/cmaf/timescale.h>

/* That of the frame nearest to @time (running time), or, @behind, of the one
 * behind it; of @time itself when there are no frames. */
static guint64
frame_ticks (const HeardEvents *self, gint64 time, gboolean behind)
{
  const guint64 media = self->media_time (self->owner, (guint64)MAX (time, 0));
  CmafUnitGrid frames;

  if (!cmaf_sync_group_get_frames (self->timing->group, &frames))
    return cmaf_ticks_from_ns (media, self->timescale);
  return cmaf_rescale (
      (cmaf_unit_from_media_time (&frames, media) + (behind ? 1 : 0))
          * frames.unit_ticks,
      frames.timescale, self->timescale);
}

/* FALSE: not known yet. */
static gboolean
find_time (const HeardEvents *self, const CmafHeardSplice *splice, guint64 time,
    gint64 *running_time)
{
  *running_time = (gint64)time;
  return !splice->is_pts
         || cmaf_cue_list_running_time (self->timing->cues, time, running_time);
}

/* More than an event can say is not known. */
static guint32
find_duration (const HeardEvents *self, const CmafHeardSplice *splice)
{
  guint64 duration;

  if (!splice->has_duration)
    return CMAF_EVENT_OPEN;
  duration = gst_util_uint64_scale_round (
      splice->duration, self->timescale, CMAF_PTS_TIMESCALE);
  return (guint32)MIN (duration, CMAF_EVENT_OPEN);
}

static gboolean
place (
    const HeardEvents *self, const CmafHeardSplice *splice, CmafToldEvent *told)
{
  gint64 heard, start;

  if (!find_time (self, splice, splice->heard, &heard)
      || !find_time (self, splice,
          splice->has_splice ? splice->splice : splice->heard, &start))
    return FALSE;
  told->is_cancel = splice->is_cancel;
  told->announced = frame_ticks (self, heard, FALSE);
  told->event = cmaf_event_new (splice->event_id, CMAF_SCHEME_SCTE35, "",
      frame_ticks (self, start, !splice->has_splice),
      find_duration (self, splice), splice->section);
  return TRUE;
}

gboolean
heard_events_next (HeardEvents *self, CmafToldEvent *told)
{
  CmafSpliceList *splices = self->timing->splices;
  const guint count = cmaf_splice_list_get_count (splices);
  CmafHeardSplice splice;

  for (; self->n_heard < count; self->n_heard++) {
    gboolean is_placed;

    if (!cmaf_splice_list_get (splices, self->n_heard, &splice))
      continue;
    is_placed = place (self, &splice, told);
    cmaf_heard_splice_clear (&splice);
    if (is_placed)
      self->n_heard++;
    return is_placed;
  }
  return FALSE;
}
