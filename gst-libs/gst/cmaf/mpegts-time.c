/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* PTS of a transport stream <-> media time. */
#include <gst/cmaf/mpegts-time.h>
#include <gst/cmaf/timescale.h>

#define CYCLE ((gint64)CMAF_PTS_MASK + 1)

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

gboolean
cmaf_ticks_from_pts (
    const CmafPtsPair *pair, guint64 pts, gint64 clock, guint64 *ticks)
{
  const gint64 at_clock =
      clock > 0 ? (gint64)cmaf_ticks_from_ns (clock, CMAF_PTS_TIMESCALE) : 0;
  const gint64 near =
      (gint64)pair->ticks + (gint64)((pts - pair->pts) & CMAF_PTS_MASK);
  const gint64 cycles = floor_div (at_clock - near + CYCLE / 2, CYCLE);
  const gint64 result = near + cycles * CYCLE;

  *ticks = (guint64)result;
  return result >= 0;
}

guint64
cmaf_pts_from_ticks (const CmafPtsPair *pair, guint64 ticks)
{
  return (pair->pts + ticks - pair->ticks) & CMAF_PTS_MASK;
}

guint64
cmaf_pts_later (guint64 pts, gint64 time)
{
  const guint64 ticks =
      cmaf_ticks_from_ns ((guint64)ABS (time), CMAF_PTS_TIMESCALE);

  return (time < 0 ? pts - ticks : pts + ticks) & CMAF_PTS_MASK;
}

guint64
cmaf_unit_from_pts_ticks (const CmafUnitGrid *units, guint64 ticks)
{
  const guint64 unit = units->unit_ticks * (guint64)CMAF_PTS_TIMESCALE;

  return cmaf_muldiv (ticks, 2 * (guint64)units->timescale, unit, 2 * unit);
}
