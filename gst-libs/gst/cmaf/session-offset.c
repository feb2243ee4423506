/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The end of a chunk is what arrives when it arrives: its beginning has waited
 * for it in the encoder. */
#include "session-offset.h"

#include "media-time.h"
#include "timescale.h"

#include <stdlib.h>

#define PRFT_CAPTURED 16 /* ISO/IEC 14496-12 8.16.5 */

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

void
cmaf_session_offset_settle (CmafSessionOffset *self)
{
  if (self->is_known || self->n_samples == 0)
    return;
  qsort (self->samples, self->n_samples, sizeof (gint64), compare);
  self->offset = self->samples[self->n_samples / 2];
  self->is_known = TRUE;
}

static gboolean
add_capture_time (CmafSessionOffset *self, const CmafTrack *track,
    const CmafChunk *chunk, gint64 clock)
{
  const CmafMediaEpoch epoch = { .tai_offset = CMAF_TAI_OFFSET };
  guint64 time;

  if (!(chunk->flags & CMAF_CHUNK_HAS_PRFT)
      || !(chunk->prft_flags & PRFT_CAPTURED)
      || !cmaf_media_time_from_ntp (&epoch, chunk->prft_ntp, clock, &time))
    return FALSE;
  self->offset =
      (gint64)time
      - (gint64)cmaf_ns_from_ticks (chunk->prft_media_time, track->timescale);
  self->is_known = TRUE;
  return TRUE;
}

gboolean
cmaf_session_offset_add (CmafSessionOffset *self, const CmafTrack *track,
    const CmafChunk *chunk, GstClockTime interval, gint64 clock)
{
  guint64 end = cmaf_ns_from_ticks (
      chunk->decode_time + chunk->duration, track->timescale);

  if (self->is_known || add_capture_time (self, track, chunk, clock))
    return TRUE;
  if (self->n_samples > 0 && end < self->next)
    return FALSE;
  self->samples[self->n_samples++] = clock - (gint64)end;
  self->next = end + interval;
  if (self->n_samples == CMAF_SESSION_SAMPLES)
    cmaf_session_offset_settle (self);
  return self->is_known;
}

gboolean
cmaf_session_offset_ticks (const CmafSessionOffset *self, guint32 timescale,
    guint64 time, guint32 unit, gint64 *ticks)
{
  gint64 then = (gint64)cmaf_ns_from_ticks (time, timescale) + self->offset;
  guint64 at;

  if (then < 0)
    return FALSE;
  at = cmaf_ticks_from_ns ((guint64)then, timescale);
  if (unit > 0)
    at = (at + unit / 2) / unit * unit;
  *ticks = (gint64)(at - time);
  return TRUE;
}
