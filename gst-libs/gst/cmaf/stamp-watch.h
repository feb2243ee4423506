/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units whose time stamps cannot be used: damage makes a few, and a stream that
 * lacks what is needed makes nothing else. One that leaps may be damaged, or
 * the first behind a jump of the stream: it waits until others agree with it,
 * or go on as before. Pure. Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* Of nothing but such units, or of none of them. */
#define CMAF_STAMP_PATIENCE (5 * GST_SECOND)
/* Units in a row that are believed: pictures have a stamp each, but what a
 * demultiplexer gives of sound has one for many units, for less than a second.
 */
#define CMAF_STAMP_AGREE 5
#define CMAF_STAMP_AGREE_SOUND GST_SECOND

typedef enum
{
  CMAF_STAMP_FITS,
  CMAF_STAMP_WAITS,       /* later ones tell what it is */
  CMAF_STAMP_STRAY,       /* the unit cannot be used */
  CMAF_STAMP_FIRST_STRAY, /* as above, and it is the first for long */
  CMAF_STAMP_HOPELESS,    /* as above, and so it has been for long */
} CmafStampFate;

/* What is known of a unit. */
typedef struct
{
  GstClockTime pts, dts; /* GST_CLOCK_TIME_NONE: none */
  GstClockTime duration; /* ns, 0: unknown */
  gboolean is_sound;
} CmafStamps;

typedef struct
{
  /*< private >*/
  CmafStamps last;      /* that fitted: the newest */
  GstClockTime gap_end; /* nothing was to come before */
  GstClockTime reach;   /* of a step that is no leap */
  CmafStamps leaped;    /* the last that waits */
  guint n_waiting;
  GstClockTime waiting; /* ns of units */
  GstClockTime stride;  /* the widest step between them */
  const gchar *fault;   /* of the latest stray */
  guint64 strays, good; /* ns since the other kind */
  gboolean had_good;
} CmafStampWatch;

CMAF_API void cmaf_stamp_watch_init (CmafStampWatch *watch);
/* Times begin anew. Not while units wait. */
CMAF_API void cmaf_stamp_watch_forget_time (CmafStampWatch *watch);
/* Nothing comes before @end, it is said. FALSE: that is so far away that it may
 * be damage as well. */
CMAF_API gboolean cmaf_stamp_watch_note_gap (
    CmafStampWatch *watch, GstClockTime end);
/* The fate of a unit; @waiting is that of all that waited before it, unless it
 * WAITS. */
CMAF_API CmafStampFate cmaf_stamp_watch_judge (
    CmafStampWatch *watch, const CmafStamps *stamps, CmafStampFate *waiting);
/* A unit that fitted cannot be used, for @fault. */
CMAF_API CmafStampFate cmaf_stamp_watch_reject (
    CmafStampWatch *watch, const gchar *fault, GstClockTime duration);
/* None will come that could agree with those that wait, if there are any: their
 * fate. */
CMAF_API CmafStampFate cmaf_stamp_watch_finish (CmafStampWatch *watch);
/* At the end: there were strays, and nothing else. */
CMAF_API gboolean cmaf_stamp_watch_had_strays_only (
    const CmafStampWatch *watch);
/* What the latest stray lacked, and needs. */
CMAF_API const gchar *cmaf_stamp_watch_fault (const CmafStampWatch *watch);

G_END_DECLS
