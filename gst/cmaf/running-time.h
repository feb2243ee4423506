/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Position in a segment -> running time, with its sign: encoders begin before
 * their segment. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* FALSE when the segment has none for @position. */
static inline gboolean
running_time_of (
    const GstSegment *segment, GstClockTime position, gint64 *running_time)
{
  guint64 value;
  gint sign = gst_segment_to_running_time_full (
      segment, GST_FORMAT_TIME, position, &value);

  *running_time = sign < 0 ? -(gint64)value : (gint64)value;
  return sign != 0;
}

G_END_DECLS
