/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebSocket frames. The first byte says who reads and the size of the pieces in
 * which the rest is fed; pieces must make no difference. */
#include <gst/cmafhttp/ws-frame.h>
#include <string.h>

#include "fuzz.h"

#define MAX_MESSAGE 300

static void
check_message (const CmafWsIncoming *message, const CmafWsReaderConfig *config)
{
  const gboolean is_control = (message->opcode & 0x8) != 0;

  PROMISE (message->opcode != CMAF_WS_CONTINUATION);
  PROMISE (message->data != NULL);
  PROMISE (message->opcode != CMAF_WS_BINARY || config->accept_binary);
  PROMISE (message->size <= (is_control ? CMAF_WS_MAX_CONTROL : MAX_MESSAGE));
  if (message->opcode == CMAF_WS_TEXT || message->opcode == CMAF_WS_CLOSE)
    PROMISE (message->size == 0
             || g_utf8_validate_len (
                 (const gchar *)message->data, message->size, NULL));
  PROMISE ((message->close_code != 0) == (message->opcode == CMAF_WS_CLOSE));
}

/* What was read is written in one frame, and is then the same. */
static void
rewrite (const CmafWsIncoming *message, const CmafWsReaderConfig *config)
{
  static const guint8 mask[4] = { 1, 2, 4, 8 };
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (config);
  g_autoptr (GBytes) frame = NULL;
  CmafWsIncoming again;

  if (message->opcode == CMAF_WS_CLOSE)
    return;
  frame = cmaf_ws_frame_new (message->opcode, message->data, message->size,
      config->is_server ? mask : NULL);
  cmaf_ws_reader_feed (
      reader, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  PROMISE (cmaf_ws_reader_read (reader, &again) == CMAF_WS_READ_MESSAGE);
  PROMISE (again.opcode == message->opcode && again.size == message->size);
  PROMISE (
      again.size == 0 || memcmp (again.data, message->data, again.size) == 0);
}

static void
describe (const CmafWsIncoming *message, GString *text)
{
  g_string_append_printf (text, "%d %u ", message->opcode, message->close_code);
  g_string_append_len (
      text, (const gchar *)message->data, (gssize)message->size);
  g_string_append_c (text, '\n');
}

/* Everything that came out, as text; ends with the error. */
static GString *
read_in_pieces (const guint8 *data, gsize size, gsize piece,
    const CmafWsReaderConfig *config)
{
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (config);
  GString *text = g_string_new (NULL);
  CmafWsReadResult result = CMAF_WS_READ_MORE;
  const gchar *reason = NULL;

  for (gsize at = 0; at < size && result != CMAF_WS_READ_ERROR; at += piece) {
    CmafWsIncoming message;

    cmaf_ws_reader_feed (reader, data + at, MIN (piece, size - at));
    while (
        (result = cmaf_ws_reader_read (reader, &message)) != CMAF_WS_READ_MORE
        && result != CMAF_WS_READ_ERROR) {
      check_message (&message, config);
      rewrite (&message, config);
      describe (&message, text);
    }
  }
  PROMISE ((result == CMAF_WS_READ_ERROR)
           == (cmaf_ws_reader_get_error (reader, &reason) != 0));
  PROMISE ((result == CMAF_WS_READ_ERROR) == (reason != NULL));
  g_string_append_printf (text, "%u %s",
      cmaf_ws_reader_get_error (reader, NULL), reason ? reason : "");
  return text;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  CmafWsReaderConfig config = { .max_message = MAX_MESSAGE };
  GString *whole, *pieced;

  if (size < 2)
    return 0;
  config.is_server = data[0] & 1;
  config.accept_binary = (data[0] & 2) != 0;
  whole = read_in_pieces (data + 1, size - 1, size - 1, &config);
  pieced = read_in_pieces (data + 1, size - 1, 1 + (data[0] >> 2), &config);
  PROMISE (g_string_equal (whole, pieced));
  g_string_free (whole, TRUE);
  g_string_free (pieced, TRUE);
  return 0;
}
