/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The fields Range and If-None-Match. The first byte says how large the
 * resource is. */
#include <gst/cmafhttp/http-range.h>
#include <string.h>

#include "fuzz.h"

static const guint64 sizes[] = { 0, 1, 2, 1000, G_MAXUINT32, G_MAXINT64,
  G_MAXUINT64 };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = NULL;
  guint64 whole, start = 1, end = 0;

  if (size == 0)
    return 0;
  whole = sizes[data[0] % G_N_ELEMENTS (sizes)];
  text = g_strndup ((const gchar *)data + 1, size - 1);
  switch (cmaf_http_range_parse (text, whole, &start, &end)) {
    case CMAF_RANGE_PART:
      PROMISE (start <= end && end < whole);
      PROMISE (strchr (text, '-') != NULL);
      break;
    default:
      PROMISE (start == 1 && end == 0);
      break;
  }
  if (cmaf_http_etag_matches (text, "\"0a1b2c3d\""))
    PROMISE (strstr (text, "\"0a1b2c3d\"") || strchr (text, '*'));
  return 0;
}
