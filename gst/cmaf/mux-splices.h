/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The cues of the sync group, as one pad goes by them: new ones ask for key
 * frames, and in mode move they move boundaries for all. One thread at a time.
 */
#pragma once

#include "mux-lock.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_seen; /* cues, of those that the list has had */
  guint n_planned;
  gint64 offset; /* the mapping that was planned with */
} MuxSplices;

/* Decides anew about boundaries when there are new cues, or the time has
 * shifted. */
void mux_splices_plan (MuxSplices *self, const MuxTiming *timing,
    const MuxSettings *settings, const MuxLock *lock);
/* The running time at which the next new cue wants a key frame. FALSE: there is
 * none. */
gboolean mux_splices_next (
    MuxSplices *self, const MuxTiming *timing, GstClockTime *running_time);

G_END_DECLS
