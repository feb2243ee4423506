/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units that are left out. */
#include "mux-drops.h"

#include "running-time.h"

/* Other sources have a lock that tells; and where damage was told, the last of
 * it is no news. */
static void
tell_backwards (MuxStream *self, GstBuffer *buffer, guint64 number)
{
  const guint64 newest = MAX (self->n_reached, 1) - 1;
  const GstClockTime by =
      cmaf_media_time_of_unit (&self->units, newest - MIN (newest, number));

  if (mux_timing_is_fixed (&self->timing) && !self->stamps.had_strays)
    mux_tell_backwards (&self->tell, GST_BUFFER_PTS (buffer), by);
}

static void
note_before_start (MuxStream *self, GstBuffer *buffer, guint64 number)
{
  gint64 running_time = -1;

  running_time_of (&self->segment, GST_BUFFER_PTS (buffer), &running_time);
  mux_begin_note (&self->begin, number, running_time);
}

void
mux_drops_skip (MuxStream *self)
{
  mux_output_count (&self->output, &self->output.counters.dropped, 1);
}

/* Frames that are presented before their key frame are no trouble. */
void
mux_drops_note (
    MuxStream *self, GstBuffer *buffer, guint64 number, CmafUnitFate fate)
{
  mux_drops_skip (self);
  if (number + CMAF_MAX_REORDER < self->n_reached)
    tell_backwards (self, buffer, number);
  if (fate == CMAF_UNIT_BEFORE_START)
    note_before_start (self, buffer, number);
}

void
mux_drops_note_repeated (MuxStream *self, GstBuffer *buffer, guint64 number)
{
  mux_output_count (&self->output, &self->output.counters.repeated, 1);
  tell_backwards (self, buffer, number);
}
