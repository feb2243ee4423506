/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_HTTP_INGEST_SRC (gst_http_ingest_src_get_type ())
G_DECLARE_FINAL_TYPE (
    GstHttpIngestSrc, gst_http_ingest_src, GST, HTTP_INGEST_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (httpingestsrc)

G_END_DECLS
