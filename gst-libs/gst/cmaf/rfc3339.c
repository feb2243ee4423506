/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A date and time as text -> POSIX time. */
#include <gst/cmaf/rfc3339.h>
#include <string.h>

/* @pattern: a digit for each 0, else the character itself; t stands for T, t
 * and a space. Fills @numbers, one for each run of zeros. */
static const gchar *
match (const gchar *text, const gchar *pattern, gint *numbers)
{
  gint n = -1;

  for (gchar last = 0; *pattern; last = *pattern++, text++) {
    if (*pattern == '0') {
      if (!g_ascii_isdigit (*text))
        return NULL;
      if (last != '0')
        numbers[++n] = 0;
      numbers[n] = numbers[n] * 10 + (*text - '0');
    } else if (*pattern == 't' ? !*text || !strchr ("Tt ", *text)
                               : *text != *pattern) {
      return NULL;
    }
  }
  return text;
}

/* ".52": nanoseconds; none is allowed, a point without digits is not. */
static const gchar *
read_fraction (const gchar *text, gint64 *ns)
{
  gint64 digit = GST_SECOND / 10;

  *ns = 0;
  if (*text != '.' && *text != ',')
    return text;
  if (!g_ascii_isdigit (*++text))
    return NULL;
  for (; g_ascii_isdigit (*text); text++, digit /= 10)
    *ns += (*text - '0') * digit;
  return text;
}

/* The rest of the text: seconds ahead of UTC */
static gboolean
read_zone (const gchar *text, gint *seconds)
{
  gint hm[2];
  const gchar *end;

  *seconds = 0;
  if (strcmp (text, "Z") == 0 || strcmp (text, "z") == 0)
    return TRUE;
  if (*text != '+' && *text != '-')
    return FALSE;
  end = match (text + 1, "00:00", hm);
  if (!end || *end || hm[0] > 23 || hm[1] > 59)
    return FALSE;
  *seconds = (hm[0] * 60 + hm[1]) * (*text == '-' ? -60 : 60);
  return TRUE;
}

static gboolean
parse (const gchar *text, gint64 *utc)
{
  g_autoptr (GDateTime) date = NULL;
  gint v[6], zone;
  gint64 ns;
  const gchar *at = match (text, "0000-00-00t00:00:00", v);

  at = at ? read_fraction (at, &ns) : NULL;
  if (!at || !read_zone (at, &zone) || v[3] > 23 || v[4] > 59 || v[5] > 60)
    return FALSE;
  date = g_date_time_new_utc (v[0], v[1], v[2], v[3], v[4], 0);
  if (!date || v[0] < 1678 || v[0] > 2261) /* 64 bits of nanoseconds */
    return FALSE;
  *utc = (g_date_time_to_unix (date) + v[5] - zone) * (gint64)GST_SECOND + ns;
  return TRUE;
}

gboolean
cmaf_utc_from_rfc3339 (const gchar *text, gint64 *utc, GError **error)
{
  g_autofree gchar *valid = NULL;

  if (parse (text, utc))
    return TRUE;
  valid = g_utf8_make_valid (text, -1);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "date: found '%s', needs one as 2025-01-01T00:00:00.52Z", valid);
  return FALSE;
}
