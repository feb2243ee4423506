/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An event is the same when scheme, value and id are. One that is over has no
 * place in a later chunk. */
#include "event-union.h"

#include "box-reader.h"
#include "event-reader.h"
#include "timescale.h"

/* Events that are remembered, of all sources. */
#define MAX_EVENTS 256
/* Times that go back so far are another timeline's. */
#define RESTART (10 * GST_SECOND)

typedef struct
{
  CmafEvent *event;
  guint64 carried; /* decode time of the chunk it came with */
  gboolean is_out;
} Entry;

struct _CmafEventUnion
{
  GPtrArray *entries; /* of Entry, as they came */
  guint64 last;       /* decode time of the chunk that came out last */
};

static void
free_entry (Entry *entry)
{
  cmaf_event_free (entry->event);
  g_free (entry);
}

CmafEventUnion *
cmaf_event_union_new (void)
{
  CmafEventUnion *self = g_new0 (CmafEventUnion, 1);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)free_entry);
  return self;
}

void
cmaf_event_union_free (CmafEventUnion *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/* The entry of @event, which it may get now. */
static Entry *
find_entry (CmafEventUnion *self, const CmafEvent *event, guint64 carried)
{
  Entry *entry;

  for (guint i = 0; i < self->entries->len; i++) {
    entry = g_ptr_array_index (self->entries, i);
    if (cmaf_event_is_same (entry->event, event))
      return entry;
  }
  if (self->entries->len == MAX_EVENTS)
    g_ptr_array_remove_index (self->entries, 0);
  entry = g_new0 (Entry, 1);
  entry->event = cmaf_event_new (event->id, event->scheme, event->value,
      event->start, event->duration, event->data);
  entry->carried = carried;
  g_ptr_array_add (self->entries, entry);
  return entry;
}

static void
note_chunk (CmafEventUnion *self, const CmafTrack *track,
    const CmafChunk *chunk, guint64 segment_time, gboolean is_out)
{
  g_autoptr (GPtrArray) samples =
      cmaf_event_read_chunk (track, chunk, segment_time, NULL);

  for (guint i = 0; samples != NULL && i < samples->len; i++) {
    const CmafEventSample *sample = g_ptr_array_index (samples, i);

    for (guint k = 0; k < sample->events->len; k++) {
      Entry *entry = find_entry (
          self, g_ptr_array_index (sample->events, k), chunk->decode_time);

      entry->is_out = entry->is_out || is_out;
    }
  }
}

void
cmaf_event_union_arrived (CmafEventUnion *self, const CmafTrack *track,
    const CmafChunk *chunk, guint64 segment_time)
{
  note_chunk (self, track, chunk, segment_time, FALSE);
}

static gboolean
is_over (const CmafEvent *event, guint64 time)
{
  return event->duration != CMAF_EVENT_OPEN
         && event->start + event->duration < time;
}

/* Those that @chunk has to tell of; they are out with it, or too late. Of
 * CmafEvent, borrowed. */
static GPtrArray *
take_missing (CmafEventUnion *self, const CmafChunk *chunk)
{
  GPtrArray *missing = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (entry->is_out || entry->carried > chunk->decode_time)
      continue;
    entry->is_out = TRUE;
    if (!is_over (entry->event, chunk->decode_time))
      g_ptr_array_add (missing, entry->event);
  }
  return missing;
}

/* ---- a chunk with more events ---- */

/* Reads it as everybody does. NULL: it is no chunk of @track. */
static CmafChunk *
read_again (CmafTrack *track, GBytes *header, GBytes *front,
    const CmafChunk *chunk, gsize payload)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  gsize at = 0;

  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, front);
  for (guint i = 0; i < chunk->bytes->len; i++) {
    GBytes *bytes = g_ptr_array_index (chunk->bytes, i);
    gsize size = g_bytes_get_size (bytes);
    gsize skip = payload > at ? MIN (payload - at, size) : 0;

    if (skip < size) {
      g_autoptr (GBytes) part =
          g_bytes_new_from_bytes (bytes, skip, size - skip);

      cmaf_fragment_reader_feed (reader, part);
    }
    at += size;
  }
  if (cmaf_fragment_reader_read (reader, NULL) != CMAF_READ_CHUNK)
    return NULL;
  return cmaf_fragment_reader_take_chunk (reader);
}

/* emsg boxes in front of the moof. */
static CmafChunk *
add_messages (CmafTrack *track, GBytes *header, const CmafChunk *chunk,
    const GPtrArray *missing)
{
  GBytes *front = g_ptr_array_index (chunk->bytes, 0);
  gsize size;
  const guint8 *data = g_bytes_get_data (front, &size);
  GByteArray *more = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  CmafBoxReader r;
  CmafBox moof;

  cmaf_box_reader_init (&r, data, size);
  moof.offset = 0;
  if (!cmaf_box_reader_find (&r, CMAF_BOX_MOOF, &moof))
    moof.offset = 0;
  g_byte_array_append (more, data, moof.offset);
  for (guint i = 0; i < missing->len; i++) {
    g_autoptr (GBytes) box = cmaf_emsg_write (
        g_ptr_array_index (missing, i), track->timescale, NULL);

    if (box != NULL)
      g_byte_array_append (
          more, g_bytes_get_data (box, NULL), g_bytes_get_size (box));
  }
  g_byte_array_append (more, data + moof.offset, size - moof.offset);
  bytes = g_byte_array_free_to_bytes (more);
  return read_again (track, header, bytes, chunk, size);
}

/* The first @size bytes of the payload. */
static void
append_payload (GByteArray *out, const CmafChunk *chunk, gsize size)
{
  gsize at = 0, from = chunk->payload, end = chunk->payload + size;

  for (guint i = 0; i < chunk->bytes->len && at < end; i++) {
    gsize n;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &n);
    gsize first = MAX (from, at), last = MIN (end, at + n);

    if (first < last)
      g_byte_array_append (out, data + (first - at), (guint)(last - first));
    at += n;
  }
}

static gboolean
tells_nothing (const CmafTrack *track, const CmafChunk *chunk)
{
  g_autoptr (GPtrArray) samples = cmaf_event_read_chunk (track, chunk, 0, NULL);
  const CmafEventSample *first = g_ptr_array_index (samples, 0);

  return first->events->len == 0;
}

/* Boxes in the first sample of an event track: behind those that are there, or
 * instead of the one that says that there are none. */
static CmafChunk *
add_instances (CmafTrack *track, GBytes *header, const CmafChunk *chunk,
    const GPtrArray *missing)
{
  gboolean is_empty = tells_nothing (track, chunk);
  g_autofree CmafSample *samples =
      g_memdup2 (chunk->samples, chunk->n_samples * sizeof (CmafSample));
  g_autoptr (GBytes) boxes =
      cmaf_event_sample_write ((const CmafEvent *const *)missing->pdata,
          missing->len, chunk->decode_time, NULL);
  CmafFragment fragment = { .sequence_number = chunk->sequence_number,
    .track_id = track->id,
    .decode_time = chunk->decode_time,
    .samples = samples,
    .n_samples = chunk->n_samples,
    .starts_segment = (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0,
    .is_last = (chunk->flags & CMAF_CHUNK_LAST) != 0,
    .is_slate = (chunk->flags & CMAF_CHUNK_SLATE) != 0,
    .has_prft = (chunk->flags & CMAF_CHUNK_HAS_PRFT) != 0,
    .prft_flags = chunk->prft_flags,
    .prft_ntp = chunk->prft_ntp,
    .prft_media_time = chunk->prft_media_time,
    .marks = chunk->marks };
  gsize kept = is_empty ? 0 : samples[0].size;
  g_autoptr (GBytes) front = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *all;

  if (boxes == NULL)
    return NULL;
  samples[0].size = (guint32)(kept + g_bytes_get_size (boxes));
  front = cmaf_fragment_write (&fragment, NULL);
  if (front == NULL)
    return NULL;
  all = g_byte_array_new ();
  g_byte_array_append (
      all, g_bytes_get_data (front, NULL), g_bytes_get_size (front));
  append_payload (all, chunk, kept);
  g_byte_array_append (
      all, g_bytes_get_data (boxes, NULL), g_bytes_get_size (boxes));
  bytes = g_byte_array_free_to_bytes (all);
  return read_again (
      track, header, bytes, chunk, chunk->payload + chunk->samples[0].size);
}

CmafChunk *
cmaf_event_union_complete (CmafEventUnion *self, CmafTrack *track,
    GBytes *header, CmafChunk *chunk, guint64 segment_time)
{
  g_autoptr (GPtrArray) missing = NULL;
  CmafChunk *full = NULL;

  if (chunk->decode_time + cmaf_ticks_from_ns (RESTART, track->timescale)
      < self->last)
    g_ptr_array_set_size (self->entries, 0);
  self->last = chunk->decode_time;
  note_chunk (self, track, chunk, segment_time, TRUE);
  missing = take_missing (self, chunk);
  if (missing->len > 0)
    full = track->media == CMAF_MEDIA_EVENT
               ? add_instances (track, header, chunk, missing)
               : add_messages (track, header, chunk, missing);
  return full ? full : cmaf_chunk_ref (chunk);
}
