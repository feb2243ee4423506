/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How far the segments of a text track may be closed. Text comes now and then:
 * what closes a segment is the timeline, and the next cue only when there is no
 * other timeline. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* An input that is no live source and says nothing for so long, in ns, is not
 * waited for any more. */
#define CMAF_TEXT_PATIENCE (2 * GST_SECOND)
/* A live one that has ended goes on for so long with the other tracks. */
#define CMAF_TEXT_GRACE (5 * GST_SECOND)

typedef struct
{
  gboolean is_live; /* text comes when it is due: @clock is known */
  guint64 clock;    /* media time: what is before it has come */
  guint64 input;    /* media time that cues and gaps have reached */
  gboolean input_ended;
  guint64 last_end;      /* of cues; media time */
  guint64 since_input;   /* ns since the input has said something */
  gboolean has_others;   /* there are other tracks */
  gboolean others_ended; /* all of them */
  guint64 others;        /* media time that they have reached */
} CmafTextFacts;

typedef struct
{
  guint64 time;       /* close what ends until here */
  gboolean has_ended; /* and end the track there */
  /* What would let it go on: the others, when they reach the end of the next
   * segment; the clock then; or time, if the input goes on to be silent. The
   * input always does. */
  gboolean waits_for_others, waits_for_clock, waits_for_silence;
} CmafTextPace;

/* @next: media time at which the next segment ends. */
CMAF_API CmafTextPace cmaf_text_pace (const CmafTextFacts *facts, guint64 next);

G_END_DECLS
