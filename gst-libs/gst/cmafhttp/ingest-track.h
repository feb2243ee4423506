/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One ingested track at the receiver: who sends it, its header, the merger and
 * the output. Part of ingest-server; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmafhttp/ingest-output.h>
#include <gst/cmafhttp/ingest-restamp.h>
#include <gst/cmafhttp/merge-group.h>

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GMainContext *context;
  CmafTrackMergerConfig merge;     /* but for timescale and max_pending */
  const gchar *const *merge_order; /* borrowed; see cmaf_ingest_source_rank() */
  CmafMergeGroup *group;           /* borrowed; NULL: each track for itself */
  CmafIngestSessions *sessions; /* borrowed; NULL: encoders are synchronised */
  GstClockTime idle_timeout;    /* 0: three segments, ten seconds at least */
  gsize max_queue;              /* bytes, in the output and in the merger */
  /* A run of the track begins; takes its own reference. */
  void (*begin) (CmafIngestOutput *output, gpointer user_data);
  /* gap, source-added, source-lost, source-changed, misaligned (transfer full)
   */
  void (*message) (GstStructure *message, gpointer user_data);
  /* the output has room again; from any thread */
  void (*drained) (gpointer user_data);
  gpointer user_data;
} CmafIngestTrackConfig;

typedef struct _CmafIngestTrack CmafIngestTrack;

CmafIngestTrack *cmaf_ingest_track_new (
    const gchar *name, const CmafIngestTrackConfig *config);
void cmaf_ingest_track_free (CmafIngestTrack *self);
const gchar *cmaf_ingest_track_get_name (const CmafIngestTrack *self);

/* The source that sends on @socket: known by it, or by @agent and @host when
 * its connection has gone. 0: there are too many. */
guint cmaf_ingest_track_get_source (CmafIngestTrack *self, GSocket *socket,
    const gchar *agent, const gchar *host, GstClockTime now);
/* Uploads of a source that have brought something and have not ended. */
void cmaf_ingest_track_upload_began (CmafIngestTrack *self, guint source);
void cmaf_ingest_track_upload_ended (
    CmafIngestTrack *self, guint source, gboolean is_cut, GstClockTime now);

/* Gives @reader the header of the track, if there is one. */
void cmaf_ingest_track_prepare_reader (
    CmafIngestTrack *self, CmafFragmentReader *reader);
/* FALSE and CMAF_ERROR_CONFIG, naming the field, when another source sends the
 * same track with another header. */
gboolean cmaf_ingest_track_take_header (CmafIngestTrack *self, guint source,
    CmafTrack *track, GBytes *header, GstClockTime now, GError **error);
/* What an MPD says of it, NULL: nothing. What the header says goes before. */
void cmaf_ingest_track_describe (
    CmafIngestTrack *self, const gchar *language, const gchar *role);
/* FALSE and G_IO_ERROR_CLOSED when nobody takes what comes out,
 * CMAF_ERROR_MALFORMED when it violates the grid: @chunk is not kept. */
gboolean cmaf_ingest_track_take_chunk (CmafIngestTrack *self, guint source,
    CmafChunk *chunk, GstClockTime now, GError **error);
void cmaf_ingest_track_end_source (
    CmafIngestTrack *self, guint source, GstClockTime now);

gboolean cmaf_ingest_track_is_full (CmafIngestTrack *self);
/* TAKEN: what the source sent has come out, or is not needed, and what has come
 * out was taken; while it waits, drained is called once that may have changed.
 */
CmafIngestFate cmaf_ingest_track_get_fate (CmafIngestTrack *self, guint source);
/* FALSE and G_IO_ERROR_CLOSED. */
gboolean cmaf_ingest_track_say_lost (
    const CmafIngestTrack *self, GError **error);
/* There is room again: that nothing came meanwhile was our doing. */
void cmaf_ingest_track_resume (CmafIngestTrack *self, GstClockTime now);
/* Its output has a header and no end: somebody waits for data. */
gboolean cmaf_ingest_track_is_running (const CmafIngestTrack *self);
gboolean cmaf_ingest_track_is_sparse (const CmafIngestTrack *self);
/* It has ended, or never begun, and all of its sources have gone. */
gboolean cmaf_ingest_track_is_over (const CmafIngestTrack *self);
/* Once a second. @may_idle: do not end it for being silent. */
void cmaf_ingest_track_tick (
    CmafIngestTrack *self, gboolean may_idle, GstClockTime now);
/* Everything out, and an end. */
void cmaf_ingest_track_finish (CmafIngestTrack *self, GstClockTime now);
/* What stats tell of it (transfer full). @total, a structure, is added to. */
GstStructure *cmaf_ingest_track_get_stats (
    CmafIngestTrack *self, GstStructure *total);

G_END_DECLS
