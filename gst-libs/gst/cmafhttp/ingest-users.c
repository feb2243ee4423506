/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-users.h"

#include <gst/cmafhttp/secret.h>
#include <string.h>

/* some milliseconds, in which nobody is served */
#define MAX_ITERATIONS 10000
#define MIN_TOKEN 16
#define MD5_HEX 32
#define SHA256_HEX 64

typedef enum
{
  PLAIN,
  PBKDF2,
  DIGEST_MD5,
  DIGEST_SHA256,
  SHA256,
} Form;

typedef struct
{
  Form form;
  gchar *name;
  gchar *secret; /* or the hash of it: hexadecimal, lower case */
  gchar *salt;
  guint n_iterations;
} Entry;

struct _CmafIngestUsers
{
  GPtrArray *users, *tokens, *certificates; /* of Entry */
};

static void
free_secret (gchar *secret)
{
  if (secret != NULL)
    memset (secret, 0, strlen (secret));
  g_free (secret);
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  free_secret (entry->secret);
  g_free (entry->salt);
  g_free (entry);
}

/* ---- reading ---- */

/* Lower case and without colons; NULL when that is not @size digits. */
static gchar *
take_hex (const gchar *text, gsize size)
{
  GString *hex = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (*text == ':')
      continue;
    if (!g_ascii_isxdigit (*text)) {
      g_string_free (hex, TRUE);
      return NULL;
    }
    g_string_append_c (hex, g_ascii_tolower (*text));
  }
  return g_string_free (hex, size != hex->len);
}

/* ITERATIONS:SALT:HEX */
static gboolean
take_pbkdf2 (Entry *entry, const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  guint64 n;

  if (g_strv_length (parts) != 3 || *parts[1] == '\0'
      || !g_ascii_string_to_unsigned (
          parts[0], 10, 1, MAX_ITERATIONS, &n, NULL))
    return FALSE;
  entry->form = PBKDF2;
  entry->n_iterations = n;
  entry->salt = g_strdup (parts[1]);
  entry->secret = take_hex (parts[2], SHA256_HEX);
  return entry->secret != NULL;
}

static gboolean
take_digest (Entry *entry, const gchar *text)
{
  gboolean is_md5 = strlen (text) == MD5_HEX;

  entry->form = is_md5 ? DIGEST_MD5 : DIGEST_SHA256;
  entry->secret = take_hex (text, is_md5 ? MD5_HEX : SHA256_HEX);
  return entry->secret != NULL;
}

/* NULL: good; else what it needs */
static const gchar *
take_user (Entry *entry, const gchar *text)
{
  if (strchr (entry->name, ':') != NULL)
    return "a name without a colon";
  if (g_str_has_prefix (text, "pbkdf2:"))
    return take_pbkdf2 (entry, text + 7)
               ? NULL
               : "pbkdf2:ITERATIONS:SALT:HEX with at most 10000 iterations "
                 "and 64 digits";
  if (g_str_has_prefix (text, "digest:"))
    return take_digest (entry, text + 7)
               ? NULL
               : "digest:HEX with 32 digits (MD5) or 64 (SHA-256) of "
                 "NAME:" CMAF_INGEST_REALM ":PASSWORD";
  entry->secret = g_strdup (text);
  return NULL;
}

static const gchar *
take_token (Entry *entry, const gchar *text)
{
  if (g_str_has_prefix (text, "sha256:")) {
    entry->form = SHA256;
    entry->secret = take_hex (text + 7, SHA256_HEX);
    return entry->secret ? NULL : "sha256:HEX with 64 digits";
  }
  if (strlen (text) < MIN_TOKEN)
    return "a token of at least 16 characters";
  entry->secret = g_strdup (text);
  return NULL;
}

static const gchar *
take_certificate (Entry *entry, const gchar *text)
{
  entry->form = SHA256;
  entry->secret = take_hex (text, SHA256_HEX);
  return entry->secret ? NULL : "the SHA-256 of the certificate, 64 digits";
}

static const gchar *
take_word (const gchar **at)
{
  const gchar *from;

  while (**at == ' ' || **at == '\t')
    (*at)++;
  from = *at;
  while (**at != '\0' && **at != ' ' && **at != '\t')
    (*at)++;
  return from;
}

/* NULL: good; else what the line needs. @line has no space at its end. */
static const gchar *
take_line (CmafIngestUsers *self, const gchar *line)
{
  const struct
  {
    const gchar *word;
    GPtrArray *list;
    const gchar *(*take) (Entry *entry, const gchar *text);
  } kinds[] = { { "user", self->users, take_user },
    { "token", self->tokens, take_token },
    { "certificate", self->certificates, take_certificate } };
  const gchar *at = line;
  const gchar *word = take_word (&at);
  g_autofree gchar *kind = g_strndup (word, at - word);
  const gchar *name = take_word (&at), *name_end = at, *secret;

  if (*kind == '\0' || *kind == '#')
    return NULL;
  for (secret = at; *secret == ' ' || *secret == '\t';)
    secret++;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    Entry *entry;

    if (!g_str_equal (kind, kinds[i].word))
      continue;
    if (*secret == '\0')
      return "three words: what, the name, the secret";
    entry = g_new0 (Entry, 1);
    entry->name = g_strndup (name, name_end - name);
    g_ptr_array_add (kinds[i].list, entry);
    return kinds[i].take (entry, secret);
  }
  return "\"user\", \"token\" or \"certificate\" at its beginning, or a \"#\"";
}

static CmafIngestUsers *
new_users (void)
{
  CmafIngestUsers *self = g_new0 (CmafIngestUsers, 1);

  self->users = g_ptr_array_new_with_free_func (free_entry);
  self->tokens = g_ptr_array_new_with_free_func (free_entry);
  self->certificates = g_ptr_array_new_with_free_func (free_entry);
  return self;
}

CmafIngestUsers *
cmaf_ingest_users_parse (const gchar *text, gsize size, GError **error)
{
  g_autoptr (CmafIngestUsers) self = new_users ();
  const gchar *needed = NULL;
  guint number = 0;

  for (gsize pos = 0, length; pos < size && needed == NULL; pos += length + 1) {
    const gchar *start = text + pos, *end = memchr (start, '\n', size - pos);
    gchar *line;

    length = end ? (gsize)(end - start) : size - pos;
    line = g_strndup (start, length);

    number++;
    if (strlen (line) != length || !g_utf8_validate (line, -1, NULL))
      needed = "UTF-8";
    else
      needed = take_line (self, g_strchomp (line));
    free_secret (line);
  }
  if (needed == NULL)
    return g_steal_pointer (&self);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG, "line %u: needs %s",
      number, needed);
  return NULL;
}

void
cmaf_ingest_users_add (
    CmafIngestUsers *self, const gchar *name, const gchar *password)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (name);
  entry->secret = g_strdup (password);
  g_ptr_array_add (self->users, entry);
}

void
cmaf_ingest_users_free (CmafIngestUsers *self)
{
  g_ptr_array_unref (self->users);
  g_ptr_array_unref (self->tokens);
  g_ptr_array_unref (self->certificates);
  g_free (self);
}

/* ---- asking ---- */

CmafIngestUsersKinds
cmaf_ingest_users_get_kinds (const CmafIngestUsers *self)
{
  static const CmafIngestUsersKinds of_form[] = {
    [PLAIN] = CMAF_INGEST_USERS_DIGEST_MD5 | CMAF_INGEST_USERS_DIGEST_SHA256,
    [DIGEST_MD5] = CMAF_INGEST_USERS_DIGEST_MD5,
    [DIGEST_SHA256] = CMAF_INGEST_USERS_DIGEST_SHA256,
    [SHA256] = 0,
  };
  CmafIngestUsersKinds kinds = 0;

  for (guint i = 0; i < self->users->len; i++) {
    const Entry *entry = g_ptr_array_index (self->users, i);

    kinds |= CMAF_INGEST_USERS_BASIC | of_form[entry->form];
  }
  kinds |= self->tokens->len ? CMAF_INGEST_USERS_TOKEN : 0;
  kinds |= self->certificates->len ? CMAF_INGEST_USERS_CERTIFICATE : 0;
  return kinds;
}

static gchar *
hash_of_digest (const gchar *name, const gchar *password, gboolean is_sha256)
{
  g_autofree gchar *text =
      g_strjoin (":", name, CMAF_INGEST_REALM, password, NULL);

  return g_compute_checksum_for_string (
      is_sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
}

static gboolean
check_password (const Entry *entry, const gchar *password)
{
  g_autofree gchar *derived = NULL;

  if (entry->form == PLAIN)
    return cmaf_secret_equal (password, entry->secret);
  derived = entry->form == PBKDF2 ? cmaf_secret_derive (
                password, entry->salt, entry->n_iterations)
                                  : hash_of_digest (entry->name, password,
                                      entry->form == DIGEST_SHA256);
  return cmaf_secret_equal (derived, entry->secret);
}

gboolean
cmaf_ingest_users_check_password (
    const CmafIngestUsers *self, const gchar *name, const gchar *password)
{
  const Entry *slowest = NULL;
  gboolean is_right = FALSE, was_slow = FALSE;

  for (guint i = 0; i < self->users->len; i++) {
    const Entry *entry = g_ptr_array_index (self->users, i);

    if (slowest == NULL || entry->n_iterations > slowest->n_iterations)
      slowest = entry;
    if (!g_str_equal (entry->name, name))
      continue;
    is_right = check_password (entry, password) || is_right;
    was_slow = was_slow || entry->form == PBKDF2;
  }
  if (slowest != NULL && !was_slow)
    check_password (slowest, password);
  return is_right;
}

gchar *
cmaf_ingest_users_get_digest (
    const CmafIngestUsers *self, const gchar *name, gboolean is_sha256)
{
  Form hashed = is_sha256 ? DIGEST_SHA256 : DIGEST_MD5;

  for (guint i = 0; i < self->users->len; i++) {
    const Entry *entry = g_ptr_array_index (self->users, i);

    if (!g_str_equal (entry->name, name))
      continue;
    if (entry->form == PLAIN)
      return hash_of_digest (name, entry->secret, is_sha256);
    if (entry->form == hashed)
      return g_strdup (entry->secret);
  }
  return NULL;
}

gboolean
cmaf_ingest_users_check_token (const CmafIngestUsers *self, const gchar *token)
{
  g_autofree gchar *hashed =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  gboolean is_right = FALSE;

  for (guint i = 0; i < self->tokens->len; i++) {
    const Entry *entry = g_ptr_array_index (self->tokens, i);

    is_right =
        cmaf_secret_equal (entry->form == PLAIN ? token : hashed, entry->secret)
        || is_right;
  }
  return is_right;
}

gboolean
cmaf_ingest_users_check_certificate (
    const CmafIngestUsers *self, const guint8 *der, gsize size)
{
  g_autofree gchar *hashed =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, size);

  for (guint i = 0; i < self->certificates->len; i++) {
    const Entry *entry = g_ptr_array_index (self->certificates, i);

    if (g_str_equal (hashed, entry->secret))
      return TRUE;
  }
  return FALSE;
}
