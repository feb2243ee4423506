/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AC-3 and E-AC-3 frames -> dac3 and dec3 (ETSI TS 102 366 annexes E and F),
 * and which frames make an access unit. Pure functions, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

#define CMAF_AC3_SAMPLES 1536 /* of an access unit: six blocks of 256 */
/* Bytes of a frame that cmaf_ac3_starts_unit() looks at. */
#define CMAF_AC3_HEAD 3

/* Fills codec configuration, rate, channels and timing of @track, an AC-3 or
 * E-AC-3 one, from a whole access unit: all substreams of an E-AC-3 unit, the
 * independent one first. CMAF_ERROR_MALFORMED for what is no frame,
 * CMAF_ERROR_UNSUPPORTED for fewer than six blocks a frame and reserved rates.
 */
CMAF_API gboolean cmaf_ac3_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error);
/* FALSE when the frame belongs to the access unit before it: a dependent
 * substream, or an independent one beside the first. @is_enhanced: E-AC-3. */
CMAF_API gboolean cmaf_ac3_starts_unit (
    gboolean is_enhanced, gconstpointer data, gsize size);
/* Where its loudspeakers are, as chanmap says it (E.1.3.1.8: left is the
 * highest bit, LFE the lowest), and how many, of a dac3 or dec3 body; 0 when it
 * is too short. */
CMAF_API guint cmaf_ac3_channel_map (
    gboolean is_enhanced, const guint8 *config, gsize size);
CMAF_API guint cmaf_ac3_channels (
    gboolean is_enhanced, const guint8 *config, gsize size);
/* Complexity of the objects (ETSI TS 103 420) in a dec3 body, 0: none. */
CMAF_API guint cmaf_ec3_joc_complexity (const guint8 *config, gsize size);

G_END_DECLS
