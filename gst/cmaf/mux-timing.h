/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where media time comes from: the sync group of the pipeline, found through a
 * GstContext; the settings; and what clock and buffers say. Streaming thread,
 * and state changes while it stands still. */
#pragma once

#include "mux-service.h"
#include "mux-settings.h"

#include <gst/cmaf/sync-group.h>

G_BEGIN_DECLS

/* How much of another track stays until video has found the time, and how long
 * a thread waits for that. */
#define MUX_PATIENCE (5 * GST_SECOND)

typedef struct
{
  GstElement *element; /* borrowed: the muxer */
  CmafSyncGroup *group;
  CmafSyncMember *member;      /* from start to stop, as all below */
  CmafCueList *cues;           /* of the group */
  CmafGridMoves *moves;        /* of the group */
  CmafSpliceList *splices;     /* of the group */
  CmafTimingLockConfig config; /* but for its units */
  CmafLeapTable *leaps;
  GstClock *utc_clock; /* NULL: that of the system */
  gint64 clock_offset;
  MuxService service;
} MuxTiming;

/* Leap seconds matter to all that comes from UTC. What is wrong with the table
 * is said once in the group, which is known; without it, or after its end,
 * there is none after 2017, or after its last. @path: NULL: that of the system.
 */
CmafLeapTable *mux_timing_load_leaps (const MuxTiming *self, const gchar *path);
gboolean mux_timing_start (
    MuxTiming *self, const MuxSettings *settings, GError **error);
void mux_timing_stop (MuxTiming *self);
/* What waits for others returns, now and until undone. Any thread. */
void mux_timing_wake (MuxTiming *self, gboolean awake);
/* Takes the group named @name out of @context, if it is in there.
 * _set_own_context: @name is a property, which the object lock guards. */
void mux_timing_set_context (
    MuxTiming *self, const gchar *name, GstContext *context);
void mux_timing_set_own_context (
    MuxTiming *self, gchar *const *name, GstContext *context);
/* Running time is media time, and nothing else is. */
gboolean mux_timing_is_fixed (const MuxTiming *self);
/* What clock and metas say of the time of @buffer. @frames: NULL when it is no
 * frame. */
void mux_timing_read (const MuxTiming *self, GstBuffer *buffer,
    gint64 running_time, const CmafUnitGrid *frames, CmafUnitTimes *times);
/* For elements that go by the mapping of others: that of the group now; waited
 * for, for some seconds, when there may be video; else what the buffer itself
 * says, or the next source, which is then the group's. CMAF_ERROR_TIMELINE:
 * there is none. */
gboolean mux_timing_find (MuxTiming *self, GstBuffer *buffer,
    gint64 running_time, CmafSyncMapping *mapping, GError **error);
/* The grid of the group. GST_FLOW_FLUSHING when woken. */
GstFlowReturn mux_timing_agree (MuxTiming *self, const MuxSettings *settings,
    const CmafTrack *track, CmafSegmentGrid *grid, GError **error);

G_END_DECLS
