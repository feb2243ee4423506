/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A track outlives its runs: after an end the same senders may begin again, and
 * then a new output begins. */
#include "ingest-track-private.h"

#define MIN_IDLE_TIMEOUT (10 * GST_SECOND)

void
cmaf_ingest_track_say (CmafIngestTrack *self, GstStructure *message)
{
  gst_structure_set (message, "track-name", G_TYPE_STRING, self->name, NULL);
  self->config.message (message, self->config.user_data);
}

/* ---- sources ---- */

guint
cmaf_ingest_track_get_source (CmafIngestTrack *self, GSocket *socket,
    const gchar *agent, const gchar *host, GstClockTime now)
{
  gboolean is_new;
  CmafIngestSource *source =
      cmaf_ingest_sources_find (self->sources, socket, agent, host, &is_new);

  if (source == NULL)
    return 0;
  source->last_heard = now;
  if (is_new || source->is_lost)
    cmaf_ingest_track_say (
        self, cmaf_ingest_source_describe (source, "source-added"));
  source->is_lost = source->is_cut = FALSE;
  return source->id;
}

void
cmaf_ingest_track_upload_began (CmafIngestTrack *self, guint id)
{
  cmaf_ingest_sources_get (self->sources, id)->n_uploads++;
}

void
cmaf_ingest_track_upload_ended (
    CmafIngestTrack *self, guint id, gboolean is_cut, GstClockTime now)
{
  CmafIngestSource *source = cmaf_ingest_sources_get (self->sources, id);

  source->n_uploads--;
  if (!is_cut && self->merger != NULL)
    cmaf_track_merger_close_segment (self->merger, id);
  if (is_cut && source->n_uploads == 0) {
    if (self->merger != NULL)
      cmaf_track_merger_remove_source (self->merger, id);
    source->is_cut = TRUE;
  }
  cmaf_ingest_track_move_on (self, now);
}

/* Those that have no connection any more. */
static void
check_sources (CmafIngestTrack *self, gboolean may_idle, GstClockTime now)
{
  for (guint i = 0; i < self->sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (self->sources, i);

    if (!cmaf_ingest_source_is_away (source))
      continue;
    if (self->merger != NULL)
      cmaf_track_merger_remove_source (self->merger, source->id);
    if (source->is_lost || (may_idle && cmaf_ingest_track_is_sparse (self))
        || !cmaf_ingest_source_has_gone (
            source, self->header.track, self->config.idle_timeout, now))
      continue;
    source->is_lost = TRUE;
    cmaf_ingest_track_say (
        self, cmaf_ingest_source_describe (source, "source-lost"));
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
  cmaf_ingest_track_look (self, now);
  check_sources (self, may_idle, now);
  cmaf_ingest_track_move_on (self, now);
  if (self->output == NULL || may_idle)
    return;
  if (now - self->last_data >= idle_timeout (self)
      && !cmaf_ingest_output_is_full (self->output))
    cmaf_ingest_track_finish (self, now);
}

void
cmaf_ingest_track_resume (CmafIngestTrack *self, GstClockTime now)
{
  self->last_data = now;
}

gboolean
cmaf_ingest_track_is_sparse (const CmafIngestTrack *self)
{
  return self->header.track != NULL
         && self->header.track->media != CMAF_MEDIA_VIDEO
         && self->header.track->media != CMAF_MEDIA_AUDIO;
}

gboolean
cmaf_ingest_track_is_over (const CmafIngestTrack *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!((CmafIngestSource *)g_ptr_array_index (self->sources, i))->is_lost)
      return FALSE;
  return self->output == NULL;
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
  cmaf_ingest_track_forget_output (self);
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
