/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The nominal segment duration of a sender that does not tell it: what its
 * first video segment lasts. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* Zero at first. */
typedef struct
{
  /*< private >*/
  gboolean needs_video;
  gboolean has_video; /* the track below is video */
  gboolean has_track;
  guint track;
  guint64 timescale;
  guint64 start; /* ticks */
  guint64 next;  /* start of the second segment, 0: not seen */
  guint64 end;   /* of what was seen */
} CmafGridGuess;

/* There is @track, whether or not it has chunks yet. */
CMAF_API void cmaf_grid_guess_expect (
    CmafGridGuess *guess, const CmafTrack *track);
/* Chunks of one track (by any number of the caller's) after the other, in
 * order. */
CMAF_API void cmaf_grid_guess_add (CmafGridGuess *guess, guint track_number,
    const CmafTrack *track, const CmafChunk *chunk);
/* FALSE when the first video segment is not complete; never when @force. */
CMAF_API gboolean cmaf_grid_guess_finish (
    const CmafGridGuess *guess, gboolean force, CmafSegmentGrid *grid);

G_END_DECLS
