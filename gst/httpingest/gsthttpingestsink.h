/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/cmafbase/gstcmaftracksink.h>

G_BEGIN_DECLS

#define GST_TYPE_HTTP_INGEST_SINK (gst_http_ingest_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstHttpIngestSink, gst_http_ingest_sink, GST,
    HTTP_INGEST_SINK, GstCmafTrackSink)

GST_ELEMENT_REGISTER_DECLARE (httpingestsink)

G_END_DECLS
