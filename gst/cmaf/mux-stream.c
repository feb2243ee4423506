/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One elementary stream -> one CMAF track. */
#include "mux-stream.h"

#include "mux-drops.h"
#include "mux-keys.h"
#include "running-time.h"

#include <gst/cmaf/access-unit.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/track-caps.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/video/video.h>

/* ---- messages ---- */

static GstFlowReturn
refuse (MuxStream *self, const GError *error)
{
  gst_cmaf_post_error (self->element, error);
  self->has_failed = TRUE;
  return GST_FLOW_ERROR;
}

static void
post (MuxStream *self, GstStructure *structure)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

/* ---- output ---- */

static gboolean
is_video (const MuxStream *self)
{
  return self->track->media == CMAF_MEDIA_VIDEO;
}

/* @n samples have left the queue. A list belongs to the segment of its first
 * sample. */
static void
pass_samples (MuxStream *self, guint n)
{
  if (!self->next_segment_event)
    return;
  self->n_before_next -= MIN (self->n_before_next, n);
  if (self->n_before_next == 0)
    self->output.segment_event = g_steal_pointer (&self->next_segment_event);
}

static GstFlowReturn
push_fragment (MuxStream *self, const CmafCutFragment *cut, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  MuxFragment fragment = { self->track, &self->grid, cut,
    cmaf_segmenter_sequence_number (self->segmenter, cut->number, cut->chunk),
    is_last, mux_aligned_is_slate (&self->aligned, cut, &self->units) };
  GstFlowReturn result;

  if (!mux_events_write (&self->events, cut, &self->units, &messages, &error))
    return refuse (self, error);
  fragment.event_messages = messages;
  mux_begin_tell (&self->begin, cut);
  self->track->max_bitrate = self->track->avg_bitrate = self->bitrate;
  if (cut->starts_segment
      && mux_service_renew_track (
          &self->timing.service, self->track, cut->number))
    mux_output_forget_header (&self->output);
  if (!mux_output_begin (&self->output, self->track, self->language, &error))
    return refuse (self, error);
  result = mux_output_push (&self->output, &fragment, &self->queue, &error);
  if (error)
    return refuse (self, error);
  pass_samples (self, cut->n_samples);
  mux_service_note_segment (&self->timing.service, cut->number);
  cmaf_sync_member_note_progress (
      self->timing.member, cmaf_ns_from_ticks (cut->decode_time + cut->duration,
                               self->track->timescale));
  return result;
}

/* ---- configuration by caps ---- */

static void
forget_track (MuxStream *self)
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

static GstFlowReturn
drain (MuxStream *self)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_drain (self->segmenter, &cut))
    return push_fragment (self, &cut, FALSE);
  return GST_FLOW_OK;
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

/* Unit grid known: everything that decides can be set up. */
static GstFlowReturn
configure (MuxStream *self, GError **error)
{
  CmafSegmenterConfig config = { 0 };
  GstFlowReturn result = mux_timing_agree (
      &self->timing, &self->settings, self->track, &self->grid, error);

  if (result != GST_FLOW_OK)
    return result;
  if (!mux_service_check (
          &self->timing.service, &self->grid, self->track, error))
    return GST_FLOW_ERROR;
  self->track->segment_duration_n = self->grid.duration_n;
  self->track->segment_duration_d = self->grid.duration_d;
  self->track->has_moves = self->settings.splice_mode == SPLICE_MOVE;
  config.grid = self->grid;
  config.units = self->units;
  config.needs_key_frames = is_video (self);
  config.chunk_units = mux_settings_chunk_units (&self->settings, &self->units);
  config.missed_key_frame = self->settings.missed_key_frame;
  config.starts_at_zero =
      self->settings.fixed_origin == 0 && self->output.counters.segments == 0;
  self->segmenter = cmaf_segmenter_new (&config);
  cmaf_unit_counter_init (&self->counter, &self->units, is_video (self));
  self->n_reached = 0;
  mux_requests_init (&self->requests, &self->grid, &self->units);
  mux_lock_start (&self->lock, &self->units, &self->grid, is_video (self));
  if (self->settings.events_in_band)
    mux_events_start (&self->events, &self->timing, &self->lock);
  update_latency (self);
  return GST_FLOW_OK;
}

/* ---- media time ---- */

/* What the lock has to tell goes to the bus and into the statistics. */
static void
tell_events (MuxStream *self)
{
  MuxCounters *counters = &self->output.counters;
  CmafLockEventKind kind;
  GstStructure *event;

  while ((event = mux_lock_next_event (&self->lock, &kind))) {
    GST_OBJECT_LOCK (self->element);
    counters->events[kind]++;
    counters->has_mapping = cmaf_timing_lock_get_mapping (
        self->lock.lock, &counters->mapping.source, &counters->mapping.offset);
    GST_OBJECT_UNLOCK (self->element);
    post (self, event);
  }
}

static void
apply_splits (MuxStream *self)
{
  g_autoptr (GArray) splits = NULL;

  GST_OBJECT_LOCK (self->element);
  if (self->splits->len > 0) {
    splits = self->splits;
    self->splits = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  }
  GST_OBJECT_UNLOCK (self->element);
  for (guint i = 0; splits && i < splits->len; i++) {
    gint64 media = mux_lock_media_time (
        &self->lock, (gint64)g_array_index (splits, GstClockTime, i));
    guint64 unit;
    gint64 phase;

    if (cmaf_unit_snap (&self->units, media, &unit, &phase))
      cmaf_segmenter_split (self->segmenter, unit, FALSE);
  }
}

/* ---- input ---- */

/* What was accepted is not lost, even when who hears of the error stops at
 * once: it goes out first, and as the last of the track, so that a sink does
 * not keep it open for more. */
static GstFlowReturn
fail (MuxStream *self, const GError *error)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_finish (self->segmenter, &cut))
    push_fragment (self, &cut, TRUE);
  return refuse (self, error);
}

static GstFlowReturn
fail_buffer (MuxStream *self, const gchar *message)
{
  g_autoptr (GError) error =
      g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE, message);

  return fail (self, error);
}

static GstFlowReturn
fail_stamps (MuxStream *self)
{
  return fail_buffer (self, cmaf_stamp_watch_fault (&self->stamps.watch));
}

static guint64
segment_of (const MuxStream *self, guint64 unit)
{
  return cmaf_segment_grid_number (
      &self->grid, unit * self->units.unit_ticks, self->units.timescale);
}

/* Whole segments are missing in front of unit @number: by how much. */
static GstClockTime
find_jump (const MuxStream *self, guint64 number)
{
  GstClockTime jump;

  if (self->n_reached == 0 || number <= self->n_reached)
    return 0;
  jump = cmaf_media_time_of_unit (&self->units, number - self->n_reached);
  return jump > cmaf_segment_grid_edge (&self->grid, 1) ? jump : 0;
}

static gboolean
is_sync (const MuxStream *self, GstBuffer *buffer)
{
  return !is_video (self)
         || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

static GstFlowReturn
push_unit (MuxStream *self, GstBuffer *buffer, guint64 number)
{
  CmafUnit unit = { number, gst_buffer_get_size (buffer),
    is_sync (self, buffer) };
  const GstClockTime jump = find_jump (self, number);
  g_autoptr (GError) refusal = NULL;
  CmafVerdict verdict = { 0 };
  CmafCutFragment cut;
  GstFlowReturn result = GST_FLOW_OK;

  if (mux_stamps_had_strays (&self->stamps))
    mux_tell_excuse (
        &self->tell, segment_of (self, number + 2 * CMAF_MAX_REORDER));
  cmaf_segmenter_push (self->segmenter, &unit, &verdict, &cut);
  if (verdict.cut != CMAF_CUT_NONE)
    result = push_fragment (self, &cut, FALSE);
  refusal = mux_tell_refusal (&self->tell, verdict.fate, jump);
  if (verdict.missed_key_frame) {
    mux_output_count (
        &self->output, &self->output.counters.missed_key_frames, 1);
    mux_tell_missed (
        &self->tell, segment_of (self, number), number, jump, refusal != NULL);
  } else if (jump > 0 && mux_timing_is_fixed (&self->timing)) {
    mux_tell_jump (&self->tell, jump);
  }
  if (refusal)
    return fail (self, refusal);
  if (verdict.fate == CMAF_UNIT_KEPT)
    g_queue_push_tail (&self->queue, gst_buffer_ref (buffer));
  else
    mux_drops_note (self, buffer, number, verdict.fate);
  self->n_reached = MAX (self->n_reached, number + 1);
  return result;
}

/* Numbers go on from elsewhere: what is open ends at its boundary. */
static GstFlowReturn
begin_run (MuxStream *self)
{
  cmaf_unit_counter_init (&self->counter, &self->units, is_video (self));
  self->n_reached = 0;
  return drain (self);
}

/* Requests were for other frames: what the encoder has in it cannot have key
 * frames at the boundaries that come first. */
static GstFlowReturn
change_mapping (MuxStream *self, const CmafPlacement *placement)
{
  if (self->n_reached > 0)
    mux_tell_excuse (
        &self->tell, cmaf_segment_grid_number (&self->grid,
                         (guint64)MAX (placement->media_time, 0), GST_SECOND)
                         + 1);
  mux_requests_init (&self->requests, &self->grid, &self->units);
  return placement->begins_run ? begin_run (self) : GST_FLOW_OK;
}

/* All tracks of all encoders are to end alike: one that learns of it too late
 * does not. */
static void
tell_late_end (MuxStream *self)
{
  const GstClockTime end =
      cmaf_service_plan_get_end (self->timing.service.plan);
  const guint64 first = cmaf_unit_not_before (&self->units, end);

  if (self->n_reached == 0)
    mux_tell_late_end (&self->tell, end, 0);
  else if (self->n_reached > first)
    mux_tell_late_end (&self->tell, end,
        cmaf_media_time_of_unit (&self->units, self->n_reached - first));
}

/* What is open is the last of the track. */
static GstFlowReturn
end_service (MuxStream *self)
{
  CmafCutFragment cut;

  self->end.has_ended = TRUE;
  tell_late_end (self);
  if (cmaf_segmenter_finish (self->segmenter, &cut))
    push_fragment (self, &cut, TRUE);
  cmaf_sync_member_note_end (self->timing.member);
  gst_pad_push_event (self->output.srcpad, gst_event_new_eos ());
  return GST_FLOW_EOS;
}

static GstFlowReturn
skip_unit (MuxStream *self)
{
  mux_output_count (&self->output, &self->output.counters.dropped, 1);
  return GST_FLOW_OK;
}

static GstFlowReturn
place_unit (MuxStream *self, GstBuffer *buffer, const CmafPlacement *placement)
{
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  guint64 unit;

  if (placement->is_shifted || placement->begins_run)
    result = change_mapping (self, placement);
  if (result != GST_FLOW_OK)
    return result;
  if (placement->is_stray) {
    mux_stamps_drop (&self->stamps, cmaf_media_time_of_unit (&self->units, 1));
    return GST_FLOW_OK;
  }
  if (placement->is_unsure)
    return skip_unit (self);
  switch (
      cmaf_unit_counter_count (&self->counter, placement->media_time, &unit)) {
    case CMAF_COUNT_EARLY:
      return skip_unit (self);
    case CMAF_COUNT_REPEATED:
      mux_drops_note_repeated (self, buffer, unit);
      return GST_FLOW_OK;
    case CMAF_COUNT_GAP:
      mux_output_count (&self->output, &self->output.counters.gaps, 1);
      break;
    case CMAF_COUNT_OK:
    case CMAF_COUNT_MOVED:
      break;
  }
  if (self->settings.audio_is_exact && !is_video (self)
      && !cmaf_unit_counter_is_exact (&self->counter, &error)) {
    g_prefix_error (&error, "audio-align=exact: ");
    return fail (self, error);
  }
  cmaf_sync_member_note_progress (
      self->timing.member, (GstClockTime)MAX (placement->media_time, 0));
  mux_keys_ask (self, unit, unit);
  apply_splits (self);
  switch (mux_end_judge (&self->end, self->timing.service.plan, &self->units,
      unit, is_sync (self, buffer))) {
    case MUX_END_LEAVES_OUT:
      return GST_FLOW_OK;
    case MUX_END_IS_HERE:
      return end_service (self);
    case MUX_END_IS_LATER:
      break;
  }
  return push_unit (self, buffer, unit);
}

/* What caps do not know of the track comes with its first unit. */
static CmafTrackState
complete_track (MuxStream *self, GstBuffer *buffer, GError **error)
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

/* The unit grid is known with the first unit that a decoder can begin with;
 * those before are not wanted. */
static CmafTrackState
ensure_track (MuxStream *self, GstBuffer *buffer, GError **error)
{
  CmafTrackState state = CMAF_TRACK_COMPLETE;

  if (self->track_is_complete)
    return state;
  state = complete_track (self, buffer, error);
  self->track_is_complete = state == CMAF_TRACK_COMPLETE;
  self->units.timescale = self->track->timescale;
  self->units.unit_ticks = self->track->sample_duration;
  self->units.phase = 0;
  return state;
}

/* Places what has come, as far as it is decided. */
static GstFlowReturn
place_units (MuxStream *self, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  CmafPlacement placement;
  GstBuffer *buffer;

  if (mux_lock_is_empty (&self->lock))
    return GST_FLOW_OK;
  if (!self->segmenter) {
    if (!is_video (self) && mux_lock_must_wait (&self->lock, is_last))
      return GST_FLOW_OK;
    result = configure (self, &error);
    if (result != GST_FLOW_OK)
      return error ? fail (self, error) : result;
  }
  if (!mux_lock_decide (&self->lock, is_last, &error))
    return fail (self, error);
  tell_events (self);
  while (result == GST_FLOW_OK
         && mux_lock_next (&self->lock, &buffer, &placement)) {
    result = place_unit (self, buffer, &placement);
    gst_buffer_unref (buffer);
  }
  return result;
}

static GstFlowReturn
time_unit (MuxStream *self, GstBuffer *buffer)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;
  CmafUnitTimes times;
  gint64 running_time;

  switch (ensure_track (self, buffer, &error)) {
    case CMAF_TRACK_INCOMPLETE: /* a decoder could not begin here */
      return skip_unit (self);
    case CMAF_TRACK_REFUSED:
      return refuse (self, error);
    case CMAF_TRACK_COMPLETE:
      break;
  }
  if (!running_time_of (&self->segment, GST_BUFFER_PTS (buffer), &running_time))
    return fail_buffer (self, "buffer: PTS lies outside of its segment");
  if (mux_aligned_is_unclean (&self->aligned, &self->units, running_time)
      || (!self->segmenter && !is_video (self)
          && cmaf_sync_group_is_searching (self->timing.group)))
    return skip_unit (self);
  mux_timing_read (&self->timing, buffer, running_time,
      is_video (self) ? &self->units : NULL, &times);
  mux_lock_take (&self->lock, buffer, &times);
  result = place_units (self, FALSE);
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

  return time_units (self,
      mux_stamps_take (&self->stamps, buffer, duration, !is_video (self)));
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

    return refuse (self, error);
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
  return place_units (self, TRUE);
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
    return fail (self, error);
  result = drain (self);
  if (result != GST_FLOW_OK)
    return result;
  forget_track (self);
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

    fail (self, error);
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

/* The unit that would be at @position of the segment. */
static gboolean
find_unit (const MuxStream *self, GstClockTime position, guint64 *unit)
{
  gint64 running_time, phase;

  if (!running_time_of (&self->segment, position, &running_time))
    return FALSE;
  running_time -= cmaf_unit_counter_get_phase (&self->counter);
  return cmaf_unit_snap (&self->units,
      mux_lock_media_time (&self->lock, running_time), unit, &phase);
}

void
mux_stream_take_gap (MuxStream *self, GstClockTime start, GstClockTime duration)
{
  GstClockTime end =
      GST_CLOCK_TIME_IS_VALID (duration) ? start + duration : start;
  CmafCutFragment cut;
  guint64 from, to;

  finish_unit (self);
  if (!cmaf_stamp_watch_note_gap (&self->stamps.watch, end) || self->has_failed
      || self->end.has_ended || !self->segmenter
      || !mux_lock_has_mapping (&self->lock) || !mux_lock_is_empty (&self->lock)
      || !find_unit (self, start, &from) || !find_unit (self, end, &to))
    return;
  if (mux_end_judge (
          &self->end, self->timing.service.plan, &self->units, to, TRUE)
      == MUX_END_IS_HERE) {
    end_service (self);
    return;
  }
  mux_keys_ask (self, from, to);
  self->n_reached = MAX (self->n_reached, to);
  if (cmaf_segmenter_advance (self->segmenter, from, to, &cut))
    push_fragment (self, &cut, FALSE);
}

void
mux_stream_end (MuxStream *self)
{
  CmafCutFragment cut;

  if (self->end.has_ended)
    return;
  finish_units (self);
  if (!self->has_failed
      && cmaf_stamp_watch_had_strays_only (&self->stamps.watch))
    fail_stamps (self);
  if (!self->has_failed && self->segmenter
      && cmaf_segmenter_finish (self->segmenter, &cut))
    push_fragment (self, &cut, TRUE);
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

/* The next unit (a key frame, unless "chunk" is set) begins a chunk. */
void
mux_stream_split_now (MuxStream *self, gboolean chunk)
{
  if (self->segmenter)
    cmaf_segmenter_split (self->segmenter, 0, !chunk);
  if (!chunk && self->track && is_video (self))
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
  forget_track (self);
  mux_timing_stop (&self->timing);
}
