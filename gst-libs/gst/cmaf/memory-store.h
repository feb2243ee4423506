/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects in memory, for the origin. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>

G_BEGIN_DECLS

/* A snapshot of one object: pieces only ever get more, until it is complete. */
typedef struct
{
  GPtrArray *pieces; /* of GBytes, own array, (transfer full) */
  gsize size;        /* of the pieces */
  gchar *content_type;
  gchar etag[17]; /* 16 hex digits of SHA-256; "" until complete */
  gboolean is_complete;
} CmafMemoryObject;

/* @max_bytes: 0 no limit; else the oldest complete objects are dropped first
 * (never a manifest, .mpd or .m3u8, and never a header, init-*). */
CMAF_API CmafObjectStore *cmaf_memory_store_new (guint64 max_bytes);
/* FALSE when there is none. Clear @object with _clear(). */
CMAF_API gboolean cmaf_memory_store_lookup (
    CmafObjectStore *store, const gchar *name, CmafMemoryObject *object);
CMAF_API void cmaf_memory_object_clear (CmafMemoryObject *object);

/* Called, with no lock held and from the writing thread, whenever an object
 * began, grew, was completed, aborted or removed. */
typedef void (*CmafMemoryStoreChanged) (
    CmafObjectStore *store, const gchar *name, gpointer user_data);
/* NULL waits until no call is running, then stops them. */
CMAF_API void cmaf_memory_store_set_changed (
    CmafObjectStore *store, CmafMemoryStoreChanged changed, gpointer user_data);
CMAF_API guint64 cmaf_memory_store_get_bytes (CmafObjectStore *store);
CMAF_API guint64 cmaf_memory_store_get_dropped (CmafObjectStore *store);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafMemoryObject, cmaf_memory_object_clear)

G_END_DECLS
