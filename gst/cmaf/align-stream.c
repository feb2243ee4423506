/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One stream of raw audio -> the same on the sample grid. */
#include "align-stream.h"

#include "align-event.h"

#include <gst/cmaf/timescale.h>

/* Encoders count on over less than 40 ms, and a little more. */
#define ENCODER_TOLERANCE (gint64) (50 * GST_MSECOND)
/* Silence in one buffer, and while the input is lost. */
#define SILENCE_BLOCK (40 * GST_MSECOND)

/* ---- messages ---- */

static void
note_discontinuity (AlignStream *self, const gchar *kind, gint64 running_time,
    guint64 n_samples)
{
  GST_OBJECT_LOCK (self->element);
  self->counters.discontinuities++;
  GST_OBJECT_UNLOCK (self->element);
  align_input_post (self->input,
      gst_structure_new ("cmaf-audio-discontinuity", "kind", G_TYPE_STRING,
          kind, "samples", G_TYPE_UINT64, n_samples, "position", G_TYPE_UINT64,
          cmaf_audio_aligner_get_position (&self->aligner), "running-time",
          G_TYPE_INT64, running_time, NULL));
}

/* ---- output ---- */

static guint64
held (const AlignStream *self)
{
  return self->bender.converter ? self->bender.held - self->bender.discard : 0;
}

/* @buffer: transfer full, may be NULL: it is what comes next on the grid. */
static GstFlowReturn
push_out (AlignStream *self, GstBuffer *buffer)
{
  CmafAudioAligner *aligner = &self->aligner;
  gint64 stamp = cmaf_audio_aligner_get_stamp (aligner);
  gsize n;

  if (!buffer) {
    cmaf_audio_aligner_produced (aligner, 0, held (self));
    return GST_FLOW_OK;
  }
  n = gst_buffer_get_size (buffer) / GST_AUDIO_INFO_BPF (&self->info);
  cmaf_audio_aligner_produced (aligner, n, held (self));
  GST_BUFFER_PTS (buffer) = stamp - self->mapping.offset;
  GST_BUFFER_DURATION (buffer) = cmaf_audio_aligner_get_stamp (aligner) - stamp;
  if (self->is_discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->is_discont = FALSE;
  GST_OBJECT_LOCK (self->element);
  self->counters.samples_out += n;
  self->counters.position = cmaf_audio_aligner_get_position (aligner);
  self->counters.error = cmaf_audio_aligner_get_error (aligner);
  self->counters.bend_ppb = self->bender.ppb;
  GST_OBJECT_UNLOCK (self->element);
  return align_input_push (self->input, buffer);
}

static GstFlowReturn
push_silence (AlignStream *self, guint64 n)
{
  const guint64 block = cmaf_ticks_from_ns (SILENCE_BLOCK, self->info.rate);
  GstFlowReturn result = GST_FLOW_OK;

  GST_OBJECT_LOCK (self->element);
  self->counters.silence += n;
  GST_OBJECT_UNLOCK (self->element);
  while (n > 0 && result == GST_FLOW_OK) {
    const guint64 now = MIN (n, block);

    result = push_out (self, sample_bender_push (&self->bender, NULL, now));
    n -= now;
  }
  return result;
}

/* Nothing follows what went out, or something from another time: the last unit
 * is made whole, so that the next one begins on the grid. */
static GstFlowReturn
end_run (AlignStream *self)
{
  GstFlowReturn result = push_out (self, sample_bender_drain (&self->bender));
  guint64 n;

  cmaf_audio_aligner_produced (&self->aligner, 0, 0);
  n = cmaf_audio_aligner_get_open (&self->aligner);
  if (result == GST_FLOW_OK && n > 0)
    result = push_out (self, sample_bender_new_silence (&self->bender, n));
  self->is_discont = TRUE;
  return result;
}

/* ---- setting up ---- */

/* What the properties leave open is asked of the encoder. */
static gboolean
find_facts (AlignStream *self, gchar **encoder_name, GError **error)
{
  const AlignSettings *settings = &self->settings;
  GstElement *encoder = encoder_facts_find_encoder (self->input->srcpad);
  gboolean known = FALSE;

  memset (&self->facts, 0, sizeof self->facts);
  self->facts.stamps_input = TRUE;
  self->facts.roll = 1;
  if (encoder) {
    GstElementFactory *factory = gst_element_get_factory (encoder);

    known = encoder_facts_of (encoder, self->info.rate, &self->facts);
    *encoder_name = g_strdup (factory ? GST_OBJECT_NAME (factory) : NULL);
    gst_object_unref (encoder);
  }
  if (!known
      && (settings->frame_samples == 0 || settings->priming_samples < 0)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "frame-samples, priming-samples: found %s, of which they are not "
        "known, "
        "need values",
        *encoder_name ? *encoder_name : "no encoder behind");
    return FALSE;
  }
  if (settings->frame_samples > 0)
    self->facts.unit_samples = settings->frame_samples;
  if (settings->priming_samples >= 0)
    self->facts.priming = settings->priming_samples;
  if (settings->encoder_timestamps != STAMPS_AUTO)
    self->facts.stamps_input = settings->encoder_timestamps == STAMPS_INPUT;
  return TRUE;
}

static gboolean
set_up_aligner (AlignStream *self, GError **error)
{
  CmafAudioAlignerConfig config = { 0 };
  g_autofree gchar *name = NULL;

  if (!find_facts (self, &name, error))
    return FALSE;
  config.rate = self->info.rate;
  config.unit_samples = self->facts.unit_samples;
  config.priming = self->facts.priming;
  config.roll = self->facts.roll;
  config.shift = self->facts.stamps_input ? self->facts.priming : 0;
  config.tolerance = self->settings.tolerance;
  config.max_fill = self->settings.max_silence;
  if (self->settings.on_input_loss == ON_LOSS_SILENT)
    config.max_fill = MIN (config.max_fill, self->settings.silence_after);
  config.drift_allowed = self->settings.drift_threshold;
  config.max_ppm = self->settings.max_drift;
  cmaf_audio_aligner_init (&self->aligner, &config);
  self->has_aligner = TRUE;
  self->is_discont = TRUE;
  GST_OBJECT_LOCK (self->element);
  self->latency = cmaf_ns_from_ticks (config.shift, config.rate);
  GST_OBJECT_UNLOCK (self->element);
  gst_element_post_message (
      self->element, gst_message_new_latency (GST_OBJECT (self->element)));
  return TRUE;
}

/* The timeline goes on by so much more, or less, than running time does, as at
 * the daily jam of time code. What the loop follows is no step, nor is what
 * begins anew by itself. */
static gboolean
is_step (const AlignStream *self, gint64 delta)
{
  return self->has_mapping && self->aligner.has_started
         && ABS (delta) > (gint64)self->settings.tolerance
         && ABS (delta) <= (gint64)self->settings.max_silence;
}

/* No unit comes twice, and so much later that encoders do not take it for what
 * follows. */
static GstFlowReturn
take_step (AlignStream *self, gint64 delta, gint64 running_time)
{
  GstFlowReturn result;

  note_discontinuity (self, "step", running_time, 0);
  result = end_run (self);
  cmaf_audio_aligner_restart (
      &self->aligner, cmaf_audio_aligner_get_stamp (&self->aligner) + delta
                          + MAX (ENCODER_TOLERANCE, -delta));
  return result;
}

/* The mapping may drift, step or jump while video follows its source. */
static GstFlowReturn
use_mapping (AlignStream *self, GstBuffer *buffer, gint64 running_time)
{
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafSyncMapping mapping;
  gint64 delta;

  if (!mux_timing_find (
          &self->input->timing, buffer, running_time, &mapping, &error))
    return align_input_refuse (self->input, error);
  if (mapping.step.id > 0 && running_time >= mapping.step.at)
    mapping.offset += mapping.step.delta;
  delta = mapping.offset - self->mapping.offset;
  if (is_step (self, delta))
    result = take_step (self, delta, running_time);
  GST_OBJECT_LOCK (self->element);
  self->mapping = mapping;
  self->has_mapping = TRUE;
  GST_OBJECT_UNLOCK (self->element);
  return result;
}

/* The first unit that is to be used, as running time, for the muxer. */
static void
announce_start (
    AlignStream *self, gint64 running_time, const CmafAudioStart *start)
{
  const guint rate = self->info.rate;
  guint64 clean = start->first_unit + start->n_discarded;
  gint64 time =
      (gint64)cmaf_ns_from_ticks (clean * self->facts.unit_samples, rate)
      - self->mapping.offset;

  align_input_ask_upstream (self->input);
  self->is_discont = TRUE;
  align_input_push (self->input, NULL);
  gst_pad_push_event (self->input->srcpad,
      align_event_new_clean_from (time, self->input->slates));
  align_input_post (self->input,
      gst_structure_new ("cmaf-audio-aligned", "sample", G_TYPE_UINT64,
          start->first_sample, "unit", G_TYPE_UINT64, start->first_unit,
          "discarded", G_TYPE_UINT, start->n_discarded, "frame-samples",
          G_TYPE_UINT, self->facts.unit_samples, "priming-samples", G_TYPE_UINT,
          self->facts.priming, "source", G_TYPE_STRING,
          cmaf_timing_source_name (self->mapping.source), "running-time",
          G_TYPE_INT64, running_time, NULL));
}

/* ---- input ---- */

static void
count_input (AlignStream *self, guint64 n, guint64 dropped)
{
  GST_OBJECT_LOCK (self->element);
  self->counters.samples_in += n;
  self->counters.dropped += dropped;
  GST_OBJECT_UNLOCK (self->element);
}

/* The next @n samples are not from the input. */
static void
note_slate (AlignStream *self, guint64 n)
{
  const guint64 first =
      cmaf_audio_aligner_get_position (&self->aligner) + held (self);

  cmaf_slate_list_note (self->input->slates,
      cmaf_ns_from_ticks (first, self->info.rate),
      cmaf_ns_from_ticks (first + n, self->info.rate));
}

/* @buffer: transfer full, NULL for silence */
static GstFlowReturn
follow_plan (AlignStream *self, const CmafAlignPlan *plan, GstBuffer *buffer,
    guint64 n, gint64 running_time)
{
  const gsize bpf = GST_AUDIO_INFO_BPF (&self->info);
  GstFlowReturn result = GST_FLOW_OK;
  GstBuffer *rest;

  if (plan->event == CMAF_ALIGN_STARTED)
    announce_start (self, running_time, &plan->start);
  else if (plan->event == CMAF_ALIGN_GAP)
    note_discontinuity (self, "gap", running_time, plan->fill);
  else if (plan->event == CMAF_ALIGN_OVERLAP)
    note_discontinuity (
        self, "overlap", running_time, self->aligner.skip + plan->drop);
  count_input (self, n, plan->drop);
  sample_bender_bend (&self->bender, plan->bend_ppb);
  if (cmaf_ns_from_ticks (plan->fill, self->info.rate)
      > self->settings.silence_after)
    note_slate (self, plan->fill);
  if (plan->fill > 0)
    result = push_silence (self, plan->fill);
  if (result != GST_FLOW_OK || plan->drop == n) {
    gst_clear_buffer (&buffer);
    return result;
  }
  if (!buffer)
    return push_silence (self, n - plan->drop);
  /* nothing but samples: time stamps of all kinds belong to the input */
  rest = gst_buffer_copy_region (
      buffer, GST_BUFFER_COPY_MEMORY, plan->drop * bpf, (n - plan->drop) * bpf);
  gst_buffer_unref (buffer);
  return push_out (
      self, sample_bender_push (&self->bender, rest, n - plan->drop));
}

/* @buffer: transfer full, NULL for silence. @n samples begin at @running_time.
 */
static GstFlowReturn
take_samples (
    AlignStream *self, GstBuffer *buffer, guint64 n, gint64 running_time)
{
  const gint64 media_time = running_time + self->mapping.offset;
  CmafAlignPlan plan;

  cmaf_audio_aligner_push (&self->aligner, media_time, n, &plan);
  if (plan.event == CMAF_ALIGN_JUMPED) {
    GstFlowReturn result;

    note_discontinuity (self, "jump", running_time, 0);
    result = end_run (self);
    if (result != GST_FLOW_OK) {
      gst_clear_buffer (&buffer);
      return result;
    }
    cmaf_audio_aligner_push (&self->aligner, media_time, n, &plan);
  }
  self->is_lost = FALSE;
  return follow_plan (self, &plan, buffer, n, running_time);
}

/* ---- loss ---- */

/* Thread of the watch: it takes the place of the thread that gives nothing. */
static void
lose_input (gpointer data, GstClockTime deadline)
{
  AlignStream *self = data;
  AlignInput *input = self->input;
  guint64 n = 0;

  GST_PAD_STREAM_LOCK (input->sinkpad);
  if (self->has_aligner && self->has_mapping
      && align_input_is_lost (input, deadline)) {
    input->end += SILENCE_BLOCK;
    n = cmaf_audio_aligner_lose (
        &self->aligner, input->end + self->mapping.offset);
    if (n > 0 && !self->is_lost)
      note_discontinuity (self, "loss", input->end, n);
    self->is_lost = n > 0;
    if (n > 0)
      note_slate (self, n);
  }
  if (n == 0 || push_silence (self, n) == GST_FLOW_OK)
    align_input_watch (input);
  GST_PAD_STREAM_UNLOCK (input->sinkpad);
}

/* ---- interface ---- */

static GstFlowReturn
prepare (AlignStream *self, GstBuffer *buffer, GstClockTime pts,
    gint64 *running_time)
{
  g_autoptr (GError) error = NULL;

  if (self->input->has_failed)
    return GST_FLOW_ERROR;
  if (!self->has_bender)
    error = g_error_new_literal (CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found none, needs those of raw audio");
  if (error || !align_input_find_time (self->input, pts, running_time, &error)
      || (!self->has_aligner && !set_up_aligner (self, &error)))
    return align_input_refuse (self->input, error);
  return use_mapping (self, buffer, *running_time);
}

static void
note_input (AlignStream *self, gint64 running_time, guint64 n)
{
  align_input_note (self->input,
      running_time + (gint64)cmaf_ns_from_ticks (n, self->info.rate));
}

/* Of @n samples from @running_time on, those before the step of the mapping:
 * all encoders begin anew at the same sample when they know of it in time. 0:
 * none, or all. */
static guint64
samples_before_step (const AlignStream *self, gint64 running_time, guint64 n)
{
  const CmafTimingStep *step = &self->mapping.step;
  guint64 before;

  if (step->id == 0 || step->at <= running_time)
    return 0;
  before = cmaf_muldiv ((guint64)(step->at - running_time), self->info.rate,
      GST_SECOND - 1, GST_SECOND);
  return before < n ? before : 0;
}

static GstFlowReturn
take_part (AlignStream *self, GstBuffer *buffer, guint64 first, guint64 n,
    gint64 running_time)
{
  const gsize bpf = GST_AUDIO_INFO_BPF (&self->info);
  GstBuffer *part = NULL;

  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP))
    part = gst_buffer_copy_region (
        buffer, GST_BUFFER_COPY_MEMORY, first * bpf, n * bpf);
  return take_samples (self, part, n, running_time);
}

/* There will be no pictures for what comes meanwhile. */
static gboolean
is_useless (const AlignStream *self)
{
  return !self->has_mapping
         && cmaf_sync_group_is_searching (self->input->timing.group);
}

GstFlowReturn
align_stream_take_buffer (AlignStream *self, GstBuffer *buffer)
{
  GstFlowReturn result = GST_FLOW_OK;
  gboolean is_wanted = !is_useless (self);
  gint64 running_time;
  guint64 n, before;

  if (is_wanted)
    result = prepare (self, buffer, GST_BUFFER_PTS (buffer), &running_time);
  if (!is_wanted || result != GST_FLOW_OK) {
    gst_buffer_unref (buffer);
    return result;
  }
  n = gst_buffer_get_size (buffer) / GST_AUDIO_INFO_BPF (&self->info);
  before = samples_before_step (self, running_time, n);
  if (before > 0) {
    const gint64 step =
        running_time + (gint64)cmaf_ns_from_ticks (before, self->info.rate);

    result = take_part (self, buffer, 0, before, running_time);
    if (result == GST_FLOW_OK)
      result = use_mapping (self, buffer, step);
    if (result == GST_FLOW_OK)
      result = take_part (self, buffer, before, n - before, step);
  } else {
    result = take_part (self, buffer, 0, n, running_time);
  }
  gst_buffer_unref (buffer);
  note_input (self, running_time, n);
  return result;
}

GstFlowReturn
align_stream_take_gap (
    AlignStream *self, GstClockTime pts, GstClockTime duration)
{
  GstFlowReturn result;
  gint64 running_time;
  guint64 n;

  if (!self->has_mapping || !self->has_aligner || self->input->has_failed
      || !GST_CLOCK_TIME_IS_VALID (duration))
    return GST_FLOW_OK; /* the next buffer tells */
  result = prepare (self, NULL, pts, &running_time);
  if (result != GST_FLOW_OK)
    return result;
  n = cmaf_ticks_from_ns (duration, self->info.rate);
  result = take_samples (self, NULL, n, running_time);
  note_input (self, running_time, n);
  return result;
}

gboolean
align_stream_take_caps (AlignStream *self, GstCaps *caps)
{
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, caps)) {
    g_autoptr (GError) error = g_error_new_literal (
        CMAF_ERROR, CMAF_ERROR_CONFIG, "caps: do not describe raw audio");

    align_input_refuse (self->input, error);
    return FALSE;
  }
  if (self->has_bender && gst_audio_info_is_equal (&info, &self->info))
    return TRUE;
  align_stream_end (self);
  if (self->has_bender)
    sample_bender_clear (&self->bender);
  self->has_aligner = FALSE;
  self->info = info;
  sample_bender_init (&self->bender, &info);
  self->has_bender = TRUE;
  return TRUE;
}

void
align_stream_end (AlignStream *self)
{
  if (self->has_aligner && self->aligner.has_started
      && !self->input->has_failed)
    end_run (self);
}

void
align_stream_flush (AlignStream *self)
{
  if (self->has_bender) { /* the caps stay */
    sample_bender_clear (&self->bender);
    sample_bender_init (&self->bender, &self->info);
  }
  self->has_aligner = FALSE;
  self->is_lost = FALSE;
}

gboolean
align_stream_start (AlignStream *self, GError **error)
{
  GST_OBJECT_LOCK (self->element);
  memset (&self->counters, 0, sizeof self->counters);
  self->has_mapping = FALSE;
  self->latency = 0;
  GST_OBJECT_UNLOCK (self->element);
  align_stream_flush (self);
  if (!align_input_start (self->input, &self->settings.timing,
          self->settings.on_input_loss == ON_LOSS_SLATE
              ? self->settings.silence_after
              : GST_CLOCK_TIME_NONE,
          lose_input, self, error))
    return FALSE;
  cmaf_sync_member_declare_raw (self->input->timing.member, CMAF_MEDIA_AUDIO);
  return TRUE;
}

void
align_stream_stop (AlignStream *self)
{
  align_input_stop (self->input);
  align_stream_flush (self);
  if (self->has_bender)
    sample_bender_clear (&self->bender);
  self->has_bender = FALSE;
}

void
align_stream_init (AlignStream *self, AlignInput *input)
{
  self->input = input;
  self->element = input->element;
}

void
align_stream_clear (AlignStream *self)
{
  mux_settings_clear (&self->settings.timing);
}

GstClockTime
align_stream_get_latency (AlignStream *self)
{
  GstClockTime latency;

  GST_OBJECT_LOCK (self->element);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self->element);
  return latency;
}

GstStructure *
align_stream_get_stats (AlignStream *self)
{
  const AlignCounters *c = &self->counters;
  GstStructure *s;

  GST_OBJECT_LOCK (self->element);
  s = gst_structure_new ("application/x-cmafaudioalign-stats", "samples-in",
      G_TYPE_UINT64, c->samples_in, "samples-out", G_TYPE_UINT64,
      c->samples_out, "dropped", G_TYPE_UINT64, c->dropped, "silence",
      G_TYPE_UINT64, c->silence, "discontinuities", G_TYPE_UINT64,
      c->discontinuities, "position", G_TYPE_UINT64, c->position, "error",
      G_TYPE_INT64, c->error, "bend-ppb", G_TYPE_INT, c->bend_ppb, NULL);
  if (self->has_mapping)
    gst_structure_set (s, "source", G_TYPE_STRING,
        cmaf_timing_source_name (self->mapping.source), "offset", G_TYPE_INT64,
        self->mapping.offset, NULL);
  GST_OBJECT_UNLOCK (self->element);
  return s;
}
