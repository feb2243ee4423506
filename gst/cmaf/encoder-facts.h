/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the audio encoders of GStreamer do with time: measured, and asked of the
 * element where it depends on its properties. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  guint unit_samples; /* F, at the rate of the input; 0: not known */
  guint priming; /* P: unit 0 begins so many samples before the first one */
  guint roll;    /* units that a decoder needs before a clean one */
  gboolean stamps_input; /* unit 0 is stamped as the first sample is, not P
                          * earlier */
} EncoderFacts;

/* The first audio encoder behind @srcpad, past elements with one input and one
 * output. (transfer full), NULL when there is none. */
GstElement *encoder_facts_find_encoder (GstPad *srcpad);
/* FALSE when nothing is known of this encoder. */
gboolean encoder_facts_of (
    GstElement *encoder, guint sample_rate, EncoderFacts *facts);

G_END_DECLS
