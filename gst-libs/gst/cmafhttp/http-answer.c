/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A cursor over lines; lines may end without a carriage return. */
#include "http-answer.h"
#include "peer-text.h"

#include <string.h>

#define MAX_RETRY_AFTER 3600 /* seconds */

typedef struct
{
  const gchar *data;
  gsize size;
  gsize pos;
} Lines;

/* The next line, without its end; FALSE when it is not complete. */
static gboolean
next_line (Lines *lines, const gchar **line, gsize *length)
{
  const gchar *from, *end;

  if (lines->pos == lines->size) /* @data may be NULL */
    return FALSE;
  from = lines->data + lines->pos;
  end = memchr (from, '\n', lines->size - lines->pos);
  if (end == NULL)
    return FALSE;
  *line = from;
  *length = end - from;
  if (*length > 0 && from[*length - 1] == '\r')
    (*length)--;
  lines->pos = end + 1 - lines->data;
  return TRUE;
}

typedef struct
{
  guint minor; /* of HTTP/1.minor */
  guint status;
  gint64 content_length; /* -1: not told */
  gboolean is_chunked;
  gboolean says_close;
  gboolean is_plain_text;
  gchar *location;
  GstClockTime retry_after;
  GPtrArray *challenges;
} Head;

static void
clear_head (Head *head)
{
  g_free (head->location);
  g_ptr_array_unref (head->challenges);
}

static gboolean
parse_status_line (Head *head, const gchar *line, gsize length)
{
  if (length < 12 || strncmp (line, "HTTP/1.", 7) != 0
      || !g_ascii_isdigit (line[7]) || line[8] != ' '
      || (length > 12 && line[12] != ' '))
    return FALSE;
  for (guint i = 9; i < 12; i++)
    if (!g_ascii_isdigit (line[i]))
      return FALSE;
  head->minor = line[7] - '0';
  head->status =
      (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return head->status >= 100;
}

/* The type of a body, without its parameters. */
static gboolean
is_media_type (const gchar *value, const gchar *type)
{
  gsize length = strlen (type);

  return g_ascii_strncasecmp (value, type, length) == 0
         && strchr ("; \t", value[length]) != NULL;
}

static gboolean
has_token (const gchar *list, const gchar *token)
{
  g_auto (GStrv) parts = g_strsplit (list, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (parts[i]), token) == 0)
      return TRUE;
  return FALSE;
}

/* A whole number, else -1. */
static gint64
parse_number (const gchar *text)
{
  guint64 n;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &n, NULL))
    return -1;
  return (gint64)n;
}

/* FALSE when two lengths contradict each other. */
static gboolean
take_field (Head *head, const gchar *name, const gchar *value)
{
  if (g_ascii_strcasecmp (name, "content-length") == 0) {
    gint64 n = parse_number (value);

    if (n < 0 || (head->content_length >= 0 && head->content_length != n))
      return FALSE;
    head->content_length = n;
  } else if (g_ascii_strcasecmp (name, "transfer-encoding") == 0) {
    head->is_chunked = has_token (value, "chunked");
  } else if (g_ascii_strcasecmp (name, "connection") == 0) {
    head->says_close = head->says_close || has_token (value, "close");
  } else if (g_ascii_strcasecmp (name, "content-type") == 0) {
    head->is_plain_text = is_media_type (value, "text/plain");
  } else if (g_ascii_strcasecmp (name, "location") == 0) {
    g_free (head->location);
    head->location = g_strdup (value);
  } else if (g_ascii_strcasecmp (name, "www-authenticate") == 0) {
    g_ptr_array_add (head->challenges, g_strdup (value));
  } else if (g_ascii_strcasecmp (name, "retry-after") == 0) {
    gint64 seconds = parse_number (value); /* dates are not used */

    if (seconds >= 0)
      head->retry_after = MIN (seconds, MAX_RETRY_AFTER) * GST_SECOND;
  }
  return TRUE;
}

static gboolean
take_line (Head *head, const gchar *line, gsize length)
{
  const gchar *colon = memchr (line, ':', length);
  g_autofree gchar *name = NULL;
  g_autofree gchar *value = NULL;

  if (colon == NULL)
    return FALSE;
  name = g_strndup (line, colon - line);
  value = g_strndup (colon + 1, line + length - colon - 1);
  return take_field (head, name, g_strstrip (value));
}

/* Reads up to the empty line. */
static CmafHttpAnswerResult
parse_head (Lines *lines, Head *head)
{
  const gchar *line;
  gsize length;

  if (!next_line (lines, &line, &length))
    return CMAF_HTTP_ANSWER_MORE;
  if (!parse_status_line (head, line, length))
    return CMAF_HTTP_ANSWER_ERROR;
  while (next_line (lines, &line, &length)) {
    if (length == 0)
      return CMAF_HTTP_ANSWER_DONE;
    if (!take_line (head, line, length))
      return CMAF_HTTP_ANSWER_ERROR;
  }
  return CMAF_HTTP_ANSWER_MORE;
}

/* Moves behind the body of HTTP chunks and its trailer; what is in them goes to
 * @kept, when there is one. */
static CmafHttpAnswerResult
take_chunks (Lines *lines, GByteArray *kept)
{
  const gchar *line;
  gsize length;

  while (next_line (lines, &line, &length)) {
    g_autofree gchar *text = g_strndup (line, length);
    guint64 n = g_ascii_strtoull (text, NULL, 16);

    if (length == 0 || !g_ascii_isxdigit (text[0]))
      return CMAF_HTTP_ANSWER_ERROR;
    if (n == 0) {
      while (next_line (lines, &line, &length))
        if (length == 0)
          return CMAF_HTTP_ANSWER_DONE;
      return CMAF_HTTP_ANSWER_MORE;
    }
    if (n > lines->size - lines->pos)
      return CMAF_HTTP_ANSWER_MORE;
    if (kept != NULL)
      g_byte_array_append (kept, (const guint8 *)lines->data + lines->pos, n);
    lines->pos += n;
    if (!next_line (lines, &line, &length))
      return CMAF_HTTP_ANSWER_MORE;
    if (length != 0)
      return CMAF_HTTP_ANSWER_ERROR;
  }
  return CMAF_HTTP_ANSWER_MORE;
}

/* All that is there, or @n bytes. */
static void
take_bytes (Lines *lines, gsize n, GByteArray *kept)
{
  if (kept != NULL && n > 0)
    g_byte_array_append (kept, (const guint8 *)lines->data + lines->pos, n);
  lines->pos += n;
}

/* @closes: the end of the body is the end of the connection. */
static CmafHttpAnswerResult
take_body (Lines *lines, const Head *head, gboolean has_eof, GByteArray *kept,
    gboolean *closes)
{
  gsize left = lines->size - lines->pos;

  if (head->status == 204 || head->status == 304)
    return CMAF_HTTP_ANSWER_DONE;
  if (head->is_chunked)
    return take_chunks (lines, kept);
  if (head->content_length < 0) {
    *closes = TRUE;
    take_bytes (lines, left, has_eof ? kept : NULL);
    return has_eof ? CMAF_HTTP_ANSWER_DONE : CMAF_HTTP_ANSWER_MORE;
  }
  if ((guint64)head->content_length > left)
    return CMAF_HTTP_ANSWER_MORE;
  take_bytes (lines, head->content_length, kept);
  return CMAF_HTTP_ANSWER_DONE;
}

/* NULL when it says nothing. */
static gchar *
take_first_line (const GByteArray *body)
{
  g_autofree gchar *text = NULL;

  if (body->len == 0)
    return NULL;
  text = g_strndup ((const gchar *)body->data, body->len);
  g_strchug (text);
  text[strcspn (text, "\r\n")] = '\0';
  g_strchomp (text);
  return *text != '\0' ? cmaf_peer_text (text, NULL) : NULL;
}

static gboolean
has_reason (const Head *head, CmafHttpBody body)
{
  return head->is_plain_text && head->status / 100 != 2
         && body != CMAF_HTTP_BODY_NONE;
}

static void
fill_answer (CmafHttpAnswer *answer, Head *head, gboolean closes)
{
  answer->status = head->status;
  answer->retry_after = head->retry_after;
  answer->location = g_steal_pointer (&head->location);
  answer->closes = closes || head->says_close || head->minor == 0;
  if (head->challenges->len > 0) {
    g_ptr_array_add (head->challenges, NULL);
    answer->challenges = (gchar **)g_ptr_array_steal (head->challenges, NULL);
  }
}

CmafHttpAnswerResult
cmaf_http_answer_parse (const gchar *data, gsize size, gboolean has_eof,
    CmafHttpBody body, CmafHttpAnswer *answer, gsize *n_used, GError **error)
{
  Lines lines = { data, size, 0 };
  Head head = { .content_length = -1,
    .retry_after = GST_CLOCK_TIME_NONE,
    .challenges = g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (GByteArray) kept = NULL;
  CmafHttpAnswerResult result = parse_head (&lines, &head);
  gboolean closes = FALSE;

  if (body == CMAF_HTTP_BODY_KEPT || has_reason (&head, body))
    kept = g_byte_array_new ();
  if (result == CMAF_HTTP_ANSWER_DONE) {
    if (head.status / 100 == 1)
      result = CMAF_HTTP_ANSWER_CONTINUE;
    else if (body != CMAF_HTTP_BODY_NONE)
      result = take_body (&lines, &head, has_eof, kept, &closes);
  }
  if (result == CMAF_HTTP_ANSWER_DONE) {
    fill_answer (answer, &head, closes);
    if (has_reason (&head, body))
      answer->text = take_first_line (kept);
    if (body == CMAF_HTTP_BODY_KEPT)
      answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&kept));
  } else if (result == CMAF_HTTP_ANSWER_ERROR) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "answer: is not HTTP/1.1 as it should be");
  }
  *n_used = lines.pos;
  clear_head (&head);
  return result;
}

gchar *
cmaf_http_answer_describe (const CmafHttpAnswer *answer)
{
  return answer->text != NULL
             ? g_strdup_printf ("%u (\"%s\")", answer->status, answer->text)
             : g_strdup_printf ("%u", answer->status);
}

void
cmaf_http_answer_clear (CmafHttpAnswer *answer)
{
  g_clear_pointer (&answer->text, g_free);
  g_clear_pointer (&answer->location, g_free);
  g_clear_pointer (&answer->challenges, g_strfreev);
  g_clear_pointer (&answer->body, g_bytes_unref);
}
