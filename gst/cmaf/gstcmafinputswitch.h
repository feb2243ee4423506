/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_INPUT_SWITCH (gst_cmaf_input_switch_get_type ())
G_DECLARE_FINAL_TYPE (GstCmafInputSwitch, gst_cmaf_input_switch, GST,
    CMAF_INPUT_SWITCH, GstElement)

GST_ELEMENT_REGISTER_DECLARE (cmafinputswitch)

G_END_DECLS
