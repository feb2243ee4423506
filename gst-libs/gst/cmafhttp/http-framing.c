/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Lines end with LF, with or without CR before it. What a lenient reader might
 * take in another way (folded lines, a space before the colon, two lengths, a
 * length beside a transfer coding) is refused. */
#include "http-framing.h"

#include <string.h>

enum
{
  BAD_REQUEST = 400,
  FORBIDDEN = 403,
  FIELDS_TOO_LARGE = 431,
  NOT_IMPLEMENTED = 501,
  VERSION_NOT_SUPPORTED = 505,
};

#define MAX_METHOD 32
#define NEEDS_HOST "Host: a request of HTTP/1.1 needs it once"

typedef struct
{
  const gchar *at;
  gsize size;
} Text;

/* ---- heads ---- */

static gboolean
take_line (const gchar *data, gsize size, gsize *pos, Text *line)
{
  const gchar *end = memchr (data + *pos, '\n', size - *pos);

  if (end == NULL)
    return FALSE;
  line->at = data + *pos;
  line->size = end - line->at;
  *pos += line->size + 1;
  if (line->size > 0 && line->at[line->size - 1] == '\r')
    line->size--;
  return TRUE;
}

gsize
cmaf_http_head_find (const gchar *data, gsize size, gsize *skip)
{
  gsize pos;
  Text line;

  *skip = 0;
  if (size == 0) /* @data may be NULL */
    return 0;
  while (*skip < size && (data[*skip] == '\r' || data[*skip] == '\n'))
    (*skip)++;
  pos = *skip;
  while (take_line (data, size, &pos, &line))
    if (line.size == 0)
      return pos - *skip;
  return 0;
}

static gboolean
is_token (const gchar *at, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (at[i]) && !memchr ("!#$%&'*+-.^_`|~", at[i], 15))
      return FALSE;
  return size > 0;
}

gboolean
cmaf_http_head_may_begin (const gchar *data, gsize size)
{
  const gchar *space;
  gsize method_size;

  if (size == 0) /* @data may be NULL */
    return TRUE;
  space = memchr (data, ' ', MIN (size, MAX_METHOD + 1));
  method_size = space != NULL ? (gsize)(space - data) : size;
  return method_size <= MAX_METHOD && is_token (data, method_size);
}

static Text
trim (Text text)
{
  while (text.size > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
    text = (Text){ text.at + 1, text.size - 1 };
  while (text.size > 0
         && (text.at[text.size - 1] == ' ' || text.at[text.size - 1] == '\t'))
    text.size--;
  return text;
}

static gboolean
equals (Text text, const gchar *word)
{
  return text.size == strlen (word)
         && g_ascii_strncasecmp (text.at, word, text.size) == 0;
}

static gboolean
starts_with (Text text, const gchar *word)
{
  gsize size = strlen (word);

  return text.size >= size && g_ascii_strncasecmp (text.at, word, size) == 0;
}

/* The framing is lost with the meaning. */
static gboolean
fail (CmafHttpHead *head, guint status, const gchar *why)
{
  head->status = status;
  head->why = why;
  head->is_broken = TRUE;
  return FALSE;
}

/* Of "http://host/path" the "/path"; a target without a path is its end. */
static gsize
find_path (Text target)
{
  const gchar *slash;
  gsize scheme;

  if (starts_with (target, "http://"))
    scheme = strlen ("http://");
  else if (starts_with (target, "https://"))
    scheme = strlen ("https://");
  else
    return 0;
  slash = memchr (target.at + scheme, '/', target.size - scheme);
  return slash != NULL ? (gsize)(slash - target.at) : target.size;
}

static gboolean
is_target (Text target)
{
  for (gsize i = 0; i < target.size; i++)
    if ((guchar)target.at[i] <= ' ' || target.at[i] == 0x7f)
      return FALSE;
  return target.size > 0;
}

/* METHOD SP TARGET SP HTTP/1.x */
static gboolean
parse_request_line (CmafHttpHead *head, const gchar *data, Text line)
{
  const gchar *end = line.at + line.size;
  const gchar *first = memchr (line.at, ' ', line.size);
  const gchar *second =
      first != NULL ? memchr (first + 1, ' ', end - first - 1) : NULL;
  Text target, version;

  if (second == NULL || !is_token (line.at, first - line.at))
    return fail (head, BAD_REQUEST, CMAF_HTTP_NO_REQUEST_LINE);
  target = (Text){ first + 1, second - first - 1 };
  version = (Text){ second + 1, end - second - 1 };
  if (!is_target (target) || version.size != strlen ("HTTP/1.1")
      || memcmp (version.at, "HTTP/", 5) != 0)
    return fail (head, BAD_REQUEST, CMAF_HTTP_NO_REQUEST_LINE);
  if (memcmp (version.at, "HTTP/1.1", 8) != 0
      && memcmp (version.at, "HTTP/1.0", 8) != 0)
    return fail (head, VERSION_NOT_SUPPORTED, "version: needs HTTP/1.1");
  head->method_size = first - line.at;
  head->target = target.at - data;
  head->path = head->target + find_path (target);
  head->target_end = head->target + target.size;
  return TRUE;
}

static gboolean
parse_length (Text value, guint64 *length)
{
  *length = 0;
  for (gsize i = 0; i < value.size; i++) {
    if (!g_ascii_isdigit (value.at[i]))
      return FALSE;
    *length = *length * 10 + (value.at[i] - '0');
  }
  return value.size > 0 && value.size <= 18;
}

/* Each may come once. */
enum
{
  LENGTH = 1,
  CODING = 2,
  HOST = 4,
};

/* The fields that say what follows, and to whom. */
static gboolean
parse_field (CmafHttpHead *head, Text name, Text value, guint *seen)
{
  const gboolean has_body = (*seen & (LENGTH | CODING)) != 0;

  if (equals (name, "Content-Length")) {
    if (has_body || !parse_length (value, &head->length))
      return fail (head, BAD_REQUEST,
          "Content-Length: needs one decimal number, and no Transfer-Encoding");
    *seen |= LENGTH;
    head->body = head->length > 0 ? CMAF_HTTP_BODY_LENGTH : CMAF_HTTP_BODY_NONE;
  } else if (equals (name, "Transfer-Encoding")) {
    if (has_body)
      return fail (head, BAD_REQUEST,
          "Transfer-Encoding: needs to come once, and without Content-Length");
    if (!equals (value, "chunked"))
      return fail (
          head, NOT_IMPLEMENTED, "Transfer-Encoding: needs to be chunked");
    *seen |= CODING;
    head->body = CMAF_HTTP_BODY_CHUNKED;
  } else if (equals (name, "Expect")) {
    head->expects |= equals (value, "100-continue");
  } else if (equals (name, "Host")) {
    if (*seen & HOST)
      return fail (head, BAD_REQUEST, NEEDS_HOST);
    *seen |= HOST;
  }
  return TRUE;
}

static gboolean
parse_field_line (CmafHttpHead *head, Text line, guint *seen)
{
  const gchar *colon = memchr (line.at, ':', line.size);
  gsize name_size = colon != NULL ? (gsize)(colon - line.at) : 0;
  Text value;

  if (!is_token (line.at, name_size) || memchr (line.at, '\0', line.size)
      || memchr (line.at, '\r', line.size))
    return fail (head, BAD_REQUEST, "field: needs one line \"Name: value\"");
  value = trim ((Text){ colon + 1, line.size - name_size - 1 });
  return parse_field (head, (Text){ line.at, name_size }, value, seen);
}

static gboolean
is_reader (const gchar *method, gsize size)
{
  return (size == 3 && memcmp (method, "GET", 3) == 0)
         || (size == 4 && memcmp (method, "HEAD", 4) == 0);
}

static guint
path_error (guint status, const gchar *text, const gchar **why)
{
  if (why != NULL)
    *why = text;
  return status;
}

static guint
check_target (CmafHttpHead *head, const gchar *data)
{
  const gchar *path = data + head->path;
  gsize size = head->target_end - head->path;
  gboolean is_connect =
      head->method_size == 7 && memcmp (data, "CONNECT", 7) == 0;

  if (is_connect || (size == 1 && *path == '*'))
    return 0;
  if (size > 0 && *path != '/')
    return path_error (
        BAD_REQUEST, "path: needs to begin with a slash", &head->why);
  return cmaf_http_path_check (
      path, size, is_reader (data, head->method_size), &head->why);
}

void
cmaf_http_head_parse (CmafHttpHead *head, const gchar *data, gsize size)
{
  gsize pos = 0;
  guint n_fields = 0, seen = 0;
  Text line;

  memset (head, 0, sizeof *head);
  if (!take_line (data, size, &pos, &line)) {
    fail (head, BAD_REQUEST, CMAF_HTTP_NO_REQUEST_LINE);
    return;
  }
  if (!parse_request_line (head, data, line))
    return;
  while (take_line (data, size, &pos, &line) && line.size > 0) {
    if (++n_fields > CMAF_HTTP_MAX_FIELDS) {
      fail (head, FIELDS_TOO_LARGE, CMAF_HTTP_HEAD_TOO_LARGE);
      return;
    }
    if (!parse_field_line (head, line, &seen))
      return;
  }
  if (!(seen & HOST) && data[head->target_end + strlen (" HTTP/1.")] == '1') {
    fail (head, BAD_REQUEST, NEEDS_HOST);
    return;
  }
  head->status = check_target (head, data);
}

/* ---- paths ---- */

/* One character of a path, decoded once; FALSE when its escape is none. */
static gboolean
take_character (const gchar *path, gsize size, gsize *pos, gchar *c)
{
  gint high, low;

  *c = path[(*pos)++];
  if (*c != '%')
    return TRUE;
  if (size - *pos < 2)
    return FALSE;
  high = g_ascii_xdigit_value (path[*pos]);
  low = g_ascii_xdigit_value (path[*pos + 1]);
  *pos += 2;
  *c = (gchar)(high * 16 + low);
  return high >= 0 && low >= 0;
}

static gboolean
is_separator (gchar c)
{
  return c == '/' || c == '\\';
}

guint
cmaf_http_path_check (
    const gchar *path, gsize size, gboolean is_reader, const gchar **why)
{
  const gchar *query = memchr (path, '?', size);
  gsize path_size = query != NULL ? (gsize)(query - path) : size;
  gsize pos = 0, n_dots = 0, n_others = 0;
  gboolean is_odd = FALSE, climbs = FALSE;

  if (path_size > CMAF_HTTP_MAX_PATH
      || size - path_size > CMAF_HTTP_MAX_QUERY + 1)
    return path_error (
        BAD_REQUEST, "path: needs at most 1024 bytes, and 2048 of query", why);
  while (pos < path_size) {
    gsize before = pos;
    gchar c;

    if (!take_character (path, path_size, &pos, &c) || c == '\0')
      is_odd = TRUE;
    if (is_separator (c)) {
      /* an escaped one would make one name two */
      is_odd |= c == '\\' || pos - before > 1;
      climbs |= n_dots == 2 && n_others == 0;
      n_dots = n_others = 0;
    } else if (c == '.') {
      n_dots++;
    } else {
      n_others++;
    }
  }
  climbs |= n_dots == 2 && n_others == 0;
  if (climbs)
    return path_error (is_reader ? BAD_REQUEST : FORBIDDEN,
        "path: has \"..\", needs none", why);
  if (is_odd)
    return path_error (BAD_REQUEST,
        "path: has an escape that is none, or of a slash or zero byte", why);
  return 0;
}

/* ---- answers ---- */

gchar *
cmaf_http_error_answer (
    const gchar *status, const gchar *fields, const gchar *why)
{
  return g_strdup_printf (
      "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: %zu\r\n%sConnection: close\r\n\r\n%s\n",
      status, strlen (why) + 1, fields, why);
}

const gchar *
cmaf_http_reason_phrase (guint status)
{
  switch (status) {
    case 429:
      return "Too Many Requests";
    case FIELDS_TOO_LARGE:
      return "Request Header Fields Too Large";
    default:
      return NULL;
  }
}

/* ---- chunks ---- */

enum
{
  SIZE,      /* hexadecimal digits */
  EXTENSION, /* the rest of that line */
  DATA,
  DATA_END,   /* the line end behind it */
  TRAILER,    /* at the beginning of a line */
  TRAILER_IN, /* within one */
};

/* Of the line with the size. */
static gboolean
follow_size (CmafHttpChunks *chunks, gchar c)
{
  gint digit = g_ascii_xdigit_value (c);

  if (chunks->state == SIZE && digit >= 0) {
    chunks->left = chunks->left * 16 + digit;
    return ++chunks->n_digits <= 15;
  }
  if (chunks->n_digits == 0)
    return FALSE;
  if (c == '\n')
    chunks->state = chunks->left > 0 ? DATA : TRAILER;
  else if (c == ';' || c == ' ' || c == '\t' || c == '\r'
           || chunks->state == EXTENSION)
    chunks->state = EXTENSION;
  else
    return FALSE;
  return TRUE;
}

static gboolean
follow_character (CmafHttpChunks *chunks, gchar c)
{
  switch (chunks->state) {
    case SIZE:
    case EXTENSION:
      return follow_size (chunks, c);
    case DATA_END:
      if (c == '\n') {
        chunks->state = SIZE;
        chunks->n_digits = 0;
        return TRUE;
      }
      return c == '\r';
    case TRAILER:
      chunks->is_done = c == '\n';
      if (c != '\r' && c != '\n')
        chunks->state = TRAILER_IN;
      return TRUE;
    default:
      if (c == '\n')
        chunks->state = TRAILER;
      return TRUE;
  }
}

gssize
cmaf_http_chunks_follow (CmafHttpChunks *chunks, const gchar *data, gsize size)
{
  gsize pos = 0;

  while (pos < size && !chunks->is_done) {
    if (chunks->state == DATA) {
      gsize n = MIN (size - pos, chunks->left);

      pos += n;
      chunks->left -= n;
      if (chunks->left == 0)
        chunks->state = DATA_END;
    } else if (!follow_character (chunks, data[pos++])) {
      return -1;
    }
  }
  return pos;
}
