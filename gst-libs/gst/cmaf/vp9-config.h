/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* VP9 frame header -> vpcC (VP Codec ISO Media File Format Binding, version 1
 * of the box). Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

#define CMAF_VPCC_SIZE 12 /* with version and flags */

/* Fills codec configuration of @track, whose size, frame rate and colour are
 * known, from a frame or superframe. FALSE without @error when it is no key
 * frame, CMAF_ERROR_MALFORMED when it is no frame, CMAF_ERROR_UNSUPPORTED for
 * 4:4:0. */
CMAF_API gboolean cmaf_vp9_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error);
/* Ten times the lowest level that allows pictures of @width x @height at that
 * rate (0/0: unknown). */
CMAF_API guint cmaf_vp9_level (
    guint width, guint height, guint fps_n, guint fps_d);

G_END_DECLS
