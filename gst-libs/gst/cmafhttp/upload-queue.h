/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An object store that makes nobody wait: what is written is queued, and sent
 * by threads of its own to a server as in http-store.h (DASH-IF ingest,
 * Interface-2). Each folder is a lane, in which one object follows the other;
 * what grows is sent while it grows. cmaf_object_store_look() tells what has
 * arrived; a manifest should be written when what it names has.
 *
 * Of a manifest only the newest version is sent, ahead of media. A segment is
 * tried again for one segment duration, then it is lost and the next is sent.
 * Headers and manifests are tried for ever. Thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>
#include <gst/cmafhttp/upload-target.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_UPLOAD_TROUBLE,  /* a try has failed; others follow */
  CMAF_UPLOAD_RESTORED, /* objects arrive again */
  CMAF_UPLOAD_LOST,     /* a segment was given up */
  CMAF_UPLOAD_REFUSED,  /* the server refuses for good */
} CmafUploadEventKind;

typedef struct
{
  CmafUploadEventKind kind;
  const gchar *location;    /* without user, password and query */
  const gchar *object;      /* its name */
  const gchar *message;     /* one sentence */
  guint status;             /* of the answer; 0: there was none */
  const gchar *answer_text; /* its own, NULL: none */
} CmafUploadEvent;

/* From a thread of the queue, with no lock held. */
typedef struct
{
  void (*event) (const CmafUploadEvent *event, gpointer user_data);
  /* an object has arrived, or was lost: look */
  void (*changed) (gpointer user_data);
} CmafUploadQueueCallbacks;

typedef struct
{
  CmafUploadTargetConfig target;
  const gchar *method; /* "PUT", "POST", "auto" */
  guint auth_tries;    /* after 401 or 403, then it is refused */
  gboolean is_serial;  /* no segment before the playlist of its folder names
                          the one before, or a segment duration is over */
  gboolean keeps_lost; /* what was given up is sent when there is time */
  guint64 max_bytes;   /* of a lane that may wait */
  GstClockTime delete_delay;
  GstClockTime refresh; /* an MPD is sent again after this time; 0: never */
} CmafUploadQueueConfig;

CMAF_API void cmaf_upload_queue_config_init (CmafUploadQueueConfig *config);
/* CMAF_ERROR_CONFIG names the field. */
CMAF_API CmafObjectStore *cmaf_upload_queue_new (
    const CmafUploadQueueConfig *config,
    const CmafUploadQueueCallbacks *callbacks, gpointer user_data,
    GError **error);
/* Ends what runs and joins all threads: no callback after this. */
CMAF_API void cmaf_upload_queue_stop (CmafObjectStore *store);
/* For the requests from now on. */
CMAF_API void cmaf_upload_queue_set_credentials (CmafObjectStore *store,
    const gchar *user, const gchar *password, const gchar *token);
/* How long a segment is tried; two seconds until it is told. */
CMAF_API void cmaf_upload_queue_set_segment_duration (
    CmafObjectStore *store, GstClockTime duration);
/* Media that can wait: nothing is given up for time or lack of room. */
CMAF_API void cmaf_upload_queue_set_patient (
    CmafObjectStore *store, gboolean is_patient);
/* Nobody waits for it although it is patient: beyond max_bytes the oldest is
 * given up. */
CMAF_API void cmaf_upload_queue_set_alone (
    CmafObjectStore *store, gboolean is_alone);
/* A connection has failed and does not work yet, or the server refuses. */
CMAF_API gboolean cmaf_upload_queue_is_lost (CmafObjectStore *store);
/* Waits while more than max_bytes wait, when it is patient. FALSE when it was
 * unlocked, or @cancellable was cancelled. */
CMAF_API gboolean cmaf_upload_queue_wait_for_room (
    CmafObjectStore *store, GCancellable *cancellable);
/* Nobody waits any more; or, not @for_good, who was cancelled. */
CMAF_API void cmaf_upload_queue_unlock (
    CmafObjectStore *store, gboolean for_good);
/* The clock of the queue, for _drain(). */
CMAF_API GstClockTime cmaf_upload_queue_get_time (void);
/* Waits until nothing is left to send but what was lost. FALSE and @error after
 * @timeout without progress since @since, or when it was refused; FALSE without
 * @error when it was unlocked. */
CMAF_API gboolean cmaf_upload_queue_drain (CmafObjectStore *store,
    GstClockTime since, GstClockTime timeout, GError **error);
/* Counters. (transfer full) */
CMAF_API GstStructure *cmaf_upload_queue_get_stats (CmafObjectStore *store);

G_END_DECLS
