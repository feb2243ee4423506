/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One request to a server that keeps objects, and what its answer means: what
 * http-store does in the calling thread and upload-queue in its own. Thread
 * safe but for clients and sessions. Not installed. */
#pragma once

#include <gst/cmafhttp/ingest-session.h>
#include <gst/cmafhttp/upload-body.h>
#include <gst/cmafhttp/upload-target.h>

G_BEGIN_DECLS

typedef struct _CmafHttpExchange CmafHttpExchange;

typedef struct
{
  const gchar *method; /* NULL: that of what is stored */
  const gchar *name;
  const gchar *fields;
  CmafUploadBody *body; /* NULL: none */
  CmafHttpBody keeps;
  gboolean is_create_only;
  guint io_timeout_ms; /* 0: as the settings say */
  GCancellable *cancellable;
} CmafHttpRequest;

/* @method: "PUT", "POST" or "auto". CMAF_ERROR_CONFIG names the field. */
CmafHttpExchange *cmaf_http_exchange_new (
    const CmafUploadTargetConfig *target, const gchar *method, GError **error);
void cmaf_http_exchange_free (CmafHttpExchange *self);
CmafUploadTarget *cmaf_http_exchange_get_target (CmafHttpExchange *self);
/* For people to read. */
const gchar *cmaf_http_exchange_get_location (CmafHttpExchange *self);
/* A client, with its connection when one is idle. */
CmafUploadClient *cmaf_http_exchange_take_client (CmafHttpExchange *self);
void cmaf_http_exchange_give_client (
    CmafHttpExchange *self, CmafUploadClient *client);
void cmaf_http_exchange_init_session (
    CmafHttpExchange *self, CmafIngestSession *session, GstClockTime max_wait);
/* DONE: @answer says all. RETRY, SWITCH: again, not before the time that
 * @session says. The others: @answer is a refusal. @error when there was no
 * answer, which is DROP when it was cancelled. */
CmafIngestReaction cmaf_http_exchange_try (CmafHttpExchange *self,
    CmafUploadClient *client, CmafIngestSession *session,
    const CmafHttpRequest *request, CmafHttpAnswer *answer, GError **error);
/* When @session tries again; 0: at once. */
GstClockTime cmaf_http_exchange_get_retry_time (
    const CmafIngestSession *session);
/* The clock of sessions. */
GstClockTime cmaf_http_exchange_get_time (void);
/* Always FALSE: what @answer says of @name. */
gboolean cmaf_http_exchange_fail (CmafHttpExchange *self, const gchar *name,
    const CmafHttpAnswer *answer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafHttpExchange, cmaf_http_exchange_free)

G_END_DECLS
