/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The timing lock, once it is locked: what the clock says, and what the units
 * say, is held against the mapping. */
#include <gst/cmaf/timing-lock-private.h>

/* Nothing has agreed for so long: the lock is lost. */
#define LOST_AFTER ((gint64)GST_SECOND)
/* A gap, or a step of the clock, is not jitter any more. */
#define MAX_STEP ((gint64)GST_SECOND)
/* Labels and frames differ by no more at the daily jam, and for no longer. */
#define JAM_FRAMES 6
#define JAM_SECONDS 2
#define LEAP_HOLD_SECONDS 86400

/* ---- what the clock says ---- */

static void
alarm_clock (CmafTimingLock *lock, gint64 media_time, gint64 error)
{
  if (!lock->has_alarmed)
    cmaf_timing_lock_tell_why (lock, CMAF_LOCK_CLOCK_ERROR, media_time, error,
        "the clock is %" G_GINT64_FORMAT " ms %s the time of the input",
        ABS (error) / (gint64)GST_MSECOND, error > 0 ? "ahead of" : "behind");
  lock->has_alarmed = TRUE;
}

/* The input tells its time: the clock is only held against it. */
static void
check_clock (
    CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 alarm = (gint64)lock->config.clock_alarm;
  const gint64 error = cmaf_timing_lock_by_clock (lock, times) - media_time;

  if (!times->has_clock)
    return;
  lock->clock_error =
      lock->has_clock_error
          ? lock->clock_error + (error - lock->clock_error) / FOLLOW
          : error;
  lock->has_clock_error = TRUE;
  if (ABS (lock->clock_error) > alarm)
    alarm_clock (lock, media_time, error);
  else if (ABS (lock->clock_error) <= alarm / 2)
    lock->has_alarmed = FALSE;
}

static gboolean
is_leap_held (const CmafTimingLock *lock, const CmafUnitTimes *times)
{
  return lock->config.holds_near_leap
         && cmaf_leap_table_is_near (lock->config.epoch.leaps,
             times->utc / (gint64)GST_SECOND, LEAP_HOLD_SECONDS);
}

/* Frames are counted: how far has the count drifted? A clock that is stepped is
 * not followed. */
static void
measure_arrival (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gint64 media_time =
      cmaf_timing_lock_media_time (lock, times->running_time);
  gint64 error;

  if (!times->has_clock || is_leap_held (lock, times))
    return;
  error = cmaf_timing_lock_by_clock (lock, times) - media_time;
  if (cmaf_arrival_clock_measure (&lock->arrival, times->running_time, error))
    lock->has_alarmed = FALSE;
  else
    alarm_clock (lock, media_time, error);
}

static void
reach_step (CmafTimingLock *lock, gint64 running_time)
{
  if (lock->step.id == 0 || lock->step_is_reached
      || running_time < lock->step.at)
    return;
  lock->step_is_reached = TRUE;
  cmaf_arrival_clock_corrected (
      &lock->arrival, (gint)(lock->step.delta / lock->frame));
}

/* The next number, for the first frame behind a jump back; which of the frames
 * that is, the order of decoding does not tell. */
static gint64
find_next (const CmafTimingLock *lock, gint64 running_time, gint64 jump)
{
  const gint64 next = lock->placed + lock->frame;
  const gint64 hinted = running_time + lock->hint;
  const gint64 limit = MIN (N_PLACED * lock->frame, -jump / 2);

  return lock->has_hint && ABS (hinted - next) <= limit ? hinted : next;
}

static void
note_jump_of_input (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gint64 jump = times->running_time - lock->newest;

  if (!lock->has_newest || ABS (jump) <= MAX_STEP)
    return;
  cmaf_timing_lock_tell_why (lock, CMAF_LOCK_LOST, lock->placed, jump,
      "time stamps jump by %" G_GINT64_FORMAT " ms",
      jump / (gint64)GST_MSECOND);
  if (jump < 0)
    cmaf_timing_lock_set (lock, lock->source, times->running_time,
        find_next (lock, times->running_time, jump));
  lock->newest = times->running_time;
  lock->jump_is_due = TRUE;
  cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED,
      cmaf_timing_lock_media_time (lock, times->running_time), lock->offset);
}

static void
examine_by_clock (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  note_jump_of_input (lock, times);
  reach_step (lock, times->running_time);
  measure_arrival (lock, times);
}

/* ---- what the units say ---- */

/* Capture stamps that come near the middle between two frames cannot tell the
 * frame: every fifth of the last second had one. */
static void
check_scatter (
    CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 scatter =
      media_time - cmaf_timing_lock_nearest (lock, media_time);

  if (!cmaf_scatter_add (&lock->scatter, times->running_time, scatter))
    return;
  cmaf_timing_lock_tell_why (lock, CMAF_LOCK_JITTER, media_time, scatter,
      "time stamps are more than 0.35 frames away from frames");
  lock->source = CMAF_TIMING_CLOCK;
  cmaf_timing_lock_restart (lock);
  cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
}

static gboolean
is_at_jam (
    const CmafTimingLock *lock, const CmafUnitTimes *times, gint64 difference)
{
  const CmafTimecode *label = &times->label;
  const gint jam = MAX (lock->config.timecode.daily_jam, 0);
  const gint second =
      (gint)((label->hours * 60 + label->minutes) * 60 + label->seconds);

  return lock->source == CMAF_TIMING_TIMECODE && times->has_label
         && (second - jam + 86400) % 86400 < JAM_SECONDS
         && ABS (difference) < JAM_FRAMES * lock->frame + lock->frame / 2;
}

static void
begin_labels (CmafTimingLock *lock, gint64 running_time)
{
  lock->labels.since = running_time;
  lock->labels.n_right = lock->labels.n_wrong = lock->labels.n_returns = 0;
  lock->labels.was_wrong = FALSE;
}

/* So many are right that the mapping is, but half of those of a second, or
 * more, are not: labels that are repeated, for one. */
static void
check_labels (
    CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const guint n_right = ++lock->labels.n_right;
  const guint n_wrong = lock->labels.n_wrong;
  const guint n_returns = lock->labels.n_returns += lock->labels.was_wrong;
  const gint64 lasted = times->running_time - lock->labels.since;

  lock->labels.was_wrong = FALSE;
  if (lasted >= 0 && lasted < LOST_AFTER)
    return;
  if (n_wrong >= n_right && n_returns > 1 && lasted > 0
      && !lock->labels.is_noted)
    cmaf_timing_lock_tell_why (lock, CMAF_LOCK_JITTER, media_time,
        lock->labels.error,
        "%u of %u frames tell another time than comes next, as labels do that "
        "are repeated; they are counted",
        n_wrong, n_wrong + n_right);
  lock->labels.is_noted = n_wrong > 0;
  begin_labels (lock, times->running_time);
}

static void
agree (CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  if (lock->state == LOST)
    begin_labels (lock, times->running_time);
  if (lock->config.is_video && lock->source == CMAF_TIMING_TIMECODE)
    check_labels (lock, times, media_time);
  lock->silence = 0;
  lock->candidates[lock->source].n = 0;
  lock->has_told = FALSE;
  if (lock->state == LOST) {
    lock->state = LOCKED;
    cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
  }
  check_clock (lock, times, media_time);
  if (lock->config.is_video && !cmaf_unit_times_is_exact (times, lock->source)
      && lock->source == CMAF_TIMING_REFERENCE_TIMESTAMP)
    check_scatter (lock, times, media_time);
}

/* Frames of before the jump may still wait, or come, in decode order. */
static void
jump_to (CmafTimingLock *lock, gint64 running_time, gint64 media_time)
{
  lock->earlier_offset =
      lock->offset + cmaf_timing_lock_step_at (lock, running_time);
  lock->earlier_until = MAX (running_time, lock->newest) + LOST_AFTER;
  lock->has_earlier = TRUE;
  cmaf_timing_lock_set (lock, lock->source, running_time, media_time);
  lock->jump = lock->offset - lock->earlier_offset;
  lock->step.id++;
  lock->step.at = running_time - lock->frame / 4;
}

static void
relock (CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 offset =
      lock->offset + cmaf_timing_lock_step_at (lock, times->running_time);
  const gint64 jump = media_time - times->running_time - offset;
  const gint64 progress = media_time - lock->placed;
  const gboolean goes_on =
      lock->has_placed && ABS (progress) <= MAX_SHIFT * lock->frame;

  if (lock->state == LOCKED && is_at_jam (lock, times, jump)) {
    jump_to (lock, times->running_time, media_time); /* it does so every day */
    return;
  }
  if (lock->state == LOCKED)
    cmaf_timing_lock_tell_why (lock, CMAF_LOCK_LOST, media_time, jump,
        "%s by %" G_GINT64_FORMAT " ms",
        goes_on ? "time stamps jump" : "the time of the input jumps",
        (goes_on ? -jump : jump) / (gint64)GST_MSECOND);
  jump_to (lock, times->running_time, media_time);
  begin_labels (lock, times->running_time);
  cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
}

static void
lose (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gchar *reason = "the input tells no time";

  if (lock->has_told)
    reason = "the time of the input stands still or jumps about";
  else if (lock->complaint[0] != '\0')
    reason = lock->complaint;
  cmaf_timing_lock_tell_why (lock, CMAF_LOCK_LOST,
      cmaf_timing_lock_media_time (lock, times->running_time), 0, "%s", reason);
  lock->state = LOST;
}

/* TRUE when the unit is to wait. */
static gboolean
disagree (CmafTimingLock *lock, Held *held)
{
  const CmafUnitTimes *times = &held->times;
  Candidate *candidate = &lock->candidates[lock->source];
  gint64 media_time;

  held->has_told = cmaf_timing_lock_read (lock, times, lock->source,
      cmaf_timing_lock_by_clock (lock, times), &held->told);
  if (!held->has_told)
    return FALSE;
  media_time = held->told;
  lock->labels.n_wrong++;
  lock->labels.was_wrong = TRUE;
  lock->labels.error =
      media_time - cmaf_timing_lock_media_time (lock, times->running_time);
  cmaf_timing_lock_add_candidate (lock, candidate, times, media_time);
  lock->has_told = TRUE;
  if (candidate->n < N_AGREE)
    return lock->state == LOCKED;
  if (!cmaf_unit_times_is_exact (times, lock->source))
    media_time = times->running_time + candidate->offset;
  relock (lock, times, media_time);
  return FALSE;
}

static gboolean
is_as_predicted (const CmafTimingLock *lock, const Held *held, gint64 predicted)
{
  const CmafUnitTimes *times = &held->times;
  gint64 later;

  return held->has_told
         && (cmaf_timing_lock_agrees (lock, times, held->told, predicted)
             || (cmaf_timing_lock_predict_later (
                     lock, times->running_time, &later)
                 && cmaf_timing_lock_agrees (lock, times, held->told, later)));
}

void
cmaf_timing_lock_examine (CmafTimingLock *lock, Held *held)
{
  const CmafUnitTimes *times = &held->times;
  const gint64 predicted =
      cmaf_timing_lock_media_time (lock, times->running_time);
  gboolean waits = FALSE;

  if (lock->source == CMAF_TIMING_CLOCK)
    examine_by_clock (lock, times);
  if (!cmaf_timing_source_is_in_units (lock->source))
    return;
  if (lock->has_newest)
    lock->silence +=
        CLAMP (times->running_time - lock->newest, 0, LOST_AFTER / 4);
  held->has_told =
      cmaf_timing_lock_read (lock, times, lock->source, predicted, &held->told);
  if (is_as_predicted (lock, held, predicted))
    agree (lock, times, held->told);
  else
    waits = disagree (lock, held);
  if (lock->state == LOCKED && cmaf_timing_source_is_in_units (lock->source)
      && lock->silence > LOST_AFTER)
    lose (lock, times);
  held->is_suspect = waits && lock->state == LOCKED;
}
