/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What one muxer has done since its start: its property stats. */
#pragma once

#include <gst/cmaf/sync-group.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 segments, chunks, samples, bytes;
  guint64 missed_key_frames;          /* boundaries without one */
  guint64 repeated;                   /* units whose number was given already */
  guint64 gaps;                       /* runs of numbers left out */
  guint64 dropped;                    /* units that no segment took */
  guint64 slate;                      /* chunks that hold some */
  guint64 events[CMAF_N_LOCK_EVENTS]; /* locks, losses, ... */
  gboolean has_mapping;
  CmafSyncMapping mapping; /* with has_mapping */
} MuxCounters;

/* (transfer full) */
GstStructure *mux_counters_to_structure (const MuxCounters *counters);

G_END_DECLS
