/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The server side of one WebSocket after its handshake: reads texts, writes
 * control messages at once and pulls media when the socket takes more, so that
 * what is not on the wire can still be dropped. Belongs to the thread whose
 * default context was current in _new(). Since: 0.1 */
#pragma once

#include <gio/gio.h>
#include <gst/cmafhttp/ws-message.h>

G_BEGIN_DECLS

#define CMAF_WEBSOCKET_MAX_TEXT 16384

/* Close codes of cmaf-live.v1 (docs/elements/cmaforiginsink.md). */
#define CMAF_WS_CLOSE_BAD_HELLO 4000
#define CMAF_WS_CLOSE_NO_CHANNEL 4004
#define CMAF_WS_CLOSE_SILENT 4008
#define CMAF_WS_CLOSE_TOO_SLOW 4009
#define CMAF_WS_CLOSE_TOO_MANY 4029
#define CMAF_WS_CLOSE_ENDED 4090
#define CMAF_WS_CLOSE_NO_TRACK 4091

typedef struct _CmafWebsocket CmafWebsocket;

/* None of them may free the connection but @closed. */
typedef struct
{
  /* nul terminated, valid UTF-8 */
  void (*text) (CmafWebsocket *ws, const gchar *text, gpointer user_data);
  /* the next media message, (transfer none), NULL: nothing to send */
  CmafWsMessage *(*next) (CmafWebsocket *ws, gpointer user_data);
  /* the last @n that were taken were not begun and will be asked for again */
  void (*give_back) (CmafWebsocket *ws, guint n, gpointer user_data);
  /* the last call: the connection is over and may be freed here */
  void (*closed) (
      CmafWebsocket *ws, guint code, const gchar *reason, gpointer user_data);
} CmafWebsocketCallbacks;

typedef struct
{
  guint64 bytes_sent;
  guint64 messages_sent;
  guint64 bytes_received;
} CmafWebsocketCounters;

/* @socket: the one below @stream; without TLS it is written to directly.
 * @now: monotonic us, as everywhere here. */
CMAF_API CmafWebsocket *cmaf_websocket_new (GIOStream *stream, GSocket *socket,
    gboolean is_tls, const CmafWebsocketCallbacks *callbacks,
    gpointer user_data, gint64 now);
/* Closes the socket whatever its state. */
CMAF_API void cmaf_websocket_free (CmafWebsocket *ws);
/* How much unsent data the kernel may hold before it says it is full: without
 * this no rule for dropping ever sees a queue. */
CMAF_API void cmaf_websocket_limit_unsent (GSocket *socket, guint bytes);
/* Ahead of media, in order of calls. */
CMAF_API void cmaf_websocket_send_text (CmafWebsocket *ws, const gchar *text);
/* There may be something for _next(). */
CMAF_API void cmaf_websocket_wake (CmafWebsocket *ws);
/* Sends a close frame after a message that is half on the wire; no media
 * follows. */
CMAF_API void cmaf_websocket_close (
    CmafWebsocket *ws, guint code, const gchar *reason);
/* To be called about once a second: pings, and ends what is silent, stuck or
 * does not answer a close. */
CMAF_API void cmaf_websocket_tick (CmafWebsocket *ws, gint64 now);
/* 1 when a media message is half on the wire. */
CMAF_API guint cmaf_websocket_get_partial (const CmafWebsocket *ws);
CMAF_API gboolean cmaf_websocket_is_open (const CmafWebsocket *ws);
CMAF_API const CmafWebsocketCounters *cmaf_websocket_get_counters (
    const CmafWebsocket *ws);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafWebsocket, cmaf_websocket_free)

G_END_DECLS
