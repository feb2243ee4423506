/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An event -> the structure that cmafeventsrc takes as well. */
#include "ingest-announce.h"

#include <gst/cmaf/timescale.h>

/* -1: not known */
static gint64
duration_of (const CmafEvent *event, guint32 timescale)
{
  return event->duration == CMAF_EVENT_OPEN
             ? -1
             : (gint64)cmaf_ns_from_ticks (event->duration, timescale);
}

GstStructure *
ingest_announce_event (const CmafToldEvent *told, guint32 timescale)
{
  const CmafEvent *event = told->event;
  const guint64 time = cmaf_ns_from_ticks (event->start, timescale);

  return gst_structure_new ("cmaf-event", "scheme-id-uri", G_TYPE_STRING,
      event->scheme, "value", G_TYPE_STRING, event->value, "id", G_TYPE_UINT,
      event->id, "time", G_TYPE_INT64, (gint64)MIN (time, G_MAXINT64),
      "duration", G_TYPE_INT64, duration_of (event, timescale), "data",
      G_TYPE_BYTES, event->data, "cancel", G_TYPE_BOOLEAN, told->is_cancel,
      NULL);
}
