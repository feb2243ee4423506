/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The boxes in front of the payload are written anew from what was read, and
 * read again: so there is one way in which a chunk comes to be. */
#include "restamper.h"

#include "event-message.h"
#include "init-segment.h"
#include "sample-entry.h"

/* Room for the chunks of a segment in sequence numbers. */
#define CHUNKS_PER_SEGMENT 64
#define NO_SEGMENT G_MAXUINT64
/* Ticks beyond which nothing is added up. */
#define MAX_TICKS (G_MAXINT64 / 8)

struct _CmafRestamper
{
  CmafTrack *track;
  GBytes *header;
  CmafSegmentGrid grid;
  CmafFragmentReader *reader;
  gint64 edit; /* of the header that came in */
  gint64 offset;
  gboolean has_delay;
  gint32 delay; /* composition offset of the first sync sample */
  guint64 segment;
  guint n_chunks; /* of it */
};

/* Samples [first, end) of a chunk, and where they lie. */
typedef struct
{
  const CmafChunk *chunk;
  guint first, end;
  guint64 time; /* as they came */
  gsize offset, size;
  gboolean starts_segment;
  guint32 sequence_number;
} Run;

CmafRestamper *
cmaf_restamper_new (
    const CmafTrack *track, const CmafSegmentGrid *grid, GError **error)
{
  g_autoptr (CmafRestamper) self = NULL;

  if (track->codec == CMAF_CODEC_STPP) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "stpp: its texts have times of their own, needs wvtt, or an encoder "
        "that is synchronised");
    return NULL;
  }
  if (track->edit_media_time > MAX_TICKS
      || track->edit_media_time < -MAX_TICKS) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "moov/trak/edts/elst: media time %" G_GINT64_FORMAT " is too far away",
        track->edit_media_time);
    return NULL;
  }
  self = g_new0 (CmafRestamper, 1);
  self->track = cmaf_track_copy (track);
  self->track->segment_duration_n = grid->duration_n;
  self->track->segment_duration_d = grid->duration_d;
  self->track->edit_media_time = 0;
  self->edit = track->edit_media_time;
  self->grid = *grid;
  self->grid.moves = NULL;
  self->segment = NO_SEGMENT;
  self->header = cmaf_init_segment_write (self->track, error);
  if (self->header == NULL)
    return NULL;
  self->reader = cmaf_fragment_reader_new (NULL);
  cmaf_fragment_reader_set_header (self->reader, self->track, self->header);
  return g_steal_pointer (&self);
}

void
cmaf_restamper_free (CmafRestamper *self)
{
  cmaf_track_unref (self->track);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_clear_pointer (&self->reader, cmaf_fragment_reader_free);
  g_free (self);
}

CmafTrack *
cmaf_restamper_get_track (CmafRestamper *self)
{
  return self->track;
}

GBytes *
cmaf_restamper_get_header (CmafRestamper *self)
{
  return self->header;
}

void
cmaf_restamper_set_offset (CmafRestamper *self, gint64 ticks)
{
  self->offset = ticks;
  self->has_delay = FALSE;
  self->segment = NO_SEGMENT;
}

/* ---- where to cut ---- */

static gboolean
may_start (const CmafRestamper *self, const CmafSample *sample)
{
  return self->track->media != CMAF_MEDIA_VIDEO
         || (sample->flags & CMAF_SAMPLE_IS_NON_SYNC) == 0;
}

/* Encoders that reorder alike or not get the same decode times. */
static gint32
composition_delay (const CmafRestamper *self)
{
  return self->has_delay ? self->delay : 0;
}

static gint64
presentation_time (
    const CmafRestamper *self, guint64 time, const CmafSample *sample)
{
  return (gint64)time + sample->composition_offset - self->edit + self->offset;
}

/* Does a segment begin with @sample, which came with decode time @time? */
static gboolean
starts_segment (CmafRestamper *self, guint64 time, const CmafSample *sample)
{
  gint64 presentation;
  guint64 segment;

  if (!may_start (self, sample))
    return FALSE;
  if (!self->has_delay) {
    self->delay = sample->composition_offset;
    self->has_delay = TRUE;
  }
  presentation = presentation_time (self, time, sample);
  segment = cmaf_segment_grid_number (
      &self->grid, (guint64)MAX (presentation, 0), self->track->timescale);
  if (self->segment != NO_SEGMENT && segment <= self->segment)
    return FALSE;
  self->segment = segment;
  self->n_chunks = 0;
  return TRUE;
}

/* ---- a run of samples becomes a chunk ---- */

/* emsg boxes with their times moved; of version 0, which count from the start
 * of the segment, version 1. */
static GPtrArray *
move_events (CmafRestamper *self, const CmafChunk *chunk, GError **error)
{
  g_autoptr (GPtrArray) boxes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  guint32 timescale = self->track->timescale;

  for (guint i = 0; chunk->event_messages && i < chunk->event_messages->len;
       i++) {
    GBytes *box = g_ptr_array_index (chunk->event_messages, i);
    g_autoptr (GPtrArray) events =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
    gsize size;
    const guint8 *data = g_bytes_get_data (box, &size);

    if (!cmaf_emsg_read (data, size, timescale,
            chunk->earliest_presentation_time, events, error))
      return NULL;
    for (guint k = 0; k < events->len; k++) {
      CmafEvent *event = g_ptr_array_index (events, k);
      GBytes *moved;

      if (event->start > MAX_TICKS)
        continue;
      event->start = (guint64)MAX ((gint64)event->start + self->offset, 0);
      moved = cmaf_emsg_write (event, timescale, error);
      if (moved == NULL)
        return NULL;
      g_ptr_array_add (boxes, moved);
    }
  }
  return g_steal_pointer (&boxes);
}

/* NULL when a composition offset has no room. */
static CmafSample *
move_samples (const CmafRestamper *self, const Run *run)
{
  guint n = run->end - run->first;
  g_autofree CmafSample *samples =
      g_memdup2 (&run->chunk->samples[run->first], n * sizeof (CmafSample));

  for (guint i = 0; i < n; i++) {
    gint64 offset =
        (gint64)samples[i].composition_offset - composition_delay (self);

    if (offset < G_MININT32 || offset > G_MAXINT32)
      return NULL;
    samples[i].composition_offset = (gint32)offset;
  }
  return g_steal_pointer (&samples);
}

static GBytes *
write_front (CmafRestamper *self, const Run *run, gint64 time, GError **error)
{
  const CmafChunk *chunk = run->chunk;
  gboolean is_first = run->first == 0, is_end = run->end == chunk->n_samples;
  g_autofree CmafSample *samples = move_samples (self, run);
  g_autoptr (GPtrArray) events = NULL;
  CmafFragment fragment = {
    .sequence_number = run->sequence_number,
    .track_id = self->track->id,
    .decode_time = (guint64)time,
    .samples = samples,
    .n_samples = run->end - run->first,
    .starts_segment = run->starts_segment,
    .is_last = is_end && (chunk->flags & CMAF_CHUNK_LAST),
    .is_slate = (chunk->flags & CMAF_CHUNK_SLATE) != 0,
    .has_prft = is_first && (chunk->flags & CMAF_CHUNK_HAS_PRFT),
    .prft_flags = chunk->prft_flags,
    .prft_ntp = chunk->prft_ntp,
    .prft_media_time = chunk->prft_media_time + (guint64)self->offset,
    .roll_distance = cmaf_track_roll_distance (self->track),
  };

  if (samples == NULL) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "trun: composition offsets are too far from each other");
    return NULL;
  }
  if (is_first) {
    events = move_events (self, chunk, error);
    if (events == NULL)
      return NULL;
    fragment.event_messages = (const GBytes *const *)events->pdata;
    fragment.n_event_messages = events->len;
  }
  return cmaf_fragment_write (&fragment, error);
}

/* Feeds the bytes [from, from + size) of the payload. */
static void
feed_payload (
    CmafRestamper *self, const CmafChunk *chunk, gsize from, gsize size)
{
  gsize at = 0, end = from + size;

  from += chunk->payload;
  end += chunk->payload;
  for (guint i = 0; i < chunk->bytes->len; i++) {
    GBytes *bytes = g_ptr_array_index (chunk->bytes, i);
    gsize next = at + g_bytes_get_size (bytes);
    gsize first = MAX (from, at), last = MIN (end, next);

    if (first < last) {
      g_autoptr (GBytes) part =
          g_bytes_new_from_bytes (bytes, first - at, last - first);

      cmaf_fragment_reader_feed (self->reader, part);
    }
    at = next;
  }
}

static gboolean
emit (CmafRestamper *self, const Run *run, GPtrArray *out, GError **error)
{
  gint64 time =
      (gint64)run->time - self->edit + composition_delay (self) + self->offset;
  g_autoptr (GBytes) front = NULL;

  if (time < 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "tfdt: %" G_GUINT64_FORMAT " would be before 1970", run->time);
    return FALSE;
  }
  front = write_front (self, run, time, error);
  if (front == NULL)
    return FALSE;
  cmaf_fragment_reader_feed (self->reader, front);
  feed_payload (self, run->chunk, run->offset, run->size);
  if (cmaf_fragment_reader_read (self->reader, error) != CMAF_READ_CHUNK) {
    cmaf_fragment_reader_reset (self->reader);
    if (error != NULL && *error == NULL)
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
          "mdat: has fewer bytes than the samples tell");
    return FALSE;
  }
  g_ptr_array_add (out, cmaf_fragment_reader_take_chunk (self->reader));
  return TRUE;
}

static guint32
next_sequence_number (CmafRestamper *self)
{
  guint64 segment = self->segment == NO_SEGMENT ? 0 : self->segment;

  return (guint32)(segment * CHUNKS_PER_SEGMENT + self->n_chunks++);
}

gboolean
cmaf_restamper_push (
    CmafRestamper *self, const CmafChunk *chunk, GPtrArray *out, GError **error)
{
  Run run = { .chunk = chunk };
  guint64 time = chunk->decode_time;

  if (time > MAX_TICKS || chunk->duration > MAX_TICKS
      || self->offset > MAX_TICKS || self->offset < -MAX_TICKS) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "tfdt: %" G_GUINT64_FORMAT " is too far away", time);
    return FALSE;
  }
  for (guint i = 0; i < chunk->n_samples; i++) {
    const CmafSample *sample = &chunk->samples[i];
    gboolean starts = starts_segment (self, time, sample);

    if (starts && i > 0) {
      run.end = i;
      if (!emit (self, &run, out, error))
        return FALSE;
    }
    if (starts || i == 0)
      run = (Run){ .chunk = chunk,
        .first = i,
        .time = time,
        .offset = run.offset + run.size,
        .starts_segment = starts,
        .sequence_number = next_sequence_number (self) };
    run.size += sample->size;
    time += sample->duration;
  }
  run.end = chunk->n_samples;
  return emit (self, &run, out, error);
}
