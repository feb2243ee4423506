/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "origin-place.h"

#include <gst/gst.h>

static const CmafOriginSegment *
get (const GArray *segments, guint i)
{
  return &g_array_index (segments, CmafOriginSegment, i);
}

static gint64
us (guint64 ticks, guint32 timescale)
{
  return (gint64)MIN (gst_util_uint64_scale (ticks, G_USEC_PER_SEC, timescale),
      (guint64)G_MAXINT64);
}

/* ---- the clock ---- */

/* The mean of what is there; @longest when that is one. */
static gint64
length_us (const CmafOriginSegment *first, const CmafOriginSegment *last,
    guint32 timescale, gint64 longest)
{
  if (last->number == first->number || last->ept <= first->ept)
    return longest;
  return us (last->ept - first->ept, timescale)
         / (gint64)(last->number - first->number);
}

/* No more than a segment early by the clock, from which players compute
 * numbers. The sender may be late, but not by more than a held request waits.
 * @ahead: of the newest, which began @age ago. */
static gboolean
is_due (gint64 ahead, gint64 length, gint64 age)
{
  const gint64 wait = CMAF_ORIGIN_WAIT_SEGMENTS * length;

  return ahead <= wait && age <= wait + length && ahead - length <= age;
}

static gboolean
is_due_by_clock (const GArray *segments, guint32 timescale, gint64 segment_us,
    const CmafOriginPath *path, gint64 now_us)
{
  const CmafOriginSegment *first = NULL, *last = NULL;
  gint64 length, ahead;

  for (guint i = 0; i < segments->len; i++) {
    const CmafOriginSegment *s = get (segments, i);

    if (s->has_chunk) /* without one it has no time */
      last = s;
    if (s->has_chunk && !first)
      first = s;
  }
  if (!last)
    return FALSE;
  length = length_us (first, last, timescale, segment_us);
  ahead = path->kind == CMAF_ORIGIN_SEGMENT_AT
              ? us (path->value - last->ept, timescale)
              : (gint64)MIN (
                    path->value - last->number, CMAF_ORIGIN_WAIT_SEGMENTS + 1)
                    * length;
  return is_due (ahead, length, now_us - us (last->ept, timescale));
}

/* ---- interface ---- */

static gboolean
is_next (const CmafOriginSegment *last, guint32 timescale, gint64 segment_us,
    const CmafOriginPath *path)
{
  return path->kind == CMAF_ORIGIN_SEGMENT_AT
             ? us (path->value - last->ept, timescale) <= segment_us * 3 / 2
             : path->value - last->number <= 1;
}

static guint64
value_of (const CmafOriginSegment *s, const CmafOriginPath *path)
{
  return path->kind == CMAF_ORIGIN_SEGMENT_AT ? s->ept : s->number;
}

CmafOriginPlace
cmaf_origin_place_of (const GArray *segments, guint32 timescale,
    gint64 segment_us, const CmafOriginPath *path, gint64 now_us)
{
  const CmafOriginSegment *first = NULL, *last = NULL;

  for (guint i = 0; i < segments->len; i++) {
    const CmafOriginSegment *s = get (segments, i);

    if (!s->has_chunk && path->kind == CMAF_ORIGIN_SEGMENT_AT)
      continue;
    if (value_of (s, path) == path->value)
      return s->has_chunk || s->is_complete ? CMAF_ORIGIN_THERE
                                            : CMAF_ORIGIN_DUE;
    first = first ? first : s;
    last = s;
  }
  if (!last)
    return CMAF_ORIGIN_EARLY;
  if (path->value < value_of (first, path))
    return CMAF_ORIGIN_GONE;
  if (path->value < value_of (last, path))
    return CMAF_ORIGIN_MISSING;
  return is_next (last, timescale, segment_us, path)
                 || is_due_by_clock (
                     segments, timescale, segment_us, path, now_us)
             ? CMAF_ORIGIN_DUE
             : CMAF_ORIGIN_EARLY;
}
