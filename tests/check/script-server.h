/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An HTTP server for tests that does what a script says: for each request, in
 * order, an answer or a fault. It notes what came. */
#pragma once

#include <gio/gio.h>
#include <string.h>

/* Instead of a status: */
#define SCRIPT_RESET 1       /* close after the head, body unread */
#define SCRIPT_CLOSE_AFTER 2 /* 200, then close a connection kept alive */
#define SCRIPT_EARLY_403 3   /* answer before the body is read */

typedef struct
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  guint16 port;
  const guint *script; /* ends with 0: from there on 200 */

  GMutex lock;
  GCond changed;
  GPtrArray *bodies; /* of GBytes: those that were answered with 2xx */
  GString *log;      /* a letter a request: h header, s segment, ! fault */
  guint n_connections;
} ScriptServer;

static inline gchar *
script_read_head (GDataInputStream *in)
{
  GString *head = g_string_new (NULL);
  gchar *line;

  while ((line = g_data_input_stream_read_line (in, NULL, NULL, NULL))) {
    gboolean is_end = strcmp (line, "") == 0 || strcmp (line, "\r") == 0;

    g_string_append_printf (head, "%s\n", line);
    g_free (line);
    if (is_end)
      return g_string_free (head, FALSE);
  }
  g_string_free (head, TRUE);
  return NULL;
}

static inline gboolean
script_read_n (GDataInputStream *in, gsize n, GByteArray *body)
{
  gsize at = body->len;
  gsize got;

  g_byte_array_set_size (body, at + n);
  return g_input_stream_read_all (
             G_INPUT_STREAM (in), body->data + at, n, &got, NULL, NULL)
         && got == n;
}

static inline GByteArray *
script_read_body (GDataInputStream *in, const gchar *head)
{
  GByteArray *body = g_byte_array_new ();
  const gchar *length = strstr (head, "Content-Length: ");
  gboolean ok = TRUE;

  if (length) {
    ok = script_read_n (in, g_ascii_strtoull (length + 16, NULL, 10), body);
  } else {
    guint64 n = 1;

    while (ok && n > 0) {
      gchar *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);

      ok = line != NULL;
      n = ok ? g_ascii_strtoull (line, NULL, 16) : 0;
      g_free (line);
      ok = ok && script_read_n (in, n + 2, body);
      if (ok)
        g_byte_array_set_size (body, body->len - 2);
    }
  }
  if (!ok)
    g_clear_pointer (&body, g_byte_array_unref);
  return body;
}

static inline guint
script_next (ScriptServer *self)
{
  return *self->script ? *self->script++ : 200;
}

static inline void
script_answer (GIOStream *stream, guint status)
{
  g_autofree gchar *text =
      g_strdup_printf ("HTTP/1.1 %u x\r\nContent-Length: 0\r\n\r\n", status);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text,
      strlen (text), NULL, NULL, NULL);
}

static inline void
script_note (ScriptServer *self, GByteArray *body, guint status)
{
  gboolean is_header =
      body && body->len > 8 && memcmp (body->data + 4, "ftyp", 4) == 0;

  g_mutex_lock (&self->lock);
  g_string_append_c (self->log, status / 100 != 2 ? '!'
                                : is_header       ? 'h'
                                                  : 's');
  if (status / 100 == 2 && body)
    g_ptr_array_add (self->bodies, g_bytes_new (body->data, body->len));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* One request; FALSE when the connection is to be closed. */
static inline gboolean
script_serve_one (ScriptServer *self, GIOStream *stream, GDataInputStream *in)
{
  g_autofree gchar *head = script_read_head (in);
  GByteArray *body;
  guint what;

  if (!head)
    return FALSE;
  what = script_next (self);
  if (what == SCRIPT_RESET || what == SCRIPT_EARLY_403) {
    if (what == SCRIPT_EARLY_403)
      script_answer (stream, 403);
    script_note (self, NULL, 0);
    return FALSE;
  }
  body = script_read_body (in, head);
  if (!body)
    return FALSE;
  script_note (self, body, what == SCRIPT_CLOSE_AFTER ? 200 : what);
  script_answer (stream, what == SCRIPT_CLOSE_AFTER ? 200 : what);
  g_byte_array_unref (body);
  return what != SCRIPT_CLOSE_AFTER;
}

static inline gpointer
script_run (gpointer data)
{
  ScriptServer *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (
              self->listener, NULL, self->cancellable, NULL))) {
    g_autoptr (GDataInputStream) in = g_data_input_stream_new (
        g_io_stream_get_input_stream (G_IO_STREAM (connection)));

    self->n_connections++;
    while (script_serve_one (self, G_IO_STREAM (connection), in))
      ;
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    g_object_unref (connection);
  }
  return NULL;
}

/* Serves one connection after the other. */
static inline ScriptServer *
script_server_new (const guint *script)
{
  ScriptServer *self = g_new0 (ScriptServer, 1);
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->script = script;
  self->cancellable = g_cancellable_new ();
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->log = g_string_new (NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("script", script_run, self);
  return self;
}

/* After every client has gone. */
static inline void
script_server_free (ScriptServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->bodies);
  g_string_free (self->log, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}
