/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which segments have come lately, to tell one that is sent again from one that
 * a sender begins anew with. Not installed. */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 decode_time;
  guint32 hash; /* of its first chunk */
  GstClockTime arrival;
} CmafSegmentRecord;

#define CMAF_SEGMENT_HISTORY_LENGTH 512

typedef struct
{
  CmafSegmentRecord *records; /* a ring; NULL until there is one */
  guint n_records;            /* ever since the timeline began */
  guint64 first;              /* the earliest decode time, also when it has been
                                 overwritten */
  GstClockTime latest;        /* when the newest one arrived */
} CmafSegmentHistory;

CMAF_API void cmaf_segment_history_clear (CmafSegmentHistory *history);
/* Another timeline begins. */
CMAF_API void cmaf_segment_history_forget (CmafSegmentHistory *history);
/* @chunk starts a segment. The same again changes nothing. */
CMAF_API void cmaf_segment_history_add (
    CmafSegmentHistory *history, const CmafChunk *chunk, GstClockTime now);
/* Has @chunk come before, byte for byte? A sender that begins anew with what it
 * began with then has to do so later than those that repeat. */
CMAF_API gboolean cmaf_segment_history_is_repeated (
    const CmafSegmentHistory *history, const CmafChunk *chunk,
    GstClockTime now);

G_END_DECLS
