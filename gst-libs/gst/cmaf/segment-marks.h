/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* To which segment a chunk belongs, and whether it is the last one of it. The
 * grid tells, and where a boundary is not on it, as a splice may have it, the
 * chunk carries marks that put the grid right (docs/sync.md, splices). So any
 * receiver knows at once, wherever it begins. Pure, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segmenter.h>

G_BEGIN_DECLS

/* What has to be said of @cut; @grid may have moves. */
CMAF_API CmafSegmentMarks cmaf_segment_marks_of_cut (
    const CmafSegmentGrid *grid, guint32 timescale, const CmafCutFragment *cut);
/* K of what is decoded at @time and has @marks. A boundary is moved by half a
 * segment at most: marks that say more are not believed. */
CMAF_API guint64 cmaf_segment_marks_number (CmafSegmentMarks marks,
    const CmafSegmentGrid *grid, guint64 time, guint32 timescale);
/* Does its segment end with @chunk? FALSE when neither the chunk nor the grid
 * in the header of @track tells. */
CMAF_API gboolean cmaf_segment_marks_end (
    const CmafTrack *track, const CmafChunk *chunk);

G_END_DECLS
