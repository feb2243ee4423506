/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sends CMAF tracks to a publishing point: DASH-IF live media ingest,
 * Interface-1. One thread and one persistent connection a track; the protocol
 * is in ingest-session.h, the queue in ingest-spool.h. Thread safe.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmafhttp/upload-connection.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_SPOOL_FULL_BLOCK, /* the pushing thread waits */
  CMAF_SPOOL_FULL_DROP,  /* whole segments, oldest first, are given up */
} CmafSpoolFull;

typedef struct
{
  const gchar *location; /* of the publishing point, http or https */
  const gchar *method;   /* "POST" or "PUT" */
  const gchar *user_agent;
  const gchar *user_id; /* Basic; NULL: none */
  const gchar *user_password;
  const GstStructure *headers; /* further header fields, NULL */
  CmafUploadSettings upload;
  guint64 max_spool_bytes; /* of each track */
  GstClockTime max_spool_time;
} CmafIngestClientConfig;

typedef enum
{
  CMAF_INGEST_LOST,     /* a connection failed; retried */
  CMAF_INGEST_RESTORED, /* segments arrive again */
  CMAF_INGEST_DROPPED,  /* a segment was given up */
  CMAF_INGEST_REFUSED,  /* the receiver refuses for good */
} CmafIngestEventKind;

typedef struct
{
  CmafIngestEventKind kind;
  const gchar *track_name;
  const gchar *message; /* one sentence */
  guint64 decode_time;  /* DROPPED: of the segment, ticks */
  guint64 duration;
  guint32 timescale;
} CmafIngestEvent;

/* Called from the track's thread, or from the one that pushes, with no lock
 * held. */
typedef void (*CmafIngestEventFunc) (
    const CmafIngestEvent *event, gpointer user_data);

typedef struct _CmafIngestClient CmafIngestClient;
typedef struct _CmafIngestUpload CmafIngestUpload; /* one track */

/* CMAF_ERROR_CONFIG names the field. */
CMAF_API CmafIngestClient *cmaf_ingest_client_new (
    const CmafIngestClientConfig *config, CmafIngestEventFunc event,
    gpointer user_data, GError **error);
/* Cancels what runs, joins all threads. */
CMAF_API void cmaf_ingest_client_free (CmafIngestClient *client);
/* Begins, or changes the header of, a track. Owned by the client. */
CMAF_API CmafIngestUpload *cmaf_ingest_client_set_header (
    CmafIngestClient *client, const gchar *name, CmafTrack *track,
    GBytes *header);
/* GST_FLOW_FLUSHING when unlocked, GST_FLOW_ERROR when the receiver refuses. */
CMAF_API GstFlowReturn cmaf_ingest_upload_push (
    CmafIngestUpload *upload, CmafChunk *chunk, CmafSpoolFull when_full);
/* No more chunks; a last one without lmsg is sent again with it (DEC-07). */
CMAF_API void cmaf_ingest_upload_end (CmafIngestUpload *upload);
/* @upload NULL: all. Pushes return FLUSHING until unlocking is undone. */
CMAF_API void cmaf_ingest_client_set_unlocked (
    CmafIngestClient *client, CmafIngestUpload *upload, gboolean unlocked);
/* Waits until everything has arrived. FALSE and @error when something was not
 * delivered within @timeout without progress, or was refused or dropped. */
CMAF_API gboolean cmaf_ingest_client_drain (
    CmafIngestClient *client, GstClockTime timeout, GError **error);
/* counters of each track (transfer full) */
CMAF_API GstStructure *cmaf_ingest_client_get_stats (CmafIngestClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestClient, cmaf_ingest_client_free)

G_END_DECLS
