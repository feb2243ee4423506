/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The object store through which encoders of a service talk, as the elements of
 * a pipeline share it. A thread of its own does all that may take long: who
 * asks gets a request, and looks at it later, or waits for a bounded time. What
 * is written is never replaced: the first writer wins, the others read what he
 * wrote. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstCmafSyncStore GstCmafSyncStore;
typedef struct _GstCmafSyncRequest GstCmafSyncRequest;

#define GST_TYPE_CMAF_SYNC_STORE (gst_cmaf_sync_store_get_type ())
CMAF_API GType gst_cmaf_sync_store_get_type (void);

/* Without a location: nobody can read or write. */
CMAF_API GstCmafSyncStore *gst_cmaf_sync_store_new (void);
CMAF_API GstCmafSyncStore *gst_cmaf_sync_store_ref (GstCmafSyncStore *store);
CMAF_API void gst_cmaf_sync_store_unref (GstCmafSyncStore *store);

/* For one more user, until _close(). Nothing is connected yet: a store that
 * cannot be reached is noticed with the first request. CMAF_ERROR_CONFIG when
 * nothing here can open such a @location (a URL without a host, a scheme that
 * nobody knows), or another one is open. */
CMAF_API gboolean gst_cmaf_sync_store_open (
    GstCmafSyncStore *store, const gchar *location, GError **error);
/* The last one: what was not yet done fails. */
CMAF_API void gst_cmaf_sync_store_close (GstCmafSyncStore *store);
CMAF_API gboolean gst_cmaf_sync_store_is_open (GstCmafSyncStore *store);

/* Reads object @name, or, with @bytes, makes it unless it is there already. At
 * most GST_CMAF_SYNC_STORE_DEPTH requests wait: more fail. Free the request at
 * any time; what was asked may be done all the same. */
#define GST_CMAF_SYNC_STORE_DEPTH 64
CMAF_API GstCmafSyncRequest *gst_cmaf_sync_store_get (
    GstCmafSyncStore *store, const gchar *name);
CMAF_API GstCmafSyncRequest *gst_cmaf_sync_store_offer (
    GstCmafSyncStore *store, const gchar *name, GBytes *bytes);
/* For what is of use for a while only, and to whoever wrote it: ABSENT when it
 * is done. */
CMAF_API GstCmafSyncRequest *gst_cmaf_sync_store_remove (
    GstCmafSyncStore *store, const gchar *name);

typedef enum
{
  GST_CMAF_SYNC_PENDING,
  GST_CMAF_SYNC_READ,    /* somebody wrote it before: these are his bytes */
  GST_CMAF_SYNC_WRITTEN, /* by this request */
  GST_CMAF_SYNC_ABSENT,  /* there is no such object */
  GST_CMAF_SYNC_FAILED,
} GstCmafSyncState;

/* @bytes: (out) (optional) (transfer full) of the object, with READ and
 * WRITTEN; @error with FAILED. */
CMAF_API GstCmafSyncState gst_cmaf_sync_request_look (
    GstCmafSyncRequest *request, GBytes **bytes, GError **error);
/* The same, but PENDING only after @until (monotonic us), or when *@is_woken
 * (atomic; NULL: never) is TRUE; call _kick() after changing that. */
CMAF_API GstCmafSyncState gst_cmaf_sync_request_wait (
    GstCmafSyncRequest *request, gint64 until, const gint *is_woken,
    GBytes **bytes, GError **error);
CMAF_API void gst_cmaf_sync_store_kick (GstCmafSyncStore *store);
CMAF_API void gst_cmaf_sync_request_free (GstCmafSyncRequest *request);

/* Since a read or a write failed, or lasts for GST_CMAF_SYNC_STORE_SLOW, the
 * store is frozen: what is known of it holds. Until the same succeeds again.
 * TRUE when that is another state than told by the call before, to whomever.
 * @reason: (out) (transfer full), NULL: it is not frozen. */
#define GST_CMAF_SYNC_STORE_SLOW (3 * G_USEC_PER_SEC)
CMAF_API gboolean gst_cmaf_sync_store_take_change (
    GstCmafSyncStore *store, gint64 now, gchar **reason);
/* What is wrong with the server that it works all the same: with the first
 * request it is asked whether it knows create-only. Once, to whomever.
 * (transfer full) (nullable) */
CMAF_API gchar *gst_cmaf_sync_store_take_complaint (GstCmafSyncStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstCmafSyncStore, gst_cmaf_sync_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstCmafSyncRequest, gst_cmaf_sync_request_free)

G_END_DECLS
