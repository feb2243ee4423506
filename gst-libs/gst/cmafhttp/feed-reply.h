/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The texts of cmaf-live.v1 that the server sends
 * (docs/elements/cmaforiginsink.md, control messages). HTTP thread. Since: 0.1
 */
#pragma once

#include <gst/cmafhttp/origin-json.h>

G_BEGIN_DECLS

/* @request is what is answered, or NULL. All (transfer full). */
CMAF_API gchar *cmaf_feed_reply_welcome (const CmafFeedRequest *request,
    const gchar *sid, guint viewer, const gchar *server);
/* @channels: of CmafOriginChannel */
CMAF_API gchar *cmaf_feed_reply_channels (
    const CmafFeedRequest *request, GPtrArray *channels);
/* @tracks: those played, by role; NULL for none */
CMAF_API gchar *cmaf_feed_reply_config (const CmafFeedRequest *request,
    CmafOriginChannel *channel,
    CmafOriginTrack *const tracks[CMAF_FEED_N_ROLES]);
CMAF_API gchar *cmaf_feed_reply_status (
    const gchar *state, CmafOriginTrack *const tracks[CMAF_FEED_N_ROLES]);
CMAF_API gchar *cmaf_feed_reply_pong (const CmafFeedRequest *request);
CMAF_API gchar *cmaf_feed_reply_error (const CmafFeedRequest *request,
    const gchar *code, const gchar *message, gboolean is_fatal);
CMAF_API gchar *cmaf_feed_reply_gap (const CmafOriginTrack *track);
CMAF_API gchar *cmaf_feed_reply_end (const CmafOriginChannel *channel);

G_END_DECLS
