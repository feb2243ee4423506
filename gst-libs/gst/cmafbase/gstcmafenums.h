/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Enumerations of properties that several sinks have. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_ADDRESSING (gst_cmaf_addressing_get_type ())
CMAF_API GType gst_cmaf_addressing_get_type (void);
#define GST_TYPE_CMAF_MANIFEST_TYPE (gst_cmaf_manifest_type_get_type ())
CMAF_API GType gst_cmaf_manifest_type_get_type (void);
#define GST_TYPE_CMAF_EVENT_CONTENT (gst_cmaf_event_content_get_type ())
CMAF_API GType gst_cmaf_event_content_get_type (void);

G_END_DECLS
