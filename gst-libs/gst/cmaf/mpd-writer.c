/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The MPD, element by element in the order of the schema. Nothing here knows a
 * clock, a store or a measured rate. */
#include "mpd-writer.h"
#include "mpd-events.h"
#include "time-text.h"
#include "timescale.h"
#include "track-descriptors.h"

#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
#include <string.h>

#define NUMBERS_AHEAD 1000000 /* that a player may count on */

/* ---- SegmentTimeline ---- */

/* One S element. */
typedef struct
{
  guint64 time;
  guint64 duration;
  guint64 count;
  gboolean after_break; /* has @t */
} Span;

/* The S elements of one track in one period, from @first to before @next. */
typedef struct
{
  guint64 first;
  guint64 next;
  guint64 end;   /* of the last segment, ticks */
  GArray *spans; /* of Span */
  gboolean is_used;
} SpanList;

struct _CmafMpdCache
{
  GHashTable *lists; /* "name/period" -> SpanList */
};

static void
free_span_list (SpanList *list)
{
  g_array_unref (list->spans);
  g_free (list);
}

CmafMpdCache *
cmaf_mpd_cache_new (void)
{
  CmafMpdCache *cache = g_new0 (CmafMpdCache, 1);

  xmlInitParser ();
  cache->lists = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_span_list);
  return cache;
}

void
cmaf_mpd_cache_free (CmafMpdCache *cache)
{
  g_hash_table_unref (cache->lists);
  g_free (cache);
}

static void
add_segment (SpanList *list, const CmafTimelineSegment *segment)
{
  Span *last = list->spans->len > 0
                   ? &g_array_index (list->spans, Span, list->spans->len - 1)
                   : NULL;
  gboolean after_break = last == NULL || segment->time != list->end;
  Span span = { segment->time, segment->duration, 1, after_break };

  if (!after_break && last->duration == segment->duration)
    last->count++;
  else
    g_array_append_val (list->spans, span);
  list->end = segment->time + segment->duration;
}

/* The S elements of @track for the segments [first, last]. */
static const SpanList *
get_spans (CmafMpdCache *cache, const CmafPeriod *period,
    const CmafPresentationTrack *track, guint64 first, guint64 last)
{
  g_autofree gchar *key =
      g_strdup_printf ("%s/%" G_GUINT64_FORMAT, track->name, period->first);
  SpanList *list = g_hash_table_lookup (cache->lists, key);
  CmafTimelineSegment segment;

  if (list == NULL) {
    list = g_new0 (SpanList, 1);
    list->spans = g_array_new (FALSE, FALSE, sizeof (Span));
    list->first = list->next = first;
    g_hash_table_insert (cache->lists, g_steal_pointer (&key), list);
  } else if (list->first != first || list->next > last + 1) {
    g_array_set_size (list->spans, 0);
    list->first = list->next = first;
  }
  list->is_used = TRUE;
  while (list->next <= last
         && cmaf_timeline_next (track->timeline, list->next, &segment)
         && segment.number <= last) {
    add_segment (list, &segment);
    list->next = segment.number + 1;
  }
  return list;
}

/* Periods leave the window for ever. */
static void
forget_unused (CmafMpdCache *cache)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, cache->lists);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    SpanList *list = value;

    if (list->is_used)
      list->is_used = FALSE;
    else
      g_hash_table_iter_remove (&iter);
  }
}

static gboolean
spans_are_equal (const SpanList *a, const SpanList *b)
{
  guint i;

  if (a->spans->len != b->spans->len)
    return FALSE;
  for (i = 0; i < a->spans->len; i++) {
    const Span *x = &g_array_index (a->spans, Span, i);
    const Span *y = &g_array_index (b->spans, Span, i);

    if (x->time != y->time || x->duration != y->duration
        || x->count != y->count)
      return FALSE;
  }
  return TRUE;
}

/* ---- attributes ---- */

typedef struct
{
  xmlTextWriter *xml;
  const CmafPresentation *presentation;
  const CmafPresentationState *state;
  CmafMpdCache *cache;
  gboolean is_static;
  gboolean by_number; /* @duration, no SegmentTimeline */
  /* Presentation time 0 is where the listed segments start, else media time 0:
   * players in session keep their positions. */
  gboolean is_zero_based;
  const CmafPeriod *start; /* the period that begins there, NULL: none */
  guint64 origin_ticks;
  guint64 origin_timescale;
  guint64 end_us; /* media time of the end of what is listed */
  /* Of the last period's sound and pictures: */
  guint64 newest;    /* K */
  gboolean is_short; /* one of them has no segment of that K */
} Writer;

#define X(text) ((const xmlChar *)(text))

static void
begin (Writer *w, const gchar *name)
{
  xmlTextWriterStartElement (w->xml, X (name));
}

static void
end (Writer *w)
{
  xmlTextWriterEndElement (w->xml);
}

static void
attribute (Writer *w, const gchar *name, const gchar *value)
{
  if (value != NULL)
    xmlTextWriterWriteAttribute (w->xml, X (name), X (value));
}

static void
attribute_u64 (Writer *w, const gchar *name, guint64 value)
{
  xmlTextWriterWriteFormatAttribute (
      w->xml, X (name), "%" G_GUINT64_FORMAT, value);
}

static void
attribute_int (Writer *w, const gchar *name, gint value)
{
  xmlTextWriterWriteFormatAttribute (w->xml, X (name), "%d", value);
}

static void
attribute_ratio (
    Writer *w, const gchar *name, guint n, guint d, const gchar *separator)
{
  xmlTextWriterWriteFormatAttribute (
      w->xml, X (name), "%u%s%u", n, separator, d);
}

static void
attribute_duration (
    Writer *w, const gchar *name, guint64 ticks, guint64 timescale)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cmaf_time_text_duration (text, ticks, timescale);
  attribute (w, name, text->str);
}

static void
attribute_utc (Writer *w, const gchar *name, guint64 ticks, guint64 timescale)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cmaf_time_text_utc_us (text, ticks, timescale);
  attribute (w, name, text->str);
}

static void
descriptor (
    Writer *w, const gchar *element, const gchar *scheme, const gchar *value)
{
  begin (w, element);
  attribute (w, "schemeIdUri", scheme);
  attribute (w, "value", value);
  end (w);
}

/* ---- times of the presentation ---- */

/* The edge B(K) in ticks of @timescale, nearest. */
static guint64
edge_ticks (const Writer *w, guint64 number, guint64 timescale)
{
  const CmafSegmentGrid *grid = &w->presentation->config.grid;

  return cmaf_muldiv (number, grid->duration_n * timescale,
      grid->duration_d / 2, grid->duration_d);
}

static guint64
origin_in (const Writer *w, guint64 timescale)
{
  return cmaf_muldiv (
      w->origin_ticks, timescale, w->origin_timescale / 2, w->origin_timescale);
}

/* The segment whose edge @period begins with. While it is dynamic that stays,
 * also when the window moves, and is the same for packagers that began later.
 * At the end it is what is left, because players that come then begin there;
 * times stay, as @presentationTimeOffset moves along. Not when the start of the
 * service is known: then there is nothing to move away from. */
static guint64
first_number (const Writer *w, const CmafPeriod *period)
{
  guint64 first = w->presentation->config.first_number;
  gboolean stays =
      !w->is_static || (first > 0 && !w->by_number && !w->is_zero_based);

  if (stays)
    return period->is_start ? first : period->first;
  return MAX (period->first, w->state->first);
}

/* @period starts behind the edge of its first number. */
static gboolean
starts_inside (const Writer *w, const CmafPeriod *period)
{
  return period->start.timescale > 0 && !w->by_number
         && first_number (w, period) == period->first;
}

/* The listed period after @period, NULL: none. */
static const CmafPeriod *
next_period (const Writer *w, const CmafPeriod *period)
{
  const GPtrArray *periods = w->presentation->periods;

  for (guint i = 0; i < periods->len; i++) {
    const CmafPeriod *next = g_ptr_array_index (periods, i);

    if (next->first == period->end && next->first <= w->state->last)
      return next;
  }
  return NULL;
}

/* The media time at which @period starts, as a fraction of seconds. */
static void
find_offset (const Writer *w, const CmafPeriod *period, guint64 *n, guint64 *d)
{
  const CmafSegmentGrid *grid = &w->presentation->config.grid;

  if (period == w->start) {
    *n = w->origin_ticks;
    *d = w->origin_timescale;
  } else if (starts_inside (w, period)) {
    *n = period->start.ticks;
    *d = period->start.timescale;
  } else {
    *n = first_number (w, period) * grid->duration_n;
    *d = grid->duration_d;
  }
}

/* The same in ticks of @timescale. */
static guint64
period_offset (const Writer *w, const CmafPeriod *period, guint64 timescale)
{
  guint64 n, d;

  find_offset (w, period, &n, &d);
  return cmaf_muldiv (n, timescale, d / 2, d);
}

static void
note_last (Writer *w, guint64 number)
{
  if (number > w->newest) {
    w->is_short = w->newest > 0 && number == w->newest + 1;
    w->newest = number;
  } else if (number + 1 == w->newest) {
    w->is_short = TRUE;
  }
}

/* By @duration, players take it that each track has all segments that begin
 * before the end: an audio unit across the edge, or a frame behind it that only
 * one track has, would make them ask for what is not there. */
static guint64
end_by_number (const Writer *w)
{
  const CmafSegmentGrid *grid = &w->presentation->config.grid;
  const guint64 end = w->newest + (w->is_short ? 0 : 1);

  if (w->newest == 0)
    return w->end_us;
  return MIN (w->end_us, cmaf_muldiv (end * grid->duration_n, G_USEC_PER_SEC, 0,
                             grid->duration_d));
}

/* Widens [origin, end_us] to the listed segments of @track. */
static void
measure_track (Writer *w, const CmafPresentationTrack *track, guint64 first,
    guint64 last, gboolean *found)
{
  guint64 timescale = track->track->timescale;
  CmafTimelineSegment segment;

  if (!cmaf_timeline_next (track->timeline, first, &segment)
      || segment.number > last)
    return;
  if (!*found
      || cmaf_muldiv (segment.time, GST_SECOND, 0, timescale) < cmaf_muldiv (
             w->origin_ticks, GST_SECOND, 0, w->origin_timescale)) {
    w->origin_ticks = segment.time;
    w->origin_timescale = timescale;
    *found = TRUE;
  }
  while (last > segment.number
         && !cmaf_timeline_lookup (track->timeline, last, &segment))
    last--;
  if (track->track->media <= CMAF_MEDIA_AUDIO)
    note_last (w, segment.number);
  w->end_us = MAX (w->end_us, cmaf_muldiv (segment.time + segment.duration,
                                  G_USEC_PER_SEC, timescale - 1, timescale));
}

/* Finds presentation time 0. */
static void
find_origin (Writer *w)
{
  const GPtrArray *periods = w->presentation->periods;
  gboolean found = FALSE;
  guint i, k, m;

  w->origin_timescale = 1;
  for (i = 0; i < periods->len; i++) {
    const CmafPeriod *period = g_ptr_array_index (periods, i);
    guint64 first, last;

    if (!cmaf_period_clip (period, w->state, &first, &last))
      continue;
    if (w->start == NULL && w->is_zero_based)
      w->start = period;
    w->newest = 0;
    for (k = 0; w->is_static && k < period->sets->len; k++) {
      const CmafSwitchingSet *set = g_ptr_array_index (period->sets, k);

      for (m = 0; m < set->tracks->len; m++)
        measure_track (
            w, g_ptr_array_index (set->tracks, m), first, last, &found);
    }
  }
  if (!w->is_zero_based) {
    w->origin_ticks = 0;
    w->origin_timescale = 1;
  }
  /* numbers and @duration place segments on edges, wherever media starts */
  if (w->by_number) {
    const CmafSegmentGrid *grid = &w->presentation->config.grid;

    w->origin_ticks =
        w->is_zero_based ? first_number (w, w->start) * grid->duration_n : 0;
    w->origin_timescale = grid->duration_d;
    w->start = NULL;
    w->end_us = end_by_number (w);
  }
}

/* ---- segments ---- */

static void
write_spans (Writer *w, const SpanList *list, guint indent)
{
  g_autoptr (GString) text = g_string_new ("\n");
  guint i;

  for (i = 0; i < list->spans->len; i++) {
    const Span *span = &g_array_index (list->spans, Span, i);

    g_string_append_printf (text, "%*s<S", (gint)indent + 2, "");
    if (span->after_break)
      g_string_append_printf (text, " t=\"%" G_GUINT64_FORMAT "\"", span->time);
    g_string_append_printf (
        text, " d=\"%" G_GUINT64_FORMAT "\"", span->duration);
    if (span->count > 1)
      g_string_append_printf (
          text, " r=\"%" G_GUINT64_FORMAT "\"", span->count - 1);
    g_string_append (text, "/>\n");
  }
  g_string_append_printf (text, "%*s", (gint)indent, "");
  begin (w, "SegmentTimeline");
  xmlTextWriterWriteRaw (w->xml, X (text->str));
  end (w);
}

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
  attribute (w, "media", media->str);
}

/* Longest chunk of any track of @set, in microseconds. */
static guint64
longest_chunk_us (const CmafSwitchingSet *set)
{
  guint64 longest = 0;
  guint i;

  for (i = 0; i < set->tracks->len; i++) {
    const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, i);

    longest = MAX (longest, cmaf_muldiv (track->longest_chunk, G_USEC_PER_SEC,
                                0, track->track->timescale));
  }
  return longest;
}

/* @duration addressing: every segment has its place without being listed. */
static void
write_number_attributes (
    Writer *w, const CmafPeriod *period, const CmafSwitchingSet *set)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 duration_us = edge_ticks (w, 1, G_USEC_PER_SEC);
  guint64 chunk_us = longest_chunk_us (set);
  guint64 timescale = config->grid.duration_d;

  write_media (w);
  if (config->low_latency && chunk_us > 0 && chunk_us < duration_us) {
    g_autoptr (GString) text = g_string_new (NULL);

    cmaf_time_text_seconds (text, duration_us - chunk_us, G_USEC_PER_SEC);
    attribute (w, "availabilityTimeOffset", text->str);
    attribute (w, "availabilityTimeComplete", "false");
  }
  attribute_u64 (w, "timescale", timescale);
  if (period_offset (w, period, timescale) > 0)
    attribute_u64 (
        w, "presentationTimeOffset", period_offset (w, period, timescale));
  attribute_u64 (w, "duration", config->grid.duration_n);
  attribute_u64 (
      w, "startNumber", first_number (w, period) + config->number_offset);
}

static void
write_timeline (Writer *w, const CmafPeriod *period,
    const CmafPresentationTrack *track, const SpanList *list, guint indent)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 offset = period_offset (w, period, track->track->timescale);

  attribute_u64 (w, "timescale", track->track->timescale);
  if (offset > 0)
    attribute_u64 (w, "presentationTimeOffset", offset);
  if (config->addressing == CMAF_ADDRESSING_TIMELINE_NUMBER) {
    CmafTimelineSegment segment = { list->first, 0, 0 };

    cmaf_timeline_next (track->timeline, list->first, &segment);
    attribute_u64 (w, "startNumber", segment.number + config->number_offset);
  }
  write_spans (w, list, indent);
}

/* ---- switching sets ---- */

static void
write_video_attributes (Writer *w, const CmafTrack *track)
{
  attribute_u64 (w, "width", track->width);
  attribute_u64 (w, "height", track->height);
  if (track->par_n > 0 && track->par_d > 0)
    attribute_ratio (w, "sar", track->par_n, track->par_d, ":");
  if (track->fps_n > 0 && track->fps_d > 1)
    attribute_ratio (w, "frameRate", track->fps_n, track->fps_d, "/");
  else if (track->fps_n > 0 && track->fps_d == 1)
    attribute_u64 (w, "frameRate", track->fps_n);
}

static void
write_descriptors (Writer *w, const CmafTrack *track)
{
  CmafDescriptor descriptors[CMAF_MAX_DESCRIPTORS];
  guint n = cmaf_track_descriptors (track, descriptors);

  for (guint i = 0; i < n; i++)
    descriptor (
        w, descriptors[i].element, descriptors[i].scheme, descriptors[i].value);
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

static void
write_representation (Writer *w, const CmafPeriod *period,
    const CmafPresentationTrack *track, const SpanList *list,
    gboolean with_descriptors)
{
  const CmafTrack *media = track->track;

  begin (w, "Representation");
  attribute (w, "id", track->name);
  if (media->media == CMAF_MEDIA_VIDEO)
    write_video_attributes (w, media);
  if (media->media == CMAF_MEDIA_AUDIO && media->sample_rate > 0)
    attribute_u64 (w, "audioSamplingRate", media->sample_rate);
  attribute (w, "codecs", track->codecs);
  attribute_u64 (w, "bandwidth", track->bandwidth);
  if (with_descriptors)
    write_descriptors (w, media);
  begin (w, "SegmentTemplate");
  if (list != NULL)
    write_media (w);
  attribute (w, "initialization", track->header_name);
  if (list != NULL)
    write_timeline (w, period, track, list, 10);
  end (w);
  end (w);
}

/* When the next period starts inside the first segment it has of @track, what
 * is before belongs here: that segment is in both. */
static guint64
last_with_shared (Writer *w, const CmafPeriod *period,
    const CmafPresentationTrack *track, guint64 last)
{
  const CmafPeriod *next = next_period (w, period);
  CmafTimelineSegment before, segment;

  if (next == NULL || !starts_inside (w, next)
      || !cmaf_timeline_lookup (track->timeline, next->first, &segment)
      || !cmaf_timeline_lookup (track->timeline, next->first - 1, &before)
      || before.time + before.duration != segment.time
      || segment.time >= period_offset (w, next, track->track->timescale))
    return last;
  return next->first;
}

/* The tracks of @set that have segments in [first, last], with them. */
static GPtrArray *
collect_tracks (Writer *w, const CmafPeriod *period,
    const CmafSwitchingSet *set, guint64 first, guint64 last, GPtrArray *lists)
{
  GPtrArray *tracks = g_ptr_array_new ();
  guint i;

  for (i = 0; i < set->tracks->len; i++) {
    CmafPresentationTrack *track = g_ptr_array_index (set->tracks, i);
    const SpanList *list = get_spans (w->cache, period, track, first,
        last_with_shared (w, period, track, last));

    if (list->spans->len == 0)
      continue;
    g_ptr_array_add (tracks, track);
    g_ptr_array_add (lists, (gpointer)list);
  }
  return tracks;
}

/* One SegmentTemplate serves the set when all its tracks agree. */
static gboolean
is_common (const GPtrArray *tracks, const GPtrArray *lists)
{
  const CmafPresentationTrack *a = g_ptr_array_index (tracks, 0);
  guint i;

  for (i = 1; i < tracks->len; i++) {
    const CmafPresentationTrack *b = g_ptr_array_index (tracks, i);

    if (a->track->timescale != b->track->timescale
        || !spans_are_equal (
            g_ptr_array_index (lists, 0), g_ptr_array_index (lists, i)))
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
write_set (Writer *w, const CmafPeriod *period, const CmafSwitchingSet *set,
    guint id, guint64 first, guint64 last)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new ();
  g_autoptr (GPtrArray) tracks =
      collect_tracks (w, period, set, first, last, lists);
  const CmafPresentationTrack *best;
  gboolean common, common_colour;
  guint i;

  if (tracks->len == 0
      || (set->media == CMAF_MEDIA_EVENT
          && w->presentation->config.hides_event_tracks))
    return;
  best = g_ptr_array_index (tracks, 0);
  common = w->by_number || is_common (tracks, lists);
  common_colour = has_common_colour (tracks);
  begin (w, "AdaptationSet");
  attribute_u64 (w, "id", id);
  attribute (w, "lang", best->language);
  attribute (w, "contentType", content_type (w, best->track));
  attribute (w, "segmentAlignment", "true");
  attribute (w, "mimeType", cmaf_track_mime_type (best->track));
  attribute (w, "startWithSAP", "1");
  if (common_colour)
    write_descriptors (w, best->track);
  mpd_events_write_in_band (w->xml, w->presentation, w->state, tracks);
  if (best->role != NULL)
    descriptor (w, "Role", CMAF_KIND_ROLE, best->role);
  if (common) {
    begin (w, "SegmentTemplate");
    if (w->by_number) {
      write_number_attributes (w, period, set);
    } else {
      write_media (w);
      write_timeline (w, period, best, g_ptr_array_index (lists, 0), 8);
    }
    end (w);
  }
  for (i = 0; i < tracks->len; i++)
    write_representation (w, period, g_ptr_array_index (tracks, i),
        common ? NULL : g_ptr_array_index (lists, i), !common_colour);
  end (w);
}

/* ---- periods and the root ---- */

static void
write_events (Writer *w, const CmafPeriod *period)
{
  const CmafPeriod *next = next_period (w, period);
  MpdEventPeriod place = { .end = G_MAXUINT64 };

  find_offset (w, period, &place.offset_n, &place.offset_d);
  if (next != NULL)
    place.end = period_offset (w, next, GST_SECOND);
  mpd_events_write_streams (w->xml, w->presentation, w->state, &place);
}

static void
write_period (Writer *w, const CmafPeriod *period)
{
  guint64 start =
      period_offset (w, period, G_USEC_PER_SEC) - origin_in (w, G_USEC_PER_SEC);
  guint64 first, last;
  guint i;

  if (!cmaf_period_clip (period, w->state, &first, &last))
    return;
  begin (w, "Period");
  if (period->is_start)
    attribute (w, "id", "1");
  else
    xmlTextWriterWriteFormatAttribute (
        w->xml, X ("id"), "k%" G_GUINT64_FORMAT, period->first);
  attribute_duration (w, "start", start, G_USEC_PER_SEC);
  write_events (w, period);
  for (i = 0; i < period->sets->len; i++)
    write_set (
        w, period, g_ptr_array_index (period->sets, i), i + 1, first, last);
  end (w);
}

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

  if (w->by_number && !w->is_static && !tells_events (w)) {
    const GPtrArray *periods = w->presentation->periods;
    const CmafPeriod *period = g_ptr_array_index (periods, periods->len - 1);

    /* nothing changes until the next period */
    number = first_number (w, period) + 1;
  }
  attribute_utc (w, "publishTime",
      edge_ticks (w, number, G_USEC_PER_SEC)
          + config->availability_start / 1000,
      G_USEC_PER_SEC);
}

/* Players that compute numbers ask when the segment ends, and it takes a while
 * until it is there: by this all of them are late. */
static GstClockTime
availability_start (const Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;

  return config->availability_start
         + (w->by_number && !config->low_latency ? edge_ticks (w, 1, GST_SECOND)
                                                 : 0);
}

static void
write_dynamic_attributes (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 duration_us = edge_ticks (w, 1, G_USEC_PER_SEC);

  attribute_duration (w, "minimumUpdatePeriod", duration_us, G_USEC_PER_SEC);
  if (config->window_length > 0)
    attribute_duration (
        w, "timeShiftBufferDepth", config->window_length, GST_SECOND);
  /* only complete segments are listed: one to play, one to come, one late */
  attribute_duration (
      w, "suggestedPresentationDelay", 3 * duration_us, G_USEC_PER_SEC);
}

static void
write_root_attributes (Writer *w)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  guint64 longest;
  guint32 timescale;

  attribute (w, "xmlns", "urn:mpeg:dash:schema:mpd:2011");
  attribute (w, "id", config->id);
  attribute (w, "profiles",
      "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019");
  attribute (w, "type", w->is_static ? "static" : "dynamic");
  if (config->type == CMAF_MANIFEST_DYNAMIC) {
    attribute_utc (w, "availabilityStartTime", availability_start (w) / 1000,
        G_USEC_PER_SEC);
    write_publish_time (w);
  }
  if (w->is_static)
    attribute_duration (w, "mediaPresentationDuration",
        w->end_us - MIN (w->end_us, origin_in (w, G_USEC_PER_SEC)),
        G_USEC_PER_SEC);
  else
    write_dynamic_attributes (w);
  attribute_duration (
      w, "minBufferTime", edge_ticks (w, 1, G_USEC_PER_SEC), G_USEC_PER_SEC);
  cmaf_presentation_longest (w->presentation, &longest, &timescale);
  attribute_duration (w, "maxSegmentDuration", longest, timescale);
}

/* For who compares media time with a clock. */
static void
write_leap_seconds (Writer *w)
{
  const CmafLeapInformation *leaps = &w->presentation->config.leaps;

  if (w->is_static || (leaps->offset == 0 && leaps->next_time == 0))
    return;
  begin (w, "LeapSecondInformation");
  attribute_int (w, "availabilityStartLeapOffset", leaps->offset);
  if (leaps->next_time > 0) {
    attribute_int (w, "nextAvailabilityStartLeapOffset", leaps->next_offset);
    attribute_utc (
        w, "nextLeapChangeTime", leaps->next_time / 1000, G_USEC_PER_SEC);
  }
  end (w);
}

static void
write_base (Writer *w)
{
  const gchar *url = w->presentation->config.delivery_url;

  if (url != NULL)
    xmlTextWriterWriteElement (w->xml, X ("BaseURL"), X (url));
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
  guint i;

  w.is_static =
      state->is_ended || presentation->config.type == CMAF_MANIFEST_STATIC;
  w.is_zero_based = presentation->config.type == CMAF_MANIFEST_STATIC;
  w.by_number = presentation->config.addressing == CMAF_ADDRESSING_NUMBER;
  find_origin (&w);
  xmlTextWriterSetIndent (w.xml, 1);
  xmlTextWriterSetIndentString (w.xml, X ("  "));
  xmlTextWriterStartDocument (w.xml, NULL, "UTF-8", NULL);
  begin (&w, "MPD");
  write_root_attributes (&w);
  write_base (&w);
  for (i = 0; i < presentation->periods->len; i++)
    write_period (&w, g_ptr_array_index (presentation->periods, i));
  write_leap_seconds (&w);
  end (&w);
  forget_unused (w.cache);
  xmlTextWriterEndDocument (w.xml);
  xmlFreeTextWriter (w.xml);
  bytes = g_bytes_new (xmlBufferContent (buffer), xmlBufferLength (buffer));
  xmlBufferFree (buffer);
  return bytes;
}
