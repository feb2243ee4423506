/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* HLS playlists, tag by tag in a fixed order. An entry is a segment number: the
 * media sequence of an entry is the number of its segment, so that all
 * renditions and all packagers agree; a missing number is an EXT-X-GAP. One
 * that a longer segment covers lasts as little as possible, or is left out
 * where all is known: in a playlist that is written once. */
#include "m3u8-writer.h"
#include "m3u8-events.h"
#include "sample-entry.h"
#include "segment-name.h"
#include "time-text.h"
#include "timescale.h"
#include "track-descriptors.h"

#include <string.h>

#define VERSION 7      /* fragmented MP4 with EXT-X-MAP in media playlists */
#define MAX_GAPS 10000 /* more is a jump of the timeline, not a hole */
#define COVERED_GAP_RATE 1000 /* as many fill a second */

/* Where a media playlist stands. */
struct _CmafM3u8Cache
{
  GString *entries;
  guint64 window; /* state.first when it was begun */
  guint64 first;  /* number of the first entry */
  guint first_generation;
  gchar *first_header; /* object name */

  guint64 next; /* number to look for */
  gboolean is_empty;
  guint64 number;    /* of the last entry */
  guint64 end_ticks; /* of the last entry */
  guint32 timescale;
  guint generation;
  gchar *header;
};

typedef struct
{
  const CmafPresentation *presentation;
  const CmafPresentationState *state;
  const gchar *name;
  gchar *playlist; /* object name */
  CmafM3u8Cache *cache;
} Writer;

static void
cache_restart (CmafM3u8Cache *cache, guint64 window)
{
  g_string_truncate (cache->entries, 0);
  g_clear_pointer (&cache->first_header, g_free);
  g_clear_pointer (&cache->header, g_free);
  cache->window = cache->next = window;
  cache->is_empty = TRUE;
}

CmafM3u8Cache *
cmaf_m3u8_cache_new (void)
{
  CmafM3u8Cache *cache = g_new0 (CmafM3u8Cache, 1);

  cache->entries = g_string_new (NULL);
  cache_restart (cache, 0);
  return cache;
}

void
cmaf_m3u8_cache_free (CmafM3u8Cache *cache)
{
  g_string_free (cache->entries, TRUE);
  g_free (cache->first_header);
  g_free (cache->header);
  g_free (cache);
}

gchar *
cmaf_m3u8_media_name (const CmafPresentation *presentation, const gchar *name)
{
  return g_strconcat (name, "/", presentation->config.playlist_name, NULL);
}

/* ---- media playlists ---- */

/* Object @to as seen from object @from. */
static void
append_relative (GString *text, const gchar *from, const gchar *to)
{
  const gchar *slash;
  gsize common = 0, i;

  for (i = 0; from[i] != '\0' && from[i] == to[i]; i++)
    if (from[i] == '/')
      common = i + 1;
  for (slash = strchr (from + common, '/'); slash != NULL;
       slash = strchr (slash + 1, '/'))
    g_string_append (text, "../");
  g_string_append (text, to + common);
}

/* Where object @to is, as object @from tells it. */
static void
append_uri (const CmafPresentationConfig *config, GString *text,
    const gchar *from, const gchar *to)
{
  if (config->delivery_url != NULL)
    g_string_append_printf (text, "%s%s", config->delivery_url, to);
  else
    append_relative (text, from, to);
}

static void
append_map (Writer *w, GString *text, const gchar *header)
{
  g_string_append (text, "#EXT-X-MAP:URI=\"");
  append_uri (&w->presentation->config, text, w->playlist, header);
  g_string_append (text, "\"\n");
}

static void
append_date (Writer *w, const CmafPresentationTrack *track, guint64 ticks)
{
  GString *text = w->cache->entries;
  guint32 timescale = track->track->timescale;
  guint64 start = cmaf_muldiv (w->presentation->config.availability_start,
      timescale, GST_SECOND / 2, GST_SECOND);

  g_string_append (text, "#EXT-X-PROGRAM-DATE-TIME:");
  cmaf_time_text_utc_ms (text, start + ticks, timescale);
  g_string_append_c (text, '\n');
}

static void
append_entry (Writer *w, const CmafPresentationTrack *track,
    const CmafTimelineSegment *segment, guint64 duration)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  g_autofree gchar *name = cmaf_segment_name_expand (config->media_template,
      track->name, segment->number + config->number_offset, segment->time);
  GString *text = w->cache->entries;

  g_string_append (text, "#EXTINF:");
  cmaf_time_text_seconds (text, duration, track->track->timescale);
  g_string_append (text, ",\n");
  append_uri (config, text, w->playlist, name);
  g_string_append_c (text, '\n');
}

/* Entries for the numbers that @track does not have before @segment. When no
 * time is missing between them, they take theirs from @segment, as no entry may
 * last nothing. Returns what remains of its duration. */
static guint64
append_gaps (Writer *w, const CmafPresentationTrack *track,
    const CmafTimelineSegment *segment, gboolean contiguous)
{
  const guint64 n = segment->number - w->cache->number - 1;
  const guint64 least =
      MIN (MAX (track->track->timescale / COVERED_GAP_RATE, 1),
          segment->duration / (n + 1));
  CmafTimelineSegment missing;
  guint64 number;

  if (n >= MAX_GAPS
      || (contiguous && w->presentation->config.type == CMAF_MANIFEST_STATIC))
    return segment->duration;
  for (number = w->cache->number + 1; number < segment->number; number++) {
    cmaf_timeline_expect (track->timeline, number, &missing);
    g_string_append (w->cache->entries, "#EXT-X-GAP\n");
    append_entry (w, track, &missing, contiguous ? least : missing.duration);
  }
  return segment->duration - (contiguous ? n * least : 0);
}

static void
append_segment (Writer *w, const CmafPeriod *period,
    const CmafPresentationTrack *track, const CmafTimelineSegment *segment)
{
  CmafM3u8Cache *cache = w->cache;
  gboolean contiguous = !cache->is_empty
                        && cache->timescale == track->track->timescale
                        && cache->end_ticks == segment->time;
  gboolean new_generation =
      !cache->is_empty && cache->generation != period->generation;
  guint64 duration = segment->duration;

  if (cache->is_empty) {
    cache->first = segment->number;
    cache->first_generation = period->generation;
    cache->first_header = g_strdup (track->header_name);
    cache->header = g_strdup (track->header_name);
  } else {
    duration = append_gaps (w, track, segment, contiguous);
  }
  if (new_generation)
    g_string_append (cache->entries, "#EXT-X-DISCONTINUITY\n");
  if (new_generation || strcmp (cache->header, track->header_name) != 0) {
    append_map (w, cache->entries, track->header_name);
    g_free (cache->header);
    cache->header = g_strdup (track->header_name);
  }
  if (!contiguous || new_generation)
    append_date (w, track, segment->time);
  append_entry (w, track, segment, duration);
  cache->is_empty = FALSE;
  cache->number = segment->number;
  cache->end_ticks = segment->time + segment->duration;
  cache->timescale = track->track->timescale;
  cache->generation = period->generation;
}

static void
append_period (Writer *w, const CmafPeriod *period)
{
  const CmafPresentationTrack *track = cmaf_period_find_track (period, w->name);
  CmafTimelineSegment segment;
  guint64 first, last;

  if (track == NULL || !cmaf_period_clip (period, w->state, &first, &last))
    return;
  w->cache->next = MAX (w->cache->next, first);
  while (w->cache->next <= last
         && cmaf_timeline_next (track->timeline, w->cache->next, &segment)
         && segment.number <= last) {
    append_segment (w, period, track, &segment);
    w->cache->next = segment.number + 1;
  }
}

/* Whoever plays the track itself has the events. */
static gboolean
is_of_events (const Writer *w)
{
  const GPtrArray *periods = w->presentation->periods;
  const CmafPresentationTrack *track = NULL;

  for (guint i = 0; i < periods->len && track == NULL; i++)
    track = cmaf_period_find_track (g_ptr_array_index (periods, i), w->name);
  return track != NULL && track->track->media == CMAF_MEDIA_EVENT;
}

static GBytes *
finish_media (Writer *w, gboolean has_left)
{
  const CmafPresentationConfig *config = &w->presentation->config;
  const CmafM3u8Cache *cache = w->cache;
  GString *text = g_string_sized_new (cache->entries->len + 512);
  guint32 timescale;
  guint64 longest;

  cmaf_presentation_longest (w->presentation, &longest, &timescale);
  g_string_append_printf (text,
      "#EXTM3U\n"
      "#EXT-X-VERSION:%u\n"
      "#EXT-X-TARGETDURATION:%" G_GUINT64_FORMAT "\n"
      "#EXT-X-MEDIA-SEQUENCE:%" G_GUINT64_FORMAT "\n"
      "#EXT-X-DISCONTINUITY-SEQUENCE:%u\n"
      "#EXT-X-INDEPENDENT-SEGMENTS\n",
      VERSION, MAX (cmaf_muldiv (longest, 1, timescale / 2, timescale), 1),
      cache->first + config->number_offset, cache->first_generation);
  if (config->type == CMAF_MANIFEST_STATIC)
    g_string_append (text, "#EXT-X-PLAYLIST-TYPE:VOD\n");
  else if (config->window_length == 0)
    g_string_append (text, "#EXT-X-PLAYLIST-TYPE:EVENT\n");
  append_map (w, text, cache->first_header);
  if (!is_of_events (w))
    m3u8_events_append (text, w->presentation, w->state);
  g_string_append_len (text, cache->entries->str, cache->entries->len);
  if (w->state->is_ended || has_left || config->type == CMAF_MANIFEST_STATIC)
    g_string_append (text, "#EXT-X-ENDLIST\n");
  return g_string_free_to_bytes (text);
}

GBytes *
cmaf_m3u8_write_media (const CmafPresentation *presentation,
    const CmafPresentationState *state, const gchar *name, gboolean has_left,
    CmafM3u8Cache *cache)
{
  g_autoptr (CmafM3u8Cache) own_cache =
      cache == NULL ? cmaf_m3u8_cache_new () : NULL;
  g_autofree gchar *playlist = cmaf_m3u8_media_name (presentation, name);
  Writer w = { presentation, state, name, playlist,
    cache != NULL ? cache : own_cache };
  guint i;

  if (w.cache->window != state->first || w.cache->next > state->last + 1)
    cache_restart (w.cache, state->first);
  for (i = 0; i < presentation->periods->len; i++)
    append_period (&w, g_ptr_array_index (presentation->periods, i));
  return w.cache->is_empty ? NULL : finish_media (&w, has_left);
}

/* ---- the multivariant playlist ---- */

/* Renditions that go together, of one codec: players go by what CODECS of a
 * variant says of its group. Audio: one of each set. */
typedef struct
{
  gchar *id;
  const gchar *codecs;
  guint32 bandwidth; /* of the largest */
  guint32 average;
} Group;

static guint32
average_bandwidth (const CmafPresentationTrack *track)
{
  guint32 average = track->track->avg_bitrate;

  return average > 0 ? MIN (average, track->bandwidth) : track->bandwidth;
}

static const gchar *
family_of (const CmafSwitchingSet *set)
{
  const CmafPresentationTrack *best = g_ptr_array_index (set->tracks, 0);

  return cmaf_codec_family (best->track->codec);
}

/* The rendition's NAME: the language when it tells the sets apart. */
static const gchar *
rendition_name (const GPtrArray *sets, const CmafSwitchingSet *set)
{
  const CmafPresentationTrack *best = g_ptr_array_index (set->tracks, 0);
  guint i;

  if (best->language == NULL)
    return best->name;
  for (i = 0; i < sets->len; i++) {
    const CmafSwitchingSet *other = g_ptr_array_index (sets, i);
    const CmafPresentationTrack *track = g_ptr_array_index (other->tracks, 0);

    if (other != set && other->media == set->media
        && g_strcmp0 (track->language, best->language) == 0
        && strcmp (family_of (other), family_of (set)) == 0)
      return best->name;
  }
  return best->language;
}

static void
append_rendition (const CmafPresentation *presentation, GString *text,
    const GPtrArray *sets, const CmafSwitchingSet *set,
    const CmafPresentationTrack *track, const gchar *group, gboolean is_default)
{
  g_autofree gchar *uri = cmaf_m3u8_media_name (presentation, track->name);
  const gchar *characteristics = cmaf_role_hls_characteristics (track->role);
  const gboolean is_text = set->media == CMAF_MEDIA_TEXT;
  gchar channels[16];

  g_string_append_printf (text,
      "#EXT-X-MEDIA:TYPE=%s,GROUP-ID=\"%s\",NAME=\"%s\"",
      is_text ? "SUBTITLES" : "AUDIO", group,
      is_text && set->tracks->len > 1 ? track->name
                                      : rendition_name (sets, set));
  if (track->language != NULL)
    g_string_append_printf (text, ",LANGUAGE=\"%s\"", track->language);
  g_string_append_printf (
      text, ",DEFAULT=%s,AUTOSELECT=YES", is_default ? "YES" : "NO");
  if (g_strcmp0 (track->role, "forced-subtitle") == 0)
    g_string_append (text, ",FORCED=YES");
  if (characteristics != NULL)
    g_string_append_printf (text, ",CHARACTERISTICS=\"%s\"", characteristics);
  cmaf_track_hls_channels (track->track, channels);
  if (channels[0] != '\0')
    g_string_append_printf (text, ",CHANNELS=\"%s\"", channels);
  g_string_append (text, ",URI=\"");
  append_uri (&presentation->config, text, "", uri);
  g_string_append (text, "\"\n");
}

static void
join_group (Group *group, const CmafPresentationTrack *track)
{
  group->codecs = track->codecs;
  group->bandwidth = MAX (group->bandwidth, track->bandwidth);
  group->average = MAX (group->average, average_bandwidth (track));
}

static void
clear_group (gpointer group)
{
  g_free (((Group *)group)->id);
}

/* Group number @tier of codec @family: of each set its track number @tier.
 * FALSE when no set has that many. */
static gboolean
append_group (const CmafPresentation *presentation, GString *text,
    const GPtrArray *sets, const gchar *family, guint tier, Group *group)
{
  GString *lines = g_string_new (NULL);
  gboolean any = FALSE;
  guint i;

  memset (group, 0, sizeof *group);
  group->id = g_strdup_printf ("%s-%u", family, tier);
  for (i = 0; i < sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (sets, i);
    const CmafPresentationTrack *track;

    if (set->media != CMAF_MEDIA_AUDIO || strcmp (family_of (set), family) != 0)
      continue;
    any = any || tier < set->tracks->len;
    track = g_ptr_array_index (set->tracks, MIN (tier, set->tracks->len - 1));
    append_rendition (
        presentation, lines, sets, set, track, group->id, lines->len == 0);
    join_group (group, track);
  }
  if (any)
    g_string_append_len (text, lines->str, lines->len);
  else
    g_clear_pointer (&group->id, g_free);
  g_string_free (lines, TRUE);
  return any;
}

static GArray *
append_groups (
    const CmafPresentation *presentation, GString *text, const GPtrArray *sets)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_autoptr (GPtrArray) done = g_ptr_array_new ();
  guint i, tier;

  g_array_set_clear_func (groups, clear_group);
  for (i = 0; i < sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (sets, i);
    Group group;

    if (set->media != CMAF_MEDIA_AUDIO
        || g_ptr_array_find_with_equal_func (
            done, family_of (set), g_str_equal, NULL))
      continue;
    g_ptr_array_add (done, (gpointer)family_of (set));
    for (tier = 0;
         append_group (presentation, text, sets, family_of (set), tier, &group);
         tier++)
      g_array_append_val (groups, group);
  }
  return groups;
}

/* All texts of a codec; nobody sees any who has not asked for it. */
static void
append_text_group (const CmafPresentation *presentation, GString *text,
    const GPtrArray *sets, const gchar *family, Group *group)
{
  memset (group, 0, sizeof *group);
  group->id = g_strdup (family);
  for (guint i = 0; i < sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (sets, i);

    if (set->media != CMAF_MEDIA_TEXT || strcmp (family_of (set), family) != 0)
      continue;
    for (guint k = 0; k < set->tracks->len; k++) {
      const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, k);

      append_rendition (presentation, text, sets, set, track, group->id, FALSE);
      join_group (group, track);
    }
  }
}

static GArray *
append_text_groups (
    const CmafPresentation *presentation, GString *text, const GPtrArray *sets)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));
  const gchar *family = NULL;

  g_array_set_clear_func (groups, clear_group);
  for (guint i = 0; i < sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (sets, i);
    Group group;

    if (set->media != CMAF_MEDIA_TEXT
        || g_strcmp0 (family_of (set), family) == 0) /* sets are in order */
      continue;
    family = family_of (set);
    append_text_group (presentation, text, sets, family, &group);
    g_array_append_val (groups, group);
  }
  return groups;
}

static void
append_video_attributes (GString *text, const CmafTrack *track)
{
  const gchar *range = cmaf_track_hls_video_range (track);

  if (track->width > 0 && track->height > 0)
    g_string_append_printf (
        text, ",RESOLUTION=%ux%u", track->width, track->height);
  if (track->fps_n > 0 && track->fps_d > 0) {
    guint64 millis =
        cmaf_muldiv (track->fps_n, 1000, track->fps_d / 2, track->fps_d);

    g_string_append_printf (text, ",FRAME-RATE=%" G_GUINT64_FORMAT ".%03u",
        millis / 1000, (guint)(millis % 1000));
  }
  if (range != NULL)
    g_string_append_printf (text, ",VIDEO-RANGE=%s", range);
}

/* @audio, @texts: that go with it, NULL: none */
static void
append_variant (const CmafPresentation *presentation, GString *text,
    const CmafPresentationTrack *track, const Group *audio, const Group *texts)
{
  g_autofree gchar *uri = cmaf_m3u8_media_name (presentation, track->name);
  gboolean is_video = track->track->media == CMAF_MEDIA_VIDEO;
  const Group *added[] = { is_video ? audio : NULL, texts };
  guint64 bandwidth = track->bandwidth, average = average_bandwidth (track);
  g_autoptr (GString) codecs = g_string_new (track->codecs);

  for (guint i = 0; i < G_N_ELEMENTS (added); i++) {
    if (added[i] == NULL)
      continue;
    bandwidth += added[i]->bandwidth;
    average += added[i]->average;
    g_string_append_printf (codecs, ",%s", added[i]->codecs);
  }
  g_string_append_printf (text,
      "#EXT-X-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT
      ",AVERAGE-BANDWIDTH=%" G_GUINT64_FORMAT ",CODECS=\"%s\"",
      bandwidth, average, codecs->str);
  if (is_video)
    append_video_attributes (text, track->track);
  if (audio != NULL)
    g_string_append_printf (text, ",AUDIO=\"%s\"", audio->id);
  if (texts != NULL)
    g_string_append_printf (text, ",SUBTITLES=\"%s\"", texts->id);
  g_string_append_c (text, '\n');
  append_uri (&presentation->config, text, "", uri);
  g_string_append_c (text, '\n');
}

static const Group *
group_or_null (const GArray *groups, guint i)
{
  return i < groups->len ? &g_array_index (groups, Group, i) : NULL;
}

static void
append_variants (const CmafPresentation *presentation, GString *text,
    const CmafSwitchingSet *set, const GArray *audio, const GArray *texts)
{
  const gboolean is_audio = set->media == CMAF_MEDIA_AUDIO;
  const guint n_audio = is_audio ? 1 : MAX (audio->len, 1);

  for (guint i = 0; i < set->tracks->len; i++)
    for (guint k = 0; k < n_audio; k++)
      for (guint m = 0; m < MAX (texts->len, 1); m++)
        append_variant (presentation, text, g_ptr_array_index (set->tracks, i),
            group_or_null (audio, is_audio ? i : k), group_or_null (texts, m));
}

/* Every track once, as its newest period describes it. */
static CmafPresentation *
flatten (const CmafPresentation *presentation)
{
  CmafPresentation *flat = cmaf_presentation_new (&presentation->config);
  CmafPeriod *all = cmaf_presentation_add_period (flat, 0, 0);
  guint i, k, m;

  for (i = presentation->periods->len; i-- > 0;) {
    const CmafPeriod *period = g_ptr_array_index (presentation->periods, i);

    for (k = 0; k < period->sets->len; k++) {
      const CmafSwitchingSet *set = g_ptr_array_index (period->sets, k);

      for (m = 0; m < set->tracks->len; m++) {
        const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, m);

        if (cmaf_period_find_track (all, track->name) == NULL)
          cmaf_presentation_add_track (flat, track->name, track->track,
              track->header_name, track->timeline);
      }
    }
  }
  return flat;
}

GBytes *
cmaf_m3u8_write_master (const CmafPresentation *presentation)
{
  g_autoptr (CmafPresentation) flat = flatten (presentation);
  const CmafPeriod *all = g_ptr_array_index (flat->periods, 0);
  GString *text = g_string_new ("#EXTM3U\n");
  g_autoptr (GArray) groups = NULL;
  g_autoptr (GArray) texts = NULL;
  guint i, n_audio = 0, n_video = 0;
  gsize head;

  for (i = 0; i < all->sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (all->sets, i);

    n_video += set->media == CMAF_MEDIA_VIDEO;
    n_audio += set->media == CMAF_MEDIA_AUDIO;
  }
  g_string_append_printf (
      text, "#EXT-X-VERSION:%u\n#EXT-X-INDEPENDENT-SEGMENTS\n", VERSION);
  /* one audio set alone needs no group: its tracks are the variants */
  if (n_video > 0 || n_audio > 1)
    groups = append_groups (flat, text, all->sets);
  else
    groups = g_array_new (FALSE, FALSE, sizeof (Group));
  texts = append_text_groups (flat, text, all->sets);
  head = text->len;
  for (i = 0; i < all->sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (all->sets, i);

    if (set->media == CMAF_MEDIA_VIDEO
        || (n_video == 0 && set->media == CMAF_MEDIA_AUDIO)) {
      append_variants (flat, text, set, groups, texts);
      if (set->media == CMAF_MEDIA_AUDIO)
        break;
    }
  }
  if (text->len == head) {
    g_string_free (text, TRUE);
    return NULL;
  }
  return g_string_free_to_bytes (text);
}
