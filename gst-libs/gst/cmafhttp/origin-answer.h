/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ordinary answers of the origin: whole bodies with length, entity tag and
 * ranges, HEAD as GET, and errors. HTTP thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/memory-store.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Cache-Control (LIV-122) */
#define CMAF_CACHE_IMMUTABLE "public, max-age=31536000, immutable"
#define CMAF_CACHE_REVALIDATE "no-cache"
#define CMAF_CACHE_NEVER "no-store"
#define CMAF_CACHE_SECOND "max-age=1"

CMAF_API gboolean cmaf_origin_is_head (SoupServerMessage *message);
CMAF_API void cmaf_origin_set_header (
    SoupServerMessage *message, const gchar *name, const gchar *value);
/* @pieces: of GBytes. @etag: without quotes; NULL or "": none. */
CMAF_API void cmaf_origin_answer (SoupServerMessage *message, GPtrArray *pieces,
    const gchar *content_type, const gchar *etag, const gchar *cache);
CMAF_API void cmaf_origin_answer_bytes (SoupServerMessage *message,
    GBytes *bytes, const gchar *content_type, const gchar *etag,
    const gchar *cache);
/* @status with @text, which is (transfer full). */
CMAF_API void cmaf_origin_answer_text (SoupServerMessage *message, guint status,
    const gchar *content_type, gchar *text, const gchar *cache);
/* A line that says why. */
CMAF_API void cmaf_origin_answer_error (SoupServerMessage *message,
    guint status, const gchar *why, const gchar *cache);

G_END_DECLS
