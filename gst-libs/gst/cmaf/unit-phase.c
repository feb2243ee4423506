/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "unit-phase.h"

gboolean
cmaf_unit_phase_find (CmafUnitPhase *self, const CmafUnitGrid *units,
    gboolean is_fixed, gint64 media_time, guint64 *unit)
{
  gint64 phase;

  if (!cmaf_unit_snap (
          units, media_time - (is_fixed ? self->phase : 0), unit, &phase))
    return FALSE;
  if (is_fixed && !self->is_known) {
    self->phase = phase;
    self->is_known = TRUE;
  }
  return TRUE;
}
