/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What manifests are told once: how segments are addressed, what never changes.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_ADDRESSING_TIMELINE_NUMBER, /* SegmentTimeline, $Number$ */
  CMAF_ADDRESSING_TIMELINE_TIME,   /* SegmentTimeline, $Time$ */
  CMAF_ADDRESSING_NUMBER,          /* @duration, $Number$ */
} CmafAddressing;

typedef enum
{
  CMAF_MANIFEST_DYNAMIC, /* rewritten as segments come; static at the end */
  CMAF_MANIFEST_STATIC,  /* written once, at the end */
} CmafManifestType;

/* AdaptationSet@contentType of event tracks */
typedef enum
{
  CMAF_EVENT_CONTENT_APPLICATION, /* which the schema of MPDs has */
  CMAF_EVENT_CONTENT_META,        /* which DASH-IF ingest asks for */
} CmafEventContent;

/* By how many seconds media time, as a date, is ahead of UTC: TAI - UTC less
 * TAI - media time. */
typedef struct
{
  gint offset;
  gint next_offset;       /* behind the leap second that is announced */
  GstClockTime next_time; /* when that is, UTC; 0: none is announced */
} CmafLeapInformation;

/* What manifests say of a service whatever was published. Strings are
 * borrowed. */
typedef struct
{
  CmafSegmentGrid grid;
  CmafAddressing addressing;
  CmafManifestType type;
  const gchar *id;                 /* MPD@id, NULL: none */
  const gchar *media_template;     /* segment-name.h */
  const gchar *playlist_name;      /* in the folder of a track */
  const gchar *delivery_url;       /* where viewers get objects, with a slash at
                                      its end; NULL: beside the manifest */
  guint number_offset;             /* added to every number */
  GstClockTime window_length;      /* 0: everything is listed */
  GstClockTime availability_start; /* POSIX time of media time 0 */
  CmafLeapInformation leaps;
  gboolean low_latency;        /* segments are visible while they grow */
  gboolean hides_event_tracks; /* the MPD has only what they tell */
  CmafEventContent event_content;
  guint64 first_number; /* of the service, whenever this packager began; 0: it
                           is not known, and period 1 begins at media time 0 */
} CmafPresentationConfig;

G_END_DECLS
