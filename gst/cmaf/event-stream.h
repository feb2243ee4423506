/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events -> one CMAF track: what cmafeventsrc does. A task of the source pad
 * makes segments as the other tracks of the sync group go on, or the clock;
 * events are left for it, by the application and by those that hear splices. */
#pragma once

#include "heard-events.h"
#include "sparse-track.h"

#include <gst/cmaf/event-segmenter.h>

G_BEGIN_DECLS

#define EVENT_NOW (-1)

/* What the application says; times in ns. */
typedef struct
{
  gboolean is_cancel;
  gchar *scheme, *value;
  guint32 id;
  gint64 time;         /* media time, or EVENT_NOW */
  gint64 running_time; /* of now, by the clock; -1: not known */
  gboolean is_now;
  gboolean is_on_board;
  gint64 duration; /* -1: not known */
  GBytes *data;
} AppEvent;

/* Strings are copied, @data is referenced. */
AppEvent *app_event_new (
    const gchar *scheme, const gchar *value, guint32 id, GBytes *data);
/* Of the structure of the event cmaf-event; NULL: a field is missing or wrong.
 */
AppEvent *app_event_from_structure (const GstStructure *s);
void app_event_free (AppEvent *event);

typedef struct
{
  SparseTrack sparse;
  MuxSettings settings; /* a copy, of a run */
  MuxOutput output;
  MuxTiming timing;
  gboolean is_live; /* set before the start; as the next one */
  GstClockTime announce_ahead;

  GPtrArray *arrived;    /* AppEvent; lock: that of @sparse; as below */
  gboolean has_ended;    /* the application wants it to */
  CmafEventBoard *board; /* of the group; from start to stop */
  guint64 n_events;      /* lock: object; events of which the track tells */

  /* the task */
  HeardEvents heard;
  guint n_counted; /* of those heard, in n_events or as dropped */
  gint64 since;    /* monotonic us: of the start */
  gboolean has_told_alone;
  CmafEventSegmenter *segmenter;
} EventStream;

void event_stream_init (EventStream *self, GstElement *element, GstPad *srcpad);
void event_stream_clear (EventStream *self);
/* Joins the group; @self->settings are those of the run. */
gboolean event_stream_start (EventStream *self, GError **error);
/* The pad is active: the task starts. */
void event_stream_run (EventStream *self);
/* The pad is not active any more. */
void event_stream_stop (EventStream *self);

/* ---- from any thread ---- */

/* What waits returns, now and until undone. */
void event_stream_wake (EventStream *self, gboolean awake);
/* Takes @event (transfer full), also before the start. */
void event_stream_take (EventStream *self, AppEvent *event);
void event_stream_end (EventStream *self);
GstStructure *event_stream_get_stats (EventStream *self);

G_END_DECLS
