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

/* Times in the stream are not listened to. */
static gboolean
is_deaf (const CmafPtsAnchor *anchor)
{
  return anchor->mode == CMAF_PTS_ANCHOR_CONFIGURED
         || anchor->mode == CMAF_PTS_ANCHOR_STORE;
}

gboolean
cmaf_pts_anchor_wants_stored (const CmafPtsAnchor *anchor)
{
  if (anchor->is_stored || anchor->is_found)
    return FALSE;
  return anchor->mode == CMAF_PTS_ANCHOR_STORE
         || (anchor->mode == CMAF_PTS_ANCHOR_AUTO && !anchor->is_told);
}

void
cmaf_pts_anchor_set_stored (CmafPtsAnchor *anchor, const CmafPtsPair *pair)
{
  anchor->is_stored = TRUE;
  anchor->stored = *pair;
}

gboolean
cmaf_pts_anchor_take_time (
    CmafPtsAnchor *anchor, guint64 pts, guint64 media_time)
{
  guint64 ticks;

  if (is_deaf (anchor))
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
cmaf_pts_anchor_is_in_band (const CmafPtsAnchor *anchor)
{
  return anchor->is_found;
}

gboolean
cmaf_pts_anchor_get_pair (const CmafPtsAnchor *anchor, CmafPtsPair *pair)
{
  const gboolean is_told =
      anchor->mode == CMAF_PTS_ANCHOR_CONFIGURED
      || (anchor->mode == CMAF_PTS_ANCHOR_AUTO && anchor->is_told);
  const gboolean is_stored =
      anchor->mode != CMAF_PTS_ANCHOR_IN_BAND && anchor->is_stored;

  if (anchor->is_found)
    *pair = anchor->found;
  else if (is_told)
    *pair = anchor->pair;
  else if (is_stored)
    *pair = anchor->stored;
  return anchor->is_found || is_told || is_stored;
}
