/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-manifests.h"

#include <gst/cmaf/segment-name.h>
#include <string.h>

#define MAX_MANIFESTS 16

typedef struct
{
  gchar *path;
  gchar *folder; /* with a slash at its end, or "" */
  GBytes *bytes;
  CmafMpd *mpd;
} Manifest;

struct _CmafIngestManifests
{
  GPtrArray *list; /* of Manifest */
};

static void
free_manifest (Manifest *manifest)
{
  g_free (manifest->path);
  g_free (manifest->folder);
  g_bytes_unref (manifest->bytes);
  cmaf_mpd_free (manifest->mpd);
  g_free (manifest);
}

CmafIngestManifests *
cmaf_ingest_manifests_new (void)
{
  CmafIngestManifests *self = g_new0 (CmafIngestManifests, 1);

  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify)free_manifest);
  return self;
}

void
cmaf_ingest_manifests_free (CmafIngestManifests *self)
{
  g_ptr_array_unref (self->list);
  g_free (self);
}

static const gchar *
without_slash (const gchar *path)
{
  return path + strspn (path, "/");
}

static gboolean
has_path (gconstpointer manifest, gconstpointer path)
{
  return g_str_equal (((const Manifest *)manifest)->path, path);
}

gboolean
cmaf_ingest_manifests_take (
    CmafIngestManifests *self, const gchar *path, GBytes *bytes, GError **error)
{
  const gchar *slash = strrchr (without_slash (path), '/');
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);
  Manifest *manifest;
  CmafMpd *mpd;
  guint at;

  path = without_slash (path);
  if (!g_ptr_array_find_with_equal_func (self->list, path, has_path, &at))
    at = G_MAXUINT;
  else if (g_bytes_equal (
               ((Manifest *)g_ptr_array_index (self->list, at))->bytes, bytes))
    return TRUE;
  mpd = cmaf_mpd_read (data, size, error);
  if (mpd == NULL)
    return FALSE;
  manifest = g_new0 (Manifest, 1);
  manifest->path = g_strdup (path);
  manifest->folder = slash ? g_strndup (path, slash + 1 - path) : g_strdup ("");
  manifest->bytes = g_bytes_ref (bytes);
  manifest->mpd = mpd;
  if (at == G_MAXUINT && self->list->len >= MAX_MANIFESTS)
    at = 0;
  if (at != G_MAXUINT)
    g_ptr_array_remove_index (self->list, at);
  g_ptr_array_add (self->list, manifest);
  return TRUE;
}

static void
set_path (CmafIngestPath *parsed, const gchar *folder, const gchar *id)
{
  cmaf_ingest_path_clear (parsed);
  parsed->kind = CMAF_INGEST_PATH_TRACK;
  /* no key of a path without MPD begins with a slash and has another one */
  parsed->key = g_strdup_printf ("//%s/%s", folder, id);
  parsed->name = cmaf_track_name_make (id);
  parsed->wish = g_strdup (id);
}

/* The path of the header below the publishing point, NULL: not said. */
static gchar *
header_path (const Manifest *manifest, const CmafMpdTrack *track)
{
  g_autofree gchar *header = cmaf_mpd_header_path (track);

  return header != NULL ? g_strconcat (manifest->folder, header, NULL) : NULL;
}

static const CmafMpdTrack *
find_id (const Manifest *manifest, const gchar *id)
{
  for (guint i = 0; i < manifest->mpd->tracks->len; i++) {
    const CmafMpdTrack *track = g_ptr_array_index (manifest->mpd->tracks, i);

    if (g_str_equal (track->id, id))
      return track;
  }
  return NULL;
}

static const CmafMpdTrack *
find_path (const Manifest *manifest, const gchar *path)
{
  gsize size = strlen (manifest->folder);

  return strncmp (path, manifest->folder, size) == 0
             ? cmaf_mpd_find (manifest->mpd, path + size)
             : NULL;
}

const CmafMpdTrack *
cmaf_ingest_manifests_find (CmafIngestManifests *self, const gchar *path,
    CmafIngestPath *parsed, gchar **header)
{
  const CmafMpdTrack *track = NULL;

  *header = NULL;
  path = without_slash (path);
  for (guint i = 0; i < self->list->len && track == NULL; i++) {
    const Manifest *manifest = g_ptr_array_index (self->list, i);

    if (parsed->is_named) {
      track = find_id (manifest, parsed->wish);
      continue;
    }
    track = find_path (manifest, path);
    if (track == NULL)
      continue;
    set_path (parsed, manifest->folder, track->id);
    *header = header_path (manifest, track);
  }
  return track;
}

static void
visit_manifest (const Manifest *manifest, CmafIngestManifestsVisit visit,
    gpointer user_data)
{
  for (guint i = 0; i < manifest->mpd->tracks->len; i++) {
    const CmafMpdTrack *track = g_ptr_array_index (manifest->mpd->tracks, i);
    g_autofree gchar *path = header_path (manifest, track);

    visit (track, path, user_data);
  }
}

void
cmaf_ingest_manifests_visit (CmafIngestManifests *self,
    CmafIngestManifestsVisit visit, gpointer user_data)
{
  for (guint i = 0; i < self->list->len; i++)
    visit_manifest (g_ptr_array_index (self->list, i), visit, user_data);
}
