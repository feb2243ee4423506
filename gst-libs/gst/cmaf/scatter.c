/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whether time stamps are too far from frames. */
#include <gst/cmaf/scatter.h>
#include <string.h>

#define N_FIFTHS 5

void
cmaf_scatter_init (CmafScatter *scatter, GstClockTime frame_duration)
{
  memset (scatter, 0, sizeof *scatter);
  scatter->limit = (gint64)frame_duration * 35 / 100;
}

gboolean
cmaf_scatter_add (CmafScatter *s, gint64 running_time, gint64 error)
{
  if (!s->is_running || running_time < s->began - (gint64)GST_SECOND) {
    s->began = running_time;
    s->is_running = TRUE;
  }
  if (running_time - s->began >= (gint64)GST_SECOND / N_FIFTHS) {
    s->n_bad = s->is_bad ? s->n_bad + 1 : 0;
    s->is_bad = FALSE;
    s->began = running_time;
  }
  if (ABS (error) > s->limit)
    s->is_bad = TRUE;
  return s->n_bad >= N_FIFTHS;
}
