/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Every value is a number, a name that cmaf_track_name_is_valid(), a template
 * that was checked, or a plain word: nothing needs escaping. */
#include "ingest-mpd.h"

#include <gst/cmaf/presentation.h>
#include <gst/cmaf/time-text.h>

static void
append_set_begin (GString *out, guint id, const CmafPresentationTrack *best)
{
  g_string_append_printf (out,
      "    <AdaptationSet id=\"%u\" contentType=\"%s\" mimeType=\"%s\""
      " segmentAlignment=\"true\" startWithSAP=\"1\"",
      id, cmaf_track_content_type (best->track),
      cmaf_track_mime_type (best->track));
  if (best->language != NULL)
    g_string_append_printf (out, " lang=\"%s\"", best->language);
  g_string_append (out, ">\n");
  if (best->role != NULL)
    g_string_append_printf (out,
        "      <Role schemeIdUri=\"" CMAF_KIND_ROLE "\" value=\"%s\"/>\n",
        best->role);
}

/* The same in every set (ING-083). */
static void
append_template (
    GString *out, const CmafTrack *track, const CmafIngestNaming *naming)
{
  g_string_append_printf (out,
      "      <SegmentTemplate timescale=\"%" G_GUINT64_FORMAT
      "\" duration=\"%" G_GUINT64_FORMAT
      "\" startNumber=\"0\" initialization=\"%s\" media=\"%s\"/>\n",
      track->segment_duration_d, track->segment_duration_n,
      naming->init_template, naming->media_template);
}

static void
append_representation (GString *out, const CmafPresentationTrack *track)
{
  const CmafTrack *media = track->track;

  g_string_append_printf (out,
      "      <Representation id=\"%s\" codecs=\"%s\" bandwidth=\"%u\"",
      track->name, track->codecs, track->bandwidth);
  if (media->media == CMAF_MEDIA_VIDEO)
    g_string_append_printf (
        out, " width=\"%u\" height=\"%u\"", media->width, media->height);
  if (media->media == CMAF_MEDIA_VIDEO && media->fps_n > 0 && media->fps_d > 0)
    g_string_append_printf (
        out, " frameRate=\"%u/%u\"", media->fps_n, media->fps_d);
  if (media->media == CMAF_MEDIA_AUDIO)
    g_string_append_printf (
        out, " audioSamplingRate=\"%u\"", media->sample_rate);
  g_string_append (out, "/>\n");
}

static void
append_set (GString *out, guint id, const CmafSwitchingSet *set,
    const CmafIngestNaming *naming)
{
  const CmafPresentationTrack *best = g_ptr_array_index (set->tracks, 0);

  append_set_begin (out, id, best);
  append_template (out, best->track, naming);
  for (guint i = 0; i < set->tracks->len; i++)
    append_representation (out, g_ptr_array_index (set->tracks, i));
  g_string_append (out, "    </AdaptationSet>\n");
}

static void
append_root (GString *out, guint revision, const CmafTrack *track)
{
  g_string_append (out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"dynamic\""
      " profiles=\"urn:mpeg:dash:profile:isoff-live:2011\""
      " availabilityStartTime=\"1970-01-01T00:00:00Z\" publishTime=\"");
  cmaf_time_text_utc_us (out, revision, 1);
  g_string_append (out, "\" minimumUpdatePeriod=\"PT24H\" minBufferTime=\"");
  cmaf_time_text_duration (
      out, track->segment_duration_n, track->segment_duration_d);
  g_string_append (out, "\">\n  <Period id=\"P0\" start=\"PT0S\">\n");
}

GBytes *
cmaf_ingest_mpd_write (const CmafIngestMpdTrack *tracks, guint n_tracks,
    const CmafIngestNaming *naming, guint revision)
{
  const CmafPresentationConfig config = { .grid = { 1, 1 } };
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  CmafPeriod *period = cmaf_presentation_add_period (presentation, 0, 0);
  const CmafSwitchingSet *first;
  GString *out;

  for (guint i = 0; i < n_tracks; i++)
    if (tracks[i].track->segment_duration_n > 0
        && tracks[i].track->segment_duration_d > 0)
      cmaf_presentation_add_track (
          presentation, tracks[i].name, tracks[i].track, NULL, NULL);
  if (period->sets->len == 0)
    return NULL;
  first = g_ptr_array_index (period->sets, 0);
  out = g_string_new (NULL);
  append_root (out, revision,
      ((CmafPresentationTrack *)g_ptr_array_index (first->tracks, 0))->track);
  for (guint i = 0; i < period->sets->len; i++)
    append_set (out, i + 1, g_ptr_array_index (period->sets, i), naming);
  g_string_append (out, "  </Period>\n</MPD>\n");
  return g_string_free_to_bytes (out);
}
