/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A track outlives its runs: after an end the same senders may begin again, and
 * then a new output begins. */
#include "ingest-track.h"

#include "ingest-header.h"
#include "ingest-sources.h"
#include "last-brand.h"

#include <gst/cmaf/event-union.h>
#include <gst/cmaf/timescale.h>

#define MIN_IDLE_TIMEOUT (10 * GST_SECOND)

typedef CmafIngestSource Source;

struct _CmafIngestTrack
{
  CmafIngestTrackConfig config;
  gchar *name;
  GPtrArray *sources;      /* see ingest-sources.h */
  CmafIngestHeader header; /* that comes out */
  CmafTrack *sent_track;   /* that is sent: another one when it is restamped */
  GBytes *sent_header;
  gchar *language, *role;  /* by an MPD */
  gboolean has_new_header; /* that the output has not seen */
  CmafTrackMerger *merger;
  guint32 merge_timescale;
  CmafMergeStats before;   /* of the mergers before this one */
  GstClockTime gap_before; /* theirs too: each had ticks of its own */
  CmafEventUnion *events;
  guint64 segment_time; /* presentation of the segment that comes out */
  CmafIngestOutput *output;
  CmafIngestOutput *ended; /* the one before, until there is another */
  gboolean had_output;
  guint last_source; /* that is in use; 0: none */
  guint64 n_refused; /* chunks that violate the grid */
  GstClockTime last_data;
  gboolean is_awaited; /* somebody waits until something has come out */
  GSource *timer;
};

static Source *
get_source (CmafIngestTrack *self, guint id)
{
  return cmaf_ingest_sources_get (self->sources, id);
}

static void
say (CmafIngestTrack *self, GstStructure *message)
{
  gst_structure_set (message, "track-name", G_TYPE_STRING, self->name, NULL);
  self->config.message (message, self->config.user_data);
}

static void
say_source (CmafIngestTrack *self, const gchar *what, const Source *source)
{
  say (self, gst_structure_new (what, "source", G_TYPE_STRING, source->agent,
                 "address", G_TYPE_STRING, source->address, NULL));
}

/* ---- output ---- */

static void
push_header (CmafIngestTrack *self)
{
  CmafIngestItem *item = g_new0 (CmafIngestItem, 1);

  item->type = CMAF_INGEST_ITEM_HEADER;
  item->track = cmaf_track_ref (self->header.track);
  item->header = g_bytes_ref (self->header.bytes);
  item->language = g_strdup (self->language);
  item->role = g_strdup (self->role);
  cmaf_ingest_output_push (self->output, item);
  self->has_new_header = FALSE;
}

static void
begin_output (CmafIngestTrack *self, GstClockTime now)
{
  g_clear_pointer (&self->ended, cmaf_ingest_output_unref);
  self->output = cmaf_ingest_output_new (self->name, self->config.max_queue,
      self->config.drained, self->config.user_data);
  self->had_output = TRUE;
  self->last_source = 0;
  self->last_data = now;
  push_header (self);
  self->config.begin (self->output, self->config.user_data);
}

static void
end_output (CmafIngestTrack *self)
{
  CmafIngestItem *item;

  if (self->output == NULL)
    return;
  item = g_new0 (CmafIngestItem, 1);
  item->type = CMAF_INGEST_ITEM_END;
  cmaf_ingest_output_push (self->output, item);
  self->ended = g_steal_pointer (&self->output);
}

static void
say_gap (CmafIngestTrack *self, const CmafMergedChunk *merged)
{
  guint32 timescale = self->header.track->timescale;
  guint64 end = merged->gap_from + merged->gap;
  GstClockTime from = cmaf_ns_from_ticks (merged->gap_from, timescale);

  say (self, gst_structure_new ("gap", "start", GST_TYPE_CLOCK_TIME, from,
                 "duration", GST_TYPE_CLOCK_TIME,
                 cmaf_ns_from_ticks (end, timescale) - from, NULL));
}

/* Another source is in use from now on. */
static void
note_source (CmafIngestTrack *self, guint id)
{
  const Source *source = get_source (self, id);
  const Source *before =
      self->last_source ? get_source (self, self->last_source) : NULL;

  say (self,
      gst_structure_new ("source-changed", "source", G_TYPE_STRING,
          source->agent, "address", G_TYPE_STRING, source->address, "previous",
          G_TYPE_STRING, before ? before->agent : NULL, NULL));
  self->last_source = id;
}

static void
tell_group (CmafIngestTrack *self, const CmafMergedChunk *merged)
{
  CmafMergeGroup *group = self->config.group;

  if (group != NULL && merged->starts_segment)
    cmaf_merge_group_used (group, get_source (self, merged->source)->encoder,
        cmaf_ingest_sources_of_encoder (self->sources, group->encoder) != NULL);
}

/* With the events that only others told of. */
static void
complete_events (CmafIngestTrack *self, CmafMergedChunk *merged)
{
  CmafChunk *chunk = merged->chunk;

  if (merged->starts_segment)
    self->segment_time = chunk->earliest_presentation_time;
  merged->chunk = cmaf_event_union_complete (self->events, self->header.track,
      self->header.bytes, chunk, self->segment_time);
  cmaf_chunk_unref (chunk);
}

static void
push_chunk (CmafIngestTrack *self, CmafMergedChunk *merged, GstClockTime now)
{
  CmafIngestItem *item;

  const gboolean is_described =
      cmaf_ingest_header_reach (&self->header, merged->chunk);

  self->has_new_header |= is_described;
  complete_events (self, merged);
  if (self->output == NULL)
    begin_output (self, now);
  if (self->has_new_header)
    push_header (self);
  if (merged->gap > 0)
    say_gap (self, merged);
  item = g_new0 (CmafIngestItem, 1);
  item->type = CMAF_INGEST_ITEM_CHUNK;
  item->track = cmaf_track_ref (self->header.track);
  item->merged = *merged;
  if ((merged->chunk->flags & CMAF_CHUNK_LAST) && !merged->is_last)
    item->front = cmaf_front_without_last_brand (merged->chunk);
  if (merged->source != self->last_source) {
    item->source = g_strdup (get_source (self, merged->source)->agent);
    note_source (self, merged->source);
  }
  tell_group (self, merged);
  cmaf_ingest_output_push (self->output, item);
}

/* ---- merging ---- */

static gboolean
sends (const Source *source, GstClockTime now)
{
  return !source->is_lost && !source->is_cut
         && now < source->last_heard + MIN_IDLE_TIMEOUT;
}

static gboolean
others_send (CmafIngestTrack *self, guint id, GstClockTime now)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *other = g_ptr_array_index (self->sources, i);

    if (other->id != id && sends (other, now))
      return TRUE;
  }
  return FALSE;
}

/* Somebody else keeps to the grid. */
static gboolean
others_are_reliable (CmafIngestTrack *self, guint id, GstClockTime now)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *other = g_ptr_array_index (self->sources, i);

    if (other->id != id && sends (other, now)
        && cmaf_source_watch_is_reliable (&other->watch))
      return TRUE;
  }
  return FALSE;
}

static void
add_to_merger (CmafIngestTrack *self, const Source *source)
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

static guint
count_uploads (const CmafIngestTrack *self)
{
  guint n = 0;

  for (guint i = 0; i < self->sources->len; i++)
    n += ((Source *)g_ptr_array_index (self->sources, i))->n_uploads;
  return n;
}

static void
clear_timer (CmafIngestTrack *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  self->timer = NULL;
}

static GstClockTime
get_time (void)
{
  return (GstClockTime)g_get_monotonic_time () * GST_USECOND;
}

/* Media time equals POSIX time (docs/sync.md). */
static gint64
media_clock (void)
{
  return g_get_real_time () * (gint64)GST_USECOND;
}

static void move_on (CmafIngestTrack *self, GstClockTime now);

static gboolean
on_deadline (gpointer data)
{
  move_on (data, get_time ());
  return G_SOURCE_REMOVE;
}

static void
set_timer (CmafIngestTrack *self, GstClockTime deadline, GstClockTime now)
{
  GstClockTime left = deadline > now ? deadline - now : 0;

  self->timer = g_timeout_source_new (left / GST_MSECOND + 1);
  g_source_set_callback (self->timer, on_deadline, self, NULL);
  g_source_attach (self->timer, self->config.context);
}

static void
prefer_encoder (CmafIngestTrack *self)
{
  const Source *source;

  if (self->config.group == NULL)
    return;
  source = cmaf_ingest_sources_of_encoder (
      self->sources, self->config.group->encoder);
  cmaf_track_merger_prefer (self->merger, source ? source->id : 0);
}

/* Whatever has changed: what can come out comes out. */
static void
move_on (CmafIngestTrack *self, GstClockTime now)
{
  CmafMergedChunk merged;
  GstClockTime deadline;

  clear_timer (self);
  if (self->merger == NULL)
    return;
  prefer_encoder (self);
  while (cmaf_track_merger_pop (self->merger, now, &merged)) {
    push_chunk (self, &merged, now);
    prefer_encoder (self);
  }
  if (self->is_awaited)
    self->config.drained (self->config.user_data);
  self->is_awaited = FALSE;
  deadline = cmaf_track_merger_get_deadline (self->merger);
  if (GST_CLOCK_TIME_IS_VALID (deadline))
    set_timer (self, deadline, now);
  if (self->output != NULL && count_uploads (self) == 0
      && cmaf_track_merger_is_ended (self->merger))
    cmaf_ingest_track_finish (self, now);
}

gboolean
cmaf_ingest_track_say_lost (const CmafIngestTrack *self, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
      "track %s: nobody takes it here now (its pad is not linked, or what is "
      "behind it has stopped), try again later",
      self->name);
  return FALSE;
}

/* Does @chunk keep to the grid of the track, and to its timeline? */
static CmafWatchVerdict
judge (CmafIngestTrack *self, Source *source, const CmafChunk *chunk,
    gboolean *is_apart, GstClockTime now)
{
  *is_apart = cmaf_track_merger_is_apart (self->merger, source->id, chunk, now);
  return cmaf_source_watch_judge (&source->watch,
      (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0,
      self->config.sessions != NULL
          || cmaf_source_watch_is_on_grid (self->header.track, chunk),
      *is_apart, !others_are_reliable (self, source->id, now),
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
refuse (CmafIngestTrack *self, const Source *source, const CmafChunk *chunk,
    gboolean is_apart, gboolean is_new, GError **error)
{
  g_autofree gchar *reason = describe_violation (self, chunk, is_apart);

  if (is_new)
    say (self, gst_structure_new ("misaligned", "source", G_TYPE_STRING,
                   source->agent, "address", G_TYPE_STRING, source->address,
                   "reason", G_TYPE_STRING, reason, NULL));
  self->n_refused++;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "track %s: %s",
      self->name, reason);
  return FALSE;
}

/* As it comes out. */
static gboolean
merge_chunk (CmafIngestTrack *self, Source *source, CmafChunk *chunk,
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
merge_chunks (CmafIngestTrack *self, Source *source, GPtrArray *chunks,
    GstClockTime now, GError **error)
{
  for (guint i = 0; i < chunks->len; i++)
    if (!merge_chunk (self, source, chunks->pdata[i], now, error))
      return FALSE;
  return TRUE;
}

static GPtrArray *
new_chunks (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
}

/* Of an encoder that is not synchronised: @track and @header get what comes out
 * of it. */
static gboolean
restamp_header (CmafIngestTrack *self, Source *source, CmafTrack **track,
    GBytes **header, GError **error)
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
restamp_chunk (CmafIngestTrack *self, Source *source, CmafChunk *chunk,
    GstClockTime now, GError **error)
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
settle_source (CmafIngestTrack *self, Source *source, GstClockTime now)
{
  g_autoptr (GPtrArray) ready = new_chunks ();

  if (source->restamp != NULL
      && cmaf_ingest_restamp_settle (source->restamp, now, ready, NULL))
    merge_chunks (self, source, ready, now, NULL);
}

/* What waited for other packagers. */
static void
look_at_sources (CmafIngestTrack *self, GstClockTime now)
{
  for (guint i = 0; self->merger != NULL && i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    g_autoptr (GPtrArray) ready = new_chunks ();

    if (source->restamp != NULL
        && cmaf_ingest_restamp_look (source->restamp, now, ready, NULL))
      merge_chunks (self, source, ready, now, NULL);
  }
}

void
cmaf_ingest_track_finish (CmafIngestTrack *self, GstClockTime now)
{
  CmafMergedChunk merged;

  clear_timer (self);
  if (self->merger != NULL) {
    for (guint i = 0; i < self->sources->len; i++)
      settle_source (self, g_ptr_array_index (self->sources, i), now);
    cmaf_track_merger_finish (self->merger);
    while (cmaf_track_merger_pop (self->merger, now, &merged))
      push_chunk (self, &merged, now);
  }
  end_output (self);
}

gboolean
cmaf_ingest_track_take_chunk (CmafIngestTrack *self, guint id, CmafChunk *chunk,
    GstClockTime now, GError **error)
{
  Source *source = get_source (self, id);

  self->last_data = source->last_heard = now;
  if (self->output != NULL && cmaf_ingest_output_is_unwanted (self->output))
    return cmaf_ingest_track_say_lost (self, error);
  add_to_merger (self, source);
  if (!(self->config.sessions != NULL
              ? restamp_chunk (self, source, chunk, now, error)
              : merge_chunk (self, source, chunk, now, error)))
    return FALSE;
  move_on (self, now);
  if (self->output != NULL && cmaf_ingest_output_is_flushing (self->output))
    return cmaf_ingest_track_say_lost (self, error);
  return TRUE;
}

void
cmaf_ingest_track_end_source (CmafIngestTrack *self, guint id, GstClockTime now)
{
  if (self->merger == NULL)
    return;
  settle_source (self, get_source (self, id), now);
  cmaf_track_merger_end_source (self->merger, id);
  move_on (self, now);
}

/* ---- header ---- */

static void
add_counts (CmafMergeStats *to, const CmafMergeStats *from)
{
  to->n_segments += from->n_segments;
  to->n_chunks += from->n_chunks;
  to->n_bytes += from->n_bytes;
  to->n_duplicates += from->n_duplicates;
  to->n_dropped += from->n_dropped;
  to->n_gaps += from->n_gaps;
  to->n_switches += from->n_switches;
}

static GstClockTime
gap_duration (const CmafIngestTrack *self)
{
  if (self->merger == NULL)
    return self->gap_before;
  return self->gap_before
         + cmaf_ns_from_ticks (
             cmaf_track_merger_get_stats (self->merger)->gap_ticks,
             self->merge_timescale);
}

static void
new_merger (CmafIngestTrack *self)
{
  CmafTrackMergerConfig config = self->config.merge;

  self->gap_before = gap_duration (self);
  if (self->merger != NULL)
    add_counts (&self->before, cmaf_track_merger_get_stats (self->merger));
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
    move_on (self, now);
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

gboolean
cmaf_ingest_track_take_header (CmafIngestTrack *self, guint id,
    CmafTrack *track, GBytes *header, GstClockTime now, GError **error)
{
  g_autofree gchar *difference = NULL;
  CmafHeaderVerdict verdict;
  Source *source = get_source (self, id);
  CmafTrack *sent_track = track;
  GBytes *sent_header = header;

  source->last_heard = now;
  if (!restamp_header (self, source, &track, &header, error))
    return FALSE;
  verdict = cmaf_ingest_header_judge (&self->header, source->said, track,
      others_send (self, id, now), &difference);
  if (verdict == CMAF_HEADER_REFUSE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "header of track %s, which another source sends: %s", self->name,
        difference);
    return FALSE;
  }
  g_clear_pointer (&source->said, cmaf_track_unref);
  source->said = cmaf_track_ref (track);
  if (verdict == CMAF_HEADER_CHANGE
      || (verdict == CMAF_HEADER_DESCRIBE && self->output == NULL))
    change_header (self, track, header, now);
  else if (verdict == CMAF_HEADER_DESCRIBE)
    cmaf_ingest_header_describe (&self->header, track, header);
  if (verdict != CMAF_HEADER_KEEP)
    keep_sent_header (self, sent_track, sent_header);
  add_to_merger (self, source);
  if (!self->had_output)
    begin_output (self, now);
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

/* ---- sources ---- */

guint
cmaf_ingest_track_get_source (CmafIngestTrack *self, GSocket *socket,
    const gchar *agent, const gchar *host, GstClockTime now)
{
  gboolean is_new;
  Source *source =
      cmaf_ingest_sources_find (self->sources, socket, agent, host, &is_new);

  if (source == NULL)
    return 0;
  source->last_heard = now;
  if (is_new || source->is_lost)
    say_source (self, "source-added", source);
  source->is_lost = source->is_cut = FALSE;
  return source->id;
}

void
cmaf_ingest_track_upload_began (CmafIngestTrack *self, guint id)
{
  get_source (self, id)->n_uploads++;
}

void
cmaf_ingest_track_upload_ended (
    CmafIngestTrack *self, guint id, gboolean is_cut, GstClockTime now)
{
  Source *source = get_source (self, id);

  source->n_uploads--;
  if (!is_cut && self->merger != NULL)
    cmaf_track_merger_close_segment (self->merger, id);
  if (is_cut && source->n_uploads == 0) {
    if (self->merger != NULL)
      cmaf_track_merger_remove_source (self->merger, id);
    source->is_cut = TRUE;
  }
  move_on (self, now);
}

/* Those that have no connection any more. */
static void
check_sources (CmafIngestTrack *self, gboolean may_idle, GstClockTime now)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);

    if (!cmaf_ingest_source_is_away (source))
      continue;
    if (self->merger != NULL)
      cmaf_track_merger_remove_source (self->merger, source->id);
    if (source->is_lost || (may_idle && cmaf_ingest_track_is_sparse (self))
        || !cmaf_ingest_source_has_gone (
            source, self->header.track, self->config.idle_timeout, now))
      continue;
    source->is_lost = TRUE;
    say_source (self, "source-lost", source);
  }
}

/* ---- time ---- */

static GstClockTime
idle_timeout (const CmafIngestTrack *self)
{
  if (self->config.idle_timeout != 0)
    return self->config.idle_timeout;
  return cmaf_ingest_sources_silence (self->header.track, MIN_IDLE_TIMEOUT);
}

void
cmaf_ingest_track_tick (
    CmafIngestTrack *self, gboolean may_idle, GstClockTime now)
{
  look_at_sources (self, now);
  check_sources (self, may_idle, now);
  move_on (self, now);
  if (self->output == NULL || may_idle)
    return;
  if (now - self->last_data >= idle_timeout (self)
      && !cmaf_ingest_output_is_full (self->output))
    cmaf_ingest_track_finish (self, now);
}

gboolean
cmaf_ingest_track_is_full (CmafIngestTrack *self)
{
  return self->output != NULL && cmaf_ingest_output_is_full (self->output);
}

CmafIngestFate
cmaf_ingest_track_get_fate (CmafIngestTrack *self, guint id)
{
  CmafIngestOutput *output = self->output ? self->output : self->ended;

  if (output == NULL)
    return CMAF_INGEST_TAKEN;
  if (cmaf_track_merger_has_pending (self->merger, id)
      && !cmaf_ingest_output_is_flushing (output)) {
    self->is_awaited = TRUE;
    return CMAF_INGEST_WAITS;
  }
  return cmaf_ingest_output_get_fate (output);
}

void
cmaf_ingest_track_resume (CmafIngestTrack *self, GstClockTime now)
{
  self->last_data = now;
}

gboolean
cmaf_ingest_track_is_running (const CmafIngestTrack *self)
{
  return self->output != NULL;
}

gboolean
cmaf_ingest_track_is_sparse (const CmafIngestTrack *self)
{
  return self->header.track != NULL
         && self->header.track->media != CMAF_MEDIA_VIDEO
         && self->header.track->media != CMAF_MEDIA_AUDIO;
}

/* ---- stats ---- */

static void
add_to (GstStructure *structure, const gchar *name, guint64 n)
{
  guint64 sum = 0;

  gst_structure_get_uint64 (structure, name, &sum);
  gst_structure_set (structure, name, G_TYPE_UINT64, sum + n, NULL);
}

static void
add_stats (GstStructure *structure, const CmafMergeStats *stats)
{
  add_to (structure, "segments", stats->n_segments);
  add_to (structure, "chunks", stats->n_chunks);
  add_to (structure, "bytes", stats->n_bytes);
  add_to (structure, "duplicates", stats->n_duplicates);
  add_to (structure, "dropped-chunks", stats->n_dropped);
  add_to (structure, "gaps", stats->n_gaps);
  add_to (structure, "switches", stats->n_switches);
}

static void
append_structure (GValue *list, GstStructure *structure)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, structure);
  gst_value_list_append_and_take_value (list, &value);
}

static GstStructure *
get_source_stats (CmafIngestTrack *self, const Source *source)
{
  GstStructure *stats = gst_structure_new ("source", "source", G_TYPE_STRING,
      source->agent, "address", G_TYPE_STRING, source->address, "connected",
      G_TYPE_BOOLEAN, !cmaf_ingest_source_is_away (source), "in-use",
      G_TYPE_BOOLEAN, source->id == self->last_source, "quarantined",
      G_TYPE_BOOLEAN, source->watch.is_quarantined, NULL);
  const CmafMergeStats *counts = NULL;

  if (self->merger != NULL)
    counts = cmaf_track_merger_get_source_stats (self->merger, source->id);
  add_stats (stats, counts ? counts : &(CmafMergeStats){ 0 });
  gst_structure_remove_fields (stats, "gaps", NULL);
  return stats;
}

GstStructure *
cmaf_ingest_track_get_stats (CmafIngestTrack *self, GstStructure *total)
{
  GstStructure *stats = gst_structure_new (
      "track", "track-name", G_TYPE_STRING, self->name, NULL);
  CmafMergeStats counts = self->before;
  GValue sources = G_VALUE_INIT;

  if (self->merger != NULL)
    add_counts (&counts, cmaf_track_merger_get_stats (self->merger));
  add_stats (stats, &counts);
  add_stats (total, &counts);
  gst_structure_set (stats, "refused-chunks", G_TYPE_UINT64, self->n_refused,
      "gap-duration", GST_TYPE_CLOCK_TIME, gap_duration (self), NULL);
  g_value_init (&sources, GST_TYPE_LIST);
  for (guint i = 0; i < self->sources->len; i++)
    append_structure (&sources,
        get_source_stats (self, g_ptr_array_index (self->sources, i)));
  gst_structure_take_value (stats, "sources", &sources);
  return stats;
}

/* ---- the track ---- */

CmafIngestTrack *
cmaf_ingest_track_new (const gchar *name, const CmafIngestTrackConfig *config)
{
  CmafIngestTrack *self = g_new0 (CmafIngestTrack, 1);

  self->config = *config;
  self->name = g_strdup (name);
  self->sources = cmaf_ingest_sources_new ();
  return self;
}

void
cmaf_ingest_track_free (CmafIngestTrack *self)
{
  clear_timer (self);
  if (self->output != NULL)
    cmaf_ingest_output_flush (self->output);
  g_clear_pointer (&self->output, cmaf_ingest_output_unref);
  g_clear_pointer (&self->ended, cmaf_ingest_output_unref);
  g_clear_pointer (&self->merger, cmaf_track_merger_free);
  g_clear_pointer (&self->events, cmaf_event_union_free);
  cmaf_ingest_header_clear (&self->header);
  g_clear_pointer (&self->sent_track, cmaf_track_unref);
  g_clear_pointer (&self->sent_header, g_bytes_unref);
  g_free (self->language);
  g_free (self->role);
  g_ptr_array_unref (self->sources);
  g_free (self->name);
  g_free (self);
}

const gchar *
cmaf_ingest_track_get_name (const CmafIngestTrack *self)
{
  return self->name;
}
