/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sticky events of the aligners. */
#include "align-event.h"

#define GRID "cmaf-video-grid"
#define CLEAN_FROM "cmaf-audio-clean-from"

static GstEvent *
new_sticky (GstStructure *s, CmafSlateList *slates)
{
  gst_structure_set (s, "slates", CMAF_TYPE_SLATE_LIST, slates, NULL);
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, s);
}

GstEvent *
align_event_new_grid (const CmafSyncMapping *mapping, CmafSlateList *slates)
{
  return new_sticky (
      gst_structure_new (GRID, "source", G_TYPE_INT, (gint)mapping->source,
          "offset", G_TYPE_INT64, mapping->offset, "step-id", G_TYPE_UINT,
          mapping->step.id, "step-at", G_TYPE_INT64, mapping->step.at,
          "step-delta", G_TYPE_INT64, mapping->step.delta, NULL),
      slates);
}

gboolean
align_event_parse_grid (GstEvent *event, CmafSyncMapping *mapping)
{
  const GstStructure *s = gst_event_get_structure (event);
  gint source;

  memset (mapping, 0, sizeof *mapping);
  if (!s || !gst_structure_has_name (s, GRID)
      || !gst_structure_get (s, "source", G_TYPE_INT, &source, "offset",
          G_TYPE_INT64, &mapping->offset, "step-id", G_TYPE_UINT,
          &mapping->step.id, "step-at", G_TYPE_INT64, &mapping->step.at,
          "step-delta", G_TYPE_INT64, &mapping->step.delta, NULL))
    return FALSE;
  mapping->source = (CmafTimingSource)source;
  return TRUE;
}

gboolean
align_event_find_grid (GstPad *pad, CmafSyncMapping *mapping)
{
  gboolean found = FALSE;
  GstEvent *event;

  for (guint i = 0; !found
                    && (event = gst_pad_get_sticky_event (
                            pad, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, i));
       i++) {
    found = align_event_parse_grid (event, mapping);
    gst_event_unref (event);
  }
  return found;
}

GstEvent *
align_event_new_clean_from (gint64 running_time, CmafSlateList *slates)
{
  return new_sticky (gst_structure_new (CLEAN_FROM, "running-time",
                         G_TYPE_INT64, running_time, NULL),
      slates);
}

gboolean
align_event_parse_clean_from (GstEvent *event, gint64 *running_time)
{
  const GstStructure *s = gst_event_get_structure (event);

  return s && gst_structure_has_name (s, CLEAN_FROM)
         && gst_structure_get_int64 (s, "running-time", running_time);
}

CmafSlateList *
align_event_get_slates (GstEvent *event)
{
  const GstStructure *s = gst_event_get_structure (event);
  CmafSlateList *slates = NULL;

  if (s
      && (gst_structure_has_name (s, GRID)
          || gst_structure_has_name (s, CLEAN_FROM)))
    gst_structure_get (s, "slates", CMAF_TYPE_SLATE_LIST, &slates, NULL);
  return slates;
}
