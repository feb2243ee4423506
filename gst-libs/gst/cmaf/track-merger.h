/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks of one track from any number of redundant sources -> one run of
 * chunks, each decode time once and in order. Pure: now is passed in, and
 * nothing here waits. Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/merge-policy.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 timescale;      /* ticks a second */
  CmafMergePolicy policy; /* whose segment comes out */
  /* How long the earliest of what comes first is waited for. */
  GstClockTime start_hold;
  /* How long a better copy of a segment is waited for, and how long the source
   * of a running segment may be silent while another one has its next chunk. */
  GstClockTime merge_hold;
  /* How long a chunk that nobody has is waited for. */
  GstClockTime gap_hold;
  gsize max_pending; /* bytes; beyond it nothing is waited for */
} CmafTrackMergerConfig;

typedef enum
{
  CMAF_MERGE_TAKEN,      /* kept: it comes out of pop, or a better copy does */
  CMAF_MERGE_DUPLICATE,  /* that time has been delivered */
  CMAF_MERGE_UNUSABLE,   /* the rest of a segment whose start is missing */
  CMAF_MERGE_MISALIGNED, /* another timeline than the one of the track */
} CmafMergeVerdict;

/* What comes out. */
typedef struct
{
  CmafChunk *chunk; /* (transfer full) */
  guint source;
  gboolean starts_segment;
  gboolean is_discont;   /* first of all, after a gap, or on a new timeline */
  gboolean is_last;      /* no source goes on after it */
  guint64 gap_from, gap; /* ticks that are missing in front of it */
} CmafMergedChunk;

/* Counted when something leaves the merger. */
typedef struct
{
  guint64 n_segments;
  guint64 n_chunks;
  guint64 n_bytes;
  guint64 n_duplicates; /* copies of segments of which nothing was needed */
  guint64 n_dropped;    /* chunks that were not needed, or of no use */
  guint64 n_gaps;
  guint64 gap_ticks;
  guint64 n_switches; /* from one source to another within a segment */
} CmafMergeStats;

typedef struct _CmafTrackMerger CmafTrackMerger;

CMAF_API void cmaf_track_merger_config_init (
    CmafTrackMergerConfig *config, guint32 timescale);
CMAF_API CmafTrackMerger *cmaf_track_merger_new (
    const CmafTrackMergerConfig *config);
CMAF_API void cmaf_track_merger_free (CmafTrackMerger *merger);

/* A source with this number may send from now on; also when it comes back. */
CMAF_API void cmaf_track_merger_add_source (
    CmafTrackMerger *merger, guint source);
/* For CMAF_MERGE_PRIORITY; 0, as at first, is the best. */
CMAF_API void cmaf_track_merger_rank_source (
    CmafTrackMerger *merger, guint source, guint rank);
/* Its segments come out when they come within the hold, whatever the policy
 * says. A number that is none: nobody's. */
CMAF_API void cmaf_track_merger_prefer (CmafTrackMerger *merger, guint source);
/* The segment of its last chunk is complete. */
CMAF_API void cmaf_track_merger_close_segment (
    CmafTrackMerger *merger, guint source);
/* It went without a word. What it sent stays. */
CMAF_API void cmaf_track_merger_remove_source (
    CmafTrackMerger *merger, guint source);
/* It said that no more comes (mfra; lmsg is seen in the chunk). */
CMAF_API void cmaf_track_merger_end_source (
    CmafTrackMerger *merger, guint source);
/* Chunks of one source arrive in order. (transfer none) */
CMAF_API CmafMergeVerdict cmaf_track_merger_push (
    CmafTrackMerger *merger, guint source, CmafChunk *chunk, GstClockTime now);
/* Would it be misaligned? */
CMAF_API gboolean cmaf_track_merger_is_apart (CmafTrackMerger *merger,
    guint source, const CmafChunk *chunk, GstClockTime now);
/* Call until FALSE after each change, and at the deadline. */
CMAF_API gboolean cmaf_track_merger_pop (
    CmafTrackMerger *merger, GstClockTime now, CmafMergedChunk *out);
/* When pop may have more by itself; GST_CLOCK_TIME_NONE: not without input. */
CMAF_API GstClockTime cmaf_track_merger_get_deadline (
    const CmafTrackMerger *merger);
/* TRUE when all has come out and every source that is left has ended. */
CMAF_API gboolean cmaf_track_merger_is_ended (const CmafTrackMerger *merger);
/* Something of @source waits, and may be needed. */
CMAF_API gboolean cmaf_track_merger_has_pending (
    const CmafTrackMerger *merger, guint source);
/* Nothing more comes: pop then waits for nothing. Should something newer come
 * all the same, it is a new beginning and what is missing no gap. */
CMAF_API void cmaf_track_merger_finish (CmafTrackMerger *merger);

CMAF_API const CmafMergeStats *cmaf_track_merger_get_stats (
    const CmafTrackMerger *merger);
/* Of one source; NULL when it is not known. */
CMAF_API const CmafMergeStats *cmaf_track_merger_get_source_stats (
    const CmafTrackMerger *merger, guint source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTrackMerger, cmaf_track_merger_free)

G_END_DECLS
