/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One connection of an upload queue: the objects that wait for it, in the order
 * in which they are sent, and the thread that sends them. Part of upload-queue;
 * not installed. */
#pragma once

#include <gst/cmafhttp/http-exchange.h>
#include <gst/cmafhttp/upload-queue.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_UPLOAD_MANIFEST,
  CMAF_UPLOAD_HEADER,
  CMAF_UPLOAD_SEGMENT,
  CMAF_UPLOAD_DELETE,
} CmafUploadKind;

/* Shared by who writes it and who sends it. */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  CmafUploadKind kind;
  gchar *name;
  gchar *content_type;
  CmafUploadBody *body;      /* NULL: DELETE */
  GCancellable *cancellable; /* of the request */

  /* lock: that of the queue */
  GstClockTime complete_at; /* NONE: it grows */
  GstClockTime failed_at;   /* for the first time, NONE: never */
  GstClockTime due;         /* not before */
  guint n_tries;
  gboolean is_forgotten; /* removed while it was sent */
} CmafUploadItem;

typedef struct _CmafUploadQueue CmafUploadQueue;

typedef struct
{
  CmafUploadQueue *queue;
  gchar *folder; /* "" for that above all; NULL: for what is less urgent */
  GThread *thread;
  GCond wake;

  /* lock: that of the queue */
  GQueue manifests, media, rest; /* of CmafUploadItem; rest: lost segments, and
                                    names to be deleted */
  CmafUploadItem *sending;       /* in none of them, NULL */
  GPtrArray *sent; /* manifests that arrived last, with due for the next time */
  gchar *held_for; /* what a playlist must name before the next segment */
  GstClockTime held_until;
  gboolean is_lost;           /* the server does not answer as it should */
  gboolean refuses_manifests; /* that was told */

  /* the thread's own */
  CmafUploadClient *client;
  CmafIngestSession session;
} CmafUploadLane;

typedef struct
{
  guint64 objects, bytes, deleted, lost, failed;
} CmafUploadCounts;

struct _CmafUploadQueue
{
  CmafObjectStore parent;
  CmafHttpExchange *exchange;
  CmafUploadQueueConfig config; /* without what the exchange has of it */
  guint timeout_ms;
  CmafUploadQueueCallbacks callbacks;
  gpointer user_data;

  GMutex lock;
  GCond changed;          /* there is room, progress, or an end */
  GPtrArray *lanes;       /* lock: lock; as all below */
  CmafUploadLane *behind; /* one of them: what is less urgent */
  GHashTable *states;     /* name -> CmafObjectState, but for what is stored */
  GstClockTime segment_duration;
  gboolean is_patient, is_alone, is_unlocked, is_stopping;
  gboolean has_told_delete; /* that the server does not delete */
  GError *refusal;
  gchar *trouble;           /* of the last try, NULL: it went well */
  guint n_manifests;        /* wait or are being sent */
  GstClockTime progress_at; /* something arrived, or was lost */
  CmafUploadCounts counts;
};

CmafUploadItem *cmaf_upload_item_new (CmafUploadKind kind, const gchar *name);
CmafUploadItem *cmaf_upload_item_ref (CmafUploadItem *item);
void cmaf_upload_item_unref (CmafUploadItem *item);

/* @folder: NULL for what is less urgent */
CmafUploadLane *cmaf_upload_lane_new (
    CmafUploadQueue *queue, const gchar *folder);
/* After its thread was joined. */
void cmaf_upload_lane_free (CmafUploadLane *lane);
/* Takes @item. */
void cmaf_upload_lane_add_locked (CmafUploadLane *lane, CmafUploadItem *item);
/* Bytes of media that wait, without what is being sent. */
guint64 cmaf_upload_lane_get_bytes_locked (const CmafUploadLane *lane);
guint cmaf_upload_lane_get_length_locked (const CmafUploadLane *lane);
/* What waits under @name is not sent, nor again; what is being sent is deleted
 * when it has arrived. */
void cmaf_upload_lane_forget_locked (CmafUploadLane *lane, const gchar *name);
/* @name is deleted after the delay; @lane: what is less urgent */
void cmaf_upload_lane_delete_locked (CmafUploadLane *lane, const gchar *name);
/* A segment is given up. Takes @item, which is in no list. */
void cmaf_upload_lane_lose_locked (CmafUploadLane *lane, CmafUploadItem *item);

G_END_DECLS
