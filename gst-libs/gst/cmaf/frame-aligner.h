/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Numbers of raw frames as they come -> what to repeat and drop, so that each
 * number is given once and none is left out. A function of the numbers alone;
 * the caller has the frames. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_FRAME_STARTED,   /* the first of all */
  CMAF_FRAME_CONTINUED, /* behind @fill numbers that have no frame */
  CMAF_FRAME_JUMPED,    /* too far to fill what is between */
  CMAF_FRAME_REPEATED,  /* its number is given already: it is left out */
} CmafFrameEvent;

typedef struct
{
  CmafFrameEvent event;
  guint64 first; /* CONTINUED, JUMPED: number behind the last one given */
  guint64 fill;
} CmafFramePlan;

typedef struct
{
  /*< private >*/
  guint64 max_fill;
  guint64 next;
  gboolean has_started;
} CmafFrameAligner;

/* @max_fill: as many numbers in a row are filled at most. */
CMAF_API void cmaf_frame_aligner_init (
    CmafFrameAligner *aligner, guint64 max_fill);
CMAF_API void cmaf_frame_aligner_push (
    CmafFrameAligner *aligner, guint64 number, CmafFramePlan *plan);
/* The input is lost: so many numbers, from @first on, lead up to @end. */
CMAF_API guint64 cmaf_frame_aligner_lose (
    CmafFrameAligner *aligner, guint64 end, guint64 *first);

G_END_DECLS
