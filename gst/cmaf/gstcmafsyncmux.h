/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_SYNC_MUX (gst_cmaf_sync_mux_get_type ())
G_DECLARE_FINAL_TYPE (
    GstCmafSyncMux, gst_cmaf_sync_mux, GST, CMAF_SYNC_MUX, GstElement)

GST_ELEMENT_REGISTER_DECLARE (cmafsyncmux)

G_END_DECLS
