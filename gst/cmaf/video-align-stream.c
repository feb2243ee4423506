/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One stream of raw video -> the same on the frame grid.
 *
 * The lock of the muxer says which number a frame has; the frame leaves with
 * the running time of that number, by a mapping that stays as it is whatever
 * the input does, and that the muxer is told of. */
#include "video-align-stream.h"

#include "align-event.h"
#include "spare-frame.h"

#include <gst/cmaf/timescale.h>

/* ---- output ---- */

static gint64
media_time_of (const VideoAlignStream *self, guint64 number)
{
  return (gint64)cmaf_media_time_of_unit (&self->units, number);
}

static gint64
get_offset (const VideoAlignStream *self)
{
  return self->grid.offset + self->grid.step.delta;
}

/* @buffer: transfer full */
static GstFlowReturn
push_out (VideoAlignStream *self, GstBuffer *buffer, guint64 number)
{
  const gint64 time = media_time_of (self, number) - get_offset (self);

  self->reached = time;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = (GstClockTime)MAX (time, 0);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = (GstClockTime)(media_time_of (self, number + 1)
                                                - media_time_of (self, number));
  if (self->is_discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->is_discont = FALSE;
  GST_OBJECT_LOCK (self->element);
  self->counters.frames_out++;
  self->counters.number = number + 1;
  GST_OBJECT_UNLOCK (self->element);
  return align_input_push (self->input, buffer);
}

/* (transfer full) */
static GstBuffer *
make_slate (VideoAlignStream *self)
{
  if (self->settings.slate == SLATE_BLACK && !self->black)
    self->black = spare_frame_new_black (&self->info);
  if (self->settings.slate == SLATE_BLACK && self->black)
    return spare_frame_dress (self->black, self->last);
  return spare_frame_repeat (self->last);
}

/* @n numbers from @first on have no frame. */
static GstFlowReturn
push_spare (VideoAlignStream *self, guint64 first, guint64 n, gboolean is_slate)
{
  GstFlowReturn result = GST_FLOW_OK;

  if (is_slate)
    cmaf_slate_list_note (self->input->slates,
        (GstClockTime)media_time_of (self, first),
        (GstClockTime)media_time_of (self, first + n));
  GST_OBJECT_LOCK (self->element);
  *(is_slate ? &self->counters.slate : &self->counters.repeated) += n;
  GST_OBJECT_UNLOCK (self->element);
  for (guint64 i = 0; i < n && result == GST_FLOW_OK; i++)
    result = push_out (self,
        is_slate ? make_slate (self) : spare_frame_repeat (self->last),
        first + i);
  return result;
}

static void
note_discontinuity (VideoAlignStream *self, const gchar *kind,
    gint64 running_time, guint64 number, guint64 n)
{
  GST_OBJECT_LOCK (self->element);
  self->counters.discontinuities++;
  GST_OBJECT_UNLOCK (self->element);
  align_input_post (self->input,
      gst_structure_new ("cmaf-video-discontinuity", "kind", G_TYPE_STRING,
          kind, "frames", G_TYPE_UINT64, n, "n", G_TYPE_UINT64, number,
          "running-time", G_TYPE_INT64, running_time, NULL));
}

/* ---- the grid of the output ---- */

static void
tell_grid (VideoAlignStream *self, const CmafSyncMapping *grid)
{
  GST_OBJECT_LOCK (self->element);
  self->grid = *grid;
  self->has_grid = TRUE;
  GST_OBJECT_UNLOCK (self->element);
  align_input_push (self->input, NULL);
  gst_pad_push_event (
      self->input->srcpad, align_event_new_grid (grid, self->input->slates));
}

/* The first frame leaves as it came, to the phase. */
static void
begin_grid (VideoAlignStream *self, gint64 running_time, guint64 number)
{
  CmafSyncMapping grid = { 0 };

  cmaf_timing_lock_get_mapping (self->lock.lock, &grid.source, &grid.offset);
  grid.offset = media_time_of (self, number) - MAX (running_time, 0);
  if (self->lock.is_given)
    grid = self->lock.given;
  self->is_discont = TRUE;
  align_input_ask_upstream (self->input);
  tell_grid (self, &grid);
  align_input_post (self->input,
      gst_structure_new ("cmaf-video-aligned", "n", G_TYPE_UINT64, number,
          "source", G_TYPE_STRING, cmaf_timing_source_name (grid.source),
          "class", G_TYPE_STRING, cmaf_timing_class (grid.source),
          "running-time", G_TYPE_INT64, running_time, NULL));
}

/* Media time jumped further than is filled: running time does not. */
static void
move_grid (VideoAlignStream *self, gint64 running_time, guint64 number)
{
  const gint64 frame = media_time_of (self, 1);
  CmafSyncMapping grid = self->grid;

  grid.offset = get_offset (self);
  grid.step.id++;
  grid.step.at = MAX (running_time, self->reached + frame);
  grid.step.delta = media_time_of (self, number) - grid.offset - grid.step.at;
  grid.step.at -= frame / 4;
  self->is_discont = TRUE;
  tell_grid (self, &grid);
}

/* ---- frames with their numbers ---- */

/* Every frame of the input that leaves passes here, with its number. */
static GstFlowReturn
push_frame (VideoAlignStream *self, GstBuffer *frame, guint64 number)
{
  gst_buffer_replace (&self->last, frame);
  return push_out (self, gst_buffer_ref (frame), number);
}

static GstFlowReturn
fill_gap (
    VideoAlignStream *self, const CmafFramePlan *plan, gint64 running_time)
{
  const GstClockTime length =
      (GstClockTime)(media_time_of (self, plan->first + plan->fill)
                     - media_time_of (self, plan->first));
  const gboolean is_slate =
      self->is_lost || length > self->settings.slate_after;

  if (plan->fill == 0)
    return GST_FLOW_OK;
  if (is_slate && !self->is_lost)
    note_discontinuity (self, "gap", running_time, plan->first, plan->fill);
  return push_spare (self, plan->first, plan->fill, is_slate);
}

static GstFlowReturn
take_frame (VideoAlignStream *self, GstBuffer *frame, guint64 number,
    gint64 running_time)
{
  GstFlowReturn result = GST_FLOW_OK;
  CmafFramePlan plan;

  cmaf_frame_aligner_push (&self->aligner, number, &plan);
  switch (plan.event) {
    case CMAF_FRAME_REPEATED:
      GST_OBJECT_LOCK (self->element);
      self->counters.dropped++;
      GST_OBJECT_UNLOCK (self->element);
      return GST_FLOW_OK;
    case CMAF_FRAME_STARTED:
      if (!self->has_grid)
        begin_grid (self, running_time, number);
      break;
    case CMAF_FRAME_JUMPED:
      note_discontinuity (
          self, "jump", running_time, number, number - plan.first);
      if (!self->lock.is_given)
        move_grid (self, running_time, number);
      break;
    case CMAF_FRAME_CONTINUED:
      result = fill_gap (self, &plan, running_time);
      break;
  }
  self->is_lost = FALSE;
  return result == GST_FLOW_OK ? push_frame (self, frame, number) : result;
}

/* ---- numbers ---- */

/* By fixed origin frames keep their distance from the grid; by all else they
 * lie on it. */
static gboolean
find_number (VideoAlignStream *self, gint64 media_time, guint64 *number)
{
  CmafTimingSource source;
  gint64 offset;

  cmaf_timing_lock_get_mapping (self->lock.lock, &source, &offset);
  return cmaf_unit_phase_find (&self->phase, &self->units,
      source == CMAF_TIMING_FIXED, media_time, number);
}

/* The muxer sees nothing of what happens to the lock. */
static void
tell_events (VideoAlignStream *self)
{
  CmafSyncMapping grid = self->grid;
  CmafLockEventKind kind;
  GstStructure *event;
  gint64 offset;

  while ((event = mux_lock_next_event (&self->lock, &kind)))
    align_input_post (self->input, event);
  if (!self->has_grid || self->lock.is_given
      || !cmaf_timing_lock_get_mapping (self->lock.lock, &grid.source, &offset)
      || grid.source == self->grid.source)
    return;
  tell_grid (self, &grid);
}

static GstFlowReturn
place (VideoAlignStream *self, GstBuffer *frame, const CmafPlacement *placement)
{
  gint64 running_time = 0;
  guint64 number;

  align_input_find_time (
      self->input, GST_BUFFER_PTS (frame), &running_time, NULL);
  if (placement->is_unsure
      || !find_number (self, placement->media_time, &number)) {
    GST_OBJECT_LOCK (self->element);
    self->counters.dropped++;
    GST_OBJECT_UNLOCK (self->element);
    return GST_FLOW_OK;
  }
  return take_frame (self, frame, number, running_time);
}

static GstFlowReturn
place_all (VideoAlignStream *self, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  CmafPlacement placement;
  GstBuffer *frame;

  if (!mux_lock_is_started (&self->lock) || mux_lock_is_empty (&self->lock))
    return GST_FLOW_OK;
  cmaf_sync_group_get_grid (self->input->timing.group, &self->lock.grid);
  if (!mux_lock_decide (&self->lock, is_last, &error))
    return align_input_refuse (self->input, error);
  tell_events (self);
  while (result == GST_FLOW_OK
         && mux_lock_next (&self->lock, &frame, &placement)) {
    result = place (self, frame, &placement);
    gst_buffer_unref (frame);
  }
  return result;
}

/* ---- loss ---- */

/* Thread of the watch: it takes the place of the thread that gives nothing. */
static void
lose_input (gpointer data, GstClockTime deadline)
{
  VideoAlignStream *self = data;
  AlignInput *input = self->input;
  GstFlowReturn result = GST_FLOW_OK;
  guint64 first, n;

  GST_PAD_STREAM_LOCK (input->sinkpad);
  if (self->has_grid && self->last && align_input_is_lost (input, deadline)) {
    gint64 end;

    input->end += media_time_of (self, 1);
    end = mux_lock_media_time (&self->lock, input->end) - self->phase.phase;
    n = cmaf_frame_aligner_lose (&self->aligner,
        cmaf_unit_from_media_time (&self->units, (guint64)MAX (end, 0)),
        &first);
    if (n > 0 && !self->is_lost)
      note_discontinuity (self, "loss", input->end, first, n);
    self->is_lost = self->is_lost || n > 0;
    if (n > 0)
      result = push_spare (self, first, n, TRUE);
  }
  if (result == GST_FLOW_OK)
    align_input_watch (input);
  GST_PAD_STREAM_UNLOCK (input->sinkpad);
}

/* ---- interface ---- */

static GError *
check (const VideoAlignStream *self)
{
  if (self->has_info)
    return NULL;
  return g_error_new_literal (CMAF_ERROR, CMAF_ERROR_CONFIG,
      "caps: found none, needs those of raw video");
}

GstFlowReturn
video_align_stream_take_buffer (VideoAlignStream *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) frame = buffer;
  g_autoptr (GError) error = check (self);
  GstFlowReturn result;
  CmafUnitTimes times;
  gint64 running_time;

  if (self->input->has_failed)
    return GST_FLOW_ERROR;
  if (error
      || !align_input_find_time (
          self->input, GST_BUFFER_PTS (frame), &running_time, &error))
    return align_input_refuse (self->input, error);
  GST_OBJECT_LOCK (self->element);
  self->counters.frames_in++;
  GST_OBJECT_UNLOCK (self->element);
  mux_timing_read (
      &self->input->timing, frame, running_time, &self->units, &times);
  mux_lock_take (&self->lock, frame, &times);
  gst_clear_buffer (&frame);
  result = place_all (self, FALSE);
  align_input_note (self->input, running_time + media_time_of (self, 1));
  return result;
}

/* What is inside has the caps of before. */
static void
start_lock (VideoAlignStream *self)
{
  CmafSegmentGrid grid;

  mux_lock_clear (&self->lock);
  if (!cmaf_sync_group_get_grid (self->input->timing.group, &grid))
    cmaf_segment_grid_init_default (&grid,
        (guint)GST_VIDEO_INFO_FPS_N (&self->info),
        (guint)GST_VIDEO_INFO_FPS_D (&self->info));
  mux_lock_start (&self->lock, &self->units, &grid, TRUE);
}

static gboolean
set_units (VideoAlignStream *self, GError **error)
{
  const guint fps_n = (guint)GST_VIDEO_INFO_FPS_N (&self->info);
  const guint fps_d = (guint)GST_VIDEO_INFO_FPS_D (&self->info);
  const CmafUnitGrid before = self->units;
  GstClockTime max_fill = self->settings.max_slate;

  if (fps_n == 0
      || !cmaf_video_timescale (
          fps_n, fps_d, &self->units.timescale, &self->units.unit_ticks)) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found no frame rate, needs one (is there a videorate?)");
    return FALSE;
  }
  if (!cmaf_sync_member_declare_frames (
          self->input->timing.member, fps_n, fps_d, error))
    return FALSE;
  if (before.timescale == self->units.timescale
      && before.unit_ticks == self->units.unit_ticks)
    return TRUE;
  if (self->settings.on_input_loss == ON_LOSS_SILENT)
    max_fill = MIN (max_fill, self->settings.slate_after);
  cmaf_frame_aligner_init (
      &self->aligner, max_fill / (GstClockTime)media_time_of (self, 1));
  memset (&self->phase, 0, sizeof self->phase);
  return TRUE;
}

gboolean
video_align_stream_take_caps (VideoAlignStream *self, GstCaps *caps)
{
  g_autoptr (GError) error = NULL;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps)) {
    error = g_error_new_literal (
        CMAF_ERROR, CMAF_ERROR_CONFIG, "caps: do not describe raw video");
    align_input_refuse (self->input, error);
    return FALSE;
  }
  if (place_all (self, TRUE) != GST_FLOW_OK)
    return FALSE;
  self->info = info;
  self->has_info = TRUE;
  gst_clear_buffer (&self->black);
  if (!set_units (self, &error)) {
    align_input_refuse (self->input, error);
    return FALSE;
  }
  start_lock (self);
  return TRUE;
}

gboolean
video_align_stream_take_grid (VideoAlignStream *self, GstEvent *event)
{
  CmafSyncMapping mapping;

  if (!align_event_parse_grid (event, &mapping))
    return FALSE;
  mux_lock_give (&self->lock, &mapping);
  if (self->has_grid)
    tell_grid (self, &mapping);
  return TRUE;
}

void
video_align_stream_end (VideoAlignStream *self)
{
  if (!self->input->has_failed)
    place_all (self, TRUE);
}

void
video_align_stream_flush (VideoAlignStream *self)
{
  mux_lock_clear (&self->lock);
  memset (&self->units, 0, sizeof self->units);
  gst_clear_buffer (&self->last);
  self->is_lost = FALSE;
  self->reached = 0;
  GST_OBJECT_LOCK (self->element);
  self->has_grid = FALSE;
  GST_OBJECT_UNLOCK (self->element);
  if (self->has_info && set_units (self, NULL)) /* the caps stay */
    start_lock (self);
}

gboolean
video_align_stream_start (VideoAlignStream *self, GError **error)
{
  GST_OBJECT_LOCK (self->element);
  memset (&self->counters, 0, sizeof self->counters);
  GST_OBJECT_UNLOCK (self->element);
  if (!align_input_start (self->input, &self->settings.timing,
          self->settings.on_input_loss == ON_LOSS_SLATE
              ? self->settings.slate_after
              : GST_CLOCK_TIME_NONE,
          lose_input, self, error))
    return FALSE;
  mux_lock_give (&self->lock, NULL);
  cmaf_sync_member_declare_raw (self->input->timing.member, CMAF_MEDIA_VIDEO);
  return TRUE;
}

void
video_align_stream_stop (VideoAlignStream *self)
{
  self->has_info = FALSE;
  video_align_stream_flush (self);
  gst_clear_buffer (&self->black);
  align_input_stop (self->input);
}

void
video_align_stream_init (VideoAlignStream *self, AlignInput *input)
{
  self->input = input;
  self->element = input->element;
  mux_lock_init (&self->lock, &input->timing);
}

void
video_align_stream_clear (VideoAlignStream *self)
{
  mux_lock_clear (&self->lock);
  mux_settings_clear (&self->settings.timing);
}

GstStructure *
video_align_stream_get_stats (VideoAlignStream *self)
{
  const VideoCounters *c = &self->counters;
  GstStructure *s;

  GST_OBJECT_LOCK (self->element);
  s = gst_structure_new ("application/x-cmafvideoalign-stats", "frames-in",
      G_TYPE_UINT64, c->frames_in, "frames-out", G_TYPE_UINT64, c->frames_out,
      "dropped", G_TYPE_UINT64, c->dropped, "repeated", G_TYPE_UINT64,
      c->repeated, "slate", G_TYPE_UINT64, c->slate, "discontinuities",
      G_TYPE_UINT64, c->discontinuities, "n", G_TYPE_UINT64, c->number, NULL);
  if (self->has_grid)
    gst_structure_set (s, "class", G_TYPE_STRING,
        cmaf_timing_class (self->grid.source), "source", G_TYPE_STRING,
        cmaf_timing_source_name (self->grid.source), "offset", G_TYPE_INT64,
        self->grid.offset + self->grid.step.delta, NULL);
  GST_OBJECT_UNLOCK (self->element);
  return s;
}
