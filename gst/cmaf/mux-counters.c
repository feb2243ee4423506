/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Counters as a structure. */
#include "mux-counters.h"

GstStructure *
mux_counters_to_structure (const MuxCounters *c)
{
  GstStructure *stats = gst_structure_new ("application/x-cmafsyncmux-stats",
      "segments", G_TYPE_UINT64, c->segments, "chunks", G_TYPE_UINT64,
      c->chunks, "samples", G_TYPE_UINT64, c->samples, "bytes", G_TYPE_UINT64,
      c->bytes, "missed-key-frames", G_TYPE_UINT64, c->missed_key_frames,
      "repeated", G_TYPE_UINT64, c->repeated, "gaps", G_TYPE_UINT64, c->gaps,
      "dropped", G_TYPE_UINT64, c->dropped, "slate", G_TYPE_UINT64, c->slate,
      "locks", G_TYPE_UINT64, c->events[CMAF_LOCK_LOCKED], "losses",
      G_TYPE_UINT64, c->events[CMAF_LOCK_LOST], "jitters", G_TYPE_UINT64,
      c->events[CMAF_LOCK_JITTER], "clock-errors", G_TYPE_UINT64,
      c->events[CMAF_LOCK_CLOCK_ERROR], NULL);

  if (c->has_mapping)
    gst_structure_set (stats, "class", G_TYPE_STRING,
        cmaf_timing_class (c->mapping.source), "source", G_TYPE_STRING,
        cmaf_timing_source_name (c->mapping.source), "offset", G_TYPE_INT64,
        c->mapping.offset, NULL);
  return stats;
}
