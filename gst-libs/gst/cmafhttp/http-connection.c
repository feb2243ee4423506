/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What happens to a connection before, between and instead of requests. A
 * connection is known by its GSocket, which libsoup owns: a weak reference
 * tells when it has gone. Between requests the last message is kept, because it
 * is the only handle by which libsoup gives a connection back. */
#include "http-connection.h"

#include <gst/gst.h>
#include <string.h>

#define SOCKET_KEY "cmaf-http-socket"
#define LINGER_MS 1000
#define REWATCH_MS 10
#define PEEK_SIZE 2048
/* before libsoup's own sources: it must not see an end of file between two
 * requests, because it would then forget the connection and keep its socket */
#define WATCH_PRIORITY (G_PRIORITY_DEFAULT - 10)

struct _CmafHttpConnections
{
  GMainContext *context;
  GHashTable *by_socket; /* GSocket (not owned) -> Connection */
  GHashTable *lingering; /* of Linger */
  guint max_connections;
  guint header_timeout_ms;
  guint idle_timeout_ms;
  gboolean closed;
  CmafHttpConnectionsStats stats;
};

typedef struct
{
  CmafHttpConnections *pool;
  GSocket *socket;         /* weak */
  SoupServerMessage *last; /* the last one finished, between requests */
  GSource *timer;          /* head incomplete, or idle */
  GSource *watch;          /* the peer says something, or goes */
  gboolean can_be_taken; /* libsoup knows its addresses, see add_connection() */
  gboolean is_certain;   /* libsoup has not seen the end while idle */
  gboolean climbs;       /* the request target has a ".." */
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

static void
set_timer (Connection *c, guint ms, GSourceFunc function)
{
  clear_source (&c->timer);
  c->timer = g_timeout_source_new (ms);
  g_source_set_callback (c->timer, function, c, NULL);
  g_source_attach (c->timer, c->pool->context);
}

static void
leave_idle (Connection *c)
{
  clear_source (&c->timer);
  clear_source (&c->watch);
  g_clear_object (&c->last);
}

static void
on_socket_gone (gpointer data, GObject *socket)
{
  Connection *c = data;

  c->socket = NULL;
  g_hash_table_remove (c->pool->by_socket, socket);
}

/* Of connections that others took over only their socket tells the end. */
static gboolean
is_closed (gpointer socket, gpointer connection, gpointer unused)
{
  return g_socket_is_closed (socket);
}

static guint
count_open (CmafHttpConnections *self)
{
  g_hash_table_foreach_remove (self->by_socket, is_closed, NULL);
  return g_hash_table_size (self->by_socket);
}

static void
free_connection (Connection *c)
{
  if (c->socket != NULL)
    g_object_weak_unref (G_OBJECT (c->socket), on_socket_gone, c);
  leave_idle (c);
  g_free (c);
}

/* ---- between requests ---- */

/* libsoup 3.2 forgets a connection that ends between two requests, and taking
 * it back after that crashes: it is done before libsoup can have seen the end,
 * or else only the socket is closed. */
static void
reap (Connection *c)
{
  g_autoptr (SoupServerMessage) last = g_steal_pointer (&c->last);
  g_autoptr (GSocket) socket = g_object_ref (c->socket);
  g_autoptr (GIOStream) stream = NULL;
  gboolean is_certain = c->is_certain && c->can_be_taken;

  c->pool->stats.n_reaped++;
  g_hash_table_remove (c->pool->by_socket, socket);
  if (!is_certain) {
    g_socket_close (socket, NULL);
    return;
  }
  stream = soup_server_message_steal_connection (last);
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
}

static gboolean
on_idle_timeout (gpointer data)
{
  reap (data);
  return G_SOURCE_REMOVE;
}

/* libsoup has resolved dots when it shows a path. What the peer wrote can be
 * seen only while the request lies in the socket, and not through TLS. */
static gboolean
target_climbs (const gchar *head)
{
  g_auto (GStrv) words = g_strsplit (head, " ", 3);
  g_autofree gchar *path = NULL;
  g_auto (GStrv) parts = NULL;

  if (g_strv_length (words) < 2)
    return FALSE;
  words[1][strcspn (words[1], "?\r\n")] = '\0';
  path = g_uri_unescape_string (words[1], NULL);
  if (path == NULL)
    return FALSE;
  parts = g_strsplit (path, "/", -1);
  return g_strv_contains ((const gchar *const *)parts, "..");
}

/* A closing alert, in the open (TLS 1.2) or by the size of its record. */
static gboolean
is_tls_alert (const gchar *bytes, gssize n)
{
  if (n > 0 && bytes[0] == 0x15)
    return TRUE;
  return n >= 5 && bytes[0] == 0x17 && bytes[3] == 0 && bytes[4] == 0x13;
}

/* What lies in the socket: a size, or <= 0 at its end, nothing, or an error. */
static gssize
peek (Connection *c, gchar head[PEEK_SIZE + 1])
{
  GInputVector vector = { head, PEEK_SIZE };
  gint flags = G_SOCKET_MSG_PEEK;
  gssize n;

  n = g_socket_receive_message (
      c->socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, NULL);
  if (n > 0) {
    head[n] = '\0';
    c->climbs = target_climbs (head);
  }
  return n;
}

static gboolean rewatch (gpointer data);

/* Bytes are the next request, which libsoup reads in its turn. Should no
 * request begin, the watch goes on. */
static gboolean
on_activity (GSocket *socket, GIOCondition condition, gpointer data)
{
  Connection *c = data;
  gchar head[PEEK_SIZE + 1];
  gssize n = peek (c, head);

  if (c->last != NULL && (n <= 0 || is_tls_alert (head, n))) {
    reap (c);
    return G_SOURCE_REMOVE;
  }
  clear_source (&c->watch);
  if (c->last != NULL) {
    c->watch = g_timeout_source_new (REWATCH_MS);
    g_source_set_callback (c->watch, rewatch, c, NULL);
    g_source_attach (c->watch, c->pool->context);
  }
  return G_SOURCE_REMOVE;
}

static void
watch_peer (Connection *c)
{
  clear_source (&c->watch);
  c->watch = g_socket_create_source (c->socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (c->watch, G_SOURCE_FUNC (on_activity), c, NULL);
  g_source_set_priority (c->watch, WATCH_PRIORITY);
  g_source_attach (c->watch, c->pool->context);
}

static gboolean
rewatch (gpointer data)
{
  Connection *c = data;

  c->is_certain = FALSE;
  watch_peer (c);
  return G_SOURCE_REMOVE;
}

static Connection *
find (CmafHttpConnections *self, SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  return socket ? g_hash_table_lookup (self->by_socket, socket) : NULL;
}

/* When libsoup closes the connection now, "disconnected" undoes this. */
static void
on_finished (SoupServerMessage *message, gpointer data)
{
  CmafHttpConnections *self = data;
  Connection *c = find (self, message);

  if (c == NULL || self->closed)
    return;
  leave_idle (c);
  c->climbs = FALSE;
  c->is_certain = TRUE;
  c->last = g_object_ref (message);
  set_timer (c, self->idle_timeout_ms, on_idle_timeout);
  watch_peer (c);
}

/* ---- requests ---- */

void
cmaf_http_connections_got_head (
    CmafHttpConnections *self, SoupServerMessage *message)
{
  Connection *c = find (self, message);

  if (c == NULL)
    return;
  clear_source (&c->timer);
  clear_source (&c->watch);
}

gboolean
cmaf_http_connections_climbs (
    CmafHttpConnections *self, SoupServerMessage *message)
{
  Connection *c = find (self, message);

  return c != NULL && c->climbs;
}

/* also when libsoup answers a malformed head by itself */
static void
on_got_headers (SoupServerMessage *message, gpointer data)
{
  cmaf_http_connections_got_head (data, message);
}

/* libsoup sees the end of the file and lets go. */
static gboolean
on_header_timeout (gpointer data)
{
  Connection *c = data;

  c->pool->stats.n_reaped++;
  clear_source (&c->timer);
  g_socket_shutdown (c->socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_disconnected (SoupServerMessage *message, gpointer data)
{
  CmafHttpConnections *self = data;

  g_hash_table_remove (
      self->by_socket, g_object_get_data (G_OBJECT (message), SOCKET_KEY));
}

static void
turn_away (Connection *c)
{
  static const gchar answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                "Content-Length: 0\r\nRetry-After: 1\r\n"
                                "Connection: close\r\n\r\n";

  c->pool->stats.n_turned_away++;
  g_socket_send (c->socket, answer, sizeof answer - 1, NULL, NULL);
  g_socket_shutdown (c->socket, TRUE, TRUE, NULL);
}

/* libsoup asks for both addresses when a connection is taken from it, and
 * complains aloud when the peer has gone by then: it is to ask now. */
static gboolean
let_ask_for_addresses (SoupServerMessage *message, GSocket *socket)
{
  g_autoptr (GSocketAddress) address =
      g_socket_get_remote_address (socket, NULL);

  if (address == NULL)
    return FALSE;
  return soup_server_message_get_remote_address (message) != NULL
         && soup_server_message_get_local_address (message) != NULL;
}

static Connection *
add_connection (
    CmafHttpConnections *self, SoupServerMessage *message, GSocket *socket)
{
  Connection *c = g_new0 (Connection, 1);
  gchar head[PEEK_SIZE + 1];

  c->pool = self;
  c->socket = socket;
  g_object_weak_ref (G_OBJECT (socket), on_socket_gone, c);
  g_hash_table_insert (self->by_socket, socket, c);
  self->stats.n_accepted++;
  c->can_be_taken = let_ask_for_addresses (message, socket);
  g_socket_set_blocking (socket, FALSE);
  if (peek (c, head) <= 0)
    watch_peer (c);
  return c;
}

void
cmaf_http_connections_started (
    CmafHttpConnections *self, SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);
  Connection *c;

  if (socket == NULL)
    return;
  c = g_hash_table_lookup (self->by_socket, socket);
  if (c == NULL) {
    c = add_connection (self, message, socket);
    if (g_hash_table_size (self->by_socket) > self->max_connections
        && count_open (self) > self->max_connections)
      turn_away (c);
  } else {
    leave_idle (c);
  }
  set_timer (c, self->header_timeout_ms, on_header_timeout);
  /* the message has forgotten it when "disconnected" is emitted */
  g_object_set_data (G_OBJECT (message), SOCKET_KEY, socket);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect (
      message, "disconnected", G_CALLBACK (on_disconnected), self);
}

/* ---- answers before the end of the request ---- */

/* A close with unread bytes destroys the answer on its way (RST): what the peer
 * still sends is thrown away for a while. */
typedef struct
{
  CmafHttpConnections *pool;
  GIOStream *stream;
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
  g_object_unref (l->socket);
  g_object_unref (l->stream);
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

static void
linger (CmafHttpConnections *self, GIOStream *stream, GSocket *socket)
{
  Linger *l = g_new0 (Linger, 1);

  l->pool = self;
  l->stream = g_object_ref (stream);
  l->socket = g_object_ref (socket);
  l->timer = g_timeout_source_new (LINGER_MS);
  g_source_set_callback (l->timer, on_linger_timeout, l, NULL);
  g_source_attach (l->timer, self->context);
  l->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (l->watch, G_SOURCE_FUNC (on_linger_readable), l, NULL);
  g_source_attach (l->watch, self->context);
  g_hash_table_add (self->lingering, l);
}

void
cmaf_http_connections_refuse (
    CmafHttpConnections *self, SoupServerMessage *message)
{
  GSocket *owned = soup_server_message_get_socket (message);
  g_autoptr (GSocket) socket = owned ? g_object_ref (owned) : NULL;
  g_autoptr (GIOStream) stream = NULL;
  GString *answer;
  GPollableOutputStream *out;
  Connection *c = find (self, message);

  if (socket == NULL)
    return;
  if (c != NULL && !c->can_be_taken) {
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
    return;
  }
  answer = write_answer (message);
  stream = soup_server_message_steal_connection (message);
  if (stream == NULL) {
    g_string_free (answer, TRUE);
    return;
  }
  /* fits the empty buffer of the socket; a peer that made it full is lost */
  out = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  g_pollable_output_stream_write_nonblocking (
      out, answer->str, answer->len, NULL, NULL);
  g_string_free (answer, TRUE);
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  linger (self, stream, socket);
}

/* ---- the pool ---- */

CmafHttpConnections *
cmaf_http_connections_new (GMainContext *context, guint max_connections,
    guint header_timeout_ms, guint idle_timeout_ms)
{
  CmafHttpConnections *self = g_new0 (CmafHttpConnections, 1);

  self->context = context;
  self->max_connections = max_connections;
  self->header_timeout_ms = header_timeout_ms;
  self->idle_timeout_ms = idle_timeout_ms;
  self->by_socket =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)free_connection);
  self->lingering =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify)free_linger, NULL);
  return self;
}

void
cmaf_http_connections_close (CmafHttpConnections *self)
{
  GHashTableIter iter;
  gpointer c;

  self->closed = TRUE;
  g_hash_table_iter_init (&iter, self->by_socket);
  while (g_hash_table_iter_next (&iter, NULL, &c))
    leave_idle (c);
  g_hash_table_remove_all (self->lingering);
}

void
cmaf_http_connections_free (CmafHttpConnections *self)
{
  g_hash_table_unref (self->by_socket);
  g_hash_table_unref (self->lingering);
  g_free (self);
}

void
cmaf_http_connections_get_stats (
    CmafHttpConnections *self, CmafHttpConnectionsStats *stats)
{
  *stats = self->stats;
  stats->n_open = count_open (self);
}
