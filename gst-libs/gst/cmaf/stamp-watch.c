/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which time stamps fit, and when there is no hope for others. */
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/stamp-watch.h>

/* Of a unit that does not tell; most are as long. */
#define SOME_DURATION (20 * GST_MSECOND)
/* Times that go on are closer together, but for frames that are reordered. */
#define LEAP GST_SECOND
/* So far apart are units that agree: of a stream that has few. */
#define STRIDE (10 * GST_SECOND)
/* Gaps are told piece by piece. */
#define MAX_GAP (60 * GST_SECOND)

void
cmaf_stamp_watch_init (CmafStampWatch *watch)
{
  memset (watch, 0, sizeof *watch);
  cmaf_stamp_watch_forget_time (watch);
}

void
cmaf_stamp_watch_forget_time (CmafStampWatch *watch)
{
  watch->last.pts = watch->last.dts = GST_CLOCK_TIME_NONE;
  watch->gap_end = 0;
  watch->reach = LEAP;
  watch->n_waiting = 0;
}

/* ---- leaps ---- */

static GstClockTime
distance (GstClockTime a, GstClockTime b)
{
  return a > b ? a - b : b - a;
}

static gboolean
is_ahead (const CmafStampWatch *watch, GstClockTime time, GstClockTime last,
    GstClockTime reach)
{
  const GstClockTime expected =
      MAX (last + watch->last.duration, watch->gap_end);

  return time > expected && time - expected > reach;
}

static gboolean
is_away (const CmafStampWatch *watch, GstClockTime time, GstClockTime last,
    GstClockTime reach)
{
  return is_ahead (watch, time, last, reach)
         || (last > time && last - time > reach);
}

/* Frames are reordered. */
static GstClockTime
reorder (const CmafStamps *stamps)
{
  return stamps->is_sound ? 0 : CMAF_MAX_REORDER * stamps->duration;
}

static gboolean
leaps (const CmafStampWatch *watch, const CmafStamps *stamps)
{
  const CmafStamps *last = &watch->last;
  const GstClockTime reach = watch->reach + reorder (stamps);

  if (!GST_CLOCK_TIME_IS_VALID (last->pts))
    return FALSE;
  if (GST_CLOCK_TIME_IS_VALID (stamps->dts)
      && GST_CLOCK_TIME_IS_VALID (last->dts)
      && is_away (watch, stamps->dts, last->dts, watch->reach))
    return TRUE;
  return is_away (watch, stamps->pts, last->pts, reach);
}

gboolean
cmaf_stamp_watch_note_gap (CmafStampWatch *watch, GstClockTime end)
{
  if (GST_CLOCK_TIME_IS_VALID (watch->last.pts)
      && is_ahead (watch, end, watch->last.pts, MAX_GAP))
    return FALSE;
  watch->gap_end = MAX (watch->gap_end, end);
  return TRUE;
}

static gboolean
goes_back (const CmafStampWatch *watch, const CmafStamps *stamps)
{
  return GST_CLOCK_TIME_IS_VALID (stamps->dts)
         && GST_CLOCK_TIME_IS_VALID (watch->last.dts)
         && stamps->dts < watch->last.dts;
}

/* By how much a unit is apart from the one before it */
static GstClockTime
step (const CmafStamps *before, const CmafStamps *stamps)
{
  return GST_CLOCK_TIME_IS_VALID (before->dts)
                 && GST_CLOCK_TIME_IS_VALID (stamps->dts)
             ? distance (stamps->dts, before->dts)
             : distance (stamps->pts, before->pts);
}

static gboolean
agrees (const CmafStampWatch *watch, const CmafStamps *stamps)
{
  const CmafStamps *before = &watch->leaped;
  const GstClockTime stride = STRIDE + stamps->duration;

  if (GST_CLOCK_TIME_IS_VALID (stamps->dts)
      && GST_CLOCK_TIME_IS_VALID (before->dts) && stamps->dts < before->dts)
    return FALSE;
  return step (before, stamps) <= stride
         && distance (stamps->pts, before->pts) <= stride + reorder (stamps);
}

static void
advance (CmafStamps *last, const CmafStamps *stamps)
{
  const GstClockTime newest = GST_CLOCK_TIME_IS_VALID (last->pts)
                                  ? MAX (last->pts, stamps->pts)
                                  : stamps->pts;
  const GstClockTime dts =
      GST_CLOCK_TIME_IS_VALID (stamps->dts) ? stamps->dts : last->dts;

  *last = (CmafStamps){ newest, dts, stamps->duration, stamps->is_sound };
}

static void
join (CmafStampWatch *watch, const CmafStamps *stamps)
{
  if (watch->n_waiting++ == 0) {
    watch->leaped = *stamps;
    watch->waiting = watch->stride = 0;
  } else {
    watch->stride = MAX (watch->stride, step (&watch->leaped, stamps));
    advance (&watch->leaped, stamps);
  }
  watch->waiting += stamps->duration;
}

static gboolean
are_believed (const CmafStampWatch *watch)
{
  return watch->n_waiting >= CMAF_STAMP_AGREE
         && (!watch->leaped.is_sound
             || watch->waiting >= CMAF_STAMP_AGREE_SOUND);
}

/* ---- fates ---- */

CmafStampFate
cmaf_stamp_watch_reject (
    CmafStampWatch *watch, const gchar *fault, GstClockTime duration)
{
  const gboolean is_first = !watch->fault || watch->good >= CMAF_STAMP_PATIENCE;

  watch->fault = fault;
  watch->good = 0;
  watch->strays += duration;
  if (watch->strays >= CMAF_STAMP_PATIENCE)
    return CMAF_STAMP_HOPELESS;
  return is_first ? CMAF_STAMP_FIRST_STRAY : CMAF_STAMP_STRAY;
}

static CmafStampFate
reject_waiting (CmafStampWatch *watch)
{
  if (watch->n_waiting == 0)
    return CMAF_STAMP_WAITS;
  watch->n_waiting = 0;
  return cmaf_stamp_watch_reject (watch,
      "buffer: PTS or DTS leaps away from those before and behind it, needs "
      "time that goes on",
      watch->waiting);
}

static CmafStampFate
accept (CmafStampWatch *watch, GstClockTime duration)
{
  watch->had_good = TRUE;
  watch->good += duration;
  watch->strays = 0;
  return CMAF_STAMP_FITS;
}

/* The stream has jumped. */
static CmafStampFate
accept_waiting (CmafStampWatch *watch)
{
  watch->last = watch->leaped;
  watch->gap_end = 0;
  watch->reach = MAX (LEAP, watch->stride);
  watch->n_waiting = 0;
  return accept (watch, watch->waiting);
}

static CmafStampFate
judge_leap (
    CmafStampWatch *watch, const CmafStamps *stamps, CmafStampFate *waiting)
{
  if (watch->n_waiting > 0 && !agrees (watch, stamps))
    *waiting = reject_waiting (watch);
  join (watch, stamps);
  if (!are_believed (watch))
    return CMAF_STAMP_WAITS;
  return *waiting = accept_waiting (watch);
}

CmafStampFate
cmaf_stamp_watch_judge (
    CmafStampWatch *watch, const CmafStamps *stamps, CmafStampFate *waiting)
{
  CmafStamps known = *stamps;

  if (known.duration == 0)
    known.duration = SOME_DURATION;
  *waiting = CMAF_STAMP_WAITS;
  if (!GST_CLOCK_TIME_IS_VALID (known.pts))
    return cmaf_stamp_watch_reject (watch,
        "buffer: has no PTS, needs one (is there a parser in front?)",
        known.duration);
  if (leaps (watch, &known))
    return judge_leap (watch, &known, waiting);
  if (goes_back (watch, &known))
    return cmaf_stamp_watch_reject (watch,
        "buffer: DTS moves backwards, needs decode order", known.duration);
  *waiting = reject_waiting (watch);
  advance (&watch->last, &known);
  return accept (watch, known.duration);
}

CmafStampFate
cmaf_stamp_watch_finish (CmafStampWatch *watch)
{
  return reject_waiting (watch);
}

gboolean
cmaf_stamp_watch_had_strays_only (const CmafStampWatch *watch)
{
  return watch->fault && !watch->had_good;
}

const gchar *
cmaf_stamp_watch_fault (const CmafStampWatch *watch)
{
  return watch->fault;
}
