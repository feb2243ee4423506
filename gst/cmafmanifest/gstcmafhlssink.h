/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include "gstcmafmanifestsink.h"

G_BEGIN_DECLS

#define GST_TYPE_CMAF_HLS_SINK (gst_cmaf_hls_sink_get_type ())
G_DECLARE_FINAL_TYPE (
    GstCmafHlsSink, gst_cmaf_hls_sink, GST, CMAF_HLS_SINK, GstCmafManifestSink)

GST_ELEMENT_REGISTER_DECLARE (cmafhlssink)

G_END_DECLS
