/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* All streams of a receiver: each comes with the output of a track and leaves
 * with its end, and the pipeline is told who is there. Part of httpingestsrc.
 */
#pragma once

#include "gsthttpingeststream.h"

G_BEGIN_DECLS

typedef struct
{
  GstElement *element; /* borrowed; its object lock is meant below */
  GstHttpIngestTimeline timeline;
  GstClockTime latency; /* lock: object; of every pad */
  GList *streams;       /* lock: object; of GstHttpIngestStream */
  GList *leaving;       /* lock: object; GThreads that remove a pad */
  GCond left;           /* one of them is done */
  guint next_pad;       /* lock: object */
  guint n_told;         /* lock: object; streams in the last collection, 0 when
                           one of them has left */
} IngestStreams;

void ingest_streams_init (IngestStreams *self, GstElement *element);
void ingest_streams_clear (IngestStreams *self);
/* @latency: what every pad tells. */
void ingest_streams_start (IngestStreams *self, GstClockTime latency);
/* A track begins. HTTP thread. */
void ingest_streams_add (IngestStreams *self, CmafIngestOutput *output);
/* No pad is added from now on. */
void ingest_streams_close (IngestStreams *self);
/* When no track can begin any more: removes all pads. */
void ingest_streams_stop (IngestStreams *self);
/* There was a pad, in this run or before. */
gboolean ingest_streams_had_any (IngestStreams *self);

G_END_DECLS
