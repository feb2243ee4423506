/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which pair makes media time of the PTS of a stream: one that is told, one
 * taken from absolute times in the stream, which is what all that hear the
 * stream take alike, or one that encoders have stored for each other. Pure, one
 * thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_PTS_ANCHOR_AUTO, /* times in the stream, else the pair if one is told,
                         * else what is stored */
  CMAF_PTS_ANCHOR_CONFIGURED,
  CMAF_PTS_ANCHOR_IN_BAND, /* nothing before the first time in the stream */
  CMAF_PTS_ANCHOR_STORE,   /* nothing else */
} CmafPtsAnchorMode;

typedef struct
{
  CmafPtsAnchorMode mode;
  gboolean is_told;
  CmafPtsPair pair;  /* told */
  guint64 max_error; /* ns: more between the pair and a later time in the stream
                      * makes a new pair */
  /*< private >*/
  gboolean is_found;
  CmafPtsPair found;
  gboolean is_stored;
  CmafPtsPair stored;
} CmafPtsAnchor;

/* Whether what is stored matters, and is not known. */
CMAF_API gboolean cmaf_pts_anchor_wants_stored (const CmafPtsAnchor *anchor);
CMAF_API void cmaf_pts_anchor_set_stored (
    CmafPtsAnchor *anchor, const CmafPtsPair *pair);

/* The stream says that @pts is at @media_time (ns). TRUE when the pair is
 * another one from here on. */
CMAF_API gboolean cmaf_pts_anchor_take_time (
    CmafPtsAnchor *anchor, guint64 pts, guint64 media_time);
/* The clock of the stream jumps: what was found is no longer true. */
CMAF_API void cmaf_pts_anchor_forget (CmafPtsAnchor *anchor);
/* The pair is one of the stream, which corrects it itself. */
CMAF_API gboolean cmaf_pts_anchor_is_in_band (const CmafPtsAnchor *anchor);
/* FALSE while there is none. */
CMAF_API gboolean cmaf_pts_anchor_get_pair (
    const CmafPtsAnchor *anchor, CmafPtsPair *pair);

G_END_DECLS
