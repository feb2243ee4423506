/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* CMAF media profiles (ISO/IEC 23000-19 annexes A and B, clauses 10 and 11):
 * the brand that a track may say it has. Since: 0.1 */
#pragma once

#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* 0 when no profile is certain to fit. */
CMAF_API guint32 cmaf_media_profile_brand (const CmafTrack *track);

G_END_DECLS
