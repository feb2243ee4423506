/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafaudioalign
 * @title: cmafaudioalign
 *
 * Raw audio in, the same raw audio out, trimmed so that the access units of the
 * encoder behind it lie on the grid of absolute media time: unit a holds the
 * samples a * F to (a + 1) * F, counted from 1970, whenever and wherever the
 * encoder was started. Gaps are filled with silence, and a sample clock that
 * drifts from the time stamps is followed by resampling.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e audiotestsrc is-live=true num-buffers=500 !
 *   audio/x-raw,rate=48000,channels=2 ! cmafaudioalign ! avenc_aac ! aacparse !
 *   cmafsyncmux ! cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafaudioalign.h"

#include "align-stream.h"

#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_audio_align_debug);
#define GST_CAT_DEFAULT cmaf_audio_align_debug

struct _GstCmafAudioAlign
{
  GstElement parent;

  AlignSettings props; /* lock: object */
  AlignStream stream;
};

#define RAW_AUDIO                                                              \
  GST_AUDIO_CAPS_MAKE (GST_AUDIO_FORMATS_ALL)                                  \
  ", layout = (string) "                                                       \
  "interleaved"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_AUDIO));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_AUDIO));

G_DEFINE_TYPE_WITH_CODE (GstCmafAudioAlign, gst_cmaf_audio_align,
    GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_audio_align_debug, "cmafaudioalign", 0, "audio on the grid"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafaudioalign, "cmafaudioalign", GST_RANK_NONE, GST_TYPE_CMAF_AUDIO_ALIGN)

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  return align_stream_take_buffer (
      &GST_CMAF_AUDIO_ALIGN (parent)->stream, buffer);
}

static gboolean
take_event (AlignStream *stream, GstEvent *event, gboolean *goes_on)
{
  GstClockTime time, duration;
  const GstSegment *segment;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      return *goes_on = align_stream_take_caps (stream, caps);
    case GST_EVENT_SEGMENT: /* ours is of running time */
      *goes_on = FALSE;
      gst_event_parse_segment (event, &segment);
      return align_stream_take_segment (stream, segment);
    case GST_EVENT_GAP:
      *goes_on = FALSE;
      gst_event_parse_gap (event, &time, &duration);
      return align_stream_take_gap (stream, time, duration) == GST_FLOW_OK;
    case GST_EVENT_EOS:
      align_stream_end (stream);
      return TRUE;
    case GST_EVENT_FLUSH_START:
      align_stream_wake (stream, TRUE);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      align_stream_wake (stream, FALSE);
      align_stream_flush (stream);
      return TRUE;
    default:
      return TRUE;
  }
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gboolean goes_on = TRUE;
  gboolean ok =
      take_event (&GST_CMAF_AUDIO_ALIGN (parent)->stream, event, &goes_on);

  if (goes_on)
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return ok;
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (parent);
  GstClockTime min, max, own;
  gboolean is_live;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  if (!gst_pad_peer_query (self->stream.sinkpad, query))
    return FALSE;
  gst_query_parse_latency (query, &is_live, &min, &max);
  own = align_stream_get_latency (&self->stream);
  min += own;
  if (GST_CLOCK_TIME_IS_VALID (max))
    max += own;
  gst_query_set_latency (query, is_live, min, max);
  return TRUE;
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (element);
  g_autofree gchar *name = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->props.timing.sync_group);
  GST_OBJECT_UNLOCK (self);
  mux_timing_set_context (&self->stream.timing, name, context);
  GST_ELEMENT_CLASS (gst_cmaf_audio_align_parent_class)
      ->set_context (element, context);
}

/* ---- states ---- */

static gboolean
start (GstCmafAudioAlign *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  align_settings_copy (&self->stream.settings, &self->props);
  GST_OBJECT_UNLOCK (self);
  if (align_stream_start (&self->stream, &error))
    return TRUE;
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  return FALSE;
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (element);
  AlignStream *stream = &self->stream;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    input_watch_set_running (stream->watch, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    align_stream_wake (stream, TRUE);
    input_watch_stop (stream->watch);
  }
  result = GST_ELEMENT_CLASS (gst_cmaf_audio_align_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    input_watch_set_running (stream->watch, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    align_stream_stop (stream);
  return result;
}

/* ---- properties ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (object);

  GST_OBJECT_LOCK (self);
  if (!align_settings_set (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (object);

  if (id == align_settings_n_props ()) {
    g_value_take_boxed (value, align_stream_get_stats (&self->stream));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!align_settings_get (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (object);

  align_settings_clear (&self->props);
  align_stream_clear (&self->stream);
  G_OBJECT_CLASS (gst_cmaf_audio_align_parent_class)->finalize (object);
}

static void
gst_cmaf_audio_align_init (GstCmafAudioAlign *self)
{
  GstPad *sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  gst_pad_set_chain_function (sinkpad, sink_chain);
  gst_pad_set_event_function (sinkpad, sink_event);
  GST_PAD_SET_PROXY_CAPS (sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), sinkpad);
  gst_pad_set_query_function (srcpad, src_query);
  GST_PAD_SET_PROXY_CAPS (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);
  align_stream_init (&self->stream, GST_ELEMENT (self), sinkpad, srcpad);
}

static void
gst_cmaf_audio_align_class_init (GstCmafAudioAlignClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  align_settings_install (object_class);
  g_object_class_install_property (object_class, align_settings_n_props (),
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF audio aligner",
      "Filter/Audio", "Trims raw audio to the access unit grid of media time",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->change_state = change_state;
}
