/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One track on its way to one destination: a spool, and a thread that empties
 * it. Part of ingest-client. The lock belongs to the track, all of whose lanes
 * share it; it is held by the caller of what ends in _locked, and never while
 * bytes are sent or the event function runs. Not installed. */
#pragma once

#include <gst/cmafhttp/ingest-destination.h>
#include <gst/cmafhttp/ingest-spool.h>

G_BEGIN_DECLS

typedef struct _CmafIngestLane CmafIngestLane;

typedef struct
{
  const gchar *name; /* of the track; borrowed, as all here */
  GMutex *lock;
  GCond *changed; /* told of everything that somebody may wait for */
  CmafIngestDestination *destination;
  CmafIngestEventFunc event; /* is_fatal is for its receiver to say */
  gpointer user_data;
} CmafIngestLaneConfig;

typedef struct
{
  guint64 n_segments, n_bytes, n_headers;
  guint64 n_retries, n_dropped;
  guint64 n_progress; /* grows with every object that is settled */
} CmafIngestCounts;

/* Under the lock. */
typedef struct
{
  gboolean is_lost;    /* nothing arrives at present */
  gboolean is_stopped; /* nothing will arrive any more */
  gboolean is_full;
  gboolean is_empty;
  guint n_waiting;      /* segments */
  const gchar *failure; /* what went wrong last, NULL */
  guint64 spool_bytes;
  guint64 disk_bytes;
  GstClockTime spool_time;
  CmafIngestCounts counts;
} CmafIngestLaneState;

/* With what an earlier process has left; the thread runs. @track: NULL when
 * there is nothing else. */
CmafIngestLane *cmaf_ingest_lane_new (
    const CmafIngestLaneConfig *config, const CmafTrack *track);
/* Ends what runs, without the lock. */
void cmaf_ingest_lane_cancel (CmafIngestLane *self);
/* Waits until no event comes any more, after _cancel(). */
void cmaf_ingest_lane_join (CmafIngestLane *self);
void cmaf_ingest_lane_free (CmafIngestLane *self);
const CmafIngestDestination *cmaf_ingest_lane_get_destination (
    const CmafIngestLane *self);

void cmaf_ingest_lane_set_header_locked (
    CmafIngestLane *self, CmafTrack *track, GBytes *header);
void cmaf_ingest_lane_push_locked (CmafIngestLane *self, CmafChunk *chunk);
void cmaf_ingest_lane_finish_locked (CmafIngestLane *self);
void cmaf_ingest_lane_get_state_locked (
    const CmafIngestLane *self, CmafIngestLaneState *state);
/* Whole segments are given up until the spool is not full; they are added to
 * @dropped: the oldest while nothing can be sent, all but the newest when the
 * receiver is too slow. Tell of them without the lock. */
void cmaf_ingest_lane_make_room_locked (CmafIngestLane *self, GQueue *dropped);
void cmaf_ingest_lane_tell_dropped (CmafIngestLane *self, GQueue *dropped);
/* Brings what waits behind others to the disk, and out of memory if it is too
 * much. By the thread that pushes, without the lock. @is_end: nothing else
 * runs, what has grown so far is all that there will be, and all of it is for
 * the next process. */
void cmaf_ingest_lane_store (CmafIngestLane *self, gboolean is_end);

G_END_DECLS
