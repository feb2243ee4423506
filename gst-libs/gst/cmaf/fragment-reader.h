/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* CMAF bytes -> header and chunks, fed piece by piece as they arrive, with no
 * copy of payload. Feeds every sink and every server: one parser for all.
 * One thread at a time; chunks may be shared freely. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_CHUNK_STARTS_SEGMENT = 1
                              << 0, /* styp says segment, fragment (or msdh) */
  CMAF_CHUNK_HAS_STYP = 1 << 1,
  CMAF_CHUNK_SYNC = 1 << 2,  /* first sample is a sync sample */
  CMAF_CHUNK_LAST = 1 << 3,  /* brand lmsg */
  CMAF_CHUNK_SLATE = 1 << 4, /* brand slat */
  CMAF_CHUNK_HAS_PRFT = 1 << 5,
} CmafChunkFlags;

/**
 * CmafChunk:
 *
 * One chunk as it was received: its bytes, from the first box in front of moof
 * to the end of mdat, and what they say. Immutable and shared.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  GPtrArray *bytes; /* of GBytes, in order */
  gsize size;       /* of all of them */
  gsize payload;    /* offset of the first byte of mdat's body */
  CmafChunkFlags flags;
  CmafSegmentMarks marks; /* as they came; segment-marks.h reads them */
  guint32 sequence_number;
  guint64 decode_time;                /* ticks */
  guint64 duration;                   /* ticks */
  guint64 earliest_presentation_time; /* ticks */
  guint n_samples;
  CmafSample *samples;
  guint32 prft_flags;
  guint64 prft_ntp;
  guint64 prft_media_time;
  GPtrArray
      *event_messages; /* of GBytes: emsg boxes in front of moof, or NULL */
} CmafChunk;

CMAF_API CmafChunk *cmaf_chunk_ref (CmafChunk *chunk);
CMAF_API void cmaf_chunk_unref (CmafChunk *chunk);
/* The same chunk with brand lmsg: what a sender repeats when a track ends after
 * its last segment went out (docs/elements/httpingestsink.md). (transfer full)
 */
CMAF_API CmafChunk *cmaf_chunk_copy_as_last (const CmafChunk *chunk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafChunk, cmaf_chunk_unref)

typedef enum
{
  CMAF_READ_MORE,   /* needs more bytes */
  CMAF_READ_HEADER, /* a CMAF header is complete: _get_track, _get_header */
  CMAF_READ_CHUNK,  /* a chunk is complete: _take_chunk */
  CMAF_READ_END,    /* mfra: the deprecated end of a track */
  CMAF_READ_ERROR,
} CmafReadResult;

typedef struct _CmafFragmentReader CmafFragmentReader;

/* Limits of what a peer may make us hold. */
typedef struct
{
  gsize max_header; /* ftyp + moov, default 1 MiB */
  gsize max_moof;   /* and each box in front of it, default 1 MiB */
  gsize max_mdat;   /* default 64 MiB */
} CmafFragmentReaderLimits;

/* @limits: NULL for the defaults. */
CMAF_API CmafFragmentReader *cmaf_fragment_reader_new (
    const CmafFragmentReaderLimits *limits);
CMAF_API void cmaf_fragment_reader_free (CmafFragmentReader *reader);
/* Adds bytes; keeps a reference, copies nothing but what is in front of mdat.
 */
CMAF_API void cmaf_fragment_reader_feed (
    CmafFragmentReader *reader, GBytes *bytes);
/* Call until CMAF_READ_MORE. After CMAF_READ_ERROR only _reset() or _free(). */
CMAF_API CmafReadResult cmaf_fragment_reader_read (
    CmafFragmentReader *reader, GError **error);
/* After CMAF_READ_HEADER, and for ever after. (transfer none) */
CMAF_API CmafTrack *cmaf_fragment_reader_get_track (CmafFragmentReader *reader);
CMAF_API GBytes *cmaf_fragment_reader_get_header (CmafFragmentReader *reader);
/* After CMAF_READ_CHUNK. (transfer full) */
CMAF_API CmafChunk *cmaf_fragment_reader_take_chunk (
    CmafFragmentReader *reader);
/* TRUE between boxes of chunks: the input may end here. */
CMAF_API gboolean cmaf_fragment_reader_is_at_boundary (
    const CmafFragmentReader *reader);
/* Forgets half-read input; the track stays, so that a new request of the same
 * track needs no new header. */
CMAF_API void cmaf_fragment_reader_reset (CmafFragmentReader *reader);
/* Gives a reader the header that was read elsewhere. */
CMAF_API void cmaf_fragment_reader_set_header (
    CmafFragmentReader *reader, CmafTrack *track, GBytes *header);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafFragmentReader, cmaf_fragment_reader_free)

G_END_DECLS
