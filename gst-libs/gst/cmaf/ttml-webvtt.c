/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebVTT cue text -> a paragraph of TTML. */
#include "ttml.h"

#include <string.h>

#define MAX_OPEN 16

static const struct
{
  const gchar *tag, *span;
} spans[] = {
  { "b", "<span tts:fontWeight=\"bold\">" },
  { "i", "<span tts:fontStyle=\"italic\">" },
  { "u", "<span tts:textDecoration=\"underline\">" },
};

static const struct
{
  const gchar *entity, *text;
} entities[] = {
  { "&amp;", "&amp;" },
  { "&lt;", "&lt;" },
  { "&gt;", "&gt;" },
  { "&nbsp;", "&#160;" },
  { "&lrm;", "&#8206;" },
  { "&rlm;", "&#8207;" },
};

typedef struct
{
  GString *text;
  guint open[MAX_OPEN]; /* of spans */
  guint n_open;
} Writer;

static void
begin_span (Writer *w, guint span)
{
  if (w->n_open == MAX_OPEN)
    return;
  g_string_append (w->text, spans[span].span);
  w->open[w->n_open++] = span;
}

/* Ends the spans inside of it as well: there is no other way in XML. */
static void
end_span (Writer *w, guint span)
{
  guint i = w->n_open;

  while (i > 0 && w->open[i - 1] != span)
    i--;
  if (i == 0)
    return;
  for (; w->n_open >= i; w->n_open--)
    g_string_append (w->text, "</span>");
}

/* "<b>", "<b.class>", "</b>"; tags that mean nothing here are left out. */
static const gchar *
take_tag (Writer *w, const gchar *c)
{
  const gchar *end = strchr (c, '>');
  gboolean is_end = c[1] == '/';
  const gchar *name = c + 1 + is_end;

  if (!end)
    return c + strlen (c);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++) {
    if (name[0] != spans[i].tag[0] || !strchr (".> \t\n", name[1]))
      continue;
    if (is_end)
      end_span (w, i);
    else
      begin_span (w, i);
  }
  return end + 1;
}

static const gchar *
take_entity (Writer *w, const gchar *c)
{
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++) {
    if (g_str_has_prefix (c, entities[i].entity)) {
      g_string_append (w->text, entities[i].text);
      return c + strlen (entities[i].entity);
    }
  }
  g_string_append (w->text, "&amp;");
  return c + 1;
}

/* XML has no control characters, and neither U+FFFE nor U+FFFF. */
static const gchar *
take_character (Writer *w, const gchar *c)
{
  if (g_str_has_prefix (c, "\xEF\xBF\xBE")
      || g_str_has_prefix (c, "\xEF\xBF\xBF"))
    return c + 3;
  if (*c == '\n')
    g_string_append (w->text, "<br/>");
  else if (*c == '>')
    g_string_append (w->text, "&gt;");
  else if ((guchar)*c >= 0x20 || *c == '\t')
    g_string_append_c (w->text, *c);
  return c + 1;
}

CmafCue *
cmaf_ttml_cue_from_webvtt (const CmafCue *cue)
{
  Writer w = { g_string_new (">"), { 0 }, 0 };
  const gchar *c = cue->text;
  CmafCue *paragraph;

  while (*c) {
    if (*c == '<')
      c = take_tag (&w, c);
    else if (*c == '&')
      c = take_entity (&w, c);
    else
      c = take_character (&w, c);
  }
  for (; w.n_open > 0; w.n_open--)
    g_string_append (w.text, "</span>");
  g_string_append (w.text, "</p>");
  /* its id may be no name of XML */
  paragraph = cmaf_cue_new (
      cue->start, cue->end, NULL, "<p", cue->text[0] ? w.text->str : "");
  g_string_free (w.text, TRUE);
  return paragraph;
}
