/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The events of the sync group in front of the segments of a track of media:
 * what cmafsyncmux does with events=in-band. One thread. */
#pragma once

#include "heard-events.h"
#include "mux-lock.h"

#include <gst/cmaf/in-band-events.h>

G_BEGIN_DECLS

typedef struct
{
  HeardEvents heard;
  CmafEventBoard *board; /* of the group */
  guint n_told;          /* of those on the board */
  CmafInBandEvents *events;
} MuxEvents;

/* A new run of numbers. */
void mux_events_start (MuxEvents *self, const MuxTiming *timing, MuxLock *lock);
void mux_events_stop (MuxEvents *self);
/* The emsg boxes of @cut; NULL: none. FALSE with @error. (transfer full) */
gboolean mux_events_write (MuxEvents *self, const CmafCutFragment *cut,
    const CmafUnitGrid *units, GPtrArray **boxes, GError **error);

G_END_DECLS
