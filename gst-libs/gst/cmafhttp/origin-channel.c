/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Store objects -> tracks, segments, chunks. Pieces of an object only ever get
 * more, so reading on from where we were finds each chunk once. */
#include "origin-channel.h"

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/segment-marks.h>
#include <gst/cmaf/segment-name.h>

#define MAX_TRACKS 64
#define KEEP_SEGMENTS 6 /* 3 segments and 3 target durations (LIV-15) */
#define DEFAULT_SEGMENT (1 * G_USEC_PER_SEC)
#define MAX_KEEP (60 * G_USEC_PER_SEC)
#define NTP_UNIX_OFFSET G_GUINT64_CONSTANT (2208988800)
#define MAX_CAPTURE_SKEW (60 * G_USEC_PER_SEC) /* else prft is no UTC */
#define PRFT_CAPTURED                                                          \
  24 /* flags: time of capture (ISO/IEC 14496-12 8.16.5)                       \
      */

GST_DEBUG_CATEGORY_STATIC (origin_channel_debug);
#define GST_CAT_DEFAULT origin_channel_debug

/* Where reading of a track is. */
typedef struct _CmafOriginTrackReader
{
  CmafFragmentReader *fragments;
  gboolean is_reading; /* a segment, of this number: */
  guint64 number;
  guint n_pieces; /* of it that were fed */
  guint chunk;    /* index of the next one in it */
  guint32 sequence;
  gboolean has_time;
  guint64 next_time;   /* ticks, end of the last chunk */
  guint64 end_us;      /* UTC of that, 0 unknown */
  guint64 key_ept;     /* ticks, of the last key chunk */
  guint chunk_ms;      /* longest of this segment */
  guint last_chunk_ms; /* longest of the one before */
} Reader;

struct _CmafOriginChannel
{
  gchar *name;
  gchar *title;
  CmafObjectStore *store;
  guint64 ring_max_bytes;
  CmafOriginChannelCallbacks callbacks;
  gpointer user_data;

  CmafFeedRing *ring;
  GPtrArray *tracks;
  gint64 since_us;
  gint64 segment_us; /* longest distance of two segments */
  gboolean has_ended;
  guint n_viewers;
};

static void
reader_free (Reader *reader)
{
  g_clear_pointer (&reader->fragments, cmaf_fragment_reader_free);
  g_free (reader);
}

static void
clear_header (CmafOriginTrack *t)
{
  g_clear_pointer (&t->track, cmaf_track_unref);
  g_clear_pointer (&t->header, g_bytes_unref);
  g_clear_pointer (&t->codec, g_free);
  g_clear_pointer (&t->mime, g_free);
  g_clear_pointer (&t->init, cmaf_feed_message_unref);
}

static void
track_free (gpointer data)
{
  CmafOriginTrack *t = data;

  clear_header (t);
  reader_free (t->reader);
  g_array_unref (t->segments);
  g_clear_pointer (&t->newest, cmaf_feed_message_unref);
  g_free (t->source);
  g_free (t->name);
  g_free (t);
}

CmafOriginChannel *
cmaf_origin_channel_new (const CmafOriginChannelConfig *config,
    const CmafOriginChannelCallbacks *callbacks, gpointer user_data)
{
  static gsize once = 0;
  CmafOriginChannel *channel = g_new0 (CmafOriginChannel, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (
        origin_channel_debug, "cmaforiginchannel", 0, "origin channel");
    g_once_init_leave (&once, 1);
  }
  channel->name = g_strdup (config->name);
  channel->title = g_strdup (config->title);
  channel->store = cmaf_object_store_ref (config->store);
  channel->ring_max_bytes =
      config->ring_max_bytes > 0 ? config->ring_max_bytes : G_MAXUINT64;
  channel->callbacks = *callbacks;
  channel->user_data = user_data;
  channel->ring = cmaf_feed_ring_new ();
  channel->tracks = g_ptr_array_new_with_free_func (track_free);
  channel->since_us = g_get_real_time ();
  channel->segment_us = DEFAULT_SEGMENT;
  return channel;
}

void
cmaf_origin_channel_free (CmafOriginChannel *channel)
{
  g_ptr_array_unref (channel->tracks);
  cmaf_feed_ring_free (channel->ring);
  cmaf_object_store_unref (channel->store);
  g_free (channel->title);
  g_free (channel->name);
  g_free (channel);
}

static void
tell_changed (CmafOriginChannel *channel)
{
  if (channel->callbacks.changed != NULL)
    channel->callbacks.changed (channel, channel->user_data);
}

/* ---- headers ---- */

static CmafOriginTrack *
add_track (CmafOriginChannel *channel, const gchar *name)
{
  CmafOriginTrack *t = g_new0 (CmafOriginTrack, 1);

  t->name = g_strdup (name);
  t->stream = channel->tracks->len + 1;
  t->segments = g_array_new (FALSE, TRUE, sizeof (CmafOriginSegment));
  t->reader = g_new0 (Reader, 1);
  g_ptr_array_add (channel->tracks, t);
  return t;
}

static CmafFeedMessage *
init_message (const CmafOriginTrack *t)
{
  g_autoptr (GPtrArray) payload = g_ptr_array_new ();
  CmafMediaHeader header = { .kind = CMAF_MEDIA_KIND_HEADER,
    .stream = t->stream,
    .generation = t->generation,
    .published_us = g_get_real_time () };

  g_ptr_array_set_free_func (payload, (GDestroyNotify)g_bytes_unref);
  g_ptr_array_add (payload, g_bytes_ref (t->header));
  return cmaf_feed_message_new (&header, t->role, t->track->timescale, payload,
      NULL, g_get_monotonic_time ());
}

gboolean
cmaf_origin_channel_set_header (CmafOriginChannel *channel, const gchar *name,
    GBytes *header, GError **error)
{
  CmafOriginTrack *t = cmaf_origin_channel_get_track (channel, name);
  g_autoptr (CmafTrack) track = NULL;
  gchar hash[9];
  gsize size;
  const guint8 *data = g_bytes_get_data (header, &size);

  track = cmaf_init_segment_read (data, size, error);
  if (track == NULL)
    return FALSE;
  cmaf_init_segment_hash (header, hash);
  if (t != NULL && g_str_equal (t->hash, hash))
    return TRUE;
  if (t == NULL && channel->tracks->len == MAX_TRACKS) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "track %s: is number %d, at most %d", name, MAX_TRACKS + 1, MAX_TRACKS);
    return FALSE;
  }

  if (t == NULL)
    t = add_track (channel, name);
  clear_header (t);
  t->track = g_steal_pointer (&track);
  t->header = g_bytes_ref (header);
  g_strlcpy (t->hash, hash, sizeof t->hash);
  t->codec = cmaf_sample_entry_codec_string (t->track);
  t->mime = g_strdup_printf (
      "%s; codecs=\"%s\"", cmaf_track_mime_type (t->track), t->codec);
  t->role =
      t->track->media == CMAF_MEDIA_AUDIO ? CMAF_FEED_AUDIO : CMAF_FEED_VIDEO;
  t->generation++;
  t->init = init_message (t);
  g_clear_pointer (&t->reader->fragments, cmaf_fragment_reader_free);
  t->reader->fragments = cmaf_fragment_reader_new (NULL);
  cmaf_fragment_reader_set_header (t->reader->fragments, t->track, t->header);
  tell_changed (channel);
  return TRUE;
}

void
cmaf_origin_channel_set_source (
    CmafOriginChannel *channel, const gchar *name, const gchar *source)
{
  CmafOriginTrack *t = cmaf_origin_channel_get_track (channel, name);

  if (t == NULL || g_strcmp0 (t->source, source) == 0)
    return;
  g_free (t->source);
  t->source = g_strdup (source);
  tell_changed (channel);
}

/* ---- segments ---- */

static CmafOriginSegment *
find_segment (CmafOriginTrack *t, guint64 number, guint *index)
{
  for (guint i = t->segments->len; i-- > 0;) {
    CmafOriginSegment *s = &g_array_index (t->segments, CmafOriginSegment, i);

    *index = i;
    if (s->number == number)
      return s;
    if (s->number < number) {
      *index = i + 1;
      return NULL;
    }
  }
  *index = 0;
  return NULL;
}

static CmafOriginSegment *
ensure_segment (CmafOriginTrack *t, guint64 number)
{
  guint index;
  CmafOriginSegment *s = find_segment (t, number, &index);
  CmafOriginSegment fresh = { .number = number };

  if (s != NULL)
    return s;
  g_array_insert_val (t->segments, index, fresh);
  return &g_array_index (t->segments, CmafOriginSegment, index);
}

static void
remove_segment (CmafOriginTrack *t, guint64 number)
{
  guint index;

  if (find_segment (t, number, &index) != NULL)
    g_array_remove_index (t->segments, index);
}

/* ---- chunks ---- */

static guint
ticks_to_ms (guint64 ticks, guint32 timescale)
{
  return gst_util_uint64_scale_round (ticks, 1000, timescale);
}

static guint64
ticks_to_us (guint64 ticks, guint32 timescale)
{
  return gst_util_uint64_scale_round (ticks, G_USEC_PER_SEC, timescale);
}

/* UTC of the first picture: from prft when it is near the clock, else when it
 * arrived, less what it lasts (LIV-72). */
static guint64
capture_time (const CmafChunk *chunk, guint32 timescale, guint64 now_us)
{
  guint64 ept = chunk->earliest_presentation_time;
  guint64 us;

  if (!(chunk->flags & CMAF_CHUNK_HAS_PRFT)
      || (chunk->prft_ntp >> 32) < NTP_UNIX_OFFSET)
    return now_us - ticks_to_us (chunk->duration, timescale);
  us = ((chunk->prft_ntp >> 32) - NTP_UNIX_OFFSET) * G_USEC_PER_SEC
       + (((chunk->prft_ntp & G_MAXUINT32) * G_USEC_PER_SEC) >> 32);
  if (ept >= chunk->prft_media_time)
    us += ticks_to_us (ept - chunk->prft_media_time, timescale);
  else
    us -= ticks_to_us (chunk->prft_media_time - ept, timescale);
  if (us > now_us + MAX_CAPTURE_SKEW || us + MAX_CAPTURE_SKEW < now_us)
    return now_us - ticks_to_us (chunk->duration, timescale);
  return us;
}

static CmafMediaFlags
flags_of (const CmafOriginTrack *t, const CmafChunk *chunk)
{
  const Reader *r = t->reader;
  CmafMediaFlags flags = 0;

  if ((chunk->flags & CMAF_CHUNK_SYNC) || t->track->media != CMAF_MEDIA_VIDEO)
    flags |= CMAF_MEDIA_KEY;
  if (r->chunk == 0)
    flags |= CMAF_MEDIA_FIRST;
  if (cmaf_segment_marks_end (t->track, chunk))
    flags |= CMAF_MEDIA_LAST;
  if (r->has_time && r->next_time != chunk->decode_time)
    flags |= CMAF_MEDIA_DISCONTINUITY;
  if (chunk->flags & CMAF_CHUNK_LAST)
    flags |= CMAF_MEDIA_END;
  if ((chunk->flags & CMAF_CHUNK_HAS_PRFT)
      && chunk->prft_flags == PRFT_CAPTURED)
    flags |= CMAF_MEDIA_TRUE_CAPTURE;
  return flags;
}

static CmafFeedMessage *
chunk_message (CmafOriginTrack *t, CmafChunk *chunk)
{
  Reader *r = t->reader;
  guint64 now_us = g_get_real_time ();
  CmafMediaHeader header = { .kind = CMAF_MEDIA_KIND_CHUNK,
    .flags = flags_of (t, chunk),
    .stream = t->stream,
    .generation = t->generation,
    .sequence = r->sequence++,
    .number = (guint32)r->number,
    .chunk = MIN (r->chunk, G_MAXUINT16),
    .n_samples = MIN (chunk->n_samples, G_MAXUINT16),
    .duration = MIN (chunk->duration, G_MAXUINT32),
    .ept = chunk->earliest_presentation_time,
    .capture_us = capture_time (chunk, t->track->timescale, now_us),
    .published_us = now_us };

  return cmaf_feed_message_new (&header, t->role, t->track->timescale,
      chunk->bytes, t->init, g_get_monotonic_time ());
}

/* What viewers are told of the shape of the track. */
static void
note_shape (CmafOriginTrack *t, const CmafFeedMessage *m)
{
  Reader *r = t->reader;
  guint ms = ticks_to_ms (m->header.duration, m->timescale);

  if (m->header.flags & CMAF_MEDIA_FIRST) {
    r->last_chunk_ms = r->chunk_ms;
    r->chunk_ms = 0;
  }
  r->chunk_ms = MAX (r->chunk_ms, ms);
  t->chunk_ms = MAX (r->chunk_ms, r->last_chunk_ms);
  if (m->header.flags & CMAF_MEDIA_KEY) {
    if (r->key_ept != 0 && m->header.ept > r->key_ept)
      t->gop_ms = ticks_to_ms (m->header.ept - r->key_ept, m->timescale);
    r->key_ept = m->header.ept;
  }
}

static void
publish (CmafOriginChannel *channel, CmafOriginTrack *t, CmafChunk *chunk)
{
  Reader *r = t->reader;
  g_autoptr (CmafFeedMessage) m = chunk_message (t, chunk);
  guint64 length_us = ticks_to_us (m->header.duration, m->timescale);

  t->gap_from_us = r->end_us;
  t->gap_to_us = m->header.capture_us;
  r->chunk++;
  r->has_time = TRUE;
  r->next_time = chunk->decode_time + chunk->duration;
  r->end_us = m->header.capture_us + length_us;
  t->n_chunks++;
  t->n_bytes += m->size;
  g_clear_pointer (&t->newest, cmaf_feed_message_unref);
  t->newest = cmaf_feed_message_ref (m);
  note_shape (t, m);
  cmaf_feed_ring_push (channel->ring, m);
  cmaf_feed_ring_trim (channel->ring,
      m->published - MIN (KEEP_SEGMENTS * channel->segment_us, MAX_KEEP),
      channel->ring_max_bytes);
  if (channel->callbacks.published != NULL)
    channel->callbacks.published (channel, t, m, channel->user_data);
}

/* The ring must hold a few segments, however long they are. */
static void
note_segment (CmafOriginChannel *channel, CmafOriginTrack *t,
    CmafOriginSegment *segment, const CmafChunk *chunk)
{
  guint64 ept = chunk->earliest_presentation_time;
  guint index;

  segment->has_chunk = TRUE;
  segment->ept = ept;
  if (segment->number == 0
      || find_segment (t, segment->number - 1, &index) == NULL)
    return;
  segment = &g_array_index (t->segments, CmafOriginSegment, index);
  if (!segment->has_chunk || ept <= segment->ept)
    return;
  channel->segment_us = MAX (channel->segment_us,
      (gint64)ticks_to_us (ept - segment->ept, t->track->timescale));
}

static void
read_chunks (CmafOriginChannel *channel, CmafOriginTrack *t)
{
  Reader *r = t->reader;
  g_autoptr (GError) error = NULL;
  CmafReadResult result;

  while ((result = cmaf_fragment_reader_read (r->fragments, &error))
         == CMAF_READ_CHUNK) {
    g_autoptr (CmafChunk) chunk =
        cmaf_fragment_reader_take_chunk (r->fragments);
    guint index;
    CmafOriginSegment *segment = find_segment (t, r->number, &index);

    if (segment != NULL && !segment->has_chunk)
      note_segment (channel, t, segment, chunk);
    publish (channel, t, chunk);
  }
  if (result == CMAF_READ_ERROR) {
    GST_WARNING ("channel %s, track %s, segment %" G_GUINT64_FORMAT ": %s",
        channel->name, t->name, r->number, error->message);
    cmaf_fragment_reader_reset (r->fragments);
  }
}

static void
begin_segment (CmafOriginTrack *t, guint64 number)
{
  Reader *r = t->reader;

  if (!cmaf_fragment_reader_is_at_boundary (r->fragments))
    cmaf_fragment_reader_reset (r->fragments);
  r->is_reading = TRUE;
  r->number = number;
  r->n_pieces = 0;
  r->chunk = 0;
}

static void
update_segment (CmafOriginChannel *channel, CmafOriginTrack *t, guint64 number,
    const gchar *name)
{
  Reader *r = t->reader;
  g_auto (CmafMemoryObject) object = { 0 };

  if (!cmaf_memory_store_lookup (channel->store, name, &object)) {
    remove_segment (t, number);
    return;
  }
  ensure_segment (t, number)->is_complete = object.is_complete;
  if (!r->is_reading || number > r->number)
    begin_segment (t, number);
  if (number != r->number)
    return;
  for (; r->n_pieces < object.pieces->len; r->n_pieces++)
    cmaf_fragment_reader_feed (
        r->fragments, g_ptr_array_index (object.pieces, r->n_pieces));
  read_chunks (channel, t);
}

void
cmaf_origin_channel_update (CmafOriginChannel *channel, const gchar *name)
{
  g_autofree gchar *track_name = NULL;
  CmafOriginTrack *t;
  guint64 number;

  if (cmaf_segment_name_parse (
          CMAF_ORIGIN_SEGMENT_TEMPLATE, name, &track_name, &number)) {
    t = cmaf_origin_channel_get_track (channel, track_name);
    if (t != NULL)
      update_segment (channel, t, number, name);
  }
  if (channel->callbacks.object != NULL)
    channel->callbacks.object (channel, name, channel->user_data);
}

void
cmaf_origin_channel_end (CmafOriginChannel *channel)
{
  channel->has_ended = TRUE;
  tell_changed (channel);
}

/* ---- asking ---- */

const gchar *
cmaf_origin_channel_get_name (const CmafOriginChannel *channel)
{
  return channel->name;
}

const gchar *
cmaf_origin_channel_get_title (const CmafOriginChannel *channel)
{
  return channel->title;
}

CmafObjectStore *
cmaf_origin_channel_get_store (const CmafOriginChannel *channel)
{
  return channel->store;
}

CmafFeedRing *
cmaf_origin_channel_get_ring (const CmafOriginChannel *channel)
{
  return channel->ring;
}

gint64
cmaf_origin_channel_get_since_us (const CmafOriginChannel *channel)
{
  return channel->since_us;
}

gboolean
cmaf_origin_channel_has_ended (const CmafOriginChannel *channel)
{
  return channel->has_ended;
}

gint64
cmaf_origin_channel_get_segment_us (const CmafOriginChannel *channel)
{
  return channel->segment_us;
}

guint
cmaf_origin_channel_get_n_viewers (const CmafOriginChannel *channel)
{
  return channel->n_viewers;
}

void
cmaf_origin_channel_add_viewer (CmafOriginChannel *channel, gint change)
{
  channel->n_viewers += change;
}

static gboolean
track_is_fed (const CmafOriginTrack *t, gint64 now)
{
  return t->newest != NULL
         && now - t->newest->published
                < 3 * (gint64)t->chunk_ms * 1000 + G_USEC_PER_SEC;
}

gboolean
cmaf_origin_channel_has_source (const CmafOriginChannel *channel, gint64 now)
{
  for (guint i = 0; i < channel->tracks->len; i++) {
    if (!track_is_fed (g_ptr_array_index (channel->tracks, i), now))
      return FALSE;
  }
  return channel->tracks->len > 0;
}

static gboolean
has_complete_segment (const CmafOriginTrack *t)
{
  for (guint i = 0; i < t->segments->len; i++) {
    if (g_array_index (t->segments, CmafOriginSegment, i).is_complete)
      return TRUE;
  }
  return FALSE;
}

gboolean
cmaf_origin_channel_is_ready (const CmafOriginChannel *channel, gint64 now)
{
  for (guint i = 0; i < channel->tracks->len; i++) {
    if (!has_complete_segment (g_ptr_array_index (channel->tracks, i)))
      return FALSE;
  }
  return cmaf_origin_channel_has_source (channel, now) && !channel->has_ended;
}

GPtrArray *
cmaf_origin_channel_get_tracks (const CmafOriginChannel *channel)
{
  return channel->tracks;
}

CmafOriginTrack *
cmaf_origin_channel_get_track (
    const CmafOriginChannel *channel, const gchar *name)
{
  for (guint i = 0; i < channel->tracks->len; i++) {
    CmafOriginTrack *t = g_ptr_array_index (channel->tracks, i);

    if (g_str_equal (t->name, name))
      return t;
  }
  return NULL;
}
