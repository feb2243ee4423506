/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafdashsink
 * @title: cmafdashsink
 *
 * Writes CMAF tracks as DASH into a directory: headers, segments and an MPD
 * that is a function of what was published, so that several packagers of one
 * service write the same.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 -e videotestsrc num-buffers=500 ! video/x-raw,framerate=25/1 !
 *     x264enc tune=zerolatency ! h264parse !
 *     cmafsyncmux timing-sources=fixed track-name=video ! cmafdashsink
 *     location=/tmp/dash
 * ]|
 */
#include "gstcmafdashsink.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmafbase/gstcmafenums.h>

#define DEFAULT_MPD_NAME "stream.mpd"
#define DEFAULT_VOD_MPD_NAME "vod.mpd"

struct _GstCmafDashSink
{
  GstCmafManifestSink parent;
  /* lock: object */
  gchar *mpd_name;
  gchar *vod_mpd_name; /* NULL: none */
  GstClockTime presentation_start;
  gboolean list_event_tracks;
  CmafEventContent event_content_type;
  CmafLeapInformation leaps;
};

enum
{
  PROP_0,
  PROP_MPD_NAME,
  PROP_VOD_MPD_NAME,
  PROP_PRESENTATION_START,
  PROP_LIST_EVENT_TRACKS,
  PROP_EVENT_CONTENT_TYPE,
  PROP_LEAP_OFFSET,
  PROP_NEXT_LEAP_OFFSET,
  PROP_NEXT_LEAP_TIME,
};

G_DEFINE_TYPE (GstCmafDashSink, gst_cmaf_dash_sink, GST_TYPE_CMAF_MANIFEST_SINK)
GST_ELEMENT_REGISTER_DEFINE (
    cmafdashsink, "cmafdashsink", GST_RANK_NONE, GST_TYPE_CMAF_DASH_SINK)

static void
gst_cmaf_dash_sink_configure (
    GstCmafManifestSink *sink, CmafPackagerConfig *config)
{
  GstCmafDashSink *self = GST_CMAF_DASH_SINK (sink);

  config->mpd_name = self->mpd_name;
  config->vod_mpd_name = self->vod_mpd_name;
  config->presentation_start = self->presentation_start;
  config->hides_event_tracks = !self->list_event_tracks;
  config->event_content = self->event_content_type;
  config->leaps = self->leaps;
}

static void
gst_cmaf_dash_sink_segment (GstCmafManifestSink *sink,
    const CmafPublishedSegment *segment, const gchar *location,
    GstClockTime since_start)
{
  GstStructure *structure = gst_structure_new ("dashsink-new-segment",
      "representation-id", G_TYPE_STRING, segment->track_name, "segment-id",
      G_TYPE_UINT, (guint)segment->number, NULL);

  gst_cmaf_manifest_sink_set_segment (
      structure, segment, location, since_start);
  gst_element_post_message (GST_ELEMENT (sink),
      gst_message_new_element (GST_OBJECT (sink), structure));
}

static void
gst_cmaf_dash_sink_manifest (GstCmafManifestSink *sink, const gchar *location)
{
  gst_element_post_message (
      GST_ELEMENT (sink), gst_message_new_element (GST_OBJECT (sink),
                              gst_structure_new ("dashsink-mpd-update",
                                  "location", G_TYPE_STRING, location, NULL)));
}

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (GstCmafDashSink, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_MPD_NAME, G_TYPE_STRING, mpd_name),
  FIELD (PROP_VOD_MPD_NAME, G_TYPE_STRING, vod_mpd_name),
  FIELD (PROP_PRESENTATION_START, G_TYPE_UINT64, presentation_start),
  FIELD (PROP_LIST_EVENT_TRACKS, G_TYPE_BOOLEAN, list_event_tracks),
  FIELD (PROP_EVENT_CONTENT_TYPE, G_TYPE_ENUM, event_content_type),
  FIELD (PROP_LEAP_OFFSET, G_TYPE_INT, leaps.offset),
  FIELD (PROP_NEXT_LEAP_OFFSET, G_TYPE_INT, leaps.next_offset),
  FIELD (PROP_NEXT_LEAP_TIME, G_TYPE_UINT64, leaps.next_time),
};

static void
gst_cmaf_dash_sink_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafDashSink *self = GST_CMAF_DASH_SINK (object);

  GST_OBJECT_LOCK (self);
  if (!cmaf_property_fields_set (
          fields, G_N_ELEMENTS (fields), self, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  if (self->mpd_name == NULL)
    self->mpd_name = g_strdup (DEFAULT_MPD_NAME);
  if (self->vod_mpd_name != NULL && *self->vod_mpd_name == '\0')
    g_clear_pointer (&self->vod_mpd_name, g_free);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_cmaf_dash_sink_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafDashSink *self = GST_CMAF_DASH_SINK (object);

  GST_OBJECT_LOCK (self);
  if (!cmaf_property_fields_get (
          fields, G_N_ELEMENTS (fields), self, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_cmaf_dash_sink_finalize (GObject *object)
{
  GstCmafDashSink *self = GST_CMAF_DASH_SINK (object);

  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), self);
  G_OBJECT_CLASS (gst_cmaf_dash_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_dash_sink_init (GstCmafDashSink *self)
{
  self->mpd_name = g_strdup (DEFAULT_MPD_NAME);
  self->vod_mpd_name = g_strdup (DEFAULT_VOD_MPD_NAME);
  self->presentation_start = GST_CLOCK_TIME_NONE;
  self->list_event_tracks = TRUE;
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_leap_seconds (GObjectClass *object_class)
{
  /**
   * GstCmafDashSink:leap-offset:
   *
   * By how many seconds dates in the MPD are ahead of UTC: TAI - UTC less the
   * timeline-tai-offset of the encoders. 0 until there is another leap second.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LEAP_OFFSET,
      g_param_spec_int ("leap-offset", "Leap offset",
          "TAI - UTC in seconds, less the timeline-tai-offset of the encoders",
          -1000, 1000, 0, FLAGS));
  /**
   * GstCmafDashSink:next-leap-offset:
   *
   * The leap-offset from #GstCmafDashSink:next-leap-time on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_NEXT_LEAP_OFFSET,
      g_param_spec_int ("next-leap-offset", "Next leap offset",
          "leap-offset behind the leap second that is announced", -1000, 1000,
          0, FLAGS));
  /**
   * GstCmafDashSink:next-leap-time:
   *
   * When the leap second that is announced takes effect, UTC.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_NEXT_LEAP_TIME,
      g_param_spec_uint64 ("next-leap-time", "Next leap time",
          "From when on next-leap-offset holds, ns since 1970; 0: no leap "
          "second is announced",
          0, G_MAXINT64, 0, FLAGS));
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * GstCmafDashSink:mpd-name:
   *
   * File name of the MPD in #GstCmafManifestSink:location.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MPD_NAME,
      g_param_spec_string ("mpd-name", "MPD name", "File name of the MPD",
          DEFAULT_MPD_NAME, FLAGS));
  /**
   * GstCmafDashSink:vod-mpd-name:
   *
   * A second MPD, written at the end when the first was dynamic. That one keeps
   * its times, for players in session; this one begins at presentation time
   * zero, for those that come later. Empty: none.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_VOD_MPD_NAME,
      g_param_spec_string ("vod-mpd-name", "VOD MPD name",
          "File name of a second MPD that begins at zero, written at the end "
          "of a dynamic presentation; empty: none",
          DEFAULT_VOD_MPD_NAME, FLAGS));
  /**
   * GstCmafDashSink:presentation-start:
   *
   * Any media time in the first segment of the service, the same for all
   * packagers. What comes before is not listed. Unset, the MPD counts from
   * media time zero.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PRESENTATION_START,
      g_param_spec_uint64 ("presentation-start", "Presentation start",
          "A media time in the first segment of the service, in ns; the same "
          "for all packagers; 18446744073709551615: not known",
          0, G_MAXUINT64, GST_CLOCK_TIME_NONE, FLAGS));
  /**
   * GstCmafDashSink:list-event-tracks:
   *
   * Event tracks are an AdaptationSet, for who takes events from there. What
   * they tell is in the MPD also without that, and some players stumble over
   * it.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LIST_EVENT_TRACKS,
      g_param_spec_boolean ("list-event-tracks", "List event tracks",
          "Event tracks are in the MPD, and not only what they tell", TRUE,
          FLAGS));
  /**
   * GstCmafDashSink:event-content-type:
   *
   * What the AdaptationSet of an event track says of its contents. DASH-IF live
   * media ingest asks for "meta", which the schema of MPDs does not know.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_EVENT_CONTENT_TYPE,
      g_param_spec_enum ("event-content-type", "Event content type",
          "contentType of event tracks in the MPD", GST_TYPE_CMAF_EVENT_CONTENT,
          CMAF_EVENT_CONTENT_APPLICATION, FLAGS));
  install_leap_seconds (object_class);
}

static void
gst_cmaf_dash_sink_class_init (GstCmafDashSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstCmafManifestSinkClass *sink_class = GST_CMAF_MANIFEST_SINK_CLASS (klass);

  object_class->set_property = gst_cmaf_dash_sink_set_property;
  object_class->get_property = gst_cmaf_dash_sink_get_property;
  object_class->finalize = gst_cmaf_dash_sink_finalize;
  sink_class->configure = gst_cmaf_dash_sink_configure;
  sink_class->segment = gst_cmaf_dash_sink_segment;
  sink_class->manifest = gst_cmaf_dash_sink_manifest;
  install_properties (object_class);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "CMAF DASH sink", "Sink",
      "Writes CMAF tracks as DASH segments and an MPD", "the gst-cmaf authors");
}
