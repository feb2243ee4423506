/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whether a segment that viewers ask for has gone, is there, is waited for, or
 * is asked for too early (LIV-112). Pure. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/origin-channel.h>
#include <gst/cmafhttp/origin-path.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_ORIGIN_GONE,    /* left the window */
  CMAF_ORIGIN_MISSING, /* others follow it */
  CMAF_ORIGIN_THERE,   /* the first chunk of it at least */
  CMAF_ORIGIN_DUE,     /* comes soon: the request is held */
  CMAF_ORIGIN_EARLY,
} CmafOriginPlace;

/* A held request gives up after so many segments. */
#define CMAF_ORIGIN_WAIT_SEGMENTS 3

/* @segments: of CmafOriginSegment, by number, of a track with @timescale;
 * @segment_us: the longest so far. @path: of a segment. @now_us: UTC. */
CMAF_API CmafOriginPlace cmaf_origin_place_of (const GArray *segments,
    guint32 timescale, gint64 segment_us, const CmafOriginPath *path,
    gint64 now_us);

G_END_DECLS
