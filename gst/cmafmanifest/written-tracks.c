/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A directory is known by device and inode: it has many paths. */
#include "written-tracks.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  dev_t device;
  ino_t inode;
  gchar *name;
  gconstpointer owner; /* only compared */
} WrittenTrack;

static GMutex lock;
static GPtrArray *tracks; /* lock: of WrittenTrack; NULL: none */

static void
free_track (WrittenTrack *track)
{
  g_free (track->name);
  g_free (track);
}

static gboolean
is_same_place (
    const WrittenTrack *track, const GStatBuf *place, const gchar *name)
{
  return track->device == place->st_dev && track->inode == place->st_ino
         && strcmp (track->name, name) == 0;
}

static gboolean
add_locked (const GStatBuf *place, const gchar *name, gconstpointer owner)
{
  WrittenTrack *track;
  gboolean alone = TRUE;

  if (tracks == NULL)
    tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)free_track);
  for (guint i = 0; i < tracks->len; i++) {
    track = g_ptr_array_index (tracks, i);
    if (!is_same_place (track, place, name))
      continue;
    if (track->owner == owner)
      return TRUE;
    alone = FALSE;
  }
  track = g_new0 (WrittenTrack, 1);
  track->device = place->st_dev;
  track->inode = place->st_ino;
  track->name = g_strdup (name);
  track->owner = owner;
  g_ptr_array_add (tracks, track);
  return alone;
}

gboolean
written_tracks_add (
    const gchar *location, const gchar *name, gconstpointer owner)
{
  gboolean alone;
  GStatBuf place;

  if (g_stat (location, &place) != 0)
    return TRUE;
  g_mutex_lock (&lock);
  alone = add_locked (&place, name, owner);
  g_mutex_unlock (&lock);
  return alone;
}

void
written_tracks_remove (gconstpointer owner)
{
  g_mutex_lock (&lock);
  for (guint i = tracks != NULL ? tracks->len : 0; i-- > 0;)
    if (((WrittenTrack *)g_ptr_array_index (tracks, i))->owner == owner)
      g_ptr_array_remove_index_fast (tracks, i);
  if (tracks != NULL && tracks->len == 0)
    g_clear_pointer (&tracks, g_ptr_array_unref);
  g_mutex_unlock (&lock);
}
