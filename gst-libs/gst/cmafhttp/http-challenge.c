/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* challenge  = scheme SP name "=" (token / quoted) *("," name "=" ...)
 * field      = challenge *("," challenge)
 */
#include "http-challenge.h"

#include <string.h>

static void
free_challenge (gpointer data)
{
  CmafHttpChallenge *challenge = data;

  g_free (challenge->scheme);
  g_hash_table_unref (challenge->values);
  g_free (challenge);
}

GPtrArray *
cmaf_http_challenges_new (void)
{
  return g_ptr_array_new_with_free_func (free_challenge);
}

static gboolean
is_token_char (gchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c));
}

static void
skip_space (const gchar **at)
{
  while (**at == ' ' || **at == '\t')
    (*at)++;
}

/* (transfer full), or NULL. */
static gchar *
take_token (const gchar **at)
{
  const gchar *from = *at;

  while (is_token_char (**at))
    (*at)++;
  return *at > from ? g_strndup (from, *at - from) : NULL;
}

static gchar *
take_quoted (const gchar **at)
{
  GString *text = g_string_new (NULL);

  for ((*at)++; **at != '\0' && **at != '"'; (*at)++) {
    if (**at == '\\' && (*at)[1] != '\0')
      (*at)++;
    g_string_append_c (text, **at);
  }
  if (**at == '"')
    (*at)++;
  return g_string_free (text, FALSE);
}

static gchar *
take_value (const gchar **at)
{
  gchar *value;

  skip_space (at);
  value = **at == '"' ? take_quoted (at) : take_token (at);
  /* the padding of a token68 */
  while (**at == '=')
    (*at)++;
  return value ? value : g_strdup ("");
}

void
cmaf_http_challenges_parse (GPtrArray *challenges, const gchar *field)
{
  const gchar *at = field;
  CmafHttpChallenge *challenge = NULL;

  while (*at != '\0') {
    g_autofree gchar *name = NULL;

    while (*at == ',' || *at == ' ' || *at == '\t')
      at++;
    name = take_token (&at);
    if (name == NULL)
      return;
    skip_space (&at);
    if (*at == '=' && challenge != NULL) {
      at++;
      g_hash_table_insert (
          challenge->values, g_ascii_strdown (name, -1), take_value (&at));
      continue;
    }
    challenge = g_new0 (CmafHttpChallenge, 1);
    challenge->scheme = g_ascii_strdown (name, -1);
    challenge->values =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add (challenges, challenge);
  }
}

const gchar *
cmaf_http_challenge_get (const CmafHttpChallenge *challenge, const gchar *name)
{
  return g_hash_table_lookup (challenge->values, name);
}
