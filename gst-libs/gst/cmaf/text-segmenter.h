/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Cues + grid -> the segments of a text track: one for every number, whether
 * there is text or not, closed when time has passed its end and not when the
 * next cue comes (docs/sync.md, Sparse tracks). A cue that crosses a boundary
 * is in each segment that it touches, cut off at its edges, under the same id.
 * Pure: times in, bytes out. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cue.h>
#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* The sample of a time from @start to @end, in which the first @n of @cues are
 * shown; wvtt has one for each time in which the same cues are, stpp one for
 * the whole segment. (transfer full) */
typedef GBytes *(*CmafTextWrite) (gpointer user_data,
    const CmafCue *const *cues, guint n, guint64 start, guint64 end,
    GError **error);

typedef struct
{
  CmafSegmentGrid grid;
  guint32 timescale;
  gboolean whole_segments; /* one sample a segment */
  CmafTextWrite write;
  gpointer user_data;
} CmafTextSegmenterConfig;

typedef struct
{
  guint64 number;      /* K */
  guint64 decode_time; /* ticks */
  guint64 duration;    /* ticks */
  const CmafSample *samples;
  GBytes *const *payloads;
  guint n_samples;
} CmafTextSegment;

typedef struct _CmafTextSegmenter CmafTextSegmenter;

/* The timescale of text: 1000, or what the segment duration needs to be whole
 * ticks. */
CMAF_API guint32 cmaf_text_timescale (const CmafSegmentGrid *grid);

CMAF_API CmafTextSegmenter *cmaf_text_segmenter_new (
    const CmafTextSegmenterConfig *config);
CMAF_API void cmaf_text_segmenter_free (CmafTextSegmenter *segmenter);
/* The first segment is the first that begins at or after @time, in ticks, or,
 * with @partial, the one that @time is in, from there on. Once. */
CMAF_API void cmaf_text_segmenter_start (
    CmafTextSegmenter *segmenter, guint64 time, gboolean partial);
/* Takes @cue, with times in ticks. FALSE when all of it is in segments that are
 * closed: it is lost. A cue that is there already is not taken twice. */
CMAF_API gboolean cmaf_text_segmenter_add (
    CmafTextSegmenter *segmenter, CmafCue *cue);
/* The cue of @id, the only one that is called so, ends at @time if not before;
 * when it would begin later, there is none. */
CMAF_API void cmaf_text_segmenter_end_cue (
    CmafTextSegmenter *segmenter, const gchar *id, guint64 time);
/* TRUE with the next segment when @time, in ticks, has reached its end; call
 * until FALSE. @segment is valid until the next call. FALSE with @error when it
 * cannot be written, and then it is left out. */
CMAF_API gboolean cmaf_text_segmenter_close (CmafTextSegmenter *segmenter,
    guint64 time, CmafTextSegment *segment, GError **error);
/* End of the service at @time: the last segment, cut off there. FALSE when
 * nothing is left, which is also so at a boundary. */
CMAF_API gboolean cmaf_text_segmenter_finish (CmafTextSegmenter *segmenter,
    guint64 time, CmafTextSegment *segment, GError **error);
/* In ticks: where the next segment ends; G_MAXUINT64 before the start. */
CMAF_API guint64 cmaf_text_segmenter_next_end (
    const CmafTextSegmenter *segmenter);
/* In ticks: where the last cue ends that has an end; 0: there was none. */
CMAF_API guint64 cmaf_text_segmenter_last_end (
    const CmafTextSegmenter *segmenter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTextSegmenter, cmaf_text_segmenter_free)

G_END_DECLS
