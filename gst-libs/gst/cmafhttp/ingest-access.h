/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who may send: Basic (RFC 7617), Digest (RFC 7616), bearer tokens (RFC 6750)
 * and client certificates, of one user, of a file of users that is read again
 * when it changes, and of whoever is asked. No socket, no thread; the file is
 * read by these functions. Since: 0.1 */
#pragma once

#include <gio/gio.h>
#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* What a request says of its sender. Borrowed. */
typedef struct
{
  const gchar *authorization;   /* NULL: nothing */
  GTlsCertificate *certificate; /* NULL: none */
  const gchar *method;
  const gchar *target; /* as in the request line */
  const gchar *address;
} CmafIngestClaim;

/* @scheme: "basic", with @user and password as @secret; "bearer", with the
 * token as @secret; "certificate", with the @certificate; "none". */
typedef gboolean (*CmafIngestAsk) (const gchar *scheme, const gchar *user,
    const gchar *secret, const CmafIngestClaim *claim, gpointer user_data);

typedef struct
{
  const gchar *user_id, *user_pw; /* NULL: no such user */
  const gchar *users_file;        /* NULL: none; see ingest-users.h */
  GTlsDatabase *client_ca;        /* NULL: no certificate is good by it */
  CmafIngestAsk ask; /* about what the above do not know; NULL: nobody is */
  /* The file has become wrong: the users it had stay (transfer none). */
  void (*warn) (const GError *error, gpointer user_data);
  gpointer user_data;
} CmafIngestAccessConfig;

typedef enum
{
  CMAF_INGEST_ALLOWED,
  CMAF_INGEST_MISSING, /* 401: no credentials */
  CMAF_INGEST_STALE,   /* 401: right, with a nonce that has had its time */
  CMAF_INGEST_WRONG,   /* 403 */
  CMAF_INGEST_LATER,   /* 429: too many wrong ones of this address */
} CmafIngestAccessResult;

typedef struct _CmafIngestAccess CmafIngestAccess;

/* NULL: the file is wrong; the error names it, the line and what is needed. */
CMAF_API CmafIngestAccess *cmaf_ingest_access_new (
    const CmafIngestAccessConfig *config, GError **error);
CMAF_API void cmaf_ingest_access_free (CmafIngestAccess *access);
/* *@is_held: the answer is to wait for CMAF_INGEST_FAILURE_HOLD, and
 * _answered() to be called then. */
CMAF_API CmafIngestAccessResult cmaf_ingest_access_check (
    CmafIngestAccess *access, const CmafIngestClaim *claim, GstClockTime now,
    gboolean *is_held);
CMAF_API void cmaf_ingest_access_answered (
    CmafIngestAccess *access, const gchar *address);
/* Values of WWW-Authenticate, in the order of the best; NULL: there is no way
 * to ask, certificates alone count (transfer full). */
CMAF_API gchar **cmaf_ingest_access_make_challenges (
    CmafIngestAccess *access, gboolean is_stale, GstClockTime now);
/* Clients are to be asked for a certificate. */
CMAF_API gboolean cmaf_ingest_access_wants_certificates (
    const CmafIngestAccess *access);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestAccess, cmaf_ingest_access_free)

G_END_DECLS
