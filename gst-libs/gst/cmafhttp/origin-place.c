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

/* How much later than @s the one at @path begins, in us; further away than
 * anything is waited for, it does not matter how far. */
static gint64
distance_us (const CmafOriginSegment *s, guint32 timescale, gint64 segment_us,
    const CmafOriginPath *path)
{
  if (path->kind == CMAF_ORIGIN_SEGMENT_AT)
    return us (path->value - s->ept, timescale);
  return (gint64)MIN (path->value - s->number, CMAF_ORIGIN_WAIT_SEGMENTS + 1)
         * segment_us;
}

/* No more than a segment early by the clock, from which players compute
 * numbers. The sender may be late, but not by more than a held request waits.
 */
static gboolean
is_due (gint64 newest_us, gint64 distance, gint64 segment_us, gint64 now_us)
{
  const gint64 longest = CMAF_ORIGIN_WAIT_SEGMENTS * segment_us;

  return distance <= longest && now_us - newest_us <= longest + segment_us
         && newest_us + distance - segment_us <= now_us;
}

static CmafOriginPlace
place_behind (const CmafOriginSegment *newest, guint32 timescale,
    gint64 segment_us, const CmafOriginPath *path, gint64 now_us)
{
  const gint64 distance = distance_us (newest, timescale, segment_us, path);
  /* times are not exact multiples */
  const gint64 next =
      path->kind == CMAF_ORIGIN_SEGMENT_AT ? segment_us * 3 / 2 : segment_us;

  if (distance <= next)
    return CMAF_ORIGIN_DUE;
  return newest->has_chunk
                 && is_due (
                     us (newest->ept, timescale), distance, segment_us, now_us)
             ? CMAF_ORIGIN_DUE
             : CMAF_ORIGIN_EARLY;
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
  guint n = segments->len;

  /* the newest has no time before its first chunk */
  while (path->kind == CMAF_ORIGIN_SEGMENT_AT && n > 0
         && !get (segments, n - 1)->has_chunk)
    n--;
  for (guint i = 0; i < n; i++)
    if (value_of (get (segments, i), path) == path->value)
      return CMAF_ORIGIN_THERE;
  if (n == 0)
    return CMAF_ORIGIN_EARLY;
  if (path->value < value_of (get (segments, 0), path))
    return CMAF_ORIGIN_GONE;
  if (path->value < value_of (get (segments, n - 1), path))
    return CMAF_ORIGIN_MISSING;
  return place_behind (
      get (segments, n - 1), timescale, segment_us, path, now_us);
}
