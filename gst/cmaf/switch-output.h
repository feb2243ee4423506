/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What leaves cmafinputswitch: items of whatever input with the running time of
 * their media time, by one mapping, which the muxers behind hear of through
 * their sync group. Thread of the source pad, and state changes while it stands
 * still. */
#pragma once

#include "switch-input.h"

#include <gst/cmaf/slate-list.h>

G_BEGIN_DECLS

typedef struct
{
  GstPad *pad; /* borrowed */
  MuxTiming timing;
  CmafSyncMapping mapping;
  gboolean has_mapping;
  GstCaps *caps; /* that were sent */
} SwitchOutput;

gboolean switch_output_start (
    SwitchOutput *self, const MuxSettings *settings, GError **error);
void switch_output_stop (SwitchOutput *self);
/* Takes @item. */
GstFlowReturn switch_output_push (SwitchOutput *self, SwitchItem *item);

G_END_DECLS
