/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How deep a JSON text goes: json-glib parses recursively, so that of a
 * stranger is looked at first. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* FALSE, CMAF_ERROR_MALFORMED, when arrays and objects of @text (that @what
 * names) are nested more than @most deep. */
CMAF_API gboolean cmaf_json_depth_check (
    const gchar *text, guint most, const gchar *what, GError **error);

G_END_DECLS
