/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where media time comes from: the sync group of the pipeline, found through a
 * GstContext, and the timing sources of one muxer. Streaming thread, and state
 * changes while it stands still. */
#pragma once

#include "mux-settings.h"

#include <gst/cmaf/sync-group.h>

G_BEGIN_DECLS

/* how long audio waits for video to tell grid and mapping */
#define MUX_PATIENCE (1 * G_TIME_SPAN_SECOND)

typedef struct
{
  GstElement *element; /* borrowed: the muxer */
  CmafSyncGroup *group;
  CmafSyncMember *member; /* from start to stop */
  CmafTimingSource sources[CMAF_N_TIMING_SOURCES];
  guint n_sources;
  gint64 fixed_origin, clock_offset;
  CmafMediaEpoch epoch;
  CmafTimecodeRules timecode; /* but for its frames */
  gboolean is_quiet;          /* posts no message */
} MuxTiming;

gboolean mux_timing_start (
    MuxTiming *self, const MuxSettings *settings, GError **error);
void mux_timing_stop (MuxTiming *self);
/* Takes the group named @name out of @context, if it is in there. */
void mux_timing_set_context (
    MuxTiming *self, const gchar *name, GstContext *context);
/* The group's mapping, or the one that the first fitting source gives, which
 * is then the group's. @frames: grid of video, NULL for others, which may wait
 * for it. */
gboolean mux_timing_find (MuxTiming *self, GstBuffer *buffer,
    gint64 running_time, const CmafUnitGrid *frames, CmafSyncMapping *mapping);

/* Message cmaf-sync-locked. */
void mux_timing_announce (MuxTiming *self, const CmafSyncMapping *mapping,
    gint64 running_time, const CmafSegmentGrid *grid,
    const CmafUnitGrid *units);
/* The grid of the group. GST_FLOW_FLUSHING when woken. */
GstFlowReturn mux_timing_agree (MuxTiming *self, const MuxSettings *settings,
    const CmafTrack *track, CmafSegmentGrid *grid, GError **error);

G_END_DECLS
