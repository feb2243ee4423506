/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units + grid -> what to cut, and which key frames to ask for. Pure: facts in,
 * decisions out; the bytes and the clock stay with the caller. One thread at a
 * time. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* What CMAF_MISSED_STRETCH may gather in one fragment, and for how long: a
 * segment without end would never be sent, and readers refuse large ones. */
#define CMAF_STRETCH_MAX_SECONDS 60
#define CMAF_STRETCH_MAX_BYTES (60 << 20)
/* Frames that an encoder reorders are less far apart. */
#define CMAF_MAX_REORDER 16

/* What to do when a boundary has no key frame. */
typedef enum
{
  CMAF_MISSED_STRETCH, /* the segment goes on until the next key frame */
  CMAF_MISSED_CUT,     /* cut all the same */
  CMAF_MISSED_DROP,    /* drop until a key frame lies on a boundary */
  CMAF_MISSED_FAIL,    /* refuse */
} CmafMissedKeyFrame;

typedef struct
{
  CmafSegmentGrid grid;
  CmafUnitGrid units;        /* phase 0 */
  gboolean needs_key_frames; /* video; also: units are reordered */
  guint chunk_units;         /* 0: whole segments */
  CmafMissedKeyFrame missed_key_frame;
  /* Nothing was before the first unit: cell 0 may start late. Everywhere else
   * a cell of which the beginning is missing is not sent. */
  gboolean starts_at_zero;
} CmafSegmenterConfig;

typedef struct
{
  guint64 unit; /* number by presentation time, given once */
  guint32 size;
  gboolean is_sync;
} CmafUnit;

typedef enum
{
  CMAF_CUT_NONE,
  CMAF_CUT_CHUNK,   /* take the fragment: the segment goes on after it */
  CMAF_CUT_SEGMENT, /* take the fragment: it ends its segment */
} CmafCut;

typedef enum
{
  CMAF_UNIT_KEPT,
  CMAF_UNIT_BEFORE_START, /* dropped: no segment has begun */
  CMAF_UNIT_SKIPPED,      /* dropped: CMAF_MISSED_DROP */
  CMAF_UNIT_LEADING,      /* dropped: presented before its segment starts */
  CMAF_UNIT_REFUSED,      /* CMAF_MISSED_FAIL */
  CMAF_UNIT_TOO_LATE,     /* refused: CMAF_STRETCH_MAX_SECONDS */
  CMAF_UNIT_TOO_MUCH,     /* refused: CMAF_STRETCH_MAX_BYTES */
} CmafUnitFate;

typedef struct
{
  CmafCut cut;               /* what ends in front of the unit */
  CmafUnitFate fate;         /* of the unit */
  gboolean missed_key_frame; /* a boundary passed without one; said once each */
} CmafVerdict;

/* One fragment as it was cut: everything but payload. */
typedef struct
{
  guint64 number;                  /* K */
  guint chunk;                     /* c */
  guint64 decode_time;             /* ticks */
  guint64 duration;                /* ticks */
  guint64 first_presentation_time; /* ticks, of the first sample */
  guint sap_type; /* 1, 2: begins with a key frame; 0: does not */
  gboolean starts_segment;
  gboolean ends_segment;
  gboolean is_aligned; /* begins and ends where the grid says, if it does */
  const CmafSample *samples; /* valid until the next call */
  guint n_samples;
} CmafCutFragment;

typedef struct _CmafSegmenter CmafSegmenter;

CMAF_API CmafSegmenter *cmaf_segmenter_new (const CmafSegmenterConfig *config);
CMAF_API void cmaf_segmenter_free (CmafSegmenter *segmenter);
/* Where the units that follow lie beside their numbers (config.units.phase).
 * Before the first unit, and where cmaf_segmenter_drain has ended a segment. */
CMAF_API void cmaf_segmenter_set_phase (
    CmafSegmenter *segmenter, guint32 phase);
/* Adds a unit, in decode order. When @verdict says so a fragment of the units
 * before it is in @fragment. */
CMAF_API void cmaf_segmenter_push (CmafSegmenter *segmenter,
    const CmafUnit *unit, CmafVerdict *verdict, CmafCutFragment *fragment);
/* The input changes: ends the segment at its boundary, and begins anew at the
 * next one. FALSE when there is nothing to send. */
CMAF_API gboolean cmaf_segmenter_drain (
    CmafSegmenter *segmenter, CmafCutFragment *fragment);
/* End of the service: the segment ends with its last unit. */
CMAF_API gboolean cmaf_segmenter_finish (
    CmafSegmenter *segmenter, CmafCutFragment *fragment);
/* No unit of [@from, @unit) will come. TRUE when that ends a chunk or the
 * segment. Frames that are presented earlier may still be on their way: what
 * they belong to is kept open until all are here, or CMAF_MAX_REORDER frames
 * longer. A key frame may then begin the next segment late in its cell. */
CMAF_API gboolean cmaf_segmenter_advance (CmafSegmenter *segmenter,
    guint64 from, guint64 unit, CmafCutFragment *fragment);
/* The first unit that is not before @unit (and, when asked, is a key frame)
 * begins a chunk of its own inside its segment. */
CMAF_API void cmaf_segmenter_split (
    CmafSegmenter *segmenter, guint64 unit, gboolean at_key_frame);
/* mfhd: K when a segment is one fragment, else K * C + c, modulo 2^32. C is how
 * many chunks a segment may have: half as many again where splices may move its
 * boundaries, so that numbers rise. */
CMAF_API guint32 cmaf_segmenter_sequence_number (
    const CmafSegmenter *segmenter, guint64 number, guint chunk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSegmenter, cmaf_segmenter_free)

/* Asks for the key frames of the boundaries ahead, each once. */
typedef struct
{
  CmafSegmentGrid grid;
  CmafUnitGrid units;
  /*< private >*/
  guint64 next; /* segment number */
} CmafKeyFramePlan;

CMAF_API void cmaf_key_frame_plan_init (CmafKeyFramePlan *plan,
    const CmafSegmentGrid *grid, const CmafUnitGrid *units);
/* The stream has reached unit @now. TRUE with the next unit to ask a key frame
 * for; call until FALSE. */
CMAF_API gboolean cmaf_key_frame_plan_next (
    CmafKeyFramePlan *plan, guint64 now, guint64 *unit);

G_END_DECLS
