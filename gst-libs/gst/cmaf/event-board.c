/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events of the application, the newest of them, in a ring. */
#include <gst/cmaf/event-board.h>
#include <gst/cmaf/timescale.h>

struct _CmafEventBoard
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint count; /* lock: lock; as all below */
  CmafToldEvent told[CMAF_EVENT_BOARD_SIZE];
};

void
cmaf_told_event_clear (CmafToldEvent *told)
{
  g_clear_pointer (&told->event, cmaf_event_free);
}

void
cmaf_told_event_to_ticks (CmafToldEvent *told, guint32 timescale)
{
  guint64 duration = CMAF_EVENT_OPEN;

  told->announced = cmaf_ticks_from_ns (told->announced, timescale);
  told->event->start = cmaf_ticks_from_ns (told->event->start, timescale);
  if (told->duration != G_MAXUINT64)
    duration = cmaf_ticks_from_ns (told->duration, timescale);
  /* more than an event can say is not known */
  told->event->duration = (guint32)MIN (duration, CMAF_EVENT_OPEN);
}

static CmafToldEvent
copy (const CmafToldEvent *told)
{
  CmafToldEvent other = *told;

  other.event = cmaf_event_copy (told->event);
  return other;
}

CmafEventBoard *
cmaf_event_board_new (void)
{
  CmafEventBoard *board = g_new0 (CmafEventBoard, 1);

  g_atomic_ref_count_init (&board->ref_count);
  g_mutex_init (&board->lock);
  return board;
}

CmafEventBoard *
cmaf_event_board_ref (CmafEventBoard *board)
{
  g_atomic_ref_count_inc (&board->ref_count);
  return board;
}

static void
clear_locked (CmafEventBoard *board)
{
  for (guint i = 0; i < CMAF_EVENT_BOARD_SIZE; i++)
    cmaf_told_event_clear (&board->told[i]);
  board->count = 0;
}

void
cmaf_event_board_unref (CmafEventBoard *board)
{
  if (!g_atomic_ref_count_dec (&board->ref_count))
    return;
  clear_locked (board);
  g_mutex_clear (&board->lock);
  g_free (board);
}

void
cmaf_event_board_clear (CmafEventBoard *board)
{
  g_mutex_lock (&board->lock);
  clear_locked (board);
  g_mutex_unlock (&board->lock);
}

void
cmaf_event_board_add (CmafEventBoard *board, const CmafToldEvent *told)
{
  CmafToldEvent *place;

  g_mutex_lock (&board->lock);
  place = &board->told[board->count++ % CMAF_EVENT_BOARD_SIZE];
  cmaf_told_event_clear (place);
  *place = copy (told);
  g_mutex_unlock (&board->lock);
}

gboolean
cmaf_event_board_next (CmafEventBoard *board, guint *next, CmafToldEvent *told)
{
  gboolean found;

  g_mutex_lock (&board->lock);
  if (board->count > CMAF_EVENT_BOARD_SIZE)
    *next = MAX (*next, board->count - CMAF_EVENT_BOARD_SIZE);
  found = *next < board->count;
  if (found)
    *told = copy (&board->told[(*next)++ % CMAF_EVENT_BOARD_SIZE]);
  g_mutex_unlock (&board->lock);
  return found;
}
