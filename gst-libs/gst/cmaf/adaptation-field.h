/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Lists of (tag, length, bytes) in the adaptation fields of a transport stream:
 * private data (ETSI TS 101 154 annex D), descriptors (ISO/IEC 13818-1 annex
 * U). Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* The next one of @list; @item stands at its first byte. FALSE at the end, and
 * with CMAF_ERROR_MALFORMED when a length lies; @what names the list. */
CMAF_API gboolean cmaf_adaptation_field_next (CmafBoxReader *list,
    const gchar *what, guint8 *tag, CmafBoxReader *item, GError **error);
/* @what has @found bytes and needs more. FALSE */
CMAF_API gboolean cmaf_adaptation_field_fail (
    const gchar *what, gsize found, gsize needed, GError **error);

G_END_DECLS
