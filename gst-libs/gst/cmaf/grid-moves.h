/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Boundaries of the segment grid that a splice has moved: segment K begins with
 * a frame, on all tracks. Shared by all that cut; own lock, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* As many as are remembered: the oldest are forgotten. */
#define CMAF_GRID_MAX_MOVES 16

/* Segment @number begins where frame @frame does, at
 * @frame * @frame_ticks / @timescale seconds. */
typedef struct
{
  guint64 number;
  guint64 frame;
  guint32 timescale;
  guint32 frame_ticks;
} CmafGridMove;

typedef struct _CmafGridMoves CmafGridMoves;

CMAF_API CmafGridMoves *cmaf_grid_moves_new (void);
CMAF_API CmafGridMoves *cmaf_grid_moves_ref (CmafGridMoves *moves);
CMAF_API void cmaf_grid_moves_unref (CmafGridMoves *moves);
/* These and no others, of which the last CMAF_GRID_MAX_MOVES stay. */
CMAF_API void cmaf_grid_moves_set (
    CmafGridMoves *moves, const CmafGridMove *list, guint n);
/* FALSE: segment @number begins where it always does. */
CMAF_API gboolean cmaf_grid_moves_find (
    CmafGridMoves *moves, guint64 number, CmafGridMove *move);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafGridMoves, cmaf_grid_moves_unref)

G_END_DECLS
