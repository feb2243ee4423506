/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A pair makes media time of the PTS of a stream; the clock of the source runs
 * a little faster or slower than UTC. Measures, slowly, how far they have come
 * apart: the earliest picture of ten seconds counts, then a low pass. What came
 * late, and a clock that is stepped, is not followed. Pure: times go in. One
 * thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_ANCHOR_FITS,    /* or nothing new */
  CMAF_ANCHOR_OFF,     /* from the beginning on: by the way to here, or a wrong
                        * pair, or a wrong clock; what comes to it is measured */
  CMAF_ANCHOR_DRIFTED, /* since */
} CmafAnchorState;

typedef struct
{
  gint64 max_error; /* ns */
  /*< private >*/
  gboolean has_window;
  gint64 window;   /* media time at which it began */
  gint64 earliest; /* ns: least of clock less media time in it */
  guint n_windows;
  gint64 error;     /* ns: of clock less media time, filtered */
  gint64 reference; /* ns: where that is to be */
  guint n_stepped;  /* windows in a row */
  gint64 stepped;   /* ns: the last of them */
  gboolean is_told;
} CmafAnchorWatch;

/* More than @max_error (ns) is told. Again when there is another pair. */
CMAF_API void cmaf_anchor_watch_init (
    CmafAnchorWatch *watch, guint64 max_error);
/* A picture of @media_time came at @clock (media time as well). Not FITS once
 * in each episode. */
CMAF_API CmafAnchorState cmaf_anchor_watch_measure (
    CmafAnchorWatch *watch, gint64 media_time, gint64 clock);
/* It has drifted, in this episode. */
CMAF_API gboolean cmaf_anchor_watch_is_beyond (const CmafAnchorWatch *watch);
/* Something was measured. */
CMAF_API gboolean cmaf_anchor_watch_has_error (const CmafAnchorWatch *watch);
/* What was measured, clock less media time; without that of the beginning, when
 * it is told as OFF. ns */
CMAF_API gint64 cmaf_anchor_watch_error (const CmafAnchorWatch *watch);
CMAF_API gint64 cmaf_anchor_watch_drift (const CmafAnchorWatch *watch);

G_END_DECLS
