/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Media times of one track, as they come -> unit numbers, each given once. */
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/unit-counter.h>

/* A lattice that lies in the middle between two numbers is taken to the upper
 * one as a whole: without this, rounding to nanoseconds (or to milliseconds, in
 * Matroska) would send its units up and down. */
#define SNAP_MARGIN(length) ((length) / 32)

static gint64
unit_length (const CmafUnitGrid *units)
{
  return cmaf_ns_from_ticks (units->unit_ticks, units->timescale);
}

static gboolean
nearest (const CmafUnitGrid *units, gint64 media_time, guint64 *unit)
{
  if (media_time < 0) {
    *unit = 0;
    return -media_time <= unit_length (units) / 2;
  }
  *unit = cmaf_unit_from_media_time (units, media_time);
  return TRUE;
}

gboolean
cmaf_unit_snap (
    const CmafUnitGrid *units, gint64 media_time, guint64 *unit, gint64 *phase)
{
  const gint64 margin = SNAP_MARGIN (unit_length (units));

  if (!nearest (units, media_time + margin, unit))
    return FALSE;
  *phase = media_time - (gint64)cmaf_media_time_of_unit (units, *unit);
  return TRUE;
}

void
cmaf_unit_counter_init (
    CmafUnitCounter *counter, const CmafUnitGrid *units, gboolean reorders)
{
  memset (counter, 0, sizeof (*counter));
  counter->units = *units;
  counter->reorders = reorders;
}

gint64
cmaf_unit_counter_get_phase (const CmafUnitCounter *counter)
{
  return counter->phase;
}

gboolean
cmaf_unit_counter_is_exact (const CmafUnitCounter *c, GError **error)
{
  const guint64 ticks =
      cmaf_ticks_from_ns ((guint64)ABS (c->phase), c->units.timescale);

  if (ticks < CMAF_ROUNDING_TICKS)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "access units lie %" G_GUINT64_FORMAT " samples %s multiples of %u, "
      "needs less than %u (cmafaudioalign in front of the encoder)",
      ticks, c->phase < 0 ? "before" : "behind", c->units.unit_ticks,
      CMAF_ROUNDING_TICKS);
  return FALSE;
}

gboolean
cmaf_unit_counter_has_gap (const CmafUnitCounter *c, gint64 media_time)
{
  guint64 unit;

  return !c->is_locked
         || (nearest (&c->units, media_time - c->phase, &unit)
             && unit > c->recent[0].unit + 1);
}

static void
remember (CmafUnitCounter *c, guint64 unit, gint64 media_time)
{
  const guint i = c->n_counted % CMAF_UNIT_COUNTER_WINDOW;

  c->recent[i].unit = unit;
  c->recent[i].media_time = media_time;
  c->n_counted++;
}

static gint
find_recent (const CmafUnitCounter *c, guint64 unit)
{
  const guint n = MIN (c->n_counted, CMAF_UNIT_COUNTER_WINDOW);
  guint i;

  for (i = 0; i < n; i++) {
    if (c->recent[i].unit == unit)
      return i;
  }
  return -1;
}

static CmafCount
count_frame (CmafUnitCounter *c, gint64 media_time, guint64 *unit)
{
  CmafCount result = CMAF_COUNT_OK;
  gint taken;

  if (!nearest (&c->units, media_time - c->phase, unit))
    return CMAF_COUNT_EARLY;

  taken = find_recent (c, *unit);
  if (taken >= 0) {
    const gint64 other = c->recent[taken].media_time;

    if (media_time == other || (media_time < other && *unit == 0))
      return CMAF_COUNT_REPEATED;
    *unit += media_time > other ? 1 : -1;
    if (find_recent (c, *unit) >= 0)
      return CMAF_COUNT_REPEATED;
    result = CMAF_COUNT_MOVED;
  }
  remember (c, *unit, media_time);
  return result;
}

/* The unit after one that was left out is late by nearly half a unit; jitter
 * must not make a gap of that. */
static gboolean
follows_repeated (const CmafUnitCounter *c, guint64 expected, gint64 media_time)
{
  const gint64 error =
      media_time - (gint64)cmaf_media_time_of_unit (&c->units, expected);

  return c->was_repeated && ABS (error) < unit_length (&c->units);
}

static CmafCount
count_audio (CmafUnitCounter *c, gint64 media_time, guint64 *unit)
{
  const guint64 expected = c->recent[0].unit + 1;
  gint64 phase;

  if (!nearest (&c->units, media_time - c->phase, unit))
    return CMAF_COUNT_EARLY;
  if (follows_repeated (c, expected, media_time)) {
    *unit = expected;
    c->phase =
        media_time - (gint64)cmaf_media_time_of_unit (&c->units, expected);
  } else if (*unit != expected) {
    /* half a unit off, or a gap: measure anew */
    if (!cmaf_unit_snap (&c->units, media_time, unit, &phase))
      return CMAF_COUNT_EARLY;
    if (*unit < expected) {
      c->was_repeated = TRUE;
      return CMAF_COUNT_REPEATED;
    }
    c->phase = phase;
  }
  c->was_repeated = FALSE;
  c->recent[0].unit = *unit;
  return *unit == expected ? CMAF_COUNT_OK : CMAF_COUNT_GAP;
}

CmafCount
cmaf_unit_counter_count (
    CmafUnitCounter *counter, gint64 media_time, guint64 *unit)
{
  if (!counter->is_locked) {
    if (!cmaf_unit_snap (&counter->units, media_time, unit, &counter->phase))
      return CMAF_COUNT_EARLY;
    counter->is_locked = TRUE;
    remember (counter, *unit, media_time);
    return CMAF_COUNT_OK;
  }
  if (counter->reorders)
    return count_frame (counter, media_time, unit);
  return count_audio (counter, media_time, unit);
}
