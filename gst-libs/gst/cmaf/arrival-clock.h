/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Frames counted from one look at the clock drift away from it, since a camera
 * has a clock of its own. Measures that, slowly, and says when one frame is to
 * be repeated or dropped. Pure: times go in. One thread at a time. Since: 0.1
 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* Time constant of the low pass, and how long the error must last. */
#define CMAF_ARRIVAL_SLOWNESS (10 * GST_SECOND)
#define CMAF_ARRIVAL_MAX_STEP GST_SECOND

typedef struct
{
  /*< private >*/
  gint64 frame; /* ns */
  gboolean has_error;
  gint64 began;  /* time of the first measurement */
  gint64 origin; /* ns: mean of the measurements at first */
  guint n_origin;
  gint64 error; /* ns: clock less media time and origin, filtered */
  gint64 last;  /* time of the last measurement */
  gboolean is_beyond;
  gint64 beyond_since;
  gboolean is_correcting;
} CmafArrivalClock;

CMAF_API void cmaf_arrival_clock_init (
    CmafArrivalClock *clock, GstClockTime frame_duration);
/* A frame at @now (monotonic, ns) is @error before what the clock says; the
 * first ten seconds tell where it is to stay. FALSE when the clock was stepped
 * by more than a second: that is not followed. */
CMAF_API gboolean cmaf_arrival_clock_measure (
    CmafArrivalClock *clock, gint64 now, gint64 error);
/* +1: a number is to be left out, the frame before it shown twice; -1: a frame
 * is to be dropped; 0: neither. Changes nothing. */
CMAF_API gint cmaf_arrival_clock_correction (const CmafArrivalClock *clock);
/* Numbers were moved by @frames. */
CMAF_API void cmaf_arrival_clock_corrected (
    CmafArrivalClock *clock, gint frames);

G_END_DECLS
