/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A row for each style; templates are those of segment-name.h. */
#include "ingest-naming.h"

#include <gst/cmaf/segment-marks.h>
#include <gst/cmaf/segment-name.h>
#include <string.h>

#define ID "$RepresentationID$"

/* ING-081: exactly once. */
static gboolean
check_id (const gchar *which, const gchar *template_, GError **error)
{
  const gchar *first = strstr (template_, ID);

  if (first != NULL && strstr (first + 1, ID) == NULL)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "%s: \"%s\" needs " ID " once", which, template_);
  return FALSE;
}

/* A header has neither number nor time, so that with one behind it it is the
 * template of segments. */
static gboolean
check_init_template (const gchar *template_, GError **error)
{
  g_autofree gchar *longer = g_strconcat (template_, "$Number$", NULL);

  if (cmaf_segment_name_check (longer, NULL))
    return check_id ("init-template", template_, error);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "init-template: \"%s\" needs " ID
      " and otherwise characters of a plain URL",
      template_);
  return FALSE;
}

gboolean
cmaf_ingest_naming_check (const CmafIngestNaming *naming, GError **error)
{
  if (naming->style != CMAF_NAMING_TEMPLATE)
    return TRUE;
  if (naming->init_template == NULL || naming->media_template == NULL) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "init-template, media-template: unset, needs both");
    return FALSE;
  }
  if (!cmaf_segment_name_check (naming->media_template, error)) {
    g_prefix_error (error, "media-template: ");
    return FALSE;
  }
  return check_id ("media-template", naming->media_template, error)
         && check_init_template (naming->init_template, error);
}

gboolean
cmaf_ingest_naming_is_per_segment (const CmafIngestNaming *naming)
{
  return naming->style != CMAF_NAMING_STREAMS
         && naming->style != CMAF_NAMING_SWITCHING;
}

guint64
cmaf_ingest_naming_number (const CmafTrack *track, const CmafIngestPlace *place)
{
  CmafSegmentGrid grid;

  if (!cmaf_segment_grid_init (
          &grid, track->segment_duration_n, track->segment_duration_d, NULL))
    return place->sequence_number;
  return cmaf_segment_marks_number (
      place->marks, &grid, place->decode_time, track->timescale);
}

gchar *
cmaf_ingest_naming_set (const CmafTrack *track)
{
  const gchar *language = track->language;
  gchar *set;

  set = track->switching_set
            ? g_strdup (track->switching_set)
            : g_strdup_printf ("%s%s%s", cmaf_track_content_type (track),
                language ? "-" : "", language ? language : "");
  /* ING-121 */
  return g_strcanon (set, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-~", '-');
}

static gchar *
make_streams (const gchar *name, const CmafTrack *track)
{
  return g_strdup_printf ("Streams(%s.%s)", name, cmaf_track_extension (track));
}

static gchar *
make_switching (const gchar *name, const CmafTrack *track)
{
  g_autofree gchar *set = cmaf_ingest_naming_set (track);

  return g_strdup_printf (
      "Switching(%s)/Streams(%s.%s)", set, name, cmaf_track_extension (track));
}

static gchar *
make_segments (
    const gchar *name, const CmafTrack *track, const CmafIngestPlace *place)
{
  g_autofree gchar *streams = make_streams (name, track);

  return place ? g_strdup_printf (
             "%s/Segment(%u)", streams, place->sequence_number)
               : g_strdup_printf ("%s/InitializationSegment", streams);
}

static gchar *
make_directory (
    const gchar *name, const CmafTrack *track, const CmafIngestPlace *place)
{
  const gchar *extension = cmaf_track_extension (track);

  if (place == NULL)
    return g_strdup_printf ("%s/init.%s", name, extension);
  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT ".%s", name,
      cmaf_ingest_naming_number (track, place), extension);
}

gchar *
cmaf_ingest_naming_make (const CmafIngestNaming *naming, const gchar *name,
    const CmafTrack *track, const CmafIngestPlace *place)
{
  switch (naming->style) {
    case CMAF_NAMING_STREAMS:
      return make_streams (name, track);
    case CMAF_NAMING_SWITCHING:
      return make_switching (name, track);
    case CMAF_NAMING_SEGMENTS:
      return make_segments (name, track, place);
    case CMAF_NAMING_DIRECTORY:
      return make_directory (name, track, place);
    case CMAF_NAMING_TEMPLATE:
      if (place == NULL)
        return cmaf_segment_name_expand (naming->init_template, name, 0, 0);
      return cmaf_segment_name_expand (naming->media_template, name,
          cmaf_ingest_naming_number (track, place), place->decode_time);
  }
  g_return_val_if_reached (NULL);
}
