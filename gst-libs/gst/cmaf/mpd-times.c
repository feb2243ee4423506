/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A Period begins at an edge of the grid or, after a splice, inside a segment;
 * of a static MPD, presentation time 0 is found from what is listed. */
#include "mpd-times.h"
#include "timescale.h"

/* ---- Periods ---- */

guint64
mpd_times_edge (const MpdTimes *times, guint64 number, guint64 timescale)
{
  const CmafSegmentGrid *grid = &times->presentation->config.grid;

  return cmaf_muldiv (number, grid->duration_n * timescale,
      grid->duration_d / 2, grid->duration_d);
}

/* While the MPD is dynamic that stays, also when the window moves, and is the
 * same for packagers that began later. At the end it is what is left, because
 * players that come then begin there; times stay, as @presentationTimeOffset
 * moves along. Not when the start of the service is known: then there is
 * nothing to move away from. */
guint64
mpd_times_first_number (const MpdTimes *times, const CmafPeriod *period)
{
  guint64 first = times->presentation->config.first_number;
  gboolean stays = !times->is_static
                   || (first > 0 && !times->by_number && !times->is_zero_based);

  if (stays)
    return period->is_start ? first : period->first;
  return MAX (period->first, times->state->first);
}

/* @period starts behind the edge of its first number. */
static gboolean
starts_inside (const MpdTimes *times, const CmafPeriod *period)
{
  return period->start.timescale > 0 && !times->by_number
         && mpd_times_first_number (times, period) == period->first;
}

void
mpd_times_find_offset (
    const MpdTimes *times, const CmafPeriod *period, guint64 *n, guint64 *d)
{
  const CmafSegmentGrid *grid = &times->presentation->config.grid;

  if (period == times->start) {
    *n = times->origin_ticks;
    *d = times->origin_timescale;
  } else if (starts_inside (times, period)) {
    *n = period->start.ticks;
    *d = period->start.timescale;
  } else {
    *n = mpd_times_first_number (times, period) * grid->duration_n;
    *d = grid->duration_d;
  }
}

guint64
mpd_times_offset (
    const MpdTimes *times, const CmafPeriod *period, guint64 timescale)
{
  guint64 n, d;

  mpd_times_find_offset (times, period, &n, &d);
  return cmaf_muldiv (n, timescale, d / 2, d);
}

/* The listed period after @period, NULL: none. */
static const CmafPeriod *
next_period (const MpdTimes *times, const CmafPeriod *period)
{
  const GPtrArray *periods = times->presentation->periods;

  for (guint i = 0; i < periods->len; i++) {
    const CmafPeriod *next = g_ptr_array_index (periods, i);

    if (next->first == period->end && next->first <= times->state->last)
      return next;
  }
  return NULL;
}

guint64
mpd_times_end (const MpdTimes *times, const CmafPeriod *period)
{
  const CmafPeriod *next = next_period (times, period);

  return next != NULL ? mpd_times_offset (times, next, GST_SECOND)
                      : G_MAXUINT64;
}

/* When the next period starts inside the first segment it has of @track, what
 * is before belongs to this one: that segment is in both. */
guint64
mpd_times_last_number (const MpdTimes *times, const CmafPeriod *period,
    const CmafPresentationTrack *track, guint64 last)
{
  const CmafPeriod *next = next_period (times, period);
  CmafTimelineSegment before, segment;

  if (next == NULL || !starts_inside (times, next)
      || !cmaf_timeline_lookup (track->timeline, next->first, &segment)
      || !cmaf_timeline_lookup (track->timeline, next->first - 1, &before)
      || before.time + before.duration != segment.time
      || segment.time
             >= mpd_times_offset (times, next, track->track->timescale))
    return last;
  return next->first;
}

guint64
mpd_times_since_origin (const MpdTimes *times, guint64 media_us)
{
  const guint64 origin_us = cmaf_muldiv (times->origin_ticks, G_USEC_PER_SEC,
      times->origin_timescale / 2, times->origin_timescale);

  return media_us - MIN (media_us, origin_us);
}

/* ---- presentation time 0, and the end ---- */

/* Media time of what is listed. */
typedef struct
{
  guint64 start_ticks;
  guint64 start_timescale; /* 0: nothing is */
  guint64 end_us;
  /* Of the last period's sound and pictures: */
  guint64 newest;    /* K */
  gboolean is_short; /* one of them has no segment of that K */
} Extent;

static void
note_last (Extent *extent, guint64 number)
{
  if (number > extent->newest) {
    extent->is_short = extent->newest > 0 && number == extent->newest + 1;
    extent->newest = number;
  } else if (number + 1 == extent->newest) {
    extent->is_short = TRUE;
  }
}

static void
note_start (Extent *extent, guint64 ticks, guint32 timescale)
{
  if (extent->start_timescale > 0
      && cmaf_muldiv (ticks, GST_SECOND, 0, timescale) >= cmaf_muldiv (
             extent->start_ticks, GST_SECOND, 0, extent->start_timescale))
    return;
  extent->start_ticks = ticks;
  extent->start_timescale = timescale;
}

static void
measure_track (Extent *extent, const CmafPresentationTrack *track,
    guint64 first, guint64 last)
{
  const guint32 timescale = track->track->timescale;
  CmafTimelineSegment segment;

  if (!cmaf_timeline_next (track->timeline, first, &segment)
      || segment.number > last)
    return;
  note_start (extent, segment.time, timescale);
  while (last > segment.number
         && !cmaf_timeline_lookup (track->timeline, last, &segment))
    last--;
  if (track->track->media <= CMAF_MEDIA_AUDIO)
    note_last (extent, segment.number);
  extent->end_us =
      MAX (extent->end_us, cmaf_muldiv (segment.time + segment.duration,
                               G_USEC_PER_SEC, timescale - 1, timescale));
}

static void
measure_period (
    Extent *extent, const CmafPeriod *period, guint64 first, guint64 last)
{
  extent->newest = 0;
  for (guint i = 0; i < period->sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (period->sets, i);

    for (guint k = 0; k < set->tracks->len; k++)
      measure_track (extent, g_ptr_array_index (set->tracks, k), first, last);
  }
}

/* By @duration, players take it that each track has all segments that begin
 * before the end: an audio unit across the edge, or a frame behind it that only
 * one track has, would make them ask for what is not there. */
static guint64
end_by_number (const MpdTimes *times, const Extent *extent)
{
  const CmafSegmentGrid *grid = &times->presentation->config.grid;
  const guint64 end = extent->newest + (extent->is_short ? 0 : 1);

  if (extent->newest == 0)
    return extent->end_us;
  return MIN (extent->end_us, cmaf_muldiv (end * grid->duration_n,
                                  G_USEC_PER_SEC, 0, grid->duration_d));
}

/* Numbers and @duration place segments on edges, wherever media starts. */
static void
place_by_number (MpdTimes *times, const Extent *extent)
{
  const CmafSegmentGrid *grid = &times->presentation->config.grid;

  if (times->is_zero_based)
    times->origin_ticks =
        mpd_times_first_number (times, times->start) * grid->duration_n;
  times->origin_timescale = grid->duration_d;
  times->start = NULL;
  times->end_us = end_by_number (times, extent);
}

static void
place (MpdTimes *times, const Extent *extent)
{
  times->end_us = extent->end_us;
  if (times->is_zero_based && extent->start_timescale > 0) {
    times->origin_ticks = extent->start_ticks;
    times->origin_timescale = extent->start_timescale;
  }
}

void
mpd_times_init (MpdTimes *times, const CmafPresentation *presentation,
    const CmafPresentationState *state)
{
  const CmafPresentationConfig *config = &presentation->config;
  const gboolean is_zero_based = config->type == CMAF_MANIFEST_STATIC;
  Extent extent = { 0 };

  *times = (MpdTimes){ presentation, state,
    .is_static = state->is_ended || is_zero_based,
    .by_number = config->addressing == CMAF_ADDRESSING_NUMBER,
    .is_zero_based = is_zero_based, .origin_timescale = 1 };
  for (guint i = 0; i < presentation->periods->len; i++) {
    const CmafPeriod *period = g_ptr_array_index (presentation->periods, i);
    guint64 first, last;

    if (!cmaf_period_clip (period, state, &first, &last))
      continue;
    if (times->start == NULL && is_zero_based)
      times->start = period;
    if (times->is_static)
      measure_period (&extent, period, first, last);
  }
  if (times->by_number)
    place_by_number (times, &extent);
  else
    place (times, &extent);
}
