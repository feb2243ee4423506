/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One elementary stream -> one CMAF track. */
#include "mux-stream.h"

#include "mux-drops.h"
#include "mux-keys.h"
#include "mux-place.h"
#include "mux-send.h"
#include "mux-track.h"
#include "running-time.h"

#include <gst/cmaf/track-caps.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/video/video.h>

/* ---- input ---- */

static GstFlowReturn
fail_buffer (MuxStream *self, const gchar *message)
{
  g_autoptr (GError) error =
      g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE, message);

  return mux_send_fail (self, error);
}

static GstFlowReturn
fail_stamps (MuxStream *self)
{
  return fail_buffer (self, cmaf_stamp_watch_fault (&self->stamps.watch));
}

static GstFlowReturn
time_unit (MuxStream *self, GstBuffer *buffer)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;
  CmafUnitTimes times;
  gint64 running_time;

  switch (mux_track_complete (self, buffer, &error)) {
    case CMAF_TRACK_INCOMPLETE: /* a decoder could not begin here */
      mux_drops_skip (self);
      return GST_FLOW_OK;
    case CMAF_TRACK_REFUSED:
      return mux_send_refuse (self, error);
    case CMAF_TRACK_COMPLETE:
      break;
  }
  if (!running_time_of (&self->segment, GST_BUFFER_PTS (buffer), &running_time))
    return fail_buffer (self, "buffer: PTS lies outside of its segment");
  if (mux_aligned_is_unclean (&self->aligned, &self->units, running_time)
      || (!self->segmenter && !mux_track_is_video (self)
          && cmaf_sync_group_is_searching (self->timing.group))) {
    mux_drops_skip (self);
    return GST_FLOW_OK;
  }
  mux_timing_read (&self->timing, buffer, running_time,
      mux_track_is_video (self) ? &self->units : NULL, &times);
  mux_lock_take (&self->lock, buffer, &times);
  result = mux_place_units (self, FALSE);
  if (result == GST_FLOW_OK && self->segmenter)
    mux_keys_ask_early (self, running_time);
  return result;
}

static GstFlowReturn
time_units (MuxStream *self, gboolean has_hope)
{
  GstFlowReturn result = GST_FLOW_OK;
  GstBuffer *unit;

  while (result == GST_FLOW_OK && (unit = mux_stamps_next (&self->stamps))) {
    result = time_unit (self, unit);
    gst_buffer_unref (unit);
  }
  if (result == GST_FLOW_OK && !has_hope)
    return fail_stamps (self);
  return result;
}

static GstFlowReturn
handle_unit (MuxStream *self, GstBuffer *buffer)
{
  const GstClockTime duration =
      self->track_is_complete ? cmaf_media_time_of_unit (&self->units, 1) : 0;

  return time_units (self, mux_stamps_take (&self->stamps, buffer, duration,
                               !mux_track_is_video (self)));
}

/* A decoder that trusts the header does not know it. */
static void
tell_stranger (MuxStream *self)
{
  if (!self->buffers.stranger || self->has_told_stranger)
    return;
  self->has_told_stranger = TRUE;
  gst_cmaf_warn (self->element, CMAF_ERROR_CONFIG,
      "access unit: has a %s that is not in codec_data of the caps, needs caps "
      "with it (is there a parser in front?), or parameter-sets=in-band",
      self->buffers.stranger);
}

GstFlowReturn
mux_stream_take_buffer (MuxStream *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) unit = NULL;

  if (self->has_failed)
    return GST_FLOW_ERROR;
  if (self->end.has_ended)
    return GST_FLOW_EOS;
  if (!self->track) {
    g_autoptr (GError) error =
        g_error_new_literal (CMAF_ERROR, CMAF_ERROR_CONFIG,
            "caps: found none, needs those of one encoded stream");

    return mux_send_refuse (self, error);
  }
  unit = mux_units_take (&self->buffers, self->track, buffer);
  tell_stranger (self);
  return unit ? handle_unit (self, unit) : GST_FLOW_OK;
}

/* Nothing continues the last unit. */
static GstFlowReturn
finish_unit (MuxStream *self)
{
  g_autoptr (GstBuffer) unit = mux_units_drain (&self->buffers, self->track);

  return unit && !self->has_failed ? handle_unit (self, unit) : GST_FLOW_OK;
}

/* And nothing more comes of its segment. */
static GstFlowReturn
finish_stamps (MuxStream *self)
{
  GstFlowReturn result = finish_unit (self);

  if (result != GST_FLOW_OK || self->has_failed)
    return result;
  return time_units (self, mux_stamps_finish (&self->stamps));
}

/* And nothing will say more of its time. */
static GstFlowReturn
finish_units (MuxStream *self)
{
  GstFlowReturn result = finish_stamps (self);

  if (result != GST_FLOW_OK || self->has_failed)
    return result;
  return mux_place_units (self, TRUE);
}

/* ---- events ---- */

GstFlowReturn
mux_stream_take_caps (MuxStream *self, GstCaps *caps)
{
  g_autoptr (CmafTrack) track = NULL;
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;

  if (self->has_failed) /* caps are sent again after a failure */
    return GST_FLOW_ERROR;
  if (self->end.has_ended)
    return GST_FLOW_OK;
  if (self->caps && !cmaf_track_caps_differ (self->caps, caps))
    return GST_FLOW_OK;
  result = finish_units (self);
  if (result != GST_FLOW_OK)
    return result;
  track = cmaf_track_from_caps (caps, self->settings.in_band, &error);
  if (!track)
    return mux_send_fail (self, error);
  result = mux_send_open (self);
  if (result != GST_FLOW_OK)
    return result;
  mux_track_forget (self);
  self->track = g_steal_pointer (&track);
  mux_units_set_track (&self->buffers, self->track);
  self->has_told_stranger = FALSE;
  self->caps = gst_caps_ref (caps);
  cmaf_sync_member_declare (self->timing.member, self->track->media);
  return GST_FLOW_OK;
}

gboolean
mux_stream_take_aligned (MuxStream *self, GstEvent *event)
{
  return mux_aligned_take (&self->aligned, event, &self->lock);
}

/* Only what an encoder was told: parsers measure, and would make the headers of
 * redundant encoders differ. */
void
mux_stream_take_tags (MuxStream *self, const GstTagList *tags)
{
  gchar *language;

  if (gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &language)) {
    g_free (self->language);
    self->language = language;
  }
  gst_tag_list_get_uint (tags, GST_TAG_NOMINAL_BITRATE, &self->bitrate);
}

gboolean
mux_stream_take_segment (MuxStream *self, GstEvent *event)
{
  const GstSegment *segment;
  guint n_waiting;

  if (self->has_failed) /* as caps */
    return FALSE;
  finish_stamps (self); /* they are of the segment before */
  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_TIME) {
    g_autoptr (GError) error = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "segment: has format %s, needs time",
        gst_format_get_name (segment->format));

    mux_send_fail (self, error);
    return FALSE;
  }
  gst_segment_copy_into (segment, &self->segment);
  cmaf_stamp_watch_forget_time (&self->stamps.watch);
  n_waiting =
      self->queue.length + self->lock.arrived.length + self->lock.inside.length;
  if (n_waiting > 0) {
    gst_event_replace (&self->next_segment_event, event);
    self->n_before_next = n_waiting;
  } else {
    gst_event_replace (&self->output.segment_event, event);
    gst_clear_event (&self->next_segment_event);
  }
  return TRUE;
}

void
mux_stream_take_gap (MuxStream *self, GstClockTime start, GstClockTime duration)
{
  GstClockTime end =
      GST_CLOCK_TIME_IS_VALID (duration) ? start + duration : start;

  finish_unit (self);
  if (cmaf_stamp_watch_note_gap (&self->stamps.watch, end) && !self->has_failed
      && !self->end.has_ended)
    mux_place_gap (self, start, end);
}

void
mux_stream_end (MuxStream *self)
{
  if (self->end.has_ended)
    return;
  finish_units (self);
  if (!self->has_failed
      && cmaf_stamp_watch_had_strays_only (&self->stamps.watch))
    fail_stamps (self);
  if (!self->has_failed)
    mux_send_last (self);
  cmaf_sync_member_note_end (self->timing.member);
  if (!self->has_failed)
    mux_begin_end (&self->begin, &self->output);
}

void
mux_stream_flush (MuxStream *self)
{
  mux_units_flush (&self->buffers);
  mux_lock_clear (&self->lock);
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  g_clear_pointer (&self->segmenter, cmaf_segmenter_free);
  gst_clear_event (&self->output.segment_event);
  gst_clear_event (&self->next_segment_event);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  mux_aligned_flush (&self->aligned);
  mux_stamps_flush (&self->stamps);
  mux_begin_forget (&self->begin);
  mux_end_init (&self->end);
  self->has_failed = FALSE;
  mux_output_send_header (&self->output); /* it may be lost as well */
  GST_OBJECT_LOCK (self->element);
  g_array_set_size (self->splits, 0);
  GST_OBJECT_UNLOCK (self->element);
}

void
mux_stream_split_now (MuxStream *self, gboolean chunk)
{
  if (self->segmenter)
    cmaf_segmenter_split (self->segmenter, 0, !chunk);
  if (!chunk && self->track && mux_track_is_video (self))
    gst_pad_push_event (
        self->sinkpad, gst_video_event_new_upstream_force_key_unit (
                           GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* ---- from any thread ---- */

void
mux_stream_split_at (MuxStream *self, GstClockTime running_time)
{
  GST_OBJECT_LOCK (self->element);
  g_array_append_val (self->splits, running_time);
  GST_OBJECT_UNLOCK (self->element);
  mux_upstream_ask_at (self->upstream, running_time);
}

void
mux_stream_send_header (MuxStream *self)
{
  mux_output_send_header (&self->output);
}

GstClockTime
mux_stream_get_latency (MuxStream *self)
{
  GstClockTime latency;

  GST_OBJECT_LOCK (self->element);
  latency = self->output.latency;
  GST_OBJECT_UNLOCK (self->element);
  return latency;
}

GstStructure *
mux_stream_get_stats (MuxStream *self)
{
  GstStructure *stats;

  GST_OBJECT_LOCK (self->element);
  stats = mux_counters_to_structure (&self->output.counters);
  GST_OBJECT_UNLOCK (self->element);
  return stats;
}

/* ---- life ---- */

void
mux_stream_init (
    MuxStream *self, GstElement *element, GstPad *sinkpad, GstPad *srcpad)
{
  self->element = element;
  self->sinkpad = sinkpad;
  self->output.element = element;
  self->output.srcpad = srcpad;
  self->output.settings = &self->settings;
  self->tell.element = element;
  self->tell.settings = &self->settings;
  self->timing.element = element;
  mux_lock_init (&self->lock, &self->timing);
  mux_stamps_init (&self->stamps, &self->output, &self->tell);
  mux_begin_init (&self->begin, &self->tell, &self->lock, sinkpad);
  self->upstream = mux_upstream_new (sinkpad);
  self->splits = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  g_queue_init (&self->queue);
}

void
mux_stream_clear (MuxStream *self)
{
  mux_upstream_free (self->upstream);
  mux_output_clear (&self->output);
  mux_settings_clear (&self->settings);
  mux_lock_clear (&self->lock);
  mux_timing_stop (&self->timing);
  mux_aligned_clear (&self->aligned);
  g_array_unref (self->splits);
  g_free (self->language);
}

gboolean
mux_stream_start (MuxStream *self, GError **error)
{
  mux_output_start (&self->output);
  mux_tell_start (&self->tell);
  mux_aligned_start (&self->aligned);
  mux_lock_give (&self->lock, NULL);
  mux_stream_flush (self);
  memset (&self->splices, 0, sizeof self->splices);
  self->bitrate = 0;
  g_clear_pointer (&self->language, g_free);
  if (self->settings.splice_mode == SPLICE_SPLIT) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "splice-mode: found split, needs idr or move: numbers of segments "
        "would depend on the cues that were heard before");
    return FALSE;
  }
  if (!mux_timing_start (&self->timing, &self->settings, error))
    return FALSE;
  mux_upstream_start (self->upstream, &self->settings, &self->timing);
  return TRUE;
}

void
mux_stream_wake (MuxStream *self, gboolean awake)
{
  mux_timing_wake (&self->timing, awake);
}

void
mux_stream_stop (MuxStream *self)
{
  mux_upstream_stop (self->upstream);
  mux_stream_flush (self);
  mux_events_stop (&self->events);
  mux_track_forget (self);
  mux_timing_stop (&self->timing);
}
