/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include "gstcmafalign.h"

G_BEGIN_DECLS

#define GST_TYPE_CMAF_VIDEO_ALIGN (gst_cmaf_video_align_get_type ())
G_DECLARE_FINAL_TYPE (GstCmafVideoAlign, gst_cmaf_video_align, GST,
    CMAF_VIDEO_ALIGN, GstCmafAlign)

GST_ELEMENT_REGISTER_DECLARE (cmafvideoalign)

G_END_DECLS
