/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AV1 sequence header -> av1C (AV1 Codec ISO Media File Format Binding 2.3):
 * caps do not carry it. Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

#define CMAF_AV1C_FIXED 4 /* bytes in front of configOBUs */

/* Fills codec configuration, size and colour of @track from the sequence header
 * in the temporal unit @data. FALSE without @error when there is none in it,
 * which only a key frame need have; CMAF_ERROR_MALFORMED when OBUs do not fit,
 * CMAF_ERROR_UNSUPPORTED when its size is not that of @track. */
CMAF_API gboolean cmaf_av1_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error);
/* Bytes of the temporal delimiter at the head of @data, which is not part of a
 * sample (2.4); 0: there is none. The first 3 bytes of a unit are enough. */
CMAF_API gsize cmaf_av1_delimiter_size (gconstpointer data, gsize size);

G_END_DECLS
