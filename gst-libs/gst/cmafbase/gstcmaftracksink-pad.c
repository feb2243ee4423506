/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The pad of a track sink, and the name of the track on it. */
#include "gstcmaftracksink-private.h"

#include "gstcmafmessage.h"

#include <gst/cmaf/segment-name.h>
#include <stdio.h>

enum
{
  PROP_0,
  PROP_TRACK_NAME,
};

G_DEFINE_TYPE (GstCmafTrackSinkPad, gst_cmaf_track_sink_pad, GST_TYPE_PAD)

/* ---- the object ---- */

void
gst_cmaf_track_sink_pad_reset (GstCmafTrackSinkPad *pad)
{
  g_clear_pointer (&pad->reader, cmaf_fragment_reader_free);
  g_clear_pointer (&pad->header, g_bytes_unref);
  g_clear_pointer (&pad->caps_name, g_free);
  g_clear_pointer (&pad->caps_language, g_free);
  g_clear_pointer (&pad->caps_role, g_free);
  pad->result = GST_FLOW_OK;
}

static void
gst_cmaf_track_sink_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  switch (id) {
    case PROP_TRACK_NAME:
      GST_OBJECT_LOCK (pad);
      g_free (pad->track_name);
      pad->track_name = g_value_dup_string (value);
      GST_OBJECT_UNLOCK (pad);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_cmaf_track_sink_pad_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  switch (id) {
    case PROP_TRACK_NAME:
      GST_OBJECT_LOCK (pad);
      g_value_set_string (value, pad->name ? pad->name : pad->track_name);
      GST_OBJECT_UNLOCK (pad);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_cmaf_track_sink_pad_finalize (GObject *object)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  gst_cmaf_track_sink_pad_set_data (pad, NULL, NULL);
  gst_cmaf_track_sink_pad_reset (pad);
  g_free (pad->track_name);
  g_free (pad->name);
  G_OBJECT_CLASS (gst_cmaf_track_sink_pad_parent_class)->finalize (object);
}

static void
gst_cmaf_track_sink_pad_init (GstCmafTrackSinkPad *pad)
{
}

static void
gst_cmaf_track_sink_pad_class_init (GstCmafTrackSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_cmaf_track_sink_pad_set_property;
  object_class->get_property = gst_cmaf_track_sink_pad_get_property;
  object_class->finalize = gst_cmaf_track_sink_pad_finalize;
  /**
   * GstCmafTrackSinkPad:track-name:
   *
   * Name of the track in paths, URLs and manifests. Unset: the caps field
   * track-name, else made from media type and pad number.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_TRACK_NAME,
      g_param_spec_string ("track-name", "Track name",
          "Name of the track in paths, URLs and manifests (unset: from the "
          "caps, else from media type and pad number)",
          NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
}

void
gst_cmaf_track_sink_pad_set_data (
    GstCmafTrackSinkPad *pad, gpointer data, GDestroyNotify destroy)
{
  if (pad->data && pad->destroy_data)
    pad->destroy_data (pad->data);
  pad->data = data;
  pad->destroy_data = destroy;
}

gpointer
gst_cmaf_track_sink_pad_get_data (GstCmafTrackSinkPad *pad)
{
  return pad->data;
}

const gchar *
gst_cmaf_track_sink_pad_get_name (GstCmafTrackSinkPad *pad)
{
  return pad->name;
}

gboolean
gst_cmaf_track_sink_pad_get_latency (GstCmafTrackSinkPad *pad,
    gboolean *is_live, GstClockTime *min, GstClockTime *max)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();

  if (!gst_pad_peer_query (GST_PAD (pad), query))
    return FALSE;
  gst_query_parse_latency (query, is_live, min, max);
  return TRUE;
}

gboolean
gst_cmaf_track_sink_pad_is_live (GstCmafTrackSinkPad *pad)
{
  gboolean is_live;

  return gst_cmaf_track_sink_pad_get_latency (pad, &is_live, NULL, NULL)
         && is_live;
}

/* ---- its name ---- */

/* By a track that goes on: one that has ended may come back on another pad.
 * lock: lock, object. */
static gboolean
is_taken (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, const gchar *name)
{
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    GstCmafTrackSinkPad *other = l->data;

    if (other != pad && !other->has_ended && g_strcmp0 (other->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* @wish, or what comes close. lock: lock, object. (transfer full) */
static gchar *
find_name (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, const gchar *wish,
    guint number)
{
  gchar *first = cmaf_track_name_make (wish);
  gchar *name = g_strdup (first);

  for (; is_taken (self, pad, name); number++) {
    g_free (name);
    name = cmaf_track_name_number (first, number);
  }
  g_free (first);
  return name;
}

static void
tell_renamed (GstCmafTrackSink *self, const gchar *wish, const gchar *name)
{
  g_autofree gchar *valid = cmaf_track_name_make (wish);

  gst_cmaf_warn (GST_ELEMENT (self), CMAF_ERROR_CONFIG,
      "track-name: \"%s\" is used as \"%s\": %s", wish, name,
      g_str_equal (valid, wish)
          ? "another pad has it, needs one of its own"
          : "needs at most 64 letters, digits and ._~-, the first of them a "
            "letter or digit");
}

/* (transfer full) */
static gchar *
make_wish (GstCmafTrackSinkPad *pad, const CmafTrack *track, guint number)
{
  g_autofree gchar *wish = NULL;

  GST_OBJECT_LOCK (pad);
  wish = g_strdup (pad->track_name ? pad->track_name : pad->caps_name);
  GST_OBJECT_UNLOCK (pad);
  if (wish && *wish)
    return g_steal_pointer (&wish);
  return g_strdup_printf ("%s-%u", cmaf_track_content_type (track), number);
}

void
gst_cmaf_track_sink_pad_take_name (GstCmafTrackSinkPad *pad, gchar *name)
{
  GST_OBJECT_LOCK (pad);
  g_free (pad->name);
  pad->name = name;
  GST_OBJECT_UNLOCK (pad);
}

void
gst_cmaf_track_sink_pad_resolve_name (
    GstCmafTrackSinkPad *pad, GstCmafTrackSink *self, const CmafTrack *track)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  g_autofree gchar *wish = NULL;
  guint number = 0;

  if (pad->name)
    return;
  sscanf (GST_PAD_NAME (pad), "sink_%u", &number);
  wish = make_wish (pad, track, number);
  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  gst_cmaf_track_sink_pad_take_name (pad, find_name (self, pad, wish, number));
  GST_OBJECT_UNLOCK (self);
  g_mutex_unlock (&priv->lock);
  if (!g_str_equal (pad->name, wish))
    tell_renamed (self, wish, pad->name);
}
