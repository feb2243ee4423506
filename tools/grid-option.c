/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The option --segment-duration of the tools. */
#include "grid-option.h"

gboolean
parse_grid_option (const gchar *text, CmafSegmentGrid *grid, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 n, d = 1;

  if (!parts[0]
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT32, &n, NULL)
      || (parts[1]
          && !g_ascii_string_to_unsigned (
              parts[1], 10, 1, G_MAXUINT32, &d, NULL))) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "--segment-duration: '%s' is no duration, needs seconds as N or N/D",
        text);
    return FALSE;
  }
  return cmaf_segment_grid_init (grid, n, d, error);
}
