/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which pair makes media time of the PTS of a stream. */
#include <gst/cmaf/pts-anchor.h>
#include <gst/cmaf/timescale.h>

static guint64
distance (guint64 a, guint64 b)
{
  return a > b ? a - b : b - a;
}

gboolean
cmaf_pts_anchor_take_time (
    CmafPtsAnchor *anchor, guint64 pts, guint64 media_time)
{
  guint64 ticks;

  if (anchor->mode == CMAF_PTS_ANCHOR_PAIR)
    return FALSE;
  if (anchor->is_found
      && cmaf_ticks_from_pts (&anchor->found, pts, media_time, &ticks)
      && distance (cmaf_ns_from_ticks (ticks, CMAF_PTS_TIMESCALE), media_time)
             <= anchor->max_error)
    return FALSE;
  anchor->is_found = TRUE;
  anchor->found.pts = pts & CMAF_PTS_MASK;
  anchor->found.ticks = cmaf_ticks_from_ns (media_time, CMAF_PTS_TIMESCALE);
  return TRUE;
}

void
cmaf_pts_anchor_forget (CmafPtsAnchor *anchor)
{
  anchor->is_found = FALSE;
}

gboolean
cmaf_pts_anchor_get_pair (const CmafPtsAnchor *anchor, CmafPtsPair *pair)
{
  if (anchor->is_found)
    *pair = anchor->found;
  else if (anchor->mode == CMAF_PTS_ANCHOR_PAIR || anchor->is_told)
    *pair = anchor->pair;
  else
    return FALSE;
  return anchor->mode != CMAF_PTS_ANCHOR_EBP || anchor->is_found;
}
