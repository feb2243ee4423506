/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ticks and nanoseconds: every rounding rule, once. Positions are converted,
 * never durations: duration in ticks = ticks (next) - ticks (this).
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* The largest timescale offered (encoder-packager-sync A.3: players written
 * in JavaScript lose precision above 2^53 ticks). */
#define CMAF_MAX_TIMESCALE 1000000

/* Nearest tick, halves up. */
CMAF_API guint64 cmaf_ticks_from_ns (guint64 ns, guint32 timescale);
/* Nearest nanosecond, halves up. */
CMAF_API guint64 cmaf_ns_from_ticks (guint64 ticks, guint32 timescale);
/* Nearest tick of another timescale, halves up. @from > 0. */
CMAF_API guint64 cmaf_rescale (guint64 ticks, guint32 from, guint32 to);
/* Timescale and access unit duration for a frame rate (A.3): 90000 when fps_d
 * is 1 and fps_n divides it, else fps_n * ceil (10000 / fps_n). FALSE when the
 * rate is not positive or the timescale would exceed CMAF_MAX_TIMESCALE. */
CMAF_API gboolean cmaf_video_timescale (
    guint fps_n, guint fps_d, guint32 *timescale, guint32 *frame_ticks);

/* The whole 128-bit value of (a * b + add) / c, which must fit 64 bits (else
 * G_MAXUINT64). c > 0. */
CMAF_API guint64 cmaf_muldiv (guint64 a, guint64 b, guint64 add, guint64 c);

G_END_DECLS
