/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Media times of one track, as they come -> unit numbers, each given once.
 * The first unit is snapped to the nearest number and its distance from there
 * kept, so that jitter below half a unit never moves one. One thread at a time.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/media-time.h>

G_BEGIN_DECLS

/* What rounding of time stamps may do to a unit of sound is less. */
#define CMAF_ROUNDING_TICKS 2
/* More than any decoder reorders. */
#define CMAF_UNIT_COUNTER_WINDOW 64

typedef enum
{
  CMAF_COUNT_OK,
  CMAF_COUNT_MOVED,    /* the nearest number was taken, the next one given */
  CMAF_COUNT_GAP,      /* audio: numbers were left out before it */
  CMAF_COUNT_REPEATED, /* no number is free: the unit cannot be placed */
  CMAF_COUNT_EARLY,    /* before media time zero */
} CmafCount;

typedef struct
{
  /*< private >*/
  CmafUnitGrid units;
  gboolean reorders;
  gboolean is_locked;
  gboolean was_repeated; /* audio: the last one */
  gint64 phase;          /* ns, of the first unit from its number */
  struct
  {
    guint64 unit;
    gint64 media_time;
  } recent[CMAF_UNIT_COUNTER_WINDOW]; /* audio: the last one only */
  guint64 n_counted;
} CmafUnitCounter;

/* @reorders: video. Its order of arrival is not the order of presentation, and
 * its frames keep the phase of the first one for ever; audio counts on and
 * snaps anew after a gap. */
CMAF_API void cmaf_unit_counter_init (
    CmafUnitCounter *counter, const CmafUnitGrid *units, gboolean reorders);
/* @unit is valid for OK, MOVED and GAP. */
CMAF_API CmafCount cmaf_unit_counter_count (
    CmafUnitCounter *counter, gint64 media_time, guint64 *unit);
/* ns by which units come after the media time of their numbers */
CMAF_API gint64 cmaf_unit_counter_get_phase (const CmafUnitCounter *counter);
/* Audio: numbers would be left out before a unit at @media_time, or it would be
 * the first. */
CMAF_API gboolean cmaf_unit_counter_has_gap (
    const CmafUnitCounter *counter, gint64 media_time);
/* FALSE with CMAF_ERROR_TIMELINE when that is two ticks or more, either way. */
CMAF_API gboolean cmaf_unit_counter_is_exact (
    const CmafUnitCounter *counter, GError **error);
/* How a first unit at @media_time would be snapped; FALSE before zero. */
CMAF_API gboolean cmaf_unit_snap (
    const CmafUnitGrid *units, gint64 media_time, guint64 *unit, gint64 *phase);

G_END_DECLS
