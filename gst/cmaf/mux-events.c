/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events in front of segments. */
#include "mux-events.h"

#include <gst/cmaf/event-segmenter.h>
#include <gst/cmaf/timescale.h>

static guint64
media_time_of (gpointer lock, guint64 running_time)
{
  return (guint64)MAX (mux_lock_media_time (lock, (gint64)running_time), 0);
}

void
mux_events_start (MuxEvents *self, const MuxTiming *timing, MuxLock *lock)
{
  mux_events_stop (self);
  self->heard = (HeardEvents){ timing, cmaf_event_timescale (&lock->grid),
    media_time_of, lock, 0 };
  self->board = cmaf_sync_group_get_events (timing->group);
  self->n_told = 0;
  self->events = cmaf_in_band_events_new (self->heard.timescale);
}

void
mux_events_stop (MuxEvents *self)
{
  g_clear_pointer (&self->board, cmaf_event_board_unref);
  g_clear_pointer (&self->events, cmaf_in_band_events_free);
}

static void
take_new (MuxEvents *self)
{
  CmafToldEvent told;

  while (heard_events_next (&self->heard, &told))
    cmaf_in_band_events_take (self->events, &told);
  while (cmaf_event_board_next (self->board, &self->n_told, &told)) {
    cmaf_told_event_to_ticks (&told, self->heard.timescale);
    cmaf_in_band_events_take (self->events, &told);
  }
}

gboolean
mux_events_write (MuxEvents *self, const CmafCutFragment *cut,
    const CmafUnitGrid *units, GPtrArray **boxes, GError **error)
{
  const MuxLock *lock = self->heard.owner;
  guint64 before;

  *boxes = NULL;
  if (!self->events || !cut->starts_segment)
    return TRUE;
  take_new (self);
  before = cut->number == 0 ? 0
                            : cmaf_segment_grid_decode_time (
                                &lock->grid, units, cut->number - 1);
  *boxes = cmaf_in_band_events_write (self->events,
      cmaf_rescale (before, units->timescale, self->heard.timescale),
      cmaf_rescale (cut->decode_time, units->timescale, self->heard.timescale),
      error);
  return *boxes != NULL;
}
