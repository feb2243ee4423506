/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: the NAL units of an access unit of H.264 or H.265, with
 * their lengths in front (ISO/IEC 14496-15 4.3.3). */
#pragma once

#include "box-reader.h"
#include "track.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* borrowed */
  gsize size;         /* at least 1 */
} CmafNalUnit;

typedef enum
{
  CMAF_NAL_OTHER,
  CMAF_NAL_DELIMITER,
  CMAF_NAL_VPS,
  CMAF_NAL_SPS,
  CMAF_NAL_SPS_EXTENSION,
  CMAF_NAL_PPS,
} CmafNalKind;

/* From lengthSizeMinusOne of @config, which is avcC or hvcC; 0 when it ends
 * before, or @codec has no NAL units. */
guint cmaf_nal_length_size (guint32 codec, gconstpointer config, gsize size);
/* That of @track by its codec_config; 0 when it has none. */
guint cmaf_nal_length_size_of_track (const CmafTrack *track);
/* FALSE at the end, and with @failed set when a length is a lie. */
gboolean cmaf_nal_unit_next (
    CmafBoxReader *r, guint length_size, CmafNalUnit *nal);
/* nal_unit_type */
guint cmaf_nal_unit_type (guint32 codec, const CmafNalUnit *nal);
CmafNalKind cmaf_nal_unit_kind (guint32 codec, const CmafNalUnit *nal);

G_END_DECLS
