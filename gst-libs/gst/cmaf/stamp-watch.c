/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which time stamps fit, and when there is no hope for others. */
#include <gst/cmaf/stamp-watch.h>

/* Of a unit that does not tell; most are as long. */
#define SOME_DURATION (20 * GST_MSECOND)
/* Decode times that go on are closer together. */
#define LEAP GST_SECOND

void
cmaf_stamp_watch_init (CmafStampWatch *watch)
{
  memset (watch, 0, sizeof *watch);
  cmaf_stamp_watch_forget_time (watch);
}

void
cmaf_stamp_watch_forget_time (CmafStampWatch *watch)
{
  watch->last = watch->before_leap = GST_CLOCK_TIME_NONE;
}

/* It continues what was before a leap: one unit was ahead, and what a parser
 * counted on from there. */
static gboolean
was_leap (const CmafStampWatch *watch, GstClockTime dts)
{
  return GST_CLOCK_TIME_IS_VALID (watch->before_leap)
         && dts >= watch->before_leap
         && dts - watch->before_leap <= watch->since_leap + LEAP;
}

static const gchar *
find_fault (const CmafStampWatch *watch, GstClockTime pts, GstClockTime dts)
{
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return "buffer: has no PTS, needs one (is there a parser in front?)";
  if (GST_CLOCK_TIME_IS_VALID (dts) && GST_CLOCK_TIME_IS_VALID (watch->last)
      && dts < watch->last && !was_leap (watch, dts))
    return "buffer: DTS moves backwards, needs decode order";
  return NULL;
}

static void
note_time (CmafStampWatch *watch, GstClockTime dts, GstClockTime duration)
{
  const GstClockTime last = watch->last;

  if (!GST_CLOCK_TIME_IS_VALID (dts))
    return;
  watch->since_leap += duration;
  if (GST_CLOCK_TIME_IS_VALID (last) && dts > last + LEAP) {
    watch->before_leap = last;
    watch->since_leap = duration;
  } else if (watch->since_leap > LEAP
             || (GST_CLOCK_TIME_IS_VALID (last) && dts < last)) {
    watch->before_leap = GST_CLOCK_TIME_NONE;
  }
  watch->last = dts;
}

CmafStampFate
cmaf_stamp_watch_judge (CmafStampWatch *watch, GstClockTime pts,
    GstClockTime dts, GstClockTime duration)
{
  const gchar *fault = find_fault (watch, pts, dts);
  const gboolean is_first = !watch->fault || watch->good >= CMAF_STAMP_PATIENCE;

  if (duration == 0)
    duration = SOME_DURATION;
  if (!fault) {
    note_time (watch, dts, duration);
    watch->had_good = TRUE;
    watch->good += duration;
    watch->strays = 0;
    return CMAF_STAMP_FITS;
  }
  watch->fault = fault;
  watch->good = 0;
  watch->strays += duration;
  if (watch->strays >= CMAF_STAMP_PATIENCE)
    return CMAF_STAMP_HOPELESS;
  return is_first ? CMAF_STAMP_FIRST_STRAY : CMAF_STAMP_STRAY;
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
