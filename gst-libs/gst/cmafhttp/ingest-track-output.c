/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What can come out of the merger comes out as soon as it can: when something
 * has changed, or at its deadline. */
#include "ingest-track-private.h"

#include "last-brand.h"

#include <gst/cmaf/timescale.h>

/* ---- items ---- */

static CmafIngestItem *
new_item (CmafIngestItemType type, CmafTrack *track)
{
  CmafIngestItem *item = g_new0 (CmafIngestItem, 1);

  item->type = type;
  item->track = track ? cmaf_track_ref (track) : NULL;
  return item;
}

static void
push_header (CmafIngestTrack *self)
{
  CmafIngestItem *item = new_item (CMAF_INGEST_ITEM_HEADER, self->header.track);

  item->header = g_bytes_ref (self->header.bytes);
  item->language = g_strdup (self->language);
  item->role = g_strdup (self->role);
  cmaf_ingest_output_push (self->output, item);
  self->has_new_header = FALSE;
}

void
cmaf_ingest_track_begin_output (CmafIngestTrack *self, GstClockTime now)
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
  if (self->output == NULL)
    return;
  cmaf_ingest_output_push (self->output, new_item (CMAF_INGEST_ITEM_END, NULL));
  self->ended = g_steal_pointer (&self->output);
}

static void
say_gap (CmafIngestTrack *self, const CmafMergedChunk *merged)
{
  guint32 timescale = self->header.track->timescale;
  guint64 end = merged->gap_from + merged->gap;
  GstClockTime from = cmaf_ns_from_ticks (merged->gap_from, timescale);

  cmaf_ingest_track_say (
      self, gst_structure_new ("gap", "start", GST_TYPE_CLOCK_TIME, from,
                "duration", GST_TYPE_CLOCK_TIME,
                cmaf_ns_from_ticks (end, timescale) - from, NULL));
}

/* Another source is in use from now on. */
static void
note_source (CmafIngestTrack *self, const CmafIngestSource *source)
{
  GstStructure *message =
      cmaf_ingest_source_describe (source, "source-changed");
  const gchar *previous = NULL;

  if (self->last_source != 0)
    previous =
        cmaf_ingest_sources_get (self->sources, self->last_source)->agent;
  gst_structure_set (message, "previous", G_TYPE_STRING, previous, NULL);
  cmaf_ingest_track_say (self, message);
  self->last_source = source->id;
}

/* So that the other tracks come from the same encoder. */
static void
tell_group (CmafIngestTrack *self, const CmafIngestSource *source,
    const CmafMergedChunk *merged)
{
  CmafMergeGroup *group = self->config.group;

  if (group != NULL && merged->starts_segment)
    cmaf_merge_group_used (group, source->encoder,
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

static CmafIngestItem *
new_chunk_item (const CmafIngestTrack *self, const CmafMergedChunk *merged)
{
  CmafIngestItem *item = new_item (CMAF_INGEST_ITEM_CHUNK, self->header.track);

  item->merged = *merged;
  if ((merged->chunk->flags & CMAF_CHUNK_LAST) && !merged->is_last)
    item->front = cmaf_front_without_last_brand (merged->chunk);
  return item;
}

static void
push_chunk (CmafIngestTrack *self, CmafMergedChunk *merged, GstClockTime now)
{
  const CmafIngestSource *source =
      cmaf_ingest_sources_get (self->sources, merged->source);
  CmafIngestItem *item;

  if (cmaf_ingest_header_reach (&self->header, merged->chunk))
    self->has_new_header = TRUE;
  complete_events (self, merged);
  if (self->output == NULL)
    cmaf_ingest_track_begin_output (self, now);
  if (self->has_new_header)
    push_header (self);
  if (merged->gap > 0)
    say_gap (self, merged);
  item = new_chunk_item (self, merged);
  if (source->id != self->last_source) {
    item->source = g_strdup (source->agent);
    note_source (self, source);
  }
  tell_group (self, source, merged);
  cmaf_ingest_output_push (self->output, item);
}

/* ---- when ---- */

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

static gboolean
on_deadline (gpointer data)
{
  cmaf_ingest_track_move_on (data, get_time ());
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
  const CmafIngestSource *source;

  if (self->config.group == NULL)
    return;
  source = cmaf_ingest_sources_of_encoder (
      self->sources, self->config.group->encoder);
  cmaf_track_merger_prefer (self->merger, source ? source->id : 0);
}

void
cmaf_ingest_track_move_on (CmafIngestTrack *self, GstClockTime now)
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
  if (self->output != NULL
      && cmaf_ingest_sources_count_uploads (self->sources) == 0
      && cmaf_track_merger_is_ended (self->merger))
    cmaf_ingest_track_finish (self, now);
}

void
cmaf_ingest_track_finish (CmafIngestTrack *self, GstClockTime now)
{
  CmafMergedChunk merged;

  clear_timer (self);
  if (self->merger != NULL) {
    cmaf_ingest_track_settle (self, now);
    cmaf_track_merger_finish (self->merger);
    while (cmaf_track_merger_pop (self->merger, now, &merged))
      push_chunk (self, &merged, now);
  }
  end_output (self);
}

void
cmaf_ingest_track_forget_output (CmafIngestTrack *self)
{
  clear_timer (self);
  if (self->output != NULL)
    cmaf_ingest_output_flush (self->output);
  g_clear_pointer (&self->output, cmaf_ingest_output_unref);
  g_clear_pointer (&self->ended, cmaf_ingest_output_unref);
}

/* ---- who takes it ---- */

gboolean
cmaf_ingest_track_say_lost (const CmafIngestTrack *self, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
      "track %s: nobody takes it here now (its pad is not linked, or what is "
      "behind it has stopped), try again later",
      self->name);
  return FALSE;
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

gboolean
cmaf_ingest_track_is_running (const CmafIngestTrack *self)
{
  return self->output != NULL;
}
