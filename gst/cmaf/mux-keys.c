/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which key frames the encoder of a stream is asked for. */
#include "mux-keys.h"

#include "mux-track.h"

static gboolean
may_ask (const MuxStream *self)
{
  return self->settings.send_force_key_unit && mux_track_is_video (self);
}

/* For the boundaries behind unit @to, unless there is an encoder of which the
 * raw frames are seen, as @seen was. */
static void
request_key_frames (MuxStream *self, guint64 seen, guint64 to)
{
  if (!may_ask (self) || mux_upstream_leads (self->upstream, seen))
    return;
  mux_requests_send (&self->requests, self->sinkpad, &self->lock,
      cmaf_unit_counter_get_phase (&self->counter), to);
}

/* Cues that the encoder in front has not been asked for. */
static void
apply_cues (MuxStream *self, guint64 seen)
{
  GstClockTime early = cmaf_media_time_of_unit (&self->units, 1) / 4;
  GstClockTime time;

  mux_splices_plan (
      &self->splices, &self->timing, &self->settings, &self->lock);
  if (!may_ask (self) || mux_upstream_leads (self->upstream, seen))
    return;
  while (mux_splices_next (&self->splices, &self->timing, &time))
    mux_upstream_ask_at (self->upstream, MAX (time, early) - early);
}

/* However the encoder is watched: the end is asked for as a split is. */
static void
ask_for_end (MuxStream *self)
{
  const GstClockTime early = cmaf_media_time_of_unit (&self->units, 1) / 4;
  GstClockTime end;
  gint64 time;

  if (!may_ask (self)
      || !mux_end_wants_key_frame (&self->end, self->timing.service.plan, &end))
    return;
  time = mux_lock_running_time (&self->lock, (gint64)end) - (gint64)early;
  if (time > 0)
    mux_upstream_ask_at (self->upstream, (GstClockTime)time);
}

void
mux_keys_ask (MuxStream *self, guint64 seen, guint64 to)
{
  apply_cues (self, seen);
  request_key_frames (self, seen, to);
  ask_for_end (self);
}

/* Key frames of an encoder that is not seen are asked for before it is certain
 * which frame this is: encoders look ahead. */
void
mux_keys_ask_early (MuxStream *self, gint64 running_time)
{
  gint64 media_time, phase;
  guint64 unit;

  if (mux_lock_has_mapping (&self->lock) || mux_lock_is_empty (&self->lock))
    return;
  media_time = mux_lock_media_time (&self->lock, running_time);
  if (cmaf_unit_snap (&self->units, media_time, &unit, &phase))
    request_key_frames (self, unit, unit);
}
