/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each request borrows a client, with its connection, from those that are
 * idle. */
#include "http-store.h"
#include "http-exchange.h"

#include <string.h>

#define MAX_WAIT (2 * GST_SECOND)

typedef struct
{
  CmafObjectStore parent;
  CmafHttpExchange *exchange;
  GstClockTime retry_time;
  GCancellable *cancellable;
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

/* ---- one object ---- */

/* FALSE when that is too late. */
static gboolean
wait_until (GstClockTime at, GstClockTime deadline, GCancellable *cancellable)
{
  GstClockTime now = cmaf_http_exchange_get_time ();
  GPollFD fd;

  if (at > deadline)
    return FALSE;
  if (at > now && g_cancellable_make_pollfd (cancellable, &fd)) {
    g_poll (&fd, 1, (at - now + GST_MSECOND - 1) / GST_MSECOND);
    g_cancellable_release_fd (cancellable);
  }
  return !g_cancellable_is_cancelled (cancellable);
}

/* FALSE and @error when there is no answer in time; the last one otherwise,
 * whatever it says. @is_unsure: a try was not answered. */
static gboolean
run (HttpStore *self, const CmafHttpRequest *request, CmafHttpAnswer *answer,
    gboolean *is_unsure, GError **error)
{
  CmafUploadClient *client = cmaf_http_exchange_take_client (self->exchange);
  GstClockTime deadline = cmaf_http_exchange_get_time () + self->retry_time;
  g_autoptr (GError) failure = NULL;
  CmafIngestSession session;
  gboolean again = TRUE;

  *is_unsure = FALSE;
  cmaf_http_exchange_init_session (self->exchange, &session, MAX_WAIT);
  while (again) {
    CmafIngestReaction reaction;

    g_clear_error (&failure);
    reaction = cmaf_http_exchange_try (
        self->exchange, client, &session, request, answer, &failure);
    *is_unsure = *is_unsure || failure != NULL;
    again = (reaction.verdict == CMAF_INGEST_RETRY
                || reaction.verdict == CMAF_INGEST_SWITCH)
            && wait_until (cmaf_http_exchange_get_retry_time (&session),
                deadline, request->cancellable);
  }
  cmaf_http_exchange_give_client (self->exchange, client);
  if (failure != NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&failure),
        "%s: %s: ", cmaf_http_exchange_get_location (self->exchange),
        request->name);
  return answer->status != 0;
}

static gboolean
fail_not_found (HttpStore *self, const gchar *name, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND, "%s: no object %s",
      cmaf_http_exchange_get_location (self->exchange), name);
  return FALSE;
}

/* One that takes nothing or gives the bytes of the answer. */
static gboolean
ask (HttpStore *self, const gchar *method, const gchar *name,
    CmafHttpBody keeps, GBytes **body, GError **error)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  gboolean is_unsure;
  const CmafHttpRequest request = { .method = method,
    .name = name,
    .fields = "",
    .keeps = keeps,
    .cancellable = self->cancellable };

  if (!run (self, &request, &answer, &is_unsure, error))
    return FALSE;
  if (answer.status == 404 || answer.status == 410)
    return fail_not_found (self, name, error);
  if (answer.status / 100 != 2)
    return cmaf_http_exchange_fail (self->exchange, name, &answer, error);
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
  gboolean is_unsure;
  const CmafHttpRequest request = { .name = writer->name,
    .fields = fields,
    .body = writer->body,
    .is_create_only = is_create_only,
    .cancellable = writer->cancellable };

  if (!run (self, &request, &answer, &is_unsure, error))
    return FALSE;
  if (answer.status / 100 == 2)
    return TRUE;
  if (!is_create_only || answer.status != 412)
    return cmaf_http_exchange_fail (
        self->exchange, writer->name, &answer, error);
  if (is_unsure && is_ours (self, writer))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS, "%s: %s exists",
      cmaf_http_exchange_get_location (self->exchange), writer->name);
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
  cmaf_upload_body_free (writer->body);
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
      "%s: HTTP cannot list objects",
      cmaf_http_exchange_get_location (((HttpStore *)base)->exchange));
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

  cmaf_http_exchange_free (self->exchange);
  g_object_unref (self->cancellable);
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
  cmaf_upload_target_config_init (&config->target);
  config->method = "PUT";
}

CmafObjectStore *
cmaf_http_store_new (const CmafHttpStoreConfig *config, GError **error)
{
  CmafHttpExchange *exchange =
      cmaf_http_exchange_new (&config->target, config->method, error);
  HttpStore *self;

  if (exchange == NULL)
    return NULL;
  self = g_new0 (HttpStore, 1);
  self->parent.klass = &http_class;
  g_atomic_ref_count_init (&self->parent.ref_count);
  self->exchange = exchange;
  self->retry_time = config->retry_time;
  self->cancellable = config->cancellable ? g_object_ref (config->cancellable)
                                          : g_cancellable_new ();
  return &self->parent;
}
