/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where an object store is, as a user writes it -> the store. What is not a
 * directory is opened by whoever has told that he can: this library has no
 * sockets. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>

G_BEGIN_DECLS

typedef CmafObjectStore *(*CmafStoreOpener) (
    const gchar *location, GError **error);
/* FALSE and CMAF_ERROR_CONFIG: it can never be opened. Waits for nobody. */
typedef gboolean (*CmafStoreChecker) (const gchar *location, GError **error);

/* Locations that begin with @scheme (static, such as "https") and a colon are
 * opened by @opener from now on. @checker: NULL: any may be. */
CMAF_API void cmaf_store_location_register (
    const gchar *scheme, CmafStoreOpener opener, CmafStoreChecker checker);
/* The scheme of @location that somebody has to have registered; NULL: it is a
 * directory. (transfer full) */
CMAF_API gchar *cmaf_store_location_scheme (const gchar *location);
CMAF_API gboolean cmaf_store_location_is_registered (const gchar *scheme);
/* Whether _open() can ever work; touches no disk and no network. */
CMAF_API gboolean cmaf_store_location_check (
    const gchar *location, GError **error);
/* For people to read: without user, password and query. (transfer full)
 * (nullable): of NULL */
CMAF_API gchar *cmaf_store_location_show (const gchar *location);
/* A path, a file URI, or a URI of a registered scheme; else
 * CMAF_ERROR_CONFIG. */
CMAF_API CmafObjectStore *cmaf_store_location_open (
    const gchar *location, GError **error);

G_END_DECLS
