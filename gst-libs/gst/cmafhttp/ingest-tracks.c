/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The tracks of a receiver: found by what their paths say, made when a header
 * comes, named so that no two are the same. */
#include "ingest-server-private.h"

#include <gst/cmaf/segment-name.h>

static void
on_drained (gpointer user_data)
{
  CmafIngestServer *self = user_data;

  cmaf_http_thread_post (self->thread, cmaf_ingest_uploads_resume, self, NULL);
}

static void
on_output (CmafIngestOutput *output, gpointer user_data)
{
  CmafIngestServer *self = user_data;

  self->callbacks.output (output, self->user_data);
}

static void
on_message (GstStructure *message, gpointer user_data)
{
  CmafIngestServer *self = user_data;

  self->callbacks.message (message, self->user_data);
}

static gboolean
is_name_taken (CmafIngestServer *self, const gchar *name)
{
  for (guint i = 0; i < self->order->len; i++)
    if (g_str_equal (name,
            cmaf_ingest_track_get_name (g_ptr_array_index (self->order, i))))
      return TRUE;
  return FALSE;
}

/* Two keys may give one name: video.cmfv and video.cmfa. */
static gchar *
unique_name (CmafIngestServer *self, const gchar *wish)
{
  gchar *name = g_strdup (wish);

  for (guint n = 2; is_name_taken (self, name); n++) {
    g_free (name);
    name = cmaf_track_name_number (wish, n);
  }
  return name;
}

/* Without a name in the path the media type is the name. */
static void
name_by_media (CmafIngestPath *path, const CmafTrack *header)
{
  path->kind = CMAF_INGEST_PATH_TRACK;
  path->name = g_strdup (cmaf_track_content_type (header));
  path->wish = g_strdup (path->name);
  path->key = g_strdup_printf ("/%s", path->name);
}

CmafIngestTrack *
cmaf_ingest_server_find_track (
    CmafIngestServer *self, const CmafIngestPath *path)
{
  return path->kind == CMAF_INGEST_PATH_TRACK
             ? g_hash_table_lookup (self->tracks, path->key)
             : NULL;
}

static gboolean
is_track (gpointer key, gpointer value, gpointer track)
{
  return value == track;
}

static gboolean
is_in_use (CmafIngestServer *self, const CmafIngestTrack *track)
{
  for (GList *l = self->uploads; l != NULL; l = l->next)
    if (cmaf_ingest_upload_is_of (l->data, track))
      return TRUE;
  return FALSE;
}

/* The oldest track that is over makes room; what it has counted stays. */
static gboolean
make_room (CmafIngestServer *self)
{
  for (guint i = 0; i < self->order->len; i++) {
    CmafIngestTrack *track = g_ptr_array_index (self->order, i);

    if (!cmaf_ingest_track_is_over (track) || is_in_use (self, track))
      continue;
    gst_structure_free (cmaf_ingest_track_get_stats (track, self->gone));
    g_hash_table_foreach_remove (self->tracks, is_track, track);
    g_ptr_array_remove_index (self->order, i);
    return TRUE;
  }
  return FALSE;
}

CmafIngestTrack *
cmaf_ingest_server_make_track (CmafIngestServer *self, CmafIngestPath *path,
    const CmafTrack *header, GError **error)
{
  CmafIngestTrackConfig config = {
    .context = cmaf_http_thread_get_context (self->thread),
    .merge = self->config.merge,
    .merge_order = (const gchar *const *)self->merge_order,
    .group = self->config.merges_presentation ? &self->group : NULL,
    .sessions = self->sessions,
    .idle_timeout = self->config.idle_timeout,
    .max_queue = self->config.max_queue_bytes,
    .begin = on_output,
    .message = on_message,
    .drained = on_drained,
    .user_data = self,
  };
  g_autofree gchar *name = NULL;
  CmafIngestTrack *track;

  if (path->kind == CMAF_INGEST_PATH_POINT)
    name_by_media (path, header);
  track = cmaf_ingest_server_find_track (self, path);
  if (track != NULL)
    return track;
  if (self->order->len >= self->config.max_tracks && !make_room (self)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "track %s: max-tracks=%u of this receiver allows no further one, send "
        "one of those it has, or raise max-tracks there",
        path->name, self->config.max_tracks);
    return NULL;
  }
  name = unique_name (self, path->name);
  track = cmaf_ingest_track_new (name, &config);
  g_hash_table_insert (self->tracks, g_strdup (path->key), track);
  g_ptr_array_add (self->order, track);
  self->has_news = TRUE;
  if (!g_str_equal (name, path->wish))
    on_message (gst_structure_new ("renamed", "track-name", G_TYPE_STRING, name,
                    "wish", G_TYPE_STRING, path->wish, NULL),
        self);
  return track;
}

/* ---- what MPDs say ---- */

void
cmaf_ingest_server_describe_track (CmafIngestServer *self, CmafIngestPath *path,
    const gchar *text, CmafIngestTrack *track)
{
  g_autofree gchar *header = NULL;
  const CmafMpdTrack *said =
      cmaf_ingest_manifests_find (self->manifests, text, path, &header);

  if (said != NULL)
    cmaf_ingest_track_describe (track, said->language, said->role);
}

/* A header that came before the MPD made a track under another name, which it
 * keeps. */
static void
adopt_track (const CmafMpdTrack *said, const gchar *text, gpointer user_data)
{
  CmafIngestServer *self = user_data;
  g_auto (CmafIngestPath) path = { 0 };
  g_autofree gchar *header = NULL;
  CmafIngestTrack *track;

  if (text == NULL || !cmaf_ingest_path_parse (text, &path, NULL))
    return;
  track = cmaf_ingest_server_find_track (self, &path);
  cmaf_ingest_manifests_find (self->manifests, text, &path, &header);
  if (track != NULL && !g_hash_table_contains (self->tracks, path.key))
    g_hash_table_insert (self->tracks, g_strdup (path.key), track);
  track = cmaf_ingest_server_find_track (self, &path);
  if (track != NULL)
    cmaf_ingest_track_describe (track, said->language, said->role);
}

/* Tracks that their senders name by themselves: "Streams(ID.cmfv)". */
static void
describe_by_id (const CmafMpdTrack *said, const gchar *text, gpointer user_data)
{
  static const gchar *const extensions[] = { "cmfv", "cmfa", "cmft", "cmfm",
    "" };
  CmafIngestServer *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++) {
    g_autofree gchar *key = g_strdup_printf ("%s.%s", said->id, extensions[i]);
    CmafIngestTrack *track = g_hash_table_lookup (self->tracks, key);

    if (track != NULL)
      cmaf_ingest_track_describe (track, said->language, said->role);
  }
}

gboolean
cmaf_ingest_server_take_manifest (
    CmafIngestServer *self, const gchar *path, GBytes *bytes, GError **error)
{
  if (!cmaf_ingest_manifests_take (self->manifests, path, bytes, error))
    return FALSE;
  self->has_news = TRUE;
  cmaf_ingest_memory_keep_manifest (self, path, bytes);
  cmaf_ingest_manifests_visit (self->manifests, describe_by_id, self);
  cmaf_ingest_manifests_visit (self->manifests, adopt_track, self);
  return TRUE;
}

gboolean
cmaf_ingest_server_has_running_media (CmafIngestServer *self)
{
  for (guint i = 0; i < self->order->len; i++) {
    CmafIngestTrack *track = g_ptr_array_index (self->order, i);

    if (cmaf_ingest_track_is_running (track)
        && !cmaf_ingest_track_is_sparse (track))
      return TRUE;
  }
  return FALSE;
}
