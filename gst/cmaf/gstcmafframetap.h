/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_FRAME_TAP (gst_cmaf_frame_tap_get_type ())
G_DECLARE_FINAL_TYPE (
    GstCmafFrameTap, gst_cmaf_frame_tap, GST, CMAF_FRAME_TAP, GstElement)

GST_ELEMENT_REGISTER_DECLARE (cmafframetap)

G_END_DECLS
