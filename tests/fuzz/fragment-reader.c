/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The fragment reader, and the events in its chunks. The first byte of the
 * input is the size of the pieces in which the rest is fed; pieces must make no
 * difference. */
#include <gst/cmaf/event-list.h>
#include <gst/cmaf/event-news.h>
#include <gst/cmaf/event-union.h>
#include <gst/cmaf/restamper.h>
#include <gst/cmaf/session-offset.h>

#include "fuzz.h"

static void
check_chunk (const CmafChunk *chunk, const CmafTrack *track)
{
  guint64 payload = 0, duration = 0, size = 0;

  PROMISE (chunk->n_samples > 0 && chunk->bytes->len > 0);
  for (guint i = 0; i < chunk->n_samples; i++) {
    payload += chunk->samples[i].size;
    duration += chunk->samples[i].duration;
  }
  for (guint i = 0; i < chunk->bytes->len; i++)
    size += g_bytes_get_size (g_ptr_array_index (chunk->bytes, i));
  PROMISE (size == chunk->size);
  PROMISE (chunk->payload + payload == size);
  PROMISE (
      chunk->payload == g_bytes_get_size (g_ptr_array_index (chunk->bytes, 0)));
  PROMISE (duration == chunk->duration);
  PROMISE (chunk->decode_time + duration >= duration);
}

/* What we write of the samples is read back as the same samples. */
static void
rewrite_chunk (const CmafChunk *chunk, const CmafTrack *track, GBytes *header)
{
  CmafFragment fragment = {
    .track_id = track->id,
    .decode_time = chunk->decode_time,
    .samples = chunk->samples,
    .n_samples = chunk->n_samples,
  };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafChunk) again = NULL;
  CmafReadResult result;

  PROMISE (head != NULL);
  cmaf_fragment_reader_set_header (reader, (CmafTrack *)track, header);
  cmaf_fragment_reader_feed (reader, head);
  for (guint i = 1; i < chunk->bytes->len; i++)
    cmaf_fragment_reader_feed (reader, g_ptr_array_index (chunk->bytes, i));
  result = cmaf_fragment_reader_read (reader, NULL);
  if (result == CMAF_READ_ERROR && g_bytes_get_size (head) > 1024 * 1024)
    return; /* said with more bytes than the limit allows */
  PROMISE (result == CMAF_READ_CHUNK);
  again = cmaf_fragment_reader_take_chunk (reader);
  PROMISE (again->n_samples == chunk->n_samples);
  PROMISE (memcmp (again->samples, chunk->samples,
               chunk->n_samples * sizeof (CmafSample))
           == 0);
  PROMISE (
      again->earliest_presentation_time == chunk->earliest_presentation_time);
}

/* The copy with brand lmsg is the same chunk, but for that. */
static void
copy_chunk (const CmafChunk *chunk, const CmafTrack *track, GBytes *header)
{
  g_autoptr (CmafChunk) copy = cmaf_chunk_copy_as_last (chunk);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafChunk) again = NULL;

  check_chunk (copy, track);
  cmaf_fragment_reader_set_header (reader, (CmafTrack *)track, header);
  for (guint i = 0; i < copy->bytes->len; i++)
    cmaf_fragment_reader_feed (reader, g_ptr_array_index (copy->bytes, i));
  PROMISE (cmaf_fragment_reader_read (reader, NULL) == CMAF_READ_CHUNK);
  again = cmaf_fragment_reader_take_chunk (reader);
  PROMISE (again->flags == copy->flags && again->flags & CMAF_CHUNK_LAST);
  PROMISE (again->size == copy->size && again->payload == copy->payload);
}

/* Who reads the events of chunks. */
typedef struct
{
  CmafEventList *list;
  CmafEventNews *news;
} Events;

static void
take_events (Events *events, const CmafTrack *track, const CmafChunk *chunk)
{
  g_autoptr (GPtrArray) told =
      cmaf_event_news_take (events->news, track, chunk);
  g_autoptr (GError) warning = NULL;

  cmaf_event_list_add_chunk (events->list, "t", track, chunk, &warning);
  PROMISE (!told || told->len > 0);
}

static void
check_events (Events *events)
{
  g_autoptr (GPtrArray) listed =
      cmaf_event_list_resolve (events->list, 0, G_MAXUINT64);
  g_autoptr (GPtrArray) schemes = g_ptr_array_new ();

  for (guint i = 0; i < listed->len; i++) {
    const CmafListedEvent *event = listed->pdata[i];
    const CmafListedEvent *last = i > 0 ? listed->pdata[i - 1] : event;

    PROMISE (last->start <= event->start && event->start <= event->end);
    PROMISE (!event->back || event->back->start >= event->start);
    PROMISE (g_utf8_validate (event->event->scheme, -1, NULL));
  }
  cmaf_event_list_get_in_band (events->list, "t", 0, G_MAXUINT64, schemes);
  PROMISE (listed->len > 0 || schemes->len == 0);
  cmaf_event_list_trim (events->list, G_MAXUINT64);
}

/* As of an encoder that is not synchronised, and with what another one told. */
static void
put_on_grid (CmafChunk *chunk, CmafTrack *track, GBytes *header)
{
  const CmafSegmentGrid grid = { 2, 1, NULL };
  g_autoptr (CmafRestamper) restamper = cmaf_restamper_new (track, &grid, NULL);
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  g_autoptr (CmafEventUnion) events = cmaf_event_union_new ();
  g_autoptr (CmafChunk) full = NULL;
  CmafSessionOffset offset = { 0 };
  g_autoptr (GError) error = NULL;
  guint n = 0;

  cmaf_session_offset_add (
      &offset, track, chunk, GST_SECOND, 1735689600 * (gint64)GST_SECOND);
  cmaf_event_union_arrived (events, track, chunk, 0);
  full = cmaf_event_union_complete (events, track, header, chunk, 0);
  PROMISE (full == chunk);
  if (restamper == NULL)
    return;
  cmaf_restamper_set_offset (restamper, 1735689600);
  if (!cmaf_restamper_push (restamper, chunk, chunks, &error)) {
    PROMISE (error != NULL);
    return;
  }
  for (guint i = 0; i < chunks->len; i++)
    n += ((CmafChunk *)chunks->pdata[i])->n_samples;
  PROMISE (n == chunk->n_samples);
}

/* Everything that came out, as text. */
static void
describe (CmafFragmentReader *reader, CmafReadResult result, Events *events,
    GString *text)
{
  CmafTrack *track = cmaf_fragment_reader_get_track (reader);
  g_autoptr (CmafChunk) chunk = NULL;

  g_string_append_printf (text, "%d", result);
  if (result != CMAF_READ_CHUNK)
    return;
  chunk = cmaf_fragment_reader_take_chunk (reader);
  check_chunk (chunk, track);
  rewrite_chunk (chunk, track, cmaf_fragment_reader_get_header (reader));
  copy_chunk (chunk, track, cmaf_fragment_reader_get_header (reader));
  take_events (events, track, chunk);
  put_on_grid (chunk, track, cmaf_fragment_reader_get_header (reader));
  g_string_append_printf (text,
      " %x %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %u %u\n",
      chunk->flags, chunk->sequence_number, chunk->decode_time, chunk->duration,
      chunk->earliest_presentation_time, chunk->n_samples,
      chunk->event_messages ? chunk->event_messages->len : 0);
}

static gchar *
read_in_pieces (const guint8 *data, gsize size, gsize piece)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafEventList) list = cmaf_event_list_new ();
  g_autoptr (CmafEventNews) news = cmaf_event_news_new ();
  Events events = { list, news };
  GString *text = g_string_new (NULL);
  CmafReadResult result = CMAF_READ_MORE;

  for (gsize at = 0; at < size && result != CMAF_READ_ERROR; at += piece) {
    g_autoptr (GBytes) bytes = g_bytes_new (data + at, MIN (piece, size - at));
    g_autoptr (GError) error = NULL;

    cmaf_fragment_reader_feed (reader, bytes);
    while ((result = cmaf_fragment_reader_read (reader, &error))
           != CMAF_READ_MORE) {
      PROMISE ((result == CMAF_READ_ERROR) == (error != NULL));
      describe (reader, result, &events, text);
      if (result == CMAF_READ_ERROR)
        break;
    }
  }
  check_events (&events);
  cmaf_fragment_reader_reset (reader);
  PROMISE (cmaf_fragment_reader_is_at_boundary (reader));
  return g_string_free (text, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *whole = NULL;
  g_autofree gchar *pieced = NULL;

  if (size < 2)
    return 0;
  whole = read_in_pieces (data + 1, size - 1, size - 1);
  pieced = read_in_pieces (data + 1, size - 1, MAX (data[0], 1));
  PROMISE (g_str_equal (whole, pieced));
  return 0;
}
