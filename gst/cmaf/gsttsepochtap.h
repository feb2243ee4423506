/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_TS_EPOCH_TAP (gst_ts_epoch_tap_get_type ())
G_DECLARE_FINAL_TYPE (
    GstTsEpochTap, gst_ts_epoch_tap, GST, TS_EPOCH_TAP, GstElement)

GST_ELEMENT_REGISTER_DECLARE (tsepochtap)

G_END_DECLS
