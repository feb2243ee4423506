/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One input: what comes -> its media time. */
#include "switch-input.h"

#include "running-time.h"

#include <gst/cmaf/timescale.h>

/* ---- items ---- */

void
switch_item_free (SwitchItem *item)
{
  gst_clear_buffer (&item->buffer);
  gst_clear_caps (&item->caps);
  g_free (item);
}

static void
add_item (
    SwitchInput *self, GQueue *items, GstBuffer *buffer, gint64 from, gint64 to)
{
  SwitchItem *item = g_new0 (SwitchItem, 1);

  running_time_of (
      &self->segment, GST_BUFFER_PTS (buffer), &item->running_time);
  item->buffer = gst_buffer_ref (buffer);
  item->caps = gst_caps_ref (self->caps);
  item->is_video = self->is_video;
  item->rate = self->rate;
  item->bpf = self->bpf;
  item->source = self->source;
  item->from = from;
  item->to = to;
  g_queue_push_tail (items, item);
}

SwitchItem *
switch_item_cut (SwitchItem *item, gint64 from)
{
  const gsize size = gst_buffer_get_size (item->buffer);
  GstBuffer *rest;
  gsize skip;

  if (item->is_video || from <= item->from)
    return item;
  skip =
      cmaf_ticks_from_ns ((guint64)(from - item->from), item->rate) * item->bpf;
  if (skip >= size) {
    switch_item_free (item);
    return NULL;
  }
  rest = gst_buffer_copy_region (
      item->buffer, GST_BUFFER_COPY_ALL, skip, size - skip);
  gst_buffer_unref (item->buffer);
  item->buffer = rest;
  item->from += (gint64)cmaf_ns_from_ticks (skip / item->bpf, item->rate);
  return item;
}

/* ---- frames ---- */

static gint64
media_time_of (const SwitchInput *self, guint64 number)
{
  return (gint64)cmaf_media_time_of_unit (&self->units, number);
}

static gboolean
find_number (SwitchInput *self, gint64 media_time, guint64 *number)
{
  gint64 offset;

  cmaf_timing_lock_get_mapping (self->lock.lock, &self->source, &offset);
  return cmaf_unit_phase_find (&self->phase, &self->units,
      self->source == CMAF_TIMING_FIXED, media_time, number);
}

static gboolean
place_frames (
    SwitchInput *self, gboolean is_last, GQueue *items, GError **error)
{
  CmafPlacement placement;
  CmafLockEventKind kind;
  GstStructure *event;
  GstBuffer *frame;
  guint64 number;

  if (!mux_lock_is_started (&self->lock) || mux_lock_is_empty (&self->lock))
    return TRUE;
  if (!mux_lock_decide (&self->lock, is_last, error))
    return FALSE;
  while ((event = mux_lock_next_event (&self->lock, &kind))) {
    gst_structure_set (
        event, "input", G_TYPE_STRING, GST_OBJECT_NAME (self->pad), NULL);
    gst_element_post_message (self->timing.element,
        gst_message_new_element (GST_OBJECT (self->timing.element), event));
  }
  while (mux_lock_next (&self->lock, &frame, &placement)) {
    if (!placement.is_unsure
        && find_number (self, placement.media_time, &number))
      add_item (self, items, frame, media_time_of (self, number),
          media_time_of (self, number + 1));
    gst_buffer_unref (frame);
  }
  return TRUE;
}

static gboolean
take_frame (SwitchInput *self, GstBuffer *buffer, gint64 running_time,
    GQueue *items, GError **error)
{
  CmafUnitTimes times;

  mux_timing_read (&self->timing, buffer, running_time, &self->units, &times);
  mux_lock_take (&self->lock, buffer, &times);
  return place_frames (self, FALSE, items, error);
}

/* ---- sound ---- */

static gboolean
take_sound (SwitchInput *self, GstBuffer *buffer, gint64 running_time,
    GQueue *items, GError **error)
{
  const guint64 n = gst_buffer_get_size (buffer) / self->bpf;
  CmafSyncMapping mapping;
  gint64 from;

  if (!mux_timing_find (&self->timing, buffer, running_time, &mapping, error))
    return FALSE;
  if (mapping.step.id > 0 && running_time >= mapping.step.at)
    mapping.offset += mapping.step.delta;
  self->source = mapping.source;
  from = running_time + mapping.offset;
  add_item (self, items, buffer, from,
      from + (gint64)cmaf_ns_from_ticks (n, self->rate));
  return TRUE;
}

/* ---- interface ---- */

gboolean
switch_input_take_buffer (
    SwitchInput *self, GstBuffer *buffer, GQueue *items, GError **error)
{
  gint64 running_time;

  if (!self->caps || !GST_BUFFER_PTS_IS_VALID (buffer)
      || !running_time_of (
          &self->segment, GST_BUFFER_PTS (buffer), &running_time)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "buffer: has no %s, needs one",
        !self->caps ? "caps" : "PTS inside of a segment of time");
    return FALSE;
  }
  return self->is_video ? take_frame (self, buffer, running_time, items, error)
                        : take_sound (self, buffer, running_time, items, error);
}

gboolean
switch_input_end (SwitchInput *self, GQueue *items, GError **error)
{
  return place_frames (self, TRUE, items, error);
}

static gboolean
take_video_caps (SwitchInput *self, GstCaps *caps, GError **error)
{
  CmafSegmentGrid grid;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps)
      || GST_VIDEO_INFO_FPS_N (&info) == 0
      || !cmaf_video_timescale ((guint)GST_VIDEO_INFO_FPS_N (&info),
          (guint)GST_VIDEO_INFO_FPS_D (&info), &self->units.timescale,
          &self->units.unit_ticks)) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found no frame rate, needs one (is there a videorate?)");
    return FALSE;
  }
  self->fps_n = (guint)GST_VIDEO_INFO_FPS_N (&info);
  self->fps_d = (guint)GST_VIDEO_INFO_FPS_D (&info);
  if (!cmaf_sync_member_declare_frames (
          self->timing.member, self->fps_n, self->fps_d, error))
    return FALSE;
  cmaf_segment_grid_init_default (&grid, self->fps_n, self->fps_d);
  mux_lock_clear (&self->lock);
  mux_lock_start (&self->lock, &self->units, &grid, TRUE);
  return TRUE;
}

static gboolean
take_audio_caps (SwitchInput *self, GstCaps *caps, GError **error)
{
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, caps)) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: do not describe raw audio");
    return FALSE;
  }
  self->rate = (guint)GST_AUDIO_INFO_RATE (&info);
  self->bpf = (guint)GST_AUDIO_INFO_BPF (&info);
  return TRUE;
}

gboolean
switch_input_take_caps (SwitchInput *self, GstCaps *caps, GError **error)
{
  const gboolean is_video =
      gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");

  if (!self->timing.member) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found an input that did not start, see the warning before");
    return FALSE;
  }
  cmaf_sync_member_declare_raw (
      self->timing.member, is_video ? CMAF_MEDIA_VIDEO : CMAF_MEDIA_AUDIO);
  self->is_video = is_video;
  if (is_video ? !take_video_caps (self, caps, error)
               : !take_audio_caps (self, caps, error))
    return FALSE;
  gst_caps_replace (&self->caps, caps);
  return TRUE;
}

void
switch_input_flush (SwitchInput *self)
{
  g_autoptr (GstCaps) caps = g_steal_pointer (&self->caps);

  mux_lock_clear (&self->lock);
  memset (&self->phase, 0, sizeof self->phase);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  if (caps && self->timing.member)
    switch_input_take_caps (self, caps, NULL);
}

gboolean
switch_input_start (SwitchInput *self, const MuxSettings *settings,
    const gchar *group, GError **error)
{
  MuxSettings own = *settings;

  own.sync_group = (gchar *)group;
  switch_input_flush (self);
  gst_clear_caps (&self->caps);
  return mux_timing_start (&self->timing, &own, error);
}

void
switch_input_stop (SwitchInput *self)
{
  g_queue_clear_full (&self->items, (GDestroyNotify)switch_item_free);
  self->has_begun = self->has_ended = FALSE;
  mux_lock_clear (&self->lock);
  gst_clear_caps (&self->caps);
  mux_timing_stop (&self->timing);
}

SwitchInput *
switch_input_new (GstElement *element, GstPad *pad)
{
  SwitchInput *self = g_new0 (SwitchInput, 1);

  self->pad = pad;
  self->timing.element = element;
  mux_lock_init (&self->lock, &self->timing);
  g_queue_init (&self->items);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  return self;
}

void
switch_input_free (SwitchInput *self)
{
  switch_input_stop (self);
  g_free (self);
}
