/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections that come with pictures, as tsdemux sends them (scte-sit),
 * on their way to the sync group. One thread. */
#pragma once

#include "mux-timing.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean has_heard; /* a picture, and the furthest of them is at: */
  gint64 heard;       /* running time */
} MuxSections;

/* A picture of @segment has come. */
void mux_sections_note (
    MuxSections *self, const GstSegment *segment, GstBuffer *buffer);
/* Takes what @event says, if it is a section. */
void mux_sections_take (
    MuxSections *self, const MuxTiming *timing, GstEvent *event);

G_END_DECLS
