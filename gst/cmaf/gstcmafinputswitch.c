/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafinputswitch
 * @title: cmafinputswitch
 *
 * Several inputs of the same content, raw, that come with different delays; one
 * goes out. When it stops, the output goes on with frame n + 1, or with the
 * next sample, of another one: each input has a mapping to media time of its
 * own, and what is early waits. Two of these, for pictures and sound, share the
 * inputs by the numbers of their pads.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e cmafinputswitch name=switch !
 *   cmafvideoalign slate-after=3000000000 ! x264enc tune=zerolatency !
 *   h264parse ! cmafsyncmux ! cmafhlssink location=/tmp/live
 *   videotestsrc is-live=true num-buffers=250 !
 *   timecodestamper source=rtc ! switch.
 *   videotestsrc is-live=true num-buffers=250 ! timecodestamper source=rtc !
 *   queue min-threshold-time=1000000000 max-size-buffers=0 max-size-bytes=0 !
 *   switch.
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafinputswitch.h"

#include "input-watch.h"
#include "switch-output.h"

#include <gst/cmaf/input-choice.h>
#include <gst/cmaf/property-fields.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <stdio.h>

#define DEFAULT_INPUT_GROUP "input"
#define DEFAULT_SWITCH_AFTER (200 * GST_MSECOND)
#define DEFAULT_WINDOW (5 * GST_SECOND)
#define MAX_INPUTS 16
/* As much of the active input is kept while the output stands still. */
#define MAX_BEHIND GST_SECOND
/* Sound that comes in one piece may overlap by so much. */
#define JITTER (5 * (gint64)GST_MSECOND)

struct _GstCmafInputSwitch
{
  GstElement parent;
  GstPad *srcpad;

  MuxSettings props; /* lock: object; as below */
  gchar *input_group;
  GstClockTime switch_after, window; /* read by all: set before the start */

  SwitchOutput output; /* thread of the source pad */

  GMutex life; /* outside of lock: start, stop, inputs that come and go */
  gboolean is_started; /* lock: life; as next_pad */
  guint next_pad;      /* number of the next */
  /* No lock of GStreamer is taken while this is held. */
  GMutex lock;
  GCond changed;
  GPtrArray *inputs; /* lock: lock; as all below; SwitchInput */
  gint active;       /* of those */
  gint64 position;   /* media time up to which all is out, has_position */
  gboolean has_position;
  gboolean is_cut;    /* what comes next is of another input */
  gboolean is_awake;  /* written with life, too */
  GstFlowReturn flow; /* downstream */
  guint64 n_switches, n_dropped;

  InputWatch *watch; /* from start to stop */
};

enum
{
  PROP_INPUT_GROUP,
  PROP_SWITCH_AFTER,
  PROP_WINDOW,
  PROP_ACTIVE_PAD,
  PROP_STATS,
};

#define RAW                                                                    \
  GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL)                                  \
  "; " GST_AUDIO_CAPS_MAKE (GST_AUDIO_FORMATS_ALL) ", layout = (string) "      \
                                                   "interleaved"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (RAW));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW));

G_DEFINE_TYPE (GstCmafInputSwitch, gst_cmaf_input_switch, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (cmafinputswitch, "cmafinputswitch", GST_RANK_NONE,
    GST_TYPE_CMAF_INPUT_SWITCH)

/* ---- which input ---- */

static SwitchInput *
input_of (GstPad *pad)
{
  return gst_pad_get_element_private (pad);
}

static gint64
get_now (GstCmafInputSwitch *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  return clock ? (gint64)(gst_clock_get_time (clock)
                          - gst_element_get_base_time (GST_ELEMENT (self)))
               : 0;
}

static CmafInputFacts
facts_of_locked (const SwitchInput *input)
{
  const CmafInputFacts facts = { input->items.length > 0, input->has_ended,
    input->is_live, input->has_begun, input->arrived };

  return facts;
}

static void
drop_oldest_locked (GstCmafInputSwitch *self, SwitchInput *input)
{
  switch_item_free (g_queue_pop_head (&input->items));
  self->n_dropped++;
  g_cond_broadcast (&self->changed); /* there is room */
}

/* What is out already, of whatever input, is not wanted from another. Of half
 * a frame that has been shown the other half is not either. */
static void
drop_old_locked (GstCmafInputSwitch *self)
{
  for (guint i = 0; self->has_position && i < self->inputs->len; i++) {
    SwitchInput *input = self->inputs->pdata[i];
    const SwitchItem *item;

    while ((item = g_queue_peek_head (&input->items))
           && (item->is_video ? (item->from + item->to) / 2 : item->to)
                  <= self->position)
      drop_oldest_locked (self, input);
  }
}

static const gchar *
name_of_locked (const GstCmafInputSwitch *self, gint i)
{
  const SwitchInput *input =
      i >= 0 && i < (gint)self->inputs->len ? self->inputs->pdata[i] : NULL;

  return input ? GST_OBJECT_NAME (input->pad) : NULL;
}

/* The message is to be posted; NULL: it is the one of before. */
static GstStructure *
choose_locked (GstCmafInputSwitch *self, gint64 now)
{
  const guint n = MIN (self->inputs->len, MAX_INPUTS);
  const gint before = self->active;
  CmafInputFacts facts[MAX_INPUTS];

  for (guint i = 0; i < n; i++)
    facts[i] = facts_of_locked (self->inputs->pdata[i]);
  self->active = cmaf_input_choose (facts, n, before, self->switch_after, now);
  if (self->active == before)
    return NULL;
  self->is_cut = TRUE;
  g_cond_broadcast (&self->changed); /* how much room each has */
  if (before == CMAF_NO_INPUT)
    return NULL;
  self->n_switches++;
  return gst_structure_new ("cmaf-input-switched", "from", G_TYPE_STRING,
      name_of_locked (self, before), "to", G_TYPE_STRING,
      name_of_locked (self, self->active), "reason", G_TYPE_STRING,
      facts[before].has_ended ? "ended" : "lost", "media-time", G_TYPE_INT64,
      self->position, NULL);
}

/* ---- output ---- */

static gboolean
all_have_ended_locked (const GstCmafInputSwitch *self)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    const SwitchInput *input = self->inputs->pdata[i];

    if (!input->has_ended || input->items.length > 0)
      return FALSE;
  }
  return self->inputs->len > 0;
}

/* Takes what is next from the active input. */
static SwitchItem *
take_item_locked (GstCmafInputSwitch *self, SwitchInput *input)
{
  SwitchItem *item = g_queue_pop_head (&input->items);

  if (item && self->has_position
      && (self->is_cut || self->position - item->from > JITTER))
    item = switch_item_cut (item, self->position);
  if (!item)
    return NULL;
  self->position = item->to;
  self->has_position = TRUE;
  self->is_cut = FALSE;
  g_cond_broadcast (&self->changed);
  return item;
}

/* When there is something, or the answer may be another one. */
static void
wait_locked (GstCmafInputSwitch *self)
{
  gint64 at;

  if (self->active != CMAF_NO_INPUT) {
    const CmafInputFacts facts =
        facts_of_locked (self->inputs->pdata[self->active]);

    if (cmaf_input_choice_expires (&facts, self->switch_after, &at))
      input_watch_set_deadline (self->watch, (GstClockTime)MAX (at, 0));
  }
  g_cond_wait (&self->changed, &self->lock);
}

/* NULL: the end, or it is to stop. */
static SwitchItem *
wait_item (GstCmafInputSwitch *self, gboolean *is_end)
{
  SwitchItem *item = NULL;
  SwitchInput *input;

  *is_end = FALSE;
  g_mutex_lock (&self->lock);
  while (!item && !*is_end && !self->is_awake) {
    g_autoptr (GstStructure) switched = NULL;
    gint64 now;

    g_mutex_unlock (&self->lock);
    now = get_now (self);
    g_mutex_lock (&self->lock);
    drop_old_locked (self);
    switched = choose_locked (self, now);
    *is_end = all_have_ended_locked (self);
    input = self->active == CMAF_NO_INPUT ? NULL
                                          : self->inputs->pdata[self->active];
    if (input && input->items.length > 0)
      item = take_item_locked (self, input);
    else if (!*is_end && !switched && !self->is_awake)
      wait_locked (self);
    if (switched) {
      g_mutex_unlock (&self->lock);
      gst_element_post_message (
          GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self),
                                  g_steal_pointer (&switched)));
      g_mutex_lock (&self->lock);
    }
  }
  g_mutex_unlock (&self->lock);
  return item;
}

static void
stop_output (GstCmafInputSwitch *self, GstFlowReturn result)
{
  g_mutex_lock (&self->lock);
  self->flow = result;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  gst_pad_pause_task (self->srcpad);
}

static void
loop (gpointer data)
{
  GstCmafInputSwitch *self = data;
  GstFlowReturn result;
  gboolean is_end;
  SwitchItem *item = wait_item (self, &is_end);

  if (is_end) {
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
    stop_output (self, GST_FLOW_EOS);
  } else if (!item) {
    stop_output (self, GST_FLOW_FLUSHING);
  } else {
    result = switch_output_push (&self->output, item);
    if (result != GST_FLOW_OK)
      stop_output (self, result);
  }
}

/* Thread of the watch. */
static void
look_again (gpointer data, GstClockTime deadline)
{
  GstCmafInputSwitch *self = data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* ---- input ---- */

static gboolean
is_active_locked (const GstCmafInputSwitch *self, const SwitchInput *input)
{
  return self->active != CMAF_NO_INPUT
         && self->inputs->pdata[self->active] == input;
}

/* The one that goes out is held up by what is behind; another is ahead. */
static gboolean
is_full_locked (const GstCmafInputSwitch *self, SwitchInput *input)
{
  const GstClockTime most = is_active_locked (self, input)
                                ? MIN (self->window, MAX_BEHIND)
                                : self->window;
  const SwitchItem *first = g_queue_peek_head (&input->items);
  const SwitchItem *last = g_queue_peek_tail (&input->items);

  return first && last->to - first->from > (gint64)most;
}

static gboolean
is_stopped_locked (const GstCmafInputSwitch *self, const SwitchInput *input)
{
  return self->is_awake || self->flow != GST_FLOW_OK || input->has_ended
         || input->is_flushing;
}

/* An input that is ahead waits, if it can. */
static GstFlowReturn
add_items (GstCmafInputSwitch *self, SwitchInput *input, GQueue *items)
{
  const gint64 now = get_now (self);
  GstFlowReturn result;
  SwitchItem *item;

  g_mutex_lock (&self->lock);
  input->arrived = now;
  input->has_begun = TRUE;
  while ((item = g_queue_pop_head (items)))
    g_queue_push_tail (&input->items, item);
  g_cond_broadcast (&self->changed);
  while (input->is_live && !is_active_locked (self, input)
         && is_full_locked (self, input))
    drop_oldest_locked (self, input);
  while (is_full_locked (self, input) && !is_stopped_locked (self, input))
    g_cond_wait (&self->changed, &self->lock);
  result =
      self->is_awake || input->is_flushing ? GST_FLOW_FLUSHING : self->flow;
  g_mutex_unlock (&self->lock);
  return result;
}

static void
end_input (GstCmafInputSwitch *self, SwitchInput *input)
{
  g_mutex_lock (&self->lock);
  input->has_ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* The others go on without it. */
static void
fail_input (GstCmafInputSwitch *self, SwitchInput *input, const GError *error)
{
  g_autoptr (GError) named = g_error_copy (error);

  g_prefix_error (&named, "%s: ", GST_OBJECT_NAME (input->pad));
  gst_cmaf_post_warning (GST_ELEMENT (self), named);
  end_input (self, input);
}

static CmafInputFacts
get_facts (GstCmafInputSwitch *self, const SwitchInput *input)
{
  CmafInputFacts facts;

  g_mutex_lock (&self->lock);
  facts = facts_of_locked (input);
  g_mutex_unlock (&self->lock);
  return facts;
}

static void
ask_upstream (GstCmafInputSwitch *self, SwitchInput *input)
{
  GstQuery *query = gst_query_new_latency ();
  gboolean is_live = FALSE;
  GstClockTime min, max;

  if (gst_pad_peer_query (input->pad, query))
    gst_query_parse_latency (query, &is_live, &min, &max);
  gst_query_unref (query);
  g_mutex_lock (&self->lock);
  input->is_live = is_live;
  g_mutex_unlock (&self->lock);
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (parent);
  SwitchInput *input = input_of (pad);
  const CmafInputFacts facts = get_facts (self, input);
  GQueue items = G_QUEUE_INIT;
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = GST_FLOW_OK;

  if (facts.has_ended) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  if (!facts.has_begun)
    ask_upstream (self, input);
  switch_input_take_buffer (input, buffer, &items, &error);
  gst_buffer_unref (buffer); /* the item has it alone, and can change it */
  if (error)
    fail_input (self, input, error);
  else
    result = add_items (self, input, &items);
  return result;
}

static void
take_end (GstCmafInputSwitch *self, SwitchInput *input)
{
  GQueue items = G_QUEUE_INIT;

  if (!get_facts (self, input).has_ended
      && switch_input_end (input, &items, NULL) && items.length > 0)
    add_items (self, input, &items);
  end_input (self, input);
}

/* Those behind know what will come before they hear of the time. */
static void
take_caps (GstCmafInputSwitch *self, SwitchInput *input, GstCaps *caps)
{
  CmafSyncMember *member = self->output.timing.member;
  g_autoptr (GError) error = NULL;

  if (!switch_input_take_caps (input, caps, &error)
      || (input->is_video
          && !cmaf_sync_member_declare_frames (
              member, input->fps_n, input->fps_d, &error)))
    fail_input (self, input, error);
  else
    cmaf_sync_member_declare_raw (
        member, input->is_video ? CMAF_MEDIA_VIDEO : CMAF_MEDIA_AUDIO);
}

static void
begin_flush (GstCmafInputSwitch *self, SwitchInput *input)
{
  g_mutex_lock (&self->lock);
  input->is_flushing = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
end_flush (GstCmafInputSwitch *self, SwitchInput *input)
{
  g_mutex_lock (&self->lock);
  input->is_flushing = FALSE;
  g_queue_clear_full (&input->items, (GDestroyNotify)switch_item_free);
  input->has_ended = FALSE;
  g_mutex_unlock (&self->lock);
  switch_input_flush (input);
}

/* What goes out begins by itself: nothing but media goes through. */
static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (parent);
  SwitchInput *input = input_of (pad);
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      take_caps (self, input, caps);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &input->segment);
      if (input->segment.format != GST_FORMAT_TIME)
        gst_segment_init (&input->segment, GST_FORMAT_UNDEFINED);
      break;
    case GST_EVENT_EOS:
      take_end (self, input);
      break;
    case GST_EVENT_FLUSH_START:
      begin_flush (self, input);
      break;
    case GST_EVENT_FLUSH_STOP:
      end_flush (self, input);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  return GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION
         && gst_pad_query_default (pad, parent, query);
}

/* ---- pads ---- */

static gboolean
start_input (GstCmafInputSwitch *self, SwitchInput *input, GError **error)
{
  g_autofree gchar *group = NULL;
  MuxSettings settings = { 0 };
  gboolean ok;

  GST_OBJECT_LOCK (self);
  mux_settings_copy (&settings, &self->props);
  group = g_strconcat (
      self->input_group, GST_OBJECT_NAME (input->pad) + strlen ("sink"), NULL);
  GST_OBJECT_UNLOCK (self);
  ok = switch_input_start (input, &settings, group, error);
  mux_settings_clear (&settings);
  return ok;
}

/* NULL: there are enough. */
static SwitchInput *
add_input (
    GstCmafInputSwitch *self, GstPadTemplate *template, const gchar *wish)
{
  g_autofree gchar *name = NULL;
  SwitchInput *input;
  guint number;

  if (self->inputs->len >= MAX_INPUTS)
    return NULL;
  if (!wish || sscanf (wish, "sink_%u", &number) != 1)
    number = self->next_pad;
  self->next_pad = MAX (self->next_pad, number + 1);
  name = g_strdup_printf ("sink_%u", number);
  input = switch_input_new (
      GST_ELEMENT (self), gst_pad_new_from_template (template, name));
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->inputs, input);
  g_mutex_unlock (&self->lock);
  return input;
}

static GstPad *
request_new_pad (GstElement *element, GstPadTemplate *template,
    const gchar *wish, const GstCaps *caps)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (element);
  g_autoptr (GError) error = NULL;
  SwitchInput *input;
  gboolean is_started;

  g_mutex_lock (&self->life);
  is_started = self->is_started;
  input = add_input (self, template, wish);
  if (input && is_started && start_input (self, input, &error))
    mux_timing_wake (&input->timing, self->is_awake);
  g_mutex_unlock (&self->life);
  if (!input)
    return NULL;
  if (error)
    fail_input (self, input, error);
  gst_pad_set_element_private (input->pad, input);
  gst_pad_set_chain_function (input->pad, sink_chain);
  gst_pad_set_event_function (input->pad, sink_event);
  gst_pad_set_query_function (input->pad, sink_query);
  GST_PAD_SET_PROXY_CAPS (input->pad);
  gst_pad_set_active (input->pad, is_started);
  gst_element_add_pad (element, input->pad);
  return input->pad;
}

static void
remove_input_locked (GstCmafInputSwitch *self, SwitchInput *input)
{
  SwitchInput *active =
      self->active == CMAF_NO_INPUT ? NULL : self->inputs->pdata[self->active];
  guint at;

  g_ptr_array_remove (self->inputs, input);
  self->active =
      g_ptr_array_find (self->inputs, active, &at) ? (gint)at : CMAF_NO_INPUT;
  g_cond_broadcast (&self->changed);
}

static void
release_pad (GstElement *element, GstPad *pad)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (element);
  SwitchInput *input = input_of (pad);

  end_input (self, input);
  gst_pad_set_active (pad, FALSE);
  GST_PAD_STREAM_LOCK (pad);
  GST_PAD_STREAM_UNLOCK (pad);
  g_mutex_lock (&self->life);
  g_mutex_lock (&self->lock);
  remove_input_locked (self, input);
  g_mutex_unlock (&self->lock);
  g_mutex_unlock (&self->life);
  gst_element_remove_pad (element, pad);
}

static void
set_awake (GstCmafInputSwitch *self, gboolean is_awake)
{
  g_mutex_lock (&self->life);
  g_mutex_lock (&self->lock);
  self->is_awake = is_awake;
  mux_timing_wake (&self->output.timing, is_awake);
  for (guint i = 0; i < self->inputs->len; i++) {
    SwitchInput *input = self->inputs->pdata[i];

    mux_timing_wake (&input->timing, is_awake);
  }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_mutex_unlock (&self->life);
}

static gboolean
activate_mode (
    GstPad *pad, GstObject *parent, GstPadMode mode, gboolean is_active)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (parent);

  set_awake (self, !is_active);
  if (is_active)
    return gst_pad_start_task (pad, loop, self, NULL);
  return gst_pad_stop_task (pad);
}

/* ---- states ---- */

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (element);
  g_autofree gchar *name = NULL, *prefix = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->props.sync_group);
  prefix = g_strdup (self->input_group);
  GST_OBJECT_UNLOCK (self);
  mux_timing_set_context (&self->output.timing, name, context);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len; i++) {
    SwitchInput *input = self->inputs->pdata[i];
    g_autofree gchar *group = g_strconcat (
        prefix, GST_OBJECT_NAME (input->pad) + strlen ("sink"), NULL);

    mux_timing_set_context (&input->timing, group, context);
  }
  g_mutex_unlock (&self->lock);
  GST_ELEMENT_CLASS (gst_cmaf_input_switch_parent_class)
      ->set_context (element, context);
}

static void
stop_all (GstCmafInputSwitch *self)
{
  for (guint i = 0; i < self->inputs->len; i++)
    switch_input_stop (self->inputs->pdata[i]);
  switch_output_stop (&self->output);
}

static gboolean
start_all (GstCmafInputSwitch *self, GError **error)
{
  MuxSettings settings = { 0 };
  gboolean ok;

  GST_OBJECT_LOCK (self);
  mux_settings_copy (&settings, &self->props);
  GST_OBJECT_UNLOCK (self);
  ok = switch_output_start (&self->output, &settings, error);
  mux_settings_clear (&settings);
  for (guint i = 0; ok && i < self->inputs->len; i++)
    ok = start_input (self, self->inputs->pdata[i], error);
  return ok;
}

static gboolean
start (GstCmafInputSwitch *self)
{
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->life);
  self->is_started = start_all (self, &error);
  if (!self->is_started)
    stop_all (self);
  g_mutex_unlock (&self->life);
  if (error) {
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  self->active = CMAF_NO_INPUT;
  self->has_position = self->is_cut = FALSE;
  self->flow = GST_FLOW_OK;
  self->n_switches = self->n_dropped = 0;
  self->watch = input_watch_new (GST_ELEMENT (self), look_again, self);
  return TRUE;
}

static void
stop (GstCmafInputSwitch *self)
{
  g_clear_pointer (&self->watch, input_watch_free);
  g_mutex_lock (&self->life);
  self->is_started = FALSE;
  stop_all (self);
  g_mutex_unlock (&self->life);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    input_watch_set_running (self->watch, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_awake (self, TRUE);
  result = GST_ELEMENT_CLASS (gst_cmaf_input_switch_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    input_watch_set_running (self->watch, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return result;
}

/* ---- properties ---- */

static const CmafPropertyField fields[] = {
  CMAF_PROPERTY_FIELD (
      GstCmafInputSwitch, PROP_INPUT_GROUP, G_TYPE_STRING, input_group),
  CMAF_PROPERTY_FIELD (
      GstCmafInputSwitch, PROP_SWITCH_AFTER, G_TYPE_UINT64, switch_after),
  CMAF_PROPERTY_FIELD (GstCmafInputSwitch, PROP_WINDOW, G_TYPE_UINT64, window),
};

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (object);

  GST_OBJECT_LOCK (self);
  if (!mux_settings_set (&self->props, id, value)
      && !cmaf_property_fields_set (fields, G_N_ELEMENTS (fields), self,
          id - mux_settings_n_props (), value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_live_property (GstCmafInputSwitch *self, guint id, GValue *value)
{
  g_mutex_lock (&self->lock);
  if (id == PROP_ACTIVE_PAD)
    g_value_set_string (value, name_of_locked (self, self->active));
  else
    g_value_take_boxed (
        value, gst_structure_new ("application/x-cmafinputswitch-stats",
                   "switches", G_TYPE_UINT64, self->n_switches, "dropped",
                   G_TYPE_UINT64, self->n_dropped, NULL));
  g_mutex_unlock (&self->lock);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (object);
  const guint own = id - mux_settings_n_props ();

  if (id >= mux_settings_n_props () && own >= PROP_ACTIVE_PAD) {
    get_live_property (self, own, value);
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!mux_settings_get (&self->props, id, value)
      && !cmaf_property_fields_get (
          fields, G_N_ELEMENTS (fields), self, own, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafInputSwitch *self = GST_CMAF_INPUT_SWITCH (object);

  g_ptr_array_unref (self->inputs);
  switch_output_stop (&self->output);
  mux_settings_clear (&self->props);
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), self);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->life);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (gst_cmaf_input_switch_parent_class)->finalize (object);
}

static void
gst_cmaf_input_switch_init (GstCmafInputSwitch *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->life);
  g_cond_init (&self->changed);
  self->inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)switch_input_free);
  self->active = CMAF_NO_INPUT;
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_activatemode_function (self->srcpad, activate_mode);
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  self->output.pad = self->srcpad;
  self->output.timing.element = GST_ELEMENT (self);
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
install_properties (GObjectClass *klass)
{
  const guint first = mux_settings_n_props ();

  mux_settings_install_timing (klass);
  g_object_class_install_property (klass, first + PROP_INPUT_GROUP,
      g_param_spec_string ("input-group", "Input group",
          "Pad sink_N has the media time of the sync group with this name and "
          "_N: pictures and sound of one input share it",
          DEFAULT_INPUT_GROUP, FLAGS));
  g_object_class_install_property (klass, first + PROP_SWITCH_AFTER,
      g_param_spec_uint64 ("switch-after", "Switch after",
          "How long (ns) the live input that goes out may give nothing before "
          "another takes its place; -1: for ever",
          0, G_MAXUINT64, DEFAULT_SWITCH_AFTER, FLAGS));
  g_object_class_install_property (klass, first + PROP_WINDOW,
      g_param_spec_uint64 ("input-align-window", "Input align window",
          "How much (ns) of an input that is ahead is kept", 0,
          3600 * GST_SECOND, DEFAULT_WINDOW, FLAGS));
  g_object_class_install_property (klass, first + PROP_ACTIVE_PAD,
      g_param_spec_string ("active-pad", "Active pad",
          "Name of the pad whose input goes out", NULL,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (klass, first + PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_cmaf_input_switch_class_init (GstCmafInputSwitchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF input switch",
      "Generic",
      "Goes on with the next frame, or sample, of another input of the same "
      "content",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->change_state = change_state;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
}
