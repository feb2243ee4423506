/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of timing-lock share. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/cmaf/timing-lock.h>

#define MS ((gint64)GST_MSECOND)
#define S ((gint64)GST_SECOND)
#define NEW_YEAR G_GINT64_CONSTANT (1735689600)
#define HOUR 3600

static const CmafUnitGrid fps25 = { 90000, 3600, 0 };
static const CmafUnitGrid fps29 = { 30000, 1001, 0 };
static const CmafUnitGrid fps50 = { 90000, 1800, 0 };

typedef struct
{
  CmafTimingLockConfig config;
  CmafTimingLock *lock;
  GArray *numbers;     /* guint64: of the frames that came out */
  GArray *media_times; /* gint64 */
  GString *events;     /* LOCKED LOST JITTER CLOCK-ERROR */
  GString *reasons;
  guint n_runs, n_shifts, n_unsure, n_strays;
  gchar *error;
} Sim;

static inline void
sim_init (Sim *sim, const CmafUnitGrid *units, const gchar *sources)
{
  memset (sim, 0, sizeof *sim);
  fail_unless (cmaf_timing_sources_parse (
      sources, sim->config.sources, &sim->config.n_sources, NULL));
  sim->config.is_video = TRUE;
  sim->config.units = *units;
  sim->config.epoch.tai_offset = CMAF_TAI_OFFSET;
  sim->config.timecode.daily_jam = CMAF_TIMECODE_NO_JAM;
  sim->config.timecode.max_error = CMAF_TIMECODE_MAX_ERROR;
  sim->config.wait = CMAF_TIMING_WAIT;
  sim->config.clock_alarm = CMAF_CLOCK_ALARM;
  sim->config.holds_near_leap = TRUE;
  sim->lock = cmaf_timing_lock_new (&sim->config);
  sim->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  sim->media_times = g_array_new (FALSE, FALSE, sizeof (gint64));
  sim->events = g_string_new (NULL);
  sim->reasons = g_string_new (NULL);
}

static inline void
sim_clear (Sim *sim)
{
  cmaf_timing_lock_free (sim->lock);
  g_array_unref (sim->numbers);
  g_array_unref (sim->media_times);
  g_string_free (sim->events, TRUE);
  g_string_free (sim->reasons, TRUE);
  g_free (sim->error);
}

static inline void
drain (Sim *sim)
{
  static const gchar *const names[CMAF_N_LOCK_EVENTS] = { "LOCKED ", "LOST ",
    "JITTER ", "CLOCK-ERROR " };
  CmafPlacement placement;
  CmafLockEvent event;
  guint64 number;

  while (cmaf_timing_lock_next_event (sim->lock, &event)) {
    g_string_append (sim->events, names[event.kind]);
    g_string_append_printf (sim->reasons, "%s|", event.reason);
  }
  while (cmaf_timing_lock_pop (sim->lock, &placement)) {
    number = cmaf_unit_from_media_time (
        &sim->config.units, (guint64)placement.media_time);
    g_array_append_val (sim->numbers, number);
    g_array_append_val (sim->media_times, placement.media_time);
    sim->n_runs += placement.begins_run;
    sim->n_unsure += placement.is_unsure;
    sim->n_strays += placement.is_stray;
    sim->n_shifts += placement.is_shifted;
  }
}

static inline void
feed (Sim *sim, const CmafUnitTimes *times)
{
  g_autoptr (GError) error = NULL;

  if (!cmaf_timing_lock_push (sim->lock, times, &error) && !sim->error)
    sim->error = g_strdup (error->message);
  drain (sim);
}

static inline void
finish (Sim *sim)
{
  g_autoptr (GError) error = NULL;

  if (!cmaf_timing_lock_finish (sim->lock, &error) && !sim->error)
    sim->error = g_strdup (error->message);
  drain (sim);
}

/* Frame @n as a good source says it: labels and clock right, running time zero
 * at frame @zero. */
static inline CmafUnitTimes
good (const CmafUnitGrid *units, guint64 n, guint64 zero)
{
  const gint64 media = (gint64)cmaf_media_time_of_unit (units, n);
  const guint rate = cmaf_timecode_nominal_rate (units);
  const guint64 in_day = n % (86400 * (guint64)rate);
  CmafUnitTimes times = { 0 };

  times.running_time = media - (gint64)cmaf_media_time_of_unit (units, zero);
  times.utc = media;
  times.has_clock = TRUE;
  times.has_label = TRUE;
  times.label.hours = (guint)(in_day / rate / 3600);
  times.label.minutes = (guint)(in_day / rate / 60 % 60);
  times.label.seconds = (guint)(in_day / rate % 60);
  times.label.frames = (guint)(in_day % rate);
  return times;
}

static inline void
assert_numbers (const Sim *sim, guint first, guint n, guint64 number)
{
  fail_unless (first + n <= sim->numbers->len, "only %u frames came out",
      sim->numbers->len);
  for (guint i = 0; i < n; i++)
    fail_unless (g_array_index (sim->numbers, guint64, first + i) == number + i,
        "frame %u has number %" G_GUINT64_FORMAT ", needs %" G_GUINT64_FORMAT,
        first + i, g_array_index (sim->numbers, guint64, first + i),
        number + i);
}

#define START ((guint64)NEW_YEAR * 25 + 12 * HOUR * 25 + 7)
