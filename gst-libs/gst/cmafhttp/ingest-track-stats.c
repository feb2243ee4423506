/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a track counts is that of its mergers, one after the other. */
#include "ingest-track-private.h"

#include <gst/cmaf/timescale.h>

static const struct
{
  const gchar *name;
  gsize offset; /* in CmafMergeStats, of a guint64 */
} counts[] = {
  { "segments", G_STRUCT_OFFSET (CmafMergeStats, n_segments) },
  { "chunks", G_STRUCT_OFFSET (CmafMergeStats, n_chunks) },
  { "bytes", G_STRUCT_OFFSET (CmafMergeStats, n_bytes) },
  { "duplicates", G_STRUCT_OFFSET (CmafMergeStats, n_duplicates) },
  { "dropped-chunks", G_STRUCT_OFFSET (CmafMergeStats, n_dropped) },
  { "gaps", G_STRUCT_OFFSET (CmafMergeStats, n_gaps) },
  { "switches", G_STRUCT_OFFSET (CmafMergeStats, n_switches) },
};

static void
add_counts (CmafMergeStats *to, const CmafMergeStats *from)
{
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    G_STRUCT_MEMBER (guint64, to, counts[i].offset) +=
        G_STRUCT_MEMBER (guint64, from, counts[i].offset);
}

static GstClockTime
gap_duration (const CmafIngestTrack *self)
{
  if (self->merger == NULL)
    return self->gap_before;
  return self->gap_before
         + cmaf_ns_from_ticks (
             cmaf_track_merger_get_stats (self->merger)->gap_ticks,
             self->merge_timescale);
}

void
cmaf_ingest_track_keep_counts (CmafIngestTrack *self)
{
  self->gap_before = gap_duration (self);
  if (self->merger != NULL)
    add_counts (&self->before, cmaf_track_merger_get_stats (self->merger));
}

static void
add_to (GstStructure *structure, const gchar *name, guint64 n)
{
  guint64 sum = 0;

  gst_structure_get_uint64 (structure, name, &sum);
  gst_structure_set (structure, name, G_TYPE_UINT64, sum + n, NULL);
}

static void
add_stats (GstStructure *structure, const CmafMergeStats *stats)
{
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    add_to (structure, counts[i].name,
        G_STRUCT_MEMBER (guint64, stats, counts[i].offset));
}

static void
append_structure (GValue *list, GstStructure *structure)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, structure);
  gst_value_list_append_and_take_value (list, &value);
}

static GstStructure *
get_source_stats (CmafIngestTrack *self, const CmafIngestSource *source)
{
  GstStructure *stats = cmaf_ingest_source_describe (source, "source");
  const CmafMergeStats *counted = NULL;

  gst_structure_set (stats, "connected", G_TYPE_BOOLEAN,
      !cmaf_ingest_source_is_away (source), "in-use", G_TYPE_BOOLEAN,
      source->id == self->last_source, "quarantined", G_TYPE_BOOLEAN,
      source->watch.is_quarantined, NULL);
  if (self->merger != NULL)
    counted = cmaf_track_merger_get_source_stats (self->merger, source->id);
  add_stats (stats, counted ? counted : &(CmafMergeStats){ 0 });
  gst_structure_remove_fields (stats, "gaps", NULL);
  return stats;
}

GstStructure *
cmaf_ingest_track_get_stats (CmafIngestTrack *self, GstStructure *total)
{
  GstStructure *stats = gst_structure_new (
      "track", "track-name", G_TYPE_STRING, self->name, NULL);
  CmafMergeStats counted = self->before;
  GValue sources = G_VALUE_INIT;

  if (self->merger != NULL)
    add_counts (&counted, cmaf_track_merger_get_stats (self->merger));
  add_stats (stats, &counted);
  add_stats (total, &counted);
  gst_structure_set (stats, "refused-chunks", G_TYPE_UINT64, self->n_refused,
      "gap-duration", GST_TYPE_CLOCK_TIME, gap_duration (self), NULL);
  g_value_init (&sources, GST_TYPE_LIST);
  for (guint i = 0; i < self->sources->len; i++)
    append_structure (&sources,
        get_source_stats (self, g_ptr_array_index (self->sources, i)));
  gst_structure_take_value (stats, "sources", &sources);
  return stats;
}
