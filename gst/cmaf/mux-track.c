/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The track of a stream, and the grids that go with it. */
#include "mux-track.h"

#include "mux-phase.h"

gboolean
mux_track_is_video (const MuxStream *self)
{
  return self->track->media == CMAF_MEDIA_VIDEO;
}

void
mux_track_forget (MuxStream *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  g_clear_pointer (&self->segmenter, cmaf_segmenter_free);
  g_clear_pointer (&self->track, cmaf_track_unref);
  self->track_is_complete = FALSE;
  mux_units_clear (&self->buffers);
  mux_lock_clear (&self->lock);
  mux_output_forget_header (&self->output);
  gst_clear_caps (&self->caps);
}

/* What caps do not know of the track comes with its first unit. */
static CmafTrackState
read_unit (MuxStream *self, GstBuffer *buffer, GError **error)
{
  CmafTrackState state;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "buffer: cannot be read, needs memory that can");
    return CMAF_TRACK_REFUSED;
  }
  state =
      cmaf_access_unit_complete_track (self->track, map.data, map.size, error);
  gst_buffer_unmap (buffer, &map);
  return state;
}

CmafTrackState
mux_track_complete (MuxStream *self, GstBuffer *buffer, GError **error)
{
  CmafTrackState state = CMAF_TRACK_COMPLETE;

  if (self->track_is_complete)
    return state;
  state = read_unit (self, buffer, error);
  self->track_is_complete = state == CMAF_TRACK_COMPLETE;
  self->units.timescale = self->track->timescale;
  self->units.unit_ticks = self->track->sample_duration;
  self->units.phase = 0;
  return state;
}

/* A chunk is sent when the unit behind it has come, and is whole. None is
 * longer than its segment. */
static void
update_latency (MuxStream *self)
{
  const guint p = mux_settings_chunk_units (&self->settings, &self->units);
  const guint behind = cmaf_access_unit_may_continue (self->track) ? 2 : 1;
  GstClockTime latency = cmaf_segment_grid_edge (&self->grid, 1);

  if (self->grid.moves)
    latency += latency / 2;
  if (p > 0)
    latency = MIN (latency, cmaf_media_time_of_unit (&self->units, p));
  mux_output_set_latency (
      &self->output, latency + cmaf_media_time_of_unit (&self->units, behind));
}

GstFlowReturn
mux_track_configure (MuxStream *self, GError **error)
{
  const gboolean is_video = mux_track_is_video (self);
  CmafSegmenterConfig config = { 0 };
  GstFlowReturn result = mux_timing_agree (
      &self->timing, &self->settings, self->track, &self->grid, error);

  if (result != GST_FLOW_OK)
    return result;
  if (!mux_phase_check (self, error)
      || !mux_service_check (
          &self->timing.service, &self->grid, self->track, error))
    return GST_FLOW_ERROR;
  self->track->segment_duration_n = self->grid.duration_n;
  self->track->segment_duration_d = self->grid.duration_d;
  self->track->has_moves = self->settings.splice_mode == SPLICE_MOVE;
  config.grid = self->grid;
  config.units = self->units;
  config.needs_key_frames = is_video;
  config.chunk_units = mux_settings_chunk_units (&self->settings, &self->units);
  config.missed_key_frame = self->settings.missed_key_frame;
  config.starts_at_zero =
      self->settings.fixed_origin == 0 && self->output.counters.segments == 0;
  self->segmenter = cmaf_segmenter_new (&config);
  cmaf_unit_counter_init (&self->counter, &self->units, is_video);
  self->n_reached = 0;
  mux_requests_init (&self->requests, &self->grid, &self->units);
  mux_lock_start (&self->lock, &self->units, &self->grid, is_video);
  if (self->settings.events_in_band)
    mux_events_start (&self->events, &self->timing, &self->lock);
  update_latency (self);
  return GST_FLOW_OK;
}
