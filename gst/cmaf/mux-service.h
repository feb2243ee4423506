/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the encoders of a service have to agree on, by way of the store that the
 * sync group shares, if it has one. Streaming thread, and state changes while
 * it stands still, unless a function says otherwise. */
#pragma once

#include "mux-settings.h"

#include <gst/cmaf/sync-group.h>
#include <gst/cmaf/store-retry.h>
#include <gst/cmaf/sync-record.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

G_BEGIN_DECLS

typedef struct
{
  GstElement *element;     /* borrowed */
  GstCmafSyncStore *store; /* of the group; from start to stop, as all below */
  CmafServicePlan *plan;   /* of the group */
  gboolean is_user;        /* it is open for this element */
  gint is_woken;           /* atomic */
  CmafConfigRecord config; /* of this element; D: with the first grid */
  GstCmafSyncRequest *asked; /* for cfg.json, not yet answered */
  gboolean is_agreed;        /* it is known */
  gboolean is_late;          /* media has begun without it */
  const gchar *uses;         /* since it came late: what; NULL: is told */
  CmafStoreRetry retry;
  GstCmafSyncRequest *next; /* for the generation behind the latest */
  guint next_generation;    /* which one that is */
  gboolean has_told;        /* it to be begun here, by hand */
  gboolean refuses;         /* that one: it is of another configuration */
  guint64 number;           /* newest segment */
} MuxService;

/* Opens the store that @settings name, if they do. */
gboolean mux_service_start (
    MuxService *self, const MuxSettings *settings, GError **error);
void mux_service_stop (MuxService *self);
/* What waits returns, now and until undone. Any thread. */
void mux_service_wake (MuxService *self, gboolean awake);
/* FALSE when the service has another configuration, or no readable one. The
 * first element that comes tells its own. Waits for a bounded time
 * for a store that does not answer; then media begins with what this element
 * has, and goes on with that whatever the store says when it is reached. */
gboolean mux_service_check (MuxService *self, const CmafSegmentGrid *grid,
    const CmafTrack *track, GError **error);
/* The event cmaf-sync-end (time: media time, ns since 1970) tells the group
 * where the service ends, and cmaf-sync-generation (number: K, 0: soon) where
 * its next generation begins. FALSE: @event is another one. Any thread, while
 * it is started. */
gboolean mux_service_take_event (MuxService *self, GstEvent *event);
/* The next generation of the service begins with segment @number; 0: soon. Any
 * thread, while it is started. */
void mux_service_begin_generation (MuxService *self, guint64 number);
/* Now and then: tells what has become of the store. */
void mux_service_look (MuxService *self);
/* Segment @number was sent: the same, and hears what other encoders say. */
void mux_service_note_segment (MuxService *self, guint64 number);
/* Makes @track one of the generation that segment @number is of. TRUE: it was
 * of another. */
gboolean mux_service_renew_track (
    MuxService *self, CmafTrack *track, guint64 number);

G_END_DECLS
