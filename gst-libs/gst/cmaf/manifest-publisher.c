/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Keeps what was written last, to write only what is new. */
#include "manifest-publisher.h"
#include "m3u8-writer.h"
#include "mpd-writer.h"

#include <string.h>

#define TYPE_MPD "application/dash+xml"
#define TYPE_M3U8 "application/vnd.apple.mpegurl"

typedef struct
{
  gchar *object; /* name of the playlist */
  CmafM3u8Cache *cache;
  GBytes *bytes; /* written last */
  gboolean is_listed;
} Playlist;

struct _CmafManifestPublisher
{
  CmafObjectStore *store;
  const gchar *mpd_name;
  const gchar *vod_mpd_name;
  const gchar *master_name;
  CmafMpdCache *mpd_cache;
  GBytes *mpd;           /* written last */
  GBytes *vod_mpd;       /* written last */
  GBytes *master;        /* written last */
  GHashTable *playlists; /* track name -> Playlist */
};

static void
free_playlist (Playlist *playlist)
{
  g_free (playlist->object);
  cmaf_m3u8_cache_free (playlist->cache);
  g_clear_pointer (&playlist->bytes, g_bytes_unref);
  g_free (playlist);
}

CmafManifestPublisher *
cmaf_manifest_publisher_new (CmafObjectStore *store, const gchar *mpd_name,
    const gchar *vod_mpd_name, const gchar *master_name)
{
  CmafManifestPublisher *publisher = g_new0 (CmafManifestPublisher, 1);

  publisher->store = store;
  publisher->mpd_name = mpd_name;
  publisher->vod_mpd_name = vod_mpd_name;
  publisher->master_name = master_name;
  publisher->mpd_cache = cmaf_mpd_cache_new ();
  publisher->playlists = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_playlist);
  return publisher;
}

void
cmaf_manifest_publisher_free (CmafManifestPublisher *publisher)
{
  cmaf_mpd_cache_free (publisher->mpd_cache);
  g_clear_pointer (&publisher->mpd, g_bytes_unref);
  g_clear_pointer (&publisher->vod_mpd, g_bytes_unref);
  g_clear_pointer (&publisher->master, g_bytes_unref);
  g_hash_table_unref (publisher->playlists);
  g_free (publisher);
}

void
cmaf_manifest_publisher_forget (CmafManifestPublisher *publisher)
{
  cmaf_mpd_cache_free (publisher->mpd_cache);
  publisher->mpd_cache = cmaf_mpd_cache_new ();
}

/* Takes @bytes, and keeps them in @last. */
static gboolean
put_if_new (CmafManifestPublisher *publisher, const gchar *name,
    const gchar *type, GBytes **last, GBytes *bytes, GPtrArray *names,
    GError **error)
{
  gboolean done = TRUE;

  if (*last == NULL || !g_bytes_equal (*last, bytes)) {
    done = cmaf_object_store_put (
        publisher->store, name, type, CMAF_OBJECT_ATOMIC, bytes, error);
    if (done)
      g_ptr_array_add (names, g_strdup (name));
  }
  g_clear_pointer (last, g_bytes_unref);
  *last = bytes;
  return done;
}

/* ---- media playlists ---- */

static Playlist *
get_playlist (CmafManifestPublisher *publisher,
    const CmafPresentation *presentation, const gchar *name)
{
  Playlist *playlist = g_hash_table_lookup (publisher->playlists, name);

  if (playlist == NULL) {
    playlist = g_new0 (Playlist, 1);
    playlist->object = cmaf_m3u8_media_name (presentation, name);
    playlist->cache = cmaf_m3u8_cache_new ();
    g_hash_table_insert (publisher->playlists, g_strdup (name), playlist);
  }
  return playlist;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

/* Of every track in @presentation, once and sorted; borrowed. */
static GPtrArray *
track_names (const CmafPresentation *presentation)
{
  GPtrArray *names = g_ptr_array_new ();
  guint i, k, m;

  for (i = 0; i < presentation->periods->len; i++) {
    const CmafPeriod *period = g_ptr_array_index (presentation->periods, i);

    for (k = 0; k < period->sets->len; k++) {
      const CmafSwitchingSet *set = g_ptr_array_index (period->sets, k);

      for (m = 0; m < set->tracks->len; m++) {
        const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, m);

        if (!g_ptr_array_find_with_equal_func (
                names, track->name, g_str_equal, NULL))
          g_ptr_array_add (names, track->name);
      }
    }
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
put_playlists (CmafManifestPublisher *publisher,
    const CmafPublication *publication, const CmafPresentation *presentation,
    GPtrArray *names, GError **error)
{
  const CmafPresentationState *state = cmaf_publication_get_state (publication);
  g_autoptr (GPtrArray) tracks = track_names (presentation);
  guint i;

  for (i = 0; i < tracks->len; i++) {
    const gchar *name = g_ptr_array_index (tracks, i);
    Playlist *playlist = get_playlist (publisher, presentation, name);
    GBytes *bytes = cmaf_m3u8_write_media (presentation, state, name,
        cmaf_publication_has_left (publication, name), playlist->cache);

    playlist->is_listed = bytes != NULL;
    if (bytes != NULL
        && !put_if_new (publisher, playlist->object, TYPE_M3U8,
            &playlist->bytes, bytes, names, error))
      return FALSE;
  }
  return TRUE;
}

/* A playlist whose last segment left the window goes too, after the
 * multivariant playlist that named it. */
static void
remove_unlisted (CmafManifestPublisher *publisher)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, publisher->playlists);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Playlist *playlist = value;

    if (!playlist->is_listed) {
      cmaf_object_store_remove (publisher->store, playlist->object, NULL);
      g_hash_table_iter_remove (&iter);
    } else {
      playlist->is_listed = FALSE;
    }
  }
}

/* ---- MPD ---- */

/* What has ended, from its beginning: another view of the same segments. One
 * that is there already is of an earlier presentation. */
static gboolean
put_vod_mpd (CmafManifestPublisher *publisher,
    const CmafPublication *publication, const CmafPresentationState *state,
    GPtrArray *names, GError **error)
{
  g_autoptr (CmafPresentation) view = NULL;

  if (!state->is_ended) {
    if (publisher->mpd == NULL
        && cmaf_object_store_contains (
            publisher->store, publisher->vod_mpd_name))
      cmaf_object_store_remove (
          publisher->store, publisher->vod_mpd_name, NULL);
    return TRUE;
  }
  view = cmaf_publication_describe (publication);
  view->config.type = CMAF_MANIFEST_STATIC;
  return put_if_new (publisher, publisher->vod_mpd_name, TYPE_MPD,
      &publisher->vod_mpd, cmaf_mpd_write (view, state, NULL), names, error);
}

static gboolean
put_mpds (CmafManifestPublisher *publisher, const CmafPublication *publication,
    const CmafPresentation *presentation, GPtrArray *names, GError **error)
{
  CmafPresentationState state = *cmaf_publication_get_state (publication);

  if (publisher->mpd_name == NULL)
    return TRUE;
  if (state.is_ended)
    state.first = cmaf_publication_get_recorded (publication);
  if (publisher->vod_mpd_name != NULL
      && presentation->config.type == CMAF_MANIFEST_DYNAMIC
      && !put_vod_mpd (publisher, publication, &state, names, error))
    return FALSE;
  return put_if_new (publisher, publisher->mpd_name, TYPE_MPD, &publisher->mpd,
      cmaf_mpd_write (presentation, &state, publisher->mpd_cache), names,
      error);
}

gboolean
cmaf_manifest_publisher_publish (CmafManifestPublisher *publisher,
    const CmafPublication *publication, GPtrArray *names, GError **error)
{
  g_autoptr (CmafPresentation) presentation =
      cmaf_publication_describe (publication);
  GBytes *master;

  if (publisher->master_name != NULL
      && !put_playlists (publisher, publication, presentation, names, error))
    return FALSE;
  if (!put_mpds (publisher, publication, presentation, names, error))
    return FALSE;
  if (publisher->master_name == NULL)
    return TRUE;
  master = cmaf_m3u8_write_master (presentation);
  if (master != NULL
      && !put_if_new (publisher, publisher->master_name, TYPE_M3U8,
          &publisher->master, master, names, error))
    return FALSE;
  remove_unlisted (publisher);
  return TRUE;
}
