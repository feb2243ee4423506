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
#include "gsthttpingeststream.h"
#include "ingest-enums.h"
#include "ingest-message.h"
#include "ingest-settings.h"

#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/cmafhttp/ingest-server.h>

GST_DEBUG_CATEGORY (http_ingest_src_debug);
#define GST_CAT_DEFAULT http_ingest_src_debug

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PATH "/ingest"

struct _GstHttpIngestSrc
{
  GstElement parent;

  /* properties; lock: object */
  gchar *address, *path, *user_id, *user_pw, *users_file;
  gchar *tls_certificate_file, *tls_ca_file, *objects_location, *merge_order;
  gchar *header_cache, *sync_store;
  gint merge_policy, merge_group, sync_mode;
  gint segment_duration_n, segment_duration_d;
  guint port, max_tracks, max_connections, max_objects;
  guint64 max_body_size, max_queue_bytes, max_object_bytes;
  GstClockTime start_hold, merge_hold, gap_hold, idle_timeout, body_timeout;
  GstClockTime drain_timeout;

  gboolean has_strict_status;

  CmafHttpThread *thread;   /* lock: object; from start to stop */
  CmafIngestServer *server; /* lock: object; from start to stop */
  guint bound_port;         /* lock: object; 0: not bound */
  GstStructure *last_stats; /* lock: object; of the run before */
  GList *streams;           /* lock: object; of GstHttpIngestStream */
  GList *leaving;           /* lock: object; GThreads that remove a pad */
  GCond left;               /* one of them is done */
  guint next_pad;           /* lock: object */
  guint n_told;             /* lock: object; streams in the last collection, 0
                               when one of them has left */
  GstHttpIngestTimeline timeline;
};

enum
{
  PROP_0,
  PROP_ADDRESS, /* strings first: see string_of() */
  PROP_PATH,
  PROP_USER_ID,
  PROP_USER_PW,
  PROP_USERS_FILE,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_TLS_CA_FILE,
  PROP_OBJECTS_LOCATION,
  PROP_MERGE_ORDER,
  PROP_HEADER_CACHE,
  PROP_SYNC_STORE,
  PROP_PORT,
  PROP_MAX_TRACKS,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_OBJECTS,
  PROP_MAX_BODY_SIZE,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_OBJECT_BYTES,
  PROP_MERGE_POLICY,
  PROP_MERGE_GROUP,
  PROP_SYNC_MODE,
  PROP_SEGMENT_DURATION,
  PROP_START_HOLD,
  PROP_MERGE_HOLD,
  PROP_GAP_HOLD,
  PROP_IDLE_TIMEOUT,
  PROP_BODY_TIMEOUT,
  PROP_DRAIN_TIMEOUT,
  PROP_STRICT_STATUS,
  PROP_STATS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

G_DEFINE_TYPE (GstHttpIngestSrc, gst_http_ingest_src, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (
    httpingestsrc, "httpingestsrc", GST_RANK_NONE, GST_TYPE_HTTP_INGEST_SRC)

/* ---- messages ---- */

static void
post_stats (GstHttpIngestSrc *self)
{
  GstStructure *stats = NULL;

  g_object_get (self, "stats", &stats, NULL);
  gst_structure_set_name (stats, "stats");
  ingest_message_post (stats, self);
}

/* ---- streams ---- */

/* Lock held. Many that begin at once would each have a collection with all of
 * the others: now there is one when they are twice as many, and when all have
 * begun. */
static gboolean
is_collection_due_locked (GstHttpIngestSrc *self)
{
  gboolean are_more_coming = FALSE;
  guint n = 0, n_before = self->n_told;

  for (GList *l = self->streams; l != NULL; l = l->next) {
    if (gst_http_ingest_stream_has_begun (l->data))
      n++;
    else
      are_more_coming = TRUE;
  }
  if (n == n_before || (are_more_coming && n < 2 * n_before))
    return FALSE;
  self->n_told = n;
  return TRUE;
}

/* NULL: another thread tells of the stream. */
static GstStreamCollection *
take_collection (GstHttpIngestSrc *self)
{
  GstStreamCollection *collection = NULL;

  GST_OBJECT_LOCK (self);
  if (is_collection_due_locked (self))
    collection = gst_stream_collection_new (NULL);
  for (GList *l = self->streams; collection != NULL && l != NULL; l = l->next) {
    GstStream *one = gst_http_ingest_stream_get_stream (l->data);

    if (one != NULL)
      gst_stream_collection_add_stream (collection, one);
  }
  GST_OBJECT_UNLOCK (self);
  return collection;
}

static void
post_collection (GstHttpIngestStream *stream, gpointer user_data)
{
  GstHttpIngestSrc *self = user_data;
  GstStreamCollection *collection = take_collection (self);

  if (collection == NULL)
    return;
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_stream_collection (GST_OBJECT (self), collection));
  gst_object_unref (collection);
}

/* TRUE for the one who takes it off, and is to call finish_leaving(). */
static gboolean
start_leaving (GstHttpIngestSrc *self, GstHttpIngestStream *stream)
{
  GList *found;

  GST_OBJECT_LOCK (self);
  found = g_list_find (self->streams, stream);
  if (found != NULL) {
    self->streams = g_list_delete_link (self->streams, found);
    self->n_told = 0;
    self->leaving = g_list_prepend (self->leaving, g_thread_self ());
  }
  GST_OBJECT_UNLOCK (self);
  return found != NULL;
}

/* TRUE when no stream is left. */
static gboolean
finish_leaving (GstHttpIngestSrc *self)
{
  gboolean is_last;

  GST_OBJECT_LOCK (self);
  self->leaving = g_list_remove (self->leaving, g_thread_self ());
  is_last = self->streams == NULL;
  g_cond_broadcast (&self->left);
  GST_OBJECT_UNLOCK (self);
  return is_last;
}

/* Not for this thread, which may be stopping the element in "pad-removed". */
static void
wait_for_leaving (GstHttpIngestSrc *self)
{
  gboolean is_leaving;

  GST_OBJECT_LOCK (self);
  is_leaving = g_list_find (self->leaving, g_thread_self ()) != NULL;
  while (g_list_length (self->leaving) > (is_leaving ? 1 : 0))
    g_cond_wait (&self->left, GST_OBJECT_GET_LOCK (self));
  GST_OBJECT_UNLOCK (self);
}

static void
remove_stream (GstElement *element, gpointer user_data)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (element);
  GstHttpIngestStream *stream = user_data;

  if (!start_leaving (self, stream))
    return; /* the element stops */
  gst_http_ingest_stream_stop (stream);
  gst_http_ingest_stream_unref (stream);
  if (finish_leaving (self))
    post_stats (self);
}

/* In the streaming thread, which cannot stop itself. */
static void
on_stream_ended (GstHttpIngestStream *stream, gpointer user_data)
{
  gst_element_call_async (user_data, remove_stream,
      gst_http_ingest_stream_ref (stream),
      (GDestroyNotify)gst_http_ingest_stream_unref);
}

static void
relink (GstHttpIngestSrc *self, GstPad *pad)
{
  GstHttpIngestStream *stream = NULL;

  GST_OBJECT_LOCK (self);
  for (GList *l = self->streams; l != NULL && stream == NULL; l = l->next)
    if (gst_http_ingest_stream_get_pad (l->data) == pad)
      stream = gst_http_ingest_stream_ref (l->data);
  GST_OBJECT_UNLOCK (self);
  if (stream == NULL)
    return;
  gst_http_ingest_stream_relinked (stream);
  gst_http_ingest_stream_unref (stream);
}

static gboolean
pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gboolean is_handled = GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
                        || GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE
                        || GST_EVENT_TYPE (event) == GST_EVENT_QOS;

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    relink (GST_HTTP_INGEST_SRC (parent), pad);
  gst_event_unref (event);
  return is_handled;
}

static gboolean
pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (parent);
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      GST_OBJECT_LOCK (self);
      gst_query_set_latency (
          query, TRUE, self->merge_hold, GST_CLOCK_TIME_NONE);
      GST_OBJECT_UNLOCK (self);
      return TRUE;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static GstPad *
new_pad (GstHttpIngestSrc *self)
{
  g_autofree gchar *name = NULL;
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  name = g_strdup_printf ("src_%u", self->next_pad++);
  GST_OBJECT_UNLOCK (self);
  pad = gst_pad_new_from_static_template (&src_template, name);
  gst_pad_set_event_function (pad, pad_event);
  gst_pad_set_query_function (pad, pad_query);
  gst_pad_use_fixed_caps (pad);
  return pad;
}

/* In the HTTP thread. */
static void
on_output (CmafIngestOutput *output, gpointer user_data)
{
  GstHttpIngestSrc *self = user_data;
  const GstHttpIngestStreamCallbacks callbacks = { post_collection,
    ingest_message_post, on_stream_ended, self };
  GstHttpIngestStream *stream = gst_http_ingest_stream_new (
      GST_ELEMENT (self), new_pad (self), output, &self->timeline, &callbacks);

  GST_OBJECT_LOCK (self);
  self->streams = g_list_append (self->streams, stream);
  GST_OBJECT_UNLOCK (self);
  gst_http_ingest_stream_start (stream);
}

/* ---- start and stop ---- */

static void
read_settings (GstHttpIngestSrc *self, CmafIngestServerConfig *config)
{
  cmaf_ingest_server_config_init (config);
  config->listener.address = self->address;
  config->listener.port = self->port;
  config->listener.max_connections = self->max_connections;
  config->path = self->path;
  config->access.user_id = self->user_id;
  config->access.user_pw = self->user_pw;
  config->access.users_file = self->users_file;
  config->max_body_size = self->max_body_size;
  config->max_queue_bytes = self->max_queue_bytes;
  config->answers_when_taken = TRUE;
  config->has_strict_status = self->has_strict_status;
  config->max_tracks = self->max_tracks;
  config->objects_location = self->objects_location;
  config->header_cache = self->header_cache;
  config->max_objects = self->max_objects;
  config->max_object_bytes = self->max_object_bytes;
  config->merge.policy = self->merge_policy;
  config->merge.start_hold = self->start_hold;
  config->merge.merge_hold = self->merge_hold;
  config->merge.gap_hold = self->gap_hold;
  config->merge_order = self->merge_order;
  if (self->sync_mode == GST_HTTP_INGEST_SYNC_PACKAGER) {
    config->segment_duration_n = self->segment_duration_n;
    config->segment_duration_d = self->segment_duration_d;
  }
  config->sync_store = self->sync_store;
  config->merges_presentation =
      self->merge_group == GST_HTTP_INGEST_MERGE_GROUP_PRESENTATION;
  config->idle_timeout = self->idle_timeout;
  config->body_timeout = self->body_timeout;
  config->drain_timeout = self->drain_timeout;
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

  read_settings (self, &config);
  if (self->tls_certificate_file != NULL) {
    certificate = cmaf_http_load_certificate (
        self->tls_certificate_file, "tls-certificate-file", error);
    if (certificate == NULL)
      return NULL;
  }
  config.listener.certificate = certificate;
  if (!gst_http_ingest_access_prepare (
          GST_ELEMENT (self), self->tls_ca_file, &config.access, error))
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

  gst_http_ingest_timeline_start (&self->timeline);
  server = open_server (self, &error);
  if (server == NULL) {
    gst_http_ingest_timeline_finish (&self->timeline);
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->thread = cmaf_http_thread_get ();
  self->server = server;
  self->bound_port = cmaf_ingest_server_get_port (server);
  g_clear_pointer (&self->last_stats, gst_structure_free);
  GST_OBJECT_UNLOCK (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PORT]);
  ingest_settings_warn (GST_ELEMENT (self));
  return TRUE;
}

static void
stop_streams (GstHttpIngestSrc *self)
{
  GList *streams;

  GST_OBJECT_LOCK (self);
  streams = g_steal_pointer (&self->streams);
  self->n_told = 0;
  GST_OBJECT_UNLOCK (self);
  for (GList *l = streams; l != NULL; l = l->next)
    gst_http_ingest_stream_stop (l->data);
  g_list_free_full (streams, (GDestroyNotify)gst_http_ingest_stream_unref);
  wait_for_leaving (self);
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

  gst_http_ingest_timeline_stop (&self->timeline);
  cmaf_ingest_server_stop (server);
  stop_streams (self);
  gst_http_ingest_timeline_finish (&self->timeline);
  stats = cmaf_ingest_server_get_stats (server);
  gst_structure_set_name (stats, "application/x-httpingestsrc-stats");
  GST_OBJECT_LOCK (self);
  self->server = NULL;
  thread = g_steal_pointer (&self->thread);
  self->bound_port = 0;
  self->last_stats = stats;
  GST_OBJECT_UNLOCK (self);
  cmaf_ingest_server_unref (server);
  cmaf_http_thread_unref (thread);
  post_stats (self);
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

static gpointer
finish_server (gpointer data)
{
  CmafIngestServer *server = data;

  cmaf_ingest_server_finish (server);
  cmaf_ingest_server_unref (server);
  return NULL;
}

/* The end of the service: every track gets what is still to come, and its end.
 */
static gboolean
send_event (GstElement *element, GstEvent *event)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (element);
  CmafIngestServer *server = NULL;
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gboolean had_tracks;

  gst_event_unref (event);
  if (!is_eos)
    return FALSE;
  GST_OBJECT_LOCK (self);
  if (self->server != NULL)
    server = cmaf_ingest_server_ref (self->server);
  had_tracks = self->next_pad > 0;
  GST_OBJECT_UNLOCK (self);
  if (server != NULL)
    finish_server (server);
  /* without a pad no sink hears of the end, and who waits for it waits for ever
   */
  if (!had_tracks)
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
  else if (server == NULL && self->last_stats != NULL)
    stats = gst_structure_copy (self->last_stats);
  GST_OBJECT_UNLOCK (self);

  if (server != NULL)
    stats = cmaf_ingest_server_get_stats (server);
  if (server != NULL && !is_http_thread)
    cmaf_ingest_server_unref (server);
  if (stats == NULL)
    stats = gst_structure_new_empty ("application/x-httpingestsrc-stats");
  gst_structure_set_name (stats, "application/x-httpingestsrc-stats");
  return stats;
}

static gchar **
string_of (GstHttpIngestSrc *self, guint id)
{
  gchar **strings[] = { NULL, &self->address, &self->path, &self->user_id,
    &self->user_pw, &self->users_file, &self->tls_certificate_file,
    &self->tls_ca_file, &self->objects_location, &self->merge_order,
    &self->header_cache, &self->sync_store };

  return id < G_N_ELEMENTS (strings) ? strings[id] : NULL;
}

static guint *
uint_of (GstHttpIngestSrc *self, guint id)
{
  switch (id) {
    case PROP_PORT:
      return &self->port;
    case PROP_MAX_TRACKS:
      return &self->max_tracks;
    case PROP_MAX_CONNECTIONS:
      return &self->max_connections;
    case PROP_MAX_OBJECTS:
      return &self->max_objects;
    default:
      return NULL;
  }
}

static gint *
enum_of (GstHttpIngestSrc *self, guint id)
{
  switch (id) {
    case PROP_MERGE_POLICY:
      return &self->merge_policy;
    case PROP_MERGE_GROUP:
      return &self->merge_group;
    case PROP_SYNC_MODE:
      return &self->sync_mode;
    default:
      return NULL;
  }
}

static guint64 *
uint64_of (GstHttpIngestSrc *self, guint id)
{
  switch (id) {
    case PROP_MAX_BODY_SIZE:
      return &self->max_body_size;
    case PROP_MAX_QUEUE_BYTES:
      return &self->max_queue_bytes;
    case PROP_MAX_OBJECT_BYTES:
      return &self->max_object_bytes;
    case PROP_MERGE_HOLD:
      return &self->merge_hold;
    case PROP_START_HOLD:
      return &self->start_hold;
    case PROP_GAP_HOLD:
      return &self->gap_hold;
    case PROP_IDLE_TIMEOUT:
      return &self->idle_timeout;
    case PROP_BODY_TIMEOUT:
      return &self->body_timeout;
    case PROP_DRAIN_TIMEOUT:
      return &self->drain_timeout;
    default:
      return NULL;
  }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);
  gboolean is_running;

  GST_OBJECT_LOCK (self);
  is_running = self->server != NULL;
  GST_OBJECT_UNLOCK (self);
  if (is_running) {
    g_warning ("%s: cannot be set while the element runs", pspec->name);
    return;
  }

  GST_OBJECT_LOCK (self);
  if (string_of (self, id) != NULL) {
    g_free (*string_of (self, id));
    *string_of (self, id) = g_value_dup_string (value);
  } else if (uint_of (self, id) != NULL) {
    *uint_of (self, id) = g_value_get_uint (value);
  } else if (id == PROP_SEGMENT_DURATION) {
    self->segment_duration_n = gst_value_get_fraction_numerator (value);
    self->segment_duration_d = gst_value_get_fraction_denominator (value);
  } else if (enum_of (self, id) != NULL) {
    *enum_of (self, id) = g_value_get_enum (value);
  } else if (uint64_of (self, id) != NULL) {
    *uint64_of (self, id) = g_value_get_uint64 (value);
  } else if (id == PROP_STRICT_STATUS) {
    self->has_strict_status = g_value_get_boolean (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_PORT && self->bound_port != 0)
    g_value_set_uint (value, self->bound_port);
  else if (id == PROP_SYNC_STORE || id == PROP_OBJECTS_LOCATION)
    g_value_take_string (
        value, cmaf_store_location_show (*string_of (self, id)));
  else if (string_of (self, id) != NULL)
    g_value_set_string (value, *string_of (self, id));
  else if (uint_of (self, id) != NULL)
    g_value_set_uint (value, *uint_of (self, id));
  else if (id == PROP_SEGMENT_DURATION)
    gst_value_set_fraction (
        value, self->segment_duration_n, self->segment_duration_d);
  else if (enum_of (self, id) != NULL)
    g_value_set_enum (value, *enum_of (self, id));
  else if (uint64_of (self, id) != NULL)
    g_value_set_uint64 (value, *uint64_of (self, id));
  else if (id == PROP_STRICT_STATUS)
    g_value_set_boolean (value, self->has_strict_status);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstHttpIngestSrc *self = GST_HTTP_INGEST_SRC (object);

  for (guint id = PROP_ADDRESS; string_of (self, id) != NULL; id++)
    g_free (*string_of (self, id));
  g_clear_pointer (&self->last_stats, gst_structure_free);
  gst_http_ingest_timeline_clear (&self->timeline);
  g_cond_clear (&self->left);
  G_OBJECT_CLASS (gst_http_ingest_src_parent_class)->finalize (object);
}

static void
gst_http_ingest_src_init (GstHttpIngestSrc *self)
{
  gst_http_ingest_timeline_init (&self->timeline);
  g_cond_init (&self->left);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
make_string_properties (void)
{
  props[PROP_ADDRESS] = g_param_spec_string ("address", "Address",
      "IPv4 or IPv6 address to listen at", DEFAULT_ADDRESS, FLAGS);
  props[PROP_PATH] = g_param_spec_string ("path", "Path",
      "Path of the publishing point; several elements may share address and "
      "port with a path each",
      DEFAULT_PATH, FLAGS);
  props[PROP_USER_ID] = g_param_spec_string ("user-id", "User id",
      "User that senders must give; without this, users-file, tls-ca-file and "
      "a "
      "handler of authenticate everybody may send",
      NULL, FLAGS);
  props[PROP_USER_PW] = g_param_spec_string ("user-pw", "User password",
      "Password that senders must give; cannot be read back", NULL,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  props[PROP_USERS_FILE] = g_param_spec_string ("users-file", "Users file",
      "File with a line for each user, token and client certificate that may "
      "send; read again when it changes",
      NULL, FLAGS);
  props[PROP_TLS_CERTIFICATE_FILE] = g_param_spec_string (
      "tls-certificate-file", "TLS certificate file",
      "PEM file with certificate and private key; unset: no TLS", NULL, FLAGS);
  props[PROP_OBJECTS_LOCATION] = g_param_spec_string ("objects-location",
      "Objects location",
      "Directory for what DASH and HLS pushers send, or \"memory:\"; unset: "
      "nothing is kept",
      NULL, FLAGS);
  props[PROP_TLS_CA_FILE] = g_param_spec_string ("tls-ca-file", "TLS CA file",
      "PEM file with authorities; senders with a certificate of one of them "
      "may send",
      NULL, FLAGS);
}

static void
make_merging (void)
{
  props[PROP_MERGE_POLICY] = g_param_spec_enum ("merge-policy", "Merge policy",
      "Which of several copies of a segment comes out",
      GST_TYPE_HTTP_INGEST_MERGE_POLICY, CMAF_MERGE_FIRST, FLAGS);
  props[PROP_MERGE_ORDER] = g_param_spec_string ("merge-order", "Merge order",
      "For merge-policy=priority: senders, best first, separated by commas, "
      "with * and ?, by User-Agent, encoder-name or address; unset: in the "
      "order in which they come",
      NULL, FLAGS);
  props[PROP_MERGE_GROUP] = g_param_spec_enum ("merge-group", "Merge group",
      "What comes from one encoder while it can",
      GST_TYPE_HTTP_INGEST_MERGE_GROUP, GST_HTTP_INGEST_MERGE_GROUP_TRACK,
      FLAGS);
  props[PROP_SYNC_MODE] = g_param_spec_enum ("sync-mode", "Sync mode",
      "Who puts segments on the grid", GST_TYPE_HTTP_INGEST_SYNC_MODE,
      GST_HTTP_INGEST_SYNC_ENCODER, FLAGS);
  props[PROP_SEGMENT_DURATION] = gst_param_spec_fraction ("segment-duration",
      "Segment duration", "Of the grid, in seconds, for sync-mode=packager", 1,
      1000, 1000, 1, 2, 1, FLAGS);
  props[PROP_SYNC_STORE] = g_param_spec_string ("sync-store", "Sync store",
      "Where packagers share what they make of the times of encoders, for "
      "sync-mode=packager: a directory, or a file, http or https URI; unset: "
      "each for itself",
      NULL, FLAGS);
  props[PROP_START_HOLD] = g_param_spec_uint64 ("start-hold", "Start hold",
      "Time (ns) for which a track waits before it begins, so that what "
      "another "
      "sender has from before is in front",
      0, G_MAXINT64, 500 * GST_MSECOND, FLAGS);
}

static void
make_limits (void)
{
  props[PROP_PORT] = g_param_spec_uint ("port", "Port",
      "Port to listen at; 0: any free one, which can be read in PAUSED", 0,
      G_MAXUINT16, 0, FLAGS);
  props[PROP_MAX_TRACKS] = g_param_spec_uint ("max-tracks", "Maximum tracks",
      "More are refused", 1, G_MAXUINT, 64, FLAGS);
  props[PROP_MAX_CONNECTIONS] = g_param_spec_uint ("max-connections",
      "Maximum connections", "More are refused", 1, G_MAXUINT, 2000, FLAGS);
  props[PROP_MAX_BODY_SIZE] =
      g_param_spec_uint64 ("max-body-size", "Maximum body size",
          "Bytes of a request that tells its length, and of each mdat box", 1,
          G_MAXUINT32, 64 * 1024 * 1024, FLAGS);
  props[PROP_MAX_QUEUE_BYTES] =
      g_param_spec_uint64 ("max-queue-bytes", "Maximum queue bytes",
          "Bytes of each track that may wait; then its senders have to", 1,
          G_MAXUINT32, 32 * 1024 * 1024, FLAGS);
}

static void
make_storage (void)
{
  props[PROP_HEADER_CACHE] = g_param_spec_string ("header-cache",
      "Header cache",
      "Directory for CMAF headers and MPDs, so that senders need not send them "
      "again when the receiver was started anew; unset: none",
      NULL, FLAGS);
  props[PROP_MAX_OBJECTS] = g_param_spec_uint ("max-objects", "Maximum objects",
      "Objects that are kept; more are refused", 1, G_MAXUINT, 20000, FLAGS);
  props[PROP_MAX_OBJECT_BYTES] = g_param_spec_uint64 ("max-object-bytes",
      "Maximum object bytes", "Bytes of all objects together; more are refused",
      1, G_MAXINT64, G_GUINT64_CONSTANT (1024) * 1024 * 1024, FLAGS);
}

static void
make_times (void)
{
  props[PROP_MERGE_HOLD] = g_param_spec_uint64 ("merge-hold", "Merge hold",
      "Time (ns) for which a better copy of a segment is waited for, and for "
      "which the sender of a running one may be silent before another one "
      "continues it",
      0, G_MAXINT64, 500 * GST_MSECOND, FLAGS);
  props[PROP_GAP_HOLD] = g_param_spec_uint64 ("gap-hold", "Gap hold",
      "Time (ns) for which media that no sender has delivered is waited for "
      "before a gap is announced",
      0, G_MAXINT64, 2 * GST_SECOND, FLAGS);
  props[PROP_IDLE_TIMEOUT] = g_param_spec_uint64 ("idle-timeout",
      "Idle timeout",
      "Time (ns) without media after which a track ends; 0: three segments, at "
      "least ten seconds; GST_CLOCK_TIME_NONE: never",
      0, G_MAXUINT64, 0, FLAGS);
  props[PROP_BODY_TIMEOUT] = g_param_spec_uint64 ("body-timeout",
      "Body timeout", "Time (ns) for which a request may be silent",
      GST_MSECOND, G_MAXINT64, 30 * GST_SECOND, FLAGS);
  props[PROP_DRAIN_TIMEOUT] = g_param_spec_uint64 ("drain-timeout",
      "Drain timeout",
      "Time (ns) for which requests that run at EOS may go on, to the end of "
      "their segment",
      0, G_MAXINT64, 2 * GST_SECOND, FLAGS);
  props[PROP_STRICT_STATUS] =
      g_param_spec_boolean ("strict-status", "Strict status",
          "Answer with the status codes that the specification names alone: "
          "403 for 401, 400 for 405, 408, 409, 411, 413, 417 and 429",
          FALSE, FLAGS);
  props[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counters in all, of each track and of each of its senders",
      GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
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
  make_string_properties ();
  gst_http_ingest_access_add_signal (G_TYPE_FROM_CLASS (klass));
  make_merging ();
  make_limits ();
  make_storage ();
  make_times ();
  g_object_class_install_properties (object_class, N_PROPS, props);

  element_class->change_state = change_state;
  element_class->send_event = send_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "HTTP ingest source",
      "Source/Network", "Receives CMAF tracks by DASH-IF live media ingest",
      "the gst-cmaf authors");
}
