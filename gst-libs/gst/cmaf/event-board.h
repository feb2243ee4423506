/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events of the application on their way from the one that is told of them to
 * all that write them into media. Shared; own lock, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/event-message.h>

G_BEGIN_DECLS

/* As many are remembered. */
#define CMAF_EVENT_BOARD_SIZE 256

/* On the board times are media time in ns; what an event has for its duration
 * is too small for them. */
typedef struct
{
  CmafEvent *event;
  gboolean is_cancel; /* from @announced on there is no such event */
  guint64 announced;
  guint64 duration; /* ns; MAX: not known */
} CmafToldEvent;

CMAF_API void cmaf_told_event_clear (CmafToldEvent *told);
/* From the board: times become ticks, also that of the event's duration. */
CMAF_API void cmaf_told_event_to_ticks (CmafToldEvent *told, guint32 timescale);

typedef struct _CmafEventBoard CmafEventBoard;

CMAF_API CmafEventBoard *cmaf_event_board_new (void);
CMAF_API CmafEventBoard *cmaf_event_board_ref (CmafEventBoard *board);
CMAF_API void cmaf_event_board_unref (CmafEventBoard *board);
CMAF_API void cmaf_event_board_clear (CmafEventBoard *board);
/* Copies @told. */
CMAF_API void cmaf_event_board_add (
    CmafEventBoard *board, const CmafToldEvent *told);
/* The one numbered *@next, counted from the first one ever, or the first one
 * behind it that is remembered; *@next is then the number behind. Clear it.
 * FALSE: it is not yet there. */
CMAF_API gboolean cmaf_event_board_next (
    CmafEventBoard *board, guint *next, CmafToldEvent *told);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafToldEvent, cmaf_told_event_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEventBoard, cmaf_event_board_unref)

G_END_DECLS
