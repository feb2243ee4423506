/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The lock is not held while bytes are sent. */
#include "http-exchange.h"
#include "ingest-remedy.h"

#include <string.h>

#define MAX_IDLE 16 /* clients */

struct _CmafHttpExchange
{
  CmafUploadTarget *target;
  gboolean may_switch; /* between PUT and POST */

  GMutex lock;
  const gchar *method;   /* lock: lock */
  gboolean tells_length; /* lock: lock; the server takes no chunked body */
  GQueue idle;           /* lock: lock; of CmafUploadClient */
};

/* ---- clients ---- */

CmafUploadClient *
cmaf_http_exchange_take_client (CmafHttpExchange *self)
{
  CmafUploadClient *client;

  g_mutex_lock (&self->lock);
  client = g_queue_pop_tail (&self->idle);
  g_mutex_unlock (&self->lock);
  return client != NULL ? client : cmaf_upload_target_new_client (self->target);
}

void
cmaf_http_exchange_give_client (
    CmafHttpExchange *self, CmafUploadClient *client)
{
  g_mutex_lock (&self->lock);
  if (g_queue_get_length (&self->idle) < MAX_IDLE)
    g_queue_push_tail (&self->idle, g_steal_pointer (&client));
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&client, cmaf_upload_client_free);
}

/* ---- one request ---- */

static const gchar *
get_method (CmafHttpExchange *self)
{
  const gchar *method;

  g_mutex_lock (&self->lock);
  method = self->method;
  g_mutex_unlock (&self->lock);
  return method;
}

static gboolean
tells_length (CmafHttpExchange *self)
{
  gboolean tells;

  g_mutex_lock (&self->lock);
  tells = self->tells_length;
  g_mutex_unlock (&self->lock);
  return tells;
}

static gboolean
send_once (CmafHttpExchange *self, CmafUploadClient *client,
    const CmafHttpRequest *request, CmafHttpAnswer *answer, gboolean *is_stale,
    GError **error)
{
  g_autofree gchar *path = g_uri_escape_string (
      request->name, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, FALSE);
  CmafUploadObject object = {
    .method = request->method ? request->method : get_method (self),
    .path = path,
    .fields = request->fields,
    .length = CMAF_UPLOAD_NO_BODY,
    .body = request->keeps,
    .io_timeout_ms = request->io_timeout_ms,
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
is_final (const CmafHttpRequest *request, guint status)
{
  if (request->is_create_only && status == 412)
    return TRUE;
  return request->body == NULL && status / 100 == 4 && status != 401
         && status != 408 && status != 425 && status != 429;
}

/* Another method, or a length, next time. */
static void
learn (CmafHttpExchange *self, CmafIngestVerdict verdict, guint status)
{
  g_mutex_lock (&self->lock);
  if (verdict == CMAF_INGEST_SWITCH)
    self->method = strcmp (self->method, "PUT") == 0 ? "POST" : "PUT";
  if (status == 411)
    self->tells_length = TRUE;
  g_mutex_unlock (&self->lock);
}

/* A race for a name that nobody has won yet. */
static gboolean
is_undecided (const CmafHttpRequest *request, guint status)
{
  return request->is_create_only && status == 409;
}

static CmafIngestReaction
judge_answer (CmafHttpExchange *self, CmafUploadClient *client,
    CmafIngestSession *session, const CmafHttpRequest *request,
    const CmafHttpAnswer *answer)
{
  CmafIngestReaction reaction = { CMAF_INGEST_DONE, FALSE, FALSE };
  GstClockTime now = cmaf_http_exchange_get_time ();

  if (is_final (request, answer->status))
    return reaction;
  if (is_undecided (request, answer->status)) {
    cmaf_ingest_session_failed (session, FALSE, now);
    reaction.verdict = CMAF_INGEST_RETRY;
    return reaction;
  }
  reaction = cmaf_ingest_session_answered (
      session, CMAF_INGEST_SEGMENT, answer->status, answer->retry_after, now);
  learn (self, reaction.verdict, answer->status);
  if (reaction.reconnects)
    cmaf_upload_client_disconnect (client);
  if (answer->status / 100 == 3 || answer->status == 404)
    cmaf_upload_client_go_home (client);
  return reaction;
}

CmafIngestReaction
cmaf_http_exchange_try (CmafHttpExchange *self, CmafUploadClient *client,
    CmafIngestSession *session, const CmafHttpRequest *request,
    CmafHttpAnswer *answer, GError **error)
{
  CmafIngestReaction reaction = { CMAF_INGEST_RETRY, TRUE, FALSE };
  g_autoptr (GError) failure = NULL;
  gboolean is_stale;

  cmaf_http_answer_clear (answer);
  answer->status = 0;
  if (send_once (self, client, request, answer, &is_stale, &failure))
    return judge_answer (self, client, session, request, answer);
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    reaction.verdict = CMAF_INGEST_DROP;
  else
    reaction.is_trouble = cmaf_ingest_session_failed (
        session, is_stale, cmaf_http_exchange_get_time ());
  cmaf_upload_client_go_home (client);
  g_propagate_error (error, g_steal_pointer (&failure));
  return reaction;
}

GstClockTime
cmaf_http_exchange_get_retry_time (const CmafIngestSession *session)
{
  static const CmafIngestFacts facts = { .has_segment = TRUE };
  CmafIngestObject object;
  GstClockTime retry_at;

  cmaf_ingest_session_next (session, &facts, 0, &object, &retry_at);
  return retry_at;
}

GstClockTime
cmaf_http_exchange_get_time (void)
{
  return g_get_monotonic_time () * GST_USECOND;
}

gboolean
cmaf_http_exchange_fail (CmafHttpExchange *self, const gchar *name,
    const CmafHttpAnswer *answer, GError **error)
{
  const gchar *remedy = cmaf_ingest_remedy (answer->status);
  g_autofree gchar *said = cmaf_http_answer_describe (answer);
  gint code = answer->status == 401 || answer->status == 403
                  ? G_IO_ERROR_PERMISSION_DENIED
                  : G_IO_ERROR_FAILED;

  g_set_error (error, G_IO_ERROR, code, "%s: %s: the server answers %s%s%s",
      self->target->location, name, said, remedy ? ", " : "",
      remedy ? remedy : "");
  return FALSE;
}

/* ---- the server ---- */

CmafHttpExchange *
cmaf_http_exchange_new (
    const CmafUploadTargetConfig *target, const gchar *method, GError **error)
{
  static const gchar *const methods[] = { "PUT", "POST", "auto", NULL };
  CmafHttpExchange *self;

  if (method == NULL || !g_strv_contains (methods, method)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "method: found '%s', needs PUT, POST or auto",
        method ? method : "(unset)");
    return NULL;
  }
  if (!cmaf_upload_token_check (target->token, error))
    return NULL;
  self = g_new0 (CmafHttpExchange, 1);
  g_mutex_init (&self->lock);
  self->method = strcmp (method, "POST") == 0 ? "POST" : "PUT";
  self->may_switch = strcmp (method, "auto") == 0;
  self->target = cmaf_upload_target_new (target, error);
  if (self->target != NULL)
    return self;
  g_prefix_error (error, "location: ");
  cmaf_http_exchange_free (self);
  return NULL;
}

void
cmaf_http_exchange_free (CmafHttpExchange *self)
{
  g_queue_clear_full (&self->idle, (GDestroyNotify)cmaf_upload_client_free);
  g_clear_pointer (&self->target, cmaf_upload_target_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

CmafUploadTarget *
cmaf_http_exchange_get_target (CmafHttpExchange *self)
{
  return self->target;
}

const gchar *
cmaf_http_exchange_get_location (CmafHttpExchange *self)
{
  return self->target->location;
}

void
cmaf_http_exchange_init_session (
    CmafHttpExchange *self, CmafIngestSession *session, GstClockTime max_wait)
{
  cmaf_ingest_session_init (session, max_wait);
  session->may_switch = self->may_switch;
}
