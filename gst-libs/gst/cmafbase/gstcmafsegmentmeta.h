/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the first buffer of a fragment belongs to. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_CMAF_SEGMENT_META_API_TYPE (gst_cmaf_segment_meta_api_get_type ())
#define GST_CMAF_SEGMENT_META_INFO (gst_cmaf_segment_meta_get_info ())

/**
 * GstCmafSegmentMeta:
 * @meta: parent
 * @number: of the segment on the grid, K: the same on every encoder
 * @chunk: of the fragment in its segment, c; 0 for whole segments
 * @grid_time: where segment @number begins on the grid, K * D rounded up, as
 *     media time in nanoseconds since 1970. The first sample of the segment may
 *     come later: audio by up to one unit, and when it is missing
 * @sap_type: 1 or 2: the fragment begins with a stream access point of that
 *     type (ISO/IEC 14496-12 Annex I); 0: with none
 *
 * cmafsyncmux adds it to the header buffer of each fragment, where the offset
 * of the buffer is the number told to users, which number-offset may shift.
 *
 * Since: 0.1
 */
typedef struct
{
  GstMeta meta;

  guint64 number;
  guint chunk;
  GstClockTime grid_time;
  guint sap_type;
} GstCmafSegmentMeta;

CMAF_API GType gst_cmaf_segment_meta_api_get_type (void);
CMAF_API const GstMetaInfo *gst_cmaf_segment_meta_get_info (void);
/* @buffer: writable. (transfer none) */
CMAF_API GstCmafSegmentMeta *gst_cmaf_segment_meta_add (GstBuffer *buffer,
    guint64 number, guint chunk, GstClockTime grid_time, guint sap_type);
/* NULL when there is none. (transfer none) */
CMAF_API const GstCmafSegmentMeta *gst_cmaf_segment_meta_get (
    GstBuffer *buffer);

G_END_DECLS
