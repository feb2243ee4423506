/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The units in front of the first segment. */
#include "mux-begin.h"

/* Without a key frame so many segments are lost before it is said. */
#define SILENT_SEGMENTS 2

void
mux_begin_init (
    MuxBegin *self, MuxTell *tell, const MuxLock *lock, GstPad *sinkpad)
{
  self->tell = tell;
  self->lock = lock;
  self->sinkpad = sinkpad;
}

void
mux_begin_forget (MuxBegin *self)
{
  self->n_units = 0;
  self->sent = 0;
}

static GstClockTime
lost (const MuxBegin *self)
{
  return cmaf_media_time_of_unit (&self->lock->units, self->n_units);
}

void
mux_begin_note (MuxBegin *self, guint64 number, gint64 running_time)
{
  if (self->n_units++ == 0) {
    self->first = number;
    self->time = running_time;
  }
  if (!self->lock->is_video
      || lost (self)
             <= cmaf_segment_grid_edge (&self->lock->grid, SILENT_SEGMENTS))
    return;
  if (number < self->sent)
    mux_tell_return (self->tell,
        cmaf_media_time_of_unit (&self->lock->units, self->sent - number));
  else
    mux_tell_silence (self->tell, SILENT_SEGMENTS);
}

static gboolean
is_live (const MuxBegin *self)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  return live;
}

/* Whether timing-sources=fixed with fixed-origin=0 puts the first unit on a
 * boundary, and nothing is lost by it: time that is agreed with others is. */
static gboolean
would_fit (const MuxBegin *self)
{
  CmafTimingSource source;
  gint64 offset;

  if (self->n_units == 0 || !mux_lock_has_mapping (self->lock))
    return FALSE;
  cmaf_timing_lock_get_mapping (self->lock->lock, &source, &offset);
  return (source == CMAF_TIMING_CLOCK || source == CMAF_TIMING_FIXED)
         && offset != 0 && self->time >= 0
         && self->time < (gint64)cmaf_segment_grid_edge (&self->lock->grid, 1)
         && !is_live (self);
}

/* The first boundary that is not before @unit. */
static guint64
next_boundary (const MuxBegin *self, guint64 unit, gboolean *is_there)
{
  const CmafUnitGrid *units = &self->lock->units;
  const guint64 number =
      cmaf_segment_grid_number_of_unit (&self->lock->grid, units, unit);

  *is_there =
      cmaf_segment_grid_first_unit (&self->lock->grid, units, number) == unit;
  return *is_there ? number : number + 1;
}

/* What a stream begins in the middle of a segment with is nobody's loss when it
 * is live, and one when it is not. */
void
mux_begin_tell (MuxBegin *self, const CmafCutFragment *cut)
{
  MuxStart start = { self->n_units };
  gboolean is_whole, is_there;

  self->sent =
      (cut->decode_time + cut->duration) / self->lock->units.unit_ticks;
  if (self->n_units == 0)
    return;
  start.lost = lost (self);
  start.number = next_boundary (self, self->first, &is_there);
  next_boundary (
      self, cut->decode_time / self->lock->units.unit_ticks, &is_whole);
  start.needs_key_frame =
      self->lock->is_video && (cut->number > start.number || !is_whole);
  start.would_fit = would_fit (self);
  mux_tell_begin (self->tell, &start);
  self->n_units = 0;
}

void
mux_begin_end (MuxBegin *self, MuxOutput *output)
{
  guint64 n, segments;

  GST_OBJECT_LOCK (output->element);
  n = output->counters.dropped;
  segments = output->counters.segments;
  GST_OBJECT_UNLOCK (output->element);
  if (n > 0 && segments == 0)
    mux_tell_nothing (self->tell, n, self->lock->is_video, would_fit (self));
}
