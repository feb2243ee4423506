/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoders that count from their start, put on the grid; as other packagers do
 * it, when they share a store. */
#include "ingest-server-private.h"

#include <string.h>

static void
on_session (
    const gchar *encoder, gint64 offset, gboolean is_shared, gpointer user_data)
{
  CmafIngestServer *self = user_data;
  g_auto (GStrv) names = g_strsplit (encoder, "\n", 2);

  self->callbacks.message (
      gst_structure_new ("session", "source", G_TYPE_STRING, names[0],
          "address", G_TYPE_STRING, names[1] ? names[1] : "", "offset",
          G_TYPE_INT64, offset, "shared", G_TYPE_BOOLEAN, is_shared, NULL),
      self->user_data);
}

static gboolean
open_store (CmafIngestServer *self, const gchar *location, GError **error)
{
  g_autoptr (GstCmafSyncStore) store = gst_cmaf_sync_store_new ();

  if (!gst_cmaf_sync_store_open (store, location, error))
    return FALSE;
  self->store = g_steal_pointer (&store);
  cmaf_ingest_sessions_share (self->sessions, self->store, on_session, self);
  return TRUE;
}

gboolean
cmaf_ingest_sharing_open (CmafIngestServer *self, GError **error)
{
  const CmafIngestServerConfig *config = &self->config;
  const gboolean has_store = config->sync_store && config->sync_store[0];
  CmafSegmentGrid grid;

  if (config->segment_duration_n == 0)
    return TRUE;
  if (!cmaf_segment_grid_init (
          &grid, config->segment_duration_n, config->segment_duration_d, error))
    return FALSE;
  self->sessions = cmaf_ingest_sessions_new (&grid, config->max_queue_bytes);
  return !has_store || open_store (self, config->sync_store, error);
}

static void
say (CmafIngestServer *self, gboolean is_frozen, const gchar *reason)
{
  GstStructure *s = gst_structure_new (
      "sync-store", "frozen", G_TYPE_BOOLEAN, is_frozen, NULL);

  if (reason != NULL)
    gst_structure_set (s, "reason", G_TYPE_STRING, reason, NULL);
  self->callbacks.message (s, self->user_data);
}

void
cmaf_ingest_sharing_tell (CmafIngestServer *self)
{
  g_autofree gchar *complaint = NULL;
  g_autofree gchar *reason = NULL;

  if (self->store == NULL)
    return;
  complaint = gst_cmaf_sync_store_take_complaint (self->store);
  if (complaint != NULL)
    say (self, FALSE, complaint);
  if (gst_cmaf_sync_store_take_change (
          self->store, g_get_monotonic_time (), &reason))
    say (self, reason != NULL, reason);
}

void
cmaf_ingest_sharing_close (CmafIngestServer *self)
{
  if (self->store != NULL)
    gst_cmaf_sync_store_close (self->store);
  g_clear_pointer (&self->store, gst_cmaf_sync_store_unref);
}
