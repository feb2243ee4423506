/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The server socket. libsoup parses and answers; what it lacks is here or in
 * http-connection and http-stream: a backlog, limits on connections and heads,
 * time-outs, the release of connections whose peer has gone, and answers that
 * do not wait for the end of the request (docs/threads.md).
 *
 * Lock: registry_lock, for the list of listeners and their reference counts.
 * It is held while a listener is made or closed in the HTTP thread, which never
 * takes it, so that a port is free again when unref returns. All else belongs
 * to the HTTP thread. */
#include "http-listener.h"

#include <gst/cmafhttp/http-connection.h>
#include <gst/cmafhttp/http-stream.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define BACKLOG 1024
/* What is left for everything else when descriptors are scarce. */
#define RESERVED_DESCRIPTORS 64
/* A body as small as this is read to its end before an error is sent. */
#define SMALL_BODY (64 * 1024)
#define LOOK_EVERY G_TIME_SPAN_MILLISECOND

GST_DEBUG_CATEGORY (http_listener_debug);
#define GST_CAT_DEFAULT http_listener_debug

typedef struct
{
  gchar *prefix;
  CmafHttpHandler handler;
  gpointer user_data;
} Route;

struct _CmafHttpListener
{
  guint n_refs; /* lock: registry_lock */
  CmafHttpThread *thread;
  CmafHttpListenerConfig config; /* address and certificate are owned */
  guint16 port;

  GSocket *silent_peer; /* see open_silent_socket() */
  SoupServer *server;
  CmafHttpConnections *connections;
  GPtrArray *routes;
  guint64 n_requests;
  guint64 n_rejected;
};

static GMutex registry_lock;
static GList *registry; /* of CmafHttpListener; lock: registry_lock */

void
cmaf_http_listener_config_init (CmafHttpListenerConfig *config)
{
  memset (config, 0, sizeof *config);
  config->address = "127.0.0.1";
  config->max_connections = 2000;
  config->header_timeout_ms = 10000;
  config->idle_timeout_ms = 75000;
  config->write_timeout_ms = 60000;
}

GTlsCertificate *
cmaf_http_load_certificate (
    const gchar *file, const gchar *property, GError **error)
{
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_file (file, error);
  g_autofree gchar *key = NULL;

  if (certificate == NULL) {
    g_prefix_error (error, "%s: ", property);
    return NULL;
  }
  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s: %s has no private key", property, file);
    return NULL;
  }
  return g_steal_pointer (&certificate);
}

static void
free_route (Route *route)
{
  g_free (route->prefix);
  g_free (route);
}

/* ---- requests ---- */

static gboolean
is_below (const gchar *path, const gchar *prefix)
{
  gsize length = strlen (prefix);

  if (!g_str_has_prefix (path, prefix))
    return FALSE;
  return length == 1 || path[length] == '\0' || path[length] == '/';
}

static Route *
find_route (CmafHttpListener *self, const gchar *path)
{
  Route *best = NULL;
  guint i;

  for (i = 0; i < self->routes->len; i++) {
    Route *route = g_ptr_array_index (self->routes, i);

    if (is_below (path, route->prefix)
        && (best == NULL || strlen (route->prefix) > strlen (best->prefix)))
      best = route;
  }
  return best;
}

static gchar *
collapse_slashes (gchar *path)
{
  gchar *from, *to = path;

  for (from = path; *from != '\0'; from++)
    if (*from != '/' || to == path || to[-1] != '/')
      *to++ = *from;
  *to = '\0';
  return path;
}

/* Decoded once, or NULL. What the peer wrote has been checked already. */
static gchar *
decode_path (SoupServerMessage *message)
{
  const gchar *raw = g_uri_get_path (soup_server_message_get_uri (message));
  g_autofree gchar *path = NULL;

  path = g_uri_unescape_string (*raw ? raw : "/", "/\\");
  if (path == NULL || *path != '/' || !g_utf8_validate (path, -1, NULL))
    return NULL;
  return collapse_slashes (g_steal_pointer (&path));
}

/* So much that the answer must not wait for it, or nobody knows how much. */
static gboolean
has_body_to_come (const CmafHttpHead *head)
{
  if (head->is_broken || head->body == CMAF_HTTP_BODY_CHUNKED)
    return TRUE;
  return head->body == CMAF_HTTP_BODY_LENGTH
         && (head->expects || head->length > SMALL_BODY);
}

void
cmaf_http_listener_answer_error (
    SoupServerMessage *message, guint status, const gchar *why)
{
  g_autofree gchar *line = g_strconcat (why, "\n", NULL);
  gboolean is_head =
      g_str_equal (soup_server_message_get_method (message), "HEAD");

  soup_server_message_set_status (
      message, status, cmaf_http_reason_phrase (status));
  soup_server_message_set_response (message, "text/plain; charset=utf-8",
      SOUP_MEMORY_COPY, line, is_head ? 0 : strlen (line));
}

/* Routes go a moment before the listener does. */
static void
answer_no_route (CmafHttpListener *self, SoupServerMessage *message)
{
  if (self->routes->len > 0) {
    cmaf_http_listener_answer_error (message, SOUP_STATUS_NOT_FOUND,
        "path: nothing is served there, needs another beginning");
    return;
  }
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Retry-After", "1");
  cmaf_http_listener_answer_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE,
      "the server is shutting down, try again");
}

static void
dispatch (CmafHttpListener *self, SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (GHashTable) query = NULL;
  g_autofree gchar *path = decode_path (message);
  Route *route;

  if (path == NULL) {
    cmaf_http_listener_answer_error (
        message, SOUP_STATUS_BAD_REQUEST, "path: needs to be UTF-8");
    return;
  }
  route = find_route (self, path);
  if (route == NULL) {
    answer_no_route (self, message);
    return;
  }
  if (g_uri_get_query (uri) != NULL)
    query = soup_form_decode (g_uri_get_query (uri));
  route->handler (self, message, path, query, route->user_data);
}

static void
handle_request (SoupServer *server, SoupServerMessage *message,
    const char *path, GHashTable *query, gpointer user_data)
{
  CmafHttpListener *self = user_data;
  CmafHttpStream *stream = cmaf_http_stream_find (message);
  CmafHttpHead head = *cmaf_http_stream_get_head (stream);

  /* kept bytes make long bodies quadratic, and libsoup's own ranges too */
  soup_message_body_set_accumulate (
      soup_server_message_get_request_body (message), FALSE);
  soup_message_body_set_accumulate (
      soup_server_message_get_response_body (message), FALSE);
  self->n_requests++;

  if (head.status != 0)
    cmaf_http_listener_answer_error (message, head.status, head.why);
  else if (soup_server_message_is_options_ping (message))
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  else
    dispatch (self, message);

  if (soup_server_message_get_status (message) >= 300) {
    self->n_rejected++;
    if (has_body_to_come (&head))
      cmaf_http_listener_refuse (self, message);
  }
}

void
cmaf_http_listener_refuse (CmafHttpListener *self, SoupServerMessage *message)
{
  g_return_if_fail (cmaf_http_thread_is_current (self->thread));

  cmaf_http_connections_refuse (self->connections, message);
}

GTlsCertificate *
cmaf_http_listener_get_client_certificate (SoupServerMessage *message)
{
  GIOStream *base = cmaf_http_stream_get_base (cmaf_http_stream_find (message));

  return G_IS_TLS_CONNECTION (base)
             ? g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (base))
             : NULL;
}

/* ---- opening and closing ---- */

/* LIV-128: never promise more connections than there are descriptors. */
static guint
affordable_connections (guint wanted)
{
  struct rlimit limit;
  guint affordable;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY
      || limit.rlim_cur >= (rlim_t)wanted + RESERVED_DESCRIPTORS)
    return wanted;
  affordable = limit.rlim_cur > 2 * RESERVED_DESCRIPTORS
                   ? limit.rlim_cur - RESERVED_DESCRIPTORS
                   : RESERVED_DESCRIPTORS;
  GST_WARNING ("%u connections need more than the %u descriptors allowed, "
               "%u will do",
      wanted, (guint)limit.rlim_cur, affordable);
  return affordable;
}

static void
explain_bind (const CmafHttpListenerConfig *config, GError **error)
{
  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
    g_clear_error (error);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
        "port: %u is taken at %s, needs another one (0: any that is free)",
        config->port, config->address);
  } else if (g_error_matches (
                 *error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)) {
    g_prefix_error (error,
        "port: %u at %s needs a privilege, or one from 1024 on: ", config->port,
        config->address);
  } else {
    g_prefix_error (error,
        "address: %s is none that this machine can listen at, needs one of its "
        "own (0.0.0.0: all): ",
        config->address);
  }
}

static GSocket *
open_socket (const CmafHttpListenerConfig *config, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) reason = NULL;

  address =
      g_inet_socket_address_new_from_string (config->address, config->port);
  if (address == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "address: \"%s\" is no IPv4 or IPv6 address", config->address);
    return NULL;
  }
  socket = g_socket_new (g_socket_address_get_family (address),
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, &reason)
      || !g_socket_listen (socket, &reason)) {
    explain_bind (config, &reason);
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  return g_steal_pointer (&socket);
}

static gboolean
check_http2 (const CmafHttpListenerConfig *config, GError **error)
{
  if (config->certificate == NULL || g_getenv ("SOUP_SERVER_HTTP2") == NULL
      || soup_check_version (3, 4, 3))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      "SOUP_SERVER_HTTP2 is set and libsoup is %u.%u.%u, whose HTTP/2 stalls; "
      "unset it, or use libsoup 3.4.3",
      soup_get_major_version (), soup_get_minor_version (),
      soup_get_micro_version ());
  return FALSE;
}

/* libsoup keeps a connection alive only while it listens: it is given a socket
 * that nobody connects to. The other end is *@peer. */
static GSocket *
open_silent_socket (GSocket **peer, GError **error)
{
  gint fds[2];
  GSocket *socket;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "socketpair: %s", g_strerror (errno));
    return NULL;
  }
  socket = g_socket_new_from_fd (fds[0], error);
  *peer = g_socket_new_from_fd (fds[1], socket != NULL ? error : NULL);
  if (socket == NULL || *peer == NULL) {
    g_clear_object (&socket);
    g_clear_object (peer);
  }
  return socket;
}

typedef struct
{
  CmafHttpListener *listener;
  GSocket *socket;
  GSocket *silent;
  GError **error;
  gboolean ok;
} Opening;

static gboolean
open_server (gpointer data)
{
  Opening *opening = data;
  CmafHttpListener *self = opening->listener;
  GMainContext *context = cmaf_http_thread_get_context (self->thread);
  CmafHttpPoll *poll;
  const CmafHttpConnectionsConfig config = { self->config.certificate,
    affordable_connections (self->config.max_connections),
    self->config.header_timeout_ms, self->config.idle_timeout_ms,
    self->config.write_timeout_ms, self->config.asks_for_certificates };

  self->server =
      soup_server_new ("raw-paths", TRUE, "server-header", "gst-cmaf", NULL);
  soup_server_remove_websocket_extension (
      self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_early_handler (
      self->server, NULL, handle_request, self, NULL);
  soup_server_add_early_handler (self->server, "*", handle_request, self, NULL);
  poll = cmaf_http_poll_new (context, opening->error);
  opening->ok = poll != NULL
                && soup_server_listen_socket (
                    self->server, opening->silent, 0, opening->error);
  self->connections = cmaf_http_connections_new (
      context, self->server, opening->socket, poll, &config);
  return G_SOURCE_REMOVE;
}

static gboolean
close_server (gpointer data)
{
  CmafHttpListener *self = data;

  cmaf_http_connections_close (self->connections);
  soup_server_disconnect (self->server);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  CmafHttpListener *listener;
  gboolean is_idle;
} Closing;

static gboolean
free_server (gpointer data)
{
  Closing *closing = data;
  CmafHttpListener *self = closing->listener;

  closing->is_idle = cmaf_http_connections_is_idle (self->connections);
  if (closing->is_idle) {
    g_clear_object (&self->server);
    g_clear_pointer (&self->connections, cmaf_http_connections_free);
  }
  return G_SOURCE_REMOVE;
}

/* A TLS handshake is in a thread of GIO, which notices soon that its socket has
 * been shut down. */
static void
stop_server (CmafHttpListener *self)
{
  Closing closing = { self, FALSE };

  cmaf_http_thread_call (self->thread, close_server, self);
  for (;;) {
    cmaf_http_thread_call (self->thread, free_server, &closing);
    if (closing.is_idle)
      return;
    g_usleep (LOOK_EVERY);
  }
}

static void
free_listener (CmafHttpListener *self)
{
  if (self->server != NULL)
    stop_server (self);
  cmaf_http_thread_unref (self->thread);
  g_ptr_array_unref (self->routes);
  g_clear_object (&self->silent_peer);
  g_clear_object (&self->config.certificate);
  g_free ((gchar *)self->config.address);
  g_free (self);
}

static guint16
bound_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = NULL;

  address = g_socket_get_local_address (socket, NULL);
  if (address == NULL)
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static CmafHttpListener *
open_listener (const CmafHttpListenerConfig *config, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocket) silent = NULL;
  GSocket *silent_peer = NULL;
  CmafHttpListener *self;
  Opening opening = { .error = error };

  if (!check_http2 (config, error))
    return NULL;
  socket = open_socket (config, error);
  silent = socket != NULL ? open_silent_socket (&silent_peer, error) : NULL;
  if (silent == NULL)
    return NULL;

  self = g_new0 (CmafHttpListener, 1);
  self->n_refs = 1;
  self->thread = cmaf_http_thread_get ();
  self->config = *config;
  self->config.address = g_strdup (config->address);
  if (config->certificate != NULL)
    g_object_ref (config->certificate);
  self->port = bound_port (socket);
  self->routes = g_ptr_array_new_with_free_func ((GDestroyNotify)free_route);
  self->silent_peer = silent_peer;
  opening.listener = self;
  opening.socket = socket;
  opening.silent = silent;
  cmaf_http_thread_call (self->thread, open_server, &opening);
  if (!opening.ok) {
    free_listener (self);
    return NULL;
  }
  return self;
}

static gboolean
same_certificate (GTlsCertificate *a, GTlsCertificate *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_tls_certificate_is_same (a, b);
}

static CmafHttpListener *
find_shared_locked (const CmafHttpListenerConfig *config)
{
  GList *l;

  if (config->port == 0)
    return NULL;
  for (l = registry; l != NULL; l = l->next) {
    CmafHttpListener *other = l->data;

    if (other->port == config->port
        && g_str_equal (other->config.address, config->address))
      return other;
  }
  return NULL;
}

typedef struct
{
  CmafHttpListener *listener;
  const CmafHttpListenerConfig *config;
} Sharing;

static gboolean
restrict_listener (gpointer data)
{
  const Sharing *sharing = data;
  const CmafHttpConnectionsConfig config = { NULL,
    sharing->config->max_connections, sharing->config->header_timeout_ms,
    sharing->config->idle_timeout_ms, sharing->config->write_timeout_ms,
    sharing->config->asks_for_certificates };

  cmaf_http_connections_restrict (sharing->listener->connections, &config);
  return G_SOURCE_REMOVE;
}

CmafHttpListener *
cmaf_http_listener_new (const CmafHttpListenerConfig *config, GError **error)
{
  static gsize once = 0;
  CmafHttpListener *self;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (
        http_listener_debug, "cmafhttplistener", 0, "HTTP listener");
    g_once_init_leave (&once, 1);
  }
  g_mutex_lock (&registry_lock);
  self = find_shared_locked (config);
  if (self == NULL) {
    self = open_listener (config, error);
    if (self != NULL)
      registry = g_list_prepend (registry, self);
  } else if (same_certificate (self->config.certificate, config->certificate)) {
    Sharing sharing = { self, config };

    self->n_refs++;
    cmaf_http_thread_call (self->thread, restrict_listener, &sharing);
  } else {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
        "port: %u at %s is in use in this process with another certificate or "
        "none, needs the same, or another port",
        config->port, config->address);
    self = NULL;
  }
  g_mutex_unlock (&registry_lock);
  return self;
}

void
cmaf_http_listener_unref (CmafHttpListener *self)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&registry_lock);
  if (--self->n_refs == 0) {
    registry = g_list_remove (registry, self);
    free_listener (self);
  }
  g_mutex_unlock (&registry_lock);
}

guint16
cmaf_http_listener_get_port (CmafHttpListener *self)
{
  return self->port;
}

/* ---- routes ---- */

typedef struct
{
  CmafHttpListener *listener;
  const gchar *prefix;
  CmafHttpHandler handler;
  gpointer user_data;
  gboolean taken;
} RouteChange;

static gchar *
normal_prefix (const gchar *prefix)
{
  gsize length = strlen (prefix);

  while (length > 1 && prefix[length - 1] == '/')
    length--;
  return length == 0 ? g_strdup ("/") : g_strndup (prefix, length);
}

static gboolean
equal_prefix (gconstpointer route, gconstpointer prefix)
{
  return g_str_equal (((const Route *)route)->prefix, prefix);
}

static gboolean
insert_route (gpointer data)
{
  RouteChange *change = data;
  Route *route;

  change->taken = g_ptr_array_find_with_equal_func (
      change->listener->routes, change->prefix, equal_prefix, NULL);
  if (change->taken)
    return G_SOURCE_REMOVE;
  route = g_new0 (Route, 1);
  route->prefix = g_strdup (change->prefix);
  route->handler = change->handler;
  route->user_data = change->user_data;
  g_ptr_array_add (change->listener->routes, route);
  return G_SOURCE_REMOVE;
}

gboolean
cmaf_http_listener_add_route (CmafHttpListener *self, const gchar *prefix,
    CmafHttpHandler handler, gpointer user_data, GError **error)
{
  g_autofree gchar *normal = normal_prefix (prefix);
  RouteChange change = { self, normal, handler, user_data, FALSE };

  cmaf_http_thread_call (self->thread, insert_route, &change);
  if (change.taken)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
        "path %s: is taken at %s port %u, needs another one", normal,
        self->config.address, self->port);
  return !change.taken;
}

static gboolean
delete_route (gpointer data)
{
  RouteChange *change = data;
  guint index;

  if (g_ptr_array_find_with_equal_func (
          change->listener->routes, change->prefix, equal_prefix, &index))
    g_ptr_array_remove_index (change->listener->routes, index);
  return G_SOURCE_REMOVE;
}

void
cmaf_http_listener_remove_route (CmafHttpListener *self, const gchar *prefix)
{
  g_autofree gchar *normal = normal_prefix (prefix);
  RouteChange change = { self, normal, NULL, NULL, FALSE };

  cmaf_http_thread_call (self->thread, delete_route, &change);
}

typedef struct
{
  CmafHttpListener *listener;
  GstStructure *stats;
} StatsCall;

static gboolean
collect_stats (gpointer data)
{
  StatsCall *call = data;
  CmafHttpListener *self = call->listener;
  CmafHttpConnectionsStats of;

  cmaf_http_connections_get_stats (self->connections, &of);
  call->stats = gst_structure_new ("application/x-cmaf-http-listener-stats",
      "connections", G_TYPE_UINT64, of.n_open, "accepted", G_TYPE_UINT64,
      of.n_accepted, "reaped", G_TYPE_UINT64, of.n_reaped, "requests",
      G_TYPE_UINT64, self->n_requests, "rejected", G_TYPE_UINT64,
      self->n_rejected + of.n_turned_away, NULL);
  return G_SOURCE_REMOVE;
}

GstStructure *
cmaf_http_listener_get_stats (CmafHttpListener *self)
{
  StatsCall call = { self, NULL };

  if (cmaf_http_thread_is_current (self->thread))
    collect_stats (&call);
  else
    cmaf_http_thread_call (self->thread, collect_stats, &call);
  return call.stats;
}
