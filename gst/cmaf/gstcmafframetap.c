/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafframetap
 * @title: cmafframetap
 *
 * For inputs that tell no time at all. Passes raw video on to the encoder as it
 * is, and tells the muxers behind it which frame each picture is: it knows the
 * picture again in what another encoder has told of its own, through a store
 * that both share. What it knows it tells others likewise. Pictures wait for
 * nobody: until it is known which they are, none is let through.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 v4l2src ! videoconvert !
 *   cmafframetap sync-store=/mnt/shared/sync ! x264enc tune=zerolatency !
 *   h264parse ! cmafsyncmux timing-sources=fingerprint,clock !
 *   cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafframetap.h"

#include "frame-stamp.h"
#include "running-time.h"
#include "tap-stream.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/segment-name.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_frame_tap_debug);
#define GST_CAT_DEFAULT cmaf_frame_tap_debug

#define DEFAULT_WINDOW (5 * GST_SECOND)
#define DEFAULT_PEER_WAIT (10 * GST_SECOND)
#define DEFAULT_TRACK "video"

typedef struct
{
  TapOptions options;
  gint tai_offset;
  gint64 clock_offset;
  GstClock *utc_clock;
  gchar *leap_seconds_file;
  gchar *sync_group;
  gchar *sync_store;
} TapSettings;

struct _GstCmafFrameTap
{
  GstElement parent;
  GstPad *sinkpad, *srcpad;
  GstCaps *stamp; /* of the metas */

  TapSettings props; /* lock: object */

  /* streaming thread, and state changes while it stands still */
  TapStream stream; /* but for its counters */
  GstSegment segment;
  gboolean has_failed;
};

enum
{
  PROP_0,
  PROP_SYNC_STORE,
  PROP_SYNC_GROUP,
  PROP_TRACK_NAME,
  PROP_SEGMENT_DURATION,
  PROP_FINGERPRINT_WINDOW,
  PROP_PEER_WAIT,
  PROP_SEARCH,
  PROP_CLOCK_OFFSET,
  PROP_UTC_CLOCK,
  PROP_TIMELINE_TAI_OFFSET,
  PROP_LEAP_SECONDS_FILE,
  PROP_STATS,
};

/* Whose samples lie each in a byte, or in two, little endian */
#define FORMATS                                                                \
  "{ I420, YV12, NV12, NV21, NV16, NV61, NV24, Y42B, Y41B, Y444, YUY2, YVYU, " \
  "UYVY, VYUY, AYUV, VUYA, A420, GRAY8, I420_10LE, I422_10LE, Y444_10LE, "     \
  "I420_12LE, I422_12LE, Y444_12LE, P010_10LE, P012_LE, P016_LE, Y444_16LE, "  \
  "GRAY16_LE }"

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (FORMATS)));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (FORMATS)));

G_DEFINE_TYPE_WITH_CODE (GstCmafFrameTap, gst_cmaf_frame_tap, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_frame_tap_debug, "cmafframetap", 0, "which frames they are"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafframetap, "cmafframetap", GST_RANK_NONE, GST_TYPE_CMAF_FRAME_TAP)

/* ---- pads ---- */

static void
refuse (GstCmafFrameTap *self, const GError *error)
{
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  self->has_failed = TRUE;
}

static GstBuffer *
stamp (GstCmafFrameTap *self, GstBuffer *buffer, guint64 media_time)
{
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_add_reference_timestamp_meta (
      buffer, self->stamp, media_time, GST_CLOCK_TIME_NONE);
  return buffer;
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (parent);
  gboolean has_media_time = FALSE, passes = TRUE;
  guint64 media_time;
  gint64 running_time;

  if (self->has_failed || !self->stream.has_frames) {
    gst_buffer_unref (buffer);
    return self->has_failed ? GST_FLOW_ERROR : GST_FLOW_NOT_NEGOTIATED;
  }
  if (GST_BUFFER_PTS_IS_VALID (buffer)
      && running_time_of (
          &self->segment, GST_BUFFER_PTS (buffer), &running_time))
    passes = tap_stream_take (
        &self->stream, buffer, running_time, &has_media_time, &media_time);
  if (!passes) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  if (has_media_time)
    buffer = stamp (self, buffer, media_time);
  return gst_pad_push (self->srcpad, buffer);
}

static void
take_caps (GstCmafFrameTap *self, GstEvent *event)
{
  g_autoptr (GError) error = NULL;
  GstCaps *caps;
  GstVideoInfo info;

  gst_event_parse_caps (event, &caps);
  if (!gst_video_info_from_caps (&info, caps))
    error = g_error_new_literal (
        CMAF_ERROR, CMAF_ERROR_CONFIG, "caps: do not describe raw video");
  else
    tap_stream_set_caps (&self->stream, &info, &error);
  if (error)
    refuse (self, error);
}

/* Nobody downstream knows why nothing has come. */
static void
tell_nothing (GstCmafFrameTap *self)
{
  if (self->has_failed || self->stream.state != TAP_SEARCHING)
    return;
  gst_cmaf_warn (GST_ELEMENT (self), CMAF_ERROR_TIMELINE,
      "fingerprints: found nothing of the input in those of a peer, needs the "
      "same pictures within %" G_GUINT64_FORMAT
      " ms, some of which are like no others; no frame was let through",
      self->stream.options.window / GST_MSECOND);
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      take_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
      tap_stream_flush (&self->stream);
      self->has_failed = FALSE;
      break;
    case GST_EVENT_EOS:
      tell_nothing (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* ---- states ---- */

static gboolean
check_settings (
    const MuxSettings *settings, const TapOptions *options, GError **error)
{
  if (!settings->sync_store || !*settings->sync_store) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "sync-store: found none, needs one that the encoders of the service "
        "share");
    return FALSE;
  }
  if (cmaf_track_name_is_valid (options->track_name))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "track-name: found \"%s\", needs letters, digits and . _ ~ -, at most 64",
      options->track_name ? options->track_name : "");
  return FALSE;
}

static void
copy_options (GstCmafFrameTap *self, MuxSettings *settings)
{
  TapOptions *options = &self->stream.options;

  GST_OBJECT_LOCK (self);
  g_free (options->track_name);
  *options = self->props.options;
  options->track_name = g_strdup (self->props.options.track_name);
  settings->timing_sources = g_strdup ("fingerprint");
  settings->tai_offset = self->props.tai_offset;
  settings->clock_offset = self->props.clock_offset;
  settings->leap_seconds_file = g_strdup (self->props.leap_seconds_file);
  settings->sync_group = g_strdup (self->props.sync_group);
  settings->sync_store = g_strdup (self->props.sync_store);
  g_set_object (&settings->utc_clock, self->props.utc_clock);
  memset (&self->stream.counters, 0, sizeof self->stream.counters);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
start (GstCmafFrameTap *self)
{
  g_autoptr (GError) error = NULL;
  MuxSettings settings = { 0 };
  gboolean ok;

  copy_options (self, &settings);
  ok = check_settings (&settings, &self->stream.options, &error)
       && mux_timing_start (&self->stream.timing, &settings, &error);
  mux_settings_clear (&settings);
  if (!ok) {
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  cmaf_sync_member_declare (self->stream.timing.member, CMAF_MEDIA_EVENT);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->has_failed = FALSE;
  tap_stream_start (&self->stream, self->stream.timing.service.store);
  return TRUE;
}

static void
stop (GstCmafFrameTap *self)
{
  tap_stream_stop (&self->stream);
  mux_timing_stop (&self->stream.timing);
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (element);

  mux_timing_set_own_context (
      &self->stream.timing, &self->props.sync_group, context);
  GST_ELEMENT_CLASS (gst_cmaf_frame_tap_parent_class)
      ->set_context (element, context);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_cmaf_frame_tap_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return result;
}

/* ---- properties ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (TapSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_SYNC_STORE, G_TYPE_STRING, sync_store),
  FIELD (PROP_SYNC_GROUP, G_TYPE_STRING, sync_group),
  FIELD (PROP_TRACK_NAME, G_TYPE_STRING, options.track_name),
  FIELD (PROP_SEGMENT_DURATION, G_TYPE_INT, options.duration_n),
  FIELD (PROP_FINGERPRINT_WINDOW, G_TYPE_UINT64, options.window),
  FIELD (PROP_PEER_WAIT, G_TYPE_UINT64, options.peer_wait),
  FIELD (PROP_SEARCH, G_TYPE_BOOLEAN, options.search),
  FIELD (PROP_CLOCK_OFFSET, G_TYPE_INT64, clock_offset),
  FIELD (PROP_UTC_CLOCK, G_TYPE_OBJECT, utc_clock),
  FIELD (PROP_TIMELINE_TAI_OFFSET, G_TYPE_INT, tai_offset),
  FIELD (PROP_LEAP_SECONDS_FILE, G_TYPE_STRING, leap_seconds_file),
};

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (object);

  GST_OBJECT_LOCK (self);
  if (!cmaf_property_fields_set (
          fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
make_stats_locked (GstCmafFrameTap *self)
{
  const TapCounters *c = &self->stream.counters;
  GstStructure *s;

  s = gst_structure_new ("application/x-cmafframetap-stats", "state",
      G_TYPE_STRING, tap_state_name (c->state), "frames", G_TYPE_UINT64,
      c->frames, "dropped", G_TYPE_UINT64, c->dropped, "gaps", G_TYPE_UINT64,
      c->gaps, "tables-told", G_TYPE_UINT64, c->told, "peer-tables",
      G_TYPE_UINT64, c->heard, "broken", G_TYPE_UINT64, c->broken, "unanswered",
      G_TYPE_UINT, c->unanswered, "run", G_TYPE_UINT, c->run, NULL);
  if (c->has_difference)
    gst_structure_set (s, "form", G_TYPE_STRING, tap_form_name (c->form),
        "peer-difference", G_TYPE_INT64, c->difference, NULL);
  return s;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_STATS)
    g_value_take_boxed (value, make_stats_locked (self));
  else if (id == PROP_SYNC_STORE)
    g_value_take_string (
        value, cmaf_store_location_show (self->props.sync_store));
  else if (!cmaf_property_fields_get (
               fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafFrameTap *self = GST_CMAF_FRAME_TAP (object);

  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), &self->props);
  g_free (self->stream.options.track_name);
  mux_timing_stop (&self->stream.timing);
  gst_caps_unref (self->stamp);
  G_OBJECT_CLASS (gst_cmaf_frame_tap_parent_class)->finalize (object);
}

static void
gst_cmaf_frame_tap_init (GstCmafFrameTap *self)
{
  self->stream.element = GST_ELEMENT (self);
  self->stream.timing.element = GST_ELEMENT (self);
  self->stamp = gst_caps_new_empty_simple (FRAME_STAMP_CAPS);
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, sink_chain);
  gst_pad_set_event_function (self->sinkpad, sink_event);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
install_search (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_SYNC_STORE,
      g_param_spec_string ("sync-store", "Sync store",
          "Where the encoders of a service keep what they agree on: a "
          "directory, or a file, http or https URI; needed",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_TRACK_NAME,
      g_param_spec_string ("track-name", "Track name",
          "Name of the fingerprints in the store; the same on all encoders",
          DEFAULT_TRACK, FLAGS));
  g_object_class_install_property (klass, PROP_SEGMENT_DURATION,
      gst_param_spec_fraction ("segment-duration", "Segment duration",
          "Fingerprints are told in segments of this duration (seconds, as a "
          "fraction); the same on all encoders; 0/1: the default of the frame "
          "rate",
          0, 1, G_MAXINT, 1, 0, 1, FLAGS));
  g_object_class_install_property (klass, PROP_FINGERPRINT_WINDOW,
      g_param_spec_uint64 ("fingerprint-window", "Fingerprint window",
          "How far (ns) clocks and paths of the encoders may be apart",
          GST_SECOND / 2, 30 * GST_SECOND, DEFAULT_WINDOW, FLAGS));
  g_object_class_install_property (klass, PROP_PEER_WAIT,
      g_param_spec_uint64 ("peer-wait", "Peer wait",
          "How long (ns) nothing new is heard of any peer until this encoder "
          "begins alone; longer than two segments and the window",
          GST_SECOND, 3600 * GST_SECOND, DEFAULT_PEER_WAIT, FLAGS));
  g_object_class_install_property (klass, PROP_SEARCH,
      g_param_spec_boolean ("search", "Search",
          "Find out which frames they are; FALSE: the input tells its time, "
          "and fingerprints are only told to others",
          TRUE, FLAGS));
}

static void
install_timing (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_SYNC_GROUP,
      g_param_spec_string ("sync-group", "Sync group",
          "Of the muxers behind it", "default", FLAGS));
  g_object_class_install_property (klass, PROP_CLOCK_OFFSET,
      g_param_spec_int64 ("clock-offset", "Clock offset",
          "Added (ns) to the time of day, around which is searched: to show "
          "what a wrong clock does",
          -MUX_MAX_TIME, MUX_MAX_TIME, 0, FLAGS));
  g_object_class_install_property (klass, PROP_UTC_CLOCK,
      g_param_spec_object ("utc-clock", "UTC clock",
          "What tells the time of day: in ns since 1970, or a GstNtpClock, a "
          "GstPtpClock or TAI; unset: the system",
          GST_TYPE_CLOCK, FLAGS));
  g_object_class_install_property (klass, PROP_TIMELINE_TAI_OFFSET,
      g_param_spec_int ("timeline-tai-offset", "Timeline TAI offset",
          "TAI less media time, in seconds; the same on all encoders, for ever",
          -1000, 1000, CMAF_TAI_OFFSET, FLAGS));
  g_object_class_install_property (klass, PROP_LEAP_SECONDS_FILE,
      g_param_spec_string ("leap-seconds-file", "Leap seconds file",
          "Path of a leap-seconds.list or leapseconds (unset: the system's)",
          NULL, FLAGS));
}

static void
gst_cmaf_frame_tap_class_init (GstCmafFrameTapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_search (object_class);
  install_timing (object_class);
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF frame tap",
      "Filter/Analyzer/Video",
      "Finds out which frames raw pictures are, by those of another encoder",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->change_state = change_state;
}
