/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-settings.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafenums.h>
#include <gst/cmafbase/gstcmafsettings.h>

#define DEFAULT_WINDOW_QUANTUM 4

enum
{
  PROP_STATS = MANIFEST_PROP_STATS,
  PROP_LOCATION,
  PROP_LOCATIONS,
  PROP_MEDIA_TEMPLATE,
  PROP_PRESENTATION_ID,
  PROP_DELIVERY_URL,
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
  PROP_UPLOAD, /* the first of ManifestUploadSettings */
};

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (ManifestSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_LOCATION, G_TYPE_STRING, location),
  FIELD (PROP_LOCATIONS, G_TYPE_STRING, locations),
  FIELD (PROP_MEDIA_TEMPLATE, G_TYPE_STRING, media_template),
  FIELD (PROP_PRESENTATION_ID, G_TYPE_STRING, presentation_id),
  FIELD (PROP_DELIVERY_URL, G_TYPE_STRING, delivery_url),
  FIELD (PROP_MANIFEST_TYPE, G_TYPE_ENUM, type),
  FIELD (PROP_ADDRESSING, G_TYPE_ENUM, addressing),
  FIELD (PROP_SEGMENT_DURATION, G_TYPE_INT, segment_duration_n),
  FIELD (PROP_NUMBER_OFFSET, G_TYPE_UINT, number_offset),
  FIELD (PROP_WINDOW_LENGTH, G_TYPE_UINT64, window_length),
  FIELD (PROP_WINDOW_QUANTUM, G_TYPE_UINT, window_quantum),
  FIELD (PROP_AVAILABILITY_START_TIME, G_TYPE_UINT64, availability_start),
  FIELD (PROP_MAX_LAG, G_TYPE_INT, max_lag),
  FIELD (PROP_LOW_LATENCY, G_TYPE_BOOLEAN, low_latency),
  FIELD (PROP_WRITE_SEGMENTS, G_TYPE_BOOLEAN, write_segments),
};

void
manifest_settings_init (ManifestSettings *settings)
{
  settings->segment_duration_d = 1;
  settings->window_quantum = DEFAULT_WINDOW_QUANTUM;
  settings->max_lag = -1;
  settings->write_segments = TRUE;
}

void
manifest_settings_clear (ManifestSettings *settings)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), settings);
  manifest_upload_clear (&settings->upload);
}

gchar **
manifest_settings_split_locations (const ManifestSettings *settings)
{
  return cmaf_upload_split_locations (settings->location, settings->locations);
}

static gboolean
has_url (const ManifestSettings *settings)
{
  g_auto (GStrv) locations = manifest_settings_split_locations (settings);

  for (guint i = 0; locations[i] != NULL; i++)
    if (manifest_upload_is_url (locations[i]))
      return TRUE;
  return FALSE;
}

/* One name for a header, wherever it goes. */
void
manifest_settings_configure (
    const ManifestSettings *settings, CmafPackagerConfig *config)
{
  config->media_template = settings->media_template;
  config->presentation_id = settings->presentation_id;
  config->delivery_url = settings->delivery_url;
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
  if (has_url (settings)) {
    config->header_extension = "init"; /* ING-209 */
    config->finish_wait = settings->upload.drain_timeout;
  }
  if (settings->upload.init_extension != NULL)
    config->header_extension = settings->upload.init_extension;
}

/* ---- settings in vain ---- */

#define URL_ONLY(name)                                                         \
  {                                                                            \
    name, "location=http:*|locations=*http:*|" CMAF_UPLOAD_HTTPS,              \
        "an http or https URL in location or locations"                        \
  }
#define MPD_ONLY(name)                                                         \
  {                                                                            \
    name, "mpd-name=*", "an MPD (cmafdashsink)"                                \
  }

void
manifest_settings_warn (GstElement *element, const ManifestSettings *settings)
{
  static const GstCmafDependentSetting rows[] = {
    URL_ONLY ("method"),
    URL_ONLY ("user-agent"),
    URL_ONLY ("headers"),
    URL_ONLY ("user-id"),
    URL_ONLY ("bearer-token"),
    URL_ONLY ("authentication"),
    URL_ONLY ("auth-retries"),
    URL_ONLY ("timeout"),
    URL_ONLY ("max-spool-bytes"),
    URL_ONLY ("drain-timeout"),
    URL_ONLY ("delete-delay"),
    URL_ONLY ("manifest-refresh"),
    MPD_ONLY ("manifest-refresh"),
    MPD_ONLY ("presentation-id"),
    { "delete-delay", "window-length", NULL },
    { "window-quantum", "window-length", NULL },
    { "vod-mpd-name", "manifest-type=dynamic", NULL },
    { "leap-offset", "manifest-type=dynamic", NULL },
    { "next-leap-time", "manifest-type=dynamic", NULL },
    { "next-leap-offset", "next-leap-time", NULL },
    { "event-content-type", "list-event-tracks=true", NULL },
    CMAF_UPLOAD_DEPENDENT_SETTINGS,
  };
  const gchar *secrets[CMAF_UPLOAD_N_SECRETS];

  GST_OBJECT_LOCK (element);
  cmaf_upload_properties_list_secrets (&settings->upload.common, secrets);
  GST_OBJECT_UNLOCK (element);
  gst_cmaf_warn_of_idle_settings (element, rows, G_N_ELEMENTS (rows), secrets);
}

/* ---- values ---- */

static void
forget_empty (gchar **string)
{
  if (*string != NULL && **string == '\0')
    g_clear_pointer (string, g_free);
}

gboolean
manifest_settings_set (
    ManifestSettings *settings, guint id, const GValue *value)
{
  if (!cmaf_property_fields_set (
          fields, G_N_ELEMENTS (fields), settings, id, value))
    return manifest_upload_set (&settings->upload, id - PROP_UPLOAD, value);
  forget_empty (&settings->location);
  forget_empty (&settings->locations);
  forget_empty (&settings->media_template);
  forget_empty (&settings->presentation_id);
  forget_empty (&settings->delivery_url);
  return TRUE;
}

gboolean
manifest_settings_get (
    const ManifestSettings *settings, guint id, GValue *value)
{
  if (id == PROP_LOCATION)
    g_value_take_string (value, cmaf_store_location_show (settings->location));
  else if (id == PROP_LOCATIONS)
    g_value_take_string (
        value, cmaf_upload_show_locations (settings->locations));
  else if (id == PROP_DELIVERY_URL)
    g_value_take_string (
        value, cmaf_store_location_show (settings->delivery_url));
  else if (!cmaf_property_fields_get (
               fields, G_N_ELEMENTS (fields), settings, id, value))
    return manifest_upload_get (&settings->upload, id - PROP_UPLOAD, value);
  return TRUE;
}

gboolean
manifest_settings_is_credential (guint id)
{
  return manifest_upload_is_credential (id - PROP_UPLOAD);
}

/* ---- the properties ---- */

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_places (GObjectClass *object_class)
{
  /**
   * GstCmafManifestSink:location:
   *
   * The directory; it and its parents are made when they are not there. Or a
   * URL, http or https, below which objects are stored by PUT and DELETE; it is
   * read back without user, password and query.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "Directory of segments and manifests, or an http or https URL below "
          "which they are stored",
          NULL, FLAGS));
  /**
   * GstCmafManifestSink:locations:
   *
   * Further places, directories or URLs, with spaces in between: each gets
   * everything, and none waits for another.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOCATIONS,
      g_param_spec_string ("locations", "Locations",
          "Further directories and URLs, with spaces in between; each gets "
          "everything, and none waits for another",
          NULL, FLAGS));
  /**
   * GstCmafManifestSink:delivery-url:
   *
   * Where viewers get what #GstCmafManifestSink:location has, when that is not
   * where they get the manifests: an MPD has it as BaseURL, URIs in playlists
   * begin with it. Unset, all is relative.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_DELIVERY_URL,
      g_param_spec_string ("delivery-url", "Delivery URL",
          "http or https URL of where viewers get what location has; it is in "
          "the manifests (unset: URLs are relative)",
          NULL, FLAGS));
}

static void
install_names (GObjectClass *object_class)
{
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

void
manifest_settings_install (GObjectClass *klass)
{
  install_places (klass);
  install_names (klass);
  install_times (klass);
  install_behaviour (klass);
  manifest_upload_install (klass, PROP_UPLOAD);
}
