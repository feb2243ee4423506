/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the aligner in front of the encoder has told. */
#include "mux-aligned.h"

#include "align-event.h"

#include <gst/cmaf/timescale.h>

void
mux_aligned_start (MuxAligned *self)
{
  mux_aligned_clear (self);
  mux_aligned_flush (self);
}

void
mux_aligned_clear (MuxAligned *self)
{
  g_clear_pointer (&self->slates, cmaf_slate_list_unref);
}

void
mux_aligned_flush (MuxAligned *self)
{
  self->clean_from = G_MININT64;
}

gboolean
mux_aligned_take (MuxAligned *self, GstEvent *event, MuxLock *lock)
{
  CmafSyncMapping mapping;

  if (align_event_parse_grid (event, &mapping))
    mux_lock_give (lock, &mapping);
  else if (!align_event_parse_clean_from (event, &self->clean_from))
    return FALSE;
  mux_aligned_clear (self);
  self->slates = align_event_get_slates (event);
  return TRUE;
}

gboolean
mux_aligned_is_unclean (
    const MuxAligned *self, const CmafUnitGrid *units, gint64 running_time)
{
  const gint64 half_unit = (gint64)cmaf_media_time_of_unit (units, 1) / 2;

  return self->clean_from != G_MININT64
         && running_time < self->clean_from - half_unit;
}

gboolean
mux_aligned_is_slate (const MuxAligned *self, const CmafCutFragment *cut,
    const CmafUnitGrid *units)
{
  return self->slates
         && cmaf_slate_list_has (self->slates,
             cmaf_ns_from_ticks (cut->decode_time, units->timescale),
             cmaf_ns_from_ticks (
                 cut->decode_time + cut->duration, units->timescale));
}
