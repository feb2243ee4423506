/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Key frames asked for at the boundaries ahead, each once. */
#include "mux-requests.h"

#include <gst/cmaf/media-time.h>
#include <gst/cmaf/timescale.h>
#include <gst/video/video.h>

void
mux_requests_init (
    MuxRequests *self, const CmafSegmentGrid *grid, const CmafUnitGrid *units)
{
  cmaf_key_frame_plan_init (&self->plan, grid, units);
  self->units = *units;
}

/* A quarter of a frame early: encoders take the first frame that is not before
 * the request, and rounding must not skip the right one. */
void
mux_requests_send (MuxRequests *self, GstPad *pad, const MuxLock *lock,
    gint64 phase, guint64 now)
{
  gint64 early =
      cmaf_ns_from_ticks (self->units.unit_ticks, self->units.timescale) / 4;
  guint64 unit;

  while (cmaf_key_frame_plan_next (&self->plan, now, &unit)) {
    const gint64 media_time =
        (gint64)cmaf_media_time_of_unit (&self->units, unit) + phase;
    const gint64 time = mux_lock_running_time (lock, media_time) - early;

    if (time >= 0)
      gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (
                                   time, TRUE, (guint)unit));
  }
}
