/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The end of the service, as one video or audio track sees it. Streaming
 * thread. */
#pragma once

#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/service-plan.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean has_ended; /* the last segment is sent */
  guint n_beyond;     /* units that were left out */
  GstClockTime asked; /* the end for which a key frame was asked; 0: none */
} MuxEnd;

typedef enum
{
  MUX_END_IS_LATER,
  MUX_END_LEAVES_OUT, /* the unit, but some that come before it may follow */
  MUX_END_IS_HERE,
} MuxEndVerdict;

/* Forgets all. */
void mux_end_init (MuxEnd *self);
/* What becomes of @unit, that is a key frame when @is_sync. */
MuxEndVerdict mux_end_judge (MuxEnd *self, CmafServicePlan *plan,
    const CmafUnitGrid *units, guint64 unit, gboolean is_sync);
/* Once for each end: what is presented before it must not need what is not
 * sent, so a key frame has to be at media time @time. */
gboolean mux_end_wants_key_frame (
    MuxEnd *self, CmafServicePlan *plan, GstClockTime *time);

G_END_DECLS
