/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The connections of one listener: accepted, counted, timed, handed to libsoup,
 * and answered before a request has ended. Part of http-listener; HTTP thread
 * only. Not installed. */
#pragma once

#include <gst/cmafhttp/http-poll.h>
#include <gst/gst.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (http_listener_debug);

typedef struct
{
  GTlsCertificate *certificate; /* NULL: no TLS */
  guint max_connections;
  guint header_timeout_ms; /* also of the TLS handshake */
  guint idle_timeout_ms;
  guint write_timeout_ms;         /* the peer takes nothing of an answer */
  gboolean asks_for_certificates; /* of clients; any will do */
} CmafHttpConnectionsConfig;

typedef struct _CmafHttpConnections CmafHttpConnections;

typedef struct
{
  guint64 n_open;
  guint64 n_accepted;
  guint64 n_reaped;      /* closed by us: too slow, or too long idle */
  guint64 n_turned_away; /* beyond the limit */
} CmafHttpConnectionsStats;

/* Takes connections from @socket, which listens, and gives them to @server when
 * they have something to say. It owns @poll; NULL: nothing is taken. */
CmafHttpConnections *cmaf_http_connections_new (GMainContext *context,
    SoupServer *server, GSocket *socket, CmafHttpPoll *poll,
    const CmafHttpConnectionsConfig *config);
/* When cmaf_http_connections_is_idle() says so. */
void cmaf_http_connections_free (CmafHttpConnections *self);
/* Of each limit the smaller one counts from now on; clients are asked for
 * certificates if either wants it. */
void cmaf_http_connections_restrict (
    CmafHttpConnections *self, const CmafHttpConnectionsConfig *config);
/* Accepts nothing any more, and no timer fires; call before the server
 * disconnects. */
void cmaf_http_connections_close (CmafHttpConnections *self);
/* No TLS handshake is under way in a thread of GIO. */
gboolean cmaf_http_connections_is_idle (CmafHttpConnections *self);
/* Sends what @message holds as answer, does not read the rest of the request,
 * closes. */
void cmaf_http_connections_refuse (
    CmafHttpConnections *self, SoupServerMessage *message);
void cmaf_http_connections_get_stats (
    CmafHttpConnections *self, CmafHttpConnectionsStats *stats);

G_END_DECLS
