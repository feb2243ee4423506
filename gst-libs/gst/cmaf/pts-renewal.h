/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Another pair for a stream whose pair no longer fits: by whole frames, and
 * from the first frame of a segment on. The pair itself tells from where: its
 * PTS is that of the first picture that goes by it. So who reads it later, or
 * starts later, changes at the same picture. Pure functions, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>

G_BEGIN_DECLS

typedef struct
{
  const CmafUnitGrid *frames;
  const CmafSegmentGrid *grid;
  guint64 pts;   /* of a picture */
  guint64 unit;  /* its number so far */
  gint64 shift;  /* frames that are added to it */
  guint64 first; /* segment from which on that is so */
} CmafPtsRenewal;

/* What is less than @first by one of the pairs and not by the other is left
 * out, or longer. FALSE: the picture is behind that already. */
CMAF_API gboolean cmaf_pts_renewal_make (
    const CmafPtsRenewal *renewal, CmafPtsPair *renewed);
/* Whether the picture with @pts goes by @renewed; @clock: media time (ns), for
 * the cycle of the PTS. */
CMAF_API gboolean cmaf_pts_renewal_is_reached (
    const CmafPtsPair *renewed, guint64 pts, gint64 clock);
/* @time (ns, also below zero) in frames, to the nearest. */
CMAF_API gint64 cmaf_pts_renewal_shift (
    const CmafUnitGrid *frames, gint64 time);

G_END_DECLS
