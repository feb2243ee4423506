/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A cue. */
#include "cue.h"

#include <string.h>

CmafCue *
cmaf_cue_new (guint64 start, guint64 end, const gchar *id,
    const gchar *settings, const gchar *text)
{
  CmafCue *cue = g_new0 (CmafCue, 1);

  cue->start = start;
  cue->end = end;
  cue->id = g_strdup (id);
  cue->settings = g_strdup (settings);
  cue->text = g_strdup (text ? text : "");
  return cue;
}

void
cmaf_cue_free (CmafCue *cue)
{
  g_free (cue->id);
  g_free (cue->settings);
  g_free (cue->text);
  g_free (cue);
}

gint
cmaf_cue_compare (const CmafCue *a, const CmafCue *b)
{
  gint order;

  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;
  if (a->end != b->end)
    return a->end < b->end ? -1 : 1;
  order = g_strcmp0 (a->id, b->id);
  if (order == 0)
    order = g_strcmp0 (a->settings, b->settings);
  return order != 0 ? order : strcmp (a->text, b->text);
}

guint32
cmaf_cue_source_id (const CmafCue *cue)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const gchar *id = cue->id ? cue->id : "";
  guint8 start[8], digest[32];
  gsize size = sizeof digest;

  GST_WRITE_UINT64_BE (start, cue->start);
  g_checksum_update (checksum, start, sizeof start);
  g_checksum_update (checksum, (const guchar *)id, (gssize)strlen (id) + 1);
  g_checksum_update (
      checksum, (const guchar *)cue->text, (gssize)strlen (cue->text));
  g_checksum_get_digest (checksum, digest, &size);
  return GST_READ_UINT32_BE (digest) >> 1;
}

/* --- text --- */

/* No line that is empty, none at the ends. */
static gchar *
without_blank_lines (GString *text)
{
  g_auto (GStrv) lines = NULL;
  GString *result = g_string_new (NULL);

  g_string_replace (text, "\r\n", "\n", 0);
  g_string_replace (text, "\r", "\n", 0);
  lines = g_strsplit (text->str, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    if (lines[i][strspn (lines[i], " \t")] == '\0')
      continue;
    if (result->len > 0)
      g_string_append_c (result, '\n');
    g_string_append (result, lines[i]);
  }
  g_string_free (text, TRUE);
  return g_string_free (result, FALSE);
}

static void
append_escaped (GString *text, gchar c)
{
  switch (c) {
    case '&':
      g_string_append (text, "&amp;");
      break;
    case '<':
      g_string_append (text, "&lt;");
      break;
    case '>':
      g_string_append (text, "&gt;");
      break;
    case '\0':
      break;
    default:
      g_string_append_c (text, c);
  }
}

/* What is no UTF-8 becomes replacement characters. */
gchar *
cmaf_cue_text_from_plain (const gchar *text, gsize size)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, (gssize)size);
  GString *result = g_string_new (NULL);

  for (const gchar *c = valid; *c; c++)
    append_escaped (result, *c);
  return without_blank_lines (result);
}

/* A tag that WebVTT has as well is appended; returns the character behind
 * it, or NULL when there is none. */
static const gchar *
take_tag (const gchar *c, GString *result)
{
  const gchar *end = strchr (c, '>');
  gsize n = end ? (gsize)(end - c) + 1 : 0;

  if (!end)
    return NULL;
  if ((n == 3 && strchr ("ibu", c[1]))
      || (n == 4 && c[1] == '/' && strchr ("ibu", c[2])))
    g_string_append_len (result, c, (gssize)n);
  return end + 1;
}

/* An entity that WebVTT may not have becomes its character. */
static const gchar *
take_entity (const gchar *c, GString *result)
{
  static const struct
  {
    const gchar *entity, *text;
  } entities[] = {
    { "&amp;", "&amp;" },
    { "&lt;", "&lt;" },
    { "&gt;", "&gt;" },
    { "&quot;", "\"" },
    { "&apos;", "'" },
    { "&#39;", "'" },
    { "&#34;", "\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (entities); i++) {
    if (g_str_has_prefix (c, entities[i].entity)) {
      g_string_append (result, entities[i].text);
      return c + strlen (entities[i].entity);
    }
  }
  append_escaped (result, '&');
  return c + 1;
}

gchar *
cmaf_cue_text_from_markup (const gchar *text, gsize size)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, (gssize)size);
  GString *result = g_string_new (NULL);
  const gchar *c = valid, *next;

  while (*c) {
    next = NULL;
    if (*c == '<')
      next = take_tag (c, result);
    else if (*c == '&')
      next = take_entity (c, result);
    if (!next) {
      append_escaped (result, *c);
      next = c + 1;
    }
    c = next;
  }
  return without_blank_lines (result);
}
