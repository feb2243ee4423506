/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Counts raw frames by their time stamps. */
#include <gst/cmaf/frame-counter.h>
#include <gst/cmaf/timescale.h>

/* The count follows the time stamps by this part of their error. */
#define FOLLOW 16
#define MAX_GAP ((gint64)GST_SECOND)

void
cmaf_frame_counter_init (CmafFrameCounter *counter, const CmafUnitGrid *frames)
{
  *counter = (CmafFrameCounter){ .frame = (gint64)cmaf_ns_from_ticks (
                                     frames->unit_ticks, frames->timescale) };
}

CmafFrameCount
cmaf_frame_counter_count (
    CmafFrameCounter *counter, gint64 running_time, guint64 *count)
{
  const gint64 passed = running_time - counter->time;
  const gboolean is_elsewhere = ABS (passed) > MAX_GAP;
  gint64 n = 1; /* frames */

  if (!counter->has_last || is_elsewhere) {
    const gboolean is_first = !counter->has_last;

    counter->last += is_first ? 0 : 1;
    counter->time = running_time;
    counter->has_last = TRUE;
    *count = counter->last;
    return is_first ? CMAF_FRAME_NEXT : CMAF_FRAME_ELSEWHERE;
  }
  n = (passed + counter->frame / 2) / counter->frame;
  if (n < 1)
    return CMAF_FRAME_REPEATED;
  counter->last += (guint64)n;
  counter->time += n * counter->frame;
  counter->time += (running_time - counter->time) / FOLLOW;
  *count = counter->last;
  return n == 1 ? CMAF_FRAME_NEXT : CMAF_FRAME_AFTER_GAP;
}
