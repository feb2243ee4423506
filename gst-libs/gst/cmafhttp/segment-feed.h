/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Channels over WebSocket: every viewer of the origin. HTTP thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmafhttp/feed-session.h>

G_BEGIN_DECLS

typedef struct
{
  CmafFeedLimits limits;
  guint unsent_bytes; /* the kernel may hold for one viewer */
  guint max_viewers;
  const gchar *server; /* name in welcome; must outlive the feed */
} CmafSegmentFeedConfig;

typedef struct _CmafSegmentFeed CmafSegmentFeed;

CMAF_API void cmaf_segment_feed_config_init (CmafSegmentFeedConfig *config);
/* In the thread whose default context is to run it. */
CMAF_API CmafSegmentFeed *cmaf_segment_feed_new (
    const CmafSegmentFeedConfig *config);
/* Cuts what is still connected. */
CMAF_API void cmaf_segment_feed_free (CmafSegmentFeed *feed);
/* Of viewers that come from now on. */
CMAF_API void cmaf_segment_feed_set_max_viewers (
    CmafSegmentFeed *feed, guint max_viewers);
/* A connection after its handshake. */
CMAF_API void cmaf_segment_feed_accept (CmafSegmentFeed *feed,
    GIOStream *stream, GSocket *socket, gboolean is_tls, const gchar *address,
    const gchar *agent);
CMAF_API void cmaf_segment_feed_add_channel (
    CmafSegmentFeed *feed, CmafOriginChannel *channel);
/* Whoever watches it is closed with @code. */
CMAF_API void cmaf_segment_feed_remove_channel (CmafSegmentFeed *feed,
    CmafOriginChannel *channel, guint code, const gchar *reason);
CMAF_API void cmaf_segment_feed_close_all (
    CmafSegmentFeed *feed, guint code, const gchar *reason);

/* What the callbacks of a channel report. */
CMAF_API void cmaf_segment_feed_published (CmafSegmentFeed *feed,
    CmafOriginChannel *channel, CmafOriginTrack *track,
    CmafFeedMessage *message);
CMAF_API void cmaf_segment_feed_changed (
    CmafSegmentFeed *feed, CmafOriginChannel *channel);

/* What its timer calls every second. */
CMAF_API void cmaf_segment_feed_tick (CmafSegmentFeed *feed, gint64 now);

/* connections that are not over yet */
CMAF_API guint cmaf_segment_feed_get_n_viewers (CmafSegmentFeed *feed);
/* The members viewers and totals of an object. */
CMAF_API void cmaf_segment_feed_describe (
    CmafSegmentFeed *feed, JsonBuilder *b);
/* Sums since the feed began. */
CMAF_API void cmaf_segment_feed_get_totals (CmafSegmentFeed *feed,
    guint64 *n_accepted, guint64 *bytes_sent, guint64 *n_drops);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSegmentFeed, cmaf_segment_feed_free)

G_END_DECLS
