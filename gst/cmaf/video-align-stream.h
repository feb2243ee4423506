/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One stream of raw video -> the same on the frame grid: what cmafvideoalign
 * does with caps and buffers. Streaming thread, and state changes while it
 * stands still, unless a function says otherwise. */
#pragma once

#include "align-input.h"
#include "mux-lock.h"
#include "video-settings.h"

#include <gst/cmaf/frame-aligner.h>
#include <gst/cmaf/unit-phase.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 frames_in, frames_out, dropped, repeated, slate, discontinuities;
  guint64 number; /* of the next frame to go out */
} VideoCounters;

typedef struct
{
  /* borrowed: the element, whose object lock is meant below, and its input */
  GstElement *element;
  AlignInput *input;

  VideoSettings settings; /* of this run */
  VideoCounters counters; /* lock: object */
  CmafSyncMapping grid;   /* lock: object; of the output, valid with has_grid */
  gboolean has_grid;      /* lock: object */

  MuxLock lock;
  GstVideoInfo info; /* of the caps; valid with has_info */
  gboolean has_info;
  CmafUnitGrid units;
  CmafFrameAligner aligner;
  CmafUnitPhase phase;
  gint64 reached;      /* running time of the last frame out */
  GstBuffer *last;     /* of the input */
  GstBuffer *black;    /* of these caps, NULL: not yet made */
  gboolean is_discont; /* the next buffer */
  gboolean is_lost;    /* slate takes the place of the input */
} VideoAlignStream;

void video_align_stream_init (VideoAlignStream *self, AlignInput *input);
void video_align_stream_clear (VideoAlignStream *self);
/* A new run with self->settings. */
gboolean video_align_stream_start (VideoAlignStream *self, GError **error);
void video_align_stream_stop (VideoAlignStream *self);

/* FALSE: the error is on the bus. */
gboolean video_align_stream_take_caps (VideoAlignStream *self, GstCaps *caps);
/* @buffer: transfer full */
GstFlowReturn video_align_stream_take_buffer (
    VideoAlignStream *self, GstBuffer *buffer);
/* TRUE: it tells on which numbers the frames lie. */
gboolean video_align_stream_take_grid (VideoAlignStream *self, GstEvent *event);
/* End of the stream: sends what is held back. */
void video_align_stream_end (VideoAlignStream *self);
void video_align_stream_flush (VideoAlignStream *self);

/* Any thread: (transfer full) */
GstStructure *video_align_stream_get_stats (VideoAlignStream *self);

G_END_DECLS
