/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections that the sync group has heard -> events, with the time of the
 * frame of their splice. One thread. */
#pragma once

#include "mux-timing.h"

#include <gst/cmaf/event-board.h>

G_BEGIN_DECLS

/* Media time (ns) of a running time, as who reads has it. */
typedef guint64 (*HeardMediaTime) (gpointer owner, guint64 running_time);

typedef struct
{
  const MuxTiming *timing; /* borrowed, as @owner */
  guint32 timescale;       /* of events */
  HeardMediaTime media_time;
  gpointer owner;
  guint n_heard; /* splices of the group, so far */
} HeardEvents;

/* The next one; clear it. In order: what cannot be placed yet holds up what is
 * behind it. FALSE: there is none yet. */
gboolean heard_events_next (HeardEvents *self, CmafToldEvent *told);

G_END_DECLS
