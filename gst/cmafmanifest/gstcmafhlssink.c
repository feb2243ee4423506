/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafhlssink
 * @title: cmafhlssink
 *
 * Writes CMAF tracks as HLS into a directory: headers, segments, a media
 * playlist for each track and a multivariant playlist. Playlists are functions
 * of what was published, so that several packagers of one service write the
 * same.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 -e videotestsrc num-buffers=500 ! video/x-raw,framerate=25/1 !
 *     x264enc tune=zerolatency ! h264parse !
 *     cmafsyncmux timing-sources=fixed track-name=video ! cmafhlssink
 *     location=/tmp/hls
 * ]|
 */
#include "gstcmafhlssink.h"

#define DEFAULT_MASTER_NAME "master.m3u8"
#define DEFAULT_PLAYLIST_NAME "media.m3u8"

struct _GstCmafHlsSink
{
  GstCmafManifestSink parent;
  gchar *master_name;   /* lock: object */
  gchar *playlist_name; /* lock: object */
};

enum
{
  PROP_0,
  PROP_MASTER_NAME,
  PROP_PLAYLIST_NAME,
};

G_DEFINE_TYPE (GstCmafHlsSink, gst_cmaf_hls_sink, GST_TYPE_CMAF_MANIFEST_SINK)
GST_ELEMENT_REGISTER_DEFINE (
    cmafhlssink, "cmafhlssink", GST_RANK_NONE, GST_TYPE_CMAF_HLS_SINK)

static void
gst_cmaf_hls_sink_configure (
    GstCmafManifestSink *sink, CmafPackagerConfig *config)
{
  config->master_name = GST_CMAF_HLS_SINK (sink)->master_name;
  config->playlist_name = GST_CMAF_HLS_SINK (sink)->playlist_name;
}

static void
gst_cmaf_hls_sink_segment (GstCmafManifestSink *sink,
    const CmafPublishedSegment *segment, const gchar *location,
    GstClockTime since_start)
{
  GstStructure *structure = gst_structure_new_empty ("hls-segment-added");

  gst_cmaf_manifest_sink_set_segment (
      structure, segment, location, since_start);
  gst_element_post_message (GST_ELEMENT (sink),
      gst_message_new_element (GST_OBJECT (sink), structure));
}

static void
gst_cmaf_hls_sink_manifest (GstCmafManifestSink *sink, const gchar *location)
{
  gst_element_post_message (
      GST_ELEMENT (sink), gst_message_new_element (GST_OBJECT (sink),
                              gst_structure_new ("hls-playlist-update",
                                  "location", G_TYPE_STRING, location, NULL)));
}

static void
set_name (gchar **name, const GValue *value, const gchar *default_name)
{
  const gchar *wish = g_value_get_string (value);

  g_free (*name);
  *name = g_strdup (wish != NULL ? wish : default_name);
}

static void
gst_cmaf_hls_sink_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafHlsSink *self = GST_CMAF_HLS_SINK (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_MASTER_NAME:
      set_name (&self->master_name, value, DEFAULT_MASTER_NAME);
      break;
    case PROP_PLAYLIST_NAME:
      set_name (&self->playlist_name, value, DEFAULT_PLAYLIST_NAME);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_cmaf_hls_sink_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafHlsSink *self = GST_CMAF_HLS_SINK (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_MASTER_NAME:
      g_value_set_string (value, self->master_name);
      break;
    case PROP_PLAYLIST_NAME:
      g_value_set_string (value, self->playlist_name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_cmaf_hls_sink_finalize (GObject *object)
{
  GstCmafHlsSink *self = GST_CMAF_HLS_SINK (object);

  g_free (self->master_name);
  g_free (self->playlist_name);
  G_OBJECT_CLASS (gst_cmaf_hls_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_hls_sink_init (GstCmafHlsSink *self)
{
  self->master_name = g_strdup (DEFAULT_MASTER_NAME);
  self->playlist_name = g_strdup (DEFAULT_PLAYLIST_NAME);
}

static void
gst_cmaf_hls_sink_class_init (GstCmafHlsSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstCmafManifestSinkClass *sink_class = GST_CMAF_MANIFEST_SINK_CLASS (klass);

  object_class->set_property = gst_cmaf_hls_sink_set_property;
  object_class->get_property = gst_cmaf_hls_sink_get_property;
  object_class->finalize = gst_cmaf_hls_sink_finalize;
  sink_class->configure = gst_cmaf_hls_sink_configure;
  sink_class->segment = gst_cmaf_hls_sink_segment;
  sink_class->manifest = gst_cmaf_hls_sink_manifest;
  /**
   * GstCmafHlsSink:master-name:
   *
   * File name of the multivariant playlist in #GstCmafManifestSink:location.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MASTER_NAME,
      g_param_spec_string ("master-name", "Multivariant playlist name",
          "File name of the multivariant playlist", DEFAULT_MASTER_NAME,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
  /**
   * GstCmafHlsSink:playlist-name:
   *
   * File name of a media playlist, in the folder of its track.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PLAYLIST_NAME,
      g_param_spec_string ("playlist-name", "Media playlist name",
          "File name of a media playlist in the folder of its track",
          DEFAULT_PLAYLIST_NAME,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "CMAF HLS sink", "Sink",
      "Writes CMAF tracks as HLS segments and playlists",
      "the gst-cmaf authors");
}
