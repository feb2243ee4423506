/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A track of which something comes now and then, and time closes the segments:
 * what the tasks that make text and events share. One thread, and state changes
 * while it stands still, unless a function says otherwise. */
#pragma once

#include "mux-output.h"
#include "mux-timing.h"

#include <gst/cmaf/text-pace.h>
#include <gst/cmaf/text-segmenter.h>

G_BEGIN_DECLS

typedef struct
{
  /* borrowed, of the element */
  GstElement *element;
  MuxOutput *output;
  MuxTiming *timing;

  GMutex lock;         /* goes before that of the group */
  gboolean is_running; /* lock: lock; as all up to the next comment */
  gboolean is_awake;
  gboolean is_playing;

  CmafTrack *track;
  CmafSegmentGrid grid;
  CmafSyncMapping mapping;
  GstClockID alarm;
  GQueue queue;         /* GstBuffer: a segment */
  gboolean has_refused; /* an error was posted */
} SparseTrack;

void sparse_track_init (SparseTrack *self, GstElement *element,
    MuxOutput *output, MuxTiming *timing);
void sparse_track_clear (SparseTrack *self);
/* Forgets the track and what is on its way. */
void sparse_track_reset (SparseTrack *self);
void sparse_track_set_running (SparseTrack *self, gboolean is_running);

/* ---- from any thread ---- */

/* What waits returns, now and until undone. */
void sparse_track_wake (SparseTrack *self, gboolean awake);
gboolean sparse_track_is_awake (SparseTrack *self);
void sparse_track_set_playing (SparseTrack *self, gboolean is_playing);
/* Call with the lock, when something has changed that the task waits for. */
void sparse_track_notify_locked (SparseTrack *self);

/* ---- time: by the mapping of the group, as it is now ---- */

guint64 sparse_track_media_time (SparseTrack *self, guint64 running_time);
guint64 sparse_track_ticks (SparseTrack *self, guint64 running_time);
guint64 sparse_track_running_time (SparseTrack *self, guint64 ticks);
/* FALSE: there is no clock, or it does not run. */
gboolean sparse_track_read_clock (SparseTrack *self, guint64 *running_time);
gboolean sparse_track_has_clock (SparseTrack *self);
/* Wakes the task when the clock is at @running_time. */
void sparse_track_set_alarm (SparseTrack *self, guint64 running_time);

/* ---- the beginning ---- */

/* The mapping by which the track begins; @first: what says something of time,
 * or NULL. */
GstFlowReturn sparse_track_find_mapping (
    SparseTrack *self, GstBuffer *first, guint64 running_time);
/* Grid and timescale of @track (transfer full). */
GstFlowReturn sparse_track_set_track (SparseTrack *self, CmafTrack *track);
/* Header and latency. */
GstFlowReturn sparse_track_begin (SparseTrack *self);
/* The first segment is that of the other tracks, unless it begins later. FALSE
 * while others are about to begin and it is not live. */
gboolean sparse_track_find_first_tick (
    SparseTrack *self, guint64 running_time, gboolean is_live, guint64 *ticks);
/* Whether from @next to @ticks is a jump, and not time that passed. */
gboolean sparse_track_is_jump (
    const SparseTrack *self, guint64 next, guint64 ticks);

/* ---- segments ---- */

/* Whether @pace reaches the end of the service: it ends there then, and what is
 * to be closed ends before. */
gboolean sparse_track_reaches_end (SparseTrack *self, CmafTextPace *pace);

GstFlowReturn sparse_track_push (
    SparseTrack *self, const CmafTextSegment *segment, gboolean is_last);
/* Posts @error. */
GstFlowReturn sparse_track_refuse (SparseTrack *self, const GError *error);

G_END_DECLS
