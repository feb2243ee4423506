/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Key frames asked for at the boundaries ahead, each once. One thread at a
 * time. */
#pragma once

#include <gst/cmaf/segmenter.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  CmafKeyFramePlan plan;
  CmafUnitGrid units;
  gint64 offset; /* media time = running time + offset, ns */
} MuxRequests;

void mux_requests_init (MuxRequests *self, const CmafSegmentGrid *grid,
    const CmafUnitGrid *units, gint64 offset);
/* The stream has come to unit @now: asks, upstream from @pad, for what is due.
 */
void mux_requests_send (MuxRequests *self, GstPad *pad, guint64 now);

G_END_DECLS
