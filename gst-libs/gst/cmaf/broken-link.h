/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* H.265: what a segment begins with says that the pictures in front of it may
 * be of another encoder, or of an earlier life of this one. Behind a CRA
 * picture a decoder counts on from them (ISO/IEC 23008-2 8.1.3), and takes one
 * of the same count for an error; at a BLA picture it begins anew. The two
 * differ in nothing but nal_unit_type. Pure functions, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* Whether the picture in @unit, an access unit of @track, is CRA. */
CMAF_API gboolean cmaf_broken_link_is_due (
    const CmafTrack *track, gconstpointer unit, gsize size);
/* Makes it BLA, one without leading pictures: none may be behind it. */
CMAF_API void cmaf_broken_link_set (
    const CmafTrack *track, gpointer unit, gsize size);

G_END_DECLS
