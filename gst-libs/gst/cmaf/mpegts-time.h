/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* PTS of a transport stream (33 bits at 90 kHz) <-> media time. A pair, known
 * to all, says which PTS is which tick of media time; the clock only chooses
 * the cycle of 26.5 hours, anew for each PTS, so that nothing is remembered.
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

#define CMAF_PTS_TIMESCALE 90000
#define CMAF_PTS_MASK ((G_GUINT64_CONSTANT (1) << 33) - 1)

/* PTS @pts is tick @ticks of media time. { 0, 0 }: PTS is media time, modulo
 * 2^33, which is also what we write. */
typedef struct
{
  guint64 pts;
  guint64 ticks;
} CmafPtsPair;

/* Ticks (90 kHz) of media time at @pts, in the cycle nearest to @clock (ns
 * since 1970). FALSE before 1970. */
CMAF_API gboolean cmaf_ticks_from_pts (
    const CmafPtsPair *pair, guint64 pts, gint64 clock, guint64 *ticks);
/* What @ticks of media time is as a PTS. */
CMAF_API guint64 cmaf_pts_from_ticks (const CmafPtsPair *pair, guint64 ticks);
/* The PTS @time (ns, below zero too) behind @pts, to the nearest tick. */
CMAF_API guint64 cmaf_pts_later (guint64 pts, gint64 time);
/* The unit nearest to @ticks (90 kHz), halves up. */
CMAF_API guint64 cmaf_unit_from_pts_ticks (
    const CmafUnitGrid *units, guint64 ticks);

G_END_DECLS
