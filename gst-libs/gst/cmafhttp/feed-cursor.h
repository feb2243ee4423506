/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where one viewer is in the ring of its channel, and what it gets next. A
 * plain value: copy it to come back to it. Pure, with the time passed in; all
 * times are monotonic microseconds. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/feed-ring.h>

G_BEGIN_DECLS

/* Of skip_until: until a key chunk comes. */
#define CMAF_FEED_WAIT_KEY G_MAXUINT64

typedef struct
{
  guint64 next;                           /* index in the ring */
  guint16 stream[CMAF_FEED_N_ROLES];      /* number, 0: none */
  guint16 generation[CMAF_FEED_N_ROLES];  /* of the header that was sent */
  gboolean has_header[CMAF_FEED_N_ROLES]; /* one was sent */
  guint64 skip_until[CMAF_FEED_N_ROLES];  /* what is before, is not sent */
  gboolean jumped[CMAF_FEED_N_ROLES];     /* the next chunk says so */
  guint16 next_stream[CMAF_FEED_N_ROLES]; /* 0: no switch is due */
  guint32 switch_number;                  /* from this segment on */
  guint64 cached_until;                   /* messages before are CACHED */
  gboolean is_drained;                    /* was at the head once */
  guint dropped_chunks;                   /* of video since the last resume */
  guint64 dropped_ms;
} CmafFeedCursor;

typedef struct
{
  gint64 max_age; /* of the oldest unsent video; 3 times that for audio */
  gsize max_bytes;
} CmafFeedLimits;

typedef enum
{
  CMAF_FEED_KEEP,
  CMAF_FEED_DROP_AGE,
  CMAF_FEED_DROP_BYTES,
} CmafFeedVerdict;

/* Stream numbers; 0 is none. */
CMAF_API void cmaf_feed_cursor_init (
    CmafFeedCursor *cursor, guint16 video, guint16 audio);
/* Places the cursor on the newest key chunk if it was published at or after
 * @not_before, else waits for the next one. FALSE when it waits. */
CMAF_API gboolean cmaf_feed_cursor_start (
    CmafFeedCursor *cursor, const CmafFeedRing *ring, gint64 not_before);
/* The next thing to send, a header or a chunk; NULL at the head.
 * (transfer none) */
CMAF_API CmafWsMessage *cmaf_feed_cursor_next (
    CmafFeedCursor *cursor, const CmafFeedRing *ring);
/* To be called for each message pushed to the ring. TRUE when a cursor that
 * waited goes on with it; dropped_chunks and dropped_ms then tell what the
 * viewer lost, until _resumed(). @n_partial: messages half on the wire. */
CMAF_API gboolean cmaf_feed_cursor_pushed (CmafFeedCursor *cursor,
    const CmafFeedRing *ring, const CmafFeedMessage *chunk, guint n_partial);
CMAF_API void cmaf_feed_cursor_resumed (CmafFeedCursor *cursor);
/* The drop rule: who is too far behind skips. */
CMAF_API CmafFeedVerdict cmaf_feed_cursor_check (CmafFeedCursor *cursor,
    const CmafFeedRing *ring, gint64 now, const CmafFeedLimits *limits);
/* To @stream of the same role: from segment @number on, or at once from its
 * newest key chunk. */
CMAF_API void cmaf_feed_cursor_switch_at (
    CmafFeedCursor *cursor, CmafFeedRole role, guint16 stream, guint32 number);
CMAF_API void cmaf_feed_cursor_switch_now (CmafFeedCursor *cursor,
    const CmafFeedRing *ring, CmafFeedRole role, guint16 stream);
/* Unsent messages and their age (0: none). */
CMAF_API guint cmaf_feed_cursor_get_queue (const CmafFeedCursor *cursor,
    const CmafFeedRing *ring, gint64 now, gint64 *age, gsize *bytes);

G_END_DECLS
