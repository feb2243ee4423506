/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The MPD, element by element in the order of the schema. Nothing here knows a
 * clock, a store or a measured rate. */
#include "mpd-writer.h"
#include "mpd-events.h"
#include "mpd-timeline.h"
#include "mpd-times.h"
#include "mpd-xml.h"
#include "time-text.h"
#include "timescale.h"
#include "track-descriptors.h"

#include <string.h>

#define NUMBERS_AHEAD 1000000 /* that a player may count on */

typedef struct
{
  xmlTextWriter *xml;
  const CmafPresentation *presentation;
  const CmafPresentationState *state;
  CmafMpdCache *cache;
  MpdTimes times;
} Writer;

/* ---- SegmentTemplate ---- */

/* FFmpeg's reader understands one digit of width. Ten digits are a zero and
 * nine while numbers have nine, which is long enough to know in advance. */
static void
write_media (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  const gchar *wide = strstr (config->media_template, "$Number%010d$");
  g_autoptr (GString) media = g_string_new (config->media_template);

  if (wide != NULL
      && w->state->last + NUMBERS_AHEAD < G_GUINT64_CONSTANT (1000000000))
    g_string_replace (media, "$Number%010d$", "0$Number%09d$", 1);
  else if (wide != NULL && w->state->first >= G_GUINT64_CONSTANT (1000000000))
    g_string_replace (media, "$Number%010d$", "$Number%09d$", 1);
  mpd_xml_text (w->xml, "media", media->str);
}

/* Longest chunk of any track of @set, in microseconds. */
static guint64
longest_chunk_us (const CmafSwitchingSet *set)
{
  guint64 longest = 0;

  for (guint i = 0; i < set->tracks->len; i++) {
    const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, i);

    longest = MAX (longest, cmaf_muldiv (track->longest_chunk, G_USEC_PER_SEC,
                                0, track->track->timescale));
  }
  return longest;
}

/* Chunks are there before their segment is complete. */
static void
write_availability (Writer *w, const CmafSwitchingSet *set)
{
  guint64 duration_us = mpd_times_edge (&w->times, 1, G_USEC_PER_SEC);
  guint64 chunk_us = longest_chunk_us (set);
  g_autoptr (GString) text = NULL;

  if (!w->presentation->config.low_latency || chunk_us == 0
      || chunk_us >= duration_us)
    return;
  text = g_string_new (NULL);
  cmaf_time_text_seconds (text, duration_us - chunk_us, G_USEC_PER_SEC);
  mpd_xml_text (w->xml, "availabilityTimeOffset", text->str);
  mpd_xml_text (w->xml, "availabilityTimeComplete", "false");
}

static void
write_timescale (Writer *w, const CmafPeriod *period, guint64 timescale)
{
  guint64 offset = mpd_times_offset (&w->times, period, timescale);

  mpd_xml_u64 (w->xml, "timescale", timescale);
  if (offset > 0)
    mpd_xml_u64 (w->xml, "presentationTimeOffset", offset);
}

/* @duration addressing: every segment has its place without being listed. */
static void
write_numbers (Writer *w, const CmafPeriod *period, const CmafSwitchingSet *set)
{
  const CmafPresentationConfig *config = &w->presentation->config;

  write_media (w);
  write_availability (w, set);
  write_timescale (w, period, config->grid.duration_d);
  mpd_xml_u64 (w->xml, "duration", config->grid.duration_n);
  mpd_xml_u64 (w->xml, "startNumber",
      mpd_times_first_number (&w->times, period) + config->number_offset);
}

static void
write_timeline (Writer *w, const CmafPeriod *period, const CmafTrack *track,
    const MpdTimeline *timeline, guint indent)
{
  const CmafPresentationConfig *config = &w->presentation->config;

  write_timescale (w, period, track->timescale);
  if (config->addressing == CMAF_ADDRESSING_TIMELINE_NUMBER)
    mpd_xml_u64 (w->xml, "startNumber",
        mpd_timeline_first_number (timeline) + config->number_offset);
  mpd_timeline_write (timeline, w->xml, indent);
}

/* ---- Representation ---- */

static void
write_video_attributes (xmlTextWriter *xml, const CmafTrack *track)
{
  mpd_xml_u64 (xml, "width", track->width);
  mpd_xml_u64 (xml, "height", track->height);
  if (track->par_n > 0 && track->par_d > 0)
    mpd_xml_format (xml, "sar", "%u:%u", track->par_n, track->par_d);
  if (track->fps_n > 0 && track->fps_d > 1)
    mpd_xml_format (xml, "frameRate", "%u/%u", track->fps_n, track->fps_d);
  else if (track->fps_n > 0 && track->fps_d == 1)
    mpd_xml_u64 (xml, "frameRate", track->fps_n);
}

static void
write_descriptors (xmlTextWriter *xml, const CmafTrack *track)
{
  CmafDescriptor descriptors[CMAF_MAX_DESCRIPTORS];
  guint n = cmaf_track_descriptors (track, descriptors);

  for (guint i = 0; i < n; i++)
    mpd_xml_descriptor (xml, descriptors[i].element, descriptors[i].scheme,
        descriptors[i].value);
}

static void
write_representation (Writer *w, const CmafPeriod *period,
    const CmafPresentationTrack *track, const MpdTimeline *own_timeline,
    gboolean with_descriptors)
{
  const CmafTrack *media = track->track;

  mpd_xml_begin (w->xml, "Representation");
  mpd_xml_text (w->xml, "id", track->name);
  if (media->media == CMAF_MEDIA_VIDEO)
    write_video_attributes (w->xml, media);
  if (media->media == CMAF_MEDIA_AUDIO && media->sample_rate > 0)
    mpd_xml_u64 (w->xml, "audioSamplingRate", media->sample_rate);
  mpd_xml_text (w->xml, "codecs", track->codecs);
  mpd_xml_u64 (w->xml, "bandwidth", track->bandwidth);
  if (with_descriptors)
    write_descriptors (w->xml, media);
  mpd_xml_begin (w->xml, "SegmentTemplate");
  if (own_timeline != NULL)
    write_media (w);
  mpd_xml_text (w->xml, "initialization", track->header_name);
  if (own_timeline != NULL)
    write_timeline (w, period, media, own_timeline, 10);
  mpd_xml_end (w->xml);
  mpd_xml_end (w->xml);
}

/* ---- AdaptationSet ---- */

/* The tracks of @set that have segments in [first, last], with them. */
static GPtrArray *
collect_tracks (Writer *w, const CmafPeriod *period,
    const CmafSwitchingSet *set, guint64 first, guint64 last,
    GPtrArray *timelines)
{
  GPtrArray *tracks = g_ptr_array_new ();

  for (guint i = 0; i < set->tracks->len; i++) {
    CmafPresentationTrack *track = g_ptr_array_index (set->tracks, i);
    const MpdTimeline *timeline = mpd_timeline_get (w->cache, period, track,
        first, mpd_times_last_number (&w->times, period, track, last));

    if (timeline == NULL)
      continue;
    g_ptr_array_add (tracks, track);
    g_ptr_array_add (timelines, (gpointer)timeline);
  }
  return tracks;
}

/* One SegmentTemplate serves the set when all its tracks agree. */
static gboolean
is_common (const GPtrArray *tracks, const GPtrArray *timelines)
{
  const CmafPresentationTrack *a = g_ptr_array_index (tracks, 0);

  for (guint i = 1; i < tracks->len; i++) {
    const CmafPresentationTrack *b = g_ptr_array_index (tracks, i);

    if (a->track->timescale != b->track->timescale
        || !mpd_timeline_is_equal (
            g_ptr_array_index (timelines, 0), g_ptr_array_index (timelines, i)))
      return FALSE;
  }
  return TRUE;
}

/* Players look for colour in the set, where it belongs when it is that of all
 * tracks. */
static gboolean
has_common_colour (const GPtrArray *tracks)
{
  const CmafPresentationTrack *a = g_ptr_array_index (tracks, 0);

  for (guint i = 0; i < tracks->len; i++) {
    const CmafPresentationTrack *b = g_ptr_array_index (tracks, i);

    if (b->track->media != CMAF_MEDIA_VIDEO
        || a->track->has_colour != b->track->has_colour
        || a->track->colour_primaries != b->track->colour_primaries
        || a->track->transfer_characteristics
               != b->track->transfer_characteristics
        || a->track->matrix_coefficients != b->track->matrix_coefficients)
      return FALSE;
  }
  return TRUE;
}

static const gchar *
content_type (const Writer *w, const CmafTrack *track)
{
  return track->media == CMAF_MEDIA_EVENT
                 && w->presentation->config.event_content
                        == CMAF_EVENT_CONTENT_META
             ? "meta"
             : cmaf_track_content_type (track);
}

static void
write_set_attributes (Writer *w, guint id, const CmafPresentationTrack *best)
{
  mpd_xml_u64 (w->xml, "id", id);
  mpd_xml_text (w->xml, "lang", best->language);
  mpd_xml_text (w->xml, "contentType", content_type (w, best->track));
  mpd_xml_text (w->xml, "segmentAlignment", "true");
  mpd_xml_text (w->xml, "mimeType", cmaf_track_mime_type (best->track));
  mpd_xml_text (w->xml, "startWithSAP", "1");
}

static void
write_common_template (Writer *w, const CmafPeriod *period,
    const CmafSwitchingSet *set, const CmafTrack *track,
    const MpdTimeline *timeline)
{
  mpd_xml_begin (w->xml, "SegmentTemplate");
  if (w->times.by_number) {
    write_numbers (w, period, set);
  } else {
    write_media (w);
    write_timeline (w, period, track, timeline, 8);
  }
  mpd_xml_end (w->xml);
}

static void
write_set (Writer *w, const CmafPeriod *period, guint index, guint64 first,
    guint64 last)
{
  const CmafSwitchingSet *set = g_ptr_array_index (period->sets, index);
  g_autoptr (GPtrArray) timelines = g_ptr_array_new ();
  g_autoptr (GPtrArray) tracks =
      collect_tracks (w, period, set, first, last, timelines);
  const CmafPresentationTrack *best;
  gboolean common, common_colour;

  if (tracks->len == 0
      || (set->media == CMAF_MEDIA_EVENT
          && w->presentation->config.hides_event_tracks))
    return;
  best = g_ptr_array_index (tracks, 0);
  common = w->times.by_number || is_common (tracks, timelines);
  common_colour = has_common_colour (tracks);
  mpd_xml_begin (w->xml, "AdaptationSet");
  write_set_attributes (w, index + 1, best);
  if (common_colour)
    write_descriptors (w->xml, best->track);
  mpd_events_write_in_band (w->xml, w->presentation, w->state, tracks);
  if (best->role != NULL)
    mpd_xml_descriptor (w->xml, "Role", CMAF_KIND_ROLE, best->role);
  if (common)
    write_common_template (
        w, period, set, best->track, g_ptr_array_index (timelines, 0));
  for (guint i = 0; i < tracks->len; i++)
    write_representation (w, period, g_ptr_array_index (tracks, i),
        common ? NULL : g_ptr_array_index (timelines, i), !common_colour);
  mpd_xml_end (w->xml);
}

/* ---- Period ---- */

static void
write_events (Writer *w, const CmafPeriod *period)
{
  MpdEventPeriod place = { .end = mpd_times_end (&w->times, period) };

  mpd_times_find_offset (&w->times, period, &place.offset_n, &place.offset_d);
  mpd_events_write_streams (w->xml, w->presentation, w->state, &place);
}

static void
write_period (Writer *w, const CmafPeriod *period)
{
  guint64 first, last;

  if (!cmaf_period_clip (period, w->state, &first, &last))
    return;
  mpd_xml_begin (w->xml, "Period");
  if (period->is_start)
    mpd_xml_text (w->xml, "id", "1");
  else
    mpd_xml_format (w->xml, "id", "k%" G_GUINT64_FORMAT, period->first);
  mpd_xml_duration (w->xml, "start",
      mpd_times_since_origin (
          &w->times, mpd_times_offset (&w->times, period, G_USEC_PER_SEC)),
      G_USEC_PER_SEC);
  write_events (w, period);
  for (guint i = 0; i < period->sets->len; i++)
    write_set (w, period, i, first, last);
  mpd_xml_end (w->xml);
}

/* ---- MPD ---- */

static gboolean
tells_events (const Writer *w)
{
  return w->presentation->events != NULL
         && cmaf_event_list_is_used (w->presentation->events);
}

/* Media time of the state, as wall-clock time: the same on all packagers. */
static void
write_publish_time (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 number = w->state->last + 1;

  if (w->times.by_number && !w->times.is_static && !tells_events (w)) {
    const GPtrArray *periods = w->presentation->periods;
    const CmafPeriod *period = g_ptr_array_index (periods, periods->len - 1);

    /* nothing changes until the next period */
    number = mpd_times_first_number (&w->times, period) + 1;
  }
  mpd_xml_utc (w->xml, "publishTime",
      mpd_times_edge (&w->times, number, G_USEC_PER_SEC)
          + config->availability_start / 1000);
}

/* Players that compute numbers ask when the segment ends, and it takes a while
 * until it is there: by this all of them are late. */
static GstClockTime
availability_start (const Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;

  return config->availability_start
         + (w->times.by_number && !config->low_latency
                 ? mpd_times_edge (&w->times, 1, GST_SECOND)
                 : 0);
}

static void
write_dynamic_attributes (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 duration_us = mpd_times_edge (&w->times, 1, G_USEC_PER_SEC);

  mpd_xml_duration (w->xml, "minimumUpdatePeriod", duration_us, G_USEC_PER_SEC);
  if (config->window_length > 0)
    mpd_xml_duration (
        w->xml, "timeShiftBufferDepth", config->window_length, GST_SECOND);
  /* only complete segments are listed: one to play, one to come, one late */
  mpd_xml_duration (
      w->xml, "suggestedPresentationDelay", 3 * duration_us, G_USEC_PER_SEC);
}

static void
write_root_attributes (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 longest;
  guint32 timescale;

  mpd_xml_text (w->xml, "xmlns", "urn:mpeg:dash:schema:mpd:2011");
  mpd_xml_text (w->xml, "id", config->id);
  mpd_xml_text (w->xml, "profiles",
      "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019");
  mpd_xml_text (w->xml, "type", w->times.is_static ? "static" : "dynamic");
  if (config->type == CMAF_MANIFEST_DYNAMIC) {
    mpd_xml_utc (
        w->xml, "availabilityStartTime", availability_start (w) / 1000);
    write_publish_time (w);
  }
  if (w->times.is_static)
    mpd_xml_duration (w->xml, "mediaPresentationDuration",
        mpd_times_since_origin (&w->times, w->times.end_us), G_USEC_PER_SEC);
  else
    write_dynamic_attributes (w);
  mpd_xml_duration (w->xml, "minBufferTime",
      mpd_times_edge (&w->times, 1, G_USEC_PER_SEC), G_USEC_PER_SEC);
  cmaf_presentation_longest (w->presentation, &longest, &timescale);
  mpd_xml_duration (w->xml, "maxSegmentDuration", longest, timescale);
}

/* For who compares media time with a clock. */
static void
write_leap_seconds (Writer *w)
{
  const CmafLeapInformation *leaps = &w->presentation->config.leaps;

  if (w->times.is_static || (leaps->offset == 0 && leaps->next_time == 0))
    return;
  mpd_xml_begin (w->xml, "LeapSecondInformation");
  mpd_xml_format (w->xml, "availabilityStartLeapOffset", "%d", leaps->offset);
  if (leaps->next_time > 0) {
    mpd_xml_format (
        w->xml, "nextAvailabilityStartLeapOffset", "%d", leaps->next_offset);
    mpd_xml_utc (w->xml, "nextLeapChangeTime", leaps->next_time / 1000);
  }
  mpd_xml_end (w->xml);
}

static void
write_mpd (Writer *w)
{
  const CmafPresentation *presentation = w->presentation;
  const gchar *url = presentation->config.delivery_url;

  mpd_xml_begin (w->xml, "MPD");
  write_root_attributes (w);
  if (url != NULL)
    mpd_xml_element (w->xml, "BaseURL", url);
  for (guint i = 0; i < presentation->periods->len; i++)
    write_period (w, g_ptr_array_index (presentation->periods, i));
  write_leap_seconds (w);
  mpd_xml_end (w->xml);
}

GBytes *
cmaf_mpd_write (const CmafPresentation *presentation,
    const CmafPresentationState *state, CmafMpdCache *cache)
{
  g_autoptr (CmafMpdCache) own_cache =
      cache == NULL ? cmaf_mpd_cache_new () : NULL;
  xmlBuffer *buffer = xmlBufferCreate ();
  Writer w = { xmlNewTextWriterMemory (buffer, 0), presentation, state,
    cache != NULL ? cache : own_cache };
  GBytes *bytes;

  mpd_times_init (&w.times, presentation, state);
  xmlTextWriterSetIndent (w.xml, 1);
  xmlTextWriterSetIndentString (w.xml, (const xmlChar *)"  ");
  xmlTextWriterStartDocument (w.xml, NULL, "UTF-8", NULL);
  write_mpd (&w);
  mpd_timeline_forget_unused (w.cache);
  xmlTextWriterEndDocument (w.xml);
  xmlFreeTextWriter (w.xml);
  bytes = g_bytes_new (xmlBufferContent (buffer), xmlBufferLength (buffer));
  xmlBufferFree (buffer);
  return bytes;
}
