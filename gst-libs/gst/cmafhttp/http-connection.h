/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The connections of one listener: counted, timed, released when the peer has
 * gone (libsoup 3.2 forgets some), and answered before a request has ended.
 * Part of http-listener; HTTP thread only. Not installed. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _CmafHttpConnections CmafHttpConnections;

typedef struct
{
  guint64 n_open;
  guint64 n_accepted;
  guint64 n_reaped;      /* released by us: peer gone, or too long idle */
  guint64 n_turned_away; /* beyond the limit */
} CmafHttpConnectionsStats;

CmafHttpConnections *cmaf_http_connections_new (GMainContext *context,
    guint max_connections, guint header_timeout_ms, guint idle_timeout_ms);
void cmaf_http_connections_free (CmafHttpConnections *self);
/* libsoup's "request-started": also when a connection is accepted */
void cmaf_http_connections_started (
    CmafHttpConnections *self, SoupServerMessage *message);
/* The head of the request is complete. */
void cmaf_http_connections_got_head (
    CmafHttpConnections *self, SoupServerMessage *message);
/* The target of the request had a ".." that libsoup has resolved. */
gboolean cmaf_http_connections_climbs (
    CmafHttpConnections *self, SoupServerMessage *message);
/* Sends what @message holds as answer, does not read the rest of the request,
 * closes. */
void cmaf_http_connections_refuse (
    CmafHttpConnections *self, SoupServerMessage *message);
/* No timer or watch fires any more; call before the server disconnects. */
void cmaf_http_connections_close (CmafHttpConnections *self);
void cmaf_http_connections_get_stats (
    CmafHttpConnections *self, CmafHttpConnectionsStats *stats);

G_END_DECLS
