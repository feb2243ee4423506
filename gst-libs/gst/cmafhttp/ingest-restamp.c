/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A session of an encoder lasts until its times go back to what was not there
 * before, or ahead of the clock. The track that notices begins another one; the
 * others follow when they get there. */
#include "ingest-restamp.h"

#include "ingest-agreement.h"

#include <gst/cmaf/segment-history.h>
#include <gst/cmaf/session-offset.h>
#include <gst/cmaf/timescale.h>
#include <string.h>

/* Media cannot come so long before it is. */
#define FUTURE (10 * (gint64)GST_SECOND)
/* ns beyond which nothing is added up. */
#define MAX_TIME ((guint64)G_MAXINT64 / 4)
/* A track of a session is no further from the clock. */
#define JOINS_WITHIN (10 * (gint64)GST_SECOND)
/* Encoders without a track that may come back: names are theirs to choose. */
#define MAX_AWAY 64

typedef struct
{
  gchar *name;
  guint n_tracks;
  CmafSessionOffset offset;
  guint number;                  /* of the session, from 1 on */
  CmafIngestAgreement agreement; /* on its offset */
  guint record;                  /* of the session before; 0: none is known */
  gconstpointer reference;       /* CmafIngestRestamp whose arrivals count */
} Encoder;

struct _CmafIngestSessions
{
  CmafSegmentGrid grid;
  gsize max_waiting;
  GstCmafSyncStore *store; /* NULL: each packager for itself */
  CmafIngestSessionTold told;
  gpointer user_data;
  GHashTable *encoders; /* name -> Encoder */
  GQueue away;          /* of Encoder without tracks; the last left last */
};

struct _CmafIngestRestamp
{
  CmafIngestSessions *sessions;
  Encoder *encoder;
  guint session; /* 0: none yet */
  CmafTrack *track;
  GBytes *header;
  CmafRestamper *restamper;
  gboolean has_offset; /* the restamper */
  gint64 offset;       /* ns; of the session it is in */
  GQueue waiting;      /* of CmafChunk */
  gsize n_waiting;     /* bytes */
  guint64 position;    /* end of the last chunk, ticks */
  CmafSegmentHistory history;
};

static void
free_encoder (gpointer data)
{
  Encoder *encoder = data;

  cmaf_ingest_agreement_clear (&encoder->agreement);
  g_free (encoder->name);
  g_free (encoder);
}

CmafIngestSessions *
cmaf_ingest_sessions_new (const CmafSegmentGrid *grid, gsize max_waiting)
{
  CmafIngestSessions *self = g_new0 (CmafIngestSessions, 1);

  self->grid = *grid;
  self->max_waiting = max_waiting;
  self->encoders =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_encoder);
  g_queue_init (&self->away);
  return self;
}

void
cmaf_ingest_sessions_free (CmafIngestSessions *self)
{
  g_queue_clear (&self->away);
  g_hash_table_unref (self->encoders);
  g_clear_pointer (&self->store, gst_cmaf_sync_store_unref);
  g_free (self);
}

void
cmaf_ingest_sessions_share (CmafIngestSessions *self, GstCmafSyncStore *store,
    CmafIngestSessionTold told, gpointer user_data)
{
  self->store = gst_cmaf_sync_store_ref (store);
  self->told = told;
  self->user_data = user_data;
}

static Encoder *
enter_encoder (CmafIngestSessions *self, const gchar *name)
{
  Encoder *encoder = g_hash_table_lookup (self->encoders, name);

  if (encoder == NULL) {
    encoder = g_new0 (Encoder, 1);
    encoder->name = g_strdup (name);
    g_hash_table_insert (self->encoders, encoder->name, encoder);
  } else if (encoder->n_tracks == 0) {
    g_queue_remove (&self->away, encoder);
  }
  encoder->n_tracks++;
  return encoder;
}

/* One that sent no media has nothing to come back to. */
static void
leave_encoder (CmafIngestSessions *self, Encoder *encoder)
{
  if (--encoder->n_tracks > 0)
    return;
  if (encoder->number > 0)
    g_queue_push_tail (&self->away, encoder);
  else
    g_hash_table_remove (self->encoders, encoder->name);
  if (self->away.length > MAX_AWAY) {
    Encoder *oldest = g_queue_pop_head (&self->away);

    g_hash_table_remove (self->encoders, oldest->name);
  }
}

CmafIngestRestamp *
cmaf_ingest_restamp_new (CmafIngestSessions *sessions, const gchar *encoder)
{
  CmafIngestRestamp *self = g_new0 (CmafIngestRestamp, 1);

  self->sessions = sessions;
  self->encoder = enter_encoder (sessions, encoder);
  g_queue_init (&self->waiting);
  return self;
}

static void
drop_waiting (CmafIngestRestamp *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify)cmaf_chunk_unref);
  self->n_waiting = 0;
}

void
cmaf_ingest_restamp_free (CmafIngestRestamp *self)
{
  if (self->encoder->reference == self)
    self->encoder->reference = NULL;
  leave_encoder (self->sessions, self->encoder);
  drop_waiting (self);
  cmaf_segment_history_clear (&self->history);
  g_clear_pointer (&self->restamper, cmaf_restamper_free);
  g_clear_pointer (&self->track, cmaf_track_unref);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_free (self);
}

gboolean
cmaf_ingest_restamp_take_header (CmafIngestRestamp *self,
    const CmafTrack *track, GBytes *header, CmafTrack **out_track,
    GBytes **out_header, GError **error)
{
  if (self->header == NULL || !g_bytes_equal (self->header, header)) {
    CmafRestamper *restamper =
        cmaf_restamper_new (track, &self->sessions->grid, error);

    if (restamper == NULL)
      return FALSE;
    drop_waiting (self);
    g_clear_pointer (&self->restamper, cmaf_restamper_free);
    g_clear_pointer (&self->track, cmaf_track_unref);
    g_clear_pointer (&self->header, g_bytes_unref);
    self->restamper = restamper;
    self->track = cmaf_track_copy (track);
    self->header = g_bytes_ref (header);
    self->has_offset = FALSE;
  }
  *out_track = cmaf_restamper_get_track (self->restamper);
  *out_header = cmaf_restamper_get_header (self->restamper);
  return TRUE;
}

/* ---- sessions ---- */

static GstClockTime
segment_duration (const CmafIngestRestamp *self)
{
  const CmafSegmentGrid *grid = &self->sessions->grid;

  return gst_util_uint64_scale (GST_SECOND, grid->duration_n, grid->duration_d);
}

/* Would a track that begins be where the others of its encoder are? */
static gboolean
joins_session (
    const CmafIngestRestamp *self, const CmafChunk *chunk, gint64 clock)
{
  const CmafSessionOffset *offset = &self->encoder->offset;
  gint64 time =
      (gint64)cmaf_ns_from_ticks (chunk->decode_time, self->track->timescale);

  return self->encoder->number > 0
         && (!offset->is_known
             || ABS (time + offset->offset - clock) < JOINS_WITHIN);
}

static gboolean
is_other_session (const CmafIngestRestamp *self, const CmafChunk *chunk,
    gint64 clock, GstClockTime now)
{
  guint32 timescale = self->track->timescale;
  guint64 back = cmaf_ticks_from_ns (segment_duration (self) / 2, timescale);
  gint64 time = (gint64)cmaf_ns_from_ticks (chunk->decode_time, timescale);

  if (self->has_offset && time + self->offset > clock + FUTURE)
    return TRUE;
  return chunk->decode_time + back < self->position
         && !cmaf_segment_history_is_repeated (&self->history, chunk, now);
}

static void
begin_session (Encoder *encoder)
{
  if (encoder->agreement.has_begun)
    encoder->record = encoder->agreement.claim.number;
  cmaf_ingest_agreement_clear (&encoder->agreement);
  encoder->number++;
  encoder->reference = NULL;
  memset (&encoder->offset, 0, sizeof encoder->offset);
}

/* The one that another track of the encoder has begun, or a new one. */
static void
change_session (CmafIngestRestamp *self, const CmafChunk *chunk, gint64 clock)
{
  Encoder *encoder = self->encoder;

  if (encoder->number == self->session || !joins_session (self, chunk, clock))
    begin_session (encoder);
  self->session = encoder->number;
  self->has_offset = FALSE;
  drop_waiting (self);
  cmaf_segment_history_forget (&self->history);
}

static void
measure (CmafIngestRestamp *self, const CmafChunk *chunk, gint64 clock)
{
  Encoder *encoder = self->encoder;

  if (encoder->number != self->session)
    return;
  if (encoder->reference == NULL)
    encoder->reference = self;
  if (encoder->reference == self)
    cmaf_session_offset_add (
        &encoder->offset, self->track, chunk, segment_duration (self), clock);
  if (self->n_waiting > self->sessions->max_waiting
      || (chunk->flags & CMAF_CHUNK_LAST))
    cmaf_session_offset_settle (&encoder->offset);
}

/* ---- the offset ---- */

static gboolean
agree (CmafIngestRestamp *self, GstClockTime now)
{
  CmafIngestSessions *sessions = self->sessions;
  Encoder *encoder = self->encoder;
  const CmafIngestAgreementState state = cmaf_ingest_agreement_look (
      &encoder->agreement, sessions->store, encoder->name,
      MAX (encoder->record, 1), &encoder->offset.offset, now);

  if (state == CMAF_INGEST_AGREEMENT_NEW)
    sessions->told (encoder->name, encoder->offset.offset,
        encoder->agreement.claim.state == CMAF_OFFSET_SHARED,
        sessions->user_data);
  return state != CMAF_INGEST_AGREEMENT_WAITS;
}

/* Is the offset of its session known, and agreed upon? */
static gboolean
has_session_offset (CmafIngestRestamp *self, GstClockTime now)
{
  Encoder *encoder = self->encoder;

  if (encoder->number != self->session || !encoder->offset.is_known)
    return FALSE;
  if (self->sessions->store == NULL || agree (self, now))
    return TRUE;
  if (self->n_waiting <= self->sessions->max_waiting)
    return FALSE;
  cmaf_ingest_agreement_force (&encoder->agreement);
  return agree (self, now);
}

/* The access units of a track lie on a grid of their own, by half a unit from
 * where the encoder had them at the most. */
static gboolean
find_offset (CmafIngestRestamp *self, GError **error)
{
  const CmafChunk *first = g_queue_peek_head (&self->waiting);
  gboolean is_media = self->track->media == CMAF_MEDIA_VIDEO
                      || self->track->media == CMAF_MEDIA_AUDIO;
  gint64 ticks;

  if (!cmaf_session_offset_ticks (&self->encoder->offset,
          self->track->timescale, first->earliest_presentation_time,
          is_media ? first->samples[0].duration : 0, &ticks)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "tfdt: %" G_GUINT64_FORMAT " would be before 1970", first->decode_time);
    return FALSE;
  }
  cmaf_restamper_set_offset (self->restamper, ticks);
  self->offset = self->encoder->offset.offset;
  self->has_offset = TRUE;
  return TRUE;
}

static gboolean
release (
    CmafIngestRestamp *self, GstClockTime now, GPtrArray *out, GError **error)
{
  if (g_queue_is_empty (&self->waiting))
    return TRUE;
  if (!self->has_offset && !has_session_offset (self, now))
    return TRUE;
  if (!self->has_offset && !find_offset (self, error))
    return FALSE;
  while (!g_queue_is_empty (&self->waiting)) {
    g_autoptr (CmafChunk) chunk = g_queue_pop_head (&self->waiting);

    self->n_waiting -= chunk->size;
    if (!cmaf_restamper_push (self->restamper, chunk, out, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
cmaf_ingest_restamp_take_chunk (CmafIngestRestamp *self, CmafChunk *chunk,
    gint64 clock, GstClockTime now, GPtrArray *out, GError **error)
{
  if (cmaf_ns_from_ticks (chunk->decode_time, self->track->timescale)
      > MAX_TIME) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "tfdt: %" G_GUINT64_FORMAT " is too far away", chunk->decode_time);
    return FALSE;
  }
  if (self->session == 0 || is_other_session (self, chunk, clock, now))
    change_session (self, chunk, clock);
  if (chunk->flags & (CMAF_CHUNK_STARTS_SEGMENT | CMAF_CHUNK_SYNC))
    cmaf_segment_history_add (&self->history, chunk, now);
  self->position = chunk->decode_time + chunk->duration;
  g_queue_push_tail (&self->waiting, cmaf_chunk_ref (chunk));
  self->n_waiting += chunk->size;
  measure (self, chunk, clock);
  return release (self, now, out, error);
}

gboolean
cmaf_ingest_restamp_look (
    CmafIngestRestamp *self, GstClockTime now, GPtrArray *out, GError **error)
{
  return release (self, now, out, error);
}

gboolean
cmaf_ingest_restamp_settle (
    CmafIngestRestamp *self, GstClockTime now, GPtrArray *out, GError **error)
{
  Encoder *encoder = self->encoder;

  if (encoder->number != self->session)
    return release (self, now, out, error);
  cmaf_session_offset_settle (&encoder->offset);
  if (!has_session_offset (self, now))
    cmaf_ingest_agreement_force (&encoder->agreement);
  return release (self, now, out, error);
}
