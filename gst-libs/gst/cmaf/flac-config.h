/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* FLAC STREAMINFO -> dfLa (Encapsulation of FLAC in ISO Base Media File Format
 * 3.3.2). Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

#define CMAF_DFLA_SIZE 42 /* version and flags, one STREAMINFO block */

/* Fills codec configuration, rate, channels and timing of @track from the first
 * header packet: an Ogg mapping header, "fLaC" and STREAMINFO, or STREAMINFO
 * alone. What differs between encoders of one signal (length, MD5, frame sizes)
 * is left unknown. CMAF_ERROR_MALFORMED when there is no STREAMINFO,
 * CMAF_ERROR_UNSUPPORTED when its blocks are not of one size. */
CMAF_API gboolean cmaf_flac_fill_track (
    CmafTrack *track, gconstpointer header, gsize size, GError **error);
/* Of a dfLa body that is not shorter than CMAF_DFLA_SIZE. */
CMAF_API guint cmaf_flac_bits_per_sample (const guint8 *dfla);
CMAF_API guint cmaf_flac_rate (const guint8 *dfla);
CMAF_API guint cmaf_flac_channels (const guint8 *dfla);

G_END_DECLS
