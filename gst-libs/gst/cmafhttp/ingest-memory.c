/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The keys under which a receiver keeps headers and MPDs. */
#include "ingest-server-private.h"

#include <string.h>

#define TRACK "track "
#define MPD "mpd "

/* Of a track that has a name by itself. */
static gchar *
track_key (const CmafIngestPath *path)
{
  return path->key != NULL ? g_strconcat (TRACK, path->key, NULL) : NULL;
}

void
cmaf_ingest_memory_keep_header (
    CmafIngestServer *self, const CmafIngestPath *path, GBytes *header)
{
  g_autofree gchar *key = track_key (path);

  if (self->headers != NULL && key != NULL)
    cmaf_header_cache_put (self->headers, key, header);
}

GBytes *
cmaf_ingest_memory_get_header (
    CmafIngestServer *self, const CmafIngestPath *path)
{
  g_autofree gchar *key = track_key (path);

  if (self->headers == NULL || key == NULL)
    return NULL;
  return cmaf_header_cache_get (self->headers, key);
}

void
cmaf_ingest_memory_keep_manifest (
    CmafIngestServer *self, const gchar *path, GBytes *bytes)
{
  g_autofree gchar *key = g_strconcat (MPD, path, NULL);

  if (self->headers != NULL)
    cmaf_header_cache_put (self->headers, key, bytes);
}

static void
load_manifest (const gchar *key, GBytes *bytes, gpointer user_data)
{
  CmafIngestServer *self = user_data;

  cmaf_ingest_manifests_take (self->manifests, key + strlen (MPD), bytes, NULL);
}

void
cmaf_ingest_memory_load_manifests (CmafIngestServer *self)
{
  if (self->headers != NULL)
    cmaf_header_cache_visit (self->headers, MPD, load_manifest, self);
}
