/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Appending to a chunked body and unpausing is all that writing takes; what is
 * not yet on its way is counted, because libsoup's queue has no end. */
#include "origin-stream.h"

#include <gst/cmafhttp/http-stream.h>
#include <gst/cmafhttp/origin-answer.h>

typedef struct
{
  guint64 end; /* bytes appended up to and with it */
  gint64 since;
} Unsent;

struct _CmafOriginStream
{
  SoupServerMessage *message;
  CmafOriginChannel *channel;
  CmafOriginTrack *track;
  CmafOriginStreamLimits limits;
  CmafOriginStreamGone gone;
  gpointer user_data;

  gboolean is_track; /* without end; else one segment */
  gboolean by_ept;
  guint64 value;
  gchar *name; /* object that is followed, NULL: not known yet */
  gboolean is_waiting;
  guint n_pieces;     /* of the object, sent */
  gboolean has_begun; /* chunks of the track are being sent */
  guint16 generation;

  guint64 appended, written;
  GQueue unsent; /* of Unsent */
};

/* ---- writing ---- */

static void
on_wrote (SoupServerMessage *message, guint size, gpointer user_data)
{
  CmafOriginStream *stream = user_data;
  Unsent *oldest;

  stream->written += size;
  while ((oldest = g_queue_peek_head (&stream->unsent)) != NULL
         && oldest->end <= stream->written)
    g_free (g_queue_pop_head (&stream->unsent));
}

static void
on_gone (SoupServerMessage *message, gpointer user_data)
{
  CmafOriginStream *stream = user_data;

  stream->gone (stream, stream->user_data);
}

static CmafOriginStream *
stream_new (SoupServerMessage *message, CmafOriginChannel *channel,
    CmafOriginTrack *track, const CmafOriginStreamLimits *limits,
    CmafOriginStreamGone gone, gpointer user_data)
{
  CmafOriginStream *stream = g_new0 (CmafOriginStream, 1);

  stream->message = g_object_ref (message);
  stream->channel = channel;
  stream->track = track;
  stream->limits = *limits;
  stream->gone = gone;
  stream->user_data = user_data;
  stream->is_waiting = TRUE;
  g_queue_init (&stream->unsent);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote), stream);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), stream);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), stream);
  soup_server_message_pause (message);
  return stream;
}

CmafOriginStream *
cmaf_origin_stream_new_segment (SoupServerMessage *message,
    CmafOriginChannel *channel, CmafOriginTrack *track, gboolean by_ept,
    guint64 value, const CmafOriginStreamLimits *limits,
    CmafOriginStreamGone gone, gpointer user_data)
{
  CmafOriginStream *stream =
      stream_new (message, channel, track, limits, gone, user_data);

  stream->by_ept = by_ept;
  stream->value = value;
  return stream;
}

CmafOriginStream *
cmaf_origin_stream_new_track (SoupServerMessage *message,
    CmafOriginChannel *channel, CmafOriginTrack *track,
    const CmafOriginStreamLimits *limits, CmafOriginStreamGone gone,
    gpointer user_data)
{
  CmafOriginStream *stream =
      stream_new (message, channel, track, limits, gone, user_data);

  stream->is_track = TRUE;
  return stream;
}

void
cmaf_origin_stream_free (CmafOriginStream *stream)
{
  g_signal_handlers_disconnect_by_data (stream->message, stream);
  g_queue_clear_full (&stream->unsent, g_free);
  g_object_unref (stream->message);
  g_free (stream->name);
  g_free (stream);
}

/* In the middle of a body only the end of the connection says that it is not
 * complete. */
static gboolean
cut (CmafOriginStream *stream)
{
  g_signal_handlers_disconnect_by_data (stream->message, stream);
  cmaf_http_stream_cut (stream->message);
  return TRUE;
}

static gboolean
is_too_slow (CmafOriginStream *stream, gint64 now)
{
  Unsent *oldest = g_queue_peek_head (&stream->unsent);

  return stream->appended - stream->written > stream->limits.max_queue
         || (oldest != NULL && now - oldest->since > stream->limits.max_age);
}

/* TRUE when it was too much, and the connection is cut. */
static gboolean
append (CmafOriginStream *stream, GPtrArray *pieces, guint first)
{
  SoupMessageBody *body =
      soup_server_message_get_response_body (stream->message);
  gint64 now = g_get_monotonic_time ();
  Unsent *unsent;

  for (guint i = first; i < pieces->len; i++) {
    GBytes *piece = g_ptr_array_index (pieces, i);

    if (g_bytes_get_size (piece) == 0)
      continue;
    soup_message_body_append_bytes (body, piece);
    stream->appended += g_bytes_get_size (piece);
  }
  unsent = g_new (Unsent, 1);
  unsent->end = stream->appended;
  unsent->since = now;
  g_queue_push_tail (&stream->unsent, unsent);
  if (is_too_slow (stream, now))
    return cut (stream);
  soup_server_message_unpause (stream->message);
  return FALSE;
}

static gboolean
complete (CmafOriginStream *stream)
{
  soup_message_body_complete (
      soup_server_message_get_response_body (stream->message));
  soup_server_message_unpause (stream->message);
  return TRUE;
}

/* An ordinary answer was set. */
static gboolean
answer (CmafOriginStream *stream)
{
  soup_server_message_unpause (stream->message);
  return TRUE;
}

/* TRUE when that is all, because it was a HEAD. */
static gboolean
begin_body (CmafOriginStream *stream)
{
  cmaf_origin_set_header (stream->message, "Content-Type",
      cmaf_track_mime_type (stream->track->track));
  cmaf_origin_set_header (stream->message, "Cache-Control", CMAF_CACHE_NEVER);
  soup_message_headers_set_encoding (
      soup_server_message_get_response_headers (stream->message),
      SOUP_ENCODING_CHUNKED);
  soup_server_message_set_status (stream->message, SOUP_STATUS_OK, NULL);
  stream->is_waiting = FALSE;
  return cmaf_origin_is_head (stream->message);
}

/* ---- one segment ---- */

static gboolean
find_segment (CmafOriginStream *stream, guint64 *number)
{
  GArray *segments = stream->track->segments;

  for (guint i = segments->len; i-- > 0;) {
    CmafOriginSegment *s = &g_array_index (segments, CmafOriginSegment, i);

    if (stream->by_ept ? s->has_chunk && s->ept == stream->value
                       : s->number == stream->value) {
      *number = s->number;
      return TRUE;
    }
  }
  return FALSE;
}

/* Waits until the first chunk exists, so that a segment which never gets one
 * can still be answered with an error. */
static gboolean
send_object (CmafOriginStream *stream)
{
  g_auto (CmafMemoryObject) object = { 0 };
  guint first = stream->n_pieces;

  if (!cmaf_memory_store_lookup (
          cmaf_origin_channel_get_store (stream->channel), stream->name,
          &object)) {
    if (!stream->is_waiting)
      return cut (stream);
    g_clear_pointer (&stream->name, g_free); /* aborted: may come again */
    return FALSE;
  }
  if (stream->is_waiting && object.is_complete) {
    cmaf_origin_answer (stream->message, object.pieces,
        cmaf_track_mime_type (stream->track->track), object.etag,
        CMAF_CACHE_IMMUTABLE);
    return answer (stream);
  }
  if (stream->is_waiting && object.pieces->len == 0)
    return FALSE;
  if (stream->is_waiting && begin_body (stream))
    return answer (stream);
  stream->n_pieces = object.pieces->len;
  if (object.pieces->len > first && append (stream, object.pieces, first))
    return TRUE;
  return object.is_complete ? complete (stream) : FALSE;
}

static gboolean
send_segment (CmafOriginStream *stream)
{
  guint64 number;

  if (stream->name == NULL) {
    if (!find_segment (stream, &number))
      return FALSE;
    stream->name = g_strdup_printf (
        "%s/seg-%" G_GUINT64_FORMAT ".m4s", stream->track->name, number);
  }
  return send_object (stream);
}

gboolean
cmaf_origin_stream_object (
    CmafOriginStream *stream, CmafOriginChannel *channel, const gchar *name)
{
  if (stream->channel != channel || stream->is_track)
    return FALSE;
  if (stream->name != NULL && !g_str_equal (stream->name, name))
    return FALSE;
  return send_segment (stream);
}

/* ---- a track without end ---- */

/* A new header begins another file. */
static gboolean
send_chunk (CmafOriginStream *stream, CmafFeedMessage *m)
{
  if (m->header.stream != stream->track->stream)
    return FALSE;
  if (m->header.generation != stream->generation)
    return complete (stream);
  stream->has_begun |= (m->header.flags & CMAF_MEDIA_KEY) != 0;
  return stream->has_begun && append (stream, m->payload, 0);
}

gboolean
cmaf_origin_stream_published (CmafOriginStream *stream,
    CmafOriginChannel *channel, CmafFeedMessage *message)
{
  return stream->is_track && stream->channel == channel
         && send_chunk (stream, message);
}

static gboolean
send_track (CmafOriginStream *stream)
{
  const CmafFeedRing *ring = cmaf_origin_channel_get_ring (stream->channel);
  CmafFeedMessage *key = cmaf_feed_ring_get_key (ring, stream->track->stream);

  if (begin_body (stream))
    return answer (stream);
  stream->generation = stream->track->generation;
  if (append (stream, stream->track->init->payload, 0))
    return TRUE;
  if (key == NULL || key->header.generation != stream->generation)
    return FALSE;
  for (guint64 i = key->index; i < cmaf_feed_ring_get_next (ring); i++) {
    if (send_chunk (stream, cmaf_feed_ring_get (ring, i)))
      return TRUE;
  }
  return FALSE;
}

/* ---- both ---- */

gboolean
cmaf_origin_stream_start (CmafOriginStream *stream)
{
  return stream->is_track ? send_track (stream) : send_segment (stream);
}

static gboolean
give_up (CmafOriginStream *stream)
{
  cmaf_origin_answer_error (stream->message, SOUP_STATUS_NOT_FOUND,
      "segment: did not begin, load the manifest", CMAF_CACHE_SECOND);
  return answer (stream);
}

gboolean
cmaf_origin_stream_tick (CmafOriginStream *stream, gint64 now)
{
  if (stream->is_waiting)
    return now > stream->limits.wait_until && give_up (stream);
  return is_too_slow (stream, now) && cut (stream);
}

gboolean
cmaf_origin_stream_end (CmafOriginStream *stream, CmafOriginChannel *channel)
{
  if (stream->channel != channel)
    return FALSE;
  if (stream->is_waiting)
    return give_up (stream);
  return stream->is_track ? complete (stream) : cut (stream);
}

gboolean
cmaf_origin_stream_is_waiting (const CmafOriginStream *stream)
{
  return stream->is_waiting;
}
