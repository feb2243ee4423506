/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sends CMAF tracks to publishing points: DASH-IF live media ingest,
 * Interface-1. One thread and one persistent connection for each track and
 * destination; the protocol is in ingest-session.h, the queue in
 * ingest-spool.h. Thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmafhttp/ingest-naming.h>
#include <gst/cmafhttp/upload-target.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_SPOOL_FULL_BLOCK, /* the pushing thread waits */
  CMAF_SPOOL_FULL_DROP,  /* whole segments are given up */
} CmafSpoolFull;

typedef enum
{
  CMAF_REQUEST_AUTO,    /* with a length when complete, else chunk by chunk */
  CMAF_REQUEST_SEGMENT, /* complete segments, with a length */
  CMAF_REQUEST_CHUNKED_SEGMENT, /* always chunk by chunk */
  CMAF_REQUEST_LONG_RUNNING,    /* all segments of a track in one request */
} CmafRequestMode;

typedef struct
{
  const gchar *const *locations; /* of publishing points, http or https */
  const gchar *method;           /* "POST", "PUT" or "auto" */
  const gchar *user_agent;
  const gchar *user; /* NULL: no authentication by password */
  const gchar *password;
  const gchar *token;          /* bearer, NULL */
  const GstStructure *headers; /* further header fields, NULL */
  const gchar *mpd_name;       /* NULL: no manifest is sent */
  CmafIngestNaming naming;
  CmafRequestMode mode;
  CmafAuthMode auth;
  guint auth_tries; /* after 401 or 403, then stop */
  gboolean probes;  /* an empty request goes first */
  gboolean expects; /* asks before each segment */
  CmafUploadSettings upload;
  guint64 max_spool_bytes; /* of each track and destination */
  GstClockTime max_spool_time;
  const gchar *spool_directory; /* NULL: in memory only */
  guint64 max_disk_bytes;       /* of each track and destination */
} CmafIngestClientConfig;

typedef enum
{
  CMAF_INGEST_LOST,     /* a connection failed; retried */
  CMAF_INGEST_RESTORED, /* segments arrive again */
  CMAF_INGEST_DROPPED,  /* a segment was given up */
  CMAF_INGEST_REFUSED,  /* the receiver refuses for good */
  CMAF_INGEST_NO_MPD,   /* it does not take the manifest; media go on */
  CMAF_INGEST_NO_DISK,  /* the spool directory cannot be used; memory is */
} CmafIngestEventKind;

typedef struct
{
  CmafIngestEventKind kind;
  const gchar *location; /* without user, password and query */
  const gchar *track_name;
  const gchar *message;     /* one sentence */
  guint status;             /* of the answer; 0: there was none */
  const gchar *answer_text; /* its own, NULL: none */
  guint64 decode_time;      /* DROPPED: of the segment, ticks */
  guint64 duration;
  guint32 timescale;
  gboolean is_fatal; /* REFUSED: by the last of all destinations */
} CmafIngestEvent;

/* Called from a thread of the client, or from the one that pushes, with no lock
 * held. */
typedef void (*CmafIngestEventFunc) (
    const CmafIngestEvent *event, gpointer user_data);

typedef struct _CmafIngestClient CmafIngestClient;
typedef struct _CmafIngestUpload CmafIngestUpload; /* one track */

CMAF_API void cmaf_ingest_client_config_init (CmafIngestClientConfig *config);
/* CMAF_ERROR_CONFIG names the field. */
CMAF_API CmafIngestClient *cmaf_ingest_client_new (
    const CmafIngestClientConfig *config, CmafIngestEventFunc event,
    gpointer user_data, GError **error);
/* Cancels what runs, joins all threads. With a spool directory what was not
 * delivered stays there, for the next client. */
CMAF_API void cmaf_ingest_client_free (CmafIngestClient *client);
/* For the requests from now on. */
CMAF_API void cmaf_ingest_client_set_credentials (CmafIngestClient *client,
    const gchar *user, const gchar *password, const gchar *token);
/* Begins, or changes the header of, a track. Owned by the client. */
CMAF_API CmafIngestUpload *cmaf_ingest_client_set_header (
    CmafIngestClient *client, const gchar *name, CmafTrack *track,
    GBytes *header);
/* GST_FLOW_FLUSHING when unlocked, GST_FLOW_ERROR when every receiver refuses.
 * A destination that cannot be reached makes nobody wait while there is
 * another. */
CMAF_API GstFlowReturn cmaf_ingest_upload_push (
    CmafIngestUpload *upload, CmafChunk *chunk, CmafSpoolFull when_full);
/* No more chunks; a last one without lmsg is sent again with it (DEC-07). */
CMAF_API void cmaf_ingest_upload_end (CmafIngestUpload *upload);
/* @upload NULL: all. Pushes return FLUSHING until unlocking is undone. */
CMAF_API void cmaf_ingest_client_set_unlocked (
    CmafIngestClient *client, CmafIngestUpload *upload, gboolean unlocked);
/* Waits until everything has arrived, everywhere. FALSE and @error when
 * something was not delivered within @timeout without progress, or was dropped;
 * FALSE without @error when a refusal was told of already, or waiting was
 * unlocked. @n_complete: destinations that got everything. */
CMAF_API gboolean cmaf_ingest_client_drain (CmafIngestClient *client,
    GstClockTime timeout, guint *n_complete, GError **error);
/* Counters of each track, summed, and the same for each destination in the list
 * "destinations". (transfer full) */
CMAF_API GstStructure *cmaf_ingest_client_get_stats (CmafIngestClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestClient, cmaf_ingest_client_free)

G_END_DECLS
