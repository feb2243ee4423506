/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside ingest-track: its state, and what its files want of each other. HTTP
 * thread only. Not installed. */
#pragma once

#include <gst/cmaf/event-union.h>
#include <gst/cmafhttp/ingest-header.h>
#include <gst/cmafhttp/ingest-sources.h>
#include <gst/cmafhttp/ingest-track.h>

G_BEGIN_DECLS

struct _CmafIngestTrack
{
  CmafIngestTrackConfig config;
  gchar *name;
  GPtrArray *sources;      /* see ingest-sources.h */
  CmafIngestHeader header; /* that comes out */
  CmafTrack *sent_track;   /* that is sent: another one when it is restamped */
  GBytes *sent_header;
  gchar *language, *role;  /* by an MPD */
  gboolean has_new_header; /* that the output has not seen */
  CmafTrackMerger *merger;
  guint32 merge_timescale;
  CmafMergeStats before;   /* of the mergers before this one */
  GstClockTime gap_before; /* theirs too: each had ticks of its own */
  CmafEventUnion *events;
  guint64 segment_time; /* presentation of the segment that comes out */
  CmafIngestOutput *output;
  CmafIngestOutput *ended; /* the one before, until there is another */
  gboolean had_output;
  guint last_source; /* that is in use; 0: none */
  guint64 n_refused; /* chunks that violate the grid */
  GstClockTime last_data;
  gboolean is_awaited; /* somebody waits until something has come out */
  GSource *timer;
};

/* ---- ingest-track.c ---- */

/* @message gets the name of the track (transfer full) */
void cmaf_ingest_track_say (CmafIngestTrack *self, GstStructure *message);

/* ---- ingest-track-input.c: what sources send, up to the merger ---- */

/* Chunks that waited for the time of their session, and need not any more. */
void cmaf_ingest_track_look (CmafIngestTrack *self, GstClockTime now);
/* Those that still wait for it: no more is to come. */
void cmaf_ingest_track_settle (CmafIngestTrack *self, GstClockTime now);

/* ---- ingest-track-output.c: what comes out of the merger ---- */

void cmaf_ingest_track_begin_output (CmafIngestTrack *self, GstClockTime now);
/* Whatever has changed: what can come out comes out. */
void cmaf_ingest_track_move_on (CmafIngestTrack *self, GstClockTime now);
/* Nobody is to pull any more. */
void cmaf_ingest_track_forget_output (CmafIngestTrack *self);

/* ---- ingest-track-stats.c ---- */

/* The merger goes, what it has counted stays. */
void cmaf_ingest_track_keep_counts (CmafIngestTrack *self);

G_END_DECLS
