/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The task of a muxer of text. */
#include "mux-text-task.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmaf/webvtt.h>

static guint64
next_end (MuxText *self)
{
  return cmaf_ns_from_ticks (cmaf_text_segmenter_next_end (self->segmenter),
      self->sparse.track->timescale);
}

/* ---- the input ---- */

/* Whether text comes when it is due, by a clock that runs or will run, and how
 * much later. */
static void
query_input (MuxText *self)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();

  self->is_live = FALSE;
  self->input_latency = 0;
  if (gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_latency (query, &self->is_live, &self->input_latency, NULL);
  self->is_live = self->is_live && sparse_track_has_clock (&self->sparse);
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
      &self->written, cues, n, start, end, self->sparse.track->timescale);
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
    return sparse_track_read_clock (&self->sparse, running_time);
  cmaf_sync_member_get_progress (self->sparse.timing->member, &others);
  g_mutex_lock (&self->sparse.lock);
  *running_time = self->begin;
  has_input = self->has_said || self->has_ended;
  g_mutex_unlock (&self->sparse.lock);
  return others.has_others ? others.has_begun : has_input;
}

static GstFlowReturn
find_mapping (MuxText *self, guint64 running_time)
{
  g_autoptr (GstBuffer) first = NULL;

  g_mutex_lock (&self->sparse.lock);
  first = self->first ? gst_buffer_ref (self->first) : NULL;
  g_mutex_unlock (&self->sparse.lock);
  return sparse_track_find_mapping (&self->sparse, first, running_time);
}

static GstFlowReturn
make_track (MuxText *self)
{
  CmafTrack *track = cmaf_track_copy (self->next_track);

  g_mutex_lock (&self->sparse.lock);
  track->language = g_strdup (self->language);
  g_mutex_unlock (&self->sparse.lock);
  return sparse_track_set_track (&self->sparse, track);
}

static void
make_segmenter (MuxText *self)
{
  const gboolean is_ttml = self->sparse.track->codec == CMAF_CODEC_STPP;
  const CmafTextSegmenterConfig config = { self->sparse.grid,
    self->sparse.track->timescale, is_ttml, is_ttml ? write_ttml : write_webvtt,
    self };

  g_clear_pointer (&self->segmenter, cmaf_text_segmenter_free);
  self->segmenter = cmaf_text_segmenter_new (&config);
}

/* OK without a segmenter: not yet. */
static GstFlowReturn
begin (MuxText *self)
{
  GstFlowReturn result;
  guint64 running_time, ticks;

  if (!find_begin (self, &running_time))
    return GST_FLOW_OK;
  result = find_mapping (self, running_time);
  if (result == GST_FLOW_OK)
    result = make_track (self);
  if (result != GST_FLOW_OK
      || !sparse_track_find_first_tick (
          &self->sparse, running_time, self->is_live, &ticks))
    return result;
  result = sparse_track_begin (&self->sparse);
  if (result != GST_FLOW_OK)
    return result;
  make_segmenter (self);
  cmaf_text_segmenter_start (self->segmenter, ticks, FALSE);
  return GST_FLOW_OK;
}

/* ---- cues ---- */

static void
set_ticks (MuxText *self, CmafCue *cue)
{
  cue->start = sparse_track_ticks (&self->sparse, cue->start);
  if (cue->end != CMAF_CUE_OPEN)
    cue->end =
        MAX (sparse_track_ticks (&self->sparse, cue->end), cue->start + 1);
}

/* Around cues that came as paragraphs is what their documents had, else ours.
 */
static GPtrArray *
take_arrived (MuxText *self)
{
  GPtrArray *cues;

  g_mutex_lock (&self->sparse.lock);
  cues = self->arrived;
  self->arrived = g_ptr_array_new ();
  if (self->frame.before) {
    cmaf_ttml_frame_clear (&self->written);
    self->written.before = g_strdup (self->frame.before);
    self->written.after = g_strdup (self->frame.after);
  }
  g_mutex_unlock (&self->sparse.lock);
  if (!self->written.before)
    cmaf_ttml_frame_init (&self->written, self->sparse.track->language);
  return cues;
}

static void
add_cues (MuxText *self)
{
  g_autoptr (GPtrArray) cues = take_arrived (self);

  for (guint i = 0; i < cues->len; i++) {
    set_ticks (self, cues->pdata[i]);
    if (!cmaf_text_segmenter_add (self->segmenter, cues->pdata[i]))
      mux_output_count (
          self->sparse.output, &self->sparse.output->counters.dropped, 1);
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
  if (self->is_live && sparse_track_read_clock (&self->sparse, &now)) {
    facts->is_live = TRUE;
    facts->clock = sparse_track_media_time (&self->sparse,
        now > self->input_latency ? now - self->input_latency : 0);
  }
  cmaf_sync_member_get_progress (self->sparse.timing->member, &others);
  facts->has_others = others.has_others;
  facts->others_ended = others.has_ended;
  facts->others = others.furthest;
  g_mutex_lock (&self->sparse.lock);
  reached = self->reached;
  if (!self->has_said)
    reached = self->begin;
  facts->input_ended = self->has_ended;
  facts->since_input =
      (guint64)(g_get_monotonic_time () - self->last_said) * GST_USECOND;
  g_mutex_unlock (&self->sparse.lock);
  facts->input = sparse_track_media_time (&self->sparse, reached);
}

/* What lies before a jump of the timeline is left as it is. */
static void
follow_jump (MuxText *self, guint64 ticks)
{
  if (!sparse_track_is_jump (
          &self->sparse, cmaf_text_segmenter_next_end (self->segmenter), ticks))
    return;
  make_segmenter (self);
  cmaf_text_segmenter_start (self->segmenter, ticks, FALSE);
  mux_output_count (
      self->sparse.output, &self->sparse.output->counters.gaps, 1);
}

static GstFlowReturn
close_segments (MuxText *self, guint64 ticks)
{
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  while (
      result == GST_FLOW_OK
      && cmaf_text_segmenter_close (self->segmenter, ticks, &segment, &error))
    result = sparse_track_push (&self->sparse, &segment, FALSE);
  return error ? sparse_track_refuse (&self->sparse, error) : result;
}

/* The end: what is left, and then the event. */
static GstFlowReturn
finish (MuxText *self, guint64 media_time)
{
  const guint64 ticks =
      cmaf_ticks_from_ns (media_time, self->sparse.track->timescale);
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  if (cmaf_text_segmenter_finish (self->segmenter, ticks, &segment, &error))
    result = sparse_track_push (&self->sparse, &segment, TRUE);
  if (error)
    return sparse_track_refuse (&self->sparse, error);
  return result == GST_FLOW_OK ? GST_FLOW_EOS : result;
}

/* ---- waiting ---- */

static void
wait_for_more (MuxText *self, const CmafTextPace *pace)
{
  const guint64 next = next_end (self);
  GstClockTime time = pace->waits_for_others ? next : GST_CLOCK_TIME_NONE;
  gint64 until = G_MAXINT64;

  g_mutex_lock (&self->sparse.lock);
  if (pace->waits_for_silence)
    until = self->last_said + GST_TIME_AS_USECONDS (CMAF_TEXT_PATIENCE);
  else if (pace->waits_for_clock && self->has_ended)
    until = self->last_said + GST_TIME_AS_USECONDS (CMAF_TEXT_GRACE);
  g_mutex_unlock (&self->sparse.lock);
  if (pace->waits_for_clock)
    sparse_track_set_alarm (
        &self->sparse, sparse_track_running_time (&self->sparse,
                           cmaf_text_segmenter_next_end (self->segmenter))
                           + self->input_latency);
  cmaf_sync_member_wait_progress (self->sparse.timing->member, time, until);
}

/* ---- the task ---- */

static GstFlowReturn
turn (MuxText *self)
{
  GstFlowReturn result = GST_FLOW_OK;
  CmafTextFacts facts;
  CmafTextPace pace;
  guint64 next, ticks;
  gboolean is_end;

  if (!self->segmenter)
    result = begin (self);
  if (result != GST_FLOW_OK)
    return result;
  if (!self->segmenter) {
    cmaf_sync_member_wait_progress (self->sparse.timing->member,
        self->is_live ? GST_CLOCK_TIME_NONE : 0, G_MAXINT64);
    return GST_FLOW_OK;
  }
  look (self, &facts);
  add_cues (self); /* all that had come by then, and maybe more */
  facts.last_end =
      cmaf_ns_from_ticks (cmaf_text_segmenter_last_end (self->segmenter),
          self->sparse.track->timescale);
  next = next_end (self);
  pace = cmaf_text_pace (&facts, next);
  is_end = sparse_track_reaches_end (&self->sparse, &pace);
  ticks = cmaf_ticks_from_ns (pace.time, self->sparse.track->timescale);
  follow_jump (self, ticks);
  result = close_segments (self, is_end ? ticks - 1 : ticks);
  if (result != GST_FLOW_OK)
    return result;
  if (pace.has_ended)
    return finish (self, pace.time);
  if (pace.time < next) /* else it was about a segment that is closed now */
    wait_for_more (self, &pace);
  return GST_FLOW_OK;
}

/* Nothing is made any more: who waits for the end is told. */
static void
stop (MuxText *self, GstFlowReturn result)
{
  g_autoptr (GstEvent) eos = NULL;
  gboolean has_ended;

  g_mutex_lock (&self->sparse.lock);
  self->result = result;
  has_ended = self->has_ended;
  eos = g_steal_pointer (&self->eos);
  g_mutex_unlock (&self->sparse.lock);
  if (has_ended && result < GST_FLOW_EOS && !self->sparse.has_refused)
    GST_ELEMENT_FLOW_ERROR (self->sparse.element, result);
  if (result <= GST_FLOW_EOS)
    gst_pad_push_event (self->sparse.output->srcpad,
        eos ? g_steal_pointer (&eos) : gst_event_new_eos ());
}

void
mux_text_task (gpointer data)
{
  MuxText *self = data;
  GstFlowReturn result = GST_FLOW_FLUSHING;

  if (!sparse_track_is_awake (&self->sparse))
    result = turn (self);
  if (result == GST_FLOW_OK)
    return;
  if (!sparse_track_is_awake (&self->sparse))
    stop (self, result);
  gst_pad_pause_task (self->sparse.output->srcpad);
}

void
mux_text_task_reset (MuxText *self)
{
  sparse_track_reset (&self->sparse);
  g_clear_pointer (&self->segmenter, cmaf_text_segmenter_free);
  cmaf_ttml_frame_clear (&self->written);
}
