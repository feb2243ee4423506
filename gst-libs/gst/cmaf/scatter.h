/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whether time stamps are too far from frames to tell them: stamps that come
 * near the middle between two frames, not once but for a second. Pure. One
 * thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  gint64 limit; /* ns */
  gint64 began; /* of the fifth of a second that runs */
  gboolean is_running;
  gboolean is_bad; /* it had one beyond the limit */
  guint n_bad;     /* fifths before it that had one, in a row */
} CmafScatter;

/* The limit is 0.35 frames. */
CMAF_API void cmaf_scatter_init (
    CmafScatter *scatter, GstClockTime frame_duration);
/* The stamp of the unit at @running_time was @error away from the nearest
 * frame. TRUE when every fifth of the last second had one beyond the limit. */
CMAF_API gboolean cmaf_scatter_add (
    CmafScatter *scatter, gint64 running_time, gint64 error);

G_END_DECLS
