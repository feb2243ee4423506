/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Defaults and checks. */
#include "packager-config.h"
#include "object-store.h"
#include "segment-name.h"

#include <string.h>

void
cmaf_packager_config_init (CmafPackagerConfig *config)
{
  memset (config, 0, sizeof *config);
  config->mpd_name = "stream.mpd";
  config->master_name = "master.m3u8";
  config->playlist_name = "media.m3u8";
  config->presentation_start = GST_CLOCK_TIME_NONE;
  config->window_quantum = 4;
  config->max_lag = 10;
  config->header_extension = "mp4";
  config->finish_wait = 5 * GST_SECOND;
  config->write_segments = TRUE;
}

static gboolean
check_manifest_name (const gchar *name, const gchar *field, GError **error)
{
  if (name == NULL
      || (cmaf_object_name_is_valid (name) && strchr (name, '/') == NULL
          && strpbrk (name, "\"%?#: ") == NULL))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "%s \"%s\" is not a plain file name", field, name);
  return FALSE;
}

/* It stands in manifests as it is, for everybody to read. */
static gboolean
check_delivery_url (const gchar *url, GError **error)
{
  g_autoptr (GUri) uri = NULL;

  if (url == NULL)
    return TRUE;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  if (uri != NULL && g_str_has_prefix (g_uri_get_scheme (uri), "http")
      && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
      && g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL
      && g_uri_get_fragment (uri) == NULL && g_str_is_ascii (url)
      && strpbrk (url, "\"<>\\^`{|} \t\r\n") == NULL)
    return TRUE;
  g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "delivery-url: needs http://host/path or https://host/path, without "
      "user, query and fragment, and with %20 and the like for what is not "
      "written in URLs");
  return FALSE;
}

/* Leap seconds are at the end of a second of UTC, and there are some since
 * 1972. */
static gboolean
check_leaps (const CmafLeapInformation *leaps, GError **error)
{
  const GstClockTime begun = 63072000 * GST_SECOND;

  if (leaps->next_time == 0
      || (leaps->next_time >= begun && leaps->next_time % GST_SECOND == 0))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "next-leap-time: found %" G_GUINT64_FORMAT
      ", needs a whole second, in nanoseconds since 1970",
      leaps->next_time);
  return FALSE;
}

static gboolean
check_config (const CmafPackagerConfig *config, GError **error)
{
  gboolean by_time = config->addressing == CMAF_ADDRESSING_TIMELINE_TIME;
  CmafSegmentGrid grid;

  if (!check_manifest_name (config->mpd_name, "mpd-name", error)
      || !check_manifest_name (config->vod_mpd_name, "vod-mpd-name", error)
      || !check_manifest_name (config->master_name, "master-name", error)
      || !check_manifest_name (config->playlist_name, "playlist-name", error)
      || !cmaf_segment_name_check (config->media_template, error))
    return FALSE;
  if (!cmaf_track_name_is_valid (config->header_extension)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "init-extension \"%s\" is not the extension of a file name",
        config->header_extension);
    return FALSE;
  }
  if ((strstr (config->media_template, "$Time") != NULL) != by_time) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "media-template \"%s\" needs %s for the addressing that is set",
        config->media_template, by_time ? "$Time$" : "$Number$");
    return FALSE;
  }
  if (g_strcmp0 (config->mpd_name, config->vod_mpd_name) == 0
      && config->mpd_name != NULL) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "mpd-name and vod-mpd-name are both \"%s\"", config->mpd_name);
    return FALSE;
  }
  if (config->number_offset > 1) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "number-offset is %u, needs 0 or 1", config->number_offset);
    return FALSE;
  }
  if (!check_delivery_url (config->delivery_url, error)
      || !check_leaps (&config->leaps, error))
    return FALSE;
  if (config->presentation_id != NULL
      && !g_utf8_validate (config->presentation_id, -1, NULL)) {
    g_set_error (
        error, CMAF_ERROR, CMAF_ERROR_CONFIG, "presentation-id is not UTF-8");
    return FALSE;
  }
  if (config->segment_duration_n == 0 && config->segment_duration_d == 0)
    return TRUE;
  return cmaf_segment_grid_init (
      &grid, config->segment_duration_n, config->segment_duration_d, error);
}

static const gchar *
default_template (CmafAddressing addressing)
{
  return addressing == CMAF_ADDRESSING_TIMELINE_TIME
             ? "$RepresentationID$/t$Time$.m4s"
             : "$RepresentationID$/$Number%010d$.m4s";
}

gboolean
cmaf_packager_config_complete (CmafPackagerConfig *config, GError **error)
{
  CmafPackagerConfig complete = *config;

  if (complete.media_template == NULL)
    complete.media_template = default_template (complete.addressing);
  if (complete.header_extension == NULL)
    complete.header_extension = "mp4";
  if (complete.playlist_name == NULL)
    complete.playlist_name = "media.m3u8";
  if (!check_config (&complete, error))
    return FALSE;
  complete.media_template = g_strdup (complete.media_template);
  complete.header_extension = g_strdup (complete.header_extension);
  complete.mpd_name = g_strdup (complete.mpd_name);
  complete.vod_mpd_name = g_strdup (complete.vod_mpd_name);
  complete.master_name = g_strdup (complete.master_name);
  complete.playlist_name = g_strdup (complete.playlist_name);
  complete.presentation_id = g_strdup (complete.presentation_id);
  if (complete.delivery_url != NULL)
    complete.delivery_url = g_strconcat (complete.delivery_url,
        g_str_has_suffix (complete.delivery_url, "/") ? "" : "/", NULL);
  *config = complete;
  return TRUE;
}

CmafPresentationConfig
cmaf_packager_config_describe (
    const CmafPackagerConfig *config, const CmafSegmentGrid *grid)
{
  CmafPresentationConfig description = {
    .grid = *grid,
    .addressing = config->addressing,
    .type = config->type,
    .id = config->presentation_id,
    .delivery_url = config->delivery_url,
    .media_template = config->media_template,
    .playlist_name = config->playlist_name,
    .number_offset = config->number_offset,
    .window_length = config->window_length,
    .availability_start = config->availability_start,
    .leaps = config->leaps,
    .low_latency = config->low_latency,
    .hides_event_tracks = config->hides_event_tracks,
    .event_content = config->event_content,
  };

  if (GST_CLOCK_TIME_IS_VALID (config->presentation_start))
    description.first_number = cmaf_segment_grid_number (
        grid, config->presentation_start / GST_USECOND, G_USEC_PER_SEC);
  return description;
}

void
cmaf_packager_config_clear (CmafPackagerConfig *config)
{
  g_free ((gchar *)config->media_template);
  g_free ((gchar *)config->header_extension);
  g_free ((gchar *)config->mpd_name);
  g_free ((gchar *)config->vod_mpd_name);
  g_free ((gchar *)config->master_name);
  g_free ((gchar *)config->playlist_name);
  g_free ((gchar *)config->presentation_id);
  g_free ((gchar *)config->delivery_url);
  memset (config, 0, sizeof *config);
}
