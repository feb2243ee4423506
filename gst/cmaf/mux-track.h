/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a stream has to know of its track before it can cut: what caps and the
 * first unit tell, and the grids that go with it. Streaming thread. */
#pragma once

#include "mux-stream.h"

#include <gst/cmaf/access-unit.h>

G_BEGIN_DECLS

gboolean mux_track_is_video (const MuxStream *self);
/* The unit grid is known with the first unit that a decoder can begin with;
 * those before are not wanted. */
CmafTrackState mux_track_complete (
    MuxStream *self, GstBuffer *buffer, GError **error);
/* Unit grid known: everything that decides can be set up. GST_FLOW_ERROR with
 * @error, or GST_FLOW_FLUSHING when woken. */
GstFlowReturn mux_track_configure (MuxStream *self, GError **error);
/* And all that goes with it. */
void mux_track_forget (MuxStream *self);

G_END_DECLS
