/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* GstCaps of an elementary stream -> CMAF track: the only room of the library
 * that knows caps. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* What cmafsyncmux accepts, as caps text: all of it, and the part that carries
 * its parameter sets in-band or has none. */
CMAF_API extern const gchar cmaf_track_caps_accepted[];
CMAF_API extern const gchar cmaf_track_caps_accepted_in_band[];

/* CMAF_ERROR_UNSUPPORTED for an unknown codec, CMAF_ERROR_CONFIG when a field
 * (codec_data, framerate, rate) is missing; the message names it.
 * @in_band: the header is to hold no parameter sets, so avc3/hev1 is needed.
 * What caps do not know is missing until access-unit.h has seen a unit: the
 * configuration of AV1, VP9, AC-3, E-AC-3 and MHAS; Opus has units of 20 ms,
 * until a packet tells otherwise. Text has no timescale: that follows from the
 * grid. */
CMAF_API CmafTrack *cmaf_track_from_caps (
    const GstCaps *caps, gboolean in_band, GError **error);
/* FALSE when no field that reaches the header differs. A field that @b does not
 * have does not differ. */
CMAF_API gboolean cmaf_track_caps_differ (const GstCaps *a, const GstCaps *b);

G_END_DECLS
