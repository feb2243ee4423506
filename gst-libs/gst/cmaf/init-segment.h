/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The CMAF header (ISO/IEC 23000-19 7.3.1): ftyp and moov, written and read
 * back. The bytes depend on the track alone: no time of day, no name of the
 * writer. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

CMAF_API GBytes *cmaf_init_segment_write (
    const CmafTrack *track, GError **error);
/* Reads ours and everybody else's (docs/files.md): exactly one trak. */
CMAF_API CmafTrack *cmaf_init_segment_read (
    gconstpointer data, gsize size, GError **error);
/* First 8 hex digits of the SHA-256 of the header. @hash holds 9 bytes. */
CMAF_API void cmaf_init_segment_hash (GBytes *header, gchar hash[9]);

G_END_DECLS
