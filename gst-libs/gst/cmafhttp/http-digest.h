/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The server's side of Digest (RFC 7616: MD5 and SHA-256, qop auth): nonces
 * given, and answers checked. A nonce is good for five minutes, and each count
 * of it for one request. Pure, but for the nonces. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_HTTP_DIGEST_RIGHT,
  CMAF_HTTP_DIGEST_WRONG,
  CMAF_HTTP_DIGEST_STALE, /* right, but the nonce has had its time */
} CmafHttpDigestResult;

/* H(A1) of @user in hexadecimal (transfer full); NULL: nobody. */
typedef gchar *(*CmafHttpDigestFind) (
    const gchar *user, gboolean is_sha256, gpointer user_data);

typedef struct _CmafHttpDigest CmafHttpDigest;

CMAF_API CmafHttpDigest *cmaf_http_digest_new (const gchar *realm);
CMAF_API void cmaf_http_digest_free (CmafHttpDigest *digest);
/* A value of WWW-Authenticate (transfer full). */
CMAF_API gchar *cmaf_http_digest_challenge (CmafHttpDigest *digest,
    gboolean is_sha256, gboolean is_stale, GstClockTime now);
/* @field: the value of Authorization; @target: as in the request line. */
CMAF_API CmafHttpDigestResult cmaf_http_digest_check (CmafHttpDigest *digest,
    const gchar *field, const gchar *method, const gchar *target,
    CmafHttpDigestFind find, gpointer user_data, GstClockTime now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafHttpDigest, cmaf_http_digest_free)

G_END_DECLS
