/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Requests that may not come in are answered, some of them late. */
#include "ingest-server-private.h"

#include <gst/cmafhttp/ingest-failures.h>

#define TOO_MANY_REQUESTS 429 /* RFC 6585 */

/* An answer that waits. */
typedef struct
{
  CmafIngestServer *server;
  SoupServerMessage *message;
  GSource *timer;
} Held;

static void
free_held (Held *held)
{
  CmafIngestServer *self = held->server;

  self->held = g_list_remove (self->held, held);
  g_signal_handlers_disconnect_by_data (held->message, held);
  cmaf_ingest_access_answered (
      self->access, soup_server_message_get_remote_host (held->message));
  g_source_destroy (held->timer);
  g_source_unref (held->timer);
  g_object_unref (held->message);
  g_free (held);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  free_held (data);
}

static void
answer_wrong (CmafIngestServer *self, SoupServerMessage *message)
{
  cmaf_ingest_server_refuse (self, message, SOUP_STATUS_FORBIDDEN,
      "credentials are wrong, needs those of a user of this receiver, or a "
      "certificate that it knows");
}

/* Whoever guesses needs a connection for each. */
static void
let_go (Held *held)
{
  CmafIngestServer *self = held->server;
  g_autoptr (SoupServerMessage) message = g_object_ref (held->message);

  free_held (held);
  answer_wrong (self, message);
  cmaf_http_listener_refuse (self->listener, message);
}

static gboolean
on_time (gpointer data)
{
  let_go (data);
  return G_SOURCE_REMOVE;
}

static void
hold (CmafIngestServer *self, SoupServerMessage *message)
{
  Held *held = g_new0 (Held, 1);

  held->server = self;
  held->message = g_object_ref (message);
  held->timer = g_timeout_source_new (CMAF_INGEST_FAILURE_HOLD / GST_MSECOND);
  g_source_set_callback (held->timer, on_time, held, NULL);
  g_source_attach (held->timer, cmaf_http_thread_get_context (self->thread));
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), held);
  self->held = g_list_prepend (self->held, held);
  soup_server_message_pause (message);
}

void
cmaf_ingest_admission_stop (CmafIngestServer *self)
{
  while (self->held != NULL)
    let_go (self->held->data);
}

static gchar *
make_target (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const gchar *query = g_uri_get_query (uri);

  return g_strconcat (g_uri_get_path (uri), query ? "?" : NULL, query, NULL);
}

static CmafIngestAccessResult
check (CmafIngestServer *self, SoupServerMessage *message, gboolean *is_held)
{
  g_autofree gchar *target = make_target (message);
  const gchar *host = soup_server_message_get_remote_host (message);
  const CmafIngestClaim claim = {
    .authorization = soup_message_headers_get_one (
        soup_server_message_get_request_headers (message), "Authorization"),
    .certificate = cmaf_http_listener_get_client_certificate (message),
    .method = soup_server_message_get_method (message),
    .target = target,
    .address = host ? host : "unknown",
  };

  return cmaf_ingest_access_check (
      self->access, &claim, cmaf_ingest_server_now (), is_held);
}

/* FALSE: there is nothing to ask for, or nobody to be asked. */
static gboolean
challenge (
    CmafIngestServer *self, SoupServerMessage *message, gboolean is_stale)
{
  g_auto (GStrv) values = NULL;

  if (self->config.has_strict_status)
    return FALSE;
  values = cmaf_ingest_access_make_challenges (
      self->access, is_stale, cmaf_ingest_server_now ());

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    soup_message_headers_append (
        soup_server_message_get_response_headers (message), "WWW-Authenticate",
        values[i]);
  return values != NULL;
}

gboolean
cmaf_ingest_admission_allows (
    CmafIngestServer *self, SoupServerMessage *message)
{
  gboolean is_held;
  CmafIngestAccessResult result = check (self, message, &is_held);

  if (result == CMAF_INGEST_ALLOWED)
    return TRUE;
  if (is_held) {
    hold (self, message);
  } else if (result == CMAF_INGEST_LATER) {
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Retry-After", "1");
    cmaf_ingest_server_refuse (self, message, TOO_MANY_REQUESTS,
        "credentials: too many wrong ones came from this address, try later");
  } else if (result != CMAF_INGEST_WRONG
             && challenge (self, message, result == CMAF_INGEST_STALE)) {
    cmaf_ingest_server_refuse (self, message, SOUP_STATUS_UNAUTHORIZED,
        "credentials are missing, needs those of a user of this receiver");
  } else {
    answer_wrong (self, message);
  }
  return FALSE;
}
