/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafsyncmux
 * @title: cmafsyncmux
 *
 * Makes one CMAF track of one elementary stream, cut on the grid of absolute
 * media time: any two muxers with the same settings and the same source cut
 * and number the same segments, without talking to each other.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=250 !
 *   x264enc tune=zerolatency ! h264parse ! cmafsyncmux !
 *   cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafsyncmux.h"

#include "mux-sections.h"
#include "mux-stream.h"
#include "mux-text.h"

#include <gst/cmaf/track-caps.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_sync_mux_debug);
#define GST_CAT_DEFAULT cmaf_sync_mux_debug

struct _GstCmafSyncMux
{
  GstElement parent;
  GstPad *sinkpad, *srcpad;

  MuxSettings props; /* lock: object; copied when a run starts */
  MuxStream stream;
  MuxText text;     /* in its place, when the input is text */
  gboolean is_text; /* streaming thread; as all below */
  MuxSections sections;
};

enum
{
  SIGNAL_SPLIT_AT_RUNNING_TIME,
  SIGNAL_SEND_HEADERS,
  SIGNAL_BEGIN_GENERATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

G_DEFINE_TYPE_WITH_CODE (GstCmafSyncMux, gst_cmaf_sync_mux, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_sync_mux_debug, "cmafsyncmux", 0, "CMAF muxer on the grid"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafsyncmux, "cmafsyncmux", GST_RANK_NONE, GST_TYPE_CMAF_SYNC_MUX)

/* ---- input ---- */

static gboolean
is_video (const GstCmafSyncMux *self)
{
  return self->stream.track && self->stream.track->media == CMAF_MEDIA_VIDEO;
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (parent);
  GstFlowReturn result;

  if (is_video (self))
    mux_sections_note (&self->sections, &self->stream.segment, buffer);
  result = self->is_text ? mux_text_take_buffer (&self->text, buffer)
                         : mux_stream_take_buffer (&self->stream, buffer);
  gst_buffer_unref (buffer);
  return result;
}

/* Takes the events that are for this element; the others go on. */
static gboolean
take_event (GstCmafSyncMux *self, GstEvent *event)
{
  GstClockTime start, duration;
  gboolean chunk = FALSE;

  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    gst_event_parse_gap (event, &start, &duration);
    if (self->is_text)
      mux_text_take_gap (&self->text, start, duration);
    else
      mux_stream_take_gap (&self->stream, start, duration);
    return TRUE;
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM_STICKY)
    return mux_stream_take_aligned (&self->stream, event);
  if (mux_service_take_event (&self->stream.timing.service, event))
    return TRUE;
  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_DOWNSTREAM)
    return FALSE;
  if (is_video (self))
    mux_sections_take (&self->sections, &self->stream.timing, event);
  if (gst_event_has_name (event, "FMP4MuxSplitNow")) {
    gst_structure_get_boolean (
        gst_event_get_structure (event), "chunk", &chunk);
    mux_stream_split_now (&self->stream, chunk);
    return TRUE;
  }
  return gst_video_event_is_force_key_unit (event);
}

/* What the first caps are decides for the run. */
static gboolean
take_caps (GstCmafSyncMux *self, GstCaps *caps)
{
  if (!self->stream.caps && text_input_is_text (caps))
    self->is_text = TRUE;
  return (self->is_text ? mux_text_take_caps (&self->text, caps)
                        : mux_stream_take_caps (&self->stream, caps))
         == GST_FLOW_OK;
}

static gboolean
take_segment (GstCmafSyncMux *self, GstEvent *event)
{
  return self->is_text ? mux_text_take_segment (&self->text, event)
                       : mux_stream_take_segment (&self->stream, event);
}

/* TRUE: @event is kept. */
static gboolean
take_end (GstCmafSyncMux *self, GstEvent *event)
{
  if (self->is_text)
    return mux_text_end (&self->text, event);
  mux_stream_end (&self->stream);
  return FALSE;
}

static gboolean
flush_start (GstCmafSyncMux *self, GstPad *pad, GstEvent *event)
{
  gboolean ok;

  sparse_track_wake (&self->text.sparse, TRUE);
  mux_stream_wake (&self->stream, TRUE);
  ok = gst_pad_event_default (pad, GST_OBJECT (self), event);
  mux_text_pause (&self->text);
  return ok;
}

/* Nothing goes on before the event has. */
static gboolean
flush_stop (GstCmafSyncMux *self, GstPad *pad, GstEvent *event)
{
  gboolean ok;

  sparse_track_wake (&self->text.sparse, FALSE);
  mux_stream_wake (&self->stream, FALSE);
  mux_stream_flush (&self->stream);
  memset (&self->sections, 0, sizeof self->sections);
  ok = gst_pad_event_default (pad, GST_OBJECT (self), event);
  mux_text_flush (&self->text);
  return ok;
}

/* Behind the end of the service nothing goes on any more. That is no failure:
 * to refuse a sticky event stops all tracks of the input. */
static gboolean
pass_on (GstCmafSyncMux *self, GstPad *pad, GstEvent *event)
{
  GstPad *srcpad = self->stream.output.srcpad;
  gboolean ok = gst_pad_event_default (pad, GST_OBJECT (self), event);

  GST_OBJECT_LOCK (srcpad); /* text ends in a thread of its own */
  ok = ok || GST_PAD_IS_EOS (srcpad);
  GST_OBJECT_UNLOCK (srcpad);
  return ok;
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (parent);
  GstTagList *tags;
  GstCaps *caps;
  gboolean ok;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      mux_upstream_look (self->stream.upstream);
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      ok = take_caps (self, caps);
      gst_event_unref (event);
      return ok;
    case GST_EVENT_SEGMENT:
      ok = take_segment (self, event);
      gst_event_unref (event);
      return ok;
    case GST_EVENT_TAG:
      gst_event_parse_tag (event, &tags);
      mux_stream_take_tags (&self->stream, tags);
      mux_text_take_tags (&self->text, tags);
      break;
    case GST_EVENT_EOS:
      if (take_end (self, event)) {
        gst_event_unref (event);
        return TRUE;
      }
      break;
    case GST_EVENT_FLUSH_START:
      return flush_start (self, pad, event);
    case GST_EVENT_FLUSH_STOP:
      return flush_stop (self, pad, event);
    default:
      if (take_event (self, event)) {
        gst_event_unref (event);
        return TRUE;
      }
      break;
  }
  return pass_on (self, pad, event);
}

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  const gboolean is_seek = GST_EVENT_TYPE (event) == GST_EVENT_SEEK;

  if (is_seek
      || mux_service_take_event (
          &GST_CMAF_SYNC_MUX (parent)->stream.timing.service, event)) {
    gst_event_unref (event);
    return !is_seek;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Of an application that knows the element, not its pads. */
static gboolean
send_event (GstElement *element, GstEvent *event)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (element);

  if (!mux_service_take_event (&self->stream.timing.service, event))
    return GST_ELEMENT_CLASS (gst_cmaf_sync_mux_parent_class)
        ->send_event (element, event);
  gst_event_unref (event);
  return TRUE;
}

/* ---- queries ---- */

static gboolean
query_latency (GstCmafSyncMux *self, GstQuery *query)
{
  gboolean is_live;
  GstClockTime own = mux_stream_get_latency (&self->stream), min, max;

  if (!gst_pad_peer_query (self->sinkpad, query))
    return FALSE;
  gst_query_parse_latency (query, &is_live, &min, &max);
  min += own;
  if (GST_CLOCK_TIME_IS_VALID (max))
    max += own;
  gst_query_set_latency (query, is_live, min, max);
  return TRUE;
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      return query_latency (GST_CMAF_SYNC_MUX (parent), query);
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static void
answer_caps (GstCmafSyncMux *self, GstQuery *query)
{
  g_autoptr (GstCaps) accepted = NULL;
  g_autoptr (GstCaps) result = NULL;
  gboolean in_band;
  GstCaps *filter;

  GST_OBJECT_LOCK (self);
  in_band = self->props.in_band;
  GST_OBJECT_UNLOCK (self);
  accepted = gst_caps_from_string (
      in_band ? cmaf_track_caps_accepted_in_band : cmaf_track_caps_accepted);
  gst_query_parse_caps (query, &filter);
  result = filter ? gst_caps_intersect_full (
               filter, accepted, GST_CAPS_INTERSECT_FIRST)
                  : gst_caps_ref (accepted);
  gst_query_set_caps_result (query, result);
}

static gboolean
sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
      answer_caps (GST_CMAF_SYNC_MUX (parent), query);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      /* of a CAPS event that is on its way: what is wrong with it is told then,
       * instead of a mere "not negotiated" */
      gst_query_set_accept_caps_result (query, TRUE);
      return TRUE;
    case GST_QUERY_ALLOCATION:
      return FALSE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (element);

  mux_timing_set_own_context (
      &self->stream.timing, &self->props.sync_group, context);
  GST_ELEMENT_CLASS (gst_cmaf_sync_mux_parent_class)
      ->set_context (element, context);
}

/* ---- states ---- */

static gboolean
start (GstCmafSyncMux *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  mux_settings_copy (&self->stream.settings, &self->props);
  GST_OBJECT_UNLOCK (self);
  if (mux_stream_start (&self->stream, &error)) {
    sparse_track_set_running (&self->text.sparse, TRUE);
    return TRUE;
  }
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  return FALSE;
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    sparse_track_wake (&self->text.sparse, TRUE);
    mux_stream_wake (&self->stream, TRUE);
  }
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    sparse_track_set_playing (&self->text.sparse, FALSE);
  result = GST_ELEMENT_CLASS (gst_cmaf_sync_mux_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    sparse_track_set_playing (&self->text.sparse, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    mux_text_stop (&self->text);
    mux_stream_stop (&self->stream);
    self->is_text = FALSE;
    memset (&self->sections, 0, sizeof self->sections);
  }
  return result;
}

/* ---- signals and properties ---- */

static void
split_at_running_time (GstCmafSyncMux *self, guint64 running_time)
{
  mux_stream_split_at (&self->stream, running_time);
}

static void
send_headers (GstCmafSyncMux *self)
{
  mux_stream_send_header (&self->stream);
}

static void
begin_generation (GstCmafSyncMux *self, guint64 number)
{
  mux_service_begin_generation (&self->stream.timing.service, number);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  GST_OBJECT_LOCK (self);
  if (!mux_settings_set (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  if (id == mux_settings_n_props ()) {
    g_value_take_boxed (value, mux_stream_get_stats (&self->stream));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!mux_settings_get (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  mux_settings_clear (&self->props);
  mux_text_clear (&self->text);
  mux_stream_clear (&self->stream);
  G_OBJECT_CLASS (gst_cmaf_sync_mux_parent_class)->finalize (object);
}

static void
gst_cmaf_sync_mux_init (GstCmafSyncMux *self)
{
  GstPadTemplate *template =
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), "sink");

  self->sinkpad = gst_pad_new_from_template (template, "sink");
  gst_pad_set_chain_function (self->sinkpad, sink_chain);
  gst_pad_set_event_function (self->sinkpad, sink_event);
  gst_pad_set_query_function (self->sinkpad, sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, src_event);
  gst_pad_set_query_function (self->srcpad, src_query);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  mux_stream_init (
      &self->stream, GST_ELEMENT (self), self->sinkpad, self->srcpad);
  mux_text_init (&self->text, GST_ELEMENT (self), self->sinkpad,
      &self->stream.output, &self->stream.timing);
}

static void
install_signals (GstCmafSyncMuxClass *klass)
{
  /**
   * GstCmafSyncMux::split-at-running-time:
   * @running_time: of the first sample of a new chunk
   *
   * Begins a chunk inside the segment at the first sample that is not before
   * @running_time, and asks for a key frame there. The grid does not move.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SPLIT_AT_RUNNING_TIME] = g_signal_new_class_handler (
      "split-at-running-time", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (split_at_running_time),
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * GstCmafSyncMux::send-headers:
   *
   * Sends the CMAF header again in front of the next fragment.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SEND_HEADERS] = g_signal_new_class_handler ("send-headers",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (send_headers), NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GstCmafSyncMux::begin-generation:
   * @number: of its first segment, 0: soon
   *
   * All tracks of the sync group begin the next generation of the service with
   * segment @number: a new header, and a new period downstream. With a store
   * all encoders do, and the first one to tell where is right.
   *
   * Since: 0.1
   */
  signals[SIGNAL_BEGIN_GENERATION] =
      g_signal_new_class_handler ("begin-generation", G_TYPE_FROM_CLASS (klass),
          G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (begin_generation),
          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
gst_cmaf_sync_mux_class_init (GstCmafSyncMuxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) accepted =
      gst_caps_from_string (cmaf_track_caps_accepted);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  mux_settings_install (object_class);
  g_object_class_install_property (object_class, mux_settings_n_props (),
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  install_signals (klass);
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, accepted));
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF sync muxer",
      "Codec/Muxer", "Makes a CMAF track, cut on the grid of absolute time",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->send_event = send_event;
  element_class->change_state = change_state;
}
