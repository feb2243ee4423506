/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties, signals and messages around the places where everything goes.
 *
 * Settings belong to the object lock and are copied when the element starts.
 * @lock guards the pointer to the outputs against readers that are not
 * streaming threads; it is taken before the locks of packagers, and never while
 * a streaming thread waits. */
#include "gstcmafmanifestsink.h"
#include "manifest-outputs.h"
#include "manifest-settings.h"
#include "stream-signals.h"
#include "written-tracks.h"

#include <gst/cmaf/store-location.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafenums.h>
#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (manifest_sink_debug);
#define GST_CAT_DEFAULT manifest_sink_debug

#define LIVE_MAX_LAG 10 /* segments */

typedef struct
{
  ManifestSettings settings; /* lock: object */

  GMutex lock;
  ManifestOutputs *outputs; /* lock: lock, and streaming threads */
  GstStructure *stats;      /* lock: lock; of the last run */
  GstClockTime start;       /* lock: lock; media time of the first segment */

  gchar *location;       /* without secrets; from start to stop, as all below */
  gchar **locations;     /* it and all others */
  gboolean writes_files; /* of tracks, into directories */
  gint max_lag;
  gint knows_latency;    /* atomic: whether input is live was asked */
  gboolean has_duration; /* of segments, by a setting */
} GstCmafManifestSinkPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (
    GstCmafManifestSink, gst_cmaf_manifest_sink, GST_TYPE_CMAF_TRACK_SINK)

#define GET_PRIVATE(self)                                                      \
  ((GstCmafManifestSinkPrivate *)gst_cmaf_manifest_sink_get_instance_private ( \
      self))

/* ---- streams of the application ---- */

/* It has them in place of location. */
static gchar *
full_location (GstCmafManifestSink *self, const gchar *name)
{
  const gchar *folder = GET_PRIVATE (self)->location;

  return folder != NULL ? g_build_filename (folder, name, NULL)
                        : g_strdup (name);
}

static GOutputStream *
open_stream (const gchar *name, gpointer self)
{
  g_autofree gchar *location = full_location (self, name);

  return stream_signals_open (self, name, location);
}

static gboolean
delete_object (const gchar *name, gpointer self)
{
  g_autofree gchar *location = full_location (self, name);

  return stream_signals_delete (self, location);
}

/* ---- what is told ---- */

void
gst_cmaf_manifest_sink_set_segment (GstStructure *structure,
    const CmafPublishedSegment *segment, const gchar *location,
    GstClockTime since_start)
{
  gst_structure_set (structure, "location", G_TYPE_STRING, location,
      "track-name", G_TYPE_STRING, segment->track_name, "number", G_TYPE_UINT64,
      segment->number, "media-time", GST_TYPE_CLOCK_TIME,
      cmaf_ns_from_ticks (segment->decode_time, segment->timescale),
      "running-time", GST_TYPE_CLOCK_TIME, since_start, "duration",
      GST_TYPE_CLOCK_TIME,
      cmaf_ns_from_ticks (segment->duration, segment->timescale), "size",
      G_TYPE_UINT64, (guint64)segment->size, NULL);
}

static void
on_segment (const CmafPublishedSegment *segment, const gchar *location,
    gpointer user_data)
{
  GstCmafManifestSink *self = user_data;
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  GstClockTime time =
      cmaf_ns_from_ticks (segment->decode_time, segment->timescale);
  GstClockTime since_start;

  g_mutex_lock (&priv->lock);
  if (!GST_CLOCK_TIME_IS_VALID (priv->start))
    priv->start = time;
  since_start = time - MIN (time, priv->start);
  g_mutex_unlock (&priv->lock);
  GST_INFO_OBJECT (self, "segment %s", location);
  GST_CMAF_MANIFEST_SINK_GET_CLASS (self)->segment (
      self, segment, location, since_start);
}

static void
on_manifest (const gchar *location, gpointer user_data)
{
  GstCmafManifestSink *self = user_data;

  GST_DEBUG_OBJECT (self, "manifest %s", location);
  GST_CMAF_MANIFEST_SINK_GET_CLASS (self)->manifest (self, location);
}

/* ---- start and stop ---- */

/* lock: object. Strings are borrowed from the settings. */
static void
configure_locked (GstCmafManifestSink *self, CmafPackagerConfig *config)
{
  const ManifestSettings *settings = &GET_PRIVATE (self)->settings;

  cmaf_packager_config_init (config);
  config->mpd_name = NULL;
  config->master_name = NULL;
  manifest_settings_configure (settings, config);
  GST_CMAF_MANIFEST_SINK_GET_CLASS (self)->configure (self, config);
}

/* lock: object */
static ManifestOutputs *
open_outputs_locked (GstCmafManifestSink *self,
    const CmafPackagerConfig *packager, GError **error)
{
  static const StreamStoreCallbacks streams = { open_stream, delete_object };
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  gboolean has_streams = stream_signals_have_handlers (self);
  const ManifestOutputConfig config = {
    .element = GST_ELEMENT (self),
    .location = priv->location,
    .upload = &priv->settings.upload,
    .packager = packager,
    .streams = has_streams ? &streams : NULL,
    .callbacks = { .segment = on_segment, .manifest = on_manifest },
    .user_data = self,
  };

  if (priv->locations[0] == NULL && !has_streams) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "location: is not set, needs the path of a directory or a URL");
    return NULL;
  }
  priv->writes_files = packager->write_segments && !has_streams;
  return manifest_outputs_new (
      &config, (const gchar *const *)priv->locations, error);
}

/* n / d seconds are the measure of patience. */
static void
tell_duration (ManifestOutputs *outputs, guint64 n, guint64 d)
{
  manifest_outputs_set_segment_duration (
      outputs, gst_util_uint64_scale (GST_SECOND, n, d));
}

static gboolean
gst_cmaf_manifest_sink_start (GstCmafTrackSink *sink, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  ManifestOutputs *outputs = NULL;
  CmafPackagerConfig config;

  GST_OBJECT_LOCK (self);
  configure_locked (self, &config);
  g_strfreev (priv->locations);
  priv->locations = manifest_settings_split_locations (&priv->settings);
  g_free (priv->location);
  priv->location = cmaf_store_location_show (priv->settings.location);
  priv->max_lag = priv->settings.max_lag;
  if (cmaf_packager_config_complete (&config, error)) {
    outputs = open_outputs_locked (self, &config, error);
    priv->has_duration = config.segment_duration_n > 0;
    if (outputs != NULL && priv->has_duration)
      tell_duration (
          outputs, config.segment_duration_n, config.segment_duration_d);
    cmaf_packager_config_clear (&config);
  }
  GST_OBJECT_UNLOCK (self);
  if (outputs == NULL)
    return FALSE;
  manifest_settings_warn (GST_ELEMENT (self), &priv->settings);
  g_atomic_int_set (&priv->knows_latency, FALSE);
  g_mutex_lock (&priv->lock);
  priv->start = GST_CLOCK_TIME_NONE;
  priv->outputs = outputs;
  g_mutex_unlock (&priv->lock);
  return TRUE;
}

static void
gst_cmaf_manifest_sink_expect (GstCmafTrackSink *sink, guint n_tracks)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  g_mutex_lock (&priv->lock);
  if (priv->outputs != NULL)
    manifest_outputs_set_expected (priv->outputs, n_tracks);
  g_mutex_unlock (&priv->lock);
}

static void
gst_cmaf_manifest_sink_unlock (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));
  GCancellable *cancellable =
      pad != NULL ? gst_cmaf_track_sink_pad_get_data (pad) : NULL;

  g_mutex_lock (&priv->lock);
  if (priv->outputs != NULL && (pad == NULL || cancellable != NULL))
    manifest_outputs_unlock (priv->outputs, cancellable);
  g_mutex_unlock (&priv->lock);
}

static void
gst_cmaf_manifest_sink_unlock_stop (
    GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GCancellable *cancellable = gst_cmaf_track_sink_pad_get_data (pad);

  if (cancellable != NULL)
    g_cancellable_reset (cancellable);
}

static void
gst_cmaf_manifest_sink_stop (GstCmafTrackSink *sink)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  if (priv->outputs != NULL)
    manifest_outputs_stop (priv->outputs); /* its threads take the lock */
  g_mutex_lock (&priv->lock);
  if (priv->outputs != NULL) {
    g_clear_pointer (&priv->stats, gst_structure_free);
    priv->stats = manifest_outputs_get_stats (priv->outputs);
  }
  g_clear_pointer (&priv->outputs, manifest_outputs_free);
  g_mutex_unlock (&priv->lock);
  written_tracks_remove (sink);
}

/* ---- tracks ---- */

/* A live track that falls behind cannot hold the others for ever; a file that
 * is read at its own speed can. */
static void
learn_latency (GstCmafManifestSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);

  if (priv->max_lag >= 0
      || !g_atomic_int_compare_and_exchange (&priv->knows_latency, FALSE, TRUE))
    return;
  if (gst_cmaf_track_sink_pad_is_live (pad))
    manifest_outputs_set_max_lag (priv->outputs, LIVE_MAX_LAG);
}

/* A file can wait for a server; what is live goes on without it. */
static void
tell_patience (
    GstCmafManifestSink *self, GstCmafTrackSinkPad *pad, const CmafTrack *track)
{
  const GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);

  if (gst_cmaf_track_sink_pad_get_data (pad) == NULL)
    gst_cmaf_track_sink_pad_set_data (
        pad, g_cancellable_new (), g_object_unref);
  manifest_outputs_set_patient (
      priv->outputs, !gst_cmaf_track_sink_pad_is_live (pad));
  if (!priv->has_duration && track->segment_duration_d > 0)
    tell_duration (
        priv->outputs, track->segment_duration_n, track->segment_duration_d);
}

static void
warn_of_other_writer (
    GstCmafManifestSink *self, const gchar *location, const gchar *name)
{
  if (written_tracks_add (location, name, self))
    return;
  gst_cmaf_warn (GST_ELEMENT (self), CMAF_ERROR_CONFIG,
      "location: another element writes track %s into %s too, they replace "
      "each other's files; needs a directory or track name of its own, or "
      "write-segments=false when the files are the same",
      name, location);
}

static void
check_other_writers (GstCmafManifestSink *self, const gchar *name)
{
  const GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);

  for (guint i = 0; priv->writes_files && priv->locations[i] != NULL; i++)
    if (!manifest_upload_is_url (priv->locations[i]))
      warn_of_other_writer (self, priv->locations[i], name);
}

static GstFlowReturn
gst_cmaf_manifest_sink_header (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad,
    CmafTrack *track, GBytes *header, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  const gchar *name = gst_cmaf_track_sink_pad_get_name (pad);

  learn_latency (self, pad);
  tell_patience (self, pad, track);
  check_other_writers (self, name);
  if (manifest_outputs_set_header (
          GET_PRIVATE (self)->outputs, name, track, header, error))
    return GST_FLOW_OK;
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_cmaf_manifest_sink_chunk (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad,
    CmafChunk *chunk, GError **error)
{
  const GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  return manifest_outputs_push (priv->outputs,
      gst_cmaf_track_sink_pad_get_name (pad), chunk,
      gst_cmaf_track_sink_pad_get_data (pad), error);
}

static GstFlowReturn
gst_cmaf_manifest_sink_end (
    GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  ManifestOutputs *outputs = GET_PRIVATE (self)->outputs;

  if (outputs == NULL /* released after stop */
      || manifest_outputs_end_track (
          outputs, gst_cmaf_track_sink_pad_get_name (pad), error))
    return GST_FLOW_OK;
  return GST_FLOW_ERROR;
}

static gboolean
gst_cmaf_manifest_sink_finish (GstCmafTrackSink *sink, GError **error)
{
  const GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  return priv->outputs == NULL
         || manifest_outputs_finish (priv->outputs, error);
}

/* ---- properties ---- */

static GstStructure *
get_stats (GstCmafManifestSink *self)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  GstElementFactory *factory = gst_element_get_factory (GST_ELEMENT (self));
  g_autofree gchar *name =
      g_strdup_printf ("application/x-%s-stats", GST_OBJECT_NAME (factory));
  GstStructure *stats;

  g_mutex_lock (&priv->lock);
  if (priv->outputs != NULL)
    stats = manifest_outputs_get_stats (priv->outputs);
  else if (priv->stats != NULL)
    stats = gst_structure_copy (priv->stats);
  else
    stats = gst_structure_new_empty (name);
  g_mutex_unlock (&priv->lock);
  gst_structure_set_name (stats, name);
  return stats;
}

/* Also while it runs. */
static void
renew_credentials (GstCmafManifestSink *self)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  const CmafUploadProperties *now = &priv->settings.upload.common;

  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  if (priv->outputs != NULL)
    manifest_outputs_set_credentials (
        priv->outputs, now->user_id, now->user_pw, now->bearer_token);
  GST_OBJECT_UNLOCK (self);
  g_mutex_unlock (&priv->lock);
}

static void
gst_cmaf_manifest_sink_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (object);

  GST_OBJECT_LOCK (object);
  if (!manifest_settings_set (&GET_PRIVATE (self)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (object);
  if (manifest_settings_is_credential (id))
    renew_credentials (self);
}

static void
gst_cmaf_manifest_sink_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (object);

  if (id == MANIFEST_PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (object);
  if (!manifest_settings_get (&GET_PRIVATE (self)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (object);
}

static void
gst_cmaf_manifest_sink_finalize (GObject *object)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (object));

  manifest_settings_clear (&priv->settings);
  g_free (priv->location);
  g_strfreev (priv->locations);
  g_clear_pointer (&priv->stats, gst_structure_free);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (gst_cmaf_manifest_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_manifest_sink_init (GstCmafManifestSink *self)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);

  g_mutex_init (&priv->lock);
  manifest_settings_init (&priv->settings);
  priv->start = GST_CLOCK_TIME_NONE;
}

static void
gst_cmaf_manifest_sink_class_init (GstCmafManifestSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCmafTrackSinkClass *sink_class = GST_CMAF_TRACK_SINK_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (manifest_sink_debug, "cmafmanifestsink", 0,
      "base class of cmafdashsink and cmafhlssink");
  object_class->set_property = gst_cmaf_manifest_sink_set_property;
  object_class->get_property = gst_cmaf_manifest_sink_get_property;
  object_class->finalize = gst_cmaf_manifest_sink_finalize;
  sink_class->start = gst_cmaf_manifest_sink_start;
  sink_class->expect = gst_cmaf_manifest_sink_expect;
  sink_class->unlock = gst_cmaf_manifest_sink_unlock;
  sink_class->unlock_stop = gst_cmaf_manifest_sink_unlock_stop;
  sink_class->stop = gst_cmaf_manifest_sink_stop;
  sink_class->header = gst_cmaf_manifest_sink_header;
  sink_class->chunk = gst_cmaf_manifest_sink_chunk;
  sink_class->end = gst_cmaf_manifest_sink_end;
  sink_class->finish = gst_cmaf_manifest_sink_finish;
  manifest_settings_install (object_class);
  stream_signals_install (GST_TYPE_CMAF_MANIFEST_SINK);
  gst_cmaf_track_sink_class_add_template (element_class);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_MANIFEST_SINK, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_ADDRESSING, 0);
  gst_type_mark_as_plugin_api (CMAF_TYPE_AUTH_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_MANIFEST_TYPE, 0);
}
