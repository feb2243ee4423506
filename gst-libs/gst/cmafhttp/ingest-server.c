/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* From requests to tracks. A body is classified by its boxes alone; its path
 * says only which track it is. All of it runs in the HTTP thread, new, finish,
 * stop and unref included, which call into it. */
#include "ingest-server.h"

#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/http-stream.h>
#include <gst/cmafhttp/ingest-access.h>
#include <gst/cmafhttp/ingest-path.h>
#include <gst/cmafhttp/ingest-track.h>
#include <gst/cmafhttp/peer-text.h>
#include <string.h>

#define TICK_MS 250
#define MAX_HELD (500 * GST_MSECOND) /* an answer */
#define ALLOWED "OPTIONS, POST, PUT, DELETE"

struct _CmafIngestServer
{
  gatomicrefcount ref_count;
  CmafIngestServerConfig config; /* strings are owned */
  CmafIngestServerCallbacks callbacks;
  gpointer user_data;
  CmafHttpThread *thread;
  CmafHttpListener *listener;
  gchar *credentials; /* user:password */

  GHashTable *tracks; /* key -> CmafIngestTrack */
  GPtrArray *order;   /* the same, as they came */
  GList *uploads;     /* of Upload */
  GSource *tick;
  gboolean is_finished;
  guint64 n_requests;
  guint64 n_refused;
  guint64 n_cut; /* bodies that ended in the middle */
};

/* One POST or PUT on its way in. */
typedef struct
{
  CmafIngestServer *server;
  SoupServerMessage *message;
  CmafIngestPath path;
  CmafFragmentReader *reader;
  CmafIngestTrack *track; /* NULL: no header has come yet */
  guint source;           /* 0: not yet known */
  guint64 n_bytes;
  guint8 first[8];
  gboolean is_ignored; /* manifests and keys are read and not used */
  gboolean is_paused;
  GstClockTime held_since; /* the answer; 0: it is not */
  gboolean has_got_body;
  gboolean is_cut; /* the peer went when it had got it, or before */
  GstClockTime last_data;
  GstClockTime last_progress; /* a header or a chunk was complete */
} Upload;

static GstClockTime
get_time (void)
{
  return (GstClockTime)g_get_monotonic_time () * GST_USECOND;
}

/* ---- answers ---- */

static guint
status_of_error (const Upload *upload, const GError *error)
{
  static const struct
  {
    CmafError code;
    guint status;
  } rows[] = {
    { CMAF_ERROR_UNSUPPORTED, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE },
    { CMAF_ERROR_LIMIT, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE },
    { CMAF_ERROR_NO_HEADER, SOUP_STATUS_PRECONDITION_FAILED },
    { CMAF_ERROR_CONFIG, SOUP_STATUS_PRECONDITION_FAILED },
  };

  /* what does not even begin with a box is something else altogether */
  for (guint i = 4; i < 8; i++)
    if (upload->n_bytes >= 8 && !g_ascii_isalnum (upload->first[i]))
      return SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE;
  if (error->domain == G_IO_ERROR)
    return error->code == G_IO_ERROR_CLOSED ? SOUP_STATUS_SERVICE_UNAVAILABLE
                                            : SOUP_STATUS_FORBIDDEN;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (error->code == (gint)rows[i].code)
      return rows[i].status;
  return SOUP_STATUS_BAD_REQUEST;
}

/* ---- tracks ---- */

/* What was received has been handed on, or will not be for some time. */
static void
release_answer (Upload *upload)
{
  if (upload->held_since == 0
      || (!cmaf_ingest_track_is_settled (upload->track, upload->source)
          && get_time () < upload->held_since + MAX_HELD))
    return;
  upload->held_since = 0;
  soup_server_message_unpause (upload->message);
}

static gboolean
resume (gpointer data)
{
  CmafIngestServer *self = data;

  for (GList *l = self->uploads; l != NULL; l = l->next) {
    Upload *upload = l->data;

    release_answer (upload);
    if (!upload->is_paused || cmaf_ingest_track_is_full (upload->track))
      continue;
    upload->is_paused = FALSE;
    upload->last_data = upload->last_progress = get_time ();
    cmaf_ingest_track_resume (upload->track, upload->last_data);
    soup_server_message_unpause (upload->message);
  }
  return G_SOURCE_REMOVE;
}

static void
on_drained (gpointer user_data)
{
  CmafIngestServer *self = user_data;

  cmaf_http_thread_post (self->thread, resume, self, NULL);
}

static void
on_output (CmafIngestOutput *output, gpointer user_data)
{
  CmafIngestServer *self = user_data;

  self->callbacks.output (output, self->user_data);
}

static void
on_message (GstStructure *message, gpointer user_data)
{
  CmafIngestServer *self = user_data;

  self->callbacks.message (message, self->user_data);
}

static gboolean
is_name_taken (CmafIngestServer *self, const gchar *name)
{
  for (guint i = 0; i < self->order->len; i++)
    if (g_str_equal (name,
            cmaf_ingest_track_get_name (g_ptr_array_index (self->order, i))))
      return TRUE;
  return FALSE;
}

/* Two keys may give one name: video.cmfv and video.cmfa. */
static gchar *
unique_name (CmafIngestServer *self, const gchar *wish)
{
  gchar *name = g_strdup (wish);

  for (guint n = 2; is_name_taken (self, name); n++) {
    g_free (name);
    name = cmaf_track_name_number (wish, n);
  }
  return name;
}

/* Without a name in the path the media type is the name. */
static void
name_by_media (Upload *upload)
{
  CmafTrack *track = cmaf_fragment_reader_get_track (upload->reader);
  CmafIngestPath *path = &upload->path;

  path->kind = CMAF_INGEST_PATH_TRACK;
  path->name = g_strdup (cmaf_track_content_type (track));
  path->wish = g_strdup (path->name);
  path->key = g_strdup_printf ("/%s", path->name);
}

static gboolean
make_track (Upload *upload, GError **error)
{
  CmafIngestServer *self = upload->server;
  CmafIngestTrackConfig config = {
    .context = cmaf_http_thread_get_context (self->thread),
    .merge_hold = self->config.merge_hold,
    .gap_hold = self->config.gap_hold,
    .idle_timeout = self->config.idle_timeout,
    .max_queue = self->config.max_queue_bytes,
    .begin = on_output,
    .message = on_message,
    .drained = on_drained,
    .user_data = self,
  };
  g_autofree gchar *name = NULL;

  if (upload->path.kind == CMAF_INGEST_PATH_POINT)
    name_by_media (upload);
  upload->track = g_hash_table_lookup (self->tracks, upload->path.key);
  if (upload->track != NULL)
    return TRUE;
  if (self->order->len >= self->config.max_tracks) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "track %s: max-tracks=%u of this receiver allows no further one, send "
        "one of those it has, or raise max-tracks there",
        upload->path.name, self->config.max_tracks);
    return FALSE;
  }
  name = unique_name (self, upload->path.name);
  upload->track = cmaf_ingest_track_new (name, &config);
  g_hash_table_insert (
      self->tracks, g_strdup (upload->path.key), upload->track);
  g_ptr_array_add (self->order, upload->track);
  if (!g_str_equal (name, upload->path.wish))
    on_message (gst_structure_new ("renamed", "track-name", G_TYPE_STRING, name,
                    "wish", G_TYPE_STRING, upload->path.wish, NULL),
        self);
  return TRUE;
}

/* ---- uploads ---- */

static void
free_upload (Upload *upload)
{
  CmafIngestServer *self = upload->server;

  self->uploads = g_list_remove (self->uploads, upload);
  g_signal_handlers_disconnect_by_data (upload->message, upload);
  if (upload->track != NULL && upload->source != 0)
    cmaf_ingest_track_upload_ended (upload->track, upload->source,
        upload->is_cut || !upload->has_got_body, get_time ());
  cmaf_ingest_path_clear (&upload->path);
  g_clear_pointer (&upload->reader, cmaf_fragment_reader_free);
  g_object_unref (upload->message);
  g_free (upload);
}

/* Answers now, whatever is still to come, and closes. */
static void
refuse (Upload *upload, guint status, const gchar *text)
{
  CmafIngestServer *self = upload->server;
  g_autoptr (SoupServerMessage) message = g_object_ref (upload->message);

  self->n_refused++;
  cmaf_http_listener_answer_error (message, status, text);
  free_upload (upload);
  cmaf_http_listener_refuse (self->listener, message);
}

/* The body has ended, so the connection can go on. */
static void
answer_error (Upload *upload, const GError *error)
{
  upload->server->n_refused++;
  cmaf_http_listener_answer_error (
      upload->message, status_of_error (upload, error), error->message);
}

/* The source of an upload is settled when it brings something. */
static gboolean
settle_source (Upload *upload, GError **error)
{
  SoupServerMessage *message = upload->message;
  const gchar *host = soup_server_message_get_remote_host (message);
  g_autofree gchar *agent = NULL;

  if (upload->source != 0)
    return TRUE;
  agent = cmaf_peer_text (
      soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "User-Agent"),
      "unknown");
  upload->source = cmaf_ingest_track_get_source (upload->track,
      cmaf_http_stream_get_socket (cmaf_http_stream_find (message)), agent,
      host ? host : "unknown", get_time ());
  if (upload->source == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "track %s has as many sources as are allowed",
        cmaf_ingest_track_get_name (upload->track));
    return FALSE;
  }
  cmaf_ingest_track_upload_began (upload->track, upload->source);
  return TRUE;
}

static gboolean
take_header (Upload *upload, GError **error)
{
  if (upload->track == NULL && !make_track (upload, error))
    return FALSE;
  return settle_source (upload, error)
         && cmaf_ingest_track_take_header (upload->track, upload->source,
             cmaf_fragment_reader_get_track (upload->reader),
             cmaf_fragment_reader_get_header (upload->reader), get_time (),
             error);
}

static gboolean
take_chunk (Upload *upload, GError **error)
{
  g_autoptr (CmafChunk) chunk =
      cmaf_fragment_reader_take_chunk (upload->reader);

  if (!settle_source (upload, error))
    return FALSE;
  if (!cmaf_ingest_track_take_chunk (
          upload->track, upload->source, chunk, get_time ())) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
        "track %s: nobody takes it here now (its pad is not linked, or what is "
        "behind it has stopped), try again later",
        cmaf_ingest_track_get_name (upload->track));
    return FALSE;
  }
  return TRUE;
}

static gboolean
take_end (Upload *upload, GError **error)
{
  if (upload->track == NULL)
    return TRUE;
  if (!settle_source (upload, error))
    return FALSE;
  cmaf_ingest_track_end_source (upload->track, upload->source, get_time ());
  return TRUE;
}

static gboolean
read_all (Upload *upload, GError **error)
{
  for (;;) {
    gboolean ok = TRUE;

    switch (cmaf_fragment_reader_read (upload->reader, error)) {
      case CMAF_READ_MORE:
        return TRUE;
      case CMAF_READ_HEADER:
        ok = take_header (upload, error);
        break;
      case CMAF_READ_CHUNK:
        ok = take_chunk (upload, error);
        break;
      case CMAF_READ_END:
        ok = take_end (upload, error);
        break;
      case CMAF_READ_ERROR:
        ok = FALSE;
        break;
    }
    if (!ok)
      return FALSE;
    upload->last_progress = get_time ();
  }
}

static void
pause_if_full (Upload *upload)
{
  if (upload->track == NULL || !cmaf_ingest_track_is_full (upload->track))
    return;
  upload->is_paused = TRUE;
  soup_server_message_pause (upload->message);
}

static void
keep_first_bytes (Upload *upload, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size && upload->n_bytes + i < 8; i++)
    upload->first[upload->n_bytes + i] = data[i];
}

/* Only now: some peers send the head of a request a segment before its body,
 * and a header may arrive in between. */
static void
find_track (Upload *upload)
{
  if (upload->path.kind == CMAF_INGEST_PATH_TRACK)
    upload->track =
        g_hash_table_lookup (upload->server->tracks, upload->path.key);
  if (upload->track != NULL)
    cmaf_ingest_track_prepare_reader (upload->track, upload->reader);
}

static void
on_chunk (SoupServerMessage *message, GBytes *bytes, gpointer data)
{
  Upload *upload = data;
  g_autoptr (GError) error = NULL;

  if (upload->n_bytes == 0)
    find_track (upload);
  keep_first_bytes (upload, bytes);
  upload->n_bytes += g_bytes_get_size (bytes);
  upload->last_data = get_time ();
  if (upload->is_ignored) {
    if (upload->n_bytes > upload->server->config.max_body_size)
      refuse (upload, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
          "body: is larger than the max-body-size of this receiver");
    return;
  }
  cmaf_fragment_reader_feed (upload->reader, bytes);
  if (read_all (upload, &error))
    pause_if_full (upload);
  else
    refuse (upload, status_of_error (upload, error), error->message);
}

/* libsoup takes a connection that ends between two HTTP chunks for the end of
 * the body. */
static gboolean
peer_has_gone (SoupServerMessage *message)
{
  GSocket *socket =
      cmaf_http_stream_get_socket (cmaf_http_stream_find (message));
  gchar byte;
  GInputVector vector = { &byte, 1 };
  gint flags = G_SOCKET_MSG_PEEK;

  return g_socket_receive_message (
             socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, NULL)
         == 0;
}

/* A sender that has its answer forgets what it sent. */
static void
hold_answer (Upload *upload)
{
  if (!upload->server->config.answers_when_taken || upload->source == 0
      || cmaf_ingest_track_is_settled (upload->track, upload->source))
    return;
  upload->held_since = get_time ();
  soup_server_message_pause (upload->message);
}

static void
on_body (SoupServerMessage *message, gpointer data)
{
  Upload *upload = data;
  g_autoptr (GError) error = NULL;

  upload->has_got_body = TRUE;
  upload->is_cut = peer_has_gone (message);
  if (!upload->is_ignored
      && !cmaf_fragment_reader_is_at_boundary (upload->reader)) {
    g_set_error (&error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "body: %" G_GUINT64_FORMAT " bytes end within a box", upload->n_bytes);
    answer_error (upload, error);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    hold_answer (upload);
  }
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  Upload *upload = data;

  if (!upload->has_got_body)
    upload->server->n_cut++;
  free_upload (upload);
}

/* ---- requests ---- */

/* 0: allowed */
static guint
check_credentials (CmafIngestServer *self, SoupServerMessage *message)
{
  return cmaf_ingest_access_check (self->credentials,
      soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "Authorization"));
}

static gboolean
is_identity (SoupServerMessage *message)
{
  const gchar *encoding = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Content-Encoding");

  return encoding == NULL || g_ascii_strcasecmp (encoding, "identity") == 0;
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
    *text = "the receiver is shutting down, try again";
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
  if (!is_identity (message)) {
    *text = "Content-Encoding: needs a body that is not compressed";
    return SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE;
  }
  return 0;
}

static Upload *
new_upload (CmafIngestServer *self, SoupServerMessage *message)
{
  CmafFragmentReaderLimits limits = { 1024 * 1024, 1024 * 1024,
    self->config.max_body_size };
  Upload *upload = g_new0 (Upload, 1);

  upload->server = self;
  upload->message = g_object_ref (message);
  upload->reader = cmaf_fragment_reader_new (&limits);
  upload->last_data = upload->last_progress = get_time ();
  self->uploads = g_list_prepend (self->uploads, upload);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), upload);
  g_signal_connect (message, "got-body", G_CALLBACK (on_body), upload);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), upload);
  return upload;
}

static void
begin_upload (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  g_auto (CmafIngestPath) parsed = { 0 };
  g_autoptr (GError) error = NULL;
  Upload *upload;

  if (!cmaf_ingest_path_parse (path, &parsed, &error)) {
    self->n_refused++;
    cmaf_http_listener_answer_error (
        message, SOUP_STATUS_BAD_REQUEST, error->message);
    return;
  }
  upload = new_upload (self, message);
  upload->path = parsed;
  memset (&parsed, 0, sizeof parsed);
  upload->is_ignored = upload->path.kind == CMAF_INGEST_PATH_MANIFEST;
}

static void
handle_upload (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  const gchar *text = NULL;
  guint status = check_request (self, message, &text);

  if (status == 0) {
    begin_upload (self, message, path);
    return;
  }
  self->n_refused++;
  cmaf_http_listener_answer_error (message, status, text);
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Retry-After", "1");
}

static void
challenge (SoupServerMessage *message, guint status)
{
  if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "WWW-Authenticate",
        "Basic realm=\"ingest\", charset=\"UTF-8\"");
  cmaf_http_listener_answer_error (message, status,
      status == SOUP_STATUS_UNAUTHORIZED
          ? "credentials are missing, needs user and password"
          : "credentials are wrong, needs the user and password of this "
            "receiver");
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
  guint status;

  self->n_requests++;
  if (g_str_equal (method, "OPTIONS")) {
    soup_message_headers_replace (answer, "Allow", ALLOWED);
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
    return;
  }
  status = check_credentials (self, message);
  if (status != 0) {
    self->n_refused++;
    challenge (message, status);
  } else if (g_str_equal (method, "POST") || g_str_equal (method, "PUT")) {
    handle_upload (self, message, path + prefix);
  } else if (g_str_equal (method, "DELETE")) {
    /* nothing is kept that could be deleted */
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  } else {
    self->n_refused++;
    soup_message_headers_replace (answer, "Allow", ALLOWED);
    cmaf_http_listener_answer_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
        "method: needs POST, PUT, DELETE or OPTIONS");
  }
}

/* ---- time ---- */

static void
check_upload (CmafIngestServer *self, Upload *upload, GstClockTime now)
{
  GstClockTime limit = self->config.body_timeout;

  if (upload->has_got_body)
    return;
  if (upload->is_paused && now - upload->last_data >= limit)
    refuse (upload, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "what was received is not taken behind the receiver, try again");
  else if (!upload->is_paused
           && (now - upload->last_data >= limit
               || now - upload->last_progress >= 2 * limit))
    refuse (upload, SOUP_STATUS_REQUEST_TIMEOUT,
        "body: does not come in time (body-timeout of this receiver)");
}

static gboolean
has_running_media (CmafIngestServer *self)
{
  for (guint i = 0; i < self->order->len; i++) {
    CmafIngestTrack *track = g_ptr_array_index (self->order, i);

    if (cmaf_ingest_track_is_running (track)
        && !cmaf_ingest_track_is_sparse (track))
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_tick (gpointer data)
{
  CmafIngestServer *self = data;
  gboolean has_media = has_running_media (self);
  GstClockTime now;
  GList *next;

  resume (self);
  now = get_time (); /* after what resume() has noted */
  for (GList *l = self->uploads; l != NULL; l = next) {
    next = l->next;
    check_upload (self, l->data, now);
  }
  for (guint i = 0; i < self->order->len; i++) {
    CmafIngestTrack *track = g_ptr_array_index (self->order, i);
    gboolean may_idle = self->config.idle_timeout == GST_CLOCK_TIME_NONE
                        || (has_media && cmaf_ingest_track_is_sparse (track));

    cmaf_ingest_track_tick (track, may_idle, now);
  }
  return G_SOURCE_CONTINUE;
}

/* ---- the server ---- */

void
cmaf_ingest_server_config_init (CmafIngestServerConfig *config)
{
  memset (config, 0, sizeof *config);
  cmaf_http_listener_config_init (&config->listener);
  config->path = "/ingest";
  config->max_body_size = 64 * 1024 * 1024;
  config->max_tracks = 64;
  config->max_queue_bytes = 32 * 1024 * 1024;
  config->merge_hold = 500 * GST_MSECOND;
  config->gap_hold = 2 * GST_SECOND;
  config->body_timeout = 30 * GST_SECOND;
}

static void
copy_config (CmafIngestServer *self, const CmafIngestServerConfig *config)
{
  gsize length = strlen (config->path);

  self->config = *config;
  while (length > 1 && config->path[length - 1] == '/')
    length--;
  self->config.path = g_strndup (config->path, length);
  if (config->user_id != NULL)
    self->credentials = g_strdup_printf (
        "%s:%s", config->user_id, config->user_pw ? config->user_pw : "");
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

CmafIngestServer *
cmaf_ingest_server_new (const CmafIngestServerConfig *config,
    const CmafIngestServerCallbacks *callbacks, gpointer user_data,
    GError **error)
{
  CmafIngestServer *self;

  if (config->path[0] != '/') {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "path: \"%s\" does not begin with a slash", config->path);
    return NULL;
  }
  self = g_new0 (CmafIngestServer, 1);
  g_atomic_ref_count_init (&self->ref_count);
  copy_config (self, config);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->thread = cmaf_http_thread_get ();
  self->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->order =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_ingest_track_free);
  self->listener = cmaf_http_listener_new (&config->listener, error);
  if (self->listener == NULL
      || !cmaf_http_listener_add_route (
          self->listener, self->config.path, handle_request, self, error)) {
    cmaf_ingest_server_unref (self);
    return NULL;
  }
  cmaf_http_thread_call (self->thread, start_tick, self);
  return self;
}

static gboolean
finish_tracks (gpointer data)
{
  CmafIngestServer *self = data;
  GstClockTime now = get_time ();

  self->is_finished = TRUE;
  while (self->uploads != NULL)
    refuse (self->uploads->data, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "the receiver is shutting down, try again");
  for (guint i = 0; i < self->order->len; i++)
    cmaf_ingest_track_finish (g_ptr_array_index (self->order, i), now);
  return G_SOURCE_REMOVE;
}

void
cmaf_ingest_server_finish (CmafIngestServer *self)
{
  cmaf_http_thread_call (self->thread, finish_tracks, self);
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

  finish_tracks (self);
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
  g_free (self->credentials);
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
  GstStructure *stats = gst_structure_new ("application/x-cmaf-ingest-stats",
      "requests", G_TYPE_UINT64, self->n_requests, "refused", G_TYPE_UINT64,
      self->n_refused, "cut", G_TYPE_UINT64, self->n_cut, NULL);
  GValue tracks = G_VALUE_INIT;

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
