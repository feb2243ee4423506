/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* HTTP/1.1 over GIO streams, non-blocking underneath so that input is watched
 * while output is stuck. */
#include "upload-connection.h"
#include "ingest-remedy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#ifdef __linux__
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif

#define MAX_ANSWER (64 * 1024)
#define MAX_OBJECT (256 * 1024 * 1024) /* that is kept */
#define MAX_VECTORS 64
#define CONTINUE_TIMEOUT_MS 1000
#define BODY_TIMEOUT_MS 2000 /* of an answer, behind its head */

struct _CmafUploadConnection
{
  GSocket *socket; /* borrowed from the stream's connection */
  GIOStream *stream;
  GSocketConnection *tcp;
  guint settings_timeout_ms;
  guint io_timeout_ms; /* of the request at hand */
  gboolean is_chunked;
  gboolean is_broken;  /* an error, or the answer came early */
  gboolean must_close; /* the answer said so */
  gboolean has_eof;
  guint n_requests;      /* begun on this connection */
  gboolean has_answered; /* since the request at hand began */
  gboolean may_go_on;    /* 100 Continue has come */
  CmafHttpBody body;     /* of the answer at hand */
  gint64 progress_at;    /* the peer took something, or was given it */
  gsize unconfirmed;     /* then, or later */
  GByteArray *input;
};

/* ---- TLS ---- */

static gboolean
has_pin (GTlsCertificate *certificate, gchar **pins)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree gchar *hash = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  return g_strv_contains ((const gchar *const *)pins, hash);
}

/* Is it pinned, or signed by what is? That it names one above it tells nothing:
 * anybody can show the certificate of an authority behind his own. */
static gboolean
is_pinned (GTlsCertificate *certificate, gchar **pins)
{
  GTlsCertificate *above = certificate;

  if (has_pin (certificate, pins))
    return TRUE;
  while ((above = g_tls_certificate_get_issuer (above)) != NULL)
    if (has_pin (above, pins)
        && g_tls_certificate_verify (certificate, NULL, above) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
judge_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  const CmafUploadSettings *settings = data;

  if (settings->pins)
    return is_pinned (certificate, settings->pins);
  return settings->accept_any;
}

static const gchar *
version_name (GTlsProtocolVersion version)
{
  static const gchar *const names[] = { "unknown", "SSL 3.0", "TLS 1.0",
    "TLS 1.1" };

  return version < G_N_ELEMENTS (names) ? names[version] : "DTLS";
}

/* What GIO does not check by itself. */
static gboolean
check_tls (
    GTlsConnection *tls, const CmafUploadSettings *settings, GError **error)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (tls);
  GTlsCertificate *peer = g_tls_connection_get_peer_certificate (tls);

  if (version < G_TLS_PROTOCOL_VERSION_TLS_1_2) {
    g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE,
        "the receiver speaks %s, needs TLS 1.2 or newer",
        version_name (version));
    return FALSE;
  }
  if (settings->pins && (!peer || !is_pinned (peer, settings->pins))) {
    g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
        "the certificate of the receiver is none of those that are pinned");
    return FALSE;
  }
  return TRUE;
}

static gboolean
start_tls (CmafUploadConnection *self, GSocketConnectable *address,
    const CmafUploadSettings *settings, GCancellable *cancellable,
    GError **error)
{
  GIOStream *tls =
      g_tls_client_connection_new (G_IO_STREAM (self->tcp), address, error);
  gulong handler;
  gboolean ok;

  if (!tls)
    return FALSE;
  g_object_unref (self->stream);
  self->stream = tls;
  if (settings->ca)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), settings->ca);
  if (settings->certificate)
    g_tls_connection_set_certificate (
        G_TLS_CONNECTION (tls), settings->certificate);
  handler = g_signal_connect (tls, "accept-certificate",
      G_CALLBACK (judge_certificate), (gpointer)settings);
  ok = g_tls_connection_handshake (G_TLS_CONNECTION (tls), cancellable, error)
       && check_tls (G_TLS_CONNECTION (tls), settings, error);
  g_signal_handler_disconnect (tls, handler);
  return ok;
}

/* ---- opening ---- */

static gboolean
is_https (GUri *uri)
{
  return strcmp (g_uri_get_scheme (uri), "https") == 0;
}

static guint
port_of (GUri *uri)
{
  gint port = g_uri_get_port (uri);

  if (port > 0)
    return port;
  return is_https (uri) ? 443 : 80;
}

static CmafUploadConnection *
open_connection (GUri *uri, const CmafUploadSettings *settings,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) address =
      g_network_address_new (g_uri_get_host (uri), port_of (uri));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  CmafUploadConnection *self;
  GSocketConnection *tcp;

  /* in whole seconds */
  g_socket_client_set_timeout (
      client, MAX (1, (settings->connect_timeout_ms + 999) / 1000));
  tcp = g_socket_client_connect (client, address, cancellable, error);
  if (!tcp)
    return NULL;
  self = g_new0 (CmafUploadConnection, 1);
  self->tcp = tcp;
  self->stream = g_object_ref (G_IO_STREAM (tcp));
  self->socket = g_socket_connection_get_socket (tcp);
  self->settings_timeout_ms = settings->io_timeout_ms;
  self->input = g_byte_array_new ();
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (is_https (uri)
      && !start_tls (self, address, settings, cancellable, error)) {
    self->is_broken = TRUE;
    cmaf_upload_connection_free (self);
    return NULL;
  }
  return self;
}

CmafUploadConnection *
cmaf_upload_connection_open (GUri *uri, const CmafUploadSettings *settings,
    GCancellable *cancellable, GError **error)
{
  GError *failure = NULL;
  CmafUploadConnection *self =
      open_connection (uri, settings, cancellable, &failure);
  const gchar *remedy = failure != NULL ? cmaf_connect_remedy (failure) : NULL;

  if (remedy != NULL) {
    g_autofree gchar *said = failure->message;

    failure->message = g_strconcat (said, ", ", remedy, NULL);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return self;
}

void
cmaf_upload_connection_free (CmafUploadConnection *self)
{
  /* no polite end for a peer that may not read it */
  g_io_stream_close (
      self->is_broken ? G_IO_STREAM (self->tcp) : self->stream, NULL, NULL);
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

gint
cmaf_upload_connection_get_fd (const CmafUploadConnection *self)
{
  return g_socket_get_fd (self->socket);
}

gsize
cmaf_upload_connection_get_unconfirmed (const CmafUploadConnection *self)
{
  int n = 0;

#ifdef __linux__
  if (ioctl (g_socket_get_fd (self->socket), SIOCOUTQ, &n) != 0)
    n = 0;
#endif
  return n;
}

/* ---- input ---- */

/* Is all there of an answer but its body, which nobody needs? */
static gboolean
has_head (const CmafUploadConnection *self)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  gsize n_used;

  return self->body == CMAF_HTTP_BODY_SKIPPED
         && cmaf_http_answer_parse ((const gchar *)self->input->data,
                self->input->len, FALSE, CMAF_HTTP_BODY_NONE, &answer, &n_used,
                NULL)
                == CMAF_HTTP_ANSWER_DONE;
}

/* What has arrived goes to @input, all of it: with TLS it may wait where no
 * poll of the socket sees it. Never blocks. */
static gboolean
poll_input (CmafUploadConnection *self, GError **error)
{
  GPollableInputStream *stream =
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  const guint limit =
      self->body == CMAF_HTTP_BODY_KEPT ? MAX_OBJECT : MAX_ANSWER;
  g_autoptr (GError) failure = NULL;
  guint8 buffer[16384];
  gssize n;

  while ((n = g_pollable_input_stream_read_nonblocking (
              stream, buffer, sizeof buffer, NULL, &failure))
         > 0) {
    self->has_answered = TRUE;
    g_byte_array_append (self->input, buffer, n);
    if (self->input->len > limit) {
      if (has_head (self))
        return TRUE;
      self->is_broken = TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
          "answer: is longer than %u bytes", limit);
      return FALSE;
    }
  }
  /* a reset behind an answer is no more than its end */
  if (n == 0
      || (self->input->len > 0
          && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))) {
    self->has_eof = TRUE;
  } else if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    self->is_broken = TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  return TRUE;
}

static gboolean
wait_for (CmafUploadConnection *self, GIOCondition condition, guint timeout_ms,
    GCancellable *cancellable, GError **error)
{
  return g_socket_condition_timed_wait (
      self->socket, condition, timeout_ms * (gint64)1000, cancellable, error);
}

/* As long as the peer takes what is on its way to it, there is progress: much
 * of a body may be in our system yet when all of it is written. What it says
 * is none before it is an answer: some never come to an end. */
static gboolean
wait_for_progress (CmafUploadConnection *self, GIOCondition condition,
    GCancellable *cancellable, GError **error)
{
  for (;;) {
    g_autoptr (GError) failure = NULL;
    gsize left = cmaf_upload_connection_get_unconfirmed (self);
    gint64 now = g_get_monotonic_time (), until;

    if (left < self->unconfirmed)
      self->progress_at = now;
    self->unconfirmed = left;
    until = self->progress_at + self->io_timeout_ms * (gint64)1000;
    if (wait_for (self, condition, MAX (until - now, 0) / 1000 + 1, cancellable,
            &failure))
      return TRUE;
    if (now >= until
        || !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  }
}

static gboolean
fail_at_eof (CmafUploadConnection *self, GError **error)
{
  self->is_broken = TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
      "the receiver closed the connection without an answer");
  return FALSE;
}

/* Takes interim answers away. */
static CmafHttpAnswerResult
parse_input (CmafUploadConnection *self, CmafHttpAnswer *answer, GError **error)
{
  CmafHttpAnswerResult result;
  gsize n_used;

  result = cmaf_http_answer_parse ((const gchar *)self->input->data,
      self->input->len, self->has_eof, self->body, answer, &n_used, error);
  if (result == CMAF_HTTP_ANSWER_CONTINUE) {
    g_byte_array_remove_range (self->input, 0, n_used);
  } else if (result == CMAF_HTTP_ANSWER_DONE) {
    /* nothing may follow it before the next request */
    self->must_close = answer->closes || n_used < self->input->len;
    g_byte_array_set_size (self->input, 0);
  } else if (result == CMAF_HTTP_ANSWER_ERROR) {
    self->is_broken = TRUE;
  }
  return result;
}

/* Can what has come be anything but an interim answer? */
static gboolean
is_final (const CmafUploadConnection *self)
{
  return self->input->len >= 12
         && strncmp ((const gchar *)self->input->data + 8, " 1", 2) != 0;
}

/* TRUE: nothing has come, but perhaps 100 Continue. */
static gboolean
check_silence (CmafUploadConnection *self, GError **error)
{
  if (!poll_input (self, error))
    return FALSE;
  while (self->input->len > 0 && !is_final (self)) {
    g_auto (CmafHttpAnswer) interim = { 0 };
    CmafHttpAnswerResult result = parse_input (self, &interim, error);

    if (result == CMAF_HTTP_ANSWER_ERROR)
      return FALSE;
    if (result != CMAF_HTTP_ANSWER_CONTINUE)
      break;
    self->may_go_on = TRUE;
  }
  if (is_final (self)) {
    self->is_broken = TRUE; /* the answer counts, the rest is not sent */
    return FALSE;
  }
  return self->has_eof ? fail_at_eof (self, error) : TRUE;
}

gboolean
cmaf_upload_connection_check (CmafUploadConnection *self, GError **error)
{
  return check_silence (self, error);
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

/* The peer may have answered and gone, in which case the answer counts. */
static gboolean
fail_write (CmafUploadConnection *self, GError **error)
{
  self->is_broken = TRUE;
  if (poll_input (self, NULL) && self->input->len > 0)
    g_clear_error (error);
  return FALSE;
}

static gboolean
write_vectors (CmafUploadConnection *self, GOutputVector *vectors, guint n,
    GCancellable *cancellable, GError **error)
{
  GPollableOutputStream *stream =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  guint first = 0;

  self->progress_at = g_get_monotonic_time ();
  while (first < n) {
    gsize written = 0;
    GPollableReturn result;

    if (!check_silence (self, error))
      return FALSE;
    result = g_pollable_output_stream_writev_nonblocking (stream,
        vectors + first, MIN (n - first, MAX_VECTORS), &written, NULL, error);
    if (result == G_POLLABLE_RETURN_FAILED)
      return fail_write (self, error);
    if (result == G_POLLABLE_RETURN_OK) {
      skip_written (vectors, &first, n, written);
      self->progress_at = g_get_monotonic_time ();
    } else if (!wait_for_progress (
                   self, G_IO_IN | G_IO_OUT, cancellable, error)) {
      self->is_broken = TRUE;
      return FALSE;
    }
  }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
set_vector (GOutputVector *vector, gconstpointer data, gsize size)
{
  vector->buffer = data;
  vector->size = size;
}

static GString *
make_head (const CmafUploadHead *head)
{
  const gchar *name = g_uri_get_host (head->uri);
  const gchar *path = g_uri_get_path (head->uri);
  const gchar *query = g_uri_get_query (head->uri);
  const gchar *form = strchr (name, ':') ? "[%s]" : "%s";
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s %s%s%s HTTP/1.1\r\nHost: ", head->method,
      *path ? path : "/", query ? "?" : "", query ? query : "");
  g_string_append_printf (text, form, name);
  if (g_uri_get_port (head->uri) > 0)
    g_string_append_printf (text, ":%d", g_uri_get_port (head->uri));
  g_string_append_printf (text, "\r\n%s", head->fields);
  if (head->expects)
    g_string_append (text, "Expect: 100-continue\r\n");
  if (head->length == CMAF_UPLOAD_NO_BODY)
    g_string_append (text, "\r\n");
  else if (head->length < 0)
    g_string_append (text, "Transfer-Encoding: chunked\r\n\r\n");
  else
    g_string_append_printf (
        text, "Content-Length: %" G_GINT64_FORMAT "\r\n\r\n", head->length);
  return text;
}

/* Until any answer is there, or the time is up: then the body is sent without
 * having been asked for. */
static gboolean
wait_for_continue (
    CmafUploadConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failure = NULL;

  while (wait_for (self, G_IO_IN,
      MIN (CONTINUE_TIMEOUT_MS, self->io_timeout_ms), cancellable, &failure)) {
    if (!check_silence (self, error))
      return FALSE;
    if (self->may_go_on)
      return TRUE;
  }
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;
  self->is_broken = TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Nothing may have come since the last answer: what did is about the
 * connection, which is stale then. */
static gboolean
check_idle (CmafUploadConnection *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean is_silent = check_silence (self, &failure);

  self->has_answered = FALSE;
  if (is_silent)
    return TRUE;
  self->is_broken = TRUE;
  if (failure)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
        "the receiver answered before it was asked");
  return FALSE;
}

gboolean
cmaf_upload_connection_begin (CmafUploadConnection *self,
    const CmafUploadHead *head, GCancellable *cancellable, GError **error)
{
  GString *text;
  GOutputVector vector;
  gboolean ok;

  self->is_chunked = head->length == -1;
  self->body = head->body;
  self->io_timeout_ms =
      head->io_timeout_ms > 0 ? head->io_timeout_ms : self->settings_timeout_ms;
  self->may_go_on = FALSE;
  self->n_requests++;
  if (!check_idle (self, error))
    return FALSE;
  text = make_head (head);
  set_vector (&vector, text->str, text->len);
  ok = write_vectors (self, &vector, 1, cancellable, error);
  g_string_free (text, TRUE);
  if (ok && head->expects)
    ok = wait_for_continue (self, cancellable, error);
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

/* @until: 0 as long as the head of the answer is not there. */
static gboolean
wait_for_answer (CmafUploadConnection *self, gint64 until,
    GCancellable *cancellable, GError **error)
{
  gint64 left = until - g_get_monotonic_time ();
  g_autoptr (GError) failure = NULL;

  if (until == 0)
    return wait_for_progress (self, G_IO_IN, cancellable, error);
  if (wait_for (self, G_IO_IN, MAX (left, 0) / 1000 + 1, cancellable, &failure)
      || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The body of the answer is not waited for any longer: then its head is all of
 * it. @until gets the end of its time, when that has begun. */
static gboolean
give_up_body (CmafUploadConnection *self, gint64 *until)
{
  gint64 now = g_get_monotonic_time ();

  if (!has_head (self))
    return FALSE;
  if (*until == 0)
    *until = now + MIN (BODY_TIMEOUT_MS, self->io_timeout_ms) * (gint64)1000;
  if (now < *until && self->input->len <= MAX_ANSWER)
    return FALSE;
  self->body = CMAF_HTTP_BODY_NONE;
  self->is_broken = TRUE;
  return TRUE;
}

gboolean
cmaf_upload_connection_finish (CmafUploadConnection *self,
    CmafHttpAnswer *answer, GCancellable *cancellable, GError **error)
{
  CmafHttpAnswerResult result;
  gint64 until = 0;

  if (self->is_chunked && !self->is_broken) {
    GOutputVector last;

    set_vector (&last, "0\r\n\r\n", 5);
    if (!write_vectors (self, &last, 1, cancellable, error) && error && *error)
      return FALSE;
  }
  while (
      (result = parse_input (self, answer, error)) != CMAF_HTTP_ANSWER_DONE) {
    if (result == CMAF_HTTP_ANSWER_ERROR)
      return FALSE;
    if (result == CMAF_HTTP_ANSWER_CONTINUE)
      continue;
    if (self->has_eof)
      return fail_at_eof (self, error);
    if (give_up_body (self, &until))
      continue;
    if (!wait_for_answer (self, until, cancellable, error)
        || !poll_input (self, error)) {
      self->is_broken = TRUE;
      return FALSE;
    }
  }
  return TRUE;
}
