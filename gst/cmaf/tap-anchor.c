/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which PTS is which media time, for as long as the stream goes on. */
#include "tap-anchor.h"

#include "utc-clock.h"

#include <gst/cmaf/media-time.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* Of times in the stream: half a frame at 25 frames a second */
#define MAX_ERROR_IN_BAND (20 * GST_MSECOND)
/* Clocks that are smeared around a leap second are not the same everywhere. */
#define LEAP_HOLD_SECONDS 86400
/* A new pair begins so much later, for all to hear of it; */
#define AHEAD 30
#define SEGMENTS_AHEAD 8
/* and is offered again, when nothing has come of it. */
#define WISH_AGAIN (60 * (gint64)GST_SECOND)

/* ---- settings ---- */

void
tap_anchor_settings_copy (TapAnchorSettings *to, const TapAnchorSettings *from)
{
  *to = *from;
  to->source = g_strdup (from->source);
  to->leap_seconds_file = g_strdup (from->leap_seconds_file);
  if (to->utc_clock)
    gst_object_ref (to->utc_clock);
}

void
tap_anchor_settings_clear (TapAnchorSettings *settings)
{
  g_clear_pointer (&settings->source, g_free);
  g_clear_pointer (&settings->leap_seconds_file, g_free);
  gst_clear_object (&settings->utc_clock);
}

/* ---- what is told ---- */

static void
post (TapAnchor *self, GstStructure *structure)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static void
tell_pair (TapAnchor *self, const CmafPtsPair *pair, const gchar *source)
{
  GST_OBJECT_LOCK (self->element);
  self->has_pair = TRUE;
  self->pair = *pair;
  GST_OBJECT_UNLOCK (self->element);
  cmaf_anchor_watch_init (&self->watch, self->settings.max_error);
  self->wished = 0;
  self->is_lost = FALSE;
  post (self, gst_structure_new ("cmaf-epoch-anchored", "source", G_TYPE_STRING,
                  source, "pts", G_TYPE_UINT64, pair->pts, "ticks",
                  G_TYPE_UINT64, pair->ticks, NULL));
}

/* When there is one */
static void
tell_first (TapAnchor *self, const gchar *source)
{
  CmafPtsPair pair;

  if (cmaf_pts_anchor_get_pair (&self->anchor, &pair))
    tell_pair (self, &pair, source);
}

static void
tell_why (TapAnchor *self, const gchar *reason)
{
  post (self, gst_structure_new ("cmaf-epoch-error", "error", G_TYPE_INT64,
                  cmaf_anchor_watch_error (&self->watch), "drift", G_TYPE_INT64,
                  cmaf_anchor_watch_drift (&self->watch), "reason",
                  G_TYPE_STRING, reason, NULL));
  gst_cmaf_warn (self->element, CMAF_ERROR_TIMELINE, "%s", reason);
}

static gboolean
has_store (const TapAnchor *self)
{
  return gst_cmaf_sync_store_is_open (self->timing->service.store);
}

gboolean
tap_anchor_lacks_store (const TapAnchor *self)
{
  return self->settings.mode == CMAF_PTS_ANCHOR_STORE && !has_store (self);
}

static const gchar *
find_fix (const TapAnchor *self, CmafAnchorState state)
{
  if (state == CMAF_ANCHOR_OFF)
    return "the clock or the pair (anchor-pts, anchor-ticks) is wrong, or the "
           "way from the source is that long (clock-offset)";
  if (has_store (self))
    return "the clock of the source runs at another speed: a generation with "
           "another pair is offered to all encoders";
  return "the clock of the source runs at another speed: begin a generation "
         "with another pair (anchor-pts, anchor-ticks) on all encoders, or "
         "give them a sync-store";
}

static void
tell_error (TapAnchor *self, CmafAnchorState state)
{
  const gint64 error = cmaf_anchor_watch_error (&self->watch);
  g_autofree gchar *reason = g_strdup_printf (
      "media time is %" G_GINT64_FORMAT " ms %s the clock, more than %s; %s",
      ABS (error) / (gint64)GST_MSECOND, error > 0 ? "behind" : "ahead of",
      "anchor-max-error", find_fix (self, state));

  tell_why (self, reason);
}

/* ---- the clock ---- */

static gint64
read_clock (const TapAnchor *self)
{
  const TapAnchorSettings *s = &self->settings;

  return utc_clock_read (s->utc_clock, self->leaps) + s->clock_offset;
}

static CmafMediaEpoch
get_epoch (const TapAnchor *self)
{
  return (CmafMediaEpoch){ self->settings.tai_offset, self->leaps };
}

static gboolean
find_clock (const TapAnchor *self, gint64 utc, gint64 *clock)
{
  const CmafMediaEpoch epoch = get_epoch (self);
  guint64 media_time = 0;
  gboolean ok = cmaf_media_time_from_utc (&epoch, utc, &media_time);

  *clock = (gint64)media_time;
  return ok;
}

/* ---- another pair ---- */

typedef struct
{
  CmafUnitGrid frames;
  CmafSegmentGrid grid;
} Timeline;

/* FALSE before the muxers know. */
static gboolean
find_timeline (const TapAnchor *self, Timeline *timeline)
{
  return cmaf_sync_group_get_frames (self->timing->group, &timeline->frames)
         && cmaf_sync_group_get_grid (self->timing->group, &timeline->grid);
}

static guint64
find_first (const Timeline *timeline, guint64 unit)
{
  const CmafSegmentGrid *grid = &timeline->grid;
  const guint64 ahead =
      (AHEAD * grid->duration_d + grid->duration_n - 1) / grid->duration_n;

  return cmaf_segment_grid_number_of_unit (grid, &timeline->frames, unit)
         + MAX (ahead, SEGMENTS_AHEAD);
}

/* Offers a pair by which media time is @shift (ns) more; @ticks is that of
 * @pts so far. */
static void
wish (TapAnchor *self, guint64 pts, guint64 ticks, gint64 shift)
{
  const gint64 now = (gint64)cmaf_ns_from_ticks (ticks, CMAF_PTS_TIMESCALE);
  CmafPtsRenewal renewal = { .pts = pts };
  CmafPtsPair pair;
  Timeline timeline;

  if ((self->wished > 0 && now - self->wished < WISH_AGAIN)
      || cmaf_pts_anchor_count_renewals (&self->anchor) > self->n_renewed
      || !has_store (self) || !find_timeline (self, &timeline))
    return;
  renewal.frames = &timeline.frames;
  renewal.grid = &timeline.grid;
  renewal.unit = cmaf_unit_from_pts_ticks (&timeline.frames, ticks);
  renewal.shift = cmaf_pts_renewal_shift (&timeline.frames, shift);
  renewal.first = find_first (&timeline, renewal.unit);
  if ((renewal.shift == 0 && !self->is_lost)
      || !cmaf_pts_renewal_make (&renewal, &pair))
    return;
  self->wished = MAX (now, 1);
  cmaf_service_plan_wish_renewal (
      self->timing->service.plan, renewal.first, &pair, self->settings.source);
}

/* A pair that the stream itself does not correct */
static void
hold_against_clock (
    TapAnchor *self, const CmafPtsPair *pair, guint64 pts, gint64 clock)
{
  CmafAnchorState state;
  guint64 ticks;

  if (cmaf_leap_table_is_near (
          self->leaps, clock / (gint64)GST_SECOND, LEAP_HOLD_SECONDS)
      || !cmaf_ticks_from_pts (pair, pts, clock, &ticks))
    return;
  state = cmaf_anchor_watch_measure (&self->watch,
      (gint64)cmaf_ns_from_ticks (ticks, CMAF_PTS_TIMESCALE), clock);
  if (state != CMAF_ANCHOR_FITS && !self->is_lost)
    tell_error (self, state);
  if (self->is_lost && cmaf_anchor_watch_has_error (&self->watch))
    wish (
        self, pts, ticks, cmaf_anchor_watch_error (&self->watch) - self->lead);
  else if (!self->is_lost && cmaf_anchor_watch_is_beyond (&self->watch))
    wish (self, pts, ticks, cmaf_anchor_watch_drift (&self->watch));
}

/* ---- the store ---- */

/* What this encoder would make of @pts: the pair that was told, or the clock.
 */
static void
make_record (TapAnchor *self, guint64 pts, gint64 clock, CmafAnchorRecord *wish)
{
  wish->source = self->settings.source;
  wish->pair = self->anchor.pair;
  if (self->anchor.is_told)
    return;
  wish->pair.pts = pts;
  wish->pair.ticks = cmaf_ticks_from_ns ((guint64)clock, CMAF_PTS_TIMESCALE);
}

static void
ask_store (TapAnchor *self, guint64 pts, gint64 clock)
{
  MuxService *service = &self->timing->service;
  g_autoptr (GError) error = NULL;
  CmafAnchorRecord wish;
  CmafPtsPair pair;

  if (self->has_failed || !cmaf_pts_anchor_wants_stored (&self->anchor)
      || !has_store (self))
    return;
  make_record (self, pts, clock, &wish);
  if (anchor_store_find (&self->stored, service->store, &wish,
          g_get_monotonic_time (), &service->is_woken, &pair, &error)) {
    cmaf_pts_anchor_set_stored (&self->anchor, &pair);
    tell_pair (self, &pair, "store");
  } else if (error) {
    gst_cmaf_post_error (self->element, error);
    self->has_failed = TRUE;
  }
}

/* What generations of the service have begun with another pair. */
static void
hear_renewals (TapAnchor *self)
{
  MuxService *service = &self->timing->service;
  CmafPtsPair pair;
  guint generation;

  if (!self->has_read && has_store (self)) {
    self->has_read = TRUE;
    anchor_store_read_renewals (service->store, service->plan,
        g_get_monotonic_time () + GST_CMAF_SYNC_STORE_SLOW, &service->is_woken);
  }
  while ((generation = cmaf_service_plan_next_renewal (
              service->plan, self->generation, self->settings.source, &pair))
         > 0) {
    self->generation = generation;
    cmaf_pts_anchor_renew (&self->anchor, &pair);
  }
}

/* ---- what the stream says ---- */

/* Pictures that are reordered may still go by the pair before. */
static gboolean
find_pair (TapAnchor *self, guint64 pts, gint64 clock, CmafPtsPair *pair)
{
  const gboolean is_in_band = cmaf_pts_anchor_is_in_band (&self->anchor);
  guint n;

  if (!cmaf_pts_anchor_get_pair_at (&self->anchor, pts, clock, pair, &n))
    return FALSE;
  if (n > self->n_renewed)
    tell_pair (self, pair, is_in_band ? "in-band" : "store");
  self->n_renewed = MAX (n, self->n_renewed);
  if (!is_in_band && n == self->n_renewed)
    hold_against_clock (self, pair, pts, clock);
  return TRUE;
}

static void
guess (TapAnchor *self, guint64 pts, gint64 clock)
{
  if (!self->has_guess)
    self->guess = (CmafPtsPair){ pts,
      cmaf_ticks_from_ns (
          (guint64)MAX (clock - self->lead, 0), CMAF_PTS_TIMESCALE) };
  self->has_guess = TRUE;
}

gboolean
tap_anchor_take_pts (TapAnchor *self, guint64 pts, CmafPtsPair *pair)
{
  gint64 clock;

  if (!find_clock (self, read_clock (self), &clock))
    return FALSE;
  ask_store (self, pts, clock);
  if (cmaf_pts_anchor_may_renew (&self->anchor))
    hear_renewals (self);
  if (find_pair (self, pts, clock, pair))
    return TRUE;
  if (self->is_lost) {
    guess (self, pts, clock);
    hold_against_clock (self, &self->guess, pts, clock);
  }
  return FALSE;
}

static gboolean
read_time (TapAnchor *self, const CmafTsEvent *event, guint64 *media_time)
{
  const CmafMediaEpoch epoch = get_epoch (self);
  const gint64 clock = read_clock (self);

  if (event->kind == CMAF_TS_TEMI)
    return cmaf_temi_get_media_time (&event->temi, &epoch, clock, media_time);
  return event->ebp.has_time
         && cmaf_media_time_from_ntp (
             &epoch, event->ebp.ntp, clock, media_time);
}

void
tap_anchor_take_time (TapAnchor *self, const CmafTsEvent *event)
{
  Timeline timeline;
  guint64 media_time;

  if (!event->has_pts || !event->tells_time
      || !read_time (self, event, &media_time))
    return;
  if (cmaf_pts_anchor_is_in_band (&self->anchor)
      && find_timeline (self, &timeline)) {
    cmaf_pts_anchor_correct (&self->anchor, &timeline.frames, &timeline.grid,
        event->pts, media_time);
  } else if (cmaf_pts_anchor_take_time (
                 &self->anchor, event->pts, media_time)) {
    self->n_renewed = 0;
    tell_first (self, "in-band");
  }
}

/* Frames are counted on until there is another pair; meanwhile the clock is
 * held against a guess. */
static void
lose (TapAnchor *self)
{
  tell_why (self, has_store (self)
                      ? "the clock of the stream jumps, and the pair in "
                        "sync-store is of before: one for what follows is "
                        "offered to all encoders"
                      : "the clock of the stream jumps, and the pair is of "
                        "before: tell another (anchor-pts, anchor-ticks)");
  self->lead = cmaf_anchor_watch_error (&self->watch);
  self->is_lost = TRUE;
}

/* Told: its PTS are what they were agreed to be. Stored: nobody knows what the
 * new ones are. */
void
tap_anchor_take_discontinuity (TapAnchor *self)
{
  const gboolean was_in_band = cmaf_pts_anchor_is_in_band (&self->anchor);
  CmafPtsPair pair;

  cmaf_pts_anchor_forget (&self->anchor);
  self->n_renewed = 0;
  if (cmaf_pts_anchor_get_pair (&self->anchor, &pair)) {
    if (was_in_band)
      tell_pair (self, &pair, "configured");
    return;
  }
  if (self->has_pair && !was_in_band)
    lose (self);
  self->has_guess = FALSE;
  self->wished = 0;
  cmaf_anchor_watch_init (&self->watch, self->settings.max_error);
  GST_OBJECT_LOCK (self->element);
  self->has_pair = FALSE;
  GST_OBJECT_UNLOCK (self->element);
}

/* ---- life ---- */

void
tap_anchor_start (TapAnchor *self, TapAnchorSettings *settings)
{
  const TapAnchorSettings *s = &self->settings;

  self->settings = *settings;
  memset (settings, 0, sizeof *settings);
  self->has_failed = FALSE;
  memset (&self->anchor, 0, sizeof self->anchor);
  self->anchor.mode = s->mode;
  self->anchor.is_told = s->pts >= 0 || s->ticks >= 0;
  self->anchor.pair.pts = MAX (s->pts, 0);
  self->anchor.pair.ticks = MAX (s->ticks, 0);
  self->anchor.max_error = MAX_ERROR_IN_BAND;
  self->leaps = mux_timing_load_leaps (self->timing, s->leap_seconds_file);
  self->has_read = self->is_lost = FALSE;
  self->generation = self->n_renewed = 0;
  self->has_pair = FALSE;
  tell_first (self, "configured");
}

void
tap_anchor_stop (TapAnchor *self)
{
  anchor_store_clear (&self->stored);
  g_clear_pointer (&self->leaps, cmaf_leap_table_unref);
  tap_anchor_settings_clear (&self->settings);
}
