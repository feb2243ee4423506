/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a lane writes: headers, segments as they grow, or all of a track in one
 * request. Runs in the thread of the lane. */
#include "ingest-lane-private.h"

/* Nothing is acknowledged before the end of a long request. What may not have
 * arrived: the bytes are those that the receiver's system has taken and its
 * program has not read. What lies before them counts as arrived, but a proxy
 * may have taken it and refuse it: it is kept as long as such an answer takes,
 * and no longer, since what is sent again much later is a new beginning for
 * some receivers. */
#define DOUBT_SEGMENTS 3
#define DOUBT_BYTES (256 * 1024)
#define KEEP_TIME (10 * GST_SECOND)
/* Refusals of the request itself come before this. */
#define EARLY (2 * GST_SECOND)
/* For the headers of other tracks. */
#define END_HOLD (3 * GST_SECOND)

gboolean
cmaf_ingest_lane_is_long_running (const CmafIngestLane *self)
{
  return cmaf_ingest_lane_get_config (self)->mode == CMAF_REQUEST_LONG_RUNNING
         && !self->is_sparse && !self->tells_length;
}

gboolean
cmaf_ingest_lane_waits_for_whole (const CmafIngestLane *self)
{
  return cmaf_ingest_lane_get_config (self)->mode == CMAF_REQUEST_SEGMENT
         || self->tells_length;
}

static gboolean
write_bytes (CmafUploadConnection *connection, gpointer data,
    GCancellable *cancellable, GError **error)
{
  GBytes *bytes = data;

  return cmaf_upload_connection_write (
      connection, &bytes, 1, cancellable, error);
}

/* ---- a segment ---- */

/* It says that it is the last of the track, and the receiver does not know all
 * of the tracks: one that is not let in holds nobody for long. */
static gboolean
must_wait_locked (const CmafIngestLane *self, const CmafSpoolSegment *segment,
    guint at, GstClockTime until)
{
  return segment->chunks->len > at && cmaf_ingest_lane_get_time () < until
         && (((CmafChunk *)segment->chunks->pdata[at])->flags & CMAF_CHUNK_LAST)
         && cmaf_ingest_destination_is_beginning (self->config.destination);
}

/* Until chunk @at is there and may be sent, or the segment ends, or the
 * receiver says something. */
static gboolean
wait_for_chunk_locked (CmafIngestLane *self, CmafSpoolSegment *segment,
    guint at, CmafUploadConnection *connection, GError **error)
{
  const GstClockTime until = cmaf_ingest_lane_get_time () + END_HOLD;

  while (!segment->is_dropped && !self->is_closing) {
    const gboolean is_held = must_wait_locked (self, segment, at, until);
    gboolean ok = TRUE;

    if (!is_held && (segment->chunks->len > at || segment->is_complete))
      return TRUE;
    if (cmaf_ingest_lane_wait_locked (
            self, is_held ? until : GST_CLOCK_TIME_NONE)) {
      g_mutex_unlock (self->config.lock);
      ok = cmaf_upload_connection_check (connection, error);
      g_mutex_lock (self->config.lock);
    }
    if (!ok)
      return FALSE;
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
      "the segment was given up while it was sent");
  return FALSE;
}

/* Each CMAF chunk as one HTTP chunk, as they come. */
static gboolean
write_segment (CmafIngestLane *self, CmafSpoolSegment *segment,
    CmafUploadConnection *connection, GError **error)
{
  for (guint at = 0;; at++) {
    g_autoptr (CmafChunk) chunk = NULL;
    gboolean ok;

    g_mutex_lock (self->config.lock);
    ok = wait_for_chunk_locked (self, segment, at, connection, error);
    if (ok && segment->chunks->len > at) {
      chunk = cmaf_chunk_ref (segment->chunks->pdata[at]);
      segment->n_taken = at + 1;
    }
    g_mutex_unlock (self->config.lock);
    if (!ok || !chunk)
      return ok;
    if (!cmaf_upload_connection_write (connection,
            (GBytes *const *)chunk->bytes->pdata, chunk->bytes->len,
            self->cancellable, error))
      return FALSE;
  }
}

static gboolean
write_one_segment (CmafUploadConnection *connection, gpointer data,
    GCancellable *cancellable, GError **error)
{
  CmafIngestStep *step = data;

  return write_segment (step->lane, step->segment, connection, error);
}

/* -1: chunk by chunk */
static gint64
begin_segment (CmafIngestLane *self, CmafSpoolSegment *segment)
{
  gboolean is_chunked =
      cmaf_ingest_lane_get_config (self)->mode == CMAF_REQUEST_CHUNKED_SEGMENT
      && !self->tells_length;
  gint64 length = -1;

  g_mutex_lock (self->config.lock);
  segment->n_taken = 0;
  segment->has_length = segment->is_complete && !is_chunked;
  if (segment->has_length)
    length = segment->size;
  self->sending = segment;
  g_mutex_unlock (self->config.lock);
  return length;
}

/* ---- one request for all segments ---- */

/* NULL and TRUE at the end of the track. FALSE as from
 * cmaf_upload_connection_check(). */
static gboolean
next_segment (CmafIngestLane *self, CmafUploadConnection *connection,
    CmafSpoolSegment **segment, GError **error)
{
  gboolean ok = TRUE, waits = TRUE;

  while (ok && waits) {
    GstClockTime until = GST_CLOCK_TIME_NONE;
    gboolean has_input = FALSE;

    g_mutex_lock (self->config.lock);
    *segment = cmaf_ingest_lane_peek_locked (self);
    waits = !*segment && !self->has_ended;
    if (*segment && (*segment)->chunks->len == 0) {
      *segment = NULL;
      until = self->session.retry_at;
      waits = TRUE;
    }
    waits = waits && !self->is_closing;
    if (waits)
      has_input = cmaf_ingest_lane_wait_locked (self, until);
    else if (*segment)
      cmaf_spool_segment_ref (*segment);
    self->sending = *segment;
    g_mutex_unlock (self->config.lock);
    if (has_input)
      ok = cmaf_upload_connection_check (connection, error);
  }
  return ok && !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static void
confirm_locked (CmafIngestLane *self, const CmafSpoolDoubt *doubt)
{
  guint64 n_bytes = 0;
  guint n = cmaf_ingest_spool_confirm (&self->spool, doubt, &n_bytes);

  if (n > 0)
    cmaf_ingest_lane_settle_locked (self, n, n_bytes);
}

static guint64
doubtful_ticks (const CmafTrack *track)
{
  if (track->segment_duration_d == 0)
    return DOUBT_SEGMENTS * 2 * (guint64)track->timescale;
  return gst_util_uint64_scale (DOUBT_SEGMENTS * (guint64)track->timescale,
      track->segment_duration_n, track->segment_duration_d);
}

/* The receiver takes what it gets. */
static void
be_well (CmafIngestLane *self, const gchar *message)
{
  gboolean was_lost;

  g_mutex_lock (self->config.lock);
  was_lost = self->is_lost;
  self->is_lost = FALSE;
  g_mutex_unlock (self->config.lock);
  cmaf_ingest_session_answered (&self->session, CMAF_INGEST_SEGMENT, 200,
      GST_CLOCK_TIME_NONE, cmaf_ingest_lane_get_time ());
  if (was_lost)
    cmaf_ingest_lane_tell (self, CMAF_INGEST_RESTORED, NULL, message, NULL);
}

/* A segment is out: it counts as arrived when others are behind it. */
static void
end_of_segment (CmafIngestLane *self, CmafUploadConnection *connection,
    CmafSpoolSegment *segment)
{
  GstClockTime now = cmaf_ingest_lane_get_time ();
  CmafSpoolDoubt doubt = { .ticks = doubtful_ticks (segment->track),
    .in_flight = cmaf_upload_connection_get_unconfirmed (connection),
    .bytes = DOUBT_BYTES,
    .since = now - MIN (now, KEEP_TIME) };

  g_mutex_lock (self->config.lock);
  cmaf_ingest_spool_mark_sent (&self->spool, segment, now);
  self->counts.n_progress++;
  g_cond_broadcast (self->config.changed); /* there is room */
  confirm_locked (self, &doubt);
  g_mutex_unlock (self->config.lock);
  if (now >= self->stream_since + EARLY)
    be_well (self, "the receiver takes data again");
}

/* The header, and all segments that need it, until the end of the track. */
static gboolean
write_stream (CmafUploadConnection *connection, gpointer data,
    GCancellable *cancellable, GError **error)
{
  CmafIngestStep *step = data;
  CmafIngestLane *self = step->lane;
  gboolean ok = write_bytes (connection, step->header, cancellable, error);

  if (ok)
    cmaf_ingest_lane_begin (self);
  self->stream_since = cmaf_ingest_lane_get_time ();
  g_mutex_lock (self->config.lock);
  cmaf_ingest_spool_rewind (&self->spool);
  g_mutex_unlock (self->config.lock);
  while (ok) {
    g_autoptr (CmafSpoolSegment) segment = NULL;

    ok = next_segment (self, connection, &segment, error);
    if (ok && (!segment || !g_bytes_equal (segment->header, step->header)))
      return TRUE;
    ok = ok && write_segment (self, segment, connection, error);
    if (ok)
      end_of_segment (self, connection, segment);
  }
  return FALSE;
}

void
cmaf_ingest_lane_end_stream (CmafIngestLane *self)
{
  static const CmafSpoolDoubt none = { 0 };

  be_well (self, "the receiver accepts again");
  g_mutex_lock (self->config.lock);
  confirm_locked (self, &none);
  cmaf_ingest_spool_forget (&self->spool);
  g_mutex_unlock (self->config.lock);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
}

/* ---- what is sent ---- */

static void
fill_segment (CmafIngestStep *step, CmafUploadObject *object)
{
  CmafIngestLane *self = step->lane;

  object->length = begin_segment (self, step->segment);
  object->write = write_one_segment;
  object->user_data = step;
  object->expects = !self->never_expects
                    && (cmaf_ingest_lane_get_config (self)->expects
                        || cmaf_upload_client_has_digest (self->client));
}

void
cmaf_ingest_lane_fill_object (CmafIngestStep *step, CmafUploadObject *object)
{
  GBytes *bytes = step->manifest ? step->manifest : step->header;

  switch (step->object) {
    case CMAF_INGEST_PROBE:
      object->length = 0;
      return;
    case CMAF_INGEST_SEGMENT:
      fill_segment (step, object);
      return;
    case CMAF_INGEST_MANIFEST:
    case CMAF_INGEST_HEADER:
      object->length = g_bytes_get_size (bytes);
      object->write = write_bytes;
      object->user_data = bytes;
  }
  if (step->object == CMAF_INGEST_HEADER
      && cmaf_ingest_lane_is_long_running (step->lane)) {
    object->length = -1;
    object->write = write_stream;
    object->user_data = step;
  }
}
