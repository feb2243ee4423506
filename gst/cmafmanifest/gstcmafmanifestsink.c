/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties, signals and messages around a packager.
 *
 * Settings belong to the object lock and are copied when the element starts.
 * @lock guards the packager pointer against readers that are not streaming
 * threads; it is taken before the packager's own lock, and never while a
 * streaming thread waits. */
#include "gstcmafmanifestsink.h"
#include "stream-store.h"
#include "written-tracks.h"

#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafenums.h>
#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (manifest_sink_debug);
#define GST_CAT_DEFAULT manifest_sink_debug

#define DEFAULT_WINDOW_QUANTUM 4
#define LIVE_MAX_LAG 10 /* segments */

typedef struct
{
  gchar *location;
  gchar *media_template;
  gchar *presentation_id;
  CmafManifestType type;
  CmafAddressing addressing;
  gint segment_duration_n, segment_duration_d;
  guint number_offset;
  GstClockTime window_length;
  guint window_quantum;
  GstClockTime availability_start;
  gint max_lag;
  gboolean low_latency;
  gboolean write_segments;
} Settings;

typedef struct
{
  Settings settings; /* lock: object */

  GMutex lock;
  CmafPackager *packager; /* lock: lock, and streaming threads */
  GstStructure *stats;    /* lock: lock; of the last run */
  GstClockTime start;     /* lock: lock; media time of the first segment */

  gchar *location;       /* from start to stop, as all below */
  gboolean writes_files; /* of tracks, into location */
  gint max_lag;
  gint knows_latency; /* atomic: whether input is live was asked */
} GstCmafManifestSinkPrivate;

enum
{
  PROP_0,
  PROP_LOCATION,
  PROP_MEDIA_TEMPLATE,
  PROP_PRESENTATION_ID,
  PROP_MANIFEST_TYPE,
  PROP_ADDRESSING,
  PROP_SEGMENT_DURATION,
  PROP_NUMBER_OFFSET,
  PROP_WINDOW_LENGTH,
  PROP_WINDOW_QUANTUM,
  PROP_AVAILABILITY_START_TIME,
  PROP_MAX_LAG,
  PROP_LOW_LATENCY,
  PROP_WRITE_SEGMENTS,
  PROP_STATS,
};

enum
{
  SIGNAL_GET_PLAYLIST_STREAM,
  SIGNAL_GET_INIT_STREAM,
  SIGNAL_GET_FRAGMENT_STREAM,
  SIGNAL_DELETE_FRAGMENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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
open_stream (const gchar *name, gpointer user_data)
{
  GstCmafManifestSink *self = user_data;
  g_autofree gchar *location = full_location (self, name);
  g_autofree gchar *base = g_path_get_basename (name);
  guint id = SIGNAL_GET_FRAGMENT_STREAM;
  GOutputStream *stream = NULL;

  if (g_str_has_suffix (base, ".mpd") || g_str_has_suffix (base, ".m3u8"))
    id = SIGNAL_GET_PLAYLIST_STREAM;
  else if (g_str_has_prefix (base, "init-"))
    id = SIGNAL_GET_INIT_STREAM;
  g_signal_emit (self, signals[id], 0, location, &stream);
  return stream;
}

static gboolean
delete_object (const gchar *name, gpointer user_data)
{
  GstCmafManifestSink *self = user_data;
  g_autofree gchar *location = full_location (self, name);
  gboolean deleted = FALSE;

  g_signal_emit (self, signals[SIGNAL_DELETE_FRAGMENT], 0, location, &deleted);
  return deleted;
}

static gboolean
has_handlers (GstCmafManifestSink *self)
{
  guint i;

  for (i = 0; i < N_SIGNALS; i++)
    if (g_signal_has_handler_pending (self, signals[i], 0, FALSE))
      return TRUE;
  return FALSE;
}

static gboolean
first_stream_wins (GSignalInvocationHint *hint, GValue *result,
    const GValue *answer, gpointer data)
{
  g_value_copy (answer, result);
  return g_value_get_object (answer) == NULL;
}

static gboolean
first_true_wins (GSignalInvocationHint *hint, GValue *result,
    const GValue *answer, gpointer data)
{
  g_value_copy (answer, result);
  return !g_value_get_boolean (answer);
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

/* ---- start and stop ---- */

static CmafObjectStore *
open_store (GstCmafManifestSink *self, const gchar *location, GError **error)
{
  static const StreamStoreCallbacks callbacks = { open_stream, delete_object };
  g_autoptr (CmafObjectStore) directory = NULL;

  if (location == NULL && !has_handlers (self)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "location: is not set, needs the path of a directory");
    return NULL;
  }
  if (location != NULL) {
    directory = cmaf_directory_store_new (location, error);
    if (directory == NULL) {
      g_prefix_error (error, "location: ");
      return NULL;
    }
  }
  if (!has_handlers (self))
    return g_steal_pointer (&directory);
  return stream_store_new (directory, &callbacks, self);
}

/* lock: object. Strings are borrowed from the settings. */
static void
configure_locked (GstCmafManifestSink *self, CmafPackagerConfig *config)
{
  const Settings *settings = &GET_PRIVATE (self)->settings;

  cmaf_packager_config_init (config);
  config->mpd_name = NULL;
  config->master_name = NULL;
  config->media_template = settings->media_template;
  config->presentation_id = settings->presentation_id;
  config->type = settings->type;
  config->addressing = settings->addressing;
  if (settings->segment_duration_n > 0) {
    config->segment_duration_n = settings->segment_duration_n;
    config->segment_duration_d = settings->segment_duration_d;
  }
  config->number_offset = settings->number_offset;
  config->window_length = settings->window_length;
  config->window_quantum = settings->window_quantum;
  config->availability_start = settings->availability_start;
  config->max_lag = MAX (settings->max_lag, 0);
  config->low_latency = settings->low_latency;
  config->write_segments = settings->write_segments;
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
  store = open_store (self, location, error);
  g_mutex_lock (&priv->lock);
  priv->start = GST_CLOCK_TIME_NONE;
  g_free (priv->location);
  priv->location = g_steal_pointer (&location);
  priv->writes_files =
      priv->location != NULL && config.write_segments && !has_handlers (self);
  g_atomic_int_set (&priv->knows_latency, FALSE);
  if (store != NULL)
    priv->packager =
        cmaf_packager_new (&config, store, &callbacks, self, error);
  if (priv->packager != NULL)
    cmaf_packager_set_expected (
        priv->packager, GST_ELEMENT (self)->numsinkpads);
  g_mutex_unlock (&priv->lock);
  cmaf_packager_config_clear (&config);
  return priv->packager != NULL;
}

static void
gst_cmaf_manifest_sink_unlock (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  g_mutex_lock (&priv->lock);
  if (priv->packager != NULL && pad == NULL)
    cmaf_packager_set_flushing (priv->packager, TRUE);
  g_mutex_unlock (&priv->lock);
}

static void
gst_cmaf_manifest_sink_stop (GstCmafTrackSink *sink)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (sink));

  g_mutex_lock (&priv->lock);
  if (priv->packager != NULL) {
    g_clear_pointer (&priv->stats, gst_structure_free);
    priv->stats = cmaf_packager_get_stats (priv->packager);
  }
  g_clear_pointer (&priv->packager, cmaf_packager_free);
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
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);

  if (cmaf_packager_push (GET_PRIVATE (self)->packager,
          gst_cmaf_track_sink_pad_get_name (pad), chunk, error))
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

static gboolean
gst_cmaf_manifest_sink_finish (GstCmafTrackSink *sink, GError **error)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (sink);
  CmafPackager *packager = GET_PRIVATE (self)->packager;

  return packager == NULL || cmaf_packager_finish (packager, error);
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
    stats = cmaf_packager_get_stats (priv->packager);
  else if (priv->stats != NULL)
    stats = gst_structure_copy (priv->stats);
  else
    stats = gst_structure_new_empty (name);
  g_mutex_unlock (&priv->lock);
  gst_structure_set_name (stats, name);
  return stats;
}

static void
set_string (gchar **string, const GValue *value)
{
  g_free (*string);
  *string = g_value_dup_string (value);
  if (*string != NULL && **string == '\0')
    g_clear_pointer (string, g_free);
}

static void
gst_cmaf_manifest_sink_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Settings *settings = &GET_PRIVATE (GST_CMAF_MANIFEST_SINK (object))->settings;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_LOCATION:
      set_string (&settings->location, value);
      break;
    case PROP_MEDIA_TEMPLATE:
      set_string (&settings->media_template, value);
      break;
    case PROP_PRESENTATION_ID:
      set_string (&settings->presentation_id, value);
      break;
    case PROP_MANIFEST_TYPE:
      settings->type = g_value_get_enum (value);
      break;
    case PROP_ADDRESSING:
      settings->addressing = g_value_get_enum (value);
      break;
    case PROP_SEGMENT_DURATION:
      settings->segment_duration_n = gst_value_get_fraction_numerator (value);
      settings->segment_duration_d = gst_value_get_fraction_denominator (value);
      break;
    case PROP_NUMBER_OFFSET:
      settings->number_offset = g_value_get_uint (value);
      break;
    case PROP_WINDOW_LENGTH:
      settings->window_length = g_value_get_uint64 (value);
      break;
    case PROP_WINDOW_QUANTUM:
      settings->window_quantum = g_value_get_uint (value);
      break;
    case PROP_AVAILABILITY_START_TIME:
      settings->availability_start = g_value_get_uint64 (value);
      break;
    case PROP_MAX_LAG:
      settings->max_lag = g_value_get_int (value);
      break;
    case PROP_LOW_LATENCY:
      settings->low_latency = g_value_get_boolean (value);
      break;
    case PROP_WRITE_SEGMENTS:
      settings->write_segments = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_cmaf_manifest_sink_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafManifestSink *self = GST_CMAF_MANIFEST_SINK (object);
  Settings *settings = &GET_PRIVATE (self)->settings;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_LOCATION:
      g_value_set_string (value, settings->location);
      break;
    case PROP_MEDIA_TEMPLATE:
      g_value_set_string (value, settings->media_template);
      break;
    case PROP_PRESENTATION_ID:
      g_value_set_string (value, settings->presentation_id);
      break;
    case PROP_MANIFEST_TYPE:
      g_value_set_enum (value, settings->type);
      break;
    case PROP_ADDRESSING:
      g_value_set_enum (value, settings->addressing);
      break;
    case PROP_SEGMENT_DURATION:
      gst_value_set_fraction (
          value, settings->segment_duration_n, settings->segment_duration_d);
      break;
    case PROP_NUMBER_OFFSET:
      g_value_set_uint (value, settings->number_offset);
      break;
    case PROP_WINDOW_LENGTH:
      g_value_set_uint64 (value, settings->window_length);
      break;
    case PROP_WINDOW_QUANTUM:
      g_value_set_uint (value, settings->window_quantum);
      break;
    case PROP_AVAILABILITY_START_TIME:
      g_value_set_uint64 (value, settings->availability_start);
      break;
    case PROP_MAX_LAG:
      g_value_set_int (value, settings->max_lag);
      break;
    case PROP_LOW_LATENCY:
      g_value_set_boolean (value, settings->low_latency);
      break;
    case PROP_WRITE_SEGMENTS:
      g_value_set_boolean (value, settings->write_segments);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_cmaf_manifest_sink_finalize (GObject *object)
{
  GstCmafManifestSinkPrivate *priv =
      GET_PRIVATE (GST_CMAF_MANIFEST_SINK (object));

  g_free (priv->settings.location);
  g_free (priv->settings.media_template);
  g_free (priv->settings.presentation_id);
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
  priv->settings.segment_duration_d = 1;
  priv->settings.window_quantum = DEFAULT_WINDOW_QUANTUM;
  priv->settings.max_lag = -1;
  priv->settings.write_segments = TRUE;
  priv->start = GST_CLOCK_TIME_NONE;
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_names (GObjectClass *object_class)
{
  /**
   * GstCmafManifestSink:location:
   *
   * The directory; it and its parents are made when they are not there.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "Directory of segments and manifests", NULL, FLAGS));
  /**
   * GstCmafManifestSink:media-template:
   *
   * Names of segments below #GstCmafManifestSink:location, as a DASH template
   * with $RepresentationID$ and one of $Number$, $Number%0Nd$ and $Time$.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MEDIA_TEMPLATE,
      g_param_spec_string ("media-template", "Media template",
          "Names of segments, a DASH template (unset: "
          "$RepresentationID$/$Number%010d$.m4s or t$Time$.m4s)",
          NULL, FLAGS));
  /**
   * GstCmafManifestSink:presentation-id:
   *
   * MPD@id: two packagers of one service are given the same.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PRESENTATION_ID,
      g_param_spec_string ("presentation-id", "Presentation id",
          "Identifier of the presentation (MPD@id)", NULL, FLAGS));
  /**
   * GstCmafManifestSink:number-offset:
   *
   * Segments are numbered by their place on the timeline, from 0 or from 1.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_NUMBER_OFFSET,
      g_param_spec_uint ("number-offset", "Number offset",
          "Added to every segment number", 0, 1, 0, FLAGS));
  /**
   * GstCmafManifestSink:addressing:
   *
   * How manifests address segments, and so what segments are called.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_ADDRESSING,
      g_param_spec_enum ("addressing", "Addressing",
          "How manifests address segments", GST_TYPE_CMAF_ADDRESSING,
          CMAF_ADDRESSING_TIMELINE_NUMBER, FLAGS));
}

static void
install_times (GObjectClass *object_class)
{
  /**
   * GstCmafManifestSink:segment-duration:
   *
   * Nominal segment duration in seconds. 0: what the headers of the tracks say,
   * else what the first video segment lasts. A multiple of the duration that
   * the input was cut with joins its segments.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SEGMENT_DURATION,
      gst_param_spec_fraction ("segment-duration", "Segment duration",
          "Nominal segment duration in seconds (0: that of the input)", 0, 1,
          G_MAXINT, 1, 0, 1, FLAGS));
  /**
   * GstCmafManifestSink:window-length:
   *
   * What manifests list, in nanoseconds. Segments are deleted one window (three
   * segments at least) after they left it. 0: everything stays.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_WINDOW_LENGTH,
      g_param_spec_uint64 ("window-length", "Window length",
          "How far back manifests go, in ns (0: to the start, nothing is "
          "deleted)",
          0, G_MAXINT64, 0, FLAGS));
  /**
   * GstCmafManifestSink:window-quantum:
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_WINDOW_QUANTUM,
      g_param_spec_uint ("window-quantum", "Window quantum",
          "Segments by which the start of the window moves", 1, 1000,
          DEFAULT_WINDOW_QUANTUM, FLAGS));
  /**
   * GstCmafManifestSink:availability-start-time:
   *
   * POSIX time of media time 0, for input that does not count from 1970.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_AVAILABILITY_START_TIME,
      g_param_spec_uint64 ("availability-start-time", "Availability start time",
          "POSIX time of media time 0 in ns, for input that does not count "
          "from 1970",
          0, G_MAXINT64, 0, FLAGS));
  /**
   * GstCmafManifestSink:max-lag:
   *
   * A track that is behind by more segments no longer keeps the others from
   * being listed. 0: all wait for it for ever. -1: 10 when the input is live,
   * else 0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_LAG,
      g_param_spec_int ("max-lag", "Maximum lag",
          "Segments by which a track may be behind before manifests go on "
          "without it (0: for ever, -1: 10 for live input, else 0)",
          -1, G_MAXINT, -1, FLAGS));
}

static void
install_behaviour (GObjectClass *object_class)
{
  /**
   * GstCmafManifestSink:manifest-type:
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MANIFEST_TYPE,
      g_param_spec_enum ("manifest-type", "Manifest type",
          "When manifests are written", GST_TYPE_CMAF_MANIFEST_TYPE,
          CMAF_MANIFEST_DYNAMIC, FLAGS));
  /**
   * GstCmafManifestSink:low-latency:
   *
   * Segments are visible under their name while their chunks are appended, and
   * an MPD with #GstCmafManifestSink:addressing number says so.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOW_LATENCY,
      g_param_spec_boolean ("low-latency", "Low latency",
          "Segments are visible while they grow", FALSE, FLAGS));
  /**
   * GstCmafManifestSink:write-segments:
   *
   * FALSE: another element writes headers and segments into the same directory
   * under the same names; each is listed as soon as it is there.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_WRITE_SEGMENTS,
      g_param_spec_boolean ("write-segments", "Write segments",
          "Write headers and segments (FALSE: another element writes the same "
          "into the same directory)",
          TRUE, FLAGS));
  /**
   * GstCmafManifestSink:stats:
   *
   * Counters, and one structure for each track.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters of this run",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static guint
add_stream_signal (const gchar *name)
{
  return g_signal_new (name, GST_TYPE_CMAF_MANIFEST_SINK, G_SIGNAL_RUN_LAST, 0,
      first_stream_wins, NULL, NULL, G_TYPE_OUTPUT_STREAM, 1, G_TYPE_STRING);
}

static void
add_signals (void)
{
  /**
   * GstCmafManifestSink::get-playlist-stream:
   * @location: where the manifest would go
   *
   * Asks for a stream for one version of a manifest, which is closed when it is
   * complete. From a streaming thread; pads must not be released in it.
   *
   * Returns: (transfer full) (nullable): NULL: it goes to the directory
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_PLAYLIST_STREAM] =
      add_stream_signal ("get-playlist-stream");
  /**
   * GstCmafManifestSink::get-init-stream:
   * @location: where the CMAF header would go
   *
   * Returns: (transfer full) (nullable): as get-playlist-stream
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_INIT_STREAM] = add_stream_signal ("get-init-stream");
  /**
   * GstCmafManifestSink::get-fragment-stream:
   * @location: where the segment would go
   *
   * Returns: (transfer full) (nullable): as get-playlist-stream
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_FRAGMENT_STREAM] =
      add_stream_signal ("get-fragment-stream");
  /**
   * GstCmafManifestSink::delete-fragment:
   * @location: what left the window
   *
   * Returns: TRUE when it is taken care of
   *
   * Since: 0.1
   */
  signals[SIGNAL_DELETE_FRAGMENT] = g_signal_new ("delete-fragment",
      GST_TYPE_CMAF_MANIFEST_SINK, G_SIGNAL_RUN_LAST, 0, first_true_wins, NULL,
      NULL, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
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
  sink_class->stop = gst_cmaf_manifest_sink_stop;
  sink_class->header = gst_cmaf_manifest_sink_header;
  sink_class->chunk = gst_cmaf_manifest_sink_chunk;
  sink_class->end = gst_cmaf_manifest_sink_end;
  sink_class->finish = gst_cmaf_manifest_sink_finish;
  install_names (object_class);
  install_times (object_class);
  install_behaviour (object_class);
  add_signals ();
  gst_cmaf_track_sink_class_add_template (element_class);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_MANIFEST_SINK, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_ADDRESSING, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_MANIFEST_TYPE, 0);
}
