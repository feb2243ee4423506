/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_EVENT_SRC (gst_cmaf_event_src_get_type ())
G_DECLARE_FINAL_TYPE (
    GstCmafEventSrc, gst_cmaf_event_src, GST, CMAF_EVENT_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (cmafeventsrc)

G_END_DECLS
