/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One line for each segment (and chunk) of a track. */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef struct _SegmentPrinter SegmentPrinter;

/* @grid: NULL for what the header tells. */
SegmentPrinter *segment_printer_new (
    const CmafSegmentGrid *grid, gboolean with_chunks);
void segment_printer_free (SegmentPrinter *printer);
/* Appends what is complete to @text. */
gboolean segment_printer_feed (
    SegmentPrinter *printer, GBytes *bytes, GString *text, GError **error);
/* The last segment; fails when the input ends inside a box. */
gboolean segment_printer_finish (
    SegmentPrinter *printer, GString *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SegmentPrinter, segment_printer_free)

G_END_DECLS
