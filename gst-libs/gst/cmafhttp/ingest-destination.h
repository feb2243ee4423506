/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One publishing point that tracks are sent to, and what their uploads share:
 * the target, the manifest, and which of them the receiver does not know yet.
 * Part of ingest-client; thread safe. Not installed. */
#pragma once

#include <gst/cmafhttp/ingest-client.h>

G_BEGIN_DECLS

typedef struct
{
  CmafUploadTarget *target;
  const gchar *location;                /* of the target: for people to read */
  gchar *spool;                         /* the directory of its tracks, NULL */
  const CmafIngestClientConfig *config; /* of the client, which outlives it */

  /*< private >*/
  GMutex lock;
  GArray *wakers;          /* lock: lock; eventfds of the uploads */
  GBytes *manifest;        /* lock: lock; NULL: none yet */
  gboolean needs_manifest; /* lock: lock; @manifest has not arrived */
  gboolean is_claimed;     /* lock: lock; somebody sends it */
  gboolean is_released;    /* lock: lock; headers may be sent */
  guint n_beginning;       /* lock: lock; uploads */
} CmafIngestDestination;

/* CMAF_ERROR_CONFIG as from cmaf_upload_target_new(). @location: one URL,
 * instead of that of @target_config. */
CmafIngestDestination *cmaf_ingest_destination_new (const gchar *location,
    const CmafIngestClientConfig *config,
    const CmafUploadTargetConfig *target_config, GError **error);
void cmaf_ingest_destination_free (CmafIngestDestination *self);
/* The first request is better empty: it will be answered by a challenge. */
gboolean cmaf_ingest_destination_needs_probe (CmafIngestDestination *self);
/* An upload whose @waker, an eventfd, is told when there is a manifest, when
 * headers may be sent, and when the end of a track may be. */
void cmaf_ingest_destination_add_waker (CmafIngestDestination *self, gint fd);
void cmaf_ingest_destination_remove_waker (
    CmafIngestDestination *self, gint fd);

/* An upload has a track that the receiver does not know yet; later it knows, or
 * nobody waits for that any more. */
void cmaf_ingest_destination_will_begin (CmafIngestDestination *self);
void cmaf_ingest_destination_has_begun (CmafIngestDestination *self);
/* The end of a track waits: a receiver that knows of no other takes it for the
 * end of all. */
gboolean cmaf_ingest_destination_is_beginning (CmafIngestDestination *self);

/* With mpd-name headers wait for the first manifest. NULL: there is nothing to
 * tell. */
void cmaf_ingest_destination_set_manifest (
    CmafIngestDestination *self, GBytes *manifest);
/* @is_held: another upload sends it, or there is none yet. TRUE: the caller
 * may. */
gboolean cmaf_ingest_destination_needs_manifest (
    CmafIngestDestination *self, gboolean *is_held);
/* NULL when it is not needed any more; else _end_manifest() must follow.
 * (transfer full) */
GBytes *cmaf_ingest_destination_begin_manifest (CmafIngestDestination *self);
/* @is_done: @manifest has arrived, or will never. */
void cmaf_ingest_destination_end_manifest (
    CmafIngestDestination *self, GBytes *manifest, gboolean is_done);

G_END_DECLS
