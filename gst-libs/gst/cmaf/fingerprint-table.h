/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The fingerprints of the frames of one segment, as encoders tell them to each
 * other through a store: one box, and one way only to write the same table.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/frame-fingerprint.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* A second of 240 frames, or ten of 25, and more */
#define CMAF_FINGERPRINT_TABLE_MAX 4096

typedef struct
{
  guint64 number; /* of the frame */
  CmafFrameFingerprint fingerprint;
} CmafNumberedFingerprint;

/* Numbers ascend, and are in one segment. None: only says that somebody is
 * there. */
CMAF_API GBytes *cmaf_fingerprint_table_write (const CmafUnitGrid *frames,
    const CmafNumberedFingerprint *entries, guint n_entries);
/* Of segment @number. (transfer full) (element-type CmafNumberedFingerprint)
 * CMAF_ERROR_MALFORMED when it is none, CMAF_ERROR_CONFIG when it is one of
 * frames of another rate. */
CMAF_API GArray *cmaf_fingerprint_table_read (GBytes *bytes,
    const CmafSegmentGrid *grid, const CmafUnitGrid *frames, guint64 number,
    GError **error);
/* "fp/TRACK/NUMBER" */
CMAF_API gchar *cmaf_fingerprint_table_name (
    const gchar *track, guint64 number);

G_END_DECLS
