/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "packager-counts.h"

typedef struct
{
  gchar *name;
  guint64 segments, bytes, dropped, late, gaps, lost;
  gboolean is_live;
} TrackCounts;

static void
clear_track (gpointer data)
{
  g_free (((TrackCounts *)data)->name);
}

void
packager_counts_init (PackagerCounts *counts)
{
  memset (counts, 0, sizeof *counts);
  counts->tracks = g_array_new (FALSE, TRUE, sizeof (TrackCounts));
  g_array_set_clear_func (counts->tracks, clear_track);
}

void
packager_counts_clear (PackagerCounts *counts)
{
  g_clear_pointer (&counts->tracks, g_array_unref);
}

void
packager_counts_take (PackagerCounts *counts, const GPtrArray *tracks)
{
  g_array_set_size (counts->tracks, tracks->len);
  for (guint i = 0; i < tracks->len; i++) {
    const PackagerTrack *track = g_ptr_array_index (tracks, i);
    TrackCounts *to = &g_array_index (counts->tracks, TrackCounts, i);

    if (g_strcmp0 (to->name, track->name) != 0) {
      g_free (to->name);
      to->name = g_strdup (track->name);
    }
    to->segments = track->n_segments;
    to->bytes = track->bytes;
    to->dropped = track->assembler != NULL
                      ? cmaf_segment_assembler_get_dropped (track->assembler)
                      : 0;
    to->late = track->n_late;
    to->gaps = track->n_gaps;
    to->lost = track->n_lost;
    to->is_live = track->is_live;
  }
}

static void
add_track (GstStructure *stats, const TrackCounts *track)
{
  g_autofree gchar *field = g_strconcat ("track-", track->name, NULL);
  GstStructure *one = gst_structure_new ("application/x-cmaf-track-stats",
      "segments", G_TYPE_UINT64, track->segments, "bytes", G_TYPE_UINT64,
      track->bytes, "dropped-chunks", G_TYPE_UINT64, track->dropped,
      "late-segments", G_TYPE_UINT64, track->late, "gaps", G_TYPE_UINT64,
      track->gaps, "lost-segments", G_TYPE_UINT64, track->lost, "is-live",
      G_TYPE_BOOLEAN, track->is_live, NULL);

  gst_structure_set (stats, field, GST_TYPE_STRUCTURE, one, NULL);
  gst_structure_free (one);
}

GstStructure *
packager_counts_to_structure (const PackagerCounts *counts)
{
  TrackCounts sum = { NULL };
  GstStructure *stats =
      gst_structure_new_empty ("application/x-cmaf-packager-stats");

  for (guint i = 0; i < counts->tracks->len; i++) {
    const TrackCounts *track = &g_array_index (counts->tracks, TrackCounts, i);

    sum.segments += track->segments;
    sum.bytes += track->bytes;
    sum.dropped += track->dropped;
    sum.late += track->late;
    sum.gaps += track->gaps;
    sum.lost += track->lost;
    add_track (stats, track);
  }
  gst_structure_set (stats, "tracks", G_TYPE_UINT64,
      (guint64)counts->tracks->len, "segments", G_TYPE_UINT64, sum.segments,
      "bytes", G_TYPE_UINT64, sum.bytes, "dropped-chunks", G_TYPE_UINT64,
      sum.dropped, "late-segments", G_TYPE_UINT64, sum.late, "gaps",
      G_TYPE_UINT64, sum.gaps, "lost-segments", G_TYPE_UINT64, sum.lost,
      "warnings", G_TYPE_UINT64, counts->warnings, NULL);
  if (counts->is_published)
    gst_structure_set (stats, "first-number", G_TYPE_UINT64,
        counts->first_number, "last-number", G_TYPE_UINT64, counts->last_number,
        NULL);
  return stats;
}
