/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How raw audio is fed so that access units lie on the grid. */
#include <gst/cmaf/audio-start.h>

gboolean
cmaf_audio_start (guint64 sample, guint priming, guint unit_samples, guint roll,
    CmafAudioStart *start)
{
  const guint64 phase = priming % unit_samples;
  const guint64 at = sample % unit_samples;

  start->first_sample =
      sample + (at <= phase ? phase - at : phase + unit_samples - at);
  if (start->first_sample < priming)
    return FALSE;
  start->first_unit = (start->first_sample - priming) / unit_samples;
  start->n_discarded = (priming + unit_samples - 1) / unit_samples + roll;
  return TRUE;
}
