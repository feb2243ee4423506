/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A response that is not complete yet: it waits for a segment to begin, or
 * sends one while it grows, or a track without end. One CMAF chunk is one HTTP
 * chunk. Who does not take it is cut off (LIV-13). HTTP thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmafhttp/origin-channel.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _CmafOriginStream CmafOriginStream;

typedef struct
{
  gsize max_queue;   /* unsent bytes */
  gint64 max_age;    /* monotonic us, of the oldest of them */
  gint64 wait_until; /* for a segment that has not begun */
} CmafOriginStreamLimits;

/* The peer has gone: free the stream. */
typedef void (*CmafOriginStreamGone) (
    CmafOriginStream *stream, gpointer user_data);

/* Pauses @message; what _start() and the other functions say decides how it
 * goes on. @by_ept: @value is the tick at which the segment starts, else its
 * number. */
CMAF_API CmafOriginStream *cmaf_origin_stream_new_segment (
    SoupServerMessage *message, CmafOriginChannel *channel,
    CmafOriginTrack *track, gboolean by_ept, guint64 value,
    const CmafOriginStreamLimits *limits, CmafOriginStreamGone gone,
    gpointer user_data);
/* Header and chunks of @track, from the newest key chunk on. */
CMAF_API CmafOriginStream *cmaf_origin_stream_new_track (
    SoupServerMessage *message, CmafOriginChannel *channel,
    CmafOriginTrack *track, const CmafOriginStreamLimits *limits,
    CmafOriginStreamGone gone, gpointer user_data);
/* Lets go of the message as it is. */
CMAF_API void cmaf_origin_stream_free (CmafOriginStream *stream);

/* What happens; TRUE when the stream has said all and is to be freed. */
CMAF_API gboolean cmaf_origin_stream_start (CmafOriginStream *stream);
CMAF_API gboolean cmaf_origin_stream_object (
    CmafOriginStream *stream, CmafOriginChannel *channel, const gchar *name);
CMAF_API gboolean cmaf_origin_stream_published (CmafOriginStream *stream,
    CmafOriginChannel *channel, CmafFeedMessage *message);
CMAF_API gboolean cmaf_origin_stream_tick (
    CmafOriginStream *stream, gint64 now);
/* No more will come of @channel. */
CMAF_API gboolean cmaf_origin_stream_end (
    CmafOriginStream *stream, CmafOriginChannel *channel);
/* TRUE: nothing was answered yet. */
CMAF_API gboolean cmaf_origin_stream_is_waiting (
    const CmafOriginStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafOriginStream, cmaf_origin_stream_free)

G_END_DECLS
