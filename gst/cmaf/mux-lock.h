/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The timing lock of one pad: fed with what its buffers say, and with what
 * other tracks of the sync group have found; what it finds, it tells them. One
 * thread at a time. */
#pragma once

#include "mux-timing.h"

G_BEGIN_DECLS

typedef struct
{
  MuxTiming *timing; /* borrowed */
  CmafTimingLock *lock;
  CmafSegmentGrid grid;
  CmafUnitGrid units;
  gboolean is_video;
  GQueue arrived; /* Arrived: before there is a lock */
  GQueue inside;  /* GstBuffer, NULL: not kept; as the units in the lock */
  gint64 since;   /* monotonic us: when the first of those arrived */
  gboolean is_publisher;
  CmafSyncMapping published; /* valid for the publisher */
  gboolean is_given;         /* frames go by this, and say nothing */
  CmafSyncMapping given;
  gint64 newest; /* media time, of what came out */
} MuxLock;

void mux_lock_init (MuxLock *self, MuxTiming *timing);
/* Frames lie on the grid by @mapping from now on, as an aligner tells; NULL:
 * they tell themselves. */
void mux_lock_give (MuxLock *self, const CmafSyncMapping *mapping);
/* Forgets lock and buffers. */
void mux_lock_clear (MuxLock *self);

/* A buffer has come; NULL when only its time matters. */
void mux_lock_take (
    MuxLock *self, GstBuffer *buffer, const CmafUnitTimes *times);
/* Whether buffers that are no video stay until video has found the time: some
 * seconds of them at most, then the thread waits, for as long. */
gboolean mux_lock_must_wait (MuxLock *self, gboolean is_last);
/* Units and grid are known. */
void mux_lock_start (MuxLock *self, const CmafUnitGrid *units,
    const CmafSegmentGrid *grid, gboolean is_video);
gboolean mux_lock_is_started (const MuxLock *self);
/* Decides about what has come; about all of it when @is_last. FALSE:
 * CMAF_ERROR_TIMELINE, no source gave a time. */
gboolean mux_lock_decide (MuxLock *self, gboolean is_last, GError **error);
/* The next buffer and where it belongs. (transfer full) */
gboolean mux_lock_next (
    MuxLock *self, GstBuffer **buffer, CmafPlacement *placement);
/* As a message. (transfer full) (nullable) */
GstStructure *mux_lock_next_event (MuxLock *self, CmafLockEventKind *kind);

/* FALSE when what the functions below go by is only a guess. */
gboolean mux_lock_has_mapping (const MuxLock *self);
gboolean mux_lock_is_empty (const MuxLock *self);
gint64 mux_lock_media_time (const MuxLock *self, gint64 running_time);
gint64 mux_lock_running_time (const MuxLock *self, gint64 media_time);

G_END_DECLS
