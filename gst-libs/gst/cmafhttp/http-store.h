/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The object store of object-store.h over HTTP: PUT or POST, GET, HEAD and
 * DELETE below a base URL, over connections that stay. Calls block and may come
 * from any number of threads at once, each of which has a connection of its
 * own while it is served.
 *
 * put, commit: TRUE when the server has said that it has the object. ATOMIC
 * objects are sent at commit, with their length. GROWING ones are sent while
 * they are written, each append as one HTTP chunk, by a thread of their own;
 * append does not wait, commit does.
 * CREATE_ONLY: `If-None-Match: *`; CMAF_ERROR_EXISTS when the server answers
 * 412. If an answer was lost and what is there is what was sent, it has worked.
 * A server that does not know the condition replaces the object: whether it
 * does can be tried, with cmaf_object_store_knows_create_only().
 * get, remove: CMAF_ERROR_NOT_FOUND when the server answers 404 or 410.
 * contains: FALSE also when nobody answers.
 * list: HTTP has none: CMAF_ERROR_UNSUPPORTED.
 *
 * What can pass (no connection, 5xx, 404 of a PUT, 429 ...) is tried again
 * until retry_time is over. Errors: CMAF_ERROR as above;
 * G_IO_ERROR_PERMISSION_DENIED when the server wants other credentials (401,
 * 403); else of G_IO_ERROR, with the URL, without credentials, and the status.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>
#include <gst/cmafhttp/upload-target.h>

G_BEGIN_DECLS

typedef struct
{
  CmafUploadTargetConfig target;
  const gchar *method;     /* of what is stored: "PUT", "POST", or "auto": PUT,
                              and the other when the server wants it */
  GstClockTime retry_time; /* for each object; 0: it is tried once */
  GCancellable *cancellable; /* ends all calls; NULL */
} CmafHttpStoreConfig;

/* PUT, six seconds for connecting and without progress, no retry. */
CMAF_API void cmaf_http_store_config_init (CmafHttpStoreConfig *config);
/* Connects to nobody yet. CMAF_ERROR_CONFIG names the field. */
CMAF_API CmafObjectStore *cmaf_http_store_new (
    const CmafHttpStoreConfig *config, GError **error);
/* As table 6 of DASH-IF ingest has it for the extension of @name; for others
 * @content_type. */
CMAF_API const gchar *cmaf_http_store_content_type (
    const gchar *name, const gchar *content_type);

G_END_DECLS
