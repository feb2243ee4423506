/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How far the segments of a text track may be closed. */
#include "text-pace.h"

/* The clock is the timeline; other tracks say when the service is over. */
static CmafTextPace
follow_clock (const CmafTextFacts *f)
{
  CmafTextPace pace = { .time = f->clock, .waits_for_clock = TRUE };

  if (!f->input_ended)
    return pace;
  if (f->others_ended)
    pace.time = f->others;
  pace.has_ended =
      !f->has_others || f->others_ended || f->since_input >= CMAF_TEXT_GRACE;
  return pace;
}

/* Text is there before it is due, from a file: it goes with the others. */
static CmafTextPace
follow_others (const CmafTextFacts *f, guint64 next)
{
  const gboolean is_silent = f->since_input >= CMAF_TEXT_PATIENCE;
  const gboolean is_free = f->input_ended || is_silent;
  CmafTextPace pace = { .time = f->others };

  if (!is_free)
    pace.time = MIN (f->input, f->others);
  pace.has_ended = f->others_ended && (is_free || f->input >= f->others);
  pace.waits_for_others = !f->others_ended && f->others < next;
  pace.waits_for_silence = !pace.has_ended && !is_free && f->input < next
                           && (f->others_ended || f->others >= next);
  return pace;
}

CmafTextPace
cmaf_text_pace (const CmafTextFacts *f, guint64 next)
{
  CmafTextPace pace = { .time = f->input, .has_ended = f->input_ended };

  if (f->is_live)
    return follow_clock (f);
  if (f->has_others)
    return follow_others (f, next);
  if (f->input_ended)
    pace.time = MAX (f->input, f->last_end);
  return pace;
}
