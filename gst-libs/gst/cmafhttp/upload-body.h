/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The body of one upload, which may still grow while it is sent, and can be
 * sent again from its first byte. Thread safe; one thread at a time sends it.
 * Since: 0.1 */
#pragma once

#include <gst/cmafhttp/upload-connection.h>

G_BEGIN_DECLS

typedef struct _CmafUploadBody CmafUploadBody;

CMAF_API CmafUploadBody *cmaf_upload_body_new (void);
CMAF_API void cmaf_upload_body_free (CmafUploadBody *body);
/* These pieces are sent as one HTTP chunk, while it grows. */
CMAF_API void cmaf_upload_body_append (
    CmafUploadBody *body, GBytes *const *pieces, guint n_pieces);
/* Nothing follows. */
CMAF_API void cmaf_upload_body_complete (CmafUploadBody *body);
/* What follows never comes: who sends it fails. */
CMAF_API void cmaf_upload_body_abort (CmafUploadBody *body);
CMAF_API gboolean cmaf_upload_body_is_complete (CmafUploadBody *body);
/* So far. */
CMAF_API gsize cmaf_upload_body_get_size (CmafUploadBody *body);
/* A copy of them. (transfer full) */
CMAF_API GBytes *cmaf_upload_body_get_bytes (CmafUploadBody *body);
/* Until it is complete. FALSE when it was aborted, or @cancellable says so. */
CMAF_API gboolean cmaf_upload_body_wait (
    CmafUploadBody *body, GCancellable *cancellable, GError **error);
/* The member write of CmafUploadObject, with the body as user_data. */
CMAF_API gboolean cmaf_upload_body_write (CmafUploadConnection *connection,
    gpointer body, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafUploadBody, cmaf_upload_body_free)

G_END_DECLS
