/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Text -> one CMAF track: what cmafsyncmux does with caps, buffers and events
 * when they are of text. Its segments are closed by time and not by what comes,
 * so a task of the source pad makes them: buffers and events leave cues, and
 * how far the input is, for it.
 *
 * Functions are called on the thread of the sink pad, or by state changes while
 * it stands still, unless they say otherwise. */
#pragma once

#include "sparse-track.h"
#include "text-input.h"

#include <gst/cmaf/text-pace.h>

G_BEGIN_DECLS

typedef struct
{
  SparseTrack sparse;
  GstPad *sinkpad; /* borrowed, of the muxer */

  TextInput input;
  GstCaps *caps; /* NULL: no text has come */

  /* lock: that of @sparse; as all up to the next comment */
  GPtrArray *arrived;   /* CmafCue, running time, as the track has them */
  GstBuffer *first;     /* for what it says of its time */
  CmafTtmlFrame frame;  /* TTML: of what has arrived */
  guint64 begin;        /* running time */
  gboolean has_said;    /* a cue or a gap, and it has come to: */
  guint64 reached;      /* running time */
  gint64 last_said;     /* monotonic us */
  gboolean has_ended;   /* no cue will come */
  GstEvent *eos;        /* due behind the last segment */
  gchar *language;      /* of the input */
  GstFlowReturn result; /* not OK: the task has stopped */

  CmafTrack *next_track; /* without timescale; set once, before the task */

  /* the task */
  CmafTextSegmenter *segmenter;
  CmafTtmlFrame written; /* around cues */
  gboolean is_live;
  GstClockTime input_latency;
} MuxText;

void mux_text_init (MuxText *self, GstElement *element, GstPad *sinkpad,
    MuxOutput *output, MuxTiming *timing);
void mux_text_clear (MuxText *self);
/* The pads are not active any more. */
void mux_text_stop (MuxText *self);

GstFlowReturn mux_text_take_caps (MuxText *self, GstCaps *caps);
GstFlowReturn mux_text_take_buffer (MuxText *self, GstBuffer *buffer);
gboolean mux_text_take_segment (MuxText *self, GstEvent *event);
void mux_text_take_tags (MuxText *self, const GstTagList *tags);
void mux_text_take_gap (
    MuxText *self, GstClockTime start, GstClockTime duration);
/* TRUE: @event goes on behind the last segment. */
gboolean mux_text_end (MuxText *self, GstEvent *event);
/* Between the two events of a flush, which woke it: the task pauses, and has
 * nothing any more. */
void mux_text_pause (MuxText *self);
void mux_text_flush (MuxText *self);

G_END_DECLS
