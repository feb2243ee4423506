/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which H.264 access units are the second field of a frame (ISO/IEC 14496-10
 * 3.30, 7.3.3): field pictures come in two, and a sample is a frame. One thread
 * at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  guint nal_length_size;
  /* of the newest sequence parameter set */
  gboolean has_sps;
  gboolean frame_mbs_only;
  gboolean separate_colour_plane;
  guint frame_num_bits;
  /* a first field that waits for its second */
  gboolean has_first;
  guint first_frame_num;
  gboolean first_is_bottom;
  gboolean first_is_reference;
} CmafAvcFields;

/* @avcc: body of avcC; its parameter sets may be missing (avc3). */
CMAF_API void cmaf_avc_fields_init (
    CmafAvcFields *fields, gconstpointer avcc, gsize size);
/* Looks at an access unit, in decode order. TRUE when it is the second field of
 * the one before. */
CMAF_API gboolean cmaf_avc_fields_take (
    CmafAvcFields *fields, gconstpointer unit, gsize size);

G_END_DECLS
