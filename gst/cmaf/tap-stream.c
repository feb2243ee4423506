/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Raw frames -> which frames they are. */
#include "tap-stream.h"

#include <gst/cmaf/timescale.h>

/* How often peers are asked, and progress is told (running time) */
#define ASK_EVERY (250 * (gint64)GST_MSECOND)
#define TELL_EVERY (5 * (gint64)GST_SECOND)
/* Pictures in a row that are others than the peer's */
#define MAX_DIFFERENT CMAF_FINGERPRINT_RUN

const gchar *
tap_state_name (TapState state)
{
  static const gchar *const names[] = { "searching", "matched", "alone",
    "lost" };

  return names[state];
}

const gchar *
tap_form_name (CmafFingerprintForm form)
{
  return form == CMAF_FINGERPRINT_HASH ? "hash" : "signature";
}

/* ---- telling ---- */

static void
tell (TapStream *self, gint64 running_time)
{
  const FingerprintExchange *exchange = &self->exchange;
  CmafFingerprintForm form = CMAF_FINGERPRINT_HASH;
  gint64 shift;
  GstStructure *s = gst_structure_new ("cmaf-fingerprint", "state",
      G_TYPE_STRING, tap_state_name (self->state), "running-time", G_TYPE_INT64,
      running_time, "peer-tables", G_TYPE_UINT64, exchange->n_heard, NULL);

  if (self->match && self->state == TAP_MATCHED
      && cmaf_fingerprint_match_get_shift (self->match, &shift, &form))
    gst_structure_set (s, "form", G_TYPE_STRING, tap_form_name (form), NULL);
  if (self->match && self->state != TAP_MATCHED)
    gst_structure_set (s, "run", G_TYPE_UINT,
        cmaf_fingerprint_match_get_run (self->match), NULL);
  if (self->state == TAP_ALONE && self->counters.has_difference
      && self->counters.difference != 0)
    gst_structure_set (s, "peer-difference", G_TYPE_INT64,
        self->counters.difference, NULL); /* only we write it */
  if (exchange->complaint)
    gst_structure_set (s, "reason", G_TYPE_STRING, exchange->complaint, NULL);
  self->told_at = running_time;
  gst_element_post_message (
      self->element, gst_message_new_element (GST_OBJECT (self->element), s));
}

static void
set_state (TapStream *self, TapState state, gint64 running_time)
{
  self->state = state;
  cmaf_sync_member_set_searching (self->timing.member, state == TAP_SEARCHING);
  g_array_set_size (self->entries, 0);
  tell (self, running_time);
}

static void
count (TapStream *self, gboolean passes, gboolean is_gap)
{
  TapCounters *c = &self->counters;

  GST_OBJECT_LOCK (self->element);
  c->state = self->state;
  c->frames++;
  c->dropped += !passes;
  c->gaps += is_gap;
  c->told = self->exchange.n_told;
  c->heard = self->exchange.n_heard;
  c->broken = self->exchange.n_broken;
  c->unanswered = self->exchange.asked.length;
  c->run = self->match ? cmaf_fingerprint_match_get_run (self->match) : 0;
  GST_OBJECT_UNLOCK (self->element);
}

/* ---- pictures ---- */

static guint
find_components (const GstVideoFrame *frame, CmafPictureComponent *components)
{
  const guint n = MIN (GST_VIDEO_FRAME_N_COMPONENTS (frame), 3); /* no alpha */

  for (guint i = 0; i < n; i++) {
    CmafPictureComponent *c = &components[i];

    c->data = GST_VIDEO_FRAME_COMP_DATA (frame, i);
    c->stride = GST_VIDEO_FRAME_COMP_STRIDE (frame, i);
    c->step = (guint)GST_VIDEO_FRAME_COMP_PSTRIDE (frame, i);
    c->width = (guint)GST_VIDEO_FRAME_COMP_WIDTH (frame, i);
    c->height = (guint)GST_VIDEO_FRAME_COMP_HEIGHT (frame, i);
    c->n_bits = (guint)GST_VIDEO_FRAME_COMP_DEPTH (frame, i);
    c->shift = GST_VIDEO_FORMAT_INFO_SHIFT (frame->info.finfo, i);
  }
  return n;
}

/* FALSE: it is the first, or has none before it. */
static gboolean
take_picture (
    TapStream *self, GstBuffer *buffer, CmafFrameFingerprint *fingerprint)
{
  CmafPictureComponent components[3];
  GstVideoFrame frame;
  gboolean has_signature;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ))
    return FALSE;
  has_signature = cmaf_fingerprinter_add (&self->fingerprinter, components,
      find_components (&frame, components), fingerprint);
  gst_video_frame_unmap (&frame);
  return has_signature;
}

/* ---- peers ---- */

static void
take_table (TapStream *self, const GArray *entries)
{
  for (guint i = 0; self->match && i < entries->len; i++) {
    const CmafNumberedFingerprint *entry =
        &g_array_index (entries, CmafNumberedFingerprint, i);

    cmaf_fingerprint_match_add_peer (
        self->match, entry->number, &entry->fingerprint);
  }
}

static void
hear_peers (TapStream *self, gint64 now)
{
  ExchangeEvent event;

  while (fingerprint_exchange_next (&self->exchange, &event)) {
    switch (event.kind) {
      case EXCHANGE_TABLE:
        take_table (self, event.entries);
        /* a claim is news also when it was there before */
        if (event.is_new || event.entries->len == 0)
          cmaf_peer_watch_see (&self->watch, now);
        break;
      case EXCHANGE_CLAIMED:
        cmaf_peer_watch_claimed (&self->watch, event.claim, now);
        break;
      case EXCHANGE_LOOKED:
        cmaf_peer_watch_looked (&self->watch);
        break;
    }
    exchange_event_clear (&event);
  }
}

static guint64
segment_at (const TapStream *self, gint64 media_time)
{
  return cmaf_segment_grid_number (
      &self->grid, (guint64)MAX (media_time, 0), GST_SECOND);
}

static void
ask_peers (TapStream *self, gint64 now, gint64 clock)
{
  const gint64 window = (gint64)self->options.window;

  if (now - self->asked_at >= 0 && now - self->asked_at < ASK_EVERY)
    return;
  self->asked_at = now;
  fingerprint_exchange_look (&self->exchange, segment_at (self, clock - window),
      segment_at (self, clock + window));
}

/* ---- the shift ---- */

/* By the clock, whose error is within the window */
static void
ensure_match (TapStream *self, guint64 count, gint64 clock)
{
  const guint window = (guint)gst_util_uint64_scale_ceil (self->options.window,
      self->frames.timescale, self->frames.unit_ticks * GST_SECOND);
  const gint64 center =
      (gint64)cmaf_unit_from_media_time (&self->frames, (guint64)MAX (clock, 0))
      - (gint64)count;

  if (self->match && ABS (center - self->center) <= window / 2)
    return;
  g_clear_pointer (&self->match, cmaf_fingerprint_match_free);
  self->match = cmaf_fingerprint_match_new (center, window);
  self->center = center;
}

static void
search (TapStream *self, gint64 now, gint64 clock)
{
  CmafFingerprintForm form;

  ask_peers (self, now, clock);
  if (self->match
      && cmaf_fingerprint_match_get_shift (self->match, &self->shift, &form)) {
    set_state (self, TAP_MATCHED, now);
    return;
  }
  if (self->state != TAP_SEARCHING)
    return;
  if (cmaf_peer_watch_must_claim (&self->watch, now))
    fingerprint_exchange_claim (&self->exchange, segment_at (self, clock));
  if (cmaf_peer_watch_is_alone (&self->watch))
    set_state (self, TAP_ALONE, now);
  else if (now - self->told_at >= TELL_EVERY) {
    tell (self, now);
    mux_service_look (&self->timing.service);
  }
}

/* Holds the pictures against those of the peer, as long as there are some. */
static void
keep_match (TapStream *self, gint64 now)
{
  CmafFingerprintForm form;
  gint64 shift;

  if (!self->match
      || !cmaf_fingerprint_match_get_shift (self->match, &shift, &form))
    return;
  if (shift != self->shift) {
    self->shift = shift;
    set_state (self, TAP_MATCHED, now);
  } else if (cmaf_fingerprint_match_get_disagreement (self->match)
             >= MAX_DIFFERENT) {
    g_clear_pointer (&self->match, cmaf_fingerprint_match_free);
    set_state (self, TAP_LOST, now);
  }
}

/* ---- our own ---- */

/* By the time that this pipeline has, if it has one */
static gboolean
find_number (
    const TapStream *self, guint64 count, gint64 running_time, guint64 *number)
{
  CmafSyncMapping mapping;
  gint64 media_time;

  *number = count + (guint64)self->shift;
  if (self->state == TAP_MATCHED)
    return TRUE;
  if (self->state != TAP_ALONE
      || !cmaf_sync_group_get_mapping (self->timing.group, &mapping))
    return FALSE;
  media_time = running_time + mapping.offset;
  if (mapping.step.id > 0 && running_time >= mapping.step.at)
    media_time += mapping.step.delta;
  if (media_time < 0)
    return FALSE;
  *number = cmaf_unit_from_media_time (&self->frames, (guint64)media_time);
  return TRUE;
}

/* All of it, unless we begin alone: others wait for a sign. */
static gboolean
is_worth_telling (const TapStream *self)
{
  const guint64 first =
      cmaf_segment_grid_first_unit (&self->grid, &self->frames, self->segment);
  const guint n = self->entries->len;

  if (n == 0 || n > CMAF_FINGERPRINT_TABLE_MAX)
    return FALSE;
  return g_array_index (self->entries, CmafNumberedFingerprint, 0).number
             == first
         || (self->state == TAP_ALONE && self->exchange.n_told == 0);
}

/* When it is over */
static void
tell_segment (TapStream *self)
{
  const CmafNumberedFingerprint *first =
      (const CmafNumberedFingerprint *)self->entries->data;

  if (is_worth_telling (self))
    fingerprint_exchange_tell (
        &self->exchange, self->segment, first, self->entries->len);
  g_array_set_size (self->entries, 0);
  mux_service_look (&self->timing.service);
}

static void
note_frame (
    TapStream *self, guint64 number, const CmafFrameFingerprint *fingerprint)
{
  const CmafNumberedFingerprint entry = { number, *fingerprint };
  const guint64 segment =
      cmaf_segment_grid_number_of_unit (&self->grid, &self->frames, number);
  const guint n = self->entries->len;

  if (n > 0 && segment == self->segment + 1)
    tell_segment (self);
  else if (n > 0
           && (segment != self->segment
               || g_array_index (self->entries, CmafNumberedFingerprint, n - 1)
                          .number
                      >= number))
    g_array_set_size (self->entries, 0); /* elsewhere */
  self->segment = segment;
  if (self->entries->len <= CMAF_FINGERPRINT_TABLE_MAX)
    g_array_append_val (self->entries, entry);
}

/* Two that began alone have each their own time: that is told. */
static void
compare_with_peer (TapStream *self, guint64 count, guint64 number, gint64 now)
{
  CmafFingerprintForm form = CMAF_FINGERPRINT_HASH;
  gboolean has_difference, is_news;
  gint64 shift, difference = 0;

  has_difference =
      self->match
      && cmaf_fingerprint_match_get_shift (self->match, &shift, &form);
  if (has_difference)
    difference = (gint64)(number - count) - shift;
  GST_OBJECT_LOCK (self->element);
  is_news = self->state == TAP_ALONE && self->counters.difference != difference;
  self->counters.has_difference = has_difference;
  self->counters.difference = difference;
  self->counters.form = form;
  GST_OBJECT_UNLOCK (self->element);
  if (is_news)
    tell (self, now);
}

/* ---- interface ---- */

void
tap_stream_start (TapStream *self, GstCmafSyncStore *store)
{
  self->store = store;
  self->entries = g_array_new (FALSE, FALSE, sizeof (CmafNumberedFingerprint));
  self->state = self->options.search ? TAP_SEARCHING : TAP_ALONE;
  cmaf_sync_member_set_searching (
      self->timing.member, self->state == TAP_SEARCHING);
}

static void
forget (TapStream *self)
{
  if (self->has_frames)
    fingerprint_exchange_clear (&self->exchange);
  g_clear_pointer (&self->match, cmaf_fingerprint_match_free);
  self->has_frames = self->has_watch = FALSE;
}

void
tap_stream_stop (TapStream *self)
{
  forget (self);
  g_clear_pointer (&self->entries, g_array_unref);
}

void
tap_stream_flush (TapStream *self)
{
  if (self->has_frames)
    cmaf_frame_counter_init (&self->counter, &self->frames);
  g_clear_pointer (&self->match, cmaf_fingerprint_match_free);
  memset (&self->fingerprinter, 0, sizeof self->fingerprinter);
  self->has_watch = FALSE;
  g_array_set_size (self->entries, 0);
  if (self->state == TAP_MATCHED)
    self->state = TAP_LOST;
}

static gboolean
find_grid (TapStream *self, guint fps_n, guint fps_d, GError **error)
{
  if (self->options.duration_n > 0)
    return cmaf_segment_grid_init (&self->grid,
        (guint64)self->options.duration_n, (guint64)self->options.duration_d,
        error);
  cmaf_segment_grid_init_default (&self->grid, fps_n, fps_d);
  return TRUE;
}

gboolean
tap_stream_set_caps (TapStream *self, const GstVideoInfo *info, GError **error)
{
  const guint fps_n = (guint)MAX (GST_VIDEO_INFO_FPS_N (info), 0);
  const guint fps_d = (guint)MAX (GST_VIDEO_INFO_FPS_D (info), 1);
  CmafUnitGrid frames = { 0 };

  memset (&self->fingerprinter, 0, sizeof self->fingerprinter);
  if (fps_n == 0
      || !cmaf_video_timescale (
          fps_n, fps_d, &frames.timescale, &frames.unit_ticks)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "framerate: found %u/%u, needs one that is told, and constant", fps_n,
        fps_d);
    return FALSE;
  }
  self->info = *info;
  if (self->has_frames && frames.timescale == self->frames.timescale
      && frames.unit_ticks == self->frames.unit_ticks)
    return TRUE;
  forget (self);
  self->frames = frames;
  if (!find_grid (self, fps_n, fps_d, error))
    return FALSE;
  cmaf_frame_counter_init (&self->counter, &frames);
  fingerprint_exchange_init (&self->exchange, self->store,
      self->options.track_name, &self->grid, &self->frames);
  self->has_frames = TRUE;
  tap_stream_flush (self);
  return TRUE;
}

static gint64
read_clock (TapStream *self, GstBuffer *buffer, gint64 running_time)
{
  CmafUnitTimes times;

  mux_timing_read (&self->timing, buffer, running_time, NULL, &times);
  return cmaf_unit_times_by_clock (&times, &self->timing.config.epoch);
}

static void
begin_watch (TapStream *self, gint64 now)
{
  cmaf_peer_watch_init (&self->watch, (gint64)self->options.peer_wait, now);
  self->has_watch = TRUE;
  self->asked_at = now - ASK_EVERY;
  tell (self, now);
}

/* What is known of a frame that has a count */
static void
take_counted (TapStream *self, GstBuffer *buffer, guint64 count, gint64 now,
    gboolean *has_number, guint64 *number)
{
  const gint64 clock = read_clock (self, buffer, now);
  CmafFrameFingerprint fingerprint;
  gboolean has_fingerprint = take_picture (self, buffer, &fingerprint);

  ensure_match (self, count, clock);
  if (has_fingerprint)
    cmaf_fingerprint_match_add_own (self->match, count, &fingerprint);
  if (self->state == TAP_SEARCHING || self->state == TAP_LOST)
    search (self, now, clock);
  else if (self->state == TAP_MATCHED)
    keep_match (self, now);
  *has_number = find_number (self, count, now, number);
  if (!*has_number)
    return;
  if (has_fingerprint)
    note_frame (self, *number, &fingerprint);
  compare_with_peer (self, count, *number, now);
}

gboolean
tap_stream_take (TapStream *self, GstBuffer *buffer, gint64 running_time,
    gboolean *has_media_time, guint64 *media_time)
{
  guint64 count_now = 0, number;
  gboolean has_number = FALSE, passes;
  CmafFrameCount kind =
      cmaf_frame_counter_count (&self->counter, running_time, &count_now);

  if (kind == CMAF_FRAME_ELSEWHERE) {
    tap_stream_flush (self);
    kind = cmaf_frame_counter_count (&self->counter, running_time, &count_now);
  }
  if (!self->has_watch)
    begin_watch (self, running_time);
  if (kind == CMAF_FRAME_AFTER_GAP)
    memset (&self->fingerprinter, 0, sizeof self->fingerprinter);
  hear_peers (self, running_time);
  if (kind != CMAF_FRAME_REPEATED)
    take_counted (self, buffer, count_now, running_time, &has_number, &number);
  passes = self->state != TAP_SEARCHING;
  *has_media_time = has_number && self->state == TAP_MATCHED;
  if (*has_media_time)
    *media_time = cmaf_media_time_of_unit (&self->frames, number);
  count (self, passes, kind == CMAF_FRAME_AFTER_GAP);
  return passes;
}
