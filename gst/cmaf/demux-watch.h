/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Puts the raw time stamps of pictures onto what tsdemux makes of them: finds
 * the demultiplexer behind a pad and looks at the buffers of its video pads.
 * Streaming thread, and state changes while it stands still. */
#pragma once

#include "pes-match.h"

#include <gst/cmaf/cue-list.h>

G_BEGIN_DECLS

typedef struct _DemuxWatch DemuxWatch;

/* Tells @cues at what running time pictures are. */
DemuxWatch *demux_watch_new (PesMatch *match, CmafCueList *cues);
void demux_watch_free (DemuxWatch *watch);
/* Looks for the demultiplexer until there is one. */
void demux_watch_look (DemuxWatch *watch, GstPad *srcpad);
/* Pictures that were recognised. Any thread. */
guint demux_watch_get_matched (DemuxWatch *watch);

G_END_DECLS
