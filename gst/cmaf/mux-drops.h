/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units that are left out: counted, and told when time goes back. Streaming
 * thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* It can have no number. */
void mux_drops_skip (MuxStream *self);
/* The segmenter did not keep it. */
void mux_drops_note (
    MuxStream *self, GstBuffer *buffer, guint64 number, CmafUnitFate fate);
/* Another unit has that number. */
void mux_drops_note_repeated (
    MuxStream *self, GstBuffer *buffer, guint64 number);

G_END_DECLS
