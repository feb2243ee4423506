/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an aligner does when its input is lost, as a property. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  ON_LOSS_SLATE,  /* something takes its place, on the grid */
  ON_LOSS_SILENT, /* nothing is sent */
} OnInputLoss;

/* Property "on-input-loss" */
void loss_settings_install (GObjectClass *klass, guint id);

G_END_DECLS
