/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Enumerations of properties, which belong to the plugin. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Once; @type is static, and 0 before. Any thread. */
GType plugin_enum_register (
    gsize *type, const gchar *name, const GEnumValue *values);

G_END_DECLS
