/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What happens to a connection before, between and instead of requests.
 * libsoup's own listener stops for ever when one accept fails, and loses an
 * object for each that succeeds; here connections are accepted by us. A message
 * is found by the address of its peer, an object that was made for its
 * connection. */
#include "http-connection.h"

#include <gst/cmafhttp/http-stream.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define GST_CAT_DEFAULT http_listener_debug

#define LINGER_MS 1000
#define MAX_LINGERING 256
#define MAX_ACCEPTS 64      /* in one turn of the loop */
#define ACCEPT_PAUSE_MS 100 /* when there are no descriptors */

struct _CmafHttpConnections
{
  GMainContext *context;
  SoupServer *server;
  GSocket *listening;
  CmafHttpPoll *poll;
  GSequence *timers; /* of Connection, by deadline */
  GSource *timer_source;
  CmafHttpConnectionsConfig config; /* certificate is owned */
  GSource *accepting;    /* the socket, or the pause after an error */
  GHashTable *open;      /* of Connection */
  GHashTable *by_remote; /* GSocketAddress (not owned) -> Connection */
  GHashTable *lingering; /* of Linger */
  guint n_handshakes;
  gboolean closed;
  CmafHttpConnectionsStats stats;
};

typedef struct
{
  CmafHttpConnections *pool;
  GSocket *socket;
  GSocketAddress *remote, *local;
  CmafHttpStream *waiting; /* for its first head; then it is libsoup's */
  CmafHttpStream *stream;  /* not owned; NULL: handshake under way */
  GCancellable *handshake; /* NULL: none under way */
  GSequenceIter *timer;    /* head incomplete, or idle; NULL: none runs */
  gint64 deadline;         /* of it */
  gboolean is_idle;        /* between two requests */
} Connection;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_source_unref (*source);
  *source = NULL;
}

static GSource *
add_timer (CmafHttpConnections *self, guint ms, GSourceFunc function,
    gpointer user_data)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, function, user_data, NULL);
  g_source_attach (source, self->context);
  return source;
}

/* One source for all of them. */
static void
arm_timers (CmafHttpConnections *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->timers);

  g_source_set_ready_time (self->timer_source,
      g_sequence_iter_is_end (first)
          ? -1
          : ((Connection *)g_sequence_get (first))->deadline);
}

static gint
compare_deadlines (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Connection *x = a, *y = b;

  return x->deadline < y->deadline ? -1 : x->deadline > y->deadline;
}

static void
stop_timer (Connection *c)
{
  if (c->timer != NULL)
    g_sequence_remove (c->timer);
  c->timer = NULL;
}

/* libsoup sees the end, and lets go. */
static void
on_timeout (Connection *c)
{
  c->pool->stats.n_reaped++;
  stop_timer (c);
  if (c->handshake != NULL)
    g_cancellable_cancel (c->handshake);
  g_socket_shutdown (c->socket, TRUE, TRUE, NULL);
}

static gboolean
on_timers (GSource *source, GSourceFunc callback, gpointer user_data)
{
  CmafHttpConnections *self = user_data;
  GSequenceIter *first;

  while (
      !g_sequence_iter_is_end (first = g_sequence_get_begin_iter (self->timers))
      && ((Connection *)g_sequence_get (first))->deadline
             <= g_source_get_time (source))
    on_timeout (g_sequence_get (first));
  arm_timers (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_functions = { NULL, NULL, on_timers, NULL, NULL,
  NULL };

static void
set_timer (Connection *c, guint ms)
{
  stop_timer (c);
  if (c->pool->closed)
    return;
  c->deadline = g_get_monotonic_time () + (gint64)ms * 1000;
  c->timer =
      g_sequence_insert_sorted (c->pool->timers, c, compare_deadlines, NULL);
  arm_timers (c->pool);
}

static void
free_connection (Connection *c)
{
  stop_timer (c);
  if (c->stream != NULL)
    cmaf_http_stream_forget (c->stream);
  g_hash_table_remove (c->pool->by_remote, c->remote);
  g_clear_object (&c->handshake);
  g_clear_object (&c->waiting);
  g_object_unref (c->remote);
  g_object_unref (c->local);
  g_object_unref (c->socket);
  g_free (c);
}

/* ---- requests ---- */

static void
on_head_began (gpointer user_data)
{
  Connection *c = user_data;

  if (c->is_idle)
    set_timer (c, c->pool->config.header_timeout_ms);
  c->is_idle = FALSE;
}

static void
on_got_head (gpointer user_data)
{
  Connection *c = user_data;

  stop_timer (c);
}

static void
on_stream_closed (gpointer user_data)
{
  Connection *c = user_data;

  g_hash_table_remove (c->pool->open, c);
}

static Connection *
find (CmafHttpConnections *self, SoupServerMessage *message)
{
  return g_hash_table_lookup (
      self->by_remote, soup_server_message_get_remote_address (message));
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  CmafHttpConnections *self = data;
  Connection *c = find (self, message);

  if (c == NULL)
    return;
  c->is_idle = TRUE;
  set_timer (c, self->config.idle_timeout_ms);
}

/* libsoup takes away the length of a 204, and then the connection, because it
 * has none. */
static void
on_wrote_headers (SoupServerMessage *message, gpointer data)
{
  if (soup_server_message_get_status (message) == SOUP_STATUS_NO_CONTENT)
    soup_message_headers_set_encoding (
        soup_server_message_get_response_headers (message), SOUP_ENCODING_NONE);
}

/* "request-started": also when a connection is given to libsoup */
static void
on_request_started (
    SoupServer *server, SoupServerMessage *message, gpointer data)
{
  CmafHttpConnections *self = data;
  Connection *c = find (self, message);

  if (c == NULL)
    return;
  cmaf_http_stream_attach (c->stream, message);
  g_signal_connect (
      message, "wrote-headers", G_CALLBACK (on_wrote_headers), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
}

/* ---- connections that end with an answer ---- */

/* A close with unread bytes destroys the answer on its way (RST): what the peer
 * still sends is thrown away for a while. */
typedef struct
{
  CmafHttpConnections *pool;
  GIOStream *stream; /* (nullable) */
  GSocket *socket;
  GSource *timer;
  GSource *watch;
} Linger;

static void
free_linger (Linger *l)
{
  clear_source (&l->timer);
  clear_source (&l->watch);
  g_socket_close (l->socket, NULL);
  if (l->stream != NULL)
    g_io_stream_close (l->stream, NULL, NULL);
  g_clear_object (&l->stream);
  g_object_unref (l->socket);
  g_free (l);
}

static gboolean
on_linger_timeout (gpointer data)
{
  Linger *l = data;

  g_hash_table_remove (l->pool->lingering, l);
  return G_SOURCE_REMOVE;
}

static gboolean
on_linger_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  Linger *l = data;
  g_autoptr (GError) error = NULL;
  gchar scratch[16384];
  gssize n;

  n = g_socket_receive_with_blocking (
      socket, scratch, sizeof scratch, FALSE, NULL, &error);
  if (n > 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  g_hash_table_remove (l->pool->lingering, l);
  return G_SOURCE_REMOVE;
}

/* The answer is on its way; @stream (nullable) is kept open as long. */
static void
linger (CmafHttpConnections *self, GIOStream *stream, GSocket *socket)
{
  Linger *l;

  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  if (g_hash_table_size (self->lingering) >= MAX_LINGERING) {
    g_socket_close (socket, NULL);
    return;
  }
  l = g_new0 (Linger, 1);
  l->pool = self;
  l->stream = stream != NULL ? g_object_ref (stream) : NULL;
  l->socket = g_object_ref (socket);
  l->timer = add_timer (self, LINGER_MS, on_linger_timeout, l);
  l->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (l->watch, G_SOURCE_FUNC (on_linger_readable), l, NULL);
  g_source_attach (l->watch, self->context);
  g_hash_table_add (self->lingering, l);
}

/* ---- accepting ---- */

static void
on_answered (GIOStream *base, GSocket *socket, gpointer user_data)
{
  Connection *c = user_data;

  linger (c->pool, base, socket);
}

/* libsoup has sources for each connection that it knows: it is given those that
 * have something to say. */
static void
look_for_head (gpointer data)
{
  Connection *c = data;
  g_autoptr (CmafHttpStream) stream = NULL;

  if (c->pool->closed)
    return;
  if (!cmaf_http_stream_has_request (c->waiting)) {
    cmaf_http_stream_wait (c->waiting, look_for_head, c);
    return;
  }
  stream = g_steal_pointer (&c->waiting);
  soup_server_accept_iostream (
      c->pool->server, G_IO_STREAM (stream), c->local, c->remote, NULL);
}

static void
begin_http (Connection *c, GIOStream *base)
{
  static const CmafHttpStreamCallbacks callbacks = { on_head_began, on_got_head,
    on_answered, on_stream_closed };
  CmafHttpWatch *watch = cmaf_http_watch_new (c->pool->poll, c->socket);

  c->stream = c->waiting =
      cmaf_http_stream_new (base, c->socket, watch, &callbacks, c);
  look_for_head (c);
}

/* GIO may speak older versions, and cannot be told not to (ING-011). */
static gboolean
is_modern (GTlsConnection *tls)
{
  return g_tls_connection_get_protocol_version (tls)
         >= G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

/* The pool is there still: see cmaf_http_connections_is_idle(). */
static void
on_handshake (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Connection *c = user_data;
  CmafHttpConnections *self = c->pool;
  gboolean ok = g_tls_connection_handshake_finish (
      G_TLS_CONNECTION (object), result, NULL);

  self->n_handshakes--;
  g_clear_object (&c->handshake);
  if (ok && !self->closed && is_modern (G_TLS_CONNECTION (object))) {
    begin_http (c, G_IO_STREAM (object));
    return;
  }
  g_socket_close (c->socket, NULL);
  g_hash_table_remove (self->open, c);
}

/* Whether it is good is for the handlers of requests to say, who can answer. */
static gboolean
accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

/* Without "database" set to NULL the first connection would read all
 * authorities of the system, here in this thread. */
static gboolean
start_tls (Connection *c, GIOStream *tcp)
{
  static const gchar *const protocols[] = { "http/1.1", NULL }; /* LIV-10 */
  g_autoptr (GIOStream) tls = g_initable_new (
      g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()),
      NULL, NULL, "base-io-stream", tcp, "certificate",
      c->pool->config.certificate, "database", NULL, "require-close-notify",
      FALSE, "advertised-protocols", protocols, NULL);

  if (tls == NULL)
    return FALSE;
  if (c->pool->config.asks_for_certificates) {
    g_object_set (
        tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
    g_signal_connect (
        tls, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
  }
  c->handshake = g_cancellable_new ();
  c->pool->n_handshakes++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
      c->handshake, on_handshake, c);
  return TRUE;
}

static void
add_connection (CmafHttpConnections *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) tcp =
      g_socket_connection_factory_create_connection (socket);
  GSocketAddress *remote = g_socket_get_remote_address (socket, NULL);
  GSocketAddress *local = g_socket_get_local_address (socket, NULL);
  Connection *c;

  if (remote == NULL || local == NULL) { /* gone already */
    g_clear_object (&remote);
    g_clear_object (&local);
    return;
  }
  c = g_new0 (Connection, 1);
  c->pool = self;
  c->socket = g_object_ref (socket);
  c->remote = remote;
  c->local = local;
  g_hash_table_add (self->open, c);
  g_hash_table_insert (self->by_remote, remote, c);
  self->stats.n_accepted++;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
#ifdef TCP_USER_TIMEOUT
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT,
      (gint)self->config.write_timeout_ms, NULL);
#endif
  set_timer (c, self->config.header_timeout_ms);
  if (self->config.certificate == NULL)
    begin_http (c, G_IO_STREAM (tcp));
  else if (!start_tls (c, G_IO_STREAM (tcp)))
    g_hash_table_remove (self->open, c);
}

/* ---- answers before the end of the request ---- */

static GString *
write_head (SoupServerMessage *message, gsize body_size)
{
  guint status = soup_server_message_get_status (message);
  const gchar *reason = soup_server_message_get_reason_phrase (message);
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);
  GString *head = g_string_new (NULL);
  SoupMessageHeadersIter iter;
  const gchar *name, *value;

  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_set_content_length (headers, body_size);
  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", status,
      reason ? reason : soup_status_get_phrase (status));
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (head, "%s: %s\r\n", name, value);
  g_string_append (head, "\r\n");
  return head;
}

/* The answers of this kind are one short text. */
static GString *
write_answer (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  g_autoptr (GBytes) text = soup_message_body_get_chunk (body, 0);
  gsize size = text ? g_bytes_get_size (text) : 0;
  GString *answer = write_head (message, size);

  if (size > 0)
    g_string_append_len (answer, g_bytes_get_data (text, NULL), size);
  return answer;
}

void
cmaf_http_connections_refuse (
    CmafHttpConnections *self, SoupServerMessage *message)
{
  CmafHttpStream *known = cmaf_http_stream_find (message);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GIOStream) stream = NULL;
  GString *answer;

  if (known == NULL)
    return;
  socket = g_object_ref (cmaf_http_stream_get_socket (known));
  answer = write_answer (message);
  stream = cmaf_http_stream_steal (message);
  if (stream != NULL) {
    /* fits the empty buffer of the socket; a peer that made it full is lost */
    g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)),
        answer->str, answer->len, NULL, NULL);
    linger (self, stream, socket);
  }
  g_string_free (answer, TRUE);
}

/* ---- the pool ---- */

static void
turn_away (CmafHttpConnections *self, GSocket *socket)
{
  g_autofree gchar *answer = cmaf_http_error_answer ("503 Service Unavailable",
      "Retry-After: 1\r\n", "there are too many connections, try later");

  self->stats.n_turned_away++;
  if (self->config.certificate != NULL) {
    g_socket_close (socket, NULL);
    return;
  }
  g_socket_send_with_blocking (
      socket, answer, strlen (answer), FALSE, NULL, NULL);
  linger (self, NULL, socket);
}

static gboolean on_connection (
    GSocket *socket, GIOCondition condition, gpointer data);

static void
start_accepting (CmafHttpConnections *self)
{
  clear_source (&self->accepting);
  self->accepting = g_socket_create_source (self->listening, G_IO_IN, NULL);
  g_source_set_callback (
      self->accepting, G_SOURCE_FUNC (on_connection), self, NULL);
  g_source_attach (self->accepting, self->context);
}

static gboolean
on_pause_over (gpointer data)
{
  start_accepting (data);
  return G_SOURCE_REMOVE;
}

/* LIV-128: without descriptors the socket stays readable, and would make the
 * loop spin. */
static void
pause_accepting (CmafHttpConnections *self, const GError *error)
{
  GST_WARNING ("cannot accept a connection: %s", error->message);
  clear_source (&self->accepting);
  self->accepting = add_timer (self, ACCEPT_PAUSE_MS, on_pause_over, self);
}

static gboolean
on_connection (GSocket *listening, GIOCondition condition, gpointer data)
{
  CmafHttpConnections *self = data;

  for (guint n = 0; n < MAX_ACCEPTS; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (socket == NULL) {
      pause_accepting (self, error);
      return G_SOURCE_REMOVE;
    }
    if (g_hash_table_size (self->open) >= self->config.max_connections)
      turn_away (self, socket);
    else
      add_connection (self, socket);
  }
  return G_SOURCE_CONTINUE;
}

CmafHttpConnections *
cmaf_http_connections_new (GMainContext *context, SoupServer *server,
    GSocket *socket, CmafHttpPoll *poll,
    const CmafHttpConnectionsConfig *config)
{
  CmafHttpConnections *self = g_new0 (CmafHttpConnections, 1);

  self->context = context;
  self->server = server;
  self->listening = g_object_ref (socket);
  self->poll = poll;
  self->timers = g_sequence_new (NULL);
  self->timer_source = g_source_new (&timer_functions, sizeof (GSource));
  g_source_set_callback (self->timer_source, NULL, self, NULL);
  g_source_attach (self->timer_source, context);
  self->config = *config;
  if (config->certificate != NULL)
    g_object_ref (config->certificate);
  self->open =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify)free_connection, NULL);
  self->by_remote = g_hash_table_new (NULL, NULL);
  self->lingering =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify)free_linger, NULL);
  g_signal_connect (
      server, "request-started", G_CALLBACK (on_request_started), self);
  g_socket_set_blocking (socket, FALSE);
  if (poll != NULL)
    start_accepting (self);
  return self;
}

void
cmaf_http_connections_restrict (
    CmafHttpConnections *self, const CmafHttpConnectionsConfig *config)
{
  CmafHttpConnectionsConfig *own = &self->config;

  own->max_connections = MIN (own->max_connections, config->max_connections);
  own->header_timeout_ms =
      MIN (own->header_timeout_ms, config->header_timeout_ms);
  own->idle_timeout_ms = MIN (own->idle_timeout_ms, config->idle_timeout_ms);
  own->write_timeout_ms = MIN (own->write_timeout_ms, config->write_timeout_ms);
  own->asks_for_certificates |= config->asks_for_certificates;
}

void
cmaf_http_connections_close (CmafHttpConnections *self)
{
  GHashTableIter iter;
  Connection *c;

  self->closed = TRUE;
  g_signal_handlers_disconnect_by_data (self->server, self);
  clear_source (&self->accepting);
  g_socket_close (self->listening, NULL);
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, (gpointer *)&c, NULL)) {
    stop_timer (c);
    if (c->handshake != NULL) {
      g_cancellable_cancel (c->handshake);
      g_socket_shutdown (c->socket, TRUE, TRUE, NULL);
    }
  }
  g_hash_table_remove_all (self->lingering);
}

gboolean
cmaf_http_connections_is_idle (CmafHttpConnections *self)
{
  return self->n_handshakes == 0;
}

void
cmaf_http_connections_free (CmafHttpConnections *self)
{
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->by_remote);
  g_hash_table_unref (self->lingering);
  g_sequence_free (self->timers);
  clear_source (&self->timer_source);
  g_clear_pointer (&self->poll, cmaf_http_poll_free);
  g_object_unref (self->listening);
  g_clear_object (&self->config.certificate);
  g_free (self);
}

void
cmaf_http_connections_get_stats (
    CmafHttpConnections *self, CmafHttpConnectionsStats *stats)
{
  *stats = self->stats;
  stats->n_open = g_hash_table_size (self->open);
}
