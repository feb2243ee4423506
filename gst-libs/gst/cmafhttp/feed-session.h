/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One viewer of the feed: the subprotocol cmaf-live.v1
 * (docs/elements/cmaforiginsink.md) between its WebSocket and the rings of the
 * channels. HTTP thread. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/feed-cursor.h>
#include <gst/cmafhttp/origin-channel.h>
#include <gst/cmafhttp/websocket.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _CmafFeedSession CmafFeedSession;

typedef struct
{
  GPtrArray *channels; /* of CmafOriginChannel, those there are now */
  CmafFeedLimits limits;
  guint unsent_bytes; /* the kernel may hold */
  const gchar *server;
} CmafFeedSessionConfig;

/* The connection is over; free the session. */
typedef void (*CmafFeedSessionClosed) (
    CmafFeedSession *session, gpointer user_data);

/* @config must outlive the session; strings are copied. */
CMAF_API CmafFeedSession *cmaf_feed_session_new (
    const CmafFeedSessionConfig *config, GIOStream *stream, GSocket *socket,
    gboolean is_tls, const gchar *address, const gchar *agent,
    CmafFeedSessionClosed closed, gpointer user_data);
CMAF_API void cmaf_feed_session_free (CmafFeedSession *session);
CMAF_API void cmaf_feed_session_close (
    CmafFeedSession *session, guint code, const gchar *reason);
/* About once a second. */
CMAF_API void cmaf_feed_session_tick (CmafFeedSession *session, gint64 now);

/* What happens to @channel. All may be called for any. */
CMAF_API void cmaf_feed_session_published (CmafFeedSession *session,
    CmafOriginChannel *channel, CmafOriginTrack *track,
    CmafFeedMessage *message);
CMAF_API void cmaf_feed_session_changed (
    CmafFeedSession *session, CmafOriginChannel *channel);
/* @state: "ok", "source-lost", "source-back" */
CMAF_API void cmaf_feed_session_status (
    CmafFeedSession *session, CmafOriginChannel *channel, const gchar *state);
/* The channel goes away: whoever watches it is closed. */
CMAF_API void cmaf_feed_session_leave (CmafFeedSession *session,
    CmafOriginChannel *channel, guint code, const gchar *reason);

/* An object: statistics of the viewer. */
CMAF_API void cmaf_feed_session_describe (
    CmafFeedSession *session, JsonBuilder *b, gint64 now);
CMAF_API guint64 cmaf_feed_session_get_bytes_sent (CmafFeedSession *session);
CMAF_API guint cmaf_feed_session_get_n_drops (CmafFeedSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafFeedSession, cmaf_feed_session_free)

G_END_DECLS
