/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The parameter sets of avc3 and hev1 tracks are in the samples (ISO/IEC
 * 14496-15 5.4.2, 8.4.1): in each at which a decoder may begin, also when
 * the encoder gave them before that one only. One thread at a time.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  GByteArray *latest; /* with their lengths in front; NULL: none yet */
} CmafInBandSets;

/* Whether samples of @track have them. */
CMAF_API gboolean cmaf_in_band_sets_are_needed (const CmafTrack *track);
CMAF_API void cmaf_in_band_sets_clear (CmafInBandSets *sets);
/* Learns from an access unit of @track. When @is_key and it has no SPS: what
 * belongs at @offset of it. (transfer full) (nullable) */
CMAF_API GBytes *cmaf_in_band_sets_take (CmafInBandSets *sets,
    const CmafTrack *track, gconstpointer unit, gsize size, gboolean is_key,
    gsize *offset);

G_END_DECLS
