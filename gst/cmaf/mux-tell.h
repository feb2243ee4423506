/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a video or audio stream lacks, in words that say what to do. */
#pragma once

#include "mux-settings.h"

G_BEGIN_DECLS

/* Each is said once a run: an element message is not seen by many. */
typedef struct
{
  GstElement *element;         /* borrowed */
  const MuxSettings *settings; /* borrowed */
  gboolean has_told_missed;
  gboolean has_told_silence;
  gboolean has_told_backwards;
  gboolean is_excused; /* the encoder, up to boundary @excused */
  guint64 excused;
} MuxTell;

/* What a stream began behind. */
typedef struct
{
  guint n_units;
  GstClockTime lost;
  gboolean needs_key_frame; /* boundary @number was whole, but had none */
  guint64 number;
  gboolean would_fit; /* at time 0 the first unit is on a boundary */
} MuxStart;

/* A new run. */
void mux_tell_start (MuxTell *self);
/* No encoder could know of a boundary up to that of segment @number: time has
 * jumped, or a unit was damaged. */
void mux_tell_excuse (MuxTell *self, guint64 number);
/* The boundary of segment @number has no key frame; the frame that came
 * instead, @unit, is @jump ns further than the one before, 0: it is not. Says
 * nothing when that is excused, and no warning when @is_refused. */
void mux_tell_missed (MuxTell *self, guint64 number, guint64 unit,
    GstClockTime jump, gboolean is_refused);
/* Time stamps jump ahead, and nothing else tells of it. */
void mux_tell_jump (MuxTell *self, GstClockTime jump);
/* A unit was dropped, as its @pts is @by ns before what has come; 0: the same.
 */
void mux_tell_backwards (MuxTell *self, GstClockTime pts, GstClockTime by);
/* A unit was dropped for this; how often that is told is decided elsewhere. */
void mux_tell_stray (MuxTell *self, const gchar *fault);
/* The service ends at media time @end, @by ns before what has come; 0: before
 * all that came. */
void mux_tell_late_end (MuxTell *self, GstClockTime end, GstClockTime by);
/* Time has jumped back, and is still @by behind what was sent. */
void mux_tell_return (MuxTell *self, GstClockTime by);
/* Nothing was sent of @n_segments segments: no key frame to begin with. */
void mux_tell_silence (MuxTell *self, guint n_segments);
/* Units were dropped in front of the first segment: nothing is wrong. */
void mux_tell_begin (MuxTell *self, const MuxStart *start);
/* Or in front of none, until the end: */
void mux_tell_nothing (
    MuxTell *self, guint64 n_dropped, gboolean is_video, gboolean would_fit);
/* Why the segmenter refused a unit, @jump as above. (transfer full); NULL: it
 * did not. */
GError *mux_tell_refusal (
    const MuxTell *self, CmafUnitFate fate, GstClockTime jump);

G_END_DECLS
