/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The encoder in front of the muxer. Its raw frames are seen before they enter
 * it, and a key frame is asked for when the first one of a segment does: in
 * time, however far the encoder looks ahead. Without an encoder, or when its
 * caps tell no frame rate, nothing happens.
 *
 * Own lock, never held while a pad is used. A frame's thread may be in here
 * until _stop() returns. */
#pragma once

#include "mux-lock.h"

G_BEGIN_DECLS

typedef struct _MuxUpstream MuxUpstream;

/* @sinkpad: borrowed, of the muxer */
MuxUpstream *mux_upstream_new (GstPad *sinkpad);
void mux_upstream_free (MuxUpstream *self);

/* Looks for the encoder. Settings and group are borrowed until _stop(). */
void mux_upstream_start (
    MuxUpstream *self, const MuxSettings *settings, const MuxTiming *timing);
void mux_upstream_stop (MuxUpstream *self);
/* Looks again: what is linked there may be another one. */
void mux_upstream_look (MuxUpstream *self);
/* TRUE when @unit has entered the encoder under its eyes: it asks for what
 * comes behind it. */
gboolean mux_upstream_leads (MuxUpstream *self, guint64 unit);
/* Asks for a key frame at the first frame that is not before @running_time. */
void mux_upstream_ask_at (MuxUpstream *self, GstClockTime running_time);

G_END_DECLS
