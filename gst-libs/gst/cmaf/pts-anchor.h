/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which pair makes media time of the PTS of a stream: one that is told, one
 * taken from absolute times in the stream, which is what all that hear the
 * stream take alike, or one that encoders have stored for each other. Pure, one
 * thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/pts-renewal.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_PTS_ANCHOR_AUTO, /* times in the stream, else the pair if one is told,
                         * else what is stored */
  CMAF_PTS_ANCHOR_CONFIGURED,
  CMAF_PTS_ANCHOR_IN_BAND, /* nothing before the first time in the stream */
  CMAF_PTS_ANCHOR_STORE,   /* nothing else */
} CmafPtsAnchorMode;

#define CMAF_PTS_ANCHOR_DEPTH 4

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
  gboolean is_void; /* the clock has jumped: told and stored are of before */
  guint n_dropped;  /* of renewed */
  guint n_renewed;
  CmafPtsPair renewed[CMAF_PTS_ANCHOR_DEPTH]; /* oldest first */
} CmafPtsAnchor;

/* Whether what is stored matters, and is not known. */
CMAF_API gboolean cmaf_pts_anchor_wants_stored (const CmafPtsAnchor *anchor);
CMAF_API void cmaf_pts_anchor_set_stored (
    CmafPtsAnchor *anchor, const CmafPtsPair *pair);

/* The stream says that @pts is at @media_time (ns). TRUE when the pair is
 * another one from here on. */
CMAF_API gboolean cmaf_pts_anchor_take_time (
    CmafPtsAnchor *anchor, guint64 pts, guint64 media_time);
/* The same, where frames and segments are known and there is a pair of the
 * stream: when the picture is another frame than by that pair, the frames are
 * corrected from the next segment on. TRUE when there is a correction. */
CMAF_API gboolean cmaf_pts_anchor_correct (CmafPtsAnchor *anchor,
    const CmafUnitGrid *frames, const CmafSegmentGrid *grid, guint64 pts,
    guint64 media_time);
/* The pair is, or was, none that the stream corrects itself. */
CMAF_API gboolean cmaf_pts_anchor_may_renew (const CmafPtsAnchor *anchor);
/* Another pair, from the picture on that has its PTS. */
CMAF_API void cmaf_pts_anchor_renew (
    CmafPtsAnchor *anchor, const CmafPtsPair *renewed);
/* The clock of the stream jumps: what was found, stored or renewed is no longer
 * true; a pair that is told holds as long as it was never renewed. */
CMAF_API void cmaf_pts_anchor_forget (CmafPtsAnchor *anchor);
/* The pair is one of the stream, which corrects it itself. */
CMAF_API gboolean cmaf_pts_anchor_is_in_band (const CmafPtsAnchor *anchor);
/* The first one; FALSE while there is none. */
CMAF_API gboolean cmaf_pts_anchor_get_pair (
    const CmafPtsAnchor *anchor, CmafPtsPair *pair);
/* How often it was renewed, pictures that are to come included. */
CMAF_API guint cmaf_pts_anchor_count_renewals (const CmafPtsAnchor *anchor);
/* That of the picture with @pts, and how many times it was renewed by then.
 * @clock: media time, ns. */
CMAF_API gboolean cmaf_pts_anchor_get_pair_at (const CmafPtsAnchor *anchor,
    guint64 pts, gint64 clock, CmafPtsPair *pair, guint *n_renewed);

G_END_DECLS
