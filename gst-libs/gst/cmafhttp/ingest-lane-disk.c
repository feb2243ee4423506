/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a lane has in files. A segment that waits behind others gets a file; one
 * that is sent at once does not. */
#include "ingest-lane-private.h"

static void
tell_failure (
    CmafIngestLane *self, const GError *error, const gchar *consequence)
{
  g_autofree gchar *message =
      g_strdup_printf ("spool-directory: %s; %s", error->message, consequence);

  cmaf_ingest_lane_tell (self, CMAF_INGEST_NO_DISK, NULL, message, NULL);
}

void
cmaf_ingest_lane_open_directory (CmafIngestLane *self)
{
  const CmafIngestDestination *destination = self->config.destination;
  g_autoptr (CmafSpoolDirectory) directory = NULL;
  g_autoptr (GArray) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *path = NULL;

  if (!destination->spool)
    return;
  path = g_build_filename (destination->spool, self->config.name, NULL);
  directory = cmaf_spool_directory_new (path, &error);
  if (directory)
    list = cmaf_spool_directory_list (directory, &error);
  if (!list) {
    tell_failure (self, error, "what waits stays in memory");
    return;
  }
  self->directory = g_steal_pointer (&directory);
  self->spool.max_stored = destination->config->max_disk_bytes;
  for (guint i = 0; i < list->len; i++)
    cmaf_ingest_spool_add_stored (
        &self->spool, &g_array_index (list, CmafStoredSegment, i));
}

/* ---- out of memory ---- */

static CmafSpoolSegment *
find_unstored (CmafIngestLane *self, gboolean any)
{
  CmafSpoolSegment *segment;

  g_mutex_lock (self->config.lock);
  segment = self->spool.max_stored > 0 && !self->is_stopped
                ? cmaf_ingest_spool_find_unstored (&self->spool, any)
                : NULL;
  if (segment)
    cmaf_spool_segment_ref (segment);
  g_mutex_unlock (self->config.lock);
  return segment;
}

/* A complete segment does not change, but for its being taken away. */
static gboolean
write_segment (CmafIngestLane *self, CmafSpoolSegment *segment, GError **error)
{
  CmafStoredSegment stored = { .place = segment->place,
    .duration = segment->duration,
    .timescale = segment->timescale };
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  gboolean is_gone;

  g_mutex_lock (self->config.lock);
  for (guint i = 0; i < segment->chunks->len; i++)
    g_ptr_array_add (chunks, cmaf_chunk_ref (segment->chunks->pdata[i]));
  is_gone = segment->is_dropped;
  g_mutex_unlock (self->config.lock);
  if (is_gone)
    return TRUE;
  if (!cmaf_spool_directory_write (
          self->directory, &stored, segment->header, chunks, error))
    return FALSE;
  g_mutex_lock (self->config.lock);
  is_gone = segment->is_dropped;
  if (!is_gone)
    cmaf_ingest_spool_mark_stored (&self->spool, segment, &stored);
  g_mutex_unlock (self->config.lock);
  if (is_gone)
    cmaf_spool_directory_remove (self->directory, &stored);
  return TRUE;
}

/* It is tried again whenever something comes; nobody needs to hear of it each
 * time. */
static void
note_failure (CmafIngestLane *self, const GError *error, gboolean is_end)
{
  g_mutex_lock (self->config.lock);
  cmaf_ingest_spool_mark_failed (&self->spool);
  g_mutex_unlock (self->config.lock);
  if (is_end)
    tell_failure (self, error, "what is in memory is lost");
  else if (!self->has_told_disk)
    tell_failure (self, error, "what waits stays in memory");
  self->has_told_disk = TRUE;
}

void
cmaf_ingest_lane_store (CmafIngestLane *self, gboolean is_end)
{
  CmafSpoolSegment *segment;
  g_autoptr (GError) error = NULL;

  if (!self->directory)
    return;
  cmaf_ingest_lane_remove_files (self);
  if (is_end) {
    g_mutex_lock (self->config.lock);
    cmaf_ingest_spool_complete (&self->spool);
    g_mutex_unlock (self->config.lock);
  }
  while (!error && (segment = find_unstored (self, is_end))) {
    write_segment (self, segment, &error);
    cmaf_spool_segment_unref (segment);
  }
  if (error)
    note_failure (self, error, is_end);
  g_mutex_lock (self->config.lock);
  cmaf_ingest_spool_unload (&self->spool, self->sending);
  g_mutex_unlock (self->config.lock);
}

void
cmaf_ingest_lane_remove_files (CmafIngestLane *self)
{
  g_autoptr (GArray) removed = NULL;

  if (!self->directory)
    return;
  g_mutex_lock (self->config.lock);
  removed = cmaf_ingest_spool_take_removed (&self->spool);
  g_mutex_unlock (self->config.lock);
  for (guint i = 0; removed && i < removed->len; i++)
    cmaf_spool_directory_remove (
        self->directory, &g_array_index (removed, CmafStoredSegment, i));
}

/* ---- into memory ---- */

/* It never gets better. */
static gboolean
is_broken (const GError *error)
{
  return error->domain == CMAF_ERROR
         || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* Reads the file of @segment, or gives it up, or lets the session wait. */
static void
load (CmafIngestLane *self, CmafSpoolSegment *segment,
    const CmafStoredSegment *stored)
{
  g_autoptr (GPtrArray) chunks = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (CmafTrack) track = NULL;
  g_autoptr (GError) error = NULL;

  chunks = cmaf_spool_directory_read (
      self->directory, stored, &header, &track, &error);
  if (!chunks && is_broken (error)) {
    cmaf_ingest_lane_drop (self, segment, NULL, error->message);
  } else if (!chunks) {
    cmaf_ingest_session_failed (
        &self->session, FALSE, cmaf_ingest_lane_get_time ());
    if (cmaf_ingest_lane_note_failure (self, error->message))
      tell_failure (self, error, "it is tried again");
  } else {
    g_mutex_lock (self->config.lock);
    cmaf_ingest_spool_mark_loaded (
        &self->spool, segment, header, track, chunks);
    g_mutex_unlock (self->config.lock);
  }
}

CmafSpoolSegment *
cmaf_ingest_lane_peek_locked (CmafIngestLane *self)
{
  CmafSpoolSegment *segment;

  while ((segment = cmaf_ingest_spool_peek (&self->spool))
         && segment->chunks->len == 0
         && cmaf_ingest_lane_get_time () >= self->session.retry_at) {
    CmafStoredSegment stored = segment->stored;

    cmaf_spool_segment_ref (segment);
    g_mutex_unlock (self->config.lock);
    load (self, segment, &stored);
    cmaf_spool_segment_unref (segment);
    g_mutex_lock (self->config.lock);
  }
  return segment;
}
