/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What encoders that count from their start send, put on the grid: all tracks
 * of an encoder are moved by the same time, which is found when it begins.
 * Pure but for the store: times go in. Part of ingest-server. Not installed. */
#pragma once

#include <gst/cmaf/restamper.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

G_BEGIN_DECLS

/* Encoders, and how far their times are from media time. Those without a track
 * are remembered, the newest 64 that sent media, as they may come back. */
typedef struct _CmafIngestSessions CmafIngestSessions;

CMAF_API CmafIngestSessions *cmaf_ingest_sessions_new (
    const CmafSegmentGrid *grid, gsize max_waiting);
CMAF_API void cmaf_ingest_sessions_free (CmafIngestSessions *sessions);
/* What media time is for a session of @encoder, with all packagers that share
 * the store (@is_shared), or since it did not say in time. */
typedef void (*CmafIngestSessionTold) (const gchar *encoder, gint64 offset,
    gboolean is_shared, gpointer user_data);
/* From now on sessions are as those who share @store have them. */
CMAF_API void cmaf_ingest_sessions_share (CmafIngestSessions *sessions,
    GstCmafSyncStore *store, CmafIngestSessionTold told, gpointer user_data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestSessions, cmaf_ingest_sessions_free)

/* One track of an encoder. */
typedef struct _CmafIngestRestamp CmafIngestRestamp;

CMAF_API CmafIngestRestamp *cmaf_ingest_restamp_new (
    CmafIngestSessions *sessions, const gchar *encoder);
/* Before the sessions. */
CMAF_API void cmaf_ingest_restamp_free (CmafIngestRestamp *restamp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestRestamp, cmaf_ingest_restamp_free)
/* @out_track and @out_header: what it becomes (transfer none) */
CMAF_API gboolean cmaf_ingest_restamp_take_header (CmafIngestRestamp *restamp,
    const CmafTrack *track, GBytes *header, CmafTrack **out_track,
    GBytes **out_header, GError **error);
/* After a header. Appends what is ready to @out, which frees chunks. @clock:
 * media time, @now: monotonic; both of arrival, ns. */
CMAF_API gboolean cmaf_ingest_restamp_take_chunk (CmafIngestRestamp *restamp,
    CmafChunk *chunk, gint64 clock, GstClockTime now, GPtrArray *out,
    GError **error);
/* What waited for the store, and need not any more. */
CMAF_API gboolean cmaf_ingest_restamp_look (CmafIngestRestamp *restamp,
    GstClockTime now, GPtrArray *out, GError **error);
/* No more comes: what waits goes out with the times that are likely. */
CMAF_API gboolean cmaf_ingest_restamp_settle (CmafIngestRestamp *restamp,
    GstClockTime now, GPtrArray *out, GError **error);

G_END_DECLS
