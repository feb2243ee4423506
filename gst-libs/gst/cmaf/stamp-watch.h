/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units whose time stamps cannot be used: damage makes a few, and a stream that
 * lacks what is needed makes nothing else. Pure. Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* Of nothing but such units, or of none of them. */
#define CMAF_STAMP_PATIENCE (5 * GST_SECOND)

typedef enum
{
  CMAF_STAMP_FITS,
  CMAF_STAMP_STRAY,       /* the unit cannot be used */
  CMAF_STAMP_FIRST_STRAY, /* as above, and it is the first for long */
  CMAF_STAMP_HOPELESS,    /* as above, and so it has been for long */
} CmafStampFate;

/* All zero, but for the times, at first. */
typedef struct
{
  /*< private >*/
  GstClockTime last, before_leap; /* DTS */
  guint64 since_leap;             /* ns of units */
  const gchar *fault;             /* of the latest stray */
  guint64 strays, good;           /* ns since the other kind */
  gboolean had_good;
} CmafStampWatch;

CMAF_API void cmaf_stamp_watch_init (CmafStampWatch *watch);
/* Decode times begin anew. */
CMAF_API void cmaf_stamp_watch_forget_time (CmafStampWatch *watch);
/* A unit of @duration ns, 0: unknown. */
CMAF_API CmafStampFate cmaf_stamp_watch_judge (CmafStampWatch *watch,
    GstClockTime pts, GstClockTime dts, GstClockTime duration);
/* At the end: there were strays, and nothing else. */
CMAF_API gboolean cmaf_stamp_watch_had_strays_only (
    const CmafStampWatch *watch);
/* What the latest stray lacked, and needs. */
CMAF_API const gchar *cmaf_stamp_watch_fault (const CmafStampWatch *watch);

G_END_DECLS
