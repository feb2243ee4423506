/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmaforiginsink
 * @title: cmaforiginsink
 *
 * Serves CMAF tracks from memory: a page that plays, DASH, HLS, segments over
 * HTTP, and chunks over WebSocket as they come. The property url is the page.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -m videotestsrc is-live=true ! x264enc tune=zerolatency !
 *   h264parse ! cmafsyncmux chunk-duration=200000000 ! cmaforiginsink port=8080
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmaforiginsink.h"

#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/packager.h>
#include <gst/cmaf/property-fields.h>
#include <gst/cmafbase/gstcmafenums.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/cmafhttp/origin.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_origin_sink_debug);
#define GST_CAT_DEFAULT cmaf_origin_sink_debug

#define PAGE "/org/gst-cmaf/player"
#define DEFAULT_WINDOW (60 * GST_SECOND)
#define DEFAULT_RING_MAX_BYTES (256 * 1024 * 1024)

/* Properties; a copy is made when the element starts. */
typedef struct
{
  gchar *address, *http_prefix, *channel, *title, *allow_origins,
      *tls_certificate_file;
  guint port, max_connections, max_viewers;
  GstClockTime window_length, presentation_start, http_idle_timeout;
  guint64 ring_max_bytes;
  gint duration_n, duration_d;
  CmafAddressing addressing;
  gboolean list_event_tracks;
  CmafLeapInformation leaps;
} Settings;

struct _GstCmafOriginSink
{
  GstCmafTrackSink parent;

  Settings props; /* lock: object */

  /* from start to stop; pointers under the object lock */
  CmafOrigin *origin;
  CmafOriginEntry *entry;
  CmafObjectStore *store;
  CmafPackager *packager;
  guint64 store_size; /* ring-max-bytes of this run */
  gint is_full_told;  /* atomic */
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_PORT,
  PROP_HTTP_PREFIX,
  PROP_CHANNEL,
  PROP_TITLE,
  PROP_ALLOW_ORIGINS,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_WINDOW_LENGTH,
  PROP_RING_MAX_BYTES,
  PROP_SEGMENT_DURATION,
  PROP_ADDRESSING,
  PROP_PRESENTATION_START,
  PROP_LIST_EVENT_TRACKS,
  PROP_LEAP_OFFSET,
  PROP_NEXT_LEAP_OFFSET,
  PROP_NEXT_LEAP_TIME,
  PROP_HTTP_IDLE_TIMEOUT,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_VIEWERS,
  PROP_URL,
  PROP_STATS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE_WITH_CODE (GstCmafOriginSink, gst_cmaf_origin_sink,
    GST_TYPE_CMAF_TRACK_SINK,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_origin_sink_debug, "cmaforiginsink", 0, "CMAF origin"))
GST_ELEMENT_REGISTER_DEFINE (
    cmaforiginsink, "cmaforiginsink", GST_RANK_NONE, GST_TYPE_CMAF_ORIGIN_SINK)

/* ---- settings ---- */

#define FIELD(id, type, field) CMAF_PROPERTY_FIELD (Settings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_ADDRESS, G_TYPE_STRING, address),
  FIELD (PROP_PORT, G_TYPE_UINT, port),
  FIELD (PROP_HTTP_PREFIX, G_TYPE_STRING, http_prefix),
  FIELD (PROP_CHANNEL, G_TYPE_STRING, channel),
  FIELD (PROP_TITLE, G_TYPE_STRING, title),
  FIELD (PROP_ALLOW_ORIGINS, G_TYPE_STRING, allow_origins),
  FIELD (PROP_TLS_CERTIFICATE_FILE, G_TYPE_STRING, tls_certificate_file),
  FIELD (PROP_WINDOW_LENGTH, G_TYPE_UINT64, window_length),
  FIELD (PROP_RING_MAX_BYTES, G_TYPE_UINT64, ring_max_bytes),
  FIELD (PROP_SEGMENT_DURATION, G_TYPE_INT, duration_n),
  FIELD (PROP_ADDRESSING, G_TYPE_ENUM, addressing),
  FIELD (PROP_PRESENTATION_START, G_TYPE_UINT64, presentation_start),
  FIELD (PROP_LIST_EVENT_TRACKS, G_TYPE_BOOLEAN, list_event_tracks),
  FIELD (PROP_LEAP_OFFSET, G_TYPE_INT, leaps.offset),
  FIELD (PROP_NEXT_LEAP_OFFSET, G_TYPE_INT, leaps.next_offset),
  FIELD (PROP_NEXT_LEAP_TIME, G_TYPE_UINT64, leaps.next_time),
  FIELD (PROP_HTTP_IDLE_TIMEOUT, G_TYPE_UINT64, http_idle_timeout),
  FIELD (PROP_MAX_CONNECTIONS, G_TYPE_UINT, max_connections),
  FIELD (PROP_MAX_VIEWERS, G_TYPE_UINT, max_viewers),
};

static void
copy_settings (Settings *to, const Settings *from)
{
  *to = *from;
  cmaf_property_fields_own (fields, G_N_ELEMENTS (fields), to);
}

static void
clear_settings (Settings *settings)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), settings);
}

/* ---- messages ---- */

static void
tell_segment (const CmafPublishedSegment *segment, gpointer user_data)
{
  GstElement *self = GST_ELEMENT (user_data);

  gst_element_post_message (self,
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("cmaforiginsink-segment-added", "track-name",
              G_TYPE_STRING, segment->track_name, "location", G_TYPE_STRING,
              segment->name, "number", G_TYPE_UINT64, segment->number,
              "decode-time", G_TYPE_UINT64, segment->decode_time, "duration",
              G_TYPE_UINT64, segment->duration, "timescale", G_TYPE_UINT,
              segment->timescale, NULL)));
}

static void
tell_warning (const GError *error, gpointer user_data)
{
  gst_cmaf_post_warning (GST_ELEMENT (user_data), error);
}

/* LIV-15. Once, and not for every segment that is dropped from then on: the
 * property stats counts them. */
static void
tell_full (GstCmafOriginSink *self)
{
  g_autoptr (GError) error = NULL;

  if (cmaf_memory_store_get_dropped (self->store) == 0
      || !g_atomic_int_compare_and_exchange (&self->is_full_told, FALSE, TRUE))
    return;
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
      "ring-max-bytes: %" G_GUINT64_FORMAT " bytes are too few for "
      "window-length, the oldest segments go before their time",
      self->store_size);
  gst_cmaf_post_warning (GST_ELEMENT (self), error);
}

static void
tell_listening (GstCmafOriginSink *self)
{
  g_autofree gchar *url = cmaf_origin_get_url (self->origin);

  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (
          GST_OBJECT (self), gst_structure_new ("cmaforiginsink-listening",
                                 "url", G_TYPE_STRING, url, "port", G_TYPE_UINT,
                                 cmaf_origin_get_port (self->origin), NULL)));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PORT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_URL]);
}

/* ---- start and stop ---- */

static CmafOrigin *
open_origin (const Settings *settings, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  CmafOriginConfig config;

  cmaf_origin_config_init (&config);
  if (settings->tls_certificate_file) {
    certificate = cmaf_http_load_certificate (
        settings->tls_certificate_file, "tls-certificate-file", error);
    if (!certificate)
      return NULL;
  }
  config.listener.address = settings->address;
  config.listener.port = settings->port;
  config.listener.certificate = certificate;
  config.listener.max_connections = settings->max_connections;
  config.listener.idle_timeout_ms = settings->http_idle_timeout / GST_MSECOND;
  config.http_prefix = settings->http_prefix ? settings->http_prefix : "";
  config.page = PAGE;
  config.allow_origins = settings->allow_origins;
  config.max_viewers = settings->max_viewers;
  return cmaf_origin_new (&config, error);
}

static CmafPackager *
open_packager (GstCmafOriginSink *self, const Settings *settings,
    CmafObjectStore *store, GError **error)
{
  CmafPackagerCallbacks callbacks = { .segment = tell_segment,
    .warning = tell_warning };
  CmafPackagerConfig config;

  cmaf_packager_config_init (&config);
  config.media_template = CMAF_ORIGIN_SEGMENT_TEMPLATE;
  config.mpd_name = "stream.mpd";
  config.master_name = "master.m3u8";
  config.playlist_name = "media.m3u8";
  config.segment_duration_n = settings->duration_n;
  config.segment_duration_d =
      settings->duration_n > 0 ? settings->duration_d : 0;
  config.addressing = settings->addressing;
  config.window_length = settings->window_length;
  config.presentation_start = settings->presentation_start;
  config.hides_event_tracks = !settings->list_event_tracks;
  config.leaps = settings->leaps;
  config.low_latency = TRUE;
  return cmaf_packager_new (&config, store, &callbacks, self, error);
}

/* What runs between start and stop. */
typedef struct
{
  CmafOrigin *origin;
  CmafOriginEntry *entry;
  CmafPackager *packager;
  CmafObjectStore *store;
} Run;

static void
close_run (Run *run)
{
  g_clear_pointer (&run->entry, cmaf_origin_remove_channel);
  g_clear_pointer (&run->origin, cmaf_origin_unref);
  g_clear_pointer (&run->packager, cmaf_packager_free);
  g_clear_pointer (&run->store, cmaf_object_store_unref);
}

static gboolean
open_run (
    GstCmafOriginSink *self, const Settings *settings, Run *run, GError **error)
{
  CmafOriginChannelConfig channel = { .name = settings->channel,
    .title = settings->title ? settings->title : settings->channel,
    .ring_max_bytes = settings->ring_max_bytes };

  run->store = cmaf_memory_store_new (settings->ring_max_bytes);
  run->packager = open_packager (self, settings, run->store, error);
  if (!run->packager)
    return FALSE;
  run->origin = open_origin (settings, error);
  if (!run->origin)
    return FALSE;
  channel.store = run->store;
  run->entry = cmaf_origin_add_channel (run->origin, &channel, error);
  return run->entry != NULL;
}

static void
stop (GstCmafTrackSink *sink)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);
  Run run;

  GST_OBJECT_LOCK (self);
  run.origin = g_steal_pointer (&self->origin);
  run.entry = g_steal_pointer (&self->entry);
  run.packager = g_steal_pointer (&self->packager);
  run.store = g_steal_pointer (&self->store);
  GST_OBJECT_UNLOCK (self);
  close_run (&run);
}

/* The lock is not held while anything is opened: that waits for the HTTP
 * thread, which may be asking for a property. */
static gboolean
start (GstCmafTrackSink *sink, GError **error)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);
  Run run = { NULL, NULL, NULL, NULL };
  Settings settings;
  gboolean ok;

  GST_OBJECT_LOCK (self);
  copy_settings (&settings, &self->props);
  GST_OBJECT_UNLOCK (self);
  ok = open_run (self, &settings, &run, error);
  if (ok) {
    GST_OBJECT_LOCK (self);
    self->origin = run.origin;
    self->entry = run.entry;
    self->packager = run.packager;
    self->store = run.store;
    self->store_size = settings.ring_max_bytes;
    self->is_full_told = FALSE;
    GST_OBJECT_UNLOCK (self);
    tell_listening (self);
  } else {
    close_run (&run);
  }
  clear_settings (&settings);
  return ok;
}

/* Nothing is listed before the tracks of all pads are there. */
static void
expect (GstCmafTrackSink *sink, guint n_tracks)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);

  GST_OBJECT_LOCK (self);
  if (self->packager)
    cmaf_packager_set_expected (self->packager, n_tracks);
  GST_OBJECT_UNLOCK (self);
}

/* ---- tracks ---- */

static GstFlowReturn
header (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, CmafTrack *track,
    GBytes *bytes, GError **error)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);
  const gchar *name = gst_cmaf_track_sink_pad_get_name (pad);

  if (!cmaf_packager_set_header (self->packager, name, track, bytes, error))
    return GST_FLOW_ERROR;
  cmaf_origin_entry_set_header (self->entry, name, bytes);
  return GST_FLOW_OK;
}

static GstFlowReturn
chunk (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, CmafChunk *bytes,
    GError **error)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);

  if (!cmaf_packager_push (
          self->packager, gst_cmaf_track_sink_pad_get_name (pad), bytes, error))
    return GST_FLOW_ERROR;
  tell_full (self);
  return GST_FLOW_OK;
}

/* cmaf-source: which of several encoders a track comes from now */
static void
custom_event (
    GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, const GstStructure *event)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);
  const gchar *name = gst_cmaf_track_sink_pad_get_name (pad);

  if (name && gst_structure_has_name (event, "cmaf-source"))
    cmaf_origin_entry_set_source (
        self->entry, name, gst_structure_get_string (event, "source"));
}

static GstFlowReturn
end (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, GError **error)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);

  if (!cmaf_packager_end_track (
          self->packager, gst_cmaf_track_sink_pad_get_name (pad), error))
    return GST_FLOW_ERROR;
  return GST_FLOW_OK;
}

static gboolean
finish (GstCmafTrackSink *sink, GError **error)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (sink);

  if (!cmaf_packager_finish (self->packager, error))
    return FALSE;
  cmaf_origin_entry_end (self->entry);
  return TRUE;
}

/* ---- properties ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (object);

  GST_OBJECT_LOCK (self);
  if (self->origin) {
    GST_OBJECT_UNLOCK (self);
    g_warning ("%s: cannot be set while the element runs", pspec->name);
    return;
  }
  if (!cmaf_property_fields_set (
          fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

/* Asks the HTTP thread, so not with the lock held; in that thread the origin
 * cannot go away meanwhile. */
static GstStructure *
make_stats (GstCmafOriginSink *self)
{
  GstStructure *stats =
      gst_structure_new_empty ("application/x-cmaforiginsink-stats");
  g_autoptr (GstStructure) of_origin = NULL;
  g_autoptr (GstStructure) of_packager = NULL;
  CmafOrigin *origin = NULL;
  gboolean is_http_thread = FALSE;

  GST_OBJECT_LOCK (self);
  if (self->origin) {
    origin = self->origin;
    is_http_thread = cmaf_origin_is_current (origin);
    if (!is_http_thread)
      cmaf_origin_ref (origin);
    of_packager = cmaf_packager_get_stats (self->packager);
    gst_structure_set (stats, "memory-bytes", G_TYPE_UINT64,
        cmaf_memory_store_get_bytes (self->store), "memory-dropped",
        G_TYPE_UINT64, cmaf_memory_store_get_dropped (self->store), NULL);
  }
  GST_OBJECT_UNLOCK (self);
  if (!origin)
    return stats;
  of_origin = cmaf_origin_get_stats (origin);
  if (!is_http_thread)
    cmaf_origin_unref (origin);
  gst_structure_set (stats, "origin", GST_TYPE_STRUCTURE, of_origin, "packager",
      GST_TYPE_STRUCTURE, of_packager, NULL);
  return stats;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, make_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_PORT && self->origin)
    g_value_set_uint (value, cmaf_origin_get_port (self->origin));
  else if (id == PROP_URL)
    g_value_take_string (
        value, self->origin ? cmaf_origin_get_url (self->origin) : NULL);
  else if (!cmaf_property_fields_get (
               fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafOriginSink *self = GST_CMAF_ORIGIN_SINK (object);

  clear_settings (&self->props);
  G_OBJECT_CLASS (gst_cmaf_origin_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_origin_sink_init (GstCmafOriginSink *self)
{
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
make_server_properties (void)
{
  props[PROP_ADDRESS] = g_param_spec_string ("address", "Address",
      "IPv4 or IPv6 address to listen at", "127.0.0.1", FLAGS);
  props[PROP_PORT] = g_param_spec_uint ("port", "Port",
      "Port to listen at; 0: any free one, which can be read in PAUSED", 0,
      G_MAXUINT16, 0, FLAGS);
  props[PROP_HTTP_PREFIX] = g_param_spec_string ("http-prefix", "HTTP prefix",
      "In front of every path, for reverse proxies", "", FLAGS);
  props[PROP_ALLOW_ORIGINS] =
      g_param_spec_string ("allow-origins", "Allowed origins",
          "Web origins that may read, with commas; * for all", "*", FLAGS);
  props[PROP_TLS_CERTIFICATE_FILE] = g_param_spec_string (
      "tls-certificate-file", "TLS certificate file",
      "PEM file with certificate and private key; unset: no TLS", NULL, FLAGS);
  props[PROP_HTTP_IDLE_TIMEOUT] = g_param_spec_uint64 ("http-idle-timeout",
      "HTTP idle timeout", "Time (ns) that a kept-alive connection may be idle",
      GST_MSECOND, G_MAXUINT32 * (guint64)GST_MSECOND, 15 * GST_SECOND, FLAGS);
  props[PROP_MAX_CONNECTIONS] = g_param_spec_uint ("max-connections",
      "Maximum connections", "More are refused", 1, G_MAXUINT, 2000, FLAGS);
  props[PROP_MAX_VIEWERS] = g_param_spec_uint ("max-viewers", "Maximum viewers",
      "Viewers over WebSocket; more are refused", 1, G_MAXUINT, 1000, FLAGS);
}

static void
make_channel_properties (void)
{
  props[PROP_CHANNEL] = g_param_spec_string (
      "channel", "Channel", "Name of the channel in paths", "live", FLAGS);
  props[PROP_TITLE] = g_param_spec_string ("title", "Title",
      "What the page calls the channel (unset: its name)", NULL, FLAGS);
  props[PROP_WINDOW_LENGTH] = g_param_spec_uint64 ("window-length",
      "Window length", "Media time (ns) that manifests list; 0: everything", 0,
      G_MAXUINT64, DEFAULT_WINDOW, FLAGS);
  props[PROP_RING_MAX_BYTES] =
      g_param_spec_uint64 ("ring-max-bytes", "Ring maximum bytes",
          "Memory for segments; the oldest go first when it is full",
          1024 * 1024, G_MAXUINT64, DEFAULT_RING_MAX_BYTES, FLAGS);
  props[PROP_SEGMENT_DURATION] =
      gst_param_spec_fraction ("segment-duration", "Segment duration",
          "Seconds as a fraction; 0/1: from the headers of the tracks", 0, 1,
          G_MAXINT, 1, 0, 1, FLAGS);
  props[PROP_ADDRESSING] = g_param_spec_enum ("addressing", "Addressing",
      "How the MPD names segments: timeline-number, or number",
      GST_TYPE_CMAF_ADDRESSING, CMAF_ADDRESSING_TIMELINE_NUMBER, FLAGS);
  props[PROP_PRESENTATION_START] = g_param_spec_uint64 ("presentation-start",
      "Presentation start",
      "A media time in the first segment of the service, in ns; the same for "
      "all packagers; 18446744073709551615: not known",
      0, G_MAXUINT64, GST_CLOCK_TIME_NONE, FLAGS);
  props[PROP_LIST_EVENT_TRACKS] = g_param_spec_boolean ("list-event-tracks",
      "List event tracks",
      "Event tracks are in the MPD, and not only what they tell", TRUE, FLAGS);
  props[PROP_LEAP_OFFSET] = g_param_spec_int ("leap-offset", "Leap offset",
      "TAI - UTC in seconds, less the timeline-tai-offset of the encoders",
      -1000, 1000, 0, FLAGS);
  props[PROP_NEXT_LEAP_OFFSET] =
      g_param_spec_int ("next-leap-offset", "Next leap offset",
          "leap-offset behind the leap second that is announced", -1000, 1000,
          0, FLAGS);
  props[PROP_NEXT_LEAP_TIME] =
      g_param_spec_uint64 ("next-leap-time", "Next leap time",
          "From when on next-leap-offset holds, ns since 1970; 0: no leap "
          "second is announced",
          0, G_MAXINT64, 0, FLAGS);
  props[PROP_URL] = g_param_spec_string ("url", "URL", "URL of the page", NULL,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counters of the origin and of the packager in it", GST_TYPE_STRUCTURE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
gst_cmaf_origin_sink_class_init (GstCmafOriginSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCmafTrackSinkClass *sink_class = GST_CMAF_TRACK_SINK_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  make_server_properties ();
  make_channel_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  gst_cmaf_track_sink_class_add_template (element_class);
  gst_element_class_set_static_metadata (element_class, "CMAF origin",
      "Sink/Network", "Serves CMAF tracks over HTTP and WebSocket, with a page",
      "the gst-cmaf authors");
  sink_class->start = start;
  sink_class->expect = expect;
  sink_class->stop = stop;
  sink_class->header = header;
  sink_class->chunk = chunk;
  sink_class->custom_event = custom_event;
  sink_class->end = end;
  sink_class->finish = finish;
}
