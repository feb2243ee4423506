/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the aligners have in common: an input in running time, the media time
 * of it, and a watch that tells when a live one gives nothing. Streaming
 * thread, and state changes while it stands still, unless a function says
 * otherwise. */
#pragma once

#include "input-watch.h"
#include "mux-timing.h"

#include <gst/cmaf/slate-list.h>

G_BEGIN_DECLS

typedef struct
{
  /* borrowed: the element and its pads */
  GstElement *element;
  GstPad *sinkpad, *srcpad;

  MuxTiming timing;
  InputWatch *watch;     /* from start to stop */
  CmafSlateList *slates; /* from start to stop */
  GstClockTime patience; /* how late a live input may be; NONE: for ever */
  GstSegment segment;
  gboolean segment_is_due; /* downstream, of running time */
  gint64 end;              /* running time up to which something is there */
  gint64 lateness;         /* of what came last, behind its running time */
  gboolean is_live;
  GstClockTime upstream_latency;
  gboolean has_failed; /* the error is on the bus */
} AlignInput;

/* @func: the input has been lost, in the thread of the watch. */
gboolean align_input_start (AlignInput *self, const MuxSettings *timing,
    GstClockTime patience, InputWatchFunc func, gpointer user_data,
    GError **error);
void align_input_stop (AlignInput *self);
void align_input_flush (AlignInput *self);
/* What waits returns, now and until undone. Any thread. */
void align_input_wake (AlignInput *self, gboolean awake);

GstFlowReturn align_input_refuse (AlignInput *self, const GError *error);
/* Takes @structure. */
void align_input_post (AlignInput *self, GstStructure *structure);
/* FALSE: the error is on the bus. */
gboolean align_input_take_segment (AlignInput *self, const GstSegment *segment);
/* Running time of a buffer or gap at @pts. FALSE with @error: it has none. */
gboolean align_input_find_time (
    AlignInput *self, GstClockTime pts, gint64 *running_time, GError **error);
/* How late it may be, and whether it is live. */
void align_input_ask_upstream (AlignInput *self);
GstFlowReturn align_input_push (AlignInput *self, GstBuffer *buffer);

/* Something has come that lasts to @end (running time): the watch begins
 * anew. */
void align_input_note (AlignInput *self, gint64 end);
/* In the function of the watch, with the stream lock of the sink pad: whether
 * the input is lost at @deadline. */
gboolean align_input_is_lost (const AlignInput *self, GstClockTime deadline);
void align_input_watch (AlignInput *self);
void align_input_unwatch (AlignInput *self);

G_END_DECLS
