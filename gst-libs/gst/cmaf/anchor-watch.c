/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How far a pair has drifted from the clock. */
#include <gst/cmaf/anchor-watch.h>

#include <string.h>

#define WINDOW (10 * (gint64)GST_SECOND)
/* So many windows tell where it begins; time constant of the low pass. */
#define SLOWNESS 6
/* So many windows in a row agree on another error: the clock was stepped. */
#define N_STEPPED 3
/* Drift does not come to that between two windows. */
#define MAX_STEP (200 * (gint64)GST_MSECOND)

void
cmaf_anchor_watch_init (CmafAnchorWatch *watch, guint64 max_error)
{
  memset (watch, 0, sizeof *watch);
  watch->max_error = (gint64)MIN (max_error, (guint64)G_MAXINT64 / 4);
}

static gint64
distance (gint64 a, gint64 b)
{
  return a > b ? a - b : b - a;
}

static CmafAnchorState
begin (CmafAnchorWatch *w, gint64 error)
{
  w->error += (error - w->error) / (gint64)w->n_windows;
  if (w->n_windows < SLOWNESS || distance (w->error, 0) <= w->max_error)
    return CMAF_ANCHOR_FITS;
  w->reference = w->error;
  return CMAF_ANCHOR_OFF;
}

/* One window alone was late; some of them say that the clock is another one,
 * which changes nothing about the drift. TRUE: @error is of no use. */
static gboolean
is_stepped (CmafAnchorWatch *w, gint64 error)
{
  const gint64 step = error - w->error;

  if (distance (error, w->error) <= MAX_STEP) {
    w->n_stepped = 0;
    return FALSE;
  }
  if (w->n_stepped > 0 && distance (error, w->stepped) > MAX_STEP)
    w->n_stepped = 0;
  w->stepped = error;
  if (++w->n_stepped < N_STEPPED)
    return TRUE;
  w->n_stepped = 0;
  w->reference += step;
  w->error += step;
  return TRUE;
}

static CmafAnchorState
take_window (CmafAnchorWatch *w, gint64 error)
{
  gint64 drift;

  if (w->n_windows > 0 && is_stepped (w, error))
    return CMAF_ANCHOR_FITS;
  if (w->n_windows < SLOWNESS) {
    w->n_windows++;
    return begin (w, error);
  }
  w->error += (error - w->error) / SLOWNESS;
  drift = distance (w->error, w->reference);
  if (drift <= w->max_error / 2)
    w->is_told = FALSE;
  if (w->is_told || drift <= w->max_error)
    return CMAF_ANCHOR_FITS;
  w->is_told = TRUE;
  return CMAF_ANCHOR_DRIFTED;
}

CmafAnchorState
cmaf_anchor_watch_measure (
    CmafAnchorWatch *watch, gint64 media_time, gint64 clock)
{
  const gint64 error = clock - media_time;
  CmafAnchorState state = CMAF_ANCHOR_FITS;

  if (watch->has_window && distance (media_time, watch->window) >= WINDOW) {
    state = take_window (watch, watch->earliest);
    watch->has_window = FALSE;
  }
  if (!watch->has_window) {
    watch->has_window = TRUE;
    watch->window = media_time;
    watch->earliest = error;
  }
  watch->earliest = MIN (watch->earliest, error);
  return state;
}

gboolean
cmaf_anchor_watch_is_beyond (const CmafAnchorWatch *watch)
{
  return watch->is_told;
}

gboolean
cmaf_anchor_watch_has_error (const CmafAnchorWatch *watch)
{
  return watch->n_windows > 0;
}

gint64
cmaf_anchor_watch_error (const CmafAnchorWatch *watch)
{
  return watch->error;
}

gint64
cmaf_anchor_watch_drift (const CmafAnchorWatch *watch)
{
  return watch->error - watch->reference;
}
