/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How deep a JSON text goes. */
#include "json-depth.h"

static guint
depth_of (const gchar *text)
{
  gboolean in_string = FALSE;
  guint depth = 0, deepest = 0;

  for (; *text != '\0'; text++) {
    if (in_string) {
      if (*text == '\\' && text[1] != '\0')
        text++;
      else if (*text == '"')
        in_string = FALSE;
    } else if (*text == '"') {
      in_string = TRUE;
    } else if (*text == '{' || *text == '[') {
      depth++;
      deepest = MAX (deepest, depth);
    } else if ((*text == '}' || *text == ']') && depth > 0) {
      depth--;
    }
  }
  return deepest;
}

gboolean
cmaf_json_depth_check (
    const gchar *text, guint most, const gchar *what, GError **error)
{
  guint depth = depth_of (text);

  if (depth <= most)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "%s: %u levels, needs at most %u", what, depth, most);
  return FALSE;
}
