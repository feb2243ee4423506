/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the segmenter of a stream has cut leaves, and errors behind it.
 * Streaming thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* The header that the track has in segment @number, unless it was sent. */
gboolean mux_send_header (MuxStream *self, guint64 number, GError **error);
/* Behind the header, if that is due. @is_last: of the track. */
GstFlowReturn mux_send_fragment (
    MuxStream *self, const CmafCutFragment *cut, gboolean is_last);
/* What is open ends here. */
GstFlowReturn mux_send_open (MuxStream *self);
/* And it is the last of the track. */
void mux_send_last (MuxStream *self);
/* Nothing is taken any more: @error goes to the bus. GST_FLOW_ERROR */
GstFlowReturn mux_send_refuse (MuxStream *self, const GError *error);
/* The same, when what was taken before has gone out. */
GstFlowReturn mux_send_fail (MuxStream *self, const GError *error);

G_END_DECLS
