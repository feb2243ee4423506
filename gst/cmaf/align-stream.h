/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One stream of raw audio -> the same on the sample grid: what cmafaudioalign
 * does with caps, buffers and gaps. Streaming thread, and state changes while
 * it stands still, unless a function says otherwise. */
#pragma once

#include "align-input.h"
#include "align-settings.h"
#include "encoder-facts.h"
#include "sample-bender.h"

#include <gst/cmaf/audio-aligner.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 samples_in, samples_out, dropped, silence, discontinuities;
  guint64 position; /* next sample to go out, since 1970 */
  gint64 error;     /* ns */
  gint bend_ppb;
} AlignCounters;

typedef struct
{
  /* borrowed: the element, whose object lock is meant below, and its input */
  GstElement *element;
  AlignInput *input;

  AlignSettings settings;  /* of this run */
  AlignCounters counters;  /* lock: object */
  CmafSyncMapping mapping; /* lock: object; valid with has_mapping */
  gboolean has_mapping;    /* lock: object */
  GstClockTime latency;    /* lock: object */

  GstAudioInfo info; /* of the caps; valid with has_bender */
  SampleBender bender;
  gboolean has_bender;
  EncoderFacts facts; /* valid with has_aligner */
  CmafAudioAligner aligner;
  gboolean has_aligner;
  gboolean is_discont; /* the next buffer */
  gboolean is_lost;    /* silence takes the place of the input */
} AlignStream;

void align_stream_init (AlignStream *self, AlignInput *input);
void align_stream_clear (AlignStream *self);
/* A new run with self->settings. */
gboolean align_stream_start (AlignStream *self, GError **error);
void align_stream_stop (AlignStream *self);

/* FALSE: the error is on the bus. */
gboolean align_stream_take_caps (AlignStream *self, GstCaps *caps);
/* @buffer: transfer full */
GstFlowReturn align_stream_take_buffer (AlignStream *self, GstBuffer *buffer);
GstFlowReturn align_stream_take_gap (
    AlignStream *self, GstClockTime pts, GstClockTime duration);
/* End of the stream: sends what is held back. */
void align_stream_end (AlignStream *self);
void align_stream_flush (AlignStream *self);

/* Any thread: */
GstClockTime align_stream_get_latency (AlignStream *self);
/* (transfer full) */
GstStructure *align_stream_get_stats (AlignStream *self);

G_END_DECLS
