/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside ingest-server: its state, and what its files want of each other. HTTP
 * thread only. Not installed. */
#pragma once

#include <gst/cmafhttp/header-cache.h>
#include <gst/cmafhttp/ingest-intake.h>
#include <gst/cmafhttp/ingest-manifests.h>
#include <gst/cmafhttp/ingest-objects.h>
#include <gst/cmafhttp/ingest-path.h>
#include <gst/cmafhttp/ingest-refusals.h>
#include <gst/cmafhttp/ingest-server.h>
#include <gst/cmafhttp/ingest-track.h>

G_BEGIN_DECLS

struct _CmafIngestServer
{
  gatomicrefcount ref_count;
  CmafIngestServerConfig config; /* strings are owned */
  CmafIngestServerCallbacks callbacks;
  gpointer user_data;
  CmafHttpThread *thread;
  CmafHttpListener *listener;
  CmafIngestAccess *access;
  gchar **merge_order;
  CmafMergeGroup group;
  CmafIngestSessions *sessions; /* NULL: encoders are synchronised */
  GstCmafSyncStore *store;      /* of sessions; NULL: they are not shared */

  GHashTable *tracks;         /* key -> CmafIngestTrack */
  GPtrArray *order;           /* the same, as they came */
  GstStructure *gone;         /* what those counted that made room */
  CmafIngestObjects *objects; /* NULL: none are kept */
  CmafIngestManifests *manifests;
  CmafHeaderCache *headers;  /* of earlier runs too; NULL: none are kept */
  GQueue waiting;            /* ingest-waiting.c */
  gboolean has_news;         /* for those: an MPD, a header, one more */
  gboolean has_told_failure; /* of the objects, since one was stored */
  GList *uploads;            /* of CmafIngestUpload */
  GList *held; /* answers to wrong credentials: ingest-admission.c */
  GSource *tick;
  gboolean is_finished;     /* no request may begin */
  GstClockTime drain_until; /* those that run may go on */
  gboolean has_ended;
  guint64 n_requests;
  guint64 n_refused;
  CmafIngestRefusals refusals;
  guint64 n_cut;    /* bodies that ended in the middle */
  guint64 n_opaque; /* objects that were stored and are no track */
};

GstClockTime cmaf_ingest_server_now (void);

/* What went wrong with the object of that name, once until one is stored. */
void cmaf_ingest_server_tell_failure (
    CmafIngestServer *self, const gchar *name);

/* An error with the status that this server has for it. */
void cmaf_ingest_server_answer_error (CmafIngestServer *self,
    SoupServerMessage *message, guint status, const gchar *why);
/* The same for a sender: it is counted, and told of. */
void cmaf_ingest_server_refuse (CmafIngestServer *self,
    SoupServerMessage *message, guint status, const gchar *why);
/* @error: why a path is none: 403 or 400. */
void cmaf_ingest_server_refuse_path (
    CmafIngestServer *self, SoupServerMessage *message, const GError *error);

/* ingest-admission.c: FALSE: it is answered, or will be. */
gboolean cmaf_ingest_admission_allows (
    CmafIngestServer *self, SoupServerMessage *message);
/* No answer waits any more. */
void cmaf_ingest_admission_stop (CmafIngestServer *self);

/* ingest-tracks.c: the track of @path, which gets a name if it has none. */
CmafIngestTrack *cmaf_ingest_server_find_track (
    CmafIngestServer *self, const CmafIngestPath *path);
CmafIngestTrack *cmaf_ingest_server_make_track (CmafIngestServer *self,
    CmafIngestPath *path, const CmafTrack *header, GError **error);
/* What an MPD says of @track, to which @path and @text belong. */
void cmaf_ingest_server_describe_track (CmafIngestServer *self,
    CmafIngestPath *path, const gchar *text, CmafIngestTrack *track);
/* An MPD at @path: names tracks from now on, and those that are there. */
gboolean cmaf_ingest_server_take_manifest (
    CmafIngestServer *self, const gchar *path, GBytes *bytes, GError **error);
gboolean cmaf_ingest_server_has_running_media (CmafIngestServer *self);

/* ingest-memory.c: what was said, here and in an earlier run. */
void cmaf_ingest_memory_keep_header (
    CmafIngestServer *self, const CmafIngestPath *path, GBytes *header);
GBytes *cmaf_ingest_memory_get_header (
    CmafIngestServer *self, const CmafIngestPath *path);
void cmaf_ingest_memory_keep_manifest (
    CmafIngestServer *self, const gchar *path, GBytes *bytes);
void cmaf_ingest_memory_load_manifests (CmafIngestServer *self);

/* ingest-sharing.c: what packagers share. FALSE: a setting is wrong. */
gboolean cmaf_ingest_sharing_open (CmafIngestServer *self, GError **error);
/* Now and then: tells what has become of the store. */
void cmaf_ingest_sharing_tell (CmafIngestServer *self);
/* Not from the HTTP thread. */
void cmaf_ingest_sharing_close (CmafIngestServer *self);

/* ingest-waiting.c: an object whose track is not known yet: once it is, it is
 * read again. */
void cmaf_ingest_waiting_add (
    CmafIngestServer *self, const CmafIngestIntake *intake);
void cmaf_ingest_waiting_read (CmafIngestServer *self);
void cmaf_ingest_waiting_clear (CmafIngestServer *self);

/* ingest-upload.c: one POST or PUT on its way in; frees itself. */
typedef struct _CmafIngestUpload CmafIngestUpload;

/* @path: decoded, below the publishing point */
void cmaf_ingest_upload_begin (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path);
/* Answers now, whatever is still to come, and closes. */
void cmaf_ingest_upload_refuse (
    CmafIngestUpload *upload, guint status, const gchar *text);
/* Something of its body has come. */
gboolean cmaf_ingest_upload_has_begun (const CmafIngestUpload *upload);
/* It brings something of @track, or has. */
gboolean cmaf_ingest_upload_is_of (
    const CmafIngestUpload *upload, const CmafIngestTrack *track);
/* Has it become too slow? */
void cmaf_ingest_upload_check (CmafIngestUpload *upload, GstClockTime now);
/* GSourceFunc with the server: those whose track has room again go on. */
gboolean cmaf_ingest_uploads_resume (gpointer server);

G_END_DECLS
