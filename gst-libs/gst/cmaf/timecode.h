/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* SMPTE time code (ST 12) -> number of the frame since 1970. A label tells
 * neither its date nor, at rates over 1001, its frame: the clock chooses the
 * date, and labels are counted from the daily jam, the moment at which a plant
 * sets its label to the time of day. Nothing is remembered, so a process that
 * ran through the jam and one that starts after it give the same numbers.
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/media-time.h>

G_BEGIN_DECLS

/* How far, in ns, a label may be from the clock, unless configured. */
#define CMAF_TIMECODE_MAX_ERROR (120 * GST_SECOND)
/* No daily jam is known. */
#define CMAF_TIMECODE_NO_JAM (-1)

typedef struct
{
  guint hours, minutes, seconds, frames;
  gboolean is_drop;        /* drop frame counting */
  gboolean counts_pairs;   /* @frames counts pairs of frames: 50p, 60p */
  gboolean has_half;       /* the next says which of its pair it is */
  gboolean is_second_half; /* (the field mark); TRUE only with has_half */
} CmafTimecode;

typedef struct
{
  CmafUnitGrid frames; /* frame rate = timescale / unit_ticks */
  gint utc_offset;     /* seconds by which the labels are ahead of UTC */
  gint daily_jam;      /* seconds after midnight by the labels; midnight when
                        * CMAF_TIMECODE_NO_JAM, which non-drop labels at rates
                        * over 1001 do not allow */
  guint64 max_error;   /* ns */
  CmafMediaEpoch epoch;
} CmafTimecodeRules;

/* Labels in a second: 30 at 30000/1001. 0 when the rate has no time code. */
CMAF_API guint cmaf_timecode_nominal_rate (const CmafUnitGrid *frames);
/* The frame of @label whose media time is nearest to @clock (ns since 1970).
 * CMAF_ERROR_CONFIG when rate and counting do not go together,
 * CMAF_ERROR_MALFORMED for a label that does not exist, CMAF_ERROR_TIMELINE
 * when it is further than max_error from the clock. */
CMAF_API gboolean cmaf_timecode_frame (const CmafTimecode *label,
    const CmafTimecodeRules *rules, gint64 clock, guint64 *frame,
    GError **error);

G_END_DECLS
