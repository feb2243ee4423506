/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where a track ends. */
#include "mux-end.h"

#include <gst/cmaf/segmenter.h>

void
mux_end_init (MuxEnd *self)
{
  memset (self, 0, sizeof *self);
}

MuxEndVerdict
mux_end_judge (MuxEnd *self, CmafServicePlan *plan, const CmafUnitGrid *units,
    guint64 unit, gboolean is_sync)
{
  const GstClockTime end = cmaf_service_plan_get_end (plan);

  if (!GST_CLOCK_TIME_IS_VALID (end)
      || unit < cmaf_unit_not_before (units, end)) {
    self->n_beyond = 0;
    return MUX_END_IS_LATER;
  }
  self->n_beyond++;
  return is_sync || self->n_beyond > CMAF_MAX_REORDER ? MUX_END_IS_HERE
                                                      : MUX_END_LEAVES_OUT;
}

gboolean
mux_end_wants_key_frame (
    MuxEnd *self, CmafServicePlan *plan, GstClockTime *time)
{
  *time = cmaf_service_plan_get_end (plan);
  if (!GST_CLOCK_TIME_IS_VALID (*time) || *time == self->asked)
    return FALSE;
  self->asked = *time;
  return TRUE;
}
