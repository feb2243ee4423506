/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ke, the highest published number, is the lowest that every track has reached
 * which holds the others back. A new period begins at a number where a track
 * joins, has a new header, has been away for ABSENT numbers, or comes back; and
 * with numbers in a SegmentTimeline also after any number that is skipped,
 * because players count segments there and would ask for the wrong ones. When a
 * longer segment covers the time of the skipped number, no time is missing: the
 * new period begins where that segment ends. */
#include "publication.h"
#include "timescale.h"

#include <string.h>

#define ABSENT 3      /* numbers without a segment: the track is away */
#define START_SKEW 1  /* numbers by which tracks may start apart */
#define LEAST_GRACE 3 /* segments that stay behind the window */

/* What a track published under one header. */
typedef struct
{
  CmafTrack *track;
  gchar *header_name;
  CmafTimeline *timeline;
  guint64 longest;       /* ticks, of the listed segments */
  guint64 longest_chunk; /* ticks, of the first segment */
  guint serial;          /* counts the versions of a track */
} Version;

typedef struct
{
  gchar *name;
  GPtrArray *versions; /* of Version */
  gboolean is_live;
  gboolean has_segments;
  guint64 origin; /* number of the first segment ever */
  guint64 newest;

  gboolean was_listed;
  guint64 last_listed;
  guint listed_serial; /* of the version of last_listed */
  guint64 end;         /* of last_listed, ticks */
  guint64 away;        /* the number at which the track is away */
  guint n_versions;    /* ever */
  gboolean has_loss;   /* the next segment is discontinuous */
} Track;

typedef struct
{
  guint64 first;
  guint generation;
  CmafPeriodStart start;
} Period;

struct _CmafPublication
{
  CmafPublicationConfig config;
  guint n_expected;
  guint n_known;     /* tracks that ever had a header */
  GPtrArray *tracks; /* of Track, by name */
  GArray *periods;   /* of Period, ascending */
  gboolean is_published;
  gboolean is_finished;
  guint64 start; /* number of the first segment ever listed */
  CmafPresentationState state;
  CmafEventList *events;
};

/* ---- tracks ---- */

static void
free_version (Version *version)
{
  cmaf_track_unref (version->track);
  g_free (version->header_name);
  cmaf_timeline_free (version->timeline);
  g_free (version);
}

static void
free_track (Track *track)
{
  g_ptr_array_unref (track->versions);
  g_free (track->name);
  g_free (track);
}

static Track *
find_track (const CmafPublication *publication, const gchar *name)
{
  guint i;

  for (i = 0; i < publication->tracks->len; i++) {
    Track *track = g_ptr_array_index (publication->tracks, i);

    if (strcmp (track->name, name) == 0)
      return track;
  }
  return NULL;
}

static Track *
add_track (CmafPublication *publication, const gchar *name)
{
  Track *track = g_new0 (Track, 1);

  track->name = g_strdup (name);
  track->versions =
      g_ptr_array_new_with_free_func ((GDestroyNotify)free_version);
  g_ptr_array_add (publication->tracks, track);
  publication->n_known++;
  return track;
}

static Version *
last_version (const Track *track)
{
  return g_ptr_array_index (track->versions, track->versions->len - 1);
}

CmafPublication *
cmaf_publication_new (const CmafPublicationConfig *config)
{
  CmafPublication *publication = g_new0 (CmafPublication, 1);

  publication->config = *config;
  publication->config.window_quantum = MAX (config->window_quantum, 1);
  publication->tracks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)free_track);
  publication->periods = g_array_new (FALSE, FALSE, sizeof (Period));
  publication->events = cmaf_event_list_new ();
  return publication;
}

void
cmaf_publication_free (CmafPublication *publication)
{
  g_ptr_array_unref (publication->tracks);
  g_array_unref (publication->periods);
  cmaf_event_list_free (publication->events);
  g_free (publication);
}

CmafEventList *
cmaf_publication_get_events (CmafPublication *publication)
{
  return publication->events;
}

void
cmaf_publication_set_expected (CmafPublication *publication, guint n_tracks)
{
  publication->n_expected = n_tracks;
}

void
cmaf_publication_set_max_lag (CmafPublication *publication, guint max_lag)
{
  publication->config.max_lag = max_lag;
}

void
cmaf_publication_set_header (CmafPublication *publication, const gchar *name,
    CmafTrack *track, const gchar *header_name)
{
  /* text is cut at any tick */
  const CmafUnitGrid units = { track->timescale,
    track->media == CMAF_MEDIA_TEXT ? 1 : track->sample_duration, 0 };
  Track *known = find_track (publication, name);
  Version *version;

  if (known == NULL)
    known = add_track (publication, name);
  if (!known->is_live && publication->is_published) /* it comes back */
    known->newest = MAX (known->newest, publication->state.last);
  known->is_live = TRUE;
  if (known->versions->len > 0
      && strcmp (last_version (known)->header_name, header_name) == 0)
    return;
  version = g_new0 (Version, 1);
  version->serial = known->n_versions++;
  version->track = cmaf_track_ref (track);
  version->header_name = g_strdup (header_name);
  version->timeline =
      cmaf_timeline_new (&publication->config.presentation.grid, &units);
  g_ptr_array_add (known->versions, version);
}

gboolean
cmaf_publication_add_segment (CmafPublication *publication, const gchar *name,
    const CmafTimelineSegment *segment, guint64 longest_chunk)
{
  Track *track = find_track (publication, name);
  Version *version;

  g_return_val_if_fail (track != NULL && track->versions->len > 0, FALSE);

  if (publication->is_finished
      || segment->number < publication->config.presentation.first_number
      || (publication->is_published
          && segment->number <= publication->state.last)) {
    /* it is back: wait for the next one */
    track->newest = MAX (track->newest, segment->number);
    return FALSE;
  }
  version = last_version (track);
  cmaf_timeline_append (version->timeline, segment);
  if (version->longest_chunk == 0)
    version->longest_chunk = longest_chunk;
  if (!track->has_segments)
    track->origin = segment->number;
  track->has_segments = TRUE;
  track->newest = segment->number;
  return TRUE;
}

void
cmaf_publication_lose_segment (CmafPublication *publication, const gchar *name,
    guint64 number, gboolean is_final)
{
  Track *track = find_track (publication, name);

  if (track == NULL)
    return;
  track->newest = MAX (track->newest, number);
  track->has_loss = track->has_loss || is_final;
}

/* Under the header that was there at the time. */
static Version *
version_at (const Track *track, guint64 number)
{
  CmafTimelineSegment first;

  for (guint i = track->versions->len; i-- > 1;) {
    Version *version = g_ptr_array_index (track->versions, i);

    if (cmaf_timeline_next (version->timeline, 0, &first)
        && first.number <= number)
      return version;
  }
  return g_ptr_array_index (track->versions, 0);
}

gboolean
cmaf_publication_heal (CmafPublication *publication, const gchar *name,
    const CmafTimelineSegment *segment)
{
  Track *track = find_track (publication, name);
  Version *version;

  if (track == NULL || track->versions->len == 0
      || segment->number < cmaf_publication_get_obsolete (publication))
    return FALSE;
  version = version_at (track, segment->number);
  if (!cmaf_timeline_insert (version->timeline, segment))
    return FALSE;
  version->longest = MAX (version->longest, segment->duration);
  if (!track->has_segments)
    track->origin = segment->number;
  track->has_segments = TRUE;
  return publication->is_published
         && segment->number <= publication->state.last;
}

void
cmaf_publication_end_track (CmafPublication *publication, const gchar *name)
{
  Track *track = find_track (publication, name);

  if (track != NULL)
    track->is_live = FALSE;
}

void
cmaf_publication_finish (CmafPublication *publication)
{
  guint i;

  for (i = 0; i < publication->tracks->len; i++)
    ((Track *)g_ptr_array_index (publication->tracks, i))->is_live = FALSE;
  publication->is_finished = TRUE;
}

/* ---- settling ---- */

typedef struct
{
  gboolean any;          /* some track has a segment */
  guint64 first, newest; /* over all tracks */
  guint64 live_newest;   /* over the tracks that go on */
} Reach;

static Reach
measure (const CmafPublication *publication)
{
  Reach reach = { FALSE, G_MAXUINT64, 0, 0 };
  guint i;

  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);

    if (!track->has_segments)
      continue;
    reach.any = TRUE;
    reach.first = MIN (reach.first, track->origin);
    reach.newest = MAX (reach.newest, track->newest);
    if (track->is_live)
      reach.live_newest = MAX (reach.live_newest, track->newest);
  }
  return reach;
}

/* One before the first number that a track without segments may still bring,
 * when nothing is published. */
static guint64
before_any (const Reach *reach)
{
  return reach->first > 0 ? reach->first - 1 : 0;
}

/* Whether nothing is settled for want of tracks that nobody knows yet. Where
 * there is a limit to waiting, what is on the air goes on. */
static gboolean
waits_for_tracks (const CmafPublication *publication, const Reach *reach)
{
  const guint max_lag = publication->config.max_lag;

  return !publication->is_finished
         && publication->n_known < publication->n_expected
         && (max_lag == 0
             || (!publication->is_published
                 && reach->newest - before_any (reach) <= max_lag));
}

/* The number that @track has reached; of one that joins, what was published
 * then. */
static guint64
find_reached (
    const CmafPublication *publication, const Track *track, const Reach *reach)
{
  if (track->has_segments || publication->is_published)
    return track->newest;
  return before_any (reach);
}

/* Who joins what is on the air brings its first segment at once. */
static guint
lag_of (const CmafPublication *publication, const Track *track)
{
  const guint max_lag = publication->config.max_lag;

  return track->has_segments || !publication->is_published
             ? max_lag
             : MIN (max_lag, START_SKEW + 1);
}

/* The highest number that is settled; FALSE when none is. */
static gboolean
find_settled (const CmafPublication *publication, guint64 *settled)
{
  Reach reach = measure (publication);
  gboolean any_live = FALSE;
  guint64 lowest = G_MAXUINT64;
  guint i;

  if (!reach.any || waits_for_tracks (publication, &reach))
    return FALSE;
  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);
    const guint64 has = find_reached (publication, track, &reach);
    const guint lag = lag_of (publication, track);

    if (!track->is_live || (lag > 0 && has + lag < reach.live_newest))
      continue;
    if (!track->has_segments && !publication->is_published)
      return FALSE;
    any_live = TRUE;
    lowest = MIN (lowest, has);
  }
  *settled = any_live ? lowest : reach.newest;
  return TRUE;
}

/* ---- periods ---- */

/* The version of @track that has segment @number. */
static Version *
find_version (const Track *track, guint64 number, CmafTimelineSegment *segment)
{
  guint i;

  for (i = track->versions->len; i-- > 0;) {
    Version *version = g_ptr_array_index (track->versions, i);

    if (cmaf_timeline_lookup (version->timeline, number, segment))
      return version;
  }
  return NULL;
}

typedef struct
{
  gboolean period;
  gboolean generation;
  guint told; /* the generation that headers tell */
  CmafPeriodStart start;
} Break;

static void
start_not_before (CmafPeriodStart *start, guint64 ticks, guint32 timescale)
{
  if (start->timescale == 0
      || cmaf_muldiv (ticks, GST_SECOND, 0, timescale)
             > cmaf_muldiv (start->ticks, GST_SECOND, 0, start->timescale)) {
    start->ticks = ticks;
    start->timescale = timescale;
  }
}

/* What it means for periods that @track has @segment. */
static void
judge_present (const CmafPublication *publication, const Track *track,
    const Version *version, const CmafTimelineSegment *segment, Break *found)
{
  const CmafPresentationConfig *config = &publication->config.presentation;
  const Period *current = publication->periods->len > 0
                              ? &g_array_index (publication->periods, Period,
                                  publication->periods->len - 1)
                              : NULL;
  const guint64 number = segment->number;
  gboolean skips;

  found->told = MAX (found->told, version->track->generation);
  if (current == NULL)
    return;
  if (!track->was_listed) {
    guint64 tolerated = config->type == CMAF_MANIFEST_STATIC ? START_SKEW : 0;

    found->period |= number > publication->start + tolerated;
    return;
  }
  skips = number > track->last_listed + 1;
  if (number > track->away
      || (skips
          && (config->addressing == CMAF_ADDRESSING_TIMELINE_NUMBER
              || track->last_listed < current->first)))
    found->period = TRUE;
  if (skips && segment->time == track->end)
    start_not_before (&found->start, segment->time, version->track->timescale);
  if (version->serial != track->listed_serial || track->has_loss)
    found->period = found->generation = TRUE;
}

/* A number is missed only when no segment covers its time. */
static void
note_listed (const CmafPublication *publication, Track *track,
    const Version *version, const CmafTimelineSegment *segment)
{
  guint64 end = segment->time + segment->duration;
  guint64 next = cmaf_segment_grid_number (
      &publication->config.presentation.grid, end, version->track->timescale);

  track->was_listed = TRUE;
  track->has_loss = FALSE;
  track->last_listed = segment->number;
  track->listed_serial = version->serial;
  track->end = end;
  track->away = MAX (next, segment->number + 1) + ABSENT - 1;
}

static void
list_number (CmafPublication *publication, guint64 number)
{
  guint n_periods = publication->periods->len;
  Break found = { n_periods == 0, FALSE, 0, { 0, 0 } };
  CmafTimelineSegment segment;
  guint i;

  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);
    const Version *version = find_version (track, number, &segment);

    if (version != NULL)
      judge_present (publication, track, version, &segment, &found);
    else if (track->was_listed && number == track->away)
      found.period = TRUE;
  }
  if (found.period) {
    Period period = { number, 0, { 0, 0 } };

    /* a new header is for whole segments */
    if (!found.generation)
      period.start = found.start;
    if (n_periods > 0)
      period.generation =
          g_array_index (publication->periods, Period, n_periods - 1).generation
          + (found.generation ? 1 : 0);
    period.generation = MAX (period.generation, found.told);
    g_array_append_val (publication->periods, period);
  }
  for (i = 0; i < publication->tracks->len; i++) {
    Track *track = g_ptr_array_index (publication->tracks, i);
    Version *version = find_version (track, number, &segment);

    if (version == NULL)
      continue;
    version->longest = MAX (version->longest, segment.duration);
    note_listed (publication, track, version, &segment);
  }
}

/* The next number, not before @number, at which something happens. */
static guint64
next_event (const CmafPublication *publication, guint64 number)
{
  guint64 next = G_MAXUINT64;
  CmafTimelineSegment segment;
  guint i, k;

  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);

    if (track->was_listed && track->away >= number)
      next = MIN (next, track->away);
    for (k = 0; k < track->versions->len; k++) {
      const Version *version = g_ptr_array_index (track->versions, k);

      if (cmaf_timeline_next (version->timeline, number, &segment))
        next = MIN (next, segment.number);
    }
  }
  return next;
}

/* Live tracks start a little apart; the presentation starts where the last of
 * them does. A static one leaves nothing out. */
static guint64
find_start (const CmafPublication *publication)
{
  guint64 first = measure (publication).first, start = first;
  guint i;

  if (publication->config.presentation.type == CMAF_MANIFEST_STATIC)
    return first;
  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);

    if (track->has_segments && track->origin <= first + START_SKEW)
      start = MAX (start, track->origin);
  }
  return start;
}

static guint64
window_segments (const CmafPublication *publication)
{
  const CmafPresentationConfig *config = &publication->config.presentation;

  return cmaf_muldiv (config->window_length, config->grid.duration_d,
      config->grid.duration_n * GST_SECOND - 1,
      config->grid.duration_n * GST_SECOND);
}

/* The front of the window moves in steps, so that a playlist that is one
 * segment older usually has the same front. */
static void
move_window (CmafPublication *publication)
{
  guint64 n = window_segments (publication);
  guint64 q = publication->config.window_quantum;
  guint64 first = publication->start;

  if (n > 0 && publication->state.last + 1 > n)
    first = MAX (first, (publication->state.last + 1 - n) / q * q);
  publication->state.first = first;
  while (publication->periods->len > 1
         && g_array_index (publication->periods, Period, 1).first <= first)
    g_array_remove_index (publication->periods, 0);
}

gboolean
cmaf_publication_advance (CmafPublication *publication)
{
  CmafPresentationState *state = &publication->state;
  gboolean ends = publication->is_finished && !state->is_ended;
  guint64 settled, start, number;

  if (publication->config.presentation.type == CMAF_MANIFEST_STATIC && !ends)
    return FALSE;
  if (!find_settled (publication, &settled))
    return FALSE;
  start =
      publication->is_published ? publication->start : find_start (publication);
  if (settled < start
      || (publication->is_published && settled <= state->last && !ends))
    return FALSE;
  publication->start = start;
  number = publication->is_published ? state->last + 1 : start;
  while ((number = next_event (publication, number)) <= settled) {
    list_number (publication, number);
    number++;
  }
  publication->is_published = TRUE;
  state->last = MAX (state->last, settled);
  state->is_ended = publication->is_finished;
  move_window (publication);
  return TRUE;
}

/* ---- what manifests see ---- */

gboolean
cmaf_publication_is_published (const CmafPublication *publication)
{
  return publication->is_published;
}

const CmafPresentationState *
cmaf_publication_get_state (const CmafPublication *publication)
{
  return &publication->state;
}

gboolean
cmaf_publication_has_left (
    const CmafPublication *publication, const gchar *name)
{
  const Track *track = find_track (publication, name);

  return track != NULL && !track->is_live
         && track->newest < publication->state.last;
}

static void
describe_period (const CmafPublication *publication,
    CmafPresentation *presentation, const CmafPeriod *period, guint64 end)
{
  guint64 first = MAX (period->first, publication->state.first);
  guint64 last = MIN (end - 1, publication->state.last);
  CmafTimelineSegment segment;
  guint i, k;

  for (i = 0; i < publication->tracks->len; i++) {
    const Track *track = g_ptr_array_index (publication->tracks, i);

    for (k = 0; k < track->versions->len; k++) {
      const Version *version = g_ptr_array_index (track->versions, k);
      CmafPresentationTrack *added;

      if (!cmaf_timeline_next (version->timeline, first, &segment)
          || segment.number > last)
        continue;
      added = cmaf_presentation_add_track (presentation, track->name,
          version->track, version->header_name, version->timeline);
      added->longest = version->longest;
      added->longest_chunk = version->longest_chunk;
    }
  }
}

CmafPresentation *
cmaf_publication_describe (const CmafPublication *publication)
{
  CmafPresentation *presentation =
      cmaf_presentation_new (&publication->config.presentation);
  guint i;

  for (i = 0; i < publication->periods->len; i++) {
    const Period *from = &g_array_index (publication->periods, Period, i);
    CmafPeriod *period = cmaf_presentation_add_period (
        presentation, from->first, from->generation);

    period->is_start = from->first == publication->start;
    period->start = from->start;
    describe_period (publication, presentation, period,
        i + 1 < publication->periods->len ? from[1].first : G_MAXUINT64);
  }
  presentation->events = publication->events;
  return presentation;
}

guint64
cmaf_publication_get_recorded (const CmafPublication *publication)
{
  guint64 step = publication->config.window_quantum;

  return publication->state.first < publication->start + step
             ? publication->start
             : publication->state.first - step;
}

/* ---- forgetting ---- */

guint64
cmaf_publication_get_removable (const CmafPublication *publication)
{
  guint64 least = MAX (LEAST_GRACE, publication->config.window_quantum);
  guint64 grace = MAX (window_segments (publication), least);

  if (!publication->is_published
      || publication->config.presentation.window_length == 0
      || publication->state.first < grace)
    return 0;
  return publication->state.first - grace;
}

guint64
cmaf_publication_get_obsolete (const CmafPublication *publication)
{
  if (!publication->is_published)
    return 0;
  return MAX (publication->start, cmaf_publication_get_removable (publication));
}

/* TRUE when nothing is left of @track and nothing will come. */
static gboolean
trim_track (Track *track, guint64 number)
{
  CmafTimelineSegment segment;
  guint i;

  for (i = track->versions->len; i-- > 0;) {
    Version *version = g_ptr_array_index (track->versions, i);

    cmaf_timeline_trim (version->timeline, number);
    if (!cmaf_timeline_last (version->timeline, &segment)
        && i + 1 < track->versions->len)
      g_ptr_array_remove_index (track->versions, i);
  }
  return !track->is_live && track->has_segments && track->newest < number;
}

void
cmaf_publication_trim (CmafPublication *publication, guint64 number)
{
  const CmafSegmentGrid *grid = &publication->config.presentation.grid;
  guint i;

  cmaf_event_list_trim (publication->events,
      cmaf_muldiv (number, grid->duration_n * GST_SECOND, 0, grid->duration_d));
  for (i = publication->tracks->len; i-- > 0;)
    if (trim_track (g_ptr_array_index (publication->tracks, i), number))
      g_ptr_array_remove_index (publication->tracks, i);
}
