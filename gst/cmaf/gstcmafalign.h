/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The base class of cmafaudioalign and cmafvideoalign: pads, events, states.
 * What is done with the media is their own. */
#pragma once

#include "align-input.h"
#include "mux-settings.h"

#include <gst/cmaf/property-fields.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_ALIGN (gst_cmaf_align_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstCmafAlign, gst_cmaf_align, GST, CMAF_ALIGN, GstElement)

struct _GstCmafAlignClass
{
  GstElementClass parent_class;

  /*< private >*/
  const CmafPropertyField *fields;
  guint n_fields;

  /*< public >*/
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
  GstStructure *(*get_stats) (GstCmafAlign *self);
  /* What the properties say: a struct that begins with this. lock: object */
  MuxSettings *(*get_settings) (GstCmafAlign *self);
};

/* Before other properties are installed: keeps @fields of the settings, the ids
 * of which count on from those of the muxer, and installs stats. */
void gst_cmaf_align_class_set_fields (
    GstCmafAlignClass *klass, const CmafPropertyField *fields, guint n_fields);
/* (transfer none) */
AlignInput *gst_cmaf_align_get_input (GstCmafAlign *self);

G_END_DECLS
