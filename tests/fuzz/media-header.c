/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The header in front of a media message: what is read is written again. */
#include <gst/cmafhttp/media-header.h>
#include <string.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint8 again[CMAF_MEDIA_HEADER_SIZE];
  CmafMediaHeader header;
  g_autoptr (GError) error = NULL;
  gsize header_size;

  if (!cmaf_media_header_read (&header, data, size, &header_size, &error)) {
    PROMISE (error != NULL);
    return 0;
  }
  PROMISE (header_size >= CMAF_MEDIA_HEADER_SIZE && header_size <= size);
  cmaf_media_header_write (&header, again);
  again[3] = data[3]; /* a later version may have a longer one */
  PROMISE (memcmp (again, data, sizeof again) == 0);
  return 0;
}
