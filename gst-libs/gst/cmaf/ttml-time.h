/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: time expressions of TTML (W3C TTML 1, 10.3) and back. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* ttp:frameRate with its multiplier, ttp:subFrameRate, ttp:tickRate */
typedef struct
{
  guint64 frame_n, frame_d; /* frames a second */
  guint64 sub_frames;       /* of a frame */
  guint64 ticks;            /* a second */
} TtmlRates;

/* Any of the strings may be NULL: what the standard says then. */
void ttml_rates_init (TtmlRates *rates, const gchar *frame_rate,
    const gchar *multiplier, const gchar *sub_frame_rate,
    const gchar *tick_rate);
/* FALSE when it is none, or beyond any timeline. */
gboolean ttml_time_parse (
    const gchar *text, const TtmlRates *rates, guint64 *ns);
/* "482136:00:01.920" */
void ttml_time_append (GString *text, guint64 ticks, guint32 timescale);

G_END_DECLS
