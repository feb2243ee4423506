/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which of several inputs of one content goes out: the one that does stays
 * until it has given nothing for too long, then the first of the others that
 * gives something takes its place. Pure: facts and the time go in. Any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean has_items; /* there is something that can go out now */
  gboolean has_ended; /* nothing more will come */
  gboolean is_live;   /* else it is waited for, however long */
  gboolean has_begun; /* @arrived is valid */
  gint64 arrived;     /* when something came last, ns */
} CmafInputFacts;

#define CMAF_NO_INPUT (-1)

/* @active: the one that goes out, CMAF_NO_INPUT: none yet. @patience: how long
 * (ns) a live one may give nothing. Returns the one that is to go out. */
CMAF_API gint cmaf_input_choose (const CmafInputFacts *inputs, guint n_inputs,
    gint active, GstClockTime patience, gint64 now);
/* When that answer may be another one though nothing comes; FALSE: never. */
CMAF_API gboolean cmaf_input_choice_expires (
    const CmafInputFacts *active, GstClockTime patience, gint64 *at);

G_END_DECLS
