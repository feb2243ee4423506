/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where the units of a stream lie: those whose media time is decided get their
 * number and go to the segmenter, up to the end of the service. Streaming
 * thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* What the lock holds, as far as it is decided. @is_last: nothing will say more
 * of its time. */
GstFlowReturn mux_place_units (MuxStream *self, gboolean is_last);
/* Nothing comes from position @start of the segment to @end. */
void mux_place_gap (MuxStream *self, GstClockTime start, GstClockTime end);

G_END_DECLS
