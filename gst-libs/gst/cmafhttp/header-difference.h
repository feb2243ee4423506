/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Do two headers belong to the same track? Part of ingest-track. Not installed.
 */
#pragma once

#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* What makes two headers those of different tracks, and what is needed; NULL:
 * nothing. (transfer full) */
gchar *cmaf_header_difference (const CmafTrack *a, const CmafTrack *b);

G_END_DECLS
