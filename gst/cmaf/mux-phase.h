/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* audio-align=keep: access units of sound that was coded elsewhere lie where
 * its encoder put them, all as far beside their numbers as the first one, which
 * is what every encoder that is passed them finds. Streaming thread. */
#pragma once

#include "mux-stream.h"

G_BEGIN_DECLS

/* ns by which units come after the media time of their numbers */
gint64 mux_phase_get (const MuxStream *self);
/* FALSE with @error: what is measured would not be sure. */
gboolean mux_phase_check (const MuxStream *self, GError **error);
/* Before the unit at @media_time is counted. Behind a gap its encoder may have
 * begun anew: then what is open ends at its boundary. */
GstFlowReturn mux_phase_follow (MuxStream *self, gint64 media_time);

G_END_DECLS
