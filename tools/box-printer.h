/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One box and all below it as indented text. */
#pragma once

#include <gst/cmaf/box-reader.h>

G_BEGIN_DECLS

/* Appends what is good of @box, which begins at @offset of the input, to
 * @text. FALSE and CMAF_ERROR_MALFORMED at the first box that is not. */
gboolean print_box (
    GString *text, const CmafBox *box, guint64 offset, GError **error);
/* "[mdat] @123 size=456" */
void print_box_line (
    GString *text, guint32 type, guint64 offset, guint64 size, guint depth);
/* At most 32 bytes, and how many there are. */
void print_hex (GString *text, const gchar *name, const guint8 *data,
    gsize size, guint depth);

G_END_DECLS
