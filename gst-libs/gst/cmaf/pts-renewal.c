/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A pair that takes the place of another. */
#include <gst/cmaf/pts-renewal.h>
#include <gst/cmaf/timescale.h>

/* PTS that were rounded to milliseconds on their way; much less than a frame.
 * 90 kHz */
#define SLACK 150

static guint64
tick_of (const CmafUnitGrid *frames, guint64 unit)
{
  return cmaf_muldiv (unit * frames->unit_ticks, CMAF_PTS_TIMESCALE,
      frames->timescale / 2, frames->timescale);
}

gboolean
cmaf_pts_renewal_make (const CmafPtsRenewal *r, CmafPtsPair *renewed)
{
  const guint64 boundary =
      cmaf_segment_grid_first_unit (r->grid, r->frames, r->first);
  guint64 from = boundary; /* number so far of the first that changes */

  if (r->shift > 0 && (guint64)r->shift >= boundary)
    return FALSE;
  if (r->shift > 0)
    from -= (guint64)r->shift;
  if (from <= r->unit || (gint64)from + r->shift < 0)
    return FALSE;
  renewed->pts =
      (r->pts + tick_of (r->frames, from) - tick_of (r->frames, r->unit))
      & CMAF_PTS_MASK;
  renewed->ticks = tick_of (r->frames, (guint64)((gint64)from + r->shift));
  return TRUE;
}

gboolean
cmaf_pts_renewal_is_reached (
    const CmafPtsPair *renewed, guint64 pts, gint64 clock)
{
  guint64 ticks;

  return cmaf_ticks_from_pts (renewed, pts, clock, &ticks)
         && ticks + SLACK >= renewed->ticks;
}

gint64
cmaf_pts_renewal_shift (const CmafUnitGrid *frames, gint64 time)
{
  const gint64 frame =
      (gint64)cmaf_ns_from_ticks (frames->unit_ticks, frames->timescale);
  const gint64 n = (ABS (time) + frame / 2) / frame;

  return time < 0 ? -n : n;
}
