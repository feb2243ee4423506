/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The parameter sets of avc1 and hvc1 tracks are in the header and in no sample
 * (ISO/IEC 14496-15 5.4.2, 8.4.1); encoders repeat them with every key frame.
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* Bytes of an access unit. */
typedef struct
{
  gsize offset, size;
} CmafUnitPart;

/* What a sample of @track has of the access unit: CmafUnitPart in order, or
 * NULL when it is all of it. A parameter set that is not in the header stays,
 * and its name, such as "PPS", is in @stranger; else NULL is.
 * (transfer full) (nullable) */
CMAF_API GArray *cmaf_parameter_sets_cut (const CmafTrack *track,
    gconstpointer unit, gsize size, const gchar **stranger);

G_END_DECLS
