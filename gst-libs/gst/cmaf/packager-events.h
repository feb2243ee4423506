/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a packager tells its owner: collected while it works, told when its lock
 * is released. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* One complete segment. */
typedef struct
{
  const gchar *track_name;
  const gchar *name;   /* object name of the segment */
  guint64 number;      /* with number_offset */
  guint64 decode_time; /* ticks */
  guint64 duration;    /* ticks */
  guint32 timescale;
  gsize size;
  guint64 gap; /* missing ticks just before it */
} CmafPublishedSegment;

/* Called with no lock held, from the thread that pushed. Any may be NULL. */
typedef struct
{
  void (*segment) (const CmafPublishedSegment *segment, gpointer user_data);
  void (*manifest) (const gchar *name, gpointer user_data);
  /* one clear sentence about input that is unusable or was mended */
  void (*warning) (const GError *error, gpointer user_data);
} CmafPackagerCallbacks;

/* For the packager: events in order. Initialise to zero. */
typedef struct
{
  /*< private >*/
  GQueue events;
} CmafPackagerEvents;

/* Copies the strings of @segment. */
CMAF_API void cmaf_packager_events_add_segment (
    CmafPackagerEvents *events, const CmafPublishedSegment *segment);
CMAF_API void cmaf_packager_events_add_manifest (
    CmafPackagerEvents *events, const gchar *name);
/* Takes @warning. */
CMAF_API void cmaf_packager_events_add_warning (
    CmafPackagerEvents *events, GError *warning);
/* Calls back for each event and forgets it. */
CMAF_API void cmaf_packager_events_tell (CmafPackagerEvents *events,
    const CmafPackagerCallbacks *callbacks, gpointer user_data);

G_END_DECLS
