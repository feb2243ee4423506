/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebVTT, read and written. */
#include "webvtt.h"

#include "box-writer.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define ARROW "-->"
#define MAX_HOURS 10000000 /* media time counts from 1970 */

/* --- read --- */

/* A line at a time, whatever ends it. */
typedef struct
{
  const gchar *at, *end;
} Lines;

static gboolean
next_line (Lines *lines, const gchar **line, gsize *size)
{
  const gchar *c = lines->at;

  if (c == lines->end)
    return FALSE;
  *line = c;
  while (c < lines->end && *c != '\n' && *c != '\r')
    c++;
  *size = (gsize)(c - *line);
  if (c < lines->end && *c == '\r')
    c++;
  if (c < lines->end && *c == '\n' && (c == *line + *size || c[-1] == '\r'))
    c++;
  lines->at = c;
  return TRUE;
}

static gboolean
has_arrow (const gchar *line, gsize size)
{
  return g_strstr_len (line, (gssize)size, ARROW) != NULL;
}

static gboolean
take_digits (const gchar **c, guint min, guint max, guint64 *value)
{
  guint n = 0;

  for (*value = 0; n < max && g_ascii_isdigit (**c); n++, (*c)++)
    *value = *value * 10 + (guint64)(**c - '0');
  return n >= min && !g_ascii_isdigit (**c);
}

/* [hh:]mm:ss.mmm */
static gboolean
take_time (const gchar **c, guint64 *ns)
{
  guint64 parts[3], millis;
  guint n = 0;

  while (n < 3 && take_digits (c, 2, 12, &parts[n])) {
    n++;
    if (**c != ':')
      break;
    (*c)++;
  }
  if (n < 2 || **c != '.')
    return FALSE;
  (*c)++;
  if (!take_digits (c, 3, 3, &millis) || parts[n - 1] > 59 || parts[n - 2] > 59
      || (n == 3 && parts[0] > MAX_HOURS))
    return FALSE;
  *ns = ((n == 3 ? parts[0] * 3600 : 0) + parts[n - 2] * 60 + parts[n - 1])
            * GST_SECOND
        + millis * GST_MSECOND;
  return TRUE;
}

static void
skip_blanks (const gchar **c)
{
  *c += strspn (*c, " \t");
}

/* "start --> end settings" */
static gboolean
parse_timing (const gchar *line, guint64 *start, guint64 *end, gchar **settings)
{
  const gchar *c = line;

  skip_blanks (&c);
  if (!take_time (&c, start))
    return FALSE;
  skip_blanks (&c);
  if (!g_str_has_prefix (c, ARROW))
    return FALSE;
  c += strlen (ARROW);
  skip_blanks (&c);
  if (!take_time (&c, end) || *end <= *start)
    return FALSE;
  if (*c != '\0' && *c != ' ' && *c != '\t')
    return FALSE;
  skip_blanks (&c);
  *settings = *c ? g_strchomp (g_strdup (c)) : NULL;
  return TRUE;
}

/* The lines of the payload, up to a blank one or the times of another cue. */
static gchar *
take_payload (Lines *lines)
{
  GString *text = g_string_new (NULL);
  Lines before = *lines;
  const gchar *line;
  gsize size;

  while (next_line (lines, &line, &size) && size > 0) {
    if (has_arrow (line, size)) {
      *lines = before;
      break;
    }
    if (text->len > 0)
      g_string_append_c (text, '\n');
    g_string_append_len (text, line, (gssize)size);
    before = *lines;
  }
  return g_string_free (text, FALSE);
}

static void
take_cue (Lines *lines, const gchar *id, const gchar *timing, GPtrArray *cues)
{
  g_autofree gchar *settings = NULL;
  g_autofree gchar *text = NULL;
  guint64 start, end;
  gboolean is_good = parse_timing (timing, &start, &end, &settings);

  text = take_payload (lines);
  if (is_good)
    g_ptr_array_add (cues, cmaf_cue_new (start, end, id, settings, text));
}

static void
skip_block (Lines *lines)
{
  const gchar *line;
  gsize size;

  while (next_line (lines, &line, &size) && size > 0)
    ;
}

/* @line begins a block: a cue, with or without an id, or none. */
static void
take_block (Lines *lines, const gchar *line, gsize size, GPtrArray *cues)
{
  g_autofree gchar *first = g_strndup (line, size);
  g_autofree gchar *timing = NULL;
  Lines after = *lines;

  if (has_arrow (line, size)) {
    take_cue (lines, NULL, first, cues);
    return;
  }
  if (next_line (&after, &line, &size) && has_arrow (line, size)) {
    *lines = after;
    timing = g_strndup (line, size);
    take_cue (lines, first, timing, cues);
    return;
  }
  skip_block (lines);
}

gboolean
cmaf_webvtt_parse (
    const gchar *text, gsize size, GPtrArray *cues, GError **error)
{
  Lines lines = { text, text + size };
  const gchar *line;
  gsize n;

  if (!g_utf8_validate (text, (gssize)size, NULL)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "WebVTT: %" G_GSIZE_FORMAT
        " bytes are not UTF-8, or have a NUL in them, needs text",
        size);
    return FALSE;
  }
  if (size >= 3 && memcmp (text, BYTE_ORDER_MARK, 3) == 0)
    lines.at += 3;
  while (next_line (&lines, &line, &n)) {
    if (n > 0)
      take_block (&lines, line, n, cues);
  }
  return TRUE;
}

/* --- written --- */

GBytes *
cmaf_webvtt_config (void)
{
  return g_bytes_new_static ("WEBVTT", 6);
}

static void
write_text (CmafBoxWriter *w, guint32 type, const gchar *text)
{
  cmaf_box_writer_begin (w, type);
  cmaf_box_writer_data (w, text, strlen (text));
  cmaf_box_writer_end (w);
}

/* 14496-30 7.4 */
static void
write_cue (CmafBoxWriter *w, const CmafCue *cue)
{
  cmaf_box_writer_begin (w, CMAF_BOX_VTTC);
  {
    cmaf_box_writer_begin (w, CMAF_BOX_VSID);
    cmaf_box_writer_u32 (w, cmaf_cue_source_id (cue));
    cmaf_box_writer_end (w);
    if (cue->id && cue->id[0])
      write_text (w, CMAF_BOX_IDEN, cue->id);
    if (cue->settings && cue->settings[0])
      write_text (w, CMAF_BOX_STTG, cue->settings);
    write_text (w, CMAF_BOX_PAYL, cue->text);
  }
  cmaf_box_writer_end (w);
}

GBytes *
cmaf_webvtt_write_sample (const CmafCue *const *cues, guint n, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  for (guint i = 0; i < n; i++)
    write_cue (&w, cues[i]);
  if (n == 0) {
    cmaf_box_writer_begin (&w, CMAF_BOX_VTTE);
    cmaf_box_writer_end (&w);
  }
  return cmaf_box_writer_finish (&w, error);
}
