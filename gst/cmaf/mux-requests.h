/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Key frames asked for at the boundaries ahead, each once. One thread at a
 * time. */
#pragma once

#include "mux-lock.h"

#include <gst/cmaf/segmenter.h>

G_BEGIN_DECLS

typedef struct
{
  CmafKeyFramePlan plan;
  CmafUnitGrid units;
} MuxRequests;

void mux_requests_init (
    MuxRequests *self, const CmafSegmentGrid *grid, const CmafUnitGrid *units);
/* The stream has come to unit @now: asks, upstream from @pad, for what is due.
 * @phase: ns by which units come after the media time of their numbers. */
void mux_requests_send (MuxRequests *self, GstPad *pad, const MuxLock *lock,
    gint64 phase, guint64 now);

G_END_DECLS
