/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafeventsrc
 * @title: cmafeventsrc
 *
 * Gives an event message track (ISO/IEC 23001-18) on the grid of the other
 * tracks of its sync group: a segment for every number, whether there is an
 * event or not. Events are the SCTE 35 sections that tsepochtap hears, and what
 * the application adds.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=250 !
 *   x264enc tune=zerolatency ! h264parse ! cmafsyncmux !
 *   cmafdashsink name=dash location=/tmp/live cmafeventsrc ! dash.
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafeventsrc.h"

#include "event-stream.h"

#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_event_src_debug);
#define GST_CAT_DEFAULT cmaf_event_src_debug

#define EVENT_NAME "cmaf-event"
/* Receivers want four seconds (ING-162), and a segment of two may be on its way
 * until then. */
#define DEFAULT_ANNOUNCE_AHEAD (6 * GST_SECOND)

struct _GstCmafEventSrc
{
  GstElement parent;
  GstPad *srcpad;

  MuxSettings props; /* lock: object; as up to the next comment */
  gboolean is_live;  /* all copied when a run starts */
  GstClockTime announce_ahead;

  EventStream stream;
};

enum
{
  SIGNAL_ADD_EVENT,
  SIGNAL_CANCEL_EVENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

G_DEFINE_TYPE_WITH_CODE (GstCmafEventSrc, gst_cmaf_event_src, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_event_src_debug, "cmafeventsrc", 0, "CMAF event message track"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafeventsrc, "cmafeventsrc", GST_RANK_NONE, GST_TYPE_CMAF_EVENT_SRC)

/* ids behind those of the settings */
static guint
prop_stats (void)
{
  return mux_settings_n_props ();
}

static guint
prop_is_live (void)
{
  return mux_settings_n_props () + 1;
}

static guint
prop_announce_ahead (void)
{
  return mux_settings_n_props () + 2;
}

/* ---- events ---- */

/* TRUE when it is one of ours. */
static gboolean
take_event (GstCmafEventSrc *self, GstEvent *event)
{
  AppEvent *taken;

  if (mux_service_take_event (&self->stream.timing.service, event))
    return TRUE;
  if (!gst_event_has_name (event, EVENT_NAME))
    return FALSE;
  taken = app_event_from_structure (gst_event_get_structure (event));
  if (taken)
    event_stream_take (&self->stream, taken);
  else
    GST_ELEMENT_WARNING (self, STREAM, FORMAT,
        ("The event " EVENT_NAME " is left out: it needs scheme-id-uri (a "
         "string), and id, time and duration in whole numbers, data as bytes"),
        ("%" GST_PTR_FORMAT, event));
  return TRUE;
}

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  const gboolean is_seek = GST_EVENT_TYPE (event) == GST_EVENT_SEEK;

  if (!is_seek && !take_event (GST_CMAF_EVENT_SRC (parent), event))
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return !is_seek;
}

static gboolean
send_event (GstElement *element, GstEvent *event)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (element);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    event_stream_end (&self->stream);
  else if (!take_event (self, event))
    return GST_ELEMENT_CLASS (gst_cmaf_event_src_parent_class)
        ->send_event (element, event);
  gst_event_unref (event);
  return TRUE;
}

static gboolean
add_event (GstCmafEventSrc *self, const gchar *scheme, const gchar *value,
    guint id, gint64 time, gint64 duration, GBytes *data)
{
  AppEvent *event;

  if (!scheme)
    return FALSE;
  event = app_event_new (scheme, value, id, data);
  event->time = time;
  event->duration = duration;
  event_stream_take (&self->stream, event);
  return TRUE;
}

static gboolean
cancel_event (
    GstCmafEventSrc *self, const gchar *scheme, const gchar *value, guint id)
{
  AppEvent *event;

  if (!scheme)
    return FALSE;
  event = app_event_new (scheme, value, id, NULL);
  event->is_cancel = TRUE;
  event_stream_take (&self->stream, event);
  return TRUE;
}

/* ---- queries ---- */

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (parent);
  GstClockTime latency;
  gboolean is_live;
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      GST_OBJECT_LOCK (self);
      latency = self->stream.output.latency;
      is_live = self->is_live;
      GST_OBJECT_UNLOCK (self);
      gst_query_set_latency (query, is_live, latency, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

/* ---- states ---- */

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (element);

  mux_timing_set_own_context (
      &self->stream.timing, &self->props.sync_group, context);
  GST_ELEMENT_CLASS (gst_cmaf_event_src_parent_class)
      ->set_context (element, context);
}

static gboolean
start (GstCmafEventSrc *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  mux_settings_copy (&self->stream.settings, &self->props);
  self->stream.is_live = self->is_live;
  self->stream.announce_ahead = self->announce_ahead;
  GST_OBJECT_UNLOCK (self);
  if (event_stream_start (&self->stream, &error))
    return TRUE;
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  return FALSE;
}

static void
run (GstCmafEventSrc *self)
{
  g_autofree gchar *id =
      gst_pad_create_stream_id (self->srcpad, GST_ELEMENT (self), "events");

  gst_pad_push_event (self->srcpad, gst_event_new_stream_start (id));
  event_stream_run (&self->stream);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (element);
  SparseTrack *sparse = &self->stream.sparse;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    event_stream_wake (&self->stream, TRUE);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    sparse_track_set_playing (sparse, FALSE);
  result = GST_ELEMENT_CLASS (gst_cmaf_event_src_parent_class)
               ->change_state (element, transition);
  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (result == GST_STATE_CHANGE_FAILURE)
        event_stream_stop (&self->stream);
      else
        run (self);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      sparse_track_set_playing (sparse, TRUE);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      event_stream_stop (&self->stream);
      break;
    default:
      break;
  }
  if (result == GST_STATE_CHANGE_SUCCESS && self->stream.is_live
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* ---- properties ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (object);

  GST_OBJECT_LOCK (self);
  if (id == prop_is_live ())
    self->is_live = g_value_get_boolean (value);
  else if (id == prop_announce_ahead ())
    self->announce_ahead = g_value_get_uint64 (value);
  else if (!mux_settings_set (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (object);

  if (id == prop_stats ()) {
    g_value_take_boxed (value, event_stream_get_stats (&self->stream));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == prop_is_live ())
    g_value_set_boolean (value, self->is_live);
  else if (id == prop_announce_ahead ())
    g_value_set_uint64 (value, self->announce_ahead);
  else if (!mux_settings_get (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafEventSrc *self = GST_CMAF_EVENT_SRC (object);

  mux_settings_clear (&self->props);
  event_stream_clear (&self->stream);
  G_OBJECT_CLASS (gst_cmaf_event_src_parent_class)->finalize (object);
}

static void
gst_cmaf_event_src_init (GstCmafEventSrc *self)
{
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, src_event);
  gst_pad_set_query_function (self->srcpad, src_query);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  event_stream_init (&self->stream, GST_ELEMENT (self), self->srcpad);
}

static void
install_signals (GstCmafEventSrcClass *klass)
{
  /**
   * GstCmafEventSrc::add-event:
   * @scheme_id_uri: what kind of event it is
   * @value: of the scheme; may be %NULL
   * @id: of the event; another one of the same scheme, value and id takes its
   *   place when it is announced
   * @time: media time (ns since 1970) at which it begins; -1: now
   * @duration: in ns; -1: not known
   * @data: its message; may be %NULL
   *
   * Adds an event, also before the start.
   *
   * Returns: FALSE without a scheme.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADD_EVENT] =
      g_signal_new_class_handler ("add-event", G_TYPE_FROM_CLASS (klass),
          G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (add_event), NULL,
          NULL, NULL, G_TYPE_BOOLEAN, 6, G_TYPE_STRING, G_TYPE_STRING,
          G_TYPE_UINT, G_TYPE_INT64, G_TYPE_INT64, G_TYPE_BYTES);
  /**
   * GstCmafEventSrc::cancel-event:
   * @scheme_id_uri: of the event
   * @value: of the event; may be %NULL
   * @id: of the event
   *
   * From now on there is no such event, of those that were added before.
   *
   * Returns: FALSE without a scheme.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CANCEL_EVENT] = g_signal_new_class_handler ("cancel-event",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (cancel_event), NULL, NULL, NULL, G_TYPE_BOOLEAN, 3,
      G_TYPE_STRING, G_TYPE_STRING, G_TYPE_UINT);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT
                            | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  mux_settings_install_sparse (klass, "events");
  g_object_class_install_property (klass, prop_stats (),
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (klass, prop_is_live (),
      g_param_spec_boolean ("is-live", "Is live",
          "Without other tracks in the sync group, segments end by the clock",
          FALSE, flags));
  g_object_class_install_property (klass, prop_announce_ahead (),
      g_param_spec_uint64 ("announce-ahead", "Announce ahead",
          "How long (ns) before it begins an event of the application is in "
          "the track; the same on all encoders",
          0, G_MAXINT64, DEFAULT_ANNOUNCE_AHEAD, flags));
}

static void
gst_cmaf_event_src_class_init (GstCmafEventSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties (object_class);
  install_signals (klass);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF event source",
      "Source/Metadata", "Gives a track of events on the grid of absolute time",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->send_event = send_event;
  element_class->change_state = change_state;
}
