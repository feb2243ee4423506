/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Tracks and items of the packager end here. */
#include "packager-track.h"
#include "timescale.h"

#include <string.h>

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
  g_queue_clear_full (&track->missed, (GDestroyNotify)packager_free_item);
  cmaf_retention_clear (&track->kept);
  g_clear_pointer (&track->assembler, cmaf_segment_assembler_free);
  g_clear_pointer (&track->media, cmaf_track_unref);
  g_clear_pointer (&track->header, g_bytes_unref);
  g_free (track->header_name);
  g_free (track->old_header_name);
  g_free (track->name);
  g_free (track);
}

PackagerTrack *
packager_find_track (const GPtrArray *tracks, const gchar *name)
{
  for (guint i = 0; i < tracks->len; i++) {
    PackagerTrack *track = g_ptr_array_index (tracks, i);

    if (strcmp (track->name, name) == 0)
      return track;
  }
  return NULL;
}

PackagerTrack *
packager_add_track (GPtrArray *tracks, const gchar *name)
{
  PackagerTrack *track = g_new0 (PackagerTrack, 1);
  guint i;

  track->name = g_strdup (name);
  for (i = 0; i < tracks->len; i++) {
    const PackagerTrack *other = g_ptr_array_index (tracks, i);

    if (strcmp (name, other->name) < 0)
      break;
  }
  g_ptr_array_insert (tracks, i, track);
  return track;
}

/* @index: one for each track */
static void
add_to_guess (const PackagerTrack *track, guint index, CmafGridGuess *guess)
{
  const CmafTrack *media = NULL;

  for (const GList *link = track->inbox.head; link != NULL; link = link->next) {
    const PackagerItem *item = link->data;

    if (item->type == ITEM_HEADER) {
      media = item->track;
      cmaf_grid_guess_expect (guess, media);
    } else if (item->type == ITEM_CHUNK && media != NULL) {
      cmaf_grid_guess_add (guess, index, media, item->chunk);
    }
  }
}

GstClockTime
packager_measure_inbox (const PackagerTrack *track)
{
  const CmafChunk *first = NULL, *last = NULL;
  guint32 timescale = 1;

  for (const GList *l = track->inbox.head; l != NULL; l = l->next) {
    const PackagerItem *item = l->data;

    if (item->type == ITEM_HEADER && first == NULL)
      timescale = item->track->timescale;
    if (item->type != ITEM_CHUNK)
      continue;
    first = first != NULL ? first : item->chunk;
    last = item->chunk;
  }
  return last != NULL && last->decode_time > first->decode_time
             ? cmaf_ns_from_ticks (
                 last->decode_time - first->decode_time, timescale)
             : 0;
}

gboolean
packager_find_grid (const GPtrArray *tracks, gboolean is_complete,
    gboolean force, CmafSegmentGrid *grid)
{
  CmafGridGuess guess = { 0 };

  for (guint i = 0; i < tracks->len; i++) {
    const PackagerTrack *track = g_ptr_array_index (tracks, i);
    const CmafTrack *media =
        ((const PackagerItem *)track->inbox.head->data)->track;

    if (cmaf_segment_grid_init (
            grid, media->segment_duration_n, media->segment_duration_d, NULL))
      return TRUE;
  }
  if (!is_complete && !force)
    return FALSE;
  for (guint i = 0; i < tracks->len; i++)
    add_to_guess (g_ptr_array_index (tracks, i), i, &guess);
  return cmaf_grid_guess_finish (&guess, force, grid);
}

/* A duration that was asked for may join segments, but not cut them. */
static GError *
find_odd_wish (const PackagerTrack *track, const CmafSegmentGrid *grid)
{
  const CmafTrack *media = track->media;
  const guint64 wanted = grid->duration_n * media->segment_duration_d;
  const guint64 unit = grid->duration_d * media->segment_duration_n;

  if (unit == 0 || wanted % unit == 0)
    return NULL;
  return g_error_new (CMAF_ERROR, CMAF_ERROR_CONFIG,
      "segment-duration: found %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      ", needs a multiple of %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      " s, what the segments of track %s last, or 0/1; else segments are "
      "of different lengths",
      grid->duration_n, grid->duration_d, media->segment_duration_n,
      media->segment_duration_d, track->name);
}

GError *
packager_find_odd_grid (
    const PackagerTrack *track, const CmafSegmentGrid *grid, gboolean is_wish)
{
  const CmafTrack *media = track->media;

  if (is_wish)
    return find_odd_wish (track, grid);
  if (media->segment_duration_n == 0
      || media->segment_duration_n * grid->duration_d
             == media->segment_duration_d * grid->duration_n)
    return NULL;
  return g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "track %s: its segments last %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      " s, those of the presentation "
      "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " s",
      track->name, media->segment_duration_n, media->segment_duration_d,
      grid->duration_n, grid->duration_d);
}

gboolean
packager_check_addressing (const PackagerTrack *track, const CmafTrack *media,
    const CmafSegmentGrid *grid, CmafAddressing addressing, GError **error)
{
  const gchar *why = NULL;

  if (addressing != CMAF_ADDRESSING_NUMBER)
    return TRUE;
  if (media->has_moves)
    why = "splices move its boundaries";
  else if (media->media == CMAF_MEDIA_VIDEO && media->sample_duration > 0
           && !cmaf_segment_grid_is_exact (
               grid, media->timescale, media->sample_duration))
    why = "the number of its frames varies";
  if (why == NULL)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "addressing: found number, needs one with a timeline: segments of track "
      "%s are of different lengths, as %s",
      track->name, why);
  return FALSE;
}
