/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sample records -> styp, prft, moof and the head of mdat. Sees sample sizes,
 * never payload. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* One sample as trun describes it (ISO/IEC 14496-12 8.8.8). */
typedef struct
{
  guint32 duration; /* ticks */
  guint32 size;     /* bytes */
  guint32 flags;    /* CMAF_SAMPLE_FLAGS_... */
  gint32 composition_offset;
} CmafSample;

/* What the grid tells wrong of a chunk (segment-marks.h): moof/traf/uuid. */
typedef enum
{
  CMAF_MARK_NEXT_CELL = 1 << 0,     /* its segment is that of the next cell */
  CMAF_MARK_PREVIOUS_CELL = 1 << 1, /* or of the previous one */
  CMAF_MARK_ENDS = 1 << 2,          /* its segment ends with it */
  CMAF_MARK_GOES_ON = 1 << 3,       /* or does not */
} CmafSegmentMarks;

#define CMAF_SEGMENT_MARKS_UUID                                                \
  "\x48\x8e\xf6\x58\x9c\xf8\x44\x47\x9e\x48\x2d\x7d\x07\xd8\xbe\xd5"
#define CMAF_UUID_SIZE 16

/* One moof + mdat: a CMAF chunk. */
typedef struct
{
  guint32 sequence_number;
  guint32 track_id;
  guint64 decode_time; /* tfdt, ticks */
  const CmafSample *samples;
  guint n_samples;
  gboolean starts_segment; /* styp cmfs + cmff, else cmfl */
  gboolean is_last;        /* brand lmsg */
  gboolean is_slate;       /* brand slat */
  gboolean has_prft;
  guint32 prft_flags;
  guint64 prft_ntp;        /* NTP 64 bit */
  guint64 prft_media_time; /* presentation time, ticks */
  gint16 roll_distance;    /* 0: no roll sample group; else sbgp + sgpd */
  const GBytes *const *event_messages; /* whole emsg boxes, or NULL */
  guint n_event_messages;
  CmafSegmentMarks marks; /* 0: no box */
} CmafFragment;

/* styp prft emsg* moof and the mdat header; the payload follows it. */
CMAF_API GBytes *cmaf_fragment_write (
    const CmafFragment *fragment, GError **error);

G_END_DECLS
