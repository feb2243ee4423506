/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An HTTP server for tests that does what a script says: for each request, in
 * the order of their heads, an answer or a fault. It keeps what came. */
#pragma once

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <string.h>
#include <sys/socket.h>

typedef enum
{
  SCRIPT_ANSWER,      /* reads all, answers, goes on */
  SCRIPT_CLOSE_AFTER, /* the same, then closes without having said so */
  SCRIPT_EARLY,       /* reads `at` bytes, answers, reads the rest, closes */
  SCRIPT_RESET,       /* reads `at` bytes, then RST */
  SCRIPT_CLOSE,       /* reads `at` bytes, then closes without an answer */
  SCRIPT_STALL,       /* reads `at` bytes, then nothing until the peer goes */
  SCRIPT_DRIP,        /* the same, but says `body` again and again meanwhile */
} ScriptFault;

#define SCRIPT_ALL G_MAXUINT /* for `at` */

/* All zero: 200. */
typedef struct
{
  guint status; /* 0: 200 */
  ScriptFault fault;
  guint at;            /* bytes of the body */
  const gchar *fields; /* of the answer, each line with CRLF */
  const gchar *body;   /* of the answer, NULL */
} ScriptStep;

/* One request as it came. */
typedef struct
{
  guint connection; /* from 1 on */
  gchar *head;
  GArray *chunks; /* guint: sizes of the HTTP chunks; empty with a length */
  GByteArray *body;
  gboolean is_complete;
  guint n_after; /* bytes behind an early answer */
  guint status;  /* of the answer, 0: none */
  gint64 time;   /* monotonic, of its head */
} ScriptRequest;

typedef struct _ScriptServer ScriptServer;

struct _ScriptServer
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  guint16 port;
  GTlsCertificate *certificate; /* NULL: no TLS */
  GTlsAuthenticationMode client_certificate;
  GTlsDatabase *database; /* of those that clients must know, NULL */
  gboolean ignores_expect;
  gulong pause; /* before each 256 bytes of a body, in microseconds: a narrow
                   link, when set before it listens */
  const ScriptStep *rest; /* what follows the script; NULL: 200 */
  /* A status for each request instead of the script, 0: as the script says.
   * @fields: of the answer. */
  guint (*decide) (
      ScriptServer *server, const ScriptRequest *request, gchar **fields);
  gpointer user_data;

  GMutex lock;
  GCond changed;
  const ScriptStep *steps; /* lock: lock; as all below */
  guint n_steps;
  GPtrArray *requests; /* of ScriptRequest, as they came */
  GString *log; /* as they ended: h header, s segment, m manifest, p probe;
                   what had no 2xx is upper case, ! was not complete */
  GPtrArray *threads;
  GPtrArray *streams;
  guint n_connections;
};

/* ---- reading ---- */

static inline gchar *
script_read_head (GDataInputStream *in)
{
  GString *head = g_string_new (NULL);
  gchar *line;

  while ((line = g_data_input_stream_read_line (in, NULL, NULL, NULL))) {
    gboolean is_end = strcmp (line, "") == 0 || strcmp (line, "\r") == 0;

    g_string_append_printf (head, "%s\n", g_strchomp (line));
    g_free (line);
    if (is_end)
      return g_string_free (head, FALSE);
  }
  g_string_free (head, TRUE);
  return NULL;
}

/* The value of a field of a head, or NULL. */
static inline gchar *
script_field (const gchar *head, const gchar *name)
{
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);
  gsize length = strlen (name);

  for (guint i = 1; lines[i]; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0
        && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  return NULL;
}

static inline gboolean
script_read_n (
    ScriptServer *self, GDataInputStream *in, gsize n, GByteArray *body)
{
  while (n > 0) {
    gsize at = body->len, size = self->pause > 0 ? MIN (n, 256) : n, got = 0;

    g_usleep (self->pause);
    g_byte_array_set_size (body, at + size);
    g_input_stream_read_all (
        G_INPUT_STREAM (in), body->data + at, size, &got, NULL, NULL);
    g_byte_array_set_size (body, at + got);
    n -= got;
    if (got < size)
      return FALSE;
  }
  return TRUE;
}

static inline gboolean
script_read_chunks (
    ScriptServer *self, GDataInputStream *in, ScriptRequest *request, guint at)
{
  for (;;) {
    g_autofree gchar *line = NULL;
    gchar end[2];
    gsize got;
    guint n, wanted;

    line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
    if (!line)
      return FALSE;
    n = g_ascii_strtoull (line, NULL, 16);
    wanted = MIN (n, at - MIN (at, request->body->len));
    if (!script_read_n (self, in, wanted, request->body) || wanted < n
        || !g_input_stream_read_all (
            G_INPUT_STREAM (in), end, 2, &got, NULL, NULL)
        || got < 2)
      return FALSE;
    if (n == 0)
      return TRUE;
    g_mutex_lock (&self->lock);
    g_array_append_val (request->chunks, n);
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->lock);
    if (request->body->len >= at)
      return FALSE;
  }
}

/* TRUE when the body is complete. */
static inline gboolean
script_read_body (
    ScriptServer *self, GDataInputStream *in, ScriptRequest *request, guint at)
{
  g_autofree gchar *length = script_field (request->head, "Content-Length");
  guint64 n;

  if (!length) {
    g_autofree gchar *coding =
        script_field (request->head, "Transfer-Encoding");

    return !coding || script_read_chunks (self, in, request, at);
  }
  n = g_ascii_strtoull (length, NULL, 10);
  return script_read_n (self, in, MIN (n, at), request->body) && n <= at;
}

static inline void
script_read_to_the_end (GDataInputStream *in, ScriptRequest *request)
{
  gchar scratch[4096];
  gssize n;

  while ((n = g_input_stream_read (
              G_INPUT_STREAM (in), scratch, sizeof scratch, NULL, NULL))
         > 0)
    request->n_after += n;
}

/* ---- answering ---- */

static inline void
script_answer (
    GIOStream *stream, guint status, const gchar *fields, const gchar *body)
{
  g_autofree gchar *length =
      g_strdup_printf ("Content-Length: %u\r\n", (guint)strlen (body));
  g_autofree gchar *text = g_strdup_printf ("HTTP/1.1 %u x\r\n%s%s\r\n%s",
      status, status / 100 == 1 ? "" : length, fields, body);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text,
      strlen (text), NULL, NULL, NULL);
}

static inline gchar
script_kind (const ScriptRequest *request)
{
  const GByteArray *body = request->body;

  if (body->len == 0)
    return 'p';
  if (body->data[0] == '<')
    return 'm';
  return body->len > 8 && memcmp (body->data + 4, "ftyp", 4) == 0 ? 'h' : 's';
}

static inline void
script_note (ScriptServer *self, ScriptRequest *request, guint status)
{
  gchar kind = script_kind (request);

  g_mutex_lock (&self->lock);
  request->status = status;
  if (status / 100 != 2)
    kind = request->is_complete ? g_ascii_toupper (kind) : '!';
  g_string_append_c (self->log, kind);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static inline ScriptRequest *
script_begin (
    ScriptServer *self, guint connection, gchar *head, ScriptStep *step)
{
  static const ScriptStep ok = { 0 };
  ScriptRequest *request = g_new0 (ScriptRequest, 1);

  request->connection = connection;
  request->head = head;
  request->chunks = g_array_new (FALSE, FALSE, sizeof (guint));
  request->body = g_byte_array_new ();
  request->time = g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->requests, request);
  g_cond_broadcast (&self->changed);
  *step = self->rest ? *self->rest : ok;
  if (self->n_steps > 0) {
    *step = *self->steps++;
    self->n_steps--;
  }
  g_mutex_unlock (&self->lock);
  return request;
}

static inline void
script_reset_on_close (GSocketConnection *connection)
{
  const struct linger at_once = { 1, 0 };

  setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)),
      SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Until the peer has tried another connection, or the server stops. @drip: what
 * is said ten times a second, NULL. */
static inline void
script_stall (
    ScriptServer *self, guint connection, GIOStream *stream, const gchar *drip)
{
  g_mutex_lock (&self->lock);
  while (self->n_connections <= connection
         && !g_cancellable_is_cancelled (self->cancellable)) {
    if (drip == NULL)
      g_cond_wait (&self->changed, &self->lock);
    else if (!g_cond_wait_until (&self->changed, &self->lock,
                 g_get_monotonic_time () + G_TIME_SPAN_SECOND / 10))
      g_output_stream_write_all (g_io_stream_get_output_stream (stream), drip,
          strlen (drip), NULL, NULL, NULL);
  }
  g_mutex_unlock (&self->lock);
}

/* FALSE when the connection is to be closed. */
static inline gboolean
script_carry_out (ScriptServer *self, GSocketConnection *tcp, GIOStream *stream,
    GDataInputStream *in, ScriptRequest *request, const ScriptStep *step)
{
  guint status = step->status ? step->status : 200;
  const gchar *fields = step->fields ? step->fields : "";
  g_autofree gchar *decided = NULL;
  g_autofree gchar *expect = script_field (request->head, "Expect");
  gboolean reads_all = step->fault <= SCRIPT_CLOSE_AFTER;

  if (expect && step->fault != SCRIPT_EARLY && !self->ignores_expect)
    script_answer (stream, 100, "", "");
  request->is_complete =
      script_read_body (self, in, request, reads_all ? SCRIPT_ALL : step->at);
  if (reads_all && !request->is_complete) {
    script_note (self, request, 0);
    return FALSE;
  }
  if (self->decide) {
    guint other = self->decide (self, request, &decided);

    status = other ? other : status;
    fields = decided ? decided : fields;
  }
  if (step->fault > SCRIPT_EARLY)
    status = 0;
  script_note (self, request, status);
  if (step->fault == SCRIPT_RESET)
    script_reset_on_close (tcp);
  else if (step->fault == SCRIPT_STALL || step->fault == SCRIPT_DRIP)
    script_stall (self, request->connection, stream,
        step->fault == SCRIPT_DRIP ? step->body : NULL);
  else if (status)
    script_answer (stream, status, fields, step->body ? step->body : "");
  if (step->fault == SCRIPT_EARLY)
    script_read_to_the_end (in, request);
  return step->fault == SCRIPT_ANSWER;
}

/* ---- threads ---- */

typedef struct
{
  ScriptServer *server;
  GSocketConnection *tcp;
  guint number;
} ScriptConnection;

/* GIO asks for those of clients also when nothing is wrong with them. */
static inline gboolean
script_accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  return errors == 0;
}

static inline GIOStream *
script_start_tls (ScriptServer *self, GSocketConnection *tcp)
{
  GIOStream *tls;

  if (!self->certificate)
    return g_object_ref (G_IO_STREAM (tcp));
  tls =
      g_tls_server_connection_new (G_IO_STREAM (tcp), self->certificate, NULL);
  g_object_set (tls, "authentication-mode", self->client_certificate, NULL);
  if (self->database)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), self->database);
  g_signal_connect (
      tls, "accept-certificate", G_CALLBACK (script_accept_certificate), NULL);
  if (!g_tls_connection_handshake (
          G_TLS_CONNECTION (tls), self->cancellable, NULL))
    g_clear_object (&tls);
  return tls;
}

static inline void
script_serve (ScriptServer *self, ScriptConnection *c, GIOStream *stream)
{
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  gboolean goes_on = TRUE;

  g_filter_input_stream_set_close_base_stream (
      G_FILTER_INPUT_STREAM (in), FALSE);
  while (goes_on) {
    gchar *head = script_read_head (in);
    ScriptRequest *request;
    ScriptStep step;

    if (!head)
      return;
    request = script_begin (self, c->number, head, &step);
    goes_on = script_carry_out (self, c->tcp, stream, in, request, &step);
  }
}

static inline gpointer
script_run_connection (gpointer data)
{
  ScriptConnection *c = data;
  g_autoptr (GIOStream) stream = script_start_tls (c->server, c->tcp);

  if (stream) {
    script_serve (c->server, c, stream);
    g_io_stream_close (stream, NULL, NULL);
  }
  g_io_stream_close (G_IO_STREAM (c->tcp), NULL, NULL);
  g_object_unref (c->tcp);
  g_free (c);
  return NULL;
}

static inline gpointer
script_run (gpointer data)
{
  ScriptServer *self = data;
  GSocketConnection *tcp;

  while ((tcp = g_socket_listener_accept (
              self->listener, NULL, self->cancellable, NULL))) {
    ScriptConnection *c = g_new0 (ScriptConnection, 1);

    c->server = self;
    c->tcp = tcp;
    g_mutex_lock (&self->lock);
    c->number = ++self->n_connections;
    g_ptr_array_add (
        self->streams, g_object_ref (g_socket_connection_get_socket (tcp)));
    g_ptr_array_add (self->threads,
        g_thread_new ("script-connection", script_run_connection, c));
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->lock);
  }
  return NULL;
}

/* ---- the server ---- */

static inline void
script_request_free (gpointer data)
{
  ScriptRequest *request = data;

  g_free (request->head);
  g_array_unref (request->chunks);
  g_byte_array_unref (request->body);
  g_free (request);
}

/* Not listening yet. After @n_steps requests every answer is 200. */
static inline ScriptServer *
script_server_prepare (const ScriptStep *steps, guint n_steps)
{
  ScriptServer *self = g_new0 (ScriptServer, 1);

  self->steps = steps;
  self->n_steps = n_steps;
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->requests = g_ptr_array_new_with_free_func (script_request_free);
  self->log = g_string_new (NULL);
  self->threads = g_ptr_array_new ();
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

/* What the system takes without being asked is little. */
static inline void
script_narrow (GSocketListener *listener, GSocketListenerEvent event,
    GSocket *socket, gpointer data)
{
  if (event == G_SOCKET_LISTENER_BOUND)
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 1, NULL);
}

/* @port 0: any. FALSE when the family is not there. */
static inline gboolean
script_server_listen (ScriptServer *self, GSocketFamily family, guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketAddress) bound = NULL;

  if (self->pause > 0)
    g_signal_connect (
        self->listener, "event", G_CALLBACK (script_narrow), NULL);
  if (!g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
          G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL))
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("script", script_run, self);
  return TRUE;
}

static inline ScriptServer *
script_server_new (const ScriptStep *steps, guint n_steps)
{
  ScriptServer *self = script_server_prepare (steps, n_steps);

  fail_unless (script_server_listen (self, G_SOCKET_FAMILY_IPV4, 0));
  return self;
}

/* Nobody listens there any more, and all connections are closed. */
static inline void
script_server_stop (ScriptServer *self)
{
  GThread *thread;

  g_cancellable_cancel (self->cancellable);
  if (self->thread)
    g_thread_join (g_steal_pointer (&self->thread));
  g_socket_listener_close (self->listener);
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  for (guint i = 0; i < self->streams->len; i++)
    g_socket_shutdown (self->streams->pdata[i], TRUE, TRUE, NULL);
  while (self->threads->len > 0) {
    thread = g_ptr_array_steal_index (self->threads, 0);
    g_mutex_unlock (&self->lock);
    g_thread_join (thread);
    g_mutex_lock (&self->lock);
  }
  g_mutex_unlock (&self->lock);
}

static inline void
script_server_free (ScriptServer *self)
{
  script_server_stop (self);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_clear_object (&self->certificate);
  g_clear_object (&self->database);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->threads);
  g_ptr_array_unref (self->streams);
  g_string_free (self->log, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

/* Until @n requests have been answered, or have failed. */
static inline void
script_server_wait (ScriptServer *self, guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->log->len < n)
    fail_unless (g_cond_wait_until (&self->changed, &self->lock, until),
        "%u requests (%s), needs %u", (guint)self->log->len, self->log->str, n);
  g_mutex_unlock (&self->lock);
}

/* Until the heads of @n requests have come. */
static inline void
script_server_wait_requests (ScriptServer *self, guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->requests->len < n)
    fail_unless (g_cond_wait_until (&self->changed, &self->lock, until));
  g_mutex_unlock (&self->lock);
}

/* Until request @i has brought @n HTTP chunks. */
static inline void
script_server_wait_chunks (ScriptServer *self, guint i, guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->requests->len <= i
         || ((ScriptRequest *)self->requests->pdata[i])->chunks->len < n)
    fail_unless (g_cond_wait_until (&self->changed, &self->lock, until));
  g_mutex_unlock (&self->lock);
}

/* After the server was stopped, or while nothing is sent. */
static inline const ScriptRequest *
script_server_get (ScriptServer *self, guint i)
{
  const ScriptRequest *request;

  g_mutex_lock (&self->lock);
  fail_unless (i < self->requests->len, "%u requests (%s), needs %u",
      self->requests->len, self->log->str, i + 1);
  request = self->requests->pdata[i];
  g_mutex_unlock (&self->lock);
  return request;
}

/* Method and target. */
static inline gchar *
script_request_line (const ScriptRequest *request)
{
  const gchar *end = strstr (request->head, " HTTP/1.1\n");

  fail_unless (end != NULL, "%s", request->head);
  return g_strndup (request->head, end - request->head);
}
