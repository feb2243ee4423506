/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The task of a muxer of text. */
#include "mux-text-task.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmaf/webvtt.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* Further ahead is a jump of the timeline, and no segments are made for what
 * lies between. */
#define MAX_SEGMENTS_AHEAD 10000

/* ---- media time ---- */

/* That of the group, as it is now. */
static gint64
offset_at (MuxText *self, gint64 running_time)
{
  const CmafTimingStep *step = &self->mapping.step;

  cmaf_sync_group_get_mapping (self->timing->group, &self->mapping);
  return self->mapping.offset
         + (step->id > 0 && running_time >= step->at ? step->delta : 0);
}

static guint64
media_time_of (MuxText *self, guint64 running_time)
{
  const gint64 time =
      (gint64)running_time + offset_at (self, (gint64)running_time);

  return (guint64)MAX (time, 0);
}

static guint64
ticks_of (MuxText *self, guint64 running_time)
{
  return cmaf_ticks_from_ns (
      media_time_of (self, running_time), self->track->timescale);
}

static guint64
running_time_of_ticks (MuxText *self, guint64 ticks)
{
  const gint64 media =
      (gint64)cmaf_ns_from_ticks (ticks, self->track->timescale);
  const gint64 time = media - offset_at (self, media - self->mapping.offset);

  return (guint64)MAX (time, 0);
}

static guint64
next_end (MuxText *self)
{
  return cmaf_ns_from_ticks (
      cmaf_text_segmenter_next_end (self->segmenter), self->track->timescale);
}

/* ---- the clock ---- */

static gboolean
is_playing (MuxText *self)
{
  gboolean is_playing;

  g_mutex_lock (&self->lock);
  is_playing = self->is_playing;
  g_mutex_unlock (&self->lock);
  return is_playing;
}

/* FALSE: there is none, or it does not run. */
static gboolean
read_clock (MuxText *self, guint64 *now)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  gint64 time;

  if (!clock || !is_playing (self))
    return FALSE;
  time = (gint64)(gst_clock_get_time (clock)
                  - gst_element_get_base_time (self->element));
  *now = (guint64)MAX (time, 0);
  return TRUE;
}

/* Whether text comes when it is due, by a clock that runs or will run, and how
 * much later. */
static void
query_input (MuxText *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  g_autoptr (GstQuery) query = gst_query_new_latency ();

  self->is_live = FALSE;
  self->input_latency = 0;
  if (gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_latency (query, &self->is_live, &self->input_latency, NULL);
  self->is_live = self->is_live && (clock || !is_playing (self));
}

static gboolean
ring (GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  MuxText *self = data;

  g_mutex_lock (&self->lock);
  if (self->is_running)
    cmaf_sync_member_poke (self->timing->member);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
let_go (gpointer data)
{
  MuxText *self = data;

  gst_object_unref (self->element);
}

static void
clear_alarm (MuxText *self)
{
  if (!self->alarm)
    return;
  gst_clock_id_unschedule (self->alarm);
  gst_clock_id_unref (self->alarm);
  self->alarm = NULL;
}

/* Pokes when the clock is at @running_time and its text has come. */
static void
set_alarm (MuxText *self, guint64 running_time)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);

  clear_alarm (self);
  if (!clock)
    return;
  self->alarm = gst_clock_new_single_shot_id (
      clock, gst_element_get_base_time (self->element) + running_time
                 + self->input_latency);
  gst_object_ref (self->element);
  gst_clock_id_wait_async (self->alarm, ring, self, let_go);
}

/* ---- samples ---- */

static GBytes *
write_webvtt (gpointer user_data, const CmafCue *const *cues, guint n,
    guint64 start, guint64 end, GError **error)
{
  return cmaf_webvtt_write_sample (cues, n, error);
}

static GBytes *
write_ttml (gpointer user_data, const CmafCue *const *cues, guint n,
    guint64 start, guint64 end, GError **error)
{
  MuxText *self = user_data;

  return cmaf_ttml_write (
      &self->written, cues, n, start, end, self->track->timescale);
}

static GstBuffer *
make_sample (MuxText *self, GBytes *payload, guint64 start, guint64 end)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (payload);

  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) =
      running_time_of_ticks (self, start);
  GST_BUFFER_DURATION (buffer) =
      cmaf_ns_from_ticks (end, self->track->timescale)
      - cmaf_ns_from_ticks (start, self->track->timescale);
  return buffer;
}

static GstFlowReturn
refuse (MuxText *self, const GError *error)
{
  gst_cmaf_post_error (self->element, error);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
push_segment (MuxText *self, const CmafTextSegment *segment, gboolean is_last)
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
  if (!mux_output_begin (self->output, self->track, NULL, &error))
    return refuse (self, error);
  result = mux_output_push (self->output, &fragment, &self->queue, &error);
  return error ? refuse (self, error) : result;
}

/* ---- the beginning ---- */

/* The time by which it can begin: that of the input, or now. FALSE while there
 * is nothing to go by. */
static gboolean
find_begin (MuxText *self, guint64 *running_time)
{
  CmafSyncProgress others;
  gboolean has_input;

  query_input (self);
  if (self->is_live)
    return read_clock (self, running_time);
  cmaf_sync_member_get_progress (self->timing->member, &others);
  g_mutex_lock (&self->lock);
  *running_time = self->begin;
  has_input = self->has_said || self->has_ended;
  g_mutex_unlock (&self->lock);
  return others.has_others ? others.has_begun : has_input;
}

static GstFlowReturn
find_mapping (MuxText *self, guint64 running_time)
{
  g_autoptr (GstBuffer) first = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  first = self->first ? gst_buffer_ref (self->first) : gst_buffer_new ();
  g_mutex_unlock (&self->lock);
  if (!mux_timing_find (
          self->timing, first, (gint64)running_time, &self->mapping, &error))
    return refuse (self, error);
  GST_OBJECT_LOCK (self->element);
  self->output->counters.mapping = self->mapping;
  self->output->counters.has_mapping = TRUE;
  GST_OBJECT_UNLOCK (self->element);
  return GST_FLOW_OK;
}

static GstFlowReturn
make_track (MuxText *self)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;

  g_clear_pointer (&self->track, cmaf_track_unref);
  self->track = cmaf_track_copy (self->next_track);
  g_mutex_lock (&self->lock);
  self->track->language = g_strdup (self->language);
  g_mutex_unlock (&self->lock);
  result = mux_timing_agree (
      self->timing, self->output->settings, self->track, &self->grid, &error);
  if (result != GST_FLOW_OK)
    return error ? refuse (self, error) : result;
  self->track->timescale = cmaf_text_timescale (&self->grid);
  self->track->segment_duration_n = self->grid.duration_n;
  self->track->segment_duration_d = self->grid.duration_d;
  return GST_FLOW_OK;
}

static void
make_segmenter (MuxText *self)
{
  const gboolean is_ttml = self->track->codec == CMAF_CODEC_STPP;
  const CmafTextSegmenterConfig config = { self->grid, self->track->timescale,
    is_ttml, is_ttml ? write_ttml : write_webvtt, self };

  g_clear_pointer (&self->segmenter, cmaf_text_segmenter_free);
  self->segmenter = cmaf_text_segmenter_new (&config);
}

/* The first segment is that of the other tracks, unless it begins later. What
 * begins at zero has no segment before. FALSE while others are about to begin.
 */
static gboolean
find_first_tick (MuxText *self, guint64 running_time, guint64 *ticks)
{
  guint64 time = media_time_of (self, running_time);
  CmafSyncProgress others;

  cmaf_sync_member_get_progress (self->timing->member, &others);
  if (others.has_begun)
    time = MAX (time, others.first);
  else if (others.has_others && !self->is_live)
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
set_output_segment (MuxText *self)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_clear_event (&self->output->segment_event);
  self->output->segment_event = gst_event_new_segment (&segment);
}

/* OK without a segmenter: not yet. */
static GstFlowReturn
begin (MuxText *self)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;
  guint64 running_time, ticks;

  if (!find_begin (self, &running_time))
    return GST_FLOW_OK;
  result = find_mapping (self, running_time);
  if (result == GST_FLOW_OK)
    result = make_track (self);
  if (result != GST_FLOW_OK || !find_first_tick (self, running_time, &ticks))
    return result;
  set_output_segment (self);
  if (!mux_output_begin (self->output, self->track, NULL, &error))
    return refuse (self, error);
  mux_output_set_latency (
      self->output, cmaf_segment_grid_edge (&self->grid, 1));
  make_segmenter (self);
  cmaf_text_segmenter_start (self->segmenter, ticks, FALSE);
  return GST_FLOW_OK;
}

/* ---- cues ---- */

static CmafCue *
convert (MuxText *self, CmafCue *cue)
{
  CmafCue *paragraph;

  cue->start = ticks_of (self, cue->start);
  if (cue->end != CMAF_CUE_OPEN)
    cue->end = MAX (ticks_of (self, cue->end), cue->start + 1);
  if (!self->needs_paragraphs)
    return cue;
  paragraph = cmaf_ttml_cue_from_webvtt (cue);
  cmaf_cue_free (cue);
  return paragraph;
}

/* Around cues that came as paragraphs is what their documents had, else ours.
 */
static GPtrArray *
take_arrived (MuxText *self)
{
  GPtrArray *cues;

  g_mutex_lock (&self->lock);
  cues = self->arrived;
  self->arrived = g_ptr_array_new ();
  if (self->frame.before) {
    cmaf_ttml_frame_clear (&self->written);
    self->written.before = g_strdup (self->frame.before);
    self->written.after = g_strdup (self->frame.after);
  }
  g_mutex_unlock (&self->lock);
  if (!self->written.before)
    cmaf_ttml_frame_init (&self->written, self->track->language);
  return cues;
}

static void
add_cues (MuxText *self)
{
  g_autoptr (GPtrArray) cues = take_arrived (self);

  for (guint i = 0; i < cues->len; i++) {
    if (!cmaf_text_segmenter_add (
            self->segmenter, convert (self, cues->pdata[i])))
      mux_output_count (self->output, &self->output->counters.dropped, 1);
  }
}

/* ---- segments ---- */

static void
look (MuxText *self, CmafTextFacts *facts)
{
  CmafSyncProgress others;
  guint64 now, reached;

  memset (facts, 0, sizeof *facts);
  query_input (self);
  if (self->is_live && read_clock (self, &now)) {
    facts->is_live = TRUE;
    facts->clock = media_time_of (
        self, now > self->input_latency ? now - self->input_latency : 0);
  }
  cmaf_sync_member_get_progress (self->timing->member, &others);
  facts->has_others = others.has_others;
  facts->others_ended = others.has_ended;
  facts->others = others.furthest;
  g_mutex_lock (&self->lock);
  reached = self->reached;
  if (!self->has_said)
    reached = self->begin;
  facts->input_ended = self->has_ended;
  facts->since_input =
      (guint64)(g_get_monotonic_time () - self->last_said) * GST_USECOND;
  g_mutex_unlock (&self->lock);
  facts->input = media_time_of (self, reached);
}

/* What lies before a jump of the timeline is left as it is. */
static void
follow_jump (MuxText *self, guint64 ticks)
{
  const guint32 timescale = self->track->timescale;
  const guint64 last = cmaf_segment_grid_number (
      &self->grid, cmaf_text_segmenter_next_end (self->segmenter), timescale);

  if (cmaf_segment_grid_number (&self->grid, ticks, timescale)
      <= last + MAX_SEGMENTS_AHEAD)
    return;
  make_segmenter (self);
  cmaf_text_segmenter_start (self->segmenter, ticks, FALSE);
  mux_output_count (self->output, &self->output->counters.gaps, 1);
}

static GstFlowReturn
close_segments (MuxText *self, guint64 media_time)
{
  const guint64 ticks = cmaf_ticks_from_ns (media_time, self->track->timescale);
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  while (
      result == GST_FLOW_OK
      && cmaf_text_segmenter_close (self->segmenter, ticks, &segment, &error))
    result = push_segment (self, &segment, FALSE);
  return error ? refuse (self, error) : result;
}

/* The end: what is left, and then the event. */
static GstFlowReturn
finish (MuxText *self, guint64 media_time)
{
  const guint64 ticks = cmaf_ticks_from_ns (media_time, self->track->timescale);
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  if (cmaf_text_segmenter_finish (self->segmenter, ticks, &segment, &error))
    result = push_segment (self, &segment, TRUE);
  if (error)
    return refuse (self, error);
  return result == GST_FLOW_OK ? GST_FLOW_EOS : result;
}

/* ---- waiting ---- */

static void
wait_for_more (MuxText *self, const CmafTextPace *pace)
{
  const guint64 next = next_end (self);
  GstClockTime time = pace->waits_for_others ? next : GST_CLOCK_TIME_NONE;
  gint64 until = G_MAXINT64;

  g_mutex_lock (&self->lock);
  if (pace->waits_for_silence)
    until = self->last_said + GST_TIME_AS_USECONDS (CMAF_TEXT_PATIENCE);
  else if (pace->waits_for_clock && self->has_ended)
    until = self->last_said + GST_TIME_AS_USECONDS (CMAF_TEXT_GRACE);
  g_mutex_unlock (&self->lock);
  if (pace->waits_for_clock)
    set_alarm (self, running_time_of_ticks (
                         self, cmaf_text_segmenter_next_end (self->segmenter)));
  cmaf_sync_member_wait_progress (self->timing->member, time, until);
}

/* ---- the task ---- */

static GstFlowReturn
turn (MuxText *self)
{
  GstFlowReturn result = GST_FLOW_OK;
  CmafTextFacts facts;
  CmafTextPace pace;

  if (!self->segmenter)
    result = begin (self);
  if (result != GST_FLOW_OK)
    return result;
  if (!self->segmenter) {
    cmaf_sync_member_wait_progress (self->timing->member,
        self->is_live ? GST_CLOCK_TIME_NONE : 0, G_MAXINT64);
    return GST_FLOW_OK;
  }
  look (self, &facts);
  add_cues (self); /* all that had come by then, and maybe more */
  facts.last_end = cmaf_ns_from_ticks (
      cmaf_text_segmenter_last_end (self->segmenter), self->track->timescale);
  pace = cmaf_text_pace (&facts, next_end (self));
  follow_jump (self, cmaf_ticks_from_ns (pace.time, self->track->timescale));
  result = close_segments (self, pace.time);
  if (result != GST_FLOW_OK)
    return result;
  if (pace.has_ended)
    return finish (self, pace.time);
  wait_for_more (self, &pace);
  return GST_FLOW_OK;
}

static gboolean
is_awake (MuxText *self)
{
  gboolean is_awake;

  g_mutex_lock (&self->lock);
  is_awake = self->is_awake;
  g_mutex_unlock (&self->lock);
  return is_awake;
}

/* Nothing is made any more: who waits for the end is told. */
static void
stop (MuxText *self, GstFlowReturn result)
{
  g_autoptr (GstEvent) eos = NULL;
  gboolean has_ended;

  g_mutex_lock (&self->lock);
  self->result = result;
  has_ended = self->has_ended;
  eos = g_steal_pointer (&self->eos);
  g_mutex_unlock (&self->lock);
  if (has_ended && result < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self->element, result);
  if (result <= GST_FLOW_EOS)
    gst_pad_push_event (self->output->srcpad,
        eos ? g_steal_pointer (&eos) : gst_event_new_eos ());
}

void
mux_text_task (gpointer data)
{
  MuxText *self = data;
  GstFlowReturn result = GST_FLOW_FLUSHING;

  if (!is_awake (self))
    result = turn (self);
  if (result == GST_FLOW_OK)
    return;
  if (!is_awake (self))
    stop (self, result);
  gst_pad_pause_task (self->output->srcpad);
}

void
mux_text_task_reset (MuxText *self)
{
  clear_alarm (self);
  g_clear_pointer (&self->segmenter, cmaf_text_segmenter_free);
  g_clear_pointer (&self->track, cmaf_track_unref);
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  cmaf_ttml_frame_clear (&self->written);
}
