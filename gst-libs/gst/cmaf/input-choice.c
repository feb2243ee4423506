/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which of several inputs goes out. */
#include <gst/cmaf/input-choice.h>

static gboolean
is_alive (const CmafInputFacts *input, GstClockTime patience, gint64 now)
{
  if (input->has_items)
    return TRUE;
  if (input->has_ended || !input->has_begun)
    return FALSE;
  return !input->is_live || !GST_CLOCK_TIME_IS_VALID (patience)
         || now < input->arrived + (gint64)patience;
}

gint
cmaf_input_choose (const CmafInputFacts *inputs, guint n_inputs, gint active,
    GstClockTime patience, gint64 now)
{
  if (active != CMAF_NO_INPUT && active < (gint)n_inputs
      && is_alive (&inputs[active], patience, now))
    return active;
  for (guint i = 0; i < n_inputs; i++) {
    if (is_alive (&inputs[i], patience, now))
      return (gint)i;
  }
  return active;
}

gboolean
cmaf_input_choice_expires (
    const CmafInputFacts *active, GstClockTime patience, gint64 *at)
{
  if (active->has_items || active->has_ended || !active->has_begun
      || !active->is_live || !GST_CLOCK_TIME_IS_VALID (patience))
    return FALSE;
  *at = active->arrived + (gint64)patience;
  return TRUE;
}
