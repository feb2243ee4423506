/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What one unit says of its time. */
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/unit-times.h>

gboolean
cmaf_timing_source_is_in_units (CmafTimingSource source)
{
  return source == CMAF_TIMING_REFERENCE_TIMESTAMP
         || source == CMAF_TIMING_TIMECODE || source == CMAF_TIMING_PTS
         || source == CMAF_TIMING_FINGERPRINT;
}

gboolean
cmaf_unit_times_is_exact (const CmafUnitTimes *times, CmafTimingSource source)
{
  if (source == CMAF_TIMING_TIMECODE)
    return !times->label.counts_pairs || times->label.has_half;
  if (source == CMAF_TIMING_PTS || source == CMAF_TIMING_FINGERPRINT)
    return TRUE;
  return source == CMAF_TIMING_REFERENCE_TIMESTAMP
         && times->reference == CMAF_REFERENCE_PTP;
}

gint64
cmaf_unit_times_by_clock (
    const CmafUnitTimes *times, const CmafMediaEpoch *epoch)
{
  return times->utc
         + cmaf_media_time_ahead_of_utc (epoch, times->utc)
               * (gint64)GST_SECOND;
}

static gboolean
read_pts (const CmafUnitTimes *times, const CmafUnitGrid *frames, gint64 near,
    guint64 *media_time)
{
  guint64 ticks;

  if (!cmaf_ticks_from_pts (&times->pair, times->pts, near, &ticks))
    return FALSE;
  *media_time = frames ? cmaf_media_time_of_unit (
                    frames, cmaf_unit_from_pts_ticks (frames, ticks))
                       : cmaf_ns_from_ticks (ticks, CMAF_PTS_TIMESCALE);
  return TRUE;
}

gboolean
cmaf_unit_times_read (const CmafUnitTimes *times, CmafTimingSource source,
    const CmafTimecodeRules *rules, gboolean is_frame, gint64 near,
    gint64 *media_time, GError **error)
{
  guint64 result = 0, frame;
  gboolean ok = FALSE;

  if (source == CMAF_TIMING_REFERENCE_TIMESTAMP && times->has_stamp) {
    ok = cmaf_media_time_from_reference (times->reference, times->stamp,
        &rules->epoch, near, is_frame ? &rules->frames : NULL, &result);
  } else if (source == CMAF_TIMING_TIMECODE && times->has_label && is_frame) {
    ok = cmaf_timecode_frame (&times->label, rules, near, &frame, error);
    if (ok)
      result = cmaf_media_time_of_unit (&rules->frames, frame);
  } else if (source == CMAF_TIMING_PTS && times->has_pts) {
    ok = read_pts (times, is_frame ? &rules->frames : NULL, near, &result);
  } else if (source == CMAF_TIMING_FINGERPRINT && times->has_fingerprint
             && is_frame) {
    ok = TRUE;
    result = cmaf_media_time_of_unit (&rules->frames,
        cmaf_unit_from_media_time (&rules->frames, times->fingerprint));
  }
  *media_time = (gint64)result;
  return ok;
}
