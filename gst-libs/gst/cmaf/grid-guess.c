/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A segment is what lies between two sync samples, or several of them when
 * they are closer than a player would like to be asked for. */
#include "grid-guess.h"

#define LEAST_SECONDS 1
#define DEFAULT_SECONDS 2

static gboolean
is_new_choice (
    const CmafGridGuess *guess, guint track_number, const CmafTrack *track)
{
  gboolean is_video = track->media == CMAF_MEDIA_VIDEO;

  if (!guess->has_track)
    return TRUE;
  return is_video && !guess->has_video && track_number != guess->track;
}

void
cmaf_grid_guess_expect (CmafGridGuess *guess, const CmafTrack *track)
{
  guess->needs_video |= track->media == CMAF_MEDIA_VIDEO;
}

void
cmaf_grid_guess_add (CmafGridGuess *guess, guint track_number,
    const CmafTrack *track, const CmafChunk *chunk)
{
  if ((chunk->flags & CMAF_CHUNK_SYNC) != 0
      && is_new_choice (guess, track_number, track)) {
    *guess =
        (CmafGridGuess){ guess->needs_video, track->media == CMAF_MEDIA_VIDEO,
          TRUE, track_number, track->timescale, chunk->decode_time, 0, 0 };
  } else if (!guess->has_track || track_number != guess->track) {
    return;
  } else if ((chunk->flags & CMAF_CHUNK_SYNC) != 0 && guess->next == 0
             && chunk->decode_time
                    >= guess->start + LEAST_SECONDS * guess->timescale) {
    guess->next = chunk->decode_time;
  }
  guess->end = chunk->decode_time + chunk->duration;
}

gboolean
cmaf_grid_guess_finish (
    const CmafGridGuess *guess, gboolean force, CmafSegmentGrid *grid)
{
  guint64 stop = guess->next;

  if (guess->needs_video && !guess->has_video && !force)
    return FALSE;
  if (guess->has_video && stop == 0) {
    if (!force)
      return FALSE;
    stop = guess->end;
  }
  /* audio can be cut anywhere: its chunks say little */
  if (guess->has_video
      && stop >= guess->start + LEAST_SECONDS * guess->timescale
      && cmaf_segment_grid_init (
          grid, stop - guess->start, guess->timescale, NULL))
    return TRUE;
  return cmaf_segment_grid_init (grid, DEFAULT_SECONDS, 1, NULL);
}
