/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A queue of what happened. */
#include "packager-events.h"

typedef struct
{
  CmafPublishedSegment segment; /* name NULL: it is something else */
  gchar *manifest;
  GError *warning;
} Event;

static Event *
add_event (CmafPackagerEvents *events)
{
  Event *event = g_new0 (Event, 1);

  g_queue_push_tail (&events->events, event);
  return event;
}

void
cmaf_packager_events_add_segment (
    CmafPackagerEvents *events, const CmafPublishedSegment *segment)
{
  Event *event = add_event (events);

  event->segment = *segment;
  event->segment.name = g_strdup (segment->name);
  event->segment.track_name = g_strdup (segment->track_name);
}

void
cmaf_packager_events_add_manifest (
    CmafPackagerEvents *events, const gchar *name)
{
  add_event (events)->manifest = g_strdup (name);
}

void
cmaf_packager_events_add_warning (CmafPackagerEvents *events, GError *warning)
{
  add_event (events)->warning = warning;
}

void
cmaf_packager_events_tell (CmafPackagerEvents *events,
    const CmafPackagerCallbacks *callbacks, gpointer user_data)
{
  Event *event;

  while ((event = g_queue_pop_head (&events->events)) != NULL) {
    if (event->segment.name != NULL && callbacks->segment != NULL)
      callbacks->segment (&event->segment, user_data);
    if (event->manifest != NULL && callbacks->manifest != NULL)
      callbacks->manifest (event->manifest, user_data);
    if (event->warning != NULL && callbacks->warning != NULL)
      callbacks->warning (event->warning, user_data);
    g_free ((gchar *)event->segment.name);
    g_free ((gchar *)event->segment.track_name);
    g_free (event->manifest);
    g_clear_error (&event->warning);
    g_free (event);
  }
}
