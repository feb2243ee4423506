/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The units in front of the first segment of a stream, or of the first one
 * after a change: how many, and why no segment took them. */
#pragma once

#include "mux-lock.h"
#include "mux-output.h"
#include "mux-tell.h"

#include <gst/cmaf/segmenter.h>

G_BEGIN_DECLS

typedef struct
{
  /* borrowed */
  MuxTell *tell;
  const MuxLock *lock;
  GstPad *sinkpad;

  guint n_units; /* not yet told */
  guint64 first; /* number of the first of those */
  gint64 time;   /* its running time */
  guint64 sent;  /* number behind the last unit that was sent */
} MuxBegin;

void mux_begin_init (
    MuxBegin *self, MuxTell *tell, const MuxLock *lock, GstPad *sinkpad);
void mux_begin_forget (MuxBegin *self);
/* No segment has begun at unit @number. */
void mux_begin_note (MuxBegin *self, guint64 number, gint64 running_time);
/* @cut is sent: what is in front of it is told. */
void mux_begin_tell (MuxBegin *self, const CmafCutFragment *cut);
/* The stream ends: that all of it was dropped is told. */
void mux_begin_end (MuxBegin *self, MuxOutput *output);

G_END_DECLS
