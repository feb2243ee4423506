/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What libsoup reads from and writes to: the requests of one connection, of
 * which every head has been looked at before libsoup sees it. Part of
 * http-listener; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmafhttp/http-framing.h>
#include <gst/cmafhttp/http-poll.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CMAF_TYPE_HTTP_STREAM (cmaf_http_stream_get_type ())
G_DECLARE_FINAL_TYPE (
    CmafHttpStream, cmaf_http_stream, CMAF, HTTP_STREAM, GIOStream)

typedef struct
{
  /* The first byte of a head has come; the whole head has. */
  void (*head_began) (gpointer user_data);
  void (*got_head) (gpointer user_data);
  /* Before it is closed: a body went wrong, which the peer was told. Keep @base
   * until the peer has seen it, and close it. */
  void (*answered) (GIOStream *base, GSocket *socket, gpointer user_data);
  /* The last call. */
  void (*closed) (gpointer user_data);
} CmafHttpStreamCallbacks;

/* @base: the connection, or TLS on it; @socket: below; @watch (transfer full):
 * of it. */
CmafHttpStream *cmaf_http_stream_new (GIOStream *base, GSocket *socket,
    CmafHttpWatch *watch, const CmafHttpStreamCallbacks *callbacks,
    gpointer user_data);
/* A whole head has come, or the end: somebody has to read. */
gboolean cmaf_http_stream_has_request (CmafHttpStream *stream);
/* @ready is called once, when something has come. */
void cmaf_http_stream_wait (CmafHttpStream *stream,
    void (*ready) (gpointer user_data), gpointer user_data);
/* No callback any more. */
void cmaf_http_stream_forget (CmafHttpStream *stream);
/* Of the request that is being served. */
const CmafHttpHead *cmaf_http_stream_get_head (CmafHttpStream *stream);

/* The stream below @message, NULL when it is not known (transfer none). */
CmafHttpStream *cmaf_http_stream_find (SoupServerMessage *message);
void cmaf_http_stream_attach (
    CmafHttpStream *stream, SoupServerMessage *message);
GSocket *cmaf_http_stream_get_socket (CmafHttpStream *stream);
/* The connection, or TLS on it. */
GIOStream *cmaf_http_stream_get_base (CmafHttpStream *stream);
/* Takes the connection of @message from libsoup; what still comes on it is not
 * HTTP (transfer full). */
GIOStream *cmaf_http_stream_steal (SoupServerMessage *message);
/* Ends the connection of @message in the middle of its answer. Libsoup's end of
 * a body of chunks, which would make it whole, is not sent. */
void cmaf_http_stream_cut (SoupServerMessage *message);

G_END_DECLS
