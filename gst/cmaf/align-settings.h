/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of cmafaudioalign as one value that is copied at the start;
 * those about timing are cmafsyncmux's. */
#pragma once

#include "loss-settings.h"
#include "mux-settings.h"

G_BEGIN_DECLS

typedef enum
{
  STAMPS_AUTO,
  STAMPS_INPUT,       /* unit 0 is stamped as the first sample is */
  STAMPS_COMPENSATED, /* so that its content is where the stamp says */
} EncoderStamps;

typedef struct
{
  MuxSettings timing;
  guint frame_samples;  /* 0: asked of the encoder */
  gint priming_samples; /* -1: asked of the encoder */
  EncoderStamps encoder_timestamps;
  GstClockTime tolerance, max_silence, silence_after, drift_threshold;
  guint max_drift; /* ppm */
  OnInputLoss on_input_loss;
} AlignSettings;

/* Ids up to align_settings_n_props () are taken. */
void align_settings_install (GObjectClass *object_class);
guint align_settings_n_props (void);
/* FALSE for an id that is none of them. */
gboolean align_settings_set (
    AlignSettings *settings, guint id, const GValue *value);
gboolean align_settings_get (
    const AlignSettings *settings, guint id, GValue *value);
void align_settings_copy (AlignSettings *to, const AlignSettings *from);
void align_settings_clear (AlignSettings *settings);

G_END_DECLS
