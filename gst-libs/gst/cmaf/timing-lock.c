/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What units say of their time -> the media time of each.
 *
 * A mapping (media time = running time + offset) predicts each unit. One that
 * says what was predicted keeps its own number; one that does not is suspect
 * and waits, with those behind it, until units after it agree with it (the
 * mapping has changed) or enough of them do not (it is wrong, and is counted).
 * So encoders that are fed the same input number it alike, whenever they
 * began, and single wrong time stamps change nothing. */
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/timing-lock-private.h>

/* Units that wait for the first lock, whatever their times are. */
#define MAX_WAITING 4096
/* Every track is through a step before there is another one. */
#define STEP_PAUSE (10 * (gint64)GST_SECOND)

void
cmaf_timing_lock_restart (CmafTimingLock *lock)
{
  cmaf_arrival_clock_init (&lock->arrival, (GstClockTime)lock->frame);
  cmaf_scatter_init (&lock->scatter, (GstClockTime)lock->frame);
  lock->has_clock_error = FALSE;
}

CmafTimingLock *
cmaf_timing_lock_new (const CmafTimingLockConfig *config)
{
  CmafTimingLock *lock = g_new0 (CmafTimingLock, 1);

  lock->config = *config;
  lock->config.timecode.frames = config->units;
  lock->config.timecode.epoch = config->epoch;
  lock->frame = (gint64)cmaf_ns_from_ticks (
      config->units.unit_ticks, config->units.timescale);
  lock->held = g_array_new (FALSE, FALSE, sizeof (Held));
  cmaf_timing_lock_restart (lock);
  g_queue_init (&lock->events);
  return lock;
}

void
cmaf_timing_lock_free (CmafTimingLock *lock)
{
  g_array_unref (lock->held);
  g_queue_clear_full (&lock->events, g_free);
  g_free (lock);
}

const gchar *
cmaf_timing_class (CmafTimingSource source)
{
  return source == CMAF_TIMING_CLOCK ? "G" : "F";
}

/* ---- events ---- */

CmafLockEvent *
cmaf_timing_lock_tell (CmafTimingLock *lock, CmafLockEventKind kind,
    gint64 media_time, gint64 value)
{
  CmafLockEvent *event = g_new0 (CmafLockEvent, 1);

  event->kind = kind;
  event->source = lock->source;
  event->media_time = media_time;
  event->value = value;
  g_queue_push_tail (&lock->events, event);
  return event;
}

void
cmaf_timing_lock_tell_why (CmafTimingLock *lock, CmafLockEventKind kind,
    gint64 media_time, gint64 value, const gchar *format, ...)
{
  CmafLockEvent *event = cmaf_timing_lock_tell (lock, kind, media_time, value);
  va_list args;

  va_start (args, format);
  g_vsnprintf (event->reason, sizeof event->reason, format, args);
  va_end (args);
}

gboolean
cmaf_timing_lock_next_event (CmafTimingLock *lock, CmafLockEvent *event)
{
  CmafLockEvent *oldest = g_queue_pop_head (&lock->events);

  if (!oldest)
    return FALSE;
  *event = *oldest;
  g_free (oldest);
  return TRUE;
}

/* ---- reading ---- */

gint64
cmaf_timing_lock_by_clock (
    const CmafTimingLock *lock, const CmafUnitTimes *times)
{
  return cmaf_unit_times_by_clock (times, &lock->config.epoch);
}

gboolean
cmaf_timing_lock_read (CmafTimingLock *lock, const CmafUnitTimes *times,
    CmafTimingSource source, gint64 near, gint64 *media_time)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = cmaf_unit_times_read (times, source, &lock->config.timecode,
      lock->config.is_video, near, media_time, &error);

  if (ok)
    lock->complaint[0] = '\0';
  else if (error)
    g_strlcpy (lock->complaint, error->message, sizeof lock->complaint);
  return ok;
}

gint64
cmaf_timing_lock_nearest (const CmafTimingLock *lock, gint64 media_time)
{
  return (gint64)cmaf_media_time_of_unit (
      &lock->config.units, cmaf_unit_from_media_time (&lock->config.units,
                               (guint64)MAX (media_time, 0)));
}

/* ---- the mapping ---- */

gint64
cmaf_timing_lock_step_at (const CmafTimingLock *lock, gint64 running_time)
{
  return lock->step.id > 0 && running_time >= lock->step.at ? lock->step.delta
                                                            : 0;
}

gint64
cmaf_timing_lock_media_time (const CmafTimingLock *lock, gint64 running_time)
{
  return running_time + lock->offset
         + cmaf_timing_lock_step_at (lock, running_time);
}

gboolean
cmaf_timing_lock_predict_later (
    const CmafTimingLock *lock, gint64 running_time, gint64 *media_time)
{
  *media_time = running_time + lock->offset + lock->step.delta;
  return lock->step.id > 0 && running_time < lock->step.at;
}

gint64
cmaf_timing_lock_running_time (const CmafTimingLock *lock, gint64 media_time)
{
  const gint64 before = media_time - lock->offset;
  const gint64 after = before - lock->step.delta;

  return lock->step.id > 0 && after >= lock->step.at ? after : before;
}

void
cmaf_timing_lock_step (CmafTimingLock *lock, const CmafTimingStep *step)
{
  lock->offset += lock->step.delta;
  lock->step = *step;
  lock->jump = 0;
  lock->step_is_reached = FALSE;
}

gint
cmaf_timing_lock_correction (const CmafTimingLock *lock)
{
  if (lock->state == WAITING || lock->is_follower
      || lock->source != CMAF_TIMING_CLOCK
      || (lock->step.id > 0 && lock->newest < lock->step.at + STEP_PAUSE))
    return 0;
  return cmaf_arrival_clock_correction (&lock->arrival);
}

const CmafTimingStep *
cmaf_timing_lock_get_step (const CmafTimingLock *lock)
{
  return &lock->step;
}

void
cmaf_timing_lock_share (
    const CmafTimingLock *lock, gint64 *offset, CmafTimingStep *step)
{
  *offset = lock->offset - lock->jump;
  *step = lock->step;
  step->delta += lock->jump;
}

void
cmaf_timing_lock_set (CmafTimingLock *lock, CmafTimingSource source,
    gint64 running_time, gint64 media_time)
{
  const gint64 earlier =
      lock->offset + cmaf_timing_lock_step_at (lock, running_time);

  if (lock->config.is_video && source != CMAF_TIMING_FIXED)
    media_time = cmaf_timing_lock_nearest (lock, media_time);
  lock->state = LOCKED;
  lock->source = source;
  lock->offset = media_time - running_time;
  lock->step.delta = 0;
  lock->jump = 0;
  lock->step_is_reached = TRUE;
  lock->silence = 0;
  lock->is_shifted = TRUE;
  lock->jump_is_due = lock->has_placed
                      && ABS (lock->offset - earlier) > MAX_SHIFT * lock->frame;
  cmaf_timing_lock_restart (lock);
  for (guint i = 0; i < CMAF_N_TIMING_SOURCES; i++)
    lock->candidates[i].n = 0;
  for (guint i = 0; i < lock->held->len; i++)
    g_array_index (lock->held, Held, i).is_suspect = FALSE;
}

static void
take_mapping (CmafTimingLock *lock, CmafTimingSource source, gint64 offset,
    const CmafTimingStep *step)
{
  lock->offset = offset;
  lock->step = *step;
  lock->jump = 0;
  lock->step_is_reached = lock->has_newest && lock->newest >= step->at;
}

void
cmaf_timing_lock_adopt (CmafTimingLock *lock, CmafTimingSource source,
    gint64 offset, const CmafTimingStep *step)
{
  g_queue_clear_full (&lock->events, g_free);
  cmaf_timing_lock_set (lock, source, lock->has_newest ? lock->newest : 0, 0);
  take_mapping (lock, source, offset, step);
  lock->is_adopted = TRUE;
}

void
cmaf_timing_lock_follow (CmafTimingLock *lock, CmafTimingSource source,
    gint64 offset, const CmafTimingStep *step)
{
  if (lock->state == WAITING || lock->source != source)
    cmaf_timing_lock_adopt (lock, source, offset, step);
  else
    take_mapping (lock, source, offset, step);
  lock->is_follower = TRUE;
}

void
cmaf_timing_lock_hint (CmafTimingLock *lock, gint64 offset)
{
  lock->has_hint = TRUE;
  lock->hint = offset;
}

gboolean
cmaf_timing_lock_get_mapping (
    const CmafTimingLock *lock, CmafTimingSource *source, gint64 *offset)
{
  const CmafTimingLockConfig *config = &lock->config;
  const CmafUnitTimes *first;

  *source = lock->source;
  *offset = lock->offset;
  if (lock->state != WAITING || lock->held->len == 0)
    return lock->state != WAITING;

  first = &g_array_index (lock->held, Held, 0).times;
  *source = CMAF_TIMING_CLOCK;
  *offset = cmaf_timing_lock_by_clock (lock, first) - first->running_time;
  for (guint i = config->n_sources; i > 0; i--) {
    const CmafTimingSource told = config->sources[i - 1];

    if (lock->candidates[told].n > 0) {
      *source = told;
      *offset = lock->candidates[told].offset;
    }
  }
  if (config->is_video)
    *offset = cmaf_timing_lock_nearest (lock, first->running_time + *offset)
              - first->running_time;
  return FALSE;
}

gboolean
cmaf_timing_lock_agrees (const CmafTimingLock *lock, const CmafUnitTimes *times,
    gint64 media_time, gint64 predicted)
{
  const gint64 difference = media_time - predicted;
  const gint64 limit = lock->frame * 3 / 4;

  return ABS (difference) <= limit
         || (times->has_label && times->label.counts_pairs
             && !times->label.has_half
             && ABS (difference + lock->frame) <= limit);
}

/* ---- before the lock ---- */

void
cmaf_timing_lock_add_candidate (CmafTimingLock *lock, Candidate *candidate,
    const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 offset = media_time - times->running_time;
  const gboolean is_pair =
      times->has_label && times->label.counts_pairs && !times->label.has_half;
  const gint64 difference = offset - candidate->offset;
  const gint64 half = lock->frame / 2;

  if (candidate->n > 0 && ABS (difference) <= half) {
    candidate->n++;
  } else if (candidate->n > 0 && is_pair
             && ABS (ABS (difference) - lock->frame) <= half) {
    candidate->n++;
    candidate->offset = MAX (candidate->offset, offset);
  } else {
    candidate->offset = offset;
    candidate->n = 1;
  }
}

/* Frames before the first that fits, and before any that does not, may have
 * other numbers: the time may have jumped behind them. */
static void
doubt_first (CmafTimingLock *lock)
{
  gboolean is_unsure = FALSE, fits;
  gint64 media_time, predicted;
  guint i, n_unsure = lock->held->len;

  for (i = lock->held->len; i > 0 && !is_unsure; i--) {
    const CmafUnitTimes *times = &g_array_index (lock->held, Held, i - 1).times;

    predicted = cmaf_timing_lock_media_time (lock, times->running_time);
    if (!cmaf_timing_lock_read (
            lock, times, lock->source, predicted, &media_time))
      continue;
    fits = cmaf_timing_lock_agrees (lock, times, media_time, predicted);
    if (fits)
      n_unsure = i - 1;
    is_unsure = !fits;
  }
  for (i = 0; i < n_unsure; i++)
    g_array_index (lock->held, Held, i).is_unsure = TRUE;
}

static void
lock_on (CmafTimingLock *lock, CmafTimingSource source, gint64 offset)
{
  const gint64 first = g_array_index (lock->held, Held, 0).times.running_time;

  cmaf_timing_lock_set (lock, source, lock->newest, lock->newest + offset);
  if (lock->config.is_video && cmaf_timing_source_is_in_units (source))
    doubt_first (lock);
  cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED,
      cmaf_timing_lock_media_time (lock, first), lock->offset);
}

static gboolean
refuse (const CmafTimingLock *lock, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const gint64 span = lock->newest - lock->first;

  for (guint i = 0; i < lock->config.n_sources; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
        cmaf_timing_source_name (lock->config.sources[i]));
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "timing-sources: found no time in the first %u units (%" G_GINT64_FORMAT
      " ms) of the input, needs %s%s%s",
      lock->held->len, span / (gint64)GST_MSECOND, names->str,
      lock->complaint[0] ? "; " : "", lock->complaint);
  return FALSE;
}

/* A source is tried when those before it have had their time. */
static gboolean
try_sources (CmafTimingLock *lock, GError **error)
{
  const Held *first = &g_array_index (lock->held, Held, 0);
  const gboolean is_due =
      lock->is_ending || lock->held->len >= MAX_WAITING
      || lock->newest - lock->first >= (gint64)lock->config.wait;
  const guint enough = is_due ? MIN (lock->held->len, N_AGREE - 1) : N_AGREE;

  for (guint i = 0; i < lock->config.n_sources; i++) {
    const CmafTimingSource source = lock->config.sources[i];

    if (source == CMAF_TIMING_FIXED)
      lock_on (lock, source, lock->config.fixed_origin);
    else if (source == CMAF_TIMING_CLOCK)
      lock_on (lock, source,
          cmaf_timing_lock_by_clock (lock, &first->times)
              - first->times.running_time);
    else if (lock->candidates[source].n >= enough)
      lock_on (lock, source, lock->candidates[source].offset);
    else if (!is_due)
      return TRUE;
    if (lock->state != WAITING)
      return TRUE;
  }
  return refuse (lock, error);
}

static void
read_candidates (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  gint64 media_time;

  for (guint i = 0; i < lock->config.n_sources; i++) {
    const CmafTimingSource source = lock->config.sources[i];

    if (cmaf_timing_lock_read (lock, times, source,
            cmaf_timing_lock_by_clock (lock, times), &media_time))
      cmaf_timing_lock_add_candidate (
          lock, &lock->candidates[source], times, media_time);
  }
}

/* ---- in and out ---- */

gboolean
cmaf_timing_lock_push (
    CmafTimingLock *lock, const CmafUnitTimes *times, GError **error)
{
  const gboolean was_waiting = lock->state == WAITING;
  Held held = { .times = *times };

  if (lock->is_adopted)
    cmaf_timing_lock_tell (lock, CMAF_LOCK_LOCKED,
        cmaf_timing_lock_media_time (lock, times->running_time), lock->offset);
  lock->is_adopted = FALSE;
  if (was_waiting)
    read_candidates (lock, times);
  else if (!lock->is_follower)
    cmaf_timing_lock_examine (lock, &held);
  if (!lock->has_newest)
    lock->first = times->running_time;
  lock->newest = lock->has_newest ? MAX (lock->newest, times->running_time)
                                  : times->running_time;
  lock->has_newest = TRUE;
  g_array_append_val (lock->held, held);
  return !was_waiting || try_sources (lock, error);
}

gboolean
cmaf_timing_lock_finish (CmafTimingLock *lock, GError **error)
{
  lock->is_ending = TRUE;
  if (lock->state != WAITING || lock->held->len == 0)
    return TRUE;
  return try_sources (lock, error);
}

gboolean
cmaf_timing_lock_pop (CmafTimingLock *lock, CmafPlacement *placement)
{
  gint64 jump;

  if (lock->state == WAITING || lock->held->len == 0
      || !cmaf_timing_lock_place (lock, placement))
    return FALSE;
  jump = placement->media_time - lock->placed;
  placement->is_shifted = lock->is_shifted;
  placement->begins_run = lock->jump_is_due && lock->has_placed
                          && ABS (jump) > MAX_SHIFT * lock->frame;
  lock->is_shifted = FALSE;
  if (placement->begins_run)
    lock->jump_is_due = FALSE;
  if (!lock->has_placed || placement->begins_run)
    lock->placed = placement->media_time;
  lock->placed = MAX (lock->placed, placement->media_time);
  lock->has_placed = TRUE;
  g_array_remove_index (lock->held, 0);
  return TRUE;
}
