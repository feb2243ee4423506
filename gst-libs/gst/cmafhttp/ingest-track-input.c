/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Headers and chunks on their way into the merger. */
#include "ingest-track-private.h"

/* ---- chunks ---- */

static void
add_to_merger (CmafIngestTrack *self, const CmafIngestSource *source)
{
  guint n_order = self->config.merge_order
                      ? g_strv_length ((gchar **)self->config.merge_order)
                      : 0;
  guint rank = cmaf_ingest_source_rank (source, self->config.merge_order);

  cmaf_track_merger_add_source (self->merger, source->id);
  /* those that are not in the list, in the order in which they came */
  cmaf_track_merger_rank_source (
      self->merger, source->id, rank < n_order ? rank : n_order + source->id);
}

/* Does @chunk keep to the grid of the track, and to its timeline? */
static CmafWatchVerdict
judge (CmafIngestTrack *self, CmafIngestSource *source, const CmafChunk *chunk,
    gboolean *is_apart, GstClockTime now)
{
  *is_apart = cmaf_track_merger_is_apart (self->merger, source->id, chunk, now);
  return cmaf_source_watch_judge (&source->watch,
      (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0,
      self->config.sessions != NULL
          || cmaf_source_watch_is_on_grid (self->header.track, chunk),
      *is_apart,
      !cmaf_ingest_sources_others_are_reliable (self->sources, source->id, now),
      chunk->decode_time, chunk->decode_time + chunk->duration);
}

static gchar *
describe_violation (
    CmafIngestTrack *self, const CmafChunk *chunk, gboolean is_apart)
{
  if (is_apart)
    return g_strdup_printf ("tfdt: %" G_GUINT64_FORMAT
                            " is more than a minute away from what the other "
                            "sources send",
        chunk->decode_time);
  return g_strdup_printf ("tfdt: %" G_GUINT64_FORMAT
                          " is not the start of a segment, needs a multiple "
                          "of %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " s",
      chunk->decode_time, self->header.track->segment_duration_n,
      self->header.track->segment_duration_d);
}

static gboolean
refuse (CmafIngestTrack *self, const CmafIngestSource *source,
    const CmafChunk *chunk, gboolean is_apart, gboolean is_new, GError **error)
{
  g_autofree gchar *reason = describe_violation (self, chunk, is_apart);

  if (is_new) {
    GstStructure *message = cmaf_ingest_source_describe (source, "misaligned");

    gst_structure_set (message, "reason", G_TYPE_STRING, reason, NULL);
    cmaf_ingest_track_say (self, message);
  }
  self->n_refused++;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "track %s: %s",
      self->name, reason);
  return FALSE;
}

/* @chunk as it is to come out. */
static gboolean
merge_chunk (CmafIngestTrack *self, CmafIngestSource *source, CmafChunk *chunk,
    GstClockTime now, GError **error)
{
  gboolean is_apart;
  CmafWatchVerdict verdict = judge (self, source, chunk, &is_apart, now);

  if (verdict == CMAF_WATCH_REFUSE || verdict == CMAF_WATCH_QUARANTINE)
    return refuse (
        self, source, chunk, is_apart, verdict == CMAF_WATCH_QUARANTINE, error);
  if (verdict != CMAF_WATCH_USE)
    return TRUE;
  if (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT)
    source->segment_time = chunk->earliest_presentation_time;
  cmaf_event_union_arrived (
      self->events, self->header.track, chunk, source->segment_time);
  cmaf_ingest_header_arrived (&self->header, source->said, chunk);
  cmaf_track_merger_push (self->merger, source->id, chunk, now);
  return TRUE;
}

static gboolean
merge_chunks (CmafIngestTrack *self, CmafIngestSource *source,
    GPtrArray *chunks, GstClockTime now, GError **error)
{
  for (guint i = 0; i < chunks->len; i++)
    if (!merge_chunk (self, source, chunks->pdata[i], now, error))
      return FALSE;
  return TRUE;
}

/* ---- of an encoder that is not synchronised ---- */

static GPtrArray *
new_chunks (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
}

/* Media time equals POSIX time (docs/sync.md). */
static gint64
media_clock (void)
{
  return g_get_real_time () * (gint64)GST_USECOND;
}

/* @track and @header get what comes out of it. */
static gboolean
restamp_header (CmafIngestTrack *self, CmafIngestSource *source,
    CmafTrack **track, GBytes **header, GError **error)
{
  if (self->config.sessions == NULL)
    return TRUE;
  if (source->restamp == NULL)
    source->restamp =
        cmaf_ingest_restamp_new (self->config.sessions, source->encoder);
  return cmaf_ingest_restamp_take_header (
      source->restamp, *track, *header, track, header, error);
}

static gboolean
restamp_chunk (CmafIngestTrack *self, CmafIngestSource *source,
    CmafChunk *chunk, GstClockTime now, GError **error)
{
  g_autoptr (GPtrArray) ready = new_chunks ();
  CmafTrack *track = self->sent_track;
  GBytes *header = self->sent_header;

  /* it may rely on the header of another source */
  if (source->restamp == NULL
      && !restamp_header (self, source, &track, &header, error))
    return FALSE;
  return cmaf_ingest_restamp_take_chunk (
             source->restamp, chunk, media_clock (), now, ready, error)
         && merge_chunks (self, source, ready, now, error);
}

/* What still waits for the time of its session goes on. */
static void
settle_source (
    CmafIngestTrack *self, CmafIngestSource *source, GstClockTime now)
{
  g_autoptr (GPtrArray) ready = new_chunks ();

  if (source->restamp != NULL
      && cmaf_ingest_restamp_settle (source->restamp, now, ready, NULL))
    merge_chunks (self, source, ready, now, NULL);
}

void
cmaf_ingest_track_settle (CmafIngestTrack *self, GstClockTime now)
{
  for (guint i = 0; i < self->sources->len; i++)
    settle_source (self, g_ptr_array_index (self->sources, i), now);
}

void
cmaf_ingest_track_look (CmafIngestTrack *self, GstClockTime now)
{
  for (guint i = 0; self->merger != NULL && i < self->sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (self->sources, i);
    g_autoptr (GPtrArray) ready = new_chunks ();

    if (source->restamp != NULL
        && cmaf_ingest_restamp_look (source->restamp, now, ready, NULL))
      merge_chunks (self, source, ready, now, NULL);
  }
}

/* ---- a source sends ---- */

gboolean
cmaf_ingest_track_take_chunk (CmafIngestTrack *self, guint id, CmafChunk *chunk,
    GstClockTime now, GError **error)
{
  CmafIngestSource *source = cmaf_ingest_sources_get (self->sources, id);

  self->last_data = source->last_heard = now;
  if (self->output != NULL && cmaf_ingest_output_is_unwanted (self->output))
    return cmaf_ingest_track_say_lost (self, error);
  add_to_merger (self, source);
  if (!(self->config.sessions != NULL
              ? restamp_chunk (self, source, chunk, now, error)
              : merge_chunk (self, source, chunk, now, error)))
    return FALSE;
  cmaf_ingest_track_move_on (self, now);
  if (self->output != NULL && cmaf_ingest_output_is_flushing (self->output))
    return cmaf_ingest_track_say_lost (self, error);
  return TRUE;
}

void
cmaf_ingest_track_end_source (CmafIngestTrack *self, guint id, GstClockTime now)
{
  if (self->merger == NULL)
    return;
  settle_source (self, cmaf_ingest_sources_get (self->sources, id), now);
  cmaf_track_merger_end_source (self->merger, id);
  cmaf_ingest_track_move_on (self, now);
}

/* ---- header ---- */

static void
new_merger (CmafIngestTrack *self)
{
  CmafTrackMergerConfig config = self->config.merge;

  cmaf_ingest_track_keep_counts (self);
  g_clear_pointer (&self->merger, cmaf_track_merger_free);
  config.timescale = self->merge_timescale = self->header.track->timescale;
  config.max_pending = self->config.max_queue;
  self->merger = cmaf_track_merger_new (&config);
  g_clear_pointer (&self->events, cmaf_event_union_free);
  self->events = cmaf_event_union_new ();
}

/* What was sent with the old header comes out in front of the new one. */
static void
change_header (
    CmafIngestTrack *self, CmafTrack *track, GBytes *header, GstClockTime now)
{
  gboolean is_other_time = self->header.track == NULL
                           || self->header.track->timescale != track->timescale;

  if (self->merger != NULL) {
    cmaf_track_merger_finish (self->merger);
    cmaf_ingest_track_move_on (self, now);
  }
  cmaf_ingest_header_change (&self->header, track, header);
  self->has_new_header = self->output != NULL;
  if (is_other_time)
    new_merger (self);
}

static void
keep_sent_header (CmafIngestTrack *self, CmafTrack *track, GBytes *header)
{
  g_clear_pointer (&self->sent_track, cmaf_track_unref);
  g_clear_pointer (&self->sent_header, g_bytes_unref);
  self->sent_track = cmaf_track_ref (track);
  self->sent_header = g_bytes_ref (header);
}

static void
use_header (CmafIngestTrack *self, CmafHeaderVerdict verdict, CmafTrack *track,
    GBytes *header, GstClockTime now)
{
  if (verdict == CMAF_HEADER_CHANGE
      || (verdict == CMAF_HEADER_DESCRIBE && self->output == NULL))
    change_header (self, track, header, now);
  else if (verdict == CMAF_HEADER_DESCRIBE)
    cmaf_ingest_header_describe (&self->header, track, header);
}

gboolean
cmaf_ingest_track_take_header (CmafIngestTrack *self, guint id,
    CmafTrack *track, GBytes *header, GstClockTime now, GError **error)
{
  g_autofree gchar *difference = NULL;
  CmafHeaderVerdict verdict;
  CmafIngestSource *source = cmaf_ingest_sources_get (self->sources, id);
  CmafTrack *sent_track = track;
  GBytes *sent_header = header;

  source->last_heard = now;
  if (!restamp_header (self, source, &track, &header, error))
    return FALSE;
  verdict = cmaf_ingest_header_judge (&self->header, source->said, track,
      cmaf_ingest_sources_others_send (self->sources, id, now), &difference);
  if (verdict == CMAF_HEADER_REFUSE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "header of track %s, which another source sends: %s", self->name,
        difference);
    return FALSE;
  }
  g_clear_pointer (&source->said, cmaf_track_unref);
  source->said = cmaf_track_ref (track);
  use_header (self, verdict, track, header, now);
  if (verdict != CMAF_HEADER_KEEP)
    keep_sent_header (self, sent_track, sent_header);
  add_to_merger (self, source);
  if (!self->had_output)
    cmaf_ingest_track_begin_output (self, now);
  return TRUE;
}

void
cmaf_ingest_track_describe (
    CmafIngestTrack *self, const gchar *language, const gchar *role)
{
  if (g_strcmp0 (self->language, language) == 0
      && g_strcmp0 (self->role, role) == 0)
    return;
  g_free (self->language);
  self->language = g_strdup (language);
  g_free (self->role);
  self->role = g_strdup (role);
  self->has_new_header = self->output != NULL;
}

void
cmaf_ingest_track_prepare_reader (
    CmafIngestTrack *self, CmafFragmentReader *reader)
{
  if (self->sent_track != NULL)
    cmaf_fragment_reader_set_header (
        reader, self->sent_track, self->sent_header);
}
