/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The end of a chunk is what arrives when it arrives: its beginning has waited
 * for it in the encoder. */
#include "session-offset.h"

#include "media-time.h"
#include "sei-timecode.h"
#include "timescale.h"

#include <stdlib.h>
#include <string.h>

#define PRFT_CAPTURED 16 /* ISO/IEC 14496-12 8.16.5 */
/* ns beyond which nothing is added up. */
#define MAX_TIME ((guint64)G_MAXINT64 / 4)
/* Bytes of a picture in which its time code is looked for. */
#define MAX_LABEL 4096

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
      || cmaf_ns_from_ticks (chunk->prft_media_time, track->timescale)
             > MAX_TIME
      || !(chunk->prft_flags & PRFT_CAPTURED)
      || !cmaf_media_time_from_ntp (&epoch, chunk->prft_ntp, clock, &time))
    return FALSE;
  self->offset =
      (gint64)time
      - (gint64)cmaf_ns_from_ticks (chunk->prft_media_time, track->timescale);
  self->is_known = TRUE;
  return TRUE;
}

/* The beginning of the first sample of @chunk; returns its size. */
static gsize
copy_first_sample (const CmafChunk *chunk, guint8 *to, gsize max)
{
  gsize at = 0, n = 0, from = chunk->payload;
  gsize end = from + MIN (max, chunk->samples[0].size);

  for (guint i = 0; i < chunk->bytes->len && at < end; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);
    gsize first = MAX (from, at), last = MIN (end, at + size);

    if (first < last) {
      memcpy (to + n, data + (first - at), last - first);
      n += last - first;
    }
    at += size;
  }
  return n;
}

/* A label that is far from the clock tells of another place, or of nothing. */
static gboolean
add_timecode (CmafSessionOffset *self, const CmafTrack *track,
    const CmafChunk *chunk, gint64 clock)
{
  guint8 unit[MAX_LABEL];
  CmafTimecode label;
  CmafTimecodeRules rules = { .daily_jam = CMAF_TIMECODE_NO_JAM,
    .max_error = CMAF_TIMECODE_MAX_ERROR,
    .epoch = { .tai_offset = CMAF_TAI_OFFSET } };
  guint64 frame;
  gint64 time;

  if (track->media != CMAF_MEDIA_VIDEO || chunk->n_samples == 0
      || chunk->samples[0].duration == 0
      || !cmaf_sei_timecode_read (
          track, unit, copy_first_sample (chunk, unit, sizeof unit), &label))
    return FALSE;
  rules.frames.timescale = track->timescale;
  rules.frames.unit_ticks = chunk->samples[0].duration;
  if (!cmaf_timecode_frame (&label, &rules, clock, &frame, NULL))
    return FALSE;
  time = (gint64)chunk->decode_time + chunk->samples[0].composition_offset
         - track->edit_media_time;
  self->offset =
      (gint64)cmaf_ns_from_ticks (
          frame * rules.frames.unit_ticks, track->timescale)
      - (gint64)cmaf_ns_from_ticks ((guint64)MAX (time, 0), track->timescale);
  self->is_known = TRUE;
  return TRUE;
}

gboolean
cmaf_session_offset_add (CmafSessionOffset *self, const CmafTrack *track,
    const CmafChunk *chunk, GstClockTime interval, gint64 clock)
{
  guint64 end = cmaf_ns_from_ticks (
      chunk->decode_time + chunk->duration, track->timescale);

  if (end > MAX_TIME)
    return self->is_known;
  if (self->is_known || add_capture_time (self, track, chunk, clock)
      || add_timecode (self, track, chunk, clock))
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
  guint64 from = cmaf_ns_from_ticks (time, timescale);
  gint64 then;
  guint64 at;

  if (from > MAX_TIME || self->offset > (gint64)MAX_TIME)
    return FALSE;
  then = (gint64)from + self->offset;
  if (then < 0)
    return FALSE;
  at = cmaf_ticks_from_ns ((guint64)then, timescale);
  if (unit > 0)
    at = (at + unit / 2) / unit * unit;
  *ticks = (gint64)(at - time);
  return TRUE;
}
