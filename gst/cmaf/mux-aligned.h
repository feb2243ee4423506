/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the aligner in front of the encoder has told of the units behind it.
 * Streaming thread. */
#pragma once

#include "mux-lock.h"

#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/slate-list.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 clean_from; /* running time; units before it are not fully primed */
  CmafSlateList *slates; /* NULL: none can be */
} MuxAligned;

/* Nothing is told yet. */
void mux_aligned_start (MuxAligned *self);
void mux_aligned_clear (MuxAligned *self);
/* What was told of units that will not come. */
void mux_aligned_flush (MuxAligned *self);
/* FALSE: @event is not of an aligner. */
gboolean mux_aligned_take (MuxAligned *self, GstEvent *event, MuxLock *lock);
/* Whether a decoder could not begin with the unit at @running_time. */
gboolean mux_aligned_is_unclean (
    const MuxAligned *self, const CmafUnitGrid *units, gint64 running_time);
/* Whether some of @cut is slate. */
gboolean mux_aligned_is_slate (const MuxAligned *self,
    const CmafCutFragment *cut, const CmafUnitGrid *units);

G_END_DECLS
