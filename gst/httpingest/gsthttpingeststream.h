/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One source pad of httpingestsrc: what comes out of a track's output becomes
 * events and buffer lists. Part of httpingestsrc. */
#pragma once

#include <gst/cmafhttp/ingest-output.h>

G_BEGIN_DECLS

/* What the streams of an element share: how media time maps to running time,
 * the same for all whose media times are near each other; whose turn it is to
 * add a pad; and the threads. A track without data has none. */
typedef struct
{
  GMutex lock;
  gboolean is_adding;        /* lock: lock; somebody has the turn */
  GQueue waiting;            /* lock: lock; streams that want it */
  gboolean is_stopped;       /* lock: lock; nobody gets it any more */
  gboolean is_set;           /* lock: lock */
  GstClockTime media;        /* lock: lock; at this media time... */
  GstClockTime running_time; /* lock: lock; ...it was this running time */
  guint group_id;
  GThreadPool *pool; /* from start to finish; of streams with data */
  gint has_failed;   /* atomic; that nobody takes data was said */
} GstHttpIngestTimeline;

void gst_http_ingest_timeline_init (GstHttpIngestTimeline *timeline);
void gst_http_ingest_timeline_clear (GstHttpIngestTimeline *timeline);
/* Between two runs: media time has no running time yet. */
void gst_http_ingest_timeline_start (GstHttpIngestTimeline *timeline);
/* Before streams are stopped: no pad is added from now on. */
void gst_http_ingest_timeline_stop (GstHttpIngestTimeline *timeline);
/* When all streams are stopped, waits for what their threads still do. */
void gst_http_ingest_timeline_finish (GstHttpIngestTimeline *timeline);

typedef struct _GstHttpIngestStream GstHttpIngestStream;

typedef struct
{
  /* all in the streaming thread */
  void (*added) (GstHttpIngestStream *stream, gpointer user_data);
  void (*ended) (GstHttpIngestStream *stream, gpointer user_data);
  gpointer user_data;
} GstHttpIngestStreamCallbacks;

/* @pad: a new source pad, which nobody knows yet. */
GstHttpIngestStream *gst_http_ingest_stream_new (GstElement *element,
    GstPad *pad, CmafIngestOutput *output, GstHttpIngestTimeline *timeline,
    const GstHttpIngestStreamCallbacks *callbacks);
GstHttpIngestStream *gst_http_ingest_stream_ref (GstHttpIngestStream *stream);
void gst_http_ingest_stream_unref (GstHttpIngestStream *stream);
/* The pad is added to the element in a streaming thread, so that what an
 * application does then stops nobody but those that are added after it. */
void gst_http_ingest_stream_start (GstHttpIngestStream *stream);
/* Not from the streaming thread. Removes the pad. */
void gst_http_ingest_stream_stop (GstHttpIngestStream *stream);
/* Somebody may take now what nobody took. Any thread. */
void gst_http_ingest_stream_relinked (GstHttpIngestStream *stream);
GstPad *gst_http_ingest_stream_get_pad (GstHttpIngestStream *stream);
/* Its header was seen. */
gboolean gst_http_ingest_stream_has_begun (GstHttpIngestStream *stream);
/* For collections; NULL before the header was seen. (transfer full) */
GstStream *gst_http_ingest_stream_get_stream (GstHttpIngestStream *stream);

G_END_DECLS
