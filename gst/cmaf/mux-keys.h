/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which key frames the encoder of a stream is asked for: at boundaries, at
 * splices and at the end of the service. Streaming thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* Units @seen to @to have come. */
void mux_keys_ask (MuxStream *self, guint64 seen, guint64 to);
/* One has come of which it is not certain which one it is. */
void mux_keys_ask_early (MuxStream *self, gint64 running_time);

G_END_DECLS
