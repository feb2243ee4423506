/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units that have a number and are left out: counted, and told when time goes
 * back. Streaming thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* The segmenter did not keep it. */
void mux_drops_note (
    MuxStream *self, GstBuffer *buffer, guint64 number, CmafUnitFate fate);
/* Another unit has that number. */
void mux_drops_note_repeated (
    MuxStream *self, GstBuffer *buffer, guint64 number);

G_END_DECLS
