/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Heads are collected whole and handed over whole; bodies pass through, and are
 * followed so that the next head is found. A head that must be refused is
 * replaced by one that libsoup cannot misunderstand: the answer is in the head
 * that was parsed here.
 *
 * The end of a connection between two requests is told as a line that is none,
 * and an error: libsoup 3.2 lets go of a connection when a request fails, but
 * not when none has begun. A body that goes wrong is answered here, below
 * libsoup, which would only close. */
#include "http-stream.h"

#include <string.h>

#define STREAM_KEY "cmaf-http-stream"
#define READ_SIZE 8192
/* libsoup ends a chunked body in a thread of GIO, where it waits for room */
#define LAST_CHUNK_WAIT (5 * G_TIME_SPAN_SECOND)

/* ---- output ---- */

typedef struct
{
  GOutputStream parent;
  GPollableOutputStream *base;
  GSocket *socket;
  gboolean is_ended; /* the last answer has been given */
  gboolean is_cut;   /* in the middle of one */
} CmafHttpOutput;

typedef GOutputStreamClass CmafHttpOutputClass;

static void output_pollable_init (GPollableOutputStreamInterface *interface);
static GType cmaf_http_output_get_type (void);

G_DEFINE_TYPE_WITH_CODE (CmafHttpOutput, cmaf_http_output, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, output_pollable_init))

static gboolean
check_open (CmafHttpOutput *self, GError **error)
{
  if (!self->is_ended && !self->is_cut)
    return TRUE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_CLOSED, "nothing is sent any more");
  return FALSE;
}

static gssize
output_write_nonblocking (
    GPollableOutputStream *stream, const void *data, gsize size, GError **error)
{
  CmafHttpOutput *self = (CmafHttpOutput *)stream;

  if (!check_open (self, error))
    return -1;
  return g_pollable_output_stream_write_nonblocking (
      self->base, data, size, NULL, error);
}

static GPollableReturn
output_writev_nonblocking (GPollableOutputStream *stream,
    const GOutputVector *vectors, gsize n_vectors, gsize *n_written,
    GError **error)
{
  CmafHttpOutput *self = (CmafHttpOutput *)stream;

  if (!check_open (self, error))
    return G_POLLABLE_RETURN_FAILED;
  return g_pollable_output_stream_writev_nonblocking (
      self->base, vectors, n_vectors, n_written, NULL, error);
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  return g_pollable_output_stream_is_writable (
      ((CmafHttpOutput *)stream)->base);
}

static GSource *
output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) base = g_pollable_output_stream_create_source (
      ((CmafHttpOutput *)stream)->base, NULL);

  return g_pollable_source_new_full (stream, base, cancellable);
}

static void
output_pollable_init (GPollableOutputStreamInterface *interface)
{
  interface->write_nonblocking = output_write_nonblocking;
  interface->writev_nonblocking = output_writev_nonblocking;
  interface->is_writable = output_is_writable;
  interface->create_source = output_create_source;
}

/* Not for ever: a peer that reads nothing would keep the thread. */
static gssize
output_write (GOutputStream *stream, const void *data, gsize size,
    GCancellable *cancellable, GError **error)
{
  CmafHttpOutput *self = (CmafHttpOutput *)stream;
  gint64 deadline = g_get_monotonic_time () + LAST_CHUNK_WAIT;

  if (!check_open (self, error))
    return -1;
  for (;;) {
    g_autoptr (GError) failure = NULL;
    gssize n = g_pollable_output_stream_write_nonblocking (
        self->base, data, size, cancellable, &failure);

    if (n >= 0)
      return n;
    if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return -1;
    }
    if (!g_socket_condition_timed_wait (self->socket, G_IO_OUT,
            MAX (deadline - g_get_monotonic_time (), 0), cancellable, error))
      return -1;
  }
}

static void
cmaf_http_output_finalize (GObject *object)
{
  CmafHttpOutput *self = (CmafHttpOutput *)object;

  g_object_unref (self->base);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (cmaf_http_output_parent_class)->finalize (object);
}

static void
cmaf_http_output_init (CmafHttpOutput *self)
{
}

static void
cmaf_http_output_class_init (CmafHttpOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cmaf_http_output_finalize;
  klass->write_fn = output_write;
}

/* ---- input ---- */

typedef enum
{
  HEAD, /* before or in a head */
  BODY,
  RAW,   /* no HTTP any more */
  ENDED, /* the peer has gone, or nothing more is taken from it */
} State;

typedef struct
{
  GInputStream parent;
  CmafHttpStream *stream; /* owns this */
  GPollableInputStream *base;
  State state;
  GByteArray *ahead;  /* from the peer, not looked at yet */
  GString *ready;     /* a head for libsoup */
  gboolean has_begun; /* the head */
  gboolean told_end;
  CmafHttpHead head;
  guint64 left; /* of a body with a length */
  CmafHttpChunks chunks;
} CmafHttpInput;

typedef GInputStreamClass CmafHttpInputClass;

struct _CmafHttpStream
{
  GIOStream parent;
  GIOStream *base;
  GSocket *socket;
  CmafHttpWatch *watch;
  CmafHttpInput *input;
  CmafHttpOutput *output;
  CmafHttpStreamCallbacks callbacks;
  gpointer user_data;
};

static void input_pollable_init (GPollableInputStreamInterface *interface);
static GType cmaf_http_input_get_type (void);

G_DEFINE_TYPE_WITH_CODE (CmafHttpInput, cmaf_http_input, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, input_pollable_init))

/* What libsoup is given: the path without scheme and authority, or instead of
 * a request that is refused one without a path, or without a body as well. */
static void
write_head (CmafHttpInput *self, const gchar *data, gsize size)
{
  const CmafHttpHead *head = &self->head;
  gsize path_size = head->target_end - head->path;

  g_string_truncate (self->ready, 0);
  if (head->is_broken) {
    g_string_append (
        self->ready, "GET / HTTP/1.1\r\nHost: -\r\nConnection: close\r\n\r\n");
    return;
  }
  g_string_append_len (self->ready, data, head->target);
  if (head->status != 0 || path_size == 0)
    g_string_append_c (self->ready, '/');
  else
    g_string_append_len (self->ready, data + head->path, path_size);
  g_string_append_len (
      self->ready, data + head->target_end, size - head->target_end);
}

static void
begin_body (CmafHttpInput *self)
{
  self->left = self->head.length;
  memset (&self->chunks, 0, sizeof self->chunks);
  if (self->head.is_broken)
    self->state = ENDED;
  else if (self->head.body != CMAF_HTTP_BODY_NONE)
    self->state = BODY;
}

/* What lies ahead is no whole head, and may become one. */
static gboolean
may_go_on (CmafHttpInput *self, gsize skip)
{
  if (self->ahead->len == skip)
    return TRUE;
  return self->ahead->len <= CMAF_HTTP_MAX_HEAD
         && cmaf_http_head_may_begin (
             (const gchar *)self->ahead->data + skip, self->ahead->len - skip);
}

/* @size: of the head behind @skip, 0: it is not whole */
static void
judge_head (CmafHttpInput *self, gsize skip, gsize size)
{
  const gchar *data = (const gchar *)self->ahead->data + skip;
  gsize rest = self->ahead->len - skip;

  self->head = (CmafHttpHead){ .status = 400, .is_broken = TRUE };
  if (size == 0 && !cmaf_http_head_may_begin (data, rest)) {
    self->head.why = CMAF_HTTP_NO_REQUEST_LINE;
  } else if (skip + (size > 0 ? size : rest) > CMAF_HTTP_MAX_HEAD) {
    self->head.status = 431;
    self->head.why = CMAF_HTTP_HEAD_TOO_LARGE;
  } else if (size == 0) {
    self->head.why = "head: ends before its empty line";
  } else {
    cmaf_http_head_parse (&self->head, data, size);
  }
}

/* A connection that waits keeps no memory for what it once had. */
static void
drop_ahead (CmafHttpInput *self, gsize size)
{
  if (size < self->ahead->len) {
    g_byte_array_remove_range (self->ahead, 0, size);
    return;
  }
  g_byte_array_unref (self->ahead);
  self->ahead = g_byte_array_new ();
}

/* FALSE: there is no whole head ahead, and @has_ended is not set. */
static gboolean
take_head (CmafHttpInput *self, gboolean has_ended)
{
  CmafHttpStream *stream = self->stream;
  const gchar *data = (const gchar *)self->ahead->data;
  gsize skip, size = cmaf_http_head_find (data, self->ahead->len, &skip);

  if (!self->has_begun && self->ahead->len > skip) {
    self->has_begun = TRUE;
    if (stream->callbacks.head_began)
      stream->callbacks.head_began (stream->user_data);
  }
  if (size == 0 && !has_ended && may_go_on (self, skip))
    return FALSE;
  judge_head (self, skip, size);
  write_head (self, data + skip, size);
  drop_ahead (self, size > 0 ? skip + size : self->ahead->len);
  self->has_begun = FALSE;
  begin_body (self);
  if (stream->callbacks.got_head)
    stream->callbacks.got_head (stream->user_data);
  return TRUE;
}

static gssize
end (CmafHttpInput *self, gchar *data, gsize size, GError **error)
{
  static const gchar line[] = "-\n"; /* see above */

  self->state = ENDED;
  if (!self->told_end && size >= strlen (line)) {
    self->told_end = TRUE;
    memcpy (data, line, strlen (line));
    return strlen (line);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
      "the connection has ended");
  return -1;
}

static gssize
take_ready (CmafHttpInput *self, gchar *data, gsize size)
{
  gsize n = MIN (size, self->ready->len);

  memcpy (data, self->ready->str, n);
  g_string_erase (self->ready, 0, n);
  return n;
}

typedef enum
{
  TAKEN,
  MORE, /* is needed, and not there yet */
  NONE_LEFT,
} HeadResult;

static HeadResult
fill_head (CmafHttpInput *self)
{
  while (!take_head (self, FALSE)) {
    guint8 buffer[READ_SIZE];
    g_autoptr (GError) failure = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking (
        self->base, buffer, sizeof buffer, NULL, &failure);

    if (n > 0)
      g_byte_array_append (self->ahead, buffer, n);
    else if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return MORE;
    else if (n == 0 && self->has_begun)
      take_head (self, TRUE);
    else
      return NONE_LEFT;
  }
  return TAKEN;
}

static gssize
read_head (CmafHttpInput *self, gchar *data, gsize size, GError **error)
{
  switch (fill_head (self)) {
    case TAKEN:
      return take_ready (self, data, size);
    case MORE:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
          "there is no whole head yet");
      return -1;
    default:
      return end (self, data, size, error);
  }
}

/* From what lies ahead, or from the peer. */
static gssize
read_bytes (CmafHttpInput *self, gchar *data, gsize size, GError **error)
{
  gsize n = MIN (size, self->ahead->len);

  if (n == 0)
    return g_pollable_input_stream_read_nonblocking (
        self->base, data, size, NULL, error);
  memcpy (data, self->ahead->data, n);
  drop_ahead (self, n);
  return n;
}

/* The answer is what libsoup would not give: nothing was answered before, since
 * an early answer takes the connection away from it. */
static gssize
fail_body (CmafHttpInput *self, GError **error, const gchar *why)
{
  CmafHttpOutput *output = self->stream->output;
  g_autofree gchar *answer =
      cmaf_http_error_answer ("400 Bad Request", "", why);

  self->state = ENDED;
  if (!output->is_ended)
    g_pollable_output_stream_write_nonblocking (
        output->base, answer, strlen (answer), NULL, NULL);
  output->is_ended = TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, why);
  return -1;
}

static gssize
fail_short_body (CmafHttpInput *self, GError **error)
{
  g_autofree gchar *why = NULL;

  if (self->head.body == CMAF_HTTP_BODY_CHUNKED)
    return fail_body (self, error, "body: ends before its last chunk");
  why = g_strdup_printf ("body: has %" G_GUINT64_FORMAT
                         " bytes, its Content-Length needs %" G_GUINT64_FORMAT,
      self->head.length - self->left, self->head.length);
  return fail_body (self, error, why);
}

static gssize
read_body (CmafHttpInput *self, gchar *data, gsize size, GError **error)
{
  gboolean has_length = self->head.body == CMAF_HTTP_BODY_LENGTH;
  gssize n, used;

  if (has_length)
    size = MIN (size, self->left);
  n = read_bytes (self, data, size, error);
  if (n == 0)
    return fail_short_body (self, error);
  if (n < 0)
    return n;
  used = has_length ? n : cmaf_http_chunks_follow (&self->chunks, data, n);
  if (used < 0)
    return fail_body (self, error,
        "body: a chunk has no size, needs hexadecimal digits and a line end");
  if (used < n)
    g_byte_array_prepend (self->ahead, (guint8 *)data + used, n - used);
  self->left -= has_length ? used : 0;
  if (has_length ? self->left == 0 : self->chunks.is_done)
    self->state = HEAD;
  return used;
}

static gssize
input_read_nonblocking (
    GPollableInputStream *stream, void *data, gsize size, GError **error)
{
  CmafHttpInput *self = (CmafHttpInput *)stream;

  if (self->ready->len > 0)
    return take_ready (self, data, size);
  switch (self->state) {
    case HEAD:
      return read_head (self, data, size, error);
    case BODY:
      return read_body (self, data, size, error);
    case RAW:
      return read_bytes (self, data, size, error);
    default:
      return end (self, data, size, error);
  }
}

/* Whether the next read gets something without asking the peer. */
static gboolean
has_something (CmafHttpInput *self)
{
  gsize skip;

  if (self->ready->len > 0 || self->state == ENDED)
    return TRUE;
  if (self->state != HEAD)
    return self->ahead->len > 0;
  return cmaf_http_head_find (
             (const gchar *)self->ahead->data, self->ahead->len, &skip)
         > 0;
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  CmafHttpInput *self = (CmafHttpInput *)stream;

  return has_something (self)
         || g_pollable_input_stream_is_readable (self->base);
}

/* TLS may hold what the socket has no more. */
static gboolean
is_ahead_of_socket (CmafHttpInput *self)
{
  return has_something (self) || self->stream == NULL
         || (G_IS_TLS_CONNECTION (self->stream->base)
             && g_pollable_input_stream_is_readable (self->base));
}

static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  CmafHttpInput *self = (CmafHttpInput *)stream;
  g_autoptr (GSource) base = NULL;
  GSource *source;

  if (is_ahead_of_socket (self)) {
    base = g_timeout_source_new (0);
    return g_pollable_source_new_full (stream, base, cancellable);
  }
  source = g_pollable_source_new_full (stream, NULL, cancellable);
  base = cmaf_http_watch_create_source (self->stream->watch);
  g_source_add_child_source (source, base);
  return source;
}

static void
input_pollable_init (GPollableInputStreamInterface *interface)
{
  interface->read_nonblocking = input_read_nonblocking;
  interface->is_readable = input_is_readable;
  interface->create_source = input_create_source;
}

/* Nobody asks for it, and nobody may wait in the HTTP thread. */
static gssize
input_read (GInputStream *stream, void *data, gsize size,
    GCancellable *cancellable, GError **error)
{
  return input_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (stream), data, size, error);
}

static void
cmaf_http_input_finalize (GObject *object)
{
  CmafHttpInput *self = (CmafHttpInput *)object;

  g_object_unref (self->base);
  g_byte_array_unref (self->ahead);
  g_string_free (self->ready, TRUE);
  G_OBJECT_CLASS (cmaf_http_input_parent_class)->finalize (object);
}

static void
cmaf_http_input_init (CmafHttpInput *self)
{
  self->ahead = g_byte_array_new ();
  self->ready = g_string_new (NULL);
}

static void
cmaf_http_input_class_init (CmafHttpInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cmaf_http_input_finalize;
  klass->read_fn = input_read;
}

/* ---- the stream ---- */

G_DEFINE_TYPE (CmafHttpStream, cmaf_http_stream, G_TYPE_IO_STREAM)

static GInputStream *
stream_get_input (GIOStream *stream)
{
  return G_INPUT_STREAM (CMAF_HTTP_STREAM (stream)->input);
}

static GOutputStream *
stream_get_output (GIOStream *stream)
{
  return G_OUTPUT_STREAM (CMAF_HTTP_STREAM (stream)->output);
}

/* The farewell of TLS must not wait for a peer that does not read, nor the last
 * answer be destroyed by what it still sends. */
static gboolean
stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  CmafHttpStream *self = CMAF_HTTP_STREAM (stream);
  CmafHttpStreamCallbacks callbacks = self->callbacks;
  gpointer user_data = self->user_data;
  gboolean ok = TRUE;

  if (g_socket_condition_check (self->socket, G_IO_OUT) == 0)
    g_socket_close (self->socket, NULL);
  if (self->output->is_ended && callbacks.answered)
    callbacks.answered (self->base, self->socket, user_data);
  else
    ok = g_io_stream_close (self->base, cancellable, error);
  self->input->state = ENDED;
  cmaf_http_stream_forget (self);
  if (callbacks.closed)
    callbacks.closed (user_data);
  return ok;
}

static void
cmaf_http_stream_finalize (GObject *object)
{
  CmafHttpStream *self = CMAF_HTTP_STREAM (object);

  self->input->stream = NULL;
  cmaf_http_watch_free (self->watch);
  g_object_unref (self->input);
  g_object_unref (self->output);
  g_object_unref (self->base);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (cmaf_http_stream_parent_class)->finalize (object);
}

static void
cmaf_http_stream_init (CmafHttpStream *self)
{
}

static void
cmaf_http_stream_class_init (CmafHttpStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cmaf_http_stream_finalize;
  stream_class->get_input_stream = stream_get_input;
  stream_class->get_output_stream = stream_get_output;
  stream_class->close_fn = stream_close;
}

CmafHttpStream *
cmaf_http_stream_new (GIOStream *base, GSocket *socket, CmafHttpWatch *watch,
    const CmafHttpStreamCallbacks *callbacks, gpointer user_data)
{
  CmafHttpStream *self = g_object_new (CMAF_TYPE_HTTP_STREAM, NULL);

  self->base = g_object_ref (base);
  self->socket = g_object_ref (socket);
  self->watch = watch;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->input = g_object_new (cmaf_http_input_get_type (), NULL);
  self->input->stream = self;
  self->input->base = g_object_ref (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  self->output = g_object_new (cmaf_http_output_get_type (), NULL);
  self->output->base = g_object_ref (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base)));
  self->output->socket = g_object_ref (socket);
  return self;
}

gboolean
cmaf_http_stream_has_request (CmafHttpStream *self)
{
  return self->input->ready->len > 0 || fill_head (self->input) != MORE;
}

void
cmaf_http_stream_wait (CmafHttpStream *self, void (*ready) (gpointer user_data),
    gpointer user_data)
{
  cmaf_http_watch_start (self->watch, ready, user_data);
}

void
cmaf_http_stream_forget (CmafHttpStream *self)
{
  memset (&self->callbacks, 0, sizeof self->callbacks);
}

const CmafHttpHead *
cmaf_http_stream_get_head (CmafHttpStream *self)
{
  return &self->input->head;
}

GSocket *
cmaf_http_stream_get_socket (CmafHttpStream *self)
{
  return self->socket;
}

GIOStream *
cmaf_http_stream_get_base (CmafHttpStream *self)
{
  return self->base;
}

/* ---- messages ---- */

CmafHttpStream *
cmaf_http_stream_find (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), STREAM_KEY);
}

void
cmaf_http_stream_attach (CmafHttpStream *self, SoupServerMessage *message)
{
  g_object_set_data_full (
      G_OBJECT (message), STREAM_KEY, g_object_ref (self), g_object_unref);
}

GIOStream *
cmaf_http_stream_steal (SoupServerMessage *message)
{
  CmafHttpStream *self = cmaf_http_stream_find (message);

  if (self != NULL && self->input->state != ENDED)
    self->input->state = RAW;
  return soup_server_message_steal_connection (message);
}

void
cmaf_http_stream_cut (SoupServerMessage *message)
{
  CmafHttpStream *self = cmaf_http_stream_find (message);
  g_autoptr (GIOStream) connection = NULL;

  if (self != NULL)
    self->output->is_cut = TRUE;
  connection = cmaf_http_stream_steal (message);
  if (connection != NULL)
    g_io_stream_close (connection, NULL, NULL);
}
