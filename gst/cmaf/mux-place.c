/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Media time -> number -> segmenter. */
#include "mux-place.h"

#include "mux-drops.h"
#include "mux-keys.h"
#include "mux-phase.h"
#include "mux-send.h"
#include "mux-track.h"
#include "running-time.h"

/* ---- a unit with a number ---- */

static guint64
segment_of (const MuxStream *self, guint64 unit)
{
  return cmaf_segment_grid_number_of_unit (&self->grid, &self->units, unit);
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
  return !mux_track_is_video (self)
         || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

/* What became of unit @number is told; an error when it is not to go on.
 * (transfer full) (nullable) */
static GError *
tell_verdict (MuxStream *self, const CmafVerdict *verdict, guint64 number,
    GstClockTime jump)
{
  GError *refusal = mux_tell_refusal (&self->tell, verdict->fate, jump);

  if (verdict->missed_key_frame) {
    mux_output_count (
        &self->output, &self->output.counters.missed_key_frames, 1);
    mux_tell_missed (
        &self->tell, segment_of (self, number), number, jump, refusal != NULL);
  } else if (jump > 0 && mux_timing_is_fixed (&self->timing)) {
    mux_tell_jump (&self->tell, jump);
  }
  return refusal;
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
    result = mux_send_fragment (self, &cut, FALSE);
  refusal = tell_verdict (self, &verdict, number, jump);
  if (refusal)
    return mux_send_fail (self, refusal);
  if (verdict.fate == CMAF_UNIT_KEPT)
    g_queue_push_tail (&self->queue, gst_buffer_ref (buffer));
  else
    mux_drops_note (self, buffer, number, verdict.fate);
  self->n_reached = MAX (self->n_reached, number + 1);
  return result;
}

/* ---- the end of the service ---- */

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

static GstFlowReturn
end_service (MuxStream *self)
{
  self->end.has_ended = TRUE;
  tell_late_end (self);
  mux_send_last (self);
  cmaf_sync_member_note_end (self->timing.member);
  gst_pad_push_event (self->output.srcpad, gst_event_new_eos ());
  return GST_FLOW_EOS;
}

/* ---- a unit with a media time ---- */

/* Numbers go on from elsewhere: what is open ends at its boundary. */
static GstFlowReturn
begin_run (MuxStream *self)
{
  cmaf_unit_counter_init (
      &self->counter, &self->units, mux_track_is_video (self));
  self->n_reached = 0;
  return mux_send_open (self);
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
    gint64 media = mux_lock_media_time (&self->lock,
                       (gint64)g_array_index (splits, GstClockTime, i))
                   - mux_phase_get (self);
    guint64 unit;
    gint64 phase;

    if (cmaf_unit_snap (&self->units, media, &unit, &phase))
      cmaf_segmenter_split (self->segmenter, unit, FALSE);
  }
}

/* Its number. FALSE: it is left out. */
static gboolean
count_unit (
    MuxStream *self, GstBuffer *buffer, gint64 media_time, guint64 *unit)
{
  switch (cmaf_unit_counter_count (
      &self->counter, media_time - mux_phase_get (self), unit)) {
    case CMAF_COUNT_EARLY:
      mux_drops_skip (self);
      return FALSE;
    case CMAF_COUNT_REPEATED:
      mux_drops_note_repeated (self, buffer, *unit);
      return FALSE;
    case CMAF_COUNT_GAP:
      mux_output_count (&self->output, &self->output.counters.gaps, 1);
      break;
    case CMAF_COUNT_OK:
    case CMAF_COUNT_MOVED:
      break;
  }
  return TRUE;
}

static gboolean
is_exact (const MuxStream *self, GError **error)
{
  if (self->settings.audio_align != AUDIO_ALIGN_EXACT
      || mux_track_is_video (self)
      || cmaf_unit_counter_is_exact (&self->counter, error))
    return TRUE;
  g_prefix_error (error, "audio-align=exact: ");
  return FALSE;
}

/* With the first unit that has a place, not with the first that is sent: who
 * receives tracks is to know of all when the first of them has a segment. */
static gboolean
begin_output (MuxStream *self, guint64 unit, GError **error)
{
  return self->output.init != NULL
         || mux_send_header (self, segment_of (self, unit), error);
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
  if (placement->is_unsure) {
    mux_drops_skip (self);
    return GST_FLOW_OK;
  }
  result = mux_phase_follow (self, placement->media_time);
  if (result != GST_FLOW_OK)
    return result;
  if (!count_unit (self, buffer, placement->media_time, &unit))
    return GST_FLOW_OK;
  if (!is_exact (self, &error))
    return mux_send_fail (self, error);
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
  if (!begin_output (self, unit, &error))
    return mux_send_fail (self, error);
  return push_unit (self, buffer, unit);
}

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
    gst_element_post_message (self->element,
        gst_message_new_element (GST_OBJECT (self->element), event));
  }
}

GstFlowReturn
mux_place_units (MuxStream *self, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  CmafPlacement placement;
  GstBuffer *buffer;

  if (mux_lock_is_empty (&self->lock))
    return GST_FLOW_OK;
  if (!self->segmenter) {
    if (!mux_track_is_video (self) && mux_lock_must_wait (&self->lock, is_last))
      return GST_FLOW_OK;
    result = mux_track_configure (self, &error);
    if (result != GST_FLOW_OK)
      return error ? mux_send_fail (self, error) : result;
  }
  if (!mux_lock_decide (&self->lock, is_last, &error))
    return mux_send_fail (self, error);
  tell_events (self);
  while (result == GST_FLOW_OK
         && mux_lock_next (&self->lock, &buffer, &placement)) {
    result = place_unit (self, buffer, &placement);
    gst_buffer_unref (buffer);
  }
  return result;
}

/* ---- a gap ---- */

/* The unit that would be at @position of the segment. */
static gboolean
find_unit (const MuxStream *self, GstClockTime position, guint64 *unit)
{
  gint64 running_time, phase;

  if (!running_time_of (&self->segment, position, &running_time))
    return FALSE;
  running_time -=
      cmaf_unit_counter_get_phase (&self->counter) + mux_phase_get (self);
  return cmaf_unit_snap (&self->units,
      mux_lock_media_time (&self->lock, running_time), unit, &phase);
}

void
mux_place_gap (MuxStream *self, GstClockTime start, GstClockTime end)
{
  CmafCutFragment cut;
  guint64 from, to;

  if (!self->segmenter || !mux_lock_has_mapping (&self->lock)
      || !mux_lock_is_empty (&self->lock) || !find_unit (self, start, &from)
      || !find_unit (self, end, &to))
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
    mux_send_fragment (self, &cut, FALSE);
}
