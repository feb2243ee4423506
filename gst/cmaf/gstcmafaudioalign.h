/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#pragma once

#include "gstcmafalign.h"

G_BEGIN_DECLS

#define GST_TYPE_CMAF_AUDIO_ALIGN (gst_cmaf_audio_align_get_type ())
G_DECLARE_FINAL_TYPE (GstCmafAudioAlign, gst_cmaf_audio_align, GST,
    CMAF_AUDIO_ALIGN, GstCmafAlign)

GST_ELEMENT_REGISTER_DECLARE (cmafaudioalign)

G_END_DECLS
