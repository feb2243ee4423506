/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The pair of a transport stream: where it comes from, what is told of it, and
 * how far it is from the clock. Streaming thread, and state changes while it
 * stands still. */
#pragma once

#include "anchor-store.h"
#include "mux-timing.h"

#include <gst/cmaf/anchor-watch.h>
#include <gst/cmaf/pts-anchor.h>
#include <gst/cmaf/ts-reader.h>

G_BEGIN_DECLS

typedef struct
{
  CmafPtsAnchorMode mode;
  gint64 pts, ticks; /* -1: not told */
  guint64 max_error;
  gint tai_offset;
  gint64 clock_offset;
  gchar *source;
  gchar *leap_seconds_file; /* NULL: that of the system */
  GstClock *utc_clock;      /* NULL: that of the system */
} TapAnchorSettings;

typedef struct
{
  GstElement *element;        /* borrowed */
  MuxTiming *timing;          /* borrowed */
  TapAnchorSettings settings; /* owned; from start to stop, as all below */
  CmafLeapTable *leaps;
  CmafPtsAnchor anchor;
  AnchorStore stored;
  CmafAnchorWatch watch;
  gboolean has_read; /* what generations there were at the start */
  guint generation;  /* the latest of which the pair is known */
  guint n_renewed;   /* of the pair that holds */
  gboolean is_lost;  /* the pair is of before a jump of the clock */
  gint64 lead;       /* ns: by which it was behind the clock; with is_lost */
  gboolean has_guess;
  CmafPtsPair guess;   /* by the clock */
  gint64 wished;       /* media time of the last wish for another; 0: none */
  gboolean has_failed; /* the error is on the bus */
  gboolean has_pair;   /* lock: object of the element; as told last */
  CmafPtsPair pair;    /* lock: object of the element */
} TapAnchor;

void tap_anchor_settings_copy (
    TapAnchorSettings *to, const TapAnchorSettings *from);
void tap_anchor_settings_clear (TapAnchorSettings *settings);

/* It goes by a store alone, and there is none. */
gboolean tap_anchor_lacks_store (const TapAnchor *self);
/* Takes @settings over. */
void tap_anchor_start (TapAnchor *self, TapAnchorSettings *settings);
void tap_anchor_stop (TapAnchor *self);
/* The pair of a picture, or of sound; FALSE: there is none. */
gboolean tap_anchor_take_pts (TapAnchor *self, guint64 pts, CmafPtsPair *pair);
/* A time in the stream. */
void tap_anchor_take_time (TapAnchor *self, const CmafTsEvent *event);
/* The clock of the stream jumps. */
void tap_anchor_take_discontinuity (TapAnchor *self);

G_END_DECLS
