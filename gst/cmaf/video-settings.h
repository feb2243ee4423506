/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of cmafvideoalign as one value that is copied at the start;
 * those about timing are cmafsyncmux's. */
#pragma once

#include "gstcmafalign.h"
#include "loss-settings.h"

G_BEGIN_DECLS

typedef enum
{
  SLATE_BLACK,
  SLATE_LAST_FRAME,
} SlateKind;

typedef struct
{
  MuxSettings timing;
  OnInputLoss on_input_loss;
  SlateKind slate;
  GstClockTime slate_after, max_slate;
} VideoSettings;

/* And makes them those that the base class looks at. */
void video_settings_install (GstCmafAlignClass *klass);

G_END_DECLS
