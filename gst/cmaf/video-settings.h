/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of cmafvideoalign as one value that is copied at the start;
 * those about timing are cmafsyncmux's. */
#pragma once

#include "loss-settings.h"
#include "mux-settings.h"

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

/* Ids up to video_settings_n_props () are taken. */
void video_settings_install (GObjectClass *object_class);
guint video_settings_n_props (void);
/* FALSE for an id that is none of them. */
gboolean video_settings_set (
    VideoSettings *settings, guint id, const GValue *value);
gboolean video_settings_get (
    const VideoSettings *settings, guint id, GValue *value);
void video_settings_copy (VideoSettings *to, const VideoSettings *from);
void video_settings_clear (VideoSettings *settings);

G_END_DECLS
