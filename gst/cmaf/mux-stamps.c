/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units whose time stamps leap wait here. */
#include "mux-stamps.h"

void
mux_stamps_init (MuxStamps *self, MuxOutput *output, MuxTell *tell)
{
  self->output = output;
  self->tell = tell;
  g_queue_init (&self->waiting);
  g_queue_init (&self->ready);
}

static void
forget (GQueue *units)
{
  g_queue_clear_full (units, (GDestroyNotify)gst_buffer_unref);
}

void
mux_stamps_flush (MuxStamps *self)
{
  forget (&self->waiting);
  forget (&self->ready);
  self->had_strays = FALSE;
  cmaf_stamp_watch_init (&self->watch);
}

static gboolean
note_strays (MuxStamps *self, CmafStampFate fate, guint n)
{
  self->had_strays = TRUE;
  mux_output_count (self->output, &self->output->counters.dropped, n);
  if (fate == CMAF_STAMP_FIRST_STRAY)
    mux_tell_stray (self->tell, cmaf_stamp_watch_fault (&self->watch));
  return fate != CMAF_STAMP_HOPELESS;
}

/* Those that wait are of that fate. */
static gboolean
settle (MuxStamps *self, CmafStampFate fate)
{
  const guint n = self->waiting.length;
  GstBuffer *unit;

  if (fate == CMAF_STAMP_WAITS)
    return TRUE;
  if (fate != CMAF_STAMP_FITS) {
    forget (&self->waiting);
    return note_strays (self, fate, n);
  }
  while ((unit = g_queue_pop_head (&self->waiting)))
    g_queue_push_tail (&self->ready, unit);
  return TRUE;
}

gboolean
mux_stamps_take (MuxStamps *self, GstBuffer *buffer, GstClockTime duration,
    gboolean is_sound)
{
  const CmafStamps stamps = { GST_BUFFER_PTS (buffer), GST_BUFFER_DTS (buffer),
    duration, is_sound };
  CmafStampFate waiting;
  const CmafStampFate fate =
      cmaf_stamp_watch_judge (&self->watch, &stamps, &waiting);

  if (!settle (self, waiting))
    return FALSE;
  if (fate != CMAF_STAMP_FITS && fate != CMAF_STAMP_WAITS)
    return note_strays (self, fate, 1);
  g_queue_push_tail (fate == CMAF_STAMP_FITS ? &self->ready : &self->waiting,
      gst_buffer_ref (buffer));
  return TRUE;
}

gboolean
mux_stamps_finish (MuxStamps *self)
{
  return settle (self, cmaf_stamp_watch_finish (&self->watch));
}

void
mux_stamps_drop (MuxStamps *self, GstClockTime duration)
{
  note_strays (self,
      cmaf_stamp_watch_reject (&self->watch,
          "buffer: tells another time than its PTS, which is that of another, "
          "needs a PTS of its own",
          duration),
      1);
}

gboolean
mux_stamps_had_strays (MuxStamps *self)
{
  const gboolean had_strays = self->had_strays;

  self->had_strays = FALSE;
  return had_strays;
}

GstBuffer *
mux_stamps_next (MuxStamps *self)
{
  return g_queue_pop_head (&self->ready);
}
