/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The base class of cmafaudioalign and cmafvideoalign: pads, events, states.
 * What is done with the media is their own. */
#pragma once

#include "align-input.h"

G_BEGIN_DECLS

#define GST_TYPE_CMAF_ALIGN (gst_cmaf_align_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstCmafAlign, gst_cmaf_align, GST, CMAF_ALIGN, GstElement)

struct _GstCmafAlignClass
{
  GstElementClass parent_class;

  /* A new run, by the properties of now. */
  gboolean (*start) (GstCmafAlign *self, GError **error);
  void (*stop) (GstCmafAlign *self);
  /* Streaming thread. FALSE: the error is on the bus. */
  gboolean (*take_caps) (GstCmafAlign *self, GstCaps *caps);
  /* @buffer: transfer full */
  GstFlowReturn (*take_buffer) (GstCmafAlign *self, GstBuffer *buffer);
  GstFlowReturn (*take_gap) (
      GstCmafAlign *self, GstClockTime pts, GstClockTime duration);
  /* TRUE: it need not go on. NULL: nothing is of interest. */
  gboolean (*take_sticky) (GstCmafAlign *self, GstEvent *event);
  void (*end) (GstCmafAlign *self);
  void (*flush) (GstCmafAlign *self);
  /* Any thread. */
  GstClockTime (*get_latency) (GstCmafAlign *self);
  gchar *(*dup_sync_group) (GstCmafAlign *self);
};

/* (transfer none) */
AlignInput *gst_cmaf_align_get_input (GstCmafAlign *self);

G_END_DECLS
