/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What text and events share. */
#include "sparse-track.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* Further ahead is a jump of the timeline, and no segments are made for what
 * lies between. */
#define MAX_SEGMENTS_AHEAD 10000

/* ---- life ---- */

void
sparse_track_init (SparseTrack *self, GstElement *element, MuxOutput *output,
    MuxTiming *timing)
{
  self->element = element;
  self->output = output;
  self->timing = timing;
  g_mutex_init (&self->lock);
  g_queue_init (&self->queue);
}

void
sparse_track_clear (SparseTrack *self)
{
  g_mutex_clear (&self->lock);
}

static void
clear_alarm (SparseTrack *self)
{
  if (!self->alarm)
    return;
  gst_clock_id_unschedule (self->alarm);
  gst_clock_id_unref (self->alarm);
  self->alarm = NULL;
}

void
sparse_track_reset (SparseTrack *self)
{
  clear_alarm (self);
  g_clear_pointer (&self->track, cmaf_track_unref);
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  self->has_refused = FALSE;
}

void
sparse_track_set_running (SparseTrack *self, gboolean is_running)
{
  g_mutex_lock (&self->lock);
  self->is_running = is_running;
  if (is_running)
    self->is_awake = self->is_playing = FALSE;
  g_mutex_unlock (&self->lock);
}

/* ---- from any thread ---- */

void
sparse_track_notify_locked (SparseTrack *self)
{
  if (self->is_running)
    cmaf_sync_member_poke (self->timing->member);
}

void
sparse_track_wake (SparseTrack *self, gboolean awake)
{
  g_mutex_lock (&self->lock);
  self->is_awake = awake;
  sparse_track_notify_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
sparse_track_is_awake (SparseTrack *self)
{
  gboolean is_awake;

  g_mutex_lock (&self->lock);
  is_awake = self->is_awake;
  g_mutex_unlock (&self->lock);
  return is_awake;
}

void
sparse_track_set_playing (SparseTrack *self, gboolean is_playing)
{
  g_mutex_lock (&self->lock);
  self->is_playing = is_playing;
  sparse_track_notify_locked (self);
  g_mutex_unlock (&self->lock);
}

/* ---- media time ---- */

static gint64
offset_at (SparseTrack *self, gint64 running_time)
{
  const CmafTimingStep *step = &self->mapping.step;

  cmaf_sync_group_get_mapping (self->timing->group, &self->mapping);
  return self->mapping.offset
         + (step->id > 0 && running_time >= step->at ? step->delta : 0);
}

guint64
sparse_track_media_time (SparseTrack *self, guint64 running_time)
{
  const gint64 time =
      (gint64)running_time + offset_at (self, (gint64)running_time);

  return (guint64)MAX (time, 0);
}

guint64
sparse_track_ticks (SparseTrack *self, guint64 running_time)
{
  return cmaf_ticks_from_ns (
      sparse_track_media_time (self, running_time), self->track->timescale);
}

guint64
sparse_track_running_time (SparseTrack *self, guint64 ticks)
{
  const gint64 media =
      (gint64)cmaf_ns_from_ticks (ticks, self->track->timescale);
  const gint64 time = media - offset_at (self, media - self->mapping.offset);

  return (guint64)MAX (time, 0);
}

/* ---- the clock ---- */

static gboolean
is_playing (SparseTrack *self)
{
  gboolean is_playing;

  g_mutex_lock (&self->lock);
  is_playing = self->is_playing;
  g_mutex_unlock (&self->lock);
  return is_playing;
}

gboolean
sparse_track_read_clock (SparseTrack *self, guint64 *running_time)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  gint64 time;

  if (!clock || !is_playing (self))
    return FALSE;
  time = (gint64)(gst_clock_get_time (clock)
                  - gst_element_get_base_time (self->element));
  *running_time = (guint64)MAX (time, 0);
  return TRUE;
}

gboolean
sparse_track_has_clock (SparseTrack *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);

  return clock || !is_playing (self);
}

static gboolean
ring (GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  SparseTrack *self = data;

  g_mutex_lock (&self->lock);
  sparse_track_notify_locked (self);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
let_go (gpointer data)
{
  SparseTrack *self = data;

  gst_object_unref (self->element);
}

void
sparse_track_set_alarm (SparseTrack *self, guint64 running_time)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);

  clear_alarm (self);
  if (!clock)
    return;
  self->alarm = gst_clock_new_single_shot_id (
      clock, gst_element_get_base_time (self->element) + running_time);
  gst_object_ref (self->element);
  gst_clock_id_wait_async (self->alarm, ring, self, let_go);
}

/* ---- segments ---- */

GstFlowReturn
sparse_track_refuse (SparseTrack *self, const GError *error)
{
  gst_cmaf_post_error (self->element, error);
  self->has_refused = TRUE;
  return GST_FLOW_ERROR;
}

static GstBuffer *
make_sample (SparseTrack *self, GBytes *payload, guint64 start, guint64 end)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (payload);

  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) =
      sparse_track_running_time (self, start);
  GST_BUFFER_DURATION (buffer) =
      cmaf_ns_from_ticks (end, self->track->timescale)
      - cmaf_ns_from_ticks (start, self->track->timescale);
  return buffer;
}

gboolean
sparse_track_reaches_end (SparseTrack *self, CmafTextPace *pace)
{
  const GstClockTime end =
      cmaf_service_plan_get_end (self->timing->service.plan);

  if (!GST_CLOCK_TIME_IS_VALID (end) || pace->time < end)
    return FALSE;
  pace->time = end;
  pace->has_ended = TRUE;
  return TRUE;
}

GstFlowReturn
sparse_track_push (
    SparseTrack *self, const CmafTextSegment *segment, gboolean is_last)
{
  const CmafCutFragment cut = { .number = segment->number,
    .decode_time = segment->decode_time,
    .duration = segment->duration,
    .first_presentation_time = segment->decode_time,
    .sap_type = 1,
    .starts_segment = TRUE,
    .ends_segment = TRUE,
    .is_aligned = TRUE,
    .samples = segment->samples,
    .n_samples = segment->n_samples };
  const MuxFragment fragment = { self->track, &self->grid, &cut,
    (guint32)segment->number, is_last };
  guint64 time = segment->decode_time;
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;

  for (guint i = 0; i < segment->n_samples; i++) {
    const guint64 end = time + segment->samples[i].duration;

    g_queue_push_tail (
        &self->queue, make_sample (self, segment->payloads[i], time, end));
    time = end;
  }
  if (mux_service_renew_track (
          &self->timing->service, self->track, segment->number))
    mux_output_forget_header (self->output);
  if (!mux_output_begin (self->output, self->track, NULL, &error))
    return sparse_track_refuse (self, error);
  mux_service_note_segment (&self->timing->service, segment->number);
  result = mux_output_push (self->output, &fragment, &self->queue, &error);
  return error ? sparse_track_refuse (self, error) : result;
}

/* ---- the beginning ---- */

GstFlowReturn
sparse_track_find_mapping (
    SparseTrack *self, GstBuffer *first, guint64 running_time)
{
  g_autoptr (GstBuffer) buffer =
      first ? gst_buffer_ref (first) : gst_buffer_new ();
  g_autoptr (GError) error = NULL;

  if (!mux_timing_find (
          self->timing, buffer, (gint64)running_time, &self->mapping, &error))
    return sparse_track_refuse (self, error);
  GST_OBJECT_LOCK (self->element);
  self->output->counters.mapping = self->mapping;
  self->output->counters.has_mapping = TRUE;
  GST_OBJECT_UNLOCK (self->element);
  return GST_FLOW_OK;
}

GstFlowReturn
sparse_track_set_track (SparseTrack *self, CmafTrack *track)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;

  g_clear_pointer (&self->track, cmaf_track_unref);
  self->track = track;
  result = mux_timing_agree (
      self->timing, self->output->settings, self->track, &self->grid, &error);
  if (result != GST_FLOW_OK)
    return error ? sparse_track_refuse (self, error) : result;
  if (!mux_service_check (
          &self->timing->service, &self->grid, self->track, &error))
    return sparse_track_refuse (self, error);
  self->track->timescale = cmaf_text_timescale (&self->grid);
  self->track->segment_duration_n = self->grid.duration_n;
  self->track->segment_duration_d = self->grid.duration_d;
  self->track->has_moves = self->output->settings->splice_mode == SPLICE_MOVE;
  return GST_FLOW_OK;
}

/* What begins at zero has no segment before. */
gboolean
sparse_track_find_first_tick (
    SparseTrack *self, guint64 running_time, gboolean is_live, guint64 *ticks)
{
  guint64 time = sparse_track_media_time (self, running_time);
  CmafSyncProgress others;

  cmaf_sync_member_get_progress (self->timing->member, &others);
  if (others.has_begun)
    time = MAX (time, others.first);
  else if (others.has_others && !is_live)
    return FALSE;
  *ticks = cmaf_ticks_from_ns (time, self->track->timescale);
  if (self->output->settings->fixed_origin == 0
      && cmaf_segment_grid_number (&self->grid, *ticks, self->track->timescale)
             == 0)
    *ticks = 0;
  return TRUE;
}

/* Buffers have running time for PTS. */
static void
set_output_segment (SparseTrack *self)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_clear_event (&self->output->segment_event);
  self->output->segment_event = gst_event_new_segment (&segment);
}

GstFlowReturn
sparse_track_begin (SparseTrack *self)
{
  g_autoptr (GError) error = NULL;

  set_output_segment (self);
  if (!mux_output_begin (self->output, self->track, NULL, &error))
    return sparse_track_refuse (self, error);
  mux_output_set_latency (
      self->output, cmaf_segment_grid_edge (&self->grid, 1));
  return GST_FLOW_OK;
}

gboolean
sparse_track_is_jump (const SparseTrack *self, guint64 next, guint64 ticks)
{
  const guint32 timescale = self->track->timescale;

  return cmaf_segment_grid_number (&self->grid, ticks, timescale)
         > cmaf_segment_grid_number (&self->grid, next, timescale)
               + MAX_SEGMENTS_AHEAD;
}
