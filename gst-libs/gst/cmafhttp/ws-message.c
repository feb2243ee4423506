/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A frame in pieces. Server frames carry no mask, so one frame serves every
 * viewer. */
#include "ws-message.h"

#include <string.h>

CmafWsMessage *
cmaf_ws_message_new (CmafWsOpcode opcode, gconstpointer head, gsize head_size,
    GPtrArray *payload)
{
  guint n_payload = payload != NULL ? payload->len : 0;
  CmafWsMessage *message =
      g_malloc0 (sizeof (CmafWsMessage) + (1 + n_payload) * sizeof (GBytes *));
  guint8 frame_head[CMAF_WS_MAX_HEAD];
  guint8 *first;
  gsize size = head_size;
  guint n_frame_head;

  for (guint i = 0; i < n_payload; i++) {
    GBytes *bytes = g_ptr_array_index (payload, i);

    message->pieces[1 + i] = g_bytes_ref (bytes);
    size += g_bytes_get_size (bytes);
  }
  n_frame_head = cmaf_ws_write_head (frame_head, opcode, size);
  first = g_malloc (n_frame_head + head_size);
  memcpy (first, frame_head, n_frame_head);
  if (head_size > 0)
    memcpy (first + n_frame_head, head, head_size);
  message->pieces[0] = g_bytes_new_take (first, n_frame_head + head_size);
  message->n_pieces = 1 + n_payload;
  message->size = n_frame_head + size;
  message->ref_count = 1;
  return message;
}

CmafWsMessage *
cmaf_ws_message_ref (CmafWsMessage *message)
{
  message->ref_count++;
  return message;
}

void
cmaf_ws_message_unref (CmafWsMessage *message)
{
  if (--message->ref_count > 0)
    return;
  for (guint i = 0; i < message->n_pieces; i++)
    g_bytes_unref (message->pieces[i]);
  g_free (message);
}
