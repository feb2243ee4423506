/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Boundaries that a splice has moved. */
#include <gst/cmaf/grid-moves.h>

struct _CmafGridMoves
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint n_moves; /* lock: lock; as below */
  CmafGridMove list[CMAF_GRID_MAX_MOVES];
};

CmafGridMoves *
cmaf_grid_moves_new (void)
{
  CmafGridMoves *moves = g_new0 (CmafGridMoves, 1);

  g_atomic_ref_count_init (&moves->ref_count);
  g_mutex_init (&moves->lock);
  return moves;
}

CmafGridMoves *
cmaf_grid_moves_ref (CmafGridMoves *moves)
{
  g_atomic_ref_count_inc (&moves->ref_count);
  return moves;
}

void
cmaf_grid_moves_unref (CmafGridMoves *moves)
{
  if (!g_atomic_ref_count_dec (&moves->ref_count))
    return;
  g_mutex_clear (&moves->lock);
  g_free (moves);
}

void
cmaf_grid_moves_set (CmafGridMoves *moves, const CmafGridMove *list, guint n)
{
  const guint left_out = n > CMAF_GRID_MAX_MOVES ? n - CMAF_GRID_MAX_MOVES : 0;

  g_mutex_lock (&moves->lock);
  moves->n_moves = n - left_out;
  if (moves->n_moves > 0)
    memcpy (moves->list, list + left_out, moves->n_moves * sizeof list[0]);
  g_mutex_unlock (&moves->lock);
}

gboolean
cmaf_grid_moves_find (CmafGridMoves *moves, guint64 number, CmafGridMove *move)
{
  gboolean found = FALSE;

  g_mutex_lock (&moves->lock);
  for (guint i = 0; i < moves->n_moves && !found; i++) {
    found = moves->list[i].number == number;
    if (found)
      *move = moves->list[i];
  }
  g_mutex_unlock (&moves->lock);
  return found;
}
