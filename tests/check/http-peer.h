/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A raw HTTP peer for tests: says exactly what it is told to, blocks for five
 * seconds at most. */
#pragma once

#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static inline GSocketConnection *
peer_connect_to (const gchar *host, guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *peer;

  g_socket_client_set_timeout (client, 5);
  g_socket_client_set_enable_proxy (client, FALSE);
  peer = g_socket_client_connect_to_host (client, host, port, NULL, &error);
  fail_unless (peer != NULL, "connect: %s", error ? error->message : "");
  g_socket_set_option (g_socket_connection_get_socket (peer), IPPROTO_TCP,
      TCP_NODELAY, TRUE, NULL);
  return peer;
}

static inline GSocketConnection *
peer_connect (guint16 port)
{
  return peer_connect_to ("127.0.0.1", port);
}

static inline gboolean
peer_accepts (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

/* The same through TLS, any certificate will do: the authorities of the system
 * need not even be read. @protocols: for ALPN, NULL: none; *@protocol, which
 * may be NULL, gets the one that was chosen. */
static inline GSocketConnection *
peer_connect_tls (guint16 port, const gchar *const *protocols, gchar **protocol)
{
  g_autoptr (GSocketConnection) tcp = peer_connect (port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls = g_initable_new (
      g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()),
      NULL, &error, "base-io-stream", tcp, "database", NULL,
      "advertised-protocols", protocols, NULL);

  fail_unless (tls != NULL, "%s", error ? error->message : "");
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (peer_accepts), NULL);
  fail_unless (
      g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error),
      "handshake: %s", error ? error->message : "");
  if (protocol != NULL)
    *protocol = g_strdup (
        g_tls_connection_get_negotiated_protocol (G_TLS_CONNECTION (tls)));
  return g_tcp_wrapper_connection_new (
      tls, g_socket_connection_get_socket (tcp));
}

static inline gboolean
peer_write (GSocketConnection *peer, gconstpointer data, gsize size)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (peer));

  return g_output_stream_write_all (out, data, size, NULL, NULL, NULL);
}

static inline gboolean
peer_send (GSocketConnection *peer, const gchar *text)
{
  return peer_write (peer, text, strlen (text));
}

static inline gssize
peer_read (GSocketConnection *peer, gpointer data, gsize size)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (peer));

  return g_input_stream_read (in, data, size, NULL, NULL);
}

/* TRUE when the other side closes within the time limit. */
static inline gboolean
peer_sees_close (GSocketConnection *peer)
{
  g_autoptr (GError) error = NULL;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (peer));
  gchar scratch[4096];
  gssize n;

  do
    n = g_input_stream_read (in, scratch, sizeof scratch, NULL, &error);
  while (n > 0);
  return n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* The head of one response, up to and with the empty line. */
static inline gchar *
peer_read_head (GSocketConnection *peer)
{
  GString *head = g_string_new (NULL);
  gchar c;

  while (
      !g_str_has_suffix (head->str, "\r\n\r\n") && peer_read (peer, &c, 1) == 1)
    g_string_append_c (head, c);
  return g_string_free (head, FALSE);
}

static inline gchar *
peer_header (const gchar *head, const gchar *name)
{
  g_autofree gchar *wanted = g_strdup_printf ("\r\n%s:", name);
  g_autofree gchar *lower_head = g_ascii_strdown (head, -1);
  g_autofree gchar *lower = g_ascii_strdown (wanted, -1);
  const gchar *at = strstr (lower_head, lower);
  const gchar *end;

  if (at == NULL)
    return NULL;
  at = head + (at - lower_head) + strlen (wanted);
  end = strstr (at, "\r\n");
  return g_strstrip (g_strndup (at, end - at));
}

/* Every error of ours says in one line of text what is wrong. */
static inline void
peer_check_error (guint status, const gchar *head, const gchar *body)
{
  g_autofree gchar *type = peer_header (head, "Content-Type");
  const gchar *end = strchr (body, '\n');

  fail_unless (type != NULL && g_str_has_prefix (type, "text/plain"), "%u: %s",
      status, head);
  fail_unless (*body != '\0' && (end == NULL || end[1] == '\0'), "%u: \"%s\"",
      status, body);
}

/* Status of one response with Content-Length (or none), which is no answer to
 * HEAD; 0 when the connection ends first. */
static inline guint
peer_read_response (GSocketConnection *peer, gchar **out_head, gchar **out_body)
{
  g_autofree gchar *head = peer_read_head (peer);
  g_autofree gchar *length = peer_header (head, "Content-Length");
  gsize size = length ? strtoul (length, NULL, 10) : 0, got = 0;
  g_autofree gchar *body = g_malloc0 (size + 1);
  guint status = 0;

  while (got < size) {
    gssize n = peer_read (peer, body + got, size - got);

    if (n <= 0)
      break;
    got += n;
  }
  if (g_str_has_prefix (head, "HTTP/1.") && got == size)
    status = strtoul (head + strlen ("HTTP/1.1 "), NULL, 10);
  if (status >= 400)
    peer_check_error (status, head, body);
  if (out_head)
    *out_head = g_steal_pointer (&head);
  if (out_body)
    *out_body = g_steal_pointer (&body);
  return status;
}

static inline guint
peer_request (GSocketConnection *peer, const gchar *request)
{
  if (!peer_send (peer, request))
    return 0;
  return peer_read_response (peer, NULL, NULL);
}

/* @request: "PUT /path"; @fields: header lines with their ends, or "" */
static inline gboolean
peer_send_bytes (GSocketConnection *peer, const gchar *request,
    const gchar *fields, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  g_autofree gchar *head = g_strdup_printf (
      "%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n", request,
      fields, size);

  return peer_send (peer, head) && peer_write (peer, data, size);
}

/* The status; 0 when the connection ends first. */
static inline guint
peer_upload (GSocketConnection *peer, const gchar *request, GBytes *bytes)
{
  if (!peer_send_bytes (peer, request, "", bytes))
    return 0;
  return peer_read_response (peer, NULL, NULL);
}

/* RST instead of FIN when it is closed */
static inline void
peer_reset_on_close (GSocketConnection *peer)
{
  const struct linger at_once = { 1, 0 };
  GSocket *socket = g_socket_connection_get_socket (peer);

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once,
      sizeof at_once);
}

static inline guint
peer_count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
