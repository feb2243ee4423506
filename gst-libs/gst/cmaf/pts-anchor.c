/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which pair makes media time of the PTS of a stream. */
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/pts-anchor.h>
#include <gst/cmaf/timescale.h>

#include <string.h>

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
  anchor->n_renewed = anchor->n_dropped = 0;
  anchor->found.pts = pts & CMAF_PTS_MASK;
  anchor->found.ticks = cmaf_ticks_from_ns (media_time, CMAF_PTS_TIMESCALE);
  return TRUE;
}

gboolean
cmaf_pts_anchor_may_renew (const CmafPtsAnchor *anchor)
{
  CmafPtsPair pair;

  return !anchor->is_found
         && (anchor->is_void || cmaf_pts_anchor_get_pair (anchor, &pair));
}

void
cmaf_pts_anchor_renew (CmafPtsAnchor *anchor, const CmafPtsPair *renewed)
{
  if (anchor->n_renewed == CMAF_PTS_ANCHOR_DEPTH) {
    memmove (anchor->renewed, anchor->renewed + 1,
        (CMAF_PTS_ANCHOR_DEPTH - 1) * sizeof *anchor->renewed);
    anchor->n_renewed--;
    anchor->n_dropped++;
  }
  anchor->renewed[anchor->n_renewed++] = *renewed;
}

gboolean
cmaf_pts_anchor_correct (CmafPtsAnchor *anchor, const CmafUnitGrid *frames,
    const CmafSegmentGrid *grid, guint64 pts, guint64 media_time)
{
  CmafPtsRenewal renewal = { frames, grid, pts };
  CmafPtsPair pair = anchor->found;
  guint64 ticks, unit;

  if (!anchor->is_found)
    return FALSE;
  if (anchor->n_renewed > 0)
    pair = anchor->renewed[anchor->n_renewed - 1];
  if (!cmaf_ticks_from_pts (&pair, pts, (gint64)media_time, &ticks))
    return FALSE;
  renewal.unit = cmaf_unit_from_pts_ticks (frames, ticks);
  unit = cmaf_unit_from_media_time (frames, media_time);
  renewal.shift = (gint64)(unit - renewal.unit);
  if (renewal.shift == 0)
    return FALSE;
  renewal.first =
      cmaf_segment_grid_number_of_unit (grid, frames, MAX (unit, renewal.unit))
      + 1;
  if (!cmaf_pts_renewal_make (&renewal, &pair))
    return FALSE;
  cmaf_pts_anchor_renew (anchor, &pair);
  return TRUE;
}

guint
cmaf_pts_anchor_count_renewals (const CmafPtsAnchor *anchor)
{
  return anchor->n_dropped + anchor->n_renewed;
}

void
cmaf_pts_anchor_forget (CmafPtsAnchor *anchor)
{
  if (anchor->is_stored
      || (!anchor->is_found && cmaf_pts_anchor_count_renewals (anchor) > 0))
    anchor->is_void = TRUE;
  anchor->is_found = FALSE;
  anchor->n_renewed = anchor->n_dropped = 0;
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
      !anchor->is_void
      && (anchor->mode == CMAF_PTS_ANCHOR_CONFIGURED
          || (anchor->mode == CMAF_PTS_ANCHOR_AUTO && anchor->is_told));
  const gboolean is_stored = anchor->mode != CMAF_PTS_ANCHOR_IN_BAND
                             && anchor->is_stored && !anchor->is_void;

  if (anchor->is_found)
    *pair = anchor->found;
  else if (is_told)
    *pair = anchor->pair;
  else if (is_stored)
    *pair = anchor->stored;
  return anchor->is_found || is_told || is_stored;
}

gboolean
cmaf_pts_anchor_get_pair_at (const CmafPtsAnchor *anchor, guint64 pts,
    gint64 clock, CmafPtsPair *pair, guint *n_renewed)
{
  for (guint i = anchor->n_renewed; i > 0; i--) {
    if (!cmaf_pts_renewal_is_reached (&anchor->renewed[i - 1], pts, clock))
      continue;
    *pair = anchor->renewed[i - 1];
    *n_renewed = anchor->n_dropped + i;
    return TRUE;
  }
  *n_renewed = 0;
  return cmaf_pts_anchor_get_pair (anchor, pair);
}
