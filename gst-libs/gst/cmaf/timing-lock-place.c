/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The timing lock, once it is locked: the oldest unit inside gets its media
 * time. For a while after a jump there are two mappings, for units come in
 * decode order; and in front of a step, for it is found late. */
#include <gst/cmaf/timing-lock-private.h>

typedef enum
{
  UNKNOWN,
  NOW,     /* goes by the mapping */
  EARLIER, /* goes by that before the jump */
  LATER,   /* goes by that behind the step */
} Side;

static gint64
predict (const CmafTimingLock *lock, gint64 time, Side side)
{
  gint64 later;

  cmaf_timing_lock_predict_later (lock, time, &later);
  return side == EARLIER ? time + lock->earlier_offset
         : side == LATER ? later
                         : cmaf_timing_lock_media_time (lock, time);
}

static gboolean
has_side (const CmafTimingLock *lock, gint64 time, Side side)
{
  gint64 later;

  if (side == EARLIER)
    return lock->has_earlier && time < lock->earlier_until;
  return side == NOW || cmaf_timing_lock_predict_later (lock, time, &later);
}

/* What the unit says; @told is valid when it says something. */
static Side
told_side (CmafTimingLock *lock, const Held *held, gint64 *told)
{
  const CmafUnitTimes *times = &held->times;
  const gint64 time = times->running_time;
  const gint64 predicted = predict (lock, time, NOW);

  *told = held->told;
  if (!held->has_told
      && !cmaf_timing_lock_read (lock, times, lock->source, predicted, told))
    return UNKNOWN;
  for (Side side = NOW; side <= LATER; side++) {
    if (has_side (lock, time, side)
        && cmaf_timing_lock_agrees (
            lock, times, *told, predict (lock, time, side)))
      return side;
  }
  return UNKNOWN;
}

static const Held *
find_held (const CmafTimingLock *lock, gint64 time)
{
  for (guint i = 0; i < lock->held->len; i++) {
    const Held *held = &g_array_index (lock->held, Held, i);

    if (ABS (held->times.running_time - time) <= lock->frame / 2)
      return held;
  }
  return NULL;
}

static Side
nearest_side (const CmafTimingLock *lock, const Placed *placed)
{
  const gint64 time = placed->running_time;
  Side nearest = NOW;

  for (Side side = EARLIER; side <= LATER; side++) {
    if (has_side (lock, time, side)
        && ABS (placed->media_time - predict (lock, time, side))
               < ABS (placed->media_time - predict (lock, time, nearest)))
      nearest = side;
  }
  return nearest;
}

/* Where a frame went that has left; the latest, when time stamps jumped. */
static Side
placed_side (const CmafTimingLock *lock, gint64 time)
{
  const guint n = MIN (lock->n_placed, N_PLACED);

  for (guint i = 1; i <= n; i++) {
    const Placed *placed = &lock->recent[(lock->n_placed - i) % N_PLACED];

    if (ABS (placed->running_time - time) <= lock->frame / 2)
      return nearest_side (lock, placed);
  }
  return UNKNOWN;
}

/* A frame that says nothing is on that side of a jump where the one before it
 * is, in order of presentation. UNKNOWN: that one is still to come, or is in
 * doubt itself. */
static Side
inherited_side (CmafTimingLock *lock, gint64 time)
{
  for (guint i = 0; i < MAX_SUSPECTS; i++) {
    const Held *held;
    gint64 told;
    Side side;

    time -= lock->frame;
    side = placed_side (lock, time);
    if (side != UNKNOWN)
      return side;
    held = find_held (lock, time);
    if (!held)
      return time < lock->first ? NOW : UNKNOWN;
    side = told_side (lock, held, &told);
    if (side != UNKNOWN || held->is_suspect)
      return side;
  }
  return NOW;
}

static void
remember (CmafTimingLock *lock, gint64 running_time, gint64 media_time)
{
  Placed *placed = &lock->recent[lock->n_placed % N_PLACED];

  placed->running_time = running_time;
  placed->media_time = media_time;
  lock->n_placed++;
}

static gboolean
is_decided (const CmafTimingLock *lock)
{
  return lock->state != LOCKED || lock->is_ending
         || lock->held->len > MAX_SUSPECTS;
}

/* Where units tell nothing for long, none is waited for. */
static gboolean
tell_often (const CmafTimingLock *lock)
{
  return lock->silence <= MAX_SUSPECTS * lock->frame;
}

static void
follow (CmafTimingLock *lock, gint64 error)
{
  if (ABS (error) <= lock->frame)
    lock->offset += error / FOLLOW;
}

/* Another frame is where this one would be. */
static gboolean
has_rival (const CmafTimingLock *lock, gint64 time)
{
  const guint n_placed = MIN (lock->n_placed, N_PLACED);

  for (guint i = 0; i < n_placed; i++) {
    if (ABS (lock->recent[i].running_time - time) <= lock->frame / 2)
      return TRUE;
  }
  for (guint i = 1; i < lock->held->len; i++) {
    const Held *held = &g_array_index (lock->held, Held, i);

    if (ABS (held->times.running_time - time) <= lock->frame / 2)
      return TRUE;
  }
  return FALSE;
}

/* One that tells its frame itself lies there; the others on the nearest. One
 * that tells a wrong time, at the time of another, has neither: it is what a
 * parser makes of a damaged time stamp. */
static gboolean
place_told (CmafTimingLock *lock, const Held *held, CmafPlacement *placement)
{
  gint64 *media_time = &placement->media_time;
  const gint64 time = held->times.running_time;
  Side side = told_side (lock, held, media_time);
  const gboolean is_exact =
      side != UNKNOWN && cmaf_unit_times_is_exact (&held->times, lock->source);
  gint64 predicted;

  placement->is_stray =
      side == UNKNOWN && held->has_told && has_rival (lock, time);
  if (side == UNKNOWN)
    side = inherited_side (lock, time);
  if (side == UNKNOWN && !is_decided (lock) && tell_often (lock))
    return FALSE;
  predicted = predict (lock, time, side);
  if (!is_exact)
    *media_time = cmaf_timing_lock_nearest (lock, predicted);
  if (placement->is_stray)
    return TRUE;
  if (side != EARLIER)
    follow (lock, *media_time - predicted);
  remember (lock, time, *media_time);
  return TRUE;
}

static void
place_counted (CmafTimingLock *lock, const Held *held, CmafPlacement *placement)
{
  gint64 *media_time = &placement->media_time;
  const gint64 predicted = predict (lock, held->times.running_time, NOW);

  *media_time = predicted;
  if (lock->source == CMAF_TIMING_FIXED)
    return;
  *media_time = cmaf_timing_lock_nearest (lock, predicted);
  follow (lock, *media_time - predicted);
}

gboolean
cmaf_timing_lock_place (CmafTimingLock *lock, CmafPlacement *placement)
{
  const Held *held = &g_array_index (lock->held, Held, 0);

  if (held->is_suspect && !is_decided (lock))
    return FALSE;
  placement->is_unsure = held->is_unsure;
  placement->is_stray = FALSE;
  if (!lock->config.is_video)
    placement->media_time = predict (lock, held->times.running_time, NOW);
  else if (lock->state == LOCKED && !lock->is_follower
           && cmaf_timing_source_is_in_units (lock->source))
    return place_told (lock, held, placement);
  else
    place_counted (lock, held, placement);
  return TRUE;
}
