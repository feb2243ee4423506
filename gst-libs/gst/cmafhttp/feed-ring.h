/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The newest media messages of a channel, in publish order, shared by all its
 * viewers; a viewer is a cursor. Who falls behind loses video up to the next
 * key chunk, never the connection (docs/elements/cmaforiginsink.md,
 * back-pressure). No socket; times in monotonic microseconds are passed in.
 * HTTP thread. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/media-header.h>
#include <gst/cmafhttp/ws-message.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_FEED_VIDEO,
  CMAF_FEED_AUDIO,
  CMAF_FEED_N_ROLES,
} CmafFeedRole;

typedef enum
{
  CMAF_FEED_AS_CACHED = 1 << 0,        /* sets CMAF_MEDIA_CACHED */
  CMAF_FEED_AS_DISCONTINUITY = 1 << 1, /* sets CMAF_MEDIA_DISCONTINUITY */
  CMAF_FEED_N_VARIANTS = 1 << 2,
} CmafFeedVariant;

typedef struct _CmafFeedMessage CmafFeedMessage;

/* A media message and its ready-made frames. Immutable but for those. */
struct _CmafFeedMessage
{
  /*< private >*/
  guint ref_count;
  CmafWsMessage *frames[CMAF_FEED_N_VARIANTS]; /* made when first asked for */

  /*< public >*/
  CmafMediaHeader header;
  CmafFeedRole role;
  guint32 timescale;
  GPtrArray *payload;    /* of GBytes */
  gsize size;            /* of the payload */
  CmafFeedMessage *init; /* of a chunk: the header it needs */
  gint64 published;      /* monotonic us */
  guint64 index;         /* in the ring, set by it */
};

/* @payload and @init: (transfer none) */
CMAF_API CmafFeedMessage *cmaf_feed_message_new (const CmafMediaHeader *header,
    CmafFeedRole role, guint32 timescale, GPtrArray *payload,
    CmafFeedMessage *init, gint64 published);
CMAF_API CmafFeedMessage *cmaf_feed_message_ref (CmafFeedMessage *message);
CMAF_API void cmaf_feed_message_unref (CmafFeedMessage *message);
/* (transfer none) */
CMAF_API CmafWsMessage *cmaf_feed_message_get_frame (
    CmafFeedMessage *message, CmafFeedVariant variant);

typedef struct _CmafFeedRing CmafFeedRing;

CMAF_API CmafFeedRing *cmaf_feed_ring_new (void);
CMAF_API void cmaf_feed_ring_free (CmafFeedRing *ring);
/* (transfer none) */
CMAF_API void cmaf_feed_ring_push (CmafFeedRing *ring, CmafFeedMessage *chunk);
/* Drops what was published before @time, and the oldest above @max_bytes. */
CMAF_API void cmaf_feed_ring_trim (
    CmafFeedRing *ring, gint64 time, guint64 max_bytes);
/* Indices from _get_first() to _get_next() - 1 are there. */
CMAF_API guint64 cmaf_feed_ring_get_first (const CmafFeedRing *ring);
CMAF_API guint64 cmaf_feed_ring_get_next (const CmafFeedRing *ring);
CMAF_API CmafFeedMessage *cmaf_feed_ring_get (
    const CmafFeedRing *ring, guint64 index);
CMAF_API guint64 cmaf_feed_ring_get_bytes (const CmafFeedRing *ring);
/* The newest key chunk of @stream, NULL: none. */
CMAF_API CmafFeedMessage *cmaf_feed_ring_get_key (
    const CmafFeedRing *ring, guint16 stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafFeedMessage, cmaf_feed_message_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafFeedRing, cmaf_feed_ring_free)

G_END_DECLS
