/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The path of an upload, as the listener hands it on: decoded, any bytes but
 * NUL. */
#include "fuzz.h"

#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/ingest-path.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_auto (CmafIngestPath) path = { 0 };
  g_autoptr (GError) error = NULL;

  if (!cmaf_ingest_path_parse (text, &path, &error)) {
    PROMISE (error != NULL);
    return 0;
  }
  PROMISE (error == NULL);
  PROMISE ((path.kind == CMAF_INGEST_PATH_TRACK) == (path.key != NULL));
  PROMISE ((path.key != NULL) == (path.name != NULL));
  PROMISE (path.name == NULL || cmaf_track_name_is_valid (path.name));
  PROMISE (
      !cmaf_ingest_path_is_header (text)
      || !(cmaf_ingest_path_is_cmaf (text) || cmaf_ingest_path_is_mpd (text)));
  return 0;
}
