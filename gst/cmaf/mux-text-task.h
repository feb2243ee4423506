/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The task of a muxer of text: makes segments as time goes on. */
#pragma once

#include "mux-text.h"

G_BEGIN_DECLS

/* One turn of the task of the source pad; @data: a MuxText */
void mux_text_task (gpointer data);
/* Forgets what it has; it stands still. */
void mux_text_task_reset (MuxText *self);

G_END_DECLS
