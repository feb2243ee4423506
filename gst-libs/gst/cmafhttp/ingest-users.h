/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who may send, as a small file says (docs/elements/httpingestsrc.md): a line
 * of three words for each,
 *
 *   user NAME SECRET           SECRET, pbkdf2:ITERATIONS:SALT:HEX or digest:HEX
 *   token NAME SECRET          SECRET or sha256:HEX
 *   certificate NAME HEX       SHA-256 of the certificate, with or without
 *                              colons
 *
 * Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* Of Digest, and of digest:HEX in the file. */
#define CMAF_INGEST_REALM "ingest"

typedef enum
{
  CMAF_INGEST_USERS_BASIC = 1 << 0,
  CMAF_INGEST_USERS_DIGEST_MD5 = 1 << 1,
  CMAF_INGEST_USERS_DIGEST_SHA256 = 1 << 2,
  CMAF_INGEST_USERS_TOKEN = 1 << 3,
  CMAF_INGEST_USERS_CERTIFICATE = 1 << 4,
} CmafIngestUsersKinds;

typedef struct _CmafIngestUsers CmafIngestUsers;

/* CMAF_ERROR_CONFIG names the line, and what it needs; never a secret. */
CMAF_API CmafIngestUsers *cmaf_ingest_users_parse (
    const gchar *text, gsize size, GError **error);
CMAF_API void cmaf_ingest_users_free (CmafIngestUsers *users);
/* One more than the file has: user @name. */
CMAF_API void cmaf_ingest_users_add (
    CmafIngestUsers *users, const gchar *name, const gchar *password);
/* What somebody may come with. */
CMAF_API CmafIngestUsersKinds cmaf_ingest_users_get_kinds (
    const CmafIngestUsers *users);
/* Takes as long for a user that is not there. */
CMAF_API gboolean cmaf_ingest_users_check_password (
    const CmafIngestUsers *users, const gchar *name, const gchar *password);
/* H(A1) of RFC 7616, in hexadecimal; NULL: cannot be known (transfer full). */
CMAF_API gchar *cmaf_ingest_users_get_digest (
    const CmafIngestUsers *users, const gchar *name, gboolean is_sha256);
CMAF_API gboolean cmaf_ingest_users_check_token (
    const CmafIngestUsers *users, const gchar *token);
/* @der: the certificate */
CMAF_API gboolean cmaf_ingest_users_check_certificate (
    const CmafIngestUsers *users, const guint8 *der, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestUsers, cmaf_ingest_users_free)

G_END_DECLS
