/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which requests are served, and how long anything may take: bodies are for
 * ingest-upload.c, tracks for ingest-tracks.c, who may send for
 * ingest-admission.c. All of it runs in the HTTP
 * thread, new, finish, stop and unref included, which call into it. */
#include "ingest-server-private.h"

#include <gst/cmafhttp/peer-text.h>
#include <string.h>

#define SHUTTING_DOWN "the receiver is shutting down, try again"
#define TICK_MS 250
#define ALLOWED "OPTIONS, POST, PUT, DELETE"
#define ALLOWED_OF_OBJECTS "OPTIONS, GET, HEAD, POST, PUT, DELETE"

/* ---- answers ---- */

/* The specification of ingest has one word for what HTTP distinguishes here
 * (DEC-13, ING-049). */
static guint
strict_status (guint status)
{
  static const guint others[] = { 405, 408, 409, 411, 413, 417, 429 };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] == status)
      return SOUP_STATUS_BAD_REQUEST;
  return status;
}

void
cmaf_ingest_server_answer_error (CmafIngestServer *self,
    SoupServerMessage *message, guint status, const gchar *why)
{
  cmaf_http_listener_answer_error (message,
      self->config.has_strict_status ? strict_status (status) : status, why);
}

/* Many senders read no answer, and those who look after the receiver see none.
 * Without credentials a sender is asked for them, that is no fault. */
static void
tell_refusal (CmafIngestServer *self, SoupServerMessage *message, guint status,
    const gchar *why)
{
  const gchar *host = soup_server_message_get_remote_host (message);
  g_autofree gchar *agent = NULL, *path = NULL, *reason = NULL;
  guint64 n;

  if (status == SOUP_STATUS_UNAUTHORIZED || self->is_finished)
    return;
  host = host != NULL ? host : "unknown";
  n = cmaf_ingest_refusals_add (
      &self->refusals, host, status, why, cmaf_ingest_server_now ());
  if (n == 0)
    return;
  agent = cmaf_peer_text (
      soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "User-Agent"),
      "unknown");
  path = cmaf_peer_text (
      g_uri_get_path (soup_server_message_get_uri (message)), "/");
  reason = cmaf_peer_text (why, "");
  self->callbacks.message (
      gst_structure_new ("refused", "source", G_TYPE_STRING, agent, "address",
          G_TYPE_STRING, host, "path", G_TYPE_STRING, path, "status",
          G_TYPE_UINT, status, "reason", G_TYPE_STRING, reason, "count",
          G_TYPE_UINT64, n, NULL),
      self->user_data);
}

void
cmaf_ingest_server_refuse (CmafIngestServer *self, SoupServerMessage *message,
    guint status, const gchar *why)
{
  self->n_refused++;
  cmaf_ingest_server_answer_error (self, message, status, why);
  tell_refusal (self, message, status, why);
}

void
cmaf_ingest_server_refuse_path (
    CmafIngestServer *self, SoupServerMessage *message, const GError *error)
{
  guint status =
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME)
          ? SOUP_STATUS_FORBIDDEN
          : SOUP_STATUS_BAD_REQUEST;

  cmaf_ingest_server_refuse (self, message, status, error->message);
}

/* ---- requests ---- */

static gboolean
can_decode (SoupServerMessage *message)
{
  static const gchar *const codings[] = { "identity", "gzip", "x-gzip" };
  const gchar *encoding = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "Content-Encoding");

  for (guint i = 0; encoding != NULL && i < G_N_ELEMENTS (codings); i++)
    if (g_ascii_strcasecmp (encoding, codings[i]) == 0)
      return TRUE;
  return encoding == NULL;
}

/* 0 and no text: an upload that may begin. */
static guint
check_request (
    CmafIngestServer *self, SoupServerMessage *message, const gchar **text)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  if (self->is_finished) {
    *text = SHUTTING_DOWN;
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  }
  if (encoding == SOUP_ENCODING_NONE || encoding == SOUP_ENCODING_EOF) {
    if (soup_server_message_get_http_version (message) == SOUP_HTTP_1_0) {
      *text = "Content-Length: is missing, needs it, or HTTP/1.1 with chunks";
      return SOUP_STATUS_LENGTH_REQUIRED;
    }
  } else if (encoding == SOUP_ENCODING_CONTENT_LENGTH
             && (guint64)soup_message_headers_get_content_length (headers)
                    > self->config.max_body_size) {
    *text = "body: is larger than the max-body-size of this receiver";
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  }
  /* else the rest of what is there would be lost */
  if (soup_message_headers_get_one (headers, "Content-Range") != NULL) {
    *text = "Content-Range: needs to be left out, and all of the body sent";
    return SOUP_STATUS_BAD_REQUEST;
  }
  if (!can_decode (message)) {
    *text = "Content-Encoding: needs to be gzip, or none";
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Accept-Encoding",
        "gzip");
    return SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE;
  }
  return 0;
}

static void
handle_upload (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  const gchar *text = NULL;
  guint status = check_request (self, message, &text);

  if (status == 0) {
    cmaf_ingest_upload_begin (self, message, path);
    return;
  }
  cmaf_ingest_server_refuse (self, message, status, text);
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Retry-After", "1");
}

void
cmaf_ingest_server_tell_failure (CmafIngestServer *self, const gchar *name)
{
  g_autofree gchar *failure = cmaf_ingest_objects_take_failure (self->objects);

  if (failure != NULL && !self->has_told_failure)
    self->callbacks.message (
        gst_structure_new ("object-failed", "object", G_TYPE_STRING, name,
            "error", G_TYPE_STRING, failure, NULL),
        self->user_data);
  self->has_told_failure |= failure != NULL;
}

/* Where nothing is kept there is nothing that could be deleted. */
static void
handle_delete (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  const gchar *name =
      self->objects != NULL ? cmaf_ingest_objects_name (path, &error) : NULL;

  if (name == NULL && error != NULL) {
    cmaf_ingest_server_refuse_path (self, message, error);
    return;
  }
  if (name == NULL
      || cmaf_ingest_objects_remove (self->objects, name, &error)) {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    return;
  }
  cmaf_ingest_server_tell_failure (self, name);
  cmaf_ingest_server_refuse (
      self, message, SOUP_STATUS_INTERNAL_SERVER_ERROR, error->message);
}

static void
handle_read (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  const gchar *name = cmaf_ingest_objects_name (path, NULL);

  if (name != NULL)
    cmaf_ingest_objects_answer (self->objects, message, name);
  else
    cmaf_ingest_server_answer_error (self, message, SOUP_STATUS_NOT_FOUND,
        "object: none of that name is here");
}

static gboolean
is_read (const gchar *method)
{
  return g_str_equal (method, "GET") || g_str_equal (method, "HEAD");
}

static void
handle_request (CmafHttpListener *listener, SoupServerMessage *message,
    const gchar *path, GHashTable *query, gpointer user_data)
{
  CmafIngestServer *self = user_data;
  const gchar *method = soup_server_message_get_method (message);
  SoupMessageHeaders *answer =
      soup_server_message_get_response_headers (message);
  gsize prefix =
      g_str_equal (self->config.path, "/") ? 0 : strlen (self->config.path);
  const gchar *allowed = self->objects ? ALLOWED_OF_OBJECTS : ALLOWED;

  self->n_requests++;
  if (g_str_equal (method, "OPTIONS")) {
    soup_message_headers_replace (answer, "Allow", allowed);
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
    return;
  }
  if (!cmaf_ingest_admission_allows (self, message))
    return;
  if (g_str_equal (method, "POST") || g_str_equal (method, "PUT")) {
    handle_upload (self, message, path + prefix);
  } else if (g_str_equal (method, "DELETE")) {
    handle_delete (self, message, path + prefix);
  } else if (self->objects != NULL && is_read (method)) {
    handle_read (self, message, path + prefix);
  } else {
    soup_message_headers_replace (answer, "Allow", allowed);
    cmaf_ingest_server_refuse (self, message, SOUP_STATUS_METHOD_NOT_ALLOWED,
        self->objects ? "method: needs one of " ALLOWED_OF_OBJECTS
                      : "method: needs one of " ALLOWED);
  }
}

/* ---- time ---- */

static void
end_tracks (CmafIngestServer *self)
{
  GstClockTime now = cmaf_ingest_server_now ();

  self->is_finished = self->has_ended = TRUE;
  while (self->uploads != NULL)
    cmaf_ingest_upload_refuse (
        self->uploads->data, SOUP_STATUS_SERVICE_UNAVAILABLE, SHUTTING_DOWN);
  for (guint i = 0; i < self->order->len; i++)
    cmaf_ingest_track_finish (g_ptr_array_index (self->order, i), now);
}

static void
end_if_drained (CmafIngestServer *self, GstClockTime now)
{
  if (self->is_finished && !self->has_ended
      && (self->uploads == NULL || now >= self->drain_until))
    end_tracks (self);
}

static gboolean
on_tick (gpointer data)
{
  CmafIngestServer *self = data;
  gboolean has_media = cmaf_ingest_server_has_running_media (self);
  GstClockTime now;
  GList *next;

  cmaf_ingest_uploads_resume (self);
  cmaf_ingest_sharing_tell (self);
  now = cmaf_ingest_server_now (); /* after what resume() has noted */
  for (GList *l = self->uploads; l != NULL; l = next) {
    next = l->next;
    cmaf_ingest_upload_check (l->data, now);
  }
  for (guint i = 0; i < self->order->len; i++) {
    CmafIngestTrack *track = g_ptr_array_index (self->order, i);
    gboolean may_idle = self->config.idle_timeout == GST_CLOCK_TIME_NONE
                        || (has_media && cmaf_ingest_track_is_sparse (track));

    cmaf_ingest_track_tick (track, may_idle, now);
  }
  end_if_drained (self, now);
  return G_SOURCE_CONTINUE;
}

/* ---- the server ---- */

void
cmaf_ingest_server_config_init (CmafIngestServerConfig *config)
{
  memset (config, 0, sizeof *config);
  cmaf_http_listener_config_init (&config->listener);
  config->listener.header_timeout_ms = 15000; /* DEC-09 */
  config->path = "/ingest";
  config->max_body_size = 64 * 1024 * 1024;
  config->max_tracks = 64;
  config->max_objects = 20000;
  config->max_object_bytes = G_GUINT64_CONSTANT (1024) * 1024 * 1024;
  config->max_queue_bytes = 32 * 1024 * 1024;
  cmaf_track_merger_config_init (&config->merge, 1);
  config->body_timeout = 30 * GST_SECOND;
}

static gchar **
split_order (const gchar *text)
{
  gchar **order = g_strsplit (text, ",", -1);

  for (guint i = 0; order[i] != NULL; i++)
    g_strstrip (order[i]);
  return order;
}

/* Those at the end. (transfer full) */
static gchar *
trim_slashes (const gchar *path)
{
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    length--;
  return g_strndup (path, length);
}

static void
copy_config (CmafIngestServer *self, const CmafIngestServerConfig *config)
{
  self->config = *config;
  self->config.path = trim_slashes (config->path);
  /* those strings are not needed again */
  self->config.objects_location = self->config.header_cache = NULL;
  self->config.sync_store = g_strdup (config->sync_store);
  self->config.listener.asks_for_certificates |=
      cmaf_ingest_access_wants_certificates (self->access);
  if (config->merge_order != NULL)
    self->merge_order = split_order (config->merge_order);
}

static gboolean
start_tick (gpointer data)
{
  CmafIngestServer *self = data;

  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, on_tick, self, NULL);
  g_source_attach (self->tick, cmaf_http_thread_get_context (self->thread));
  return G_SOURCE_REMOVE;
}

static gboolean
open_headers (CmafIngestServer *self, const CmafIngestServerConfig *config,
    GError **error)
{
  if (config->header_cache == NULL)
    return TRUE;
  self->headers = cmaf_header_cache_new (config->header_cache, error);
  if (self->headers != NULL)
    cmaf_ingest_memory_load_manifests (self);
  return self->headers != NULL;
}

static gboolean
open_objects (CmafIngestServer *self, const CmafIngestServerConfig *config,
    GError **error)
{
  const CmafIngestObjectsConfig objects = { config->objects_location,
    config->max_objects, config->max_object_bytes };

  if (objects.location == NULL)
    return TRUE;
  self->objects = cmaf_ingest_objects_new (&objects, error);
  return self->objects != NULL;
}

/* Requests are compared with it after their escapes were decoded, without
 * query, and clients send no "..". */
static gboolean
check_path (const gchar *path, GError **error)
{
  g_autofree gchar *trimmed = trim_slashes (path);
  g_autofree gchar *all = g_strconcat (trimmed, "/", NULL);
  const gchar *escape = strchr (path, '%');
  const gchar *needs = NULL;
  g_autofree gchar *found = NULL;

  if (path[0] != '/')
    needs = "a slash at its beginning";
  else if (escape != NULL && g_ascii_isxdigit (escape[1])
           && g_ascii_isxdigit (escape[2]))
    needs = "what the escape stands for";
  else if (strpbrk (path, "?#") != NULL)
    needs = "to be without ? and #";
  else if (strstr (all, "/../") != NULL || strstr (all, "/./") != NULL
           || strstr (trimmed, "//") != NULL)
    needs = "names between its slashes";
  else if (!g_utf8_validate (path, -1, NULL))
    needs = "to be UTF-8";
  if (needs == NULL)
    return TRUE;
  found = g_strescape (path, NULL);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "path: found \"%s\", which no request matches, needs %s", found, needs);
  return FALSE;
}

CmafIngestServer *
cmaf_ingest_server_new (const CmafIngestServerConfig *config,
    const CmafIngestServerCallbacks *callbacks, gpointer user_data,
    GError **error)
{
  g_autoptr (CmafIngestAccess) access = NULL;
  CmafIngestServer *self;

  if (!check_path (config->path, error))
    return NULL;
  access = cmaf_ingest_access_new (&config->access, error);
  if (access == NULL)
    return NULL;
  self = g_new0 (CmafIngestServer, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->access = g_steal_pointer (&access);
  copy_config (self, config);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->thread = cmaf_http_thread_get ();
  self->manifests = cmaf_ingest_manifests_new ();
  self->gone = gst_structure_new_empty ("application/x-cmaf-ingest-stats");
  self->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->order =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_ingest_track_free);
  if (!open_headers (self, config, error) || !open_objects (self, config, error)
      || !cmaf_ingest_sharing_open (self, error)) {
    cmaf_ingest_server_unref (self);
    return NULL;
  }
  self->listener = cmaf_http_listener_new (&self->config.listener, error);
  if (self->listener == NULL
      || !cmaf_http_listener_add_route (
          self->listener, self->config.path, handle_request, self, error)) {
    cmaf_ingest_server_unref (self);
    return NULL;
  }
  cmaf_http_thread_call (self->thread, start_tick, self);
  return self;
}

/* Requests that have said nothing are not to begin. */
static gboolean
begin_to_finish (gpointer data)
{
  CmafIngestServer *self = data;
  GstClockTime now = cmaf_ingest_server_now ();
  GList *next;

  self->is_finished = TRUE;
  self->drain_until = now + self->config.drain_timeout;
  for (GList *l = self->uploads; l != NULL; l = next) {
    next = l->next;
    if (!cmaf_ingest_upload_has_begun (l->data))
      cmaf_ingest_upload_refuse (
          l->data, SOUP_STATUS_SERVICE_UNAVAILABLE, SHUTTING_DOWN);
  }
  end_if_drained (self, now);
  return G_SOURCE_REMOVE;
}

void
cmaf_ingest_server_finish (CmafIngestServer *self)
{
  cmaf_http_thread_call (self->thread, begin_to_finish, self);
}

static void
ignore_output (CmafIngestOutput *output, gpointer user_data)
{
}

static void
ignore_message (GstStructure *message, gpointer user_data)
{
  gst_structure_free (message);
}

static gboolean
stop_in_thread (gpointer data)
{
  CmafIngestServer *self = data;

  end_tracks (self);
  cmaf_ingest_admission_stop (self);
  self->callbacks.output = ignore_output;
  self->callbacks.message = ignore_message;
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
cmaf_ingest_server_stop (CmafIngestServer *self)
{
  if (self->listener != NULL)
    cmaf_http_listener_remove_route (self->listener, self->config.path);
  cmaf_http_thread_call (self->thread, stop_in_thread, self);
  g_clear_pointer (&self->listener, cmaf_http_listener_unref);
}

static gboolean
free_tracks (gpointer data)
{
  CmafIngestServer *self = data;

  g_hash_table_unref (self->tracks);
  g_ptr_array_unref (self->order);
  cmaf_ingest_waiting_clear (self);
  cmaf_ingest_manifests_free (self->manifests);
  gst_structure_free (self->gone);
  g_clear_pointer (&self->headers, cmaf_header_cache_free);
  g_clear_pointer (&self->objects, cmaf_ingest_objects_free);
  return G_SOURCE_REMOVE;
}

CmafIngestServer *
cmaf_ingest_server_ref (CmafIngestServer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
cmaf_ingest_server_unref (CmafIngestServer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  cmaf_http_thread_call (self->thread, free_tracks, self);
  g_clear_pointer (&self->listener, cmaf_http_listener_unref);
  cmaf_http_thread_unref (self->thread);
  g_free ((gchar *)self->config.path);
  g_free ((gchar *)self->config.sync_store);
  g_clear_pointer (&self->access, cmaf_ingest_access_free);
  g_strfreev (self->merge_order);
  cmaf_merge_group_clear (&self->group);
  g_clear_pointer (&self->sessions, cmaf_ingest_sessions_free);
  cmaf_ingest_sharing_close (self);
  g_free (self);
}

guint16
cmaf_ingest_server_get_port (CmafIngestServer *self)
{
  return cmaf_http_listener_get_port (self->listener);
}

typedef struct
{
  CmafIngestServer *server;
  GstStructure *stats;
} StatsCall;

static gboolean
collect_stats (gpointer data)
{
  StatsCall *call = data;
  CmafIngestServer *self = call->server;
  GstStructure *stats = gst_structure_copy (self->gone);
  GValue tracks = G_VALUE_INIT;

  gst_structure_set (stats, "requests", G_TYPE_UINT64, self->n_requests,
      "refused", G_TYPE_UINT64, self->n_refused, "cut", G_TYPE_UINT64,
      self->n_cut, NULL);
  if (self->objects != NULL)
    gst_structure_set (stats, "objects", G_TYPE_UINT,
        cmaf_ingest_objects_get_count (self->objects), "object-bytes",
        G_TYPE_UINT64, cmaf_ingest_objects_get_bytes (self->objects),
        "opaque-objects", G_TYPE_UINT64, self->n_opaque, NULL);
  g_value_init (&tracks, GST_TYPE_LIST);
  for (guint i = 0; i < self->order->len; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, cmaf_ingest_track_get_stats (
                                    g_ptr_array_index (self->order, i), stats));
    gst_value_list_append_and_take_value (&tracks, &value);
  }
  gst_structure_take_value (stats, "tracks", &tracks);
  call->stats = stats;
  return G_SOURCE_REMOVE;
}

GstStructure *
cmaf_ingest_server_get_stats (CmafIngestServer *self)
{
  StatsCall call = { self, NULL };

  if (cmaf_http_thread_is_current (self->thread))
    collect_stats (&call);
  else
    cmaf_http_thread_call (self->thread, collect_stats, &call);
  return call.stats;
}
