/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties, signals and messages around a packager.
 *
 * Settings belong to the object lock and are copied when the element starts.
 * @lock guards the packager pointer against readers that are not streaming
 * threads; it is taken before the packager's own lock, and never while a
 * streaming thread waits. */
#include "gstcmafmanifestsink.h"
#include "manifest-settings.h"
#include "stream-signals.h"
#include "stream-store.h"
#include "written-tracks.h"

#include <gst/cmaf/directory-store.h>
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
  CmafPackager *packager; /* lock: lock, and streaming threads */
  GstStructure *stats;    /* lock: lock; of the last run */
  GstClockTime start;     /* lock: lock; media time of the first segment */

  gchar *location;       /* from start to stop, as all below */
  gboolean writes_files; /* of tracks, into location */
  gint max_lag;
  gint knows_latency;     /* atomic: whether input is live was asked */
  CmafObjectStore *queue; /* NULL: location is no URL */
  GstClockTime drain_timeout;
  gboolean has_duration; /* of segments, by a setting */
} GstCmafManifestSinkPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (
    GstCmafManifestSink, gst_cmaf_manifest_sink, GST_TYPE_CMAF_TRACK_SINK)

#define GET_PRIVATE(self)                                                      \
  ((GstCmafManifestSinkPrivate *)gst_cmaf_manifest_sink_get_instance_private ( \
      self))

/* ---- streams of the application ---- */

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

/* ---- what the packager tells ---- */

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
on_segment (const CmafPublishedSegment *segment, gpointer user_data)
{
  GstCmafManifestSink *self = user_data;
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  g_autofree gchar *location = full_location (self, segment->name);
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
on_manifest (const gchar *name, gpointer user_data)
{
  GstCmafManifestSink *self = user_data;
  g_autofree gchar *location = full_location (self, name);

  GST_DEBUG_OBJECT (self, "manifest %s", location);
  GST_CMAF_MANIFEST_SINK_GET_CLASS (self)->manifest (self, location);
}

static void
on_warning (const GError *error, gpointer user_data)
{
  gst_cmaf_post_warning (GST_ELEMENT (user_data), error);
}

/* From a thread of the queue; a failure is that of the next chunk. */
static void
on_arrival (gpointer self)
{
  g_autoptr (GError) error = NULL;
  CmafPackager *packager = g_atomic_pointer_get (&GET_PRIVATE (self)->packager);

  if (packager != NULL && !cmaf_packager_poll (packager, &error))
    GST_DEBUG_OBJECT (self, "%s", error->message);
}

/* ---- start and stop ---- */

/* n / d seconds are the measure of patience. */
static void
tell_duration (const GstCmafManifestSinkPrivate *priv, guint64 n, guint64 d)
{
  cmaf_upload_queue_set_segment_duration (
      priv->queue, gst_util_uint64_scale (GST_SECOND, n, d));
}

/* The directory or the queue. */
static CmafObjectStore *
open_location (GstCmafManifestSink *self, const gchar *location,
    const CmafPackagerConfig *config, GError **error)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  CmafObjectStore *directory;

  if (manifest_upload_is_url (location)) {
    if (!config->write_segments) {
      g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
          "write-segments: found false, needs true when location is a URL");
      return NULL;
    }
    GST_OBJECT_LOCK (self);
    priv->queue = manifest_upload_open (GST_ELEMENT (self),
        &priv->settings.upload, location, config, on_arrival, error);
    GST_OBJECT_UNLOCK (self);
    return priv->queue != NULL ? cmaf_object_store_ref (priv->queue) : NULL;
  }
  directory = cmaf_directory_store_new (location, error);
  if (directory == NULL)
    g_prefix_error (error, "location: ");
  return directory;
}

static CmafObjectStore *
open_store (GstCmafManifestSink *self, const gchar *location,
    const CmafPackagerConfig *config, GError **error)
{
  static const StreamStoreCallbacks callbacks = { open_stream, delete_object };
  g_autoptr (CmafObjectStore) store = NULL;

  if (location == NULL && !stream_signals_have_handlers (self)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "location: is not set, needs the path of a directory or a URL");
    return NULL;
  }
  if (location != NULL) {
    store = open_location (self, location, config, error);
    if (store == NULL)
      return NULL;
  }
  if (!stream_signals_have_handlers (self))
    return g_steal_pointer (&store);
  return stream_store_new (store, &callbacks, self);
}

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

static gboolean
gst_cmaf_manifest_sink_start (GstCmafTrackSink *sink, GError **error)
{
  static const CmafPackagerCallbacks callbacks = { on_segment, on_manifest,
    on_warning };
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  g_autoptr (CmafObjectStore) store = NULL;
  g_autofree gchar *location = NULL;
  CmafPackagerConfig config;
  gboolean complete;

  GST_OBJECT_LOCK (self);
  configure_locked (self, &config);
  location = g_strdup (priv->settings.location);
  priv->max_lag = priv->settings.max_lag;
  complete = cmaf_packager_config_complete (&config, error);
  GST_OBJECT_UNLOCK (self);
  if (!complete)
    return FALSE;
  store = open_store (self, location, &config, error);
  g_mutex_lock (&priv->lock);
  priv->start = GST_CLOCK_TIME_NONE;
  g_free (priv->location);
  if (priv->queue != NULL)
    priv->location = cmaf_upload_hide_secrets (location);
  else
    priv->location = g_steal_pointer (&location);
  priv->drain_timeout = config.finish_wait;
  priv->has_duration = config.segment_duration_n > 0;
  if (priv->queue != NULL && priv->has_duration)
    tell_duration (priv, config.segment_duration_n, config.segment_duration_d);
  priv->writes_files = priv->location != NULL && config.write_segments
                       && !stream_signals_have_handlers (self);
  g_atomic_int_set (&priv->knows_latency, FALSE);
  if (store != NULL)
    g_atomic_pointer_set (&priv->packager,
        cmaf_packager_new (&config, store, &callbacks, self, error));
  if (priv->packager != NULL)
    cmaf_packager_set_expected (
        priv->packager, GST_ELEMENT (self)->numsinkpads);
  g_mutex_unlock (&priv->lock);
  cmaf_packager_config_clear (&config);
  if (priv->packager == NULL)
    g_clear_pointer (&priv->queue, cmaf_object_store_unref);
  return priv->packager != NULL;
}

/* Who waits for room. */
static void
unlock_queue (CmafObjectStore *queue, GstCmafTrackSinkPad *pad)
{
  GCancellable *cancellable =
      pad != NULL ? gst_cmaf_track_sink_pad_get_data (pad) : NULL;

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  cmaf_upload_queue_unlock (queue, pad == NULL);
}

static void
gst_cmaf_manifest_sink_unlock (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  g_mutex_lock (&priv->lock);
  if (priv->packager != NULL && pad == NULL)
    cmaf_packager_set_flushing (priv->packager, TRUE);
  if (priv->queue != NULL)
    unlock_queue (priv->queue, pad);
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

/* lock: lock */
static GstStructure *
get_stats_locked (GstCmafManifestSinkPrivate *priv)
{
  GstStructure *stats = cmaf_packager_get_stats (priv->packager);

  if (priv->queue != NULL) {
    GstStructure *upload = cmaf_upload_queue_get_stats (priv->queue);

    gst_structure_set (stats, "upload", GST_TYPE_STRUCTURE, upload, NULL);
    gst_structure_free (upload);
  }
  return stats;
}

static void
gst_cmaf_manifest_sink_stop (GstCmafTrackSink *sink)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  if (priv->queue != NULL)
    cmaf_upload_queue_stop (priv->queue); /* its threads take the lock */
  g_mutex_lock (&priv->lock);
  if (priv->packager != NULL) {
    g_clear_pointer (&priv->stats, gst_structure_free);
    priv->stats = get_stats_locked (priv);
  }
  g_clear_pointer (&priv->packager, cmaf_packager_free);
  g_clear_pointer (&priv->queue, cmaf_object_store_unref);
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
    cmaf_packager_set_max_lag (priv->packager, LIVE_MAX_LAG);
}

/* A file can wait for the server; what is live goes on without it. */
static void
tell_queue (
    GstCmafManifestSink *self, GstCmafTrackSinkPad *pad, const CmafTrack *track)
{
  CmafObjectStore *queue = GET_PRIVATE (self)->queue;

  if (queue == NULL)
    return;
  if (gst_cmaf_track_sink_pad_get_data (pad) == NULL)
    gst_cmaf_track_sink_pad_set_data (
        pad, g_cancellable_new (), g_object_unref);
  cmaf_upload_queue_set_patient (queue, !gst_cmaf_track_sink_pad_is_live (pad));
  if (!GET_PRIVATE (self)->has_duration && track->segment_duration_d > 0)
    tell_duration (GET_PRIVATE (self), track->segment_duration_n,
        track->segment_duration_d);
}

static void
warn_of_other_writer (GstCmafManifestSink *self, const gchar *name)
{
  const GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  g_autoptr (GError) warning = NULL;

  if (!priv->writes_files || written_tracks_add (priv->location, name, self))
    return;
  warning = g_error_new (CMAF_ERROR, CMAF_ERROR_CONFIG,
      "location: another element writes track %s into %s too, they replace "
      "each other's files; needs a directory or track name of its own, or "
      "write-segments=false when the files are the same",
      name, priv->location);
  gst_cmaf_post_warning (GST_ELEMENT (self), warning);
}

static GstFlowReturn
gst_cmaf_manifest_sink_header (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad,
    CmafTrack *track, GBytes *header, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);

  learn_latency (self, pad);
  tell_queue (self, pad, track);
  warn_of_other_writer (self, gst_cmaf_track_sink_pad_get_name (pad));
  if (cmaf_packager_set_header (GET_PRIVATE (self)->packager,
          gst_cmaf_track_sink_pad_get_name (pad), track, header, error))
    return GST_FLOW_OK;
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_cmaf_manifest_sink_chunk (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad,
    CmafChunk *chunk, GError **error)
{
  const GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  if (priv->queue != NULL
      && !cmaf_upload_queue_wait_for_room (
          priv->queue, gst_cmaf_track_sink_pad_get_data (pad)))
    return GST_FLOW_FLUSHING;
  if (cmaf_packager_push (
          priv->packager, gst_cmaf_track_sink_pad_get_name (pad), chunk, error))
    return GST_FLOW_OK;
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_cmaf_manifest_sink_end (
    GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  CmafPackager *packager = GET_PRIVATE (self)->packager;

  if (packager == NULL /* released after stop */
      || cmaf_packager_end_track (
          packager, gst_cmaf_track_sink_pad_get_name (pad), error))
    return GST_FLOW_OK;
  return GST_FLOW_ERROR;
}

/* The server has taken at last what was not waited for. */
static void
warn_of_unlisted (GstCmafManifestSink *self)
{
  const GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  guint n = cmaf_packager_get_unlisted (priv->packager);
  g_autoptr (GError) warning = NULL;

  if (n == 0)
    return;
  warning = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "%s: %u objects came too late for the last manifest, and are not listed; "
      "needs a longer drain-timeout",
      priv->location, n);
  gst_cmaf_post_warning (GST_ELEMENT (self), warning);
}

static gboolean
gst_cmaf_manifest_sink_finish (GstCmafTrackSink *sink, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  const GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);

  if (priv->packager == NULL)
    return TRUE;
  if (!cmaf_packager_finish (priv->packager, error))
    return FALSE;
  if (priv->queue == NULL)
    return TRUE;
  if (!cmaf_upload_queue_drain (priv->queue, priv->drain_timeout, error))
    return FALSE;
  warn_of_unlisted (self);
  return TRUE;
}

/* ---- pads ---- */

static void
update_expected (GstCmafManifestSink *self)
{
  GstCmafManifestSinkPrivate *priv = GET_PRIVATE (self);
  guint n;

  GST_OBJECT_LOCK (self);
  n = GST_ELEMENT (self)->numsinkpads;
  GST_OBJECT_UNLOCK (self);
  g_mutex_lock (&priv->lock);
  if (priv->packager != NULL)
    cmaf_packager_set_expected (priv->packager, n);
  g_mutex_unlock (&priv->lock);
}

static GstPad *
gst_cmaf_manifest_sink_request_new_pad (GstElement *element,
    GstPadTemplate *template_, const gchar *name, const GstCaps *caps)
{
  GstPad *pad = GST_ELEMENT_CLASS (gst_cmaf_manifest_sink_parent_class)
                    ->request_new_pad (element, template_, name, caps);

  if (pad != NULL)
    update_expected (GST_CMAF_MANIFEST_SINK (element));
  return pad;
}

static void
gst_cmaf_manifest_sink_release_pad (GstElement *element, GstPad *pad)
{
  GST_ELEMENT_CLASS (gst_cmaf_manifest_sink_parent_class)
      ->release_pad (element, pad);
  update_expected (GST_CMAF_MANIFEST_SINK (element));
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
  if (priv->packager != NULL)
    stats = get_stats_locked (priv);
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
  if (priv->queue != NULL)
    cmaf_upload_queue_set_credentials (
        priv->queue, now->user_id, now->user_pw, now->bearer_token);
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
  g_clear_pointer (&priv->packager, cmaf_packager_free);
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
  element_class->request_new_pad = gst_cmaf_manifest_sink_request_new_pad;
  element_class->release_pad = gst_cmaf_manifest_sink_release_pad;
  sink_class->start = gst_cmaf_manifest_sink_start;
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
