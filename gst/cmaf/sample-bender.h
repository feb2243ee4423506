/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Raw audio in, raw audio out, a few millionths longer or shorter. Untouched
 * until the first time that it is bent; sample n of the output goes on being
 * sample n of the input then, without a seam. Streaming thread. */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

typedef struct
{
  GstAudioInfo info;
  GstAudioConverter *converter; /* since it is bent */
  gint ppb;
  guint held;       /* frames in the converter that are not out yet */
  gsize discard;    /* frames of its output that are out already */
  GByteArray *tail; /* the newest input, while it is not bent */
} SampleBender;

void sample_bender_init (SampleBender *self, const GstAudioInfo *info);
void sample_bender_clear (SampleBender *self);
/* Output is longer than input by @ppb thousand millionths from now on. */
void sample_bender_bend (SampleBender *self, gint ppb);
/* @buffer (transfer full) holds @n_frames; NULL: so many of silence. Returns
 * what is out (transfer full), without time stamps; NULL when nothing is. */
GstBuffer *sample_bender_push (
    SampleBender *self, GstBuffer *buffer, gsize n_frames);
/* (transfer full) */
GstBuffer *sample_bender_new_silence (const SampleBender *self, gsize n_frames);
/* What is held back, once the input has ended. */
GstBuffer *sample_bender_drain (SampleBender *self);

G_END_DECLS
