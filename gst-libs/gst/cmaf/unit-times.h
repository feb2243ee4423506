/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What one unit says of its time, raw, and what that is as media time. Pure
 * functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>
#include <gst/cmaf/timecode.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 running_time;
  gint64 utc;         /* of that running time, by the clock; ns since 1970 */
  gboolean has_clock; /* @utc may be compared from unit to unit */
  gboolean has_stamp;
  CmafReference reference;
  guint64 stamp;
  gboolean has_label;
  CmafTimecode label;
  gboolean has_pts;
  guint64 pts; /* 33 bits, as it came */
  CmafPtsPair pair;
  gboolean has_fingerprint;
  guint64 fingerprint; /* media time of the frame that it was found to be */
} CmafUnitTimes;

/* Whether @source is in the units themselves. */
CMAF_API gboolean cmaf_timing_source_is_in_units (CmafTimingSource source);
/* Whether @source tells which frame it is, and not only a time near it. */
CMAF_API gboolean cmaf_unit_times_is_exact (
    const CmafUnitTimes *times, CmafTimingSource source);
/* What the clock says, as media time (ns). */
CMAF_API gint64 cmaf_unit_times_by_clock (
    const CmafUnitTimes *times, const CmafMediaEpoch *epoch);
/* The media time (ns) that the unit tells by @source, in the day or era nearest
 * to @near (media time). @rules has frame grid and epoch; units that are not
 * frames are never moved to a frame. FALSE without @error when it tells
 * nothing. */
CMAF_API gboolean cmaf_unit_times_read (const CmafUnitTimes *times,
    CmafTimingSource source, const CmafTimecodeRules *rules, gboolean is_frame,
    gint64 near, gint64 *media_time, GError **error);

G_END_DECLS
