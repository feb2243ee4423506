/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a viewer asks for, decoded: names are names, files have no folder. */
#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/origin-path.h>
#include <string.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *rest = g_strndup ((const gchar *)data, size);
  g_autofree gchar *path = g_strconcat ("/", rest, NULL);
  CmafOriginPath parsed;

  PROMISE (cmaf_origin_path_parse (&parsed, path) == parsed.kind);
  if (parsed.kind == CMAF_ORIGIN_UNKNOWN)
    return 0;
  PROMISE (!*parsed.channel || cmaf_track_name_is_valid (parsed.channel));
  PROMISE (!*parsed.track || cmaf_track_name_is_valid (parsed.track));
  if (parsed.file) {
    PROMISE (parsed.file >= path && parsed.file <= path + strlen (path));
    PROMISE (!g_str_has_prefix (parsed.file, "."));
    PROMISE (strstr (parsed.file, "/.") == NULL);
  }
  switch (parsed.kind) {
    case CMAF_ORIGIN_PLAYLIST:
    case CMAF_ORIGIN_INIT:
    case CMAF_ORIGIN_INIT_ALIAS:
    case CMAF_ORIGIN_SEGMENT:
    case CMAF_ORIGIN_SEGMENT_AT:
    case CMAF_ORIGIN_STREAM:
      PROMISE (*parsed.channel && *parsed.track);
      break;
    case CMAF_ORIGIN_MANIFEST:
    case CMAF_ORIGIN_CHANNEL:
    case CMAF_ORIGIN_EMBED:
      PROMISE (*parsed.channel && !*parsed.track);
      break;
    default:
      break;
  }
  return 0;
}
