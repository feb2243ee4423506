/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Frames whose time is as told (CMAF_TIMING_FIXED) need not lie on their
 * numbers: all of them lie beside them as the first one does. Pure. Not
 * installed. */
#pragma once

#include <gst/cmaf/unit-counter.h>

G_BEGIN_DECLS

/* All zero before the first frame. */
typedef struct
{
  gboolean is_known;
  gint64 phase; /* ns by which frames come after their numbers */
} CmafUnitPhase;

/* The number of the frame at @media_time (ns). FALSE: it has none. */
CMAF_API gboolean cmaf_unit_phase_find (CmafUnitPhase *self,
    const CmafUnitGrid *units, gboolean is_fixed, gint64 media_time,
    guint64 *unit);

/* Access units of sound that is passed on as it was coded lie where its encoder
 * put them. The phase of a unit at @media_time, to the nearest tick. */
CMAF_API guint32 cmaf_unit_phase_measure (
    const CmafUnitGrid *units, guint64 media_time);
/* Whether rounding alone may make @phase of that of @units. */
CMAF_API gboolean cmaf_unit_phase_is_same (
    const CmafUnitGrid *units, guint32 phase);
/* Whether all who hear the same units in a transport stream measure the same:
 * units are whole ticks of 90 kHz. FALSE with CMAF_ERROR_CONFIG. */
CMAF_API gboolean cmaf_unit_phase_is_certain (
    const CmafUnitGrid *units, GError **error);

G_END_DECLS
