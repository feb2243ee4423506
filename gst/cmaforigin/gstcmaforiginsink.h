/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/cmafbase/gstcmaftracksink.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_ORIGIN_SINK (gst_cmaf_origin_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstCmafOriginSink, gst_cmaf_origin_sink, GST,
    CMAF_ORIGIN_SINK, GstCmafTrackSink)

GST_ELEMENT_REGISTER_DECLARE (cmaforiginsink)

G_END_DECLS
