/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* DASH templates: one tokenizer for checking, writing and reading back. */
#include "segment-name.h"
#include "object-store.h"

#include <string.h>

#define MAX_WIDTH 20 /* digits of a 64-bit value */
#define MAX_TRACK_NAME 64

typedef enum
{
  TOKEN_END,
  TOKEN_LITERAL,
  TOKEN_REPRESENTATION,
  TOKEN_NUMBER,
  TOKEN_TIME,
  TOKEN_BAD,
} TokenType;

typedef struct
{
  TokenType type;
  gchar literal;
  guint width; /* least number of digits */
  const gchar *at;
} Token;

static const struct
{
  const gchar *name;
  TokenType type;
} identifiers[] = {
  { "RepresentationID", TOKEN_REPRESENTATION },
  { "Number", TOKEN_NUMBER },
  { "Time", TOKEN_TIME },
};

/* "%0Nd$" or "$" -> what follows it, NULL when it is neither */
static const gchar *
read_format (const gchar *at, Token *token)
{
  guint width = 0;

  token->width = 1;
  if (*at == '$')
    return at + 1;
  if (at[0] != '%' || at[1] != '0' || token->type == TOKEN_REPRESENTATION)
    return NULL;
  for (at += 2; g_ascii_isdigit (*at) && width <= MAX_WIDTH; at++)
    width = width * 10 + g_ascii_digit_value (*at);
  if (at[0] != 'd' || at[1] != '$' || width == 0 || width > MAX_WIDTH)
    return NULL;
  token->width = width;
  return at + 2;
}

/* The token at *@at, which moves behind it. */
static Token
next_token (const gchar **at)
{
  Token token = { TOKEN_LITERAL, **at, 1, *at };
  gsize i;

  if (**at == '\0') {
    token.type = TOKEN_END;
    return token;
  }
  (*at)++;
  if (token.literal != '$')
    return token;
  if (**at == '$') {
    (*at)++;
    return token;
  }
  for (i = 0; i < G_N_ELEMENTS (identifiers); i++) {
    gsize len = strlen (identifiers[i].name);
    const gchar *end;

    token.type = identifiers[i].type;
    if (strncmp (*at, identifiers[i].name, len) == 0
        && (end = read_format (*at + len, &token)) != NULL) {
      *at = end;
      return token;
    }
  }
  token.type = TOKEN_BAD;
  return token;
}

gchar *
cmaf_segment_name_expand (const gchar *template_,
    const gchar *representation_id, guint64 number, guint64 time)
{
  GString *name = g_string_new (NULL);
  const gchar *at = template_;

  for (;;) {
    Token token = next_token (&at);

    switch (token.type) {
      case TOKEN_LITERAL:
        g_string_append_c (name, token.literal);
        break;
      case TOKEN_REPRESENTATION:
        g_string_append (name, representation_id);
        break;
      case TOKEN_NUMBER:
      case TOKEN_TIME:
        g_string_append_printf (name, "%0*" G_GUINT64_FORMAT, (gint)token.width,
            token.type == TOKEN_TIME ? time : number);
        break;
      case TOKEN_END:
      case TOKEN_BAD:
        return g_string_free (name, FALSE);
    }
  }
}

/* A name is a path in a store, in XML, in a playlist and in a URL alike. */
static gboolean
needs_no_escape (gchar c)
{
  return g_ascii_isalnum (c) || strchr ("$-_.~/!()+,=@", c) != NULL;
}

gboolean
cmaf_segment_name_check (const gchar *template_, GError **error)
{
  guint n[TOKEN_BAD + 1] = { 0 };
  g_autofree gchar *longest = g_strnfill (MAX_TRACK_NAME, 'a');
  g_autofree gchar *example = NULL;
  const gchar *at = template_;
  Token token;

  do {
    token = next_token (&at);
    if (token.type == TOKEN_LITERAL && !needs_no_escape (token.literal))
      token.type = TOKEN_BAD;
    n[token.type]++;
  } while (token.type != TOKEN_END && token.type != TOKEN_BAD);
  if (token.type == TOKEN_BAD) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "segment template \"%s\": \"%s\" begins with neither "
        "$RepresentationID$, $Number$, $Number%%0Nd$, $Time$, $$ nor a "
        "character of a plain URL",
        template_, token.at);
    return FALSE;
  }
  if (n[TOKEN_NUMBER] + n[TOKEN_TIME] != 1 || n[TOKEN_REPRESENTATION] == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "segment template \"%s\" needs $RepresentationID$ and one of "
        "$Number$ and $Time$",
        template_);
    return FALSE;
  }
  example =
      cmaf_segment_name_expand (template_, longest, G_MAXUINT64, G_MAXUINT64);
  if (!cmaf_object_name_is_valid (example)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "segment template \"%s\" does not give a relative path without empty, "
        "hidden or too long elements",
        template_);
    return FALSE;
  }
  return TRUE;
}

/* ---- reading back ---- */

typedef struct
{
  const gchar *id; /* NULL until seen */
  gsize id_len;
  guint64 value;
} Match;

/* Digits as expand() writes them. Returns what follows, NULL when they are
 * not. */
static const gchar *
match_value (const gchar *name, guint width, guint64 *value)
{
  guint64 result = 0;
  gsize n;

  for (n = 0; g_ascii_isdigit (name[n]); n++)
    if (n == MAX_WIDTH || !g_uint64_checked_mul (&result, result, 10)
        || !g_uint64_checked_add (
            &result, result, g_ascii_digit_value (name[n])))
      return NULL;
  if (n < width || (n > width && name[0] == '0'))
    return NULL;
  *value = result;
  return name + n;
}

static gsize
track_name_prefix (const gchar *name)
{
  gsize n;

  if (!g_ascii_isalnum (name[0]))
    return 0;
  for (n = 1; n < MAX_TRACK_NAME; n++)
    if (!g_ascii_isalnum (name[n])
        && (name[n] == '\0' || strchr ("._~-", name[n]) == NULL))
      break;
  return n;
}

/* Depth of recursion: the number of tokens that are not literal. */
static gboolean
match (const gchar *template_, const gchar *name, Match *found)
{
  const gchar *at = template_;
  gsize n;

  for (;;) {
    Token token = next_token (&at);

    switch (token.type) {
      case TOKEN_END:
        return *name == '\0';
      case TOKEN_BAD:
        return FALSE;
      case TOKEN_LITERAL:
        if (*name++ != token.literal)
          return FALSE;
        break;
      case TOKEN_NUMBER:
      case TOKEN_TIME:
        name = match_value (name, token.width, &found->value);
        if (name == NULL)
          return FALSE;
        break;
      case TOKEN_REPRESENTATION:
        if (found->id != NULL) {
          if (strncmp (name, found->id, found->id_len) != 0)
            return FALSE;
          name += found->id_len;
          break;
        }
        for (n = track_name_prefix (name); n > 0; n--) {
          found->id = name;
          found->id_len = n;
          if (match (at, name + n, found))
            return TRUE;
        }
        found->id = NULL;
        return FALSE;
    }
  }
}

gboolean
cmaf_segment_name_parse (const gchar *template_, const gchar *name,
    gchar **representation_id, guint64 *value)
{
  Match found = { NULL };

  if (!match (template_, name, &found) || found.id == NULL)
    return FALSE;
  if (representation_id != NULL)
    *representation_id = g_strndup (found.id, found.id_len);
  *value = found.value;
  return TRUE;
}

gboolean
cmaf_track_name_is_valid (const gchar *name)
{
  gsize n = name != NULL ? track_name_prefix (name) : 0;

  return n > 0 && name[n] == '\0';
}

gchar *
cmaf_track_name_make (const gchar *wish)
{
  GString *name = g_string_new (NULL);

  if (!g_ascii_isalnum (wish[0]))
    g_string_append_c (name, 't');
  for (; *wish != '\0' && name->len < MAX_TRACK_NAME; wish++)
    g_string_append_c (
        name, g_ascii_isalnum (*wish) || strchr ("._~-", *wish) ? *wish : '-');
  return g_string_free (name, FALSE);
}

gchar *
cmaf_track_name_number (const gchar *name, guint n)
{
  g_autofree gchar *number = g_strdup_printf ("-%u", n);

  return g_strdup_printf (
      "%.*s%s", (gint)(MAX_TRACK_NAME - strlen (number)), name, number);
}
