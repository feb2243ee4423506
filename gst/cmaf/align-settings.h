/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of cmafaudioalign as one value that is copied at the start;
 * those about timing are cmafsyncmux's. */
#pragma once

#include "gstcmafalign.h"
#include "loss-settings.h"

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

/* And makes them those that the base class looks at. */
void align_settings_install (GstCmafAlignClass *klass);

G_END_DECLS
