/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The origin: channels, each a memory store, over HTTP and WebSocket, with a
 * page that plays them (docs/elements/cmaforiginsink.md). Whoever asks for the
 * same address, port and path prefix shares one. Any thread but the HTTP
 * thread. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/http-listener.h>
#include <gst/cmafhttp/origin-channel.h>

G_BEGIN_DECLS

typedef struct
{
  CmafHttpListenerConfig listener;
  const gchar *http_prefix;   /* "" or "/live", in front of every path */
  const gchar *page;          /* GResource folder of the page, NULL: none */
  const gchar *allow_origins; /* "*", or a list with commas */
  guint max_viewers;          /* of the WebSocket */
  guint max_waiting;          /* requests that are held */
  gsize max_queue;            /* unsent bytes of one response */
} CmafOriginConfig;

typedef struct _CmafOrigin CmafOrigin;
typedef struct _CmafOriginEntry CmafOriginEntry;

CMAF_API void cmaf_origin_config_init (CmafOriginConfig *config);
/* Who shares one must say the same of TLS and allow_origins, which is
 * CMAF_ERROR_CONFIG or G_IO_ERROR_ADDRESS_IN_USE otherwise; of each limit the
 * smallest counts, and the page of the first. */
CMAF_API CmafOrigin *cmaf_origin_new (
    const CmafOriginConfig *config, GError **error);
CMAF_API CmafOrigin *cmaf_origin_ref (CmafOrigin *origin);
CMAF_API void cmaf_origin_unref (CmafOrigin *origin);
/* In the HTTP thread, where nothing may wait for it. */
CMAF_API gboolean cmaf_origin_is_current (CmafOrigin *origin);
CMAF_API guint16 cmaf_origin_get_port (CmafOrigin *origin);
/* of the page (transfer full) */
CMAF_API gchar *cmaf_origin_get_url (CmafOrigin *origin);

/* Publishes the store of @config from now on: its changes are followed, so
 * nobody else may. CMAF_ERROR_EXISTS when the name is taken. */
CMAF_API CmafOriginEntry *cmaf_origin_add_channel (
    CmafOrigin *origin, const CmafOriginChannelConfig *config, GError **error);
/* All in the order of calls with the changes of the store; none waits. */
CMAF_API void cmaf_origin_entry_set_header (
    CmafOriginEntry *entry, const gchar *track, GBytes *header);
CMAF_API void cmaf_origin_entry_set_source (
    CmafOriginEntry *entry, const gchar *track, const gchar *source);
/* No more media will come; what there is stays. */
CMAF_API void cmaf_origin_entry_end (CmafOriginEntry *entry);
/* Closes every viewer of it, waiting half a second at most for their answer,
 * and frees @entry. */
CMAF_API void cmaf_origin_remove_channel (CmafOriginEntry *entry);
/* viewers, requests, bytes... of the origin (transfer full). From any thread,
 * the HTTP thread included. */
CMAF_API GstStructure *cmaf_origin_get_stats (CmafOrigin *origin);

G_END_DECLS
