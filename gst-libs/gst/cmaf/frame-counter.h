/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Counts raw frames by their time stamps: one that is missing is left out, and
 * jitter below half a frame, or a clock of the source that is a little fast,
 * changes nothing. Since: 0.1 */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_FRAME_NEXT,
  CMAF_FRAME_AFTER_GAP, /* some were missing before it */
  CMAF_FRAME_REPEATED,  /* where the one before it was: has no count */
  CMAF_FRAME_ELSEWHERE, /* time stamps jumped by more than a second */
} CmafFrameCount;

/* Zero, but for the frame, at first. */
typedef struct
{
  gint64 frame; /* ns */
  /*< private >*/
  gboolean has_last;
  guint64 last;
  gint64 time; /* where it should have been */
} CmafFrameCounter;

CMAF_API void cmaf_frame_counter_init (
    CmafFrameCounter *counter, const CmafUnitGrid *frames);
/* @count: not for REPEATED. */
CMAF_API CmafFrameCount cmaf_frame_counter_count (
    CmafFrameCounter *counter, gint64 running_time, guint64 *count);

G_END_DECLS
