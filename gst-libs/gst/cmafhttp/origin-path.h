/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The URL space of the origin (docs/elements/cmaforiginsink.md): path -> what
 * is asked for. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_ORIGIN_UNKNOWN,    /* 404 */
  CMAF_ORIGIN_ROOT,       /* go to the page */
  CMAF_ORIGIN_PAGE,       /* a file of the page, @file */
  CMAF_ORIGIN_EMBED,      /* bare player of @channel */
  CMAF_ORIGIN_MANIFEST,   /* MPD or multivariant playlist, @file */
  CMAF_ORIGIN_PLAYLIST,   /* of @track, @file */
  CMAF_ORIGIN_INIT,       /* header of @track by its hash, @file */
  CMAF_ORIGIN_INIT_ALIAS, /* its current header */
  CMAF_ORIGIN_SEGMENT,    /* number @value of @track */
  CMAF_ORIGIN_SEGMENT_AT, /* the one that starts at tick @value */
  CMAF_ORIGIN_STREAM,     /* header and chunks without end */
  CMAF_ORIGIN_WEBSOCKET,
  CMAF_ORIGIN_TIME,
  CMAF_ORIGIN_CHANNELS,
  CMAF_ORIGIN_CHANNEL, /* @channel */
  CMAF_ORIGIN_STATS,
  CMAF_ORIGIN_HEALTH,
  CMAF_ORIGIN_READY,
} CmafOriginKind;

#define CMAF_ORIGIN_MAX_NAME 64

typedef struct
{
  CmafOriginKind kind;
  gchar channel[CMAF_ORIGIN_MAX_NAME + 1];
  gchar track[CMAF_ORIGIN_MAX_NAME + 1];
  const gchar *file; /* the end of the path that was parsed */
  guint64 value;
} CmafOriginPath;

/* @path: decoded, below the prefix of the origin, begins with '/'. */
CMAF_API CmafOriginKind cmaf_origin_path_parse (
    CmafOriginPath *parsed, const gchar *path);

G_END_DECLS
