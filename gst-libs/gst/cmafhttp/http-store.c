/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each request borrows a client, with its connection, from those that are idle.
 * The lock is not held while bytes are sent. */
#include "http-store.h"
#include "ingest-remedy.h"
#include "ingest-session.h"
#include "upload-body.h"

#include <string.h>

#define MAX_IDLE 16 /* clients */
#define MAX_WAIT (2 * GST_SECOND)

typedef struct
{
  CmafObjectStore parent;
  CmafUploadTarget *target;
  GstClockTime retry_time;
  gboolean may_switch;
  GCancellable *cancellable;

  GMutex lock;
  const gchar *method;   /* lock: lock */
  gboolean tells_length; /* lock: lock; the server takes no chunked body */
  GQueue idle;           /* lock: lock; of CmafUploadClient */
} HttpStore;

typedef struct
{
  CmafObjectWriter parent;
  gchar *name;
  gchar *content_type;
  CmafObjectFlags flags;
  CmafUploadBody *body;
  GCancellable *cancellable; /* also cancelled by that of the store */
  gulong handler;
  GThread *thread; /* NULL: nothing is sent before commit */
  gint has_failed; /* atomic */
  GError *failure; /* of the thread, after it was joined */
} HttpWriter;

/* ---- content types ---- */

const gchar *
cmaf_http_store_content_type (const gchar *name, const gchar *content_type)
{
  static const struct
  {
    const gchar *extension, *type;
  } rows[] = {
    { ".mpd", "application/dash+xml" },
    { ".m3u8", "application/vnd.apple.mpegurl" },
    { ".cmfv", "video/mp4" },
    { ".cmfa", "audio/mp4" },
    { ".cmft", "application/mp4" },
    { ".cmfm", "application/mp4" },
    { ".m4v", "video/mp4" },
    { ".m4a", "audio/mp4" },
    { ".m4s", "video/iso.segment" },
    { ".init", "video/mp4" },
    { ".header", "video/mp4" },
    { ".key", "application/octet-stream" },
    { ".ts", "video/mp2t" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_has_suffix (name, rows[i].extension))
      return rows[i].type;
  if (g_str_has_suffix (name, ".mp4") && g_strcmp0 (content_type, "video/mp4"))
    return "application/mp4";
  return content_type != NULL ? content_type : "application/octet-stream";
}

/* ---- clients ---- */

static CmafUploadClient *
take_client (HttpStore *self)
{
  CmafUploadClient *client;

  g_mutex_lock (&self->lock);
  client = g_queue_pop_tail (&self->idle);
  g_mutex_unlock (&self->lock);
  return client != NULL ? client : cmaf_upload_target_new_client (self->target);
}

static void
give_client (HttpStore *self, CmafUploadClient *client)
{
  g_mutex_lock (&self->lock);
  if (g_queue_get_length (&self->idle) < MAX_IDLE)
    g_queue_push_tail (&self->idle, g_steal_pointer (&client));
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&client, cmaf_upload_client_free);
}

/* ---- one object ---- */

/* What is asked for, and what was found out about it. */
typedef struct
{
  const gchar *method; /* NULL: that of the store */
  const gchar *name;
  const gchar *fields;
  CmafUploadBody *body; /* NULL: none */
  CmafHttpBody keeps;
  gboolean is_create_only;
  GCancellable *cancellable;
  gboolean is_unsure; /* a try was not answered */
} Request;

static GstClockTime
get_time (void)
{
  return g_get_monotonic_time () * GST_USECOND;
}

static const gchar *
get_method (HttpStore *self)
{
  const gchar *method;

  g_mutex_lock (&self->lock);
  method = self->method;
  g_mutex_unlock (&self->lock);
  return method;
}

static gboolean
tells_length (HttpStore *self)
{
  gboolean tells;

  g_mutex_lock (&self->lock);
  tells = self->tells_length;
  g_mutex_unlock (&self->lock);
  return tells;
}

static gboolean
send_once (HttpStore *self, CmafUploadClient *client, const Request *request,
    CmafHttpAnswer *answer, gboolean *is_stale, GError **error)
{
  g_autofree gchar *path = g_uri_escape_string (
      request->name, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, FALSE);
  CmafUploadObject object = {
    .method = request->method ? request->method : get_method (self),
    .path = path,
    .fields = request->fields,
    .length = CMAF_UPLOAD_NO_BODY,
    .body = request->keeps,
  };

  *is_stale = FALSE;
  if (request->body != NULL) {
    if (tells_length (self)
        && !cmaf_upload_body_wait (request->body, request->cancellable, error))
      return FALSE;
    object.length = cmaf_upload_body_is_complete (request->body)
                        ? (gint64)cmaf_upload_body_get_size (request->body)
                        : -1;
    object.write = cmaf_upload_body_write;
    object.user_data = request->body;
  }
  return cmaf_upload_client_send (
      client, &object, answer, is_stale, request->cancellable, error);
}

/* Answers that say all that is to be known, whatever the session thinks. */
static gboolean
is_final (const Request *request, guint status)
{
  if (request->is_create_only && status == 412)
    return TRUE;
  return request->body == NULL && status / 100 == 4 && status != 401
         && status != 408 && status != 425 && status != 429;
}

/* FALSE when that is too late. */
static gboolean
wait_until (GstClockTime at, GstClockTime deadline, GCancellable *cancellable,
    GError **error)
{
  GstClockTime now = get_time ();
  GPollFD fd;

  if (at > deadline)
    return FALSE;
  if (at > now && g_cancellable_make_pollfd (cancellable, &fd)) {
    g_poll (&fd, 1, (at - now + GST_MSECOND - 1) / GST_MSECOND);
    g_cancellable_release_fd (cancellable);
  }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Another method, or a length, next time. */
static void
learn (HttpStore *self, CmafIngestVerdict verdict, guint status)
{
  g_mutex_lock (&self->lock);
  if (verdict == CMAF_INGEST_SWITCH)
    self->method = strcmp (self->method, "PUT") == 0 ? "POST" : "PUT";
  if (status == 411)
    self->tells_length = TRUE;
  g_mutex_unlock (&self->lock);
}

/* TRUE: it is to be sent again, not before retry_at. */
static gboolean
judge_answer (HttpStore *self, CmafUploadClient *client, Request *request,
    CmafIngestSession *session, const CmafHttpAnswer *answer)
{
  CmafIngestReaction reaction;

  if (answer->status / 100 == 2 || is_final (request, answer->status))
    return FALSE;
  if (request->is_create_only && answer->status == 409) {
    cmaf_ingest_session_failed (session, FALSE, get_time ());
    return TRUE;
  }
  reaction = cmaf_ingest_session_answered (session, CMAF_INGEST_SEGMENT,
      answer->status, answer->retry_after, get_time ());
  learn (self, reaction.verdict, answer->status);
  if (reaction.reconnects)
    cmaf_upload_client_disconnect (client);
  if (answer->status / 100 == 3 || answer->status == 404)
    cmaf_upload_client_go_home (client);
  return reaction.verdict == CMAF_INGEST_RETRY
         || reaction.verdict == CMAF_INGEST_SWITCH;
}

/* FALSE and @error when there is no answer in time; the last one otherwise,
 * whatever it says. */
static gboolean
run (HttpStore *self, Request *request, CmafHttpAnswer *answer, GError **error)
{
  CmafUploadClient *client = take_client (self);
  GstClockTime deadline = get_time () + self->retry_time;
  CmafIngestSession session;
  gboolean again = TRUE, is_answered = FALSE;

  cmaf_ingest_session_init (&session, MAX_WAIT);
  session.may_switch = self->may_switch && request->method == NULL;
  while (again) {
    gboolean is_stale;

    g_clear_error (error);
    is_answered = send_once (self, client, request, answer, &is_stale, error);
    if (is_answered) {
      again = judge_answer (self, client, request, &session, answer);
    } else {
      request->is_unsure = TRUE;
      again = !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      cmaf_ingest_session_failed (&session, is_stale, get_time ());
      cmaf_upload_client_go_home (client);
    }
    if (again) {
      g_autoptr (GError) cancelled = NULL;

      again = wait_until (
          session.retry_at, deadline, request->cancellable, &cancelled);
    }
  }
  give_client (self, client);
  return is_answered;
}

/* ---- errors ---- */

static gboolean
fail_status (HttpStore *self, const gchar *name, guint status, GError **error)
{
  const gchar *remedy = cmaf_ingest_remedy (status);
  gint code = status == 401 || status == 403 ? G_IO_ERROR_PERMISSION_DENIED
                                             : G_IO_ERROR_FAILED;

  g_set_error (error, G_IO_ERROR, code, "%s: %s: the server answers %u%s%s",
      self->target->location, name, status, remedy ? ", " : "",
      remedy ? remedy : "");
  return FALSE;
}

static gboolean
fail_not_found (HttpStore *self, const gchar *name, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "%s: no object %s",
      self->target->location, name);
  return FALSE;
}

/* One that takes nothing or gives the bytes of the answer. */
static gboolean
ask (HttpStore *self, const gchar *method, const gchar *name,
    CmafHttpBody keeps, GBytes **body, GError **error)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GError) failure = NULL;
  Request request = { .method = method,
    .name = name,
    .fields = "",
    .keeps = keeps,
    .cancellable = self->cancellable };

  if (!run (self, &request, &answer, &failure)) {
    g_propagate_prefixed_error (error, g_steal_pointer (&failure),
        "%s: %s: ", self->target->location, name);
    return FALSE;
  }
  if (answer.status == 404 || answer.status == 410)
    return fail_not_found (self, name, error);
  if (answer.status / 100 != 2)
    return fail_status (self, name, answer.status, error);
  if (body != NULL)
    *body = g_steal_pointer (&answer.body);
  return TRUE;
}

/* ---- writing ---- */

/* Is what the server has what was sent? */
static gboolean
is_ours (HttpStore *self, const HttpWriter *writer)
{
  g_autoptr (GBytes) ours = cmaf_upload_body_get_bytes (writer->body);
  g_autoptr (GBytes) theirs = NULL;

  return ask (self, "GET", writer->name, CMAF_HTTP_BODY_KEPT, &theirs, NULL)
         && g_bytes_equal (ours, theirs);
}

static gboolean
store_object (HttpWriter *writer, GError **error)
{
  HttpStore *self = (HttpStore *)writer->parent.store;
  gboolean is_create_only = (writer->flags & CMAF_OBJECT_CREATE_ONLY) != 0;
  g_autofree gchar *fields = g_strdup_printf ("Content-Type: %s\r\n%s",
      writer->content_type, is_create_only ? "If-None-Match: *\r\n" : "");
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GError) failure = NULL;
  Request request = { .name = writer->name,
    .fields = fields,
    .body = writer->body,
    .is_create_only = is_create_only,
    .cancellable = writer->cancellable };

  if (!run (self, &request, &answer, &failure)) {
    g_propagate_prefixed_error (error, g_steal_pointer (&failure),
        "%s: %s: ", self->target->location, writer->name);
    return FALSE;
  }
  if (answer.status / 100 == 2)
    return TRUE;
  if (!is_create_only || answer.status != 412)
    return fail_status (self, writer->name, answer.status, error);
  if (request.is_unsure && is_ours (self, writer))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS, "%s: %s exists",
      self->target->location, writer->name);
  return FALSE;
}

static gpointer
run_writer (gpointer data)
{
  HttpWriter *writer = data;

  if (!store_object (writer, &writer->failure))
    g_atomic_int_set (&writer->has_failed, TRUE);
  return NULL;
}

static void
join_thread (HttpWriter *writer)
{
  if (writer->thread != NULL)
    g_thread_join (g_steal_pointer (&writer->thread));
}

static void
free_writer (HttpWriter *writer)
{
  HttpStore *self = (HttpStore *)writer->parent.store;

  join_thread (writer);
  g_cancellable_disconnect (self->cancellable, writer->handler);
  g_object_unref (writer->cancellable);
  g_clear_error (&writer->failure);
  cmaf_upload_body_unref (writer->body);
  g_free (writer->content_type);
  g_free (writer->name);
  g_free (writer);
}

static void
cancel (GCancellable *cancellable, gpointer other)
{
  g_cancellable_cancel (other);
}

static CmafObjectWriter *
http_begin (CmafObjectStore *base, const gchar *name, const gchar *content_type,
    CmafObjectFlags flags, GError **error)
{
  HttpStore *self = (HttpStore *)base;
  HttpWriter *writer;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  writer = g_new0 (HttpWriter, 1);
  writer->name = g_strdup (name);
  writer->content_type =
      g_strdup (cmaf_http_store_content_type (name, content_type));
  writer->flags = flags;
  writer->body = cmaf_upload_body_new ();
  writer->cancellable = g_cancellable_new ();
  writer->handler = g_cancellable_connect (
      self->cancellable, G_CALLBACK (cancel), writer->cancellable, NULL);
  return &writer->parent;
}

static gboolean
fail_as_thread (HttpWriter *writer, GError **error)
{
  join_thread (writer);
  if (writer->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (writer->failure));
  return FALSE;
}

static gboolean
http_append (CmafObjectWriter *base, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  HttpWriter *writer = (HttpWriter *)base;

  if (g_atomic_int_get (&writer->has_failed))
    return fail_as_thread (writer, error);
  cmaf_upload_body_append (writer->body, pieces, n_pieces);
  if ((writer->flags & CMAF_OBJECT_GROWING) != 0 && writer->thread == NULL)
    writer->thread = g_thread_new ("http-store", run_writer, writer);
  return TRUE;
}

static gboolean
http_commit (CmafObjectWriter *base, GError **error)
{
  HttpWriter *writer = (HttpWriter *)base;
  gboolean done;

  cmaf_upload_body_complete (writer->body);
  if (writer->thread != NULL)
    done = fail_as_thread (writer, error);
  else
    done = store_object (writer, error);
  free_writer (writer);
  return done;
}

static void
http_abort (CmafObjectWriter *base)
{
  HttpWriter *writer = (HttpWriter *)base;

  cmaf_upload_body_abort (writer->body);
  g_cancellable_cancel (writer->cancellable);
  free_writer (writer);
}

/* ---- the rest of the interface ---- */

static GBytes *
http_get (CmafObjectStore *base, const gchar *name, GError **error)
{
  GBytes *body = NULL;

  ask ((HttpStore *)base, "GET", name, CMAF_HTTP_BODY_KEPT, &body, error);
  return body;
}

static gboolean
http_contains (CmafObjectStore *base, const gchar *name)
{
  return ask ((HttpStore *)base, "HEAD", name, CMAF_HTTP_BODY_NONE, NULL, NULL);
}

static GPtrArray *
http_list (CmafObjectStore *base, const gchar *prefix, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
      "%s: HTTP cannot list objects", ((HttpStore *)base)->target->location);
  return NULL;
}

static gboolean
http_remove (CmafObjectStore *base, const gchar *name, GError **error)
{
  return ask (
      (HttpStore *)base, "DELETE", name, CMAF_HTTP_BODY_SKIPPED, NULL, error);
}

static void
http_free (CmafObjectStore *base)
{
  HttpStore *self = (HttpStore *)base;

  g_queue_clear_full (&self->idle, (GDestroyNotify)cmaf_upload_client_free);
  cmaf_upload_target_free (self->target);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const CmafObjectStoreClass http_class = {
  .begin = http_begin,
  .append = http_append,
  .commit = http_commit,
  .abort = http_abort,
  .get = http_get,
  .contains = http_contains,
  .list = http_list,
  .remove = http_remove,
  .free = http_free,
};

/* ---- the store ---- */

void
cmaf_http_store_config_init (CmafHttpStoreConfig *config)
{
  memset (config, 0, sizeof *config);
  config->target.user_agent = "gst-cmaf";
  config->target.upload.connect_timeout_ms = 6000;
  config->target.upload.io_timeout_ms = 6000;
  config->method = "PUT";
}

CmafObjectStore *
cmaf_http_store_new (const CmafHttpStoreConfig *config, GError **error)
{
  static const gchar *const methods[] = { "PUT", "POST", "auto", NULL };
  CmafUploadTarget *target;
  HttpStore *self;

  if (config->method == NULL || !g_strv_contains (methods, config->method)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "method: found '%s', needs PUT, POST or auto",
        config->method ? config->method : "(unset)");
    return NULL;
  }
  if (!cmaf_upload_token_check (config->target.token, error))
    return NULL;
  target = cmaf_upload_target_new (&config->target, error);
  if (target == NULL) {
    g_prefix_error (error, "location: ");
    return NULL;
  }
  self = g_new0 (HttpStore, 1);
  self->parent.klass = &http_class;
  g_atomic_ref_count_init (&self->parent.ref_count);
  g_mutex_init (&self->lock);
  self->target = target;
  self->method = strcmp (config->method, "POST") == 0 ? "POST" : "PUT";
  self->may_switch = strcmp (config->method, "auto") == 0;
  self->retry_time = config->retry_time;
  self->cancellable = config->cancellable ? g_object_ref (config->cancellable)
                                          : g_cancellable_new ();
  return &self->parent;
}

void
cmaf_http_store_set_credentials (CmafObjectStore *store, const gchar *user,
    const gchar *password, const gchar *token)
{
  if (cmaf_upload_token_check (token, NULL))
    cmaf_upload_target_set_credentials (
        ((HttpStore *)store)->target, user, password, token);
}

gboolean
cmaf_http_store_knows_create_only (
    CmafObjectStore *store, const gchar *name, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("create-only\n", 12);
  g_autoptr (GError) failure = NULL;
  gboolean done = TRUE, knows;

  for (guint i = 0; i < 2 && done; i++)
    done = cmaf_object_store_put (
        store, name, NULL, CMAF_OBJECT_CREATE_ONLY, bytes, &failure);
  knows = g_error_matches (failure, CMAF_ERROR, CMAF_ERROR_EXISTS);
  if (knows)
    g_clear_error (&failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    cmaf_object_store_remove (store, name, NULL);
  return knows;
}
