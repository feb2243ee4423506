/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Table: codec -> sample entry box and RFC 6381 string. A new codec is one row
 * and one test. Since: 0.1 */
#pragma once

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* CMAF_ERROR_UNSUPPORTED for a codec without a row, CMAF_ERROR_MALFORMED for a
 * codec configuration that is missing or too short. */
CMAF_API gboolean cmaf_sample_entry_check (
    const CmafTrack *track, GError **error);
/* Writes the whole sample entry, btrt, colr, pasp, mdcv and clli included. */
CMAF_API void cmaf_sample_entry_write (
    CmafBoxWriter *w, const CmafTrack *track);
/* Fills @track from @entry, a child box of stsd. CMAF_ERROR_UNSUPPORTED for a
 * codec without a row. */
CMAF_API gboolean cmaf_sample_entry_read (
    const CmafBox *entry, CmafTrack *track, GError **error);
/* "avc1.64001F", "av01.0.08M.08", "mp4a.40.2", "ec-3". (transfer full) */
CMAF_API gchar *cmaf_sample_entry_codec_string (const CmafTrack *track);
/* "avc", "hevc", "aac": codecs that one decoder plays; "other" without a row */
CMAF_API const gchar *cmaf_codec_family (guint32 codec);
/* Units that a decoder needs before one is right, as the roll sample group says
 * it (ISO/IEC 14496-12 10.1): negative, or 0 when there is none. */
CMAF_API gint16 cmaf_track_roll_distance (const CmafTrack *track);

G_END_DECLS
