/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-httpingestsrc
 * @title: httpingestsrc
 *
 * Receives CMAF tracks: an HTTP server that takes DASH-IF live media ingest
 * (Interface-1) and the long-running uploads of FFmpeg, with one pad per track.
 * Any number of senders may send the same track; each decode time comes out
 * once and in order, and when a sender dies the others go on without a gap.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 httpingestsrc port=8080 : cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gsthttpingestsrc.h"

#include "gsthttpingestaccess.h"
#include "ingest-message.h"
#include "ingest-settings.h"
#include "ingest-streams.h"

#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY (http_ingest_src_debug);
#define GST_CAT_DEFAULT http_ingest_src_debug

#define STATS_NAME "application/x-httpingestsrc-stats"

struct _GstHttpIngestSrc
{
  GstElement parent;

  IngestSettings settings; /* lock: object */
  IngestStreams streams;
  CmafHttpThread *thread;   /* lock: object; from start to stop */
  CmafIngestServer *server; /* lock: object; from start to stop */
  guint bound_port;         /* lock: object; 0: not bound */
  GstStructure *last_stats; /* lock: object; of the run before */
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

G_DEFINE_TYPE (GstHttpIngestSrc, gst_http_ingest_src, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (
    httpingestsrc, "httpingestsrc", GST_RANK_NONE, GST_TYPE_HTTP_INGEST_SRC)

/* ---- start and stop ---- */

static void
on_output (CmafIngestOutput *output, gpointer user_data)
{
  GstHttpIngestSrc *self = user_data;

  ingest_streams_add (&self->streams, output);
}

/* Settings cannot change from READY on, so that their strings can be lent. */
static CmafIngestServer *
open_server (GstHttpIngestSrc *self, GError **error)
{
  const CmafIngestServerCallbacks callbacks = { on_output,
    ingest_message_post };
  CmafIngestServerConfig config;
  g_autoptr (GTlsCertificate) certificate = NULL;
  CmafIngestServer *server;

  ingest_settings_configure (&self->settings, &config);
  if (self->settings.tls_certificate_file != NULL) {
    certificate = cmaf_http_load_certificate (
        self->settings.tls_certificate_file, "tls-certificate-file", error);
    if (certificate == NULL)
      return NULL;
  }
  config.listener.certificate = certificate;
  if (!gst_http_ingest_access_prepare (GST_ELEMENT (self),
          self->settings.tls_ca_file, &config.access, error))
    return NULL;
  server = cmaf_ingest_server_new (&config, &callbacks, self, error);
  g_clear_object (&config.access.client_ca);
  return server;
}

static gboolean
start (GstHttpIngestSrc *self)
{
  g_autoptr (GError) error = NULL;
  CmafIngestServer *server;

  ingest_streams_start (&self->streams, self->settings.merge_hold);
  server = open_server (self, &error);
  if (server == NULL) {
    ingest_streams_stop (&self->streams);
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->thread = cmaf_http_thread_get ();
  self->server = server;
  self->bound_port = cmaf_ingest_server_get_port (server);
  g_clear_pointer (&self->last_stats, gst_structure_free);
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "port");
  ingest_settings_warn (GST_ELEMENT (self));
  return TRUE;
}

static GstStructure *
read_stats (CmafIngestServer *server)
{
  GstStructure *stats = cmaf_ingest_server_get_stats (server);

  gst_structure_set_name (stats, STATS_NAME);
  return stats;
}

static void
stop (GstHttpIngestSrc *self)
{
  CmafIngestServer *server;
  CmafHttpThread *thread;
  GstStructure *stats;

  GST_OBJECT_LOCK (self);
  server = self->server;
  GST_OBJECT_UNLOCK (self);
  if (server == NULL)
    return;

  ingest_streams_close (&self->streams);
  cmaf_ingest_server_stop (server);
  ingest_streams_stop (&self->streams);
  stats = read_stats (server);
  GST_OBJECT_LOCK (self);
  self->server = NULL;
  thread = g_steal_pointer (&self->thread);
  self->bound_port = 0;
  self->last_stats = stats;
  GST_OBJECT_UNLOCK (self);
  cmaf_ingest_server_unref (server);
  cmaf_http_thread_unref (thread);
  ingest_message_post_stats (GST_ELEMENT (self));
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  result = GST_ELEMENT_CLASS (gst_http_ingest_src_parent_class)
               ->change_state (element, transition);
  if (result == GST_STATE_CHANGE_FAILURE
      && transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    stop (self);
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* The end of the service: every track gets what is still to come, and its end.
 */
static gboolean
send_event (GstElement *element, GstEvent *event)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (element);
  CmafIngestServer *server = NULL;
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;

  gst_event_unref (event);
  if (!is_eos)
    return FALSE;
  GST_OBJECT_LOCK (self);
  if (self->server != NULL)
    server = cmaf_ingest_server_ref (self->server);
  GST_OBJECT_UNLOCK (self);
  if (server != NULL) {
    cmaf_ingest_server_finish (server);
    cmaf_ingest_server_unref (server);
  }
  /* without a pad no sink hears of the end, and who waits for it waits for ever
   */
  if (!ingest_streams_had_any (&self->streams))
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        ("the stream was ended before any sender brought a track"), (NULL));
  return TRUE;
}

/* ---- properties ---- */

/* Not with the lock held: it asks the HTTP thread, which posts messages. In
 * that thread the server cannot go away meanwhile. */
static GstStructure *
get_stats (GstHttpIngestSrc *self)
{
  CmafIngestServer *server;
  GstStructure *stats = NULL;
  gboolean is_http_thread;

  GST_OBJECT_LOCK (self);
  server = self->server;
  is_http_thread = server && cmaf_http_thread_is_current (self->thread);
  if (server != NULL && !is_http_thread)
    cmaf_ingest_server_ref (server);
  else if (server == NULL)
    stats = self->last_stats ? gst_structure_copy (self->last_stats)
                             : gst_structure_new_empty (STATS_NAME);
  GST_OBJECT_UNLOCK (self);

  if (server != NULL)
    stats = read_stats (server);
  if (server != NULL && !is_http_thread)
    cmaf_ingest_server_unref (server);
  return stats;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);
  gboolean is_running, is_known = TRUE;

  GST_OBJECT_LOCK (self);
  is_running = self->server != NULL;
  if (!is_running)
    is_known = ingest_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (is_running)
    g_warning ("%s: cannot be set while the element runs", pspec->name);
  else if (!is_known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);

  if (id == INGEST_PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == INGEST_PROP_PORT && self->bound_port != 0)
    g_value_set_uint (value, self->bound_port);
  else if (!ingest_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);

  ingest_settings_clear (&self->settings);
  ingest_streams_clear (&self->streams);
  g_clear_pointer (&self->last_stats, gst_structure_free);
  G_OBJECT_CLASS (gst_http_ingest_src_parent_class)->finalize (object);
}

static void
gst_http_ingest_src_init (GstHttpIngestSrc *self)
{
  ingest_streams_init (&self->streams, GST_ELEMENT (self));
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

static void
gst_http_ingest_src_class_init (GstHttpIngestSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      http_ingest_src_debug, "httpingestsrc", 0, "CMAF ingest receiver");
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  ingest_settings_install (object_class);
  gst_http_ingest_access_add_signal (G_TYPE_FROM_CLASS (klass));

  element_class->change_state = change_state;
  element_class->send_event = send_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "HTTP ingest source",
      "Source/Network", "Receives CMAF tracks by DASH-IF live media ingest",
      "the gst-cmaf authors");
}
