/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One number for each track that can be played; the highest wins. */
#include "track-choice.h"

#include <string.h>

#define MAX_VIEW 100000

gboolean
cmaf_track_has_role (const CmafOriginTrack *t, CmafFeedRole role)
{
  return t->track->media
         == (role == CMAF_FEED_AUDIO ? CMAF_MEDIA_AUDIO : CMAF_MEDIA_VIDEO);
}

/* The sample entry is what a player is asked about. */
static gboolean
is_playable (const CmafFeedRequest *hello, const CmafOriginTrack *t)
{
  g_autofree gchar *entry = g_strndup (t->codec, strcspn (t->codec, "."));

  return cmaf_feed_request_accepts (hello, "codecs", entry);
}

static gdouble
get_number (JsonObject *object, const gchar *key, gdouble absent)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
             ? json_node_get_double (node)
             : absent;
}

/* In real pixels, 0: not told. */
static gint64
view_height (const CmafFeedRequest *hello)
{
  JsonNode *node = json_object_get_member (hello->object, "view");
  JsonObject *view;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return 0;
  view = json_node_get_object (node);
  return CLAMP (
      get_number (view, "h", 0) * get_number (view, "dpr", 1), 0, MAX_VIEW);
}

/* Fits: not above the rate, nor 1.5 times as high as the view (LIV-60). */
static gint64
score (const CmafOriginTrack *t, gint64 view, gint64 max_kbps)
{
  gint64 kbps = cmaf_track_bandwidth (t->track) / 1000;
  gboolean fits = (max_kbps == 0 || kbps <= max_kbps)
                  && (view == 0 || 2 * (gint64)t->track->height <= 3 * view);

  return fits ? 1 + kbps : -kbps;
}

CmafOriginTrack *
cmaf_track_choose (GPtrArray *tracks, CmafFeedRole role, const gchar *wanted,
    const CmafFeedRequest *hello, gint64 max_kbps)
{
  gint64 view = view_height (hello);
  CmafOriginTrack *best = NULL;

  if (g_strcmp0 (wanted, "none") == 0)
    return NULL;
  for (guint i = 0; i < tracks->len; i++) {
    CmafOriginTrack *t = g_ptr_array_index (tracks, i);

    if (!cmaf_track_has_role (t, role) || !is_playable (hello, t))
      continue;
    if (g_strcmp0 (wanted, t->name) == 0)
      return t;
    if (wanted == NULL
        && (best == NULL
            || score (t, view, max_kbps) > score (best, view, max_kbps)))
      best = t;
  }
  return best;
}
