/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a sender says of itself: Basic (RFC 7617), Digest (RFC 7616: MD5 and
 * SHA-256, qop auth) and bearer tokens (RFC 6750). Pure, but for the client
 * nonces. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* Borrowed strings; NULL: none. */
typedef struct
{
  const gchar *user;
  const gchar *password;
  const gchar *token; /* goes before user and password */
} CmafHttpCredentials;

typedef enum
{
  CMAF_HTTP_AUTH_NONE,
  CMAF_HTTP_AUTH_BASIC,
  CMAF_HTTP_AUTH_DIGEST,
  CMAF_HTTP_AUTH_BEARER,
} CmafHttpAuthScheme;

/* What one connection knows of how to authenticate itself. */
typedef struct
{
  /*< private >*/
  CmafHttpAuthScheme scheme;
  gboolean was_used; /* the last request had a field made by this */
  /* Digest */
  gchar *realm, *nonce, *opaque;
  gboolean is_sha256, is_session, has_qop, hashes_user;
  gchar *first_cnonce; /* for -sess */
  guint n_uses;        /* of the nonce */
} CmafHttpAuth;

CMAF_API void cmaf_http_auth_clear (CmafHttpAuth *auth);
/* Begins with a scheme that needs no challenge. */
CMAF_API void cmaf_http_auth_use (
    CmafHttpAuth *auth, CmafHttpAuthScheme scheme);
/* 401 came with these fields WWW-Authenticate. TRUE: the same request may be
 * sent again, with a new field. FALSE: nothing that is known has not been
 * refused. @may_basic FALSE: a password is never sent as it is. */
CMAF_API gboolean cmaf_http_auth_challenge (CmafHttpAuth *auth,
    gchar **challenges, const CmafHttpCredentials *credentials,
    gboolean may_basic);
/* "Authorization: ...\r\n", or NULL when there is nothing to say. @target: as
 * in the request line. (transfer full) */
CMAF_API gchar *cmaf_http_auth_make_field (CmafHttpAuth *auth,
    const CmafHttpCredentials *credentials, const gchar *method,
    const gchar *target);
/* The Digest field with a given client nonce, and nothing else. For tests. */
CMAF_API gchar *cmaf_http_auth_make_digest (CmafHttpAuth *auth,
    const CmafHttpCredentials *credentials, const gchar *method,
    const gchar *target, const gchar *cnonce);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafHttpAuth, cmaf_http_auth_clear)

G_END_DECLS
