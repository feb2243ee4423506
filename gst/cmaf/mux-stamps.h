/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units whose time stamps leap wait here, until others tell whether the stream
 * has jumped or they are damaged; those that cannot be used are dropped,
 * counted and told. Streaming thread. */
#pragma once

#include "mux-output.h"
#include "mux-tell.h"

#include <gst/cmaf/stamp-watch.h>

G_BEGIN_DECLS

typedef struct
{
  MuxOutput *output; /* borrowed */
  MuxTell *tell;     /* borrowed */
  CmafStampWatch watch;
  GQueue waiting; /* of GstBuffer, as in the watch */
  GQueue ready;   /* of GstBuffer */
  gboolean had_strays;
} MuxStamps;

void mux_stamps_init (MuxStamps *self, MuxOutput *output, MuxTell *tell);
/* Forgets all. */
void mux_stamps_flush (MuxStamps *self);
/* @duration: 0 unknown. FALSE: there was nothing but damage for long. */
gboolean mux_stamps_take (MuxStamps *self, GstBuffer *buffer,
    GstClockTime duration, gboolean is_sound);
/* None will come that belongs to those that wait. FALSE: as above */
gboolean mux_stamps_finish (MuxStamps *self);
/* One that could be used turns out to have the time of another. */
void mux_stamps_drop (MuxStamps *self, GstClockTime duration);
/* Whether units were dropped since this was asked. */
gboolean mux_stamps_had_strays (MuxStamps *self);
/* The next that can be used, in order. (transfer full) (nullable) */
GstBuffer *mux_stamps_next (MuxStamps *self);

G_END_DECLS
