/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Single byte ranges; libsoup's own code needs an accumulated body. */
#include "http-range.h"

#include <string.h>

/* Digits at *@at; moves it behind them. */
static gboolean
take_number (const gchar **at, guint64 *value)
{
  gchar *end;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  *value = g_ascii_strtoull (*at, &end, 10);
  *at = end;
  return TRUE;
}

CmafRangeResult
cmaf_http_range_parse (
    const gchar *header, guint64 size, guint64 *start, guint64 *end)
{
  static const gchar unit[] = "bytes=";
  gboolean has_first, has_last;
  guint64 first = 0, last = 0;
  const gchar *at;

  if (header == NULL || g_ascii_strncasecmp (header, unit, strlen (unit)) != 0)
    return CMAF_RANGE_WHOLE;
  at = header + strlen (unit);
  has_first = take_number (&at, &first);
  if (*at++ != '-')
    return CMAF_RANGE_WHOLE;
  has_last = take_number (&at, &last);
  if (*at != '\0' || (!has_first && !has_last)
      || (has_first && has_last && last < first))
    return CMAF_RANGE_WHOLE;

  if (has_first ? first >= size : (last == 0 || size == 0))
    return CMAF_RANGE_UNSATISFIABLE;
  *start = has_first ? first : size - MIN (last, size);
  *end = has_first && has_last ? MIN (last, size - 1) : size - 1;
  return CMAF_RANGE_PART;
}

gboolean
cmaf_http_etag_matches (const gchar *if_none_match, const gchar *etag)
{
  g_auto (GStrv) tags = NULL;

  if (if_none_match == NULL)
    return FALSE;
  tags = g_strsplit (if_none_match, ",", -1);
  for (guint i = 0; tags[i] != NULL; i++) {
    const gchar *tag = g_strstrip (tags[i]);

    if (g_str_equal (tag, "*"))
      return TRUE;
    if (g_str_has_prefix (tag, "W/"))
      tag += 2;
    if (g_str_equal (tag, etag))
      return TRUE;
  }
  return FALSE;
}
