/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "unit-phase.h"

#include <gst/cmaf/mpegts-time.h>
#include <gst/cmaf/timescale.h>

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

guint32
cmaf_unit_phase_measure (const CmafUnitGrid *units, guint64 media_time)
{
  return (guint32)(cmaf_ticks_from_ns (media_time, units->timescale)
                   % units->unit_ticks);
}

gboolean
cmaf_unit_phase_is_same (const CmafUnitGrid *units, guint32 phase)
{
  const guint32 apart = MAX (phase, units->phase) - MIN (phase, units->phase);

  return MIN (apart, units->unit_ticks - apart) < CMAF_ROUNDING_TICKS;
}

gboolean
cmaf_unit_phase_is_certain (const CmafUnitGrid *units, GError **error)
{
  if ((guint64)units->unit_ticks * CMAF_PTS_TIMESCALE % units->timescale == 0)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "audio-align=keep: units of %u samples at %u Hz are no whole number of "
      "ticks of 90 kHz, so that encoders may find other phases; needs snap",
      units->unit_ticks, units->timescale);
  return FALSE;
}
