/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* When things are in the MPD: where Periods begin in media time, and which
 * media time is presentation time 0. Pure. Internal, a part of the MPD
 * writer. */
#pragma once

#include "presentation.h"

G_BEGIN_DECLS

typedef struct
{
  const CmafPresentation *presentation;
  const CmafPresentationState *state;
  gboolean is_static;
  gboolean by_number; /* @duration, no SegmentTimeline */
  /* Presentation time 0 is where the listed segments start, else media time 0:
   * players in session keep their positions. */
  gboolean is_zero_based;
  const CmafPeriod *start; /* the period that begins there, NULL: none */
  guint64 origin_ticks;    /* media time of presentation time 0 */
  guint64 origin_timescale;
  guint64 end_us; /* media time of the end of what is listed; is_static */
} MpdTimes;

void mpd_times_init (MpdTimes *times, const CmafPresentation *presentation,
    const CmafPresentationState *state);
/* The edge B(K) in ticks of @timescale, nearest. */
guint64 mpd_times_edge (
    const MpdTimes *times, guint64 number, guint64 timescale);
/* The segment whose edge @period begins with. */
guint64 mpd_times_first_number (
    const MpdTimes *times, const CmafPeriod *period);
/* The last segment of @track that is listed in @period, when the period itself
 * ends with @last. */
guint64 mpd_times_last_number (const MpdTimes *times, const CmafPeriod *period,
    const CmafPresentationTrack *track, guint64 last);
/* The media time at which @period starts, as a fraction of seconds, */
void mpd_times_find_offset (
    const MpdTimes *times, const CmafPeriod *period, guint64 *n, guint64 *d);
/* and in ticks of @timescale. */
guint64 mpd_times_offset (
    const MpdTimes *times, const CmafPeriod *period, guint64 timescale);
/* The media time, ns, at which the listed period after @period starts; MAX:
 * there is none. */
guint64 mpd_times_end (const MpdTimes *times, const CmafPeriod *period);
/* From presentation time 0 to @media_us, us. */
guint64 mpd_times_since_origin (const MpdTimes *times, guint64 media_us);

G_END_DECLS
