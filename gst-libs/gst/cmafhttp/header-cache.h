/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a receiver must not forget when it is started anew, because senders do
 * not say it again: headers and MPDs, by key, in a directory. A file that is
 * not whole, or of something else, is none. HTTP thread, or whoever made it.
 * Not installed. */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef struct _CmafHeaderCache CmafHeaderCache;

/* Makes the directory when it is not there. Files beyond the newest thousand
 * are removed. */
CmafHeaderCache *cmaf_header_cache_new (const gchar *path, GError **error);
void cmaf_header_cache_free (CmafHeaderCache *cache);

/* @key: UTF-8. What fails is a warning, and no harm to who receives. */
void cmaf_header_cache_put (
    CmafHeaderCache *cache, const gchar *key, GBytes *bytes);
/* NULL: there is none. (transfer full) */
GBytes *cmaf_header_cache_get (CmafHeaderCache *cache, const gchar *key);

/* All whose key begins with @prefix, oldest first. */
typedef void (*CmafHeaderCacheVisit) (
    const gchar *key, GBytes *bytes, gpointer user_data);
void cmaf_header_cache_visit (CmafHeaderCache *cache, const gchar *prefix,
    CmafHeaderCacheVisit visit, gpointer user_data);

G_END_DECLS
