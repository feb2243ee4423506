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
#include <gst/cmaf/arrival-clock.h>
#include <gst/cmaf/scatter.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/timing-lock.h>

/* Units in a row that must agree with each other */
#define N_AGREE 3
/* Units that wait behind a suspect one; more than an encoder reorders. */
#define MAX_SUSPECTS 8
/* Units that wait for the first lock, whatever their times are. */
#define MAX_WAITING 4096
/* Nothing has agreed for so long: the lock is lost. */
#define LOST_AFTER ((gint64)GST_SECOND)
/* A gap, or a step of the clock, is not jitter any more. */
#define MAX_STEP ((gint64)GST_SECOND)
/* Every track is through a step before there is another one. */
#define STEP_PAUSE (10 * (gint64)GST_SECOND)
/* The mapping follows the time stamps by this part of their error. */
#define FOLLOW 16
/* A jump of more frames than that ends what is open. */
#define MAX_SHIFT 10
/* Labels and frames differ by less at the daily jam, and for no longer. */
#define JAM_FRAMES 6
#define JAM_SECONDS 2
#define LEAP_HOLD_SECONDS 86400

typedef struct
{
  CmafUnitTimes times;
  gboolean is_suspect; /* says other than predicted */
  gboolean is_earlier; /* goes by the mapping before the jump */
  gboolean is_unsure;  /* came before the lock, and did not fit */
} Held;

/* An offset that some units in a row have told */
typedef struct
{
  gint64 offset;
  guint n;
} Candidate;

struct _CmafTimingLock
{
  CmafTimingLockConfig config;
  gint64 frame; /* ns: a unit */

  enum
  {
    WAITING, /* nothing is known */
    LOCKED,
    LOST, /* goes on with the last mapping */
  } state;
  CmafTimingSource source;
  gint64 offset;         /* without the step */
  gint64 earlier_offset; /* before the last jump: reordered units tell it */
  gint64 earlier_until;  /* running time; valid with has_earlier */
  gboolean has_earlier;
  CmafTimingStep step;
  gboolean step_is_reached;

  GArray *held; /* Held, in order */
  Candidate candidates[CMAF_N_TIMING_SOURCES];
  gchar complaint[160]; /* about what could not be used */
  gint64 first;         /* running time */
  gint64 newest;        /* running time; valid with has_newest */
  gboolean has_newest;
  gint64 silence;    /* ns of input since a unit agreed */
  gint64 told;       /* media time that the last suspect told */
  gboolean has_told; /* it told one */
  gint64 placed;     /* latest media time given */
  gboolean has_placed;
  gboolean is_shifted;  /* the next unit is the first after a change */
  gboolean jump_is_due; /* a unit far from those before it will come */
  gboolean is_ending;
  gboolean is_adopted;  /* a mapping that is not yet told */
  gboolean is_follower; /* of another track */

  CmafScatter scatter;
  gint64 clock_error;
  gboolean has_clock_error;
  gboolean has_alarmed;
  CmafArrivalClock arrival;

  GQueue events; /* CmafLockEvent */
};

static void
restart_measuring (CmafTimingLock *lock)
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
  restart_measuring (lock);
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

static CmafLockEvent *
tell (CmafTimingLock *lock, CmafLockEventKind kind, gint64 media_time,
    gint64 value)
{
  CmafLockEvent *event = g_new0 (CmafLockEvent, 1);

  event->kind = kind;
  event->source = lock->source;
  event->media_time = media_time;
  event->value = value;
  g_queue_push_tail (&lock->events, event);
  return event;
}

G_GNUC_PRINTF (5, 6)
static void
tell_why (CmafTimingLock *lock, CmafLockEventKind kind, gint64 media_time,
    gint64 value, const gchar *format, ...)
{
  CmafLockEvent *event = tell (lock, kind, media_time, value);
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

static gint64
media_by_clock (const CmafTimingLock *lock, const CmafUnitTimes *times)
{
  return cmaf_unit_times_by_clock (times, &lock->config.epoch);
}

static gboolean
read_unit (CmafTimingLock *lock, const CmafUnitTimes *times,
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

static gint64
nearest_frame (const CmafTimingLock *lock, gint64 media_time)
{
  return (gint64)cmaf_media_time_of_unit (
      &lock->config.units, cmaf_unit_from_media_time (&lock->config.units,
                               (guint64)MAX (media_time, 0)));
}

/* ---- the mapping ---- */

static gint64
step_at (const CmafTimingLock *lock, gint64 running_time)
{
  return lock->step.id > 0 && running_time >= lock->step.at ? lock->step.delta
                                                            : 0;
}

gint64
cmaf_timing_lock_media_time (const CmafTimingLock *lock, gint64 running_time)
{
  return running_time + lock->offset + step_at (lock, running_time);
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

/* Takes @media_time of the unit at @running_time as true. */
static void
set_mapping (CmafTimingLock *lock, CmafTimingSource source, gint64 running_time,
    gint64 media_time)
{
  const gint64 earlier = lock->offset + step_at (lock, running_time);

  if (lock->config.is_video && source != CMAF_TIMING_FIXED)
    media_time = nearest_frame (lock, media_time);
  lock->state = LOCKED;
  lock->source = source;
  lock->offset = media_time - running_time;
  lock->step.delta = 0;
  lock->step_is_reached = TRUE;
  lock->silence = 0;
  lock->is_shifted = TRUE;
  lock->jump_is_due = ABS (lock->offset - earlier) > MAX_SHIFT * lock->frame;
  restart_measuring (lock);
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
  lock->step_is_reached = lock->has_newest && lock->newest >= step->at;
}

void
cmaf_timing_lock_adopt (CmafTimingLock *lock, CmafTimingSource source,
    gint64 offset, const CmafTimingStep *step)
{
  g_queue_clear_full (&lock->events, g_free);
  set_mapping (lock, source, lock->has_newest ? lock->newest : 0, 0);
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
  *offset = media_by_clock (lock, first) - first->running_time;
  for (guint i = config->n_sources; i > 0; i--) {
    const CmafTimingSource told = config->sources[i - 1];

    if (lock->candidates[told].n > 0) {
      *source = told;
      *offset = lock->candidates[told].offset;
    }
  }
  if (config->is_video)
    *offset = nearest_frame (lock, first->running_time + *offset)
              - first->running_time;
  return FALSE;
}

/* Within three quarters of a frame, the second half of a pair included */
static gboolean
agrees (const CmafTimingLock *lock, const CmafUnitTimes *times,
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

/* Whether units in a row tell the same offset. Of a pair of frames with one
 * label the first tells the true one. */
static void
add_to_candidate (CmafTimingLock *lock, Candidate *candidate,
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
    if (!read_unit (lock, times, lock->source, predicted, &media_time))
      continue;
    fits = agrees (lock, times, media_time, predicted);
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

  set_mapping (lock, source, lock->newest, lock->newest + offset);
  if (lock->config.is_video && cmaf_timing_source_is_in_units (source))
    doubt_first (lock);
  tell (lock, CMAF_LOCK_LOCKED, cmaf_timing_lock_media_time (lock, first),
      lock->offset);
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
          media_by_clock (lock, &first->times) - first->times.running_time);
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

    if (read_unit (
            lock, times, source, media_by_clock (lock, times), &media_time))
      add_to_candidate (lock, &lock->candidates[source], times, media_time);
  }
}

/* ---- locked: what the clock says ---- */

static void
alarm_clock (CmafTimingLock *lock, gint64 media_time, gint64 error)
{
  if (!lock->has_alarmed)
    tell_why (lock, CMAF_LOCK_CLOCK_ERROR, media_time, error,
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
  const gint64 error = media_by_clock (lock, times) - media_time;

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
  error = media_by_clock (lock, times) - media_time;
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

static void
note_jump_of_input (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gint64 jump = times->running_time - lock->newest;

  if (!lock->has_newest || ABS (jump) <= MAX_STEP)
    return;
  tell_why (lock, CMAF_LOCK_LOST, lock->placed, jump,
      "time stamps jump by %" G_GINT64_FORMAT " ms",
      jump / (gint64)GST_MSECOND);
  if (jump < 0)
    set_mapping (
        lock, lock->source, times->running_time, lock->placed + lock->frame);
  lock->newest = times->running_time;
  lock->jump_is_due = TRUE;
  tell (lock, CMAF_LOCK_LOCKED,
      cmaf_timing_lock_media_time (lock, times->running_time), lock->offset);
}

static void
examine_by_clock (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  note_jump_of_input (lock, times);
  reach_step (lock, times->running_time);
  measure_arrival (lock, times);
}

/* ---- locked: what the units say ---- */

/* Capture stamps that come near the middle between two frames cannot tell the
 * frame: every fifth of the last second had one. */
static void
check_scatter (
    CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 scatter = media_time - nearest_frame (lock, media_time);

  if (!cmaf_scatter_add (&lock->scatter, times->running_time, scatter))
    return;
  tell_why (lock, CMAF_LOCK_JITTER, media_time, scatter,
      "time stamps are more than 0.35 frames away from frames");
  lock->source = CMAF_TIMING_CLOCK;
  restart_measuring (lock);
  tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
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
         && ABS (difference) <= JAM_FRAMES * lock->frame;
}

static void
agree (CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  lock->silence = 0;
  lock->candidates[lock->source].n = 0;
  lock->has_told = FALSE;
  if (lock->state == LOST) {
    lock->state = LOCKED;
    tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
  }
  check_clock (lock, times, media_time);
  if (lock->config.is_video && !cmaf_unit_times_is_exact (times, lock->source)
      && lock->source == CMAF_TIMING_REFERENCE_TIMESTAMP)
    check_scatter (lock, times, media_time);
}

/* The mapping jumps. Units that wait go by the old one up to the first that
 * fits the new one, and so do those of before that come after, in decode
 * order. */
static void
jump_to (CmafTimingLock *lock, gint64 running_time, gint64 media_time)
{
  gint64 predicted, told;

  lock->earlier_offset = lock->offset + step_at (lock, running_time);
  lock->earlier_until = running_time + LOST_AFTER;
  lock->has_earlier = TRUE;
  set_mapping (lock, lock->source, running_time, media_time);
  for (guint i = 0; i < lock->held->len; i++) {
    Held *held = &g_array_index (lock->held, Held, i);

    predicted = cmaf_timing_lock_media_time (lock, held->times.running_time);
    if (read_unit (lock, &held->times, lock->source, predicted, &told)
        && agrees (lock, &held->times, told, predicted))
      break;
    held->is_earlier = TRUE;
  }
}

static void
relock (CmafTimingLock *lock, const CmafUnitTimes *times, gint64 media_time)
{
  const gint64 offset = lock->offset + step_at (lock, times->running_time);
  const gint64 jump = media_time - times->running_time - offset;
  const gint64 progress = media_time - lock->placed;
  const gboolean goes_on =
      lock->has_placed && ABS (progress) <= MAX_SHIFT * lock->frame;

  if (lock->state == LOCKED && is_at_jam (lock, times, jump)) {
    jump_to (lock, times->running_time, media_time); /* it does so every day */
    return;
  }
  if (lock->state == LOCKED)
    tell_why (lock, CMAF_LOCK_LOST, media_time, jump,
        "%s by %" G_GINT64_FORMAT " ms",
        goes_on ? "time stamps jump" : "the time of the input jumps",
        (goes_on ? -jump : jump) / (gint64)GST_MSECOND);
  jump_to (lock, times->running_time, media_time);
  tell (lock, CMAF_LOCK_LOCKED, media_time, lock->offset);
}

static void
lose (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gchar *reason = "the input tells no time";

  if (lock->has_told)
    reason = "the time of the input stands still or jumps about";
  else if (lock->complaint[0] != '\0')
    reason = lock->complaint;
  tell_why (lock, CMAF_LOCK_LOST,
      cmaf_timing_lock_media_time (lock, times->running_time), 0, "%s", reason);
  lock->state = LOST;
}

/* TRUE when the unit is to wait. */
static gboolean
disagree (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  Candidate *candidate = &lock->candidates[lock->source];
  gint64 media_time;

  if (!read_unit (
          lock, times, lock->source, media_by_clock (lock, times), &media_time))
    return FALSE;
  add_to_candidate (lock, candidate, times, media_time);
  lock->told = media_time;
  lock->has_told = TRUE;
  if (candidate->n < N_AGREE)
    return lock->state == LOCKED;
  if (!cmaf_unit_times_is_exact (times, lock->source))
    media_time = times->running_time + candidate->offset;
  relock (lock, times, media_time);
  return FALSE;
}

/* TRUE when the unit is to wait. */
static gboolean
examine (CmafTimingLock *lock, const CmafUnitTimes *times)
{
  const gint64 predicted =
      cmaf_timing_lock_media_time (lock, times->running_time);
  gboolean is_suspect = FALSE;
  gint64 media_time;

  if (!cmaf_timing_source_is_in_units (lock->source)) {
    if (lock->source == CMAF_TIMING_CLOCK)
      examine_by_clock (lock, times);
    return FALSE;
  }
  if (lock->has_newest)
    lock->silence +=
        CLAMP (times->running_time - lock->newest, 0, LOST_AFTER / 4);
  if (read_unit (lock, times, lock->source, predicted, &media_time)
      && agrees (lock, times, media_time, predicted))
    agree (lock, times, media_time);
  else
    is_suspect = disagree (lock, times);
  if (lock->state == LOCKED && cmaf_timing_source_is_in_units (lock->source)
      && lock->silence > LOST_AFTER)
    lose (lock, times);
  return is_suspect && lock->state == LOCKED;
}

/* ---- in and out ---- */

gboolean
cmaf_timing_lock_push (
    CmafTimingLock *lock, const CmafUnitTimes *times, GError **error)
{
  const gboolean was_waiting = lock->state == WAITING;
  Held held = { .times = *times };

  if (lock->is_adopted)
    tell (lock, CMAF_LOCK_LOCKED,
        cmaf_timing_lock_media_time (lock, times->running_time), lock->offset);
  lock->is_adopted = FALSE;
  if (was_waiting)
    read_candidates (lock, times);
  else if (!lock->is_follower)
    held.is_suspect = examine (lock, times);
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

/* The frame of a unit that tells it itself */
static gboolean
read_exactly (CmafTimingLock *lock, const CmafUnitTimes *times,
    gint64 predicted, gint64 *media_time)
{
  const gint64 earlier = times->running_time + lock->earlier_offset;

  if (lock->state != LOCKED || !cmaf_timing_source_is_in_units (lock->source)
      || !cmaf_unit_times_is_exact (times, lock->source))
    return FALSE;
  if (read_unit (lock, times, lock->source, predicted, media_time)
      && agrees (lock, times, *media_time, predicted))
    return TRUE;
  return lock->has_earlier && times->running_time < lock->earlier_until
         && read_unit (lock, times, lock->source, earlier, media_time)
         && agrees (lock, times, *media_time, earlier);
}

static gint64
place_frame (CmafTimingLock *lock, const Held *held)
{
  const CmafUnitTimes *times = &held->times;
  const gint64 predicted =
      held->is_earlier
          ? times->running_time + lock->earlier_offset
          : cmaf_timing_lock_media_time (lock, times->running_time);
  gint64 media_time;

  if (lock->source == CMAF_TIMING_FIXED)
    return predicted;
  if (!read_exactly (lock, times, predicted, &media_time))
    media_time = nearest_frame (lock, predicted);
  if (!held->is_earlier && ABS (media_time - predicted) <= lock->frame)
    lock->offset += (media_time - predicted) / FOLLOW;
  return media_time;
}

gboolean
cmaf_timing_lock_pop (CmafTimingLock *lock, CmafPlacement *placement)
{
  const Held *held;
  gint64 jump;

  if (lock->state == WAITING || lock->held->len == 0)
    return FALSE;
  held = &g_array_index (lock->held, Held, 0);
  if (held->is_suspect && lock->state == LOCKED && !lock->is_ending
      && lock->held->len <= MAX_SUSPECTS)
    return FALSE;

  if (lock->config.is_video)
    placement->media_time = place_frame (lock, held);
  else
    placement->media_time =
        cmaf_timing_lock_media_time (lock, held->times.running_time);
  placement->is_unsure = held->is_unsure;
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
