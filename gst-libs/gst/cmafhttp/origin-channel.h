/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One channel of the origin: what its memory store holds, seen as tracks,
 * segments and chunks. It reads each chunk once, where the store grew, and
 * hands out ready-made media messages. HTTP thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/track.h>
#include <gst/cmafhttp/feed-ring.h>

G_BEGIN_DECLS

#define CMAF_ORIGIN_SEGMENT_TEMPLATE "$RepresentationID$/seg-$Number$.m4s"

typedef struct
{
  const gchar *name;
  const gchar *title;
  CmafObjectStore *store; /* memory */
  guint64 ring_max_bytes;
} CmafOriginChannelConfig;

typedef struct
{
  guint64 number;
  guint64 ept; /* ticks of its first chunk, valid once has_chunk */
  gboolean has_chunk;
  gboolean is_complete;
} CmafOriginSegment;

typedef struct _CmafOriginTrack CmafOriginTrack;

/* Read only outside of the channel. */
struct _CmafOriginTrack
{
  gchar *name;
  CmafTrack *track;
  GBytes *header;
  gchar hash[9]; /* of the header */
  gchar *codec;  /* RFC 6381 */
  gchar *mime;   /* with the codecs parameter */
  gchar *source; /* who sends it now, NULL: not told */
  guint16 stream;
  guint16 generation;
  CmafFeedRole role;
  CmafFeedMessage *init;   /* of the current generation */
  GArray *segments;        /* of CmafOriginSegment, by number */
  CmafFeedMessage *newest; /* chunk, NULL: none yet */
  guint64 n_chunks;
  guint64 n_bytes;
  guint chunk_ms; /* longest of the last two segments */
  guint gop_ms;   /* between the last two key chunks, 0 unknown */
  guint64 gap_from_us, gap_to_us; /* UTC, with a chunk after a hole */

  struct _CmafOriginTrackReader *reader; /* private */
};

typedef struct _CmafOriginChannel CmafOriginChannel;

/* In the HTTP thread. Any may be NULL. */
typedef struct
{
  void (*published) (CmafOriginChannel *channel, CmafOriginTrack *track,
      CmafFeedMessage *message, gpointer user_data);
  /* tracks came, changed header or source */
  void (*changed) (CmafOriginChannel *channel, gpointer user_data);
  /* an object began, grew, was completed or removed; all chunks in it have
   * been published */
  void (*object) (
      CmafOriginChannel *channel, const gchar *name, gpointer user_data);
} CmafOriginChannelCallbacks;

CMAF_API CmafOriginChannel *cmaf_origin_channel_new (
    const CmafOriginChannelConfig *config,
    const CmafOriginChannelCallbacks *callbacks, gpointer user_data);
CMAF_API void cmaf_origin_channel_free (CmafOriginChannel *channel);
/* A new track, or a new header of a known one: the chunks that follow belong
 * to it. Unusable headers are refused. */
CMAF_API gboolean cmaf_origin_channel_set_header (CmafOriginChannel *channel,
    const gchar *track, GBytes *header, GError **error);
CMAF_API void cmaf_origin_channel_set_source (
    CmafOriginChannel *channel, const gchar *track, const gchar *source);
/* The object @name of the store is not what it was. */
CMAF_API void cmaf_origin_channel_update (
    CmafOriginChannel *channel, const gchar *name);
/* No more media will come. */
CMAF_API void cmaf_origin_channel_end (CmafOriginChannel *channel);

CMAF_API const gchar *cmaf_origin_channel_get_name (
    const CmafOriginChannel *channel);
CMAF_API const gchar *cmaf_origin_channel_get_title (
    const CmafOriginChannel *channel);
CMAF_API CmafObjectStore *cmaf_origin_channel_get_store (
    const CmafOriginChannel *channel);
CMAF_API CmafFeedRing *cmaf_origin_channel_get_ring (
    const CmafOriginChannel *channel);
CMAF_API gint64 cmaf_origin_channel_get_since_us (
    const CmafOriginChannel *channel);
CMAF_API gboolean cmaf_origin_channel_has_ended (
    const CmafOriginChannel *channel);
/* The longest distance of two segments so far, in us. */
CMAF_API gint64 cmaf_origin_channel_get_segment_us (
    const CmafOriginChannel *channel);
/* Who watches it now, whatever the protocol. */
CMAF_API guint cmaf_origin_channel_get_n_viewers (
    const CmafOriginChannel *channel);
CMAF_API void cmaf_origin_channel_add_viewer (
    CmafOriginChannel *channel, gint change);
/* TRUE while chunks come as often as they did. */
CMAF_API gboolean cmaf_origin_channel_has_source (
    const CmafOriginChannel *channel, gint64 now);
/* LIV-20 readyz: every track has a complete segment and a young chunk. */
CMAF_API gboolean cmaf_origin_channel_is_ready (
    const CmafOriginChannel *channel, gint64 now);
/* of CmafOriginTrack, in order of arrival (transfer none) */
CMAF_API GPtrArray *cmaf_origin_channel_get_tracks (
    const CmafOriginChannel *channel);
/* NULL: no such track */
CMAF_API CmafOriginTrack *cmaf_origin_channel_get_track (
    const CmafOriginChannel *channel, const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafOriginChannel, cmaf_origin_channel_free)

G_END_DECLS
