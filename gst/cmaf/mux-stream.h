/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One elementary stream -> one CMAF track: what cmafsyncmux does with caps,
 * buffers and events. Around it, each in a file of its own, are mux-track (what
 * is known of the track), mux-place (which unit it is), mux-keys (key frames),
 * mux-drops (what is left out) and mux-send (what goes out). Streaming thread,
 * and state changes while it stands still, unless a function says otherwise. */
#pragma once

#include "mux-aligned.h"
#include "mux-begin.h"
#include "mux-end.h"
#include "mux-events.h"
#include "mux-lock.h"
#include "mux-output.h"
#include "mux-requests.h"
#include "mux-splices.h"
#include "mux-stamps.h"
#include "mux-settings.h"
#include "mux-tell.h"
#include "mux-timing.h"
#include "mux-upstream.h"
#include "mux-units.h"

#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/unit-counter.h>

G_BEGIN_DECLS

typedef struct
{
  /* borrowed: the muxer, whose object lock is meant below, and its pad */
  GstElement *element;
  GstPad *sinkpad;

  MuxSettings settings; /* of this run */
  GArray *splits;       /* lock: object; GstClockTime, asked for by signal */

  MuxOutput output;
  MuxTell tell;

  MuxTiming timing;
  MuxLock lock;
  GstSegment segment;
  GstEvent *next_segment_event;
  guint n_before_next; /* samples in the queue that come before it */
  GstCaps *caps;
  CmafTrack *track;
  gboolean track_is_complete; /* with what its first unit tells */
  MuxUnits buffers;           /* not yet whole */
  gboolean has_told_stranger; /* of those, once a track */
  CmafUnitGrid units;
  CmafSegmentGrid grid;
  CmafUnitCounter counter;
  guint64 n_reached; /* by the units of this run: 1 more than the newest */
  MuxRequests requests;
  MuxSplices splices;
  MuxEvents events;
  MuxUpstream *upstream;
  CmafSegmenter *segmenter;
  GQueue queue; /* GstBuffer: kept by the segmenter, not yet sent */
  MuxEnd end;
  MuxBegin begin;   /* units for which no segment had begun */
  MuxStamps stamps; /* of units, before anything goes by them */
  MuxAligned aligned;
  guint32 bitrate; /* bit/s, 0 unknown */
  gchar *language;
  gboolean has_failed; /* the error is on the bus */
} MuxStream;

void mux_stream_init (
    MuxStream *self, GstElement *element, GstPad *sinkpad, GstPad *srcpad);
void mux_stream_clear (MuxStream *self);
/* A new run with self->settings. */
gboolean mux_stream_start (MuxStream *self, GError **error);
void mux_stream_stop (MuxStream *self);
/* What waits for other tracks returns, now and until undone. Any thread. */
void mux_stream_wake (MuxStream *self, gboolean awake);

GstFlowReturn mux_stream_take_caps (MuxStream *self, GstCaps *caps);
/* Sends @event on in front of the first list that begins after it. */
gboolean mux_stream_take_segment (MuxStream *self, GstEvent *event);
/* FALSE: it is not of an aligner in front of the encoder. */
gboolean mux_stream_take_aligned (MuxStream *self, GstEvent *event);
void mux_stream_take_tags (MuxStream *self, const GstTagList *tags);
GstFlowReturn mux_stream_take_buffer (MuxStream *self, GstBuffer *buffer);
/* Nothing of these times of the segment will come: sends what is complete. */
void mux_stream_take_gap (
    MuxStream *self, GstClockTime start, GstClockTime duration);
/* The next unit (a key frame, unless @chunk) begins a chunk. */
void mux_stream_split_now (MuxStream *self, gboolean chunk);
/* End of the stream: sends what there is. */
void mux_stream_end (MuxStream *self);
/* Forgets what was not sent; the track stays. */
void mux_stream_flush (MuxStream *self);

/* Any thread: */
void mux_stream_split_at (MuxStream *self, GstClockTime running_time);
void mux_stream_send_header (MuxStream *self);
GstClockTime mux_stream_get_latency (MuxStream *self);
/* (transfer full) */
GstStructure *mux_stream_get_stats (MuxStream *self);

G_END_DECLS
