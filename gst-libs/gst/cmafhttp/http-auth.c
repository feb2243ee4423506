/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The best challenge that can be answered is chosen, and answered. */
#include "http-auth.h"

#include <gst/cmafhttp/http-challenge.h>
#include <gst/cmafhttp/secret.h>
#include <string.h>

/* ---- choosing a challenge ---- */

typedef CmafHttpChallenge Challenge;

static CmafHttpAuthScheme
scheme_of (const Challenge *challenge)
{
  static const gchar *const names[] = { [CMAF_HTTP_AUTH_BASIC] = "basic",
    [CMAF_HTTP_AUTH_DIGEST] = "digest",
    [CMAF_HTTP_AUTH_BEARER] = "bearer" };

  for (guint i = CMAF_HTTP_AUTH_BASIC; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (challenge->scheme, names[i]))
      return (CmafHttpAuthScheme)i;
  return CMAF_HTTP_AUTH_NONE;
}

static gboolean
list_has (const gchar *list, const gchar *word)
{
  g_auto (GStrv) words = g_strsplit_set (list, ", ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], word) == 0)
      return TRUE;
  return FALSE;
}

/* 0: cannot be answered; the larger the better. */
static guint
rank (const Challenge *challenge, const CmafHttpCredentials *credentials,
    gboolean may_basic)
{
  const gchar *algorithm = cmaf_http_challenge_get (challenge, "algorithm");
  const gchar *qop = cmaf_http_challenge_get (challenge, "qop");

  if (scheme_of (challenge) == CMAF_HTTP_AUTH_BEARER)
    return credentials->token != NULL ? 4 : 0;
  if (credentials->user == NULL)
    return 0;
  if (scheme_of (challenge) == CMAF_HTTP_AUTH_BASIC)
    return may_basic ? 1 : 0;
  if (scheme_of (challenge) != CMAF_HTTP_AUTH_DIGEST
      || cmaf_http_challenge_get (challenge, "nonce") == NULL
      || (qop != NULL && *qop != '\0' && !list_has (qop, "auth")))
    return 0;
  if (algorithm == NULL || g_ascii_strcasecmp (algorithm, "MD5") == 0
      || g_ascii_strcasecmp (algorithm, "MD5-sess") == 0)
    return 2;
  return g_ascii_strcasecmp (algorithm, "SHA-256") == 0
                 || g_ascii_strcasecmp (algorithm, "SHA-256-sess") == 0
             ? 3
             : 0;
}

/* ---- what is known ---- */

void
cmaf_http_auth_clear (CmafHttpAuth *auth)
{
  g_free (auth->realm);
  g_free (auth->nonce);
  g_free (auth->opaque);
  g_free (auth->first_cnonce);
  memset (auth, 0, sizeof *auth);
}

void
cmaf_http_auth_use (CmafHttpAuth *auth, CmafHttpAuthScheme scheme)
{
  cmaf_http_auth_clear (auth);
  auth->scheme = scheme;
}

static void
take_digest (CmafHttpAuth *auth, const Challenge *challenge)
{
  const gchar *algorithm = cmaf_http_challenge_get (challenge, "algorithm");
  const gchar *qop = cmaf_http_challenge_get (challenge, "qop");
  const gchar *userhash = cmaf_http_challenge_get (challenge, "userhash");
  const gchar *realm = cmaf_http_challenge_get (challenge, "realm");

  auth->realm = g_strdup (realm ? realm : "");
  auth->nonce = g_strdup (cmaf_http_challenge_get (challenge, "nonce"));
  auth->opaque = g_strdup (cmaf_http_challenge_get (challenge, "opaque"));
  auth->is_sha256 =
      algorithm != NULL && g_ascii_strncasecmp (algorithm, "SHA-256", 7) == 0;
  auth->is_session =
      algorithm != NULL && strlen (algorithm) > 5
      && g_ascii_strcasecmp (algorithm + strlen (algorithm) - 5, "-sess") == 0;
  auth->has_qop = qop != NULL && *qop != '\0';
  auth->hashes_user =
      userhash != NULL && g_ascii_strcasecmp (userhash, "true") == 0;
}

/* The same scheme was tried with these credentials, and not because its nonce
 * was too old. */
static gboolean
was_refused (const CmafHttpAuth *auth, const Challenge *challenge)
{
  const gchar *stale = cmaf_http_challenge_get (challenge, "stale");

  return auth->was_used && auth->scheme == scheme_of (challenge)
         && (stale == NULL || g_ascii_strcasecmp (stale, "true") != 0);
}

gboolean
cmaf_http_auth_challenge (CmafHttpAuth *auth, gchar **fields,
    const CmafHttpCredentials *credentials, gboolean may_basic)
{
  g_autoptr (GPtrArray) challenges = cmaf_http_challenges_new ();
  const Challenge *best = NULL;
  guint best_rank = 0;

  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    cmaf_http_challenges_parse (challenges, fields[i]);
  for (guint i = 0; i < challenges->len; i++) {
    const Challenge *challenge = g_ptr_array_index (challenges, i);
    guint r = rank (challenge, credentials, may_basic);

    if (r > best_rank) {
      best_rank = r;
      best = challenge;
    }
  }
  if (best == NULL || was_refused (auth, best))
    return FALSE;
  cmaf_http_auth_use (auth, scheme_of (best));
  if (auth->scheme == CMAF_HTTP_AUTH_DIGEST)
    take_digest (auth, best);
  return TRUE;
}

/* ---- answering ---- */

static gchar *
make_basic (const CmafHttpCredentials *credentials)
{
  g_autofree gchar *pair = g_strdup_printf ("%s:%s", credentials->user,
      credentials->password ? credentials->password : "");
  g_autofree gchar *coded =
      g_base64_encode ((const guchar *)pair, strlen (pair));

  return g_strdup_printf ("Authorization: Basic %s\r\n", coded);
}

static gchar *
hash (const CmafHttpAuth *auth, const gchar *text)
{
  return g_compute_checksum_for_string (
      auth->is_sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
}

/* The hash of all parts, with colons in between. */
static gchar *
hash_parts (const CmafHttpAuth *auth, const gchar *const *parts)
{
  g_autofree gchar *text = g_strjoinv (":", (gchar **)parts);

  return hash (auth, text);
}

static gchar *
hash_secret (const CmafHttpAuth *auth, const CmafHttpCredentials *credentials)
{
  const gchar *password = credentials->password ? credentials->password : "";
  gchar *secret = hash_parts (auth,
      (const gchar *[]){ credentials->user, auth->realm, password, NULL });

  if (auth->is_session) {
    g_autofree gchar *plain = secret;

    secret = hash_parts (auth,
        (const gchar *[]){ plain, auth->nonce, auth->first_cnonce, NULL });
  }
  return secret;
}

static gchar *
hash_response (CmafHttpAuth *auth, const CmafHttpCredentials *credentials,
    const gchar *method, const gchar *target, const gchar *count,
    const gchar *cnonce)
{
  g_autofree gchar *secret = hash_secret (auth, credentials);
  g_autofree gchar *request =
      hash_parts (auth, (const gchar *[]){ method, target, NULL });

  if (!auth->has_qop)
    return hash_parts (
        auth, (const gchar *[]){ secret, auth->nonce, request, NULL });
  return hash_parts (auth, (const gchar *[]){ secret, auth->nonce, count,
                               cnonce, "auth", request, NULL });
}

static gboolean
is_plain_ascii (const gchar *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text < 0x20 || (guchar)*text > 0x7e)
      return FALSE;
  return TRUE;
}

static void
append_quoted (GString *out, const gchar *name, const gchar *value)
{
  g_string_append_printf (out, "%s=\"", name);
  for (; *value != '\0'; value++) {
    if (*value == '"' || *value == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *value);
  }
  g_string_append_c (out, '"');
}

static void
append_user (GString *out, const CmafHttpAuth *auth,
    const CmafHttpCredentials *credentials)
{
  if (auth->hashes_user) {
    g_autofree gchar *hashed = hash_parts (
        auth, (const gchar *[]){ credentials->user, auth->realm, NULL });

    append_quoted (out, "username", hashed);
    g_string_append (out, ", userhash=true");
  } else if (is_plain_ascii (credentials->user)) {
    append_quoted (out, "username", credentials->user);
  } else {
    g_autofree gchar *escaped =
        g_uri_escape_string (credentials->user, NULL, FALSE);

    g_string_append_printf (out, "username*=UTF-8''%s", escaped);
  }
}

gchar *
cmaf_http_auth_make_digest (CmafHttpAuth *auth,
    const CmafHttpCredentials *credentials, const gchar *method,
    const gchar *target, const gchar *cnonce)
{
  g_autofree gchar *count = g_strdup_printf ("%08x", ++auth->n_uses);
  g_autofree gchar *response = NULL;
  GString *out = g_string_new ("Authorization: Digest ");

  if (auth->first_cnonce == NULL)
    auth->first_cnonce = g_strdup (cnonce);
  response = hash_response (auth, credentials, method, target, count, cnonce);
  append_user (out, auth, credentials);
  g_string_append (out, ", ");
  append_quoted (out, "realm", auth->realm);
  g_string_append (out, ", ");
  append_quoted (out, "nonce", auth->nonce);
  g_string_append (out, ", ");
  append_quoted (out, "uri", target);
  g_string_append_printf (out, ", algorithm=%s%s, response=\"%s\"",
      auth->is_sha256 ? "SHA-256" : "MD5", auth->is_session ? "-sess" : "",
      response);
  if (auth->has_qop)
    g_string_append_printf (
        out, ", qop=auth, nc=%s, cnonce=\"%s\"", count, cnonce);
  if (auth->opaque != NULL) {
    g_string_append (out, ", ");
    append_quoted (out, "opaque", auth->opaque);
  }
  g_string_append (out, "\r\n");
  return g_string_free (out, FALSE);
}

static gchar *
make_cnonce (void)
{
  guint8 bytes[12];

  cmaf_secret_random (bytes, sizeof bytes);
  return g_base64_encode (bytes, sizeof bytes);
}

gchar *
cmaf_http_auth_make_field (CmafHttpAuth *auth,
    const CmafHttpCredentials *credentials, const gchar *method,
    const gchar *target)
{
  gchar *field = NULL;

  if (auth->scheme == CMAF_HTTP_AUTH_BEARER && credentials->token) {
    field =
        g_strdup_printf ("Authorization: Bearer %s\r\n", credentials->token);
  } else if (auth->scheme == CMAF_HTTP_AUTH_BASIC && credentials->user) {
    field = make_basic (credentials);
  } else if (auth->scheme == CMAF_HTTP_AUTH_DIGEST && credentials->user) {
    g_autofree gchar *cnonce = make_cnonce ();

    field =
        cmaf_http_auth_make_digest (auth, credentials, method, target, cnonce);
  }
  auth->was_used = field != NULL;
  return field;
}
