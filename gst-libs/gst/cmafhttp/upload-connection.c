/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* HTTP/1.1 over GIO streams, non-blocking underneath so that input is watched
 * while output is stuck. */
#include "upload-connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define MAX_ANSWER (64 * 1024)
#define MAX_VECTORS 64

struct _CmafUploadConnection
{
  GSocket *socket; /* borrowed from the stream's connection */
  GIOStream *stream;
  GSocketConnection *tcp;
  guint io_timeout_ms;
  gboolean is_chunked;
  gboolean is_broken;  /* an error, or the answer came early */
  gboolean must_close; /* the answer said so */
  gboolean has_eof;
  guint n_requests;      /* begun on this connection */
  gboolean has_answered; /* since the request at hand began */
  GByteArray *input;
};

/* ---- opening ---- */

static gboolean
accept_any (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static gboolean
start_tls (CmafUploadConnection *self, GSocketConnectable *address,
    const CmafUploadSettings *settings, GCancellable *cancellable,
    GError **error)
{
  GIOStream *tls =
      g_tls_client_connection_new (G_IO_STREAM (self->tcp), address, error);

  if (!tls)
    return FALSE;
  g_object_unref (self->stream);
  self->stream = tls;
  if (settings->ca)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), settings->ca);
  if (settings->certificate)
    g_tls_connection_set_certificate (
        G_TLS_CONNECTION (tls), settings->certificate);
  if (settings->accept_any)
    g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  return g_tls_connection_handshake (
      G_TLS_CONNECTION (tls), cancellable, error);
}

static guint
port_of (GUri *uri)
{
  gint port = g_uri_get_port (uri);

  if (port > 0)
    return port;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

CmafUploadConnection *
cmaf_upload_connection_open (GUri *uri, const CmafUploadSettings *settings,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) address =
      g_network_address_new (g_uri_get_host (uri), port_of (uri));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  CmafUploadConnection *self;
  GSocketConnection *tcp;

  g_socket_client_set_timeout (
      client, MAX (1, settings->connect_timeout_ms / 1000));
  tcp = g_socket_client_connect (client, address, cancellable, error);
  if (!tcp)
    return NULL;
  self = g_new0 (CmafUploadConnection, 1);
  self->tcp = tcp;
  self->stream = g_object_ref (G_IO_STREAM (tcp));
  self->socket = g_socket_connection_get_socket (tcp);
  self->io_timeout_ms = settings->io_timeout_ms;
  self->input = g_byte_array_new ();
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (strcmp (g_uri_get_scheme (uri), "https") == 0
      && !start_tls (self, address, settings, cancellable, error)) {
    cmaf_upload_connection_free (self);
    return NULL;
  }
  return self;
}

void
cmaf_upload_connection_free (CmafUploadConnection *self)
{
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_object_unref (self->tcp);
  g_byte_array_unref (self->input);
  g_free (self);
}

gboolean
cmaf_upload_connection_is_reusable (const CmafUploadConnection *self)
{
  return !self->is_broken && !self->must_close && !self->has_eof;
}

gboolean
cmaf_upload_connection_is_stale (const CmafUploadConnection *self)
{
  return self->n_requests > 1 && !self->has_answered;
}

/* ---- input ---- */

/* What has arrived goes to @input; never blocks. */
static gboolean
poll_input (CmafUploadConnection *self, GError **error)
{
  GPollableInputStream *stream =
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  guint8 buffer[4096];
  g_autoptr (GError) failure = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (
      stream, buffer, sizeof buffer, NULL, &failure);

  if (n > 0) {
    self->has_answered = TRUE;
    g_byte_array_append (self->input, buffer, n);
  } else if (n == 0) {
    self->has_eof = TRUE;
  } else if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    self->is_broken = TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (self->input->len > MAX_ANSWER) {
    self->is_broken = TRUE;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "answer: is longer than %d bytes", MAX_ANSWER);
    return FALSE;
  }
  return TRUE;
}

static gboolean
wait_for (CmafUploadConnection *self, GIOCondition condition,
    GCancellable *cancellable, GError **error)
{
  if (g_socket_condition_timed_wait (self->socket, condition,
          self->io_timeout_ms * (gint64)1000, cancellable, error))
    return TRUE;
  self->is_broken = TRUE;
  return FALSE;
}

static gboolean
fail_at_eof (CmafUploadConnection *self, GError **error)
{
  self->is_broken = TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
      "the receiver closed the connection without an answer");
  return FALSE;
}

/* ---- output ---- */

static gboolean
skip_written (GOutputVector *vectors, guint *first, guint n, gsize written)
{
  while (*first < n && written >= vectors[*first].size)
    written -= vectors[(*first)++].size;
  if (*first < n) {
    vectors[*first].buffer = (const guint8 *)vectors[*first].buffer + written;
    vectors[*first].size -= written;
  }
  return *first < n;
}

/* FALSE without @error: an answer, or its end, is there already. */
static gboolean
write_vectors (CmafUploadConnection *self, GOutputVector *vectors, guint n,
    GCancellable *cancellable, GError **error)
{
  GPollableOutputStream *stream =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  guint first = 0;

  while (first < n) {
    gsize written = 0;
    GPollableReturn result;

    if (!poll_input (self, error))
      return FALSE;
    if (self->input->len > 0 || self->has_eof) {
      self->is_broken = TRUE;
      return self->input->len > 0 ? FALSE : fail_at_eof (self, error);
    }
    result = g_pollable_output_stream_writev_nonblocking (stream,
        vectors + first, MIN (n - first, MAX_VECTORS), &written, NULL, error);
    if (result == G_POLLABLE_RETURN_FAILED) {
      self->is_broken = TRUE;
      return FALSE;
    }
    if (result == G_POLLABLE_RETURN_OK)
      skip_written (vectors, &first, n, written);
    else if (!wait_for (self, G_IO_IN | G_IO_OUT, cancellable, error))
      return FALSE;
  }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
set_vector (GOutputVector *vector, gconstpointer data, gsize size)
{
  vector->buffer = data;
  vector->size = size;
}

gboolean
cmaf_upload_connection_begin (CmafUploadConnection *self, const gchar *method,
    GUri *uri, const gchar *fields, gint64 length, GCancellable *cancellable,
    GError **error)
{
  g_autofree gchar *host = NULL;
  const gchar *name = g_uri_get_host (uri);
  const gchar *query = g_uri_get_query (uri);
  GString *head = g_string_new (NULL);
  GOutputVector vector;
  gboolean ok;

  host = g_strdup_printf (strchr (name, ':') ? "[%s]" : "%s", name);
  g_string_append_printf (head, "%s %s%s%s HTTP/1.1\r\nHost: %s", method,
      g_uri_get_path (uri), query ? "?" : "", query ? query : "", host);
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (head, ":%d", g_uri_get_port (uri));
  g_string_append_printf (head, "\r\n%s", fields);
  if (length < 0)
    g_string_append (head, "Transfer-Encoding: chunked\r\n\r\n");
  else
    g_string_append_printf (
        head, "Content-Length: %" G_GINT64_FORMAT "\r\n\r\n", length);

  self->is_chunked = length < 0;
  self->has_answered = FALSE;
  self->n_requests++;
  g_byte_array_set_size (self->input, 0);
  set_vector (&vector, head->str, head->len);
  ok = write_vectors (self, &vector, 1, cancellable, error);
  if (!ok && error && !*error)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
        "the receiver answered before it was asked");
  g_string_free (head, TRUE);
  return ok;
}

gboolean
cmaf_upload_connection_write (CmafUploadConnection *self, GBytes *const *pieces,
    guint n_pieces, GCancellable *cancellable, GError **error)
{
  g_autofree GOutputVector *vectors = g_new (GOutputVector, n_pieces + 2);
  gchar size_line[24];
  gsize total = 0;
  guint n = self->is_chunked ? 1 : 0;

  for (guint i = 0; i < n_pieces; i++) {
    gsize size;
    gconstpointer data = g_bytes_get_data (pieces[i], &size);

    if (size > 0)
      set_vector (&vectors[n++], data, size);
    total += size;
  }
  if (total == 0) /* an empty chunk would end the body */
    return TRUE;
  if (self->is_chunked) {
    set_vector (&vectors[0], size_line,
        g_snprintf (
            size_line, sizeof size_line, "%" G_GSIZE_MODIFIER "x\r\n", total));
    set_vector (&vectors[n++], "\r\n", 2);
  }
  return write_vectors (self, vectors, n, cancellable, error);
}

/* ---- the answer ---- */

/* The value of a field of @head, or NULL. @name in lower case. */
static gchar *
find_field (const gchar *head, const gchar *name)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  gsize length = strlen (name);

  for (guint i = 1; lines[0] && lines[i]; i++) {
    if (g_ascii_strncasecmp (lines[i], name, length) == 0
        && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  }
  return NULL;
}

/* Bytes of the answer's body that must come before it is complete; -1: until
 * the connection ends. */
static gint64
body_length (const gchar *head, guint status)
{
  g_autofree gchar *length = find_field (head, "content-length");

  if (status == 204 || status == 304)
    return 0;
  return length ? (gint64)g_ascii_strtoull (length, NULL, 10) : -1;
}

static gboolean
is_chunked_body_complete (const gchar *body, gsize size)
{
  gsize pos = 0;

  while (pos < size) {
    const gchar *line_end = g_strstr_len (body + pos, size - pos, "\r\n");
    guint64 length;

    if (!line_end)
      return FALSE;
    length = g_ascii_strtoull (body + pos, NULL, 16);
    pos = line_end + 2 - body;
    if (length == 0)
      return g_strstr_len (line_end, body + size - line_end, "\r\n\r\n")
             != NULL;
    if (length > size - pos)
      return FALSE;
    pos += length + 2;
  }
  return FALSE;
}

static gboolean
is_body_complete (CmafUploadConnection *self, const gchar *head, guint status,
    const gchar *body, gsize size)
{
  g_autofree gchar *coding = find_field (head, "transfer-encoding");
  gint64 length = body_length (head, status);

  if (coding && g_ascii_strcasecmp (coding, "chunked") == 0)
    return is_chunked_body_complete (body, size);
  if (length >= 0)
    return size >= (guint64)length;
  self->must_close = TRUE;
  return self->has_eof;
}

static void
fill_answer (CmafUploadConnection *self, const gchar *head, guint status,
    CmafUploadAnswer *answer)
{
  g_autofree gchar *connection = find_field (head, "connection");
  g_autofree gchar *retry_after = find_field (head, "retry-after");

  answer->status = status;
  answer->location = find_field (head, "location");
  answer->retry_after = GST_CLOCK_TIME_NONE;
  if (retry_after && g_ascii_isdigit (retry_after[0]))
    answer->retry_after =
        MIN (g_ascii_strtoull (retry_after, NULL, 10), 3600) * GST_SECOND;
  if (g_str_has_prefix (head, "HTTP/1.0")
      || (connection && g_ascii_strcasecmp (connection, "close") == 0))
    self->must_close = TRUE;
}

/* TRUE when a final answer is complete; takes 1xx answers away. */
static gboolean
parse_answer (CmafUploadConnection *self, CmafUploadAnswer *answer)
{
  const gchar *data = (const gchar *)self->input->data;
  const gchar *end = self->input->len
                         ? g_strstr_len (data, self->input->len, "\r\n\r\n")
                         : NULL;
  g_autofree gchar *head = NULL;
  gsize head_size;
  guint64 status;

  if (!end)
    return FALSE;
  head_size = end + 4 - data;
  head = g_strndup (data, head_size);
  status = strlen (head) > 9 ? g_ascii_strtoull (head + 9, NULL, 10) : 0;
  if (status / 100 == 1) {
    g_byte_array_remove_range (self->input, 0, head_size);
    return parse_answer (self, answer);
  }
  if (!is_body_complete (
          self, head, status, data + head_size, self->input->len - head_size))
    return FALSE;
  fill_answer (self, head, status, answer);
  return TRUE;
}

gboolean
cmaf_upload_connection_finish (CmafUploadConnection *self,
    CmafUploadAnswer *answer, GCancellable *cancellable, GError **error)
{
  if (self->is_chunked && !self->is_broken) {
    GOutputVector last;

    set_vector (&last, "0\r\n\r\n", 5);
    if (!write_vectors (self, &last, 1, cancellable, error) && error && *error)
      return FALSE;
  }
  while (!parse_answer (self, answer)) {
    if (self->has_eof)
      return fail_at_eof (self, error);
    if (!wait_for (self, G_IO_IN, cancellable, error)
        || !poll_input (self, error))
      return FALSE;
  }
  return TRUE;
}
