/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebSocket frames (RFC 6455 section 5). The reader keeps what was fed until a
 * frame is whole; a frame that may not become whole is refused on its head. */
#include "ws-frame.h"

#include <string.h>

#define FIN 0x80
#define RESERVED 0x70
#define MASKED 0x80

struct _CmafWsReader
{
  CmafWsReaderConfig config;
  GByteArray *input; /* fed, from @pos on not read yet */
  gsize pos;
  GByteArray *message; /* of the fragments so far */
  CmafWsOpcode opcode; /* of that message, CMAF_WS_CONTINUATION: none */
  gboolean delivered;  /* @message was handed out: empty it first */
  guint error;
  const gchar *reason;
};

typedef struct
{
  gboolean is_final;
  CmafWsOpcode opcode;
  guint8 mask[4];
  gsize size; /* of the payload */
  guint8 *payload;
} Frame;

guint
cmaf_ws_write_head (
    guint8 head[CMAF_WS_MAX_HEAD], CmafWsOpcode opcode, guint64 size)
{
  head[0] = FIN | opcode;
  if (size < 126) {
    head[1] = size;
    return 2;
  }
  if (size <= G_MAXUINT16) {
    head[1] = 126;
    GST_WRITE_UINT16_BE (head + 2, size);
    return 4;
  }
  head[1] = 127;
  GST_WRITE_UINT64_BE (head + 2, size);
  return 10;
}

static void
apply_mask (guint8 *data, gsize size, const guint8 mask[4])
{
  for (gsize i = 0; i < size; i++)
    data[i] ^= mask[i & 3];
}

GBytes *
cmaf_ws_frame_new (
    CmafWsOpcode opcode, gconstpointer data, gsize size, const guint8 mask[4])
{
  guint8 head[CMAF_WS_MAX_HEAD + 4];
  guint head_size = cmaf_ws_write_head (head, opcode, size);
  guint8 *frame;

  if (mask != NULL) {
    head[1] |= MASKED;
    memcpy (head + head_size, mask, 4);
    head_size += 4;
  }
  frame = g_malloc (head_size + size);
  memcpy (frame, head, head_size);
  if (size > 0)
    memcpy (frame + head_size, data, size);
  if (mask != NULL)
    apply_mask (frame + head_size, size, mask);
  return g_bytes_new_take (frame, head_size + size);
}

GBytes *
cmaf_ws_close_frame_new (guint code, const gchar *reason, const guint8 mask[4])
{
  guint8 payload[2 + CMAF_WS_MAX_REASON];
  gsize size = reason != NULL ? strlen (reason) : 0;

  if (code == CMAF_WS_CLOSE_NO_STATUS)
    return cmaf_ws_frame_new (CMAF_WS_CLOSE, NULL, 0, mask);
  if (size > CMAF_WS_MAX_REASON)
    size = g_utf8_find_prev_char (reason, reason + CMAF_WS_MAX_REASON + 1)
           - reason;
  GST_WRITE_UINT16_BE (payload, code);
  if (size > 0)
    memcpy (payload + 2, reason, size);
  return cmaf_ws_frame_new (CMAF_WS_CLOSE, payload, 2 + size, mask);
}

CmafWsReader *
cmaf_ws_reader_new (const CmafWsReaderConfig *config)
{
  CmafWsReader *reader = g_new0 (CmafWsReader, 1);

  reader->config = *config;
  reader->input = g_byte_array_new ();
  reader->message = g_byte_array_new ();
  return reader;
}

void
cmaf_ws_reader_free (CmafWsReader *reader)
{
  g_byte_array_unref (reader->input);
  g_byte_array_unref (reader->message);
  g_free (reader);
}

void
cmaf_ws_reader_feed (CmafWsReader *reader, gconstpointer data, gsize size)
{
  if (reader->error != 0)
    return;
  if (reader->pos > 0) {
    g_byte_array_remove_range (reader->input, 0, reader->pos);
    reader->pos = 0;
  }
  g_byte_array_append (reader->input, data, size);
}

guint
cmaf_ws_reader_get_error (CmafWsReader *reader, const gchar **reason)
{
  if (reason != NULL)
    *reason = reader->reason;
  return reader->error;
}

static CmafWsReadResult
fail (CmafWsReader *reader, guint code, const gchar *reason)
{
  reader->error = code;
  reader->reason = reason;
  return CMAF_WS_READ_ERROR;
}

/* What RFC 6455 5.2 to 5.5 say of the first two bytes. */
static CmafWsReadResult
check_head (CmafWsReader *reader, const guint8 head[2])
{
  CmafWsOpcode opcode = head[0] & 0xf;
  gboolean is_masked = (head[1] & MASKED) != 0;

  if (head[0] & RESERVED)
    return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "reserved bits set");
  if (is_masked != reader->config.is_server)
    return fail (reader, CMAF_WS_CLOSE_PROTOCOL,
        is_masked ? "masked server frame" : "unmasked client frame");

  switch (opcode) {
    case CMAF_WS_CLOSE:
    case CMAF_WS_PING:
    case CMAF_WS_PONG:
      if (!(head[0] & FIN) || (head[1] & ~MASKED) > CMAF_WS_MAX_CONTROL)
        return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "bad control frame");
      break;
    case CMAF_WS_CONTINUATION:
      if (reader->opcode == CMAF_WS_CONTINUATION)
        return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "nothing to continue");
      break;
    case CMAF_WS_TEXT:
    case CMAF_WS_BINARY:
      if (reader->opcode != CMAF_WS_CONTINUATION)
        return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "message not finished");
      if (opcode == CMAF_WS_BINARY && !reader->config.accept_binary)
        return fail (reader, CMAF_WS_CLOSE_UNACCEPTABLE, "binary message");
      break;
    default:
      return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "unknown opcode");
  }
  return CMAF_WS_READ_MESSAGE;
}

/* Size of the payload from the @n bytes after the first two. */
static CmafWsReadResult
read_size (CmafWsReader *reader, const guint8 *bytes, guint n, guint64 *size)
{
  if (n == 2) {
    *size = GST_READ_UINT16_BE (bytes);
    if (*size < 126)
      return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "size not minimal");
  } else if (n == 8) {
    *size = GST_READ_UINT64_BE (bytes);
    if (*size <= G_MAXUINT16 || *size > G_MAXINT64)
      return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "size not minimal");
  }
  return CMAF_WS_READ_MESSAGE;
}

static CmafWsReadResult
read_frame (CmafWsReader *reader, Frame *frame)
{
  gsize left = reader->input->len - reader->pos;
  guint8 *at = left > 0 ? reader->input->data + reader->pos : NULL;
  gsize so_far = reader->delivered ? 0 : reader->message->len;
  guint n_size, n_mask;
  guint64 size;

  if (left < 2)
    return CMAF_WS_READ_MORE;
  if (check_head (reader, at) == CMAF_WS_READ_ERROR)
    return CMAF_WS_READ_ERROR;
  size = at[1] & ~MASKED;
  n_size = size == 126 ? 2 : size == 127 ? 8 : 0;
  n_mask = at[1] & MASKED ? 4 : 0;
  if (left < 2 + n_size + n_mask)
    return CMAF_WS_READ_MORE;
  if (read_size (reader, at + 2, n_size, &size) == CMAF_WS_READ_ERROR)
    return CMAF_WS_READ_ERROR;
  if (!(at[0] & 0x8) && size > reader->config.max_message - so_far)
    return fail (reader, CMAF_WS_CLOSE_TOO_BIG, "message too big");

  left -= 2 + n_size + n_mask;
  if (left < size)
    return CMAF_WS_READ_MORE;
  frame->is_final = (at[0] & FIN) != 0;
  frame->opcode = at[0] & 0xf;
  frame->size = size;
  frame->payload = at + 2 + n_size + n_mask;
  if (n_mask > 0)
    apply_mask (frame->payload, size, at + 2 + n_size);
  reader->pos += 2 + n_size + n_mask + size;
  return CMAF_WS_READ_MESSAGE;
}

static gboolean
close_code_is_valid (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

static CmafWsReadResult
take_control (CmafWsReader *reader, const Frame *frame, CmafWsIncoming *message)
{
  message->opcode = frame->opcode;
  message->data = frame->payload;
  message->size = frame->size;
  if (frame->opcode != CMAF_WS_CLOSE)
    return CMAF_WS_READ_MESSAGE;

  message->close_code = CMAF_WS_CLOSE_NO_STATUS;
  if (frame->size == 0)
    return CMAF_WS_READ_MESSAGE;
  if (frame->size < 2)
    return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "half a close code");
  message->close_code = GST_READ_UINT16_BE (frame->payload);
  message->data += 2;
  message->size -= 2;
  if (!close_code_is_valid (message->close_code))
    return fail (reader, CMAF_WS_CLOSE_PROTOCOL, "bad close code");
  if (!g_utf8_validate_len ((const gchar *)message->data, message->size, NULL))
    return fail (reader, CMAF_WS_CLOSE_BAD_DATA, "reason is not UTF-8");
  return CMAF_WS_READ_MESSAGE;
}

/* MORE when the message has more fragments. */
static CmafWsReadResult
take_data (CmafWsReader *reader, const Frame *frame, CmafWsIncoming *message)
{
  if (reader->delivered) {
    g_byte_array_set_size (reader->message, 0);
    reader->delivered = FALSE;
  }
  if (frame->opcode != CMAF_WS_CONTINUATION)
    reader->opcode = frame->opcode;
  g_byte_array_append (reader->message, frame->payload, frame->size);
  if (!frame->is_final)
    return CMAF_WS_READ_MORE;

  message->opcode = reader->opcode;
  message->data =
      reader->message->len > 0 ? reader->message->data : (const guint8 *)"";
  message->size = reader->message->len;
  reader->opcode = CMAF_WS_CONTINUATION;
  reader->delivered = TRUE;
  if (message->opcode == CMAF_WS_TEXT
      && !g_utf8_validate_len (
          (const gchar *)message->data, message->size, NULL))
    return fail (reader, CMAF_WS_CLOSE_BAD_DATA, "text is not UTF-8");
  return CMAF_WS_READ_MESSAGE;
}

CmafWsReadResult
cmaf_ws_reader_read (CmafWsReader *reader, CmafWsIncoming *message)
{
  Frame frame;
  CmafWsReadResult result;

  memset (message, 0, sizeof *message);
  if (reader->error != 0)
    return CMAF_WS_READ_ERROR;
  do {
    result = read_frame (reader, &frame);
    if (result != CMAF_WS_READ_MESSAGE)
      return result;
    if (frame.opcode & 0x8)
      return take_control (reader, &frame, message);
    result = take_data (reader, &frame, message);
  } while (result == CMAF_WS_READ_MORE);
  return result;
}
