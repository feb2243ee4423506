/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The option --segment-duration of the tools. */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* "N" or "N/D" seconds; CMAF_ERROR_CONFIG. */
gboolean parse_grid_option (
    const gchar *text, CmafSegmentGrid *grid, GError **error);

G_END_DECLS
