/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The 48 bytes in front of every binary message of cmaf-live.v1
 * (docs/elements/cmaforiginsink.md, media messages), written and read. Network
 * byte order; the player has the same code in
 * gst/cmaforigin/player/media-header.js, checked against the same vectors. Pure
 * functions. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_MEDIA_HEADER_SIZE 48
#define CMAF_MEDIA_HEADER_VERSION 1

typedef enum
{
  CMAF_MEDIA_KIND_HEADER = 0, /* ftyp + moov */
  CMAF_MEDIA_KIND_CHUNK = 1,
  CMAF_MEDIA_KIND_BUNDLE = 2, /* repeated { u32 size, message } */
  CMAF_MEDIA_KIND_EVENT = 3,  /* emsg */
  CMAF_MEDIA_KIND_CLOCK = 4,  /* no payload */
} CmafMediaKind;

typedef enum
{
  CMAF_MEDIA_KEY = 1 << 0,
  CMAF_MEDIA_FIRST = 1 << 1,         /* chunk of its segment */
  CMAF_MEDIA_LAST = 1 << 2,          /* chunk of its segment */
  CMAF_MEDIA_DISCONTINUITY = 1 << 3, /* before this message */
  CMAF_MEDIA_CACHED = 1 << 4,        /* not the live edge */
  CMAF_MEDIA_END = 1 << 5,           /* last message of the stream */
  CMAF_MEDIA_TRUE_CAPTURE = 1 << 6,  /* capture_us is the time of capture */
} CmafMediaFlags;

typedef struct
{
  CmafMediaKind kind;
  CmafMediaFlags flags;
  guint16 stream;
  guint16 generation;   /* which header this belongs to */
  guint32 sequence;     /* +1 for every chunk the track produced */
  guint32 number;       /* of the segment, low 32 bits */
  guint16 chunk;        /* index in the segment */
  guint16 n_samples;    /* of the chunk, at most 65535 */
  guint32 duration;     /* ticks */
  guint64 ept;          /* ticks, earliest presentation time */
  guint64 capture_us;   /* UTC of the sample at @ept, 0 unknown */
  guint64 published_us; /* UTC when the origin published it */
} CmafMediaHeader;

CMAF_API void cmaf_media_header_write (
    const CmafMediaHeader *header, guint8 bytes[CMAF_MEDIA_HEADER_SIZE]);
/* @header_size: where the payload starts, which a later version may move. */
CMAF_API gboolean cmaf_media_header_read (CmafMediaHeader *header,
    gconstpointer data, gsize size, gsize *header_size, GError **error);

G_END_DECLS
