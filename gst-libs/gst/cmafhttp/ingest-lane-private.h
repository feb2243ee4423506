/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside ingest-lane: its state, and what its two files want of each other. Not
 * installed. */
#pragma once

#include <gst/cmafhttp/ingest-lane.h>
#include <gst/cmafhttp/ingest-session.h>

G_BEGIN_DECLS

struct _CmafIngestLane
{
  CmafIngestLaneConfig config;
  GThread *thread;
  GCancellable *cancellable;     /* of the request that runs */
  gint waker;                    /* an eventfd */
  CmafSpoolDirectory *directory; /* NULL: none */

  /* lock: that of the track, as all up to the blank line */
  CmafIngestSpool spool;
  CmafSpoolSegment *sending; /* borrowed from the thread, NULL */
  gboolean is_waiting;       /* the thread, for its waker */
  gboolean is_closing, has_ended, is_stopped, is_lost;
  gboolean is_telling; /* that the last segment was given up */
  gchar *failure;
  CmafIngestCounts counts;

  gboolean has_told_disk; /* that it failed; of the thread that pushes */

  /* the thread's own */
  CmafIngestSession session;
  CmafUploadClient *client;
  const gchar *method;
  gboolean is_sparse; /* text or events: there may be nothing for long */
  gboolean has_begun; /* the receiver knows the track, or will not soon */
  gboolean needs_probe;
  gboolean tells_length; /* the receiver takes no chunked bodies */
  gboolean never_expects;
  GBytes *acknowledged;      /* the header that the receiver has */
  GstClockTime stream_since; /* when the long request began */
};

/* What is due, taken under the lock. */
typedef struct
{
  CmafIngestLane *lane;
  CmafIngestAction action;
  CmafIngestObject object;
  CmafSpoolSegment *segment; /* NULL: the header alone is there */
  GBytes *header;
  CmafTrack *track;
  GBytes *manifest; /* claimed from the destination */
} CmafIngestStep;

/* ---- ingest-lane.c ---- */

GstClockTime cmaf_ingest_lane_get_time (void);
const CmafIngestClientConfig *cmaf_ingest_lane_get_config (
    const CmafIngestLane *self);
/* @answer: NULL when there was none. @segment: of DROPPED, else NULL. */
void cmaf_ingest_lane_tell (CmafIngestLane *self, CmafIngestEventKind kind,
    const CmafHttpAnswer *answer, const gchar *message,
    const CmafSpoolSegment *segment);
/* Until woken, or @until, or something comes from the receiver: then TRUE. */
gboolean cmaf_ingest_lane_wait_locked (
    CmafIngestLane *self, GstClockTime until);
/* The receiver has the header, or the others are not to wait for that. */
void cmaf_ingest_lane_begin (CmafIngestLane *self);
/* TRUE when nobody has heard of it yet. */
gboolean cmaf_ingest_lane_note_failure (
    CmafIngestLane *self, const gchar *message);
/* @segment is given up. */
void cmaf_ingest_lane_drop (CmafIngestLane *self, CmafSpoolSegment *segment,
    const CmafHttpAnswer *answer, const gchar *message);
/* @n segments have arrived: all is well. */
void cmaf_ingest_lane_settle_locked (
    CmafIngestLane *self, guint n, guint64 n_bytes);

/* ---- ingest-lane-disk.c ---- */

/* The segments of an earlier process. */
void cmaf_ingest_lane_open_directory (CmafIngestLane *self);
/* What is sent next, with its chunks in memory; without them it could not be
 * read, and must wait until the session tries again; NULL for nothing. By the
 * thread of the lane; the lock is released while a file is read. (transfer
 * none) */
CmafSpoolSegment *cmaf_ingest_lane_peek_locked (CmafIngestLane *self);
/* Files of segments that have gone. */
void cmaf_ingest_lane_remove_files (CmafIngestLane *self);

/* ---- ingest-lane-body.c ---- */

/* Segments go into one request, which ends with the track. */
gboolean cmaf_ingest_lane_is_long_running (const CmafIngestLane *self);
/* A segment is not begun before it is complete. */
gboolean cmaf_ingest_lane_waits_for_whole (const CmafIngestLane *self);
/* How the object of @step is written; @step must live as long as @object. */
void cmaf_ingest_lane_fill_object (
    CmafIngestStep *step, CmafUploadObject *object);
/* The long request was answered: all that was sent has arrived. What follows
 * begins again with the header. */
void cmaf_ingest_lane_end_stream (CmafIngestLane *self);

G_END_DECLS
