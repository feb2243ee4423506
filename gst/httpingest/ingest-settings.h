/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which settings of httpingestsrc have an effect only with others. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* One warning of @src, when some are set in vain. */
void ingest_settings_warn (GstElement *src);

G_END_DECLS
