/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The time code in a picture: SEI messages picture timing of H.264 (ISO/IEC
 * 14496-10 D.1.3) and time code of H.265 (ISO/IEC 23008-2 D.2.27). Pure.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/timecode.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* @unit: an access unit of @track, with lengths in front of its NAL units, or
 * only the beginning of one. FALSE when it tells no hour, minute, second and
 * frame. */
CMAF_API gboolean cmaf_sei_timecode_read (const CmafTrack *track,
    gconstpointer unit, gsize size, CmafTimecode *label);

G_END_DECLS
