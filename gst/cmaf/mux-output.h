/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What leaves a muxer: caps with the header, then fragments as buffer lists,
 * counted. One thread pushes; state changes while it stands still, unless a
 * field says otherwise. */
#pragma once

#include "chunk-list.h"
#include "mux-counters.h"

G_BEGIN_DECLS

typedef struct
{
  /* borrowed: the muxer, whose object lock is meant below, its pad and what it
   * was told */
  GstElement *element;
  GstPad *srcpad;
  const MuxSettings *settings;

  MuxCounters counters; /* lock: object */
  GstClockTime latency; /* lock: object */
  gint header_is_due;   /* atomic */
  GBytes *init;
  GstEvent *segment_event; /* due behind the caps */
} MuxOutput;

/* Nothing is counted yet. */
void mux_output_start (MuxOutput *self);
void mux_output_clear (MuxOutput *self);
/* The next fragment comes behind a header, of another track. */
void mux_output_forget_header (MuxOutput *self);
void mux_output_send_header (MuxOutput *self);
void mux_output_count (MuxOutput *self, guint64 *counter, guint64 n);
/* Tells the pipeline. */
void mux_output_set_latency (MuxOutput *self, GstClockTime latency);
/* Makes and sends the header of @track when there is none. @language: of the
 * input, or NULL. */
gboolean mux_output_begin (
    MuxOutput *self, CmafTrack *track, const gchar *language, GError **error);
/* Sends @fragment, with its samples from the head of @samples, behind the
 * header if that is due. GST_FLOW_ERROR with @error when it cannot be written.
 */
GstFlowReturn mux_output_push (MuxOutput *self, const MuxFragment *fragment,
    GQueue *samples, GError **error);

G_END_DECLS
