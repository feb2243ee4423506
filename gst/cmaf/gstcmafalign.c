/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Pads, events and states of the aligners. */
#include "gstcmafalign.h"

#include <gst/cmafbase/gstcmafmessage.h>

typedef struct
{
  AlignInput input;
} GstCmafAlignPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (
    GstCmafAlign, gst_cmaf_align, GST_TYPE_ELEMENT)

AlignInput *
gst_cmaf_align_get_input (GstCmafAlign *self)
{
  GstCmafAlignPrivate *private = gst_cmaf_align_get_instance_private (self);

  return &private->input;
}

/* ---- input ---- */

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (parent);

  return GST_CMAF_ALIGN_GET_CLASS (self)->take_buffer (self, buffer);
}

static gboolean
take_event (GstCmafAlign *self, GstEvent *event, gboolean *goes_on)
{
  GstCmafAlignClass *klass = GST_CMAF_ALIGN_GET_CLASS (self);
  AlignInput *input = gst_cmaf_align_get_input (self);
  GstClockTime time, duration;
  const GstSegment *segment;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      return *goes_on = klass->take_caps (self, caps);
    case GST_EVENT_SEGMENT: /* ours is of running time */
      *goes_on = FALSE;
      gst_event_parse_segment (event, &segment);
      return align_input_take_segment (input, segment);
    case GST_EVENT_GAP:
      *goes_on = FALSE;
      gst_event_parse_gap (event, &time, &duration);
      return klass->take_gap (self, time, duration) == GST_FLOW_OK;
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      *goes_on = !klass->take_sticky || !klass->take_sticky (self, event);
      return TRUE;
    case GST_EVENT_EOS:
      align_input_unwatch (input);
      klass->end (self);
      return TRUE;
    case GST_EVENT_FLUSH_START:
      align_input_wake (input, TRUE);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      align_input_wake (input, FALSE);
      align_input_flush (input);
      klass->flush (self);
      return TRUE;
    default:
      return TRUE;
  }
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gboolean goes_on = TRUE;
  gboolean ok = take_event (GST_CMAF_ALIGN (parent), event, &goes_on);

  if (goes_on)
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return ok;
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (parent);
  GstClockTime min, max, own;
  gboolean is_live;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  if (!gst_pad_peer_query (gst_cmaf_align_get_input (self)->sinkpad, query))
    return FALSE;
  gst_query_parse_latency (query, &is_live, &min, &max);
  own = GST_CMAF_ALIGN_GET_CLASS (self)->get_latency (self);
  min += own;
  if (GST_CLOCK_TIME_IS_VALID (max))
    max += own;
  gst_query_set_latency (query, is_live, min, max);
  return TRUE;
}

static gchar *
dup_sync_group (GstCmafAlign *self)
{
  gchar *name;

  GST_OBJECT_LOCK (self);
  name = g_strdup (
      GST_CMAF_ALIGN_GET_CLASS (self)->get_settings (self)->sync_group);
  GST_OBJECT_UNLOCK (self);
  return name;
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (element);
  g_autofree gchar *name = dup_sync_group (self);

  mux_timing_set_context (
      &gst_cmaf_align_get_input (self)->timing, name, context);
  GST_ELEMENT_CLASS (gst_cmaf_align_parent_class)
      ->set_context (element, context);
}

/* ---- states ---- */

static gboolean
start (GstCmafAlign *self)
{
  g_autoptr (GError) error = NULL;

  if (GST_CMAF_ALIGN_GET_CLASS (self)->start (self, &error))
    return TRUE;
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  return FALSE;
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (element);
  AlignInput *input = gst_cmaf_align_get_input (self);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    input_watch_set_running (input->watch, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    align_input_wake (input, TRUE);
    input_watch_stop (input->watch);
  }
  result = GST_ELEMENT_CLASS (gst_cmaf_align_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    input_watch_set_running (input->watch, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    GST_CMAF_ALIGN_GET_CLASS (self)->stop (self);
  return result;
}

/* ---- properties ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (object);
  GstCmafAlignClass *klass = GST_CMAF_ALIGN_GET_CLASS (self);
  MuxSettings *settings = klass->get_settings (self);

  GST_OBJECT_LOCK (self);
  if (!mux_settings_set (settings, id, value)
      && !cmaf_property_fields_set (klass->fields, klass->n_fields, settings,
          id - mux_settings_n_props (), value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (object);
  GstCmafAlignClass *klass = GST_CMAF_ALIGN_GET_CLASS (self);
  const MuxSettings *settings = klass->get_settings (self);

  if (id == mux_settings_n_props () + klass->n_fields) {
    g_value_take_boxed (value, klass->get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!mux_settings_get (settings, id, value)
      && !cmaf_property_fields_get (klass->fields, klass->n_fields, settings,
          id - mux_settings_n_props (), value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

void
gst_cmaf_align_class_set_fields (
    GstCmafAlignClass *klass, const CmafPropertyField *fields, guint n_fields)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  klass->fields = fields;
  klass->n_fields = n_fields;
  /* which classes do not inherit */
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  g_object_class_install_property (object_class,
      mux_settings_n_props () + n_fields,
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

/* ---- life ---- */

static void
constructed (GObject *object)
{
  GstElement *element = GST_ELEMENT (object);
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (object);
  AlignInput *input = gst_cmaf_align_get_input (GST_CMAF_ALIGN (object));

  G_OBJECT_CLASS (gst_cmaf_align_parent_class)->constructed (object);
  input->element = input->timing.element = element;
  input->sinkpad = gst_pad_new_from_template (
      gst_element_class_get_pad_template (klass, "sink"), "sink");
  gst_pad_set_chain_function (input->sinkpad, sink_chain);
  gst_pad_set_event_function (input->sinkpad, sink_event);
  GST_PAD_SET_PROXY_CAPS (input->sinkpad);
  gst_element_add_pad (element, input->sinkpad);
  input->srcpad = gst_pad_new_from_template (
      gst_element_class_get_pad_template (klass, "src"), "src");
  gst_pad_set_query_function (input->srcpad, src_query);
  GST_PAD_SET_PROXY_CAPS (input->srcpad);
  gst_element_add_pad (element, input->srcpad);
}

static void
finalize (GObject *object)
{
  GstCmafAlign *self = GST_CMAF_ALIGN (object);

  mux_timing_stop (&gst_cmaf_align_get_input (self)->timing);
  mux_settings_clear (GST_CMAF_ALIGN_GET_CLASS (self)->get_settings (self));
  G_OBJECT_CLASS (gst_cmaf_align_parent_class)->finalize (object);
}

static void
gst_cmaf_align_init (GstCmafAlign *self)
{
}

static void
gst_cmaf_align_class_init (GstCmafAlignClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->constructed = constructed;
  object_class->finalize = finalize;
  element_class->set_context = set_context;
  element_class->change_state = change_state;
}
