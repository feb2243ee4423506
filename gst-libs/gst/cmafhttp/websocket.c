/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One pass of the writer takes what is half written, then control, then media,
 * gathers it in one system call and gives back what was not begun. */
#include "websocket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_BATCH 16           /* messages in one gather write */
#define MAX_VECTORS 64         /* pieces in one gather write */
#define MAX_PASS (256 * 1024)  /* bytes before the next viewer's turn */
#define MAX_CONTROL_QUEUE 1024 /* unread answers */
#define READ_SIZE 4096

#define PING_AFTER (10 * G_USEC_PER_SEC)   /* without a byte from the client */
#define SILENT_AFTER (25 * G_USEC_PER_SEC) /* likewise */
#define STUCK_AFTER (10 * G_USEC_PER_SEC)  /* no byte accepted */
#define CLOSE_WAIT (2 * G_USEC_PER_SEC)    /* for the answer to a close */

typedef enum
{
  STATE_OPEN,    /* texts and media */
  STATE_CLOSING, /* a close frame is queued, nothing may follow it */
  STATE_OVER,    /* closed() is due or was called */
} State;

struct _CmafWebsocket
{
  GIOStream *stream;
  GSocket *socket;
  gboolean is_tls; /* write through @stream, not @socket */
  GMainContext *context;
  CmafWebsocketCallbacks callbacks;
  gpointer user_data;
  CmafWsReader *reader;
  State state;

  GSource *read_source;
  GSource *write_source;  /* waits for room, (nullable) */
  GSource *closed_source; /* (nullable) */
  GQueue control;         /* of CmafWsMessage */
  CmafWsMessage *partial; /* begun, not finished, (nullable) */
  gsize partial_sent;
  gboolean partial_is_media;

  guint code; /* what closed() will be told */
  gchar *reason;
  gint64 last_received;
  gint64 last_ping;
  gint64 last_progress; /* the kernel took something, or nothing was due */
  gint64 close_sent;
  CmafWebsocketCounters counters;
};

/* What one system call is given. */
typedef struct
{
  CmafWsMessage *messages[MAX_BATCH]; /* references */
  guint n_messages;
  guint n_control; /* from the control queue, after a partial one */
  gboolean has_partial;
  GOutputVector vectors[MAX_VECTORS];
  guint n_vectors;
} Batch;

void
cmaf_websocket_limit_unsent (GSocket *socket, guint bytes)
{
  gint fd = g_socket_get_fd (socket);
  gint one = 1, limit = bytes;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
#ifdef TCP_NOTSENT_LOWAT
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit, sizeof limit);
#else
  limit *= 2;
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &limit, sizeof limit);
#endif
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_source_unref (*source);
  *source = NULL;
}

static gboolean
on_closed (gpointer user_data)
{
  CmafWebsocket *ws = user_data;

  clear_source (&ws->closed_source);
  ws->callbacks.closed (ws, ws->code, ws->reason, ws->user_data);
  return G_SOURCE_REMOVE;
}

/* A socket that is shut down makes closing TLS on top of it return at once. */
static void
close_socket (CmafWebsocket *ws)
{
  if (ws->is_tls)
    g_socket_shutdown (ws->socket, TRUE, TRUE, NULL);
  g_io_stream_close (ws->stream, NULL, NULL);
}

/* No callback but closed() follows, and that from the main loop, so that no
 * caller loses the connection under its feet. */
static void
finish (CmafWebsocket *ws, guint code, const gchar *reason)
{
  if (ws->state == STATE_OVER)
    return;
  ws->state = STATE_OVER;
  if (ws->code == 0) {
    ws->code = code;
    ws->reason = g_strdup (reason);
  }
  clear_source (&ws->read_source);
  clear_source (&ws->write_source);
  close_socket (ws);
  ws->closed_source = g_idle_source_new ();
  g_source_set_priority (ws->closed_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (ws->closed_source, on_closed, ws, NULL);
  g_source_attach (ws->closed_source, ws->context);
}

static void
add_vectors (Batch *batch, CmafWsMessage *message, gsize skip)
{
  for (guint i = 0; i < message->n_pieces; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (message->pieces[i], &size);

    if (skip >= size) {
      skip -= size;
      continue;
    }
    if (batch->n_vectors == MAX_VECTORS)
      return; /* the rest of it in the next pass */
    batch->vectors[batch->n_vectors].buffer = data + skip;
    batch->vectors[batch->n_vectors++].size = size - skip;
    skip = 0;
  }
}

static void
add_message (Batch *batch, CmafWsMessage *message, gsize skip)
{
  batch->messages[batch->n_messages++] = cmaf_ws_message_ref (message);
  add_vectors (batch, message, skip);
}

static void
fill_batch (CmafWebsocket *ws, Batch *batch, guint max)
{
  gsize size = 0;

  memset (batch, 0, G_STRUCT_OFFSET (Batch, vectors));
  batch->n_vectors = 0;
  if (ws->partial != NULL) {
    batch->has_partial = TRUE;
    add_message (batch, ws->partial, ws->partial_sent);
    size += ws->partial->size;
  }
  for (GList *l = ws->control.head; l != NULL && batch->n_messages < max;
       l = l->next) {
    batch->n_control++;
    add_message (batch, l->data, 0);
  }
  while (ws->state == STATE_OPEN && batch->n_messages < max
         && batch->n_vectors < MAX_VECTORS && size < MAX_PASS) {
    CmafWsMessage *message = ws->callbacks.next (ws, ws->user_data);

    if (message == NULL)
      break;
    add_message (batch, message, 0);
    size += message->size;
  }
}

static GPollableReturn
write_batch (CmafWebsocket *ws, Batch *batch, gsize *written, GError **error)
{
  if (!ws->is_tls)
    return g_socket_send_message_with_timeout (ws->socket, NULL, batch->vectors,
        batch->n_vectors, NULL, 0, 0, 0, written, NULL, error);
  return g_pollable_output_stream_writev_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (ws->stream)),
      batch->vectors, batch->n_vectors, written, NULL, error);
}

/* Everything before message @i is gone; @offset bytes of it are. */
static void
account (CmafWebsocket *ws, Batch *batch, guint i, gsize offset, gboolean begun)
{
  guint n_before_media = batch->has_partial + batch->n_control;
  guint first_unbegun = i + (begun ? 1 : 0);
  guint n_control_begun;

  ws->counters.messages_sent += i;
  n_control_begun = MIN (first_unbegun, n_before_media);
  if (batch->has_partial && n_control_begun > 0)
    n_control_begun--;
  while (n_control_begun-- > 0)
    cmaf_ws_message_unref (g_queue_pop_head (&ws->control));

  if (i > 0 || begun)
    g_clear_pointer (&ws->partial, cmaf_ws_message_unref);
  if (begun) {
    if (i > 0 || !batch->has_partial)
      ws->partial_is_media = i >= n_before_media;
    ws->partial = cmaf_ws_message_ref (batch->messages[i]);
    ws->partial_sent = offset;
  }
  if (batch->n_messages > MAX (first_unbegun, n_before_media))
    ws->callbacks.give_back (ws,
        batch->n_messages - MAX (first_unbegun, n_before_media), ws->user_data);
}

/* @commit: TLS was offered the first message and wants it again. */
static void
finish_batch (CmafWebsocket *ws, Batch *batch, gsize written, gboolean commit)
{
  gsize left = written;
  guint i = 0;
  gsize done = batch->has_partial ? ws->partial_sent : 0;

  while (i < batch->n_messages && left >= batch->messages[i]->size - done) {
    left -= batch->messages[i++]->size - done;
    done = 0;
  }
  ws->counters.bytes_sent += written;
  account (ws, batch, i, done + left,
      i < batch->n_messages && (done + left > 0 || (commit && i == 0)));
  for (guint k = 0; k < batch->n_messages; k++)
    cmaf_ws_message_unref (batch->messages[k]);
}

static gboolean on_writable (GObject *object, gpointer user_data);

static gboolean
on_socket_writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  return on_writable (NULL, user_data);
}

static void
wait_for_room (CmafWebsocket *ws)
{
  if (ws->write_source != NULL)
    return;
  if (!ws->is_tls) {
    ws->write_source = g_socket_create_source (ws->socket, G_IO_OUT, NULL);
    g_source_set_callback (
        ws->write_source, G_SOURCE_FUNC (on_socket_writable), ws, NULL);
  } else {
    ws->write_source = g_pollable_output_stream_create_source (
        G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (ws->stream)),
        NULL);
    g_source_set_callback (
        ws->write_source, G_SOURCE_FUNC (on_writable), ws, NULL);
  }
  g_source_attach (ws->write_source, ws->context);
}

static gboolean
has_closed (CmafWebsocket *ws)
{
  return ws->state == STATE_CLOSING && ws->partial == NULL
         && g_queue_is_empty (&ws->control);
}

/* Our close frame is out: no more to send, wait for the peer's. */
static void
half_close (CmafWebsocket *ws)
{
  if (!ws->is_tls)
    g_socket_shutdown (ws->socket, FALSE, TRUE, NULL);
}

/* Writes until the socket is full, nothing is left or it is another's turn. */
static void
flush (CmafWebsocket *ws)
{
  guint max = ws->is_tls ? 1 : MAX_BATCH;
  gsize pass = 0;
  GPollableReturn result = G_POLLABLE_RETURN_OK;

  if (ws->state == STATE_OVER || has_closed (ws))
    return;
  while (result == G_POLLABLE_RETURN_OK && pass < MAX_PASS) {
    g_autoptr (GError) error = NULL;
    gsize written = 0;
    Batch batch;

    fill_batch (ws, &batch, max);
    if (batch.n_messages == 0) {
      clear_source (&ws->write_source);
      ws->last_progress = 0;
      if (ws->state == STATE_CLOSING)
        half_close (ws);
      return;
    }
    result = write_batch (ws, &batch, &written, &error);
    finish_batch (ws, &batch, written,
        ws->is_tls && result == G_POLLABLE_RETURN_WOULD_BLOCK);
    if (result == G_POLLABLE_RETURN_FAILED) {
      finish (ws, CMAF_WS_CLOSE_ABNORMAL, error->message);
      return;
    }
    if (written > 0 || ws->last_progress == 0)
      ws->last_progress = g_get_monotonic_time ();
    pass += written;
  }
  wait_for_room (ws);
}

static gboolean
on_writable (GObject *object, gpointer user_data)
{
  CmafWebsocket *ws = user_data;

  flush (ws);
  return G_SOURCE_CONTINUE;
}

static void
send_frame (
    CmafWebsocket *ws, CmafWsOpcode opcode, gconstpointer data, gsize size)
{
  if (ws->state != STATE_OPEN)
    return;
  if (g_queue_get_length (&ws->control) >= MAX_CONTROL_QUEUE) {
    finish (ws, CMAF_WS_CLOSE_TOO_SLOW, "slow: answers are not read");
    return;
  }
  g_queue_push_tail (
      &ws->control, cmaf_ws_message_new (opcode, data, size, NULL));
  if (ws->write_source == NULL)
    flush (ws);
}

void
cmaf_websocket_send_text (CmafWebsocket *ws, const gchar *text)
{
  send_frame (ws, CMAF_WS_TEXT, text, strlen (text));
}

void
cmaf_websocket_wake (CmafWebsocket *ws)
{
  if (ws->write_source == NULL)
    flush (ws);
}

void
cmaf_websocket_close (CmafWebsocket *ws, guint code, const gchar *reason)
{
  g_autoptr (GBytes) frame = NULL;
  gsize size;
  const guint8 *data;

  if (ws->state != STATE_OPEN)
    return;
  ws->code = code;
  ws->reason = g_strdup (reason);
  frame = cmaf_ws_close_frame_new (code, reason, NULL);
  data = g_bytes_get_data (frame, &size);
  g_queue_push_tail (&ws->control,
      cmaf_ws_message_new (CMAF_WS_CLOSE, data + 2, size - 2, NULL));
  ws->state = STATE_CLOSING;
  ws->close_sent = g_get_monotonic_time ();
  if (ws->write_source == NULL)
    flush (ws);
}

/* The peer closes: answer with the same code, if it did not answer ours. */
static void
take_close (CmafWebsocket *ws, const CmafWsIncoming *message)
{
  g_autofree gchar *reason =
      g_strndup ((const gchar *)message->data, message->size);

  if (ws->state == STATE_OPEN) {
    cmaf_websocket_close (ws, message->close_code, reason);
    flush (ws);
  }
  finish (ws, message->close_code, reason);
}

static void
take_message (CmafWebsocket *ws, const CmafWsIncoming *message)
{
  switch (message->opcode) {
    case CMAF_WS_TEXT: {
      g_autofree gchar *text =
          g_strndup ((const gchar *)message->data, message->size);

      if (ws->state == STATE_OPEN)
        ws->callbacks.text (ws, text, ws->user_data);
      break;
    }
    case CMAF_WS_PING:
      send_frame (ws, CMAF_WS_PONG, message->data, message->size);
      break;
    case CMAF_WS_CLOSE:
      take_close (ws, message);
      break;
    default: /* a pong: that it came is what counts */
      break;
  }
}

static void
take_input (CmafWebsocket *ws, const guint8 *data, gsize size)
{
  CmafWsIncoming message;
  CmafWsReadResult result = CMAF_WS_READ_MORE;
  const gchar *reason;

  ws->last_received = g_get_monotonic_time ();
  ws->counters.bytes_received += size;
  cmaf_ws_reader_feed (ws->reader, data, size);
  while (ws->state != STATE_OVER
         && (result = cmaf_ws_reader_read (ws->reader, &message))
                == CMAF_WS_READ_MESSAGE)
    take_message (ws, &message);
  if (ws->state == STATE_OPEN && result == CMAF_WS_READ_ERROR) {
    guint code = cmaf_ws_reader_get_error (ws->reader, &reason);

    cmaf_websocket_close (ws, code, reason);
  }
}

static gboolean
on_readable (GObject *object, gpointer user_data)
{
  CmafWebsocket *ws = user_data;
  guint8 buffer[READ_SIZE];
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (object), buffer, sizeof buffer, NULL, &error);

  if (n > 0)
    take_input (ws, buffer, n);
  else if (n == 0)
    finish (ws, CMAF_WS_CLOSE_ABNORMAL, "connection closed by the client");
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    finish (ws, CMAF_WS_CLOSE_ABNORMAL, error->message);
  return G_SOURCE_CONTINUE;
}

void
cmaf_websocket_tick (CmafWebsocket *ws, gint64 now)
{
  if (ws->state == STATE_OVER)
    return;
  if (ws->state == STATE_CLOSING) {
    if (now - ws->close_sent > CLOSE_WAIT)
      finish (ws, CMAF_WS_CLOSE_ABNORMAL, NULL);
    return;
  }
  if (ws->last_progress != 0 && now - ws->last_progress > STUCK_AFTER) {
    finish (ws, CMAF_WS_CLOSE_TOO_SLOW, "slow: no byte accepted for 10 s");
    return;
  }
  if (now - ws->last_received > SILENT_AFTER) {
    cmaf_websocket_close (
        ws, CMAF_WS_CLOSE_SILENT, "silent: no byte received for 25 s");
    return;
  }
  if (now - MAX (ws->last_received, ws->last_ping) > PING_AFTER) {
    ws->last_ping = now;
    send_frame (ws, CMAF_WS_PING, NULL, 0);
  }
}

guint
cmaf_websocket_get_partial (const CmafWebsocket *ws)
{
  return ws->partial != NULL && ws->partial_is_media;
}

gboolean
cmaf_websocket_is_open (const CmafWebsocket *ws)
{
  return ws->state == STATE_OPEN;
}

const CmafWebsocketCounters *
cmaf_websocket_get_counters (const CmafWebsocket *ws)
{
  return &ws->counters;
}

CmafWebsocket *
cmaf_websocket_new (GIOStream *stream, GSocket *socket, gboolean is_tls,
    const CmafWebsocketCallbacks *callbacks, gpointer user_data, gint64 now)
{
  static const CmafWsReaderConfig config = {
    .max_message = CMAF_WEBSOCKET_MAX_TEXT, .is_server = TRUE
  };
  CmafWebsocket *ws = g_new0 (CmafWebsocket, 1);

  ws->stream = g_object_ref (stream);
  ws->socket = g_object_ref (socket);
  ws->is_tls = is_tls;
  ws->context = g_main_context_ref_thread_default ();
  ws->callbacks = *callbacks;
  ws->user_data = user_data;
  ws->reader = cmaf_ws_reader_new (&config);
  ws->last_received = now;
  g_queue_init (&ws->control);
  ws->read_source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
  g_source_set_callback (
      ws->read_source, G_SOURCE_FUNC (on_readable), ws, NULL);
  g_source_attach (ws->read_source, ws->context);
  return ws;
}

void
cmaf_websocket_free (CmafWebsocket *ws)
{
  clear_source (&ws->read_source);
  clear_source (&ws->write_source);
  clear_source (&ws->closed_source);
  close_socket (ws);
  g_queue_clear_full (&ws->control, (GDestroyNotify)cmaf_ws_message_unref);
  g_clear_pointer (&ws->partial, cmaf_ws_message_unref);
  cmaf_ws_reader_free (ws->reader);
  g_main_context_unref (ws->context);
  g_object_unref (ws->socket);
  g_object_unref (ws->stream);
  g_free (ws->reason);
  g_free (ws);
}
