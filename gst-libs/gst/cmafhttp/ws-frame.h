/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebSocket frames (RFC 6455 section 5): bytes -> messages, fed piece by piece,
 * and the head of a frame to send. No socket, no extension. One thread at a
 * time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_WS_CONTINUATION = 0x0,
  CMAF_WS_TEXT = 0x1,
  CMAF_WS_BINARY = 0x2,
  CMAF_WS_CLOSE = 0x8,
  CMAF_WS_PING = 0x9,
  CMAF_WS_PONG = 0xa,
} CmafWsOpcode;

/* RFC 6455 7.4.1. Codes from 4000 on belong to the subprotocol. */
typedef enum
{
  CMAF_WS_CLOSE_NORMAL = 1000,
  CMAF_WS_CLOSE_GOING_AWAY = 1001,
  CMAF_WS_CLOSE_PROTOCOL = 1002,
  CMAF_WS_CLOSE_UNACCEPTABLE = 1003,
  CMAF_WS_CLOSE_NO_STATUS = 1005, /* never on the wire */
  CMAF_WS_CLOSE_ABNORMAL = 1006,  /* never on the wire */
  CMAF_WS_CLOSE_BAD_DATA = 1007,
  CMAF_WS_CLOSE_TOO_BIG = 1009,
  CMAF_WS_CLOSE_INTERNAL = 1011,
  CMAF_WS_CLOSE_TRY_LATER = 1013,
} CmafWsCloseCode;

#define CMAF_WS_MAX_HEAD 10
#define CMAF_WS_MAX_CONTROL 125
#define CMAF_WS_MAX_REASON 120

/* The head of one unmasked frame that is a whole message; gives its size:
 * 2, 4 or 10. */
CMAF_API guint cmaf_ws_write_head (
    guint8 head[CMAF_WS_MAX_HEAD], CmafWsOpcode opcode, guint64 size);
/* A whole message in one frame. @mask NULL: unmasked, as a server sends. */
CMAF_API GBytes *cmaf_ws_frame_new (
    CmafWsOpcode opcode, gconstpointer data, gsize size, const guint8 mask[4]);
/* @reason is cut to fit, never inside a character. */
CMAF_API GBytes *cmaf_ws_close_frame_new (
    guint code, const gchar *reason, const guint8 mask[4]);

typedef struct
{
  gsize max_message;  /* reassembled; more is CMAF_WS_CLOSE_TOO_BIG */
  gboolean is_server; /* frames must be masked; else they must not */
  gboolean accept_binary;
} CmafWsReaderConfig;

/* A message; its memory is valid until the next call, and never NULL. */
typedef struct
{
  CmafWsOpcode opcode; /* never CMAF_WS_CONTINUATION */
  const guint8 *data; /* text is valid UTF-8; a close without code and reason */
  gsize size;
  guint close_code; /* of CMAF_WS_CLOSE */
} CmafWsIncoming;

typedef enum
{
  CMAF_WS_READ_MORE, /* needs more bytes */
  CMAF_WS_READ_MESSAGE,
  CMAF_WS_READ_ERROR, /* close the connection; see _get_error() */
} CmafWsReadResult;

typedef struct _CmafWsReader CmafWsReader;

CMAF_API CmafWsReader *cmaf_ws_reader_new (const CmafWsReaderConfig *config);
CMAF_API void cmaf_ws_reader_free (CmafWsReader *reader);
CMAF_API void cmaf_ws_reader_feed (
    CmafWsReader *reader, gconstpointer data, gsize size);
/* Call until CMAF_WS_READ_MORE. */
CMAF_API CmafWsReadResult cmaf_ws_reader_read (
    CmafWsReader *reader, CmafWsIncoming *message);
/* After CMAF_WS_READ_ERROR: the code to close with, and why. */
CMAF_API guint cmaf_ws_reader_get_error (
    CmafWsReader *reader, const gchar **reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafWsReader, cmaf_ws_reader_free)

G_END_DECLS
