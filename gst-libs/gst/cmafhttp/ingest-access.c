/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Wrong credentials get another answer than none: a sender that was not asked
 * yet is asked. What was right is remembered for a minute, so that a hash that
 * is slow to make is made once, and guessing by others costs its owner nothing.
 */
#include "ingest-access.h"

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmafhttp/http-digest.h>
#include <gst/cmafhttp/ingest-failures.h>
#include <gst/cmafhttp/ingest-users.h>
#include <gst/cmafhttp/secret.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE (1024 * 1024)
#define LOOK_EVERY GST_SECOND
#define REMEMBERED (60 * GST_SECOND)
#define MAX_REMEMBERED 1024

/* What tells that a file is not the one that was read. */
typedef struct
{
  guint64 device, inode, size;
  struct timespec changed;
} FileState;

struct _CmafIngestAccess
{
  CmafIngestAccessConfig config; /* strings and database are owned */
  CmafIngestUsers *users;
  FileState file;
  GstClockTime next_look;
  CmafHttpDigest *digest;
  CmafIngestFailures *failures;
  GHashTable *right; /* hash of an Authorization -> until when */
  guint8 key[CMAF_SECRET_HASH_SIZE]; /* of the hashes */
};

/* ---- the file ---- */

static FileState
look_at (const gchar *path)
{
  struct stat s;

  if (path == NULL || stat (path, &s) != 0)
    return (FileState){ 0 };
  return (FileState){ s.st_dev, s.st_ino, s.st_size, s.st_mtim };
}

static CmafIngestUsers *
read_users (const CmafIngestAccessConfig *config, GError **error)
{
  g_autofree gchar *text = NULL;
  CmafIngestUsers *users;
  gsize size = 0;

  if (config->users_file != NULL
      && look_at (config->users_file).size > MAX_FILE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "users-file: %s has more than %u bytes, needs a line for each user",
        config->users_file, MAX_FILE);
    return NULL;
  }
  if (config->users_file != NULL
      && !g_file_get_contents (config->users_file, &text, &size, error)) {
    g_prefix_error (error, "users-file: ");
    return NULL;
  }
  users = cmaf_ingest_users_parse (text ? text : "", size, error);
  if (text != NULL)
    memset (text, 0, size);
  if (users == NULL)
    g_prefix_error (error, "users-file: %s: ", config->users_file);
  else if (config->user_id != NULL)
    cmaf_ingest_users_add (
        users, config->user_id, config->user_pw ? config->user_pw : "");
  return users;
}

/* A file that has become wrong is told once. */
static void
read_again (CmafIngestAccess *self, GstClockTime now)
{
  g_autoptr (GError) error = NULL;
  CmafIngestUsers *users;
  FileState state;

  if (self->config.users_file == NULL || now < self->next_look)
    return;
  self->next_look = now + LOOK_EVERY;
  state = look_at (self->config.users_file);
  if (memcmp (&state, &self->file, sizeof state) == 0)
    return;
  self->file = state;
  users = read_users (&self->config, &error);
  if (users == NULL) {
    if (self->config.warn)
      self->config.warn (error, self->config.user_data);
    return;
  }
  cmaf_ingest_users_free (self->users);
  self->users = users;
  g_hash_table_remove_all (self->right);
}

/* ---- what was right ---- */

static gchar *
hash_claim (CmafIngestAccess *self, const gchar *authorization)
{
  return g_compute_hmac_for_string (
      G_CHECKSUM_SHA256, self->key, sizeof self->key, authorization, -1);
}

static gboolean
was_right (CmafIngestAccess *self, const gchar *authorization, GstClockTime now)
{
  g_autofree gchar *hash = hash_claim (self, authorization);
  const GstClockTime *until = g_hash_table_lookup (self->right, hash);

  return until != NULL && now < *until;
}

static void
remember (CmafIngestAccess *self, const gchar *authorization, GstClockTime now)
{
  GstClockTime *until = g_new (GstClockTime, 1);

  if (g_hash_table_size (self->right) >= MAX_REMEMBERED)
    g_hash_table_remove_all (self->right);
  *until = now + REMEMBERED;
  g_hash_table_insert (self->right, hash_claim (self, authorization), until);
}

/* ---- schemes ---- */

static gboolean
ask (CmafIngestAccess *self, const gchar *scheme, const gchar *user,
    const gchar *secret, const CmafIngestClaim *claim)
{
  return self->config.ask
         && self->config.ask (
             scheme, user, secret, claim, self->config.user_data);
}

/* What follows the scheme, or NULL. */
static const gchar *
after_scheme (const gchar *authorization, const gchar *scheme)
{
  gsize length = strlen (scheme);

  if (g_ascii_strncasecmp (authorization, scheme, length) != 0
      || authorization[length] != ' ')
    return NULL;
  return authorization + length + strspn (authorization + length, " ");
}

/* With or without a colon (11.1): then the password is empty. */
static gboolean
check_basic (
    CmafIngestAccess *self, const gchar *coded, const CmafIngestClaim *claim)
{
  gsize size;
  g_autofree guchar *decoded = g_base64_decode (coded, &size);
  g_autofree gchar *user = g_strndup ((const gchar *)decoded, size);
  gchar *colon = strchr (user, ':');
  const gchar *password = colon ? colon + 1 : "";

  if (!g_utf8_validate (user, -1, NULL))
    return FALSE;
  if (colon != NULL)
    *colon = '\0';
  return cmaf_ingest_users_check_password (self->users, user, password)
         || ask (self, "basic", user, password, claim);
}

static gchar *
find_digest (const gchar *user, gboolean is_sha256, gpointer user_data)
{
  return cmaf_ingest_users_get_digest (user_data, user, is_sha256);
}

static CmafIngestAccessResult
check_digest (
    CmafIngestAccess *self, const CmafIngestClaim *claim, GstClockTime now)
{
  switch (cmaf_http_digest_check (self->digest, claim->authorization,
      claim->method, claim->target, find_digest, self->users, now)) {
    case CMAF_HTTP_DIGEST_RIGHT:
      return CMAF_INGEST_ALLOWED;
    case CMAF_HTTP_DIGEST_STALE:
      return CMAF_INGEST_STALE;
    default:
      return CMAF_INGEST_WRONG;
  }
}

/* Looks at no more than what is written there. */
static gboolean
check_words (
    CmafIngestAccess *self, const CmafIngestClaim *claim, GstClockTime now)
{
  const gchar *basic = after_scheme (claim->authorization, "Basic");
  const gchar *token = after_scheme (claim->authorization, "Bearer");
  gboolean is_right = FALSE;

  if (basic != NULL)
    is_right = check_basic (self, basic, claim);
  else if (token != NULL)
    is_right = cmaf_ingest_users_check_token (self->users, token)
               || ask (self, "bearer", NULL, token, claim);
  /* whoever is asked may think again */
  if (is_right && self->config.ask == NULL)
    remember (self, claim->authorization, now);
  return is_right;
}

static gboolean
check_certificate (CmafIngestAccess *self, const CmafIngestClaim *claim)
{
  g_autoptr (GByteArray) der = NULL;
  GTlsCertificateFlags errors = G_TLS_CERTIFICATE_GENERIC_ERROR;

  if (self->config.client_ca != NULL)
    errors = g_tls_database_verify_chain (self->config.client_ca,
        claim->certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT, NULL,
        NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);
  if (errors == 0)
    return TRUE;
  g_object_get (claim->certificate, "certificate", &der, NULL);
  return (der != NULL
             && cmaf_ingest_users_check_certificate (
                 self->users, der->data, der->len))
         || ask (self, "certificate", NULL, NULL, claim);
}

/* ---- requests ---- */

static gboolean
is_open (const CmafIngestAccess *self)
{
  return self->config.user_id == NULL && self->config.users_file == NULL
         && self->config.client_ca == NULL && self->config.ask == NULL;
}

static CmafIngestAccessResult
check (CmafIngestAccess *self, const CmafIngestClaim *claim, GstClockTime now)
{
  const gchar *words = claim->authorization;

  if (claim->certificate != NULL && check_certificate (self, claim))
    return CMAF_INGEST_ALLOWED;
  if (words == NULL && ask (self, "none", NULL, NULL, claim))
    return CMAF_INGEST_ALLOWED;
  if (words == NULL)
    return CMAF_INGEST_MISSING;
  if (after_scheme (words, "Digest"))
    return check_digest (self, claim, now);
  if (was_right (self, words, now))
    return CMAF_INGEST_ALLOWED;
  if (cmaf_ingest_failures_is_full (self->failures, claim->address, now))
    return CMAF_INGEST_LATER;
  return check_words (self, claim, now) ? CMAF_INGEST_ALLOWED
                                        : CMAF_INGEST_WRONG;
}

CmafIngestAccessResult
cmaf_ingest_access_check (CmafIngestAccess *self, const CmafIngestClaim *claim,
    GstClockTime now, gboolean *is_held)
{
  CmafIngestAccessResult result;

  *is_held = FALSE;
  if (is_open (self))
    return CMAF_INGEST_ALLOWED;
  read_again (self, now);
  result = check (self, claim, now);
  if (result == CMAF_INGEST_WRONG) {
    if (cmaf_ingest_failures_is_full (self->failures, claim->address, now))
      return CMAF_INGEST_LATER;
    *is_held = cmaf_ingest_failures_add (self->failures, claim->address, now);
  }
  return result;
}

void
cmaf_ingest_access_answered (CmafIngestAccess *self, const gchar *address)
{
  cmaf_ingest_failures_answered (self->failures, address);
}

/* The one of MD5 is the last of Digest: some peers know no other, and take the
 * last. */
gchar **
cmaf_ingest_access_make_challenges (
    CmafIngestAccess *self, gboolean is_stale, GstClockTime now)
{
  CmafIngestUsersKinds kinds = cmaf_ingest_users_get_kinds (self->users);
  GStrvBuilder *builder = g_strv_builder_new ();
  gchar **challenges;

  for (gint is_sha256 = TRUE; is_sha256 >= FALSE; is_sha256--) {
    g_autofree gchar *value = NULL;

    if (!(kinds
            & (is_sha256 ? CMAF_INGEST_USERS_DIGEST_SHA256
                         : CMAF_INGEST_USERS_DIGEST_MD5)))
      continue;
    value = cmaf_http_digest_challenge (self->digest, is_sha256, is_stale, now);
    g_strv_builder_add (builder, value);
  }
  if (kinds & CMAF_INGEST_USERS_BASIC || self->config.ask != NULL)
    g_strv_builder_add (
        builder, "Basic realm=\"" CMAF_INGEST_REALM "\", charset=\"UTF-8\"");
  if (kinds & CMAF_INGEST_USERS_TOKEN || self->config.ask != NULL)
    g_strv_builder_add (builder, "Bearer realm=\"" CMAF_INGEST_REALM "\"");
  challenges = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  if (*challenges == NULL)
    g_clear_pointer (&challenges, g_strfreev);
  return challenges;
}

gboolean
cmaf_ingest_access_wants_certificates (const CmafIngestAccess *self)
{
  /* a file may have some tomorrow */
  return self->config.client_ca != NULL || self->config.users_file != NULL
         || self->config.ask != NULL;
}

CmafIngestAccess *
cmaf_ingest_access_new (const CmafIngestAccessConfig *config, GError **error)
{
  FileState state = look_at (config->users_file);
  CmafIngestUsers *users;
  CmafIngestAccess *self;

  if (config->user_pw != NULL && config->user_id == NULL) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "user-pw: is the password of nobody, needs user-id too");
    return NULL;
  }
  users = read_users (config, error);
  if (users == NULL)
    return NULL;
  self = g_new0 (CmafIngestAccess, 1);
  self->config = *config;
  self->config.user_id = g_strdup (config->user_id);
  self->config.user_pw = g_strdup (config->user_pw);
  self->config.users_file = g_strdup (config->users_file);
  if (config->client_ca != NULL)
    g_object_ref (config->client_ca);
  self->users = users;
  self->file = state;
  self->digest = cmaf_http_digest_new (CMAF_INGEST_REALM);
  self->failures = cmaf_ingest_failures_new ();
  self->right = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  cmaf_secret_random (self->key, sizeof self->key);
  return self;
}

void
cmaf_ingest_access_free (CmafIngestAccess *self)
{
  cmaf_ingest_users_free (self->users);
  cmaf_http_digest_free (self->digest);
  cmaf_ingest_failures_free (self->failures);
  g_hash_table_unref (self->right);
  g_clear_object (&self->config.client_ca);
  g_free ((gchar *)self->config.user_id);
  g_free ((gchar *)self->config.user_pw);
  g_free ((gchar *)self->config.users_file);
  g_free (self);
}
