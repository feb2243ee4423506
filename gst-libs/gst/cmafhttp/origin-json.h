/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the origin says in JSON, over HTTP and to its viewers: one description
 * of a channel and a track for both. HTTP thread. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/feed-request.h>
#include <gst/cmafhttp/origin-channel.h>

G_BEGIN_DECLS

CMAF_API void cmaf_json_string (
    JsonBuilder *b, const gchar *key, const gchar *value);
CMAF_API void cmaf_json_int (JsonBuilder *b, const gchar *key, gint64 value);
CMAF_API void cmaf_json_boolean (
    JsonBuilder *b, const gchar *key, gboolean value);
/* The text of the finished object; frees @b. (transfer full) */
CMAF_API gchar *cmaf_json_finish (JsonBuilder *b);

/* Begins a message of the feed: "t", and the id of what it answers (NULL:
 * nothing). */
CMAF_API JsonBuilder *cmaf_json_message (
    const gchar *type, const CmafFeedRequest *answers);

/* An object: ch, title, live, since_us, viewers, tracks. */
CMAF_API void cmaf_json_channel (
    JsonBuilder *b, const CmafOriginChannel *channel);
/* An object: stream, track, kind, mime, codec, timescale, gen, ... */
CMAF_API void cmaf_json_stream (JsonBuilder *b, const CmafOriginTrack *track);

G_END_DECLS
