/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* MPEG-H 3D audio: MHAS packets -> mhaC (ISO/IEC 23008-3 clauses 14 and 20).
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

#define CMAF_MHAC_FIXED 5 /* bytes in front of the configuration */

/* Fills codec configuration, rate and timing of @track from an access unit of
 * MHAS packets. FALSE without @error when it has no configuration, so that it
 * is no sync frame; CMAF_ERROR_MALFORMED when packets do not fit. */
CMAF_API gboolean cmaf_mhas_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error);
/* The same from a body of mhaC. */
CMAF_API gboolean cmaf_mhac_fill_track (
    CmafTrack *track, gconstpointer mhac, gsize size, GError **error);
/* TRUE when a decoder may begin with this unit: it has a configuration. */
CMAF_API gboolean cmaf_mhas_is_sync (gconstpointer data, gsize size);

G_END_DECLS
