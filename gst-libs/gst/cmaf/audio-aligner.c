/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Raw audio as it comes -> what to drop, fill and bend.
 *
 * What went out is a whole number of samples since the start, so the grid never
 * drifts; the mean distance of the input from it is brought to zero by a loop
 * with a proportional and an integral part. It is critically damped with a time
 * constant of 20 s, which no ear follows. */
#include <gst/cmaf/audio-aligner.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/unit-counter.h>

#define MEAN_SECONDS 1
#define MEAN_UNIT 256
/* bend = error / 10 s + integral of (error / 400 s^2) */
#define PROPORTIONAL_SECONDS 10
#define INTEGRAL_SECONDS2 400
#define INTEGRAL_UNIT 65536
/* how fast the bend may change */
#define PPB_PER_SECOND 50000

void
cmaf_audio_aligner_init (
    CmafAudioAligner *aligner, const CmafAudioAlignerConfig *config)
{
  memset (aligner, 0, sizeof (*aligner));
  aligner->config = *config;
}

static gint64
time_of (const CmafAudioAligner *a, guint64 sample)
{
  return cmaf_ns_from_ticks (sample, a->config.rate);
}

static gboolean
sample_at (const CmafAudioAligner *a, gint64 media_time, guint64 *sample)
{
  const CmafUnitGrid samples = { a->config.rate, 1, 0 };
  gint64 phase;

  return cmaf_unit_snap (&samples, media_time, sample, &phase);
}

/* The sample of the timeline that the input should go on with. */
static guint64
expected (const CmafAudioAligner *a)
{
  return a->position + a->held - a->skip;
}

static void
forget_error (CmafAudioAligner *a)
{
  a->mean_error = 0;
}

/* ---- the plan ---- */

static void
skip (CmafAudioAligner *a, guint64 n, CmafAlignPlan *plan)
{
  plan->drop = MIN (a->skip, n);
  a->skip -= plan->drop;
}

static void
begin (CmafAudioAligner *a, guint64 sample, guint64 n, CmafAlignPlan *plan)
{
  const guint64 from = MAX (sample, a->not_before);

  plan->event = CMAF_ALIGN_EARLY;
  plan->drop = n;
  if (!cmaf_audio_start (from + a->config.shift, a->config.priming,
          a->config.unit_samples, a->config.roll, &plan->start))
    return;
  plan->event = CMAF_ALIGN_STARTED;
  a->has_started = TRUE;
  a->first = a->position = plan->start.first_sample;
  a->held = 0;
  a->skip = a->position - sample;
  forget_error (a);
  skip (a, n, plan);
}

/* An error that is neither jitter nor drift. */
static void
mend (CmafAudioAligner *a, guint64 sample, guint64 n, CmafAlignPlan *plan)
{
  const guint64 from = expected (a);
  const guint64 distance = sample > from ? sample - from : from - sample;

  if (time_of (a, distance) > (gint64)a->config.max_fill) {
    plan->event = CMAF_ALIGN_JUMPED;
    a->has_started = FALSE;
    a->not_before = 0;
    return;
  }
  forget_error (a);
  if (sample > from) {
    const guint64 skipped = MIN (a->skip, distance);

    plan->event = CMAF_ALIGN_GAP;
    a->skip -= skipped;
    plan->fill = distance - skipped;
  } else {
    plan->event = CMAF_ALIGN_OVERLAP;
    a->skip += distance;
  }
  skip (a, n, plan);
}

/* ---- drift ---- */

static void
measure (CmafAudioAligner *a, gint64 error, guint64 n)
{
  const gint64 window = MAX ((gint64)n, (gint64)a->config.rate * MEAN_SECONDS);

  a->mean_error += (error * MEAN_UNIT - a->mean_error) * (gint64)n / window;
}

static void
bend (CmafAudioAligner *a, guint64 n)
{
  const gint64 error = a->mean_error / MEAN_UNIT;
  const gint64 max = (gint64)a->config.max_ppm * 1000;
  const gint64 step = MAX (1, PPB_PER_SECOND * (gint64)n / a->config.rate);
  gint64 wanted;

  if (!a->is_bent) {
    if (!GST_CLOCK_TIME_IS_VALID (a->config.drift_allowed)
        || ABS (error) <= (gint64)a->config.drift_allowed)
      return;
    a->is_bent = TRUE;
  }
  wanted = error / PROPORTIONAL_SECONDS + a->integral / INTEGRAL_UNIT;
  if (ABS (wanted) < max)
    a->integral +=
        error * INTEGRAL_UNIT / INTEGRAL_SECONDS2 * (gint64)n / a->config.rate;
  wanted = CLAMP (wanted, -max, max);
  a->bend_ppb = CLAMP (wanted, a->bend_ppb - step, a->bend_ppb + step);
}

/* ---- interface ---- */

void
cmaf_audio_aligner_push (
    CmafAudioAligner *a, gint64 media_time, guint64 n, CmafAlignPlan *plan)
{
  guint64 sample;
  gint64 error;

  memset (plan, 0, sizeof (*plan));
  plan->event = CMAF_ALIGN_CONTINUED;
  if (!sample_at (a, media_time, &sample)) {
    plan->event = CMAF_ALIGN_EARLY;
    plan->drop = n;
    return;
  }
  if (!a->has_started) {
    begin (a, sample, n, plan);
    return;
  }
  error = media_time - time_of (a, expected (a));
  if (ABS (error) > (gint64)a->config.tolerance) {
    mend (a, sample, n, plan);
  } else {
    skip (a, n, plan);
    if (plan->drop == n && n > 0)
      plan->event = CMAF_ALIGN_WAITING;
    measure (a, error, n);
    bend (a, n);
  }
  plan->bend_ppb = a->bend_ppb;
}

void
cmaf_audio_aligner_restart (CmafAudioAligner *a, gint64 media_time)
{
  if (!sample_at (a, media_time, &a->not_before))
    a->not_before = 0;
  a->has_started = FALSE;
}

guint64
cmaf_audio_aligner_lose (CmafAudioAligner *a, gint64 media_time)
{
  guint64 sample, from;

  if (!a->has_started || !sample_at (a, media_time, &sample))
    return 0;
  a->skip = 0; /* what was to be left out will not come */
  from = expected (a);
  forget_error (a);
  return sample > from ? sample - from : 0;
}

void
cmaf_audio_aligner_produced (CmafAudioAligner *a, guint64 n, guint64 held)
{
  a->position += n;
  a->held = held;
}

guint64
cmaf_audio_aligner_get_open (const CmafAudioAligner *a)
{
  const guint64 open =
      (a->position + a->held - a->first) % a->config.unit_samples;

  return open > 0 ? a->config.unit_samples - open : 0;
}

guint64
cmaf_audio_aligner_get_position (const CmafAudioAligner *a)
{
  return a->position;
}

gint64
cmaf_audio_aligner_get_error (const CmafAudioAligner *a)
{
  return a->mean_error / MEAN_UNIT;
}

gint64
cmaf_audio_aligner_get_stamp (const CmafAudioAligner *a)
{
  return time_of (a, a->position - a->config.shift);
}
