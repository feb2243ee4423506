/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How raw audio is fed to an encoder so that its access units lie on the grid
 * of media time without an edit list: unit a holds the samples [a*F, (a+1)*F)
 * of the timeline. Pure, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 first_sample; /* s0: the first one to feed, not before the offered */
  guint64 first_unit;   /* a of the first unit that comes out */
  guint n_discarded;    /* units to throw away, as they are not fully primed */
} CmafAudioStart;

/* @sample: the first one on offer, counted on the timeline; @priming: delay of
 * the encoder in samples; @unit_samples: F > 0; @roll: units that the decoder
 * needs before a clean one. FALSE when the units would begin before 1970. */
CMAF_API gboolean cmaf_audio_start (guint64 sample, guint priming,
    guint unit_samples, guint roll, CmafAudioStart *start);

G_END_DECLS
