/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Tracks and items of the packager end here. */
#include "packager-track.h"

void
packager_free_item (PackagerItem *item)
{
  g_clear_pointer (&item->track, cmaf_track_unref);
  g_clear_pointer (&item->header, g_bytes_unref);
  g_clear_pointer (&item->chunk, cmaf_chunk_unref);
  g_clear_pointer (&item->segment, cmaf_assembled_segment_free);
  g_free (item->name);
  g_free (item);
}

void
packager_free_track (PackagerTrack *track)
{
  g_queue_clear_full (&track->inbox, (GDestroyNotify)packager_free_item);
  g_queue_clear_full (&track->outbox, (GDestroyNotify)packager_free_item);
  cmaf_retention_clear (&track->kept);
  g_clear_pointer (&track->assembler, cmaf_segment_assembler_free);
  g_clear_pointer (&track->media, cmaf_track_unref);
  g_clear_pointer (&track->header, g_bytes_unref);
  g_free (track->header_name);
  g_free (track->old_header_name);
  g_free (track->name);
  g_free (track);
}
