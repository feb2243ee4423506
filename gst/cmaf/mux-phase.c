/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "mux-phase.h"

#include "mux-send.h"
#include "mux-track.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmaf/unit-phase.h>

static gboolean
is_kept (const MuxStream *self)
{
  return self->settings.audio_align == AUDIO_ALIGN_KEEP
         && !mux_track_is_video (self);
}

gint64
mux_phase_get (const MuxStream *self)
{
  return (gint64)cmaf_ns_from_ticks (self->units.phase, self->units.timescale);
}

gboolean
mux_phase_check (const MuxStream *self, GError **error)
{
  return !is_kept (self) || mux_timing_is_fixed (&self->timing)
         || cmaf_unit_phase_is_certain (&self->units, error);
}

static void
set (MuxStream *self, guint32 phase)
{
  self->units.phase = phase;
  self->lock.units.phase = phase;
  cmaf_segmenter_set_phase (self->segmenter, phase);
  cmaf_unit_counter_init (&self->counter, &self->units, FALSE);
}

GstFlowReturn
mux_phase_follow (MuxStream *self, gint64 media_time)
{
  const gboolean is_first = !self->counter.is_locked;
  GstFlowReturn result;
  guint32 phase;

  if (!is_kept (self) || media_time < 0
      || !cmaf_unit_counter_has_gap (
          &self->counter, media_time - mux_phase_get (self)))
    return GST_FLOW_OK;
  phase = cmaf_unit_phase_measure (&self->units, (guint64)media_time);
  if (!is_first && cmaf_unit_phase_is_same (&self->units, phase))
    return GST_FLOW_OK;
  result = mux_send_open (self);
  set (self, phase);
  return result;
}
