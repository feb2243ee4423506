/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Numbers of raw frames as they come -> what to repeat and drop. */
#include <gst/cmaf/frame-aligner.h>

#include <string.h>

void
cmaf_frame_aligner_init (CmafFrameAligner *aligner, guint64 max_fill)
{
  memset (aligner, 0, sizeof *aligner);
  aligner->max_fill = max_fill;
}

void
cmaf_frame_aligner_push (
    CmafFrameAligner *aligner, guint64 number, CmafFramePlan *plan)
{
  memset (plan, 0, sizeof *plan);
  if (aligner->has_started && number < aligner->next) {
    plan->event = CMAF_FRAME_REPEATED;
    return;
  }
  if (!aligner->has_started) {
    plan->event = CMAF_FRAME_STARTED;
  } else {
    plan->event = CMAF_FRAME_CONTINUED;
    plan->first = aligner->next;
    plan->fill = number - aligner->next;
  }
  if (plan->fill > aligner->max_fill) {
    plan->event = CMAF_FRAME_JUMPED;
    plan->fill = 0;
  }
  aligner->has_started = TRUE;
  aligner->next = number + 1;
}

guint64
cmaf_frame_aligner_lose (CmafFrameAligner *aligner, guint64 end, guint64 *first)
{
  *first = aligner->next;
  if (!aligner->has_started || end <= aligner->next)
    return 0;
  aligner->next = end;
  return end - *first;
}
