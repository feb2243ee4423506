/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* By how much the times of an encoder that counts from its start are behind
 * media time (docs/sync.md, encoders that are not synchronised). Pure.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* Arrivals, one a segment, of which the median counts. */
#define CMAF_SESSION_SAMPLES 5

typedef struct
{
  gint64 offset; /* ns, when it is known */
  gboolean is_known;
  /*< private >*/
  gint64 samples[CMAF_SESSION_SAMPLES];
  guint n_samples;
  guint64 next; /* ns: media after it makes another sample */
} CmafSessionOffset;

/* @chunk of @track has come at @clock (media time, ns). One sample each
 * @interval of media; a stamp that says when it was captured (prft, flag 16),
 * or else a time code in a picture, is better than any of them, and enough.
 * TRUE when the offset is known. */
CMAF_API gboolean cmaf_session_offset_add (CmafSessionOffset *offset,
    const CmafTrack *track, const CmafChunk *chunk, GstClockTime interval,
    gint64 clock);
/* No more comes before it has to be known: the median of what there is. */
CMAF_API void cmaf_session_offset_settle (CmafSessionOffset *offset);
/* Ticks to be added to the times of a track, so that a presentation time @time
 * of it lies on a whole number of @unit (0: any). FALSE when that would be
 * before 1970. */
CMAF_API gboolean cmaf_session_offset_ticks (const CmafSessionOffset *offset,
    guint32 timescale, guint64 time, guint32 unit, gint64 *ticks);

G_END_DECLS
