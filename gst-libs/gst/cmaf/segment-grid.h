/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where every track is cut: a pure function of media time and of the nominal
 * segment duration D = duration_n / duration_d seconds
 * (docs/sync.md, the segmentation rule). Media time counts from
 * 1970-01-01T00:00:00. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/grid-moves.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 duration_n; /* seconds, as a reduced fraction */
  guint64 duration_d;
  CmafGridMoves *moves; /* borrowed; NULL: no boundary is ever moved */
} CmafSegmentGrid;

/* How the access units of one track lie on the timeline: unit a is presented
 * at tick a * unit_ticks + phase. */
typedef struct
{
  guint32 timescale;
  guint32 unit_ticks;
  guint32 phase; /* < unit_ticks */
} CmafUnitGrid;

/* Reduces the fraction; CMAF_ERROR_CONFIG when it is not positive or the
 * products with any timescale <= CMAF_MAX_TIMESCALE would not fit 64 bits. */
CMAF_API gboolean cmaf_segment_grid_init (CmafSegmentGrid *grid,
    guint64 duration_n, guint64 duration_d, GError **error);
/* The exact D (whole number of frames) that is nearest to the given one. FALSE
 * when there is none. */
CMAF_API gboolean cmaf_segment_grid_init_fitting (CmafSegmentGrid *grid,
    guint64 duration_n, guint64 duration_d, guint fps_n, guint fps_d);
/* Default D for a frame rate: 48/25 at 25/50, 8/5 at 30/60, 1001/500 at rates
 * over 1001, 2 at 24 and for anything else, or the exact D nearest to 2. */
CMAF_API void cmaf_segment_grid_init_default (
    CmafSegmentGrid *grid, guint fps_n, guint fps_d);
/* TRUE when every segment has the same number of frames at this rate. */
CMAF_API gboolean cmaf_segment_grid_is_exact (
    const CmafSegmentGrid *grid, guint fps_n, guint fps_d);

/* a(K) = ceil ((K * D * ts - phase) / d): first unit of segment @number */
CMAF_API guint64 cmaf_segment_grid_first_unit (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number);
/* tfdt(K) = a(K) * d + phase */
CMAF_API guint64 cmaf_segment_grid_decode_time (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number);
/* The segment that the unit is in. */
CMAF_API guint64 cmaf_segment_grid_number_of_unit (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 unit);
/* N(K) = a(K+1) - a(K) */
CMAF_API guint64 cmaf_segment_grid_n_units (
    const CmafSegmentGrid *grid, const CmafUnitGrid *units, guint64 number);
/* The first unit that is not before @time (ns, as an edge is told: rounded up).
 */
CMAF_API guint64 cmaf_unit_not_before (
    const CmafUnitGrid *units, GstClockTime time);
/* K = floor (ticks / (D * timescale)): the segment a presentation time is in */
CMAF_API guint64 cmaf_segment_grid_number (
    const CmafSegmentGrid *grid, guint64 ticks, guint32 timescale);
/* Splices: the segment whose boundary is moved to @frame of the grid @frames:
 * K* = rnd (frame / f / D). */
CMAF_API guint64 cmaf_segment_grid_spliced (
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, guint64 frame);
/* First unit of any track at or after the start of @frame; of a track of the
 * same frames it is @frame. */
CMAF_API guint64 cmaf_segment_grid_unit_at_frame (
    const CmafUnitGrid *frames, guint64 frame, const CmafUnitGrid *units);
/* B(K) in nanoseconds, rounded up, so that no frame before it is at or after
 * the result. */
CMAF_API GstClockTime cmaf_segment_grid_edge (
    const CmafSegmentGrid *grid, guint64 number);

G_END_DECLS
