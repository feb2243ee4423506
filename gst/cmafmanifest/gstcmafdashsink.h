/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include "gstcmafmanifestsink.h"

G_BEGIN_DECLS

#define GST_TYPE_CMAF_DASH_SINK (gst_cmaf_dash_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstCmafDashSink, gst_cmaf_dash_sink, GST, CMAF_DASH_SINK,
    GstCmafManifestSink)

GST_ELEMENT_REGISTER_DECLARE (cmafdashsink)

G_END_DECLS
