/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How far counted frames have drifted from the clock. */
#include <gst/cmaf/arrival-clock.h>
#include <gst/cmaf/timescale.h>

/* Below this the error is not worth a frame. */
#define MIN_THRESHOLD (40 * (gint64)GST_MSECOND)

void
cmaf_arrival_clock_init (CmafArrivalClock *clock, GstClockTime frame_duration)
{
  memset (clock, 0, sizeof *clock);
  clock->frame = (gint64)frame_duration;
}

/* value * n / d towards zero, for n <= d */
static gint64
scale (gint64 value, gint64 n, gint64 d)
{
  const gint64 scaled = (gint64)cmaf_muldiv (ABS (value), n, 0, d);

  return value < 0 ? -scaled : scaled;
}

gboolean
cmaf_arrival_clock_measure (CmafArrivalClock *c, gint64 now, gint64 error)
{
  const gint64 threshold = MAX (2 * c->frame, MIN_THRESHOLD);
  const gint64 elapsed =
      CLAMP (now - c->last, 0, (gint64)CMAF_ARRIVAL_SLOWNESS);

  if (!c->has_error)
    c->began = now;
  if (c->n_origin > 0
      && ABS (error - c->origin - c->error) > (gint64)CMAF_ARRIVAL_MAX_STEP)
    return FALSE;
  c->has_error = TRUE;
  c->last = now;
  if (now - c->began < (gint64)CMAF_ARRIVAL_SLOWNESS) {
    c->origin += (error - c->origin) / ++c->n_origin;
    return TRUE;
  }
  c->error +=
      scale (error - c->origin - c->error, elapsed, CMAF_ARRIVAL_SLOWNESS);

  if (ABS (c->error) > threshold && !c->is_beyond)
    c->beyond_since = now;
  c->is_beyond = ABS (c->error) > threshold;
  if (c->is_beyond && now - c->beyond_since >= (gint64)CMAF_ARRIVAL_SLOWNESS)
    c->is_correcting = TRUE;
  if (ABS (c->error) <= c->frame)
    c->is_correcting = FALSE;
  return TRUE;
}

gint
cmaf_arrival_clock_correction (const CmafArrivalClock *c)
{
  if (!c->is_correcting)
    return 0;
  return c->error > 0 ? 1 : -1;
}

void
cmaf_arrival_clock_corrected (CmafArrivalClock *c, gint frames)
{
  c->error -= frames * c->frame;
  if (ABS (c->error) <= c->frame)
    c->is_correcting = FALSE;
}
