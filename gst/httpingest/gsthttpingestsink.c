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

#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/cmafhttp/ingest-client.h>

GST_DEBUG_CATEGORY_STATIC (http_ingest_sink_debug);
#define GST_CAT_DEFAULT http_ingest_sink_debug

#define DEFAULT_MAX_SPOOL_BYTES (64 * 1024 * 1024)
#define DEFAULT_MAX_SPOOL_TIME (30 * GST_SECOND)
#define DEFAULT_DRAIN_TIMEOUT (30 * GST_SECOND)
#define DEFAULT_TIMEOUT (6 * GST_SECOND)

typedef enum
{
  SPOOL_FULL_AUTO, /* drop when the source is live, else block */
  SPOOL_FULL_BLOCK,
  SPOOL_FULL_DROP_OLDEST,
} SpoolFull;

struct _GstHttpIngestSink
{
  GstCmafTrackSink parent;

  /* properties; lock: object */
  gchar *location, *method, *user_agent, *encoder_name, *user_id, *user_pw;
  gchar *tls_ca_file, *tls_certificate_file;
  GstStructure *headers;
  gboolean ssl_strict;
  guint64 max_spool_bytes;
  GstClockTime max_spool_time, timeout, drain_timeout;
  SpoolFull spool_full;

  CmafIngestClient *client; /* lock: object; from start to stop */
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
  PROP_METHOD,
  PROP_USER_AGENT,
  PROP_ENCODER_NAME,
  PROP_USER_ID,
  PROP_USER_PW,
  PROP_HEADERS,
  PROP_TLS_CA_FILE,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_SSL_STRICT,
  PROP_MAX_SPOOL_BYTES,
  PROP_MAX_SPOOL_TIME,
  PROP_SPOOL_FULL,
  PROP_TIMEOUT,
  PROP_DRAIN_TIMEOUT,
  PROP_STATS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE_WITH_CODE (GstHttpIngestSink, gst_http_ingest_sink,
    GST_TYPE_CMAF_TRACK_SINK,
    GST_DEBUG_CATEGORY_INIT (
        http_ingest_sink_debug, "httpingestsink", 0, "CMAF ingest sender"))
GST_ELEMENT_REGISTER_DEFINE (
    httpingestsink, "httpingestsink", GST_RANK_NONE, GST_TYPE_HTTP_INGEST_SINK)

#define SPOOL_FULL_TYPE (spool_full_get_type ())
static GType
spool_full_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { SPOOL_FULL_AUTO, "Drop when the source is live, else block", "auto" },
    { SPOOL_FULL_BLOCK, "The pipeline waits", "block" },
    { SPOOL_FULL_DROP_OLDEST, "Whole segments, oldest first, are given up",
        "drop-oldest" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstHttpIngestSinkSpoolFull", values);

    g_once_init_leave (&type, made);
  }
  return type;
}

/* ---- messages ---- */

static const gchar *const event_names[] = {
  [CMAF_INGEST_LOST] = "httpingestsink-connection-lost",
  [CMAF_INGEST_RESTORED] = "httpingestsink-connection-restored",
  [CMAF_INGEST_DROPPED] = "httpingestsink-segment-dropped",
  [CMAF_INGEST_REFUSED] = "httpingestsink-refused",
};

static void
post_event (const CmafIngestEvent *event, gpointer user_data)
{
  GstElement *self = GST_ELEMENT (user_data);
  GstStructure *s =
      gst_structure_new (event_names[event->kind], "track-name", G_TYPE_STRING,
          event->track_name, "reason", G_TYPE_STRING, event->message, NULL);

  if (event->kind == CMAF_INGEST_DROPPED)
    gst_structure_set (s, "decode-time", G_TYPE_UINT64, event->decode_time,
        "duration", G_TYPE_UINT64, event->duration, "timescale", G_TYPE_UINT,
        event->timescale, NULL);
  gst_element_post_message (
      self, gst_message_new_element (GST_OBJECT (self), s));

  if (event->kind == CMAF_INGEST_REFUSED)
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_AUTHORIZED, ("%s", event->message),
        ("the receiver refuses for good"));
  else if (event->kind != CMAF_INGEST_RESTORED)
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE, ("%s", event->message), (NULL));
}

/* ---- start and stop ---- */

static gboolean
load_tls (GstHttpIngestSink *self, CmafUploadSettings *upload, GError **error)
{
  if (self->tls_ca_file) {
    upload->ca = g_tls_file_database_new (self->tls_ca_file, error);
    if (!upload->ca)
      return FALSE;
  }
  if (self->tls_certificate_file) {
    upload->certificate =
        g_tls_certificate_new_from_file (self->tls_certificate_file, error);
    if (!upload->certificate)
      return FALSE;
  }
  return TRUE;
}

static gchar *
make_user_agent (const GstHttpIngestSink *self)
{
  if (self->encoder_name)
    return g_strdup_printf ("%s (%s)", self->user_agent, self->encoder_name);
  return g_strdup (self->user_agent);
}

static gboolean
start (GstCmafTrackSink *sink, GError **error)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  g_autofree gchar *user_agent = NULL;
  CmafIngestClientConfig config = { 0 };
  CmafIngestClient *client = NULL;

  GST_OBJECT_LOCK (self);
  user_agent = make_user_agent (self);
  config.location = self->location;
  config.method = self->method;
  config.user_agent = user_agent;
  config.user_id = self->user_id;
  config.user_password = self->user_pw;
  config.headers = self->headers;
  config.max_spool_bytes = self->max_spool_bytes;
  config.max_spool_time = self->max_spool_time;
  config.upload.accept_any = !self->ssl_strict;
  config.upload.connect_timeout_ms = self->timeout / GST_MSECOND;
  config.upload.io_timeout_ms = self->timeout / GST_MSECOND;
  if (load_tls (self, &config.upload, error))
    client = cmaf_ingest_client_new (&config, post_event, self, error);
  self->client = client;
  GST_OBJECT_UNLOCK (self);
  g_clear_object (&config.upload.ca);
  g_clear_object (&config.upload.certificate);
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
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next)
    gst_cmaf_track_sink_pad_set_data (l->data, NULL, NULL);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&client, cmaf_ingest_client_free);
}

/* ---- tracks ---- */

static CmafSpoolFull
choose_policy (GstHttpIngestSink *self, GstCmafTrackSinkPad *pad)
{
  SpoolFull policy;

  GST_OBJECT_LOCK (self);
  policy = self->spool_full;
  GST_OBJECT_UNLOCK (self);
  if (policy == SPOOL_FULL_AUTO)
    policy = gst_cmaf_track_sink_pad_is_live (pad) ? SPOOL_FULL_DROP_OLDEST
                                                   : SPOOL_FULL_BLOCK;
  return policy == SPOOL_FULL_BLOCK ? CMAF_SPOOL_FULL_BLOCK
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

static gboolean
finish (GstCmafTrackSink *sink, GError **error)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (sink);
  GstClockTime timeout;

  GST_OBJECT_LOCK (self);
  timeout = self->drain_timeout;
  GST_OBJECT_UNLOCK (self);
  return cmaf_ingest_client_drain (self->client, timeout, error);
}

/* ---- properties ---- */

/* The strings, so that getting and setting are one line each. */
static gchar **
string_of (GstHttpIngestSink *self, guint id)
{
  switch (id) {
    case PROP_LOCATION:
      return &self->location;
    case PROP_METHOD:
      return &self->method;
    case PROP_USER_AGENT:
      return &self->user_agent;
    case PROP_ENCODER_NAME:
      return &self->encoder_name;
    case PROP_USER_ID:
      return &self->user_id;
    case PROP_USER_PW:
      return &self->user_pw;
    case PROP_TLS_CA_FILE:
      return &self->tls_ca_file;
    case PROP_TLS_CERTIFICATE_FILE:
      return &self->tls_certificate_file;
    default:
      return NULL;
  }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);
  gchar **string = string_of (self, id);

  GST_OBJECT_LOCK (self);
  if (string) {
    g_free (*string);
    *string = g_value_dup_string (value);
  } else if (id == PROP_HEADERS) {
    g_clear_pointer (&self->headers, gst_structure_free);
    self->headers = g_value_dup_boxed (value);
  } else if (id == PROP_SSL_STRICT) {
    self->ssl_strict = g_value_get_boolean (value);
  } else if (id == PROP_MAX_SPOOL_BYTES) {
    self->max_spool_bytes = g_value_get_uint64 (value);
  } else if (id == PROP_MAX_SPOOL_TIME) {
    self->max_spool_time = g_value_get_uint64 (value);
  } else if (id == PROP_SPOOL_FULL) {
    self->spool_full = g_value_get_enum (value);
  } else if (id == PROP_TIMEOUT) {
    self->timeout = g_value_get_uint64 (value);
  } else if (id == PROP_DRAIN_TIMEOUT) {
    self->drain_timeout = g_value_get_uint64 (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);
  gchar **string = string_of (self, id);

  GST_OBJECT_LOCK (self);
  if (string)
    g_value_set_string (value, *string);
  else if (id == PROP_HEADERS)
    g_value_set_boxed (value, self->headers);
  else if (id == PROP_SSL_STRICT)
    g_value_set_boolean (value, self->ssl_strict);
  else if (id == PROP_MAX_SPOOL_BYTES)
    g_value_set_uint64 (value, self->max_spool_bytes);
  else if (id == PROP_MAX_SPOOL_TIME)
    g_value_set_uint64 (value, self->max_spool_time);
  else if (id == PROP_SPOOL_FULL)
    g_value_set_enum (value, self->spool_full);
  else if (id == PROP_TIMEOUT)
    g_value_set_uint64 (value, self->timeout);
  else if (id == PROP_DRAIN_TIMEOUT)
    g_value_set_uint64 (value, self->drain_timeout);
  else if (id == PROP_STATS)
    g_value_take_boxed (value,
        self->client
            ? cmaf_ingest_client_get_stats (self->client)
            : gst_structure_new_empty ("application/x-httpingestsink-stats"));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstHttpIngestSink *self = GST_HTTP_INGEST_SINK (object);

  for (guint id = PROP_LOCATION; id < N_PROPS; id++) {
    if (string_of (self, id))
      g_free (*string_of (self, id));
  }
  g_clear_pointer (&self->headers, gst_structure_free);
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
make_string_properties (void)
{
  props[PROP_LOCATION] = g_param_spec_string ("location", "Location",
      "URL of the publishing point, http or https", NULL, FLAGS);
  props[PROP_METHOD] = g_param_spec_string ("method", "Method",
      "POST or PUT; receivers treat them alike", "POST", FLAGS);
  props[PROP_USER_AGENT] = g_param_spec_string ("user-agent", "User agent",
      "Product and version told to the receiver", PACKAGE "/" PACKAGE_VERSION,
      FLAGS);
  props[PROP_ENCODER_NAME] = g_param_spec_string ("encoder-name",
      "Encoder name",
      "Which of several redundant encoders this is, told behind the user agent",
      NULL, FLAGS);
  props[PROP_USER_ID] = g_param_spec_string (
      "user-id", "User id", "User for Basic authentication", NULL, FLAGS);
  props[PROP_USER_PW] = g_param_spec_string ("user-pw", "User password",
      "Password for Basic authentication; cannot be read back", NULL,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  props[PROP_TLS_CA_FILE] = g_param_spec_string ("tls-ca-file", "TLS CA file",
      "PEM file of the authorities trusted instead of the system's", NULL,
      FLAGS);
  props[PROP_TLS_CERTIFICATE_FILE] =
      g_param_spec_string ("tls-certificate-file", "TLS certificate file",
          "PEM file with the client's certificate and key", NULL, FLAGS);
}

static void
install_properties (GObjectClass *object_class)
{
  props[PROP_HEADERS] = g_param_spec_boxed ("headers", "Headers",
      "Further header fields of every request", GST_TYPE_STRUCTURE, FLAGS);
  props[PROP_SSL_STRICT] = g_param_spec_boolean ("ssl-strict", "SSL strict",
      "Check the certificate of the receiver", TRUE, FLAGS);
  props[PROP_MAX_SPOOL_BYTES] = g_param_spec_uint64 ("max-spool-bytes",
      "Maximum spool bytes", "Bytes of each track that may wait for upload", 1,
      G_MAXUINT64, DEFAULT_MAX_SPOOL_BYTES, FLAGS);
  props[PROP_MAX_SPOOL_TIME] =
      g_param_spec_uint64 ("max-spool-time", "Maximum spool time",
          "Media time (ns) of each track that may wait for upload", 1,
          G_MAXUINT64, DEFAULT_MAX_SPOOL_TIME, FLAGS);
  props[PROP_SPOOL_FULL] = g_param_spec_enum ("spool-full", "Spool full",
      "What happens when more than that waits", SPOOL_FULL_TYPE,
      SPOOL_FULL_AUTO, FLAGS);
  props[PROP_TIMEOUT] = g_param_spec_uint64 ("timeout", "Timeout",
      "Time (ns) to connect, and without progress of a request", GST_MSECOND,
      G_MAXUINT32 * (guint64)GST_MSECOND, DEFAULT_TIMEOUT, FLAGS);
  props[PROP_DRAIN_TIMEOUT] = g_param_spec_uint64 ("drain-timeout",
      "Drain timeout",
      "Time (ns) without progress after which the end of the stream becomes an "
      "error that tells what was not delivered",
      0, G_MAXUINT64 / 2, DEFAULT_DRAIN_TIMEOUT, FLAGS);
  props[PROP_STATS] =
      g_param_spec_boxed ("stats", "Statistics", "Counters of each track",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
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
  make_string_properties ();
  install_properties (object_class);
  gst_cmaf_track_sink_class_add_template (element_class);
  gst_element_class_set_static_metadata (element_class, "CMAF ingest sink",
      "Sink/Network", "Sends CMAF tracks by DASH-IF live media ingest",
      "the gst-cmaf authors");
  gst_type_mark_as_plugin_api (SPOOL_FULL_TYPE, 0);
  sink_class->start = start;
  sink_class->unlock = unlock;
  sink_class->unlock_stop = unlock_stop;
  sink_class->stop = stop;
  sink_class->header = header;
  sink_class->chunk = chunk;
  sink_class->end = end;
  sink_class->finish = finish;
}
