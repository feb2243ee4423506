/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers as they come -> whole access units of the track. */
#include "mux-units.h"

#include <gst/cmaf/access-unit.h>

/* @buffer with what stands in front of its sample cut off (transfer full) */
static GstBuffer *
cut_prefix (GstBuffer *buffer, gsize prefix)
{
  GstBuffer *unit;

  if (prefix == 0)
    return gst_buffer_ref (buffer);
  unit = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, prefix,
      gst_buffer_get_size (buffer) - prefix);
  /* a copy from the middle has no times */
  GST_BUFFER_PTS (unit) = GST_BUFFER_PTS (buffer);
  GST_BUFFER_DTS (unit) = GST_BUFFER_DTS (buffer);
  GST_BUFFER_DURATION (unit) = GST_BUFFER_DURATION (buffer);
  return unit;
}

static GstBuffer *
join (GstBuffer *unit, GstBuffer *part)
{
  GstBuffer *joined = gst_buffer_make_writable (unit);
  guint n = gst_buffer_n_memory (part);

  for (guint i = 0; i < n; i++)
    gst_buffer_append_memory (joined, gst_buffer_get_memory (part, i));
  return joined;
}

GstBuffer *
mux_units_take (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer)
{
  guint8 head[CMAF_ACCESS_UNIT_HEAD];
  gsize size;
  gsize prefix;
  GstBuffer *unit, *whole;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)
      && cmaf_access_unit_has_header_packets (track))
    return NULL;
  size = gst_buffer_extract (buffer, 0, head, sizeof head);
  prefix = cmaf_access_unit_prefix (track, head, size);
  if (prefix > 0 && prefix == gst_buffer_get_size (buffer))
    return NULL;
  unit = cut_prefix (buffer, prefix);
  if (!cmaf_access_unit_may_continue (track))
    return unit;
  if (self->pending && cmaf_access_unit_continues (track, head, size)) {
    self->pending = join (self->pending, unit);
    gst_buffer_unref (unit);
    return NULL;
  }
  whole = self->pending;
  self->pending = unit;
  return whole;
}

GstBuffer *
mux_units_drain (MuxUnits *self)
{
  return g_steal_pointer (&self->pending);
}

void
mux_units_flush (MuxUnits *self)
{
  gst_clear_buffer (&self->pending);
}
