/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A nonce says when it was made, and is signed: none is kept before somebody
 * has used it with the right answer. */
#include "http-digest.h"

#include <gst/cmafhttp/http-challenge.h>
#include <gst/cmafhttp/secret.h>
#include <stdlib.h>
#include <string.h>

#define LIFETIME (5 * 60 * GST_SECOND)
#define MAX_NONCES 4096
#define KEY_SIZE 32

typedef struct
{
  GstClockTime until;
  guint64 count; /* the last that was used */
} Use;

struct _CmafHttpDigest
{
  gchar *realm;
  guint8 key[KEY_SIZE];
  guint64 n_given;
  GHashTable *used; /* nonce -> Use */
};

CmafHttpDigest *
cmaf_http_digest_new (const gchar *realm)
{
  CmafHttpDigest *self = g_new0 (CmafHttpDigest, 1);

  self->realm = g_strdup (realm);
  cmaf_secret_random (self->key, sizeof self->key);
  self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cmaf_http_digest_free (CmafHttpDigest *self)
{
  g_hash_table_unref (self->used);
  g_free (self->realm);
  g_free (self);
}

/* ---- nonces ---- */

/* TIME-NUMBER-SIGNATURE */
static gchar *
sign (CmafHttpDigest *self, GstClockTime time, guint64 number)
{
  g_autofree gchar *text = g_strdup_printf (
      "%016" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x", time, number);
  g_autofree gchar *signature = g_compute_hmac_for_string (
      G_CHECKSUM_SHA256, self->key, sizeof self->key, text, -1);

  return g_strdup_printf ("%s-%s", text, signature);
}

/* When it was made; NONE: not here. */
static GstClockTime
get_time (CmafHttpDigest *self, const gchar *nonce)
{
  gchar *end;
  guint64 time = strtoull (nonce, &end, 16);
  guint64 number = *end == '-' ? strtoull (end + 1, NULL, 16) : 0;
  g_autofree gchar *own = sign (self, time, number);

  return cmaf_secret_equal (nonce, own) ? time : GST_CLOCK_TIME_NONE;
}

static gboolean
is_over (gpointer nonce, gpointer value, gpointer user_data)
{
  return ((Use *)value)->until <= *(GstClockTime *)user_data;
}

/* FALSE: somebody has used this count already, or the nonce is too old. */
static gboolean
use (CmafHttpDigest *self, const gchar *nonce, guint64 count, GstClockTime now)
{
  GstClockTime time = get_time (self, nonce);
  Use *known;

  if (time == GST_CLOCK_TIME_NONE || now >= time + LIFETIME)
    return FALSE;
  known = g_hash_table_lookup (self->used, nonce);
  if (known != NULL && count <= known->count)
    return FALSE;
  if (known == NULL) {
    if (g_hash_table_size (self->used) >= MAX_NONCES)
      g_hash_table_foreach_remove (self->used, is_over, &now);
    if (g_hash_table_size (self->used) >= MAX_NONCES)
      return FALSE;
    known = g_new0 (Use, 1);
    g_hash_table_insert (self->used, g_strdup (nonce), known);
  }
  known->until = time + LIFETIME;
  known->count = count;
  return TRUE;
}

gchar *
cmaf_http_digest_challenge (CmafHttpDigest *self, gboolean is_sha256,
    gboolean is_stale, GstClockTime now)
{
  g_autofree gchar *nonce = sign (self, now, self->n_given++);

  return g_strdup_printf ("Digest realm=\"%s\", qop=\"auth\", algorithm=%s, "
                          "nonce=\"%s\"%s",
      self->realm, is_sha256 ? "SHA-256" : "MD5", nonce,
      is_stale ? ", stale=true" : "");
}

/* ---- answers ---- */

typedef struct
{
  gchar *user;
  const gchar *nonce, *uri, *response, *nc, *cnonce;
  guint64 count;
  gboolean is_sha256;
} Answer;

/* username, or username* with what it is coded in (transfer full) */
static gchar *
get_user (const CmafHttpChallenge *fields)
{
  const gchar *user = cmaf_http_challenge_get (fields, "username");
  const gchar *coded = cmaf_http_challenge_get (fields, "username*");

  if (user != NULL)
    return g_strdup (user);
  if (coded == NULL || g_ascii_strncasecmp (coded, "UTF-8''", 7) != 0)
    return NULL;
  return g_uri_unescape_string (coded + 7, NULL);
}

static gboolean
has (const CmafHttpChallenge *fields, const gchar *name, const gchar *value)
{
  const gchar *is = cmaf_http_challenge_get (fields, name);

  return is != NULL && g_ascii_strcasecmp (is, value) == 0;
}

static gboolean
read_answer (CmafHttpDigest *self, const CmafHttpChallenge *fields, Answer *out)
{
  const gchar *algorithm = cmaf_http_challenge_get (fields, "algorithm");
  const gchar *realm = cmaf_http_challenge_get (fields, "realm");

  out->user = get_user (fields);
  out->nonce = cmaf_http_challenge_get (fields, "nonce");
  out->uri = cmaf_http_challenge_get (fields, "uri");
  out->response = cmaf_http_challenge_get (fields, "response");
  out->nc = cmaf_http_challenge_get (fields, "nc");
  out->cnonce = cmaf_http_challenge_get (fields, "cnonce");
  out->is_sha256 = has (fields, "algorithm", "SHA-256");
  return (algorithm == NULL || out->is_sha256
             || has (fields, "algorithm", "MD5"))
         && g_strcmp0 (realm, self->realm) == 0 && has (fields, "qop", "auth")
         && out->user && out->nonce && out->uri && out->response && out->cnonce
         && out->nc && strlen (out->nc) == 8
         && g_ascii_string_to_unsigned (
             out->nc, 16, 1, G_MAXUINT32, &out->count, NULL);
}

/* Hexadecimal, of all parts with colons in between. */
static gchar *
hash (gboolean is_sha256, const gchar *const *parts)
{
  g_autofree gchar *text = g_strjoinv (":", (gchar **)parts);

  return g_compute_checksum_for_string (
      is_sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
}

static gboolean
is_right (const Answer *answer, const gchar *secret, const gchar *method)
{
  g_autofree gchar *request =
      hash (answer->is_sha256, (const gchar *[]){ method, answer->uri, NULL });
  g_autofree gchar *expected = hash (answer->is_sha256,
      (const gchar *[]){ secret ? secret : "", answer->nonce, answer->nc,
          answer->cnonce, "auth", request, NULL });
  g_autofree gchar *given = g_ascii_strdown (answer->response, -1);

  return cmaf_secret_equal (given, expected) && secret != NULL;
}

CmafHttpDigestResult
cmaf_http_digest_check (CmafHttpDigest *self, const gchar *field,
    const gchar *method, const gchar *target, CmafHttpDigestFind find,
    gpointer user_data, GstClockTime now)
{
  g_autoptr (GPtrArray) fields = cmaf_http_challenges_new ();
  CmafHttpDigestResult result = CMAF_HTTP_DIGEST_WRONG;
  Answer answer = { NULL };

  cmaf_http_challenges_parse (fields, field);
  if (fields->len == 1
      && read_answer (self, g_ptr_array_index (fields, 0), &answer)
      && g_str_equal (answer.uri, target)) {
    g_autofree gchar *secret = find (answer.user, answer.is_sha256, user_data);

    if (is_right (&answer, secret, method))
      result = use (self, answer.nonce, answer.count, now)
                   ? CMAF_HTTP_DIGEST_RIGHT
                   : CMAF_HTTP_DIGEST_STALE;
  }
  g_free (answer.user);
  return result;
}
