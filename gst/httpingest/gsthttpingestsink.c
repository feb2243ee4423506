/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-httpingestsink
 * @title: httpingestsink
 *
 * Sends CMAF tracks to a publishing point: DASH-IF live media ingest,
 * Interface-1. The header of each track first, then one segment a request over
 * a persistent connection; segments that still grow go out chunk by chunk. A
 * lost connection is a warning and is tried again; what waits is bounded by
 * max-spool-bytes and max-spool-time.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true ! x264enc tune=zerolatency !
 *   h264parse ! cmafsyncmux !
 *   httpingestsink location=http://127.0.0.1:8080/ingest
 * ]|
 *
 * Since: 0.1
 */
#include "gsthttpingestsink.h"

#include "ingest-enums.h"

#include <gst/cmafbase/gstcmafsettings.h>
#include <gst/cmafhttp/ingest-client.h>
#include <gst/cmaf/property-fields.h>
#include <gst/cmafhttp/upload-properties.h>

GST_DEBUG_CATEGORY_STATIC (http_ingest_sink_debug);
#define GST_CAT_DEFAULT http_ingest_sink_debug

#define DEFAULT_MAX_SPOOL_BYTES (64 * 1024 * 1024)
#define DEFAULT_MAX_SPOOL_TIME (30 * GST_SECOND)
#define DEFAULT_MAX_DISK_BYTES ((guint64)1 << 30)
#define DEFAULT_DRAIN_TIMEOUT (30 * GST_SECOND)
#define DEFAULT_INIT_TEMPLATE "$RepresentationID$/init.mp4"
#define DEFAULT_MEDIA_TEMPLATE "$RepresentationID$/$Number$.mp4"
#define STATS_NAME "application/x-httpingestsink-stats"

struct _GstHttpIngestSink
{
  GstCmafTrackSink parent;

  /* properties; lock: object */
  CmafUploadProperties upload;
  gchar *location, *locations, *encoder_name;
  gchar *init_template, *media_template, *mpd_name, *spool_directory;
  gboolean probe, expect_continue;
  gint naming, request_mode, spool_full;
  guint64 max_spool_bytes, max_spool_time, max_disk_bytes, drain_timeout;

  CmafIngestClient *client; /* lock: object; from start to stop */
  GstStructure *last_stats; /* lock: object; of the run before */
};

/* What a pad needs. */
typedef struct
{
  CmafIngestUpload *upload; /* owned by the client */
  CmafSpoolFull when_full;
} PadData;

enum
{
  PROP_0,
  PROP_LOCATION,
  PROP_LOCATIONS,
  PROP_ENCODER_NAME,
  PROP_NAMING,
  PROP_INIT_TEMPLATE,
  PROP_MEDIA_TEMPLATE,
  PROP_MPD_NAME,
  PROP_REQUEST_MODE,
  PROP_PROBE,
  PROP_EXPECT_CONTINUE,
  PROP_MAX_SPOOL_BYTES,
  PROP_MAX_SPOOL_TIME,
  PROP_SPOOL_FULL,
  PROP_SPOOL_DIRECTORY,
  PROP_MAX_DISK_BYTES,
  PROP_DRAIN_TIMEOUT,
  PROP_STATS,
  N_PROPS,
  PROP_UPLOAD = N_PROPS, /* the first of CmafUploadProperties */
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE_WITH_CODE (GstHttpIngestSink, gst_http_ingest_sink,
    GST_TYPE_CMAF_TRACK_SINK,
    GST_DEBUG_CATEGORY_INIT (
        http_ingest_sink_debug, "httpingestsink", 0, "CMAF ingest sender"))
GST_ELEMENT_REGISTER_DEFINE (
    httpingestsink, "httpingestsink", GST_RANK_NONE, GST_TYPE_HTTP_INGEST_SINK)

/* ---- messages ---- */

static const gchar *const event_names[] = {
  [CMAF_INGEST_LOST] = "httpingestsink-connection-lost",
  [CMAF_INGEST_RESTORED] = "httpingestsink-connection-restored",
  [CMAF_INGEST_DROPPED] = "httpingestsink-segment-dropped",
  [CMAF_INGEST_REFUSED] = "httpingestsink-refused",
  [CMAF_INGEST_NO_MPD] = "httpingestsink-manifest-refused",
  [CMAF_INGEST_NO_DISK] = "httpingestsink-spool-failed",
};

static void
post_event (const CmafIngestEvent *event, gpointer user_data)
{
  GstElement *self = GST_ELEMENT (user_data);
  GstStructure *s = gst_structure_new (event_names[event->kind], "location",
      G_TYPE_STRING, event->location, "track-name", G_TYPE_STRING,
      event->track_name, "reason", G_TYPE_STRING, event->message, "status",
      G_TYPE_UINT, event->status, NULL);

  if (event->answer_text != NULL)
    gst_structure_set (
        s, "answer-text", G_TYPE_STRING, event->answer_text, NULL);
  if (event->kind == CMAF_INGEST_DROPPED)
    gst_structure_set (s, "decode-time", G_TYPE_UINT64, event->decode_time,
        "duration", G_TYPE_UINT64, event->duration, "timescale", G_TYPE_UINT,
        event->timescale, NULL);
  gst_element_post_message (
      self, gst_message_new_element (GST_OBJECT (self), s));

  if (event->is_fatal)
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_AUTHORIZED, ("%s", event->message),
        ("the receiver refuses for good"));
  else if (event->kind != CMAF_INGEST_RESTORED)
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE, ("%s", event->message), (NULL));
}

/* ---- start and stop ---- */

static gchar *
make_user_agent (const GstHttpIngestSink *self)
{
  const gchar *product = self->upload.user_agent;

  if (self->encoder_name)
    return g_strdup_printf ("%s (%s)", product, self->encoder_name);
  return g_strdup (product);
}

static void
fill_config (GstHttpIngestSink *self, CmafIngestClientConfig *config,
    const CmafUploadTargetConfig *target)
{
  cmaf_ingest_client_config_init (config);
  config->method = self->upload.method;
  config->user = target->user;
  config->password = target->password;
  config->token = target->token;
  config->headers = target->headers;
  config->auth = target->auth;
  config->upload = target->upload;
  config->auth_tries = self->upload.auth_retries + 1;
  config->mpd_name = self->mpd_name && *self->mpd_name ? self->mpd_name : NULL;
  config->naming.style = self->naming;
  config->naming.init_template = self->init_template;
  config->naming.media_template = self->media_template;
  config->mode = self->request_mode;
  config->probes = self->probe;
  config->expects = self->expect_continue;
  config->max_spool_bytes = self->max_spool_bytes;
  config->max_spool_time = self->max_spool_time;
  config->spool_directory = self->spool_directory;
  config->max_disk_bytes = self->max_disk_bytes;
}

static void
warn_of_idle_settings (GstHttpIngestSink *self)
{
  static const GstCmafDependentSetting rows[] = {
    CMAF_UPLOAD_DEPENDENT_SETTINGS,
    { "max-disk-bytes", "spool-directory", NULL },
    { "init-template", "naming=template|mpd-name", NULL },
    { "media-template", "naming=template|mpd-name", NULL },
  };
  const gchar *secrets[CMAF_UPLOAD_N_SECRETS];

  GST_OBJECT_LOCK (self);
  cmaf_upload_properties_list_secrets (&self->upload, secrets);
  GST_OBJECT_UNLOCK (self);
  gst_cmaf_warn_of_idle_settings (
      GST_ELEMENT (self), rows, G_N_ELEMENTS (rows), secrets);
}

static gboolean
start (GstCmafTrackSink *sink, GError **error)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  g_autofree gchar *user_agent = NULL;
  g_auto (GStrv) locations = NULL;
  CmafUploadTargetConfig target;
  CmafIngestClientConfig config;
  CmafIngestClient *client = NULL;

  GST_OBJECT_LOCK (self);
  locations = cmaf_upload_split_locations (self->location, self->locations);
  user_agent = make_user_agent (self);
  if (cmaf_upload_properties_fill (&self->upload, &target, error)) {
    fill_config (self, &config, &target);
    config.locations = (const gchar *const *)locations;
    config.user_agent = user_agent;
    client = cmaf_ingest_client_new (&config, post_event, self, error);
  }
  self->client = client;
  g_clear_pointer (&self->last_stats, gst_structure_free);
  GST_OBJECT_UNLOCK (self);
  cmaf_upload_target_config_clear (&target);
  if (client != NULL)
    warn_of_idle_settings (self);
  return client != NULL;
}

static void
unlock (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  PadData *data = pad ? gst_cmaf_track_sink_pad_get_data (pad) : NULL;

  if (self->client && (!pad || data))
    cmaf_ingest_client_set_unlocked (
        self->client, data ? data->upload : NULL, TRUE);
}

static void
unlock_stop (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  PadData *data = gst_cmaf_track_sink_pad_get_data (pad);

  if (self->client && data)
    cmaf_ingest_client_set_unlocked (self->client, data->upload, FALSE);
}

static void
stop (GstCmafTrackSink *sink)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  CmafIngestClient *client;

  GST_OBJECT_LOCK (self);
  client = g_steal_pointer (&self->client);
  if (client)
    self->last_stats = cmaf_ingest_client_get_stats (client);
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next)
    gst_cmaf_track_sink_pad_set_data (l->data, NULL, NULL);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&client, cmaf_ingest_client_free);
}

/* ---- tracks ---- */

static CmafSpoolFull
choose_policy (GstHttpIngestSink *self, GstCmafTrackSinkPad *pad)
{
  gint policy;

  GST_OBJECT_LOCK (self);
  policy = self->spool_full;
  GST_OBJECT_UNLOCK (self);
  if (policy == GST_HTTP_INGEST_SPOOL_FULL_AUTO)
    policy = gst_cmaf_track_sink_pad_is_live (pad)
                 ? GST_HTTP_INGEST_SPOOL_FULL_DROP_OLDEST
                 : GST_HTTP_INGEST_SPOOL_FULL_BLOCK;
  return policy == GST_HTTP_INGEST_SPOOL_FULL_BLOCK ? CMAF_SPOOL_FULL_BLOCK
                                                    : CMAF_SPOOL_FULL_DROP;
}

static GstFlowReturn
header (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, CmafTrack *track,
    GBytes *bytes, GError **error)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  PadData *data = gst_cmaf_track_sink_pad_get_data (pad);

  if (!data) {
    data = g_new0 (PadData, 1);
    data->when_full = choose_policy (self, pad);
    gst_cmaf_track_sink_pad_set_data (pad, data, g_free);
  }
  data->upload = cmaf_ingest_client_set_header (
      self->client, gst_cmaf_track_sink_pad_get_name (pad), track, bytes);
  return GST_FLOW_OK;
}

static GstFlowReturn
chunk (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, CmafChunk *bytes,
    GError **error)
{
  PadData *data = gst_cmaf_track_sink_pad_get_data (pad);

  return cmaf_ingest_upload_push (data->upload, bytes, data->when_full);
}

static GstFlowReturn
end (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, GError **error)
{
  PadData *data = gst_cmaf_track_sink_pad_get_data (pad);

  cmaf_ingest_upload_end (data->upload);
  return GST_FLOW_OK;
}

/* One destination that has everything is enough. */
static gboolean
finish (GstCmafTrackSink *sink, GError **error)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  g_autoptr (GError) failure = NULL;
  GstClockTime timeout;
  guint n_complete;

  GST_OBJECT_LOCK (self);
  timeout = self->drain_timeout;
  GST_OBJECT_UNLOCK (self);
  if (cmaf_ingest_client_drain (self->client, timeout, &n_complete, &failure))
    return TRUE;
  if (n_complete == 0) {
    if (failure)
      g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (failure)
    GST_ELEMENT_WARNING (
        self, RESOURCE, WRITE, ("%s", failure->message), (NULL));
  return TRUE;
}

/* ---- properties ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (GstHttpIngestSink, PROP_##id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (LOCATION, G_TYPE_STRING, location),
  FIELD (LOCATIONS, G_TYPE_STRING, locations),
  FIELD (ENCODER_NAME, G_TYPE_STRING, encoder_name),
  FIELD (NAMING, G_TYPE_ENUM, naming),
  FIELD (INIT_TEMPLATE, G_TYPE_STRING, init_template),
  FIELD (MEDIA_TEMPLATE, G_TYPE_STRING, media_template),
  FIELD (MPD_NAME, G_TYPE_STRING, mpd_name),
  FIELD (REQUEST_MODE, G_TYPE_ENUM, request_mode),
  FIELD (PROBE, G_TYPE_BOOLEAN, probe),
  FIELD (EXPECT_CONTINUE, G_TYPE_BOOLEAN, expect_continue),
  FIELD (MAX_SPOOL_BYTES, G_TYPE_UINT64, max_spool_bytes),
  FIELD (MAX_SPOOL_TIME, G_TYPE_UINT64, max_spool_time),
  FIELD (SPOOL_FULL, G_TYPE_ENUM, spool_full),
  FIELD (SPOOL_DIRECTORY, G_TYPE_STRING, spool_directory),
  FIELD (MAX_DISK_BYTES, G_TYPE_UINT64, max_disk_bytes),
  FIELD (DRAIN_TIMEOUT, G_TYPE_UINT64, drain_timeout),
};

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);

  GST_OBJECT_LOCK (self);
  if (!cmaf_property_fields_set (fields, G_N_ELEMENTS (fields), self, id, value)
      && !cmaf_upload_properties_set (&self->upload, id - PROP_UPLOAD, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  if (self->client && cmaf_upload_properties_is_credential (id - PROP_UPLOAD))
    cmaf_ingest_client_set_credentials (self->client, self->upload.user_id,
        self->upload.user_pw, self->upload.bearer_token);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_LOCATION || id == PROP_LOCATIONS)
    g_value_take_string (
        value, cmaf_upload_show_locations (
                   id == PROP_LOCATION ? self->location : self->locations));
  else if (id == PROP_STATS && self->client)
    g_value_take_boxed (value, cmaf_ingest_client_get_stats (self->client));
  else if (id == PROP_STATS && self->last_stats)
    g_value_set_boxed (value, self->last_stats);
  else if (id == PROP_STATS)
    g_value_take_boxed (value, gst_structure_new_empty (STATS_NAME));
  else if (!cmaf_property_fields_get (
               fields, G_N_ELEMENTS (fields), self, id, value)
           && !cmaf_upload_properties_get (
               &self->upload, id - PROP_UPLOAD, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);

  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), self);
  cmaf_upload_properties_clear (&self->upload);
  g_clear_pointer (&self->last_stats, gst_structure_free);
  G_OBJECT_CLASS (gst_http_ingest_sink_parent_class)->finalize (object);
}

static void
gst_http_ingest_sink_init (GstHttpIngestSink *self)
{
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)
static void
make_address_properties (void)
{
  props[PROP_LOCATION] = g_param_spec_string ("location", "Location",
      "URL of the publishing point, http or https; read back without user, "
      "password and query",
      NULL, FLAGS);
  props[PROP_LOCATIONS] = g_param_spec_string ("locations", "Locations",
      "URLs of further publishing points, with spaces in between; each gets "
      "everything, and none waits for another",
      NULL, FLAGS);
  props[PROP_ENCODER_NAME] = g_param_spec_string ("encoder-name",
      "Encoder name",
      "Which of several redundant encoders this is, told behind the user agent",
      NULL, FLAGS);
}

static void
make_wire_properties (void)
{
  props[PROP_NAMING] = g_param_spec_enum ("naming", "Naming",
      "Where below the publishing point headers and segments go",
      GST_TYPE_HTTP_INGEST_NAMING, CMAF_NAMING_STREAMS, FLAGS);
  props[PROP_INIT_TEMPLATE] =
      g_param_spec_string ("init-template", "Init template",
          "Path of a header with naming=template, and in the MPD; has "
          "$RepresentationID$",
          DEFAULT_INIT_TEMPLATE, FLAGS);
  props[PROP_MEDIA_TEMPLATE] =
      g_param_spec_string ("media-template", "Media template",
          "Path of a segment with naming=template, and in the MPD; has "
          "$RepresentationID$ and $Number$ or $Time$",
          DEFAULT_MEDIA_TEMPLATE, FLAGS);
  props[PROP_MPD_NAME] = g_param_spec_string ("mpd-name", "MPD name",
      "Name, without .mpd, of an MPD that is sent before the headers "
      "(unset: none)",
      NULL, FLAGS);
  props[PROP_REQUEST_MODE] = g_param_spec_enum ("request-mode", "Request mode",
      "What goes into one request", GST_TYPE_HTTP_INGEST_REQUEST_MODE,
      CMAF_REQUEST_AUTO, FLAGS);
  props[PROP_PROBE] = g_param_spec_boolean (
      "probe", "Probe", "Send an empty request first", FALSE, FLAGS);
  props[PROP_EXPECT_CONTINUE] =
      g_param_spec_boolean ("expect-continue", "Expect 100-continue",
          "Ask the receiver before each segment is sent", FALSE, FLAGS);
}

static void
make_spool_properties (void)
{
  props[PROP_MAX_SPOOL_BYTES] =
      g_param_spec_uint64 ("max-spool-bytes", "Maximum spool bytes",
          "Bytes of each track and destination that may wait for upload", 1,
          G_MAXUINT64, DEFAULT_MAX_SPOOL_BYTES, FLAGS);
  props[PROP_MAX_SPOOL_TIME] = g_param_spec_uint64 ("max-spool-time",
      "Maximum spool time",
      "Media time (ns) of each track and destination that may wait for upload",
      1, G_MAXUINT64, DEFAULT_MAX_SPOOL_TIME, FLAGS);
  props[PROP_SPOOL_FULL] = g_param_spec_enum ("spool-full", "Spool full",
      "What happens when more than that waits", GST_TYPE_HTTP_INGEST_SPOOL_FULL,
      GST_HTTP_INGEST_SPOOL_FULL_AUTO, FLAGS);
  props[PROP_SPOOL_DIRECTORY] = g_param_spec_string ("spool-directory",
      "Spool directory",
      "Directory for what waits longer; it is sent in order, also by a later "
      "process. max-spool-bytes and max-spool-time are then those of memory, "
      "and nothing is given up for them (unset: memory only)",
      NULL, FLAGS);
  props[PROP_MAX_DISK_BYTES] =
      g_param_spec_uint64 ("max-disk-bytes", "Maximum disk bytes",
          "Bytes of each track and destination that may wait in the spool "
          "directory",
          1, G_MAXUINT64, DEFAULT_MAX_DISK_BYTES, FLAGS);
  props[PROP_DRAIN_TIMEOUT] = g_param_spec_uint64 ("drain-timeout",
      "Drain timeout",
      "Time (ns) without progress after which the end of the stream becomes an "
      "error that tells what was not delivered",
      0, G_MAXUINT64 / 2, DEFAULT_DRAIN_TIMEOUT, FLAGS);
  props[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counters of each track, and of each destination", GST_TYPE_STRUCTURE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_properties (GObjectClass *object_class)
{
  static const CmafUploadDefaults defaults = { "POST",
    "POST or PUT, or auto: POST, and PUT when the receiver answers 405",
    PACKAGE "/" PACKAGE_VERSION };

  make_address_properties ();
  make_wire_properties ();
  make_spool_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  cmaf_upload_properties_install (object_class, PROP_UPLOAD, &defaults);
}

static void
gst_http_ingest_sink_class_init (GstHttpIngestSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCmafTrackSinkClass *sink_class = GST_CMAF_TRACK_SINK_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties (object_class);
  gst_cmaf_track_sink_class_add_template (element_class);
  gst_element_class_set_static_metadata (element_class, "CMAF ingest sink",
      "Sink/Network", "Sends CMAF tracks by DASH-IF live media ingest",
      "the gst-cmaf authors");
  gst_type_mark_as_plugin_api (CMAF_TYPE_AUTH_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_HTTP_INGEST_NAMING, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_HTTP_INGEST_REQUEST_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_HTTP_INGEST_SPOOL_FULL, 0);
  sink_class->start = start;
  sink_class->unlock = unlock;
  sink_class->unlock_stop = unlock_stop;
  sink_class->stop = stop;
  sink_class->header = header;
  sink_class->chunk = chunk;
  sink_class->end = end;
  sink_class->finish = finish;
}
