/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One WebSocket message to send: a ready-made frame in pieces, shared by all
 * who get it, so that nothing is copied for a viewer. HTTP thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmafhttp/ws-frame.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  guint ref_count;

  /*< public >*/
  gsize size;     /* of the whole frame */
  guint n_pieces; /* the first begins with the head of the frame */
  GBytes *pieces[];
} CmafWsMessage;

/* @head: what comes in front of @payload inside the message.
 * @payload: of GBytes, or NULL; keeps references. */
CMAF_API CmafWsMessage *cmaf_ws_message_new (CmafWsOpcode opcode,
    gconstpointer head, gsize head_size, GPtrArray *payload);
CMAF_API CmafWsMessage *cmaf_ws_message_ref (CmafWsMessage *message);
CMAF_API void cmaf_ws_message_unref (CmafWsMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafWsMessage, cmaf_ws_message_unref)

G_END_DECLS
