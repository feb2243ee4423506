/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events -> one CMAF track. */
#include "event-stream.h"

#include <gst/cmaf/text-pace.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* ---- events of the application ---- */

AppEvent *
app_event_new (
    const gchar *scheme, const gchar *value, guint32 id, GBytes *data)
{
  AppEvent *event = g_new0 (AppEvent, 1);

  event->scheme = g_strdup (scheme);
  event->value = g_strdup (value);
  event->id = id;
  event->data = data ? g_bytes_ref (data) : NULL;
  event->time = EVENT_NOW;
  event->running_time = -1;
  event->duration = -1;
  return event;
}

void
app_event_free (AppEvent *event)
{
  g_free (event->scheme);
  g_free (event->value);
  g_clear_pointer (&event->data, g_bytes_unref);
  g_free (event);
}

/* FALSE when it is there and is no whole number. */
static gboolean
read_int64 (const GstStructure *s, const gchar *name, gint64 *number)
{
  const GValue *value = gst_structure_get_value (s, name);
  GValue whole = G_VALUE_INIT;
  gboolean ok;

  if (!value)
    return TRUE;
  g_value_init (&whole, G_TYPE_INT64);
  ok = !G_VALUE_HOLDS_STRING (value) && g_value_transform (value, &whole);
  if (ok)
    *number = g_value_get_int64 (&whole);
  g_value_unset (&whole);
  return ok;
}

AppEvent *
app_event_from_structure (const GstStructure *s)
{
  const gchar *scheme = gst_structure_get_string (s, "scheme-id-uri");
  const GValue *data = gst_structure_get_value (s, "data");
  AppEvent *event;
  gint64 id = 0;

  if (!scheme || (data && !G_VALUE_HOLDS (data, G_TYPE_BYTES))
      || !read_int64 (s, "id", &id) || id < 0 || id > G_MAXUINT32)
    return NULL;
  event = app_event_new (scheme, gst_structure_get_string (s, "value"),
      (guint32)id, data ? g_value_get_boxed (data) : NULL);
  gst_structure_get_boolean (s, "cancel", &event->is_cancel);
  if (read_int64 (s, "time", &event->time)
      && read_int64 (s, "duration", &event->duration))
    return event;
  app_event_free (event);
  return NULL;
}

/* ---- into the segmenter ---- */

static guint64
ticks (EventStream *self, guint64 media_time)
{
  return cmaf_ticks_from_ns (media_time, self->sparse.track->timescale);
}

static void
count_event (EventStream *self, gboolean is_taken)
{
  mux_output_count (&self->output,
      is_taken ? &self->n_events : &self->output.counters.dropped, 1);
}

/* What @event says, in media time; @now: for what came before there was any
 * time */
static void
tell (
    EventStream *self, const AppEvent *event, guint64 now, CmafToldEvent *told)
{
  const guint64 start = event->time >= 0 ? (guint64)event->time : now;
  const guint64 ahead =
      event->is_now || event->is_cancel ? 0 : MIN (self->announce_ahead, start);

  told->is_cancel = event->is_cancel;
  told->announced = start - ahead;
  told->duration =
      event->duration >= 0 ? (guint64)event->duration : G_MAXUINT64;
  told->event = cmaf_event_new (
      event->id, event->scheme, event->value, start, 0, event->data);
}

/* For those that have events in their media; as soon as the time is known, so
 * that none is ahead of it. */
static void
put_on_board (EventStream *self, AppEvent *event, guint64 now)
{
  g_auto (CmafToldEvent) told = { 0 };

  if (event->is_on_board)
    return;
  event->is_on_board = TRUE;
  tell (self, event, now, &told);
  cmaf_event_board_add (self->board, &told);
}

/* That of the clock is media time by now. */
static guint64
now_of (EventStream *self, const AppEvent *event, guint64 now)
{
  return event->running_time < 0 ? now
                                 : sparse_track_media_time (&self->sparse,
                                     (guint64)event->running_time);
}

static void
add_app_event (EventStream *self, AppEvent *event, guint64 now)
{
  g_auto (CmafToldEvent) told = { 0 };

  now = now_of (self, event, now);
  put_on_board (self, event, now);
  tell (self, event, now, &told);
  cmaf_told_event_to_ticks (&told, self->sparse.track->timescale);
  if (told.is_cancel)
    cmaf_event_segmenter_cancel (self->segmenter, told.event->scheme,
        told.event->value, told.event->id, told.announced);
  else
    count_event (self, cmaf_event_segmenter_add (self->segmenter,
                           g_steal_pointer (&told.event), told.announced));
}

static void
add_arrived (EventStream *self, guint64 now)
{
  g_autoptr (GPtrArray) events = NULL;

  g_mutex_lock (&self->sparse.lock);
  events = self->arrived;
  self->arrived =
      g_ptr_array_new_with_free_func ((GDestroyNotify)app_event_free);
  g_mutex_unlock (&self->sparse.lock);
  for (guint i = 0; i < events->len; i++)
    add_app_event (self, events->pdata[i], now);
}

/* ---- splices ---- */

static guint64
media_time_of (gpointer sparse, guint64 running_time)
{
  return sparse_track_media_time (sparse, running_time);
}

/* Once, though it is added again behind a jump. */
static void
count_splice (EventStream *self, gboolean is_taken)
{
  if (self->heard.n_heard <= self->n_counted)
    return;
  self->n_counted = self->heard.n_heard;
  count_event (self, is_taken);
}

static void
add_splices (EventStream *self)
{
  CmafToldEvent told;

  while (heard_events_next (&self->heard, &told)) {
    const CmafEvent *event = told.event;

    if (told.is_cancel)
      cmaf_event_segmenter_cancel (self->segmenter, event->scheme, event->value,
          event->id, told.announced);
    else
      count_splice (self, cmaf_event_segmenter_add (self->segmenter,
                              g_steal_pointer (&told.event), told.announced));
    cmaf_told_event_clear (&told);
  }
}

/* ---- the beginning ---- */

/* Nothing will come before another track does, which may be never. */
static void
tell_alone (EventStream *self)
{
  if (self->has_told_alone)
    return;
  self->has_told_alone = TRUE;
  gst_cmaf_warn (self->sparse.element, CMAF_ERROR_CONFIG,
      "sync-group=%s: found no other track, needs one, or is-live=true",
      self->settings.sync_group ? self->settings.sync_group : "default");
}

/* The other tracks go before the clock; while there may be some, they are
 * waited for. FALSE: not yet. */
static gboolean
find_begin (EventStream *self, guint64 *running_time, gint64 *until)
{
  const gint64 patience =
      self->since + (gint64)GST_TIME_AS_USECONDS (MUX_PATIENCE);
  CmafSyncProgress others;

  *running_time = 0;
  *until = G_MAXINT64;
  cmaf_sync_member_get_progress (self->timing.member, &others);
  if (others.has_others)
    return others.has_begun;
  if ((!self->is_live || cmaf_sync_member_expects_mapping (self->timing.member))
      && g_get_monotonic_time () < patience) {
    *until = patience;
    return FALSE;
  }
  if (!self->is_live) {
    tell_alone (self);
    return FALSE;
  }
  return sparse_track_read_clock (&self->sparse, running_time);
}

static void
make_segmenter (EventStream *self)
{
  g_clear_pointer (&self->segmenter, cmaf_event_segmenter_free);
  self->segmenter = cmaf_event_segmenter_new (
      &self->sparse.grid, self->sparse.track->timescale);
  self->heard = (HeardEvents){ &self->timing, self->sparse.track->timescale,
    media_time_of, &self->sparse, 0 };
}

/* OK without a segmenter: not yet. */
static GstFlowReturn
begin (EventStream *self)
{
  GstFlowReturn result;
  guint64 running_time, first;
  gint64 until;

  if (!find_begin (self, &running_time, &until)) {
    cmaf_sync_member_wait_progress (self->timing.member, 0, until);
    return GST_FLOW_OK;
  }
  result = sparse_track_find_mapping (&self->sparse, NULL, running_time);
  if (result == GST_FLOW_OK)
    result = sparse_track_set_track (
        &self->sparse, cmaf_track_new (CMAF_MEDIA_EVENT, CMAF_CODEC_EVTE));
  if (result != GST_FLOW_OK)
    return result;
  self->sparse.track->timescale = cmaf_event_timescale (&self->sparse.grid);
  if (!sparse_track_find_first_tick (
          &self->sparse, running_time, self->is_live, &first))
    return GST_FLOW_OK;
  result = sparse_track_begin (&self->sparse);
  if (result != GST_FLOW_OK)
    return result;
  make_segmenter (self);
  cmaf_event_segmenter_start (self->segmenter, first, FALSE);
  return GST_FLOW_OK;
}

/* ---- segments ---- */

static void
look (EventStream *self, CmafTextFacts *facts)
{
  CmafSyncProgress others;
  guint64 now;

  memset (facts, 0, sizeof *facts);
  cmaf_sync_member_get_progress (self->timing.member, &others);
  facts->has_others = others.has_others;
  facts->others_ended = others.has_ended;
  facts->others = others.furthest;
  g_mutex_lock (&self->sparse.lock);
  facts->input_ended = others.has_others || self->has_ended;
  g_mutex_unlock (&self->sparse.lock);
  facts->is_live = !others.has_others && self->is_live
                   && sparse_track_read_clock (&self->sparse, &now);
  if (facts->is_live)
    facts->clock = sparse_track_media_time (&self->sparse, now);
}

static void
follow_jump (EventStream *self, guint64 time)
{
  if (!sparse_track_is_jump (
          &self->sparse, cmaf_event_segmenter_next_end (self->segmenter), time))
    return;
  make_segmenter (self);
  cmaf_event_segmenter_start (self->segmenter, time, FALSE);
  mux_output_count (&self->output, &self->output.counters.gaps, 1);
}

static GstFlowReturn
close_segments (EventStream *self, guint64 time)
{
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  while (
      result == GST_FLOW_OK
      && cmaf_event_segmenter_close (self->segmenter, time, &segment, &error))
    result = sparse_track_push (&self->sparse, &segment, FALSE);
  return error ? sparse_track_refuse (&self->sparse, error) : result;
}

/* The end: what is left. */
static GstFlowReturn
finish (EventStream *self, guint64 time)
{
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  if (cmaf_event_segmenter_finish (self->segmenter, time, &segment, &error))
    result = sparse_track_push (&self->sparse, &segment, TRUE);
  if (error)
    return sparse_track_refuse (&self->sparse, error);
  return result == GST_FLOW_OK ? GST_FLOW_EOS : result;
}

/* ---- the task ---- */

static void
wait_for_more (EventStream *self, const CmafTextPace *pace)
{
  const guint64 next = cmaf_event_segmenter_next_end (self->segmenter);

  if (pace->waits_for_clock)
    sparse_track_set_alarm (
        &self->sparse, sparse_track_running_time (&self->sparse, next));
  cmaf_sync_member_wait_progress (self->timing.member,
      pace->waits_for_others
          ? cmaf_ns_from_ticks (next, self->sparse.track->timescale)
          : GST_CLOCK_TIME_NONE,
      G_MAXINT64);
}

static gboolean
ends_without_begin (EventStream *self)
{
  CmafSyncProgress others;
  gboolean has_ended;

  cmaf_sync_member_get_progress (self->timing.member, &others);
  g_mutex_lock (&self->sparse.lock);
  has_ended = self->has_ended;
  g_mutex_unlock (&self->sparse.lock);
  return has_ended && (!others.has_others || others.has_ended);
}

static GstFlowReturn
turn (EventStream *self)
{
  GstFlowReturn result;
  CmafTextFacts facts;
  CmafTextPace pace;
  guint64 next, time;
  gboolean is_end;

  if (!self->segmenter)
    return ends_without_begin (self) ? GST_FLOW_EOS : begin (self);
  look (self, &facts);
  next = cmaf_event_segmenter_next_end (self->segmenter);
  pace = cmaf_text_pace (
      &facts, cmaf_ns_from_ticks (next, self->sparse.track->timescale));
  is_end = sparse_track_reaches_end (&self->sparse, &pace);
  time = ticks (self, pace.time);
  follow_jump (self, time);
  add_splices (self); /* all that had come by then, and maybe more */
  add_arrived (self, pace.time);
  result = close_segments (self, is_end ? time - 1 : time);
  if (result != GST_FLOW_OK)
    return result;
  if (pace.has_ended)
    return finish (self, time);
  if (time < next)
    wait_for_more (self, &pace);
  return GST_FLOW_OK;
}

/* What is wrong is told, once; what the pad leads to may have stopped first. */
static void
stop (EventStream *self, GstFlowReturn result)
{
  const gboolean is_wrong =
      result == GST_FLOW_NOT_LINKED || result < GST_FLOW_EOS;

  if (is_wrong && !self->sparse.has_refused)
    GST_ELEMENT_FLOW_ERROR (self->sparse.element, result);
  if (is_wrong || result == GST_FLOW_EOS)
    gst_pad_push_event (self->output.srcpad, gst_event_new_eos ());
}

static void
run_task (gpointer data)
{
  EventStream *self = data;
  GstFlowReturn result = GST_FLOW_FLUSHING;

  if (!sparse_track_is_awake (&self->sparse))
    result = turn (self);
  if (result == GST_FLOW_OK)
    return;
  if (!sparse_track_is_awake (&self->sparse))
    stop (self, result);
  gst_pad_pause_task (self->output.srcpad);
}

/* ---- life ---- */

void
event_stream_init (EventStream *self, GstElement *element, GstPad *srcpad)
{
  sparse_track_init (&self->sparse, element, &self->output, &self->timing);
  self->output.element = self->timing.element = element;
  self->output.srcpad = srcpad;
  self->output.settings = &self->settings;
  self->arrived =
      g_ptr_array_new_with_free_func ((GDestroyNotify)app_event_free);
}

void
event_stream_clear (EventStream *self)
{
  g_ptr_array_unref (self->arrived);
  mux_settings_clear (&self->settings);
  mux_timing_stop (&self->timing);
  sparse_track_clear (&self->sparse);
}

/* Also for what was told before. */
static void
open_board (EventStream *self)
{
  g_mutex_lock (&self->sparse.lock);
  self->board = cmaf_sync_group_get_events (self->timing.group);
  for (guint i = 0; i < self->arrived->len; i++) {
    AppEvent *event = self->arrived->pdata[i];

    event->is_on_board = FALSE;
    if (event->time >= 0)
      put_on_board (self, event, 0);
  }
  g_mutex_unlock (&self->sparse.lock);
}

gboolean
event_stream_start (EventStream *self, GError **error)
{
  mux_output_start (&self->output);
  GST_OBJECT_LOCK (self->sparse.element);
  self->n_events = 0;
  GST_OBJECT_UNLOCK (self->sparse.element);
  self->n_counted = 0;
  if (!mux_timing_start (&self->timing, &self->settings, error))
    return FALSE;
  open_board (self);
  cmaf_sync_member_declare (self->timing.member, CMAF_MEDIA_EVENT);
  cmaf_sync_member_follow_slowest (self->timing.member);
  sparse_track_set_running (&self->sparse, TRUE);
  return TRUE;
}

void
event_stream_run (EventStream *self)
{
  self->since = g_get_monotonic_time ();
  self->has_told_alone = FALSE;
  gst_pad_start_task (self->output.srcpad, run_task, self, NULL);
}

void
event_stream_stop (EventStream *self)
{
  sparse_track_set_running (&self->sparse, FALSE);
  gst_pad_stop_task (self->output.srcpad);
  sparse_track_reset (&self->sparse);
  g_clear_pointer (&self->segmenter, cmaf_event_segmenter_free);
  g_mutex_lock (&self->sparse.lock);
  g_ptr_array_set_size (self->arrived, 0);
  self->has_ended = FALSE;
  g_clear_pointer (&self->board, cmaf_event_board_unref);
  g_mutex_unlock (&self->sparse.lock);
  mux_output_clear (&self->output);
  mux_timing_stop (&self->timing);
}

/* ---- from any thread ---- */

void
event_stream_wake (EventStream *self, gboolean awake)
{
  mux_timing_wake (&self->timing, awake);
  sparse_track_wake (&self->sparse, awake);
}

/* How far the other tracks are, or the clock. */
static void
find_now_locked (EventStream *self, AppEvent *event, guint64 clock)
{
  CmafSyncProgress others;

  memset (&others, 0, sizeof others);
  if (self->sparse.is_running)
    cmaf_sync_member_get_progress (self->timing.member, &others);
  if (others.has_begun)
    event->time = (gint64)others.furthest;
  else if (GST_CLOCK_TIME_IS_VALID (clock))
    event->running_time = (gint64)clock;
}

void
event_stream_take (EventStream *self, AppEvent *event)
{
  guint64 clock = GST_CLOCK_TIME_NONE;

  event->is_now = event->time < 0;
  if (event->is_now && !sparse_track_read_clock (&self->sparse, &clock))
    clock = GST_CLOCK_TIME_NONE;
  g_mutex_lock (&self->sparse.lock);
  if (event->is_now)
    find_now_locked (self, event, clock);
  if (self->board && event->time >= 0)
    put_on_board (self, event, 0);
  g_ptr_array_add (self->arrived, event);
  sparse_track_notify_locked (&self->sparse);
  g_mutex_unlock (&self->sparse.lock);
}

void
event_stream_end (EventStream *self)
{
  g_mutex_lock (&self->sparse.lock);
  self->has_ended = TRUE;
  sparse_track_notify_locked (&self->sparse);
  g_mutex_unlock (&self->sparse.lock);
}

GstStructure *
event_stream_get_stats (EventStream *self)
{
  const MuxCounters *c = &self->output.counters;
  GstStructure *stats;

  GST_OBJECT_LOCK (self->sparse.element);
  stats = gst_structure_new ("application/x-cmafeventsrc-stats", "segments",
      G_TYPE_UINT64, c->segments, "samples", G_TYPE_UINT64, c->samples, "bytes",
      G_TYPE_UINT64, c->bytes, "events", G_TYPE_UINT64, self->n_events,
      "dropped", G_TYPE_UINT64, c->dropped, "gaps", G_TYPE_UINT64, c->gaps,
      NULL);
  GST_OBJECT_UNLOCK (self->sparse.element);
  return stats;
}
