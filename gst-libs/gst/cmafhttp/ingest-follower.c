/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* libsoup's queue has no end, so what is in it is counted: a reader that does
 * not read is cut off, and sees that the body is not whole. */
#include "ingest-follower.h"

#include <gst/cmafhttp/http-stream.h>

#define MAX_QUEUE (16 * 1024 * 1024)
#define PIECE_COST 256 /* what a piece takes beside its bytes */

struct _CmafIngestFollower
{
  SoupServerMessage *message;
  CmafIngestFollowerGone gone;
  gpointer user_data;
  guint64 appended, written; /* bytes */
  guint n_pieces;            /* since the last time all was written */
};

static void
on_wrote (SoupServerMessage *message, guint size, gpointer user_data)
{
  CmafIngestFollower *self = user_data;

  self->written += size;
  if (self->written == self->appended)
    self->n_pieces = 0;
}

static void
on_gone (SoupServerMessage *message, gpointer user_data)
{
  CmafIngestFollower *self = user_data;

  self->gone (self, self->user_data);
}

CmafIngestFollower *
cmaf_ingest_follower_new (
    SoupServerMessage *message, CmafIngestFollowerGone gone, gpointer user_data)
{
  CmafIngestFollower *self = g_new0 (CmafIngestFollower, 1);

  self->message = g_object_ref (message);
  self->gone = gone;
  self->user_data = user_data;
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), self);
  soup_message_headers_set_encoding (
      soup_server_message_get_response_headers (message),
      SOUP_ENCODING_CHUNKED);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_pause (message);
  return self;
}

void
cmaf_ingest_follower_free (CmafIngestFollower *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_free (self);
}

/* In the middle of a body only the end of the connection says that it is not
 * whole. */
static void
cut (CmafIngestFollower *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  cmaf_http_stream_cut (self->message);
}

void
cmaf_ingest_follower_append (CmafIngestFollower *self, GBytes *bytes)
{
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);

  if (g_bytes_get_size (bytes) == 0)
    return;
  soup_message_body_append_bytes (body, bytes);
  self->appended += g_bytes_get_size (bytes);
  self->n_pieces++;
  if (self->appended - self->written + (guint64)self->n_pieces * PIECE_COST
      > MAX_QUEUE) {
    cut (self);
    self->gone (self, self->user_data);
    return;
  }
  soup_server_message_unpause (self->message);
}

void
cmaf_ingest_follower_end (CmafIngestFollower *self, gboolean is_whole)
{
  if (is_whole) {
    soup_message_body_complete (
        soup_server_message_get_response_body (self->message));
    soup_server_message_unpause (self->message);
  } else {
    cut (self);
  }
  cmaf_ingest_follower_free (self);
}
